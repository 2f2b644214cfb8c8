//! Outgoing mail as bytes: an [`Outgoing`] says what a message is, and [`Outgoing::compose`] makes RFC 5322 of it.
//!
//! No header can be injected: texts lose what is not for one line, addresses and ids are checked. The same message gives
//! the same bytes, whenever it is composed: a repeat after a crash is a copy.

mod headers;
mod marks;
mod text;

use std::fmt;
use std::time::{Duration, SystemTime};

use lettre::Message;
use lettre::message::{MultiPart, SinglePart};
use rondo_core::Instant;

use super::message::{Mailbox, Received};
use super::tokens::TokenKey;

pub use headers::{one_line, reply_subject};
pub use marks::Marks;
pub use text::{html_of, quoted, when};

/// Hops at which a message is no more answered: people need none, so that two programs talk to each other.
pub const HOPS_MAX: u32 = 5;
/// Recipients of a message at most, in all of its headers together.
pub const RECIPIENTS_MAX: usize = 100;

/// A message to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// What it is for.
    pub kind: Kind,
    /// The id, without angle brackets.
    pub message_id: String,
    /// When it is sent.
    pub date: Instant,
    /// The assistant.
    pub from: Mailbox,
    /// To whom.
    pub to: Vec<Mailbox>,
    /// Who else reads it.
    pub cc: Vec<Mailbox>,
    /// Where answers go; to `from` where it is empty.
    pub reply_to: Vec<Mailbox>,
    /// The subject.
    pub subject: String,
    /// The message that it answers.
    pub answers: Option<Answered>,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
}

/// What a message is for.
#[derive(Clone, PartialEq, Eq)]
pub enum Kind {
    /// A campaign's message to a lead.
    Campaign {
        /// How the lead unsubscribes, where the server has a public address.
        unsubscribe: Option<Unsubscribe>,
    },
    /// The answer to a lead that puts the rep in copy.
    Handover,
    /// The answer of a person, in the assistant's name.
    Answer,
    /// What a rep is told of a lead.
    Note,
    /// What a rep, or an admin, is reminded of.
    Reminder,
    /// The link that somebody asked for who wants to sign in.
    SignIn,
}

/// How a lead unsubscribes.
#[derive(Clone, PartialEq, Eq)]
pub struct Unsubscribe {
    /// The page, which takes one click of a mail program too (RFC 8058): `https://…/u/TOKEN`.
    pub url: String,
    /// An address to write to.
    pub address: Option<String>,
}

/// The message that another one answers, or follows in its thread.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Answered {
    /// Its id, without angle brackets.
    pub message_id: String,
    /// The ids of the thread before it, the oldest first.
    pub references: Vec<String>,
    /// Its [`Marks::hops`] where it was received; none where we sent it.
    pub hops: Option<u32>,
}

impl Answered {
    /// What an answer to a message that was received has to know of it; none where it has no id.
    pub fn of(received: &Received, marks: &Marks) -> Option<Self> {
        // RFC 5322, 3.6.4: without `References`, the one id of `In-Reply-To` stands for them.
        let references = match (received.references.as_slice(), received.in_reply_to.as_slice()) {
            ([], [one]) => vec![one.clone()],
            (references, _) => references.to_vec(),
        };
        Some(Self { message_id: received.message_id.clone()?, references, hops: Some(marks.hops) })
    }
}

/// Why a message can't be sent. It does not repeat the address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// Mail servers that take such an address are rare (RFC 6531).
    #[error(
        "the address in `{header}` has letters outside of ASCII before its `@`, which few mail servers take; ask for another address"
    )]
    NonAsciiLocalPart {
        /// The header.
        header: &'static str,
    },
    /// Not an address.
    #[error("`{header}` holds what is not an email address; expected `name@domain`")]
    InvalidAddress {
        /// The header.
        header: &'static str,
    },
    /// Nobody to send it to.
    #[error("the message has no recipient; name at least one in `To`")]
    NoRecipient,
    /// Over the limit.
    #[error("the message has more than {RECIPIENTS_MAX} recipients; send it to fewer")]
    TooManyRecipients,
    /// Our own id is wrong.
    #[error("the message's own id is not one; expected `name@domain` without spaces and brackets")]
    InvalidMessageId,
    /// The link is wrong.
    #[error("the link to unsubscribe is no https or http URL; check `public_url`")]
    InvalidUnsubscribe,
    /// It went back and forth too often.
    #[error(
        "this conversation has gone back and forth between programs {HOPS_MAX} times; a person has to answer it from their own mail program"
    )]
    LoopSuspected,
}

impl Outgoing {
    /// The bytes of the message.
    pub fn compose(&self, key: &TokenKey) -> Result<Vec<u8>, ComposeError> {
        let hops = self.hops()?;
        let (from, envelope) = headers::people(self)?;
        let id = headers::own_id(&self.message_id)?;
        let builder = Message::builder()
            .date(system_time(self.date))
            // Replaced below: lettre would read the header back, and does not read every name.
            .from(from.email.clone().into())
            .envelope(envelope)
            .message_id(Some(id));
        let plain = SinglePart::plain(text::normal(&self.text));
        let built = match &self.html {
            None => builder.singlepart(plain),
            Some(html) => {
                let boundary = key.boundary(&self.message_id);
                let forms = MultiPart::alternative().boundary(boundary);
                let html = SinglePart::html(text::normal(html));
                builder.multipart(forms.singlepart(plain).singlepart(html))
            }
        };
        let mut message = built.expect("a sender and an envelope are there");
        headers::set_people(message.headers_mut(), self, from)?;
        headers::set_thread(message.headers_mut(), self);
        headers::set_kind(message.headers_mut(), &self.kind)?;
        marks::set(message.headers_mut(), &key.mark(&self.message_id), hops);
        Ok(message.formatted())
    }

    fn hops(&self) -> Result<u32, ComposeError> {
        let answered = self.answers.as_ref().and_then(|answered| answered.hops);
        let hops = answered.map_or(0, |hops| hops.saturating_add(1));
        if hops < HOPS_MAX { Ok(hops) } else { Err(ComposeError::LoopSuspected) }
    }
}

/// The end of the year 9999 in seconds since 1970: the last that a date header can say.
const DATE_SECONDS_MAX: u64 = 253_402_300_799;

fn system_time(at: Instant) -> SystemTime {
    let seconds = u64::try_from(at.as_micros() / 1_000_000).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.min(DATE_SECONDS_MAX))
}

/// Hides people and texts: debug output reaches logs.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({:?}, {})", self.kind, self.message_id)
    }
}

/// Hides links, which let whoever has them act.
impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Campaign { .. } => "Campaign",
            Self::Handover => "Handover",
            Self::Answer => "Answer",
            Self::Note => "Note",
            Self::Reminder => "Reminder",
            Self::SignIn => "SignIn",
        })
    }
}

/// Hides the link, which lets whoever has it act.
impl fmt::Debug for Unsubscribe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unsubscribe(…)")
    }
}

/// Hides ids that other people's programs made: some hold their names.
impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answered({:?} hops)", self.hops)
    }
}
