//! The ledger once more, from its first entry, into a scratch database.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rondo_core::ids::{BatchId, Id as _, TeamId};

use super::{Difference, Progress, VerifyReport};
use crate::fields::Fields;
use crate::ledger::{ChainHash, chain, chain_start};
use crate::rows::Values;
use crate::{StoreError, TeamBatch, commit, db, ledger, projection};

/// Entries read and replayed at once: large enough to cost little per entry, small enough for any memory.
const PAGE: usize = 2000;

/// A database that lives as long as a verification.
pub(super) struct Scratch {
    path: PathBuf,
    pool: db::Scratch,
}

impl Scratch {
    /// An empty one with all tables, in `folder`.
    pub(super) async fn open(folder: &Path) -> Result<Self, StoreError> {
        static OPENED: AtomicU64 = AtomicU64::new(0);
        let number = OPENED.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("verify-{}-{number}.db", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let pool = db::Scratch::create(&path).await?;
        Ok(Self { path, pool })
    }

    pub(super) async fn connection(&self) -> Result<db::Connection, StoreError> {
        self.pool.acquire().await
    }

    pub(super) async fn remove(self) {
        self.pool.close().await;
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// How a replay ended.
pub(super) enum Outcome {
    /// There is no ledger and no team.
    NoSuchTeam,
    /// At an entry that does not follow from those before it; the report names it.
    Broken,
    /// At the last entry.
    Whole,
}

pub(super) async fn replay(
    data: &mut db::Connection,
    scratch: &mut db::Connection,
    team: TeamId,
    progress: &mut (dyn FnMut(Progress) + Send),
    report: &mut VerifyReport,
) -> Result<Outcome, StoreError> {
    let Some(entries) = revision(data, team).await? else { return Ok(Outcome::NoSuchTeam) };
    let mut before = chain_start(team);
    loop {
        progress(Progress { replayed: report.entries, entries });
        let rows = page(data, team, report.entries).await?;
        let mut batch = empty_batch(team, report.entries);
        for row in &rows {
            match check(row, batch.expected_revision + batch.entries.len() as u64 + 1, &mut before)?
            {
                Checked { differences, entry: Some(entry) } => {
                    differences.into_iter().for_each(|difference| report.differs(difference));
                    batch.entries.push(entry);
                }
                Checked { differences, entry: None } => {
                    differences.into_iter().for_each(|difference| report.differs(difference));
                    return Ok(Outcome::Broken);
                }
            }
        }
        let batch = Arc::new(batch);
        let written = Arc::clone(&batch);
        let written = scratch
            .at_once(move |scratch| Box::pin(async move { write(scratch, &written).await }))
            .await;
        if let Err(error) = written {
            report.differs(broken(&batch, &error));
            return Ok(Outcome::Broken);
        }
        report.entries += rows.len() as u64;
        if rows.len() < PAGE {
            progress(Progress { replayed: report.entries, entries });
            return Ok(Outcome::Whole);
        }
    }
}

/// How many entries there should be: the team's revision, or what the ledger has where the team is gone.
async fn revision(
    connection: &mut db::Connection,
    team: TeamId,
) -> Result<Option<u64>, StoreError> {
    let row = db::query_with(
        "select team_id, revision
         from teams
         where team_id = $1",
        Values::bound(|values| values.id(team)),
    )
    .fetch_optional(connection)
    .await?;
    if let Some(row) = row {
        return Fields::new(&row, "teams").number(1).map(Some);
    }
    let last = db::query_with(
        "select max(n)
         from ledger
         where team_id = $1",
        Values::bound(|values| values.id(team)),
    );
    let row = last.fetch_one(connection).await?;
    Fields::new(&row, "ledger").optional_number(0)
}

async fn page(
    connection: &mut db::Connection,
    team: TeamId,
    after: u64,
) -> Result<Vec<db::Row>, StoreError> {
    let values = Values::bound(|values| {
        values.id(team);
        values.number(after);
        values.number(PAGE as u64);
    });
    let rows = db::query_with(
        "select team_id, n, at, actor, kind, version, body, hash, is_about_leads
         from ledger
         where team_id = $1 and n > $2
         order by n
         limit $3",
        values,
    );
    rows.fetch_all(connection).await
}

/// What is wrong with an entry, and the entry if it can be read.
struct Checked {
    differences: Vec<Difference>,
    entry: Option<rondo_core::Entry>,
}

/// Checks a row against its place in the ledger and against the hash of the entry before it.
fn check(row: &db::Row, expected: u64, before: &mut ChainHash) -> Result<Checked, StoreError> {
    let fields = Fields::new(row, "ledger");
    let n = fields.number(1)?;
    let mut differences = Vec::new();
    let mut differs = |column: Option<&str>, ledger: String, stored: String| {
        differences.push(Difference {
            table: "ledger",
            kind: "entry",
            id: n.to_string(),
            column: column.map(str::to_owned),
            ledger,
            stored,
        });
    };
    if n != expected {
        differs(None, format!("entry {expected} comes here"), format!("entry {n}"));
        return Ok(Checked { differences, entry: None });
    }
    let (actor, body) = (fields.text(3)?, fields.text(6)?);
    let hash = chain(before, n, fields.instant(2)?.as_micros(), &actor, &body);
    let stored = fields.blob(7)?;
    if hash[..] != stored {
        differs(Some("hash"), hex(&hash), hex(&stored));
    }
    // Each link is checked by itself, so that one changed entry is one difference.
    *before = ChainHash::try_from(stored).unwrap_or(hash);
    let entry = match ledger::entry(row, 1) {
        Ok(entry) => entry,
        Err(StoreError::Corrupt { column, .. }) => {
            differs(
                Some(&column),
                "an event".to_owned(),
                "something that cannot be read".to_owned(),
            );
            return Ok(Checked { differences, entry: None });
        }
        Err(error) => return Err(error),
    };
    let kind = fields.text(4)?;
    if kind != ledger::kind_of(&body) {
        differs(Some("kind"), ledger::kind_of(&body).to_owned(), kind);
    }
    let is_about_leads = fields.flag(8)?;
    if is_about_leads != entry.event.is_about_leads() {
        let said = entry.event.is_about_leads();
        differs(Some("is_about_leads"), said.to_string(), is_about_leads.to_string());
    }
    Ok(Checked { differences, entry: Some(entry) })
}

async fn write(connection: &mut db::Connection, batch: &TeamBatch) -> Result<(), StoreError> {
    if batch.entries.is_empty() {
        return Ok(());
    }
    connection.begin_writing().await?;
    let claimed = commit::claim(connection, std::slice::from_ref(batch)).await?;
    if claimed.iter().any(Option::is_none) {
        return Err(StoreError::Conflict("the ledger does not begin with a team".to_owned()));
    }
    projection::project(connection, &[batch]).await?;
    connection.commit().await
}

fn empty_batch(team: TeamId, expected_revision: u64) -> TeamBatch {
    TeamBatch {
        team,
        expected_revision,
        batch: BatchId::from_bytes([0; 16]),
        entries: Vec::with_capacity(PAGE),
        details: Vec::new(),
        remembered: Vec::new(),
        deliveries: Vec::new(),
        due_at: None,
    }
}

fn broken(batch: &TeamBatch, error: &StoreError) -> Difference {
    let first = batch.expected_revision + 1;
    let last = batch.expected_revision + batch.entries.len() as u64;
    Difference {
        table: "ledger",
        kind: "entry",
        id: format!("{first} to {last}"),
        column: None,
        ledger: "entries that follow from those before them".to_owned(),
        stored: error.to_string(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
