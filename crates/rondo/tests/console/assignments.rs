//! Assignments: the list, the file, the explanation, and passing a lead on.

use axum::http::{Method, StatusCode, header};
use futures_util::StreamExt as _;
use rondo::mail::tokens::{TokenKey, message_id};
use rondo::secrets::SecretKey;
use rondo_core::mail::ReplyLabel;
use serde_json::json;

use crate::thread::Thread;
use crate::world::World;

async fn assigned(world: &World, campaign: &str, email: &str) -> String {
    let made = world.qualify(campaign, email).await.is(201);
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_explanation_says_whose_turn_it_was_and_who_was_passed_over() {
    let world = World::new().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let cy = world.add_rep("Cy").await;
    let group = world.add_group("North", &[&ann, &bo, &cy]).await;
    let campaign = world.launched("Spring", &group).await;
    assigned(&world, &campaign, "one@x.example").await;
    let away = json!({"from": world.in_seconds(-60), "until": world.in_seconds(86_400)});
    world.admin().post(&format!("/v1/reps/{bo}/absences"), away).await.is(201);
    let second = assigned(&world, &campaign, "two@x.example").await;
    let viewer = world.viewer_browser().await;
    let page = viewer.get(&format!("/assignments/{second}")).await;
    page.says(&["Cy was next after Ann; Bo was passed over", "two@x.example → Cy", "<svg"]);
    page.says(&["Had the last turn", "Got this lead", "out of office until Tue 3 Nov, 12:00"]);
    page.says(&["Turns of this campaign in North", "Ledger number"]).lacks(&["Pass it on"]);
    // Who comes and goes afterwards changes nothing.
    world.add_rep("Dee").await;
    let later = viewer.get(&format!("/assignments/{second}")).await;
    later.says(&["Bo was passed over"]).lacks(&["Dee"]);
}

#[tokio::test]
async fn a_turn_that_comes_back_to_whoever_had_the_last_one_is_a_turn() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    assigned(&world, &campaign, "one@x.example").await;
    let second = assigned(&world, &campaign, "two@x.example").await;
    let page = world.viewer_browser().await.get(&format!("/assignments/{second}")).await;
    page.says(&["Ann was next again", "<path class=\"line\""]);
    page.lacks(&["No turn was taken", "(unchanged)"]);
}

