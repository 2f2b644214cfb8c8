//! Which conversation a message belongs to, and how surely (Q8).

use rondo_core::ids::TeamId;
use rondo_core::text::Email;
use rondo_store::{MailboxRow, ThreadOf, ThreadRow};
use sha2::{Digest as _, Sha256};

use crate::app::{App, AppError};
use crate::mail::tokens::{ConversationToken, find_message_ids, find_token, open_message_id};
use crate::mail::{Reading, Received};

/// Conversations with one person that are compared by their subjects, the latest first.
const CONVERSATIONS_COMPARED_MAX: u32 = 20;
/// Bytes of a report that are searched for the ids of the messages that it is about.
const REPORT_BYTES_MAX: usize = 256 * 1024;

/// The conversation of a message.
pub(super) struct Tie {
    pub(super) thread: ThreadRow,
    pub(super) strength: Strength,
}

/// How surely a message belongs to its conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strength {
    /// It carries what only somebody knows who has the thread.
    Strong,
    /// By who wrote it, and the subject.
    Weak,
}

/// By ids of the thread, or by a token in an address; else by sender and subject.
pub(super) async fn find(
    app: &App,
    team: TeamId,
    mailbox: &MailboxRow,
    received: &Received,
    raw: &[u8],
) -> Result<Option<Tie>, AppError> {
    if let Some(thread) = by_token(app, team, mailbox, received).await? {
        return Ok(Some(Tie { thread, strength: Strength::Strong }));
    }
    if let Some(thread) = by_ids(app, team, mailbox, received, raw).await? {
        return Ok(Some(Tie { thread, strength: Strength::Strong }));
    }
    let thread = by_sender(app, team, mailbox, received).await?;
    Ok(thread.map(|thread| Tie { thread, strength: Strength::Weak }))
}

async fn by_token(
    app: &App,
    team: TeamId,
    mailbox: &MailboxRow,
    received: &Received,
) -> Result<Option<ThreadRow>, AppError> {
    let Some(details) = &mailbox.details else { return Ok(None) };
    let addresses = received.to.iter().chain(&received.cc).map(|person| person.address.as_str());
    let tokens = addresses.filter_map(|address| find_token(address, details.email.as_str()));
    for text in tokens {
        if let Some(token) = ConversationToken::open(app.tokens(), team, text) {
            return Ok(app.store().thread(team, token.conversation).await?);
        }
    }
    Ok(None)
}

async fn by_ids(
    app: &App,
    team: TeamId,
    mailbox: &MailboxRow,
    received: &Received,
    raw: &[u8],
) -> Result<Option<ThreadRow>, AppError> {
    let ids: Vec<_> = received.in_reply_to.iter().chain(&received.references).collect();
    let mut ours: Vec<_> = ids.iter().filter_map(|id| open_message_id(app.tokens(), id)).collect();
    if matches!(received.reading, Reading::Bounce { .. } | Reading::Feedback { .. }) {
        let report = String::from_utf8_lossy(&raw[..raw.len().min(REPORT_BYTES_MAX)]);
        ours.extend(find_message_ids(app.tokens(), &report));
    }
    if let Some(thread) = app.store().thread_of(team, ThreadOf::Sent(&ours)).await? {
        return Ok(Some(thread));
    }
    let keys: Vec<_> = ids.iter().map(|id| key_of_id(id)).collect();
    Ok(app.store().thread_of(team, ThreadOf::Received(mailbox.id, &keys)).await?)
}

async fn by_sender(
    app: &App,
    team: TeamId,
    mailbox: &MailboxRow,
    received: &Received,
) -> Result<Option<ThreadRow>, AppError> {
    let person = match &received.reading {
        Reading::Bounce { failed_recipient: Some(recipient), .. }
        | Reading::Feedback { recipient: Some(recipient) } => Some(recipient.as_str()),
        _ => received.from.as_ref().map(|from| from.address.as_str()),
    };
    let Some(person) = person.and_then(|address| Email::parse(address).ok()) else {
        return Ok(None);
    };
    let limit = CONVERSATIONS_COMPARED_MAX;
    let threads = app.store().threads_with(team, mailbox.id, person.key(), limit).await?;
    if !matches!(received.reading, Reading::Reply | Reading::AutoReply { .. }) {
        return Ok(threads.into_iter().next());
    }
    let subject = bare(&received.subject);
    for thread in threads {
        let first = app.store().last_message(team, thread.conversation, "step").await?;
        let is_same = first
            .and_then(|message| message.text)
            .is_some_and(|text| !subject.is_empty() && bare(&text.subject) == subject);
        if is_same {
            return Ok(Some(thread));
        }
    }
    Ok(None)
}

/// The hash of a `Message-ID`.
pub(super) fn key_of_id(id: &str) -> [u8; 32] {
    Sha256::new_with_prefix(b"id\0").chain_update(id).finalize().into()
}

/// A subject without what mail programs put in front of it, in small letters.
fn bare(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some((mark, after)) = rest.split_once(':') {
        let is_mark = (2..=4).contains(&mark.trim().chars().count())
            && mark.chars().all(|c| c.is_alphabetic() || c == ' ');
        if !is_mark {
            break;
        }
        rest = after.trim_start();
    }
    rest.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn answers_and_forwards_have_the_subject_of_what_they_are_about() {
        for subject in ["Kilns", "Re: Kilns", "AW: WG: kilns", "Re: RE: Kilns ", "Antw: Kilns"] {
            assert_eq!(bare(subject), "kilns");
        }
        assert_eq!(bare("Offer: kilns"), "offer: kilns");
    }
}
