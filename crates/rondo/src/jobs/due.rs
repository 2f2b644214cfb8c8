//! The sweep of due instants: what the clock brought about becomes commands.
//!
//! Each team stores the next instant at which something is due. The sweep looks for teams whose instant has come,
//! whoever wrote them, and wakes them; the engine does the rest.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use rondo_core::Instant;
use rondo_core::ids::TeamId;
use rondo_store::Store;

use crate::clock::Clock;
use crate::engine::{Engine, EngineError};

/// Between two sweeps: half of the second within which a due instant is acted on.
pub const SWEEP_PERIOD: Duration = Duration::from_millis(500);
/// Teams woken by one sweep; more follow at once.
const TEAMS_MAX: u32 = 500;
/// How long a team that could not be woken is left alone, so that one broken team neither fills the log nor takes
/// the turn of others.
const PAUSE_SECONDS: i64 = 30;

/// Sweeps until dropped or aborted.
pub async fn run(store: Store, engine: Engine, clock: Arc<dyn Clock>) {
    let mut sweep = Sweep { store, engine, paused: HashMap::new() };
    loop {
        let is_more = sweep.once(clock.now()).await;
        if !is_more {
            clock.wait(SWEEP_PERIOD).await;
        }
    }
}

struct Sweep {
    store: Store,
    engine: Engine,
    /// Teams that could not be woken, and until when they are left alone.
    paused: HashMap<TeamId, Instant>,
}

impl Sweep {
    /// Wakes what is due, and says whether more is.
    async fn once(&mut self, now: Instant) -> bool {
        self.paused.retain(|_, until| *until > now);
        // Paused teams stand in front, being the longest due: ask for so many more.
        let limit = TEAMS_MAX + self.paused.len() as u32;
        let due = match self.store.due_teams(now, limit).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "Due teams could not be looked up; trying again.");
                return false;
            }
        };
        let is_more = due.len() == limit as usize;
        let due: Vec<_> = due.into_iter().filter(|team| !self.paused.contains_key(team)).collect();
        let engine = &self.engine;
        let woken = join_all(due.iter().map(|team| engine.wake(*team))).await;
        let mut is_any_woken = false;
        let mut passing = None;
        for (team, result) in due.into_iter().zip(woken) {
            match result {
                Ok(()) => is_any_woken = true,
                Err(EngineError::Stopping) => return false,
                // The disk, or the connection: true of every team, and tried again with the next sweep.
                Err(EngineError::Store(error)) if error.is_passing() => passing = Some(error),
                Err(error) => {
                    tracing::warn!(%team, %error, "A team could not do what is due; trying again in {PAUSE_SECONDS} s.");
                    self.paused.insert(team, now.plus_seconds(PAUSE_SECONDS));
                }
            }
        }
        if let Some(error) = passing {
            tracing::warn!(%error, "What is due could not be done; trying again.");
        }
        is_more && is_any_woken
    }
}
