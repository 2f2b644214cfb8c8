//! Leads and conversations with what they are found by, for whoever looks through them.

use rondo_core::ids::{CampaignId, ConversationId, LeadId, TeamId};

use super::IDS_MAX;
use super::conversations::{self, ConversationFilter};
use super::leads::{self, LeadFilter};
use super::way::{self, Way};
use crate::db::QueryBuilder;
use crate::fields::{Fields, key};
use crate::words::Word;
use crate::{ConversationStatus, Store, StoreError, db};

/// A lead with what they are found by.
#[derive(Clone, PartialEq, Eq)]
pub struct FoundByRow {
    /// The lead.
    pub lead: LeadId,
    /// The address.
    pub email: String,
    /// Full name.
    pub name: Option<String>,
    /// Where they work.
    pub company: Option<String>,
}

/// Hides the person: debug output reaches logs.
impl std::fmt::Debug for FoundByRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FoundByRow({})", self.lead)
    }
}

impl FoundByRow {
    /// None of one who was erased.
    fn read(row: &db::Row) -> Result<Option<Self>, StoreError> {
        let fields = Fields::new(row, "leads");
        let Some(email) = fields.optional_text(1)? else { return Ok(None) };
        Ok(Some(Self {
            lead: fields.id(0)?,
            email,
            name: fields.optional_text(2)?,
            company: fields.optional_text(3)?,
        }))
    }
}

/// The columns that leads are found by alone: their attributes are many times as long.
const FOUND_BY: &str =
    "select l.lead_id, l.email, l.name, l.company from leads l where l.team_id = ";

/// Conversations with how they stand, which is compared beside the database: a statement that narrows by more than its
/// index has reads rows that nobody counts.
pub(super) const WITH_LEAD: &str = "select v.conversation_id, v.lead_id, v.campaign_id, \
     case when c.status = 'cancelled' and v.status in ('awaiting_lead', 'awaiting_assistant') \
     then 'cancelled' else v.status end, \
     case when v.mailbox_id is null and v.next_at is null then 0 else 1 end, w.since \
     from conversations v \
     join campaigns c on c.team_id = v.team_id and c.campaign_id = v.campaign_id \
     left join waiting w on w.team_id = v.team_id and w.conversation_id = v.conversation_id \
     where v.team_id = ";

/// How a conversation stands that is looked at.
struct StandingRow {
    conversation: ConversationId,
    lead: LeadId,
    campaign: CampaignId,
    status: ConversationStatus,
    is_begun: bool,
    is_waiting: bool,
}

impl StandingRow {
    fn read(row: &db::Row) -> Result<Self, StoreError> {
        let fields = Fields::new(row, "conversations");
        Ok(Self {
            conversation: fields.id(0)?,
            lead: fields.id(1)?,
            campaign: fields.id(2)?,
            status: fields.word(3)?,
            is_begun: fields.flag(4)?,
            is_waiting: !fields.is_null(5),
        })
    }

    fn fits(&self, filter: &ConversationFilter) -> bool {
        let awaits = self.status == ConversationStatus::AwaitingAssistant;
        filter.status.is_none_or(|status| status == self.status)
            && filter.lead.is_none_or(|lead| lead == self.lead)
            && filter.campaign.is_none_or(|campaign| campaign == self.campaign)
            && filter.is_begun.is_none_or(|is_begun| !awaits || is_begun == self.is_begun)
            && (self.is_waiting || !filter.is_waiting)
    }
}

impl Store {
    /// Leads that are looked at, newest first: those before this one, where one is given. Each is told, those who were
    /// erased too, with what they are found by: where there are fewer than could be, no more are left.
    pub async fn leads_to_find(
        &self,
        team: TeamId,
        filter: &LeadFilter,
        before: Option<LeadId>,
        limit: u32,
    ) -> Result<Vec<(LeadId, Option<FoundByRow>)>, StoreError> {
        let way = Way::NewestFirst { before };
        let mut reader = self.of(team).reader().await?;
        let mut looked = Vec::new();
        for query in leads::lists_of_team(FOUND_BY, team, filter, way, limit) {
            for row in query.build().fetch_all(&mut reader).await? {
                looked.push((Fields::new(&row, "leads").id(0)?, FoundByRow::read(&row)?));
            }
        }
        looked.sort_unstable_by(|(one, _), (other, _)| way.order(&key(*one), &key(*other)));
        looked.truncate(limit as usize);
        Ok(looked)
    }

