//! The circles of a team as they stood in the past.

use rondo_core::Team;
use rondo_core::ids::TeamId;

use crate::{Store, StoreError};

/// SKELETON: bodies are being written; signatures stand.
#[allow(unused_variables, clippy::unimplemented)]
impl Store {
    /// The team as it stood just before ledger number `n` as far as circles are concerned, rebuilt from the entries
    /// that are not about leads alone (R11); none if there is no such entry.
    pub async fn circle_at(&self, team: TeamId, n: u64) -> Result<Option<Team>, StoreError> {
        unimplemented!()
    }
}
