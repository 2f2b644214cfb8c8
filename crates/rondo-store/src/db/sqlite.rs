//! The SQLite adapter: opening the database, and speaking to it without holding up those who wait.
//!
//! SQLite answers on the thread that asks. Each connection therefore lives on a thread of its own ([`worker`]), to
//! which statements are sent; work of many statements goes there as a whole ([`Connection::at_once`]), and its
//! statements are then answered without any waiting.

mod checkpoints;
mod database;
mod files;
mod migrate;
mod pool;
mod rows;
mod statement;
mod syncs;
#[cfg(test)]
mod tests;
mod worker;

use std::path::Path;
use std::time::Duration;

use rusqlite::OpenFlags;

use super::{Row, Size, Sizes};
use crate::StoreError;
use crate::rows::Values;

pub(crate) use database::Database;
pub(crate) use pool::Pool;
pub(crate) use rows::Rows;
pub(crate) use statement::{text_of, with_keys};

use files::{create, path_of, write_problem};
use migrate::migrate;

use pool::Link;

/// How long a write waits for another process's write before it gives up.
const BUSY: Duration = Duration::from_secs(5);
/// Attempts at switching a new database to its log: each waits for somebody who does the same.
const SWITCHES_MAX: usize = 20;
/// Statements kept prepared by a connection.
const STATEMENTS_MAX: usize = 200;
/// Kibibytes of pages cached by the writer of a database of less than a gibibyte. What lies in the database is read
/// without being copied, so that this holds pages of the log. In so small a database a commit walks through all of
/// them once in a while, as if those from a gibibyte on were gone, which makes a larger cache a slower one.
const WRITER_CACHE: i64 = -8192;
/// The same for larger ones.
const WRITER_CACHE_LARGE: i64 = -65536;
/// Pages of a gibibyte.
const LARGE_PAGES: i64 = 262_145;
/// Kibibytes of pages cached by each reader; the operating system's cache lies behind it.
const READER_CACHE: i64 = -8192;
/// Bytes of the database read without a system call: all of it, however large.
const MMAP: i64 = 1 << 40;

/// A connection that its holder has to itself.
pub(crate) enum Connection {
    /// On its own thread, where statements are sent.
    Away(Link),
    /// This is its thread, where statements may take their time.
    Here(rusqlite::Connection),
    /// Whoever waited for it to come back went away.
    Lost,
}

