//! Figures that nobody changes in passing, read from time to time: whether this server is ready, how much it has queued,
//! and how many leads of all teams wait.

use std::sync::Arc;
use std::time::Duration;

use rondo_core::Instant;
use rondo_store::{Store, WaitingSize};

use crate::clock::Clock;
use crate::engine::Engine;

/// Between two looks at this server: several for each time that metrics are usually read.
pub const LOOK_PERIOD: Duration = Duration::from_secs(5);
/// How long the database may take to answer at all before it counts as away: a look ends before the next.
const PING_WAIT: Duration = LOOK_PERIOD;
/// Between two counts: as often as metrics are usually read.
pub const COUNT_PERIOD: Duration = Duration::from_secs(15);
/// The share of the time that counts take at most, as a divisor: long lines take a while to count.
const REST: u32 = 20;
/// How long a count may take; by then the database is in trouble.
pub const COUNT_WAIT: Duration = Duration::from_secs(15);

/// Reads until dropped or aborted. No look waits for a count.
pub async fn run(store: Store, engine: Engine, clock: Arc<dyn Clock>) {
    let looks = async {
        loop {
            tokio::join!(look(&store, &engine, &*clock), clock.wait(LOOK_PERIOD));
        }
    };
    let counts = async {
        loop {
            let taken = count(&store, &*clock).await;
            clock.wait(COUNT_PERIOD.max(taken * REST)).await;
        }
    };
    tokio::join!(looks, counts);
}

/// Looks at this server. The queue first, which fills when the database does not answer.
async fn look(store: &Store, engine: &Engine, clock: &dyn Clock) {
    metrics::gauge!("rondo_waiting_commands").set(engine.waiting_commands() as f64);
    let is_up = answers(store, clock).await;
    metrics::gauge!("rondo_database_up").set(f64::from(u8::from(is_up)));
    let is_ready = is_up && engine.is_ready();
    metrics::gauge!("rondo_ready").set(f64::from(u8::from(is_ready)));
}

async fn answers(store: &Store, clock: &dyn Clock) -> bool {
    tokio::select! {
        answer = store.ping() => answer.is_ok(),
        () = clock.wait(PING_WAIT) => false,
    }
}

/// Counts the leads that wait. How long that took: nothing where the database is away, which is to be asked again soon.
async fn count(store: &Store, clock: &dyn Clock) -> Duration {
    if !answers(store, clock).await {
        show(None, clock.now());
        return Duration::ZERO;
    }
    let started = clock.monotonic();
    let size = tokio::select! {
        size = store.waiting_size() => size.inspect_err(|error| {
            tracing::warn!(%error, "Waiting leads could not be counted; trying again.");
        }).ok(),
        () = clock.wait(COUNT_WAIT) => {
            tracing::warn!("Waiting leads could not be counted in time; trying again.");
            None
        }
    };
    show(size, clock.now());
    clock.monotonic().saturating_sub(started)
}

/// Shows what waits; no number where that is not known, since the last one would keep an alert going.
fn show(size: Option<WaitingSize>, now: Instant) {
    let (leads, seconds) = size.map_or((f64::NAN, f64::NAN), |size| {
        let first_at = size.first_at.unwrap_or(now);
        let age = now.as_micros().saturating_sub(first_at.as_micros()).max(0);
        (size.leads as f64, age as f64 / 1e6)
    });
    metrics::gauge!("rondo_waiting_leads").set(leads);
    metrics::gauge!("rondo_waiting_lead_oldest_seconds").set(seconds);
}
