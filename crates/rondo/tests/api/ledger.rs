//! The ledger over HTTP: pages and the live stream.

use std::time::Duration;

use axum::http::Method;
use futures_util::StreamExt as _;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_ledger_is_read_page_by_page() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let admin = world.admin();
    let page = admin.get("/v1/ledger?after=0&limit=2").await.is(200);
    assert_eq!(page["items"][0]["n"], 1);
    assert_eq!(page["items"][0]["kind"], "team_created");
    assert_eq!(page["items"][0]["actor"], "cli");
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = admin.get(&format!("/v1/ledger?cursor={cursor}")).await.is(200);
    let last = next["items"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["n"], &last["kind"], &last["rep"]),
        (&json!(4), &json!("rep_added"), &json!(ann))
    );
    // Ids and facts, no names.
    assert!(!last.to_string().contains("Ann"));
    admin.get("/v1/ledger?after=-1").await.is_problem("invalid-request");
}

#[tokio::test]
async fn the_stream_goes_on_and_is_resumed() {
    let world = World::new().await;
    let watcher = world.admin().with("accept", "text/event-stream").with("last-event-id", "3");
    let response = watcher.open(Method::GET, "/v1/ledger", None).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut chunks = response.into_body().into_data_stream();
    let begin = chunks.next().await.unwrap().unwrap();
    assert!(begin.starts_with(b"retry:"));
    let reading = tokio::spawn(async move { chunks.next().await.unwrap().unwrap() });
    world.add_rep("Ann").await;
    let chunk = tokio::time::timeout(Duration::from_secs(10), reading).await.unwrap().unwrap();
    let text = String::from_utf8(chunk.to_vec()).unwrap();
    assert!(text.starts_with("id: 4\n"), "{text}");
    assert!(text.contains("\"kind\":\"rep_added\""), "{text}");
    let bad = world.admin().with("accept", "text/event-stream").with("last-event-id", "x");
    bad.get("/v1/ledger").await.is_problem("invalid-request");
}

#[tokio::test]
async fn a_quiet_stream_says_that_it_is_still_there_and_ends_with_its_key() {
    let world = World::new().await;
    let made = world.admin().post("/v1/keys", json!({"name": "k", "role": "viewer"})).await.is(201);
    let viewer = world.with_key(made["api_key"].as_str().map(str::to_owned));
    let watcher = viewer.with("accept", "text/event-stream");
    let response = watcher.open(Method::GET, "/v1/ledger?after=100", None).await;
    let mut chunks = response.into_body().into_data_stream();
    chunks.next().await.unwrap().unwrap();
    let mut next = tokio::spawn(async move { (chunks.next().await, chunks) });
    let chunk = loop {
        world.clock.advance(Duration::from_secs(4));
        tokio::task::yield_now().await;
        if next.is_finished() {
            break (&mut next).await.unwrap();
        }
    };
    assert!(chunk.0.unwrap().unwrap().starts_with(b":"));
    world.admin().delete(&format!("/v1/keys/{}", made["id"].as_str().unwrap())).await.is(204);
    let mut chunks = chunk.1;
    let next = tokio::spawn(async move { chunks.next().await.is_none() });
    while !next.is_finished() {
        world.clock.advance(Duration::from_secs(4));
        tokio::task::yield_now().await;
    }
    assert!(next.await.unwrap(), "a revoked key ends the stream");
}

#[tokio::test]
async fn a_busy_stream_ends_at_once_when_its_key_is_revoked() {
    let world = World::new().await;
    let made = world.admin().post("/v1/keys", json!({"name": "k", "role": "viewer"})).await.is(201);
    let viewer = world.with_key(made["api_key"].as_str().map(str::to_owned));
    let watcher = viewer.with("accept", "text/event-stream");
    let response = watcher.open(Method::GET, "/v1/ledger?after=3", None).await;
    let mut chunks = response.into_body().into_data_stream();
    assert!(chunks.next().await.unwrap().unwrap().starts_with(b"retry:"));
    let reading = tokio::spawn(async move {
        let mut read = String::new();
        while let Some(chunk) = chunks.next().await {
            read.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
        read
    });
    world.add_rep("Ann").await;
    // The clock stands still: nothing but the revocation ends the stream.
    world.admin().delete(&format!("/v1/keys/{}", made["id"].as_str().unwrap())).await.is(204);
    world.add_rep("Bo").await;
    let read = tokio::time::timeout(Duration::from_secs(10), reading).await.unwrap().unwrap();
    assert!(!read.contains("key_revoked") && !read.contains("id: 6"), "{read}");
}
