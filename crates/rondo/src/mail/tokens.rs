//! Signed tokens: what mail carries so that an answer, a bounce or a click finds its way back, and nobody can guess one.
//!
//! Each token is the ids it speaks of and a tag over them, HMAC-SHA256 with a key derived from the server's. Nothing is
//! looked up to open one. A tag is bound to its kind of token and to its team: a token of one opens as no other.

mod base32;

use std::fmt;

use hmac::{Hmac, Mac as _};
use rondo_core::Instant;
use rondo_core::ids::{AssignmentId, ConversationId, Id as _, LeadId, MessageId, RepId, TeamId};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::secrets::SecretKey;

/// Bytes of the local part of an address at most (RFC 5321, 4.5.3.1.1).
pub const LOCAL_PART_BYTES_MAX: usize = 64;

/// Bytes of a tag in an address, where room is short: 2^64 guesses, each of them a mail.
const SHORT_TAG_BYTES: usize = 8;
/// Bytes of a tag elsewhere.
const TAG_BYTES: usize = 16;
const ID_BYTES: usize = 16;
/// Ids of messages looked for in a text at most: a report is about one message and its thread.
pub const IDS_FOUND_MAX: usize = 20;

/// The key that tokens are signed with.
pub struct TokenKey(Zeroizing<[u8; 32]>);

/// What a tag is for: the first byte of what is signed.
#[derive(Clone, Copy)]
enum Purpose {
    Reply = 1,
    Bounce = 2,
    Unsubscribe = 3,
    Action = 4,
    Mark = 5,
    Boundary = 6,
    Message = 7,
}

impl TokenKey {
    /// The key of this server.
    pub fn new(key: &SecretKey) -> Self {
        Self(key.derived("rondo: tokens in mail, 1"))
    }

    /// What the header `X-Rondo` says on a message of ours with this id.
    pub fn mark(&self, message_id: &str) -> String {
        base32::encode(&self.tag::<TAG_BYTES>(Purpose::Mark, &[message_id.as_bytes()]))
    }

    /// Whether the mark is ours and of this message.
    pub fn is_mark_of(&self, mark: &str, message_id: &str) -> bool {
        let expected = self.tag::<TAG_BYTES>(Purpose::Mark, &[message_id.as_bytes()]);
        base32::decode(mark.trim()).is_some_and(|tag: [u8; TAG_BYTES]| is_same(&tag, &expected))
    }

    /// What stands between the parts of a message: nobody can write it into a text beforehand.
    pub(super) fn boundary(&self, message_id: &str) -> String {
        base32::encode(&self.tag::<TAG_BYTES>(Purpose::Boundary, &[message_id.as_bytes()]))
    }

    /// The first bytes of the HMAC. All parts but the last have a fixed length.
    fn tag<const N: usize>(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; N] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice())
            .expect("HMAC takes keys of any length");
        mac.update(&[purpose as u8]);
        for part in parts {
            mac.update(part);
        }
        let whole = mac.finalize().into_bytes();
        std::array::from_fn(|at| whole[at])
    }
}

/// Never shows the key.
impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

/// What comes back to an address with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returning {
    /// The lead's answer.
    Reply,
    /// A report that our mail could not be delivered: the token stands in the envelope's sender.
    Bounce,
}

impl Returning {
    fn letter(self) -> char {
        match self {
            Self::Reply => 'r',
            Self::Bounce => 'b',
        }
    }

    fn purpose(self) -> Purpose {
        match self {
            Self::Reply => Purpose::Reply,
            Self::Bounce => Purpose::Bounce,
        }
    }
}

/// Ties what comes back to a conversation. The team is not in it: who received it is known, and so their team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationToken {
    /// The team whose mailbox it is.
    pub team: TeamId,
    /// The conversation.
    pub conversation: ConversationId,
    /// What comes back.
    pub returning: Returning,
}

impl ConversationToken {
    /// The token: 40 characters, for [`tokened_address`].
    pub fn text(&self, key: &TokenKey) -> String {
        let id = self.conversation.as_bytes();
        let bytes = [id.as_slice(), &self.tag(key)].concat();
        format!("{}{}", self.returning.letter(), base32::encode(&bytes))
    }

