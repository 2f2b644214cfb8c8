//! Reads over all teams: the few statements that name no team. They change nothing.

use rondo_core::Instant;
use rondo_core::ids::TeamId;

use crate::{Store, StoreError};

/// SKELETON: bodies are being written; signatures stand.
#[allow(unused_variables, clippy::unimplemented)]
impl Store {
    /// At most `limit` teams for which something is due at `now`, the longest due first.
    pub async fn due_teams(&self, now: Instant, limit: u32) -> Result<Vec<TeamId>, StoreError> {
        unimplemented!()
    }
}
