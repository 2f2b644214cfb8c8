//! What the clock brings about.

use std::time::Duration;

use rondo::clock::Clock as _;
use rondo::jobs::due::{self, Sweep};
use rondo_core::event::Outcome;
use rondo_core::{Answer, Command, Event, Instant, Period};
use rondo_store::{Duty, Lease};
use tokio::task::JoinHandle;

use crate::world::{START, World, leave, qualify};

/// Who waits for the clock while nothing is to be done: the sweep, and the engine's look at what others wrote.
const WAITING: usize = 2;

/// Lets time pass in steps of a millisecond until the ledger has so many entries. It passes while everybody waits for
/// it, and stands while anybody works.
async fn until_entries(world: &World, count: usize) {
    let mut latest = world.engine.subscribe(world.team);
    let passing = pass(world);
    latest.wait_for(|n| *n >= count as u64).await.unwrap();
    passing.abort();
}

/// As [`until_entries`], until so many commits have begun.
async fn until_begun(world: &World, commits: usize) {
    let passing = pass(world);
    world.faults.has_begun(commits).await;
    passing.abort();
}

fn pass(world: &World) -> JoinHandle<()> {
    let clock = world.clock.clone();
    tokio::spawn(async move {
        loop {
            tokio::task::yield_now().await;
            if clock.waiting() == WAITING {
                clock.advance(Duration::from_millis(1));
            }
        }
    })
}

#[tokio::test]
async fn what_is_due_is_done_within_a_second_with_nobody_asking() {
    let world = World::new().await;
    let ana = world.rep("Ana").await;
    let (back_at, launch_at) = (START.plus_seconds(3600), START.plus_seconds(7200));
    world.run(leave(ana, Some(back_at))).await.unwrap();
    let campaign = world.draft(None).await;
    world.run(Command::LaunchCampaign { campaign, at: Some(launch_at) }).await.unwrap();
    let count = world.ledger().await.len();
    let sweeping = sweep(&world);

    world.clock.advance_to(back_at);
    until_entries(&world, count + 1).await;
    let last = world.ledger().await.pop().unwrap();
    assert!(matches!(last.event, Event::RepBack { .. }));
    assert!(last.at < back_at.plus_seconds(1), "{} is late", last.at);

    world.clock.advance_to(launch_at);
    until_entries(&world, count + 2).await;
    let last = world.ledger().await.pop().unwrap();
    assert!(matches!(last.event, Event::CampaignLaunched { .. }));
    assert!(last.at < launch_at.plus_seconds(1), "{} is late", last.at);
    drop(sweeping);
}

#[tokio::test]
async fn what_is_due_is_left_to_whoever_has_the_lease_until_it_has_run_out() {
    let world = World::new().await;
    let ana = world.rep("Ana").await;
    let back_at = START.plus_seconds(3600);
    world.run(leave(ana, Some(back_at))).await.unwrap();
    let count = world.ledger().await.len();
    world.clock.advance_to(back_at);
    let lease_ends = world.clock.now().plus_seconds(due::LEASE.as_secs() as i64);
    assert!(is_taken_by_another(&world).await);

    let sweeping = sweep(&world);
    until_entries(&world, count + 1).await;
    let last = world.ledger().await.pop().unwrap();
    assert!(matches!(last.event, Event::RepBack { .. }));
    assert!(lease_ends <= last.at, "{} is too early", last.at);
    assert!(last.at < lease_ends.plus_seconds(2), "{} is late", last.at);
    drop(sweeping);
}

#[tokio::test]
async fn a_lease_is_let_go_of_once_nothing_is_due() {
    let world = World::new().await;
    let ana = world.rep("Ana").await;
    let back_at = START.plus_seconds(3600);
    world.run(leave(ana, Some(back_at))).await.unwrap();
    let count = world.ledger().await.len();
    let sweeping = sweep(&world);
    world.clock.advance_to(back_at);
    until_entries(&world, count + 1).await;
    assert!(!is_taken_by_another(&world).await);

    // The sweep has ended, and waits for the next.
    while world.clock.waiting() < WAITING {
        tokio::task::yield_now().await;
    }
    world.clock.advance(due::SWEEP_PERIOD);
    while !is_taken_by_another(&world).await {}
    drop(sweeping);
}

#[tokio::test]
async fn a_lease_is_let_go_of_when_the_server_closes() {
    let world = World::new().await;
    let ana = world.rep("Ana").await;
    let back_at = START.plus_seconds(3600);
    world.run(leave(ana, Some(back_at))).await.unwrap();
    let sweeping = sweep(&world);
    world.faults.close();
    let begun = world.faults.commits().len();
    world.clock.advance_to(back_at);
    until_begun(&world, begun + 1).await;
    assert!(!is_taken_by_another(&world).await);

    // The commit that the sweep waits for ends after it was told to close.
    sweeping.close();
    world.faults.open();
    world.engine.stop().await;
    sweeping.stop().await;
    assert!(is_taken_by_another(&world).await);
}

/// A node that sweeps.
fn sweep(world: &World) -> Sweep {
    let (store, engine) = (world.store.clone(), world.engine.clone());
    Sweep::start(store, engine, world.clock.clone(), world.entropy.clone())
}

