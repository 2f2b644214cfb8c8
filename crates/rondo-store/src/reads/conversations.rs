//! Conversations, and where the waiting ones stand.

use std::collections::BTreeMap;

use rondo_core::Instant;
use rondo_core::ids::{AssignmentId, CampaignId, ConversationId, LeadId, MailboxId, RepId, TeamId};
use rondo_core::mail::ReviewReason;

use super::IDS_MAX;
use super::way::{self, Way};
use crate::db::QueryBuilder;
use crate::fields::{Fields, key, number};
use crate::words::Word;
use crate::{ConversationStatus, Store, StoreError, db};

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationRow {
    /// The conversation.
    pub conversation: ConversationId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Its lead.
    pub lead: LeadId,
    /// How it stands: what a cancelled campaign left open reads as cancelled, unless it is in review.
    pub status: ConversationStatus,
    /// The assignment that stands, and its rep.
    pub assignment: Option<(AssignmentId, RepId)>,
    /// Whether it is qualified and nobody could take it yet.
    pub is_waiting: bool,
    /// When it began.
    pub created_at: Instant,
    /// The note with which it was qualified.
    pub note: Option<String>,
    /// Why a person is to look at it, where it is in review.
    pub review_reason: Option<ReviewReason>,
    /// The mailbox through which it is led; none before anything was written.
    pub mailbox: Option<MailboxId>,
    /// When the campaign's next message is due.
    pub next_at: Option<Instant>,
    /// Since when it was in review the last time.
    pub review_since: Instant,
}

/// Which conversations are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationFilter {
    /// Those that stand like this.
    pub status: Option<ConversationStatus>,
    /// Those of this campaign.
    pub campaign: Option<CampaignId>,
    /// Those of this lead.
    pub lead: Option<LeadId>,
    /// Of those that await the assistant: those that have a mailbox or a next message, or the others. A lead who has
    /// joined a campaign and was not written to yet has neither, even if the campaign writes.
    pub is_begun: Option<bool>,
    /// Those alone that wait for a rep.
    pub is_waiting: bool,
}

const CONVERSATION: &str = "select v.conversation_id, v.campaign_id, v.lead_id, \
     case when c.status = 'cancelled' and v.status in ('awaiting_lead', 'awaiting_assistant') \
     then 'cancelled' else v.status end, \
     v.assignment_id, v.rep_id, w.since, v.created_at, v.note, v.review_reason, v.mailbox_id, v.next_at, \
     v.review_since \
     from conversations v \
     join campaigns c on c.team_id = v.team_id and c.campaign_id = v.campaign_id \
     left join waiting w on w.team_id = v.team_id and w.conversation_id = v.conversation_id \
     where v.team_id = ";

impl ConversationRow {
    fn read(row: &db::Row) -> Result<Self, StoreError> {
        let fields = Fields::new(row, "conversations");
        let assignment = match (fields.optional_id(4)?, fields.optional_id(5)?) {
            (Some(assignment), Some(rep)) => Some((assignment, rep)),
            _ => None,
        };
        Ok(Self {
            conversation: fields.id(0)?,
            campaign: fields.id(1)?,
            lead: fields.id(2)?,
            status: fields.word(3)?,
            assignment,
            is_waiting: !fields.is_null(6),
            created_at: fields.instant(7)?,
            note: fields.optional_text(8)?,
            review_reason: fields.optional(9, Fields::word)?,
            mailbox: fields.optional_id(10)?,
            next_at: fields.optional_instant(11)?,
            review_since: fields.instant(12)?,
        })
    }
}

