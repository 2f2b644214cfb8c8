//! The teams in memory: those used last, bounded by bytes.

use std::sync::{Arc, Mutex, MutexGuard};

use lru::LruCache;
use rondo_core::ids::TeamId;

use super::state::TeamState;

/// Teams by id; the least recently used go when there are too many bytes of them.
pub(super) struct Cache {
    inner: Mutex<Inner>,
    bytes_max: usize,
}

struct Inner {
    teams: LruCache<TeamId, Arc<TeamState>>,
    bytes: usize,
}

impl Cache {
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { inner: Mutex::new(Inner { teams: LruCache::unbounded(), bytes: 0 }), bytes_max }
    }

    /// The team, which is the most recently used from now on.
    pub(super) fn find(&self, team: TeamId) -> Option<Arc<TeamState>> {
        self.lock().teams.get(&team).map(Arc::clone)
    }

    /// Keeps a state unless a later one of the team is here; the last team put in always stays.
    pub(super) fn put(&self, state: Arc<TeamState>) {
        let mut inner = self.lock();
        let team = state.team.id();
        let known = inner.teams.peek(&team).map(|known| known.team.revision());
        if known.is_some_and(|revision| revision > state.team.revision()) {
            return;
        }
        inner.bytes += state.bytes;
        if let Some(before) = inner.teams.put(team, state) {
            inner.bytes -= before.bytes;
        }
        while inner.bytes > self.bytes_max && inner.teams.len() > 1 {
            if let Some((_, gone)) = inner.teams.pop_lru() {
                inner.bytes -= gone.bytes;
            }
        }
        metrics::gauge!("rondo_cached_teams").set(inner.teams.len() as f64);
        metrics::gauge!("rondo_cached_bytes").set(inner.bytes as f64);
    }

    /// Forgets a team of which nothing certain is known any more.
    pub(super) fn forget(&self, team: TeamId) {
        let mut inner = self.lock();
        if let Some(gone) = inner.teams.pop(&team) {
            inner.bytes -= gone.bytes;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("nothing panics while it holds the cache")
    }
}
