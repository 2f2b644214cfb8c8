//! Leads with their personal fields.

use std::collections::BTreeMap;

use rondo_core::Instant;
use rondo_core::detail::Attribute;
use rondo_core::event::OwnerSource;
use rondo_core::ids::{CampaignId, LeadId, RepId, TeamId};
use rondo_core::text::EmailKey;

use super::IDS_MAX;
use super::way::{self, Way};
use crate::db::QueryBuilder;
use crate::fields::{Fields, key};
use crate::rows::Values;
use crate::{Store, StoreError, db};

/// A lead who was not erased.
#[derive(Clone, PartialEq)]
pub struct LeadRow {
    /// The lead.
    pub lead: LeadId,
    /// When the team first heard of them.
    pub created_at: Instant,
    /// The owner as the row says: transfers are not resolved.
    pub owner: Option<(RepId, OwnerSource)>,
    /// Whether a conversation of theirs was qualified.
    pub is_high_intent: bool,
    /// The address.
    pub email: String,
    /// Full name.
    pub name: Option<String>,
    /// Where they work.
    pub company: Option<String>,
    /// The id in the customer's own system.
    pub external_id: Option<String>,
    /// Whatever else is known.
    pub attributes: BTreeMap<String, Attribute>,
}

/// Hides the person: debug output reaches logs.
impl std::fmt::Debug for LeadRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LeadRow({})", self.lead)
    }
}

/// Which leads are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeadFilter {
    /// The one with this address.
    pub email: Option<EmailKey>,
    /// Those whose row names one of these reps as owner.
    pub owners: Option<Vec<RepId>>,
    /// Those with a conversation in this campaign.
    pub campaign: Option<CampaignId>,
    /// Those with, or without, a qualified conversation.
    pub is_high_intent: Option<bool>,
}

pub(super) const LEAD: &str = "select l.lead_id, l.created_at, l.owner_id, l.owner_source, l.is_high_intent, l.email, l.name, \
     l.company, l.external_id, l.attributes from leads l where l.erased_at is null and l.team_id = ";

/// Begins with the campaign's: `cross join` tells SQLite the order.
const LEAD_OF_CAMPAIGN: &str = "select l.lead_id, l.created_at, l.owner_id, l.owner_source, l.is_high_intent, l.email, \
     l.name, l.company, l.external_id, l.attributes from conversations c cross join leads l \
     where l.team_id = c.team_id and l.lead_id = c.lead_id and l.erased_at is null and c.team_id = ";

impl LeadRow {
    fn read(row: &db::Row) -> Result<Self, StoreError> {
        let fields = Fields::new(row, "leads");
        let owner = match (fields.optional_id(2)?, fields.optional(3, Fields::word)?) {
            (Some(rep), Some(source)) => Some((rep, source)),
            _ => None,
        };
        Ok(Self {
            lead: fields.id(0)?,
            created_at: fields.instant(1)?,
            owner,
            is_high_intent: fields.flag(4)?,
            email: fields.text(5)?,
            name: fields.optional_text(6)?,
            company: fields.optional_text(7)?,
            external_id: fields.optional_text(8)?,
            attributes: fields.optional(9, Fields::json)?.unwrap_or_default(),
        })
    }
}

impl Store {
    /// Leads, oldest first.
    pub async fn leads(
        &self,
        team: TeamId,
        filter: &LeadFilter,
        after: Option<LeadId>,
        limit: u32,
    ) -> Result<Vec<LeadRow>, StoreError> {
        self.leads_on(team, filter, Way::OldestFirst { after }, limit).await
    }

    /// Leads, newest first: those before this one, where one is given.
    pub async fn leads_before(
        &self,
        team: TeamId,
        filter: &LeadFilter,
        before: Option<LeadId>,
        limit: u32,
    ) -> Result<Vec<LeadRow>, StoreError> {
        self.leads_on(team, filter, Way::NewestFirst { before }, limit).await
    }

