//! A team as it stands: from its tables, and from the entries that came since.

use rondo_core::ids::{BatchId, TeamId};
use rondo_core::{Entry, TeamParts};

use crate::{Store, StoreError};

/// SKELETON: bodies are being written; signatures stand.
#[allow(unused_variables, clippy::unimplemented)]
impl Store {
    /// The team's last ledger number, if there is such a team.
    pub async fn revision(&self, team: TeamId) -> Result<Option<u64>, StoreError> {
        unimplemented!()
    }

    /// The team from its tables, if there is such a team.
    pub async fn load_team(&self, team: TeamId) -> Result<Option<TeamParts>, StoreError> {
        unimplemented!()
    }

    /// At most `limit` entries after ledger number `after`, in order.
    pub async fn entries_after(
        &self,
        team: TeamId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        unimplemented!()
    }

    /// The batch that wrote ledger number `n`, if there is such an entry: how a commit of unknown outcome is looked up.
    pub async fn batch_at(&self, team: TeamId, n: u64) -> Result<Option<BatchId>, StoreError> {
        unimplemented!()
    }
}
