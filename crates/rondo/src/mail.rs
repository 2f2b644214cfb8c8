//! Mail: what a lead's message says, and who or what wrote it.
//!
//! [`Received::parse`] takes a raw message apart: its headers, its [`Reading`]. A delivery report, an automatic reply and
//! a complaint are told by headers and MIME; all else is a person's reply, of which the quoted history and the signature
//! are cut off ([`quotes`]). [`opt_out`] finds the sentences that ask to be removed. None of this opens a socket, reads a
//! clock or fails on odd bytes: work and memory are bounded by the size of the message. Mail is sent and fetched by
//! [`transport`].

pub mod body;
pub mod message;
pub mod opt_out;
pub mod parts;
pub mod quotes;
pub mod reading;
pub mod transport;
pub mod words;

pub use message::{Mailbox, Received, Unreadable};
pub use reading::{AutoKind, BounceKind, Reading};