#[tokio::test]
async fn a_rep_sees_their_own_assignments_and_nothing_of_others() {
    let world = World::new().await;
    let (ann, bo) = (world.rep_browser("Ann").await, world.rep_browser("Bo").await);
    let group = world.add_group("North", &[&ann.rep, &bo.rep]).await;
    let campaign = world.launched("Spring", &group).await;
    let first = assigned(&world, &campaign, "one@x.example").await;
    let second = assigned(&world, &campaign, "two@x.example").await;
    ann.get("/assignments").await.says(&["My leads", "one@x.example"]).lacks(&["two@x.example"]);
    ann.get("/assignments.csv").await.says(&["one@x.example"]).lacks(&["two@x.example"]);
    let own = ann.get(&format!("/assignments/{first}")).await;
    own.says(&["You were the first to take a turn"]).lacks(&["Pass it on", "href=\"/leads"]);
    let others = ann.get(&format!("/assignments/{second}")).await;
    assert_eq!(others.status, StatusCode::FORBIDDEN);
    others.lacks(&["two@x.example"]);
    let others = ann.get(&format!("/assignments?rep={}", bo.rep)).await;
    assert_eq!(others.status, StatusCode::FORBIDDEN);
    let passed = ann.post(&format!("/assignments/{first}/reassign"), &[("to", "next")]).await;
    assert_eq!(passed.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_lead_is_passed_on_to_the_next_or_to_somebody() {
    let world = World::new().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let group = world.add_group("North", &[&ann, &bo]).await;
    let campaign = world.launched("Spring", &group).await;
    let first = assigned(&world, &campaign, "one@x.example").await;
    let admin = world.admin_browser().await;
    let pass = async |assignment: &str, to: &str| {
        let form = [("to", to), ("note", "Knows the lead")];
        admin.post(&format!("/assignments/{assignment}/reassign"), &form).await
    };
    let there = pass(&first, "next").await;
    let there = there.leads_to();
    admin.get(there).await.says(&["one@x.example → Bo", "Passed on.", "Bo was next after Ann"]);
    let second = there.trim_start_matches("/assignments/").split('?').next().unwrap();
    let old = admin.get(&format!("/assignments/{first}")).await;
    old.says(&["passed on since", &format!("href=\"/assignments/{second}\"")]);
    old.lacks(&["id=\"pass-on\""]);
    assert_eq!(pass(second, &bo).await.leads_to(), format!("/assignments/{second}?done=stood"));
    let late = pass(&first, &ann).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let nobody = pass(second, "eve@acme.example").await;
    assert_eq!(nobody.status, StatusCode::BAD_REQUEST);
    assert!(nobody.text.contains("Knows the lead"), "{}", nobody.text);
    pass(second, "ann@acme.example").await.leads_to();
    let list = admin.get("/assignments").await;
    list.says(&["Passed on by a person", "Ann <span class=\"tag\">No longer theirs<"]);
    list.lacks(&[">Passed on<"]);
}

#[tokio::test]
async fn an_assignment_says_who_handed_the_lead_over_and_who_passed_it_on() {
    // R11
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let (bo, cy) = (world.add_rep("Bo").await, world.add_rep("Cy").await);
    let group = world.add_group("North", &[&ann.rep, &bo]).await;
    let campaign = world.launched("Spring", &group).await;
    let key = json!({"name": "Our CRM", "role": "router"});
    let key = world.admin().post("/v1/keys", key).await.is(201);
    let router = world.with_key(Some(key["api_key"].as_str().unwrap().to_owned()));
    let report = json!({"lead": {"email": "one@x.example"}});
    let made = router.post(&format!("/v1/campaigns/{campaign}/qualified"), report).await.is(201);
    let first = format!("/assignments/{}", made["id"].as_str().unwrap());
    let admin = world.admin_browser().await;
    admin.get(&first).await.says(&["Handed over by</dt><dd>Key Our CRM"]).lacks(&["Passed on"]);
    let pass = async |from: &str, to: &str| {
        let page = admin.post(&format!("{from}/reassign"), &[("to", to)]).await;
        page.leads_to().split('?').next().unwrap().to_owned()
    };
    let second = pass(&first, "next").await;
    let third = pass(&second, &cy).await;

    let page = admin.get(&first).await;
    page.says(&[&format!("to <a href=\"{second}\">Bo</a> by ada@acme.example, ")]);
    page.says(&[&format!("<a href=\"{third}\">Cy</a> has it now."), "No longer theirs"]);
    let page = admin.get(&second).await;
    page.says(&["Passed on by</dt><dd>ada@acme.example", "Passed on, by turn"]);
    page.says(&[&format!("Passed on from</dt><dd><a href=\"{first}\">Ann</a> <span")]);
    page.says(&["A person passed this lead on; Bo was next after Ann."]);
    page.says(&[&format!("to <a href=\"{third}\">Cy</a> by ada@acme.example, ")]);
    page.lacks(&["has it now"]);
    let page = admin.get(&third).await;
    page.says(&["Cy was not in North: a lead may be passed on to any rep."]);
    page.says(&[&format!("<a href=\"{second}\">Bo</a>")]).lacks(&["Handed over by"]);
    // Whoever had the lead is told who has it, and led nowhere.
    let own = ann.get(&first).await;
    own.says(&["to Bo by an admin, ", "Handed over by</dt><dd>another system"]);
    own.says(&["Cy has it now.", "No longer yours"]);
    own.lacks(&["ada@acme", "Our CRM", "one@x", &second, &third]);
}

#[tokio::test]
async fn what_the_assistant_hands_over_and_what_waited_is_said_to_be_so() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    thread.hears(&world, "Please call me.", ReplyLabel::HighIntent, Ok(())).await;
    let admin = world.admin_browser().await;
    let latest = async || {
        let list = admin.get("/assignments").await.text;
        let link = list.split("data-item href=\"").nth(1).unwrap();
        admin.get(link.split('"').next().unwrap()).await
    };
    latest().await.says(&["Handed over by</dt><dd>The assistant, which read"]);
    let campaign = format!("/v1/campaigns/{}", thread.campaign);
    world.admin().post(&format!("{campaign}/pause"), json!({})).await.is(200);
    world.qualify(&thread.campaign, "max@customer.example").await.is(202);
    world.admin().post(&format!("{campaign}/resume"), json!({})).await.is(200);
    world.pass(1).await;
    latest().await.says(&["max@customer.example", "Rondo, when the lead’s wait was over"]);
    // A person did not let a lead wait any longer.
    world.admin().post(&format!("{campaign}/pause"), json!({})).await.is(200);
    world.qualify(&thread.campaign, "eve@customer.example").await.is(202);
    let eve = world.admin().get("/v1/leads?email=eve@customer.example").await.is(200);
    let eve = format!("/v1/conversations?lead={}", eve["items"][0]["id"].as_str().unwrap());
    let eve = world.admin().get(&eve).await.is(200)["items"][0]["id"].clone();
    let forward = format!("/conversations/{}/forward", eve.as_str().unwrap());
    admin.post(&forward, &[("to", &thread.rep)]).await.leads_to();
    latest().await.says(&["eve@customer.example", "Handed over by</dt><dd>ada@acme.example"]);
}

#[tokio::test]
async fn q4_what_a_key_delivers_is_handed_over_by_the_assistant_who_read_it() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let key = json!({"name": "Inbound", "role": "mailbox", "mailbox": thread.mailbox});
    let key = world.admin().post("/v1/keys", key).await.is(201);
    let inbound = world.with_key(key["api_key"].as_str().map(str::to_owned));
    let inbound = inbound.with("content-type", "message/rfc822");
    let first = thread.shown(&world).await["messages"][0]["id"].as_str().unwrap().parse().unwrap();
    let secret = SecretKey::parse(&"07".repeat(32)).unwrap();
    let first = message_id(&TokenKey::new(&secret), first, "kim@acme.example");
    let raw = format!(
        "From: Lea <lea@customer.example>\r\nTo: kim@acme.example\r\nSubject: Re: Northgate\r\n\
         Message-ID: <yes@customer.example>\r\nIn-Reply-To: <{first}>\r\n\r\nYes, I am interested. \
         Please call me tomorrow at 10 and send me a quote. My number is +49 30 901820.\r\n"
    );
    let path = format!("/v1/mailboxes/{}/messages", thread.mailbox);
    let taken = inbound.send(Method::POST, &path, Some(raw)).await.is(202);
    assert_eq!(taken["decision"], "auto", "{taken}");
    let assignment = &thread.shown(&world).await["assignment"]["id"];
    let viewer = world.viewer_browser().await;
    let page = viewer.get(&format!("/assignments/{}", assignment.as_str().unwrap())).await;
    page.says(&["Handed over by</dt><dd>The assistant, which read"]).lacks(&["Inbound"]);
}

