//! Where a conversation stands (Q1).

use serde::{Deserialize, Serialize};

/// Where a conversation stands (Q1). Those of a cancelled campaign that the lead or the assistant was to go on with count
/// as cancelled, whatever their row says; those that a person is to look at stay in review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationStatus {
    /// The lead is to write next.
    AwaitingLead,
    /// The assistant is to write next.
    AwaitingAssistant,
    /// A person is to look at it.
    InReview,
    /// The lead wants to talk to sales: assigned, or waiting to be.
    Qualified,
    /// The lead declined.
    NotInterested,
    /// The lead wants no more mail.
    Unsubscribed,
    /// The lead never answered.
    Unresponsive,
    /// Mail could not be delivered.
    Bounced,
    /// It ended with its campaign, or with the erasure of its lead.
    Cancelled,
}

impl ConversationStatus {
    /// Whether nothing has come of it yet.
    pub fn is_open(self) -> bool {
        matches!(self, Self::AwaitingLead | Self::AwaitingAssistant | Self::InReview)
    }
}