/// Whether a node that does nothing gets the lease.
async fn is_taken_by_another(world: &World) -> bool {
    let now = world.clock.now();
    let duty = Duty { team: world.team, name: due::DUTY.into() };
    let lease = Lease { holder: [7; 16], until: now.plus_seconds(due::LEASE.as_secs() as i64) };
    !world.store.take_leases(&[duty], now, lease).await.unwrap().is_empty()
}

#[tokio::test]
async fn a_launch_is_not_lost_to_an_absence_that_begins_before_the_sweep() {
    let world = World::new().await;
    let ana = world.rep("Ana").await;
    let launch_at = START.plus_seconds(3600);
    let from = Instant::from_micros(launch_at.as_micros() + 150_000);
    let period = Period { from, until: None };
    world.run(Command::AddAbsence { rep: ana, period, dates: None, note: None }).await.unwrap();
    let campaign = world.draft(None).await;
    world.run(Command::LaunchCampaign { campaign, at: Some(launch_at) }).await.unwrap();
    world.clock.advance_to(launch_at.plus_seconds(1));
    world.engine.wake(world.team).await.unwrap();
    let ledger = world.ledger().await;
    let last: Vec<_> = ledger.iter().rev().take(2).map(|entry| &entry.event).collect();
    assert!(
        matches!(last[..], [Event::RepAway { .. }, Event::CampaignLaunched { .. }]),
        "{last:?}"
    );
    let report = world.store.verify(world.team, &mut |_| {}).await.unwrap().unwrap();
    assert_eq!(report.differences, []);
}

#[tokio::test]
async fn leads_that_wait_are_assigned_when_an_absence_ends() {
    let world = World::new().await;
    let ana = world.rep("Ana").await;
    let back_at = START.plus_seconds(7200);
    let campaign = world.campaign_with_gap(ana, START.plus_seconds(3600), back_at).await;
    for (position, lead) in ["a", "b", "c"].into_iter().enumerate() {
        let done = world.run(qualify(campaign, lead)).await.unwrap();
        let expected = position as u64 + 1;
        assert!(
            matches!(done.answer, Answer::Waiting { position, .. } if position == expected),
            "{:?}",
            done.answer
        );
    }
    let sweeping = sweep(&world);
    let count = world.ledger().await.len();
    world.clock.advance_to(back_at);
    until_entries(&world, count + 4).await;
    assert_eq!(world.turns().await, [ana; 3]);
    drop(sweeping);
}

#[tokio::test]
async fn what_is_due_comes_before_the_next_command() {
    let world = World::new().await;
    let (ana, bo) = (world.rep("Ana").await, world.rep("Bo").await);
    let campaign = world.campaign(&[ana, bo]).await;
    let back_at = START.plus_seconds(3600);
    world.run(leave(ana, Some(back_at))).await.unwrap();
    world.run(qualify(campaign, "a")).await.unwrap();
    world.clock.advance_to(back_at);
    let done = world.run(qualify(campaign, "b")).await.unwrap();
    // Only the caller's own entries are theirs.
    assert_eq!(done.entries.len(), 1);
    assert_eq!(world.turns().await, [bo, ana]);
    let ledger = world.ledger().await;
    let back = ledger.iter().position(|entry| matches!(entry.event, Event::RepBack { .. }));
    assert_eq!(back, Some(ledger.len() - 2));
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_set_the_ledger_back() {
    let world = World::new().await;
    world.rep("Ana").await;
    world.clock.set(START.plus_seconds(-3600));
    world.rep("Bo").await;
    let times: Vec<Instant> = world.ledger().await.iter().map(|entry| entry.at).collect();
    assert!(times.is_sorted());
    assert_eq!(world.clock.now(), START.plus_seconds(-3600));
}

#[tokio::test]
async fn leads_held_by_a_pause_follow_its_end() {
    let world = World::new().await;
    let (ana, bo) = (world.rep("Ana").await, world.rep("Bo").await);
    let group = world.group(&[ana]).await;
    let campaign = world.draft(Some(group)).await;
    world.run(Command::LaunchCampaign { campaign, at: None }).await.unwrap();
    world.run(Command::PauseCampaign { campaign }).await.unwrap();
    world.run(qualify(campaign, "a")).await.unwrap();
    let waiting = world.run(qualify(campaign, "b")).await.unwrap();
    assert!(matches!(waiting.answer, Answer::Waiting { position: 2, .. }));
    assert!(world.turns().await.is_empty());
    world.run(Command::AddMember { group, rep: bo }).await.unwrap();
    world.run(Command::ResumeCampaign { campaign }).await.unwrap();
    // Held leads follow the resumption, in the same batch or the next.
    world.engine.wake(world.team).await.unwrap();
    assert_eq!(world.turns().await, [ana, bo]);
    let ledger = world.ledger().await;
    assert!(ledger.iter().any(|entry| matches!(
        &entry.event,
        Event::Qualified { outcome: Outcome::Waiting { held: true, .. }, .. }
    )));
}
