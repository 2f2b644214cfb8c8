//! The qualifier's settings, and the text of handovers, over HTTP.

use serde_json::{Value, json};

use crate::world::World;

const PATH: &str = "/v1/settings/qualifier";

#[tokio::test]
async fn a_team_reads_replies_by_the_embedded_qualifier_unless_it_says_otherwise() {
    let world = World::new().await;
    let shown = world.admin().get(PATH).await.is(200);
    let embedded = json!({"kind": "embedded", "base_url": null, "model": null, "has_api_key": false, "thresholds": {}});
    assert_eq!(shown, embedded);
    let own = json!({"kind": "embedded", "thresholds": {"high_intent": 0.9, "question": 1}});
    let set = world.admin().put(PATH, own).await.is(200);
    assert_eq!(set["thresholds"], json!({"high_intent": 0.9, "question": 1.0}));
    let viewer = world.holder_of("viewer").await;
    assert_eq!(viewer.get(PATH).await.is(200), set);
    viewer.put(PATH, json!({"kind": "embedded"})).await.is_problem("forbidden");
}

#[tokio::test]
async fn the_key_of_an_endpoint_is_never_shown_and_stays_with_its_endpoint() {
    let world = World::new().await;
    let admin = world.admin();
    let of = |kind: &str, url: &str| json!({"kind": kind, "base_url": url, "model": "m-1"});
    let mut wanted = of("openai", "https://models.example/v1");
    wanted["api_key"] = json!("hush-hush");
    let set = admin.put(PATH, wanted).await.is(200);
    assert_eq!(
        (&set["has_api_key"], &set["base_url"]),
        (&json!(true), &json!("https://models.example/v1"))
    );
    let ledger = admin.get("/v1/ledger?limit=500").await.is(200).to_string();
    assert!(
        !ledger.contains("hush")
            && !ledger.contains("models.example")
            && !set.to_string().contains("hush")
    );
    let sealed = world.store.qualifier(world.team).await.unwrap().sealed_key.unwrap();
    assert!(!sealed.windows(4).any(|bytes| bytes == b"hush"));
    let again = admin.put(PATH, of("openai", "HTTPS://Models.example/v1")).await.is(200);
    assert_eq!(again["has_api_key"], true);
    let moved = admin.put(PATH, of("openai", "https://elsewhere.example/v1")).await.is(200);
    assert_eq!(moved["has_api_key"], false);
    let back = admin.put(PATH, of("openai", "https://models.example/v1")).await.is(200);
    assert_eq!(back["has_api_key"], false);
}

#[tokio::test]
async fn what_does_not_go_together_is_named() {
    let world = World::new().await;
    for (bad, pointer) in [
        (json!({"kind": "gpt"}), "/kind"),
        (json!({"kind": "openai", "model": "m"}), "/base_url"),
        (json!({"kind": "ollama", "base_url": "https://m.example"}), "/model"),
        (
            json!({"kind": "ollama", "base_url": "http://127.0.0.1:11434", "model": "m"}),
            "/base_url",
        ),
        (json!({"kind": "anthropic", "base_url": "ftp://m.example", "model": "m"}), "/base_url"),
        (json!({"kind": "embedded", "base_url": "https://m.example"}), "/base_url"),
        (json!({"kind": "embedded", "model": "m"}), "/model"),
        (json!({"kind": "embedded", "api_key": "k"}), "/api_key"),
        (
            json!({"kind": "embedded", "thresholds": {"high_intent": 0.4}}),
            "/thresholds/high_intent",
        ),
        (json!({"kind": "embedded", "thresholds": {"other": 1.1}}), "/thresholds/other"),
        (json!({"kind": "embedded", "thresholds": {"keen": 0.9}}), "/thresholds/keen"),
    ] {
        let problem = world.admin().put(PATH, bad).await.is_problem("invalid-request");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
}

#[tokio::test]
async fn the_text_of_handovers_is_a_template_that_can_name_the_rep() {
    let world = World::new().await;
    let admin = world.admin();
    assert_eq!(admin.get("/v1/settings").await.is(200)["handover_template"], Value::Null);
    let text = "Hello {{ lead.first_name | default(\"there\") }}, {{ rep.name }} takes over.";
    let set = admin.patch("/v1/settings", json!({"handover_template": text})).await.is(200);
    assert_eq!(set["handover_template"], json!(text));
    let renamed = admin.patch("/v1/settings", json!({"name": "Acme"})).await.is(200);
    assert_eq!(renamed["handover_template"], json!(text));
    let bad = json!({"handover_template": "a\n{{ rep.name | shout }}"});
    let problem = admin.patch("/v1/settings", bad).await.is_problem("invalid-request");
    assert_eq!(problem["errors"][0]["pointer"], "/handover_template");
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("line 2"), "{problem}");
    let none = admin.patch("/v1/settings", json!({"handover_template": null})).await.is(200);
    assert_eq!(none["handover_template"], Value::Null);
}
