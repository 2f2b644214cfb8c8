//! What a campaign writes by itself: follow-ups, and what stops, holds and delays them.

use std::time::Duration;

use rondo_core::Command;
use rondo_core::ids::{ConversationId, Id as _, MailboxId};
use rondo_core::mail::{Handling, ReviewReason, SendingWindow};
use rondo_store::{ConversationStatus, MailState};

use crate::mail_server::{LATER, until};
use crate::story::YES;
use crate::world::{ASSISTANT, LEAD, LEADS, OTHER_ASSISTANT, REPS, World, reply_all};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test]
async fn a_follow_up_goes_out_in_the_thread_of_the_first_message() {
    let world = World::new().await;
    let campaign = world.draft(world.mailbox, world.group, vec![0, 0]).await;
    let conversation = world.join(campaign, LEAD, Some("Rosa Vega")).await;
    world.run(Command::LaunchCampaign { campaign, at: None }).await;
    let mail = world.mail_of(LEAD, 2).await;
    let first = mail.iter().find(|(mail, _)| mail.subject == "A quieter kiln").unwrap();
    let second = mail.iter().find(|(mail, _)| mail.subject == "Re: A quieter kiln").unwrap();
    let id = first.0.message_id.clone().unwrap();
    assert_eq!(second.0.in_reply_to, std::slice::from_ref(&id));
    assert_eq!(second.0.references, [id]);
    assert!(second.0.text.visible.contains("Did you see my message, Rosa?"));
    world.nothing_is_due().await;
    assert_eq!(world.mail_of(LEAD, 2).await.len(), 2);
    assert_eq!(world.conversation(conversation).await.status, ConversationStatus::AwaitingLead);
}

#[tokio::test]
async fn a_lead_who_has_answered_is_not_followed_up() {
    let mut world = World::new().await;
    let campaign = world.draft(world.mailbox, world.group, vec![0, 1]).await;
    let answered = world.join(campaign, LEAD, Some("Rosa Vega")).await;
    world.join(campaign, LEADS[0], Some("Tom Vega")).await;
    world.run(Command::LaunchCampaign { campaign, at: None }).await;
    let mail = world.mail_of(LEAD, 1).await;
    world.mail_of(LEADS[0], 1).await;
    let (_, message) = reply_all(&mail[0], LEAD, "answer-1", "What does it cost?");
    world.send(LEAD, &[ASSISTANT], &message).await;
    world.is_at(answered, ConversationStatus::InReview).await;
    world.clock.pass(DAY + Duration::from_secs(31 * 60));
    world.restart_mailboxes();
    world.mail_of(LEADS[0], 2).await;
    world.nothing_is_due().await;
    assert_eq!(world.mail_of(LEAD, 1).await.len(), 1);
}

#[tokio::test]
async fn a_follow_up_waits_for_the_first_message_and_a_reply_stops_one_that_waits() {
    let world = World::new().await;
    let campaign = world.draft(world.mailbox, world.group, vec![0, 0]).await;
    let conversation = world.join(campaign, LATER, Some("Rosa Vega")).await;
    world.run(Command::LaunchCampaign { campaign, at: None }).await;
    let of = async || world.messages(conversation).await;
    until(async || of().await.len() == 2).await;
    until(async || of().await[0].mail.as_ref().is_some_and(|(_, error)| error.is_some())).await;
    world.nothing_is_due().await;
    let (state, why) = of().await[1].mail.clone().unwrap();
    assert_eq!(state, MailState::Queued);
    assert_eq!(why.as_deref(), Some("an earlier message of the campaign waits"));
    // They learned of it otherwise.
    let id = of().await[0].text.as_ref().unwrap().message_id.clone().unwrap();
    let message = format!(
        "From: <{LATER}>\r\nTo: <{ASSISTANT}>\r\nSubject: Re: A quieter kiln\r\n\
         Message-ID: <answer-1@lead.test>\r\nIn-Reply-To: <{id}>\r\n\r\nWhat does it cost?\r\n"
    );
    world.send(LATER, &[ASSISTANT], &message).await;
    world.is_at(conversation, ConversationStatus::InReview).await;
    world.clock.pass(Duration::from_secs(121));
    until(async || {
        let failed = |mail: &Option<(MailState, _)>| {
            mail.as_ref().is_some_and(|(state, _)| *state == MailState::Failed)
        };
        of().await.iter().filter(|message| failed(&message.mail)).count() == 2
    })
    .await;
}

