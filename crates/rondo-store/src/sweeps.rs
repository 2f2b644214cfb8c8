//! Reads over all teams, in every database: the few statements that name no team. They change nothing.

use futures_util::future::try_join_all;
use rondo_core::Instant;
use rondo_core::ids::{Id as _, MailboxId, TeamId, UserId};
use rondo_core::text::EmailKey;

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
        let rows = self
            .everywhere(
                "select due_at, team_id
                 from teams
                 where due_at <= $1
                 order by due_at, team_id
                 limit $2",
                values,
            )
            .await?;
        let due = |row| {
            let fields = Fields::new(row, "teams");
            Ok((fields.instant(0)?, fields.id(1)?))
        };
        let mut due = rows.iter().map(due).collect::<Result<Vec<_>, StoreError>>()?;
        due.sort_unstable();
        due.truncate(limit as usize);
        Ok(due.into_iter().map(|(_, team)| team).collect())
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

/// A user of some team, found by their address.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The team.
    pub team: TeamId,
    /// The user.
    pub user: UserId,
    /// The hash of their password, once they have one.
    pub password_hash: Option<String>,
}

/// Hides the hash: debug output reaches logs.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Account({} {})", self.team, self.user)
    }
}

impl Store {
    /// At most `limit` webhooks of all teams for which deliveries are due at `now`, the longest due first.
    pub async fn backlog(&self, now: Instant, limit: u32) -> Result<Vec<Backlog>, StoreError> {
        let values = Values::bound(|values| {
            values.instant(now);
            values.number(limit.into());
        });
        let rows = self
            .everywhere(
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
                values,
            )
            .await?;
        let mut backlogs = rows.iter().map(backlog).collect::<Result<Vec<_>, _>>()?;
        backlogs.sort_by_key(|backlog| backlog.due_at);
        backlogs.truncate(limit as usize);
        Ok(backlogs)
    }

    /// How much is to be delivered, of all teams.
    pub async fn outbox_size(&self) -> Result<OutboxSize, StoreError> {
        let rows = self
            .everywhere(
                "select count(*), min(due_at) from deliveries where due_at is not null",
                Values::default(),
            )
            .await?;
        let mut size = OutboxSize::default();
        for row in &rows {
            let fields = Fields::new(row, "deliveries");
            size.queued += fields.number(0)?;
            let first_due_at = fields.optional_instant(1)?;
            size.first_due_at = size.first_due_at.into_iter().chain(first_due_at).min();
        }
        Ok(size)
    }

    /// At most `limit` mailboxes of all teams after this one, by team.
    pub async fn mailboxes_of_all(
        &self,
        after: Option<(TeamId, MailboxId)>,
        limit: u32,
    ) -> Result<Vec<(TeamId, MailboxId)>, StoreError> {
        let (team, mailbox) =
            after.unwrap_or((TeamId::from_bytes([0; 16]), MailboxId::from_bytes([0; 16])));
        let values = Values::bound(|values| {
            values.id(team);
            values.id(mailbox);
            values.number(limit.into());
        });
        let rows = self
            .everywhere(
                "select team_id, mailbox_id
                 from mailboxes
                 where (team_id > $1 or (team_id = $1 and mailbox_id > $2)) and removed_at is null
                 order by team_id, mailbox_id
                 limit $3",
                values,
            )
            .await?;
        let mut all = rows
            .iter()
            .map(|row| {
                let fields = Fields::new(row, "mailboxes");
                Ok((fields.id(0)?, fields.id(1)?))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        all.sort_unstable();
        all.truncate(limit as usize);
        Ok(all)
    }

    /// The users of this address in at most `limit` teams, oldest team first: whoever signs in names no team. Those who
    /// were removed, and those whose rep has left, are left out.
    pub async fn accounts(&self, email: EmailKey, limit: u32) -> Result<Vec<Account>, StoreError> {
        let values = Values::bound(|values| {
            values.add(email.0);
            values.number(limit.into());
        });
        let rows = self
            .everywhere(
                "select u.team_id, u.user_id, s.password_hash
                 from users u
                 left join sign_ins s on s.team_id = u.team_id and s.user_id = u.user_id
                 left join reps r on r.team_id = u.team_id and r.rep_id = u.rep_id
                 where u.email_key = $1 and u.removed_at is null and r.removed_at is null
                 order by u.team_id
                 limit $2",
                values,
            )
            .await?;
        let mut accounts = rows
            .iter()
            .map(|row| {
                let fields = Fields::new(row, "users");
                Ok(Account {
                    team: fields.id(0)?,
                    user: fields.id(1)?,
                    password_hash: fields.optional_text(2)?,
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        accounts.sort_by_key(|account| account.team);
        accounts.truncate(limit as usize);
        Ok(accounts)
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
        let rows = self
            .everywhere(
                "select team_id
                 from teams
                 where team_id > $1
                 order by team_id
                 limit $2",
                values,
            )
            .await?;
        let mut teams = team_ids(&rows, "teams")?;
        teams.sort_unstable();
        teams.truncate(limit as usize);
        Ok(teams)
    }

    /// The first team after `after` that has a ledger, whether the team itself is there or not: for `rondo verify`.
    pub async fn ledger_after(&self, after: Option<TeamId>) -> Result<Option<TeamId>, StoreError> {
        let values = Values::bound(|values| {
            values.id(after.unwrap_or(TeamId::from_bytes([0; 16])));
        });
        let rows = self
            .everywhere(
                "select team_id
                 from ledger
                 where team_id > $1
                 order by team_id
                 limit 1",
                values,
            )
            .await?;
        Ok(team_ids(&rows, "ledger")?.into_iter().min())
    }

    /// What a statement answers in every database, those of the first first.
    async fn everywhere(
        &self,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<Vec<db::Row>, StoreError> {
        let each = self.databases().all().map(async |database| {
            let mut reader = database.reader().await?;
            db::query_with(sql, values.clone()).fetch_all(&mut reader).await
        });
        let rows = try_join_all(each).await?;
        Ok(rows.into_iter().flatten().collect())
    }
}

fn team_ids(rows: &[db::Row], table: &'static str) -> Result<Vec<TeamId>, StoreError> {
    rows.iter().map(|row| Fields::new(row, table).id(0)).collect()
}

/// How many leads wait for somebody to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WaitingSize {
    /// Leads that wait. Those of paused campaigns are held: they wait for nobody, and are not counted.
    pub leads: u64,
    /// When the one that has waited longest was qualified.
    pub first_at: Option<Instant>,
}

impl Store {
    /// How many leads of all teams wait, and since when.
    pub async fn waiting_size(&self) -> Result<WaitingSize, StoreError> {
        let rows = self
            .everywhere(
                "select cast(sum(w.leads) as bigint), min(l.at)
                 from (select team_id, count(*) as leads, min(since) as first
                       from waiting
                       where is_held = 0
                       group by team_id) as w
                 join ledger l on l.team_id = w.team_id and l.n = w.first",
                Values::default(),
            )
            .await?;
        let mut size = WaitingSize::default();
        for row in &rows {
            let fields = Fields::new(row, "waiting");
            size.leads += fields.optional_number(0)?.unwrap_or(0);
            size.first_at = size.first_at.into_iter().chain(fields.optional_instant(1)?).min();
        }
        Ok(size)
    }
}
