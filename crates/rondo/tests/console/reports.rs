//! What became of leads, in reports.

use axum::http::StatusCode;
use rondo_core::mail::ReplyLabel;
use serde_json::json;

use crate::browser::Page;
use crate::thread::Thread;
use crate::world::World;

/// The counts of a campaign's row, as far as they are in the file.
fn row<'p>(csv: &'p Page, campaign: &str) -> &'p str {
    let row = csv.text.lines().find(|line| line.starts_with(campaign));
    row.unwrap_or_else(|| panic!("{campaign} in {}", csv.text))
}

#[tokio::test]
async fn what_became_of_leads_is_told_for_all_and_by_campaign() {
    let world = World::new().await;
    let lea = Thread::begun(&world).await;
    let [max, ida, tom] = ["max@customer.example", "ida@customer.example", "tom@customer.example"];
    let (max, ida) = (lea.beside(&world, max).await, lea.beside(&world, ida).await);
    lea.beside(&world, tom).await;
    lea.hears(&world, "Please call me.", ReplyLabel::HighIntent, Ok(())).await;
    max.hears(&world, "No, thanks.", ReplyLabel::NotInterested, Ok(())).await;
    ida.hears(&world, "Which languages?", ReplyLabel::Question, Ok(())).await;
    // A campaign that is cancelled, with one lead at a rep and one whom nobody wrote to.
    let group = world.add_group("South", &[&lea.rep]).await;
    let autumn = world.launched("Autumn", &group).await;
    world.qualify(&autumn, "zoe@customer.example").await.is(201);
    let joins = json!({"email": "kai@customer.example"});
    world.admin().post(&format!("/v1/campaigns/{autumn}/leads"), joins).await.is(200);

    let vic = world.viewer_browser().await;
    let csv = vic.get("/reports/outcomes.csv?days=7").await;
    let head = "campaign_id,campaign,conversations,with_rep,waiting_for_rep,in_review,awaiting_lead,awaiting_assistant,not_begun,not_interested,unresponsive,unsubscribed,bounced,cancelled";
    assert_eq!(csv.text.trim_start_matches('\u{feff}').lines().next(), Some(head));
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert!(row(&csv, &lea.campaign).ends_with(",Spring,4,1,0,1,1,0,0,1,0,0,0,0"), "{}", csv.text);
    assert!(row(&csv, &autumn).ends_with(",Autumn,2,1,0,0,0,0,1,0,0,0,0,0"), "{}", csv.text);
    world.admin().post(&format!("/v1/campaigns/{autumn}/cancel"), json!({})).await.is(200);
    let csv = vic.get("/reports/outcomes.csv?days=7").await;
    assert!(row(&csv, &autumn).ends_with(",Autumn,2,1,0,0,0,0,0,0,0,0,0,1"), "{}", csv.text);

    let page = vic.get("/reports?days=7").await;
    page.says(&["Outcomes", "All campaigns", "High intent, with a rep", "33.3 %", "16.7 %"]);
    page.says(&["class=\"part with_rep\"", "<title>In review: 1</title>", "/reports/outcomes.csv"]);
    page.says(&["Spring", "Autumn", "All figures by campaign"]);
    page.lacks(&["class=\"part bounced\" x", "Nobody joined"]);

    // Those who joined before are left out.
    world.pass(3 * 24 * 3600).await;
    world
        .admin()
        .post(
            &format!("/v1/campaigns/{}/leads", lea.campaign),
            json!({"email": "eva@customer.example"}),
        )
        .await
        .is(200);
    let csv = vic.get("/reports/outcomes.csv?days=2").await;
    assert!(row(&csv, &lea.campaign).contains(",Spring,1,"), "{}", csv.text);
    assert!(!csv.text.contains("Autumn"), "{}", csv.text);
    let all = vic.get("/reports/outcomes.csv?days=30").await;
    assert!(row(&all, &lea.campaign).contains(",Spring,5,"), "{}", all.text);
    vic.get("/reports?days=2").await.says(&[
        "No handovers in this time",
        "All campaigns",
        "100.0 %",
    ]);
}

