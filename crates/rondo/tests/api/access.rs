//! Who may do what: each operation against each role, by the table.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use axum::http::Method;
use futures_util::future::join_all;
use rondo::http::operations::{OPERATIONS, Operation, ROLES, Reach, markdown};
use rondo_core::event::Role;
use serde_json::{Value, json};

use crate::world::{Actor, World, id};

const ABSENT: &str = "01kazzzzzzzzzzzzzzzzzzzzzz";

/// The path with ids that nobody has, but for the rep, and the mailbox that a key is bound to.
fn path(actor: &Actor, operation: &Operation, rep: &str) -> String {
    let part = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some("rep") => rep.to_owned(),
        Some("mbx") if !actor.mailbox.is_empty() => actor.mailbox.clone(),
        Some(prefix) => format!("{prefix}_{ABSENT}"),
        None => part.to_owned(),
    };
    operation.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

async fn knock(actor: &Actor, operation: &Operation, rep: &str) -> crate::world::Reply {
    let has_body = operation.method == Method::POST || operation.method == Method::PATCH;
    // A body that is read and taken by none, so that nothing changes.
    let body = has_body.then(|| json!({"no_such_field": 1}).to_string());
    actor.send(operation.method.clone(), &path(actor, operation, rep), body).await
}

async fn holder(world: &World, role: Role) -> Actor {
    match role {
        Role::Admin => world.admin(),
        Role::Rep => world.rep("Ann").await,
        Role::Router => world.holder_of("router").await,
        Role::Viewer => world.holder_of("viewer").await,
        Role::Mailbox => world.mailbox("kim@acme.example").await,
    }
}

#[tokio::test]
async fn every_operation_is_open_to_the_roles_of_its_line_and_to_no_other() {
    let world = World::new().await;
    let other = world.add_rep("Bo").await;
    for role in ROLES {
        let actor = holder(&world, role).await;
        for operation in OPERATIONS {
            // The switch would be thrown for good.
            let is_switch = operation.path.ends_with("out-of-office");
            let named = if actor.rep.is_empty() { &other } else { &actor.rep };
            let reply = if is_switch && operation.method == Method::PUT {
                let body = json!({"no_such_field": 1}).to_string();
                actor.send(Method::PUT, &path(&actor, operation, named), Some(body)).await
            } else if operation.id == "remove_rep" && role == Role::Admin {
                continue;
            } else {
                knock(&actor, operation, named).await
            };
            let is_forbidden = reply.status == 403;
            let may = operation.reach(role) != Reach::Nothing;
            assert_eq!(is_forbidden, !may, "{} as {role:?}: {}", operation.id, reply.text);
            assert!(
                !reply.status.is_server_error(),
                "{} as {role:?}: {}",
                operation.id,
                reply.text
            );
            if is_forbidden {
                reply.is_problem("forbidden");
            }
        }
    }
}

#[tokio::test]
async fn nobody_without_a_key_gets_in_anywhere() {
    let world = World::new().await;
    for operation in OPERATIONS {
        let reply = knock(&world.stranger(), operation, &format!("rep_{ABSENT}")).await;
        assert_eq!(reply.status, 401, "{}", operation.id);
        reply.is_problem("unauthenticated");
        assert_eq!(reply.headers["www-authenticate"], "Bearer");
    }
}

