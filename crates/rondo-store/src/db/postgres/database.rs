//! A database on a server: connections, as many as are wanted up to a bound.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Poll;
use std::time::Duration;

use tokio_postgres::{Client, Config, Statement};

use super::estimates::{COUNT, Written};
use super::migrate::migrate;
use super::statements::Statements;
use super::{Connection, tls};
use crate::StoreError;
use crate::db::turns::{Turn, Turns};

/// Connections at most: enough for the batches of many teams at once, few enough for a server that many nodes use.
const CONNECTIONS_MAX: u32 = 32;
/// Batches decided and written at the same time. Few, so that each gathers many leads of many teams: with sixteen, 256 teams
/// were served at two thirds of the rate.
pub(crate) const WRITERS: usize = 4;
/// How long one may take to be made.
const CONNECT: Duration = Duration::from_secs(10);

/// Every statement finds its rows by a key: it is planned once, and never as a walk through a table that happened to
/// be small at the time. Nobody waits for long for a team that another node holds, and a node that stopped in the middle
/// of a transaction does not hold it for ever.
const SETTINGS: &str = "set client_min_messages = warning;
set jit = off;
set plan_cache_mode = force_generic_plan;
set enable_seqscan = off;
set enable_hashjoin = off;
set enable_mergejoin = off;
set lock_timeout = '500ms';
set idle_in_transaction_session_timeout = '20s'";

/// Things sent at most before their answers are waited for.
const SENT_MAX: usize = 256;

/// What was sent, and will be answered.
type Sent = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send>>;

/// Sends what is asked; what it comes to, if that is known already.
async fn begun<F: Future + ?Sized>(mut asked: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(asked.as_mut().poll(context))).await
}

/// Whether this names a database on a PostgreSQL server.
pub(crate) fn is_url(database: &str) -> bool {
    database.starts_with("postgres://") || database.starts_with("postgresql://")
}

/// An open database.
pub(crate) struct Database {
    inner: Arc<Inner>,
    /// Whether the teams are spread over several machines.
    is_spread: bool,
}

struct Inner {
    config: Config,
    tls: tls::Connector,
    turns: Turns,
    /// Connections kept by those who wait for a team, of whom there may be many when a commit failed: no more than half,
    /// so that who has a team finds one to read by.
    kept: Turns,
    idle: Mutex<Vec<Session>>,
    written: Written,
}

/// A session on the server.
struct Session {
    client: Arc<Client>,
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
            kept: Turns::at(CONNECTIONS_MAX / 2),
            idle: Mutex::default(),
            written: Written::default(),
        };
        let mut database = Self { inner: Arc::new(inner), is_spread: false };
        let mut connection =
            database.acquire().await.map_err(|error| unopenable(error.to_string()))?;
        let session = connection.0.session();
        let client = Arc::get_mut(&mut session.client).expect("nothing was sent yet");
        database.is_spread = migrate(client).await?;
        drop(connection);
        Ok(database)
    }

    /// Whether the teams are spread over several machines.
    pub(crate) fn is_spread(&self) -> bool {
        self.is_spread
    }

    /// A connection, once it is one's turn.
    pub(crate) async fn acquire(&self) -> Result<Connection, StoreError> {
        let turn = self.inner.turns.take().await?;
        let session = match self.inner.idle() {
            Some(session) => session,
            None => self.inner.connect().await?,
        };
        let home = Arc::clone(&self.inner);
        Ok(Connection(Link {
            session: Some(session),
            is_between: true,
            sent: Vec::new(),
            home,
            _turn: turn,
        }))
    }

    /// Room for one more who keeps a connection while they wait for a team.
    pub(crate) async fn share_for_turns(&self) -> Result<Turn, StoreError> {
        self.inner.kept.take().await
    }

    /// Waits until all connections are back, and closes them; there are none from then on.
    pub(crate) async fn close(&self) {
        self.inner.turns.end().await;
        self.inner.lock().clear();
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
        client.batch_execute(SETTINGS).await?;
        // What is answered must be on disk, whatever the server does by itself.
        let row = client.query_one("select current_setting('synchronous_commit')", &[]).await?;
        if row.get::<_, &str>(0) == "off" {
            client.batch_execute("set synchronous_commit = on").await?;
        }
        Ok(Session { client: Arc::new(client), statements: Statements::default() })
    }

    async fn count(&self) -> Result<(), StoreError> {
        let _turn = self.turns.take().await?;
        let session = self.connect().await?;
        Ok(session.client.batch_execute(COUNT).await?)
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
    sent: Vec<Sent>,
    home: Arc<Inner>,
    _turn: Turn,
}

impl Link {
    fn session(&mut self) -> &mut Session {
        self.session.as_mut().expect("a link is ended last")
    }

    pub(super) fn client(&self) -> Arc<Client> {
        Arc::clone(&self.session.as_ref().expect("a link is ended last").client)
    }

    /// The statement of a text, prepared the first time.
    pub(super) async fn prepared(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(known) = self.session().statements.known(sql) {
            return Ok(known);
        }
        let client = self.client();
        let statement = self.ask(async { Ok(client.prepare(sql).await?) }).await?;
        self.session().statements.keep(sql, statement.clone());
        Ok(statement)
    }

    /// Sends something whose answer nobody waits for yet.
    pub(super) async fn send(
        &mut self,
        asked: impl Future<Output = Result<(), tokio_postgres::Error>> + Send + 'static,
    ) -> Result<(), StoreError> {
        if self.sent.len() >= SENT_MAX {
            self.settle().await?;
        }
        let mut asked: Sent = Box::pin(asked);
        match begun(asked.as_mut()).await {
            Poll::Ready(done) => done?,
            Poll::Pending => self.sent.push(asked),
        }
        Ok(())
    }

    /// Asks something, and waits for the answer and for those of all that was sent before. The first error is the
    /// cause of all others in a transaction.
    pub(super) async fn ask<T>(
        &mut self,
        asked: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        // Whoever stops waiting leaves a session that is busy, which nobody else is to be handed.
        let was_between = std::mem::replace(&mut self.is_between, false);
        let mut asked = pin!(asked);
        let first = begun(asked.as_mut()).await;
        self.settle().await?;
        let done = match first {
            Poll::Ready(done) => done,
            Poll::Pending => asked.await,
        };
        self.is_between = was_between;
        done
    }

    /// Until the rows of a stream are read; what to restore then.
    pub(super) fn busy(&mut self) -> bool {
        std::mem::replace(&mut self.is_between, false)
    }

    /// The rows of a stream are read.
    pub(super) fn free(&mut self, was_between: bool) {
        self.is_between = was_between;
    }

    /// Notes that rows were written, and has the tables counted once in a while.
    pub(super) fn note_written(&self, rows: usize) {
        if self.home.written.add(rows) {
            let home = Arc::clone(&self.home);
            tokio::spawn(async move {
                if let Err(error) = home.count().await {
                    tracing::debug!(%error, "The tables could not be counted.");
                }
            });
        }
    }

    /// Waits for the answers to all that was sent.
    async fn settle(&mut self) -> Result<(), StoreError> {
        for sent in std::mem::take(&mut self.sent) {
            sent.await?;
        }
        Ok(())
    }

    /// Begins a transaction together with what is asked next.
    pub(super) async fn begin(&mut self, sql: &'static str) -> Result<(), StoreError> {
        self.is_between = false;
        let client = self.client();
        self.send(async move { client.batch_execute(sql).await }).await
    }

    /// Ends the transaction.
    pub(super) async fn end_with(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let client = self.client();
        self.ask(async { Ok(client.batch_execute(sql).await?) }).await?;
        self.is_between = true;
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
