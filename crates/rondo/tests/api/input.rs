//! Bad input of every kind gets its problem, and repeats do nothing twice.

use axum::http::Method;
use rondo_core::command::{Command, RepPatch};
use serde_json::{Value, json};

use crate::world::{World, id};

#[tokio::test]
async fn every_mistake_of_a_body_is_named_at_once() {
    let world = World::new().await;
    let body = json!({"name": "a\u{0}b", "email": 7, "phone": "", "time_zone": "Mars", "colour": 1, "calendar_link": "javascript:1"});
    let problem = world.admin().post("/v1/reps", body).await.is_problem("invalid-request");
    let mut pointers: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap().to_owned())
        .collect();
    pointers.sort();
    assert_eq!(pointers, ["/calendar_link", "/colour", "/email", "/name", "/phone", "/time_zone"]);
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused() {
    let world = World::new().await;
    let admin = world.admin();
    for body in ["", "{", "[]", "null", "7", "\"text\"", "{\"name\": \"\\ud800\"}", "{}{}"] {
        let reply = admin.send(Method::POST, "/v1/reps", Some(body.to_owned())).await;
        reply.is_problem("invalid-request");
    }
    let deep = "[".repeat(100_000);
    admin.send(Method::POST, "/v1/reps", Some(deep)).await.is_problem("invalid-request");
    let text = admin.with("content-type", "text/plain");
    text.send(Method::POST, "/v1/reps", Some("{}".to_owned()))
        .await
        .is_problem("unsupported-media-type");
    let with_charset = admin.with("content-type", "application/json; charset=utf-8");
    with_charset
        .send(Method::POST, "/v1/reps", Some("{}".to_owned()))
        .await
        .is_problem("invalid-request");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let world = World::new().await;
    let body = json!({"name": "x".repeat(1 << 20)});
    world.admin().post("/v1/reps", body).await.is_problem("too-large");
}

#[tokio::test]
async fn addresses_and_methods_that_are_not_there_say_so() {
    let world = World::new().await;
    let admin = world.admin();
    admin.get("/v1/nothing").await.is_problem("not-found");
    admin.get("/nothing").await.is_problem("not-found");
    let reply = admin.put("/v1/reps", json!({})).await;
    reply.is_problem("method-not-allowed");
    let allowed = reply.headers["allow"].to_str().unwrap();
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
    for bad in ["rep_1", "grp_01kazzzzzzzzzzzzzzzzzzzzzz", "%00", "%FF"] {
        admin.get(&format!("/v1/reps/{bad}")).await.is_problem("not-found");
    }
}

#[tokio::test]
async fn a_request_with_the_same_key_is_done_once() {
    let world = World::new().await;
    let once = world.admin().with("idempotency-key", "first");
    let ann = json!({"name": "Ann", "email": "ann@acme.example"});
    let first = once.post("/v1/reps", ann.clone()).await.is(201);
    let again = once.post("/v1/reps", ann.clone()).await.is(201);
    assert_eq!(again, first);
    let other = json!({"name": "Bo", "email": "bo@acme.example"});
    once.post("/v1/reps", other.clone()).await.is_problem("idempotency-key-reused");
    // The key counts for this path and this credential alone.
    let viewer = json!({"name": "k", "role": "admin"});
    let made = once.post("/v1/keys", viewer.clone()).await.is(201);
    assert!(made["api_key"].is_string());
    assert_eq!(once.post("/v1/keys", viewer).await.is(201)["api_key"], json!(null));
    let second = world.with_key(made["api_key"].as_str().map(str::to_owned));
    second.with("idempotency-key", "first").post("/v1/reps", other).await.is(201);
    // A day later it is forgotten, and the request is a new one.
    world.pass(24 * 3600 + 1).await;
    once.post("/v1/reps", ann).await.is_problem("email-taken");
    let long = world.admin().with("idempotency-key", "x".repeat(256));
    let problem =
        long.post("/v1/campaigns", json!({"name": "Spring"})).await.is_problem("invalid-request");
    assert_eq!(problem["errors"][0]["in"], "header");
}

#[tokio::test]
async fn a_refused_request_is_not_remembered() {
    let world = World::new().await;
    let once = world.admin().with("idempotency-key", "launch");
    let ann = world.add_rep("Ann").await;
    let bo = world.add_rep("Bo").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.add_campaign("Spring", &group).await;
    let path = format!("/v1/campaigns/{campaign}/pause");
    once.post(&path, json!({})).await.is_problem("wrong-status");
    world.admin().post(&format!("/v1/campaigns/{campaign}/launch"), json!({})).await.is(200);
    once.post(&path, json!({})).await.is(200);
    assert_ne!(ann, bo);
}

