//! What a campaign is to write next, and whose first word is awaited.

use rondo_core::Instant;
use rondo_core::detail::{LeadFields, StepText};
use rondo_core::ids::{AssignmentId, CampaignId, ConversationId, LeadId, RepId, TeamId};
use rondo_core::text::EmailKey;

use crate::db::QueryBuilder;
use crate::fields::{Fields, key};
use crate::{Store, StoreError, db};

/// A lead to whom a campaign's next message is due.
#[derive(Clone, PartialEq)]
pub struct DueStep {
    /// The conversation.
    pub conversation: ConversationId,
    /// The lead.
    pub lead: LeadId,
    /// Which of the messages, counted from 0.
    pub step: u16,
    /// When the lead joined.
    pub joined_at: Instant,
    /// When it is due; none for the first, which is due some time after the lead joined.
    pub due_at: Option<Instant>,
    /// The subject of the last message of a campaign in the conversation.
    pub last_subject: Option<String>,
    /// The lead's address.
    pub email: String,
    /// What else is known of the lead.
    pub fields: LeadFields,
    /// Whether the address is suppressed.
    pub is_suppressed: bool,
}

/// Hides the person: debug output reaches logs.
impl std::fmt::Debug for DueStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DueStep").field("conversation", &self.conversation).finish_non_exhaustive()
    }
}

/// An assignment whose rep has not written yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwaitedRep {
    /// The assignment.
    pub assignment: AssignmentId,
    /// The rep.
    pub rep: RepId,
    /// Since the handover, or since the last reminder.
    pub since: Instant,
    /// How often somebody was reminded.
    pub reminders: u64,
}

const DUE: &str = "select c.conversation_id, c.lead_id, c.next_step, c.created_at, l.email, l.name, l.company, \
     l.external_id, l.attributes, s.suppression_id, c.next_at, m.subject \
     from conversations c \
     join leads l on l.team_id = c.team_id and l.lead_id = c.lead_id \
     left join suppressions s on s.team_id = l.team_id and s.email_key = l.email_key and s.lifted_at is null \
     left join messages m on m.team_id = c.team_id and m.conversation_id = c.conversation_id \
     and m.kind = 'step' and m.step = c.next_step - 1 \
     where l.email is not null and c.team_id = ";

impl Store {
    /// At most `limit` leads of a campaign whom nobody has written to, in the order in which they joined, after this
    /// one.
    pub async fn unwritten(
        &self,
        team: TeamId,
        campaign: CampaignId,
        after: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<DueStep>, StoreError> {
        let mut query = QueryBuilder::new(DUE);
        query.push_bind(key(team)).push(" and c.campaign_id = ").push_bind(key(campaign));
        query.push(" and c.status = 'awaiting_assistant'");
        if let Some(after) = after {
            query.push(" and c.conversation_id > ").push_bind(key(after));
        }
        query.push(" order by c.conversation_id limit ");
        query.push_bind(i64::from(limit));
        let mut reader = self.of(team).reader().await?;
        let rows = query.build().fetch_all(&mut reader).await?;
        rows.iter().map(due_step).collect()
    }

    /// At most `limit` leads of a campaign to whom a message that follows up is due at `now`, the longest due first.
    pub async fn follow_ups_due(
        &self,
        team: TeamId,
        campaign: CampaignId,
        now: Instant,
        limit: u32,
    ) -> Result<Vec<DueStep>, StoreError> {
        let mut query = QueryBuilder::new(DUE);
        query.push_bind(key(team)).push(" and c.campaign_id = ").push_bind(key(campaign));
        query.push(" and c.status = 'awaiting_lead' and c.next_at <= ").push_bind(now.as_micros());
        query.push(" order by c.next_at, c.conversation_id limit ").push_bind(i64::from(limit));
        let mut reader = self.of(team).reader().await?;
        let rows = query.build().fetch_all(&mut reader).await?;
        rows.iter().map(due_step).collect()
    }

    /// A lead's conversation in a campaign, as the campaign's message to them would find it.
    pub async fn step_for(
        &self,
        team: TeamId,
        campaign: CampaignId,
        lead: LeadId,
    ) -> Result<Option<DueStep>, StoreError> {
        let mut query = QueryBuilder::new(DUE);
        query.push_bind(key(team)).push(" and c.lead_id = ").push_bind(key(lead));
        query.push(" and c.campaign_id = ").push_bind(key(campaign));
        let mut reader = self.of(team).reader().await?;
        let row = query.build().fetch_optional(&mut reader).await?;
        row.as_ref().map(due_step).transpose()
    }

    /// The texts of a campaign's messages, in order.
    pub async fn campaign_texts(
        &self,
        team: TeamId,
        campaign: CampaignId,
    ) -> Result<Vec<StepText>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(
            "select campaign_id, subject, body, body_html
             from campaign_texts
             where team_id = $1 and campaign_id = $2
             order by step",
        )
        .bind(key(team))
        .bind(key(campaign))
        .fetch_all(&mut reader)
        .await?;
        let text = |row| {
            let fields = Fields::new(row, "campaign_texts");
            Ok(StepText {
                subject: fields.optional_text(1)?,
                body: fields.text(2)?,
                body_html: fields.optional_text(3)?,
            })
        };
        rows.iter().map(text).collect()
    }

