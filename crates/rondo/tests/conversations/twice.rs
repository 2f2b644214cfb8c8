//! The same message more than once: it is taken in once.

use rondo::app::replies;
use rondo::app::sending::system;
use rondo_core::ids::{Id as _, MailboxId};
use rondo_store::ConversationStatus;

use crate::mail_server::until;
use crate::maildirs::{forget_uids, put_old};
use crate::story::YES;
use crate::world::{ASSISTANT, LEAD, World, reply_all};

#[tokio::test]
async fn a_reply_that_is_delivered_twice_is_taken_in_once() {
    let world = World::new().await;
    let (_, conversation) = world.campaign().await;
    let mail = world.mail_of(LEAD, 1).await;
    let (_, message) = reply_all(&mail[0], LEAD, "answer-1", YES);
    let (_, last) = reply_all(&mail[0], LEAD, "answer-2", "One more thing.");
    for (name, message) in [("1", &message), ("2", &message), ("3", &last)] {
        world.servers.put(ASSISTANT, name, message.as_bytes());
    }
    let received = world.received(conversation, 2).await;
    assert_eq!(received.len(), 2);
    world.is_at(conversation, ConversationStatus::Qualified).await;
    world.mail_of(LEAD, 2).await;
    world.nothing_is_due().await;
    assert_eq!(world.mail_of(LEAD, 2).await.len(), 2);
    assert_eq!(world.assignments().await.len(), 1);
}

#[tokio::test]
async fn a_reply_that_comes_by_the_api_and_by_imap_is_taken_in_once() {
    let world = World::new().await;
    let (_, conversation) = world.campaign().await;
    let mail = world.mail_of(LEAD, 1).await;
    let (_, message) = reply_all(&mail[0], LEAD, "answer-1", YES);
    let (_, last) = reply_all(&mail[0], LEAD, "answer-2", "One more thing.");
    let caller = system(world.team);
    let taken = async |message: &str| {
        let raw = message.as_bytes().to_vec();
        replies::receive(&world.app, &caller, world.mailbox, raw, None).await.unwrap()
    };
    let first = taken(&message).await;
    assert!(first.is_new);
    let again = taken(&message).await;
    assert!(!again.is_new);
    assert_eq!((again.message, again.decision), (first.message, first.decision));
    world.send(LEAD, &[ASSISTANT], &message).await;
    world.send(LEAD, &[ASSISTANT], &last).await;
    assert_eq!(world.received(conversation, 2).await.len(), 2);
    world.mail_of(LEAD, 2).await;
    world.nothing_is_due().await;
    assert_eq!(world.assignments().await.len(), 1);
    assert_eq!(world.mail_of(LEAD, 2).await.len(), 2);
}

#[tokio::test]
async fn a_folder_that_was_made_anew_with_the_same_messages_changes_nothing() {
    let mut world = World::new().await;
    let (_, conversation) = world.campaign().await;
    let mail = world.mail_of(LEAD, 1).await;
    let (_, message) = reply_all(&mail[0], LEAD, "answer-1", YES);
    world.send(LEAD, &[ASSISTANT], &message).await;
    world.is_at(conversation, ConversationStatus::Qualified).await;
    world.mail_of(LEAD, 2).await;
    let before = world.mailbox_row(world.mailbox).await.keep;
    world.servers.kill_dovecot();
    forget_uids(&world.servers.mailbox(ASSISTANT));
    world.servers.start_dovecot().await;
    until(async || {
        let keep = world.mailbox_row(world.mailbox).await.keep;
        keep.uid_validity != before.uid_validity && keep.last_uid == Some(1)
    })
    .await;
    let (_, last) = reply_all(&mail[0], LEAD, "answer-2", "One more thing.");
    world.send(LEAD, &[ASSISTANT], &last).await;
    assert_eq!(world.received(conversation, 2).await.len(), 2);
    world.nothing_is_due().await;
    assert_eq!(world.assignments().await.len(), 1);
    assert_eq!(world.mail_of(LEAD, 2).await.len(), 2);
}

#[tokio::test]
async fn what_came_before_the_mailbox_was_added_stays_unread_when_its_folder_is_made_anew() {
    let mut world = World::new().await;
    let folder = world.servers.mailbox(ASSISTANT);
    let letter = |name: &str| {
        format!(
            "From: <{name}@lead.test>\r\nMessage-ID: <{name}@lead.test>\r\nSubject: Hello\r\n\r\nA letter.\r\n"
        )
    };
    let (store, team) = (world.store.clone(), world.team);
    let read = async || -> Vec<String> {
        let open = store.open_messages(team, None, 10).await.unwrap();
        open.into_iter().map(|message| message.text.unwrap().message_id.unwrap()).collect()
    };
    world.servers.put(ASSISTANT, "1700000000.known", letter("known").as_bytes());
    until(async || read().await == ["known@lead.test"]).await;
    let before = world.mailbox_row(world.mailbox).await.keep;
    world.servers.kill_dovecot();
    put_old(&folder, "1600000000.old", &letter("old"));
    forget_uids(&folder);
    world.servers.start_dovecot().await;
    until(async || world.mailbox_row(world.mailbox).await.keep.uid_validity != before.uid_validity)
        .await;
    world.servers.put(ASSISTANT, "new", letter("new").as_bytes());
    until(async || read().await.len() > 1).await;
    assert_eq!(read().await, ["known@lead.test", "new@lead.test"]);
}

#[tokio::test]
async fn a_reply_that_arrives_while_the_reading_server_is_another_is_read_once_it_is_right() {
    let world = World::new().await;
    let (_, conversation) = world.campaign().await;
    let mail = world.mail_of(LEAD, 1).await;
    world.imap_line.close();
    let (_, message) = reply_all(&mail[0], LEAD, "answer-1", YES);
    world.send(LEAD, &[ASSISTANT], &message).await;
    world.servers.delivered(ASSISTANT, 1).await;
    let port = world.servers.ports.imaps;
    let details = world.details(world.mailbox, ASSISTANT, world.smtp_line.port, port);
    let (mailbox, details) = (world.mailbox, Box::new(details));
    world.run(rondo_core::Command::ChangeMailbox { mailbox, details }).await;
    world.is_at(conversation, ConversationStatus::Qualified).await;
    assert_eq!(world.received(conversation, 1).await.len(), 1);
}

#[tokio::test]
async fn nobody_is_written_to_from_a_mailbox_before_answers_can_be_read() {
    let world = World::new().await;
    world.imap_line.close();
    let other = MailboxId::from_bytes([8; 16]);
    world.add_mailbox(other, crate::world::OTHER_ASSISTANT, world.smtp_line.port).await;
    until(async || world.mailbox_row(other).await.read_error.is_some()).await;
    let campaign = world.draft(other, world.group, vec![0, 3]).await;
    let conversation = world.join(campaign, LEAD, Some("Rosa Vega")).await;
    world.run(rondo_core::Command::LaunchCampaign { campaign, at: None }).await;
    // What another mailbox sends meanwhile arrives.
    world.campaign_to(crate::world::LEADS[0]).await;
    world.mail_of(crate::world::LEADS[0], 1).await;
    assert!(world.messages(conversation).await.is_empty());
    world.imap_line.open();
    world.mail_of(LEAD, 1).await;
}