#[tokio::test]
async fn a_paused_campaign_sends_nothing_that_was_queued_and_goes_on_when_it_resumes() {
    let world = World::new().await;
    world.smtp_line.close();
    let (campaign, conversation) = world.campaign().await;
    until(async || world.messages(conversation).await.len() == 1).await;
    world.run(Command::PauseCampaign { campaign }).await;
    // The sender has been at it once it has put it off. What it had in hand before the pause would go out.
    until(async || {
        let due = world.store.next_mail_due(world.team, world.mailbox).await.unwrap();
        due.is_some_and(|due| due > world.app.clock().now())
    })
    .await;
    world.smtp_line.open();
    let (state, why) = world.messages(conversation).await[0].mail.clone().unwrap();
    assert_eq!((state, why.as_deref()), (MailState::Queued, Some("the campaign is paused")));
    assert!(world.servers.delivered(LEAD, 0).await.is_empty());
    world.run(Command::ResumeCampaign { campaign }).await;
    world.clock.pass(Duration::from_secs(61));
    world.mail_of(LEAD, 1).await;
}

#[tokio::test]
async fn a_cancelled_campaign_sends_nothing_that_was_queued() {
    let world = World::new().await;
    world.smtp_line.close();
    let (campaign, conversation) = world.campaign().await;
    until(async || world.messages(conversation).await.len() == 1).await;
    world.run(Command::CancelCampaign { campaign }).await;
    // What the sender had in hand before the cancellation would go out.
    until(async || {
        let messages = world.messages(conversation).await;
        messages[0].mail.as_ref().is_some_and(|(state, _)| *state == MailState::Failed)
    })
    .await;
    world.smtp_line.open();
    world.nothing_is_due().await;
    assert!(world.servers.delivered(LEAD, 0).await.is_empty());
}

#[tokio::test]
async fn replies_to_a_paused_campaign_are_kept_and_handed_over_in_order_when_it_resumes() {
    let world = World::new().await;
    let campaign = world.draft(world.mailbox, world.group, vec![0, 3]).await;
    let mut conversations = Vec::new();
    for lead in [LEADS[0], LEADS[1], LEADS[2]] {
        conversations.push(world.join(campaign, lead, Some("Rosa Vega")).await);
    }
    world.run(Command::LaunchCampaign { campaign, at: None }).await;
    let mut mail = Vec::new();
    for lead in [LEADS[0], LEADS[1], LEADS[2]] {
        mail.push(world.mail_of(lead, 1).await.remove(0));
    }
    world.run(Command::PauseCampaign { campaign }).await;
    for n in [2, 0, 1] {
        let (_, message) = reply_all(&mail[n], LEADS[n], &format!("answer-{n}"), YES);
        world.send(LEADS[n], &[ASSISTANT], &message).await;
        let received = world.received(conversations[n], 1).await;
        assert_eq!(received[0].handled.unwrap().1, Handling::Held);
    }
    assert!(world.assignments().await.is_empty());
    world.run(Command::ResumeCampaign { campaign }).await;
    for n in [0, 1, 2] {
        world.is_at(conversations[n], ConversationStatus::Qualified).await;
        world.mail_of(LEADS[n], 2).await;
    }
    let assigned: Vec<_> = world.assignments().await.iter().map(|row| row.conversation).collect();
    assert_eq!(assigned, [conversations[2], conversations[0], conversations[1]]);
}

#[tokio::test]
async fn a_lead_who_lacks_a_field_is_held_for_a_person_and_gets_no_nonsense() {
    let world = World::new().await;
    let campaign = world.draft(world.mailbox, world.group, vec![0, 3]).await;
    let nameless = world.join(campaign, LEAD, None).await;
    world.join(campaign, LEADS[0], Some("Tom Vega")).await;
    world.run(Command::LaunchCampaign { campaign, at: None }).await;
    world.is_at(nameless, ConversationStatus::InReview).await;
    let row = world.conversation(nameless).await;
    assert_eq!(row.review_reason, Some(ReviewReason::MissingFields));
    world.mail_of(LEADS[0], 1).await;
    world.nothing_is_due().await;
    assert!(world.servers.delivered(LEAD, 0).await.is_empty());
}

