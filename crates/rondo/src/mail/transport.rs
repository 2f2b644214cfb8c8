//! Mail servers: what must be known to reach one, and what can go wrong on the way.
//!
//! [`smtp`] sends and [`imap`] reads; both over connections that [`connect`] makes under the egress policy. [`probe`]
//! tries settings and says in words what is wrong with them. Every step has a limit in time and in bytes, since the
//! servers are not ours. What a server says may hold addresses: it is a [`Said`], which is shown to people and never
//! to logs.

pub mod connect;
pub mod folders;
pub mod imap;
pub mod probe;
pub mod smtp;

use std::fmt;
use std::time::Duration;

use crate::clock::Clock;
use crate::secrets::Secret;

pub use connect::{Connector, NotReached, TlsTrouble};

/// Characters of a server's words that are kept: what its error needs, and no more.
const SAID_CHARS_MAX: usize = 500;

/// A mail server, and how it is spoken to.
#[derive(Debug)]
pub struct Server {
    /// Its name, as it stands in its certificate.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How what is said is kept from others.
    pub security: Security,
    /// Who logs in; nobody where the server knows its clients by their address.
    pub login: Option<Login>,
}

/// How a connection is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS once both have said that they can. A server that cannot is not spoken to.
    Starttls,
    /// Nothing: for servers in the same network. No password is sent so to any other.
    None,
}

/// Who logs in.
pub struct Login {
    /// The name, usually an address.
    pub username: String,
    /// What is only known to them.
    pub secret: Secret,
    /// What the secret is.
    pub method: LoginMethod,
}

/// What the secret of a [`Login`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginMethod {
    /// A password, told by PLAIN or LOGIN, whichever the server offers.
    Password,
    /// An access token of OAuth 2, told by XOAUTH2.
    OAuth2,
}

/// Shows neither the secret nor the name, which is somebody's address.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Login(…, {:?})", self.method)
    }
}

impl Login {
    /// What XOAUTH2 tells: the name and the token.
    fn bearer(&self) -> zeroize::Zeroizing<Vec<u8>> {
        let (name, token) = (self.username.as_bytes(), self.secret.bytes());
        zeroize::Zeroizing::new([b"user=", name, b"\x01auth=Bearer ", token, b"\x01\x01"].concat())
    }

    /// What PLAIN tells (RFC 4616): nobody to act for, the name, the password.
    fn plain(&self) -> zeroize::Zeroizing<Vec<u8>> {
        let (name, password) = (self.username.as_bytes(), self.secret.bytes());
        zeroize::Zeroizing::new([b"\0", name, b"\0", password].concat())
    }
}

/// What a server said, cut short and free of control characters. It may hold addresses: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Said(String);

impl Said {
    /// Takes a server's words.
    pub fn new(text: &str) -> Self {
        let shown = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        Self(shown.take(SAID_CHARS_MAX).collect::<String>().trim().to_owned())
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Said(…)")
    }
}

/// The step in which a server is to speak first: one that waits for TLS does not.
const GREETING: &str = "a greeting";

/// A step that took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server took longer than {} s for {step}; try again later", limit.as_secs())]
pub struct TimedOut {
    /// What was waited for.
    pub step: &'static str,
    /// How long.
    pub limit: Duration,
}

/// Waits for work, but not longer than the limit.
async fn within<T>(
    clock: &dyn Clock,
    step: &'static str,
    limit: Duration,
    work: impl Future<Output = T>,
) -> Result<T, TimedOut> {
    tokio::select! {
        biased;
        done = work => Ok(done),
        () = clock.wait(limit) => Err(TimedOut { step, limit }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_no_login_and_nothing_that_was_said() {
        let login = Login {
            username: "ann@acme.example".to_owned(),
            secret: Secret::new(b"hush".to_vec()),
            method: LoginMethod::Password,
        };
        let said = Said::new("550 <ann@acme.example>: no such user");
        assert_eq!(format!("{login:?} {said:?}"), "Login(…, Password) Said(…)");
    }

    #[test]
    fn what_a_server_says_is_cut_short_and_stays_on_its_line() {
        let said = Said::new(&format!("a\r\nb\x1b[31m{}", "x".repeat(1000)));
        assert!(said.as_str().starts_with("a  b [31mxxx"), "{said}");
        assert_eq!(said.as_str().chars().count(), SAID_CHARS_MAX);
    }
}
