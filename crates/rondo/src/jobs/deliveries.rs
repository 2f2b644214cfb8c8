//! The outbox: every queued delivery is sent, and sent again until its receiver takes it or it is given up.
//!
//! The commit that makes an event durable queues its deliveries. The node that committed is told at once ([`Nudges`]);
//! a sweep finds what is left: tries that are due again, and what a killed node had taken. A delivery is taken under a
//! lease, so that each is at one node at a time, and it is at least once: a node killed between an answer and the note
//! of it sends the same event, with the same id, again.
//!
//! Deliveries of one webhook start in the order in which they are due. A receiver gets few at once
//! ([`lane::AT_ONCE_MAX`]), one while it fails, so that a slow one holds up nobody else.

mod attempt;
mod lane;
mod nudges;
mod pauses;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rondo_core::Instant;
use rondo_core::ids::{DeliveryId, Id as _, TeamId, WebhookId};
use rondo_store::{Backlog, Lease, Store, TriedDelivery, TryOutcome};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tracing::Instrument as _;

use crate::clock::{Clock, Entropy};
use crate::egress::Egress;
use crate::secrets::Vault;
use crate::telemetry::traces;
use crate::webhooks::Payloads;

use attempt::{Attempt, Tried};
use lane::Lane;
pub use nudges::Nudges;

/// Between two sweeps: the shortest pause is five seconds, and a second more or less does not matter there.
pub const SWEEP_PERIOD: Duration = Duration::from_secs(1);
/// Between two counts of what is queued: as often as metrics are usually read, since counting a long queue takes a while.
const MEASURE_PERIOD: Duration = Duration::from_secs(15);
/// Deliveries under way at once: each is a connection and an event in memory. Some hundred receivers that never answer
/// are needed to use them all up, since one that fails gets one at a time.
const UNDER_WAY_MAX: usize = 256;
/// Webhooks that a sweep brings: more than can be served at once; the rest follow with the next one.
const BACKLOG_MAX: u32 = 1000;
/// How long a taken delivery is ours: several times the longest attempt, so that it ends under us only when we hang.
const LEASE_SECONDS: i64 = 60;
/// Deliveries given up in one statement, so that the engine's commits wait briefly.
const GIVE_UP_MAX: u32 = 500;
/// How long deliveries that are over can be looked up: a month.
const KEPT_SECONDS: i64 = 30 * 24 * 60 * 60;
/// For each delivery that is over, old ones deleted at most: more than one, so that the table shrinks to what is kept.
const FORGOTTEN_PER_TRY: u32 = 2;
/// How long attempts under way may take to end when the server closes.
const STOP_WAIT: Duration = Duration::from_secs(5);

/// What deliveries are made of.
pub struct DeliveriesParts {
    /// Where they are queued.
    pub store: Store,
    /// What they say.
    pub payloads: Payloads,
    /// How they leave.
    pub egress: Egress,
    /// What opens signing secrets.
    pub vault: Arc<Vault>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// For the spread of pauses.
    pub entropy: Arc<dyn Entropy>,
    /// Who says that something was queued.
    pub nudges: Nudges,
}

/// Deliveries under way. Dropped without [`Deliveries::stop`], they end as if the process had been killed.
pub struct Deliveries {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Deliveries {
    /// Starts delivering; needs a running Tokio runtime.
    pub fn start(parts: DeliveriesParts) -> Self {
        let stop = watch::Sender::new(false);
        let mut holder = [0; 16];
        parts.entropy.fill(&mut holder);
        let dispatcher = Dispatcher {
            parts: Arc::new(parts),
            holder,
            lanes: HashMap::new(),
            under_way: JoinSet::new(),
            tried: Vec::new(),
            sweep_at: Duration::ZERO,
            measure_at: Duration::ZERO,
        };
        let task = tokio::spawn(dispatcher.run(stop.subscribe()));
        Self { stop, task }
    }

