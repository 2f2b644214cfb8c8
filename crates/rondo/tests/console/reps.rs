//! Sales reps on their pages: presence, absences, places, and why leads went elsewhere.

use axum::http::StatusCode;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_admin_adds_a_rep_and_is_told_what_is_wrong_beside_each_field() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    admin.get("/reps").await.says(&["No sales reps yet", "Add a sales rep"]);
    let form = [("name", "Ann Berg"), ("email", "ann"), ("time_zone", "Mars/Olympus")];
    let page = admin.post("/reps", &form).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    for text in ["value=\"Ann Berg\"", "email-error", "is not a time zone"] {
        assert!(page.text.contains(text), "`{text}` is not in {}", page.text);
    }
    let form = [("name", "Ann Berg"), ("email", "ann@acme.example"), ("time_zone", "UTC")];
    let page = admin.post("/reps", &form).await;
    assert!(page.leads_to().starts_with("/reps/rep_"));
    admin.get(page.leads_to()).await.says(&["<h1>Ann Berg</h1>", "Available"]);
    let again = admin.post("/reps", &form).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(again.text.contains("This belongs to another rep already."));
}

#[tokio::test]
async fn reps_are_added_one_after_another_without_going_back() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let form = [("name", "Ann"), ("email", "ann@acme.example"), ("then", "another")];
    let page = admin.post("/reps", &form).await;
    admin.get(page.leads_to()).await.says(&["Added. Who is next?", "<h1>Add a sales rep</h1>"]);
    admin.get("/reps").await.says(&[">Ann<"]);
}

#[tokio::test]
async fn reps_are_found_by_a_part_of_their_name() {
    let world = World::new().await;
    for name in ["Ann", "Bo", "Joanna"] {
        world.add_rep(name).await;
    }
    let viewer = world.viewer_browser().await;
    let page = viewer.get("/reps?q=ANN").await;
    page.says(&[">Ann<", ">Joanna<"]).lacks(&[">Bo<", "Add a sales rep"]);
    viewer.get("/reps?q=Zoe").await.says(&["Nobody of that name", "show all 3"]);
}

#[tokio::test]
async fn a_rep_goes_out_of_office_and_comes_back_on_their_own_page() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let own = format!("/reps/{}", ann.rep);
    ann.get(&own).await.says(&["Why not me?", "You take turns as they come"]);
    let over = ann.post(&format!("{own}/away"), &[("until", "2026-11-01")]).await;
    assert_eq!(over.status, StatusCode::BAD_REQUEST);
    assert!(over.text.contains("This is over; choose today or a day to come."));
    let form = [("until", "2026-11-04"), ("note", "flu")];
    let page = ann.post(&format!("{own}/away"), &form).await;
    assert_eq!(page.leads_to(), format!("{own}?done=away"));
    ann.get(&own).await.says(&["Out of office", "Back Thu 5 Nov, 00:00", "“flu”", "I am back"]);
    let viewer = world.viewer_browser().await;
    viewer.get(&own).await.says(&["Out of office"]).lacks(&[
        "flu",
        "Mark as back",
        "<form method=\"post\" action=\"/reps",
    ]);
    assert_eq!(ann.post(&format!("{own}/back"), &[]).await.leads_to(), format!("{own}?done=back"));
    ann.get(&own).await.says(&["You take turns as they come"]);
}

#[tokio::test]
async fn absences_are_entered_changed_and_taken_back() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let own = format!("/reps/{}", ann.rep);
    let wrong = [("from", "2026-12-10"), ("until", "2026-12-08")];
    let page = ann.post(&format!("{own}/absences"), &wrong).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("This is before the first day away."));
    assert!(page.text.contains("value=\"2026-12-10\""));
    let right = [("from", "2026-12-08"), ("until", "2026-12-10"), ("note", "skiing")];
    ann.post(&format!("{own}/absences"), &right).await.leads_to();
    let page = ann.get(&own).await;
    page.says(&["Tue 8 Dec to Thu 10 Dec", "“skiing”", "<td class=\"out\">8<span"]);
    let path = page.text.split("action=\"").find(|part| part.contains("/absences/abs_")).unwrap();
    let path = path.split('"').next().unwrap().trim_end_matches("/remove").to_owned();
    let longer = [("from", "2026-12-08"), ("until", "2026-12-12"), ("note", "")];
    ann.post(&path, &longer).await.leads_to();
    ann.get(&own).await.says(&["Tue 8 Dec to Sat 12 Dec"]).lacks(&["skiing"]);
    ann.post(&format!("{path}/remove"), &[]).await.leads_to();
    ann.get(&own).await.says(&["No absences ahead."]);
}

