//! What is queued, on its way out: what has happened since is looked at, and what a server says is understood.

use std::time::Duration;

use rondo::app::sending::{Written, system, write};
use rondo_core::command::{Command, Hold};
use rondo_core::mail::{ReplyLabel, ReviewReason, Sender};
use rondo_core::{Event, Instant};
use rondo_store::{DueMail, MailState, MessageRow, StoreError};
use serde_json::{Value, json};

use crate::sending_world::{Post, Taken, of_kind, until};
use crate::thread::{Thread, read};
use crate::world::World;

/// What comes of the last message of a kind in a conversation, if it is written now.
async fn written(world: &World, thread: &Thread, kind: &str) -> Written {
    let mailbox = thread.mailbox.parse().unwrap();
    let mailbox = world.store.mailbox(world.team, mailbox).await.unwrap().unwrap();
    let message = of_kind(world, thread, kind).await.pop().unwrap();
    write(&world.app, &system(world.team), &mailbox, &message).await.unwrap()
}

/// The raw message of a kind, without folded lines.
async fn raw(world: &World, thread: &Thread, kind: &str) -> String {
    match written(world, thread, kind).await {
        Written::Letter(letter) => {
            String::from_utf8(letter.raw).unwrap().replace("\r\n ", " ").replace("=\r\n", "")
        }
        Written::NotToBeSent(why) | Written::NotYet(why) => panic!("{why}"),
        Written::NotBefore(at) => panic!("not before {at}"),
        Written::CannotBe(error) => panic!("{error}"),
    }
}

async fn campaign_does(world: &World, thread: &Thread, what: &str) {
    let path = format!("/v1/campaigns/{}/{what}", thread.campaign);
    world.admin().post(&path, json!({})).await.is(200);
}

async fn is_in(world: &World, thread: &Thread, kind: &str, state: MailState) {
    until(world, async || mail(of_kind(world, thread, kind).await).0 == state).await;
}

fn mail(rows: Vec<MessageRow>) -> (MailState, Option<String>) {
    rows.into_iter().next_back().unwrap().mail.unwrap()
}

/// What is queued for the mailbox, whenever it is due.
async fn queued(world: &World, thread: &Thread) -> Vec<DueMail> {
    let end = Instant::parse("2100-01-01T00:00:00Z").unwrap();
    world.store.mails_due(world.team, thread.mailbox.parse().unwrap(), end, 50).await.unwrap()
}

#[tokio::test]
async fn a_handover_answers_nobody_who_may_not_be_the_lead() {
    // Q8
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let conversation = Some(thread.conversation.parse().unwrap());
    for (words, sender, reason) in [
        ("Forged one", Sender::Other, ReviewReason::OtherSender),
        ("Forged two", Sender::Lead, ReviewReason::WeakTie),
        ("Forged three", Sender::Lead, ReviewReason::Unauthenticated),
        ("Forged four", Sender::Lead, ReviewReason::Loop),
    ] {
        let reading = read(sender, ReplyLabel::HighIntent, Err(reason));
        thread.takes(&world, words, conversation, reading).await;
    }
    thread.review(&world, json!({"action": "qualify"})).await.is(200);
    for kind in ["handover", "note"] {
        let raw = raw(&world, &thread, kind).await;
        assert!(!raw.contains("Forged") && !raw.contains("answer@customer.example"), "{raw}");
    }
}

#[tokio::test]
async fn a_handover_answers_what_the_lead_wrote() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    thread.hears(&world, "Call me", ReplyLabel::HighIntent, Ok(())).await;
    let raw = raw(&world, &thread, "handover").await;
    assert!(raw.contains("In-Reply-To: <answer@customer.example>"), "{raw}");
    assert!(raw.contains("Call me"), "{raw}");
}

#[tokio::test]
async fn a_message_refers_to_the_last_of_a_long_thread() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    for n in 0..201 {
        thread.hears(&world, &format!("Hm {n}"), ReplyLabel::Other, Ok(())).await;
    }
    thread.hears(&world, "Call me", ReplyLabel::HighIntent, Ok(())).await;
    let raw = raw(&world, &thread, "handover").await;
    assert!(raw.contains("Call me"), "{raw}");
}