    /// The conversation of a token that this team was given.
    pub fn open(key: &TokenKey, team: TeamId, text: &str) -> Option<Self> {
        let returning = match text.as_bytes().first()?.to_ascii_lowercase() {
            b'r' => Returning::Reply,
            b'b' => Returning::Bounce,
            _ => return None,
        };
        let bytes: [u8; ID_BYTES + SHORT_TAG_BYTES] = base32::decode(text.get(1..)?)?;
        let (id, tag) = bytes.split_first_chunk()?;
        let token = Self { team, conversation: ConversationId::from_bytes(*id), returning };
        is_same(tag, &token.tag(key)).then_some(token)
    }

    fn tag(&self, key: &TokenKey) -> [u8; SHORT_TAG_BYTES] {
        key.tag(self.returning.purpose(), &[self.team.as_bytes(), self.conversation.as_bytes()])
    }
}

/// The address with a token behind a plus: `sales+r….@example.com`. None if its local part would be too long, which it
/// is from 24 bytes on, or is quoted.
pub fn tokened_address(address: &str, token: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let is_fitting = local.len() + 1 + token.len() <= LOCAL_PART_BYTES_MAX;
    (is_fitting && !local.starts_with('"')).then(|| format!("{local}+{token}@{domain}"))
}

/// The token in an address of this mailbox, whatever the case.
pub fn find_token<'a>(address: &'a str, mailbox_address: &str) -> Option<&'a str> {
    let (local, domain) = address.rsplit_once('@')?;
    let (mailbox_local, mailbox_domain) = mailbox_address.rsplit_once('@')?;
    let is_of_mailbox = domain.eq_ignore_ascii_case(mailbox_domain)
        && local.get(..mailbox_local.len())?.eq_ignore_ascii_case(mailbox_local);
    let token = local.get(mailbox_local.len()..)?.strip_prefix('+')?;
    (is_of_mailbox && !token.is_empty()).then_some(token)
}

/// Lets a lead unsubscribe by `/u/TOKEN`. It never expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsubscribeToken {
    /// The team that wrote.
    pub team: TeamId,
    /// Who unsubscribes.
    pub lead: LeadId,
}

impl UnsubscribeToken {
    /// The token.
    pub fn text(&self, key: &TokenKey) -> String {
        let ids = [*self.team.as_bytes(), *self.lead.as_bytes()].concat();
        base32::encode(&[ids.as_slice(), &self.tag(key)].concat())
    }

    /// Whom a token unsubscribes.
    pub fn open(key: &TokenKey, text: &str) -> Option<Self> {
        let bytes: [u8; 2 * ID_BYTES + TAG_BYTES] = base32::decode(text)?;
        let (team, rest) = bytes.split_first_chunk()?;
        let (lead, tag) = rest.split_first_chunk()?;
        let token = Self { team: TeamId::from_bytes(*team), lead: LeadId::from_bytes(*lead) };
        is_same(tag, &token.tag(key)).then_some(token)
    }

    fn tag(&self, key: &TokenKey) -> [u8; TAG_BYTES] {
        key.tag(Purpose::Unsubscribe, &[self.team.as_bytes(), self.lead.as_bytes()])
    }
}

/// What a rep can do by a link in a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Say that they took it over.
    TakeOver,
    /// Pass it on to the next rep.
    PassOn,
    /// Say that they are away until some day.
    Away,
    /// Say that this is no lead, or not one for them.
    WrongLead,
}

impl Action {
    const ALL: [Self; 4] = [Self::TakeOver, Self::PassOn, Self::Away, Self::WrongLead];

    fn number(self) -> u8 {
        match self {
            Self::TakeOver => 1,
            Self::PassOn => 2,
            Self::Away => 3,
            Self::WrongLead => 4,
        }
    }
}

/// Lets a rep act on an assignment by `/a/TOKEN`, without signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionLink {
    /// The team.
    pub team: TeamId,
    /// The assignment that it is about.
    pub assignment: AssignmentId,
    /// Who acts.
    pub rep: RepId,
    /// What they do.
    pub action: Action,
    /// The first instant at which the link does nothing any more.
    pub expires_at: Instant,
}

