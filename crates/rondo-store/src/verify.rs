//! Whether the tables are what the ledger says, and the ledger what was written.
//!
//! The ledger is replayed into a scratch database through the very projection that writes the tables
//! ([`crate::projection`]), then both are read side by side. Personal fields are not in the ledger: those of reps are
//! held against the seal that is, those of leads may have been erased.

mod compare;
mod due;
mod replay;
mod seals;
mod tables;

use rondo_core::ids::TeamId;

use crate::{Store, StoreError, db};
use replay::Scratch;

/// Differences reported at most: enough to see what happened, short enough to read.
pub const DIFFERENCES_MAX: usize = 1000;

/// How far a verification has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Entries replayed so far.
    pub replayed: u64,
    /// Entries in all.
    pub entries: u64,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifyReport {
    /// Entries replayed.
    pub entries: u64,
    /// Rows compared.
    pub rows: u64,
    /// What differs, at most [`DIFFERENCES_MAX`]; none in a sound team.
    pub differences: Vec<Difference>,
}

/// One thing that is not as the ledger says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// What it is about: `rep`, `member`, `cursor`, `owner` …
    pub kind: &'static str,
    /// Which one, as its id or number.
    pub id: String,
    /// The column, or none where the whole row is missing or too many.
    pub column: Option<String>,
    /// What the ledger says.
    pub ledger: String,
    /// What is stored.
    pub stored: String,
}

impl VerifyReport {
    fn differs(&mut self, difference: Difference) {
        if !self.is_full() {
            self.differences.push(difference);
        }
    }

    fn is_full(&self) -> bool {
        self.differences.len() >= DIFFERENCES_MAX
    }
}

impl Store {
    /// Replays the team's ledger and compares it with the tables; none if there is neither such a team nor its ledger.
    ///
    /// It sees the team as of one moment, and may run while others write. It reads one page of the ledger and one row
    /// of a table at a time; the scratch database lies beside the data and is removed. What cannot be read is a
    /// difference, not an error.
    pub async fn verify(
        &self,
        team: TeamId,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Option<VerifyReport>, StoreError> {
        let mut snapshot = self.of(team).reader().await?;
        snapshot.begin().await?;
        let scratch = Scratch::open(&self.of(team).scratch_folder()).await?;
        let mut replayed = scratch.connection().await?;
        let mut report = VerifyReport::default();
        let found = check(&mut snapshot, &mut replayed, team, progress, &mut report).await;
        drop(replayed);
        scratch.remove().await;
        snapshot.commit().await?;
        match found {
            Ok(Found::NoTeam) => return Ok(None),
            Ok(Found::Team) => {}
            Err(error) => report.differs(unreadable(error)?),
        }
        Ok(Some(report))
    }
}

/// Whether there is anything to verify.
enum Found {
    NoTeam,
    Team,
}

async fn check(
    snapshot: &mut db::Connection,
    replayed: &mut db::Connection,
    team: TeamId,
    progress: &mut (dyn FnMut(Progress) + Send),
    report: &mut VerifyReport,
) -> Result<Found, StoreError> {
    match replay::replay(snapshot, replayed, team, progress, report).await? {
        replay::Outcome::NoSuchTeam => return Ok(Found::NoTeam),
        replay::Outcome::Broken => return Ok(Found::Team),
        replay::Outcome::Whole => {}
    }
    for table in tables::TABLES {
        compare::compare(snapshot, replayed, team, table, report).await?;
    }
    seals::check(snapshot, team, report).await?;
    Ok(Found::Team)
}

/// The difference that a value which can't be read is; every other error stays one.
fn unreadable(error: StoreError) -> Result<Difference, StoreError> {
    match error {
        StoreError::Corrupt { table, column, key } => Ok(Difference {
            table,
            kind: "row",
            id: key,
            column: Some(column),
            ledger: "a value that can be read".to_owned(),
            stored: "not readable".to_owned(),
        }),
        StoreError::UnknownEvent { n, kind } => Ok(Difference {
            table: "ledger",
            kind: "entry",
            id: n.to_string(),
            column: Some("kind".to_owned()),
            ledger: "of a newer version of Rondo; update it".to_owned(),
            stored: kind,
        }),
        error => Err(error),
    }
}
