//! A server that says what a test wants it to, whatever it hears: for what no real one does on demand.

use std::net::Ipv4Addr;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A server that follows a script.
pub struct Fake {
    pub port: u16,
    heard: JoinHandle<Vec<String>>,
    stalls: watch::Receiver<usize>,
}

/// What it does next.
#[derive(Debug, Clone)]
pub enum Act {
    /// Says this.
    Say(Vec<u8>),
    /// Waits for a line that begins so, and takes no other.
    Hear(&'static str),
    /// Waits for a line that is this.
    HearAll(&'static str),
    /// Says nothing until it hears something, or the client leaves.
    Stall,
}

pub use Act::{Hear, HearAll, Stall};

pub fn say(text: impl Into<Vec<u8>>) -> Act {
    Act::Say(text.into())
}

impl Fake {
    /// A server that does this with the first who connects, and then leaves.
    pub async fn start(script: Vec<Act>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stalled, stalls) = watch::channel(0);
        let heard = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            let mut heard = Vec::new();
            for act in script {
                match act {
                    Act::Say(text) => {
                        stream.write_all(&text).await.unwrap();
                        stream.flush().await.unwrap();
                    }
                    Hear(beginning) => {
                        let line = next(&mut stream).await;
                        assert!(line.starts_with(beginning), "{line:?} is not {beginning:?}");
                        heard.push(line);
                    }
                    HearAll(wanted) => while next(&mut stream).await != wanted {},
                    Stall => {
                        stalled.send_modify(|count| *count += 1);
                        let _ = stream.fill_buf().await;
                    }
                }
            }
            heard
        });
        Self { port, heard, stalls }
    }

    /// Returns once it says nothing for the so-manieth time.
    pub async fn stalled(&self, count: usize) {
        self.stalls.clone().wait_for(|stalls| *stalls >= count).await.unwrap();
    }

    /// The lines that it waited for, once it has done everything.
    pub async fn heard(self) -> Vec<String> {
        self.heard.await.unwrap()
    }
}

/// The next line without its end; empty once the client has left.
async fn next(stream: &mut BufReader<tokio::net::TcpStream>) -> String {
    let mut line = Vec::new();
    // A client that leaves with a reset has left.
    let _ = stream.read_until(b'\n', &mut line).await;
    String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()
}
