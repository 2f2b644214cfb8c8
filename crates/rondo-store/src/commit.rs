//! Writing batches: the ledger, the tables that follow from it, and what stands beside them.

mod claim;
#[cfg(test)]
mod tests;
mod turn;

use std::ops::Range;
use std::sync::Arc;

use futures_util::future::join_all;

use crate::{Committed, Store, StoreError, TeamBatch, db, ledger, outbox, projection, requests};

pub(crate) use claim::claim;
pub use turn::Turn;

impl Store {
    /// Writes the batches of different teams, in one transaction where the database has all teams in one place;
    /// everybody sees them on return, and they are on disk after [`Store::durable`]. A team that somebody else wrote
    /// first is left out whole. After an error [`Store::batch_at`] tells which batches were kept: of one transaction all
    /// or none, and all only when the disk or the connection failed at the very end.
    pub async fn write(
        &self,
        batches: impl Into<Arc<Vec<TeamBatch>>>,
    ) -> Result<Vec<Committed>, StoreError> {
        let batches = batches.into();
        let runs = self.databases().runs(&batches, |batch| batch.team).into_iter();
        let each = runs.flat_map(|(database, run)| {
            // A transaction for all, or one for each.
            let length = if database.writes_teams_together() { run.len() } else { 1 };
            let batches = &batches;
            run.step_by(length)
                .map(move |from| write_run(database, Arc::clone(batches), from..from + length))
        });
        // All are waited for, whatever one of them comes to: nothing is under way when the answer is given.
        let written: Result<Vec<_>, _> = join_all(each).await.into_iter().collect();
        written.map(|committed| committed.concat())
    }

    /// As [`Store::write`]; on return the batches are on disk.
    pub async fn commit(
        &self,
        batches: impl Into<Arc<Vec<TeamBatch>>>,
    ) -> Result<Vec<Committed>, StoreError> {
        let committed = self.write(batches).await?;
        self.durable().await?;
        Ok(committed)
    }
}

/// Writes neighbours among the batches, of one database, in one transaction.
async fn write_run(
    database: &db::Database,
    batches: Arc<Vec<TeamBatch>>,
    run: Range<usize>,
) -> Result<Vec<Committed>, StoreError> {
    database
        .write_at_once(move |writer| Box::pin(async move { write(writer, &batches[run]).await }))
        .await
}

async fn write(
    connection: &mut db::Connection,
    batches: &[TeamBatch],
) -> Result<Vec<Committed>, StoreError> {
    connection.begin_writing().await?;
    write_begun(connection, batches).await
}

/// The rest of a transaction that has begun.
async fn write_begun(
    connection: &mut db::Connection,
    batches: &[TeamBatch],
) -> Result<Vec<Committed>, StoreError> {
    let chained_to = claim(connection, batches).await?;
    let ours: Vec<_> = batches
        .iter()
        .zip(&chained_to)
        .filter_map(|(batch, before)| before.map(|before| (batch, before)))
        .collect();
    let ours_alone: Vec<_> = ours.iter().map(|(batch, _)| *batch).collect();
    projection::project(connection, &ours_alone).await?;
    ledger::append(connection, &ours).await?;
    requests::remember(connection, &ours_alone).await?;
    outbox::queue(connection, &ours_alone).await?;
    connection.commit().await?;
    let committed = |claimed: &Option<_>| match claimed {
        Some(_) => Committed::Done,
        None => Committed::Stale,
    };
    Ok(chained_to.iter().map(committed).collect())
}
