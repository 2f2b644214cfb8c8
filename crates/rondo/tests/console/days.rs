//! Whole days away are told as days to whoever looks from another time zone (O1).

use axum::http::StatusCode;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn whole_days_of_a_rep_are_told_as_days_in_any_zone() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let rep = format!("/v1/reps/{ann}");
    world.admin().patch(&rep, json!({"time_zone": "Europe/Berlin"})).await.is(200);
    let group = world.add_group("EMEA", &[&ann]).await;
    let away = json!({"until": "2026-11-08"});
    world.admin().put(&format!("{rep}/out-of-office"), away).await.is(200);
    let leave = json!({"from": "2026-12-05", "until": "2026-12-06"});
    world.admin().post(&format!("{rep}/absences"), leave).await.is(201);
    let campaign = world.add_campaign("Spring", &group).await;
    // In UTC, she is back on Sunday at 23:00.
    let viewer = world.viewer_browser().await;
    let told = [
        ("/reps".to_owned(), "back Mon 9 Nov<"),
        (format!("/reps/{ann}"), "Back Mon 9 Nov, in"),
        (format!("/groups/{group}"), "Somebody is back Mon 9 Nov."),
        (format!("/groups/{group}"), "<td>Sat 5 Dec to Sun 6 Dec</td>"),
        (format!("/campaigns/{campaign}"), "out of office until the end of Sun 8 Nov"),
        ("/".to_owned(), "; Sat 5 Dec to Sun 6 Dec"),
    ];
    for (path, text) in told {
        viewer.get(&path).await.says(&[text]).lacks(&["23:00"]);
    }
}

#[tokio::test]
async fn times_beside_those_of_another_zone_say_in_which_they_are() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let leave = json!({"from": world.in_seconds(-60), "until": "2026-12-03T09:00:00Z"});
    world.admin().post(&format!("/v1/reps/{ann}/absences"), leave).await.is(201);
    let viewer = world.viewer_browser().await;
    let page = viewer.get(&format!("/reps/{ann}")).await;
    page.says(&["Back Thu 3 Dec, 09:00, in"]).lacks(&["09:00 (UTC)"]);
    let berlin = json!({"time_zone": "Europe/Berlin"});
    world.admin().patch(&format!("/v1/reps/{ann}"), berlin).await.is(200);
    viewer.get(&format!("/reps/{ann}")).await.says(&["until Thu 3 Dec, 09:00 (UTC)"]);
    viewer.get("/reps").await.says(&["back Thu 3 Dec, 09:00 (UTC)"]);
}

#[tokio::test]
async fn the_guard_tells_days_that_were_asked_for_as_days() {
    // O4
    let world = World::new().await;
    let [ann, ben] = ["Ann", "Ben"].map(|name| world.add_rep(name));
    let (ann, ben) = (ann.await, ben.await);
    for rep in [&ann, &ben] {
        let berlin = json!({"time_zone": "Europe/Berlin"});
        world.admin().patch(&format!("/v1/reps/{rep}"), berlin).await.is(200);
    }
    let group = world.add_group("EMEA", &[&ann, &ben]).await;
    world.add_campaign("Spring", &group).await;
    let leave = json!({"from": "2026-11-09", "until": "2026-11-20"});
    world.admin().post(&format!("/v1/reps/{ben}/absences"), leave).await.is(201);
    let admin = world.admin_browser().await;
    let path = format!("/reps/{ann}/absences");
    let page = admin.post(&path, &[("from", "2026-11-10"), ("until", "2026-11-12")]).await;
    page.refuses(
        StatusCode::CONFLICT,
        &[
            "nobody there <strong>Tue 10 Nov to Thu 12 Nov</strong>",
            "Ben</a> is away then, from Mon 9 Nov until the end of Fri 20 Nov.",
        ],
    );
    let page = admin.post(&path, &[("from", "2026-11-05"), ("until", "")]).await;
    let button = "Be away from Thu 5 Nov 2026 until the end of Sun 8 Nov";
    page.refuses(StatusCode::CONFLICT, &[button]);
    admin.send_form(&page, &path, &[]).await.leads_to();
}