#[tokio::test]
async fn a_step_is_not_sent_to_a_lead_who_has_answered() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    thread.hears(&world, "No", ReplyLabel::NotInterested, Ok(())).await;
    assert!(matches!(written(&world, &thread, "step").await, Written::NotToBeSent(_)));

    let max = thread.beside(&world, "max@customer.example").await;
    max.hears(&world, "Away", ReplyLabel::AutoReply, Ok(())).await;
    assert!(matches!(written(&world, &max, "step").await, Written::Letter(_)));
}

#[tokio::test]
async fn nothing_is_sent_to_leads_while_a_campaign_is_paused_and_no_step_after_it() {
    // C7
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let max = thread.beside(&world, "max@customer.example").await;
    let zoe = thread.beside(&world, "zoe@customer.example").await;
    max.hears(&world, "Which?", ReplyLabel::Question, Ok(())).await;
    max.review(&world, json!({"action": "answer", "text": "All."})).await.is(200);
    zoe.hears(&world, "Call me", ReplyLabel::HighIntent, Ok(())).await;
    campaign_does(&world, &thread, "pause").await;
    for (of, kind) in [(&thread, "step"), (&max, "answer"), (&zoe, "handover")] {
        assert!(matches!(written(&world, of, kind).await, Written::NotYet(_)), "{kind}");
    }
    assert!(matches!(written(&world, &zoe, "note").await, Written::Letter(_)));
    campaign_does(&world, &thread, "resume").await;
    assert!(matches!(written(&world, &thread, "step").await, Written::Letter(_)));
    campaign_does(&world, &thread, "cancel").await;
    assert!(matches!(written(&world, &thread, "step").await, Written::NotToBeSent(_)));
    for (of, kind) in [(&max, "answer"), (&zoe, "handover")] {
        assert!(matches!(written(&world, of, kind).await, Written::Letter(_)), "{kind}");
    }
}

#[tokio::test]
async fn what_is_put_off_counts_no_try_and_goes_out_once_it_may() {
    let world = World::in_own_network().await;
    let thread = Thread::begun(&world).await;
    campaign_does(&world, &thread, "pause").await;
    let post = Post::start(&world, &thread, &[]).await;
    until(&world, async || mail(of_kind(&world, &thread, "step").await).1.is_some()).await;
    assert_eq!((queued(&world, &thread).await[0].attempts, post.taken().len()), (0, 0));
    campaign_does(&world, &thread, "resume").await;
    world.clock.advance(Duration::from_secs(60));
    is_in(&world, &thread, "step", MailState::Sent).await;
}

#[tokio::test]
async fn only_a_recipient_that_is_not_there_is_never_written_to_again() {
    // Q6
    for (of, reply, reason) in [
        ("MAIL", "550 daily quota exceeded", Some("not_sent")),
        ("MAIL", "550 5.1.8 bad sender", Some("not_sent")),
        ("DATA", "550 no such user", Some("not_sent")),
        ("lea@customer.example", "550 this looks like spam", Some("not_sent")),
        ("lea@customer.example", "550 5.1.8 bad sender", Some("not_sent")),
        ("lea@customer.example", "550 5.1.1 who is that", None),
        ("lea@customer.example", "550 no such user", None),
    ] {
        let world = World::in_own_network().await;
        let thread = Thread::begun(&world).await;
        let _post = Post::start(&world, &thread, &[(of, reply)]).await;
        is_in(&world, &thread, "step", MailState::Failed).await;
        let shown = thread.shown(&world).await;
        assert_eq!(shown["review_reason"].as_str(), reason, "{of} {reply}");
        let (status, count) = if reason.is_some() { ("in_review", 0) } else { ("bounced", 1) };
        assert_eq!(shown["status"], status, "{of} {reply}");
        let suppressed = world.admin().get("/v1/suppressions").await.is(200);
        assert_eq!(suppressed["items"].as_array().unwrap().len(), count, "{of} {reply}");
    }
}

