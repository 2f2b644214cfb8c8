//! What decisions must know, for a whole batch at once.

use std::collections::HashMap;

use rondo_core::ids::TeamId;
use rondo_core::{Facts, Instant, Needs};

use crate::{Remembered, Store, StoreError};

/// SKELETON: bodies are being written; signatures stand.
#[allow(unused_variables, clippy::unimplemented)]
impl Store {
    /// What is needed, team by team in the order given.
    pub async fn facts(&self, needs: &[(TeamId, Needs)]) -> Result<Vec<Facts>, StoreError> {
        unimplemented!()
    }

    /// Those of these requests that were accepted before and are not forgotten at `now`.
    pub async fn remembered(
        &self,
        team: TeamId,
        scopes: &[[u8; 32]],
        now: Instant,
    ) -> Result<HashMap<[u8; 32], Remembered>, StoreError> {
        unimplemented!()
    }
}
