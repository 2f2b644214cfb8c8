//! A message that came in: read, tied to its conversation, and handed to the rules, once.

mod qualify;
mod reading;
mod ties;

use rondo_core::command::{Answer, Command, Incoming, ReadMessage};
use rondo_core::detail::MessageText;
use rondo_core::ids::{ConversationId, MailboxId, MessageId};
use rondo_core::mail::{Handling, ReplyLabel};
use rondo_store::MailboxRow;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::app::{App, AppError, Caller, schema};
use crate::engine::IdempotencyKey;
use crate::mail::compose::Marks;
use crate::mail::{Mailbox, Received};

pub use reading::{Kept, Qualified};

/// What was done about a message that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReceivedMessage)]
pub struct ReceivedView {
    /// The message; null where it was one that Rondo sent.
    #[schema(value_type = Option<schema::MessageId>)]
    pub message: Option<MessageId>,
    /// The conversation that it belongs to; null when it belongs to none.
    #[schema(value_type = Option<schema::ConversationId>)]
    pub conversation: Option<ConversationId>,
    /// What it was taken for.
    #[schema(value_type = Option<String>)]
    pub label: Option<ReplyLabel>,
    /// `auto`: done what follows from the label. `review`: a person is to look at it. `held`: kept until the campaign runs.
    /// `none`: nothing was to be done.
    pub decision: &'static str,
    /// Whether it was taken in by this request, and not before.
    #[serde(skip)]
    #[schema(ignore)]
    pub is_new: bool,
}

/// Takes in a raw message for a mailbox. The same message again changes nothing, and is answered as it was then.
pub async fn receive(
    app: &App,
    caller: &Caller,
    mailbox: MailboxId,
    raw: Vec<u8>,
    key: Option<IdempotencyKey>,
) -> Result<ReceivedView, AppError> {
    app.remember(caller, key).await?;
    let row = app.store().mailbox(caller.team, mailbox).await?;
    let row = row.ok_or_else(|| AppError::not_found("mailbox", mailbox))?;
    take_in(app, caller, &row, raw).await
}

/// As [`receive`], for a mailbox that is known.
pub async fn take_in(
    app: &App,
    caller: &Caller,
    mailbox: &MailboxRow,
    raw: Vec<u8>,
) -> Result<ReceivedView, AppError> {
    let received = Received::parse(&raw)?;
    let marks = Marks::of(&raw);
    let is_ours = received.message_id.as_deref().is_some_and(|id| marks.is_ours(app.tokens(), id));
    if is_ours {
        return Ok(ReceivedView {
            message: None,
            conversation: None,
            label: None,
            decision: "none",
            is_new: false,
        });
    }
    let key = key_of(&received, &raw);
    if let Some(view) = as_it_was(app, caller, mailbox.id, &key).await? {
        return Ok(view);
    }
    let tie = ties::find(app, caller.team, mailbox, &received, &raw).await?;
    let qualified = reading::read(app, caller.team, &received, &marks, tie.as_ref()).await?;
    let command = Command::ReceiveMessage(Box::new(Incoming {
        mailbox: mailbox.id,
        key,
        conversation: tie.map(|tie| tie.thread.conversation),
        reading: qualified.message,
        text: text_of(received, raw, &qualified),
    }));
    let done = app.run(caller, command, None).await?;
    let Answer::Message { message, conversation, label, handling, is_new } = done.answer else {
        return Err(AppError::not_found("message", ""));
    };
    metrics::counter!("rondo_messages_received_total", "decision" => decision_word(handling))
        .increment(u64::from(is_new));
    Ok(ReceivedView {
        message: Some(message),
        conversation,
        label: Some(label),
        decision: decision_word(handling),
        is_new,
    })
}

/// What was done about a message that came in before: it is not read again.
async fn as_it_was(
    app: &App,
    caller: &Caller,
    mailbox: MailboxId,
    key: &[u8; 32],
) -> Result<Option<ReceivedView>, AppError> {
    let known = app.store().message_of_key(caller.team, mailbox, key).await?;
    Ok(known.and_then(|row| {
        let (label, handling) = row.handled?;
        Some(ReceivedView {
            message: Some(row.id),
            conversation: row.conversation,
            label: Some(label),
            decision: decision_word(handling),
            is_new: false,
        })
    }))
}

/// The word for what was done about a message.
pub fn decision_word(handling: Handling) -> &'static str {
    match handling {
        Handling::Acted => "auto",
        Handling::Review(_) => "review",
        Handling::Held => "held",
        Handling::Noted => "none",
    }
}

/// By what a message is known when it comes again: its id, or all of it where it has none.
fn key_of(received: &Received, raw: &[u8]) -> [u8; 32] {
    match &received.message_id {
        Some(id) => ties::key_of_id(id),
        None => Sha256::new_with_prefix(b"raw\0").chain_update(raw).finalize().into(),
    }
}

fn text_of(received: Received, raw: Vec<u8>, qualified: &Qualified) -> MessageText {
    let shown = |people: &[Mailbox]| people.iter().map(shown).collect();
    let key = key_of(&received, &raw);
    let references = match (received.references.as_slice(), received.in_reply_to.as_slice()) {
        // RFC 5322, 3.6.4.
        ([], [one]) => vec![one.clone()],
        (references, _) => references.to_vec(),
    };
    let below = [received.text.quoted.as_str(), received.text.signature.as_str()];
    let below: Vec<_> = below.into_iter().filter(|text| !text.trim().is_empty()).collect();
    MessageText {
        key: Some(key),
        message_id: received.message_id,
        references,
        from: received.from.as_ref().map(self::shown).unwrap_or_default(),
        to: shown(&received.to),
        cc: shown(&received.cc),
        subject: received.subject,
        quoted_text: below.join("\n"),
        text: received.text.visible,
        html: None,
        reading: Some(qualified.kept()),
        raw: Some(raw),
    }
}

/// A name and an address, as people read them.
pub fn shown(person: &Mailbox) -> String {
    match &person.name {
        Some(name) if !name.trim().is_empty() => format!("{name} <{}>", person.address),
        _ => person.address.clone(),
    }
}

/// How often a message went back and forth between programs, of what was kept beside it.
pub fn hops_of(kept: &str) -> u32 {
    serde_json::from_str::<Kept>(kept).map_or(0, |kept| kept.hops())
}

/// What was found in a message when it came, of one that was kept; none where that is gone.
pub fn reading_of(kept: &str) -> Option<ReadMessage> {
    serde_json::from_str::<Kept>(kept).ok().map(Kept::into_message)
}
