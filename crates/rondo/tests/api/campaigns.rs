//! Campaigns over HTTP: their life, and who is next.

use serde_json::json;

use crate::world::{World, id};

#[tokio::test]
async fn a_campaign_goes_through_its_life() {
    let world = World::new().await;
    let admin = world.admin();
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let group = world.add_group("North", &[&ann]).await;
    let south = world.add_group("South", &[&bo]).await;
    let draft =
        admin.post("/v1/campaigns", json!({"name": "Spring", "group": group})).await.is(201);
    assert_eq!(draft["status"], "draft");
    assert_eq!(draft["rotation"], "campaign");
    assert_eq!(draft["when_owner_is_out"], "owner");
    assert_eq!(draft["waiting"], 0);
    let path = format!("/v1/campaigns/{}", id(&draft));

    let changed = admin.patch(&path, json!({"group": south, "rotation": "group"})).await.is(200);
    assert_eq!((&changed["group_name"], &changed["rotation"]), (&json!("South"), &json!("group")));
    admin.post(&format!("{path}/pause"), json!({})).await.is_problem("wrong-status");
    let running = admin.post(&format!("{path}/launch"), json!({})).await.is(200);
    assert_eq!(running["status"], "running");
    assert_eq!(running["launched_at"], "2026-11-02T12:00:00Z");
    // C5
    let problem = admin.patch(&path, json!({"group": group})).await.is_problem("campaign-started");
    assert_eq!(problem["campaign_status"], "running");
    admin.delete(&path).await.is_problem("wrong-status");
    assert_eq!(admin.post(&format!("{path}/pause"), json!({})).await.is(200)["status"], "paused");
    assert_eq!(admin.post(&format!("{path}/resume"), json!({})).await.is(200)["status"], "running");
    assert_eq!(
        admin.post(&format!("{path}/cancel"), json!({})).await.is(200)["status"],
        "cancelled"
    );
    // C6
    let copy = admin.post(&format!("{path}/duplicate"), json!({})).await.is(201);
    assert_eq!((&copy["name"], &copy["status"]), (&json!("Spring (copy)"), &json!("draft")));
    // C2
    admin.delete(&format!("/v1/campaigns/{}", id(&copy))).await.is(204);
}

#[tokio::test]
async fn a_campaign_is_scheduled_and_launches_by_the_clock() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.add_campaign("Spring", &group).await;
    let path = format!("/v1/campaigns/{campaign}");
    let at = world.in_seconds(3600);
    let scheduled = world.admin().post(&format!("{path}/launch"), json!({"at": at})).await.is(200);
    assert_eq!((&scheduled["status"], &scheduled["launch_at"]), (&json!("scheduled"), &json!(at)));
    world.pass(3600).await;
    assert_eq!(world.admin().get(&path).await.is(200)["status"], "running");
}

