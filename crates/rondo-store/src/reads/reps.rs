//! Reps with their personal fields, the notes on their absences, and the members of circles.

use std::collections::HashMap;

use rondo_core::Instant;
use rondo_core::ids::{AbsenceId, GroupId, RepId, TeamId};

use super::IDS_MAX;
use crate::db::QueryBuilder;
use crate::fields::{Fields, key, number};
use crate::{Store, StoreError, db};

/// A present rep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepRow {
    /// The rep.
    pub rep: RepId,
    /// When they were added.
    pub added_at: Instant,
    /// Full name.
    pub name: String,
    /// Where handovers are sent.
    pub email: String,
    /// As entered.
    pub phone: Option<String>,
    /// IANA name.
    pub time_zone: String,
    /// `http` or `https`.
    pub calendar_link: Option<String>,
}

/// A place in a circle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// The place.
    pub place: u64,
    /// Who stands there.
    pub rep: RepId,
    /// Since when.
    pub added_at: Instant,
}

const REP: &str = "select rep_id, added_at, name, email, phone, time_zone, calendar_link
from reps
where team_id = $1
  and removed_at is null";

const REP_OF: &str = "select rep_id, added_at, name, email, phone, time_zone, calendar_link from reps \
     where removed_at is null and team_id = ";

impl RepRow {
    fn read(row: &db::Row) -> Result<Self, StoreError> {
        let fields = Fields::new(row, "reps");
        Ok(Self {
            rep: fields.id(0)?,
            added_at: fields.instant(1)?,
            name: fields.text(2)?,
            email: fields.text(3)?,
            phone: fields.optional_text(4)?,
            time_zone: fields.text(5)?,
            calendar_link: fields.optional_text(6)?,
        })
    }
}

impl Store {
    /// Present reps in the order in which they were added.
    pub async fn reps(
        &self,
        team: TeamId,
        after: Option<RepId>,
        limit: u32,
    ) -> Result<Vec<RepRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let sql = with_condition(REP, "rep_id > $2\norder by rep_id\nlimit $3");
        let rows = db::query(sql)
            .bind(key(team))
            .bind(after.map_or_else(|| [0; 16], key))
            .bind(i64::from(limit))
            .fetch_all(&mut reader)
            .await?;
        rows.iter().map(RepRow::read).collect()
    }

    /// A present rep.
    pub async fn rep(&self, team: TeamId, rep: RepId) -> Result<Option<RepRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(with_condition(REP, "rep_id = $2"))
            .bind(key(team))
            .bind(key(rep))
            .fetch_optional(&mut reader)
            .await?;
        row.as_ref().map(RepRow::read).transpose()
    }

    /// These reps, as far as they are present, in the order in which they were added.
    pub async fn reps_named(
        &self,
        team: TeamId,
        reps: &[RepId],
    ) -> Result<Vec<RepRow>, StoreError> {
        let mut found = Vec::with_capacity(reps.len());
        let mut reader = self.of(team).reader().await?;
        for part in reps.chunks(IDS_MAX) {
            let mut query = QueryBuilder::new(REP_OF);
            query.push_bind(key(team)).push(" and rep_id in (");
            query.push_list(part.iter().map(|rep| key(*rep)));
            query.push(") order by rep_id");
            for row in query.build().fetch_all(&mut reader).await? {
                found.push(RepRow::read(&row)?);
            }
        }
        Ok(found)
    }

    /// How many leads' rows name each of these reps as owner: transfers are not resolved. Those who own none are left
    /// out.
    pub async fn leads_owned(
        &self,
        team: TeamId,
        reps: &[RepId],
    ) -> Result<HashMap<RepId, u64>, StoreError> {
        let mut counts = HashMap::new();
        let mut reader = self.of(team).reader().await?;
        for part in reps.chunks(IDS_MAX) {
            let mut query =
                QueryBuilder::new("select owner_id, count(*) from leads where team_id = ");
            query.push_bind(key(team)).push(" and owner_id in (");
            query.push_list(part.iter().map(|rep| key(*rep)));
            query.push(") group by owner_id");
            for row in query.build().fetch_all(&mut reader).await? {
                let fields = Fields::new(&row, "leads");
                counts.insert(fields.id(0)?, fields.number(1)?);
            }
        }
        Ok(counts)
    }

    /// The notes on these absences; those without one are left out.
    pub async fn absence_notes(
        &self,
        team: TeamId,
        absences: &[AbsenceId],
    ) -> Result<HashMap<AbsenceId, String>, StoreError> {
        let mut notes = HashMap::new();
        let mut reader = self.of(team).reader().await?;
        for part in absences.chunks(IDS_MAX) {
            let mut query = QueryBuilder::new(
                "select absence_id, note from absences where note is not null and team_id = ",
            );
            query.push_bind(key(team)).push(" and absence_id in (");
            query.push_list(part.iter().map(|absence| key(*absence)));
            query.push(")");
            for row in query.build().fetch_all(&mut reader).await? {
                let fields = Fields::new(&row, "absences");
                notes.insert(fields.id(0)?, fields.text(1)?);
            }
        }
        Ok(notes)
    }

    /// The members of a group in circle order.
    pub async fn members(
        &self,
        team: TeamId,
        group: GroupId,
        after_place: u64,
        limit: u32,
    ) -> Result<Vec<MemberRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let rows = db::query(
            "select place, rep_id, added_at
            from members
            where team_id = $1
              and group_id = $2
              and place > $3
            order by place
            limit $4",
        )
        .bind(key(team))
        .bind(key(group))
        .bind(number(after_place))
        .bind(i64::from(limit))
        .fetch_all(&mut reader)
        .await?;
        rows.iter()
            .map(|row| {
                let fields = Fields::new(row, "members");
                Ok(MemberRow {
                    place: fields.number(0)?,
                    rep: fields.id(1)?,
                    added_at: fields.instant(2)?,
                })
            })
            .collect()
    }

    /// The place of one rep in a group's circle.
    pub async fn member(
        &self,
        team: TeamId,
        group: GroupId,
        rep: RepId,
    ) -> Result<Option<MemberRow>, StoreError> {
        let mut reader = self.of(team).reader().await?;
        let row = db::query(
            "select place, rep_id, added_at
            from members
            where team_id = $1
              and rep_id = $2
              and group_id = $3",
        )
        .bind(key(team))
        .bind(key(rep))
        .bind(key(group))
        .fetch_optional(&mut reader)
        .await?;
        row.map(|row| {
            let fields = Fields::new(&row, "members");
            Ok(MemberRow {
                place: fields.number(0)?,
                rep: fields.id(1)?,
                added_at: fields.instant(2)?,
            })
        })
        .transpose()
    }
}

/// A statement with one more condition and what follows it.
pub(super) fn with_condition(head: &str, tail: &str) -> String {
    format!("{head}\n  and {tail}")
}