    /// What these leads are found by, in no order; nothing of those who were erased.
    pub async fn leads_found_by(
        &self,
        team: TeamId,
        leads: &[LeadId],
    ) -> Result<Vec<FoundByRow>, StoreError> {
        let mut found = Vec::with_capacity(leads.len());
        let mut reader = self.of(team).reader().await?;
        for part in leads.chunks(IDS_MAX) {
            let mut query = QueryBuilder::new(FOUND_BY);
            query.push_bind(key(team)).push(" and l.lead_id in (");
            query.push_list(part.iter().map(|lead| key(*lead))).push(")");
            for row in query.build().fetch_all(&mut reader).await? {
                found.extend(FoundByRow::read(&row)?);
            }
        }
        Ok(found)
    }

    /// Conversations that are looked at, newest first: those before this one, where one is given. Each is told, with its
    /// lead where it is wanted: where there are fewer than could be, no more are left.
    pub async fn conversations_to_find(
        &self,
        team: TeamId,
        filter: &ConversationFilter,
        before: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<(ConversationId, Option<LeadId>)>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let way = Way::NewestFirst { before };
        let query = match filter {
            ConversationFilter { is_waiting: true, .. } => {
                let waiting = conversations::waiting(team, None, way, limit);
                these(team, conversations::ids(&mut reader, waiting.build()).await?, limit)
            }
            ConversationFilter {
                status: Some(ConversationStatus::Cancelled),
                campaign: None,
                ..
            } => these(team, conversations::cancelled(&mut reader, team, way, limit).await?, limit),
            ConversationFilter { .. } => Some(to_look_at(team, filter, way, limit)),
        };
        match query {
            Some(query) => looked_at(&mut reader, query, filter).await,
            None => Ok(Vec::new()),
        }
    }

    /// These conversations, newest first, each with its lead where it is wanted.
    pub async fn conversations_that_fit(
        &self,
        team: TeamId,
        filter: &ConversationFilter,
        conversations: &[ConversationId],
    ) -> Result<Vec<(ConversationId, Option<LeadId>)>, StoreError> {
        let mut looked = Vec::with_capacity(conversations.len());
        let mut reader = self.of(team).reader().await?;
        for part in conversations.chunks(IDS_MAX) {
            let part: Vec<_> = part.iter().map(|conversation| key(*conversation)).collect();
            let all = u32::try_from(part.len()).unwrap_or(u32::MAX);
            if let Some(query) = these(team, part, all) {
                looked.extend(looked_at(&mut reader, query, filter).await?);
            }
        }
        Ok(looked)
    }
}

async fn looked_at(
    reader: &mut db::Connection,
    query: QueryBuilder<'_>,
    filter: &ConversationFilter,
) -> Result<Vec<(ConversationId, Option<LeadId>)>, StoreError> {
    let rows = query.build().fetch_all(reader).await?;
    let rows = rows.iter().map(StandingRow::read);
    let looked = rows.map(|row| {
        let row = row?;
        Ok((row.conversation, row.fits(filter).then_some(row.lead)))
    });
    looked.collect()
}

/// The conversations to be looked at, as the index of a campaign or of a status has them.
pub(super) fn to_look_at(
    team: TeamId,
    filter: &ConversationFilter,
    way: Way<ConversationId>,
    limit: u32,
) -> QueryBuilder<'static> {
    let mut query = QueryBuilder::new(WITH_LEAD);
    query.push_bind(key(team));
    match (filter.campaign, filter.status) {
        (Some(campaign), _) => {
            query.push(" and v.campaign_id = ").push_bind(key(campaign));
        }
        (None, Some(ConversationStatus::AwaitingAssistant)) if filter.is_begun == Some(true) => {
            query.push(conversations::BEGUN);
        }
        (None, Some(status)) => {
            query.push(" and v.status = ").push_bind(status.word());
        }
        (None, None) => {}
    }
    way.go_on(&mut query, way::CONVERSATION, limit);
    query
}

/// Those that were found before, however they stand by now; nothing where there are none.
fn these(team: TeamId, found: Vec<[u8; 16]>, limit: u32) -> Option<QueryBuilder<'static>> {
    if found.is_empty() {
        return None;
    }
    let mut query = QueryBuilder::new(WITH_LEAD);
    query.push_bind(key(team)).push(" and v.conversation_id in (");
    query.push_list(found).push(")");
    let way = Way::NewestFirst { before: None::<ConversationId> };
    way.go_on(&mut query, way::CONVERSATION, limit);
    Some(query)
}
