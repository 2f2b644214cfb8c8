//! Making what was written outlast a loss of power: one sync of the log for all that was committed before it.
//!
//! SQLite syncs within each commit, and the next one waits for that. Here commits follow one another without syncing,
//! and a thread syncs the log beside them; whoever must be sure waits for a sync that began after their commit. The
//! log is a chain: what a sync carries, it carries with all that was committed before.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;

use tokio::sync::watch;

use super::Connection;
use crate::StoreError;

/// Syncs the log of one database for as long as this value lives.
#[derive(Debug)]
pub(crate) struct Syncs {
    shared: Arc<Shared>,
    /// Taken when it is ended.
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    has_news: Condvar,
    done: watch::Sender<Done>,
}

#[derive(Debug, Default)]
struct State {
    /// Commits so far.
    written: u64,
    is_over: bool,
    /// A sync failed: the system may have forgotten what it could not write, so that a later sync proves nothing until
    /// the whole log was copied.
    has_failed: bool,
}

/// How far the syncs have come.
#[derive(Debug, Default)]
struct Done {
    /// The commits up to this one are on disk.
    synced: u64,
    /// The last sync that failed: the commits up to which it was for, and why.
    failed: Option<(u64, String)>,
}

impl Syncs {
    /// Begins; the log lies beside the database.
    pub(crate) fn start(database: &Path) -> Result<Self, StoreError> {
        let log = log_of(database);
        Self::start_with(move || {
            let mut file = None;
            move || sync(&log, &mut file)
        })
    }

    /// Begins with any way of syncing.
    fn start_with<S: FnMut() -> std::io::Result<()>>(
        make_sync: impl FnOnce() -> S + Send + 'static,
    ) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            has_news: Condvar::new(),
            done: watch::Sender::default(),
        });
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("rondo-sync".to_owned())
            .spawn(move || run(&theirs, make_sync()))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    /// Tells that something was committed; a sync begins as soon as the one under way is over.
    pub(crate) fn written(&self) {
        self.shared.lock().written += 1;
        self.shared.has_news.notify_one();
    }

    /// Returns once everything that was committed before is on disk.
    pub(crate) async fn durable(&self) -> Result<(), StoreError> {
        let written = self.shared.lock().written;
        let mut done = self.shared.done.subscribe();
        let done = done.wait_for(|done| {
            done.synced >= written || done.failed.as_ref().is_some_and(|(upto, _)| *upto >= written)
        });
        // The sender lives as long as this value.
        match done.await.map_err(|_| super::lost())?.failed.as_ref() {
            Some((upto, problem)) if *upto >= written => {
                Err(StoreError::Unavailable(format!("the disk did not confirm a write: {problem}")))
            }
            _ => Ok(()),
        }
    }

    /// Makes sure, before `writer` writes again, that no earlier sync has failed: copies the whole log otherwise.
    pub(crate) fn mend(&self, writer: &mut Connection) -> Result<(), StoreError> {
        if !self.shared.lock().has_failed {
            return Ok(());
        }
        if !super::checkpoints::copy_whole_log(writer.raw()?)? {
            let problem = "an earlier write was not confirmed by the disk; trying again".to_owned();
            return Err(StoreError::Unavailable(problem));
        }
        self.shared.lock().has_failed = false;
        Ok(())
    }

    /// Ends once everything committed is on disk, or could not be brought there.
    pub(crate) async fn stop(&self) {
        self.shared.end();
        let thread = self.thread.lock().expect("nothing panics while it holds the thread").take();
        // Waits for the disk. A thread that panicked has nothing left to do.
        let join = move || thread.map(|thread| drop(thread.join()));
        let _ = tokio::task::spawn_blocking(join).await;
    }
}

impl Drop for Syncs {
    fn drop(&mut self) {
        self.shared.end();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the state")
    }

    fn end(&self) {
        self.lock().is_over = true;
        self.has_news.notify_one();
    }

    /// How much is to be synced once there is more than `synced`; none once it is over.
    fn next(&self, synced: u64) -> Option<u64> {
        let state = self
            .has_news
            .wait_while(self.lock(), |state| state.written == synced && !state.is_over)
            .expect("nothing panics while it holds the state");
        (state.written > synced).then_some(state.written)
    }
}

fn run(shared: &Shared, mut sync: impl FnMut() -> std::io::Result<()>) {
    let mut upto = 0;
    while let Some(next) = shared.next(upto) {
        upto = next;
        match sync() {
            Ok(()) => shared.done.send_modify(|done| done.synced = upto),
            Err(error) => {
                tracing::error!(%error, "The disk did not confirm a write; look after it.");
                shared.lock().has_failed = true;
                shared.done.send_modify(|done| done.failed = Some((upto, error.to_string())));
            }
        }
    }
}

/// Where SQLite keeps the log of a database.
fn log_of(database: &Path) -> PathBuf {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    PathBuf::from(log)
}

/// Syncs the log, which is there once something was committed, and for as long as the database is open.
fn sync(log: &Path, file: &mut Option<File>) -> std::io::Result<()> {
    let file = match file {
        Some(file) => file,
        None => file.insert(File::open(log)?),
    };
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Syncs that do what they are told, one by one.
    fn told() -> (Syncs, mpsc::Sender<std::io::Result<()>>) {
        let (tell, told) = mpsc::channel();
        (Syncs::start_with(move || move || told.recv().unwrap_or(Ok(()))).unwrap(), tell)
    }

    #[tokio::test]
    async fn what_was_committed_before_a_sync_is_durable_after_it() {
        let (syncs, tell) = told();
        let syncs = Arc::new(syncs);
        syncs.written();
        let waiting = tokio::spawn({
            let syncs = Arc::clone(&syncs);
            async move { syncs.durable().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        tell.send(Ok(())).unwrap();
        waiting.await.unwrap().unwrap();
        // Nothing was written since: nothing to wait for.
        syncs.durable().await.unwrap();
    }

    #[tokio::test]
    async fn a_sync_that_fails_is_told_to_those_it_was_for_and_to_nobody_later() {
        let (syncs, tell) = told();
        syncs.written();
        tell.send(Err(std::io::Error::other("the cable is out"))).unwrap();
        let error = syncs.durable().await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
        assert!(error.to_string().contains("the cable is out"), "{error}");
        syncs.written();
        tell.send(Ok(())).unwrap();
        syncs.durable().await.unwrap();
    }

    #[tokio::test]
    async fn after_a_failed_sync_the_whole_log_is_copied_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rondo.db");
        super::super::create(&path).unwrap();
        let pool = super::super::writer(&path).await.unwrap();
        let mut writer = pool.acquire().await.unwrap();
        writer.execute("create table t (n integer)", Default::default()).await.unwrap();
        assert!(std::fs::metadata(log_of(&path)).unwrap().len() > 0);
        let (syncs, tell) = told();
        let syncs = Arc::new(syncs);
        syncs.written();
        tell.send(Err(std::io::Error::other("the cable is out"))).unwrap();
        syncs.durable().await.unwrap_err();
        let mended = Arc::clone(&syncs);
        writer.at_once(move |writer| mended.mend(writer)).await.unwrap();
        assert_eq!(std::fs::metadata(log_of(&path)).unwrap().len(), 0);
        assert!(!syncs.shared.lock().has_failed);
    }
}
