//! Every problem that the API can answer, provoked for real.

use axum::http::Method;
use rondo::http::codes::{CODES, Code};
use serde_json::{Value, json};

use crate::thread::Thread;
use crate::world::{Reply, World, id};

/// Webhooks that a team can have.
const WEBHOOKS_MAX: usize = 20;
/// Bytes that a body can have.
const BODY_BYTES_MAX: usize = 1 << 20;

#[tokio::test]
async fn every_problem_comes_about_with_its_status_and_the_facts_of_its_example() {
    for code in CODES {
        let reply = provoked(*code).await;
        let problem = reply.is_problem(code.as_str());
        assert_eq!(reply.status, code.status(), "{problem}");
        assert_eq!(problem["title"], code.title());
        for (fact, value) in code.example_document().as_object().unwrap() {
            let real = &problem[fact];
            assert_eq!(kind(real), kind(value), "`{fact}` of the example and of {problem}");
        }
        let header = match code.status().as_u16() {
            401 => Some("www-authenticate"),
            405 => Some("allow"),
            429 | 503 => Some("retry-after"),
            _ => None,
        };
        let has_all = header.is_none_or(|header| reply.headers.contains_key(header));
        assert!(has_all, "{} lacks `{header:?}`", code.as_str());
    }
}

fn kind(value: &Value) -> std::mem::Discriminant<Value> {
    std::mem::discriminant(value)
}

/// An answer with this problem. A code that is added gets its case here, or nothing compiles.
async fn provoked(code: Code) -> Reply {
    let world = World::new().await;
    match code {
        Code::InvalidRequest => world.admin().post("/v1/reps", json!({})).await,
        Code::Unauthenticated => world.stranger().get("/v1/reps").await,
        Code::Forbidden => world.holder_of("viewer").await.post("/v1/reps", json!({})).await,
        Code::NotFound => world.admin().get("/v1/reps/rep_01kazzzzzzzzzzzzzzzzzzzzzz").await,
        Code::MethodNotAllowed => world.admin().put("/v1/reps", json!({})).await,
        Code::WrongStatus => paused_draft(&world).await,
        Code::LastAvailableRep => last_rep_away(&world).await,
        Code::NobodyAvailable => launched_without_anybody(&world).await,
        Code::GroupNeedsARep => only_member_removed(&world).await,
        Code::GroupInUse => used_group_removed(&world).await,
        Code::DefaultGroupIsFixed => default_group_renamed(&world).await,
        Code::CampaignStarted => running_campaign_regrouped(&world).await,
        Code::NameTaken => second_group_of_a_name(&world).await,
        Code::EmailTaken => second_rep_of_an_address(&world).await,
        Code::RepOwnsLeads => owner_removed(&world).await,
        Code::AssignmentSuperseded => passed_on_twice(&world).await,
        Code::MailboxInUse => used_mailbox_removed(&world).await,
        Code::ConversationAssigned => answered_after_the_handover(&world).await,
        Code::AddressSuppressed => suppressed_lead_answered(&world).await,
        Code::LastAdmin => last_admin_removed(&world).await,
        Code::LimitReached => one_webhook_too_many(&world).await,
        Code::TooLarge => {
            world.admin().post("/v1/reps", json!({"name": "x".repeat(BODY_BYTES_MAX)})).await
        }
        Code::UnsupportedMediaType => {
            let actor = world.admin().with("content-type", "text/plain");
            actor.send(Method::POST, "/v1/reps", Some("{}".to_owned())).await
        }
        Code::IdempotencyKeyReused => one_key_for_two_requests(&world).await,
        Code::TooManyRequests => stranger_who_goes_on(&world).await,
        Code::Internal => report_that_the_data_fails(&world).await,
        Code::Unavailable => {
            world.store.close().await;
            world.admin().get("/v1/reps").await
        }
    }
}

async fn paused_draft(world: &World) -> Reply {
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.add_campaign("Spring", &group).await;
    world.admin().post(&format!("/v1/campaigns/{campaign}/pause"), json!({})).await
}

async fn last_rep_away(world: &World) -> Reply {
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let group = world.add_group("North", &[&ann, &bo]).await;
    world.launched("Spring", &group).await;
    let tomorrow = json!({"from": world.in_seconds(86_400)});
    world.admin().post(&format!("/v1/reps/{bo}/absences"), tomorrow).await.is(201);
    world.admin().put(&format!("/v1/reps/{ann}/out-of-office"), json!({})).await
}

async fn launched_without_anybody(world: &World) -> Reply {
    let ann = world.add_rep("Ann").await;
    world.admin().put(&format!("/v1/reps/{ann}/out-of-office"), json!({})).await.is(200);
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.add_campaign("Spring", &group).await;
    world.admin().post(&format!("/v1/campaigns/{campaign}/launch"), json!({})).await
}