#[tokio::test]
async fn an_owner_outside_of_the_group_is_said_to_be_so() {
    // R6
    let world = World::new().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    let owned = async |email: &str, owner: &str| {
        let report = json!({"lead": {"email": email, "owner": owner}});
        let path = format!("/v1/campaigns/{campaign}/qualified");
        let made = world.admin().post(&path, report).await.is(201);
        format!("/assignments/{}", made["id"].as_str().unwrap())
    };
    let viewer = world.viewer_browser().await;
    let page = viewer.get(&owned("one@x.example", &bo).await).await;
    page.says(&[
        "Bo owns this lead",
        "Bo was not in North: a lead goes to its owner all the same.",
    ]);
    viewer.get(&owned("two@x.example", &ann).await).await.lacks(&["was not in North"]);
}

#[tokio::test]
async fn whoever_is_the_only_one_there_cannot_pass_on_to_the_next() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    let first = assigned(&world, &campaign, "one@x.example").await;
    let admin = world.admin_browser().await;
    let page = admin.post(&format!("/assignments/{first}/reassign"), &[("to", "next")]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("name a rep, add one, or end an absence"), "{}", page.text);
}

#[tokio::test]
async fn a_note_is_not_signed_by_whoever_gives_a_lead_that_waited_to_a_rep() {
    let world = World::new().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let north = world.add_group("North", &[&ann]).await;
    let absence = json!({"from": world.in_seconds(60), "until": world.in_seconds(7200)});
    world.admin().post(&format!("/v1/reps/{ann}/absences"), absence).await.is(201);
    let campaign = world.launched("Spring", &north).await;
    world.pass(120).await;
    let report = json!({"lead": {"email": "one@x.example"}, "note": "Saw us in Bonn."});
    let path = format!("/v1/campaigns/{campaign}/qualified");
    let waits = world.admin().post(&path, report).await.is(202);
    let thread = format!("/conversations/{}", waits["conversation"].as_str().unwrap());
    let admin = world.admin_browser().await;
    admin.post(&format!("{thread}/forward"), &[("to", &bo)]).await.leads_to();
    let page = admin.get(&thread).await;
    page.says(&["Bo", "<span class=\"said\">Saw us in Bonn."]);
    page.lacks(&["<span class=\"quiet\">ada@acme.example, "]);
}

