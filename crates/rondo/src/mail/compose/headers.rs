//! The headers of outgoing mail: people, subject, thread, and what each kind of message says of itself.

use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{
    Cc, From, HeaderName, HeaderValue, Headers, InReplyTo, References, ReplyTo, Subject, To,
};
use lettre::message::{Mailbox as Person, Mailboxes};

use super::{ComposeError, Kind, Mailbox, Outgoing, RECIPIENTS_MAX, Unsubscribe};
use crate::mail::template::SUBJECT_CHARS_MAX;

/// Characters of a person's name at most, as in `rondo_core::text`.
const NAME_CHARS_MAX: usize = 200;
/// Bytes of an id at most: it must fit into a line of 998 (RFC 5322, 2.1.1).
const ID_BYTES_MAX: usize = 500;
/// Ids of `References` at most, beside the first: threads are told by the first and the last ones.
const REFERENCES_LAST_MAX: usize = 20;
/// Bytes of a link at most: it must fit into a line.
const URL_BYTES_MAX: usize = 900;

/// A text for a header: line ends, control characters and those that reorder what stands around them become a space,
/// and several spaces one.
pub fn one_line(text: &str, chars_max: usize) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if !is_space(character) {
            line.push(character);
        } else if !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
    }
    let end = line.char_indices().nth(chars_max).map_or(line.len(), |(at, _)| at);
    line.truncate(end);
    line.truncate(line.trim_end().len());
    line
}

fn is_space(character: char) -> bool {
    character == ' '
        || character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A line in which nothing looks like an encoded word (RFC 2047): whoever reads the header would decode it.
fn plain_line(text: &str, chars_max: usize) -> String {
    one_line(text, chars_max).replace("=?", "= ?")
}

/// What programs put in front of the subject of an answer, in small letters and without the colon.
const REPLY_PREFIXES: &[&str] = &[
    "re", "aw", "antw", "antwort", "sv", "vs", "vá", "ref", "réf", "res", "odp", "r", "rif", "bls",
    "atb", "ynt", "απ", "σχετ", "отв", "回复", "回覆", "答复", "返信",
];

/// The subject of an answer: `Re: ` once, whatever the programs before put there.
pub fn reply_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some(after) = after_reply_prefix(rest) {
        rest = after;
    }
    one_line(&format!("Re: {rest}"), SUBJECT_CHARS_MAX)
}

/// What follows `Re:`, `AW:`, `Re[2]:`, `RE :` or `回复：`.
fn after_reply_prefix(subject: &str) -> Option<&str> {
    let (prefix, rest) = subject.split_once([':', '：'])?;
    let word = prefix.trim_end().trim_end_matches(|c: char| {
        c.is_ascii_digit() || matches!(c, '[' | ']' | '(' | ')' | '^' | '*')
    });
    REPLY_PREFIXES.contains(&word.to_lowercase().as_str()).then(|| rest.trim_start())
}

/// The sender, and who gets the message.
pub fn people(outgoing: &Outgoing) -> Result<(Person, Envelope), ComposeError> {
    let from = person("From", &outgoing.from)?;
    if outgoing.to.is_empty() {
        return Err(ComposeError::NoRecipient);
    }
    let all = outgoing.to.len() + outgoing.cc.len() + outgoing.reply_to.len();
    if all > RECIPIENTS_MAX {
        return Err(ComposeError::TooManyRecipients);
    }
    let to = outgoing.to.iter().map(|to| person("To", to));
    let cc = outgoing.cc.iter().map(|cc| person("Cc", cc));
    let recipients = to.chain(cc).map(|one| one.map(|one| one.email)).collect::<Result<_, _>>()?;
    let envelope = Envelope::new(Some(from.email.clone()), recipients)
        .map_err(|_| ComposeError::NoRecipient)?;
    Ok((from, envelope))
}

/// Writes who it is from, whom it is to, and where answers go.
pub fn set_people(
    headers: &mut Headers,
    outgoing: &Outgoing,
    from: Person,
) -> Result<(), ComposeError> {
    headers.set(From::from(Mailboxes::from(from)));
    headers.set(To::from(persons("To", &outgoing.to)?));
    if !outgoing.cc.is_empty() {
        headers.set(Cc::from(persons("Cc", &outgoing.cc)?));
    }
    if !outgoing.reply_to.is_empty() {
        headers.set(ReplyTo::from(persons("Reply-To", &outgoing.reply_to)?));
    }
    headers.set(Subject::from(plain_line(&outgoing.subject, SUBJECT_CHARS_MAX)));
    Ok(())
}

