//! One attempt to deliver one event.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use rondo_store::{TakenDelivery, TriedDelivery, TryOutcome, WebhookTarget};
use tracing::Instrument as _;

use super::pauses::next_try;
use super::{Address, DeliveriesParts};
use crate::egress::{Reply, Unreached};
use crate::telemetry::traces;
use crate::webhooks::secret_of;

/// How long an attempt may take in all: what the standard advises at least, and short enough to come round again.
pub(super) const ANSWER_WAIT: Duration = Duration::from_secs(15);

/// The status with which a receiver says that it is gone for good.
const GONE: u16 = 410;
/// Those with which it may say when to come back: too many requests, and out of service.
const BUSY: [u16; 2] = [429, 503];

/// A delivery about to be sent.
pub(super) struct Attempt {
    pub(super) parts: Arc<DeliveriesParts>,
    pub(super) address: Address,
    pub(super) delivery: TakenDelivery,
    pub(super) target: Arc<WebhookTarget>,
}

/// What became of it.
pub(super) struct Tried {
    pub(super) address: Address,
    pub(super) result: TriedDelivery,
    /// The receiver wants no more events.
    pub(super) is_gone: bool,
}

/// Why an attempt did not get as far as an answer.
enum Trouble {
    /// Another try may do better.
    Passing(String),
    /// No other try will.
    Final(String),
}

impl Attempt {
    pub(super) async fn traced(self) -> Tried {
        let (team, webhook) = self.address;
        let span = traces::delivery(team, webhook, self.delivery.id, self.delivery.attempts + 1);
        self.run().instrument(span).await
    }

    async fn run(self) -> Tried {
        let started = self.parts.clock.monotonic();
        // A panic was reported where it happened; here it is one more way to fail.
        let answer = AssertUnwindSafe(self.answer()).catch_unwind().await;
        let answer =
            answer.unwrap_or_else(|_| Err(Trouble::Passing("the attempt broke off".to_owned())));
        let seconds = (self.parts.clock.monotonic() - started).as_secs_f64();
        metrics::histogram!("rondo_webhook_delivery_seconds").record(seconds);
        let tried = self.judge(answer);
        let outcome = match tried.result.outcome {
            TryOutcome::Delivered => "delivered",
            TryOutcome::TryAgain(_) => "try_again",
            TryOutcome::Failed => "failed",
        };
        metrics::counter!("rondo_webhook_deliveries_total", "outcome" => outcome).increment(1);
        traces::note_outcome(outcome, tried.result.status);
        tried
    }

    async fn answer(&self) -> Result<Reply, Trouble> {
        let Self { parts, address: (team, webhook), delivery, target } = self;
        let body = match parts.payloads.body(*team, delivery.n, delivery.event).await {
            Ok(Some(body)) => body,
            Ok(None) => return Err(Trouble::Final("the ledger has no such event".to_owned())),
            Err(error) => {
                tracing::warn!(%team, %webhook, %error, "An event to be delivered could not be read; trying again.");
                return Err(Trouble::Passing("the event could not be read".to_owned()));
            }
        };
        let secret = secret_of(&parts.vault, *team, *webhook, &target.sealed_secret).map_err(|error| {
            tracing::error!(%team, %webhook, %error, "A webhook's signing secret can't be opened; nothing is sent to it.");
            Trouble::Passing("the signing secret could not be opened".to_owned())
        })?;
        let headers = secret.headers(delivery.id, parts.clock.now(), &body);
        tokio::select! {
            answer = parts.egress.post_json(&target.url, &headers, body) => {
                answer.map_err(|error| Trouble::Passing(error.to_string()))
            }
            () = parts.clock.wait(ANSWER_WAIT) => Err(Trouble::Passing(Unreached::TimedOut.to_string())),
        }
    }

    fn judge(self, answer: Result<Reply, Trouble>) -> Tried {
        let Self { parts, address, delivery, .. } = self;
        let now = parts.clock.now();
        let again = |asked| match next_try(delivery.attempts, asked, now, &*parts.entropy) {
            Some(at) => TryOutcome::TryAgain(at),
            None => TryOutcome::Failed,
        };
        let (status, error, outcome) = match answer {
            Ok(Reply { status: status @ 200..=299, .. }) => {
                (Some(status), None, TryOutcome::Delivered)
            }
            Ok(Reply { status: GONE, .. }) => {
                let error = "the receiver is gone; the webhook is disabled".to_owned();
                (Some(GONE), Some(error), TryOutcome::Failed)
            }
            Ok(Reply { status, retry_after }) => (
                Some(status),
                Some(format!("the answer was {status}; expected 200 to 299")),
                again(retry_after.filter(|_| BUSY.contains(&status))),
            ),
            Err(Trouble::Passing(error)) => (None, Some(error), again(None)),
            Err(Trouble::Final(error)) => (None, Some(error), TryOutcome::Failed),
        };
        let TakenDelivery { id, fence, .. } = delivery;
        let result = TriedDelivery { id, fence, at: now, status, error, outcome };
        Tried { address, result, is_gone: status == Some(GONE) }
    }
}
