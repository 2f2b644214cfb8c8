//! A mail server that says what a test wants it to, and the mailboxes of a world that send by it.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rondo::clock::{Clock as _, SystemClock};
use rondo::jobs::mailboxes::Mailboxes;
use rondo_store::MessageRow;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::thread::Thread;
use crate::world::World;

/// Looks at most before a test has waited for nothing.
const LOOKS_MAX: u32 = 5_000;

type Said = Arc<Mutex<HashMap<String, &'static str>>>;

/// A message that the server took.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) recipients: Vec<String>,
    pub(crate) message: String,
}

/// The server, and those who send by it.
pub(crate) struct Post {
    said: Said,
    taken: Arc<Mutex<Vec<Taken>>>,
    _mailboxes: Mailboxes,
}

impl Post {
    /// Sends what the mailbox of a thread has queued and will queue. The server says this to recipients, or to the commands
    /// `MAIL` and `DATA`; it takes everything else.
    pub(crate) async fn start(
        world: &World,
        thread: &Thread,
        replies: &[(&str, &'static str)],
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (said, taken) = (Said::default(), Arc::default());
        said.lock().unwrap().extend(replies.iter().map(|(to, reply)| ((*to).to_owned(), *reply)));
        let (replies, mails) = (Arc::clone(&said), Arc::clone(&taken));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&replies), Arc::clone(&mails)));
            }
        });
        let smtp = json!({"host": "127.0.0.1", "port": port, "security": "none"});
        let path = format!("/v1/mailboxes/{}", thread.mailbox);
        world.admin().patch(&path, json!({"smtp": smtp})).await.is(200);
        Self { said, taken, _mailboxes: Mailboxes::start(world.app.clone()) }
    }

    /// Has the server say something else from now on.
    pub(crate) fn says(&self, to: &str, reply: &'static str) {
        self.said.lock().unwrap().insert(to.to_owned(), reply);
    }

    /// What the server took so far.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }
}

/// Lets time pass until this is so.
pub(crate) async fn until(world: &World, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..LOOKS_MAX {
        if is_so().await {
            return;
        }
        world.clock.advance(Duration::from_millis(20));
        SystemClock::new().wait(Duration::from_millis(1)).await;
    }
    panic!("it never came to this");
}

/// The messages of a conversation of a kind.
pub(crate) async fn of_kind(world: &World, thread: &Thread, kind: &str) -> Vec<MessageRow> {
    let conversation = thread.conversation.parse().unwrap();
    let all = world.store.messages(world.team, conversation, None, 500).await.unwrap();
    all.into_iter().filter(|row| row.kind == kind).collect()
}

async fn serve(stream: TcpStream, said: Said, taken: Arc<Mutex<Vec<Taken>>>) {
    let mut stream = BufReader::new(stream);
    let mut recipients = Vec::new();
    let reply_to =
        |to: &str, good: &'static str| said.lock().unwrap().get(to).copied().unwrap_or(good);
    let mut answer = "220 post";
    loop {
        let mut line = String::new();
        if stream.write_all(format!("{answer}\r\n").as_bytes()).await.is_err()
            || !matches!(stream.read_line(&mut line).await, Ok(1..))
        {
            return;
        }
        answer = match line.split([' ', '\r']).next().unwrap() {
            "MAIL" => {
                recipients.clear();
                reply_to("MAIL", "250 ok")
            }
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1).unwrap().to_owned();
                let answer = reply_to(&address, "250 ok");
                if answer.starts_with("250") {
                    recipients.push(address);
                }
                answer
            }
            "DATA" if reply_to("DATA", "354").starts_with("354") => {
                stream.write_all(b"354 go on\r\n").await.unwrap();
                let message = content(&mut stream).await;
                let recipients = std::mem::take(&mut recipients);
                taken.lock().unwrap().push(Taken { recipients, message });
                "250 taken"
            }
            "DATA" => reply_to("DATA", "554"),
            _ => "250 ok",
        };
    }
}

async fn content(stream: &mut BufReader<TcpStream>) -> String {
    let mut message = String::new();
    loop {
        let start = message.len();
        if !matches!(stream.read_line(&mut message).await, Ok(1..)) {
            return message;
        }
        if &message[start..] == ".\r\n" {
            message.truncate(start);
            return message;
        }
    }
}
