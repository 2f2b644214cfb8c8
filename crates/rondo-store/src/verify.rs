//! Whether the tables are what the ledger says, and the ledger what was written.

use rondo_core::ids::TeamId;

use crate::{Store, StoreError};

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
    /// What differs, at most [`crate::DIFFERENCES_MAX`]; none in a sound team.
    pub differences: Vec<Difference>,
}

/// One thing that is not as the ledger says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// What the row is: `rep`, `member`, `cursor` …
    pub kind: &'static str,
    /// Which one, as its id or number.
    pub id: String,
    /// The column, or none where the whole row is missing or too many.
    pub column: Option<&'static str>,
    /// What the ledger says.
    pub ledger: String,
    /// What the table says.
    pub stored: String,
}

/// Differences reported at most: enough to see what happened, short enough to read.
pub const DIFFERENCES_MAX: usize = 1000;

/// SKELETON: bodies are being written; signatures stand.
#[allow(unused_variables, clippy::unimplemented)]
impl Store {
    /// Replays the team's ledger and compares it with the tables; none if there is no such team.
    pub async fn verify(
        &self,
        team: TeamId,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Option<VerifyReport>, StoreError> {
        unimplemented!()
    }
}
