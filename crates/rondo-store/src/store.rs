//! Opening the data and reaching it.

use std::path::Path;
use std::sync::Arc;

use crate::{StoreError, db};

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreOptions {
    /// `sqlite:PATH` or `postgres://…`.
    pub database: String,
    /// Connections that read an embedded database at the same time.
    pub readers: u32,
}

/// The name of a database as it may be shown: without the password in a URL.
pub fn shown_database(database: &str) -> String {
    let parts = database.split_once("://").and_then(|(scheme, rest)| {
        let (login, host) = rest.rsplit_once('@')?;
        Some((scheme, login.split(':').next()?, host))
    });
    match parts {
        // Parameters may hold a password too.
        Some((scheme, user, host)) => {
            format!("{scheme}://{user}@{}", host.split('?').next().unwrap_or_default())
        }
        None => database.split('?').next().unwrap_or_default().to_owned(),
    }
}

/// The data. Cloning is cheap, and all clones are the same store.
#[derive(Debug, Clone)]
pub struct Store(Arc<db::Database>);

impl Store {
    /// Opens the data, making and migrating it where needed.
    pub async fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        let database = db::Database::open(&options.database, options.readers).await?;
        Ok(Self(Arc::new(database)))
    }

    /// Lets go of the data; what was committed stays.
    pub async fn close(&self) {
        self.0.close().await;
    }

    /// Whether the data can be reached.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut reader = self.reader().await?;
        db::query("select 1").fetch_one(&mut reader).await?;
        Ok(())
    }

    /// Writes a copy of an embedded database as of one moment into a new file, while others go on. PostgreSQL has tools
    /// of its own.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let Some(database) = self.0.embedded() else {
            let problem = "only an embedded database; take PostgreSQL's own `pg_dump`".to_owned();
            return Err(StoreError::Unopenable { database: "PostgreSQL".to_owned(), problem });
        };
        database.backup(to).await
    }

    /// The bytes of an embedded database, about as many as a copy of it has; none for one on a server.
    pub fn bytes(&self) -> Option<u64> {
        self.0.embedded().map(|database| database.bytes())
    }

    /// Returns once everything that was written before is on disk.
    pub async fn durable(&self) -> Result<(), StoreError> {
        self.0.durable().await
    }

    /// A connection that writes; others may queue behind it, so hold it briefly.
    pub(crate) async fn writer(&self) -> Result<db::Connection, StoreError> {
        self.0.writer().await
    }

    /// A connection that reads what is committed.
    pub(crate) async fn reader(&self) -> Result<db::Connection, StoreError> {
        self.0.reader().await
    }

    pub(crate) fn database(&self) -> &db::Database {
        &self.0
    }
}
