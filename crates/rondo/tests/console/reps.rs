//! Sales reps on their pages: presence, absences, places, and why leads went elsewhere.

use axum::http::StatusCode;
use serde_json::json;

use crate::browser::Page;
use crate::world::World;

#[tokio::test]
async fn an_admin_adds_a_rep_and_is_told_what_is_wrong_beside_each_field() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    admin.get("/reps").await.says(&["No sales reps yet", "Add a sales rep"]);
    let form =
        [("name", "Ann Berg"), ("email", "ann"), ("phone", "abc"), ("time_zone", "Mars/Olympus")];
    let page = admin.post("/reps", &form).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    for text in ["value=\"Ann Berg\"", "email-error", "is not a time zone", "phone-error"] {
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
    let form = [
        ("name", "Ann"),
        ("email", "ann@acme.example"),
        ("time_zone", "Europe/Berlin"),
        ("then", "another"),
    ];
    let page = admin.post("/reps", &form).await;
    let next = admin.get(page.leads_to()).await;
    next.says(&["Added. Who is next?", "<h1>Add a sales rep</h1>", "value=\"Europe/Berlin\" auto"]);
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
    ann.get(&own).await.says(&["Out of office", "Back Thu 5 Nov, in", "“flu”", "I am back"]);
    let viewer = world.viewer_browser().await;
    viewer.get(&own).await.says(&["Out of office"]).lacks(&[
        "flu",
        "Mark as back",
        "<form method=\"post\" action=\"/reps",
    ]);
    ann.get(page.leads_to()).await.says(&["new leads pass you over until you are back."]);
    let back = ann.post(&format!("{own}/back"), &[]).await;
    assert_eq!(back.leads_to(), format!("{own}?done=back"));
    ann.get(back.leads_to()).await.says(&["Back: you wait for your turn."]);
    viewer.get(back.leads_to()).await.says(&["Back: the rep waits for their turn."]);
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
        "Be away until the end of Thu 19 Nov",
        "name=\"until\" value=\"2026-11-19\"",
        "Choose other dates",
    ] {
        assert!(page.text.contains(text), "`{text}` is not in {}", page.text);
    }
    page.lacks(&["Cancel or delete"]);
    ann.post(&path, &[("until_at", "2026-11-20T00:00:00Z")]).await.leads_to();
    let admin = world.admin_browser().await;
    let page = admin.post(&format!("/reps/{bo}/away"), &[]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    for text in
        ["<button>Add a sales rep</button>".to_owned(), "Cancel or delete Spring".to_owned()]
    {
        assert!(page.text.contains(&text), "`{text}` is not in {}", page.text);
    }
}

#[tokio::test]
async fn the_latest_return_is_offered_for_what_was_asked() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let bo = world.add_rep("Bo").await;
    let group = world.add_group("EMEA", &[&ann.rep, &bo]).await;
    world.add_campaign("Spring", &group).await;
    let leave = json!({"from": "2026-12-15T00:00:00Z", "until": "2026-12-20T00:00:00Z"});
    world.admin().post(&format!("/v1/reps/{bo}/absences"), leave).await.is(201);
    let own = format!("/reps/{}", ann.rep);
    let path = format!("{own}/absences");
    let page = ann.post(&path, &[("from", "2026-12-01"), ("until", ""), ("note", "leave")]).await;
    page.refuses(StatusCode::CONFLICT, &["away from Tue 1 Dec 2026 until the end of Mon 14 Dec"]);
    page.lacks(&[&format!("action=\"{own}/away\"")]);
    ann.send_form(&page, &path, &[]).await.leads_to();
    let entered = ann.get(&own).await;
    entered.says(&["You take turns as they come", "Tue 1 Dec to Mon 14 Dec", "“leave”"]);
    // The same for an absence that is changed: it is changed, and no other is added.
    let change = absence_in(&entered);
    let open = [
        ("from", "2026-12-02"),
        ("from-was", "2026-12-01"),
        ("until", ""),
        ("until-was", "2026-12-14"),
        ("note", "rest"),
    ];
    let page = ann.post(&change, &open).await;
    page.refuses(StatusCode::CONFLICT, &["away from Wed 2 Dec 2026 until the end of Mon 14 Dec"]);
    ann.send_form(&page, &change, &[]).await.leads_to();
    let changed = ann.get(&own).await;
    changed.says(&["You take turns as they come", "Wed 2 Dec to Mon 14 Dec", "“rest”"]);
    assert_eq!(changed.text.matches("/remove\"><button class=\"small danger\"").count(), 1);
    // And for away from now, with the note.
    ann.post(&format!("{change}/remove"), &[]).await.leads_to();
    let page = ann.post(&format!("{own}/away"), &[("until", ""), ("note", "flu")]).await;
    page.refuses(StatusCode::CONFLICT, &["Be away until the end of Mon 14 Dec"]);
    ann.send_form(&page, &format!("{own}/away"), &[]).await.leads_to();
    ann.get(&own).await.says(&["Back Tue 15 Dec, in", "“flu”"]);
}