#[tokio::test]
async fn a_failure_is_decided_before_the_mail_is_given_up() {
    let world = World::in_own_network().await;
    let thread = Thread::begun(&world).await;
    world.faults.poison_as(StoreError::Full, |batch| {
        batch.entries.iter().any(|entry| matches!(entry.event, Event::StepHeld { .. }))
    });
    let refused = [("lea@customer.example", "550 no such user")];
    let _post = Post::start(&world, &thread, &refused).await;
    let mailbox = thread.mailbox.parse().unwrap();
    let is_troubled = async || {
        let row = world.store.mailbox(world.team, mailbox).await.unwrap().unwrap();
        row.send_error.is_some()
    };
    until(&world, is_troubled).await;
    assert_eq!(mail(of_kind(&world, &thread, "step").await).0, MailState::Queued);
    world.faults.poison(|_| false);
    is_in(&world, &thread, "step", MailState::Failed).await;
    assert_eq!(thread.shown(&world).await["status"], "bounced");
}

#[tokio::test]
async fn a_message_that_cannot_be_written_is_shown_to_people() {
    let world = World::in_own_network().await;
    let thread = Thread::begun(&world).await;
    let zoe = thread.beside(&world, "zoë@customer.example").await;
    let _post = Post::start(&world, &thread, &[]).await;
    is_in(&world, &zoe, "step", MailState::Failed).await;
    let shown = zoe.shown(&world).await;
    assert_eq!(
        (&shown["status"], &shown["review_reason"]),
        (&json!("in_review"), &json!("not_sent"))
    );
    assert!(shown["messages"][0]["error"].as_str().unwrap().contains("ASCII"), "{shown}");
    is_in(&world, &thread, "step", MailState::Sent).await;
}

#[tokio::test]
async fn an_answer_where_nothing_was_written_yet_is_the_first_message() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let email = "max@customer.example";
    let path = format!("/v1/campaigns/{}/leads", thread.campaign);
    let taken = world.admin().post(&path, json!({"email": email})).await.is(200);
    let conversation = taken["conversations"][0].as_str().unwrap().to_owned();
    let held = Command::HoldStep {
        conversation: conversation.parse().unwrap(),
        step: 0,
        why: Hold::MissingFields,
    };
    world.does(held).await.unwrap();
    let max = Thread { conversation, email, ..thread };
    let answer = json!({"action": "answer", "text": "Hello Max."});
    let shown = max.review(&world, answer).await.is(200);
    assert_eq!(shown["messages"][0]["subject"], "Spring");
    let raw = raw(&world, &max, "answer").await;
    assert!(raw.contains("Subject: Spring\r\n") && raw.contains("Hello Max."), "{raw}");
    assert!(!raw.contains("In-Reply-To"), "{raw}");
}

#[tokio::test]
async fn an_answer_has_the_subject_that_was_shown_and_refers_to_the_leads_message() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    thread.hears(&world, "Which?", ReplyLabel::Question, Ok(())).await;
    let answer = json!({"action": "answer", "text": "All."});
    thread.review(&world, answer).await.is(200);
    let raw = raw(&world, &thread, "answer").await;
    assert!(raw.contains("Subject: Re: Northgate\r\n"), "{raw}");
    assert!(raw.contains("References: <first@acme.example> <answer@customer.example>"), "{raw}");
}

#[tokio::test]
async fn a_rep_who_is_refused_for_now_gets_their_copy_later_and_the_lead_no_second_one() {
    // Q4
    let world = World::in_own_network().await;
    let thread = Thread::begun(&world).await;
    let post = Post::start(&world, &thread, &[("ann@acme.example", "450 later")]).await;
    thread.hears(&world, "Call me", ReplyLabel::HighIntent, Ok(())).await;
    until(&world, async || mail(of_kind(&world, &thread, "handover").await).1.is_some()).await;
    assert_eq!(thread.shown(&world).await["review_reason"], Value::Null);
    post.says("ann@acme.example", "250 now");
    world.clock.advance(Duration::from_secs(61));
    is_in(&world, &thread, "handover", MailState::Sent).await;
    let mut handovers = post.taken();
    handovers.retain(|taken| taken.message.contains("\r\nCc: "));
    let to = |taken: &Taken| taken.recipients.join(" ");
    assert_eq!(
        handovers.iter().map(to).collect::<Vec<_>>(),
        ["lea@customer.example", "ann@acme.example"]
    );
    assert_eq!(handovers[0].message, handovers[1].message);
}

