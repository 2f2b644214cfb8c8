//! Copying the log into the database beside the writer, so that nobody waits for it.
//!
//! SQLite begins the log anew only when all of it was copied, and a writer that never rests always adds to it. So a
//! connection of its own copies the most of it while others write, and the writer the little that is left then.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::OpenFlags;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::{Connection, Pool};
use crate::StoreError;

/// Pages of the log that are not in the database yet after which they are copied (32 MiB): often enough for a quick
/// start, seldom enough that a page written by many batches is copied once.
const PAGES_LEFT_MAX: i64 = 8192;
/// Pages that are left to the writer (2 MiB): a few milliseconds.
const WRITER_PAGES_MAX: i64 = 512;
/// How often the copying goes over what came while it copied. Each time that is a fraction of the time before.
const ROUNDS_MAX: usize = 8;
/// Pages of the log at which the writer copies it by itself (512 MiB), should nobody else.
pub(super) const LOG_PAGES_MAX: i64 = 131_072;

/// Keeps the log short, for as long as this value lives.
#[derive(Debug)]
pub(crate) struct Checkpoints {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
    pool: Pool,
}

#[derive(Debug, Default)]
struct Shared {
    /// Something was committed.
    news: Notify,
    /// So little is left that the writer may copy it.
    is_nearly_done: AtomicBool,
}

impl Checkpoints {
    /// Begins; needs a running Tokio runtime.
    pub(crate) async fn start(path: &Path) -> Result<Self, StoreError> {
        let pool = Pool::open(path, 1, OpenFlags::SQLITE_OPEN_READ_WRITE, |raw| {
            raw.pragma_update(None, "wal_autocheckpoint", 0)
        })
        .await?;
        let shared = Arc::<Shared>::default();
        let task = tokio::spawn(run(pool.clone(), Arc::clone(&shared)));
        Ok(Self { shared, task, pool })
    }

    /// Tells that `writer`, which is at once, has committed something.
    pub(crate) fn committed(&self, writer: &mut Connection) {
        if self.shared.is_nearly_done.swap(false, Ordering::Relaxed)
            && let Err(error) = writer.raw().and_then(|raw| finish(raw))
        {
            tracing::warn!(%error, "The rest of the log could not be copied; it is tried again.");
        }
        self.shared.news.notify_one();
    }

    /// Ends the copying; what is in the log stays there.
    pub(crate) async fn stop(&self) {
        self.task.abort();
        self.pool.close().await;
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(pool: Pool, shared: Arc<Shared>) {
    let mut pages_left_max = PAGES_LEFT_MAX;
    loop {
        shared.news.notified().await;
        match copy(&pool, pages_left_max).await {
            Ok(Some(left)) => {
                pages_left_max = PAGES_LEFT_MAX + left;
                if left <= WRITER_PAGES_MAX {
                    pages_left_max = PAGES_LEFT_MAX;
                    shared.is_nearly_done.store(true, Ordering::Relaxed);
                }
            }
            Ok(None) => {}
            Err(error) => {
                pages_left_max += PAGES_LEFT_MAX;
                tracing::warn!(%error, "The log could not be copied into the database; it is tried again.");
            }
        }
    }
}

/// Copies the log if more pages than these are left; how many are left then.
async fn copy(pool: &Pool, pages_left_max: i64) -> Result<Option<i64>, StoreError> {
    let mut connection = pool.acquire().await?;
    connection
        .at_once(move |there| {
            let raw = there.raw()?;
            if Log::seen(raw)?.left() <= pages_left_max {
                return Ok(None);
            }
            let mut left = i64::MAX;
            for _ in 0..ROUNDS_MAX {
                Log::copied(raw)?;
                let before = std::mem::replace(&mut left, Log::seen(raw)?.left());
                // Somebody reads what stood there long ago, or the writer is faster.
                if left <= WRITER_PAGES_MAX || left >= before {
                    break;
                }
            }
            Ok(Some(left))
        })
        .await
}

/// Copies the little that is left of the log, which brings the database to its size.
fn finish(raw: &rusqlite::Connection) -> Result<(), StoreError> {
    Log::copied(raw)?;
    Ok(super::size_cache(raw)?)
}

/// Copies all of the log and empties it, unless somebody stands in the way; whether it could.
pub(super) fn copy_whole_log(raw: &rusqlite::Connection) -> Result<bool, StoreError> {
    let mut statement = raw.prepare_cached("pragma wal_checkpoint(truncate)")?;
    let is_busy: bool = statement.query_row((), |row| row.get(0))?;
    Ok(!is_busy)
}

/// How long the log is.
struct Log {
    pages: i64,
    copied: i64,
}

impl Log {
    /// As it is.
    fn seen(raw: &rusqlite::Connection) -> Result<Self, StoreError> {
        Self::after(raw, "pragma wal_checkpoint(noop)")
    }

    /// After copying as much of it as nobody stands in the way of.
    fn copied(raw: &rusqlite::Connection) -> Result<Self, StoreError> {
        Self::after(raw, "pragma wal_checkpoint(passive)")
    }

    fn after(raw: &rusqlite::Connection, sql: &str) -> Result<Self, StoreError> {
        let mut statement = raw.prepare_cached(sql)?;
        Ok(statement.query_row((), |row| Ok(Self { pages: row.get(1)?, copied: row.get(2)? }))?)
    }

    fn left(&self) -> i64 {
        self.pages - self.copied
    }
}
