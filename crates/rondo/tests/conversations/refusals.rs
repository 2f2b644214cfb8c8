//! Servers that do not take a message: for now, for good, for one of two recipients, or without a word.

use std::net::Ipv4Addr;
use std::time::Duration;

use rondo_core::Command;
use rondo_core::ids::{Id as _, MailboxId};
use rondo_core::mail::{ReviewReason, SuppressionReason};
use rondo_store::{ConversationStatus, MailState};
use tokio::net::TcpListener;

use crate::fake::{Fake, Hear, HearAll, say};
use crate::mail_server::{LATER, until};
use crate::story::YES;
use crate::world::{ASSISTANT, LEAD, LEADS, OTHER_ASSISTANT, World, reply_all};

#[tokio::test]
async fn a_message_that_is_put_off_is_tried_again_after_longer_and_longer_pauses() {
    let world = World::new().await;
    let (_, conversation) = world.campaign_to(LATER).await;
    let due_in = async || {
        let due = world.store.next_mail_due(world.team, world.mailbox).await.unwrap();
        due.map_or(0, |due| due.as_micros() - world.app.clock().now().as_micros()) / 1_000_000
    };
    for (pause, tries) in [(60, 1), (120, 2), (300, 3)] {
        until(async || (pause - 20..=pause).contains(&due_in().await)).await;
        let messages = world.messages(conversation).await;
        let (state, error) = messages[0].mail.clone().unwrap();
        assert_eq!(state, MailState::Queued, "after {tries} tries");
        assert!(error.unwrap().contains("Come back later"));
        world.clock.pass(Duration::from_secs(pause.try_into().unwrap()));
    }
    assert_eq!(world.suppression(LATER).await, None);
    assert_eq!(world.conversation(conversation).await.status, ConversationStatus::AwaitingLead);
}

#[tokio::test]
async fn a_lead_whom_no_server_knows_has_bounced_and_is_suppressed() {
    let world = World::new().await;
    let (_, conversation) = world.campaign_to("nobody@lead.test").await;
    world.is_at(conversation, ConversationStatus::Bounced).await;
    assert_eq!(world.suppression("nobody@lead.test").await, Some(SuppressionReason::HardBounce));
    world.nothing_is_due().await;
    let messages = world.messages(conversation).await;
    assert_eq!(messages[0].mail.as_ref().unwrap().0, MailState::Failed);
    assert_eq!(world.conversation(conversation).await.next_at, None);
}

#[tokio::test]
async fn a_rep_whose_copy_is_refused_brings_the_conversation_to_review_and_the_lead_has_theirs_once()
 {
    let world = World::new().await;
    let cy = world.add_rep("Cy", "cy@rep.test").await;
    let group = world.add_group("South", &[cy]).await;
    let campaign = world.draft(world.mailbox, group, vec![0, 3]).await;
    let conversation = world.join(campaign, LEAD, Some("Rosa Vega")).await;
    world.run(Command::LaunchCampaign { campaign, at: None }).await;
    let mail = world.mail_of(LEAD, 1).await;
    let (_, message) = reply_all(&mail[0], LEAD, "answer-1", YES);
    world.send(LEAD, &[ASSISTANT], &message).await;
    world.is_at(conversation, ConversationStatus::InReview).await;
    world.nothing_is_due().await;
    let row = world.conversation(conversation).await;
    assert_eq!(row.review_reason, Some(ReviewReason::RepUnreached));
    assert!(row.assignment.is_some(), "the lead stays with the rep until a person says otherwise");
    assert_eq!(world.mail_of(LEAD, 2).await.len(), 2);
    assert_eq!(world.suppression(LEAD).await, None);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_shown_at_its_mailbox_and_the_others_go_on() {
    let world = World::new().await;
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let other = MailboxId::from_bytes([8; 16]);
    world.add_mailbox(other, OTHER_ASSISTANT, port).await;
    world.is_read(other).await;
    let campaign = world.draft(other, world.group, vec![0, 3]).await;
    let waiting = world.join(campaign, LEADS[0], Some("Tom Vega")).await;
    world.run(Command::LaunchCampaign { campaign, at: None }).await;
    // Both ends are held: the server has taken the connection, and says nothing.
    let _connection = silent.accept().await.unwrap();
    world.campaign().await;
    world.mail_of(LEAD, 1).await;
    world.clock.pass(Duration::from_secs(46));
    until(async || world.mailbox_row(other).await.send_error.is_some()).await;
    let messages = world.messages(waiting).await;
    assert_eq!(messages[0].mail, Some((MailState::Queued, None)), "the message is not at fault");
    assert_eq!(world.mailbox_row(world.mailbox).await.send_error, None);
}

#[tokio::test]
async fn a_server_that_refuses_the_sender_or_the_text_closes_no_address() {
    let world = World::new().await;
    let other = MailboxId::from_bytes([8; 16]);
    let script = vec![
        say("220 mail.example.test ESMTP\r\n"),
        Hear("EHLO"),
        say("250-mail.example.test\r\n250 AUTH PLAIN\r\n"),
        Hear("AUTH PLAIN"),
        say("235 Welcome\r\n"),
        Hear("MAIL FROM"),
        say("550 You may not write as this\r\n"),
        HearAll("QUIT"),
        say("221 Bye\r\n"),
    ];
    let fake = Fake::start(script).await;
    world.add_mailbox(other, OTHER_ASSISTANT, fake.port).await;
    world.is_read(other).await;
    let campaign = world.draft(other, world.group, vec![0, 3]).await;
    let conversation = world.join(campaign, LEAD, Some("Rosa Vega")).await;
    world.run(Command::LaunchCampaign { campaign, at: None }).await;
    world.is_at(conversation, ConversationStatus::InReview).await;
    let row = world.conversation(conversation).await;
    assert_eq!(row.review_reason, Some(ReviewReason::NotSent));
    assert_eq!(world.suppression(LEAD).await, None);
}