    async fn leads_on(
        &self,
        team: TeamId,
        filter: &LeadFilter,
        way: Way<LeadId>,
        limit: u32,
    ) -> Result<Vec<LeadRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let mut found = Vec::new();
        for query in lists(team, filter, way, limit) {
            for row in query.build().fetch_all(&mut reader).await? {
                found.push(LeadRow::read(&row)?);
            }
        }
        found.sort_unstable_by(|one, other| way.order(&key(one.lead), &key(other.lead)));
        found.truncate(limit as usize);
        Ok(found)
    }

    /// Those of these leads who were not erased, in no order.
    pub async fn leads_named(
        &self,
        team: TeamId,
        leads: &[LeadId],
    ) -> Result<Vec<LeadRow>, StoreError> {
        let mut found = Vec::with_capacity(leads.len());
        let mut reader = self.of(team).reader().await?;
        for part in leads.chunks(IDS_MAX) {
            let mut query = QueryBuilder::new(LEAD);
            query.push_bind(key(team)).push(" and l.lead_id in (");
            query.push_list(part.iter().map(|lead| key(*lead))).push(")");
            for row in query.build().fetch_all(&mut reader).await? {
                found.push(LeadRow::read(&row)?);
            }
        }
        Ok(found)
    }

    /// A lead who was not erased.
    pub async fn lead(&self, team: TeamId, lead: LeadId) -> Result<Option<LeadRow>, StoreError> {
        let mut query = QueryBuilder::new(LEAD);
        query.push_bind(key(team)).push(" and l.lead_id = ").push_bind(key(lead));
        let mut reader = self.of(team).reader().await?;
        let row = query.build().fetch_optional(&mut reader).await?;
        row.as_ref().map(LeadRow::read).transpose()
    }

    /// Whether there is such a lead, or was before they were erased.
    pub async fn has_had_lead(&self, team: TeamId, lead: LeadId) -> Result<bool, StoreError> {
        let values = Values::bound(|values| {
            values.id(team);
            values.id(lead);
        });
        let mut reader = self.of(team).reader().await?;
        let row = db::query_with(
            "select team_id, lead_id
             from leads
             where team_id = $1 and lead_id = $2",
            values,
        )
        .fetch_optional(&mut reader)
        .await?;
        Ok(row.is_some())
    }
}

/// The lists whose first rows together are those of the one that is wanted: one for each owner, since a list of several
/// would be sorted whole.
fn lists(
    team: TeamId,
    filter: &LeadFilter,
    way: Way<LeadId>,
    limit: u32,
) -> Vec<QueryBuilder<'static>> {
    match (filter.campaign, &filter.email) {
        // One lead at most has an address.
        (_, Some(_)) => vec![of_team(LEAD, team, filter, way, limit)],
        (Some(campaign), None) => vec![of_campaign(team, campaign, filter, way, limit)],
        (None, None) => lists_of_team(LEAD, team, filter, way, limit),
    }
}

/// The same of the team's leads, as these statements begin.
pub(super) fn lists_of_team(
    select: &'static str,
    team: TeamId,
    filter: &LeadFilter,
    way: Way<LeadId>,
    limit: u32,
) -> Vec<QueryBuilder<'static>> {
    let Some(owners) = &filter.owners else {
        return vec![of_team(select, team, filter, way, limit)];
    };
    let of = |owner: &RepId| LeadFilter { owners: Some(vec![*owner]), ..filter.clone() };
    owners.iter().map(|owner| of_team(select, team, &of(owner), way, limit)).collect()
}

/// A list of a campaign's leads.
pub(super) fn of_campaign(
    team: TeamId,
    campaign: CampaignId,
    filter: &LeadFilter,
    way: Way<LeadId>,
    limit: u32,
) -> QueryBuilder<'static> {
    let mut query = QueryBuilder::new(LEAD_OF_CAMPAIGN);
    query.push_bind(key(team)).push(" and c.campaign_id = ").push_bind(key(campaign));
    narrow(&mut query, filter);
    way.go_on(&mut query, way::LEAD_OF_CONVERSATION, limit);
    query
}

/// A list of the team's leads, as this statement begins.
pub(super) fn of_team(
    select: &'static str,
    team: TeamId,
    filter: &LeadFilter,
    way: Way<LeadId>,
    limit: u32,
) -> QueryBuilder<'static> {
    let mut query = QueryBuilder::new(select);
    query.push_bind(key(team));
    narrow(&mut query, filter);
    if let Some(campaign) = filter.campaign {
        query
            .push(
                " and exists (select 1 from conversations c where c.team_id = l.team_id \
                 and c.lead_id = l.lead_id and c.campaign_id = ",
            )
            .push_bind(key(campaign))
            .push(")");
    }
    way.go_on(&mut query, way::LEAD, limit);
    query
}

fn narrow(query: &mut QueryBuilder<'_>, filter: &LeadFilter) {
    if let Some(EmailKey(bytes)) = filter.email {
        query.push(" and l.email_key = ").push_bind(bytes);
    }
    if let Some(owners) = &filter.owners {
        query.push(" and l.owner_id in (");
        query.push_list(owners.iter().map(|owner| key(*owner)));
        query.push(")");
    }
    if let Some(is_high_intent) = filter.is_high_intent {
        query.push(" and l.is_high_intent = ").push_bind(i64::from(is_high_intent));
    }
}