#[tokio::test]
async fn nobody_available_is_a_warning_for_a_draft_and_a_refusal_for_a_launch() {
    let world = World::new().await;
    let admin = world.admin();
    let (ann, _bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let group = world.add_group("North", &[&ann]).await;
    admin.put(&format!("/v1/reps/{ann}/out-of-office"), json!({})).await.is(200);
    // C4
    let draft =
        admin.post("/v1/campaigns", json!({"name": "Spring", "group": group})).await.is(201);
    assert_eq!(draft["warnings"][0]["code"], "nobody-available");
    let path = format!("/v1/campaigns/{}", id(&draft));
    let problem =
        admin.post(&format!("{path}/launch"), json!({})).await.is_problem("nobody-available");
    assert_eq!(problem["group"], json!(group));
}

#[tokio::test]
async fn the_queue_says_who_is_next_and_why_not_others() {
    let world = World::new().await;
    let admin = world.admin();
    let (ann, bo, cy) =
        (world.add_rep("Ann").await, world.add_rep("Bo").await, world.add_rep("Cy").await);
    let group = world.add_group("North", &[&ann, &bo, &cy]).await;
    let campaign = world.launched("Spring", &group).await;
    world.qualify(&campaign, "lea@customer.example").await.is(201);
    let until = world.in_seconds(3600);
    admin.put(&format!("/v1/reps/{bo}/out-of-office"), json!({"until": until})).await.is(200);
    let path = format!("/v1/campaigns/{campaign}/queue?next=3");
    let queue = admin.get(&path).await.is(200);
    assert_eq!(queue["cursor"]["after"], json!(ann));
    assert_eq!(queue["next"], json!([cy, ann, cy]));
    assert_eq!(queue["waiting"], 0);
    let away = &queue["circle"][1];
    assert_eq!((&away["name"], &away["available"]), (&json!("Bo"), &json!(false)));
    assert_eq!(away["reason"], json!(format!("out of office until {until}")));
    assert_eq!(queue["circle"][0]["reason"], json!(null));
    // It changes nothing, and sees that time has passed.
    assert_eq!(admin.get(&path).await.is(200), queue);
    world.clock.advance(std::time::Duration::from_secs(3600));
    assert_eq!(admin.get(&path).await.is(200)["next"], json!([bo, cy, ann]));
}

#[tokio::test]
async fn a_second_campaign_that_goes_round_by_itself_is_launched_with_a_word_on_it() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    world.launched("Spring", &group).await;
    let autumn = world.add_campaign("Autumn", &group).await;
    let path = format!("/v1/campaigns/{autumn}");
    let launch = json!({"at": world.in_seconds(60)});
    // R2
    let launched = world.admin().post(&format!("{path}/launch"), launch.clone()).await.is(200);
    assert_eq!(launched["warnings"][0]["code"], "rotation-per-campaign");
    world.admin().patch(&path, json!({"rotation": "group"})).await.is(200);
    let launched = world.admin().post(&format!("{path}/launch"), launch).await.is(200);
    assert_eq!(launched.get("warnings").and_then(|warnings| warnings.get(0)), None);
}

#[tokio::test]
async fn a_name_that_another_campaign_has_is_taken_with_a_word_on_it() {
    let world = World::new().await;
    let admin = world.admin();
    let new = |name: &str| json!({"name": name});
    let is_shared = |campaign: &serde_json::Value| {
        let warnings = campaign["warnings"].as_array().cloned().unwrap_or_default();
        warnings.iter().any(|warning| warning["code"] == "name-shared")
    };
    let spring = admin.post("/v1/campaigns", new("Spring")).await.is(201);
    assert!(!is_shared(&spring));
    let other = admin.post("/v1/campaigns", new("spring")).await.is(201);
    assert!(is_shared(&other));
    let path = format!("/v1/campaigns/{}", id(&other));
    assert!(!is_shared(&admin.patch(&path, new("Autumn")).await.is(200)));
    assert!(is_shared(&admin.patch(&path, new("Spring")).await.is(200)));
    // C6: the copy's own name is free.
    assert!(!is_shared(&admin.post(&format!("{path}/duplicate"), json!({})).await.is(201)));
    admin.post(&format!("/v1/campaigns/{}/cancel", id(&spring)), json!({})).await.is(200);
    assert!(!is_shared(&admin.patch(&path, new("Spring")).await.is(200)));
}

#[tokio::test]
async fn nobody_is_told_to_cancel_a_campaign_that_is_cancelled() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let path = format!("/v1/campaigns/{}", world.launched("Spring", &group).await);
    let sentence = |problem: serde_json::Value| problem["detail"].as_str().unwrap().to_owned();
    let running = world.admin().delete(&path).await.is_problem("wrong-status");
    assert!(sentence(running).ends_with("cancel it instead"));
    world.admin().post(&format!("{path}/cancel"), json!({})).await.is(200);
    let over = sentence(world.admin().delete(&path).await.is_problem("wrong-status"));
    assert!(!over.contains("cancel it"), "{over}");
}
