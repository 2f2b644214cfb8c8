//! The main job over HTTP: qualified leads go to the right rep, once, and say why.

use serde_json::{Value, json};

use crate::world::{World, id};

async fn with_two() -> (World, String, String, String) {
    let world = World::new().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let group = world.add_group("North", &[&ann, &bo]).await;
    let campaign = world.launched("Spring", &group).await;
    (world, ann, bo, campaign)
}

#[tokio::test]
async fn qualified_leads_go_round_and_say_why() {
    let (world, ann, bo, campaign) = with_two().await;
    // R3
    let first = world.qualify(&campaign, "lea@customer.example").await.is(201);
    assert_eq!(first["rep"], json!(ann));
    assert_eq!(first["rep_name"], "Ann");
    assert_eq!(first["reason"], "turn");
    assert_eq!(first["why"]["cursor_before"], json!(null));
    assert_eq!(first["why"]["cursor_after"], json!(ann));
    let second = world.qualify(&campaign, "max@customer.example").await.is(201);
    assert_eq!(second["rep"], json!(bo));
    assert!(second["why"]["sentence"].as_str().unwrap().contains("Bo was next after Ann"));

    // R11: the same when it is read later.
    let read = world.admin().get(&format!("/v1/assignments/{}", id(&second))).await.is(200);
    assert_eq!(read, second);
}

#[tokio::test]
async fn a_second_report_answers_with_the_assignment_that_stands() {
    let (world, ann, bo, campaign) = with_two().await;
    // R7
    let first = world.qualify(&campaign, "lea@customer.example").await.is(201);
    assert_eq!(world.qualify(&campaign, "LEA@customer.example").await.is(200), first);
    let report = json!({"conversation": first["conversation"]});
    let path = format!("/v1/campaigns/{campaign}/qualified");
    assert_eq!(world.admin().post(&path, report.clone()).await.is(200), first);
    world.admin().post(&format!("/v1/campaigns/{campaign}/cancel"), json!({})).await.is(200);
    assert_eq!(world.admin().post(&path, report).await.is(200), first);
    world.qualify(&campaign, "new@customer.example").await.is_problem("wrong-status");
    assert_ne!(ann, bo);
}

#[tokio::test]
async fn a_lead_waits_while_nobody_can_take_it_and_is_assigned_by_the_return() {
    let (world, ann, bo, campaign) = with_two().await;
    let admin = world.admin();
    // Everybody may be away while no campaign is active: so the campaign comes last.
    admin.post(&format!("/v1/campaigns/{campaign}/cancel"), json!({})).await.is(200);
    let cy = world.add_rep("Cy").await;
    let group = world.add_group("South", &[&cy]).await;
    let campaign = world.launched("Autumn", &group).await;
    let back = world.in_seconds(3600);
    admin.post(&format!("/v1/campaigns/{campaign}/pause"), json!({})).await.is(200);
    // R9: while a campaign is paused what is reported is kept.
    let first = world.qualify(&campaign, "lea@customer.example").await.is(202);
    assert_eq!((&first["status"], &first["position"]), (&json!("waiting"), &json!(1)));
    assert_eq!(first["held"], true);
    let queue = admin.get(&format!("/v1/campaigns/{campaign}/queue")).await.is(200);
    assert_eq!(queue["status"], "paused");
    let second = world.qualify(&campaign, "max@customer.example").await.is(202);
    assert_eq!(second["position"], 2);
    assert_eq!(world.qualify(&campaign, "lea@customer.example").await.is(202)["position"], 1);
    let shown = admin.get(&format!("/v1/campaigns/{campaign}")).await.is(200);
    assert_eq!(shown["waiting"], 2);
    let path = format!("/v1/conversations/{}", first["conversation"].as_str().unwrap());
    let waiting = admin.get(&path).await.is(200);
    assert_eq!((&waiting["status"], &waiting["waiting"]), (&json!("qualified"), &json!(true)));
    assert_eq!(waiting["assignment"], json!(null));

    admin.post(&format!("/v1/campaigns/{campaign}/resume"), json!({})).await.is(200);
    world.pass(1).await;
    let assigned = admin.get(&path).await.is(200);
    assert_eq!(assigned["assignment"]["rep"], json!(cy));
    assert_eq!(assigned["waiting"], false);
    assert!(back > world.in_seconds(0) && ann != bo);
}

#[tokio::test]
async fn a_pre_assigned_owner_gets_the_lead_and_an_unknown_one_is_left_out() {
    let (world, ann, bo, campaign) = with_two().await;
    let path = format!("/v1/campaigns/{campaign}/qualified");
    // R6: by address and by id.
    let report = json!({"lead": {"email": "lea@customer.example", "owner": "BO@acme.example"}});
    let owned = world.admin().post(&path, report).await.is(201);
    assert_eq!((&owned["rep"], &owned["reason"]), (&json!(bo), &json!("owner")));
    let report = json!({"lead": {"email": "max@customer.example", "owner": ann}});
    assert_eq!(world.admin().post(&path, report).await.is(201)["rep"], json!(ann));
    let report = json!({"lead": {"email": "noa@customer.example", "owner": "nobody at all"}});
    let turn = world.admin().post(&path, report).await.is(201);
    assert_eq!((&turn["reason"], &turn["rep"]), (&json!("turn"), &json!(ann)));
    assert_eq!(turn["warnings"][0]["code"], "unknown-owner");
}