#[tokio::test]
async fn absences_that_overlap_are_taken_and_said_to() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let own = format!("/reps/{}", ann.rep);
    let path = format!("{own}/absences");
    let first = ann.post(&path, &[("from", "2026-12-08"), ("until", "2026-12-10")]).await;
    assert_eq!(first.leads_to(), format!("{own}?done=added"));
    ann.get(&own).await.lacks(&["Overlaps"]);
    let second = ann.post(&path, &[("from", "2026-12-10"), ("until", "2026-12-11")]).await;
    let page = ann.get(second.leads_to()).await;
    page.says(&["It overlaps with another absence", "Overlaps with: Tue 8 Dec to Thu 10 Dec."]);
    let third = ann.post(&path, &[("from", "2026-12-09"), ("until", "2026-12-11")]).await;
    let both = "Overlaps with: Tue 8 Dec to Thu 10 Dec and Thu 10 Dec to Fri 11 Dec.";
    ann.get(third.leads_to()).await.says(&[both]);
    let over = ann.post(&path, &[("from", "2026-10-01"), ("until", "2026-10-02")]).await;
    ann.get(over.leads_to()).await.says(&["Added. It lies in the past, so it changes no turn."]);
    let page = ann.post(&path, &[("from", "2026-12-08"), ("until", "2026-12-12")]).await;
    let fourth = ann.get(page.leads_to()).await;
    fourth.says(&["Overlaps with: Tue 8 Dec to Thu 10 Dec, Wed 9 Dec to Fri 11 Dec and"]);
    let long = "x".repeat(300);
    let third = [("from", "2026-12-15"), ("until", "2026-12-15"), ("note", long.as_str())];
    ann.post(&path, &third).await.leads_to();
    ann.get(&own).await.says(&["<details class=\"told\"><summary>“xxx", &long]);
}

#[tokio::test]
async fn only_what_was_over_before_its_change_changes_no_turn() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let own = format!("/reps/{}", ann.rep);
    let entered = ann.post(&format!("{own}/absences"), &[("from", "2026-10-01")]).await;
    let change = absence_in(&ann.get(entered.leads_to()).await);
    let ended = [("from", "2026-10-01"), ("from-was", "2026-10-01"), ("until", "2026-10-20")];
    let saved = ann.post(&change, &ended).await;
    assert_eq!(saved.leads_to(), format!("{own}?done=saved"));
    let ended = [("from", "2026-10-01"), ("from-was", "2026-10-01"), ("until", "2026-10-21")];
    let saved = ann.post(&change, &ended).await;
    assert_eq!(saved.leads_to(), format!("{own}?done=saved-past"));
    ann.get(saved.leads_to()).await.says(&["Saved. It lies in the past, so it changes no turn."]);
}

#[tokio::test]
async fn a_day_years_away_is_asked_about_once() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let own = format!("/reps/{}", ann.rep);
    let path = format!("{own}/absences");
    let page = ann.post(&path, &[("from", "2026-12-08"), ("until", "2099-12-10")]).await;
    page.refuses(
        StatusCode::BAD_REQUEST,
        &["This is more than two years from now; check the year"],
    );
    ann.send_form(&page, &path, &[]).await.leads_to();
    ann.get(&own).await.says(&["Tue 8 Dec to Thu 10 Dec 2099"]);
    // Another year is asked about again.
    let page = ann.post(&path, &[("from", "2226-12-08"), ("far-was", "2099-12-10")]).await;
    page.refuses(StatusCode::BAD_REQUEST, &["check the year"]);
}

