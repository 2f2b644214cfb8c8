//! A team as it stands: from its tables, and from the entries that came since.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rondo_core::event::{CampaignSettings, Cursor, Dates, LeadsOfRemoved, Settings};
use rondo_core::ids::{BatchId, CampaignId, GroupId, MailboxId, RepId, TeamId};
use rondo_core::team::{
    Absence, CampaignParts, GroupParts, Member, RepParts, Standing, User, Webhook,
};
use rondo_core::text::Name;
use rondo_core::{Entry, Period, TeamParts};

use crate::fields::Fields;
use crate::rows::Values;
use crate::{Store, StoreError, db, ledger};

impl Store {
    /// The team's last ledger number, if there is such a team.
    pub async fn revision(&self, team: TeamId) -> Result<Option<u64>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let rows = of_team(
            &mut reader,
            team,
            "select team_id, revision
             from teams
             where team_id = $1",
        )
        .await?;
        rows.first().map(|row| Fields::new(row, "teams").number(1)).transpose()
    }

    /// The team from its tables, if there is such a team.
    pub async fn load_team(&self, team: TeamId) -> Result<Option<TeamParts>, StoreError> {
        let mut snapshot = self.of(team).reader().await?;
        // One transaction, so that all tables are read as of the same commit.
        snapshot.begin().await?;
        let parts = load(&mut snapshot, team).await?;
        snapshot.commit().await?;
        Ok(parts)
    }

    /// At most `limit` entries after ledger number `after`, in order.
    pub async fn entries_after(
        &self,
        team: TeamId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let values = Values::bound(|values| {
            values.id(team);
            values.number(after);
            values.number(limit.into());
        });
        let mut reader = self.of(team).reader().await?;
        let rows = db::query_with(
            "select team_id, n, at, actor, kind, version, body
             from ledger
             where team_id = $1 and n > $2
             order by n
             limit $3",
            values,
        )
        .fetch_all(&mut reader)
        .await?;
        rows.iter().map(|row| ledger::entry(row, 1)).collect()
    }

    /// The batch that wrote ledger number `n`, if there is such an entry: how a commit of unknown outcome is looked up.
    pub async fn batch_at(&self, team: TeamId, n: u64) -> Result<Option<BatchId>, StoreError> {
        let values = Values::bound(|values| {
            values.id(team);
            values.number(n);
        });
        let mut reader = self.of(team).reader().await?;
        let row = db::query_with(
            "select team_id, n, batch_id
             from ledger
             where team_id = $1 and n = $2",
            values,
        )
        .fetch_optional(&mut reader)
        .await?;
        row.map(|row| Fields::new(&row, "ledger").id(2)).transpose()
    }
}

async fn of_team(
    connection: &mut db::Connection,
    team: TeamId,
    sql: &'static str,
) -> Result<Vec<db::Row>, StoreError> {
    db::query_with(sql, Values::bound(|values| values.id(team))).fetch_all(connection).await
}

/// The team from its tables, as a transaction of the caller's sees them.
pub(crate) async fn load(
    connection: &mut db::Connection,
    team: TeamId,
) -> Result<Option<TeamParts>, StoreError> {
    let rows = of_team(
        connection,
        team,
        "select team_id, revision, last_at, name, routed_rep_becomes_owner, reminder_after_working_hours, time_zone,
                default_group_id, handover_template
         from teams
         where team_id = $1",
    )
    .await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let fields = Fields::new(row, "teams");
    let reminder = fields.number(5)?.try_into().map_err(|_| fields.corrupt(5))?;
    let (reps, left) = load_reps(connection, team).await?;
    Ok(Some(TeamParts {
        id: team,
        revision: fields.number(1)?,
        last_at: fields.instant(2)?,
        settings: Settings {
            name: fields.parsed_by(3, Name::parse)?,
            routed_rep_becomes_owner: fields.flag(4)?,
            reminder_after_working_hours: reminder,
            time_zone: fields.text(6)?,
            handover_template: fields.optional_text(8)?,
        },
        default_group: fields.id(7)?,
        reps,
        left,
        groups: load_groups(connection, team).await?,
        campaigns: load_campaigns(connection, team).await?,
        webhooks: load_webhooks(connection, team).await?,
        mailboxes: load_mailboxes(connection, team).await?,
        users: load_users(connection, team).await?,
    }))
}

