//! What can go wrong with the data.

/// Why the store could not do what was asked. "Not there" and "somebody was first" are answers, not errors.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// A second lock (a unique constraint) held: somebody else wrote first, or the decision was wrong.
    #[error("a unique constraint refused the write: {0}")]
    Conflict(String),
    /// Somebody else held what was to be written for too long.
    #[error("another server held the team for too long: {0}")]
    Locked(String),
    /// A stored value that no version of Rondo writes.
    #[error(
        "row `{key}` of table `{table}` holds a value in `{column}` that cannot be read; run `rondo verify`"
    )]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: String,
        /// The row's key, as ids or numbers.
        key: String,
    },
    /// An entry that a newer version of Rondo wrote.
    #[error("ledger entry {n} is of kind `{kind}`, which this version does not know; update Rondo")]
    UnknownEvent {
        /// Its number.
        n: u64,
        /// Its kind, and version where that is what is new.
        kind: String,
    },
    /// No room is left on the disk.
    #[error("the disk is full; free some space")]
    Full,
    /// The database cannot be written to.
    #[error("the database is read-only; check the disk and the permissions of its folder")]
    ReadOnly,
    /// The database is busy with somebody else's write, or cannot be reached; worth another try.
    #[error("the database cannot be reached just now: {0}")]
    Unavailable(String),
    /// The setting names no database that can be opened.
    #[error("`{database}` cannot be opened: {problem}")]
    Unopenable {
        /// As configured.
        database: String,
        /// What is wrong, and what was expected.
        problem: String,
    },
    /// Anything else that the database says.
    #[error("the database failed: {0}")]
    Failed(String),
}

impl StoreError {
    /// Whether the same call may succeed when repeated a little later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Conflict(_)
            | Self::Locked(_)
            | Self::Full
            | Self::ReadOnly
            | Self::Unavailable(_) => true,
            Self::Corrupt { .. }
            | Self::UnknownEvent { .. }
            | Self::Unopenable { .. }
            | Self::Failed(_) => false,
        }
    }
}
