//! From which message on a mailbox is read.

use std::fs::File;
use std::time::Duration;

use crate::mail_server::until;
use crate::world::{LEAD, World};

pub fn message(subject: &str) -> String {
    format!(
        "From: <stranger@lead.test>\r\nTo: <ida@example.test>\r\nSubject: {subject}\r\n\
         Message-ID: <{subject}@lead.test>\r\nDate: Thu, 26 Nov 2026 12:00:00 +0000\r\n\r\nHello.\r\n"
    )
}

fn put(world: &World, subject: &str, seconds_ago: u64) {
    world.servers.put(LEAD, subject, message(subject).as_bytes());
    let path = world.servers.mailbox(LEAD).join("new").join(subject);
    let file = File::open(path).unwrap();
    let now = file.metadata().unwrap().modified().unwrap();
    file.set_modified(now - Duration::from_secs(seconds_ago)).unwrap();
}

#[tokio::test]
async fn a_mailbox_that_is_read_for_the_first_time_late_is_read_from_when_it_was_added() {
    let mut world = World::new().await;
    put(&world, "before", 3600);
    put(&world, "since", 0);
    put(&world, "before-but-moved-later", 7200);
    world.read_mail_of(LEAD).await;
    world.restart_mailboxes();
    let subjects = async || {
        let open = world.store.open_messages(world.team, None, 9).await.unwrap();
        open.into_iter().map(|message| message.text.unwrap().subject).collect::<Vec<_>>()
    };
    until(async || !subjects().await.is_empty()).await;
    put(&world, "after", 0);
    until(async || subjects().await.len() > 1).await;
    assert_eq!(subjects().await, ["since", "after"]);
}
