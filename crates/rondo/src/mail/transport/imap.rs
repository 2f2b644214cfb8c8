//! Reading a mailbox by IMAP (RFC 3501), which it leaves as it is: no flag is set and nothing is deleted.
//!
//! A mailbox is read by the UIDs of its messages, which grow: who has read up to one asks for those after it. The list
//! comes in pieces, found by halving, so that neither a large mailbox nor one with few messages left costs much.

mod bounded;
mod failure;
mod list;
mod login;
mod news;
mod wire;

use std::time::Duration;

use async_imap::imap_proto::{
    AttributeValue, Capability, MailboxDatum, Response, ResponseCode, Status,
};

use super::connect::Protocol;
use super::{Connector, GREETING, NotReached, Said, Security, Server, TlsTrouble, folders, within};
use crate::mail::message::MESSAGE_BYTES_MAX;
use wire::{ANSWER_BYTES_MAX, Done, Limit, Wire};

pub use failure::ReadFailure;
pub use list::Listed;
pub use news::News;

/// How long the server may take to greet.
const GREETING_WAIT: Duration = Duration::from_secs(45);
/// How long we wait for a farewell that changes nothing any more.
const LOGOUT_WAIT: Duration = Duration::from_secs(5);
/// Folders that are named at most: what a person reads.
const FOLDERS_MAX: usize = 200;

/// The limits of a command that asks for no mail: servers of large mailboxes take their time to open one.
const COMMAND: Limit = Limit {
    step: "an answer to a command",
    time: Duration::from_secs(120),
    bytes: ANSWER_BYTES_MAX,
};
/// Those of the command that asks for a message: the largest over a slow line, and some bytes around it.
const FETCH: Limit = Limit {
    step: "a message",
    time: Duration::from_secs(5 * 60),
    bytes: MESSAGE_BYTES_MAX + ANSWER_BYTES_MAX,
};

/// A folder as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Folder {
    /// UIDs mean something for as long as this stays the same: if it changes, the folder is to be read from the start.
    pub uid_validity: u32,
    /// The UID that the next message will have at least.
    pub uid_next: u32,
    /// How many messages there are.
    pub messages: u32,
}

/// What a server says that it can do.
#[derive(Debug, Default)]
struct Offer(Vec<String>);

impl Offer {
    fn has(&self, word: &str) -> bool {
        self.0.iter().any(|offered| offered.eq_ignore_ascii_case(word))
    }
}

/// Connects to the server, by TLS if it is to be, and logs in.
pub async fn open(connector: &Connector, server: &Server) -> Result<Session, ReadFailure> {
    let stream = connector.open(server, Protocol::Imap).await?;
    let mut wire = Wire::new(stream, connector.clock());
    let mut is_known = greeting(&mut wire).await?;
    if server.security == Security::Starttls {
        if !offer(&mut wire).await?.has("STARTTLS") {
            return Err(TlsTrouble::NotOffered.into());
        }
        if let Done::No(_) = wire.command("STARTTLS", COMMAND, |_| {}).await? {
            return Err(TlsTrouble::NotOffered.into());
        }
        // What came in the open after the answer was never said by the server: it is thrown away with the buffer.
        let stream = connector.secure(wire.into_stream(), &server.host).await?;
        wire = Wire::new(stream, connector.clock());
        // So is what it said of us.
        is_known = Known::No;
    }
    if let (Some(login), Known::No) = (&server.login, is_known) {
        let offer = offer(&mut wire).await?;
        login::log_in(&mut wire, login, &offer).await?;
    }
    // Many tell what they can do only to those whom they know.
    let offer = offer(&mut wire).await?;
    Ok(Session { wire, offer })
}

/// Whether the server knows who we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Yes,
    No,
}

