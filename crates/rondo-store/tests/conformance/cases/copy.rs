//! Moving an installation to another database.

use rondo_core::event::{OwnerSource, WebhookEvent};
use rondo_core::{Answer, Command};
use rondo_store::{CopyError, CopyProgress, QueuedDelivery, Remembered, Store};

use crate::world::{World, found, qualify, qualify_for};

/// A team with something in every table.
async fn told(world: &mut World) {
    let (ana, bo) = (world.rep("ana").await, world.rep("bo").await);
    let group = world.group("West", &[bo, ana]).await;
    let campaign = world.running("Spring", Some(group)).await;
    world.run(qualify(campaign, "rosa")).await;
    world.run(qualify_for(campaign, "ivo", ana)).await;
    let away = world.running_into_a_gap("Autumn", ana).await;
    assert!(matches!(world.run(qualify(away, "mia")).await, Answer::Waiting { .. }));
    let webhook = world.ids.next_id();
    let (url, sealed_secret) = ("https://crm.example/".to_owned(), vec![7; 40]);
    let events = vec![WebhookEvent::AssignmentCreated];
    world.run(Command::AddWebhook { webhook, url, sealed_secret, events }).await;
    let (mut batch, team, _) = world.decide(&[crate::world::add_rep("cy")]).await;
    let n = batch.entries[0].n;
    let event = WebhookEvent::AssignmentCreated;
    batch.deliveries.push(QueuedDelivery { id: world.ids.next_id(), webhook, n, event });
    let (scope, body, answer) = ([1; 32], [2; 32], Answer::Done);
    let expires_at = world.now.plus_seconds(60);
    batch.remembered.push(Remembered { scope, body, answer, expires_at });
    world.store.commit(vec![batch]).await.unwrap();
    world.team = team;
}

async fn copied(world: &World, target: &Store) -> (Result<usize, CopyError>, CopyProgress) {
    let mut last = CopyProgress { copied: 0, rows: 0 };
    let teams = world.store.copy_to(target, &mut |progress| last = progress).await;
    (teams.map(|teams| teams.len()), last)
}

pub(crate) async fn a_copy_is_the_same_team_with_the_same_ledger(mut world: World) {
    found(&world.store, 8).await;
    told(&mut world).await;
    let target = world.empty().await;
    let (teams, progress) = copied(&world, &target.store).await;
    assert_eq!(teams.unwrap(), 2);
    assert_eq!(progress.copied, progress.rows);
    let team = world.id();
    let entries = |store: &Store| {
        let store = store.clone();
        async move { store.entries_after(team, 0, 1000).await.unwrap() }
    };
    assert_eq!(entries(&target.store).await, entries(&world.store).await);
    let parts = target.store.load_team(team).await.unwrap();
    assert_eq!(parts, world.store.load_team(team).await.unwrap());
    let report = target.store.verify(team, &mut |_| {}).await.unwrap().unwrap();
    assert_eq!(report.differences, []);
    let filter = rondo_store::LeadFilter::default();
    let leads = target.store.leads(team, &filter, None, 10).await.unwrap();
    assert_eq!(leads, world.store.leads(team, &filter, None, 10).await.unwrap());
    assert!(leads.iter().any(|lead| matches!(lead.owner, Some((_, OwnerSource::Routed)))));
    assert_eq!(target.store.outbox_size().await.unwrap().queued, 1);
    let remembered = target.store.remembered(team, &[[1; 32]], world.now).await.unwrap();
    assert_eq!(remembered.len(), 1);
}

pub(crate) async fn a_target_that_is_not_empty_is_refused_untouched(mut world: World) {
    told(&mut world).await;
    let target = world.empty().await;
    let (other, _) = found(&target.store, 9).await;
    let (teams, _) = copied(&world, &target.store).await;
    assert!(matches!(teams, Err(CopyError::NotEmpty)), "{teams:?}");
    assert_eq!(target.store.teams(None, 10).await.unwrap(), [other.id()]);
}

pub(crate) async fn a_source_that_is_written_meanwhile_leaves_the_target_empty(mut world: World) {
    told(&mut world).await;
    let target = world.empty().await;
    let (batch, ..) = world.decide(&[crate::world::add_rep("dee")]).await;
    let (store, mut batch) = (world.store.clone(), Some(batch));
    let runtime = tokio::runtime::Handle::current();
    let mut write_once = |_: CopyProgress| {
        if let Some(batch) = batch.take() {
            let (store, runtime) = (store.clone(), runtime.clone());
            let writing = move || runtime.block_on(store.commit(vec![batch])).unwrap();
            std::thread::spawn(writing).join().unwrap();
        }
    };
    let copied = world.store.copy_to(&target.store, &mut write_once).await;
    assert!(matches!(copied, Err(CopyError::Changed(team)) if team == world.id()), "{copied:?}");
    assert_eq!(target.store.teams(None, 10).await.unwrap(), []);
}