#[tokio::test]
async fn without_leads_it_says_when_outcomes_appear_and_reps_see_none() {
    let world = World::new().await;
    let vic = world.viewer_browser().await;
    vic.get("/reports").await.says(&[
        "Nobody joined a campaign in this time",
        "Outcomes appear as soon as a campaign has leads.",
    ]);
    let csv = vic.get("/reports/outcomes.csv").await;
    assert_eq!(csv.text.lines().count(), 1);
    let ann = world.rep_browser("Ann").await;
    assert_eq!(ann.get("/reports/outcomes.csv").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn circles_that_took_no_turns_are_neither_drawn_nor_counted() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let north = world.add_group("North", &[&ann]).await;
    for n in 1..=12 {
        let campaign = world.launched(&format!("Campaign {n}."), &north).await;
        if n != 2 {
            world.qualify(&campaign, &format!("lead{n}@customer.example")).await.is(201);
        }
    }
    let vic = world.viewer_browser().await;
    let silent = "<p class=\"quiet\">Campaign 2.</p>";
    let first = vic.get("/reports").await;
    first.says(&["Circles 1 to 10 of 11", "<p class=\"quiet\">Campaign 11.</p>"]).lacks(&[silent]);
    let last = "<p class=\"quiet\">Campaign 12.</p>";
    // A page beyond the last is the last.
    for page in ["2", "7"] {
        let path = format!("/reports?days=30&circles={page}");
        vic.get(&path).await.says(&["Circle 11 of 11", last]).lacks(&["circles=3", silent]);
    }
}

#[tokio::test]
async fn what_counts_as_a_turn_is_told_as_it_is_counted() {
    // R10
    let world = World::new().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let north = world.add_group("North", &[&ann, &bo]).await;
    let spring = world.launched("Spring", &north).await;
    world.pass(86_400).await;
    let made = world.qualify(&spring, "lea@customer.example").await.is(201);
    let pass = async |assignment: &str, to: &str| {
        let path = format!("/v1/assignments/{assignment}/reassign");
        let made = world.admin().post(&path, json!({"to": to})).await.is(201);
        made["id"].as_str().unwrap().to_owned()
    };
    // Ann by turn, Bo as the next, Ann by name.
    let second = pass(made["id"].as_str().unwrap(), "next").await;
    pass(&second, &ann).await;
    let vic = world.viewer_browser().await;
    let file = vic.get("/reports/reps.csv?days=1").await.text;
    assert!(file.contains(",Ann,2,1,") && file.contains(",Bo,1,1,"), "{file}");
    vic.get("/reports?days=1").await.says(&[
        "one that a person passes on to a rep by name",
        "Passing a lead on to whoever is next takes another turn",
        "A lead that was passed on counts once for each rep who got it.",
        "Days are in UTC.",
    ]);
}

#[tokio::test]
async fn leads_passed_on_to_the_next_explain_why_somebody_is_further_ahead() {
    // R10
    let world = World::new().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let north = world.add_group("North", &[&ann, &bo]).await;
    let spring = world.launched("Spring", &north).await;
    world.pass(86_400).await;
    let next = json!({"to": "next"});
    for pair in ["a", "b"] {
        let of_ann = world.qualify(&spring, &format!("{pair}1@customer.example")).await.is(201);
        world.qualify(&spring, &format!("{pair}2@customer.example")).await.is(201);
        // The next after Bo is Ann, who has this lead: Bo takes one more.
        let path = format!("/v1/assignments/{}/reassign", of_ann["id"].as_str().unwrap());
        world.admin().post(&path, next.clone()).await.is(201);
    }
    let page = world.viewer_browser().await.get("/reports?days=1").await;
    page.says(&["more than 1 turn apart: leads were passed on to the next", "up to 1 is even"]);
}
