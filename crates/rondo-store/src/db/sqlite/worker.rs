//! The thread that a connection lives on from its first day to its last.

use std::sync::mpsc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::lost;
use crate::StoreError;

/// Work for a connection, which it gives back.
type Job = Box<dyn FnOnce(rusqlite::Connection) -> rusqlite::Connection + Send>;

/// A connection on a thread of its own: what it holds in memory stays near to one processor, and nobody else waits
/// when it takes its time. Goes with this value.
pub(super) struct Worker {
    jobs: mpsc::Sender<Job>,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Opens a connection on a new thread.
    pub(super) async fn start(
        open: impl FnOnce() -> rusqlite::Result<rusqlite::Connection> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (jobs, waiting) = mpsc::channel::<Job>();
        let (opened, answer) = oneshot::channel();
        let thread = std::thread::Builder::new().name("rondo-sqlite".to_owned()).spawn(move || {
            let mut raw = match open() {
                Ok(raw) => raw,
                // Whoever asked may have gone away.
                Err(error) => return drop(opened.send(Err(error))),
            };
            let _ = opened.send(Ok(()));
            while let Ok(job) = waiting.recv() {
                raw = job(raw);
            }
        });
        let thread = thread.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        answer.await.map_err(|_| lost())??;
        Ok(Self { jobs, thread })
    }

    /// Where work for the connection goes; it is done in order.
    pub(super) fn jobs(&self) -> Jobs {
        Jobs(self.jobs.clone())
    }

    /// Ends the thread, and waits until the connection is closed.
    pub(super) fn end(self) {
        drop(self.jobs);
        // A thread that panicked has closed its connection as well.
        let _ = self.thread.join();
    }
}

/// Where work for a connection goes.
pub(super) struct Jobs(mpsc::Sender<Job>);

impl Jobs {
    /// Has work done; what it came to is the answer, unless the thread is gone.
    pub(super) fn send<R: Send + 'static>(
        &self,
        work: impl FnOnce(rusqlite::Connection) -> (rusqlite::Connection, R) + Send + 'static,
    ) -> oneshot::Receiver<R> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(move |raw| {
            let (raw, done) = work(raw);
            // Dropped here if nobody waits for it any more.
            drop(reply.send(done));
            raw
        });
        // A thread that is gone drops the work, and with it the reply: the receiver is told.
        drop(self.0.send(job));
        answer
    }
}
