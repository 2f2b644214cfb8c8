//! The PostgreSQL adapter: statements are prepared once for each connection, and those that do not wait for one
//! another are sent together.

mod database;
mod error;
mod estimates;
mod migrate;
mod statements;
mod tls;
mod value;

use std::pin::Pin;
use std::sync::Arc;

use futures_util::future::try_join_all;
use futures_util::stream::Fuse;
use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio_postgres::RowStream;

use super::{Row, Size, Sizes, Value};
use crate::StoreError;
use crate::rows::Values;

pub(crate) use database::{Database, WRITERS, is_url};
pub(crate) use statements::with_keys;

use database::Link;

/// Executions of one statement that are under way at once: enough to hide the way to the server and back, few enough
/// that neither side gathers much.
const AT_ONCE_MAX: usize = 64;

/// A connection that its holder has to itself.
pub(crate) struct Connection(Link);

impl Connection {
    /// Executes a statement; how many rows it touched.
    pub(crate) async fn execute(
        &mut self,
        sql: &str,
        values: Values<'_>,
    ) -> Result<u64, StoreError> {
        let (statement, client) = (self.0.prepared(sql).await?, self.0.client());
        self.0.ask(async { Ok(client.execute_raw(&statement, values.iter()).await?) }).await
    }

    /// Executes a statement; the rows that it answers.
    pub(crate) async fn fetch(
        &mut self,
        sql: &str,
        values: Values<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let (statement, client) = (self.0.prepared(sql).await?, self.0.client());
        self.0
            .ask(async { rows_of(client.query_raw(&statement, values.iter()).await?).await })
            .await
    }

    /// Executes a statement for each row of values; how many rows of the table it touched.
    pub(crate) async fn execute_each<'v, T>(
        &mut self,
        sizes: &'static Sizes,
        rows: &'v [T],
        bind: impl Fn(&mut Values<'v>, &'v T),
    ) -> Result<u64, StoreError> {
        let mut touched = 0;
        for (size, chunks) in sizes.split(rows) {
            let statement = self.0.prepared(&size.text).await?;
            let executions: Vec<_> = chunks.map(|chunk| bound(chunk, &bind)).collect();
            for together in executions.chunks(AT_ONCE_MAX) {
                let client = self.0.client();
                let each =
                    together.iter().map(|values| client.execute_raw(&statement, values.iter()));
                let all = async { Ok(try_join_all(each).await?) };
                touched += self.0.ask(all).await?.into_iter().sum::<u64>();
            }
        }
        Ok(touched)
    }

    /// Sends a statement for each row of values; what becomes of it is known with the next thing that is asked.
    pub(crate) async fn send_each<'v, T>(
        &mut self,
        sizes: &'static Sizes,
        rows: &'v [T],
        bind: impl Fn(&mut Values<'v>, &'v T),
    ) -> Result<(), StoreError> {
        for (size, chunks) in sizes.split(rows) {
            let statement = self.0.prepared(&size.text).await?;
            for chunk in chunks {
                let (client, statement) = (self.0.client(), statement.clone());
                let values = bound(chunk, &bind).into_owned();
                let execution =
                    async move { client.execute_raw(&statement, values.iter()).await.map(drop) };
                self.0.send(execution).await?;
                self.0.note_written(chunk.len());
            }
        }
        Ok(())
    }

    /// Executes statements; the rows that they answer.
    pub(crate) async fn fetch_all(
        &mut self,
        executions: Vec<(&'static Size, Values<'_>)>,
    ) -> Result<Vec<Row>, StoreError> {
        let mut prepared = Vec::with_capacity(executions.len());
        for (size, values) in executions {
            prepared.push((self.0.prepared(&size.text).await?, values));
        }
        let mut answered = Vec::new();
        for together in prepared.chunks(AT_ONCE_MAX) {
            let client = self.0.client();
            let each = together.iter().map(|(statement, values)| async {
                rows_of(client.query_raw(statement, values.iter()).await?).await
            });
            answered.extend(self.0.ask(try_join_all(each)).await?.into_iter().flatten());
        }
        Ok(answered)
    }

    /// The rows that a statement answers, as they come.
    pub(crate) async fn stream(
        &mut self,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<Rows<'_>, StoreError> {
        let (statement, client) = (self.0.prepared(sql).await?, self.0.client());
        let asked = async { Ok(client.query_raw(&statement, values.iter()).await?) };
        let answer = self.0.ask(asked).await?;
        let was_between = self.0.busy();
        Ok(Rows { answer: Box::pin(answer.fuse()), names: None, was_between, connection: self })
    }

    /// Begins a transaction that reads, as of one moment.
    pub(crate) async fn begin(&mut self) -> Result<(), StoreError> {
        self.0.begin("begin isolation level repeatable read read only; set local idle_in_transaction_session_timeout = 0").await
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin_writing(&mut self) -> Result<(), StoreError> {
        self.0.begin("begin").await
    }

    /// Begins a transaction that writes a lot, and may be idle for long in between.
    pub(crate) async fn begin_writing_for_long(&mut self) -> Result<(), StoreError> {
        self.0.begin("begin; set local idle_in_transaction_session_timeout = 0").await
    }

    /// Ends the transaction; what it wrote is on disk then.
    pub(crate) async fn commit(&mut self) -> Result<(), StoreError> {
        self.0.end_with("commit").await
    }

    /// Ends the transaction, and nothing that it wrote is kept.
    pub(crate) async fn roll_back(&mut self) -> Result<(), StoreError> {
        self.0.end_with("rollback").await
    }

    /// Never used again.
    pub(crate) async fn discard(self) {
        self.0.end();
    }
}

fn bound<'v, T>(chunk: &'v [T], bind: &impl Fn(&mut Values<'v>, &'v T)) -> Values<'v> {
    Values::bound(|values| chunk.iter().for_each(|row| bind(values, row)))
}

async fn rows_of(answer: RowStream) -> Result<Vec<Row>, StoreError> {
    let mut names = None;
    let mut answer = std::pin::pin!(answer);
    let mut rows = Vec::new();
    while let Some(row) = answer.try_next().await? {
        rows.push(value::row_of(&row, &mut names)?);
    }
    Ok(rows)
}

/// Rows on their way.
pub(crate) struct Rows<'c> {
    /// Asked again after its end, it says that the connection is closed.
    answer: Pin<Box<Fuse<RowStream>>>,
    names: Option<Arc<[String]>>,
    /// Whether the connection was in no transaction before.
    was_between: bool,
    connection: &'c mut Connection,
}

impl Rows<'_> {
    /// The next row.
    pub(crate) async fn next(&mut self) -> Result<Option<Row>, StoreError> {
        match self.answer.next().await {
            Some(row) => value::row_of(&row?, &mut self.names).map(Some),
            None => {
                self.connection.0.free(self.was_between);
                Ok(None)
            }
        }
    }

    /// Reads no further: what still comes is read and thrown away, so that the connection can be used again.
    pub(crate) async fn close(mut self) -> Result<(), StoreError> {
        while self.answer.next().await.transpose()?.is_some() {}
        self.connection.0.free(self.was_between);
        Ok(())
    }
}
