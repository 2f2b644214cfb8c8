//! Keys, settings and webhooks over HTTP.

use serde_json::json;

use crate::world::{World, id};

#[tokio::test]
async fn settings_are_changed_one_by_one() {
    let world = World::new().await;
    let admin = world.admin();
    let before = admin.get("/v1/settings").await.is(200);
    assert_eq!(
        (&before["name"], &before["routed_rep_becomes_owner"]),
        (&json!("Acme"), &json!(true))
    );
    let change = json!({"routed_rep_becomes_owner": false, "time_zone": "Europe/Berlin"});
    let after = admin.patch("/v1/settings", change).await.is(200);
    assert_eq!(after["routed_rep_becomes_owner"], false);
    assert_eq!(after["time_zone"], "Europe/Berlin");
    assert_eq!(after["reminder_after_working_hours"], before["reminder_after_working_hours"]);
    assert_eq!(admin.get("/v1/settings").await.is(200), after);
    for wrong in ["{{ rep.nmae }}", "{{ rep }}"] {
        let misspelt = json!({"handover_template": wrong});
        let problem = admin.patch("/v1/settings", misspelt).await.is_problem("invalid-request");
        assert_eq!(problem["errors"][0]["pointer"], "/handover_template");
    }
    let bad = json!({"reminder_after_working_hours": -1, "time_zone": "Mars"});
    let problem = admin.patch("/v1/settings", bad).await.is_problem("invalid-request");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_reps_key_names_the_rep_and_others_name_none() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let admin = world.admin();
    for bad in [
        json!({"name": "k", "role": "rep"}),
        json!({"name": "k", "role": "viewer", "rep": ann}),
        json!({"name": "k", "role": "king"}),
        json!({"name": "k", "role": "viewer", "requests_per_second_max": 0}),
        json!({"name": "k", "role": "viewer", "requests_per_second_max": 100_001}),
        json!({"name": "k", "role": "viewer", "requests_per_second_max": "20"}),
    ] {
        admin.post("/v1/keys", bad).await.is_problem("invalid-request");
    }
    let foreign = json!({"name": "k", "role": "rep", "rep": "rep_01kazzzzzzzzzzzzzzzzzzzzzz"});
    admin.post("/v1/keys", foreign).await.is_problem("not-found");
}

#[tokio::test]
async fn a_webhook_shows_its_secret_once() {
    let world = World::new().await;
    let admin = world.admin();
    let new = json!({"url": "https://hooks.example/rondo", "events": ["assignment.created"]});
    let made = admin.post("/v1/webhooks", new).await.is(201);
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    let listed = admin.get("/v1/webhooks").await.is(200);
    assert_eq!(listed["items"][0]["url"], "https://hooks.example/rondo");
    assert!(!listed.to_string().contains("whsec_"));

    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    world.qualify(&campaign, "lea@customer.example").await.is(201);
    let path = format!("/v1/webhooks/{}", id(&made));
    let deliveries = admin.get(&format!("{path}/deliveries")).await.is(200);
    let delivery = &deliveries["items"][0];
    assert_eq!(
        (&delivery["event"], &delivery["state"]),
        (&json!("assignment.created"), &json!("queued"))
    );
    admin.post(&format!("{path}/deliveries/{}/resend", id(delivery)), json!({})).await.is(202);
    let absent = format!("{path}/deliveries/dlv_01kazzzzzzzzzzzzzzzzzzzzzz/resend");
    admin.post(&absent, json!({})).await.is_problem("not-found");
    admin.delete(&path).await.is(204);
    admin.get(&format!("{path}/deliveries")).await.is_problem("not-found");
}

#[tokio::test]
async fn a_webhook_leads_nowhere_private() {
    let world = World::new().await;
    let new = json!({"url": "http://127.0.0.1/hook", "events": ["rep.away"]});
    let problem = world.admin().post("/v1/webhooks", new).await.is_problem("invalid-request");
    assert_eq!(problem["errors"][0]["pointer"], "/url");
}

#[tokio::test]
async fn a_webhooks_url_is_taken_in_any_case_and_without_a_password() {
    let world = World::new().await;
    let add = |url: &'static str| {
        let new = json!({"url": url, "events": ["rep.away"]});
        let admin = world.admin();
        async move { admin.post("/v1/webhooks", new).await }
    };
    assert_eq!(add("HTTPS://Hooks.Example/In").await.is(201)["url"], "https://hooks.example/In");
    let problem = add("https://me:pw@hooks.example/").await.is_problem("invalid-request");
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("user name or password") && !detail.contains("pw@"), "{detail}");
    // A private address is refused for what it is.
    let problem = add("http://[::1]:7390/").await.is_problem("invalid-request");
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("egress_allow_private"));
}
