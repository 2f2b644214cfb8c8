//! The outbox on a real database, its rows put there by hand.

use rondo_core::command::Answer;
use rondo_core::ids::{Id as _, IdSource};

use super::*;
use crate::StoreOptions;

const T0: Instant = Instant::from_micros(1_790_000_000_000_000);

struct World {
    store: Store,
    team: TeamId,
    webhook: WebhookId,
    deliveries: Vec<DeliveryId>,
    _folder: tempfile::TempDir,
}

impl World {
    /// A team with a webhook and so many deliveries, all due at T0.
    async fn with_deliveries(count: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("rondo.db").display());
        let store = Store::open(&StoreOptions { database, readers: 1 }).await.unwrap();
        let mut ids = IdSource::new(T0, 1);
        let (team, webhook): (TeamId, WebhookId) = (ids.next_id(), ids.next_id());
        let deliveries: Vec<DeliveryId> = (0..count).map(|_| ids.next_id()).collect();
        let mut writer = store.of(team).writer().await.unwrap();
        let mut write = async |sql: String| {
            db::query(sql).execute(&mut writer).await.unwrap();
        };
        let hex = |bytes: &[u8; 16]| -> String {
            bytes.iter().map(|byte| format!("{byte:02x}")).collect()
        };
        let at = T0.as_micros();
        let (t, w) = (hex(team.as_bytes()), hex(webhook.as_bytes()));
        write(format!(
            "insert into teams values (x'{t}', 1, {at}, null, {at}, 'T', x'{t}', 1, 4, 'UTC', null)"
        ))
        .await;
        write(format!(
            "insert into webhooks (team_id, webhook_id, events, created_at, url, sealed_secret)
             values (x'{t}', x'{w}', '[\"rep.away\"]', {at}, 'https://example.com', x'01')"
        ))
        .await;
        for (index, delivery) in deliveries.iter().enumerate() {
            let d = hex(delivery.as_bytes());
            write(format!(
                "insert into deliveries
                     (team_id, delivery_id, webhook_id, n, event, state, due_at, attempts, created_at)
                 values (x'{t}', x'{d}', x'{w}', {}, 'rep.away', 'queued', {at}, 0, {at})",
                index + 1
            ))
            .await;
        }
        drop(writer);
        Self { store, team, webhook, deliveries, _folder: folder }
    }

    async fn take(&self, holder: u8, now: Instant, limit: u32) -> Vec<TakenDelivery> {
        let lease = Lease { holder: [holder; 16], until: now.plus_seconds(60) };
        self.store.take_deliveries(self.team, self.webhook, now, lease, limit).await.unwrap()
    }

    async fn tried(&self, delivery: &TakenDelivery, outcome: TryOutcome) {
        let (status, error) = match outcome {
            TryOutcome::Delivered => (Some(200), None),
            TryOutcome::TryAgain(_) | TryOutcome::Failed => (None, Some("it broke".to_owned())),
        };
        let (id, fence) = (delivery.id, delivery.fence);
        let tried = TriedDelivery { id, fence, at: T0, status, error, outcome };
        self.store.deliveries_tried(self.team, &[tried]).await.unwrap();
    }

    async fn row(&self, index: usize) -> DeliveryRow {
        let rows = self.store.deliveries(self.team, self.webhook, None, 500).await.unwrap();
        rows.into_iter().find(|row| row.id == self.deliveries[index]).unwrap()
    }

    async fn backlogs(&self, now: Instant) -> usize {
        let all = self.store.backlog(now, 10).await.unwrap();
        assert_eq!(all, self.store.backlog_of(self.team, now).await.unwrap());
        all.len()
    }
}

