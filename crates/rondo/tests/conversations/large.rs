//! A mailbox with a long past: reading begins with what arrives now.

use rondo_core::Command;
use rondo_core::ids::{Id as _, MailboxId};
use rondo_store::ConversationStatus;

use crate::mail_server::until;
use crate::maildirs::fill;
use crate::story::YES;
use crate::world::{LEAD, OTHER_ASSISTANT, World, reply_all};

const MESSAGES: usize = 100_000;

#[tokio::test]
async fn in_a_mailbox_of_a_hundred_thousand_messages_a_reply_is_handed_over() {
    let world = World::new().await;
    fill(&world.servers.mailbox(OTHER_ASSISTANT), MESSAGES);
    let other = MailboxId::from_bytes([8; 16]);
    world.add_mailbox(other, OTHER_ASSISTANT, world.smtp_line.port).await;
    until(async || world.mailbox_row(other).await.last_read_at.is_some()).await;
    let keep = world.mailbox_row(other).await.keep;
    assert_eq!(keep.last_uid, Some(MESSAGES as u64));
    let campaign = world.draft(other, world.group, vec![0, 3]).await;
    let conversation = world.join(campaign, LEAD, Some("Rosa Vega")).await;
    world.run(Command::LaunchCampaign { campaign, at: None }).await;
    let mail = world.mail_of(LEAD, 1).await;
    let (_, message) = reply_all(&mail[0], LEAD, "answer-1", YES);
    world.send(LEAD, &[OTHER_ASSISTANT], &message).await;
    world.is_at(conversation, ConversationStatus::Qualified).await;
    world.mail_of(LEAD, 2).await;
    assert!(world.store.open_messages(world.team, None, 10).await.unwrap().is_empty());
}