/// Where the first absence of a rep's page is changed.
fn absence_in(page: &Page) -> String {
    let at = page.text.split("action=\"").find(|part| {
        part.contains("/absences/abs_") && !part.split('"').next().unwrap().ends_with("/remove")
    });
    at.unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn staying_away_for_longer_keeps_the_note_and_changes_the_absence_itself() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let own = format!("/reps/{}", ann.rep);
    ann.post(&format!("{own}/away"), &[("until", "2026-11-04"), ("note", "flu")]).await.leads_to();
    let page = ann.get(&own).await;
    page.lacks(&[&format!("action=\"{own}/away\"")]);
    let path = absence_in(&page);
    let form = page.form(&path);
    assert!(form.contains(&("until".to_owned(), "2026-11-04".to_owned())), "{form:?}");
    assert!(form.contains(&("note".to_owned(), "flu".to_owned())), "{form:?}");
    ann.send_form(&page, &path, &[("until", "2026-11-06")]).await.leads_to();
    ann.get(&own).await.says(&["Back Sat 7 Nov, in", "“flu”"]);
    ann.post(&format!("{own}/back"), &[]).await.leads_to();
    let entered =
        json!({"from": world.in_seconds(-60), "until": "2026-11-10T09:00:00Z", "note": "fair"});
    world.admin().post(&format!("/v1{own}/absences"), entered).await.is(201);
    let page = ann.get(&own).await;
    page.says(&["Back Tue 10 Nov, 09:00"]);
    ann.send_form(&page, &absence_in(&page), &[("until", "2026-11-05")]).await.leads_to();
    ann.get(&own).await.says(&["Back Fri 6 Nov, 00:00", "“fair”"]);
}

#[tokio::test]
async fn changing_one_day_of_an_absence_leaves_its_other_end() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let own = format!("/reps/{}", ann.rep);
    let until_two = json!({"from": "2026-12-01T09:00:00Z", "until": "2026-12-05T14:00:00Z"});
    world.admin().post(&format!("/v1{own}/absences"), until_two).await.is(201);
    let page = ann.get(&own).await;
    let path = absence_in(&page);
    ann.send_form(&page, &path, &[("from", "2026-12-02")]).await.leads_to();
    let page = ann.get(&own).await;
    page.says(&["Wed 2 Dec, 00:00 until Sat 5 Dec, 14:00"]);
    ann.post(&format!("{path}/remove"), &[]).await.leads_to();
    // Days are shown as they were entered, whatever the zone is by now.
    let days = [("from", "2026-12-05"), ("until", "2026-12-07"), ("note", "")];
    ann.post(&format!("{own}/absences"), &days).await.leads_to();
    let moved = json!({"time_zone": "America/New_York"});
    world.admin().patch(&format!("/v1{own}"), moved).await.is(200);
    let page = ann.get(&own).await;
    let path = absence_in(&page);
    let form = page.form(&path);
    assert!(form.contains(&("from".to_owned(), "2026-12-05".to_owned())), "{form:?}");
    assert!(form.contains(&("until".to_owned(), "2026-12-07".to_owned())), "{form:?}");
    ann.send_form(&page, &path, &[("until", "2026-12-08")]).await.leads_to();
    let absences = world.admin().get(&format!("/v1{own}/absences")).await.is(200);
    assert_eq!(absences["items"][0]["from"], "2026-12-05T00:00:00Z");
    assert_eq!(absences["items"][0]["until"], "2026-12-09T05:00:00Z");
}