    /// Takes nothing more, lets what is under way end, and writes down what became of it.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        // A panic inside was reported where it happened.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Deliveries {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A webhook of a team.
type Address = (TeamId, WebhookId);

struct Dispatcher {
    parts: Arc<DeliveriesParts>,
    /// Who holds the leases: drawn anew in each process.
    holder: [u8; 16],
    /// The webhooks that have something to send.
    lanes: HashMap<Address, Lane>,
    under_way: JoinSet<Tried>,
    /// What became of deliveries and is not written down yet.
    tried: Vec<Tried>,
    /// When the next sweep is due, on the monotonic clock.
    sweep_at: Duration,
    /// When the outbox is to be measured again, on the monotonic clock.
    measure_at: Duration,
}

impl Dispatcher {
    async fn run(mut self, mut stop: watch::Receiver<bool>) {
        loop {
            let parts = Arc::clone(&self.parts);
            let until_sweep = self.sweep_at.saturating_sub(parts.clock.monotonic());
            tokio::select! {
                // The sender lives as long as the handle, which aborts this task when dropped.
                () = stopped(&mut stop) => break,
                Some(ended) = self.under_way.join_next() => self.note_end(ended),
                teams = parts.nudges.wait() => {
                    for team in teams {
                        self.look_at(team).await;
                    }
                }
                () = parts.clock.wait(until_sweep) => self.sweep().instrument(traces::sweep()).await,
            }
            while let Some(ended) = self.under_way.try_join_next() {
                self.note_end(ended);
            }
            self.write_down().await;
            self.fill().await;
        }
        self.finish().await;
    }

    /// Lets attempts end, and takes note of those that do not as of any that failed.
    async fn finish(mut self) {
        let clock = Arc::clone(&self.parts.clock);
        let deadline = clock.wait(STOP_WAIT);
        tokio::pin!(deadline);
        loop {
            tokio::select! {
                ended = self.under_way.join_next() => match ended {
                    Some(ended) => self.note_end(ended),
                    None => break,
                },
                () = &mut deadline => break,
            }
        }
        self.write_down().await;
    }

    fn note_end(&mut self, ended: Result<Tried, tokio::task::JoinError>) {
        match ended {
            Ok(tried) => {
                if let Some(lane) = self.lanes.get_mut(&tried.address) {
                    lane.ended(tried.result.outcome);
                }
                self.tried.push(tried);
            }
            // Attempts catch their own panics, and nobody aborts them but the end of the process.
            Err(error) => {
                tracing::error!(%error, "A delivery broke off; it is tried again when its lease ends.")
            }
        }
    }

    async fn look_at(&mut self, team: TeamId) {
        match self.parts.store.backlog_of(team, self.parts.clock.now()).await {
            Ok(backlogs) => self.note_backlogs(backlogs).await,
            // The sweep looks again.
            Err(error) => {
                tracing::warn!(%team, %error, "Queued deliveries could not be looked up; trying again.")
            }
        }
    }

    async fn sweep(&mut self) {
        self.sweep_at = self.parts.clock.monotonic() + SWEEP_PERIOD;
        let now = self.parts.clock.now();
        match self.parts.store.backlog(now, BACKLOG_MAX).await {
            Ok(backlogs) => self.note_backlogs(backlogs).await,
            Err(error) => {
                tracing::warn!(%error, "Queued deliveries could not be looked up; trying again.")
            }
        }
        if self.measure_at <= self.parts.clock.monotonic() {
            self.measure_at = self.parts.clock.monotonic() + MEASURE_PERIOD;
            self.measure(now).await;
        }
    }

    async fn measure(&self, now: Instant) {
        metrics::gauge!("rondo_outbox_under_way").set(self.under_way.len() as f64);
        let (queued, seconds) = match self.parts.store.outbox_size().await {
            Ok(size) => {
                let due_at = size.first_due_at.unwrap_or(now);
                let late = now.as_micros().saturating_sub(due_at.as_micros()).max(0);
                (size.queued as f64, late as f64 / 1e6)
            }
            Err(error) => {
                tracing::warn!(%error, "The outbox could not be measured; trying again.");
                // No number: the last one would keep an alert going.
                (f64::NAN, f64::NAN)
            }
        };
        metrics::gauge!("rondo_outbox_queued").set(queued);
        metrics::gauge!("rondo_outbox_late_seconds").set(seconds);
    }

    async fn note_backlogs(&mut self, backlogs: Vec<Backlog>) {
        for backlog in backlogs {
            let Backlog { team, webhook, is_over, .. } = backlog;
            if is_over {
                // What is left is given up with the next sweep.
                if let Err(error) =
                    self.parts.store.give_up_deliveries(team, webhook, GIVE_UP_MAX).await
                {
                    tracing::warn!(%team, %webhook, %error, "Deliveries to a webhook that is gone could not be given up; trying again.");
                }
            } else {
                self.lanes.entry((team, webhook)).or_default().has_more = true;
            }
        }
    }

