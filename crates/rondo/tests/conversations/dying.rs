//! A server that dies in the middle of a conversation: another one goes on, and nobody is the worse for it.

use std::collections::BTreeSet;
use std::time::Duration;

use rondo::mail::Received;
use rondo_core::Command;
use rondo_store::ConversationStatus;

use crate::mail_server::until;
use crate::story::YES;
use crate::world::{ASSISTANT, LEAD, LEADS, World, reply_all};

/// The different messages among these, by their ids.
fn ids(mail: &[(Received, String)]) -> BTreeSet<String> {
    mail.iter().map(|(mail, _)| mail.message_id.clone().unwrap()).collect()
}

#[tokio::test]
async fn a_mailbox_that_dies_before_it_sends_what_is_queued_loses_nothing() {
    let mut world = World::new().await;
    world.smtp_line.close();
    world.campaign().await;
    until(async || {
        let next = world.store.next_mail_due(world.team, world.mailbox).await;
        next.unwrap().is_some()
    })
    .await;
    world.kill_mailboxes();
    world.smtp_line.open();
    world.restart_mailboxes();
    world.mail_of(LEAD, 1).await;
    world.nothing_is_due().await;
    assert_eq!(world.mail_of(LEAD, 1).await.len(), 1);
}

#[tokio::test]
async fn a_mailbox_that_dies_between_sending_and_noting_it_sends_the_same_message_once_more() {
    let mut world = World::new().await;
    world.smtp_line.lose_confirmations();
    world.campaign().await;
    world.smtp_line.has_lost(1).await;
    world.mail_of(LEAD, 1).await;
    world.kill_mailboxes();
    world.smtp_line.keep_confirmations();
    world.restart_mailboxes();
    world.mail_of(LEAD, 2).await;
    world.nothing_is_due().await;
    let mail = world.mail_of(LEAD, 2).await;
    assert_eq!((mail.len(), ids(&mail).len()), (2, 1));
}

#[tokio::test]
async fn a_message_whose_confirmation_gets_lost_is_sent_once_more_after_a_minute() {
    let world = World::new().await;
    world.smtp_line.lose_confirmations();
    let (_, conversation) = world.campaign().await;
    world.smtp_line.has_lost(1).await;
    world.mail_of(LEAD, 1).await;
    world.smtp_line.keep_confirmations();
    world.smtp_line.cut();
    until(async || {
        let messages = world.messages(conversation).await;
        messages.iter().any(|message| matches!(&message.mail, Some((_, Some(_)))))
    })
    .await;
    let due = world.store.next_mail_due(world.team, world.mailbox).await.unwrap().unwrap();
    let seconds = (due.as_micros() - world.app.clock().now().as_micros()) / 1_000_000;
    assert!((30..=60).contains(&seconds), "in {seconds} seconds");
    world.clock.pass(Duration::from_secs(61));
    world.mail_of(LEAD, 2).await;
    world.nothing_is_due().await;
    let mail = world.mail_of(LEAD, 2).await;
    assert_eq!((mail.len(), ids(&mail).len()), (2, 1));
}

#[tokio::test]
async fn a_mailbox_that_dies_before_the_handover_is_sent_hands_over_once() {
    let mut world = World::new().await;
    let (_, conversation) = world.campaign().await;
    let mail = world.mail_of(LEAD, 1).await;
    world.nothing_is_due().await;
    world.smtp_line.close();
    let (_, message) = reply_all(&mail[0], LEAD, "answer-1", YES);
    world.send(LEAD, &[ASSISTANT], &message).await;
    world.is_at(conversation, ConversationStatus::Qualified).await;
    world.kill_mailboxes();
    world.smtp_line.open();
    world.restart_mailboxes();
    world.mail_of(LEAD, 2).await;
    world.nothing_is_due().await;
    assert_eq!(world.mail_of(LEAD, 2).await.len(), 2);
    assert_eq!(world.assignments().await.len(), 1);
    assert_eq!(world.received(conversation, 1).await.len(), 1);
}

#[tokio::test]
async fn a_mailbox_that_dies_at_any_moment_of_reading_hands_each_lead_over_once() {
    let mut world = World::new().await;
    let campaign = world.draft(world.mailbox, world.group, vec![0, 3]).await;
    let mut conversations = Vec::new();
    for lead in LEADS {
        conversations.push(world.join(campaign, lead, Some("Rosa Vega")).await);
    }
    world.run(Command::LaunchCampaign { campaign, at: None }).await;
    for (n, lead) in LEADS.into_iter().enumerate() {
        let mail = world.mail_of(lead, 1).await;
        let (_, message) = reply_all(&mail[0], lead, &format!("answer-{n}"), YES);
        let before = world.imap_line.passed();
        world.send(lead, &[ASSISTANT], &message).await;
        // Told of the news, the end of waiting, the list, the size, the message, and what comes after.
        world.imap_line.has_passed(before + n + 1).await;
        world.restart_mailboxes();
        until(async || world.imap_line.passed() > before + n + 3).await;
    }
    for (lead, conversation) in LEADS.into_iter().zip(conversations) {
        world.is_at(conversation, ConversationStatus::Qualified).await;
        world.mail_of(lead, 2).await;
        assert_eq!(world.received(conversation, 1).await.len(), 1);
    }
    world.nothing_is_due().await;
    for lead in LEADS {
        let mail = world.mail_of(lead, 2).await;
        assert_eq!(ids(&mail).len(), 2, "the campaign's message and one handover");
        assert!(mail.len() <= 3, "{} has {} messages", lead, mail.len());
    }
    assert_eq!(world.assignments().await.len(), LEADS.len());
}