#[tokio::test]
async fn a_note_stays_with_the_assignment_that_it_was_written_for() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let bo = world.rep_browser("Bo").await;
    let group = world.add_group("North", &[&ann.rep, &bo.rep]).await;
    let campaign = world.launched("Spring", &group).await;
    let report = json!({"lead": {"email": "one@x.example"}, "note": "Saw us in Bonn."});
    let path = format!("/v1/campaigns/{campaign}/qualified");
    let made = world.admin().post(&path, report).await.is(201);
    let first = format!("/assignments/{}", made["id"].as_str().unwrap());
    let thread = format!("/conversations/{}", made["conversation"].as_str().unwrap());
    let admin = world.admin_browser().await;
    let pass = async |from: &str, to: &str, note: &str| {
        let form = [("to", to), ("note", note)];
        let page = admin.post(&format!("{from}/reassign"), &form).await;
        page.leads_to().split('?').next().unwrap().to_owned()
    };
    let (bonn, french) =
        ("<span class=\"said\">Saw us in Bonn.", "<span class=\"said\">Speaks French.");
    admin.get(&first).await.says(&[bonn]);
    ann.get(&thread).await.says(&[bonn]);
    let second = pass(&first, &bo.rep, "Speaks French.").await;
    let by_ada = [french, "<span class=\"quiet\">ada@acme.example, Mon 2 Nov"];
    admin.get(&second).await.says(&by_ada).lacks(&[bonn]);
    admin.get(&thread).await.says(&by_ada).lacks(&[bonn]);
    bo.get(&thread).await.says(&[french, "<span class=\"quiet\">an admin, "]).lacks(&["ada@"]);
    let note = world.admin().get(&format!("/v1{thread}")).await.is(200)["note"].clone();
    assert_eq!(note, "Speaks French.");
    let third = pass(&second, &ann.rep, "").await;
    // Each is read where it belongs, and what is said of the lead by whoever has it alone.
    admin.get(&first).await.says(&[bonn]).lacks(&[french]);
    admin.get(&second).await.says(&by_ada).lacks(&[bonn]);
    for path in [&third, &thread] {
        admin.get(path).await.lacks(&[bonn, french]);
    }
    bo.get(&second).await.lacks(&[french]);
    let lead = format!("/v1/leads/{}", made["lead"].as_str().unwrap());
    world.admin().delete(&lead).await.is(204);
    admin.get(&first).await.lacks(&[bonn]);
    admin.get(&second).await.says(&["An erased lead"]).lacks(&[french]);
}

