//! Servers that end, and connections that break: what was on its way arrives, once.

use rondo_store::ConversationStatus;

use crate::mail_server::until;
use crate::story::YES;
use crate::world::{ASSISTANT, LEAD, World, reply_all};

#[tokio::test]
async fn replies_that_arrive_while_the_reading_server_is_dead_are_read_once() {
    let mut world = World::new().await;
    let (_, conversation) = world.campaign().await;
    let mail = world.mail_of(LEAD, 1).await;
    world.nothing_is_due().await;
    world.servers.kill_dovecot();
    let (_, message) = reply_all(&mail[0], LEAD, "answer-1", YES);
    world.servers.put(ASSISTANT, "answer-1", message.as_bytes());
    world.servers.start_dovecot().await;
    world.is_at(conversation, ConversationStatus::Qualified).await;
    world.mail_of(LEAD, 2).await;
    world.nothing_is_due().await;
    assert_eq!(world.received(conversation, 1).await.len(), 1);
    assert_eq!(world.assignments().await.len(), 1);
    assert_eq!(world.mail_of(LEAD, 2).await.len(), 2);
}

#[tokio::test]
async fn a_connection_that_is_cut_while_news_are_awaited_loses_no_reply() {
    let world = World::new().await;
    let (_, conversation) = world.campaign().await;
    let mail = world.mail_of(LEAD, 1).await;
    world.imap_line.close();
    let (_, message) = reply_all(&mail[0], LEAD, "answer-1", "Please tell me more about it.");
    world.send(LEAD, &[ASSISTANT], &message).await;
    until(async || world.mailbox_row(world.mailbox).await.read_error.is_some()).await;
    world.imap_line.open();
    world.received(conversation, 1).await;
    world.imap_line.cut();
    let (_, message) = reply_all(&mail[0], LEAD, "answer-2", YES);
    world.send(LEAD, &[ASSISTANT], &message).await;
    world.is_at(conversation, ConversationStatus::Qualified).await;
    assert_eq!(world.received(conversation, 2).await.len(), 2);
    until(async || world.mailbox_row(world.mailbox).await.read_error.is_none()).await;
}

#[tokio::test]
async fn what_is_queued_goes_out_once_the_sending_server_is_back_and_the_trouble_is_over_then() {
    let mut world = World::new().await;
    world.servers.kill_postfix();
    world.campaign().await;
    until(async || world.mailbox_row(world.mailbox).await.send_error.is_some()).await;
    world.servers.start_postfix().await;
    world.mail_of(LEAD, 1).await;
    world.nothing_is_due().await;
    assert_eq!(world.mail_of(LEAD, 1).await.len(), 1);
    until(async || world.mailbox_row(world.mailbox).await.send_error.is_none()).await;
}
