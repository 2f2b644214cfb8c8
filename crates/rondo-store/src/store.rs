//! Opening the data and reaching it.

use std::path::PathBuf;
use std::sync::Arc;

use crate::{StoreError, db};

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreOptions {
    /// `sqlite:PATH`.
    pub database: String,
    /// Connections that read at the same time.
    pub readers: u32,
}

/// The data. Cloning is cheap, and all clones are the same store.
#[derive(Debug, Clone)]
pub struct Store(Arc<Connections>);

#[derive(Debug)]
struct Connections {
    path: PathBuf,
    writer: db::Pool,
    checkpoints: Arc<db::Checkpoints>,
    syncs: Arc<db::Syncs>,
    readers: db::Pool,
}

impl Store {
    /// Opens the data, making and migrating it where needed.
    pub async fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        let path = db::path_of(&options.database)?;
        let unopenable = |problem: String| StoreError::Unopenable {
            database: options.database.clone(),
            problem,
        };
        db::create(&path).map_err(|error| unopenable(error.to_string()))?;
        match Self::connect(path.clone(), options.readers).await {
            Ok(store) => Ok(store),
            Err(error) => match db::write_problem(&path) {
                Some(problem) => Err(unopenable(problem.to_string())),
                None => Err(error),
            },
        }
    }

    async fn connect(path: PathBuf, readers: u32) -> Result<Self, StoreError> {
        let writer = db::writer(&path).await?;
        db::migrate(&writer).await?;
        let checkpoints = Arc::new(db::Checkpoints::start(&path).await?);
        let syncs = Arc::new(db::Syncs::start(&path)?);
        let readers = db::readers(&path, readers).await?;
        Ok(Self(Arc::new(Connections { path, writer, checkpoints, syncs, readers })))
    }

    /// Lets go of the data; what was committed stays.
    pub async fn close(&self) {
        self.0.readers.close().await;
        self.0.syncs.stop().await;
        self.0.checkpoints.stop().await;
        self.0.writer.close().await;
    }

    /// Whether the data can be reached.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut reader = self.reader().await?;
        db::query("select 1").fetch_one(&mut reader).await?;
        Ok(())
    }

    /// The connection that writes; others queue behind it, the engine's commits among them, so hold it briefly.
    pub(crate) async fn writer(&self) -> Result<db::Connection, StoreError> {
        self.0.writer.acquire().await
    }

    /// Does work on the connection that writes, all of it at once; what it commits is not durable yet.
    pub(crate) async fn write_at_once<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut db::Connection) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let mut writer = self.writer().await?;
        let (syncs, checkpoints) = (Arc::clone(&self.0.syncs), Arc::clone(&self.0.checkpoints));
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
        self.0.syncs.written();
        self.durable().await
    }

    /// Returns once everything that was written before is on disk.
    pub async fn durable(&self) -> Result<(), StoreError> {
        self.0.syncs.durable().await
    }

    /// A connection that reads what is committed.
    pub(crate) async fn reader(&self) -> Result<db::Connection, StoreError> {
        self.0.readers.acquire().await
    }

    /// Where the database lies.
    pub(crate) fn path(&self) -> &std::path::Path {
        &self.0.path
    }
}
