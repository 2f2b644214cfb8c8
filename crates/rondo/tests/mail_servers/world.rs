//! Connectors and settings for the servers of a test.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rondo::clock::{Clock, ManualClock, SystemClock, Wait};
use rondo::egress::{Boxed, EgressPolicy, Names, Unreached};
use rondo::mail::transport::{Connector, Login, LoginMethod, Security, Server};
use rondo::secrets::Secret;
use rondo_core::Instant;
use rustls::pki_types::CertificateDer;

use crate::mail_server::{HOST, MailServer, OPEN_ADDRESS, until};

/// The assistant, who sends and reads.
pub const ASSISTANT: &str = "assistant@example.test";
pub const LEAD: &str = "lead@lead.test";
pub const REP: &str = "rep@rep.test";
pub const PASSWORD: &str = "correct horse ü";

/// A host that speaks IMAP without offering TLS.
pub const OPEN_HOST: &str = "open.example.test";
/// A host by a name that its certificate is not for.
pub const OTHER_HOST: &str = "other.example.test";
/// A host on the internet, if anybody asked.
pub const FAR_HOST: &str = "far.example.test";

/// Names of the test alone.
struct FixedNames;

impl Names for FixedNames {
    fn resolve(&self, host: String) -> Boxed<'static, Result<Vec<IpAddr>, Unreached>> {
        let found = match host.as_str() {
            HOST | OTHER_HOST => Ok(vec![Ipv4Addr::LOCALHOST.into()]),
            OPEN_HOST => Ok(vec![OPEN_ADDRESS.into()]),
            FAR_HOST => Ok(vec![Ipv4Addr::new(8, 8, 8, 8).into()]),
            _ => Err(Unreached::NoSuchHost),
        };
        Box::pin(async move { found })
    }
}

/// A connector that trusts these roots beside the machine's.
pub fn connector_with(
    policy: EgressPolicy,
    clock: Arc<dyn Clock>,
    roots: Vec<CertificateDer<'static>>,
) -> Connector {
    Connector::new(policy, Arc::new(FixedNames), clock, roots)
}

/// A connector that may go anywhere, by the machine's clock.
pub fn connector(roots: Vec<CertificateDer<'static>>) -> Connector {
    connector_with(EgressPolicy::PrivateToo, Arc::new(SystemClock::new()), roots)
}

/// Both servers with the usual users, and a connector that trusts them.
pub async fn servers() -> (MailServer, Connector) {
    let users = [(ASSISTANT, PASSWORD), (LEAD, "lead"), (REP, "rep")];
    let server = MailServer::start(&users).await;
    let connector = connector(vec![server.root()]);
    (server, connector)
}

/// How a server is reached as the assistant.
pub fn settings(port: u16, security: Security) -> Server {
    Server { host: HOST.to_owned(), port, security, login: Some(login(PASSWORD)) }
}

/// The assistant's login with this password.
pub fn login(password: &str) -> Login {
    Login {
        username: ASSISTANT.to_owned(),
        secret: Secret::new(password.as_bytes().to_vec()),
        method: LoginMethod::Password,
    }
}

/// A message from the assistant.
pub fn message(subject: &str, text: &str) -> Vec<u8> {
    format!(
        "From: Assistant <{ASSISTANT}>\r\nTo: <{LEAD}>\r\nSubject: {subject}\r\n\
         Message-ID: <{subject}@example.test>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}"
    )
    .into_bytes()
}

pub fn all(addresses: &[&str]) -> Vec<String> {
    addresses.iter().map(|address| (*address).to_owned()).collect()
}

/// A clock that stands still until it is set, and takes note of who waits for how long.
pub struct NotedClock {
    clock: ManualClock,
    waits: Mutex<Vec<Duration>>,
}

impl NotedClock {
    pub fn new() -> Arc<Self> {
        let clock = ManualClock::at(Instant::from_micros(0));
        Arc::new(Self { clock, waits: Mutex::default() })
    }

    /// Lets a period pass once somebody has waited for just that, for the so-manieth time.
    pub async fn pass(&self, period: Duration, count: usize) {
        until(async || self.waits_for(period) >= count).await;
        self.clock.advance(period);
    }

    /// How often somebody has waited for just this long.
    pub fn waits_for(&self, period: Duration) -> usize {
        self.waits.lock().unwrap().iter().filter(|&&wait| wait == period).count()
    }

    /// Lets time pass without an end.
    pub async fn run_on(&self) {
        loop {
            self.clock.advance(Duration::from_secs(10));
            SystemClock::new().wait(Duration::from_millis(1)).await;
        }
    }
}

impl Clock for NotedClock {
    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    fn wait_until(&self, at: Instant) -> Wait<'_> {
        self.clock.wait_until(at)
    }

    fn wait(&self, period: Duration) -> Wait<'_> {
        self.waits.lock().unwrap().push(period);
        self.clock.wait(period)
    }
}
