//! Leads and conversations over HTTP.

use serde_json::json;

use crate::world::World;

async fn with_a_draft() -> (World, String, String) {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.add_campaign("Spring", &group).await;
    (world, ann, campaign)
}

#[tokio::test]
async fn leads_are_taken_one_by_one_and_in_lists() {
    let (world, ann, campaign) = with_a_draft().await;
    let admin = world.admin();
    let path = format!("/v1/campaigns/{campaign}/leads");
    let one = json!({"email": "lea@customer.example", "name": "Lea", "owner": "ann@acme.example", "attributes": {"size": 3, "hot": true, "city": "Ulm", "score": 0.5}});
    let taken = admin.post(&path, one.clone()).await.is(200);
    assert_eq!((&taken["created"], &taken["updated"]), (&json!(1), &json!(0)));
    assert_eq!(taken["conversations"].as_array().unwrap().len(), 1);
    assert_eq!(taken["warnings"], json!([]));
    // The same again changes nothing.
    let again = admin.post(&path, one).await.is(200);
    assert_eq!((&again["created"], &again["updated"]), (&json!(0), &json!(0)));
    assert_eq!(again["conversations"], taken["conversations"]);

    let list = json!({"leads": [
        {"email": "max@customer.example", "owner": "gone@acme.example"},
        {"email": "MAX@customer.example", "company": "Max & Co"},
    ]});
    let taken = admin.post(&path, list).await.is(200);
    assert_eq!(taken["created"], 1);
    let codes: Vec<_> = taken["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| warning["code"].clone())
        .collect();
    assert!(codes.contains(&json!("unknown-owner")) && codes.contains(&json!("duplicate-row")));

    let listed = admin.get("/v1/leads?email=LEA@customer.example").await.is(200);
    let lead = &listed["items"][0];
    assert_eq!((&lead["owner"], &lead["owner_source"]), (&json!(ann), &json!("pre_assigned")));
    assert_eq!(lead["attributes"], json!({"size": 3, "hot": true, "city": "Ulm", "score": 0.5}));
    assert_eq!(lead["high_intent"], false);
}

#[tokio::test]
async fn all_or_none_of_a_list_are_taken_and_every_mistake_is_named() {
    let (world, _, campaign) = with_a_draft().await;
    let path = format!("/v1/campaigns/{campaign}/leads");
    let list = json!({"leads": [
        {"email": "max@customer.example"},
        {"email": "nowhere"},
        {"name": "Noa", "colour": "red"},
    ]});
    let problem = world.admin().post(&path, list).await.is_problem("invalid-request");
    let pointers: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].clone())
        .collect();
    assert_eq!(json!(pointers), json!(["/leads/1/email", "/leads/2/email", "/leads/2/colour"]));
    let listed = world.admin().get("/v1/leads").await.is(200);
    assert_eq!(listed["items"], json!([]));
}

#[tokio::test]
async fn a_lead_is_changed_and_erased() {
    let (world, ann, campaign) = with_a_draft().await;
    let admin = world.admin();
    admin.post(&format!("/v1/campaigns/{campaign}/launch"), json!({})).await.is(200);
    let assignment = world.qualify(&campaign, "lea@customer.example").await.is(201);
    let path = format!("/v1/leads/{}", assignment["lead"].as_str().unwrap());
    let lead = admin.get(&path).await.is(200);
    assert_eq!((&lead["owner"], &lead["owner_source"]), (&json!(ann), &json!("routed")));
    assert_eq!(lead["high_intent"], true);
    let changed = admin.patch(&path, json!({"company": "Customer", "owner": null})).await.is(200);
    assert_eq!((&changed["company"], &changed["owner"]), (&json!("Customer"), &json!(null)));
    let taken = world.qualify(&campaign, "max@customer.example").await.is(201);
    let theirs = format!("/v1/leads/{}", taken["lead"].as_str().unwrap());
    admin.patch(&theirs, json!({"email": "lea@customer.example"})).await.is_problem("email-taken");

    admin.delete(&path).await.is(204);
    admin.get(&path).await.is_problem("not-found");
    let kept = admin.get(&format!("/v1/assignments/{}", assignment["id"].as_str().unwrap())).await;
    assert_eq!(kept.is(200)["rep"], json!(ann));
    assert_eq!(admin.get("/v1/leads?email=lea@customer.example").await.is(200)["items"], json!([]));
}

#[tokio::test]
async fn conversations_are_found_by_how_they_stand() {
    let (world, _, campaign) = with_a_draft().await;
    let admin = world.admin();
    let path = format!("/v1/campaigns/{campaign}");
    admin.post(&format!("{path}/leads"), json!({"email": "lea@customer.example"})).await.is(200);
    admin.post(&format!("{path}/launch"), json!({})).await.is(200);
    world.qualify(&campaign, "max@customer.example").await.is(201);
    let count = |status: &str| {
        let (admin, path) =
            (admin.clone(), format!("/v1/conversations?campaign={campaign}&status={status}"));
        async move { admin.get(&path).await.is(200)["items"].as_array().unwrap().len() }
    };
    assert_eq!((count("awaiting_assistant").await, count("qualified").await), (1, 1));
    admin.post(&format!("{path}/cancel"), json!({})).await.is(200);
    assert_eq!((count("awaiting_assistant").await, count("cancelled").await), (0, 1));
    admin.get("/v1/conversations?status=happy").await.is_problem("invalid-request");
}

#[tokio::test]
async fn an_owner_who_is_nobody_of_the_team_is_said_to_be_left_out() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    let admin = world.admin();
    let nobody = "nobody@elsewhere.example";
    let report = json!({"lead": {"email": "lea@customer.example", "owner": nobody}});
    let path = format!("/v1/campaigns/{campaign}/qualified");
    let routed = admin.post(&path, report).await.is(201);
    let lead = format!("/v1/leads/{}", routed["lead"].as_str().unwrap());
    let changed = admin.patch(&lead, json!({"owner": nobody})).await.is(200);
    assert_eq!(changed["owner"], json!(ann));
    for warning in [&routed["warnings"][0], &changed["warnings"][0]] {
        assert_eq!(warning["code"], "unknown-owner");
        assert_eq!(warning.get("row"), None, "{warning}");
        let detail = warning["detail"].as_str().unwrap();
        assert!(detail.ends_with("was left out; an owner known before stays"), "{detail}");
    }
    let list = json!({"leads": [{"email": "max@customer.example", "owner": nobody}]});
    let taken = admin.post("/v1/leads", list).await.is(200);
    assert_eq!(taken["warnings"][0]["row"], 0);
}

#[tokio::test]
async fn a_person_who_was_erased_is_passed_on_to_nobody() {
    let world = World::new().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let group = world.add_group("North", &[&ann, &bo]).await;
    let campaign = world.launched("Spring", &group).await;
    let admin = world.admin();
    let assigned = world.qualify(&campaign, "lea@customer.example").await.is(201);
    admin.delete(&format!("/v1/leads/{}", assigned["lead"].as_str().unwrap())).await.is(204);
    let path = format!("/v1/assignments/{}/reassign", assigned["id"].as_str().unwrap());
    for to in [json!({"to": bo}), json!({"to": "next"})] {
        admin.post(&path, to).await.is_problem("not-found");
    }
    assert_eq!(admin.post(&path, json!({"to": ann})).await.is(200)["id"], assigned["id"]);
}
