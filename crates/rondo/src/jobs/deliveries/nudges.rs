//! Word from the commit to the outbox that something was queued, so that nobody waits for a sweep.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use rondo_core::ids::TeamId;
use tokio::sync::Notify;

/// Teams for which deliveries were just queued. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Nudges(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    // Bounded by the number of teams that commit between two looks; a team that is there already is not added twice.
    teams: Mutex<BTreeSet<TeamId>>,
    is_any: Notify,
}

impl Nudges {
    /// Says that deliveries of this team were queued. Never waits.
    pub fn nudge(&self, team: TeamId) {
        let is_new = self.teams().insert(team);
        if is_new {
            self.0.is_any.notify_one();
        }
    }

    /// The teams that were named since the last call, once there are any.
    pub(super) async fn wait(&self) -> BTreeSet<TeamId> {
        loop {
            let teams = std::mem::take(&mut *self.teams());
            if !teams.is_empty() {
                return teams;
            }
            self.0.is_any.notified().await;
        }
    }

    fn teams(&self) -> std::sync::MutexGuard<'_, BTreeSet<TeamId>> {
        // The set is whole whatever happened to whoever held it.
        self.0.teams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
