//! What is committed is there, whole or not at all.

use rondo_core::Command;
use rondo_core::event::LeadsOfRemoved;
use rondo_store::Committed;

use crate::world::{World, found, qualify, qualify_for};

pub async fn a_team_loads_as_it_was_decided(mut world: World) {
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

pub async fn a_stale_batch_leaves_nothing_behind(mut world: World) {
    let (other, mut ids) = found(&world.store, 8).await;
    world.rep("ana").await;
    let (mut stale, ..) = world.decide(&[crate::world::add_rep("bo")]).await;
    stale.expected_revision -= 1;
    let mut sound = world.empty_batch();
    sound.team = other.id();
    sound.expected_revision = other.revision();
    sound.batch = ids.next_id();
    let committed = world.store.commit(&[stale, sound]).await.unwrap();
    assert_eq!(committed, [Committed::Stale, Committed::Done]);
    let loaded = world.store.load_team(world.id()).await.unwrap().unwrap();
    assert_eq!(loaded, world.team.to_parts());
}

pub async fn a_team_begins_once(mut world: World) {
    let entries = world.store.entries_after(world.id(), 0, 2).await.unwrap();
    let mut again = world.empty_batch();
    again.expected_revision = 0;
    again.entries = entries;
    assert_eq!(world.store.commit(&[again]).await.unwrap(), [Committed::Stale]);
}