/// Everybody who is or was a rep, and what became of the leads of those who left.
async fn load_reps(
    connection: &mut db::Connection,
    team: TeamId,
) -> Result<(Vec<RepParts>, BTreeMap<RepId, LeadsOfRemoved>), StoreError> {
    let mut absences = load_absences(connection, team).await?;
    let rows = of_team(
        connection,
        team,
        "select team_id, rep_id, is_said_away, leads_became, leads_to_id
         from reps
         where team_id = $1
         order by rep_id",
    )
    .await?;
    let mut reps = Vec::with_capacity(rows.len());
    let mut left = BTreeMap::new();
    for row in &rows {
        let fields = Fields::new(row, "reps");
        let id = fields.id(1)?;
        let leads = fields.optional(3, leads_of_removed)?;
        let standing = match leads {
            None => Standing::Present { said_away: fields.flag(2)? },
            Some(_) => Standing::Left,
        };
        left.extend(leads.map(|leads| (id, leads)));
        let absences = absences.remove(&id).unwrap_or_default().into();
        reps.push(RepParts { id, absences, standing });
    }
    Ok((reps, left))
}

/// What became of a removed rep's leads, from the columns `leads_became, leads_to_id`.
pub(crate) fn leads_of_removed(
    fields: Fields<'_>,
    column: usize,
) -> Result<LeadsOfRemoved, StoreError> {
    match fields.text(column)?.as_str() {
        "released" => Ok(LeadsOfRemoved::Released),
        "transferred" => fields.id(column + 1).map(LeadsOfRemoved::TransferredTo),
        _ => Err(fields.corrupt(column)),
    }
}

async fn load_absences(
    connection: &mut db::Connection,
    team: TeamId,
) -> Result<HashMap<RepId, Vec<Absence>>, StoreError> {
    let rows = of_team(
        connection,
        team,
        "select team_id, absence_id, rep_id, from_at, until_at, from_date, last_date, source
         from absences
         where team_id = $1
         order by absence_id",
    )
    .await?;
    let mut absences: HashMap<RepId, Vec<Absence>> = HashMap::new();
    for row in &rows {
        let fields = Fields::new(row, "absences");
        absences.entry(fields.id(2)?).or_default().push(Absence {
            id: fields.id(1)?,
            period: Period { from: fields.instant(3)?, until: fields.optional_instant(4)? },
            dates: dates(fields, 5)?,
            source: fields.word(7)?,
        });
    }
    Ok(absences)
}

/// The days of an absence as entered, from the columns `from_date, last_date`.
pub(crate) fn dates(fields: Fields<'_>, column: usize) -> Result<Option<Dates>, StoreError> {
    fields.optional(column, |fields, column| {
        let last = fields.optional(column + 1, Fields::parsed)?;
        Ok(Dates { from: fields.parsed(column)?, last })
    })
}

async fn load_groups(
    connection: &mut db::Connection,
    team: TeamId,
) -> Result<Vec<GroupParts>, StoreError> {
    let rows = of_team(
        connection,
        team,
        "select team_id, group_id, place, rep_id
         from members
         where team_id = $1
         order by group_id, place",
    )
    .await?;
    let mut members: HashMap<GroupId, Vec<Member>> = HashMap::new();
    for row in &rows {
        let fields = Fields::new(row, "members");
        let member = Member { place: fields.number(2)?, rep: fields.id(3)? };
        members.entry(fields.id(1)?).or_default().push(member);
    }
    let rows = of_team(
        connection,
        team,
        "select team_id, group_id, name, next_place, cursor_place, cursor_rep_id, is_deleted
         from sales_groups
         where team_id = $1
         order by group_id",
    )
    .await?;
    let group = |row| {
        let fields = Fields::new(row, "sales_groups");
        let id = fields.id(1)?;
        Ok(GroupParts {
            id,
            name: fields.parsed_by(2, Name::parse)?,
            members: Arc::new(members.remove(&id).unwrap_or_default()),
            next_place: fields.number(3)?,
            cursor: Cursor { place: fields.number(4)?, rep: fields.optional_id(5)? },
            is_deleted: fields.flag(6)?,
        })
    };
    rows.iter().map(group).collect()
}

