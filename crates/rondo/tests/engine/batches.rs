//! What gathers while a batch is made durable is committed as one.

use rondo::engine::EngineError;
use rondo_core::{Answer, Command};

use crate::world::{World, add_rep, plain, qualify};

#[tokio::test]
async fn commands_that_gather_during_a_commit_are_committed_together() {
    let world = World::new().await;
    let ana = world.rep("Ana").await;
    let campaign = world.campaign(&[ana]).await;
    let before = world.faults.commits().len();
    world.faults.close();
    let mut started = vec![world.start(qualify(campaign, "lead")).await];
    world.faults.has_begun(before + 1).await;
    for index in 0..50 {
        started.push(world.start(qualify(campaign, &format!("lead{index}"))).await);
    }
    world.faults.open();
    for done in started {
        assert_eq!(done.await.unwrap().unwrap().entries.len(), 1);
    }
    assert_eq!(world.faults.commits()[before..], [1, 50]);
}

#[tokio::test]
async fn nobody_is_answered_before_the_commit() {
    let world = World::new().await;
    world.faults.close();
    let started = world.start(add_rep("Ana")).await;
    world.faults.has_begun(1).await;
    assert!(!started.is_finished());
    assert_eq!(world.revision().await, 3);
    world.faults.open();
    started.await.unwrap().unwrap();
    assert_eq!(world.revision().await, 4);
}

#[tokio::test]
async fn nobody_is_answered_before_the_disk_has_confirmed_and_the_writer_goes_on_meanwhile() {
    let world = World::new().await;
    let (ana, bo) = (world.rep("Ana").await, world.rep("Bo").await);
    let campaign = world.campaign(&[ana, bo]).await;
    world.faults.hold_disk();
    let begun = world.faults.commits().len();
    let first = world.start(qualify(campaign, "a")).await;
    world.faults.has_begun(begun + 1).await;
    let second = world.start(qualify(campaign, "b")).await;
    world.faults.has_begun(begun + 2).await;
    // R7: what stands is no answer either as long as it may be lost.
    let repeat = world.faults.look_follows(world.start(qualify(campaign, "a"))).await;
    let third = world.start(qualify(campaign, "c")).await;
    world.faults.has_begun(begun + 3).await;
    assert!(!first.is_finished() && !second.is_finished() && !repeat.is_finished());
    world.faults.disk_says(Ok(()));
    for started in [first, second, repeat, third] {
        started.await.unwrap().unwrap();
    }
    assert_eq!(world.turns().await, [ana, bo, ana]);
}

#[tokio::test]
async fn each_decision_sees_those_before_it_in_the_batch() {
    let world = World::new().await;
    let (ana, bo) = (world.rep("Ana").await, world.rep("Bo").await);
    let campaign = world.campaign(&[ana, bo]).await;
    let leads = ["a", "b", "c", "a", "d"];
    let commands = leads.map(|lead| qualify(campaign, lead)).to_vec();
    let results = world.engine.run_many(world.caller(), commands).await;
    assert_eq!(world.turns().await, [ana, bo, ana, bo]);
    // R7: the second report of the same lead answers with the assignment that stands.
    let answers: Vec<_> = results.into_iter().map(|done| done.unwrap()).collect();
    assert!(answers[3].entries.is_empty());
    match (&answers[0].answer, &answers[3].answer) {
        (
            Answer::Assigned { assignment: first, is_new: true, .. },
            Answer::Assigned { assignment: again, is_new: false, .. },
        ) => assert_eq!(first, again),
        other => panic!("both are assigned: {other:?}"),
    }
}

#[tokio::test]
async fn one_bad_command_of_many_does_not_stop_the_others() {
    let world = World::new().await;
    let ana = world.rep("Ana").await;
    let campaign = world.campaign(&[ana]).await;
    let draft = world.draft(None).await;
    let commands = vec![
        qualify(campaign, "a"),
        qualify(draft, "b"),
        Command::PauseCampaign { campaign: draft },
        qualify(campaign, "c"),
    ];
    let results = world.engine.run_many(world.caller(), commands).await;
    let is_done: Vec<_> = results.iter().map(Result::is_ok).collect();
    assert_eq!(is_done, [true, false, false, true]);
    assert!(matches!(results[1], Err(EngineError::Refused(_))));
}

#[tokio::test]
async fn a_list_longer_than_a_batch_keeps_its_order() {
    let world = World::new().await;
    let ana = world.rep("Ana").await;
    let campaign = world.campaign(&[ana]).await;
    let commands = (0..2500).map(|index| qualify(campaign, &format!("lead{index}"))).collect();
    let results = world.engine.run_many(world.caller(), commands).await;
    assert_eq!(results.len(), 2500);
    let numbers: Vec<_> = results.iter().map(|done| done.as_ref().unwrap().entries[0].n).collect();
    assert!(numbers.is_sorted());
}

#[tokio::test]
async fn a_caller_who_goes_away_does_not_stop_the_command() {
    let world = World::new().await;
    world.faults.close();
    let started = world.start(add_rep("Ana")).await;
    world.faults.has_begun(1).await;
    started.abort();
    world.faults.open();
    world.run(add_rep("Bo")).await.unwrap();
    assert_eq!(world.revision().await, 5);
}

#[tokio::test]
async fn the_roster_follows_names() {
    let world = World::new().await;
    let ana = world.rep("Ana").await;
    let team = world.engine.team(world.team).await.unwrap().unwrap();
    assert_eq!(team.name(ana), Some("Ana"));
    let patch = rondo_core::command::RepPatch {
        name: Some(rondo_core::text::Name::parse("Anna").unwrap()),
        ..Default::default()
    };
    let done = world.run(Command::ChangeRep { rep: ana, patch }).await.unwrap();
    assert_eq!(done.team.name(ana), Some("Anna"));
    let team = world.another_engine().team(world.team).await.unwrap().unwrap();
    assert_eq!(team.name(ana), Some("Anna"));
}

#[tokio::test]
async fn closing_finishes_what_was_accepted_and_takes_nothing_more() {
    let world = World::new().await;
    world.faults.close();
    let mut started = Vec::new();
    for index in 0..20 {
        started.push(world.start(add_rep(&format!("Rep{index}"))).await);
    }
    let stopping = tokio::spawn({
        let engine = world.engine.clone();
        async move { engine.stop().await }
    });
    tokio::task::yield_now().await;
    let refused = world.engine.run(world.caller(), plain(add_rep("Late"))).await;
    assert!(matches!(refused, Err(EngineError::Stopping)));
    world.faults.open();
    for done in started {
        done.await.unwrap().unwrap();
    }
    stopping.await.unwrap();
    assert_eq!(world.revision().await, 23);
}

#[tokio::test]
async fn nothing_is_known_of_a_team_that_does_not_exist() {
    let world = World::new().await;
    let other = World::new().await;
    let mut caller = world.caller();
    caller.team = rondo_core::ids::Id::from_bytes([7; 16]);
    let refused = other.engine.run(caller, plain(add_rep("Ana"))).await;
    assert!(matches!(refused, Err(EngineError::NoSuchTeam)));
    assert!(other.engine.team(caller.team).await.unwrap().is_none());
}
