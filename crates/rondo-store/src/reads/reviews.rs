//! What waits for people, which addresses are never written to, and who reads a team's replies.

use rondo_core::Instant;
use rondo_core::ids::{CampaignId, ConversationId, LeadId, MessageId, SuppressionId, TeamId};
use rondo_core::mail::{QualifierKind, ReviewReason, SuppressionReason};
use rondo_core::text::EmailKey;

use crate::db::QueryBuilder;
use crate::fields::{Fields, key};
use crate::{Store, StoreError, db};

/// A conversation that a person is to see to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow {
    /// The conversation.
    pub conversation: ConversationId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Its lead.
    pub lead: LeadId,
    /// Why; none where its campaign was cancelled while the lead waited.
    pub reason: Option<ReviewReason>,
    /// Since when; the beginning of time where that was not kept yet.
    pub since: Instant,
}

/// A message that was kept while its campaign did not run, and is to be acted on now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldMessage {
    /// The message.
    pub message: MessageId,
    /// Where it belongs.
    pub conversation: ConversationId,
    /// What it was found to be, as JSON; none once the person was erased.
    pub reading: Option<String>,
}

/// An address that is never written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionRow {
    /// The suppression.
    pub id: SuppressionId,
    /// The address; none once the person was erased.
    pub email: Option<String>,
    /// Whose address it is.
    pub lead: Option<LeadId>,
    /// Why.
    pub why: SuppressionReason,
    /// Since when.
    pub created_at: Instant,
}

/// Who reads a team's replies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QualifierRow {
    /// Which.
    pub kind: QualifierKind,
    /// Its endpoint.
    pub base_url: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// The key for it, encrypted.
    pub sealed_key: Option<Vec<u8>>,
    /// Probabilities by label, as JSON.
    pub thresholds: Option<String>,
}

const IN_REVIEW: &str = "select conversation_id, campaign_id, lead_id, review_reason, review_since \
     from conversations where team_id = ";

impl ReviewRow {
    fn read(row: &db::Row) -> Result<Self, StoreError> {
        let fields = Fields::new(row, "conversations");
        Ok(Self {
            conversation: fields.id(0)?,
            campaign: fields.id(1)?,
            lead: fields.id(2)?,
            reason: fields.optional(3, Fields::word)?,
            since: fields.instant(4)?,
        })
    }
}

impl Store {
    /// At most `limit` conversations in review after this one, oldest first.
    pub async fn reviews(
        &self,
        team: TeamId,
        after: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<ReviewRow>, StoreError> {
        let mut query = QueryBuilder::new(IN_REVIEW);
        query.push_bind(key(team)).push(" and status = 'in_review'");
        if let Some(after) = after {
            query.push(" and conversation_id > ").push_bind(key(after));
        }
        query.push(" order by conversation_id limit ").push_bind(i64::from(limit));
        let mut reader = self.of(team).reader().await?;
        let rows = query.build().fetch_all(&mut reader).await?;
        rows.iter().map(ReviewRow::read).collect()
    }

    /// At most `limit` conversations in review, the one that waits longest first; those after this one, which has been
    /// in review since then.
    pub async fn reviews_by_wait(
        &self,
        team: TeamId,
        after: Option<(Instant, ConversationId)>,
        limit: u32,
    ) -> Result<Vec<ReviewRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let rows = by_wait(team, after, limit).build().fetch_all(&mut reader).await?;
        rows.iter().map(ReviewRow::read).collect()
    }

    /// At most `limit` messages that were kept while their campaigns did not run and need not be any more, oldest first,
    /// after this one: the campaign runs or is over, or the person was erased.
    pub async fn held_messages(
        &self,
        team: TeamId,
        after: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<HeldMessage>, StoreError> {
        let after = after.map_or_else(|| [0; 16], key);
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(
            "select m.message_id, m.conversation_id, m.reading
             from messages m
             join campaigns c on c.team_id = m.team_id and c.campaign_id = m.campaign_id
             left join leads l on l.team_id = m.team_id and l.lead_id = m.lead_id
             where m.team_id = $1
               and m.message_id > $2
               and m.handling = 'held'
               and (c.status in ('running', 'cancelled') or l.erased_at is not null)
             order by m.message_id
             limit $3",
        )
        .bind(key(team))
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&mut reader)
        .await?;
        let held = |row| {
            let fields = Fields::new(row, "messages");
            Ok(HeldMessage {
                message: fields.id(0)?,
                conversation: fields.id(1)?,
                reading: fields.optional_text(2)?,
            })
        };
        rows.iter().map(held).collect()
    }

    /// At most `limit` suppressions that stand, after this one, oldest first.
    pub async fn suppressions(
        &self,
        team: TeamId,
        after: Option<SuppressionId>,
        limit: u32,
    ) -> Result<Vec<SuppressionRow>, StoreError> {
        let after = after.map_or_else(|| [0; 16], key);
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(
            "select suppression_id, email, lead_id, why, created_at
             from suppressions
             where team_id = $1 and suppression_id > $2 and lifted_at is null
             order by suppression_id
             limit $3",
        )
        .bind(key(team))
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&mut reader)
        .await?;
        rows.iter().map(suppression_row).collect()
    }

    /// The suppression of an address, if it stands.
    pub async fn suppression_of(
        &self,
        team: TeamId,
        address: EmailKey,
    ) -> Result<Option<SuppressionRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select suppression_id, email, lead_id, why, created_at
             from suppressions
             where team_id = $1 and email_key = $2 and lifted_at is null",
        )
        .bind(key(team))
        .bind(address.0)
        .fetch_optional(&mut reader)
        .await?;
        row.as_ref().map(suppression_row).transpose()
    }

    /// Who reads a team's replies.
    pub async fn qualifier(&self, team: TeamId) -> Result<QualifierRow, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select kind, base_url, model, sealed_key, thresholds
             from qualifiers
             where team_id = $1",
        )
        .bind(key(team))
        .fetch_optional(&mut reader)
        .await?;
        let Some(row) = row else { return Ok(QualifierRow::default()) };
        let fields = Fields::new(&row, "qualifiers");
        Ok(QualifierRow {
            kind: fields.word(0)?,
            base_url: fields.optional_text(1)?,
            model: fields.optional_text(2)?,
            sealed_key: fields.optional(3, Fields::blob)?,
            thresholds: fields.optional_text(4)?,
        })
    }
}

/// The list of conversations in review by how long they wait.
pub(super) fn by_wait(
    team: TeamId,
    after: Option<(Instant, ConversationId)>,
    limit: u32,
) -> QueryBuilder<'static> {
    let mut query = QueryBuilder::new(IN_REVIEW);
    query.push_bind(key(team)).push(" and status = 'in_review'");
    if let Some((since, conversation)) = after {
        query.push(" and (review_since, conversation_id) > (").push_bind(since.as_micros());
        query.push(", ").push_bind(key(conversation)).push(")");
    }
    query.push(" order by review_since, conversation_id limit ").push_bind(i64::from(limit));
    query
}

pub(super) fn suppression_row(row: &db::Row) -> Result<SuppressionRow, StoreError> {
    let fields = Fields::new(row, "suppressions");
    Ok(SuppressionRow {
        id: fields.id(0)?,
        email: fields.optional_text(1)?,
        lead: fields.optional_id(2)?,
        why: fields.word(3)?,
        created_at: fields.instant(4)?,
    })
}
