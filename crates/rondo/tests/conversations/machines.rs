//! Mail that machines write: reports of failed delivery, absence notices, and programs that answer everything.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::ToSpan as _;
use rondo::mail::Received;
use rondo_core::mail::{Handling, ReplyLabel, ReviewReason, SuppressionReason};
use rondo_store::ConversationStatus;

use crate::clock::now;
use crate::mail_server::{GONE, until};
use crate::story::YES;
use crate::world::{ASSISTANT, LEAD, REPS, World, reply_all};

/// A day some days ahead, as people write it.
fn day_in(days: i64) -> String {
    let day = now().in_tz("UTC").unwrap().date() + days.days();
    day.strftime("%-d %B %Y").to_string()
}

/// As a program answers: to whom the envelope says, with this beside the usual headers.
fn automatic(
    mail: &(Received, String),
    from: &str,
    id: &str,
    header: &str,
    text: &str,
) -> (String, String) {
    let back = mail.1.lines().find_map(|line| line.strip_prefix("Return-Path: <"));
    let back = back.unwrap().trim_end_matches('>').to_owned();
    let (_, message) = reply_all(mail, from, id, text);
    let message = message.replacen("Subject: Re: ", "Subject: Automatic reply: ", 1);
    let date = jiff::fmt::rfc2822::to_string(&now().in_tz("UTC").unwrap()).unwrap();
    let message = message.replacen("Thu, 26 Nov 2026 12:00:00 +0000", &date, 1);
    (back, format!("{header}{message}"))
}

#[tokio::test]
async fn a_report_of_failed_delivery_that_comes_later_closes_the_address() {
    let world = World::new().await;
    let (_, conversation) = world.campaign_to(GONE).await;
    world.is_at(conversation, ConversationStatus::Bounced).await;
    assert_eq!(world.suppression(GONE).await, Some(SuppressionReason::HardBounce));
    let received = world.received(conversation, 1).await;
    assert_eq!(received[0].handled, Some((ReplyLabel::Bounce, Handling::Acted)));
    assert_eq!(world.conversation(conversation).await.next_at, None);
}

#[tokio::test]
async fn a_lead_who_is_away_until_a_day_is_not_followed_up_before() {
    let world = World::new().await;
    let (_, conversation) = world.campaign().await;
    let mail = world.mail_of(LEAD, 1).await;
    let before = world.conversation(conversation).await.next_at.unwrap();
    let text = format!("I am out of the office until {}, without mail.", day_in(20));
    let (back, message) =
        automatic(&mail[0], LEAD, "away-1", "Auto-Submitted: auto-replied\r\n", &text);
    world.send(LEAD, &[&back], &message).await;
    let received = world.received(conversation, 1).await;
    assert_eq!(received[0].handled, Some((ReplyLabel::AutoReply, Handling::Noted)));
    let row = world.conversation(conversation).await;
    assert_eq!(row.status, ConversationStatus::AwaitingLead);
    let days = (row.next_at.unwrap().as_micros() - before.as_micros()) / 86_400_000_000;
    assert!((15..=18).contains(&days), "{days} days later");
}

#[tokio::test]
async fn a_rep_who_answers_automatically_is_shown_as_away_and_the_lead_stays_theirs() {
    let world = World::new().await;
    let (_, conversation) = world.campaign().await;
    let mail = world.mail_of(LEAD, 1).await;
    let (_, message) = reply_all(&mail[0], LEAD, "answer-1", YES);
    world.send(LEAD, &[ASSISTANT], &message).await;
    let of_rep = world.mail_of(REPS[0], 2).await;
    let handover = of_rep.iter().find(|(mail, _)| mail.subject.contains("A quieter kiln"));
    let text = format!("I am out of the office until {}.", day_in(5));
    let (back, message) =
        automatic(handover.unwrap(), REPS[0], "away-1", "Auto-Submitted: auto-replied\r\n", &text);
    world.send(REPS[0], &[&back], &message).await;
    let received = world.received(conversation, 2).await;
    let away = received.iter().find(|message| message.rep.is_some()).unwrap();
    let review = Handling::Review(ReviewReason::RepSeemsAway);
    assert_eq!(away.handled, Some((ReplyLabel::AutoReply, review)));
    let open = world.store.open_messages(world.team, None, 10).await.unwrap();
    assert_eq!(open.iter().map(|message| message.id).collect::<Vec<_>>(), [away.id]);
    let row = world.conversation(conversation).await;
    assert_eq!(row.status, ConversationStatus::Qualified);
    assert_eq!(row.assignment.unwrap().1, world.reps[0]);
}

#[tokio::test]
async fn programs_that_answer_everything_cannot_make_the_assistant_write_on() {
    let world = World::new().await;
    let (_, conversation) = world.campaign().await;
    let mail = world.mail_of(LEAD, 1).await;
    let (_, message) = reply_all(&mail[0], LEAD, "answer-1", YES);
    world.send(LEAD, &[ASSISTANT], &message).await;
    world.mail_of(LEAD, 2).await;
    world.mail_of(REPS[0], 2).await;
    let mut answered = BTreeSet::new();
    for round in 0..4 {
        for (who, header) in [(LEAD, ""), (REPS[0], "Auto-Submitted: auto-replied\r\n")] {
            for mail in world.mail_of(who, 2).await {
                let id = mail.0.message_id.clone().unwrap();
                let is_of_assistant =
                    mail.0.from.as_ref().is_some_and(|from| from.address == ASSISTANT);
                if !is_of_assistant || !answered.insert((who, id)) {
                    continue;
                }
                let own = format!("auto-{who}-{round}-{}", answered.len());
                let (back, message) = automatic(&mail, who, &own, header, "I have your message.");
                world.send(who, &[&back], &message).await;
            }
        }
        world.received(conversation, 1 + answered.len()).await;
        world.nothing_is_due().await;
        world.clock.pass(Duration::from_secs(61));
        world.nothing_is_due().await;
    }
    assert_eq!(answered.len(), 4, "the campaign's message, the handover twice, and the note");
    assert_eq!(world.mail_of(LEAD, 2).await.len(), 2);
    assert_eq!(world.mail_of(REPS[0], 2).await.len(), 2);
    let outgoing = world.messages(conversation).await;
    assert_eq!(outgoing.iter().filter(|message| message.kind != "received").count(), 3);
    let assigned = world.assignments().await;
    assert_eq!(assigned.len(), 1);
}

#[tokio::test]
async fn a_program_that_answers_before_a_person_does_qualifies_nobody() {
    let world = World::new().await;
    let (_, conversation) = world.campaign().await;
    let mail = world.mail_of(LEAD, 1).await;
    let (back, message) = automatic(&mail[0], LEAD, "auto-1", "", YES);
    world.send(LEAD, &[&back], &message).await;
    let received = world.received(conversation, 1).await;
    assert_eq!(received[0].handled, Some((ReplyLabel::AutoReply, Handling::Noted)));
    until(async || world.mailbox_row(world.mailbox).await.keep.last_uid == Some(1)).await;
    assert!(world.assignments().await.is_empty());
}
