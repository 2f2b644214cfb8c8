//! Servers that do what they should not, or take their time.

use rondo_store::MailState;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::beginning::message;
use crate::fake::{Fake, Hear, Stall, say};
use crate::mail_server::until;
use crate::world::World;

const LIST: &str = "* 1 FETCH (UID 4 RFC822.SIZE 50)\r\n* 2 FETCH (UID 6 RFC822.SIZE 50)\r\n";

#[tokio::test]
async fn what_came_before_a_message_that_is_larger_than_announced_is_taken_in_and_the_message_passed_over()
 {
    let mut world = World::new().await;
    let listed = |tag: &str| say(format!("{LIST}{tag} OK done\r\n"));
    let size = |number: u32, uid: u32, tag: &str| {
        say(format!("* {number} FETCH (UID {uid} RFC822.SIZE 50)\r\n{tag} OK done\r\n"))
    };
    let raw = message("small");
    let fake = Fake::start(vec![
        say("* OK hello\r\n"),
        Hear("R1 CAPABILITY"),
        say("* CAPABILITY IMAP4rev1\r\nR1 OK done\r\n"),
        Hear("R2 EXAMINE"),
        say("* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 9] x\r\nR2 OK done\r\n"),
        Hear("R3 NOOP"),
        say("R3 OK done\r\n"),
        Hear("R4 FETCH 1:2"),
        listed("R4"),
        Hear("R5 NOOP"),
        say("R5 OK done\r\n"),
        Hear("R6 FETCH 1:2"),
        listed("R6"),
        Hear("R7 UID FETCH 4"),
        size(1, 4, "R7"),
        Hear("R8 UID FETCH 4"),
        say(format!("* 1 FETCH (UID 4 BODY[] {{{}}}\r\n{raw})\r\nR8 OK done\r\n", raw.len())),
        Hear("R9 UID FETCH 6"),
        size(2, 6, "R9"),
        Hear("R10 UID FETCH 6"),
        say("* 2 FETCH (UID 6 BODY[] {400000000}\r\n"),
        Stall,
    ])
    .await;
    world.read_from(fake.port).await;
    world.restart_mailboxes();
    until(async || {
        let row = world.store.mailbox(world.team, world.mailbox).await.unwrap().unwrap();
        row.keep.last_uid == Some(6)
            && row.read_error.is_some_and(|(error, _)| error.contains("too large"))
    })
    .await;
    let open = world.store.open_messages(world.team, None, 9).await.unwrap();
    let subjects: Vec<_> = open.into_iter().map(|one| one.text.unwrap().subject).collect();
    assert_eq!(subjects, ["small"]);
}

/// A mail server that says when it has a message, and takes it once it may.
async fn take_one(
    listener: TcpListener,
    mut has_it: Option<oneshot::Sender<()>>,
    may_take_it: oneshot::Receiver<()>,
) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let (reading, mut writing) = stream.split();
    let mut lines = BufReader::new(reading).lines();
    let mut may_take_it = Some(may_take_it);
    let mut is_message = false;
    writing.write_all(b"220 slow.example.test ESMTP\r\n").await.unwrap();
    while let Some(line) = lines.next_line().await.unwrap() {
        let answer = match line.as_str() {
            "." => {
                is_message = false;
                has_it.take().unwrap().send(()).unwrap();
                may_take_it.take().unwrap().await.unwrap();
                "250 taken\r\n"
            }
            _ if is_message => continue,
            "DATA" => {
                is_message = true;
                "354 go on\r\n"
            }
            "QUIT" => "221 goodbye\r\n",
            _ => "250 good\r\n",
        };
        writing.write_all(answer.as_bytes()).await.unwrap();
    }
}

#[tokio::test]
async fn a_message_that_is_being_sent_when_the_server_closes_is_sent_once() {
    let mut world = World::new().await;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    world.send_by(listener.local_addr().unwrap().port()).await;
    let (has_it, is_there) = oneshot::channel();
    let (take_it, may_take_it) = oneshot::channel();
    tokio::spawn(take_one(listener, Some(has_it), may_take_it));
    let (_, conversation) = world.campaign().await;
    is_there.await.unwrap();
    tokio::join!(world.stop_mailboxes(), async { take_it.send(()).unwrap() });
    let messages = world.store.messages(world.team, conversation, None, 9).await.unwrap();
    assert_eq!(messages[0].mail.as_ref().unwrap().0, MailState::Sent);
}