#[tokio::test]
async fn a_batch_is_taken_in_order_and_a_bad_item_stops_no_other() {
    let (world, ann, bo, campaign) = with_two().await;
    let path = format!("/v1/campaigns/{campaign}/qualified/batch");
    let items = json!({"items": [
        {"lead": {"email": "a@customer.example"}},
        {"lead": {"email": "no address"}},
        17,
        null,
        {"conversation": "conv_01kazzzzzzzzzzzzzzzzzzzzzz"},
        {"lead": {"email": "b@customer.example"}, "conversation": "conv_01kazzzzzzzzzzzzzzzzzzzzzz"},
        {"lead": {"email": "b@customer.example"}},
        {"lead": {"email": "a@customer.example"}},
    ]});
    let answer = world.admin().post(&path, items.clone()).await.is(200);
    let results = answer["results"].as_array().unwrap();
    let statuses: Vec<_> = results.iter().map(|result| result["http_status"].clone()).collect();
    assert_eq!(json!(statuses), json!([201, 400, 400, 400, 404, 400, 201, 200]));
    assert_eq!((&results[0]["rep"], &results[6]["rep"]), (&json!(ann), &json!(bo)));
    assert_eq!(results[1]["errors"][0]["pointer"], "/lead/email");
    assert_eq!(results[4]["code"], "not-found");
    assert_eq!(results[7]["id"], results[0]["id"]);

    // Sent again, it does nothing twice.
    let again = world.admin().post(&path, items).await.is(200);
    assert_eq!(again["results"][0]["http_status"], 200);
    assert_eq!(again["results"][0]["id"], results[0]["id"]);
    let listed = world.admin().get("/v1/assignments").await.is(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_batch_of_more_than_ten_thousand_is_too_large() {
    let (world, _, _, campaign) = with_two().await;
    let path = format!("/v1/campaigns/{campaign}/qualified/batch");
    let items = vec![Value::Null; 10_001];
    let problem = world.admin().post(&path, json!({"items": items})).await.is_problem("too-large");
    assert_eq!(problem["limit"], 10_000);
    for bad in [json!({}), json!({"items": 1}), json!([]), json!({"items": [], "more": 1})] {
        world.admin().post(&path, bad).await.is_problem("invalid-request");
    }
    assert_eq!(
        world.admin().post(&path, json!({"items": []})).await.is(200),
        json!({"results": []})
    );
}

#[tokio::test]
async fn a_batch_for_a_campaign_that_is_not_there_is_refused_as_a_whole() {
    let (world, _, _, campaign) = with_two().await;
    let path = |campaign: &str| format!("/v1/campaigns/{campaign}/qualified/batch");
    let items = json!({"items": [{"lead": {"email": "a@customer.example"}}, 17]});
    let other = world.other_team().await;
    for none in [json!({"items": []}), items] {
        other.post(&path(&campaign), none.clone()).await.is_problem("not-found");
        let absent = path("cmp_01kazzzzzzzzzzzzzzzzzzzzzz");
        world.admin().post(&absent, none).await.is_problem("not-found");
    }
}

#[tokio::test]
async fn a_lead_is_passed_on_to_a_person_or_to_whoever_is_next() {
    let (world, ann, bo, campaign) = with_two().await;
    let admin = world.admin();
    let first = world.qualify(&campaign, "lea@customer.example").await.is(201);
    let path = |assignment: &Value| format!("/v1/assignments/{}/reassign", id(assignment));
    let second = admin.post(&path(&first), json!({"to": bo, "note": "knows them"})).await.is(201);
    assert_eq!((&second["rep"], &second["reason"]), (&json!(bo), &json!("manual")));
    assert_eq!(admin.post(&path(&second), json!({"to": bo})).await.is(200), second);
    let superseded = admin.post(&path(&first), json!({"to": ann})).await;
    assert_eq!(superseded.is_problem("assignment-superseded")["standing"], second["id"]);
    let before = admin.get(&format!("/v1/assignments/{}", id(&first))).await.is(200);
    assert_eq!(before["stands"], false);
    // R10: `next` passes over who has it.
    let third = admin.post(&path(&second), json!({"to": "next"})).await.is(201);
    assert_eq!((&third["rep"], &third["reason"]), (&json!(ann), &json!("turn")));
    assert_eq!(third["why"]["passed_over"][0]["reason"], "had this lead");
    admin.post(&path(&third), json!({"to": "rep_1"})).await.is_problem("not-found");
    admin.put(&format!("/v1/reps/{bo}/out-of-office"), json!({})).await.is(200);
    let alone = admin.post(&path(&third), json!({"to": "next"})).await;
    let sentence = alone.is_problem("nobody-available")["detail"].to_string();
    assert!(sentence.contains("available but the rep who has the lead"), "{sentence}");
}

#[tokio::test]
async fn the_circle_is_shown_as_it_stood() {
    let (world, ann, bo, campaign) = with_two().await;
    let admin = world.admin();
    admin.put(&format!("/v1/reps/{ann}/out-of-office"), json!({})).await.is(200);
    let assignment = world.qualify(&campaign, "lea@customer.example").await.is(201);
    assert_eq!(assignment["rep"], json!(bo));
    assert_eq!(assignment["why"]["passed_over"][0]["rep"], json!(ann));
    admin.delete(&format!("/v1/reps/{ann}/out-of-office")).await.is(200);
    let cy = world.add_rep("Cy").await;
    let group = admin.get(&format!("/v1/campaigns/{campaign}")).await.is(200)["group"].clone();
    let member = format!("/v1/groups/{}/members/{cy}", group.as_str().unwrap());
    admin.put(&member, json!({})).await.is(200);
    // R11
    let path = format!("/v1/assignments/{}/circle", id(&assignment));
    let circle = admin.get(&path).await.is(200);
    assert_eq!(circle["member_count"], 2);
    assert_eq!(circle["circle"][0]["name"], "Ann");
    assert_eq!(circle["circle"][0]["reason"], "out of office");
    assert_eq!(circle["circle"][1]["available"], true);
}