impl Store {
    /// Conversations, oldest first.
    pub async fn conversations(
        &self,
        team: TeamId,
        filter: &ConversationFilter,
        after: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<ConversationRow>, StoreError> {
        self.conversations_on(team, filter, Way::OldestFirst { after }, limit).await
    }

    /// Conversations, newest first: those before this one, where one is given.
    pub async fn conversations_before(
        &self,
        team: TeamId,
        filter: &ConversationFilter,
        before: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<ConversationRow>, StoreError> {
        self.conversations_on(team, filter, Way::NewestFirst { before }, limit).await
    }

    async fn conversations_on(
        &self,
        team: TeamId,
        filter: &ConversationFilter,
        way: Way<ConversationId>,
        limit: u32,
    ) -> Result<Vec<ConversationRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let rows = rows_on(&mut reader, team, filter, way, limit).await?;
        rows.iter().map(ConversationRow::read).collect()
    }

    /// These conversations, in no order.
    pub async fn conversations_named(
        &self,
        team: TeamId,
        conversations: &[ConversationId],
    ) -> Result<Vec<ConversationRow>, StoreError> {
        let mut found = Vec::with_capacity(conversations.len());
        let mut reader = self.of(team).reader().await?;
        for part in conversations.chunks(IDS_MAX) {
            let mut query = QueryBuilder::new(CONVERSATION);
            query.push_bind(key(team)).push(" and v.conversation_id in (");
            query.push_list(part.iter().map(|conversation| key(*conversation))).push(")");
            for row in query.build().fetch_all(&mut reader).await? {
                found.push(ConversationRow::read(&row)?);
            }
        }
        Ok(found)
    }

    /// A conversation.
    pub async fn conversation(
        &self,
        team: TeamId,
        conversation: ConversationId,
    ) -> Result<Option<ConversationRow>, StoreError> {
        let mut query = QueryBuilder::new(CONVERSATION);
        query.push_bind(key(team)).push(" and v.conversation_id = ").push_bind(key(conversation));
        let mut reader = self.of(team).reader().await?;
        let row = query.build().fetch_optional(&mut reader).await?;
        row.as_ref().map(ConversationRow::read).transpose()
    }

    /// How many wait up to and including each of these conversations; nothing for those that do not wait.
    ///
    /// Each queue is walked once, however many of its conversations are asked for.
    pub async fn waiting_positions(
        &self,
        team: TeamId,
        conversations: &[ConversationId],
    ) -> Result<Vec<(ConversationId, u64)>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let mut queues: BTreeMap<[u8; 16], BTreeMap<u64, ConversationId>> = BTreeMap::new();
        for part in conversations.chunks(IDS_MAX) {
            let mut query = QueryBuilder::new(
                "select cursor_id, since, conversation_id from waiting where team_id = ",
            );
            query.push_bind(key(team)).push(" and conversation_id in (");
            query.push_list(part.iter().map(|conversation| key(*conversation))).push(")");
            for row in query.build().fetch_all(&mut reader).await? {
                let fields = Fields::new(&row, "waiting");
                let queue = queues.entry(fields.bytes(0)?).or_default();
                queue.insert(fields.number(1)?, fields.id(2)?);
            }
        }
        let mut found = Vec::with_capacity(conversations.len());
        for (cursor, queue) in queues {
            let places: Vec<u64> = queue.keys().copied().collect();
            let (mut after, mut before) = (0, 0);
            for part in places.chunks(IDS_MAX) {
                let last = *part.last().expect("a chunk holds something");
                let mut query = QueryBuilder::new(
                    "select p.since, p.position from (select since, \
                     row_number() over (order by since) as position from waiting where team_id = ",
                );
                query.push_bind(key(team)).push(" and cursor_id = ").push_bind(cursor);
                query.push(" and since > ").push_bind(number(after));
                query.push(" and since <= ").push_bind(number(last));
                query.push(") p where p.since in (");
                query.push_list(part.iter().map(|since| number(*since))).push(")");
                for row in query.build().fetch_all(&mut reader).await? {
                    let fields = Fields::new(&row, "waiting");
                    let conversation = queue.get(&fields.number(0)?);
                    let position = before + fields.number(1)?;
                    found.extend(conversation.map(|conversation| (*conversation, position)));
                }
                let row = db::query(
                    "select count(*) from waiting
                    where team_id = $1 and cursor_id = $2 and since > $3 and since <= $4",
                )
                .bind(key(team))
                .bind(cursor)
                .bind(number(after))
                .bind(number(last))
                .fetch_one(&mut reader)
                .await?;
                before += Fields::new(&row, "waiting").number(0)?;
                after = last;
            }
        }
        Ok(found)
    }

