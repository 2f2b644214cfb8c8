//! What people see first, and the reports.

use axum::http::StatusCode;

use crate::world::World;

#[tokio::test]
async fn a_new_team_is_told_how_to_begin_and_then_sees_what_happens() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    ada.get("/").await.says(&["Get the first lead to a rep", "Add your sales reps."]);
    let ann = world.add_rep("Ann").await;
    let north = world.add_group("North", &[&ann]).await;
    let spring = world.launched("Spring", &north).await;
    ada.get("/").await.says(&["Nothing waits for a person.", "No handovers yet today"]);
    world.qualify(&spring, "lea@customer.example").await.is(201);
    let page = ada.get("/").await;
    page.says(&["lea@customer.example", "Ann", "Spring"]);
    page.lacks(&["Get the first lead to a rep", ">No longer theirs<"]);
    // Whoever is handed over twice stands there twice.
    let bo = world.add_rep("Bo").await;
    let assignment = page.text.split("href=\"/assignments/").nth(1).unwrap();
    let assignment = assignment.split('"').next().unwrap();
    let to_bo = [("to", &*bo)];
    ada.post(&format!("/assignments/{assignment}/reassign"), &to_bo).await.leads_to();
    let page = ada.get("/").await;
    assert_eq!(page.text.matches(">lea@customer.example</a>").count(), 2, "{}", page.text);
    assert_eq!(
        page.text.matches("Ann</a> <span class=\"tag\">No longer theirs<").count(),
        1,
        "{}",
        page.text
    );
}

#[tokio::test]
async fn leads_without_a_rep_and_gaps_ahead_are_shown_with_their_cause() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let north = world.add_group("North", &[&ann]).await;
    let admin = world.admin();
    let absence =
        serde_json::json!({"from": world.in_seconds(3600), "until": world.in_seconds(7200)});
    admin.post(&format!("/v1/reps/{ann}/absences"), absence).await.is(201);
    let draft = world.add_campaign("Spring", &north).await;
    admin.post(&format!("/v1/campaigns/{draft}/launch"), serde_json::json!({})).await.is(200);
    let ada = world.admin_browser().await;
    ada.get("/").await.says(&["Nobody there", "North", "ahead", "Used by Spring"]);
    world.pass(3700).await;
    world.qualify(&draft, "lea@customer.example").await.is(202);
    ada.get("/").await.says(&["Leads without a rep", "1 waiting", "Nobody in", "now"]);
}

#[tokio::test]
async fn a_rep_is_led_to_their_own_page() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let own = format!("/reps/{}", ann.rep);
    assert_eq!(ann.get("/").await.leads_to(), own);
    ann.get(&own).await.says(&["My turns", "My leads"]).lacks(&[">Home<", ">Review<"]);
    assert_eq!(ann.get("/reports").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn turns_are_held_against_their_bound_and_can_be_taken_away_as_csv() {
    // R10
    let world = World::new().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("=Bo").await);
    let north = world.add_group("North", &[&ann, &bo]).await;
    let spring = world.launched("Spring", &north).await;
    world.pass(8 * 24 * 3600).await;
    for n in 0..5 {
        world.qualify(&spring, &format!("lead{n}@customer.example")).await.is(201);
    }
    let vic = world.viewer_browser().await;
    let page = vic.get("/reports?days=7").await;
    page.says(&["shared evenly", "5 handovers", "North", "Spring", "class=\"chart spread\""]);
    page.says(&["The longest bar stands for the most handovers.", "data-label=\"By turn\""]);
    page.lacks(&["turn apart<"]);
    let csv = vic.get("/reports/reps.csv?days=7").await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<_> = csv.text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "rep_id,rep,handovers,by_turn,answered,answer_seconds_average");
    assert!(lines[1].contains(",Ann,3,3,0,"), "{lines:?}");
    assert!(lines[2].contains(",'=Bo,2,2,0,"), "no spreadsheet takes it for a formula: {lines:?}");
    let groups = vic.get("/reports/groups.csv?days=7").await.text;
    assert!(groups.contains(",North,5,5,0,"), "{groups}");
    let fair = vic.get("/reports/fairness.csv?days=7").await.text;
    assert!(fair.contains("North,Spring,Ann,3,yes"), "{fair}");
}

#[tokio::test]
async fn where_nobody_was_there_all_of_the_time_nothing_is_drawn() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let north = world.add_group("North", &[&ann]).await;
    let spring = world.launched("Spring", &north).await;
    world.qualify(&spring, "rosa@customer.example").await.is(201);
    let page = world.viewer_browser().await.get("/reports?days=7").await;
    page.says(&["Nobody: everyone joined later"]).lacks(&["class=\"chart spread\"", "By day"]);
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_answered_with_a_page() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    for path in ["/reps?page=x", "/groups?page=x", "/reports?days=x", "/?done=a&done=b"] {
        ada.get(path).await.refuses(StatusCode::BAD_REQUEST, &["<h1>", "question mark"]);
    }
}

#[tokio::test]
async fn whose_leads_wait_longest_come_first_however_many_campaigns_there_are() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let north = world.add_group("North", &[&ann]).await;
    let absence =
        serde_json::json!({"from": world.in_seconds(3600), "until": world.in_seconds(90_000)});
    world.admin().post(&format!("/v1/reps/{ann}/absences"), absence).await.is(201);
    let mut campaigns = Vec::new();
    for name in ["One", "Two", "Three", "Four", "Five", "Sixth"] {
        campaigns.push(world.launched(name, &north).await);
    }
    world.pass(3700).await;
    for campaign in campaigns.iter().rev() {
        world.qualify(campaign, &format!("{campaign}@customer.example")).await.is(202);
        world.pass(60).await;
    }
    let page = world.admin_browser().await.get("/").await;
    page.says(&[">Sixth</a>", "1 more campaign</a>"]).lacks(&[">One</a>"]);
}

#[tokio::test]
async fn many_circles_are_paged_through_and_the_file_has_all() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let north = world.add_group("North", &[&ann]).await;
    for n in 1..=11 {
        let campaign = world.launched(&format!("Campaign {n}."), &north).await;
        world.qualify(&campaign, &format!("lead{n}@customer.example")).await.is(201);
    }
    let vic = world.viewer_browser().await;
    let first = vic.get("/reports").await;
    let circle = "<p class=\"quiet\">Campaign 11.</p>";
    first.says(&["Circles 1 to 10 of 11", "/reports?days=30&amp;circles=2"]).lacks(&[circle]);
    let second = vic.get("/reports?days=30&circles=2").await;
    second.says(&["Circle 11 of 11", circle, "11 handovers"]).lacks(&["circles=3"]);
    let file = vic.get("/reports/fairness.csv").await.text;
    assert_eq!(file.lines().count(), 12, "{file}");
}
