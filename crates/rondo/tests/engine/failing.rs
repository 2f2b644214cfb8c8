//! Commits that fail: nothing half done, nothing lost, nothing done twice.

use std::time::Duration;

use rondo::engine::{Caller, EngineError};
use rondo_core::Event;
use rondo_store::StoreError;

use crate::faults::Fault;
use crate::world::{World, add_rep, plain, qualify};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_commit_of_unknown_outcome_that_was_written_is_not_done_again() {
    let world = World::new().await;
    let ana = world.rep("Ana").await;
    let campaign = world.campaign(&[ana]).await;
    world.faults.befall(Fault::After(StoreError::Unavailable("connection lost".into())));
    let done = world.run(qualify(campaign, "lead")).await.unwrap();
    assert_eq!(done.entries.len(), 1);
    assert_eq!(world.turns().await, [ana]);
}

#[tokio::test]
async fn a_full_disk_is_told_and_service_resumes() {
    for error in [StoreError::Full, StoreError::ReadOnly] {
        let world = World::new().await;
        let (ana, bo) = (world.rep("Ana").await, world.rep("Bo").await);
        let campaign = world.campaign(&[ana, bo]).await;
        world.faults.befall(Fault::Before(error.clone()));
        let failed = world.run(qualify(campaign, "lead")).await.unwrap_err();
        assert_eq!(failed.to_string(), error.to_string());
        let done = world.run(qualify(campaign, "other")).await.unwrap();
        assert_eq!(done.entries.len(), 1);
        // The turn that was not taken is not lost.
        assert_eq!(world.turns().await, [ana]);
    }
}

#[tokio::test]
async fn what_the_disk_does_not_confirm_is_no_success_and_a_repeat_finds_what_stands() {
    let world = World::new().await;
    let (ana, bo) = (world.rep("Ana").await, world.rep("Bo").await);
    let campaign = world.campaign(&[ana, bo]).await;
    world.faults.disk_says(Err(StoreError::Unavailable("the cable is out".into())));
    let failed = world.run(qualify(campaign, "lead")).await.unwrap_err();
    assert!(failed.to_string().contains("the cable is out"), "{failed}");
    world.faults.disk_says(Ok(()));
    let again = world.run(qualify(campaign, "lead")).await.unwrap();
    assert!(again.entries.is_empty());
    world.run(qualify(campaign, "other")).await.unwrap();
    assert_eq!(world.turns().await, [ana, bo]);
}

#[tokio::test]
async fn a_panic_after_the_commit_is_no_success_and_does_not_keep_the_engine_from_stopping() {
    let world = World::new().await;
    world.faults.break_disk();
    let failed = world.run(add_rep("Ana")).await.unwrap_err();
    assert!(matches!(failed, EngineError::Stopping), "{failed:?}");
    tokio::time::timeout(PATIENCE, world.engine.stop()).await.expect("the engine stops");
}

#[tokio::test]
async fn a_batch_that_fails_is_halved_until_the_culprit_stands_alone() {
    let world = World::new().await;
    let ana = world.rep("Ana").await;
    let campaign = world.campaign(&[ana]).await;
    let culprit = world.draft(None).await;
    let launch = rondo_core::Command::LaunchCampaign { campaign: culprit, at: None };
    world.faults.poison(|batch| {
        let is_launch = |event: &Event| matches!(event, Event::CampaignLaunched { .. });
        batch.entries.iter().any(|entry| is_launch(&entry.event))
    });
    let mut commands: Vec<_> =
        (0..40).map(|index| qualify(campaign, &format!("lead{index}"))).collect();
    commands.insert(17, launch);
    let results = world.engine.run_many(world.caller(), commands).await;
    for (index, result) in results.iter().enumerate() {
        assert_eq!(result.is_ok(), index != 17, "{index}: {result:?}");
    }
    assert!(matches!(results[17], Err(EngineError::Store(_))));
    let numbers: Vec<_> = results.iter().flatten().map(|done| done.entries[0].n).collect();
    assert!(numbers.is_sorted());
    assert_eq!(world.turns().await.len(), 40);
}

#[tokio::test]
async fn a_conflict_that_never_ends_is_given_up() {
    let world = World::new().await;
    for _ in 0..100 {
        world.faults.befall(Fault::Before(StoreError::Conflict("somebody was first".into())));
    }
    let failed = world.run(add_rep("Ana")).await.unwrap_err();
    assert!(matches!(failed, EngineError::Busy { .. }), "{failed:?}");
}

#[tokio::test]
async fn a_conflict_that_passes_is_not_noticed() {
    let world = World::new().await;
    world.faults.befall(Fault::Before(StoreError::Conflict("somebody was first".into())));
    assert_eq!(world.run(add_rep("Ana")).await.unwrap().entries.len(), 1);
    assert_eq!(world.revision().await, 4);
}

#[tokio::test]
async fn a_team_that_stands_in_the_way_is_told_and_those_written_with_it_are_served() {
    for error in [StoreError::Locked("held".into()), StoreError::Conflict("refused".into())] {
        let world = World::new().await;
        let (held, other) = (world.caller(), world.another_team().await);
        world.faults.poison_as(error, move |batch| batch.team == held.team);
        // While one commit waits, both teams gather for the next.
        world.faults.close();
        let other = Caller { team: other, ..held };
        let first = world.engine.run(other, plain(add_rep("Ana")));
        world.faults.has_begun(world.faults.commits().len() + 1).await;
        let of_both = [(held, "Bo"), (other, "Cy"), (other, "Di")]
            .map(|(caller, name)| world.engine.run(caller, plain(add_rep(name))));
        world.faults.open();
        let results = futures_util::future::join_all(of_both).await;
        first.await.unwrap();
        assert!(matches!(results[0], Err(EngineError::Busy { .. })), "{:?}", results[0]);
        assert!(results[1..].iter().all(Result::is_ok), "{results:?}");
    }
}
