//! Several engines over one store: the revision decides who was first.

use std::time::Duration;

use rondo::engine::EngineError;
use rondo_core::Command;

use crate::world::{World, add_rep, plain, qualify};

#[tokio::test]
async fn engines_that_take_turns_follow_each_other() {
    let world = World::new().await;
    let (ana, bo) = (world.rep("Ana").await, world.rep("Bo").await);
    let campaign = world.campaign(&[ana, bo]).await;
    let engines = [world.engine.clone(), world.another_engine()];
    for index in 0..20 {
        let command = plain(qualify(campaign, &format!("lead{index}")));
        engines[index % 2].run(world.caller(), command).await.unwrap();
    }
    let turns = world.turns().await;
    assert_eq!(turns.len(), 20);
    assert!(turns.chunks(2).all(|pair| pair == [ana, bo]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn engines_that_race_keep_the_rotation_and_assign_once() {
    let world = World::new().await;
    let (ana, bo) = (world.rep("Ana").await, world.rep("Bo").await);
    let campaign = world.campaign(&[ana, bo]).await;
    let engines = [world.engine.clone(), world.another_engine()];
    let mut tasks = Vec::new();
    for index in 0..200 {
        // Each lead is reported to both engines.
        for engine in engines.clone() {
            let caller = world.caller();
            let command = plain(qualify(campaign, &format!("lead{index}")));
            tasks.push(tokio::spawn(async move { engine.run(caller, command).await.unwrap() }));
        }
    }
    for task in tasks {
        task.await.unwrap();
    }
    let turns = world.turns().await;
    assert_eq!(turns.len(), 200);
    assert!(turns.chunks(2).all(|pair| pair == [ana, bo]));
}

#[tokio::test]
async fn a_refusal_is_decided_on_the_latest_state() {
    let world = World::new().await;
    let ana = world.rep("Ana").await;
    let group = world.group(&[ana]).await;
    let another = world.another_engine();
    another.run(world.caller(), plain(add_rep("Bo"))).await.unwrap();
    let bo = another.team(world.team).await.unwrap().unwrap();
    let bo = bo.team.reps().map(|rep| rep.id).find(|rep| *rep != ana).unwrap();
    // The first engine has not heard of Bo.
    world.run(Command::AddMember { group, rep: bo }).await.unwrap();
    let again = world.run(Command::AddMember { group, rep: bo }).await.unwrap();
    assert!(again.entries.is_empty());
    assert_eq!(again.team.name(bo), Some("Bo"));
}

#[tokio::test]
async fn a_reader_sees_what_another_process_wrote() {
    let world = World::new().await;
    assert_eq!(world.engine.team(world.team).await.unwrap().unwrap().team.rep_count(), 0);
    world.another_engine().run(world.caller(), plain(add_rep("Ana"))).await.unwrap();
    assert_eq!(world.engine.team(world.team).await.unwrap().unwrap().team.rep_count(), 1);
}

#[tokio::test]
async fn a_listener_hears_of_entries_of_this_process_at_once_and_of_others_within_a_second() {
    let world = World::new().await;
    let mut latest = world.engine.subscribe(world.team);
    world.rep("Ana").await;
    assert_eq!(*latest.wait_for(|n| *n >= 4).await.unwrap(), 4);
    world.another_engine().run(world.caller(), plain(add_rep("Bo"))).await.unwrap();
    let clock = world.clock.clone();
    let passing = tokio::spawn(async move {
        loop {
            clock.advance(Duration::from_millis(100));
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(*latest.wait_for(|n| *n >= 5).await.unwrap(), 5);
    passing.abort();
}

#[tokio::test]
async fn entries_of_a_newer_version_make_an_engine_unready() {
    let world = World::new().await;
    world.rep("Ana").await;
    assert!(world.engine.is_ready());
    world.another_engine().run(world.caller(), plain(add_rep("Bo"))).await.unwrap();
    world.faults.write_newer_entries();
    let refused = world.run(add_rep("Cy")).await;
    assert!(matches!(refused, Err(EngineError::Unready)), "{refused:?}");
    assert!(!world.engine.is_ready());
    assert_eq!(world.revision().await, 5);
}

#[tokio::test]
async fn an_engine_that_is_dropped_abandons_what_it_did_not_answer() {
    let mut world = World::new().await;
    world.faults.close();
    let caller = world.caller();
    let another = world.another_engine();
    let engine = std::mem::replace(&mut world.engine, another);
    let running = tokio::spawn(async move { engine.run(caller, plain(add_rep("Ana"))).await });
    world.faults.has_begun(1).await;
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    world.faults.open();
    let done = world.run(add_rep("Ana")).await;
    assert!(!matches!(done, Err(EngineError::Stopping)));
    assert_eq!(world.revision().await, 4);
}