/// Why a link does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not made by this server, or damaged.
    #[error("this link is not complete; open it from the mail again, or copy the whole of it")]
    Invalid,
    /// Too old.
    #[error("this link has expired; sign in to act on the lead")]
    Expired,
}

const LINK_BYTES: usize = 1 + 3 * ID_BYTES + 8;

impl ActionLink {
    /// The token.
    pub fn text(&self, key: &TokenKey) -> String {
        let fields = self.fields();
        let tag: [u8; TAG_BYTES] = key.tag(Purpose::Action, &[&fields]);
        base32::encode(&[fields.as_slice(), &tag].concat())
    }

    /// The link of a token, if it can still be followed at `now`.
    pub fn open(key: &TokenKey, text: &str, now: Instant) -> Result<Self, LinkError> {
        let link = Self::read(key, text).ok_or(LinkError::Invalid)?;
        if now < link.expires_at { Ok(link) } else { Err(LinkError::Expired) }
    }

    fn read(key: &TokenKey, text: &str) -> Option<Self> {
        let bytes: [u8; LINK_BYTES + TAG_BYTES] = base32::decode(text)?;
        let (fields, tag) = bytes.split_first_chunk::<LINK_BYTES>()?;
        if !is_same(tag, &key.tag::<TAG_BYTES>(Purpose::Action, &[fields])) {
            return None;
        }
        let (action, rest) = fields.split_first()?;
        let (team, rest) = rest.split_first_chunk()?;
        let (assignment, rest) = rest.split_first_chunk()?;
        let (rep, expires_at) = rest.split_first_chunk()?;
        Some(Self {
            team: TeamId::from_bytes(*team),
            assignment: AssignmentId::from_bytes(*assignment),
            rep: RepId::from_bytes(*rep),
            action: Action::ALL.into_iter().find(|known| known.number() == *action)?,
            expires_at: Instant::from_micros(i64::from_be_bytes(expires_at.try_into().ok()?)),
        })
    }

    fn fields(&self) -> Vec<u8> {
        let ids =
            [*self.team.as_bytes(), *self.assignment.as_bytes(), *self.rep.as_bytes()].concat();
        let expires_at = self.expires_at.as_micros().to_be_bytes();
        [&[self.action.number()], ids.as_slice(), &expires_at].concat()
    }
}

/// The `Message-ID` of a message of ours, without its angle brackets, at the domain of the address that it is from. Ids
/// ascend and can be guessed; the tag cannot, so that nobody answers what they were not sent (Q8).
pub fn message_id(key: &TokenKey, id: MessageId, address: &str) -> String {
    let domain = address.rsplit_once('@').map_or(address, |(_, domain)| domain);
    let tag = base32::encode(&key.tag::<SHORT_TAG_BYTES>(Purpose::Message, &[id.as_bytes()]));
    format!("{id}.{tag}@{domain}")
}

/// The message of ours that has this `Message-ID`.
pub fn open_message_id(key: &TokenKey, text: &str) -> Option<MessageId> {
    let (id, rest) = text.split_once('.')?;
    let id: MessageId = id.parse().ok()?;
    let tag: [u8; SHORT_TAG_BYTES] = base32::decode(rest.split('@').next()?)?;
    let expected: [u8; SHORT_TAG_BYTES] = key.tag(Purpose::Message, &[id.as_bytes()]);
    is_same(&tag, &expected).then_some(id)
}

/// The messages of ours whose ids stand anywhere in a text: a report of failed delivery carries the headers of what it is
/// about. At most [`IDS_FOUND_MAX`].
pub fn find_message_ids(key: &TokenKey, text: &str) -> Vec<MessageId> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("msg_") {
        let rest = &text[at..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.'));
        let id = open_message_id(key, &rest[..end.unwrap_or(rest.len())]);
        if let Some(id) = id.filter(|id| !found.contains(id)) {
            found.push(id);
        }
        if found.len() == IDS_FOUND_MAX {
            break;
        }
    }
    found
}
