//! What is committed is there, whole or not at all.

use std::sync::Arc;

use rondo_core::command::LeadPatch;
use rondo_core::detail::Existing;
use rondo_core::event::{LeadsOfRemoved, WebhookEvent};
use rondo_core::{Answer, Command};
use rondo_store::{Committed, QueuedDelivery, StoreError};

use crate::world::{World, email, found, news, qualify, qualify_for};

pub(crate) async fn a_team_loads_as_it_was_decided(mut world: World) {
    let ana = world.rep("ana").await;
    let bo = world.rep("bo").await;
    let group = world.group("West", &[bo, ana]).await;
    let campaign = world.running("Spring", Some(group)).await;
    world
        .try_all(&[qualify(campaign, "rosa"), qualify_for(campaign, "ivo", ana)])
        .await
        .into_iter()
        .for_each(|answer| _ = answer.unwrap());
    let cy = world.rep("cy").await;
    world.run(Command::AddMember { group, rep: cy }).await;
    let leads = Some(LeadsOfRemoved::TransferredTo(bo));
    world.run(Command::RemoveRep { rep: ana, leads }).await;
    let loaded = world.store.load_team(world.id()).await.unwrap().unwrap();
    assert_eq!(loaded, world.team.to_parts());
    assert_eq!(world.store.revision(world.id()).await.unwrap(), Some(world.team.revision()));
    let entries = world.store.entries_after(world.id(), 0, 1000).await.unwrap();
    assert_eq!(entries.len() as u64, world.team.revision());
}

pub(crate) async fn a_stale_batch_leaves_nothing_behind(mut world: World) {
    let (other, mut ids) = found(&world.store, 8).await;
    world.rep("ana").await;
    let (mut stale, ..) = world.decide(&[crate::world::add_rep("bo")]).await;
    stale.expected_revision -= 1;
    let mut sound = world.empty_batch();
    sound.team = other.id();
    sound.expected_revision = other.revision();
    sound.batch = ids.next_id();
    let committed = world.store.commit(vec![stale, sound]).await.unwrap();
    assert_eq!(committed, [Committed::Stale, Committed::Done]);
    let loaded = world.store.load_team(world.id()).await.unwrap().unwrap();
    assert_eq!(loaded, world.team.to_parts());
}

pub(crate) async fn every_delivery_of_a_batch_is_queued_however_many_there_are(mut world: World) {
    let mut webhooks = Vec::new();
    for _ in 0..3 {
        let events = vec![WebhookEvent::AssignmentCreated];
        let webhook = world.ids.next_id();
        let (url, sealed_secret) = ("https://crm.example/".to_owned(), vec![7; 40]);
        world.run(Command::AddWebhook { webhook, url, sealed_secret, events }).await;
        webhooks.push(webhook);
    }
    let (mut batch, team, _) = world.decide(&[crate::world::add_rep("ana")]).await;
    let n = batch.entries[0].n;
    let event = WebhookEvent::AssignmentCreated;
    batch.deliveries = (0..21)
        .map(|number| QueuedDelivery {
            id: world.ids.next_id(),
            webhook: webhooks[number % webhooks.len()],
            n,
            event,
        })
        .collect();
    let queued = batch.deliveries.clone();
    world.store.commit(vec![batch]).await.unwrap();
    world.team = team;
    for (place, webhook) in webhooks.into_iter().enumerate() {
        let found = world.store.deliveries(world.id(), webhook, None, 100).await.unwrap();
        let expected: Vec<_> = queued.iter().skip(place).step_by(3).map(|one| one.id).collect();
        assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), expected);
        assert!(found.iter().all(|row| row.attempts == 0 && row.due_at == Some(world.now)));
    }
}

pub(crate) async fn a_team_begins_once(mut world: World) {
    let entries = world.store.entries_after(world.id(), 0, 2).await.unwrap();
    let mut again = world.empty_batch();
    again.expected_revision = 0;
    again.entries = entries;
    assert_eq!(world.store.commit(vec![again]).await.unwrap(), [Committed::Stale]);
}