#[tokio::test]
async fn assignments_are_found_by_a_part_of_the_leads_name() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let bo = world.add_rep("Bo").await;
    let group = world.add_group("North", &[&ann.rep, &bo]).await;
    let campaign = world.launched("Spring", &group).await;
    let path = format!("/v1/campaigns/{campaign}/qualified");
    let mut made = Vec::new();
    for (email, name) in [("lea@x.example", "Lea Stern"), ("max@y.example", "Max Stern")] {
        let report = json!({"lead": {"email": email, "name": name}});
        let one = world.admin().post(&path, report).await.is(201);
        made.push(format!("/assignments/{}", one["id"].as_str().unwrap()));
    }
    let admin = world.admin_browser().await;
    for found in ["find=lea", "find=STERN+x.ex", &format!("find=stern&rep={}", ann.rep)] {
        let page = admin.get(&format!("/assignments?{found}")).await;
        page.says(&["Lea Stern", &made[0]]).lacks(&["Max Stern", "data-live=\""]);
        let file = admin.get(&format!("/assignments.csv?{found}")).await;
        file.says(&["Lea Stern"]).lacks(&["Max Stern"]);
    }
    let both = admin.get("/assignments?find=stern").await;
    both.says(&["Lea Stern", "Max Stern", "/assignments.csv?find=stern"]);
    assert!(both.text.find("Max Stern") < both.text.find("Lea Stern"), "{}", both.text);
    admin.get("/assignments?find=eve").await.says(&["No assignment fits"]);
    // A rep finds their own, and nobody whom they have no more.
    ann.get("/assignments?find=stern").await.says(&["Lea Stern"]).lacks(&["Max Stern"]);
    admin.post(&format!("{}/reassign", made[0]), &[("to", &bo)]).await.leads_to();
    ann.get("/assignments?find=stern").await.says(&["No assignment fits"]);
    ann.get("/assignments").await.says(&["A lead who was passed on", "No longer yours"]);
}

#[tokio::test]
async fn the_list_is_narrowed_and_paged_the_latest_first() {
    let world = World::new().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let group = world.add_group("North", &[&ann, &bo]).await;
    let campaign = world.launched("Spring", &group).await;
    let admin = world.admin_browser().await;
    admin.get("/assignments").await.says(&["No assignments yet"]);
    for number in 0..60 {
        assigned(&world, &campaign, &format!("lead{number:02}@x.example")).await;
    }
    let first = admin.get("/assignments").await;
    first.says(&["lead59@", "lead10@"]).lacks(&["lead09@"]);
    let at = first.text.split("href=\"/assignments?cursor=").nth(1).unwrap();
    let cursor = at.split('"').next().unwrap();
    let second = admin.get(&format!("/assignments?cursor={cursor}")).await;
    second.says(&["lead09@", "lead00@", "Newest"]).lacks(&["lead10@"]);
    let of_ann = format!("/assignments?rep={ann}&since=2026-11-02&until=2026-11-02");
    admin.get(&of_ann).await.says(&["lead58@"]).lacks(&["lead59@"]);
    admin.get("/assignments?until=2026-11-01").await.says(&["No assignment fits"]);
    admin.get("/assignments?since=soon").await.says(&["is no date such as 2026-11-02"]);
    let turned = "since=2026-11-03&until=2026-11-02";
    let page = admin.get(&format!("/assignments?{turned}")).await;
    page.says(&["id=\"until-error\">This is earlier than the first day."]);
    let file = admin.get(&format!("/assignments.csv?{turned}")).await;
    assert_eq!(file.status, StatusCode::BAD_REQUEST);
    admin.get("/assignments?since=2026-11-02&until=2026-11-02").await.lacks(&["until-error"]);
    let file = admin.get("/assignments.csv?since=soon").await;
    assert_eq!(file.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn everybody_reads_why_in_their_own_hours() {
    let world = World::new().await;
    let zone = json!({"time_zone": "Asia/Tokyo"});
    world.admin().patch("/v1/settings", zone).await.is(200);
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let cy = world.rep_browser("Cy").await;
    let group = world.add_group("North", &[&ann, &bo, &cy.rep]).await;
    let campaign = world.launched("Spring", &group).await;
    assigned(&world, &campaign, "one@x.example").await;
    let away = json!({"from": world.in_seconds(-60), "until": world.in_seconds(86_400)});
    world.admin().post(&format!("/v1/reps/{bo}/absences"), away).await.is(201);
    let second = assigned(&world, &campaign, "two@x.example").await;
    let viewer = world.viewer_browser().await;
    // The team is in Tokyo, Cy where it is midday.
    let why = |cy, hour| {
        format!("{cy} next after Ann; Bo was passed over: out of office until Tue 3 Nov, {hour}.")
    };
    let (tokyo, midday) = (&*why("Cy was", "21:00"), &*why("You were", "12:00"));
    let own = format!("/reps/{}", cy.rep);
    for path in ["/assignments", &format!("/assignments/{second}"), &own] {
        viewer.get(path).await.says(&[tokyo]).lacks(&[midday]);
        cy.get(path).await.says(&[midday]).lacks(&[tokyo]);
    }
    let told = cy.get(&own).await.text.matches(midday).count();
    assert_eq!(told, 2, "beside the turn and beside the lead");
    viewer.get(&format!("/campaigns/{campaign}")).await.says(&[tokyo]);
    // Programs are told the same in a zone that is theirs everywhere.
    let told = world.admin().get(&format!("/v1/assignments/{second}")).await.is(200);
    let told = told["why"].as_object().unwrap();
    let sentence = told["sentence"].as_str().unwrap();
    assert!(sentence.ends_with("out of office until 3 Nov 2026 12:00 UTC."), "{sentence}");
    let names: Vec<_> = told.keys().map(String::as_str).collect();
    let known = ["sentence", "cursor_before", "cursor_after", "passed_over", "passed_over_count"];
    assert!(names.len() == known.len() && known.iter().all(|name| names.contains(name)));
}

#[tokio::test]
async fn the_file_is_whole_however_many_there_are() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    let lead = |number: u32| json!({"lead": {"email": format!("lead{number:04}@x.example")}});
    let items: Vec<_> = (0..1_100).map(lead).collect();
    let batch = format!("/v1/campaigns/{campaign}/qualified/batch");
    world.admin().post(&batch, json!({"items": items})).await.is(200);
    let file = world.viewer_browser().await.get("/assignments.csv").await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.text.lines().count(), 1 + 1_100);
    assert_eq!(file.text.matches("decided_at,").count(), 1);
    for number in 0..1_100 {
        assert!(file.text.contains(&format!("lead{number:04}@x.example")), "{number}");
    }
}