    /// The assignments that stand for these conversations; nothing for those that have none.
    pub async fn assignments_standing(
        &self,
        team: TeamId,
        conversations: &[ConversationId],
    ) -> Result<Vec<(ConversationId, AssignmentId)>, StoreError> {
        let mut found = Vec::with_capacity(conversations.len());
        let mut reader = self.of(team).reader().await?;
        for part in conversations.chunks(IDS_MAX) {
            let mut query = QueryBuilder::new(
                "select conversation_id, assignment_id from conversations where team_id = ",
            );
            query.push_bind(key(team)).push(" and assignment_id is not null");
            query.push(" and conversation_id in (");
            query.push_list(part.iter().map(|conversation| key(*conversation))).push(")");
            for row in query.build().fetch_all(&mut reader).await? {
                let fields = Fields::new(&row, "conversations");
                found.push((fields.id(0)?, fields.id(1)?));
            }
        }
        Ok(found)
    }
}

/// The rows of a list.
async fn rows_on(
    reader: &mut db::Connection,
    team: TeamId,
    filter: &ConversationFilter,
    way: Way<ConversationId>,
    limit: u32,
) -> Result<Vec<db::Row>, StoreError> {
    let found = match filter {
        ConversationFilter { lead: Some(lead), .. } => Some(of_lead(reader, team, *lead).await?),
        ConversationFilter { is_waiting: true, .. } => {
            Some(ids(reader, waiting(team, filter.campaign, way, limit).build()).await?)
        }
        ConversationFilter {
            status: Some(ConversationStatus::Cancelled), campaign: None, ..
        } => Some(cancelled(reader, team, way, limit).await?),
        ConversationFilter { .. } => None,
    };
    if found.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    list(team, filter, found, way, limit).build().fetch_all(reader).await
}

/// A list; of those that were found before, where they were.
pub(super) fn list(
    team: TeamId,
    filter: &ConversationFilter,
    found: Option<Vec<[u8; 16]>>,
    way: Way<ConversationId>,
    limit: u32,
) -> QueryBuilder<'static> {
    let mut query = QueryBuilder::new(CONVERSATION);
    query.push_bind(key(team));
    narrow(&mut query, filter, found);
    way.go_on(&mut query, way::CONVERSATION, limit);
    query
}

fn narrow(query: &mut QueryBuilder<'_>, filter: &ConversationFilter, found: Option<Vec<[u8; 16]>>) {
    match filter.status {
        Some(ConversationStatus::Cancelled) => {
            query.push(
                " and (v.status = 'cancelled' or (c.status = 'cancelled' \
                 and v.status in ('awaiting_lead', 'awaiting_assistant')))",
            );
        }
        Some(ConversationStatus::AwaitingAssistant) if filter.is_begun == Some(true) => {
            query.push(" and c.status <> 'cancelled'").push(BEGUN);
        }
        Some(
            status @ (ConversationStatus::AwaitingLead | ConversationStatus::AwaitingAssistant),
        ) => {
            query.push(" and c.status <> 'cancelled' and v.status = ").push_bind(status.word());
        }
        Some(status) => {
            query.push(" and v.status = ").push_bind(status.word());
        }
        None => {}
    }
    if filter.is_begun == Some(false) {
        query.push(" and v.mailbox_id is null and v.next_at is null");
    }
    if filter.is_waiting {
        query.push(" and w.since is not null");
    }
    if let Some(campaign) = filter.campaign {
        query.push(" and v.campaign_id = ").push_bind(key(campaign));
    }
    if let Some(conversations) = found {
        query.push(" and v.conversation_id in (");
        query.push_list(conversations).push(")");
    }
}

/// Those that await the assistant and were begun, as their index says it: there are few of them among those that were
/// not begun.
pub(super) const BEGUN: &str = " and v.status = 'awaiting_assistant' \
     and (v.mailbox_id is not null or v.next_at is not null)";

/// Those that wait for a rep.
pub(super) fn waiting(
    team: TeamId,
    campaign: Option<CampaignId>,
    way: Way<ConversationId>,
    limit: u32,
) -> QueryBuilder<'static> {
    let mut query = QueryBuilder::new("select v.conversation_id from waiting v where v.team_id = ");
    query.push_bind(key(team));
    if let Some(campaign) = campaign {
        query.push(" and v.campaign_id = ").push_bind(key(campaign));
    }
    way.go_on(&mut query, way::CONVERSATION, limit);
    query
}