#[tokio::test]
async fn a_reps_key_opens_that_rep_alone() {
    let world = World::new().await;
    let (ann, bo) = (world.rep("Ann").await, world.rep("Bo").await);
    let theirs = |operation: &&Operation| {
        operation.path.contains("{rep}") && operation.reach(Role::Rep) == Reach::Own
    };
    for operation in OPERATIONS.iter().filter(theirs) {
        knock(&ann, operation, &bo.rep).await.is_problem("forbidden");
    }
    let listed = ann.get("/v1/reps").await.is(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["id"], json!(ann.rep));

    // Their place in the circles, and nobody else's.
    let with_ann = world.add_group("North", &[&ann.rep, &bo.rep]).await;
    let without = world.add_group("South", &[&bo.rep]).await;
    let group = ann.get(&format!("/v1/groups/{with_ann}")).await.is(200);
    assert_eq!(group["member_count"], 2);
    assert_eq!(names(&group["members"]), ["Ann"]);
    let members = ann.get(&format!("/v1/groups/{with_ann}/members")).await.is(200);
    assert_eq!(names(&members["items"]), ["Ann"]);
    ann.get(&format!("/v1/groups/{without}")).await.is_problem("forbidden");
    let groups = ann.get("/v1/groups").await.is(200);
    assert_eq!(names(&groups["items"]), ["All sales reps", "North"]);

    // Their assignments, and nobody else's.
    let campaign = world.launched("Spring", &with_ann).await;
    let first = world.qualify(&campaign, "lea@customer.example").await.is(201);
    let second = world.qualify(&campaign, "max@customer.example").await.is(201);
    ann.get(&format!("/v1/assignments/{}", id(&first))).await.is(200);
    ann.get(&format!("/v1/assignments/{}", id(&second))).await.is_problem("forbidden");
    let listed = ann.get("/v1/assignments").await.is(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    ann.get(&format!("/v1/assignments?rep={}", bo.rep)).await.is_problem("forbidden");
}

#[tokio::test]
async fn a_mailboxs_key_opens_that_mailbox_alone() {
    let world = World::new().await;
    let (kim, bo) =
        (world.mailbox("kim@acme.example").await, world.add_mailbox("bo@acme.example").await);
    let theirs = |operation: &&Operation| operation.reach(Role::Mailbox) == Reach::Own;
    for operation in OPERATIONS.iter().filter(theirs) {
        let other = operation.path.replace("{mbx}", &bo);
        let body = json!({"no_such_field": 1}).to_string();
        let reply = kim.send(operation.method.clone(), &other, Some(body)).await;
        let problem = reply.is_problem("forbidden");
        assert!(problem["detail"].as_str().unwrap().contains(&kim.mailbox), "{problem}");
    }
}

fn names(items: &Value) -> Vec<&str> {
    items.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn notes_on_absences_are_for_admins_and_that_rep() {
    let world = World::new().await;
    let (ann, _bo) = (world.rep("Ann").await, world.rep("Bo").await);
    let viewer = world.holder_of("viewer").await;
    let path = format!("/v1/reps/{}", ann.rep);
    ann.put(&format!("{path}/out-of-office"), json!({"note": "surgery"})).await.is(200);
    for (actor, note) in
        [(&world.admin(), json!("surgery")), (&ann, json!("surgery")), (&viewer, json!(null))]
    {
        let rep = actor.get(&path).await.is(200);
        assert_eq!(rep["out_of_office"]["note"], note);
        let absences = actor.get(&format!("{path}/absences")).await.is(200);
        assert_eq!(absences["items"][0]["note"], note);
    }
}

#[tokio::test]
async fn nothing_of_another_team_is_there() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    let assignment = world.qualify(&campaign, "lea@customer.example").await.is(201);
    let stranger = world.other_team().await;
    let lead = assignment["lead"].as_str().unwrap();
    for path in [
        format!("/v1/reps/{ann}"),
        format!("/v1/groups/{group}"),
        format!("/v1/campaigns/{campaign}"),
        format!("/v1/campaigns/{campaign}/queue"),
        format!("/v1/assignments/{}", id(&assignment)),
        format!("/v1/assignments/{}/circle", id(&assignment)),
        format!("/v1/leads/{lead}"),
        format!("/v1/leads?owner={ann}"),
        format!("/v1/assignments?rep={ann}"),
        format!("/v1/conversations?campaign={campaign}"),
        format!("/v1/conversations/{}", assignment["conversation"].as_str().unwrap()),
    ] {
        stranger.get(&path).await.is_problem("not-found");
    }
    // In a body it is the same.
    stranger
        .post("/v1/groups", json!({"name": "Mine", "reps": [ann]}))
        .await
        .is_problem("not-found");
    stranger
        .post("/v1/campaigns", json!({"name": "Mine", "group": group}))
        .await
        .is_problem("not-found");
    let report = json!({"lead": {"email": "lea@customer.example"}});
    stranger
        .post(&format!("/v1/campaigns/{campaign}/qualified"), report)
        .await
        .is_problem("not-found");
    let to = json!({"to": ann});
    let reassign = format!("/v1/assignments/{}/reassign", id(&assignment));
    stranger.post(&reassign, to).await.is_problem("not-found");
}

#[tokio::test]
async fn a_key_stops_opening_when_it_expires_or_is_revoked() {
    let world = World::new().await;
    let admin = world.admin();
    let made = admin
        .post(
            "/v1/keys",
            json!({"name": "a day", "role": "viewer", "expires_at": world.in_seconds(86_400)}),
        )
        .await
        .is(201);
    let key = made["api_key"].as_str().unwrap();
    assert!(key.starts_with(made["prefix"].as_str().unwrap()));
    let viewer = world.with_key(Some(key.to_owned()));
    viewer.get("/v1/reps").await.is(200);
    world.clock.advance(std::time::Duration::from_secs(86_400));
    viewer.get("/v1/reps").await.is_problem("unauthenticated");

    let made = admin.post("/v1/keys", json!({"name": "b", "role": "viewer"})).await.is(201);
    let viewer = world.with_key(made["api_key"].as_str().map(str::to_owned));
    viewer.get("/v1/reps").await.is(200);
    admin.delete(&format!("/v1/keys/{}", id(&made))).await.is(204);
    viewer.get("/v1/reps").await.is_problem("unauthenticated");
    let listed = admin.get("/v1/keys").await.is(200);
    assert!(!listed.to_string().contains(&id(&made)));
    assert!(!listed.to_string().contains("api_key"));
}

#[tokio::test]
async fn strangers_are_slowed_down_and_callers_with_a_key_are_not() {
    let world = World::new().await;
    let stranger = world.stranger();
    let mut statuses = BTreeSet::new();
    for _ in 0..300 {
        statuses.insert(stranger.get("/v1/reps").await.status.as_u16());
    }
    assert_eq!(statuses, BTreeSet::from([401, 429]));
    let slowed = stranger.get("/v1/reps").await;
    slowed.is_problem("too-many-requests");
    assert_eq!(slowed.headers["retry-after"], "1");
    world.admin().get("/v1/settings").await.is(429);
    world.clock.advance(std::time::Duration::from_secs(30));
    world.admin().get("/v1/settings").await.is(200);
    for _ in 0..300 {
        stranger.get("/v1/reps").await;
    }
    world.admin().get("/v1/settings").await.is(200);
}

#[tokio::test]
async fn many_callers_behind_one_address_come_at_once_after_a_start() {
    let world = World::new().await;
    let made = world.admin().post("/v1/keys", json!({"name": "crm", "role": "viewer"})).await;
    let key = made.is(201)["api_key"].as_str().map(str::to_owned);
    // Nobody's key is remembered while the first of them are looked up.
    let viewers: Vec<_> = (0..300).map(|_| world.with_key(key.clone())).collect();
    for reply in join_all(viewers.iter().map(|viewer| viewer.get("/v1/reps"))).await {
        reply.is(200);
    }
}

#[tokio::test]
async fn wrong_keys_that_come_at_once_are_bounded_as_those_that_come_one_by_one() {
    let world = World::new().await;
    let key = world.admin().post("/v1/keys", json!({"name": "b", "role": "viewer"})).await.is(201);
    let key = key["api_key"].as_str().unwrap().to_owned();
    // As good as the true one, but for its last characters.
    let wrong = |number: usize| format!("{}{number:04}", &key[..key.len() - 4]);
    let guessers: Vec<_> = (0..1000).map(|number| world.with_key(Some(wrong(number)))).collect();
    let mut counts = BTreeMap::<u16, usize>::new();
    for reply in join_all(guessers.iter().map(|guesser| guesser.get("/v1/reps"))).await {
        *counts.entry(reply.status.as_u16()).or_default() += 1;
    }
    assert!(counts[&401] <= 210, "{counts:?}");
    assert_eq!(counts.values().sum::<usize>(), 1000);
    assert_eq!(counts.keys().copied().collect::<Vec<_>>(), [401, 429]);
}

#[tokio::test]
async fn a_key_that_asks_more_often_than_its_limit_is_slowed_down_alone() {
    let world = World::with_limit(NonZeroU32::new(10)).await;
    let viewer = world.holder_of("viewer").await;
    for _ in 0..10 {
        viewer.get("/v1/reps").await.is(200);
    }
    let slowed = viewer.get("/v1/reps").await;
    slowed.is_problem("too-many-requests");
    assert_eq!(slowed.headers["retry-after"], "1");
    world.admin().get("/v1/reps").await.is(200);
    world.stranger().get("/v1/reps").await.is_problem("unauthenticated");
    world.clock.advance(std::time::Duration::from_secs(1));
    for _ in 0..10 {
        viewer.get("/v1/reps").await.is(200);
    }
    // The limit goes on when the key is looked up anew, as after a revocation.
    let other = json!({"name": "other", "role": "viewer"});
    let other = id(&world.admin().post("/v1/keys", other).await.is(201));
    world.admin().delete(&format!("/v1/keys/{other}")).await.is(204);
    viewer.get("/v1/reps").await.is_problem("too-many-requests");
}

#[tokio::test]
async fn a_key_that_was_given_a_limit_keeps_to_it_whatever_the_server_is_set_to() {
    for server in [None, NonZeroU32::new(1), NonZeroU32::new(50)] {
        let world = World::with_limit(server).await;
        let new = json!({"name": "form", "role": "viewer", "requests_per_second_max": 3});
        let made = world.admin().post("/v1/keys", new).await.is(201);
        assert_eq!(made["requests_per_second_max"], 3);
        let viewer = world.with_key(made["api_key"].as_str().map(str::to_owned));
        for _ in 0..3 {
            viewer.get("/v1/reps").await.is(200);
        }
        let slowed = viewer.get("/v1/reps").await;
        slowed.is_problem("too-many-requests");
        assert_eq!(slowed.headers["retry-after"], "1");
        // Looked up again, in five seconds, it has its full limit and no more.
        world.clock.advance(std::time::Duration::from_secs(5));
        for _ in 0..3 {
            viewer.get("/v1/reps").await.is(200);
        }
        viewer.get("/v1/reps").await.is_problem("too-many-requests");
        let listed = world.admin().get("/v1/keys").await.is(200);
        for key in listed["items"].as_array().unwrap() {
            let limit = if key["id"] == made["id"] { json!(3) } else { json!(null) };
            assert_eq!(key["requests_per_second_max"], limit);
        }
    }
}

#[test]
fn the_guide_holds_the_table_as_it_is() {
    let guide = include_str!("../../../../docs/api.md");
    for line in markdown().lines() {
        assert!(guide.contains(line), "docs/api.md lacks the line `{line}`");
    }
    let lines =
        guide.lines().filter(|line| line.starts_with("| `") && line.contains(" /v1/")).count();
    assert_eq!(lines, OPERATIONS.len(), "docs/api.md holds operations that are not there");
}
