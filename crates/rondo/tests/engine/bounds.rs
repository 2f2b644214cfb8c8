//! Bounds: of the queue, of a batch, of the memory.

use rondo::engine::{Caller, EngineError, EngineOptions};
use rondo_core::Actor;

use crate::world::{World, add_rep, plain};

#[tokio::test]
async fn a_team_with_too_much_waiting_is_told_to_come_back_before_others_are() {
    let options = EngineOptions { team_waiting_max: 3, waiting_max: 4, ..Default::default() };
    let world = World::with(options).await;
    let other = Caller { team: world.another_team().await, actor: Actor::Cli };
    world.faults.close();
    let mut started = vec![world.start(add_rep("Ana")).await];
    world.faults.has_begun(1).await;
    for name in ["Bo", "Cy", "Di"] {
        started.push(world.start(add_rep(name)).await);
    }
    let refused = world.run(add_rep("Ed")).await;
    assert!(matches!(refused, Err(EngineError::TeamBusy { retry_after_seconds: 1 })));
    let engine = world.engine.clone();
    let accepted = tokio::spawn(async move { engine.run(other, plain(add_rep("Flo"))).await });
    tokio::task::yield_now().await;
    let refused = world.engine.run(other, plain(add_rep("Gus"))).await;
    assert!(matches!(refused, Err(EngineError::Busy { retry_after_seconds: 1 })));
    world.faults.open();
    accepted.await.unwrap().unwrap();
    for done in started {
        done.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_long_line_of_one_team_does_not_keep_another_waiting() {
    let world = World::with(EngineOptions { batch_max: 100, ..Default::default() }).await;
    let other = Caller { team: world.another_team().await, actor: Actor::Cli };
    world.faults.close();
    let first = world.start(add_rep("Ana")).await;
    world.faults.has_begun(1).await;
    let mut long = Vec::new();
    for index in 0..500 {
        long.push(world.start(add_rep(&format!("Rep{index}"))).await);
    }
    let engine = world.engine.clone();
    let short = tokio::spawn(async move { engine.run(other, plain(add_rep("Bo"))).await });
    tokio::task::yield_now().await;
    world.faults.open();
    short.await.unwrap().unwrap();
    assert!(!long[499].is_finished());
    first.await.unwrap().unwrap();
    for done in long {
        done.await.unwrap().unwrap();
    }
    assert!(world.faults.commits().iter().all(|entries| *entries <= 100));
}

#[tokio::test]
async fn a_team_that_went_out_of_memory_is_read_again() {
    let world = World::with(EngineOptions { cache_bytes_max: 1, ..Default::default() }).await;
    let teams = [world.team, world.another_team().await, world.another_team().await];
    for round in 0..3 {
        for team in teams {
            let caller = Caller { team, actor: Actor::Cli };
            let command = add_rep(&format!("Rep{round}"));
            let done = world.engine.run(caller, plain(command)).await.unwrap();
            assert_eq!(done.team.team.rep_count(), round + 1);
        }
    }
}
