//! Assignments with their reasons, which stand in the ledger.

use rondo_core::event::{Decision, Outcome};
use rondo_core::ids::{AssignmentId, CampaignId, ConversationId, LeadId, RepId, TeamId};
use rondo_core::{Event, Instant};

use super::IDS_MAX;
use crate::db::QueryBuilder;
use crate::fields::{Fields, key, number};
use crate::{Store, StoreError, db};

/// An assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentRow {
    /// The ledger number at which it was decided.
    pub n: u64,
    /// The conversation that was assigned.
    pub conversation: ConversationId,
    /// Its lead.
    pub lead: LeadId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// When it was decided.
    pub decided_at: Instant,
    /// Not passed on since.
    pub is_standing: bool,
    /// The assignment that stood before, where a person passed the lead on.
    pub passed_on_from: Option<AssignmentId>,
    /// The note with which a person passed the lead on.
    pub note: Option<String>,
    /// The decision, with its reasons.
    pub decision: Decision,
}

/// An assignment that is looked at, by what it is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldRow {
    /// The ledger number at which it was decided.
    pub n: u64,
    /// The assignment.
    pub assignment: AssignmentId,
    /// The conversation that was assigned.
    pub conversation: ConversationId,
    /// Its lead.
    pub lead: LeadId,
    /// Not passed on since.
    pub is_standing: bool,
}

/// Which assignments are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssignmentFilter {
    /// Those to this rep.
    pub rep: Option<RepId>,
    /// Those of this campaign.
    pub campaign: Option<CampaignId>,
    /// Those decided at or after this instant.
    pub since: Option<Instant>,
    /// Those decided before this instant.
    pub until: Option<Instant>,
}

const ASSIGNMENT: &str = "select a.n, a.conversation_id, a.lead_id, a.campaign_id, a.decided_at, a.is_standing, l.body, a.note \
     from assignments a join ledger l on l.team_id = a.team_id and l.n = a.n where a.team_id = ";

/// Without the reasons, which are many times as long.
const HELD: &str = "select a.n, a.assignment_id, a.conversation_id, a.lead_id, a.is_standing \
     from assignments a where a.team_id = ";

impl AssignmentRow {
    fn read(row: &db::Row) -> Result<Self, StoreError> {
        let fields = Fields::new(row, "assignments");
        let (decision, passed_on_from) = match fields.of("ledger").json(6)? {
            Event::Qualified { outcome: Outcome::Assigned(decision), .. }
            | Event::WaitingAssigned { decision, .. } => (decision, None),
            Event::Reassigned { decision, from, .. } => (decision, Some(from)),
            _ => return Err(fields.of("ledger").corrupt(6)),
        };
        Ok(Self {
            n: fields.number(0)?,
            conversation: fields.id(1)?,
            lead: fields.id(2)?,
            campaign: fields.id(3)?,
            decided_at: fields.instant(4)?,
            is_standing: fields.flag(5)?,
            passed_on_from,
            note: fields.optional_text(7)?,
            decision,
        })
    }
}

impl HeldRow {
    fn read(row: &db::Row) -> Result<Self, StoreError> {
        let fields = Fields::new(row, "assignments");
        Ok(Self {
            n: fields.number(0)?,
            assignment: fields.id(1)?,
            conversation: fields.id(2)?,
            lead: fields.id(3)?,
            is_standing: fields.flag(4)?,
        })
    }
}

/// Whose assignments are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignmentsOf {
    /// Those to this rep.
    Rep(RepId),
    /// Those of this campaign.
    Campaign(CampaignId),
}

/// The ledger numbers that a list is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) first: u64,
    /// The number after the last, where there is one.
    pub(super) end: Option<u64>,
}

/// In which order a list comes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Order {
    OldestFirst,
    NewestFirst,
}

impl Store {
    /// Assignments in the order in which they were decided, after this ledger number.
    pub async fn assignments(
        &self,
        team: TeamId,
        filter: &AssignmentFilter,
        after: u64,
        limit: u32,
    ) -> Result<Vec<AssignmentRow>, StoreError> {
        let span = Span { first: after.saturating_add(1), end: None };
        self.assignments_within(team, filter, span, Order::OldestFirst, limit).await
    }

