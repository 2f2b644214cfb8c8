//! Why mail could not be read.

use super::super::connect::ConnectFailure;
use super::super::{NotReached, Said, TimedOut, TlsTrouble};

/// Why mail could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadFailure {
    /// There is no connection.
    #[error(transparent)]
    Unreached(#[from] NotReached),
    /// There is no TLS.
    #[error(transparent)]
    Tls(#[from] TlsTrouble),
    /// The login failed.
    #[error(
        "the server refused the login; check the user name and the password, or allow access by other programs there: {0}"
    )]
    LoginRefused(Said),
    /// There is no such folder.
    #[error("there is no folder `{0}` that can be read; name one that is there")]
    NoSuchFolder(String),
    /// The message is over [`crate::mail::message::MESSAGE_BYTES_MAX`].
    #[error("the message has {0} bytes, which is more than is read; open it in a mail program")]
    TooLarge(u64),
    /// The server said no.
    #[error("the server did not do what it was asked for: {0}")]
    Refused(Said),
    /// The server said more than it may.
    #[error("the server's answer is longer than it may be; check that the host is a mail server")]
    TooLong,
    /// The connection ended, or what came was not IMAP.
    #[error("the connection broke off; it is made anew")]
    Broken,
    /// An answer did not come in time.
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
}

impl From<ConnectFailure> for ReadFailure {
    fn from(failure: ConnectFailure) -> Self {
        match failure {
            ConnectFailure::NotReached(trouble) => Self::Unreached(trouble),
            ConnectFailure::Tls(trouble) => Self::Tls(trouble),
            ConnectFailure::TimedOut(timed_out) => Self::TimedOut(timed_out),
        }
    }
}