    /// Writes down what became of deliveries; what can't be written is kept for the next round.
    async fn write_down(&mut self) {
        let mut by_team: HashMap<TeamId, Vec<Tried>> = HashMap::new();
        for tried in self.tried.drain(..) {
            by_team.entry(tried.address.0).or_default().push(tried);
        }
        for (team, tried) in by_team {
            let results: Vec<TriedDelivery> =
                tried.iter().map(|tried| tried.result.clone()).collect();
            match self.parts.store.deliveries_tried(team, &results).await {
                Ok(()) => self.after(team, &tried).await,
                Err(error) => {
                    tracing::warn!(%team, %error, "What became of deliveries could not be written down; trying again.");
                    self.tried.extend(tried);
                }
            }
        }
    }

    /// What follows from results that are written down: a receiver that is gone is left alone, old deliveries are
    /// forgotten.
    async fn after(&mut self, team: TeamId, tried: &[Tried]) {
        let store = &self.parts.store;
        let mut over_by_webhook: HashMap<WebhookId, u32> = HashMap::new();
        for Tried { address: (_, webhook), result, is_gone } in tried {
            match result.outcome {
                TryOutcome::TryAgain(_) => continue,
                TryOutcome::Delivered => {}
                TryOutcome::Failed => note_failure(team, *webhook, result),
            }
            *over_by_webhook.entry(*webhook).or_default() += 1;
            if *is_gone {
                self.disable(team, *webhook, result.at).await;
            }
        }
        let before = first_id_at(self.parts.clock.now().plus_seconds(-KEPT_SECONDS));
        for (webhook, over) in over_by_webhook {
            let limit = over.saturating_mul(FORGOTTEN_PER_TRY);
            if let Err(error) = store.forget_deliveries(team, webhook, before, limit).await {
                tracing::warn!(%team, %webhook, %error, "Old deliveries could not be deleted; the next ones try again.");
            }
        }
    }

    async fn disable(&self, team: TeamId, webhook: WebhookId, at: Instant) {
        match self.parts.store.disable_webhook(team, webhook, at).await {
            Ok(()) => {
                tracing::info!(%team, %webhook, "A webhook is disabled: its receiver answered that it is gone.");
            }
            Err(error) => {
                tracing::warn!(%team, %webhook, %error, "A webhook whose receiver is gone could not be disabled; the next delivery tries again.");
            }
        }
    }

    /// Starts as much as there is room for, those lanes first that have the least under way.
    async fn fill(&mut self) {
        // What can't be written down counts as under way: with a full disk nothing more is sent.
        let mut room = UNDER_WAY_MAX.saturating_sub(self.under_way.len() + self.tried.len());
        let mut waiting: Vec<(usize, Address)> = self
            .lanes
            .iter()
            .filter(|(_, lane)| lane.room() > 0)
            .map(|(address, lane)| (lane.under_way, *address))
            .collect();
        waiting.sort_unstable();
        for (_, address) in waiting {
            if room == 0 {
                break;
            }
            room -= self.fill_lane(address, room).await;
        }
        self.lanes.retain(|_, lane| !lane.is_idle());
    }

    /// Starts deliveries of one webhook, at most `room`; how many.
    async fn fill_lane(&mut self, (team, webhook): Address, room: usize) -> usize {
        let parts = &self.parts;
        let Some(lane) = self.lanes.get_mut(&(team, webhook)) else { return 0 };
        let now = parts.clock.now();
        if lane.needs_more() {
            let lease = Lease { holder: self.holder, until: now.plus_seconds(LEASE_SECONDS) };
            match lane.take(&parts.store, (team, webhook), now, lease).await {
                Ok(()) => {}
                Err(error) => {
                    tracing::warn!(%team, %webhook, %error, "Deliveries could not be taken; trying again.");
                    // The next sweep says again that there is something to take.
                    lane.has_more = false;
                }
            }
        }
        let mut started = 0;
        while started < room
            && let Some((delivery, target)) = lane.next(now)
        {
            let attempt =
                Attempt { parts: Arc::clone(parts), address: (team, webhook), delivery, target };
            self.under_way.spawn(attempt.traced());
            started += 1;
        }
        started
    }
}

/// The receiver's words are not repeated: they may hold anything.
fn note_failure(team: TeamId, webhook: WebhookId, result: &TriedDelivery) {
    let (delivery, status) = (result.id, result.status);
    tracing::info!(%team, %webhook, %delivery, status, "A delivery is given up; it can be sent again by hand.");
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|is_stopping| *is_stopping).await;
}

/// The least id that a delivery queued at this instant can have: ids begin with the milliseconds of their making.
fn first_id_at(at: Instant) -> DeliveryId {
    let millis = (at.as_micros().max(0) / 1000) as u128;
    DeliveryId::from_bytes((millis << 80).to_be_bytes())
}

#[cfg(test)]
mod tests;
