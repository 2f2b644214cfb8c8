//! Who listens for a team's latest ledger number, and telling them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use rondo_core::ids::TeamId;
use tokio::sync::watch;

use super::Shared;

/// Between two looks at what other processes wrote, while somebody listens.
const POLL_PERIOD: Duration = Duration::from_secs(1);

/// The listeners, by team.
#[derive(Default)]
pub(super) struct Watchers {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    teams: HashMap<TeamId, watch::Sender<u64>>,
    is_closed: bool,
}

impl Watchers {
    pub(super) fn subscribe(&self, team: TeamId, known: u64) -> watch::Receiver<u64> {
        let mut inner = self.lock();
        if inner.is_closed {
            return watch::Sender::new(known).subscribe();
        }
        inner.teams.entry(team).or_insert_with(|| watch::Sender::new(known)).subscribe()
    }

    /// Tells everybody that no more news will come: their receivers fail from now on.
    pub(super) fn close(&self) {
        let mut inner = self.lock();
        inner.is_closed = true;
        inner.teams.clear();
    }

    /// Tells those who listen, unless they know of a later number.
    pub(super) fn announce(&self, team: TeamId, revision: u64) {
        if let Some(sender) = self.lock().teams.get(&team) {
            sender.send_if_modified(|known| {
                let is_news = revision > *known;
                *known = revision.max(*known);
                is_news
            });
        }
    }

    /// The teams that somebody still listens to.
    fn listened_to(&self) -> Vec<TeamId> {
        let mut inner = self.lock();
        inner.teams.retain(|_, sender| sender.receiver_count() > 0);
        inner.teams.keys().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("nothing panics while it holds the listeners")
    }
}

/// Looks for what other processes wrote, for as long as the engine lives.
pub(super) async fn poll(shared: Arc<Shared>) {
    loop {
        shared.clock.wait(POLL_PERIOD).await;
        for team in shared.watchers.listened_to() {
            match shared.teams.port.revision(team).await {
                Ok(Some(revision)) => shared.watchers.announce(team, revision),
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, %team, "The team's revision could not be read; trying again.");
                }
            }
        }
    }
}