/// The conversations of a lead: found first, since SQLite would walk through all of the team in the order that is asked
/// for. There is one for each campaign that the lead is in.
async fn of_lead(
    reader: &mut db::Connection,
    team: TeamId,
    lead: LeadId,
) -> Result<Vec<[u8; 16]>, StoreError> {
    let query = db::query(
        "select conversation_id
         from conversations
         where team_id = $1 and lead_id = $2",
    );
    ids(reader, query.bind(key(team)).bind(key(lead))).await
}

/// The first that read as cancelled: those that are, and those that a cancelled campaign left open. Each of these lists
/// has its index; a statement for all of them would walk through the team. Of the lists that campaigns left, those are
/// read that begin before what was found: no more than conversations are wanted, however many campaigns there are.
pub(super) async fn cancelled(
    reader: &mut db::Connection,
    team: TeamId,
    way: Way<ConversationId>,
    limit: u32,
) -> Result<Vec<[u8; 16]>, StoreError> {
    let mut lists = Vec::new();
    for open in OPEN {
        for row in first_left_open(team, open, way).build().fetch_all(reader).await? {
            let fields = Fields::new(&row, "conversations");
            if !fields.is_null(1) {
                lists.push((fields.bytes(1)?, fields.bytes(0)?, open));
            }
        }
    }
    lists.sort_unstable_by(|one, other| way.order(&one.0, &other.0));
    let mut found = ids(reader, cancelled_themselves(team, way, limit).build()).await?;
    for (first, campaign, open) in lists {
        let is_full = found.len() >= limit as usize;
        if is_full && found.last().is_some_and(|last| way.order(last, &first).is_lt()) {
            break;
        }
        found.extend(ids(reader, left_open(team, campaign, open, way, limit).build()).await?);
        found.sort_unstable_by(|one, other| way.order(one, other));
        found.truncate(limit as usize);
    }
    Ok(found)
}

/// The first conversation that each cancelled campaign left open in this way, where there is one.
pub(super) fn first_left_open(
    team: TeamId,
    open: &'static str,
    way: Way<ConversationId>,
) -> QueryBuilder<'static> {
    let mut query = QueryBuilder::new(
        "select c.campaign_id, (select v.conversation_id from conversations v where v.team_id = ",
    );
    query.push_bind(key(team)).push(" and v.campaign_id = c.campaign_id").push(open);
    way.go_on(&mut query, way::CONVERSATION, 1);
    query.push(") from campaigns c where c.team_id = ").push_bind(key(team));
    query.push(" and c.status = 'cancelled'");
    query
}

/// How a conversation stands that its campaign leaves open, each with an index of its own.
pub(super) const OPEN: [&str; 2] =
    [" and v.status = 'awaiting_assistant'", " and v.status = 'awaiting_lead'"];

pub(super) fn cancelled_themselves(
    team: TeamId,
    way: Way<ConversationId>,
    limit: u32,
) -> QueryBuilder<'static> {
    let mut query =
        QueryBuilder::new("select v.conversation_id from conversations v where v.team_id = ");
    query.push_bind(key(team)).push(" and v.status = 'cancelled'");
    way.go_on(&mut query, way::CONVERSATION, limit);
    query
}

pub(super) fn left_open(
    team: TeamId,
    campaign: [u8; 16],
    open: &'static str,
    way: Way<ConversationId>,
    limit: u32,
) -> QueryBuilder<'static> {
    let mut query =
        QueryBuilder::new("select v.conversation_id from conversations v where v.team_id = ");
    query.push_bind(key(team)).push(" and v.campaign_id = ").push_bind(campaign).push(open);
    way.go_on(&mut query, way::CONVERSATION, limit);
    query
}

pub(super) async fn ids(
    reader: &mut db::Connection,
    query: db::Query<'_>,
) -> Result<Vec<[u8; 16]>, StoreError> {
    let rows = query.fetch_all(reader).await?;
    rows.iter().map(|row| Fields::new(row, "conversations").bytes(0)).collect()
}
