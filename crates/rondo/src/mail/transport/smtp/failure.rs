//! What becomes of a message that is sent: of each recipient, and of all.

use super::super::connect::ConnectFailure;
use super::super::{NotReached, Said, TimedOut, TlsTrouble};
use super::dialogue::{Reply, Trouble};

/// Codes with which a server says that it wants a login, or a better one (RFC 4954, RFC 3207), wherever it says so.
pub(super) const LOGIN_WANTED: [u16; 4] = [530, 534, 535, 538];
/// What became of a message for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server has taken it, and answers for it from now on.
    Accepted,
    /// The server does not take it for this recipient.
    Refused(Refusal),
}

/// A server's no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code} {reply}")]
pub struct Refusal {
    /// The code of the reply: 4xx for now, 5xx for good.
    pub code: u16,
    /// The enhanced code (RFC 3463), such as `5.1.1`, if there is one.
    pub enhanced: Option<String>,
    /// What the server said.
    pub reply: Said,
}

impl Refusal {
    /// Whether another try is of no use.
    pub fn is_final(&self) -> bool {
        self.code >= 500
    }

    pub(super) fn new(code: u16, enhanced: &str, reply: &str) -> Self {
        Self { code, enhanced: Some(enhanced.to_owned()), reply: Said::new(reply) }
    }
}

/// Why a message was not sent to anybody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendFailure {
    /// There is no connection.
    #[error(transparent)]
    Unreached(#[from] NotReached),
    /// There is no TLS.
    #[error(transparent)]
    Tls(#[from] TlsTrouble),
    /// The login failed, or the server wants one.
    #[error(
        "the server refused the login; check the user name and the password, or allow access by other programs there: {0}"
    )]
    LoginRefused(Refusal),
    /// The server does not take it now.
    #[error("the server did not take the message for now, and is to be asked again later: {0}")]
    Temporary(Refusal),
    /// The connection ended before the server had confirmed the message: it may have it or not.
    #[error(
        "the connection broke off before the server had confirmed the message; it is to be sent again"
    )]
    Broken,
    /// The server does not take it, now or later.
    #[error("the server refused the message for good: {0}")]
    Permanent(Refusal),
    /// An answer did not come in time.
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
}

impl SendFailure {
    /// Whether the same message may go well another time, with nothing changed by anybody of ours. Where the connection
    /// broke or an answer is missing the server may have it already: the same `Message-ID` lets it be told.
    pub fn may_be_repeated(&self) -> bool {
        match self {
            Self::Unreached(NotReached::NoConnection(_) | NotReached::NoSuchHost) => true,
            Self::Temporary(_) | Self::Broken | Self::TimedOut(_) => true,
            Self::Unreached(_) | Self::Tls(_) | Self::LoginRefused(_) | Self::Permanent(_) => false,
        }
    }

    /// What a reply means that is not the one that was hoped for.
    pub(super) fn of(reply: Reply) -> Self {
        match reply.code {
            code if LOGIN_WANTED.contains(&code) => Self::LoginRefused(reply.into()),
            400..=499 => Self::Temporary(reply.into()),
            500..=599 => Self::Permanent(reply.into()),
            _ => Self::Broken,
        }
    }
}

impl From<ConnectFailure> for SendFailure {
    fn from(failure: ConnectFailure) -> Self {
        match failure {
            ConnectFailure::NotReached(trouble) => Self::Unreached(trouble),
            ConnectFailure::Tls(trouble) => Self::Tls(trouble),
            ConnectFailure::TimedOut(timed_out) => Self::TimedOut(timed_out),
        }
    }
}

impl From<Trouble> for SendFailure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Broken => Self::Broken,
            Trouble::TimedOut(timed_out) => Self::TimedOut(timed_out),
        }
    }
}

impl From<Reply> for Refusal {
    fn from(reply: Reply) -> Self {
        let enhanced = reply.enhanced().map(str::to_owned);
        Self { code: reply.code, enhanced, reply: Said::new(&reply.text()) }
    }
}
