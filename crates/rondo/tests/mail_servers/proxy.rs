//! A network between us and a server, which can be cut, or fall silent.

use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What becomes of the connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Good,
    /// Nothing gets through, and nobody is told.
    Silent,
    /// Connections end.
    Cut,
}

/// Passes connections on to a port of this machine.
pub struct Proxy {
    pub port: u16,
    line: watch::Sender<Line>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let own_port = listener.local_addr().unwrap().port();
        let line = watch::Sender::new(Line::Good);
        let state = line.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
                tokio::spawn(pass_on(client, server, state.subscribe()));
            }
        });
        Self { port: own_port, line, accepting }
    }

    /// Ends the connections that there are; new ones get through.
    pub fn cut(&self) {
        self.line.send_replace(Line::Cut);
        self.line.send_replace(Line::Good);
    }

    /// Lets nothing through any more.
    pub fn fall_silent(&self) {
        self.line.send_replace(Line::Silent);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass_on(mut client: TcpStream, mut server: TcpStream, mut line: watch::Receiver<Line>) {
    let (mut up, mut down) = ([0; 16 * 1024], [0; 16 * 1024]);
    loop {
        tokio::select! {
            biased;
            changed = line.changed() => match (changed, *line.borrow()) {
                (Ok(()), Line::Silent) => break,
                // Cut, and good again for others.
                _ => return,
            },
            read = client.read(&mut up) => match read {
                Ok(count @ 1..) => server.write_all(&up[..count]).await.unwrap_or(()),
                _ => return,
            },
            read = server.read(&mut down) => match read {
                Ok(count @ 1..) => client.write_all(&down[..count]).await.unwrap_or(()),
                _ => return,
            },
        }
    }
    // The sockets stay open until the test ends.
    let _ = line.wait_for(|line| *line == Line::Cut).await;
}
