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
    // Somebody is there today: the campaign's pages tell who goes away soon, and when nobody will be there.
    let ben = add_rep_in(&world, "Ben", "Europe/Berlin").await;
    let north = world.add_group("North", &[&ben]).await;
    let short = json!({"from": "2026-11-10", "until": "2026-11-10"});
    world.admin().post(&format!("/v1/reps/{ben}/absences"), short).await.is(201);
    let autumn = world.add_campaign("Autumn", &north).await;
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
        (format!("/campaigns/{autumn}"), "Ben is out of office Tue 10 Nov."),
        (format!("/campaigns/{autumn}"), "will be available Tue 10 Nov."),
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
    // What the button says is what is entered.
    let absences = world.admin().get(&format!("/v1/reps/{ann}/absences")).await.is(200);
    let dates = json!({"from": "2026-11-05", "until": "2026-11-08"});
    assert_eq!(absences["items"][0]["dates"], dates);
    // Who stays away longer is told the days that are added.
    let change = format!("{path}/{}", absences["items"][0]["id"].as_str().unwrap());
    let longer = [("until", "2026-11-12"), ("until-was", "2026-11-08")];
    let page = admin.post(&change, &longer).await;
    page.refuses(StatusCode::CONFLICT, &["nobody there <strong>Mon 9 Nov to Thu 12 Nov</strong>"]);
}

/// A rep in a zone.
async fn add_rep_in(world: &World, name: &str, zone: &str) -> String {
    let rep = world.add_rep(name).await;
    world.admin().patch(&format!("/v1/reps/{rep}"), json!({"time_zone": zone})).await.is(200);
    rep
}

#[tokio::test]
async fn a_gap_between_midnights_of_two_zones_is_told_in_times() {
    // O4
    let world = World::new().await;
    let ann = add_rep_in(&world, "Ann", "Europe/Berlin").await;
    let lou = add_rep_in(&world, "Lou", "America/Los_Angeles").await;
    let group = world.add_group("World", &[&ann, &lou]).await;
    let enter = async |rep: &str, from: &str, until: &str| {
        let absence = json!({"from": from, "until": until});
        world.admin().post(&format!("/v1/reps/{rep}/absences"), absence).await.is(201);
    };
    // Nobody is there from 8 Nov, 23:00 UTC to 9 Nov, 08:00 UTC.
    enter(&ann, "2026-11-09", "2026-11-10").await;
    enter(&lou, "2026-11-07", "2026-11-08").await;
    // A week later, both are away on the same days: in Berlin they begin and end before they do in Los Angeles.
    enter(&ann, "2026-11-16", "2026-11-17").await;
    enter(&lou, "2026-11-16", "2026-11-17").await;
    let campaign = world.add_campaign("Spring", &group).await;
    let first = "Sun 8 Nov, 23:00 until Mon 9 Nov, 08:00";
    let second = "Mon 16 Nov, 08:00 until Tue 17 Nov, 23:00";
    let viewer = world.viewer_browser().await;
    let page = viewer.get(&format!("/groups/{group}")).await;
    page.says(&[&format!("<td>{first}</td>"), &format!("<td>{second}</td>")]);
    // Each of them is away for days of their own.
    page.says(&["<td>Mon 9 Nov to Tue 10 Nov</td>", "<td>Sat 7 Nov to Sun 8 Nov</td>"]);
    page.says(&["Ann: Mon 9 Nov to Tue 10 Nov", "Lou: Mon 16 Nov to Tue 17 Nov"]);
    viewer.get("/").await.says(&[first, second]);
    let caution = format!("will be available {first}; {second}.");
    viewer.get(&format!("/campaigns/{campaign}")).await.says(&[&caution]);
}

#[tokio::test]
async fn the_guard_offers_a_day_only_where_it_is_the_asking_reps_own() {
    // O4
    let world = World::new().await;
    let ann = add_rep_in(&world, "Ann", "Europe/Berlin").await;
    let lou = add_rep_in(&world, "Lou", "America/Los_Angeles").await;
    let group = world.add_group("World", &[&ann, &lou]).await;
    world.add_campaign("Spring", &group).await;
    let leave = json!({"from": "2026-11-16", "until": "2026-11-17"});
    world.admin().post(&format!("/v1/reps/{lou}/absences"), leave).await.is(201);
    let admin = world.admin_browser().await;
    let path = format!("/reps/{ann}/absences");
    let page = admin.post(&path, &[("from", "2026-11-05"), ("until", "")]).await;
    let button = "Be away from Thu 5 Nov 2026 until Mon 16 Nov, 08:00";
    let at = "name=\"until_at\" value=\"2026-11-16T08:00:00Z\"";
    let away = "Lou</a> is away then, from Mon 16 Nov until the end of Tue 17 Nov.";
    page.refuses(StatusCode::CONFLICT, &[button, at, away]);
}
