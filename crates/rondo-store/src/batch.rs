//! What is committed at once.

use rondo_core::command::Answer;
use rondo_core::event::WebhookEvent;
use rondo_core::ids::{BatchId, DeliveryId, TeamId, WebhookId};
use rondo_core::{Detail, Entry, Instant};

/// Everything that a run of decisions did to one team.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamBatch {
    /// The team.
    pub team: TeamId,
    /// The revision that the decisions started from; 0 for a team that begins with this batch.
    pub expected_revision: u64,
    /// Marks every entry, so that a commit of unknown outcome can be looked up.
    pub batch: BatchId,
    /// The entries, numbered from `expected_revision + 1` without a gap; may be none.
    pub entries: Vec<Entry>,
    /// The rows beside the ledger that go with the entries, in the order in which they came about.
    pub details: Vec<Detail>,
    /// Requests to remember.
    pub remembered: Vec<Remembered>,
    /// Deliveries to queue.
    pub deliveries: Vec<QueuedDelivery>,
    /// When something is due for the team next.
    pub due_at: Option<Instant>,
}

/// What became of a team's batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// It is durable.
    Done,
    /// Somebody else wrote the team first: nothing of the batch was kept.
    Stale,
}

/// A request that was accepted, and what it came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Remembered {
    /// Hash of the credential, the method, the path and the idempotency key.
    pub scope: [u8; 32],
    /// Hash of the request's body.
    pub body: [u8; 32],
    /// What was answered.
    pub answer: Answer,
    /// From when on it is forgotten.
    pub expires_at: Instant,
}

/// An event to send to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuedDelivery {
    /// The delivery.
    pub id: DeliveryId,
    /// Where it goes.
    pub webhook: WebhookId,
    /// The ledger entry that it tells.
    pub n: u64,
    /// As what.
    pub event: WebhookEvent,
}
