//! What became of conversations, counted.

use std::ops::Range;

use rondo_core::ids::{CampaignId, ConversationId, TeamId};

use crate::fields::{Fields, key};
use crate::{ConversationStatus, Store, StoreError, db};

/// Conversations of a campaign that stand alike, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutcomeRow {
    /// Their campaign.
    pub campaign: CampaignId,
    /// How they stand; what a cancelled campaign left open is told as it stood.
    pub status: ConversationStatus,
    /// Whether anything was written to their lead, or is to be.
    pub is_begun: bool,
    /// Whether a rep has them.
    pub is_assigned: bool,
    /// How many.
    pub count: u64,
}

impl Store {
    /// What became of the first conversations of this range of ids, as many as the limit; with the id to go on from, where
    /// there are more. Ids ascend by when they were made, so that a range is a period.
    pub async fn outcomes(
        &self,
        team: TeamId,
        conversations: Range<ConversationId>,
        limit: u32,
    ) -> Result<(Vec<OutcomeRow>, Option<ConversationId>), StoreError> {
        let mut reader = self.of(team).reader().await?;
        let next = db::query(
            "select conversation_id
             from conversations
             where team_id = $1 and conversation_id >= $2 and conversation_id < $3
             order by conversation_id
             limit 1 offset $4",
        )
        .bind(key(team))
        .bind(key(conversations.start))
        .bind(key(conversations.end))
        .bind(i64::from(limit))
        .fetch_optional(&mut reader)
        .await?;
        let next = next.map(|row| Fields::new(&row, "conversations").id(0)).transpose()?;
        let rows = db::query(
            "select campaign_id, status,
                    case when mailbox_id is null and next_at is null then 0 else 1 end as is_begun,
                    case when rep_id is null then 0 else 1 end as is_assigned, count(*)
             from conversations
             where team_id = $1 and conversation_id >= $2 and conversation_id < $3
             group by campaign_id, status, is_begun, is_assigned",
        )
        .bind(key(team))
        .bind(key(conversations.start))
        .bind(key(next.unwrap_or(conversations.end)))
        .fetch_all(&mut reader)
        .await?;
        let read = |row: &db::Row| {
            let fields = Fields::new(row, "conversations");
            Ok(OutcomeRow {
                campaign: fields.id(0)?,
                status: fields.word(1)?,
                is_begun: fields.number(2)? == 1,
                is_assigned: fields.number(3)? == 1,
                count: fields.number(4)?,
            })
        };
        Ok((rows.iter().map(read).collect::<Result<_, StoreError>>()?, next))
    }
}
