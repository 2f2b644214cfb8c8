//! A message as it was received: who, to whom, in answer to what, and its reading.

use jiff::civil;
use jiff::tz::{Offset, TimeZone};
use mail_parser::{Address, DateTime, HeaderValue};
use rondo_core::Instant;

use super::parts::Part;
use super::quotes::{self, Cut};
use super::reading::{self, Reading, Sent};
use super::{authentication, body};

/// Bytes of a message at most: what the big providers take.
pub const MESSAGE_BYTES_MAX: usize = 25 * 1024 * 1024;
/// Addresses of a header at most: enough for any answer to all.
pub const MAILBOXES_MAX: usize = 200;
/// Ids of `References` at most, the last ones: a thread is found by any of them.
pub const REFERENCES_MAX: usize = 100;
/// Characters of a name, an id or a subject at most.
pub const HEADER_CHARS_MAX: usize = 1000;

/// A message as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// `Message-ID` without its angle brackets.
    pub message_id: Option<String>,
    /// The ids of the messages that this one answers.
    pub in_reply_to: Vec<String>,
    /// The ids of the thread, the oldest first.
    pub references: Vec<String>,
    /// Who it says it is from.
    pub from: Option<Mailbox>,
    /// To whom it was written.
    pub to: Vec<Mailbox>,
    /// Who else was to read it.
    pub cc: Vec<Mailbox>,
    /// The subject, decoded.
    pub subject: String,
    /// When it was sent, as it says.
    pub date: Option<Instant>,
    /// The day of that on its sender's calendar.
    pub sent_on: Option<civil::Date>,
    /// Whether the receiving server doubts who sent it.
    pub is_doubted: bool,
    /// What was written in it, the history and the signature apart; also where no person wrote it.
    pub text: Cut,
    /// What it is.
    pub reading: Reading,
}

/// A name and an address, as written: the address need not be a valid one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The name beside the address.
    pub name: Option<String>,
    /// The address.
    pub address: String,
}

/// Why a message was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Over the limit.
    #[error("the message is larger than {} MB", MESSAGE_BYTES_MAX / 1024 / 1024)]
    TooLarge,
    /// No line of it is a header.
    #[error("the message has no headers")]
    NoHeaders,
}

impl Received {
    /// Who a raw message says it is from, without reading the rest.
    pub fn sender(raw: &[u8]) -> Option<Mailbox> {
        mailboxes(&Part::parse(raw), "From").into_iter().next()
    }

    /// Reads a raw message. Any bytes are read or refused.
    pub fn parse(raw: &[u8]) -> Result<Self, Unreadable> {
        if raw.len() > MESSAGE_BYTES_MAX {
            return Err(Unreadable::TooLarge);
        }
        let root = Part::parse(raw);
        if !root.has_headers() {
            return Err(Unreadable::NoHeaders);
        }
        let date = root.parsed("Date").find_map(|value| match value {
            HeaderValue::DateTime(date) => Some(date),
            _ => None,
        });
        let mut received = Self {
            message_id: ids(&root, "Message-ID").pop(),
            in_reply_to: ids(&root, "In-Reply-To"),
            references: ids(&root, "References"),
            from: mailboxes(&root, "From").into_iter().next(),
            to: mailboxes(&root, "To"),
            cc: mailboxes(&root, "Cc"),
            subject: short(&root.values("Subject").pop().unwrap_or_default()),
            date: date.and_then(instant),
            sent_on: date.and_then(civil_date),
            is_doubted: authentication::is_doubted(&root),
            text: Cut::default(),
            reading: Reading::default(),
        };
        let sender = received.from.as_ref().and_then(|from| from.name.as_deref());
        received.text = quotes::cut(&body::lines(&root), sender);
        received.reading = reading::read(&root, &received, date.and_then(sent));
        Ok(received)
    }
}

fn ids(root: &Part<'_>, name: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for value in root.parsed(name) {
        match value {
            HeaderValue::Text(id) => ids.push(short(id)),
            HeaderValue::TextList(list) => ids.extend(list.iter().map(|id| short(id))),
            _ => {}
        }
    }
    ids.drain(..ids.len().saturating_sub(REFERENCES_MAX));
    ids
}

/// The addresses of a header, those of groups too.
pub(super) fn mailboxes(part: &Part<'_>, name: &str) -> Vec<Mailbox> {
    let mut found = Vec::new();
    for value in part.parsed(name) {
        let HeaderValue::Address(addresses) = value else { continue };
        let all: Vec<_> = match addresses {
            Address::List(list) => list.iter().collect(),
            Address::Group(groups) => groups.iter().flat_map(|group| &group.addresses).collect(),
        };
        found.extend(all.into_iter().filter_map(|one| {
            let address = one.address.as_deref().map(short).filter(|text| !text.is_empty())?;
            Some(Mailbox { name: one.name.as_deref().map(short), address })
        }));
    }
    found.truncate(MAILBOXES_MAX);
    found
}

fn short(text: &str) -> String {
    let shown = text.trim().chars().filter(|character| !character.is_control());
    shown.take(HEADER_CHARS_MAX).collect()
}

/// The day of sending. In America, three hours west of Greenwich and more, months often come first.
fn sent(date: &DateTime) -> Option<Sent> {
    let is_month_first = date.tz_before_gmt && date.tz_hour > 3;
    Some(Sent { on: civil_date(date)?, is_month_first })
}

/// The day on the sender's calendar.
fn civil_date(date: &DateTime) -> Option<civil::Date> {
    civil::Date::new(
        date.year.try_into().ok()?,
        date.month.try_into().ok()?,
        date.day.try_into().ok()?,
    )
    .ok()
}

fn instant(date: &DateTime) -> Option<Instant> {
    // A leap second is the last one of its minute.
    let time = civil::Time::new(
        date.hour.try_into().ok()?,
        date.minute.try_into().ok()?,
        date.second.min(59).try_into().ok()?,
        0,
    )
    .ok()?;
    let seconds = i32::from(date.tz_hour) * 3600 + i32::from(date.tz_minute) * 60;
    let seconds = if date.tz_before_gmt { -seconds } else { seconds };
    let zone = TimeZone::fixed(Offset::from_seconds(seconds).ok()?);
    let at = civil_date(date)?.to_datetime(time).to_zoned(zone).ok()?;
    Some(Instant::from_micros(at.timestamp().as_microsecond()))
}
