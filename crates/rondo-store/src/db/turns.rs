//! Taking turns at a bounded number of connections, in the order in which they are asked for.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::StoreError;

/// How long somebody waits for a connection.
const WAIT: Duration = Duration::from_secs(10);

/// A turn, which ends when it is dropped.
pub(crate) type Turn = OwnedSemaphorePermit;

/// The turns at so many connections.
pub(super) struct Turns {
    semaphore: Arc<Semaphore>,
    count: u32,
}

impl Turns {
    pub(super) fn at(count: u32) -> Self {
        Self { semaphore: Arc::new(Semaphore::new(count as usize)), count }
    }

    /// A turn, once it is one's own.
    pub(super) async fn take(&self) -> Result<Turn, StoreError> {
        let turn = tokio::time::timeout(WAIT, Arc::clone(&self.semaphore).acquire_owned()).await;
        turn.map_err(|_| {
            let seconds = WAIT.as_secs();
            StoreError::Unavailable(format!("no connection came free within {seconds} s"))
        })?
        .map_err(|_| StoreError::Unavailable("the store is closed".to_owned()))
    }

    /// Waits until all turns are over; there are none from then on. Whether that is so by this call.
    pub(super) async fn end(&self) -> bool {
        // Fails where somebody else has ended them, and waited.
        let Ok(_all) = self.semaphore.acquire_many(self.count).await else { return false };
        self.semaphore.close();
        true
    }
}
