//! A database in a file: one connection that writes, a few that read, and those who look after its log.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::checkpoints::Checkpoints;
use super::syncs::Syncs;
use super::{Connection, Pool, create, migrate, path_of, readers, write_problem, writer};
use crate::StoreError;
use crate::rows::Values;

/// An open database.
#[derive(Debug)]
pub(crate) struct Database {
    path: PathBuf,
    writer: Pool,
    checkpoints: Arc<Checkpoints>,
    syncs: Arc<Syncs>,
    readers: Pool,
}

impl Database {
    /// Opens `sqlite:PATH`, making and migrating it where needed.
    pub(crate) async fn open(database: &str, readers: u32) -> Result<Self, StoreError> {
        let path = path_of(database)?;
        let unopenable =
            |problem: String| StoreError::Unopenable { database: database.to_owned(), problem };
        create(&path).map_err(|error| unopenable(error.to_string()))?;
        match Self::connect(path.clone(), readers).await {
            Ok(database) => Ok(database),
            Err(error) => match write_problem(&path) {
                Some(problem) => Err(unopenable(problem.to_string())),
                None => Err(error),
            },
        }
    }

    async fn connect(path: PathBuf, count: u32) -> Result<Self, StoreError> {
        let writer = writer(&path).await?;
        migrate(&writer).await?;
        let checkpoints = Arc::new(Checkpoints::start(&path).await?);
        let syncs = Arc::new(Syncs::start(&path)?);
        let readers = readers(&path, count).await?;
        Ok(Self { path, writer, checkpoints, syncs, readers })
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.syncs.stop().await;
        self.checkpoints.stop().await;
        self.writer.close().await;
    }

    /// The connection that writes; others queue behind it, the engine's batches among them.
    pub(crate) async fn writer(&self) -> Result<Connection, StoreError> {
        self.writer.acquire().await
    }

    /// A connection that reads what is committed.
    pub(crate) async fn reader(&self) -> Result<Connection, StoreError> {
        self.readers.acquire().await
    }

    /// Does work that commits something, all of it at once on the writer's thread; it is not durable yet.
    pub(crate) async fn write_at_once<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let mut writer = self.writer().await?;
        let (syncs, checkpoints) = (Arc::clone(&self.syncs), Arc::clone(&self.checkpoints));
        let done = writer.at_once(move |writer| {
            syncs.mend(writer)?;
            let done = work(writer)?;
            syncs.written();
            checkpoints.committed(writer);
            Ok(done)
        });
        match done.await {
            Ok(done) => Ok(done),
            Err(error) => {
                writer.discard().await;
                Err(error)
            }
        }
    }

    /// Has what was written on the writer's connection itself synced, and returns once it is on disk.
    pub(crate) async fn sync(&self) -> Result<(), StoreError> {
        self.syncs.written();
        self.durable().await
    }

    /// Returns once everything that was written before is on disk.
    pub(crate) async fn durable(&self) -> Result<(), StoreError> {
        self.syncs.durable().await
    }

    /// Writes a copy of the database as of one moment, while others go on; it is on disk on return.
    pub(crate) async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let unopenable = |error: std::io::Error| StoreError::Unopenable {
            database: to.display().to_string(),
            problem: error.to_string(),
        };
        if to.exists() {
            return Err(unopenable(std::io::ErrorKind::AlreadyExists.into()));
        }
        create(to).map_err(unopenable)?;
        let mut reader = self.reader().await?;
        let path = Values::bound(|values| values.text(to.to_string_lossy().into_owned()));
        reader.execute("vacuum into $1", path).await?;
        std::fs::File::open(to).and_then(|file| file.sync_all()).map_err(unopenable)
    }

    /// The size of the database in bytes, its log left out.
    pub(crate) fn bytes(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |file| file.len())
    }

    /// The folder in which the database lies.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }
}