#[tokio::test]
async fn a_form_that_is_sent_twice_is_done_once() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let own = format!("/reps/{}", ann.rep);
    let page = ann.get(&own).await;
    let days = [("from", "2026-12-05"), ("until", "2026-12-07")];
    for _ in 0..2 {
        ann.send_form(&page, &format!("{own}/absences"), &days).await.leads_to();
    }
    let absences = world.admin().get(&format!("/v1{own}/absences")).await.is(200);
    assert_eq!(absences["items"].as_array().unwrap().len(), 1);
    let admin = world.admin_browser().await;
    let page = admin.get("/reps/new").await;
    let bo = [("name", "Bo"), ("email", "bo@acme.example"), ("time_zone", "UTC")];
    let first = admin.send_form(&page, "/reps", &bo).await.leads_to().to_owned();
    assert_eq!(admin.send_form(&page, "/reps", &bo).await.leads_to(), first);
    // Another form with the same mark is another form.
    let cy = [("name", "Cy"), ("email", "cy@acme.example"), ("time_zone", "UTC")];
    assert_ne!(admin.send_form(&page, "/reps", &cy).await.leads_to(), first);
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
        "You were the first to take a turn.",
        "You had the turn before, so it went on to Bo.",
        "You were passed over: out of office until the end of Thu 5 Nov.",
        "Bo owned this lead already, so nobody’s turn was used.",
        "one@lead.example",
        "Passed over until you are back",
    ]);
    page.says(&["Another rep’s lead"]);
    page.lacks(&["two@lead.example", "three@lead.example", "four@lead.example"]);
    let viewer = world.viewer_browser().await;
    let page = viewer.get(&own).await;
    page.says(&["two@lead.example</a>", "three@lead.example</a>", "four@lead.example</a>"]);
    page.lacks(&["Another rep’s lead"]);
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
    admin.get("/reps").await.says(&[">Bo<", "data-label=\"Leads owned\">1</td>"]).lacks(&[">Ann<"]);
}

#[tokio::test]
async fn an_absence_that_was_found_is_offered_with_its_last_day() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let own = format!("/reps/{}", ann.rep);
    let page = ann.get(&format!("{own}?until=2026-11-09")).await;
    let form = page.form(&format!("{own}/absences"));
    assert!(form.contains(&("from".to_owned(), "2026-11-02".to_owned())), "{form:?}");
    assert!(form.contains(&("until".to_owned(), "2026-11-09".to_owned())), "{form:?}");
}

#[tokio::test]
async fn in_a_large_team_reps_are_chosen_by_their_address() {
    let world = World::new().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let group = world.add_group("EMEA", &[&ann]).await;
    let lead = json!({"email": "rosa@lead.example", "owner": ann});
    world.admin().post("/v1/leads", lead).await;
    for number in 0..302 {
        world.add_rep(&format!("R{number}")).await;
    }
    let admin = world.admin_browser().await;
    admin.get(&format!("/groups/{group}")).await.says(&["rep’s email address"]);
    let members = format!("/groups/{group}/members");
    admin
        .post(&members, &[("rep", "eve@acme.example")])
        .await
        .refuses(StatusCode::BAD_REQUEST, &["id=\"rep-error\"", "is no rep of your team"]);
    admin.post(&members, &[("rep", "bo@acme.example")]).await.leads_to();
    let remove = format!("/reps/{ann}/remove");
    let nobody = [("leads", "transfer"), ("to", "eve@acme.example")];
    admin
        .post(&remove, &nobody)
        .await
        .refuses(StatusCode::BAD_REQUEST, &["is no rep of your team"]);
    admin.post(&remove, &[("leads", "transfer"), ("to", "bo@acme.example")]).await.leads_to();
    let owned = world.admin().get("/v1/leads?email=rosa@lead.example").await.is(200);
    assert_eq!(owned["items"][0]["owner"], bo);
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

#[tokio::test]
async fn a_rep_finds_the_leads_they_own_and_no_others() {
    let world = World::new().await;
    let (bo, cy) = (world.rep_browser("Bo").await, world.rep_browser("Cy").await);
    for (email, owner) in [("lea@x.example", &bo.rep), ("max@x.example", &cy.rep)] {
        let lead = json!({"email": email, "owner": owner});
        world.admin().post("/v1/leads", lead).await.is(200);
    }
    let owned = format!("/reps/{}/leads", bo.rep);
    bo.get(&format!("/reps/{}", bo.rep)).await.says(&[&format!("href=\"{owned}\"")]);
    let page = bo.get(&owned).await;
    page.says(&["Leads you own", "lea@x.example", "Owner because", "named as the owner"]);
    page.lacks(&["max@x.example", "href=\"/leads/"]);
    assert_eq!(cy.get(&owned).await.status, StatusCode::FORBIDDEN);
    let viewer = world.viewer_browser().await;
    viewer.get(&owned).await.says(&["Leads that Bo owns", "href=\"/leads/"]);
}