#[tokio::test]
async fn a_repeated_report_that_waited_answers_with_what_stands() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    let path = format!("/v1/campaigns/{campaign}");
    world.admin().post(&format!("{path}/pause"), json!({})).await.is(200);
    let once = world.admin().with("idempotency-key", "lea");
    let report = json!({"lead": {"email": "lea@customer.example"}});
    let qualified = format!("{path}/qualified");
    once.post(&qualified, report.clone()).await.is(202);
    once.post(&qualified, report.clone()).await.is(202);
    world.admin().post(&format!("{path}/resume"), json!({})).await.is(200);
    world.pass(1).await;
    let stands = once.post(&qualified, report).await.is(200);
    assert_eq!(stands["rep"], json!(ann));
    assert!(!id(&stands).is_empty());
}

#[tokio::test]
async fn a_repeated_report_answers_with_the_assignment_that_stands_now() {
    let world = World::new().await;
    let (ann, bo, cy) =
        (world.add_rep("Ann").await, world.add_rep("Bo").await, world.add_rep("Cy").await);
    let group = world.add_group("North", &[&ann, &bo, &cy]).await;
    let campaign = world.launched("Spring", &group).await;
    let once = world.admin().with("idempotency-key", "lea");
    let qualified = format!("/v1/campaigns/{campaign}/qualified");
    let report = json!({"lead": {"email": "lea@customer.example"}});
    let batch = json!({"items": [{"lead": {"email": "max@customer.example"}}, report]});
    let first = once.post(&qualified, report.clone()).await.is(201);
    assert_eq!(once.post(&qualified, report.clone()).await.is(201), first);
    let all = once.post(&format!("{qualified}/batch"), batch.clone()).await.is(200);

    let pass_on = |assignment: &Value| format!("/v1/assignments/{}/reassign", id(assignment));
    let to_cy = json!({"to": cy});
    let second = once.post(&pass_on(&first), to_cy.clone()).await.is(201);
    assert_eq!(once.post(&qualified, report).await.is(200), second);
    let again = once.post(&format!("{qualified}/batch"), batch).await.is(200);
    assert_eq!(again["results"][0], all["results"][0]);
    assert_eq!(
        (&again["results"][1]["id"], &again["results"][1]["http_status"]),
        (&second["id"], &json!(200))
    );
    assert_eq!(again["results"][1]["stands"], true);

    // Passing on is repeated likewise.
    assert_eq!(once.post(&pass_on(&first), to_cy.clone()).await.is(201), second);
    let third = world.admin().post(&pass_on(&second), json!({"to": ann})).await.is(201);
    assert_eq!(once.post(&pass_on(&first), to_cy).await.is(200), third);
}

#[tokio::test]
async fn a_batch_with_the_same_key_is_done_once_and_answers_the_same() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    let path = format!("/v1/campaigns/{campaign}/qualified/batch");
    let once = world.admin().with("idempotency-key", "monday");
    let items = json!({"items": [
        {"lead": {"email": "lea@customer.example"}},
        {"lead": {"email": "no address"}},
        {"lead": {"email": "max@customer.example"}},
        {"lead": {"email": "lea@customer.example"}},
    ]});
    let first = once.post(&path, items.clone()).await.is(200);
    let statuses: Vec<_> = (0..4).map(|at| first["results"][at]["http_status"].clone()).collect();
    assert_eq!(json!(statuses), json!([201, 400, 201, 200]));
    assert_eq!(once.post(&path, items.clone()).await.is(200), first);

    // Without the key it would be a new report of somebody who was erased.
    let lead = first["results"][0]["lead"].as_str().unwrap();
    world.admin().delete(&format!("/v1/leads/{lead}")).await.is(204);
    let again = once.post(&path, items).await.is(200);
    assert_eq!(again["results"][0]["id"], first["results"][0]["id"]);
    let leads = world.admin().get("/v1/leads?email=lea@customer.example").await.is(200);
    assert_eq!(leads["items"], json!([]));

    let other = json!({"items": [{"lead": {"email": "new@customer.example"}}]});
    once.post(&path, other.clone()).await.is_problem("idempotency-key-reused");
    let leads = world.admin().get("/v1/leads?email=new@customer.example").await.is(200);
    assert_eq!(leads["items"], json!([]));
    world.pass(24 * 3600 + 1).await;
    assert_eq!(once.post(&path, other).await.is(200)["results"][0]["http_status"], 201);
}