#[tokio::test]
async fn a_rep_who_does_not_write_is_reminded_once_and_then_an_admin_is_told_once() {
    let mut world = World::new().await;
    let (_, conversation) = world.campaign().await;
    let mail = world.mail_of(LEAD, 1).await;
    let (_, message) = reply_all(&mail[0], LEAD, "answer-1", YES);
    world.send(LEAD, &[ASSISTANT], &message).await;
    world.mail_of(REPS[0], 2).await;
    world.nothing_is_due().await;
    assert_eq!(kinds(&world, conversation).await, ["step", "handover", "note"]);
    // 24 working hours are three days, and five where a weekend lies between.
    world.clock.pass(5 * DAY);
    world.restart_mailboxes();
    let of_rep = world.mail_of(REPS[0], 3).await;
    assert_eq!(of_rep.len(), 3);
    world.nothing_is_due().await;
    world.clock.pass(5 * DAY);
    world.restart_mailboxes();
    until(async || kinds(&world, conversation).await.len() == 5).await;
    world.clock.pass(5 * DAY);
    world.restart_mailboxes();
    world.is_read(world.mailbox).await;
    assert_eq!(
        kinds(&world, conversation).await,
        ["step", "handover", "note", "reminder", "escalation"]
    );
}

#[tokio::test]
async fn a_message_that_is_put_off_beyond_the_hours_of_its_campaign_waits_for_them() {
    let world = World::new().await;
    let campaign = world.draft(world.mailbox, world.group, vec![0, 3]).await;
    // Somewhere it is past noon just now.
    let hour = crate::clock::now().in_tz("UTC").unwrap().hour();
    let zone =
        if hour > 12 { format!("Etc/GMT+{}", hour - 12) } else { format!("Etc/GMT-{}", 12 - hour) };
    let at = |hour| jiff::civil::time(hour, 0, 0, 0);
    let window = SendingWindow {
        days: (1..=7).collect(),
        from: at(0),
        until: at(14),
        time_zone: Some(zone),
    };
    world.rewrite(campaign, vec![0, 3], Some(window)).await;
    let conversation = world.join(campaign, LATER, Some("Rosa Vega")).await;
    world.run(Command::LaunchCampaign { campaign, at: None }).await;
    let due_in = async || {
        let due = world.store.next_mail_due(world.team, world.mailbox).await.unwrap();
        due.map_or(0, |due| due.as_micros() - world.app.clock().now().as_micros()) / 1_000_000
    };
    until(async || (1..=60).contains(&due_in().await)).await;
    let before = world.messages(conversation).await[0].mail.clone();
    world.clock.pass(Duration::from_secs(3 * 60 * 60));
    until(async || due_in().await > 7 * 60 * 60).await;
    assert_eq!(world.messages(conversation).await[0].mail.as_ref().unwrap().0, before.unwrap().0);
}

#[tokio::test]
async fn a_rep_is_reminded_from_another_mailbox_where_that_of_the_conversation_is_gone() {
    let mut world = World::new().await;
    let (campaign, conversation) = world.campaign().await;
    let mail = world.mail_of(LEAD, 1).await;
    let (_, message) = reply_all(&mail[0], LEAD, "answer-1", YES);
    world.send(LEAD, &[ASSISTANT], &message).await;
    world.mail_of(REPS[0], 2).await;
    world.nothing_is_due().await;
    let other = MailboxId::from_bytes([8; 16]);
    world.add_mailbox(other, OTHER_ASSISTANT, world.smtp_line.port).await;
    world.run(Command::CancelCampaign { campaign }).await;
    world.run(Command::RemoveMailbox { mailbox: world.mailbox }).await;
    world.clock.pass(5 * DAY);
    world.restart_mailboxes();
    let of_rep = world.mail_of(REPS[0], 3).await;
    let is_from_other = |(mail, _): &(_, String)| {
        let mail: &rondo::mail::Received = mail;
        mail.from.as_ref().is_some_and(|from| from.address == OTHER_ASSISTANT)
    };
    assert!(of_rep.iter().any(is_from_other));
    assert_eq!(kinds(&world, conversation).await, ["step", "handover", "note", "reminder"]);
}

/// What was written in a conversation, in order.
async fn kinds(world: &World, conversation: ConversationId) -> Vec<String> {
    let messages = world.messages(conversation).await.into_iter();
    messages.map(|message| message.kind).filter(|kind| kind != "received").collect()
}