async fn greeting(wire: &mut Wire) -> Result<Known, ReadFailure> {
    let clock = wire.clock();
    wire.allow(ANSWER_BYTES_MAX);
    let see = |answer: &Response<'_>| match answer {
        Response::Data { status: Status::Ok, .. } => Ok(Known::No),
        Response::Data { status: Status::PreAuth, .. } => Ok(Known::Yes),
        Response::Data { outcome, .. } => {
            Err(ReadFailure::Refused(Said::new(outcome.information.as_deref().unwrap_or_default())))
        }
        _ => Err(NotReached::OtherProtocol("IMAP").into()),
    };
    let greeting = wire.next("", see);
    match within(&*clock, GREETING, GREETING_WAIT, greeting).await? {
        Ok((known, _)) => known,
        Err(_) if wire.has_heard() => Err(NotReached::OtherProtocol("IMAP").into()),
        Err(failure) => Err(failure),
    }
}

async fn offer(wire: &mut Wire) -> Result<Offer, ReadFailure> {
    let mut offer = Offer::default();
    let done = wire.command("CAPABILITY", COMMAND, |answer| {
        if let Response::Capabilities(capabilities) = answer {
            offer.0 = capabilities.iter().map(word).collect();
        }
    });
    match done.await? {
        Done::Ok => Ok(offer),
        Done::No(said) => Err(ReadFailure::Refused(said)),
    }
}

fn word(capability: &Capability<'_>) -> String {
    match capability {
        Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
        Capability::Auth(way) => format!("AUTH={way}"),
        Capability::Atom(word) => word.to_string(),
    }
}

/// A connection that is logged in.
///
/// One whose call did not return, because it failed on the way or was dropped, is over.
#[derive(Debug)]
pub struct Session {
    wire: Wire,
    offer: Offer,
}

impl Session {
    /// Whether more can be asked.
    pub fn is_open(&self) -> bool {
        self.wire.is_in_step()
    }

    /// Whether the server tells of news by itself (IDLE).
    pub fn is_told_of_news(&self) -> bool {
        self.offer.has("IDLE")
    }

    /// Opens a folder to read in it.
    pub async fn select(&mut self, folder: &str) -> Result<Folder, ReadFailure> {
        let encoded = folders::encode(folder);
        let quoted = encoded.replace('\\', "\\\\").replace('"', "\\\"");
        let (mut uid_validity, mut uid_next) = (None, None);
        self.wire.messages = 0;
        let command = format!("EXAMINE \"{quoted}\"");
        let examining = self.wire.command(&command, COMMAND, |answer| {
            if let Response::Data { outcome, .. } = answer {
                match outcome.code {
                    Some(ResponseCode::UidValidity(value)) => uid_validity = Some(value),
                    Some(ResponseCode::UidNext(value)) => uid_next = Some(value),
                    _ => {}
                }
            }
        });
        if let Done::No(said) = examining.await? {
            return Err(match said.as_str().starts_with("[UNAVAILABLE]") {
                true => ReadFailure::Refused(said),
                false => ReadFailure::NoSuchFolder(folder.to_owned()),
            });
        }
        self.wire.has_news = false;
        let messages = self.wire.messages;
        let no_uids = "the folder has no lasting numbers for its messages (UIDVALIDITY)";
        let uid_validity = uid_validity.ok_or_else(|| ReadFailure::Refused(Said::new(no_uids)))?;
        // Servers from before 2003 do not say it.
        let uid_next = match uid_next {
            Some(uid_next) => uid_next,
            None if messages == 0 => 1,
            None => {
                let last = self.list(messages, messages).await?;
                last.last().map_or(1, |listed| listed.uid.saturating_add(1))
            }
        };
        Ok(Folder { uid_validity, uid_next, messages })
    }

