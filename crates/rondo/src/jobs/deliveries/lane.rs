//! One webhook's deliveries as they are taken from the outbox, in order, and sent, a few at once.

use std::collections::VecDeque;
use std::sync::Arc;

use rondo_core::Instant;
use rondo_store::{Lease, Store, StoreError, TakenDelivery, TryOutcome, WebhookTarget};

use super::Address;
use super::attempt::ANSWER_WAIT;

/// Deliveries sent to one receiver at once: enough to hide the distance to it, few enough to keep them nearly in order.
pub(super) const AT_ONCE_MAX: usize = 4;
/// Deliveries taken at once and kept at hand for a receiver that answers: they end well within their lease, and the
/// store is asked once instead of many times.
const AT_HAND_MAX: u32 = 32;

/// What there is to send to one webhook.
#[derive(Debug, Default)]
pub(super) struct Lane {
    /// Whether the outbox may hold more for it.
    pub(super) has_more: bool,
    /// How many are being sent.
    pub(super) under_way: usize,
    /// Whether the last answer was no success.
    is_failing: bool,
    /// Taken, not sent yet, in order.
    at_hand: VecDeque<TakenDelivery>,
    /// When what is at hand is no longer ours.
    until: Instant,
    target: Option<Arc<WebhookTarget>>,
}

impl Lane {
    /// How many more may be started.
    pub(super) fn room(&self) -> usize {
        if self.at_hand.is_empty() && !self.has_more {
            return 0;
        }
        let at_once = if self.is_failing { 1 } else { AT_ONCE_MAX };
        at_once.saturating_sub(self.under_way)
    }

    /// Whether the outbox is to be asked before anything can be started.
    pub(super) fn needs_more(&self) -> bool {
        self.at_hand.is_empty() && self.has_more
    }

    /// Whether there is nothing to remember.
    pub(super) fn is_idle(&self) -> bool {
        !self.has_more && self.under_way == 0 && self.at_hand.is_empty()
    }

    /// Takes deliveries from the outbox, one while the receiver fails.
    pub(super) async fn take(
        &mut self,
        store: &Store,
        (team, webhook): Address,
        now: Instant,
        lease: Lease,
    ) -> Result<(), StoreError> {
        // Read every time: the webhook may have been removed, and its sweep then gives up what is queued.
        self.target = store.webhook_target(team, webhook).await?.map(Arc::new);
        let limit = if self.is_failing { 1 } else { AT_HAND_MAX };
        let taken = match self.target {
            Some(_) => store.take_deliveries(team, webhook, now, lease, limit).await?,
            None => Vec::new(),
        };
        self.has_more = taken.len() == limit as usize;
        self.at_hand = taken.into();
        self.until = lease.until;
        Ok(())
    }

    /// The next delivery to start, if one may be, with where it goes.
    pub(super) fn next(&mut self, now: Instant) -> Option<(TakenDelivery, Arc<WebhookTarget>)> {
        if self.room() == 0 {
            return None;
        }
        let latest_start =
            Instant::from_micros(self.until.as_micros() - ANSWER_WAIT.as_micros() as i64);
        if now > latest_start {
            // Too late to end within the lease: whoever takes them next sends them.
            self.at_hand.clear();
        }
        let delivery = self.at_hand.pop_front()?;
        let target = Arc::clone(self.target.as_ref()?);
        self.under_way += 1;
        Some((delivery, target))
    }

    /// Takes note that an attempt ended.
    pub(super) fn ended(&mut self, outcome: TryOutcome) {
        self.under_way = self.under_way.saturating_sub(1);
        self.is_failing = match outcome {
            TryOutcome::Delivered => false,
            TryOutcome::TryAgain(_) | TryOutcome::Failed => true,
        };
    }
}
