//! What a message is: told by its headers and its MIME parts first, and only then by its text.
//!
//! `List-Unsubscribe`, `Precedence: bulk` and `X-Auto-Response-Suppress` prove nothing and are not looked at: people's
//! mail carries them too.

mod automatic;
mod bounces;
pub mod calendar;
mod reports;
mod returns;

use jiff::civil;

use super::message::Received;
use super::parts::Part;

pub use bounces::kind_of as kind_of_refusal;
pub use calendar::Sent;
pub use returns::return_on;

/// What a message is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Reading {
    /// A message could not be delivered.
    Bounce {
        /// Whether there is a point in trying again.
        kind: BounceKind,
        /// The enhanced status code (RFC 3463), as in `5.1.1`.
        status: Option<String>,
        /// The address that was written to.
        failed_recipient: Option<String>,
    },
    /// No person wrote it.
    AutoReply {
        /// Why it was sent.
        kind: AutoKind,
        /// When the person is back, for [`AutoKind::Away`].
        return_on: Option<civil::Date>,
    },
    /// A complaint that a provider hands on (RFC 5965).
    Feedback {
        /// Who complained.
        recipient: Option<String>,
    },
    /// A person's own words.
    #[default]
    Reply,
}

/// Whether there is a point in trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BounceKind {
    /// None: there is no such address.
    Hard,
    /// The mailbox is full, the server is away, or it did not like this message.
    Soft,
}

/// Why an automatic reply was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutoKind {
    /// The person is away.
    Away,
    /// A system took the message in.
    Ticket,
    /// The sender is to prove that they are a person.
    Challenge,
    /// The message was delivered, shown or deleted.
    Receipt,
}

/// Reads a message of which the headers and the text are known.
pub(super) fn read(root: &Part<'_>, received: &Received, sent: Option<Sent>) -> Reading {
    reports::feedback(root)
        .or_else(|| bounces::find(root, received))
        .or_else(|| automatic::find(root, received, sent))
        .unwrap_or_default()
}