async fn load_campaigns(
    connection: &mut db::Connection,
    team: TeamId,
) -> Result<Vec<CampaignParts>, StoreError> {
    let rows = of_team(
        connection,
        team,
        "select team_id, campaign_id, count(*)
         from waiting
         where team_id = $1
         group by team_id, campaign_id",
    )
    .await?;
    let mut waiting: HashMap<CampaignId, u64> = HashMap::new();
    for row in &rows {
        let fields = Fields::new(row, "waiting");
        waiting.insert(fields.id(1)?, fields.number(2)?);
    }
    let rows = of_team(
        connection,
        team,
        "select team_id, campaign_id, name, group_id, rotation, when_owner_is_out, status, launch_at, launched_at,
                cursor_place, cursor_rep_id, created_at, mail_plan
         from campaigns
         where team_id = $1
         order by campaign_id",
    )
    .await?;
    let campaign = |row| {
        let fields = Fields::new(row, "campaigns");
        let id = fields.id(1)?;
        Ok(CampaignParts {
            id,
            settings: CampaignSettings {
                name: fields.parsed_by(2, Name::parse)?,
                group: fields.id(3)?,
                rotation: fields.word(4)?,
                when_owner_is_out: fields.word(5)?,
            },
            status: fields.word(6)?,
            launch_at: fields.optional_instant(7)?,
            launched_at: fields.optional_instant(8)?,
            cursor: Cursor { place: fields.number(9)?, rep: fields.optional_id(10)? },
            waiting: waiting.get(&id).copied().unwrap_or(0),
            created_at: fields.instant(11)?,
            mail: fields.optional(12, Fields::json)?.map(Arc::new),
        })
    };
    rows.iter().map(campaign).collect()
}

async fn load_mailboxes(
    connection: &mut db::Connection,
    team: TeamId,
) -> Result<Vec<MailboxId>, StoreError> {
    let rows = of_team(
        connection,
        team,
        "select team_id, mailbox_id
         from mailboxes
         where team_id = $1 and removed_at is null
         order by mailbox_id",
    )
    .await?;
    rows.iter().map(|row| Fields::new(row, "mailboxes").id(1)).collect()
}

async fn load_users(
    connection: &mut db::Connection,
    team: TeamId,
) -> Result<Vec<User>, StoreError> {
    let rows = of_team(
        connection,
        team,
        "select team_id, user_id, role, rep_id
         from users
         where team_id = $1 and removed_at is null
         order by user_id",
    )
    .await?;
    let user = |row| {
        let fields = Fields::new(row, "users");
        Ok(User { id: fields.id(1)?, role: fields.word(2)?, rep: fields.optional_id(3)? })
    };
    rows.iter().map(user).collect()
}

async fn load_webhooks(
    connection: &mut db::Connection,
    team: TeamId,
) -> Result<Vec<Webhook>, StoreError> {
    let rows = of_team(
        connection,
        team,
        "select team_id, webhook_id, events
         from webhooks
         where team_id = $1 and removed_at is null
         order by webhook_id",
    )
    .await?;
    let webhook = |row| {
        let fields = Fields::new(row, "webhooks");
        Ok(Webhook { id: fields.id(1)?, events: fields.json(2)? })
    };
    rows.iter().map(webhook).collect()
}
