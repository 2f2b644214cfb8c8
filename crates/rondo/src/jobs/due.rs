//! The sweep of due instants: what the clock brought about becomes commands.
//!
//! Each team stores the next instant at which something is due. The sweep looks for teams whose instant has come,
//! whoever wrote them, and wakes them; the engine does the rest.
//!
//! Where several nodes sweep, each wakes the teams whose lease it has, and leaves the others alone. It holds a lease for as
//! long as it finds the team due or until it closes, and then lets go of it; where it died, another node follows once
//! the lease has run out.
//! That saves the others the work and decides nothing: the engine commits what is due on the team's revision, once,
//! whoever wakes it, and a command that comes first does what is due as well.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use rondo_core::Instant;
use rondo_core::ids::TeamId;
use rondo_store::{Duty, HeldLease, Lease, Store, StoreError};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use crate::clock::{Clock, Entropy};
use crate::engine::{Engine, EngineError};
use crate::telemetry::traces;

/// Between two sweeps: half of the second within which a due instant is acted on.
pub const SWEEP_PERIOD: Duration = Duration::from_millis(500);
/// Teams woken by one sweep, so that their leases take half of a node's connections; more follow at once.
const TEAMS_MAX: u32 = 500;
/// How long a team that could not be woken is left alone, so that one broken team neither fills the log nor takes
/// the turn of others.
const PAUSE_SECONDS: i64 = 30;

/// The name of the lease on what is due in a team.
pub const DUTY: &str = "due";
/// How long a lease lasts that is not renewed: several times as long as waking a team takes on a busy machine, short
/// enough that what a dead node left is done within ten seconds.
pub const LEASE: Duration = Duration::from_secs(6);
/// How long a team whose lease another node has is left alone, so that it is not asked for with each sweep.
const ELSEWHERE_SECONDS: i64 = 1;
/// How long the last sweep may take to end, and to let go of its leases, when the server closes. What is held longer
/// runs out by itself.
const STOP_WAIT: Duration = Duration::from_secs(1);

/// The sweep under way. Dropped without [`Sweep::stop`], it ends as if the process had been killed.
pub struct Sweep {
    closing: watch::Sender<bool>,
    task: JoinHandle<()>,
    clock: Arc<dyn Clock>,
}

impl Sweep {
    /// Starts sweeping; needs a running Tokio runtime.
    pub fn start(
        store: Store,
        engine: Engine,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let closing = watch::Sender::new(false);
        let mut holder = [0; 16];
        entropy.fill(&mut holder);
        let (held, left_alone) = (Vec::new(), HashMap::new());
        let sweeper = Sweeper { store, engine, clock: clock.clone(), holder, held, left_alone };
        let task = tokio::spawn(sweeper.run(closing.subscribe()));
        Self { closing, task, clock }
    }

    /// Begins no more sweeps. One that is under way ends with the engine, and then lets go of the leases.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Ends once the leases are let go of: to be called when the engine has stopped.
    pub async fn stop(mut self) {
        self.close();
        tokio::select! {
            // A panic inside was reported where it happened.
            _ = &mut self.task => {}
            () = self.clock.wait(STOP_WAIT) => {
                tracing::warn!("Leases could not be let go of in time; they run out by themselves.");
            }
        }
    }
}

impl Drop for Sweep {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Sweeper {
    store: Store,
    engine: Engine,
    clock: Arc<dyn Clock>,
    /// Who holds the leases: drawn anew in each process.
    holder: [u8; 16],
    /// Of the teams that were due in the last sweep.
    held: Vec<HeldLease>,
    /// Teams that could not be woken, or are another node's, and until when they are left alone.
    left_alone: HashMap<TeamId, Instant>,
}

impl Sweeper {
    async fn run(mut self, mut closing: watch::Receiver<bool>) {
        while !*closing.borrow() {
            if !self.once().instrument(traces::due()).await {
                let clock = &self.clock;
                tokio::select! {
                    // The sender lives as long as the handle, which aborts this task when dropped.
                    _ = closing.changed() => {}
                    () = clock.wait(SWEEP_PERIOD) => {}
                }
            }
        }
        if let Err(error) = self.store.release_leases(self.held).await {
            tracing::warn!(%error, "Leases could not be let go of; they run out by themselves.");
        }
    }