async fn only_member_removed(world: &World) -> Reply {
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    world.admin().delete(&format!("/v1/groups/{group}/members/{ann}")).await
}

async fn used_group_removed(world: &World) -> Reply {
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    world.launched("Spring", &group).await;
    world.admin().delete(&format!("/v1/groups/{group}")).await
}

async fn default_group_renamed(world: &World) -> Reply {
    let groups = world.admin().get("/v1/groups").await.is(200);
    let path = format!("/v1/groups/{}", id(&groups["items"][0]));
    world.admin().patch(&path, json!({"name": "North"})).await
}

async fn running_campaign_regrouped(world: &World) -> Reply {
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let other = world.add_group("South", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    world.admin().patch(&format!("/v1/campaigns/{campaign}"), json!({"group": other})).await
}

async fn second_group_of_a_name(world: &World) -> Reply {
    let ann = world.add_rep("Ann").await;
    world.add_group("North", &[&ann]).await;
    world.admin().post("/v1/groups", json!({"name": "NORTH", "reps": [ann]})).await
}

async fn second_rep_of_an_address(world: &World) -> Reply {
    world.add_rep("Ann").await;
    let again = json!({"name": "Ann", "email": "ANN@acme.example"});
    world.admin().post("/v1/reps", again).await
}

async fn owner_removed(world: &World) -> Reply {
    let ann = world.add_rep("Ann").await;
    let owned = json!({"email": "lea@customer.example", "owner": ann});
    world.admin().post("/v1/leads", owned).await.is(200);
    world.admin().delete(&format!("/v1/reps/{ann}")).await
}

async fn passed_on_twice(world: &World) -> Reply {
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let group = world.add_group("North", &[&ann, &bo]).await;
    let campaign = world.launched("Spring", &group).await;
    let first = world.qualify(&campaign, "lea@customer.example").await.is(201);
    let path = format!("/v1/assignments/{}/reassign", id(&first));
    world.admin().post(&path, json!({"to": bo})).await.is(201);
    world.admin().post(&path, json!({"to": ann})).await
}

async fn used_mailbox_removed(world: &World) -> Reply {
    let mailbox = world.add_mailbox("kim@acme.example").await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.add_campaign("Spring", &group).await;
    let steps = json!([{"subject": "Hello", "body": "Hello there.", "wait_days": 0}]);
    world.set_messages(&campaign, &mailbox, steps).await.is(200);
    world.admin().delete(&format!("/v1/mailboxes/{mailbox}")).await
}

async fn answered_after_the_handover(world: &World) -> Reply {
    let thread = Thread::begun(world).await;
    world.qualify(&thread.campaign, thread.email).await.is(201);
    thread.review(world, json!({"action": "answer", "text": "Thank you."})).await
}

async fn suppressed_lead_answered(world: &World) -> Reply {
    let thread = Thread::begun(world).await;
    let new = json!({"email": thread.email});
    world.admin().post("/v1/suppressions", new).await.is(201);
    thread.review(world, json!({"action": "answer", "text": "Thank you."})).await
}

async fn last_admin_removed(world: &World) -> Reply {
    let users = world.admin().get("/v1/users").await.is(200);
    world.admin().delete(&format!("/v1/users/{}", id(&users["items"][0]))).await
}

async fn one_webhook_too_many(world: &World) -> Reply {
    let new = json!({"url": "https://hooks.example/rondo", "events": ["rep.away"]});
    for _ in 0..WEBHOOKS_MAX {
        world.admin().post("/v1/webhooks", new.clone()).await.is(201);
    }
    world.admin().post("/v1/webhooks", new).await
}

async fn one_key_for_two_requests(world: &World) -> Reply {
    let once = world.admin().with("idempotency-key", "first");
    once.post("/v1/campaigns", json!({"name": "Spring"})).await.is(201);
    once.post("/v1/campaigns", json!({"name": "Autumn"})).await
}

async fn stranger_who_goes_on(world: &World) -> Reply {
    loop {
        let reply = world.stranger().get("/v1/reps").await;
        if reply.status != 401 {
            return reply;
        }
    }
}

async fn report_that_the_data_fails(world: &World) -> Reply {
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    world.faults.poison(|_| true);
    world.qualify(&campaign, "lea@customer.example").await
}

#[test]
fn the_guide_holds_the_codes_as_they_are() {
    let guide = include_str!("../../../../docs/api.md");
    let (_, table) = guide.split_once("<!-- codes -->\n").unwrap();
    let (table, _) = table.split_once("<!-- end of codes -->").unwrap();
    let mut expected = String::from("| code | status | means |\n|---|---|---|\n");
    for code in CODES {
        let (name, status) = (code.as_str(), code.status().as_u16());
        expected.push_str(&format!("| `{name}` | {status} | {} |\n", code.title()));
    }
    assert_eq!(table, expected);
}
