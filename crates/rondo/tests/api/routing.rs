//! The main job over HTTP: qualified leads go to the right rep, once, and say why.

use serde_json::json;

use crate::world::{World, id};

#[tokio::test]
async fn qualified_leads_go_round_and_say_why() {
    let world = World::new().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let group = world.add_group("North", &[&ann, &bo]).await;
    let campaign = world.launched("Spring", &group).await;

    // R3
    let first = world.qualify(&campaign, "lea@customer.example").await.is(201);
    assert_eq!(first["rep"], json!(ann));
    assert_eq!(first["rep_name"], "Ann");
    assert_eq!(first["reason"], "turn");
    assert_eq!(first["why"]["cursor_before"], json!(null));
    assert_eq!(first["why"]["cursor_after"], json!(ann));
    let second = world.qualify(&campaign, "max@customer.example").await.is(201);
    assert_eq!(second["rep"], json!(bo));
    assert!(second["why"]["sentence"].as_str().unwrap().contains("Bo was next after Ann"));

    // R11: the same when it is read later.
    let read = world.admin().get(&format!("/v1/assignments/{}", id(&second))).await.is(200);
    assert_eq!(read, second);
}
