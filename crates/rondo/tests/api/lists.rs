//! Lists: pages, cursors, limits.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_list_is_paged_oldest_first_without_a_gap() {
    let world = World::new().await;
    for name in ["Ann", "Bo", "Cy", "Di", "Ed"] {
        world.add_rep(name).await;
    }
    let admin = world.admin();
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("/v1/reps?limit=2{cursor}")).await.is(200);
        let items = page["items"].as_array().unwrap();
        names.extend(items.iter().map(|rep| rep["name"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(names, ["Ann", "Bo", "Cy", "Di", "Ed"]);
}

#[tokio::test]
async fn a_limit_and_a_cursor_are_checked() {
    let world = World::new().await;
    let admin = world.admin();
    for query in [
        "limit=501",
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=",
        "cursor=",
        "cursor=abc",
        "offset=3",
        "limit=1&limit=2",
    ] {
        let problem = admin.get(&format!("/v1/reps?{query}")).await.is_problem("invalid-request");
        assert_eq!(problem["errors"][0]["in"], "query", "{query}: {problem}");
    }
    admin.get("/v1/reps?limit=500").await.is(200);
    // A cursor is good for its own list and its own team alone.
    for name in ["Ann", "Bo"] {
        world.add_rep(name).await;
    }
    let page = admin.get("/v1/reps?limit=1").await.is(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    admin.get(&format!("/v1/campaigns?cursor={cursor}")).await.is_problem("invalid-request");
    let other = world.other_team().await;
    other.get(&format!("/v1/reps?cursor={cursor}")).await.is_problem("invalid-request");
}

#[tokio::test]
async fn assignments_are_found_by_rep_campaign_and_time() {
    let world = World::new().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let group = world.add_group("North", &[&ann, &bo]).await;
    let campaign = world.launched("Spring", &group).await;
    for index in 0..6 {
        world.qualify(&campaign, &format!("lead{index}@customer.example")).await.is(201);
        world.clock.advance(std::time::Duration::from_secs(60));
    }
    let count = |query: String| {
        let admin = world.admin();
        async move {
            let listed = admin.get(&format!("/v1/assignments?{query}")).await.is(200);
            listed["items"].as_array().unwrap().len()
        }
    };
    assert_eq!(count(format!("rep={ann}")).await, 3);
    assert_eq!(count(format!("campaign={campaign}")).await, 6);
    assert_eq!(count("since=2026-11-02T12:02:00Z".to_owned()).await, 4);
    assert_eq!(count("since=2026-11-02T12:02:00Z&until=2026-11-02T12:04:00Z".to_owned()).await, 2);
    assert_eq!(count("until=2020-01-01T00:00:00Z".to_owned()).await, 0);
    let draft = world.add_campaign("Autumn", &group).await;
    assert_eq!(count(format!("campaign={draft}")).await, 0);
    assert_eq!(json!(0), 0);
}

#[tokio::test]
async fn a_filter_that_names_what_is_not_there_finds_nothing_to_list() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    let lead = world.qualify(&campaign, "lea@customer.example").await.is(201)["lead"].clone();
    let lead = lead.as_str().unwrap();
    let (admin, other) = (world.admin(), world.other_team().await);
    for (path, absent) in [
        (format!("/v1/conversations?lead={lead}"), "lead=lead_01kazzzzzzzzzzzzzzzzzzzzzz"),
        (
            format!("/v1/conversations?campaign={campaign}"),
            "campaign=cmp_01kazzzzzzzzzzzzzzzzzzzzzz",
        ),
        (format!("/v1/assignments?rep={ann}"), "rep=rep_01kazzzzzzzzzzzzzzzzzzzzzz"),
        (format!("/v1/assignments?campaign={campaign}"), "campaign=cmp_01kazzzzzzzzzzzzzzzzzzzzzz"),
        (format!("/v1/leads?owner={ann}"), "owner=rep_01kazzzzzzzzzzzzzzzzzzzzzz"),
        (format!("/v1/leads?campaign={campaign}"), "campaign=cmp_01kazzzzzzzzzzzzzzzzzzzzzz"),
    ] {
        assert_eq!(admin.get(&path).await.is(200)["items"].as_array().unwrap().len(), 1, "{path}");
        other.get(&path).await.is_problem("not-found");
        let list = path.split_once('?').unwrap().0;
        admin.get(&format!("{list}?{absent}")).await.is_problem("not-found");
    }
    // What was decided stays when the person is erased.
    admin.delete(&format!("/v1/leads/{lead}")).await.is(204);
    let kept = admin.get(&format!("/v1/conversations?lead={lead}")).await.is(200);
    assert_eq!(kept["items"].as_array().unwrap().len(), 1);
}
