//! Rows that are read a few at a time, however many there are.

use tokio::sync::{mpsc, oneshot};

use super::pool::Link;
use super::{Connection, lost, statement};
use crate::StoreError;
use crate::db::Row;
use crate::rows::Values;

/// Rows handed over at once.
const CHUNK: usize = 256;
/// Chunks read ahead.
const AHEAD: usize = 2;

/// Rows on their way; the connection is free again once the last was read, or after [`Rows::close`].
pub(crate) struct Rows<'c> {
    connection: &'c mut Connection,
    chunks: mpsc::Receiver<Vec<Row>>,
    chunk: std::vec::IntoIter<Row>,
    reading: Option<oneshot::Receiver<(Link, Result<(), StoreError>)>>,
}

impl<'c> Rows<'c> {
    pub(super) fn of(
        connection: &'c mut Connection,
        sql: &'static str,
        values: Values<'static>,
    ) -> Result<Self, StoreError> {
        let link = connection.take()?;
        let (sender, chunks) = mpsc::channel(AHEAD);
        let reading = link.jobs().send(move |raw| {
            let done = read(&raw, sql, &values, &sender);
            (raw, (link, done))
        });
        Ok(Self { connection, chunks, chunk: Vec::new().into_iter(), reading: Some(reading) })
    }

    /// The next row.
    pub(crate) async fn next(&mut self) -> Result<Option<Row>, StoreError> {
        loop {
            if let Some(row) = self.chunk.next() {
                return Ok(Some(row));
            }
            match self.chunks.recv().await {
                Some(chunk) => self.chunk = chunk.into_iter(),
                None => return self.end().await.map(|()| None),
            }
        }
    }

    /// Reads no further.
    pub(crate) async fn close(mut self) -> Result<(), StoreError> {
        self.chunks.close();
        while self.chunks.recv().await.is_some() {}
        self.end().await
    }

    async fn end(&mut self) -> Result<(), StoreError> {
        let Some(reading) = self.reading.take() else { return Ok(()) };
        let (link, done) = reading.await.map_err(|_| lost())?;
        *self.connection = Connection::Away(link);
        done
    }
}

fn read(
    raw: &rusqlite::Connection,
    sql: &str,
    values: &Values<'static>,
    sender: &mpsc::Sender<Vec<Row>>,
) -> Result<(), StoreError> {
    let mut found = raw.prepare_cached(&statement::text_of(sql))?;
    let mut chunk = Vec::with_capacity(CHUNK);
    statement::answer(&mut found, values, &mut None, &mut |row| {
        chunk.push(row);
        if chunk.len() < CHUNK {
            return true;
        }
        sender.blocking_send(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK))).is_ok()
    })?;
    // Whoever went away needs no more.
    let _ = sender.blocking_send(chunk);
    Ok(())
}
