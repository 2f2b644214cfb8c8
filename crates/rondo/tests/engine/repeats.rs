//! A request with an idempotency key is done once.

use std::time::Duration;

use rondo::engine::EngineError;
use rondo_core::Command;

use crate::world::{World, add_rep, key, keyed, qualify};

#[tokio::test]
async fn a_repeat_in_the_same_batch_is_joined() {
    let world = World::new().await;
    world.faults.close();
    let first = world.start(add_rep("Ana")).await;
    world.faults.has_begun(1).await;
    let one = world.start_request(keyed(add_rep("Bo"), 1, 1)).await;
    let same = world.start_request(keyed(add_rep("Bo"), 1, 1)).await;
    let other = world.start_request(keyed(add_rep("Cy"), 1, 2)).await;
    world.faults.open();
    first.await.unwrap().unwrap();
    let (one, same) = (one.await.unwrap().unwrap(), same.await.unwrap().unwrap());
    assert_eq!((one.is_repeat, same.is_repeat), (false, true));
    assert_eq!(one.answer, same.answer);
    assert_eq!(one.entries, same.entries);
    assert!(matches!(other.await.unwrap(), Err(EngineError::KeyReused)));
    assert_eq!(world.revision().await, 5);
}

#[tokio::test]
async fn a_repeat_is_recognised_for_a_day_by_any_process() {
    let world = World::new().await;
    let request = keyed(add_rep("Ana"), 1, 1);
    let first = world.engine.run(world.caller(), request.clone()).await.unwrap();
    let another = world.another_engine();
    world.clock.advance(Duration::from_secs(24 * 60 * 60 - 1));
    let again = another.run(world.caller(), request.clone()).await.unwrap();
    assert!(again.is_repeat);
    assert_eq!(first.answer, again.answer);
    let other = another.run(world.caller(), keyed(add_rep("Bo"), 1, 2)).await;
    assert!(matches!(other, Err(EngineError::KeyReused)));
    world.clock.advance(Duration::from_secs(1));
    // A day later the key means something new: the address is taken now.
    let late = another.run(world.caller(), request).await;
    assert!(matches!(late, Err(EngineError::Refused(_))));
    let other = another.run(world.caller(), keyed(add_rep("Bo"), 1, 2)).await.unwrap();
    assert!(!other.is_repeat);
}

#[tokio::test]
async fn a_refused_request_is_not_remembered() {
    let world = World::new().await;
    let ana = world.rep("Ana").await;
    let campaign = world.draft(None).await;
    let request = keyed(qualify(campaign, "lead"), 1, 1);
    let refused = world.engine.run(world.caller(), request.clone()).await;
    assert!(matches!(refused, Err(EngineError::Refused(_))));
    world.run(Command::LaunchCampaign { campaign, at: None }).await.unwrap();
    let done = world.engine.run(world.caller(), request).await.unwrap();
    assert!(!done.is_repeat);
    assert_eq!(world.turns().await, [ana]);
}

#[tokio::test]
async fn a_request_that_changed_nothing_is_remembered_too() {
    let world = World::new().await;
    let ana = world.rep("Ana").await;
    let group = world.group(&[ana]).await;
    let request = keyed(Command::AddMember { group, rep: ana }, 1, 1);
    let revision = world.revision().await;
    assert!(!world.engine.run(world.caller(), request.clone()).await.unwrap().is_repeat);
    assert!(world.engine.run(world.caller(), request).await.unwrap().is_repeat);
    assert_eq!(world.revision().await, revision);
}

#[tokio::test]
async fn a_key_can_be_remembered_before_what_it_stands_for_is_begun() {
    let world = World::new().await;
    let (caller, revision) = (world.caller(), world.revision().await);
    world.engine.remember(caller, key(1, 1)).await.unwrap();
    let another = world.another_engine();
    another.remember(caller, key(1, 1)).await.unwrap();
    assert!(matches!(another.remember(caller, key(1, 2)).await, Err(EngineError::KeyReused)));
    assert_eq!(world.revision().await, revision);
    world.clock.advance(Duration::from_secs(24 * 60 * 60));
    another.remember(caller, key(1, 2)).await.unwrap();
}

#[tokio::test]
async fn each_of_many_requests_is_recognised_by_itself() {
    let world = World::new().await;
    let (ana, bo) = (world.rep("Ana").await, world.rep("Bo").await);
    let campaign = world.campaign(&[ana, bo]).await;
    let requests = |leads: &[&str]| {
        let numbered = leads.iter().zip(1..);
        numbered.map(|(lead, scope)| keyed(qualify(campaign, lead), scope, 1)).collect()
    };
    let first = world.engine.run_each(world.caller(), requests(&["a", "b"])).await;
    let again = world.engine.run_each(world.caller(), requests(&["a", "b", "c"])).await;
    let repeats: Vec<_> = again.iter().map(|done| done.as_ref().unwrap().is_repeat).collect();
    assert_eq!(repeats, [true, true, false]);
    for (first, again) in first.iter().zip(&again) {
        assert_eq!(first.as_ref().unwrap().answer, again.as_ref().unwrap().answer);
    }
    assert_eq!(world.turns().await, [ana, bo, ana]);
}