    /// Wakes what is due, and says whether more is.
    async fn once(&mut self) -> bool {
        let now = self.clock.now();
        self.left_alone.retain(|_, until| *until > now);
        // Those left alone stand in front, being the longest due: ask for so many more.
        let limit = TEAMS_MAX + self.left_alone.len() as u32;
        let due = match self.store.due_teams(now, limit).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "Due teams could not be looked up; trying again.");
                return false;
            }
        };
        let due = turn_of(due, &self.left_alone);
        let is_more = due.len() == TEAMS_MAX as usize;
        let due = match self.hold(due).await {
            Ok(held) => held,
            Err(error) => {
                tracing::warn!(%error, "Leases of due teams could not be taken; trying again.");
                return false;
            }
        };
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
                    self.left_alone.insert(team, now.plus_seconds(PAUSE_SECONDS));
                }
            }
        }
        if let Some(error) = passing {
            tracing::warn!(%error, "What is due could not be done; trying again.");
        }
        is_more && is_any_woken
    }

    /// Those of the due teams that are ours to wake. Lets go of the teams that are not due any more.
    async fn hold(&mut self, due: Vec<TeamId>) -> Result<Vec<TeamId>, StoreError> {
        let (now, began) = (self.clock.now(), self.clock.monotonic());
        let until = Instant::from_micros(now.as_micros() + LEASE.as_micros() as i64);
        let still_due: HashSet<TeamId> = due.iter().copied().collect();
        // What is lost to an error here is taken anew, being ours.
        let (mut held, over): (Vec<_>, Vec<_>) =
            self.held.drain(..).partition(|lease| still_due.contains(&lease.duty.team));
        self.store.release_leases(over).await?;
        self.store.renew_leases(&mut held, until).await?;
        let known: HashSet<TeamId> = held.iter().map(|lease| lease.duty.team).collect();
        let new = due.iter().filter(|team| !known.contains(team));
        let new: Vec<_> = new.map(|team| Duty { team: *team, name: DUTY.into() }).collect();
        held.extend(self.store.take_leases(&new, now, Lease { holder: self.holder, until }).await?);
        self.held = held;
        if self.clock.monotonic() - began >= LEASE {
            // So slow a database: the leases have run out already, and somebody else may have followed.
            return Ok(Vec::new());
        }
        let ours: HashSet<TeamId> = self.held.iter().map(|lease| lease.duty.team).collect();
        let (ours, elsewhere): (Vec<_>, Vec<_>) =
            due.into_iter().partition(|team| ours.contains(team));
        let until = now.plus_seconds(ELSEWHERE_SECONDS);
        self.left_alone.extend(elsewhere.into_iter().map(|team| (team, until)));
        Ok(ours)
    }
}

/// Those of the due teams that are next, in their order. Some that were left alone may be due no more: then more were
/// found than one sweep takes.
fn turn_of(due: Vec<TeamId>, left_alone: &HashMap<TeamId, Instant>) -> Vec<TeamId> {
    let next = due.into_iter().filter(|team| !left_alone.contains_key(team));
    next.take(TEAMS_MAX as usize).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rondo_core::ids::Id as _;

    #[test]
    fn a_sweep_takes_the_first_of_those_that_are_not_left_alone_and_no_more_than_it_may() {
        let due: Vec<_> =
            (0..2 * u128::from(TEAMS_MAX)).map(|n| TeamId::from_bytes(n.to_be_bytes())).collect();
        let left_alone = HashMap::from([(due[1], Instant::from_micros(0))]);
        let next = turn_of(due.clone(), &left_alone);
        assert_eq!(next.len(), TEAMS_MAX as usize);
        assert_eq!(next[..2], [due[0], due[2]]);
    }
}
