//! Moving a whole installation from one database to another.

mod tables;

use rondo_core::ids::TeamId;

use crate::db::{self, Row};
use crate::fields::Fields;
use crate::rows::Values;
use crate::{Store, StoreError};
use tables::{TABLES, Table};

/// Rows written at once: large enough to cost little each, small enough for any memory.
const ROWS_AT_ONCE: usize = 1000;
/// Teams looked up at once.
const TEAMS_AT_ONCE: u32 = 500;

/// How far a copy has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyProgress {
    /// Rows copied so far.
    pub copied: u64,
    /// Rows in all.
    pub rows: u64,
}

/// Why nothing was copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// There are teams already where the copy was to go.
    #[error("there are teams in the target already; copy into an empty database")]
    NotEmpty,
    /// A team was written while it was copied.
    #[error("team `{0}` was written to meanwhile; stop the servers of the source, and copy again")]
    Changed(TeamId),
    /// A database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Copies every team into `target`, which must be empty; all of it or nothing. The source must not be written to
    /// meanwhile. Answers the teams.
    pub async fn copy_to(
        &self,
        target: &Store,
        progress: &mut (dyn FnMut(CopyProgress) + Send),
    ) -> Result<Vec<TeamId>, CopyError> {
        if !target.teams(None, 1).await?.is_empty() {
            return Err(CopyError::NotEmpty);
        }
        let teams = self.every_team().await?;
        let mut reader = self.databases().only().reader().await?;
        reader.begin().await?;
        let mut done = CopyProgress { copied: 0, rows: count(&mut reader, &teams).await? };
        progress(done);
        let mut writer = target.databases().only().writer().await?;
        writer.begin_writing_for_long().await?;
        for team in &teams {
            for table in &TABLES {
                copy_table(&mut reader, &mut writer, *team, table, &mut |rows| {
                    done.copied += rows;
                    progress(done);
                })
                .await?;
            }
        }
        let seen = revisions(&mut reader, &teams).await?;
        reader.commit().await?;
        // As they stand now, and no longer as of the beginning.
        for (team, seen) in teams.iter().zip(seen) {
            if self.revision(*team).await? != seen {
                return Err(CopyError::Changed(*team));
            }
        }
        writer.commit().await?;
        drop(writer);
        target.databases().only().sync().await?;
        Ok(teams)
    }

    async fn every_team(&self) -> Result<Vec<TeamId>, StoreError> {
        let mut teams = Vec::new();
        loop {
            let page = self.teams(teams.last().copied(), TEAMS_AT_ONCE).await?;
            let is_last = page.len() < TEAMS_AT_ONCE as usize;
            teams.extend(page);
            if is_last {
                return Ok(teams);
            }
        }
    }
}

async fn count(reader: &mut db::Connection, teams: &[TeamId]) -> Result<u64, StoreError> {
    let mut rows = 0;
    for team in teams {
        for table in &TABLES {
            let values = Values::bound(|values| values.id(*team));
            let row = db::query_with(table.count, values).fetch_one(reader).await?;
            rows += Fields::new(&row, table.name).number(0)?;
        }
    }
    Ok(rows)
}

async fn revisions(
    reader: &mut db::Connection,
    teams: &[TeamId],
) -> Result<Vec<Option<u64>>, StoreError> {
    let mut revisions = Vec::with_capacity(teams.len());
    for team in teams {
        let values = Values::bound(|values| values.id(*team));
        let row = db::query_with("select revision from teams where team_id = $1", values)
            .fetch_optional(reader)
            .await?;
        revisions.push(row.map(|row| Fields::new(&row, "teams").number(0)).transpose()?);
    }
    Ok(revisions)
}

async fn copy_table(
    reader: &mut db::Connection,
    writer: &mut db::Connection,
    team: TeamId,
    table: &'static Table,
    copied: &mut (dyn FnMut(u64) + Send),
) -> Result<(), StoreError> {
    let mut rows = reader.stream(table.read, Values::bound(|values| values.id(team))).await?;
    let mut gathered: Vec<Row> = Vec::with_capacity(ROWS_AT_ONCE);
    loop {
        let row = rows.next().await?;
        let is_over = row.is_none();
        gathered.extend(row);
        if gathered.len() == ROWS_AT_ONCE || is_over {
            let write = |values: &mut Values<'_>, row: &Row| {
                row.cells().iter().for_each(|cell| values.add(cell.clone()));
            };
            copied(table.write.execute(writer, &gathered, write).await?);
            gathered.clear();
        }
        if is_over {
            return rows.close().await;
        }
    }
}