#[tokio::test]
async fn a_rep_who_is_never_reached_is_told_of_once_all_was_tried() {
    let world = World::in_own_network().await;
    let thread = Thread::begun(&world).await;
    let _post = Post::start(&world, &thread, &[("ann@acme.example", "450 later")]).await;
    thread.hears(&world, "Call me", ReplyLabel::HighIntent, Ok(())).await;
    let handover = of_kind(&world, &thread, "handover").await[0].id;
    for tries in 1..=12 {
        let is_tried = |due: &DueMail| due.message == handover && due.attempts == tries;
        until(&world, async || queued(&world, &thread).await.iter().any(is_tried)).await;
        world.clock.advance(Duration::from_secs(25 * 60 * 60));
    }
    is_in(&world, &thread, "handover", MailState::Sent).await;
    assert_eq!(thread.shown(&world).await["review_reason"], "rep_unreached");
}

#[tokio::test]
async fn a_message_that_cannot_be_looked_up_does_not_stop_the_others() {
    let world = World::in_own_network().await;
    let thread = Thread::begun(&world).await;
    let zoe = thread.beside(&world, "zoe@customer.example").await;
    let lost = of_kind(&world, &thread, "step").await[0].id;
    assert_eq!(queued(&world, &thread).await[0].message, lost);
    // The first one belongs to a conversation that is not there.
    world.tamper("update messages set conversation_id = zeroblob(16) where rowid = 1");
    let _post = Post::start(&world, &thread, &[]).await;
    is_in(&world, &zoe, "step", MailState::Sent).await;
    let left = queued(&world, &thread).await;
    assert_eq!((left[0].message, left[0].attempts), (lost, 1));
}

#[tokio::test]
async fn a_campaigns_messages_are_sent_to_somebody_of_the_team_to_be_looked_at() {
    let world = World::in_own_network().await;
    let thread = Thread::begun(&world).await;
    let post = Post::start(&world, &thread, &[]).await;
    let admin = world.admin();
    let before = post.taken().len();
    let path = format!("/v1/campaigns/{}/messages/test", thread.campaign);
    let lead = json!({"email": "max@customer.example", "name": "Max"});
    let tried = admin.post(&path, json!({"lead": lead, "to": "ann@acme.example"})).await.is(200);
    assert_eq!(tried, json!({"ok": true, "detail": "the server took 2 messages"}));
    let taken = post.taken().split_off(before);
    let of_ann: Vec<&Taken> =
        taken.iter().filter(|taken| taken.recipients == ["ann@acme.example"]).collect();
    assert_eq!(of_ann.len(), 2);
    assert!(of_ann[0].message.contains("Subject: Northgate"));
    assert!(of_ann[1].message.contains("Subject: Re: Northgate"));
    assert!(of_ann[1].message.contains("\r\nIn-Reply-To: <"), "it follows up in the same thread");
    assert!(taken.iter().all(|taken| taken.recipients != ["max@customer.example"]));
    assert!(admin.get("/v1/leads?email=max@customer.example").await.is(200)["items"] == json!([]));

    let stranger = admin.post(&path, json!({"lead": lead, "to": "max@customer.example"})).await;
    assert_eq!(stranger.is_problem("invalid-request")["errors"][0]["pointer"], "/to");
    post.says("root@acme.example", "550 no such user");
    let refused = admin.post(&path, json!({"lead": lead, "to": "root@acme.example"})).await.is(200);
    assert_eq!(refused["ok"], false);
}
