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
        let readers = db::readers(&path, readers).await?;
        Ok(Self(Arc::new(Connections { path, writer, checkpoints, readers })))
    }

    /// Lets go of the data; what was committed stays.
    pub async fn close(&self) {
        self.0.readers.close().await;
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

    /// What is told of every commit of the engine's.
    pub(crate) fn checkpoints(&self) -> Arc<db::Checkpoints> {
        Arc::clone(&self.0.checkpoints)
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
