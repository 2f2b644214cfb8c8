//! Leads that wait are drained in order, chunk by chunk (R9).

use rondo_core::command::{LeadPatch, OwnerRef};
use rondo_core::event::Outcome;
use rondo_core::{Command, Event};

use crate::world::{START, World, qualify};

/// Ledger numbers at which leads began to wait, in the order in which they were assigned.
async fn served(world: &World) -> Vec<u64> {
    let since = |event: &Event| match event {
        Event::WaitingAssigned { waiting_since, .. } => Some(*waiting_since),
        _ => None,
    };
    world.ledger().await.iter().filter_map(|entry| since(&entry.event)).collect()
}

async fn waits(world: &World) -> usize {
    let team = world.engine.team(world.team).await.unwrap().unwrap();
    team.team.campaigns().map(|campaign| campaign.waiting as usize).sum()
}

/// Wakes until nothing is left to be gone through.
async fn settle(world: &World) {
    for _ in 0..20 {
        world.engine.wake(world.team).await.unwrap();
    }
}

#[tokio::test]
async fn a_long_line_is_drained_in_order_over_several_chunks() {
    let world = World::new().await;
    let ana = world.rep("Ana").await;
    let campaign = world.campaign(&[ana]).await;
    world.run(Command::PauseCampaign { campaign }).await.unwrap();
    let commands = (0..600).map(|index| qualify(campaign, &format!("lead{index}"))).collect();
    for result in world.engine.run_many(world.caller(), commands).await {
        result.unwrap();
    }
    assert_eq!(waits(&world).await, 600);
    let resumed = world.start(Command::ResumeCampaign { campaign }).await;
    // A newer lead that comes in between goes to the end of the line.
    let newer = world.start(qualify(campaign, "newer")).await;
    resumed.await.unwrap().unwrap();
    newer.await.unwrap().unwrap();
    settle(&world).await;
    let order = served(&world).await;
    assert!(order.is_sorted());
    assert_eq!(waits(&world).await, 0);
    assert_eq!(world.turns().await.len(), 601);
    let is_newer_last = {
        let ledger = world.ledger().await;
        let last = ledger.iter().rev().find(|entry| {
            matches!(entry.event, Event::WaitingAssigned { .. })
                || matches!(&entry.event, Event::Qualified { outcome: Outcome::Assigned(_), .. })
        });
        matches!(last.unwrap().event, Event::WaitingAssigned { waiting_since, .. } if waiting_since == *order.last().unwrap())
    };
    assert!(is_newer_last);
}

#[tokio::test]
async fn a_lead_that_gets_an_owner_passes_those_that_need_a_turn_even_far_behind() {
    let world = World::new().await;
    let (ana, bo) = (world.rep("Ana").await, world.rep("Bo").await);
    let (gone_at, back_at) = (START.plus_seconds(3600), START.plus_seconds(7200));
    let campaign = world.campaign_with_gap(ana, gone_at, back_at).await;
    let commands = (0..700).map(|index| qualify(campaign, &format!("lead{index}"))).collect();
    let results = world.engine.run_many(world.caller(), commands).await;
    let lead = match results[650].as_ref().unwrap().entries[0].event {
        Event::Qualified { lead, .. } => lead,
        ref other => panic!("the lead is qualified: {other:?}"),
    };
    let patch = LeadPatch { owner: Some(Some(OwnerRef::Id(bo))), ..Default::default() };
    world.run(Command::ChangeLead { lead, patch }).await.unwrap();
    settle(&world).await;
    assert_eq!(world.turns().await, [bo]);
    assert_eq!(waits(&world).await, 699);
    world.clock.advance_to(back_at);
    settle(&world).await;
    assert_eq!(waits(&world).await, 0);
    assert!(served(&world).await[1..].is_sorted());
}

#[tokio::test]
async fn a_service_that_was_cut_short_is_gone_on_with_by_the_next_process() {
    let mut world = World::new().await;
    let ana = world.rep("Ana").await;
    let campaign = world.campaign(&[ana]).await;
    world.run(Command::PauseCampaign { campaign }).await.unwrap();
    let commands = (0..600).map(|index| qualify(campaign, &format!("lead{index}"))).collect();
    for result in world.engine.run_many(world.caller(), commands).await {
        result.unwrap();
    }
    let before = world.faults.commits().len();
    let resumed = world.start(Command::ResumeCampaign { campaign }).await;
    resumed.await.unwrap().unwrap();
    // The process ends in the middle of the line.
    world.faults.close();
    world.faults.has_begun(before + 2).await;
    world.engine = world.another_engine();
    assert!(waits(&world).await > 0);
    let due = world.store.due_teams(world.now(), 10).await.unwrap();
    assert_eq!(due, [world.team]);
    settle(&world).await;
    assert_eq!(waits(&world).await, 0);
    assert!(served(&world).await.is_sorted());
    assert!(world.store.due_teams(world.now(), 10).await.unwrap().is_empty());
}
