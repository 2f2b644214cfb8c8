//! Opening the data and reaching it.

use std::path::Path;
use std::sync::Arc;

use futures_util::future::{join_all, try_join_all};
use rondo_core::ids::TeamId;

use crate::places::Databases;
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
pub struct Store(Arc<Databases>);

impl Store {
    /// Opens the data, making and migrating it where needed.
    pub async fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        let databases = Databases::open(&options.database, options.readers).await?;
        Ok(Self(Arc::new(databases)))
    }

    /// Lets go of the data; what was committed stays.
    pub async fn close(&self) {
        join_all(self.0.all().map(db::Database::close)).await;
    }

    /// Whether the data can be reached, all of it.
    pub async fn ping(&self) -> Result<(), StoreError> {
        for database in self.0.all() {
            let mut reader = database.reader().await?;
            db::query("select 1").fetch_one(&mut reader).await?;
        }
        Ok(())
    }

    /// Writes a copy of an embedded database as of one moment into a new file, while others go on. PostgreSQL has tools
    /// of its own.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let Some(database) = self.0.only().embedded() else {
            let problem = "only an embedded database; take PostgreSQL's own `pg_dump`".to_owned();
            return Err(StoreError::Unopenable { database: "PostgreSQL".to_owned(), problem });
        };
        database.backup(to).await
    }

    /// The bytes of an embedded database, about as many as a copy of it has; none for one on a server.
    pub fn bytes(&self) -> Option<u64> {
        self.0.only().embedded().map(|database| database.bytes())
    }

    /// Returns once everything that was written before is on disk.
    pub async fn durable(&self) -> Result<(), StoreError> {
        try_join_all(self.0.all().map(db::Database::durable)).await?;
        Ok(())
    }

    /// The database of this team.
    pub(crate) fn of(&self, team: TeamId) -> &db::Database {
        self.0.of(team)
    }

    pub(crate) fn databases(&self) -> &Databases {
        &self.0
    }
}
