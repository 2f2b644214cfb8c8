//! A database on a server: connections, as many as are wanted up to a bound.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio_postgres::{Client, Config, Statement};

use super::migrate::migrate;
use super::statements::Statements;
use super::{Connection, tls};
use crate::StoreError;
use crate::db::turns::{Turn, Turns};

/// Connections at most: enough for the batches of many teams at once, few enough for a server that many nodes use.
const CONNECTIONS_MAX: u32 = 32;
/// How long one may take to be made.
const CONNECT: Duration = Duration::from_secs(10);

/// Whether this names a database on a PostgreSQL server.
pub(crate) fn is_url(database: &str) -> bool {
    database.starts_with("postgres://") || database.starts_with("postgresql://")
}

/// An open database.
pub(crate) struct Database(Arc<Inner>);

struct Inner {
    config: Config,
    tls: tls::Connector,
    turns: Turns,
    idle: Mutex<Vec<Session>>,
}

/// A session on the server.
struct Session {
    client: Client,
    statements: Statements,
}

/// Tells nothing of the settings, which hold a password.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database(postgres)")
    }
}

impl Database {
    /// Reaches the server that `database` names, and migrates what is there.
    pub(crate) async fn open(database: &str) -> Result<Self, StoreError> {
        let unopenable = |problem: String| StoreError::Unopenable {
            database: crate::shown_database(database),
            problem,
        };
        let mut config: Config = database.parse().map_err(|error: tokio_postgres::Error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            unopenable(cause.unwrap_or_else(|| error.to_string()))
        })?;
        tls::settle(&mut config);
        config.connect_timeout(CONNECT);
        if config.get_application_name().is_none() {
            config.application_name("rondo");
        }
        let inner = Inner {
            config,
            tls: tls::connector()?,
            turns: Turns::at(CONNECTIONS_MAX),
            idle: Mutex::default(),
        };
        let database = Self(Arc::new(inner));
        let mut connection =
            database.acquire().await.map_err(|error| unopenable(error.to_string()))?;
        migrate(&mut connection.0.session().client).await?;
        Ok(database)
    }

    /// A connection, once it is one's turn.
    pub(crate) async fn acquire(&self) -> Result<Connection, StoreError> {
        let turn = self.0.turns.take().await?;
        let session = match self.0.idle() {
            Some(session) => session,
            None => self.0.connect().await?,
        };
        let home = Arc::clone(&self.0);
        Ok(Connection(Link { session: Some(session), is_between: true, home, _turn: turn }))
    }

    /// Waits until all connections are back, and closes them; there are none from then on.
    pub(crate) async fn close(&self) {
        self.0.turns.end().await;
        self.0.lock().clear();
    }
}

impl Inner {
    /// A session that nobody uses, and that was not lost meanwhile.
    fn idle(&self) -> Option<Session> {
        let mut idle = self.lock();
        idle.retain(|session| !session.client.is_closed());
        idle.pop()
    }

    async fn connect(&self) -> Result<Session, StoreError> {
        let (client, connection) = self.config.connect(self.tls.clone()).await?;
        // Ends with the client.
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "A connection to the database was lost.");
            }
        });
        client.batch_execute("set client_min_messages = warning").await?;
        // What is answered must be on disk, whatever the server does by itself.
        let row = client.query_one("select current_setting('synchronous_commit')", &[]).await?;
        if row.get::<_, &str>(0) == "off" {
            client.batch_execute("set synchronous_commit = on").await?;
        }
        Ok(Session { client, statements: Statements::default() })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Session>> {
        self.idle.lock().expect("nothing panics while it holds the sessions")
    }
}

/// A session that is lent; goes back, unless it is in the middle of something.
pub(super) struct Link {
    session: Option<Session>,
    /// No transaction is under way, nor beginning or ending.
    is_between: bool,
    home: Arc<Inner>,
    _turn: Turn,
}

impl Link {
    fn session(&mut self) -> &mut Session {
        self.session.as_mut().expect("a link is ended last")
    }

    pub(super) fn client(&self) -> &Client {
        &self.session.as_ref().expect("a link is ended last").client
    }

    pub(super) async fn prepared(&mut self, sql: &str) -> Result<Statement, StoreError> {
        let Session { client, statements } = self.session();
        statements.of(client, sql).await
    }

    /// Begins or ends a transaction.
    pub(super) async fn transact(&mut self, sql: &str) -> Result<(), StoreError> {
        self.is_between = false;
        self.client().batch_execute(sql).await?;
        self.is_between = sql == "commit";
        Ok(())
    }

    /// Closes the session.
    pub(super) fn end(mut self) {
        self.session = None;
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let session =
            self.session.take().filter(|session| self.is_between && !session.client.is_closed());
        if let Some(session) = session {
            self.home.lock().push(session);
        }
    }
}