#[tokio::test]
async fn a_repeated_batch_tries_what_was_refused_and_says_what_became_of_what_waited() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    let path = format!("/v1/campaigns/{campaign}");
    world.admin().post(&format!("{path}/pause"), json!({})).await.is(200);
    let once = world.admin().with("idempotency-key", "monday");
    let absent = "conv_01kazzzzzzzzzzzzzzzzzzzzzz";
    let items = json!({"items": [
        {"lead": {"email": "lea@customer.example"}},
        {"conversation": absent},
        {"lead": {"email": "max@customer.example"}},
    ]});
    let batch = format!("{path}/qualified/batch");
    let first = once.post(&batch, items.clone()).await.is(200);
    assert_eq!(first["results"][2]["position"], 2);
    assert_eq!(once.post(&batch, items.clone()).await.is(200), first);

    world.admin().post(&format!("{path}/resume"), json!({})).await.is(200);
    world.pass(1).await;
    let again = once.post(&batch, items).await.is(200);
    let statuses: Vec<_> = (0..3).map(|at| again["results"][at]["http_status"].clone()).collect();
    assert_eq!(json!(statuses), json!([200, 404, 200]));
    assert_eq!(again["results"][0]["rep"], json!(ann));
    assert_eq!(again["results"][0]["conversation"], first["results"][0]["conversation"]);
}

#[tokio::test]
async fn a_batch_of_which_nothing_was_accepted_is_not_remembered() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    let path = format!("/v1/campaigns/{campaign}/qualified/batch");
    let once = world.admin().with("idempotency-key", "monday");
    let absent = json!({"conversation": "conv_01kazzzzzzzzzzzzzzzzzzzzzz"});
    let refused = once.post(&path, json!({"items": [absent, {"lead": 1}]})).await.is(200);
    assert_eq!(refused["results"][0]["code"], "not-found");
    let mended = json!({"items": [absent, {"lead": {"email": "lea@customer.example"}}]});
    let taken = once.post(&path, mended.clone()).await.is(200);
    assert_eq!(taken["results"][1]["http_status"], 201);
    assert_eq!(once.post(&path, mended).await.is(200), taken);
    let other = json!({"items": [{"lead": {"email": "new@customer.example"}}]});
    once.post(&path, other).await.is_problem("idempotency-key-reused");
    let leads = world.admin().get("/v1/leads?email=new@customer.example").await.is(200);
    assert_eq!(leads["items"], json!([]));
}

#[tokio::test]
async fn a_repeated_batch_of_many_that_wait_says_the_place_of_each() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    let path = format!("/v1/campaigns/{campaign}");
    world.admin().post(&format!("{path}/pause"), json!({})).await.is(200);
    let once = world.admin().with("idempotency-key", "monday");
    let lead = |n: usize| json!({"lead": {"email": format!("lead{n}@customer.example")}});
    let items = json!({"items": (0..1100).map(lead).collect::<Vec<_>>()});
    let batch = format!("{path}/qualified/batch");
    let first = once.post(&batch, items.clone()).await.is(200);
    assert_eq!(first["results"][1099]["position"], 1100);
    assert_eq!(once.post(&batch, items).await.is(200), first);
}

#[tokio::test]
async fn a_key_that_sent_a_delivery_again_is_for_that_request_alone() {
    let world = World::new().await;
    let admin = world.admin();
    let new = json!({"url": "https://hooks.example/rondo", "events": ["campaign.launched"]});
    let hook = format!("/v1/webhooks/{}", id(&admin.post("/v1/webhooks", new).await.is(201)));
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    world.launched("Spring", &group).await;
    let deliveries = admin.get(&format!("{hook}/deliveries")).await.is(200);
    let path = format!("{hook}/deliveries/{}/resend", id(&deliveries["items"][0]));
    let once = admin.with("idempotency-key", "again");
    once.post(&path, json!({})).await.is(202);
    once.post(&path, json!({})).await.is(202);
    once.post(&path, json!({"now": true})).await.is_problem("idempotency-key-reused");
}

#[tokio::test]
async fn every_answer_carries_a_request_id_of_its_own() {
    let world = World::new().await;
    let first = world.admin().get("/v1/reps").await;
    let second = world.stranger().get("/nowhere").await;
    let (first, second) = (&first.headers["x-request-id"], &second.headers["x-request-id"]);
    assert!(first.to_str().unwrap().starts_with("req_") && first != second);
}

#[tokio::test]
async fn a_phone_number_without_a_digit_is_refused() {
    let world = World::new().await;
    let body = json!({"name": "Ann", "email": "ann@acme.example", "phone": "abc"});
    let problem = world.admin().post("/v1/reps", body).await.is_problem("invalid-request");
    assert_eq!(problem["errors"][0]["pointer"], "/phone");

    // One that stands already is taken again.
    let ann = world.add_rep("Ann").await;
    let phone = Some(Some("abc".to_owned()));
    let patch = RepPatch { phone, ..RepPatch::default() };
    world.does(Command::ChangeRep { rep: ann.parse().unwrap(), patch }).await.unwrap();
    let path = format!("/v1/reps/{ann}");
    let admin = world.admin();
    let other = admin.patch(&path, json!({"phone": "abd"})).await.is_problem("invalid-request");
    assert_eq!(other["errors"][0]["pointer"], "/phone");
    let same = admin.patch(&path, json!({"name": "An", "phone": "abc"})).await.is(200);
    assert_eq!((&same["name"], &same["phone"]), (&json!("An"), &json!("abc")));
}