#[tokio::test]
async fn a_file_breaks_off_where_its_session_ends() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    let lead = |number: u32| json!({"lead": {"email": format!("lead{number:04}@x.example")}});
    let items: Vec<_> = (0..1_100).map(lead).collect();
    let batch = format!("/v1/campaigns/{campaign}/qualified/batch");
    world.admin().post(&batch, json!({"items": items})).await.is(200);
    let viewer = world.viewer_browser().await;
    let mut file = viewer.open("/assignments.csv").await.into_data_stream();
    let mut lines = 0;
    // Signed out before the last of three pieces.
    for is_last_seen in [false, true] {
        let piece = file.next().await.unwrap().unwrap();
        lines += piece.iter().filter(|byte| **byte == b'\n').count();
        if is_last_seen {
            viewer.post("/sign-out", &[]).await.leads_to();
        }
    }
    assert_eq!(lines, 1 + 1_000);
    assert!(file.next().await.unwrap().is_err(), "nobody takes it for the whole");
}

#[tokio::test]
async fn no_cell_of_the_file_is_a_formula() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("=1+1", &group).await;
    let report =
        json!({"lead": {"email": "+eve@x.example", "name": "@SUM(A1)", "company": "-1, \"x\""}});
    world.admin().post(&format!("/v1/campaigns/{campaign}/qualified"), report).await.is(201);
    let file = world.admin_browser().await.get("/assignments.csv").await;
    file.says(&[",'=1+1,'+eve@x.example,'@SUM(A1),\"'-1, \"\"x\"\"\",Ann,turn,"]);
    assert_eq!(file.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    assert_eq!(
        file.headers[header::CONTENT_DISPOSITION],
        "attachment; filename=\"assignments.csv\""
    );
}