    /// The addresses of at most `limit` admins, those who were added first first.
    pub async fn admin_addresses(
        &self,
        team: TeamId,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(
            "select user_id, email
             from users
             where team_id = $1 and role = 'admin' and email is not null and removed_at is null
             order by user_id
             limit $2",
        )
        .bind(key(team))
        .bind(i64::from(limit))
        .fetch_all(&mut reader)
        .await?;
        rows.iter().map(|row| Fields::new(row, "users").text(1)).collect()
    }

    /// Whether somebody who may sign in, or a present rep, has this address.
    pub async fn is_of_team(&self, team: TeamId, email: EmailKey) -> Result<bool, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let user = db::query(
            "select user_id
             from users
             where team_id = $1 and email_key = $2 and removed_at is null",
        )
        .bind(key(team))
        .bind(&email.0[..])
        .fetch_optional(&mut reader)
        .await?;
        if user.is_some() {
            return Ok(true);
        }
        let rep = db::query(
            "select rep_id
             from reps
             where team_id = $1 and email_key = $2 and removed_at is null",
        )
        .bind(key(team))
        .bind(&email.0[..])
        .fetch_optional(&mut reader)
        .await?;
        Ok(rep.is_some())
    }

    /// At most `limit` assignments whose rep is awaited since before `before`, the longest first.
    pub async fn awaited_reps(
        &self,
        team: TeamId,
        before: Instant,
        limit: u32,
    ) -> Result<Vec<AwaitedRep>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(
            "select assignment_id, rep_id, awaits_rep_since, reminders
             from assignments
             where team_id = $1 and awaits_rep_since < $2 and is_standing = 1
             order by awaits_rep_since, n
             limit $3",
        )
        .bind(key(team))
        .bind(before.as_micros())
        .bind(i64::from(limit))
        .fetch_all(&mut reader)
        .await?;
        let awaited = |row| {
            let fields = Fields::new(row, "assignments");
            Ok(AwaitedRep {
                assignment: fields.id(0)?,
                rep: fields.id(1)?,
                since: fields.instant(2)?,
                reminders: fields.number(3)?,
            })
        };
        rows.iter().map(awaited).collect()
    }
}

fn due_step(row: &db::Row) -> Result<DueStep, StoreError> {
    let fields = Fields::new(row, "conversations");
    let of_lead = fields.of("leads");
    Ok(DueStep {
        conversation: fields.id(0)?,
        lead: fields.id(1)?,
        step: fields.number(2)?.try_into().map_err(|_| fields.corrupt(2))?,
        joined_at: fields.instant(3)?,
        email: of_lead.text(4)?,
        fields: LeadFields {
            name: of_lead.optional_text(5)?,
            company: of_lead.optional_text(6)?,
            external_id: of_lead.optional_text(7)?,
            attributes: of_lead.optional(8, Fields::json)?.unwrap_or_default(),
        },
        is_suppressed: !fields.is_null(9),
        due_at: fields.optional_instant(10)?,
        last_subject: fields.of("messages").optional_text(11)?,
    })
}
