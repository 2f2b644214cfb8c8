//! A connection to one of the databases: the same calls on each.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Row, Size, Sizes, postgres, sqlite};
use crate::StoreError;
use crate::rows::Values;

/// A connection that its holder has to itself.
pub(crate) enum Connection {
    Sqlite(sqlite::Connection),
    Postgres(postgres::Connection),
}

/// Work of many statements on one connection.
pub(crate) trait Work<R>:
    for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<R, StoreError>> + Send + 'static
{
}

impl<R, W> Work<R> for W where
    W: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<R, StoreError>> + Send + 'static
{
}

/// The same call on whichever it is.
macro_rules! on_each {
    ($self:expr, $connection:ident => $call:expr) => {
        match $self {
            Connection::Sqlite($connection) => $call.await,
            Connection::Postgres($connection) => $call.await,
        }
    };
}

impl Connection {
    /// Does work of many statements where the connection lives, without anybody waiting in between.
    pub(crate) async fn at_once<R: Send + 'static>(
        &mut self,
        work: impl Work<R>,
    ) -> Result<R, StoreError> {
        match self {
            Self::Sqlite(connection) => {
                connection.at_once(move |here| on_its_thread(here, work)).await
            }
            Self::Postgres(_) => work(self).await,
        }
    }

    /// Executes a statement; how many rows it touched.
    pub(crate) async fn execute(
        &mut self,
        sql: &str,
        values: Values<'_>,
    ) -> Result<u64, StoreError> {
        on_each!(self, connection => connection.execute(sql, values))
    }

    /// Executes a statement; the rows that it answers.
    pub(crate) async fn fetch(
        &mut self,
        sql: &str,
        values: Values<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        on_each!(self, connection => connection.fetch(sql, values))
    }

    /// Executes a statement for each row of values; how many rows of the table it touched.
    pub(crate) async fn execute_each<'v, T>(
        &mut self,
        sizes: &'static Sizes,
        rows: &'v [T],
        bind: impl Fn(&mut Values<'v>, &'v T),
    ) -> Result<u64, StoreError> {
        if rows.is_empty() {
            return Ok(0);
        }
        on_each!(self, connection => connection.execute_each(sizes, rows, bind))
    }

    /// As [`Connection::execute_each`], where nobody wants to know how many rows were touched. What becomes of it may be
    /// known only when something else is asked or the transaction ends.
    pub(crate) async fn send_each<'v, T>(
        &mut self,
        sizes: &'static Sizes,
        rows: &'v [T],
        bind: impl Fn(&mut Values<'v>, &'v T),
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        match self {
            Self::Sqlite(connection) => connection.execute_each(sizes, rows, bind).await.map(drop),
            Self::Postgres(connection) => connection.send_each(sizes, rows, bind).await,
        }
    }

    /// Executes statements; the rows that they answer, those of the first first.
    pub(crate) async fn fetch_all(
        &mut self,
        executions: Vec<(&'static Size, Values<'_>)>,
    ) -> Result<Vec<Row>, StoreError> {
        if executions.is_empty() {
            return Ok(Vec::new());
        }
        on_each!(self, connection => connection.fetch_all(executions))
    }

    /// The rows that a statement answers, a few at a time.
    pub(crate) async fn stream(
        &mut self,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<Rows<'_>, StoreError> {
        Ok(match self {
            Self::Sqlite(connection) => Rows::Sqlite(connection.stream(sql, values).await?),
            Self::Postgres(connection) => Rows::Postgres(connection.stream(sql, values).await?),
        })
    }

    /// Before many reads that need not be of one moment: what each of them would take and let go of is taken once.
    pub(crate) async fn hold(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => connection.begin().await,
            Self::Postgres(_) => Ok(()),
        }
    }

    /// After [`Connection::hold`].
    pub(crate) async fn let_go(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => connection.commit().await,
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Begins a transaction that reads, as of one moment.
    pub(crate) async fn begin(&mut self) -> Result<(), StoreError> {
        on_each!(self, connection => connection.begin())
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin_writing(&mut self) -> Result<(), StoreError> {
        on_each!(self, connection => connection.begin_writing())
    }

    /// Begins a transaction that writes a lot, and may be idle for long in between.
    pub(crate) async fn begin_writing_for_long(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => connection.begin_writing().await,
            Self::Postgres(connection) => connection.begin_writing_for_long().await,
        }
    }

    /// Ends the transaction: everybody sees what it wrote.
    pub(crate) async fn commit(&mut self) -> Result<(), StoreError> {
        on_each!(self, connection => connection.commit())
    }

    /// Ends the transaction, and nothing that it wrote is kept.
    pub(crate) async fn roll_back(&mut self) -> Result<(), StoreError> {
        on_each!(self, connection => connection.roll_back())
    }

    /// Never used again: whatever state a failure left it in, nobody is handed it.
    pub(crate) async fn discard(self) {
        on_each!(self, connection => connection.discard());
    }
}

/// What work comes to on the thread that a SQLite connection lives on.
pub(super) fn on_its_thread<R>(
    here: &mut sqlite::Connection,
    work: impl Work<R>,
) -> Result<R, StoreError> {
    here.lent(|here| {
        let mut lent = Connection::Sqlite(here);
        let done = work(&mut lent).now_or_never().expect("a connection that is here never waits");
        let Connection::Sqlite(here) = lent else { unreachable!("a connection stays what it is") };
        (here, done)
    })
}

/// Rows on their way; the connection is free again once the last was read, or after [`Rows::close`].
pub(crate) enum Rows<'c> {
    Sqlite(sqlite::Rows<'c>),
    Postgres(postgres::Rows<'c>),
}

impl Rows<'_> {
    /// The next row.
    pub(crate) async fn next(&mut self) -> Result<Option<Row>, StoreError> {
        match self {
            Self::Sqlite(rows) => rows.next().await,
            Self::Postgres(rows) => rows.next().await,
        }
    }

    /// Reads no further.
    pub(crate) async fn close(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(rows) => rows.close().await,
            Self::Postgres(rows) => rows.close().await,
        }
    }
}
