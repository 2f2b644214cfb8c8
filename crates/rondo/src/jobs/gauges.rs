//! Figures that nobody changes in passing, read from time to time: whether this server is ready, and how many leads
//! of all teams wait.

use std::sync::Arc;
use std::time::Duration;

use rondo_store::Store;

use crate::clock::Clock;
use crate::engine::Engine;

/// Between two readings: as often as metrics are usually read.
const PERIOD: Duration = Duration::from_secs(15);
/// The share of the time that readings take at most, as a divisor: long lines take a while to count.
const REST: u32 = 20;
/// How long the database may take to answer at all before it counts as away.
const PING_WAIT: Duration = Duration::from_secs(5);
/// How long a count may take; by then the database is in trouble, and readiness is to be looked at again.
const COUNT_WAIT: Duration = Duration::from_secs(15);

/// Reads until dropped or aborted.
pub async fn run(store: Store, engine: Engine, clock: Arc<dyn Clock>) {
    loop {
        let started = clock.monotonic();
        let is_up = tokio::select! {
            answer = store.ping() => answer.is_ok(),
            () = clock.wait(PING_WAIT) => false,
        };
        metrics::gauge!("rondo_database_up").set(f64::from(u8::from(is_up)));
        let is_ready = is_up && engine.is_ready();
        metrics::gauge!("rondo_ready").set(f64::from(u8::from(is_ready)));
        if is_up {
            tokio::select! {
                () = count_waiting(&store, &*clock) => {}
                () = clock.wait(COUNT_WAIT) => {
                    tracing::warn!("Waiting leads could not be counted in time; trying again.");
                }
            }
        }
        let taken = clock.monotonic().saturating_sub(started);
        clock.wait(PERIOD.max(taken * REST)).await;
    }
}

async fn count_waiting(store: &Store, clock: &dyn Clock) {
    match store.waiting_size().await {
        Ok(size) => {
            let now = clock.now();
            let first_at = size.first_at.unwrap_or(now);
            let age = now.as_micros().saturating_sub(first_at.as_micros()).max(0);
            metrics::gauge!("rondo_waiting_leads").set(size.leads as f64);
            metrics::gauge!("rondo_waiting_lead_oldest_seconds").set(age as f64 / 1e6);
        }
        Err(error) => {
            tracing::warn!(%error, "Waiting leads could not be counted; trying again.");
        }
    }
}
