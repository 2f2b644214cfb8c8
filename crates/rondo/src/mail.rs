//! Mail: what a lead's message says, and who or what wrote it.
//!
//! [`Received::parse`] takes a raw message apart: its headers, its [`Reading`]. A delivery report, an automatic reply and
//! a complaint are told by headers and MIME; all else is a person's reply, of which the quoted history and the signature
//! are cut off ([`quotes`]). [`opt_out`] finds the sentences that ask to be removed. None of this opens a socket, reads a
//! clock or fails on odd bytes: work and memory are bounded by the size of the message.
//!
//! What goes out is made by [`letters`] of what customers write as a [`template`], becomes bytes in [`compose`], carries
//! [`tokens`] by which answers find their conversation, and leaves within a [`window`]. Mail is sent and fetched by
//! [`transport`].

/// Gives types a debug output without people and texts: it reaches logs.
macro_rules! hide_in_debug {
    ($($name:ident$(<$life:lifetime>)?),* $(,)?) => {$(
        impl std::fmt::Debug for $name$(<$life>)? {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

pub mod authentication;
pub mod body;
pub mod compose;
pub mod letters;
pub mod message;
pub mod opt_out;
pub mod parts;
pub mod quotes;
pub mod reading;
pub mod servers;
pub mod template;
pub mod tokens;
pub mod transport;
pub mod window;
pub mod words;

pub use message::{Mailbox, Received, Unreadable};
pub use reading::{AutoKind, BounceKind, Reading};
