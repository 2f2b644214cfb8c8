//! Reps: added, changed, removed.

use serde_json::json;

use crate::world::{World, id};

#[tokio::test]
async fn a_rep_is_added_shown_and_changed() {
    let world = World::new().await;
    let admin = world.admin();
    let rep = admin
        .post(
            "/v1/reps",
            json!({"name": " Ann Lee ", "email": "ann@acme.example", "phone": "+49 30 1", "time_zone": "Europe/Berlin", "calendar_link": "https://cal.example/ann"}),
        )
        .await
        .is(201);
    assert_eq!(rep["name"], "Ann Lee");
    assert_eq!(rep["available"], true);
    assert_eq!(rep["out_of_office"], json!(null));
    assert_eq!(rep["added_at"], "2026-11-02T12:00:00Z");
    assert_eq!(rep["groups"].as_array().unwrap().len(), 1);
    let path = format!("/v1/reps/{}", id(&rep));
    assert_eq!(admin.get(&path).await.is(200), rep);

    // Absent stays, null takes away.
    let changed = admin.patch(&path, json!({"phone": null, "name": "Ann Li"})).await.is(200);
    assert_eq!(changed["phone"], json!(null));
    assert_eq!(changed["name"], "Ann Li");
    assert_eq!(changed["calendar_link"], "https://cal.example/ann");
    admin.patch(&path, json!({"name": null})).await.is_problem("invalid-request");
}

#[tokio::test]
async fn two_reps_cannot_have_one_address() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let again = json!({"name": "Ann", "email": "ANN@acme.example"});
    let problem = world.admin().post("/v1/reps", again).await.is_problem("email-taken");
    assert_eq!(problem["holder"], json!(ann));
}

#[tokio::test]
async fn a_rep_who_owns_leads_leaves_with_a_decision_on_them() {
    let world = World::new().await;
    let admin = world.admin();
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let group = world.add_group("North", &[&ann, &bo]).await;
    let campaign = world.launched("Spring", &group).await;
    let assignment = world.qualify(&campaign, "lea@customer.example").await.is(201);
    assert_eq!(assignment["rep"], json!(ann));

    // G5
    let path = format!("/v1/reps/{ann}");
    let problem = admin.delete(&path).await.is_problem("rep-owns-leads");
    assert_eq!(problem["leads_owned"], 1);
    admin.delete(&format!("{path}?leads=transfer")).await.is_problem("invalid-request");
    admin.delete(&format!("{path}?leads=release&to={bo}")).await.is_problem("invalid-request");
    admin.delete(&format!("{path}?leads=transfer&to={bo}")).await.is(204);
    admin.get(&path).await.is_problem("not-found");

    let lead = admin.get(&format!("/v1/leads/{}", assignment["lead"].as_str().unwrap())).await;
    assert_eq!(lead.is(200)["owner"], json!(bo));
    let owned = admin.get(&format!("/v1/leads?owner={bo}")).await.is(200);
    assert_eq!(owned["items"].as_array().unwrap().len(), 1);
    let kept = admin.get(&format!("/v1/assignments/{}", id(&assignment))).await.is(200);
    assert_eq!(kept["rep_name"], "Ann");
}

#[tokio::test]
async fn a_change_of_the_time_zone_warns_of_absences_that_stay() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let path = format!("/v1/reps/{ann}");
    let dates = json!({"from": "2026-12-03", "until": "2026-12-05"});
    world.admin().post(&format!("{path}/absences"), dates).await.is(201);
    let moved = world.admin().patch(&path, json!({"time_zone": "Asia/Tokyo"})).await.is(200);
    assert_eq!(moved["warnings"][0]["code"], "absences-not-moved");
}
