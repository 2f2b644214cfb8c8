//! Out of office over HTTP, and the guard of the last rep.

use serde_json::json;

use crate::world::{World, id};

#[tokio::test]
async fn a_rep_goes_away_and_comes_back() {
    let world = World::new().await;
    let (ann, _bo) = (world.rep("Ann").await, world.rep("Bo").await);
    let path = format!("/v1/reps/{}/out-of-office", ann.rep);
    let until = world.in_seconds(3600);
    let away = ann.put(&path, json!({"until": until, "note": "dentist"})).await.is(200);
    assert_eq!(away["available"], false);
    assert_eq!(away["out_of_office"]["until"], json!(until));
    assert_eq!(away["out_of_office"]["back_at"], json!(until));
    assert_eq!(away["out_of_office"]["note"], "dentist");
    let back = ann.delete(&path).await.is(200);
    assert_eq!(back["available"], true);
    assert_eq!(back["out_of_office"], json!(null));
    // An empty body says as little as an empty object.
    ann.send(axum::http::Method::PUT, &path, None).await.is(200);
}

#[tokio::test]
async fn days_are_whole_in_the_reps_own_zone_with_the_last_one_included() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let rep = format!("/v1/reps/{ann}");
    world.admin().patch(&rep, json!({"time_zone": "America/New_York"})).await.is(200);
    let dates = json!({"from": "2026-12-03", "until": "2026-12-05", "note": "skiing"});
    let absence = world.admin().post(&format!("{rep}/absences"), dates).await.is(201);
    assert_eq!(absence["from"], "2026-12-03T05:00:00Z");
    assert_eq!(absence["until"], "2026-12-06T05:00:00Z");
    assert_eq!(absence["dates"], json!({"from": "2026-12-03", "until": "2026-12-05"}));
    assert_eq!(absence["source"], "entered");

    let path = format!("{rep}/absences/{}", id(&absence));
    let longer = world.admin().patch(&path, json!({"until": "2026-12-06"})).await.is(200);
    assert_eq!(longer["until"], "2026-12-07T05:00:00Z");
    assert_eq!(longer["note"], "skiing");
    let open = world.admin().patch(&path, json!({"until": null, "note": null})).await.is(200);
    assert_eq!((&open["until"], &open["note"]), (&json!(null), &json!(null)));
    world.admin().delete(&path).await.is(204);
    world.admin().get(&path).await.is_problem("not-found");
}

#[tokio::test]
async fn an_absence_that_makes_no_sense_is_refused() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let path = format!("/v1/reps/{ann}/absences");
    for (body, pointer) in [
        (json!({"from": "2026-12-05", "until": "2026-12-03"}), "/until"),
        (json!({"from": "2026-12-03", "until": "2026-12-05T10:00:00Z"}), "/until"),
        (json!({"from": "2026-13-03"}), "/from"),
        (json!({"from": "tomorrow"}), "/from"),
        (json!({"until": "2026-12-05"}), "/from"),
    ] {
        let problem = world.admin().post(&path, body).await.is_problem("invalid-request");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
}

#[tokio::test]
async fn the_last_available_rep_of_an_active_campaign_stays() {
    let world = World::new().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let group = world.add_group("North", &[&ann, &bo]).await;
    let campaign = world.add_campaign("Spring", &group).await;
    let admin = world.admin();
    let dates = json!({"from": "2026-12-03T00:00:00Z", "until": "2026-12-10T00:00:00Z"});
    admin.post(&format!("/v1/reps/{ann}/absences"), dates).await.is(201);

    // O3, O4: the open end is what stands in the way.
    let path = format!("/v1/reps/{bo}/out-of-office");
    let problem = admin.put(&path, json!({})).await.is_problem("last-available-rep");
    assert_eq!(problem["rep"], json!(bo));
    assert_eq!(problem["latest_until"], "2026-12-03T00:00:00Z");
    let blockers = problem["blockers"].as_array().unwrap();
    let blocker = blockers.iter().find(|blocker| blocker["group"] == json!(group)).unwrap();
    assert_eq!(blocker["campaign"], json!(campaign));
    assert_eq!(blocker["campaign_name"], "Spring");
    assert_eq!(blocker["group_name"], "North");
    assert_eq!(
        blocker["gaps"],
        json!([{"from": "2026-12-03T00:00:00Z", "until": "2026-12-10T00:00:00Z"}])
    );
    admin.put(&path, json!({"until": problem["latest_until"]})).await.is(200);
}