#[tokio::test]
async fn a_delivery_is_taken_by_one_holder_until_the_lease_ends() {
    let world = World::with_deliveries(3).await;
    let first = world.take(1, T0, 2).await;
    assert_eq!(first.iter().map(|taken| taken.n).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(world.take(2, T0, 10).await.iter().map(|taken| taken.n).collect::<Vec<_>>(), [3]);
    assert_eq!(world.backlogs(T0).await, 0);
    let later = T0.plus_seconds(60);
    assert_eq!(world.backlogs(later).await, 1);
    assert_eq!(world.take(2, later, 10).await.len(), 3);
}

#[tokio::test]
async fn what_an_overtaken_holder_says_is_not_written() {
    let world = World::with_deliveries(1).await;
    let slow = world.take(1, T0, 1).await[0];
    let quick = world.take(2, T0.plus_seconds(61), 1).await[0];
    world.tried(&quick, TryOutcome::Delivered).await;
    world.tried(&slow, TryOutcome::Failed).await;
    let row = world.row(0).await;
    assert_eq!((row.state, row.attempts, row.due_at), (DeliveryState::Delivered, 1, None));
    assert_eq!((row.last_status, row.last_error), (Some(200), None));
}

#[tokio::test]
async fn a_delivery_to_be_tried_again_is_due_at_its_instant_and_not_before() {
    let world = World::with_deliveries(1).await;
    let taken = world.take(1, T0, 1).await[0];
    let again_at = T0.plus_seconds(30);
    world.tried(&taken, TryOutcome::TryAgain(again_at)).await;
    assert_eq!(world.row(0).await.due_at, Some(again_at));
    assert!(world.take(1, T0.plus_seconds(29), 1).await.is_empty());
    let again = world.take(1, again_at, 1).await[0];
    assert_eq!((again.id, again.attempts), (taken.id, 1));
    let size = world.store.outbox_size().await.unwrap();
    assert_eq!((size.queued, size.first_due_at), (1, Some(again_at.plus_seconds(60))));
}

#[tokio::test]
async fn sending_again_starts_over_with_the_same_id_and_switches_the_webhook_on() {
    let world = World::with_deliveries(2).await;
    let taken = world.take(1, T0, 1).await[0];
    world.tried(&taken, TryOutcome::Failed).await;
    world.store.disable_webhook(world.team, world.webhook, T0).await.unwrap();
    assert_eq!(world.store.webhook_target(world.team, world.webhook).await.unwrap(), None);

    let (team, webhook, now) = (world.team, world.webhook, T0.plus_seconds(5));
    assert!(world.store.send_delivery_again(team, webhook, taken.id, now, None).await.unwrap());
    let row = world.row(0).await;
    assert_eq!((row.state, row.attempts, row.due_at), (DeliveryState::Queued, 0, Some(now)));
    assert!(world.store.webhook_target(team, webhook).await.unwrap().is_some());

    let other = WebhookId::from_bytes([9; 16]);
    assert!(!world.store.send_delivery_again(team, other, taken.id, now, None).await.unwrap());
}

#[tokio::test]
async fn a_request_to_send_again_is_followed_once() {
    let world = World::with_deliveries(1).await;
    let (team, webhook, now) = (world.team, world.webhook, T0.plus_seconds(5));
    let once = Remembered {
        scope: [1; 32],
        body: [0; 32],
        answer: Answer::Done,
        expires_at: now.plus_seconds(60),
    };
    let taken = world.take(1, T0, 1).await[0];
    assert!(
        world.store.send_delivery_again(team, webhook, taken.id, now, Some(&once)).await.unwrap()
    );
    let taken = world.take(1, now, 1).await[0];
    world.tried(&taken, TryOutcome::Delivered).await;
    assert!(
        world.store.send_delivery_again(team, webhook, taken.id, now, Some(&once)).await.unwrap()
    );
    assert_eq!(world.row(0).await.state, DeliveryState::Delivered);
}

#[tokio::test]
async fn deliveries_to_a_webhook_that_is_gone_are_given_up_in_pieces() {
    let world = World::with_deliveries(3).await;
    let (team, webhook) = (world.team, world.webhook);
    assert_eq!(world.store.give_up_deliveries(team, webhook, 2).await.unwrap(), 0);
    world.store.disable_webhook(team, webhook, T0).await.unwrap();
    assert!(world.store.backlog(T0, 10).await.unwrap()[0].is_over);
    assert_eq!(world.store.give_up_deliveries(team, webhook, 2).await.unwrap(), 2);
    assert_eq!(world.store.give_up_deliveries(team, webhook, 2).await.unwrap(), 1);
    assert_eq!(world.backlogs(T0).await, 0);
    assert_eq!(world.row(2).await.state, DeliveryState::Failed);
}

#[tokio::test]
async fn what_is_over_and_old_is_forgotten_and_what_is_queued_is_not() {
    let world = World::with_deliveries(3).await;
    for taken in world.take(1, T0, 2).await {
        world.tried(&taken, TryOutcome::Delivered).await;
    }
    let (team, webhook) = (world.team, world.webhook);
    let before = world.deliveries[1];
    assert_eq!(world.store.forget_deliveries(team, webhook, before, 10).await.unwrap(), 1);
    let end = DeliveryId::from_bytes([0xff; 16]);
    assert_eq!(world.store.forget_deliveries(team, webhook, end, 10).await.unwrap(), 1);
    let left = world.store.deliveries(team, webhook, None, 10).await.unwrap();
    assert_eq!(left.iter().map(|row| row.n).collect::<Vec<_>>(), [3]);
}