    /// Assignments, the last decided first: those before this ledger number, where one is given.
    pub async fn assignments_before(
        &self,
        team: TeamId,
        filter: &AssignmentFilter,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<AssignmentRow>, StoreError> {
        let span = Span { first: 0, end: before };
        self.assignments_within(team, filter, span, Order::NewestFirst, limit).await
    }

    /// Assignments that are looked at, the last decided first: those before this ledger number, where one is given.
    pub async fn assignments_to_find(
        &self,
        team: TeamId,
        filter: &AssignmentFilter,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<HeldRow>, StoreError> {
        let span = Span { first: 0, end: before };
        let rows = self.rows_within(HELD, team, filter, span, (Order::NewestFirst, limit)).await?;
        rows.iter().map(HeldRow::read).collect()
    }

    async fn assignments_within(
        &self,
        team: TeamId,
        filter: &AssignmentFilter,
        span: Span,
        order: Order,
        limit: u32,
    ) -> Result<Vec<AssignmentRow>, StoreError> {
        let rows = self.rows_within(ASSIGNMENT, team, filter, span, (order, limit)).await?;
        rows.iter().map(AssignmentRow::read).collect()
    }

    async fn rows_within(
        &self,
        select: &'static str,
        team: TeamId,
        filter: &AssignmentFilter,
        mut span: Span,
        (order, limit): (Order, u32),
    ) -> Result<Vec<db::Row>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        if let Some(since) = filter.since {
            span.first = span.first.max(first_entry_at(&mut reader, team, since).await?);
        }
        if let Some(until) = filter.until {
            let end = first_entry_at(&mut reader, team, until).await?;
            span.end = Some(span.end.map_or(end, |known| known.min(end)));
        }
        let mut query = QueryBuilder::new(select);
        query.push_bind(key(team));
        if filter.rep.is_none() && filter.campaign.is_none() {
            narrow(&mut query, span, None, None);
        } else {
            let numbers = numbers_of(team, (filter.rep, filter.campaign), span, order, limit);
            let rows = numbers.build().fetch_all(&mut reader).await?;
            let number_of = |row| Fields::new(row, "assignments").number(0).map(number);
            let numbers: Vec<_> = rows.iter().map(number_of).collect::<Result<_, _>>()?;
            if numbers.is_empty() {
                return Ok(Vec::new());
            }
            query.push(" and a.n in (").push_list(numbers).push(")");
        }
        sort(&mut query, order, limit);
        query.build().fetch_all(&mut reader).await
    }

    /// The latest assignments to a rep, or of a campaign, the last one first; those before this ledger number where one
    /// is given.
    pub async fn assignments_latest(
        &self,
        team: TeamId,
        of: AssignmentsOf,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<AssignmentRow>, StoreError> {
        let filter = match of {
            AssignmentsOf::Rep(rep) => AssignmentFilter { rep: Some(rep), ..Default::default() },
            AssignmentsOf::Campaign(campaign) => {
                AssignmentFilter { campaign: Some(campaign), ..Default::default() }
            }
        };
        self.assignments_before(team, &filter, before, limit).await
    }

    /// The latest assignments of any of these campaigns, the last one first.
    pub async fn assignments_latest_of(
        &self,
        team: TeamId,
        campaigns: &[CampaignId],
        limit: u32,
    ) -> Result<Vec<AssignmentRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let mut numbers: Vec<u64> = Vec::new();
        for campaign in campaigns {
            let rows = db::query(
                "select n
                 from assignments
                 where team_id = $1 and campaign_id = $2
                 order by n desc
                 limit $3",
            )
            .bind(key(team))
            .bind(key(*campaign))
            .bind(i64::from(limit))
            .fetch_all(&mut reader)
            .await?;
            for row in &rows {
                numbers.push(Fields::new(row, "assignments").number(0)?);
            }
        }
        numbers.sort_unstable_by(|one, other| other.cmp(one));
        numbers.truncate(IDS_MAX.min(limit as usize));
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = QueryBuilder::new(ASSIGNMENT);
        query.push_bind(key(team)).push(" and a.n in (");
        query.push_list(numbers.into_iter().map(number)).push(") order by a.n desc");
        let rows = query.build().fetch_all(&mut reader).await?;
        rows.iter().map(AssignmentRow::read).collect()
    }

    /// An assignment, standing or not.
    pub async fn assignment(
        &self,
        team: TeamId,
        assignment: AssignmentId,
    ) -> Result<Option<AssignmentRow>, StoreError> {
        Ok(self.assignments_named(team, &[assignment]).await?.pop())
    }

    /// These assignments, in the order in which they were decided.
    pub async fn assignments_named(
        &self,
        team: TeamId,
        assignments: &[AssignmentId],
    ) -> Result<Vec<AssignmentRow>, StoreError> {
        let mut found = Vec::with_capacity(assignments.len());
        let mut reader = self.of(team).reader().await?;
        for part in assignments.chunks(IDS_MAX) {
            let mut query = QueryBuilder::new(ASSIGNMENT);
            query.push_bind(key(team)).push(" and a.assignment_id in (");
            query.push_list(part.iter().map(|assignment| key(*assignment)));
            query.push(")");
            for row in query.build().fetch_all(&mut reader).await? {
                found.push(AssignmentRow::read(&row)?);
            }
        }
        // Not by the statement: SQLite would walk through all assignments in that order.
        found.sort_unstable_by_key(|row| row.n);
        Ok(found)
    }
}

/// The ledger numbers of assignments to a rep, of a campaign, or both: the index by rep has both, and that by campaign the
/// rest, so that no other row is read. With more beside them, SQLite would rather walk through those of the team.
pub(super) fn numbers_of(
    team: TeamId,
    (rep, campaign): (Option<RepId>, Option<CampaignId>),
    span: Span,
    order: Order,
    limit: u32,
) -> QueryBuilder<'static> {
    let mut query = QueryBuilder::new("select a.n from assignments a where a.team_id = ");
    query.push_bind(key(team));
    narrow(&mut query, span, rep, campaign);
    sort(&mut query, order, limit);
    query
}

