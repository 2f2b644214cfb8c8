//! Sales groups on their pages: the circle, the members, the weeks to come.

use axum::http::StatusCode;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_admin_makes_renames_and_deletes_a_group() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let admin = world.admin_browser().await;
    admin.get("/groups").await.says(&["All sales reps", "One circle for everybody"]);
    let page = admin.post("/groups", &[("name", "EMEA")]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("needs at least one rep") && page.text.contains("value=\"EMEA\""));
    let made = admin.post("/groups", &[("name", "EMEA"), ("reps", &ann)]).await;
    let path = made.leads_to().split('?').next().unwrap().to_owned();
    admin.get(&path).await.says(&["<h1>EMEA</h1>", "Next: Ann", "no turn taken yet"]);
    let taken = admin.post(&format!("{path}/rename"), &[("name", "all sales reps")]).await;
    assert_eq!(taken.status, StatusCode::BAD_REQUEST);
    assert!(taken.text.contains("there is a group “All sales reps” already"));
    admin.post(&format!("{path}/rename"), &[("name", "North")]).await.leads_to();
    admin.get("/groups").await.says(&["North"]).lacks(&["EMEA"]);
    assert_eq!(admin.post(&format!("{path}/delete"), &[]).await.leads_to(), "/groups?done=deleted");
}

#[tokio::test]
async fn the_circle_tells_who_is_next_in_each_campaign() {
    let world = World::new().await;
    let mut reps = Vec::new();
    for name in ["Ann", "Bo", "Cy"] {
        reps.push(world.add_rep(name).await);
    }
    let group = world.add_group("EMEA", &[&reps[0], &reps[1], &reps[2]]).await;
    let spring = world.launched("Spring", &group).await;
    for name in ["Autumn", "Winter"] {
        let draft = json!({"name": name, "group": group, "rotation": "group"});
        world.admin().post("/v1/campaigns", draft).await.is(201);
    }
    world.qualify(&spring, "rosa@lead.example").await.is(201);
    let away = format!("/v1/reps/{}/out-of-office", reps[1]);
    world.admin().put(&away, json!({})).await.is(200);
    let viewer = world.viewer_browser().await;
    let path = format!("/groups/{group}");
    let page = viewer.get(&path).await;
    page.says(&[
        "The last turn was Ann’s. Next is Cy.",
        "These campaigns share their turns: each goes on after the last turn of any.",
        "class=\"seat gone\"",
        "Draw in the circle",
        "<span class=\"tag good\">Running</span>",
    ]);
    page.lacks(&["<form method=\"post\" action=\"/groups"]);
    let autumn = page.text.split("?of=").nth(1).unwrap().split('#').next().unwrap();
    viewer.get(&format!("{path}?of={autumn}")).await.says(&["No turn was taken yet. Next is Ann."]);
}

#[tokio::test]
async fn a_gap_is_seen_before_it_happens() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let bo = world.add_rep("Bo").await;
    let group = world.add_group("EMEA", &[&ann]).await;
    let admin = world.admin_browser().await;
    let path = format!("/groups/{group}");
    admin.get(&path).await.says(&["No gap"]);
    let leave = json!({"from": "2026-12-01T09:00:00Z", "until": "2026-12-03T09:00:00Z"});
    world.admin().post(&format!("/v1/reps/{ann}/absences"), leave).await.is(201);
    admin.get(&path).await.says(&["No active campaign uses this group, so no lead waits."]);
    let unused = "<span class=\"tag\">Gap</span> <span class=\"fine\">Tue 1 Dec, 09:00";
    admin.get("/groups").await.says(&[unused]);
    world.add_campaign("Spring", &group).await;
    let gap = "Nobody is there Tue 1 Dec, 09:00 until Thu 3 Dec, 09:00.";
    admin.get(&path).await.says(&[gap, "class=\"gap\"", "add a rep"]);
    admin.get("/groups").await.says(&["<span class=\"tag bad\">Gap</span>", "Tue 1 Dec, 09:00"]);
    admin.post(&format!("{path}/members"), &[("rep", &bo)]).await.leads_to();
    admin.get(&path).await.lacks(&[gap]).says(&["No gap", "2 members"]);
}

#[tokio::test]
async fn a_refusal_offers_ways_out() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let bo = world.add_rep("Bo").await;
    let group = world.add_group("EMEA", &[&ann]).await;
    let admin = world.admin_browser().await;
    let leave = format!("/groups/{group}/members/{ann}/remove");
    let alone = admin.post(&leave, &[]).await;
    assert_eq!(alone.status, StatusCode::CONFLICT);
    assert!(alone.text.contains("Nobody else is in “EMEA”"));
    assert!(alone.text.contains(&format!("href=\"/groups/{group}#add\"")));
    let campaign = world.add_campaign("Spring", &group).await;
    let used = admin.post(&format!("/groups/{group}/delete"), &[]).await;
    assert_eq!(used.status, StatusCode::CONFLICT);
    assert!(used.text.contains("Cancel or delete Spring"));
    assert!(used.text.contains(&format!("href=\"/campaigns/{campaign}\"")));
    admin.post(&format!("/groups/{group}/members"), &[("rep", &bo)]).await.leads_to();
    let away = json!({"from": "2026-12-01T09:00:00Z", "until": "2026-12-03T09:00:00Z"});
    world.admin().post(&format!("/v1/reps/{bo}/absences"), away).await.is(201);
    let guarded = admin.post(&leave, &[]).await;
    assert_eq!(guarded.status, StatusCode::CONFLICT);
    assert!(guarded.text.contains("Tue 1 Dec, 09:00 until Thu 3 Dec, 09:00"));
    // Every rep is in the group already: only another would help.
    guarded.lacks(&["Choose other dates", "Try again", &format!("href=\"/groups/{group}#add\"")]);
    guarded.refuses(StatusCode::CONFLICT, &["href=\"/reps/new\"", "Change Bo’s dates"]);
}

#[tokio::test]
async fn a_large_circle_is_drawn_around_the_last_turn() {
    let world = World::new().await;
    let mut reps = Vec::new();
    for number in 0..45 {
        reps.push(world.add_rep(&format!("Rep{number:02}")).await);
    }
    let ids: Vec<&str> = reps.iter().map(String::as_str).collect();
    let group = world.add_group("World", &ids).await;
    let page = world.viewer_browser().await.get(&format!("/groups/{group}")).await;
    page.says(&["The 40 of 45 around the last turn.", "45 members"]);
}
