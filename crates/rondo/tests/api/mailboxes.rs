//! Mailboxes over HTTP, and keys that are bound to one.

use rondo::app::mailboxes::NewMailbox;
use rondo::clock::Clock as _;
use rondo::http::json::Object;
use rondo_core::Command;
use serde_json::{Value, json};

use crate::world::{World, id};

const PASSWORD: &str = "correct-horse-battery";

fn kim() -> Value {
    json!({
        "name": "Kim", "address": "Kim@acme.example",
        "smtp": {"host": "smtp.acme.example", "port": 587, "security": "starttls", "username": "kim", "password": PASSWORD},
        "imap": {"host": "imap.acme.example", "port": 993, "security": "tls", "username": "kim", "password": PASSWORD},
    })
}

#[tokio::test]
async fn a_mailbox_is_shown_without_its_passwords() {
    let world = World::new().await;
    let admin = world.admin();
    let made = admin.post("/v1/mailboxes", kim()).await.is(201);
    let expected = json!({
        "id": made["id"], "name": "Kim", "address": "Kim@acme.example", "plus_addresses": true,
        "smtp": {"host": "smtp.acme.example", "port": 587, "security": "starttls", "username": "kim", "auth": "password", "has_password": true},
        "imap": {"host": "imap.acme.example", "port": 993, "security": "tls", "username": "kim", "auth": "password", "has_password": true, "folder": "INBOX"},
        "created_at": world.in_seconds(0), "last_read_at": null, "error": null,
    });
    assert_eq!(made, expected);
    let path = format!("/v1/mailboxes/{}", id(&made));
    assert_eq!(admin.get(&path).await.is(200), expected);
    assert_eq!(admin.get("/v1/mailboxes").await.is(200)["items"], json!([expected]));
    for address in ["bo@acme.example", "cy@acme.example"] {
        world.add_mailbox(address).await;
    }
    let first = admin.get("/v1/mailboxes?limit=2").await.is(200);
    let next = first["next_cursor"].as_str().unwrap();
    let second = admin.get(&format!("/v1/mailboxes?limit=2&cursor={next}")).await.is(200);
    assert_eq!(second["items"][0]["address"], "cy@acme.example");
    assert_eq!(second["next_cursor"], Value::Null);
}

#[tokio::test]
async fn a_password_is_nowhere_to_be_seen() {
    let world = World::new().await;
    let admin = world.admin();
    let new: NewMailbox = Object::read(kim()).unwrap();
    assert!(!format!("{new:?}").contains(PASSWORD));
    let mailbox = id(&admin.post("/v1/mailboxes", kim()).await.is(201));
    let ledger = admin.get("/v1/ledger?limit=500").await.is(200).to_string();
    assert!(ledger.contains(&mailbox));
    for secret in [PASSWORD, "smtp.acme.example", "kim@"] {
        assert!(!ledger.to_lowercase().contains(secret), "{secret}");
    }
    let details = world.store.mailbox(world.team, mailbox.parse().unwrap()).await.unwrap();
    let details = details.unwrap().details.unwrap();
    for sealed in [details.smtp_secret.as_ref().unwrap(), details.imap_secret.as_ref().unwrap()] {
        assert!(!sealed.windows(PASSWORD.len()).any(|bytes| bytes == PASSWORD.as_bytes()));
    }
    let shown =
        Command::AddMailbox { mailbox: mailbox.parse().unwrap(), details: Box::new(details) };
    assert!(!format!("{shown:?}").contains("smtp"), "{shown:?}");
}

