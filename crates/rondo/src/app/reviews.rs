//! What waits for a person: conversations, and messages that belong to none or that only their reader was to see.

pub mod actions;

use std::collections::HashMap;

use rondo_core::ids::{CampaignId, ConversationId, Id as _, LeadId, MessageId};
use rondo_core::mail::ReviewReason;
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
