//! What waits for a person: conversations, and messages that belong to none or that only their reader was to see.

pub mod actions;

use std::collections::HashMap;

use rondo_core::ids::{CampaignId, ConversationId, Id as _, LeadId, MessageId};
use rondo_core::mail::ReviewReason;
use rondo_core::time::Instant;
use rondo_store::{MessageRow, ReviewRow};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::conversations::reason_of;
use crate::app::messages::{self, MessageView, ReviewReasonView};
use crate::app::page::{List, Listed, Page, Position};
use crate::app::{App, AppError, Caller, schema};

/// Something that a person is to see to.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReviewItem {
    Conversation(ConversationInReview),
    Message(MessageInReview),
}

/// A conversation that a person is to see to.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConversationInReview {
    #[schema(value_type = schema::ConversationId)]
    pub conversation: ConversationId,
    #[schema(value_type = schema::CampaignId)]
    pub campaign: CampaignId,
    #[schema(value_type = schema::LeadId)]
    pub lead: LeadId,
    #[schema(value_type = ReviewReasonView)]
    pub reason: ReviewReason,
    /// The last one that came in.
    pub message: Option<MessageView>,
}

/// A message that a person is to see to by itself.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MessageInReview {
    pub message: MessageView,
    #[schema(value_type = ReviewReasonView)]
    pub reason: ReviewReason,
}

/// A place in the list: the conversations come first, then the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Conversation(ConversationId),
    Message(MessageId),
}

impl Position for After {
    fn to_bytes(&self) -> Vec<u8> {
        let (kind, id) = match self {
            Self::Conversation(conversation) => (0, conversation.as_bytes()),
            Self::Message(message) => (1, message.as_bytes()),
        };
        [&[kind], id.as_slice()].concat()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (kind, id) = bytes.split_first()?;
        let id = id.try_into().ok()?;
        match kind {
            0 => Some(Self::Conversation(ConversationId::from_bytes(id))),
            1 => Some(Self::Message(MessageId::from_bytes(id))),
            _ => None,
        }
    }
}

enum Row {
    Conversation(ReviewRow),
    Message(Box<MessageRow>),
}

impl Row {
    fn place(&self) -> After {
        match self {
            Self::Conversation(row) => After::Conversation(row.conversation),
            Self::Message(row) => After::Message(row.id),
        }
    }
}

/// What waits for a person: first the conversations, then the messages, each oldest first.
pub async fn list(app: &App, caller: &Caller, page: &Page) -> Result<Listed<ReviewItem>, AppError> {
    let list = List::new(caller.team, "reviews", &());
    let (after, after_message) = match list.start(page)? {
        None => (Some(None), None),
        Some(After::Conversation(conversation)) => (Some(Some(conversation)), None),
        Some(After::Message(message)) => (None, Some(message)),
    };
    let (store, fetch) = (app.store(), page.fetch());
    let mut rows: Vec<Row> = match after {
        Some(after) => {
            let rows = store.reviews(caller.team, after, fetch).await?;
            rows.into_iter().map(Row::Conversation).collect()
        }
        None => Vec::new(),
    };
    let room = fetch.saturating_sub(rows.len() as u32);
    if room > 0 {
        let open = store.open_messages(caller.team, after_message, room).await?;
        rows.extend(open.into_iter().map(|row| Row::Message(Box::new(row))));
    }
    let listed = list.page(page, rows, Row::place);
    let items = items(app, caller, listed.items).await?;
    Ok(Listed { items, next_cursor: listed.next_cursor })
}

/// Something in the queue of what waits for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Queued {
    /// What it is.
    pub item: ReviewItem,
    /// Since when; none for what waited before that was kept.
    pub since: Option<Instant>,
}

/// A place in the queue: behind this conversation and behind this message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Behind {
    conversation: Option<(Instant, ConversationId)>,
    message: Option<MessageId>,
}

/// Stands in a cursor where there is no id.
const NOTHING: [u8; 16] = [0; 16];

impl Position for Behind {
    fn to_bytes(&self) -> Vec<u8> {
        let since = self.conversation.map_or(0, |(since, _)| since.as_micros());
        let conversation = self.conversation.map_or(NOTHING, |(_, one)| *one.as_bytes());
        let message = self.message.map_or(NOTHING, |message| *message.as_bytes());
        [since.to_be_bytes().as_slice(), &conversation, &message].concat()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (since, rest) = bytes.split_first_chunk()?;
        let (conversation, rest) = rest.split_first_chunk()?;
        let since = Instant::from_micros(i64::from_be_bytes(*since));
        let message = rest.try_into().ok()?;
        let is_there = |id: &[u8; 16]| *id != NOTHING;
        let conversation = Some(*conversation).filter(is_there);
        Some(Self {
            conversation: conversation.map(|one| (since, ConversationId::from_bytes(one))),
            message: Some(message).filter(is_there).map(MessageId::from_bytes),
        })
    }
}

