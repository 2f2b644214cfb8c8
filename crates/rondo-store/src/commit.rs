//! Making batches durable: the ledger, the tables that follow from it, and what stands beside them.

use crate::{Committed, Store, StoreError, TeamBatch};

/// SKELETON: bodies are being written; signatures stand.
#[allow(unused_variables, clippy::unimplemented)]
impl Store {
    /// Writes the batches of different teams in one transaction; on return they are on disk. A team that somebody else
    /// wrote first is left out whole. An error means that nothing of any batch was kept.
    pub async fn commit(&self, batches: &[TeamBatch]) -> Result<Vec<Committed>, StoreError> {
        unimplemented!()
    }
}