    /// A message as it was received; none if it is gone.
    pub async fn fetch(&mut self, uid: u32) -> Result<Option<Vec<u8>>, ReadFailure> {
        let mut bytes = None;
        let command = format!("UID FETCH {uid} (UID RFC822.SIZE)");
        let sizing = self.wire.command(&command, COMMAND, |answer| {
            bytes = bytes.or(of_message(answer, uid, |attribute| match attribute {
                AttributeValue::Rfc822Size(bytes) => Some(u64::from(*bytes)),
                _ => None,
            }));
        });
        match sizing.await? {
            Done::No(said) if !is_of_deleted(&said) => return Err(ReadFailure::Refused(said)),
            Done::No(_) | Done::Ok => {}
        }
        let Some(bytes) = bytes else { return Ok(None) };
        if bytes > MESSAGE_BYTES_MAX as u64 {
            return Err(ReadFailure::TooLarge(bytes));
        }
        let mut message = None;
        let command = format!("UID FETCH {uid} (UID BODY.PEEK[])");
        let fetching = self.wire.command(&command, FETCH, |answer| {
            message = message.take().or(of_message(answer, uid, |attribute| match attribute {
                AttributeValue::BodySection { section: None, data, .. } => {
                    Some(data.as_deref().unwrap_or_default().to_vec())
                }
                _ => None,
            }));
        });
        match fetching.await {
            Ok(Done::Ok) => {}
            Ok(Done::No(said)) if is_of_deleted(&said) => return Ok(None),
            Ok(Done::No(said)) => return Err(ReadFailure::Refused(said)),
            // It is larger than the server said. The connection is over, and the message is known.
            Err(ReadFailure::TooLong) => return Err(ReadFailure::TooLarge(FETCH.bytes as u64)),
            Err(failure) => return Err(failure),
        }
        match message {
            Some(message) if message.len() > MESSAGE_BYTES_MAX => {
                Err(ReadFailure::TooLarge(message.len() as u64))
            }
            message => Ok(message),
        }
    }

    /// The names of the folders that can be opened, as a person reads them.
    pub async fn folders(&mut self) -> Result<Vec<String>, ReadFailure> {
        let mut names = Vec::new();
        let listing = self.wire.command("LIST \"\" \"*\"", COMMAND, |answer| {
            if let Response::MailboxData(MailboxDatum::List(list)) = answer
                && names.len() < FOLDERS_MAX
                && !list.name_attributes.iter().any(is_no_folder)
            {
                names.push(folders::decode(&list.name));
            }
        });
        match listing.await? {
            Done::Ok => {
                names.sort();
                Ok(names)
            }
            Done::No(said) => Err(ReadFailure::Refused(said)),
        }
    }

    /// Says goodbye, as far as the server cares to hear it.
    pub async fn log_out(mut self) {
        let limit = Limit { time: LOGOUT_WAIT, ..COMMAND };
        if self.is_open() {
            // Nothing hangs on it.
            let _ = self.wire.command("LOGOUT", limit, |_| {}).await;
        }
    }

    async fn ask(&mut self, command: &str) -> Result<(), ReadFailure> {
        match self.wire.command(command, COMMAND, |_| {}).await? {
            Done::Ok => Ok(()),
            Done::No(said) => Err(ReadFailure::Refused(said)),
        }
    }
}

fn is_no_folder(attribute: &async_imap::imap_proto::NameAttribute<'_>) -> bool {
    *attribute == async_imap::imap_proto::NameAttribute::NoSelect
}

/// Whether a server says no because messages are gone that it has not told to be (RFC 5530).
fn is_of_deleted(said: &Said) -> bool {
    said.as_str().starts_with("[EXPUNGEISSUED]")
}

/// What an answer tells of the message of this UID, if it tells it.
fn of_message<T>(
    answer: &Response<'_>,
    uid: u32,
    value: impl Fn(&AttributeValue<'_>) -> Option<T>,
) -> Option<T> {
    let Response::Fetch(_, attributes) = answer else { return None };
    let is_it = attributes.contains(&AttributeValue::Uid(uid));
    if !is_it {
        return None;
    }
    attributes.iter().find_map(value)
}
