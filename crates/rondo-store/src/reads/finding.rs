//! Leads and conversations with what they are found by, for whoever looks through them.

use rondo_core::ids::{ConversationId, LeadId, TeamId};

use super::IDS_MAX;
use super::conversations::{self, ConversationFilter};
use super::leads::{self, LeadFilter};
use super::way::Way;
use crate::db::QueryBuilder;
use crate::fields::{Fields, key};
use crate::{Store, StoreError, db};

/// A lead who was not erased, with what they are found by.
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
    fn read(row: &db::Row) -> Result<Self, StoreError> {
        let fields = Fields::new(row, "leads");
        Ok(Self {
            lead: fields.id(0)?,
            email: fields.text(1)?,
            name: fields.optional_text(2)?,
            company: fields.optional_text(3)?,
        })
    }
}

/// The columns that leads are found by alone: their attributes are many times as long.
const FOUND_BY: &str = "select l.lead_id, l.email, l.name, l.company from leads l where l.erased_at is null and l.team_id = ";

const WITH_LEAD: &str = "select v.conversation_id, v.lead_id from conversations v \
     join campaigns c on c.team_id = v.team_id and c.campaign_id = v.campaign_id \
     left join waiting w on w.team_id = v.team_id and w.conversation_id = v.conversation_id \
     where v.team_id = ";

impl Store {
    /// Leads with what they are found by, newest first: those before this one, where one is given.
    pub async fn leads_to_find(
        &self,
        team: TeamId,
        filter: &LeadFilter,
        before: Option<LeadId>,
        limit: u32,
    ) -> Result<Vec<FoundByRow>, StoreError> {
        let query = leads::of_team(FOUND_BY, team, filter, Way::NewestFirst { before }, limit);
        let mut reader = self.of(team).reader().await?;
        let rows = query.build().fetch_all(&mut reader).await?;
        rows.iter().map(FoundByRow::read).collect()
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
                found.push(FoundByRow::read(&row)?);
            }
        }
        Ok(found)
    }

    /// Conversations with their leads, newest first: those before this one, where one is given.
    pub async fn conversations_to_find(
        &self,
        team: TeamId,
        filter: &ConversationFilter,
        before: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<(ConversationId, LeadId)>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let way = Way::NewestFirst { before };
        let rows = conversations::rows_on(&mut reader, WITH_LEAD, team, filter, way, limit).await?;
        let pair = |row| {
            let fields = Fields::new(row, "conversations");
            Ok((fields.id(0)?, fields.id(1)?))
        };
        rows.iter().map(pair).collect()
    }
}
