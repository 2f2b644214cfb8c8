//! Finding a team's state: in memory where it is current, else brought up to date from the ledger, else loaded.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use rondo_core::ids::TeamId;
use rondo_core::{Entry, Event, Instant, Team};
use rondo_store::StoreError;

use super::EngineError;
use super::cache::Cache;
use super::port::Port;
use super::service::Service;
use super::state::{Roster, TeamState};

/// Entries by which a state may be behind and still be brought up to date one by one; loading is cheaper beyond.
const ENTRIES_BEHIND_MAX: u32 = 500;

/// The teams, from memory or from the data.
pub(super) struct Teams {
    pub(super) port: Arc<dyn Port>,
    cache: Cache,
    is_ready: AtomicBool,
    /// Teams that another node wrote or held at the same time, and until when that is minded.
    contended: Mutex<HashMap<TeamId, Contended>>,
}

/// Until when a team is treated otherwise than others.
#[derive(Clone, Copy)]
struct Contended {
    /// Written in turns.
    until: Duration,
    /// Not even tried.
    held_until: Duration,
}

/// How long a team that another node wrote in between is written in turns.
const CONTENDED: Duration = Duration::from_secs(2);
/// How long a team that another node holds and does not let go of is kept apart from others, who would wait with it …
const HELD: Duration = Duration::from_secs(10);
/// … and how long it is not even tried after it was waited for in vain.
const GIVEN_UP: Duration = Duration::from_secs(2);

impl Teams {
    pub(super) fn new(port: Arc<dyn Port>, bytes_max: usize) -> Self {
        Self {
            port,
            cache: Cache::new(bytes_max),
            is_ready: AtomicBool::new(true),
            contended: Mutex::default(),
        }
    }

    /// Notes that another node wrote the team in between.
    pub(super) fn note_contended(&self, team: TeamId, now: Duration) {
        self.note(team, now, Contended { until: now + CONTENDED, held_until: now });
    }

    /// Notes that another node holds the team.
    pub(super) fn note_held(&self, team: TeamId, now: Duration) {
        self.note(team, now, Contended { until: now + HELD, held_until: now + GIVEN_UP });
    }

    fn note(&self, team: TeamId, now: Duration, contended: Contended) {
        let mut all = self.lock_contended();
        all.retain(|_, contended| now < contended.until);
        all.insert(team, contended);
    }

    /// Whether another node wrote or held the team, not long ago.
    pub(super) fn is_contended(&self, team: TeamId, now: Duration) -> bool {
        self.lock_contended().get(&team).is_some_and(|contended| now < contended.until)
    }

    /// Whether another node held the team just now.
    pub(super) fn is_held(&self, team: TeamId, now: Duration) -> bool {
        self.lock_contended().get(&team).is_some_and(|contended| now < contended.held_until)
    }

    fn lock_contended(&self) -> MutexGuard<'_, HashMap<TeamId, Contended>> {
        self.contended.lock().expect("nothing panics while it holds the teams")
    }

    pub(super) fn is_ready(&self) -> bool {
        self.is_ready.load(Ordering::Relaxed)
    }

    /// The state in memory, however old.
    pub(super) fn cached(&self, team: TeamId) -> Option<Arc<TeamState>> {
        self.cache.find(team)
    }

    pub(super) fn keep(&self, state: Arc<TeamState>) {
        self.cache.put(state);
    }

    pub(super) fn forget(&self, team: TeamId) {
        self.cache.forget(team);
    }

    /// The state as of the data's revision or later.
    pub(super) async fn fresh(
        &self,
        team: TeamId,
        now: Instant,
    ) -> Result<Option<Arc<TeamState>>, EngineError> {
        let Some(revision) = self.checked(self.port.revision(team).await)? else {
            self.forget(team);
            return Ok(None);
        };
        match self.cached(team) {
            Some(state) if state.team.revision() >= revision => Ok(Some(state)),
            Some(state) => self.caught_up(&state, now).await,
            None => self.loaded(team, now).await,
        }
    }

    /// The state from the tables.
    pub(super) async fn loaded(
        &self,
        team: TeamId,
        now: Instant,
    ) -> Result<Option<Arc<TeamState>>, EngineError> {
        // Names first: a rep who joins in between is then at worst without a name until the entry is followed.
        let names = self.checked(self.port.rep_names(team).await)?;
        let Some(parts) = self.checked(self.port.load_team(team).await)? else {
            return Ok(None);
        };
        let now = now.max(parts.last_at);
        let team = Team::from_parts(parts, now);
        let names = Roster::of(&team, names);
        let state = Arc::new(TeamState::counted(team, names, Service::default()));
        self.keep(Arc::clone(&state));
        Ok(Some(state))
    }

    /// A state that is behind, after the entries that it has missed.
    pub(super) async fn caught_up(
        &self,
        state: &TeamState,
        now: Instant,
    ) -> Result<Option<Arc<TeamState>>, EngineError> {
        let id = state.team.id();
        let (after, limit) = (state.team.revision(), ENTRIES_BEHIND_MAX);
        let missed = self.checked(self.port.entries_after(id, after, limit).await)?;
        let is_in_step = missed.iter().map(|entry| entry.n).eq((after + 1..).take(missed.len()));
        if missed.len() >= limit as usize || missed.is_empty() || !is_in_step {
            self.forget(id);
            return self.loaded(id, now).await;
        }
        let mut team = state.team.clone();
        missed.iter().for_each(|entry| team.apply(entry));
        let names = if missed.iter().any(names_somebody) {
            Roster::of(&team, self.checked(self.port.rep_names(id).await)?)
        } else {
            state.names.clone()
        };
        // Another process may have served waiting leads meanwhile; where it stopped is not known here.
        let mut service = state.service.clone();
        service.restart(team.cursors_with_backlog());
        let state = Arc::new(TeamState::counted(team, names, service));
        self.keep(Arc::clone(&state));
        Ok(Some(state))
    }

    /// Notes an event that this program does not know: the node is not ready from then on.
    pub(super) fn checked<T>(&self, result: Result<T, StoreError>) -> Result<T, EngineError> {
        result.map_err(|error| {
            if let StoreError::UnknownEvent { .. } = error {
                self.is_ready.store(false, Ordering::Relaxed);
                tracing::error!(%error, "The ledger was written by a newer version of Rondo.");
            }
            EngineError::from(error)
        })
    }
}

fn names_somebody(entry: &Entry) -> bool {
    matches!(entry.event, Event::RepAdded { .. } | Event::RepChanged { .. })
}
