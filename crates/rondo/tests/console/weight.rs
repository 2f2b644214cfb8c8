//! What pages weigh.

use axum::http::header;
use rondo::demo;

use crate::world::World;

const FIRST_VIEW_BYTES_MAX: usize = 150_000;

#[tokio::test]
async fn the_first_view_of_the_living_example_is_light() {
    let world = World::new().await;
    demo::fill(&world.app, &world.clock, world.team, |_| {}).await.unwrap();
    let ada = world.admin_browser().await;
    ada.get("/").await.says(&["Handed over today", "Ann Reyes"]);
    let loaded = ada.first_view("/").await;
    let bytes: usize = loaded.iter().map(|(_, bytes, _)| bytes).sum();
    let list: Vec<_> = loaded.iter().map(|(path, bytes, _)| (path, bytes)).collect();
    assert_eq!(loaded.len(), 4, "a page, a style sheet, a script and an icon: {list:?}");
    assert!(bytes <= FIRST_VIEW_BYTES_MAX, "{bytes} bytes: {list:?}");
    println!("{bytes} bytes: {list:?}");
    for (path, _, headers) in &loaded {
        assert_eq!(headers[header::CONTENT_ENCODING], "gzip", "{path}");
    }
    for (path, _, headers) in &loaded[1..] {
        let kept = headers[header::CACHE_CONTROL].to_str().unwrap();
        assert!(path.contains("console-") && kept.contains("immutable"), "{path}: {kept}");
    }
    assert_eq!(loaded[0].2[header::CACHE_CONTROL], "no-store");
}