pub(crate) async fn a_second_assignment_of_a_conversation_is_a_conflict(mut world: World) {
    world.rep("ana").await;
    let campaign = world.running("Spring", None).await;
    let (first, ..) = world.decide(&[qualify(campaign, "rosa")]).await;
    let (mut second, ..) = world.decide(&[qualify(campaign, "rosa")]).await;
    world.store.commit(vec![first.clone()]).await.unwrap();
    second.expected_revision += first.entries.len() as u64;
    second.entries.iter_mut().for_each(|entry| entry.n += first.entries.len() as u64);
    let error = world.store.commit(vec![second]).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    let revision = world.store.revision(world.id()).await.unwrap();
    assert_eq!(revision, Some(first.entries.last().unwrap().n));
    let (third, ..) = world.decide(&[qualify(campaign, "ivo")]).await;
    assert_eq!(world.store.commit(vec![third]).await.unwrap(), [Committed::Stale]);
}

pub(crate) async fn a_second_assignment_of_a_conversation_that_was_there_is_a_conflict(
    mut world: World,
) {
    let campaign = world.running_with_a_rep("Spring").await;
    let add = Command::AddLeads {
        campaign: Some(campaign),
        leads: vec![news("rosa")],
        existing: Existing::Fill,
    };
    world.run(add).await;
    let (first, ..) = world.decide(&[qualify(campaign, "rosa")]).await;
    let (mut second, ..) = world.decide(&[qualify(campaign, "rosa")]).await;
    world.store.commit(vec![first.clone()]).await.unwrap();
    second.expected_revision += first.entries.len() as u64;
    second.entries.iter_mut().for_each(|entry| entry.n += first.entries.len() as u64);
    let error = world.store.commit(vec![second]).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
}

pub(crate) async fn addresses_pass_on_within_a_batch_in_any_order(mut world: World) {
    let campaign = world.running_with_a_rep("Spring").await;
    world.try_all(&[qualify(campaign, "a"), qualify(campaign, "b"), qualify(campaign, "c")]).await;
    let lead = async |world: &World, name| world.lead(name).await.unwrap();
    let (a, b, c) = (lead(&world, "a").await, lead(&world, "b").await, lead(&world, "c").await);
    let to = |lead, name| {
        let patch = LeadPatch { email: Some(email(name)), ..LeadPatch::default() };
        Command::ChangeLead { lead, patch }
    };
    let answers = world
        .try_all(&[
            to(a, "spare"),
            to(b, "a"),
            to(a, "b"),
            Command::EraseLead { lead: c },
            qualify(campaign, "c"),
        ])
        .await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!((lead(&world, "a").await, lead(&world, "b").await), (b, a));
    assert_ne!(lead(&world, "c").await, c);
    assert_eq!(world.differences().await, []);
}

pub(crate) async fn a_large_batch_is_written_whole(mut world: World) {
    let campaign = world.running_with_a_rep("Spring").await;
    let leads = (0..1500).map(|number| news(&format!("lead{number}"))).collect();
    let existing = Existing::Fill;
    world.run(Command::AddLeads { campaign: Some(campaign), leads, existing }).await;
    let some: Vec<_> = (0..700).map(|number| qualify(campaign, &format!("lead{number}"))).collect();
    let answers = world.try_all(&some).await;
    assert!(
        answers.iter().all(|answer| matches!(answer, Ok(Answer::Assigned { is_new: true, .. })))
    );
    assert_eq!(world.differences().await, []);
}

pub(crate) async fn who_has_a_teams_turn_writes_it_before_anybody_else(mut world: World) {
    let campaign = world.running_with_a_rep("Spring").await;
    let (batch, ..) = world.decide(&[qualify(campaign, "rosa")]).await;
    let after = batch.entries.last().unwrap().n;
    let Some(turn) = world.store.turn(world.id()).await.unwrap() else {
        assert!(world.is_embedded(), "where several nodes write, there are turns");
        return;
    };
    let (store, team) = (world.store.clone(), world.id());
    let next = tokio::spawn(async move {
        let turn = store.turn(team).await.unwrap().unwrap();
        (store.revision(team).await.unwrap(), turn)
    });
    let written = world.store.write_in_turn(turn, Arc::new(vec![batch.clone()])).await.unwrap();
    assert_eq!(written, [Committed::Done]);
    let (revision, turn) = next.await.unwrap();
    assert_eq!(revision, Some(after), "the next turn came after this one was used");
    let late = world.store.write_in_turn(turn, Arc::new(vec![batch])).await.unwrap();
    assert_eq!(late, [Committed::Stale]);

    // Given up or dropped, it holds nobody up.
    world.store.turn(team).await.unwrap().unwrap().end().await.unwrap();
    drop(world.store.turn(team).await.unwrap());
    let mut batch = world.empty_batch();
    batch.expected_revision = after;
    assert_eq!(world.store.commit(vec![batch]).await.unwrap(), [Committed::Done]);
}
