//! Making batches durable: the ledger, the tables that follow from it, and what stands beside them.

mod claim;
#[cfg(test)]
mod tests;

use sqlx::Connection as _;

use crate::{Committed, Store, StoreError, TeamBatch, db, ledger, outbox, projection, requests};

pub(crate) use claim::claim;

impl Store {
    /// Writes the batches of different teams in one transaction; on return they are on disk. A team that somebody else
    /// wrote first is left out whole. An error means that nothing of any batch was kept; when the disk fails at the
    /// very end it may have been, and [`Store::batch_at`] tells.
    pub async fn commit(&self, batches: &[TeamBatch]) -> Result<Vec<Committed>, StoreError> {
        let mut writer = self.writer().await?;
        match write(&mut writer, batches).await {
            Ok(committed) => Ok(committed),
            Err(error) => {
                // Whatever state the failure left the connection in, nobody is handed it again.
                let _ = writer.close().await;
                Err(error)
            }
        }
    }
}

async fn write(
    connection: &mut db::Connection,
    batches: &[TeamBatch],
) -> Result<Vec<Committed>, StoreError> {
    let mut transaction = connection.begin_with(db::BEGIN).await?;
    let chained_to = claim(&mut transaction, batches).await?;
    let ours: Vec<_> = batches
        .iter()
        .zip(&chained_to)
        .filter_map(|(batch, before)| before.map(|before| (batch, before)))
        .collect();
    let ours_alone: Vec<_> = ours.iter().map(|(batch, _)| *batch).collect();
    projection::project(&mut transaction, &ours_alone).await?;
    ledger::append(&mut transaction, &ours).await?;
    requests::remember(&mut transaction, &ours_alone).await?;
    outbox::queue(&mut transaction, &ours_alone).await?;
    transaction.commit().await?;
    let committed = |claimed: &Option<_>| match claimed {
        Some(_) => Committed::Done,
        None => Committed::Stale,
    };
    Ok(chained_to.iter().map(committed).collect())
}
