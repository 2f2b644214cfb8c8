//! The leads of a campaign, counted: by how they stand, by who owns them.

use rondo_core::event::OwnerSource;
use rondo_core::ids::{CampaignId, RepId, TeamId};

use crate::fields::{Fields, key};
use crate::{ConversationStatus, Store, StoreError, db};

/// Conversations that stand alike, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationTally {
    /// How they stand; what a cancelled campaign left open is told as it stood.
    pub status: ConversationStatus,
    /// Whether anything was written to them.
    pub is_written: bool,
    /// Whether their lead has written.
    pub is_answered: bool,
    /// Whether a rep has them.
    pub is_assigned: bool,
    /// How many.
    pub count: u64,
}

/// Leads of the same owner, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnerTally {
    /// The owner as the rows say: transfers are not resolved. None of those whom nobody owns.
    pub owner: Option<(RepId, OwnerSource)>,
    /// Whether they have no rep yet and may get one: they were not erased, and their conversation has not ended.
    pub is_to_come: bool,
    /// How many.
    pub count: u64,
}

impl Store {
    /// The conversations of a campaign by how they stand: of the first that joined, as many as the limit.
    pub async fn conversation_tally(
        &self,
        team: TeamId,
        campaign: CampaignId,
        limit: u32,
    ) -> Result<Vec<ConversationTally>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(
            "select v.status, v.is_written, v.is_answered, v.is_assigned, count(*) from (
                select c.status,
                    case when c.mailbox_id is null then 0 else 1 end as is_written,
                    case when c.mailbox_id is not null and exists (
                        select 1 from messages m
                        where m.team_id = c.team_id and m.conversation_id = c.conversation_id
                            and m.kind = 'received' and m.sender = 'lead'
                    ) then 1 else 0 end as is_answered,
                    case when c.assignment_id is null then 0 else 1 end as is_assigned
                from conversations c
                where c.team_id = $1 and c.campaign_id = $2
                order by c.conversation_id
                limit $3
            ) v group by v.status, v.is_written, v.is_answered, v.is_assigned",
        )
        .bind(key(team))
        .bind(key(campaign))
        .bind(i64::from(limit))
        .fetch_all(&mut reader)
        .await?;
        let read = |row: &db::Row| {
            let fields = Fields::new(row, "conversations");
            Ok(ConversationTally {
                status: fields.word(0)?,
                is_written: fields.number(1)? == 1,
                is_answered: fields.number(2)? == 1,
                is_assigned: fields.number(3)? == 1,
                count: fields.number(4)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// The leads of a campaign by who owns them, of the first that joined: as many as the limit.
    pub async fn owners_of_campaign(
        &self,
        team: TeamId,
        campaign: CampaignId,
        limit: u32,
    ) -> Result<Vec<OwnerTally>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        // `cross join` tells SQLite the order.
        let rows = db::query(
            "select v.owner_id, v.owner_source, v.is_to_come, count(*) from (
                select l.owner_id, l.owner_source,
                    case when c.assignment_id is null and l.erased_at is null and c.status in (
                        'awaiting_lead', 'awaiting_assistant', 'in_review', 'qualified'
                    ) then 1 else 0 end as is_to_come
                from conversations c cross join leads l
                where l.team_id = c.team_id and l.lead_id = c.lead_id
                    and c.team_id = $1 and c.campaign_id = $2
                order by c.conversation_id
                limit $3
            ) v group by v.owner_id, v.owner_source, v.is_to_come",
        )
        .bind(key(team))
        .bind(key(campaign))
        .bind(i64::from(limit))
        .fetch_all(&mut reader)
        .await?;
        let read = |row: &db::Row| {
            let fields = Fields::new(row, "leads");
            let owner = fields.optional_id(0)?.zip(fields.optional(1, Fields::word)?);
            Ok(OwnerTally { owner, is_to_come: fields.number(2)? == 1, count: fields.number(3)? })
        };
        rows.iter().map(read).collect()
    }
}