#[tokio::test]
async fn the_last_rep_who_is_there_is_offered_the_latest_return() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let bo = world.add_rep("Bo").await;
    let group = world.add_group("EMEA", &[&ann.rep, &bo]).await;
    world.add_campaign("Spring", &group).await;
    let leave = json!({"from": "2026-11-20T00:00:00Z", "until": "2026-11-25T00:00:00Z"});
    world.admin().post(&format!("/v1/reps/{bo}/absences"), leave).await.is(201);
    let path = format!("/reps/{}/away", ann.rep);
    let page = ann.post(&path, &[("until", "")]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    for text in [
        "Spring on EMEA: nobody there",
        "Fri 20 Nov, 00:00 until Wed 25 Nov, 00:00",
        "Be away until Fri 20 Nov, 00:00",
        "name=\"until_at\" value=\"2026-11-20T00:00:00Z\"",
        "Choose other dates",
    ] {
        assert!(page.text.contains(text), "`{text}` is not in {}", page.text);
    }
    page.lacks(&["Cancel or discard"]);
    ann.post(&path, &[("until_at", "2026-11-20T00:00:00Z")]).await.leads_to();
    let admin = world.admin_browser().await;
    let page = admin.post(&format!("/reps/{bo}/away"), &[]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    for text in [format!("/groups/{group}#add"), "Cancel or discard Spring".to_owned()] {
        assert!(page.text.contains(&text), "`{text}` is not in {}", page.text);
    }
}

#[tokio::test]
async fn a_rep_reads_why_leads_went_to_others_and_not_whose_they_were() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let bo = world.add_rep("Bo").await;
    let group = world.add_group("EMEA", &[&ann.rep, &bo]).await;
    let campaign = world.launched("Spring", &group).await;
    for lead in ["one", "two"] {
        world.qualify(&campaign, &format!("{lead}@lead.example")).await.is(201);
    }
    let own = format!("/reps/{}", ann.rep);
    world
        .admin()
        .put(&format!("{}/out-of-office", format_args!("/v1{own}")), json!({"until": "2026-11-05"}))
        .await
        .is(200);
    world.qualify(&campaign, "three@lead.example").await.is(201);
    let owned = json!({"lead": {"email": "four@lead.example", "owner": bo}});
    world.admin().post(&format!("/v1/campaigns/{campaign}/qualified"), owned).await.is(201);
    let page = ann.get(&own).await;
    page.says(&[
        "Ann was the first to take a turn.",
        "You had the turn before, so it went on to Bo.",
        "You were passed over: out of office until Fri 6 Nov, 00:00.",
        "Bo owned this lead already, so it took no turn.",
        "one@lead.example",
        "Passed over until you are back",
    ]);
    page.lacks(&["two@lead.example", "three@lead.example", "four@lead.example"]);
}

#[tokio::test]
async fn a_place_is_told_by_who_comes_before() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let (bo, cy) = (world.add_rep("Bo").await, world.add_rep("Cy").await);
    let group = world.add_group("EMEA", &[&bo, &cy, &ann.rep]).await;
    world.launched("Spring", &group).await;
    let own = format!("/reps/{}", ann.rep);
    ann.get(&own).await.says(&["Third, after Bo and Cy", "seat 3 of 3"]);
}

#[tokio::test]
async fn removing_a_rep_asks_what_becomes_of_their_leads() {
    let world = World::new().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let admin = world.admin_browser().await;
    let path = format!("/reps/{ann}/remove");
    let group = world.add_group("EMEA", &[&ann]).await;
    admin.get(&path).await.says(&["Ann owns no leads", "Add a rep to EMEA"]);
    world.admin().delete(&format!("/v1/groups/{group}")).await;
    let lead = json!({"email": "rosa@lead.example", "owner": ann});
    world.admin().post("/v1/leads", lead).await;
    admin.get(&path).await.says(&["What becomes of the lead that Ann owns?", "To whom"]);
    for wrong in [&[][..], &[("leads", "transfer")][..]] {
        assert_eq!(admin.post(&path, wrong).await.status, StatusCode::BAD_REQUEST);
    }
    let page = admin.post(&path, &[("leads", "transfer"), ("to", &bo)]).await;
    assert_eq!(page.leads_to(), "/reps?done=removed");
    admin.get("/reps").await.says(&[">Bo<", "<td class=\"number\">1</td>"]).lacks(&[">Ann<"]);
}

#[tokio::test]
async fn a_place_in_the_list_that_somebody_made_up_is_none() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    for before in ["9223372036854775808", "18446744073709551615", "0"] {
        let page = ann.get(&format!("/reps/{}?before={before}", ann.rep)).await;
        assert_eq!(page.status, StatusCode::OK, "{before}: {}", page.text);
    }
}
