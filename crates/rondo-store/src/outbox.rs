//! Queueing deliveries in the transaction of the decisions that they tell.

use rondo_core::Instant;

use crate::rows::ForEach;
use crate::{StoreError, TeamBatch, db};

static QUEUE: ForEach = ForEach::insert(
    "insert into deliveries (team_id, delivery_id, webhook_id, n, event, state, due_at, created_at, attempts)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
);

/// Queues the deliveries of batches, due at once.
pub(crate) async fn queue(
    connection: &mut db::Connection,
    batches: &[&TeamBatch],
) -> Result<(), StoreError> {
    let rows: Vec<_> = batches
        .iter()
        .flat_map(|batch| batch.deliveries.iter().map(|delivery| (*batch, delivery)))
        .collect();
    QUEUE
        .send(connection, &rows, |values, (batch, delivery)| {
            let at = decided_at(batch, delivery.n);
            values.id(batch.team);
            values.id(delivery.id);
            values.id(delivery.webhook);
            values.number(delivery.n);
            values.word(delivery.event);
            values.text("queued");
            values.instant(at);
            values.instant(at);
        })
        .await?;
    Ok(())
}

fn decided_at(batch: &TeamBatch, n: u64) -> Instant {
    n.checked_sub(batch.expected_revision + 1)
        .and_then(|index| batch.entries.get(usize::try_from(index).ok()?))
        .map(|entry| entry.at)
        .unwrap_or_default()
}