#[tokio::test]
async fn a_password_stays_with_its_server_and_its_user() {
    let world = World::new().await;
    let admin = world.admin();
    let path = format!("/v1/mailboxes/{}", id(&admin.post("/v1/mailboxes", kim()).await.is(201)));
    let smtp = |change: Value| {
        let mut smtp = kim()["smtp"].clone();
        smtp.as_object_mut().unwrap().remove("password");
        smtp.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        json!({"smtp": smtp})
    };
    let kept = admin.patch(&path, smtp(json!({"security": "tls", "auth": "oauth2"}))).await.is(200);
    assert_eq!(
        (&kept["smtp"]["has_password"], &kept["smtp"]["auth"]),
        (&json!(true), &json!("oauth2"))
    );
    for moved in [json!({"host": "evil.example"}), json!({"port": 465}), json!({"username": "bo"})]
    {
        let problem = admin.patch(&path, smtp(moved)).await.is_problem("invalid-request");
        assert_eq!(problem["errors"][0]["pointer"], "/smtp/password");
    }
    let moved = json!({"host": "smtp2.acme.example", "password": "another"});
    assert_eq!(admin.patch(&path, smtp(moved)).await.is(200)["smtp"]["host"], "smtp2.acme.example");
    // Without a user there is nothing to log in with.
    let open = admin.patch(&path, smtp(json!({"username": null}))).await.is(200);
    assert_eq!(open["smtp"]["has_password"], false);

    let renamed =
        admin.patch(&path, json!({"name": "Kim Lee", "plus_addresses": false})).await.is(200);
    assert_eq!((&renamed["name"], &renamed["plus_addresses"]), (&json!("Kim Lee"), &json!(false)));
    assert_eq!(renamed["imap"]["has_password"], true);
    assert_eq!(admin.patch(&path, json!({"imap": null})).await.is(200)["imap"], Value::Null);
    let problem = admin.patch(&path, json!({"smtp": null})).await.is_problem("invalid-request");
    assert_eq!(problem["errors"][0]["pointer"], "/smtp");
}

#[tokio::test]
async fn every_mistake_in_a_mailbox_is_named_at_once() {
    let world = World::new().await;
    let bad = json!({
        "name": "", "address": "kim", "plus_addresses": 1,
        "smtp": {"host": "a b", "port": 80, "security": "ssl", "password": "x", "colour": 1},
        "imap": {"host": "imap.acme.example", "port": 70_000, "security": "tls", "password": ""},
    });
    let problem = world.admin().post("/v1/mailboxes", bad).await.is_problem("invalid-request");
    let mut pointers: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["pointer"].as_str().unwrap())
        .collect();
    pointers.sort_unstable();
    assert_eq!(
        pointers,
        [
            "/address",
            "/imap/password",
            "/imap/port",
            "/imap/username",
            "/name",
            "/plus_addresses",
            "/smtp/colour",
            "/smtp/host",
            "/smtp/port",
            "/smtp/security",
        ]
    );
    let without_user = json!({"name": "Kim", "address": "kim@acme.example", "smtp": {"host": "s.example", "port": 2525, "security": "none", "password": "x"}});
    let problem =
        world.admin().post("/v1/mailboxes", without_user).await.is_problem("invalid-request");
    assert_eq!(problem["errors"][0]["pointer"], "/smtp/username");
    let without_password = json!({"name": "Kim", "address": "kim@acme.example", "smtp": {"host": "s.example", "port": 2525, "security": "none", "username": "x"}});
    let problem =
        world.admin().post("/v1/mailboxes", without_password).await.is_problem("invalid-request");
    assert_eq!(problem["errors"][0]["pointer"], "/smtp/password");
}

#[tokio::test]
async fn an_address_belongs_to_one_mailbox() {
    let world = World::new().await;
    let admin = world.admin();
    let once = admin.with("idempotency-key", "kim");
    let kim = once.post("/v1/mailboxes", kim()).await.is(201);
    // A repeat answers with what was made.
    assert_eq!(once.post("/v1/mailboxes", self::kim()).await.is(201), kim);
    let problem = admin.post("/v1/mailboxes", self::kim()).await.is_problem("email-taken");
    assert_eq!(problem["holder"], kim["id"]);
    let bo = world.add_mailbox("bo@acme.example").await;
    let taken = json!({"address": "KIM@acme.example"});
    let problem =
        admin.patch(&format!("/v1/mailboxes/{bo}"), taken.clone()).await.is_problem("email-taken");
    assert_eq!(problem["holder"], kim["id"]);
    admin.patch(&format!("/v1/mailboxes/{}", id(&kim)), taken.clone()).await.is(200);
    admin.delete(&format!("/v1/mailboxes/{}", id(&kim))).await.is(204);
    admin.patch(&format!("/v1/mailboxes/{bo}"), taken).await.is(200);
}

