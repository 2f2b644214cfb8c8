//! Sums over assignments: how they were shared, and how soon the reps wrote.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use rondo_core::Instant;
use rondo_core::ids::{CampaignId, RepId, TeamId};

use super::IDS_MAX;
use super::assignments::first_entry_at;
use crate::db::QueryBuilder;
use crate::fields::{Fields, key, number};
use crate::{Store, StoreError};

/// Zones are whole quarters of an hour apart: what is counted together.
const QUARTER_MICROS: i64 = 900_000_000;

/// What a rep got of a campaign in a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareRow {
    /// Who.
    pub rep: RepId,
    /// Of which campaign.
    pub campaign: CampaignId,
    /// Assignments, passed on since or not.
    pub assigned: u64,
    /// Those that came by turn.
    pub turns: u64,
    /// Those to which the rep has written by mail.
    pub answered: u64,
    /// How long these took together, in microseconds.
    pub answer_micros: u64,
}

/// The turns that a rep took on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayOfTurns {
    /// Days since 1970, as they were asked for.
    pub day: i64,
    /// Who.
    pub rep: RepId,
    /// How many.
    pub turns: u64,
}

impl Store {
    /// The ledger numbers of what happened from one instant until another.
    pub async fn entries_between(
        &self,
        team: TeamId,
        since: Instant,
        until: Instant,
    ) -> Result<Range<u64>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let first = first_entry_at(&mut reader, team, since).await?;
        Ok(first..first_entry_at(&mut reader, team, until).await?)
    }

    /// What each rep got of each campaign within these ledger numbers. Reads every assignment among them: ask for a long
    /// time in parts.
    pub async fn shares(
        &self,
        team: TeamId,
        entries: Range<u64>,
    ) -> Result<Vec<ShareRow>, StoreError> {
        let mut query = QueryBuilder::new(
            "select rep_id, campaign_id, count(*), count(case when reason = 'turn' then 1 end), count(rep_wrote_at),
                    cast(coalesce(sum(rep_wrote_at - decided_at), 0) as bigint)
             from assignments
             where team_id = ",
        );
        query.push_bind(key(team)).push(" and n >= ").push_bind(number(entries.start));
        query
            .push(" and n < ")
            .push_bind(number(entries.end))
            .push(" group by rep_id, campaign_id");
        let mut reader = self.of(team).reader().await?;
        let rows = query.build().fetch_all(&mut reader).await?;
        let share = |row| {
            let fields = Fields::new(row, "assignments");
            Ok(ShareRow {
                rep: fields.id(0)?,
                campaign: fields.id(1)?,
                assigned: fields.number(2)?,
                turns: fields.number(3)?,
                answered: fields.number(4)?,
                answer_micros: fields.number(5)?,
            })
        };
        rows.iter().map(share).collect()
    }

    /// The turns that reps took in these campaigns, by day, within these ledger numbers. On which day an instant is, is
    /// said by `day_of`; days begin at whole quarters of an hour.
    pub async fn turns_by_day(
        &self,
        team: TeamId,
        campaigns: &[CampaignId],
        entries: Range<u64>,
        day_of: impl Fn(Instant) -> i64 + Send,
    ) -> Result<Vec<DayOfTurns>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let mut days: BTreeMap<(i64, RepId), u64> = BTreeMap::new();
        for part in campaigns.chunks(IDS_MAX) {
            let mut query = QueryBuilder::new(
                "select decided_at / 900000000 as quarter, rep_id, count(*)
                 from assignments
                 where team_id = ",
            );
            query.push_bind(key(team)).push(" and n >= ").push_bind(number(entries.start));
            query.push(" and n < ").push_bind(number(entries.end));
            query.push(" and reason = 'turn' and campaign_id in (");
            query.push_list(part.iter().map(|campaign| key(*campaign)));
            query.push(") group by quarter, rep_id");
            for row in query.build().fetch_all(&mut reader).await? {
                let fields = Fields::new(&row, "assignments");
                let quarter = number(fields.number(0)?) * QUARTER_MICROS;
                let (day, rep) = (day_of(Instant::from_micros(quarter)), fields.id(1)?);
                *days.entry((day, rep)).or_default() += fields.number(2)?;
            }
        }
        let row = |((day, rep), turns)| DayOfTurns { day, rep, turns };
        Ok(days.into_iter().map(row).collect())
    }

    /// How many of the turns of these campaigns within these ledger numbers were taken by passing a lead on to whoever was
    /// next. Each turn is looked up in the ledger.
    pub async fn turns_by_passing_on(
        &self,
        team: TeamId,
        campaigns: &[CampaignId],
        entries: Range<u64>,
    ) -> Result<u64, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let mut count = 0;
        for part in campaigns.chunks(IDS_MAX) {
            let mut query = QueryBuilder::new(
                "select count(*)
                 from assignments a
                 join ledger l on l.team_id = a.team_id and l.n = a.n
                 where a.team_id = ",
            );
            query.push_bind(key(team)).push(" and a.n >= ").push_bind(number(entries.start));
            query.push(" and a.n < ").push_bind(number(entries.end));
            query.push(" and a.reason = 'turn' and l.kind = 'reassigned' and a.campaign_id in (");
            query.push_list(part.iter().map(|campaign| key(*campaign)));
            query.push(")");
            for row in query.build().fetch_all(&mut reader).await? {
                count += Fields::new(&row, "assignments").number(0)?;
            }
        }
        Ok(count)
    }

    /// Those of these campaigns of which a turn was taken within these ledger numbers. A step through the index for each:
    /// ask for a few at a time.
    pub async fn campaigns_with_turns(
        &self,
        team: TeamId,
        campaigns: &[CampaignId],
        entries: Range<u64>,
    ) -> Result<HashSet<CampaignId>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let mut found = HashSet::new();
        for campaign in campaigns {
            let turn = crate::db::query(
                "select n
                 from assignments
                 where team_id = $1 and campaign_id = $2 and n >= $3 and n < $4 and reason = 'turn'
                 order by n
                 limit 1",
            )
            .bind(key(team))
            .bind(key(*campaign))
            .bind(number(entries.start))
            .bind(number(entries.end))
            .fetch_optional(&mut reader)
            .await?;
            found.extend(turn.map(|_| *campaign));
        }
        Ok(found)
    }
}

impl Store {
    /// Since which ledger number, and since when, the lead of a campaign that has waited longest waits.
    pub async fn waiting_since(
        &self,
        team: TeamId,
        campaign: CampaignId,
    ) -> Result<Option<Instant>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = crate::db::query(
            "select l.at
             from waiting w
             join ledger l on l.team_id = w.team_id and l.n = w.since
             where w.team_id = $1 and w.campaign_id = $2
             order by w.since
             limit 1",
        )
        .bind(key(team))
        .bind(key(campaign))
        .fetch_optional(&mut reader)
        .await?;
        row.map(|row| Fields::new(&row, "ledger").instant(0)).transpose()
    }

    /// How many of a team's last deliveries failed for good, of webhooks that are still there; `among` are looked at.
    pub async fn failed_deliveries(&self, team: TeamId, among: u32) -> Result<u64, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = crate::db::query(
            "select count(*)
             from (
               select webhook_id, state
               from deliveries
               where team_id = $1
               order by delivery_id desc
               limit $2
             ) as latest
             join webhooks w on w.team_id = $1 and w.webhook_id = latest.webhook_id
             where latest.state = 'failed' and w.removed_at is null",
        )
        .bind(key(team))
        .bind(i64::from(among))
        .fetch_one(&mut reader)
        .await?;
        Fields::new(&row, "deliveries").number(0)
    }
}