/// What waits for a person, conversations and messages alike: what waits longest comes first.
pub async fn queue(app: &App, caller: &Caller, page: &Page) -> Result<Listed<Queued>, AppError> {
    let list = List::new(caller.team, "reviews by wait", &());
    let mut behind: Behind = list.start(page)?.unwrap_or_default();
    let (store, fetch) = (app.store(), page.fetch());
    let in_review = store.reviews_by_wait(caller.team, behind.conversation, fetch).await?;
    let open = store.open_messages(caller.team, behind.message, fetch).await?;
    let (mut in_review, mut open) = (in_review.into_iter().peekable(), open.into_iter().peekable());
    let (mut rows, mut waits) = (Vec::new(), Vec::new());
    while rows.len() < page.limit as usize {
        let conversation = in_review.next_if(|row| open.peek().is_none_or(|it| row.since <= it.at));
        if let Some(row) = conversation {
            behind.conversation = Some((row.since, row.conversation));
            waits.push(row.since);
            rows.push(Row::Conversation(row));
        } else if let Some(row) = open.next() {
            behind.message = Some(row.id);
            waits.push(row.at);
            rows.push(Row::Message(Box::new(row)));
        } else {
            break;
        }
    }
    let has_more = in_review.peek().is_some() || open.peek().is_some();
    let items = items(app, caller, rows).await?.into_iter().zip(waits);
    let items = items.map(|(item, since)| Queued { item, since: is_kept(since) }).collect();
    Ok(Listed { items, next_cursor: has_more.then(|| list.cursor(&behind)) })
}

fn is_kept(since: Instant) -> Option<Instant> {
    Some(since).filter(|since| since.as_micros() > 0)
}

/// The conversation in review that comes after this one in the queue, or else the first of the others.
pub async fn next(
    app: &App,
    caller: &Caller,
    conversation: ConversationId,
) -> Result<Option<ConversationId>, AppError> {
    let store = app.store();
    let row = store.conversation(caller.team, conversation).await?;
    let place = row.map(|row| (row.review_since, conversation));
    let after = store.reviews_by_wait(caller.team, place, 1).await?;
    if let Some(next) = after.first() {
        return Ok(Some(next.conversation));
    }
    let first = store.reviews_by_wait(caller.team, None, 1).await?;
    Ok(first.first().map(|row| row.conversation).filter(|first| *first != conversation))
}

async fn items(app: &App, caller: &Caller, rows: Vec<Row>) -> Result<Vec<ReviewItem>, AppError> {
    let named: Vec<_> = rows
        .iter()
        .filter_map(|row| match row {
            Row::Conversation(row) => Some(row.conversation),
            Row::Message(_) => None,
        })
        .collect();
    let mut last: HashMap<_, _> = match named.is_empty() {
        true => HashMap::new(),
        false => {
            let rows = app.store().last_received(caller.team, &named).await?;
            rows.into_iter().map(|row| (row.conversation, messages::view(row))).collect()
        }
    };
    let item = |row| match row {
        Row::Conversation(row) => ReviewItem::Conversation(ConversationInReview {
            conversation: row.conversation,
            campaign: row.campaign,
            lead: row.lead,
            reason: reason_of(row.reason),
            message: last.remove(&Some(row.conversation)),
        }),
        Row::Message(row) => {
            let message = messages::view(*row);
            // Only such messages are open.
            let reason = message.review_reason.unwrap_or(ReviewReason::Uncertain);
            ReviewItem::Message(MessageInReview { message, reason })
        }
    };
    Ok(rows.into_iter().map(item).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_queue_is_read_as_it_was_written() {
        let conversation = Some((Instant::from_micros(7), ConversationId::from_bytes([1; 16])));
        let message = Some(MessageId::from_bytes([2; 16]));
        for (conversation, message) in
            [(None, None), (conversation, None), (None, message), (conversation, message)]
        {
            let place = Behind { conversation, message };
            assert_eq!(Behind::from_bytes(&place.to_bytes()), Some(place));
        }
        assert_eq!(Behind::from_bytes(&[0; 39]), None);
    }
}
