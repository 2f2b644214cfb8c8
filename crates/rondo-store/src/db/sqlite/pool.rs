//! A fixed number of connections, handed out in the order in which they are asked for.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use rusqlite::OpenFlags;

use super::worker::{Jobs, Worker};
use super::{Connection, set_up};
use crate::StoreError;
use crate::db::turns::{Turn, Turns};

type SetUp = fn(&rusqlite::Connection) -> rusqlite::Result<()>;

/// Connections to one database, all set up alike.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Inner>);

struct Inner {
    path: PathBuf,
    flags: OpenFlags,
    set_up: SetUp,
    count: u32,
    turns: Turns,
    idle: Mutex<Vec<Worker>>,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pool({}, {})", self.0.path.display(), self.0.count)
    }
}

impl Pool {
    pub(super) async fn open(
        path: &Path,
        count: u32,
        flags: OpenFlags,
        set_up: SetUp,
    ) -> Result<Self, StoreError> {
        let inner = Inner {
            path: path.to_path_buf(),
            flags: flags | OpenFlags::SQLITE_OPEN_NO_MUTEX,
            set_up,
            count,
            turns: Turns::at(count),
            idle: Mutex::default(),
        };
        let pool = Self(Arc::new(inner));
        // All at once, so that each is opened, and trouble is told now.
        let held = futures_util::future::join_all((0..count).map(|_| pool.acquire())).await;
        held.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(pool)
    }

    /// A connection, once it is one's turn.
    pub(crate) async fn acquire(&self) -> Result<Connection, StoreError> {
        let turn = self.0.turns.take().await?;
        let idle = self.0.lock().pop();
        let worker = match idle {
            Some(worker) => worker,
            None => {
                let inner = Arc::clone(&self.0);
                Worker::start(move || inner.connect()).await?
            }
        };
        let home = Arc::clone(&self.0);
        let link = Link { worker: Some(worker), is_between: true, home, _turn: turn };
        Ok(Connection::Away(link))
    }

    /// Waits until all connections are back, and closes them; there are none from then on.
    pub(crate) async fn close(&self) {
        if !self.0.turns.end().await {
            return;
        }
        let idle = std::mem::take(&mut *self.0.lock());
        // The last connection to a database tidies up behind all of them.
        let _ = tokio::task::spawn_blocking(move || idle.into_iter().for_each(Worker::end)).await;
    }
}

impl Inner {
    fn connect(&self) -> rusqlite::Result<rusqlite::Connection> {
        let raw = rusqlite::Connection::open_with_flags(&self.path, self.flags)?;
        set_up(&raw)?;
        (self.set_up)(&raw)?;
        Ok(raw)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().expect("nothing panics while it holds the connections")
    }
}

/// A connection of a pool; goes back there, unless it is in the middle of something.
pub(crate) struct Link {
    worker: Option<Worker>,
    /// No transaction is under way.
    pub(super) is_between: bool,
    home: Arc<Inner>,
    _turn: Turn,
}

impl Link {
    pub(super) fn jobs(&self) -> Jobs {
        self.worker.as_ref().expect("a link is ended last").jobs()
    }

    /// Closes the connection, and waits until it is closed.
    pub(super) fn end(mut self) {
        self.worker.take().into_iter().for_each(Worker::end);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // One that does not go back goes, with its thread, once it has done what it is at.
        if let Some(worker) = self.worker.take().filter(|_| self.is_between) {
            self.home.lock().push(worker);
        }
    }
}