impl Connection {
    /// Does work of many statements at once, on the connection's own thread, where it may take its time.
    pub(crate) async fn at_once<R: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let mut link = self.take()?;
        let answer = link.jobs().send(move |raw| {
            let mut here = Self::Here(raw);
            let done = work(&mut here);
            let Self::Here(raw) = here else { unreachable!("a connection stays on its thread") };
            link.is_between = raw.is_autocommit();
            (raw, (link, done))
        });
        let (link, done) = answer.await.map_err(|_| lost())?;
        *self = Self::Away(link);
        done
    }

    /// Lends the connection to `work` as a value, which gives it back.
    pub(crate) fn lent<R>(&mut self, work: impl FnOnce(Self) -> (Self, R)) -> R {
        let (lent, done) = work(std::mem::replace(self, Self::Lost));
        *self = lent;
        done
    }

    /// Takes the link for as long as the thread works with it.
    fn take(&mut self) -> Result<Link, StoreError> {
        match std::mem::replace(self, Self::Lost) {
            Self::Away(link) => Ok(link),
            here @ Self::Here(_) => {
                *self = here;
                Err(StoreError::Failed("a connection that is at once was sent away".to_owned()))
            }
            Self::Lost => Err(lost()),
        }
    }

    /// Executes a statement; how many rows it touched.
    pub(crate) async fn execute(
        &mut self,
        sql: &str,
        values: Values<'_>,
    ) -> Result<u64, StoreError> {
        let sql = statement::text_of(sql);
        if let Self::Here(raw) = self {
            return statement::execute(raw, &sql, &values);
        }
        let values = values.into_owned();
        self.at_once(move |there| statement::execute(there.raw()?, &sql, &values)).await
    }

    /// Executes a statement; the rows that it answers.
    pub(crate) async fn fetch(
        &mut self,
        sql: &str,
        values: Values<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let sql = statement::text_of(sql);
        if let Self::Here(raw) = self {
            let mut answered = Vec::new();
            statement::fetch(raw, &sql, &values, &mut answered)?;
            return Ok(answered);
        }
        let values = values.into_owned();
        self.at_once(move |there| {
            let mut answered = Vec::new();
            statement::fetch(there.raw()?, &sql, &values, &mut answered)?;
            Ok(answered)
        })
        .await
    }

    /// Executes statements; the rows that they answer.
    pub(crate) async fn fetch_all(
        &mut self,
        executions: Vec<(&'static Size, Values<'_>)>,
    ) -> Result<Vec<Row>, StoreError> {
        if let Self::Here(raw) = self {
            return statement::fetch_all(raw, &executions);
        }
        let owned = executions.into_iter().map(|(size, values)| (size, values.into_owned()));
        let executions: Vec<_> = owned.collect();
        self.at_once(move |there| statement::fetch_all(there.raw()?, &executions)).await
    }

    /// Executes a statement once for each row of values; how many rows of the table it touched.
    pub(crate) async fn execute_each<'v, T>(
        &mut self,
        sizes: &'static Sizes,
        rows: &'v [T],
        bind: impl Fn(&mut Values<'v>, &'v T),
    ) -> Result<u64, StoreError> {
        if let Self::Here(raw) = self {
            return statement::execute_each(raw, sizes, rows, bind);
        }
        let rows: Vec<_> = rows.iter().map(|row| bound(row, &bind)).collect();
        self.at_once(move |there| {
            statement::execute_each(there.raw()?, sizes, &rows, Values::append)
        })
        .await
    }

    /// The rows that a statement answers, a few at a time.
    pub(crate) async fn stream(
        &mut self,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<Rows<'_>, StoreError> {
        Rows::of(self, sql, values.into_owned())
    }

    /// Begins a transaction that reads, as of one moment.
    pub(crate) async fn begin(&mut self) -> Result<(), StoreError> {
        self.execute("begin", Values::default()).await.map(drop)
    }

    /// Begins a transaction that writes: takes the write lock at once, so that it cannot fail half-way.
    pub(crate) async fn begin_writing(&mut self) -> Result<(), StoreError> {
        self.execute("begin immediate", Values::default()).await.map(drop)
    }

    /// Ends the transaction; what it wrote is on disk then.
    pub(crate) async fn commit(&mut self) -> Result<(), StoreError> {
        self.execute("commit", Values::default()).await.map(drop)
    }

    /// Ends the transaction, and nothing that it wrote is kept.
    pub(crate) async fn roll_back(&mut self) -> Result<(), StoreError> {
        self.execute("rollback", Values::default()).await.map(drop)
    }

    /// Never used again: whatever state a failure left it in, nobody is handed it.
    pub(crate) async fn discard(mut self) {
        if let Ok(link) = self.take() {
            // Closing may write. Should the thread be gone, so is the connection.
            let _ = tokio::task::spawn_blocking(move || link.end()).await;
        }
    }

    fn raw(&mut self) -> Result<&mut rusqlite::Connection, StoreError> {
        match self {
            Self::Here(raw) => Ok(raw),
            Self::Away(_) | Self::Lost => Err(lost()),
        }
    }
}

fn bound<'v, T>(row: &'v T, bind: &impl Fn(&mut Values<'v>, &'v T)) -> Values<'static> {
    let mut values = Values::default();
    bind(&mut values, row);
    values.into_owned()
}

fn lost() -> StoreError {
    StoreError::Unavailable("the connection was given up half-way".to_owned())
}

