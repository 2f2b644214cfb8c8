//! Reads over all teams: the few statements that name no team. They change nothing.

use rondo_core::Instant;
use rondo_core::ids::{Id as _, TeamId};

use crate::fields::Fields;
use crate::rows::Values;
use crate::webhooks::backlog;
use crate::{Backlog, Store, StoreError, db};

impl Store {
    /// At most `limit` teams for which something is due at `now`, the longest due first.
    pub async fn due_teams(&self, now: Instant, limit: u32) -> Result<Vec<TeamId>, StoreError> {
        let values = Values::bound(|values| {
            values.instant(now);
            values.number(limit.into());
        });
        let mut reader = self.reader().await?;
        let rows = db::query_with(
            "select team_id
             from teams
             where due_at <= $1
             order by due_at, team_id
             limit $2",
            values,
        )
        .fetch_all(&mut reader)
        .await?;
        rows.iter().map(|row| Fields::new(row, "teams").id(0)).collect()
    }
}

/// How much is to be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxSize {
    /// Deliveries that are queued, due or not.
    pub queued: u64,
    /// When the longest due of them was due, or will be.
    pub first_due_at: Option<Instant>,
}

impl Store {
    /// At most `limit` webhooks of all teams for which deliveries are due at `now`, the longest due first.
    pub async fn backlog(&self, now: Instant, limit: u32) -> Result<Vec<Backlog>, StoreError> {
        let mut reader = self.reader().await?;
        let rows = db::query(
            "select * from (
                 select team_id, webhook_id,
                        (select min(d.due_at) from deliveries d
                         where d.team_id = w.team_id and d.webhook_id = w.webhook_id
                           and d.due_at is not null) as first_due_at,
                        removed_at is not null or disabled_at is not null as is_over
                 from webhooks w
             ) as backlog
             where first_due_at <= $1
             order by first_due_at
             limit $2",
        )
        .bind(now.as_micros())
        .bind(i64::from(limit))
        .fetch_all(&mut reader)
        .await?;
        rows.iter().map(backlog).collect()
    }

    /// How much is to be delivered, of all teams.
    pub async fn outbox_size(&self) -> Result<OutboxSize, StoreError> {
        let mut reader = self.reader().await?;
        let row =
            db::query("select count(*), min(due_at) from deliveries where due_at is not null")
                .fetch_one(&mut reader)
                .await?;
        let fields = Fields::new(&row, "deliveries");
        Ok(OutboxSize { queued: fields.number(0)?, first_due_at: fields.optional_instant(1)? })
    }

    /// At most `limit` teams after `after`, oldest first: for commands on the machine itself.
    pub async fn teams(
        &self,
        after: Option<TeamId>,
        limit: u32,
    ) -> Result<Vec<TeamId>, StoreError> {
        let values = Values::bound(|values| {
            values.id(after.unwrap_or(TeamId::from_bytes([0; 16])));
            values.number(limit.into());
        });
        let mut reader = self.reader().await?;
        let rows = db::query_with(
            "select team_id
             from teams
             where team_id > $1
             order by team_id
             limit $2",
            values,
        )
        .fetch_all(&mut reader)
        .await?;
        rows.iter().map(|row| Fields::new(row, "teams").id(0)).collect()
    }

    /// The first team after `after` that has a ledger, whether the team itself is there or not: for `rondo verify`.
    pub async fn ledger_after(&self, after: Option<TeamId>) -> Result<Option<TeamId>, StoreError> {
        let values = Values::bound(|values| {
            values.id(after.unwrap_or(TeamId::from_bytes([0; 16])));
        });
        let mut reader = self.reader().await?;
        let row = db::query_with(
            "select team_id
             from ledger
             where team_id > $1
             order by team_id
             limit 1",
            values,
        )
        .fetch_optional(&mut reader)
        .await?;
        row.map(|row| Fields::new(&row, "ledger").id(0)).transpose()
    }
}

/// How many leads wait for somebody to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WaitingSize {
    /// Leads that wait, of each campaign up to the limit asked for. Those of paused campaigns are held: they wait for
    /// nobody, and are not counted.
    pub counted: u64,
    /// When the one that has waited longest was qualified.
    pub first_at: Option<Instant>,
}

impl Store {
    /// How many leads of all teams wait, counting at most `limit` of each campaign.
    ///
    /// Steps through the index from one campaign with waiting leads to the next. All leads of a campaign are held or
    /// none, so its first tells of all: what is held is not walked through, however much it is. Each row is reached by a
    /// subquery of its own, so that no database joins the whole of a table instead.
    pub async fn waiting_size(&self, limit: u32) -> Result<WaitingSize, StoreError> {
        let mut reader = self.reader().await?;
        let row = db::query(
            "select counted, first_at from (
                 with recursive
                 busy (team_id) as (
                     select (select team_id from waiting order by team_id limit 1)
                     union all
                     select (select w.team_id from waiting w
                             where w.team_id > b.team_id
                             order by w.team_id limit 1)
                     from busy b
                     where b.team_id is not null
                 ),
                 lines (team_id, campaign_id) as (
                     select b.team_id, (select w.campaign_id from waiting w
                                        where w.team_id = b.team_id
                                        order by w.campaign_id limit 1)
                     from busy b
                     where b.team_id is not null
                     union all
                     select l.team_id, (select w.campaign_id from waiting w
                                        where w.team_id = l.team_id and w.campaign_id > l.campaign_id
                                        order by w.campaign_id limit 1)
                     from lines l
                     where l.campaign_id is not null
                 ),
                 firsts (team_id, campaign_id, since) as (
                     select l.team_id, l.campaign_id,
                            (select case when w.is_held = 0 then w.since end from waiting w
                             where w.team_id = l.team_id and w.campaign_id = l.campaign_id
                             order by w.since limit 1)
                     from lines l
                     where l.campaign_id is not null
                 )
                 select cast(coalesce(sum((select count(*) from (
                            select 1 from waiting w
                            where w.team_id = f.team_id and w.campaign_id = f.campaign_id
                            limit $1) as line)), 0) as bigint) as counted,
                        min((select g.at from ledger g
                             where g.team_id = f.team_id and g.n = f.since)) as first_at
                 from firsts f
                 where f.since is not null
             ) as size",
        )
        .bind(i64::from(limit))
        .fetch_one(&mut reader)
        .await?;
        let fields = Fields::new(&row, "waiting");
        Ok(WaitingSize { counted: fields.number(0)?, first_at: fields.optional_instant(1)? })
    }
}