fn narrow(
    query: &mut QueryBuilder<'_>,
    span: Span,
    rep: Option<RepId>,
    campaign: Option<CampaignId>,
) {
    query.push(" and a.n >= ").push_bind(number(span.first));
    if let Some(end) = span.end {
        query.push(" and a.n < ").push_bind(number(end));
    }
    if let Some(rep) = rep {
        query.push(" and a.rep_id = ").push_bind(key(rep));
    }
    if let Some(campaign) = campaign {
        query.push(" and a.campaign_id = ").push_bind(key(campaign));
    }
}

fn sort(query: &mut QueryBuilder<'_>, order: Order, limit: u32) {
    query.push(match order {
        Order::OldestFirst => " order by a.n limit ",
        Order::NewestFirst => " order by a.n desc limit ",
    });
    query.push_bind(i64::from(limit));
}

/// The number of the first entry at or after this instant; one more than the last when all are earlier.
///
/// Entries ascend in time as in number, so the number is found by halving: a dozen look-ups by primary key, and no
/// index to be kept for it.
pub(super) async fn first_entry_at(
    reader: &mut db::Connection,
    team: TeamId,
    at: Instant,
) -> Result<u64, StoreError> {
    let row = db::query("select revision from teams where team_id = $1")
        .bind(key(team))
        .fetch_optional(reader)
        .await?;
    let revision = row.map_or(Ok(0), |row| Fields::new(&row, "teams").number(0))?;
    let (mut low, mut high) = (1, revision + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let row = db::query("select at from ledger where team_id = $1 and n = $2")
            .bind(key(team))
            .bind(number(middle))
            .fetch_one(reader)
            .await?;
        if Fields::new(&row, "ledger").instant(0)? < at {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}
