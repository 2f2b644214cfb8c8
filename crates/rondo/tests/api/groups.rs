//! Groups over HTTP.

use serde_json::json;

use crate::world::{World, id};

#[tokio::test]
async fn a_group_keeps_the_order_in_which_members_were_added() {
    let world = World::new().await;
    let (ann, bo, cy) =
        (world.add_rep("Ann").await, world.add_rep("Bo").await, world.add_rep("Cy").await);
    let admin = world.admin();
    let group = world.add_group("North", &[&cy, &ann]).await;
    let path = format!("/v1/groups/{group}");
    let shown = admin.put(&format!("{path}/members/{bo}"), json!({})).await.is(200);
    let reps: Vec<_> =
        shown["members"].as_array().unwrap().iter().map(|member| member["rep"].clone()).collect();
    assert_eq!(reps, [json!(cy), json!(ann), json!(bo)]);

    // R1: removed and added again is last; added while a member changes nothing.
    admin.delete(&format!("{path}/members/{cy}")).await.is(200);
    admin.put(&format!("{path}/members/{ann}"), json!({})).await.is(200);
    admin.put(&format!("{path}/members/{cy}"), json!({})).await.is(200);
    let page = admin.get(&format!("{path}/members?limit=2")).await.is(200);
    assert_eq!(page["items"][0]["name"], "Ann");
    let next = page["next_cursor"].as_str().unwrap();
    let page = admin.get(&format!("{path}/members?limit=2&cursor={next}")).await.is(200);
    assert_eq!(page["items"][0]["name"], "Cy");
    assert_eq!(page["next_cursor"], json!(null));
}

#[tokio::test]
async fn a_group_needs_a_rep_and_a_name_of_its_own() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let admin = world.admin();
    let group = world.add_group("North", &[&ann]).await;
    // G1
    admin
        .post("/v1/groups", json!({"name": "None", "reps": []}))
        .await
        .is_problem("group-needs-a-rep");
    let problem = admin
        .delete(&format!("/v1/groups/{group}/members/{ann}"))
        .await
        .is_problem("group-needs-a-rep");
    assert_eq!(problem["groups"], json!([{"group": group, "group_name": "North"}]));
    let taken = admin
        .post("/v1/groups", json!({"name": "NORTH", "reps": [ann]}))
        .await
        .is_problem("name-taken");
    assert_eq!(taken["group"], json!(group));
    let renamed =
        admin.patch(&format!("/v1/groups/{group}"), json!({"name": "South"})).await.is(200);
    assert_eq!(renamed["name"], "South");
}

#[tokio::test]
async fn the_default_group_holds_everybody_and_stays_as_it_is() {
    let world = World::new().await;
    let admin = world.admin();
    let ann = world.add_rep("Ann").await;
    let groups = admin.get("/v1/groups").await.is(200);
    let default = &groups["items"][0];
    assert_eq!((&default["default"], &default["member_count"]), (&json!(true), &json!(1)));
    // G2
    let path = format!("/v1/groups/{}", id(default));
    admin.patch(&path, json!({"name": "Us"})).await.is_problem("default-group-is-fixed");
    admin.delete(&path).await.is_problem("default-group-is-fixed");
    admin.delete(&format!("{path}/members/{ann}")).await.is_problem("default-group-is-fixed");
}

#[tokio::test]
async fn a_group_in_use_is_not_deleted() {
    let world = World::new().await;
    let admin = world.admin();
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.add_campaign("Spring", &group).await;
    let path = format!("/v1/groups/{group}");
    // G3
    let problem = admin.delete(&path).await.is_problem("group-in-use");
    assert_eq!(problem["blockers"], json!([{"campaign": campaign, "campaign_name": "Spring"}]));
    let shown = admin.get(&path).await.is(200);
    assert_eq!(
        shown["used_by"],
        json!([{"campaign": campaign, "name": "Spring", "status": "draft"}])
    );
    admin.post(&format!("/v1/campaigns/{campaign}/cancel"), json!({})).await.is(200);
    admin.delete(&path).await.is(204);
    let kept = admin.get(&format!("/v1/campaigns/{campaign}")).await.is(200);
    assert_eq!(kept["group_name"], "North");
}
