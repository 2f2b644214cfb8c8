//! The SQLite adapter: everything that PostgreSQL does in another way.
//!
//! Statements elsewhere in the crate are written once, in what both databases understand, and reach the database
//! through the names of this module.

use std::fs::{DirBuilder, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, SqlSafeStr as _};

use crate::StoreError;

pub(crate) type Database = sqlx::Sqlite;
pub(crate) type Pool = sqlx::SqlitePool;
pub(crate) type Connection = sqlx::SqliteConnection;
pub(crate) type Row = sqlx::sqlite::SqliteRow;
pub(crate) type Arguments = sqlx::sqlite::SqliteArguments;

/// How a transaction that writes begins: takes the write lock at once, so that it cannot fail half-way.
pub(crate) const BEGIN: &str = "begin immediate";

/// How long a write waits for another process's write before it gives up.
const BUSY: Duration = Duration::from_secs(5);
/// How long a read waits for a reading connection.
const ACQUIRE: Duration = Duration::from_secs(10);
/// Statements kept prepared by a connection: every statement in each of its chunk sizes.
const STATEMENTS_MAX: usize = 400;
/// Pages of the log after which they are copied into the database (32 MiB): often enough for a quick start, seldom
/// enough that a page written by many batches is copied once.
const CHECKPOINT_PAGES: &str = "8192";
/// Kibibytes of pages cached by the writer.
const WRITER_CACHE: &str = "-65536";
/// Kibibytes of pages cached by each reader; the operating system's cache lies behind it.
const READER_CACHE: &str = "-8192";
/// Bytes of the database read without a system call: SQLite's own upper bound.
const MMAP: &str = "2147418112";

const MIGRATIONS: &[(i64, &str, &str)] = &[(
    1,
    "teams and their ledger",
    include_str!("../migrations/sqlite/0001_teams_and_their_ledger.sql"),
)];

/// The placeholders `(…), (…)` for so many rows of so many columns, when nothing else is bound.
///
/// Unnumbered here: SQLite looks a numbered parameter up by scanning all of them.
pub(crate) fn placeholders(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; rows].join(", ")
}

/// The path in `sqlite:PATH`.
pub(crate) fn path_of(database: &str) -> Result<PathBuf, StoreError> {
    match database.strip_prefix("sqlite:") {
        Some(path) if !path.is_empty() && path != ":memory:" => Ok(PathBuf::from(path)),
        _ => Err(StoreError::Unopenable {
            database: database.to_owned(),
            problem: "expected `sqlite:` and the path of a file".to_owned(),
        }),
    }
}

/// Makes the folder and the file where they are missing, readable by their owner alone.
pub(crate) fn create(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    if path.exists() {
        return Ok(());
    }
    let mut file = OpenOptions::new();
    file.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    file.open(path).map(drop)
}

/// What keeps the database's folder from being written to, if anything does: SQLite says no more than that it cannot
/// open the file. A file of our own is tried, because opening and closing the database itself would let go of the
/// locks that this process may hold on it.
pub(crate) fn write_problem(path: &Path) -> Option<std::io::Error> {
    let trial = path.with_extension("trial");
    let made = OpenOptions::new().write(true).create(true).truncate(true).open(&trial);
    made.and_then(|_| std::fs::remove_file(&trial)).err()
}

/// The one connection that writes, as a pool so that writers queue.
pub(crate) async fn writer(path: &Path) -> Result<Pool, StoreError> {
    let options = connect_options(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", WRITER_CACHE)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES);
    Ok(pool(1).connect_with(options).await?)
}

/// The connections that read.
pub(crate) async fn readers(path: &Path, count: u32) -> Result<Pool, StoreError> {
    let options = connect_options(path).read_only(true).pragma("cache_size", READER_CACHE);
    Ok(pool(count.max(1)).connect_with(options).await?)
}

/// One connection to a throw-away database that need survive nothing.
pub(crate) async fn scratch(path: &Path) -> Result<Pool, StoreError> {
    let options = connect_options(path)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", WRITER_CACHE);
    Ok(pool(1).connect_with(options).await?)
}

fn connect_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .statement_cache_capacity(STATEMENTS_MAX)
        .pragma("mmap_size", MMAP)
        // Else a long list of values makes SQLite index the list and read the whole table past it, where it should
        // look up each value in the table's own index.
        .pragma("automatic_index", "off")
        .pragma("temp_store", "memory")
        .disable_statement_logging()
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(connections)
        .acquire_timeout(ACQUIRE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// Brings the tables to this version.
pub(crate) async fn migrate(pool: &Pool) -> Result<(), StoreError> {
    let migrations = MIGRATIONS
        .iter()
        .map(|&(number, why, sql)| {
            let sql = AssertSqlSafe(sql).into_sql_str();
            Migration::new(number, why.into(), MigrationType::Simple, sql, false)
        })
        .collect();
    Migrator::with_migrations(migrations).run(pool).await.map_err(|error| StoreError::Unopenable {
        database: "the database".to_owned(),
        problem: error.to_string(),
    })
}

/// SQLite's primary result codes that mean something of their own (sqlite.org/rescode.html).
mod code {
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const READ_ONLY: i32 = 8;
    pub(super) const CANT_OPEN: i32 = 14;
    pub(super) const FULL: i32 = 13;
    /// The index of the log cannot grow.
    pub(super) const IO_ERROR_SHM_SIZE: i32 = 4874;
    pub(super) const CONSTRAINT_PRIMARY_KEY: i32 = 1555;
    pub(super) const CONSTRAINT_UNIQUE: i32 = 2067;
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(said) => {
                let extended: i32 = said.code().and_then(|code| code.parse().ok()).unwrap_or(0);
                match (extended, extended & 0xff) {
                    (code::CONSTRAINT_PRIMARY_KEY | code::CONSTRAINT_UNIQUE, _) => {
                        Self::Conflict(said.message().to_owned())
                    }
                    (_, code::BUSY | code::LOCKED | code::CANT_OPEN) => {
                        Self::Unavailable(said.message().to_owned())
                    }
                    (_, code::READ_ONLY) => Self::ReadOnly,
                    (code::IO_ERROR_SHM_SIZE, _) | (_, code::FULL) => Self::Full,
                    _ => Self::Failed(Arc::new(error)),
                }
            }
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Failed(Arc::new(error)),
        }
    }
}
