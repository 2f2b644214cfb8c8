//! One of the databases, open.

use std::path::{Path, PathBuf};

use super::connection::{Work, on_its_thread};
use super::{Connection, Share, postgres, sqlite};
use crate::StoreError;

/// An open database.
#[derive(Debug)]
pub(crate) enum Database {
    Sqlite(sqlite::Database),
    Postgres(postgres::Database),
}

impl Database {
    /// Opens what `database` names, making and migrating it where needed.
    pub(crate) async fn open(database: &str, readers: u32) -> Result<Self, StoreError> {
        if postgres::is_url(database) {
            return postgres::Database::open(database).await.map(Self::Postgres);
        }
        sqlite::Database::open(database, readers).await.map(Self::Sqlite)
    }

    /// Lets go of the data; what was committed stays.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(database) => database.close().await,
            Self::Postgres(database) => database.close().await,
        }
    }

    /// A connection that writes. Hold it briefly: others queue behind it, the engine's batches among them.
    pub(crate) async fn writer(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Self::Sqlite(database) => Connection::Sqlite(database.writer().await?),
            Self::Postgres(database) => Connection::Postgres(database.acquire().await?),
        })
    }

    /// A connection that reads what is committed.
    pub(crate) async fn reader(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Self::Sqlite(database) => Connection::Sqlite(database.reader().await?),
            Self::Postgres(database) => Connection::Postgres(database.acquire().await?),
        })
    }

    /// Does work that commits something; it is durable after [`Database::durable`].
    pub(crate) async fn write_at_once<R: Send + 'static>(
        &self,
        work: impl Work<R>,
    ) -> Result<R, StoreError> {
        match self {
            Self::Sqlite(database) => {
                database.write_at_once(move |here| on_its_thread(here, work)).await
            }
            Self::Postgres(database) => {
                let mut connection = Connection::Postgres(database.acquire().await?);
                let done = work(&mut connection).await;
                if done.is_err() {
                    connection.discard().await;
                }
                done
            }
        }
    }

    /// Has what was written on a connection of [`Database::writer`] made durable.
    pub(crate) async fn sync(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(database) => database.sync().await,
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Returns once everything that was written before is on disk. PostgreSQL sees to that when it commits.
    pub(crate) async fn durable(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(database) => database.durable().await,
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Whether the batches of several teams are written in one transaction, which costs far less than one for each. Not
    /// where the teams are on different machines, which would have to agree on it.
    pub(crate) fn writes_teams_together(&self) -> bool {
        match self {
            Self::Sqlite(_) => true,
            Self::Postgres(database) => !database.is_spread(),
        }
    }

    /// How many batches, of different teams, are best decided and written at the same time.
    pub(crate) fn writers(&self) -> usize {
        match self {
            Self::Sqlite(_) => 1,
            Self::Postgres(_) => postgres::WRITERS,
        }
    }

    /// Room for one more who keeps a connection while they wait for a team; none where there is one writer.
    pub(crate) async fn share_for_turns(&self) -> Result<Option<Share>, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(database) => database.share_for_turns().await.map(Some),
        }
    }

    /// The embedded database, if it is one.
    pub(crate) fn embedded(&self) -> Option<&sqlite::Database> {
        match self {
            Self::Sqlite(database) => Some(database),
            Self::Postgres(_) => None,
        }
    }

    /// Where throw-away files may lie.
    pub(crate) fn scratch_folder(&self) -> PathBuf {
        match self {
            Self::Sqlite(database) => database.folder().to_path_buf(),
            Self::Postgres(_) => std::env::temp_dir(),
        }
    }
}

/// A throw-away SQLite database with all tables, for one connection.
pub(crate) struct Scratch(sqlite::Pool);

impl Scratch {
    /// Makes the file, which whoever asked removes.
    pub(crate) async fn create(path: &Path) -> Result<Self, StoreError> {
        sqlite::scratch(path).await.map(Self)
    }

    pub(crate) async fn acquire(&self) -> Result<Connection, StoreError> {
        self.0.acquire().await.map(Connection::Sqlite)
    }

    pub(crate) async fn close(&self) {
        self.0.close().await;
    }
}
