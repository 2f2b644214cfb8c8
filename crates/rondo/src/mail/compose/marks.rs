//! The marks by which we know our own mail when it comes back: `X-Rondo`, and how often a message went back and forth.

use lettre::message::header::{HeaderName, Headers};

use super::HOPS_MAX;
use super::headers;
use crate::mail::parts::Part;
use crate::mail::tokens::TokenKey;

const MARK: HeaderName = HeaderName::new_from_ascii_str("X-Rondo");
const HOPS: HeaderName = HeaderName::new_from_ascii_str("X-Rondo-Hops");

/// The marks of a message that was received. Anybody can write them; [`Marks::is_ours`] tells whether we did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// What `X-Rondo` says.
    pub mark: Option<String>,
    /// What `X-Rondo-Hops` says; 0 where it is not there, as in the mail of people. A number that can't be read counts as
    /// too many.
    pub hops: u32,
}

impl Marks {
    /// The marks of a raw message.
    pub fn of(raw: &[u8]) -> Self {
        let root = Part::parse(raw);
        let hops = root.values("X-Rondo-Hops").pop();
        Self {
            mark: root.values("X-Rondo").pop().map(|mark| mark.trim().to_owned()),
            hops: hops.map_or(0, |hops| hops.trim().parse().unwrap_or(HOPS_MAX)),
        }
    }

    /// Whether we sent the message that has these marks and this id.
    pub fn is_ours(&self, key: &TokenKey, message_id: &str) -> bool {
        self.mark.as_deref().is_some_and(|mark| key.is_mark_of(mark, message_id))
    }
}

/// Writes them.
pub fn set(all: &mut Headers, mark: &str, hops: u32) {
    headers::set(all, MARK, mark.to_owned());
    headers::set(all, HOPS, hops.to_string());
}