#[tokio::test]
async fn a_mailbox_that_a_campaign_writes_from_stays() {
    let world = World::new().await;
    let admin = world.admin();
    let mailbox = world.add_mailbox("kim@acme.example").await;
    let path = format!("/v1/mailboxes/{mailbox}");
    let campaign = id(&admin.post("/v1/campaigns", json!({"name": "Spring"})).await.is(201));
    let steps = json!([{"subject": "Hello", "body": "Hello there.", "wait_days": 0}]);
    world.set_messages(&campaign, &mailbox, steps).await.is(200);
    let problem = admin.delete(&path).await.is_problem("mailbox-in-use");
    assert_eq!(problem["mailbox"], json!(mailbox));
    assert_eq!(problem["blockers"], json!([{"campaign": campaign, "campaign_name": "Spring"}]));
    admin.post(&format!("/v1/campaigns/{campaign}/cancel"), json!({})).await.is(200);
    admin.delete(&path).await.is(204);
    admin.get(&path).await.is_problem("not-found");
    admin.delete(&path).await.is_problem("not-found");
    // What is over still says from where it wrote.
    let campaign = admin.get(&format!("/v1/campaigns/{campaign}")).await.is(200);
    assert_eq!(campaign["mailbox"], json!(mailbox));
}

#[tokio::test]
async fn a_key_of_a_mailbox_is_bound_to_it_and_ends_with_it() {
    let world = World::new().await;
    let admin = world.admin();
    let mailbox = world.add_mailbox("kim@acme.example").await;
    let ann = world.add_rep("Ann").await;
    for (bad, pointer) in [
        (json!({"name": "k", "role": "mailbox"}), "/mailbox"),
        (json!({"name": "k", "role": "viewer", "mailbox": mailbox}), "/mailbox"),
        (json!({"name": "k", "role": "mailbox", "mailbox": mailbox, "rep": ann}), "/rep"),
    ] {
        let problem = admin.post("/v1/keys", bad).await.is_problem("invalid-request");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    let foreign =
        json!({"name": "k", "role": "mailbox", "mailbox": "mbx_01kazzzzzzzzzzzzzzzzzzzzzz"});
    admin.post("/v1/keys", foreign).await.is_problem("not-found");
    let made = admin
        .post("/v1/keys", json!({"name": "k", "role": "mailbox", "mailbox": mailbox}))
        .await
        .is(201);
    assert_eq!((&made["mailbox"], &made["rep"]), (&json!(mailbox), &Value::Null));
    let holder = world.with_key(made["api_key"].as_str().map(str::to_owned));
    holder.post("/v1/noop", json!({})).await;
    holder.get(&format!("/v1/mailboxes/{mailbox}")).await.is_problem("forbidden");
    let listed = admin.get("/v1/keys").await.is(200);
    assert!(listed["items"].as_array().unwrap().iter().any(|key| key["mailbox"] == json!(mailbox)));
    admin.delete(&format!("/v1/mailboxes/{mailbox}")).await.is(204);
    world.clock.advance(std::time::Duration::from_secs(5));
    holder.post("/v1/noop", json!({})).await.is_problem("unauthenticated");
}

#[tokio::test]
async fn what_is_wrong_is_shown_since_it_began_and_of_two_troubles_the_one_with_reading() {
    let world = World::new().await;
    let admin = world.admin();
    let mailbox = id(&admin.post("/v1/mailboxes", kim()).await.is(201));
    let path = format!("/v1/mailboxes/{mailbox}");
    let (team, mailbox) = (world.team, mailbox.parse().unwrap());
    let at = |seconds| world.clock.now().plus_seconds(seconds);
    world.store.mailbox_sent(team, mailbox, Some("no relaying"), at(1)).await.unwrap();
    let shown = admin.get(&path).await.is(200);
    assert_eq!(shown["error"], json!({"detail": "no relaying", "since": at(1).to_string()}));
    world.store.mailbox_unread(team, mailbox, "no greeting", at(2)).await.unwrap();
    world.store.mailbox_unread(team, mailbox, "no login", at(3)).await.unwrap();
    let shown = admin.get(&path).await.is(200);
    assert_eq!(shown["error"], json!({"detail": "no login", "since": at(2).to_string()}));
}