fn persons(header: &'static str, all: &[Mailbox]) -> Result<Mailboxes, ComposeError> {
    let all: Vec<Person> = all.iter().map(|one| person(header, one)).collect::<Result<_, _>>()?;
    Ok(Mailboxes::from_iter(all))
}

fn person(header: &'static str, mailbox: &Mailbox) -> Result<Person, ComposeError> {
    let invalid = || ComposeError::InvalidAddress { header };
    let (local, domain) = mailbox.address.trim().rsplit_once('@').ok_or_else(invalid)?;
    if !local.is_ascii() {
        return Err(ComposeError::NonAsciiLocalPart { header });
    }
    if !local.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Err(invalid());
    }
    let domain = if domain.is_ascii() {
        domain.to_owned()
    } else {
        url::Host::parse(domain).map_err(|_| invalid())?.to_string()
    };
    let address = Address::new(local, domain).map_err(|_| invalid())?;
    let name = mailbox.name.as_deref().map(|name| plain_line(name, NAME_CHARS_MAX));
    Ok(Person::new(name.filter(|name| !name.is_empty()), address))
}

/// Our own id in its angle brackets.
pub fn own_id(id: &str) -> Result<String, ComposeError> {
    if is_id(id) && id.contains('@') {
        Ok(format!("<{id}>"))
    } else {
        Err(ComposeError::InvalidMessageId)
    }
}

fn is_id(id: &str) -> bool {
    let is_fitting = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>');
    !id.is_empty() && id.len() <= ID_BYTES_MAX && id.bytes().all(is_fitting)
}

/// Writes what is answered. Ids that can't be written are left out: other programs made them.
pub fn set_thread(headers: &mut Headers, outgoing: &Outgoing) {
    let Some(answered) = &outgoing.answers else { return };
    let mut ids: Vec<&str> = Vec::new();
    for id in answered.references.iter().chain([&answered.message_id]).map(String::as_str) {
        if is_id(id) {
            ids.retain(|known| *known != id);
            ids.push(id);
        }
    }
    if ids.len() > REFERENCES_LAST_MAX + 1 {
        ids.drain(1..ids.len() - REFERENCES_LAST_MAX);
    }
    let written: Vec<String> = ids.iter().map(|id| format!("<{id}>")).collect();
    if is_id(&answered.message_id) {
        headers.set(InReplyTo::from(format!("<{}>", answered.message_id)));
    }
    if !written.is_empty() {
        headers.set(References::from(written.join(" ")));
    }
}

/// Writes what the kind of message asks for. A handover is not called automatic (RFC 3834): the absence notice of the rep
/// in copy must come back.
pub fn set_kind(headers: &mut Headers, kind: &Kind) -> Result<(), ComposeError> {
    match kind {
        Kind::Campaign { unsubscribe: Some(unsubscribe) } => set_unsubscribe(headers, unsubscribe)?,
        Kind::Campaign { unsubscribe: None } | Kind::Handover | Kind::Answer => {}
        Kind::Note | Kind::Reminder | Kind::SignIn => {
            set(headers, AUTO_SUBMITTED, "auto-generated".to_owned());
        }
    }
    Ok(())
}

const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");
const LIST_UNSUBSCRIBE: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe");
const LIST_UNSUBSCRIBE_POST: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe-Post");

/// Mail programs show a button for it (RFC 2369, RFC 8058).
fn set_unsubscribe(headers: &mut Headers, unsubscribe: &Unsubscribe) -> Result<(), ComposeError> {
    let url = unsubscribe.url.as_str();
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if !is_web || url.len() > URL_BYTES_MAX || !is_for_brackets(url) {
        return Err(ComposeError::InvalidUnsubscribe);
    }
    let mut value = format!("<{url}>");
    if let Some(address) = unsubscribe.address.as_deref()
        && is_for_brackets(address)
        && !address.contains(['?', '&', '%', '#'])
    {
        value = format!("{value}, <mailto:{address}?subject=unsubscribe>");
    }
    set(headers, LIST_UNSUBSCRIBE, value);
    set(headers, LIST_UNSUBSCRIBE_POST, "List-Unsubscribe=One-Click".to_owned());
    Ok(())
}

fn is_for_brackets(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b',' | b'"'))
}

/// Writes a header that lettre has no type for.
pub fn set(headers: &mut Headers, name: HeaderName, value: String) {
    headers.insert_raw(HeaderValue::new(name, value));
}
