//! The network between Rondo and a server: it can be cut, closed, and lose the word that a message was accepted.

use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How a message ends in SMTP.
const END: &[u8] = b"\r\n.\r\n";

#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// Connections of an earlier age are over.
    age: u64,
    is_closed: bool,
    loses_confirmations: bool,
    /// Confirmations that were lost.
    lost: usize,
    /// Pieces of what the server said that got through.
    passed: usize,
}

/// Passes connections on to a port of this machine.
pub struct Line {
    pub port: u16,
    state: watch::Sender<State>,
    accepting: JoinHandle<()>,
}

impl Line {
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let own_port = listener.local_addr().unwrap().port();
        let state = watch::Sender::new(State::default());
        let shared = state.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if !shared.borrow().is_closed {
                    tokio::spawn(pass_on(client, port, shared.clone()));
                }
            }
        });
        Self { port: own_port, state, accepting }
    }

    /// Ends the connections that there are; new ones get through.
    pub fn cut(&self) {
        self.state.send_modify(|state| state.age += 1);
    }

    /// Ends the connections that there are, and all that come.
    pub fn close(&self) {
        self.state.send_modify(|state| {
            state.age += 1;
            state.is_closed = true;
        });
    }

    pub fn open(&self) {
        self.state.send_modify(|state| state.is_closed = false);
    }

    /// From now on the server's word that it has accepted a message gets lost, and nothing follows it.
    pub fn lose_confirmations(&self) {
        self.state.send_modify(|state| state.loses_confirmations = true);
    }

    pub fn keep_confirmations(&self) {
        self.state.send_modify(|state| state.loses_confirmations = false);
    }

    /// Returns once so many confirmations were lost.
    pub async fn has_lost(&self, count: usize) {
        let mut state = self.state.subscribe();
        let lost = state.wait_for(|state| state.lost >= count);
        tokio::time::timeout(crate::mail_server::PATIENCE, lost).await.unwrap().unwrap();
    }

    /// How many pieces of what the server said got through so far.
    pub fn passed(&self) -> usize {
        self.state.borrow().passed
    }

    /// Returns once so many did.
    pub async fn has_passed(&self, count: usize) {
        let mut state = self.state.subscribe();
        let passed = state.wait_for(|state| state.passed >= count);
        tokio::time::timeout(crate::mail_server::PATIENCE, passed).await.unwrap().unwrap();
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass_on(mut client: TcpStream, port: u16, state: watch::Sender<State>) {
    let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else { return };
    let mut news = state.subscribe();
    let age = news.borrow().age;
    let (mut up, mut down) = ([0; 16 * 1024], [0; 16 * 1024]);
    let mut said = Vec::new();
    loop {
        tokio::select! {
            biased;
            changed = news.changed() => if changed.is_err() || news.borrow().age != age {
                return;
            },
            read = client.read(&mut up) => match read {
                Ok(count @ 1..) => {
                    said.extend_from_slice(&up[..count]);
                    said.drain(..said.len().saturating_sub(END.len()));
                    server.write_all(&up[..count]).await.unwrap_or(());
                }
                _ => return,
            },
            read = server.read(&mut down) => match read {
                Ok(1..) if said == END && state.borrow().loses_confirmations => break,
                Ok(count @ 1..) => {
                    client.write_all(&down[..count]).await.unwrap_or(());
                    state.send_modify(|state| state.passed += 1);
                }
                _ => return,
            },
        }
    }
    state.send_modify(|state| state.lost += 1);
    let _ = news.wait_for(|state| state.age != age).await.map(drop);
}
