//! Leases: which node does some work of a team just now, so that one does it and the others do not.
//!
//! A lease is a row: who has a duty, until when, and a fence. Nobody else takes the duty before the lease has ended; where
//! a node died, another follows once it has. Every taking raises the fence, and a lease is renewed and let go of only by
//! the fence with which it was taken: a holder that was followed can no longer do either, and learns so.
//!
//! **What a lease protects** is effort: two nodes do not do the same at the same time. It is no lock. A holder that stood
//! still for longer than its lease may go on with what it had begun, beside whoever followed.
//! **What a team's revision protects** is the data: of two that decide on the same revision one commits, and the other
//! decides again on what is there then. So nothing is done twice in a team, with leases or without. Work that reaches
//! beyond the data must be such that it may be done again.
//!
//! **Clocks** need not agree exactly. The end is written by the holder's clock and read by that of others, so a lease is
//! longer or shorter by what lies between them. It never keeps others away for longer than twice its length by their
//! own clock: an end that is further off was written by a clock that is wrong. So everybody takes the same duty for the
//! same length.

use std::borrow::Cow;
use std::collections::HashSet;

use futures_util::future::try_join_all;
use rondo_core::Instant;
use rondo_core::ids::TeamId;

use crate::fields::Fields;
use crate::rows::{ForEach, Values};
use crate::{Store, StoreError, db};

/// Statements that follow one another on one connection, at most. PostgreSQL waits for the disk after each, but once for
/// those of several connections; a sweep's teams take half of a node's connections.
const IN_A_ROW_MAX: usize = 32;

/// Who takes something, and until when they hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The process, drawn at random when it started.
    pub holder: [u8; 16],
    /// When others may take over.
    pub until: Instant,
}

/// Work of a team that one node at a time is to do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Duty {
    /// The team.
    pub team: TeamId,
    /// What it is; whoever does it chose the name.
    pub name: Cow<'static, str>,
}

/// A duty that the caller has, until the lease ends or is let go of.
#[derive(Debug, PartialEq, Eq)]
pub struct HeldLease {
    /// What is to be done.
    pub duty: Duty,
    /// Whose it is.
    pub holder: [u8; 16],
    /// Which lease of this duty it is: higher than that of everybody who had it before.
    pub fence: u64,
}

static TAKE: ForEach = ForEach::new(
    "insert into leases (team_id, name, holder, fence, expires_at)
     values ($1, $2, $3, 1, $4)
     on conflict (team_id, name) do update
     set holder = excluded.holder,
         fence = leases.fence + 1,
         expires_at = excluded.expires_at
     where leases.holder = excluded.holder
        or leases.expires_at <= $5
        or leases.expires_at > $6
     returning team_id, name, fence",
);

static RENEW: ForEach = ForEach::new(
    "update leases
     set expires_at = $5
     where team_id = $1 and name = $2
       and holder = $3 and fence = $4
     returning team_id, name",
);

/// The row stays, so that the fence never falls back.
static RELEASE: ForEach = ForEach::new(
    "update leases
     set expires_at = 0
     where team_id = $1 and name = $2
       and holder = $3 and fence = $4",
);

impl Store {
    /// Takes those of these duties, each named once, that are free at `now`, have run out, or are the holder's own. The
    /// others are somebody else's. After an error some may have been taken; they can be taken again.
    pub async fn take_leases(
        &self,
        duties: &[Duty],
        now: Instant,
        lease: Lease,
    ) -> Result<Vec<HeldLease>, StoreError> {
        let length = lease.until.as_micros().saturating_sub(now.as_micros());
        let furthest = Instant::from_micros(lease.until.as_micros().saturating_add(length));
        let rows = self
            .lease_each(
                &TAKE,
                duties,
                |duty| duty.team,
                |values, duty| {
                    duty.bind(values);
                    values.add(lease.holder);
                    values.instant(lease.until);
                    values.instant(now);
                    values.instant(furthest);
                },
            )
            .await?;
        let held = |row| {
            let (duty, holder) = (duty(row)?, lease.holder);
            Ok(HeldLease { duty, holder, fence: Fields::new(row, "leases").number(2)? })
        };
        rows.iter().map(held).collect()
    }

    /// Holds leases until then, and drops those from `held` that somebody else has taken since. One that has ended is
    /// held again, if nobody has. After an error `held` is as before, and whoever holds must look at the time.
    pub async fn renew_leases(
        &self,
        held: &mut Vec<HeldLease>,
        until: Instant,
    ) -> Result<(), StoreError> {
        let rows = self
            .lease_each(
                &RENEW,
                held,
                |lease| lease.duty.team,
                |values, lease| {
                    lease.bind(values);
                    values.instant(until);
                },
            )
            .await?;
        let renewed = rows.iter().map(duty).collect::<Result<HashSet<_>, _>>()?;
        held.retain(|lease| renewed.contains(&lease.duty));
        Ok(())
    }

    /// Lets go of leases: others need not wait until they end. Those that somebody else has taken since are left alone.
    pub async fn release_leases(&self, held: Vec<HeldLease>) -> Result<(), StoreError> {
        self.lease_each(
            &RELEASE,
            &held,
            |lease| lease.duty.team,
            |values, lease| lease.bind(values),
        )
        .await?;
        Ok(())
    }

    /// Executes a statement for each, a transaction each: the locks of two nodes cannot wait for one another.
    async fn lease_each<'v, T>(
        &self,
        statement: &'static ForEach,
        items: &'v [T],
        team: impl Fn(&T) -> TeamId,
        bind: impl Fn(&mut Values<'v>, &'v T),
    ) -> Result<Vec<db::Row>, StoreError> {
        let runs = self.databases().runs(items, team).into_iter();
        let parts = runs.flat_map(|(database, run)| {
            items[run].chunks(IN_A_ROW_MAX).map(move |part| (database, part))
        });
        let rows = try_join_all(parts.map(async |(database, part)| {
            let mut writer = database.writer().await?;
            statement.fetch(&mut writer, part, &bind).await
        }));
        Ok(rows.await?.into_iter().flatten().collect())
    }
}

impl Duty {
    fn bind<'v>(&'v self, values: &mut Values<'v>) {
        values.id(self.team);
        values.text(&*self.name);
    }
}

impl HeldLease {
    fn bind<'v>(&'v self, values: &mut Values<'v>) {
        self.duty.bind(values);
        values.add(self.holder);
        values.number(self.fence);
    }
}

fn duty(row: &db::Row) -> Result<Duty, StoreError> {
    let fields = Fields::new(row, "leases");
    Ok(Duty { team: fields.id(0)?, name: fields.text(1)?.into() })
}