/// The one connection that writes, as a pool so that writers queue. What it commits is seen by all, outlasts the end of
/// the process, and a loss of power once [`syncs`] has synced it.
async fn writer(path: &Path) -> Result<Pool, StoreError> {
    Pool::open(path, 1, OpenFlags::SQLITE_OPEN_READ_WRITE, |raw| {
        switch_to_log(raw)?;
        raw.pragma_update(None, "synchronous", "normal")?;
        size_cache(raw)?;
        raw.pragma_update(None, "wal_autocheckpoint", checkpoints::LOG_PAGES_MAX)
    })
    .await
}

/// Gives the writer the cache that fits the database as large as it is.
fn size_cache(raw: &rusqlite::Connection) -> rusqlite::Result<()> {
    let pages: i64 = raw.pragma_query_value(None, "page_count", |row| row.get(0))?;
    let cache = if pages < LARGE_PAGES { WRITER_CACHE } else { WRITER_CACHE_LARGE };
    raw.pragma_update(None, "cache_size", cache)
}

/// Has changes written to a log. SQLite does not wait for others who do the same to a new database: it gives up at once,
/// and can then be made to wait by another lock.
fn switch_to_log(raw: &rusqlite::Connection) -> rusqlite::Result<()> {
    for _ in 1..SWITCHES_MAX {
        match raw.pragma_update(None, "journal_mode", "wal") {
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {
                raw.execute_batch("begin immediate; rollback")?;
            }
            done => return done,
        }
    }
    raw.pragma_update(None, "journal_mode", "wal")
}

/// The connections that read.
async fn readers(path: &Path, count: u32) -> Result<Pool, StoreError> {
    Pool::open(path, count.max(1), OpenFlags::SQLITE_OPEN_READ_ONLY, |raw| {
        raw.pragma_update(None, "cache_size", READER_CACHE)
    })
    .await
}

/// A throw-away database with all tables, for one connection, that need survive nothing.
pub(crate) async fn scratch(path: &Path) -> Result<Pool, StoreError> {
    let unopenable = |error: std::io::Error| StoreError::Unopenable {
        database: path.display().to_string(),
        problem: error.to_string(),
    };
    create(path).map_err(unopenable)?;
    let pool = Pool::open(path, 1, OpenFlags::SQLITE_OPEN_READ_WRITE, |raw| {
        raw.pragma_update(None, "journal_mode", "off")?;
        raw.pragma_update(None, "synchronous", "off")?;
        raw.pragma_update(None, "cache_size", WRITER_CACHE)
    })
    .await?;
    migrate(&pool).await?;
    Ok(pool)
}

/// What every connection is set to.
fn set_up(raw: &rusqlite::Connection) -> rusqlite::Result<()> {
    raw.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    raw.busy_timeout(BUSY)?;
    raw.pragma_update(None, "foreign_keys", true)?;
    raw.pragma_update(None, "mmap_size", MMAP)?;
    // Else a join makes SQLite index one side and read the whole table past it, where it should look up each value
    // in the table's own index.
    raw.pragma_update(None, "automatic_index", false)?;
    raw.pragma_update(None, "temp_store", "memory")
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ffi;

        let rusqlite::Error::SqliteFailure(code, said) = &error else {
            return Self::Failed(error.to_string());
        };
        let said = said.clone().unwrap_or_else(|| code.to_string());
        match (code.extended_code, code.extended_code & 0xff) {
            (ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_UNIQUE, _) => {
                Self::Conflict(said)
            }
            // The index of the log cannot grow.
            (ffi::SQLITE_IOERR_SHMSIZE, _) | (_, ffi::SQLITE_FULL) => Self::Full,
            (_, ffi::SQLITE_READONLY) => Self::ReadOnly,
            (
                _,
                ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED | ffi::SQLITE_CANTOPEN | ffi::SQLITE_IOERR,
            ) => Self::Unavailable(said),
            _ => Self::Failed(said),
        }
    }
}
