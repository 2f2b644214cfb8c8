//! Addresses that are never written to, over HTTP.

use rondo_core::mail::ReplyLabel;
use serde_json::{Value, json};

use crate::thread::Thread;
use crate::world::{World, id};

const PATH: &str = "/v1/suppressions";

#[tokio::test]
async fn an_address_is_suppressed_once_and_until_an_admin_lifts_it() {
    let world = World::new().await;
    let admin = world.admin();
    let made = admin.post(PATH, json!({"email": "Lea@customer.example"})).await.is(201);
    let expected = json!({"id": made["id"], "email": "Lea@customer.example", "lead": null, "reason": "manual", "created_at": world.in_seconds(0)});
    assert_eq!(made, expected);
    assert_eq!(admin.post(PATH, json!({"email": "lea@CUSTOMER.example"})).await.is(201), made);
    let max = admin.post(PATH, json!({"email": "max@customer.example"})).await.is(201);
    assert_eq!(admin.get(PATH).await.is(200)["items"], json!([made, max]));
    let first = admin.get(&format!("{PATH}?limit=1")).await.is(200);
    let next = first["next_cursor"].as_str().unwrap();
    let second = admin.get(&format!("{PATH}?limit=1&cursor={next}")).await.is(200);
    assert_eq!((&second["items"], &second["next_cursor"]), (&json!([max]), &Value::Null));
    let found = admin.get(&format!("{PATH}?email=LEA@customer.example")).await.is(200);
    assert_eq!(found["items"], json!([made]));
    assert_eq!(
        admin.get(&format!("{PATH}?email=zoe@customer.example")).await.is(200)["items"],
        json!([])
    );
    admin.post(PATH, json!({"email": "lea"})).await.is_problem("invalid-request");

    let path = format!("{PATH}/{}", id(&made));
    world.holder_of("viewer").await.delete(&path).await.is_problem("forbidden");
    admin.delete(&path).await.is(204);
    admin.delete(&path).await.is_problem("not-found");
    assert_eq!(admin.get(PATH).await.is(200)["items"], json!([max]));
    let again = admin.post(PATH, json!({"email": "Lea@customer.example"})).await.is(201);
    assert_ne!(again["id"], made["id"]);
}

#[tokio::test]
async fn a_lead_who_is_erased_stays_suppressed_by_a_hash_alone() {
    let world = World::new().await;
    let admin = world.admin();
    let thread = Thread::begun(&world).await;
    thread.hears(&world, "Unsubscribe me", ReplyLabel::Unsubscribe, Ok(())).await;
    let before = admin.get(PATH).await.is(200)["items"][0].clone();
    assert_eq!(
        (&before["reason"], &before["email"], &before["lead"]),
        (&json!("unsubscribe"), &json!(thread.email), &json!(thread.lead))
    );
    admin.delete(&format!("/v1/leads/{}", thread.lead)).await.is(204);
    let after = admin.get(PATH).await.is(200)["items"][0].clone();
    assert_eq!((&after["id"], &after["email"]), (&before["id"], &Value::Null));
    // The address is refused all the same, whoever comes with it.
    let taken = admin
        .post(
            &format!("/v1/campaigns/{}/leads", thread.campaign),
            json!({"email": "LEA@customer.example"}),
        )
        .await
        .is(200);
    assert_eq!(taken["conversations"], json!([]));
    assert_eq!(taken["warnings"][0]["code"], "not-enrolled");
    let found = admin.get(&format!("{PATH}?email={}", thread.email)).await.is(200);
    assert_eq!(found["items"], json!([after]));

    // Also where somebody of the team said so, of a lead or before there was one.
    admin.post(PATH, json!({"email": "max@customer.example"})).await.is(201);
    admin.post("/v1/leads", json!({"email": "Max@customer.example"})).await.is(200);
    let max = admin.get("/v1/leads?email=max@customer.example").await.is(200)["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    admin.delete(&format!("/v1/leads/{max}")).await.is(204);
    let kept = admin.get(&format!("{PATH}?email=max@customer.example")).await.is(200);
    assert_eq!(
        (&kept["items"][0]["reason"], &kept["items"][0]["email"]),
        (&json!("manual"), &Value::Null)
    );

    let shown = thread.shown(&world).await;
    for message in shown["messages"].as_array().unwrap() {
        for gone in [
            "from",
            "to",
            "cc",
            "subject",
            "text",
            "quoted_text",
            "confidence",
            "cues",
            "fields",
            "probabilities",
        ] {
            assert_eq!(message[gone], Value::Null, "{gone}: {message}");
        }
    }
    assert_eq!(shown["messages"][1]["label"], "unsubscribe");
    let raw = format!("/v1/messages/{}/raw", id(&shown["messages"][1]));
    admin.get(&raw).await.is_problem("not-found");
}
