//! What waits for a person, and what they do about it, over HTTP.

use rondo_core::mail::{Handling, ReplyLabel, ReviewReason, Sender};
use serde_json::{Value, json};

use crate::thread::{Thread, read};
use crate::world::{World, id};

const UNSURE: Result<(), ReviewReason> = Err(ReviewReason::Uncertain);

#[tokio::test]
async fn a_conversation_shows_its_messages_of_both_sides() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let before = thread.shown(&world).await;
    assert_eq!(
        (&before["status"], &before["mailbox"]),
        (&json!("awaiting_lead"), &json!(thread.mailbox))
    );
    assert_eq!(before["next_message_at"], json!(world.in_seconds(3 * 86_400)));
    thread.hears(&world, "Maybe, call me", ReplyLabel::HighIntent, UNSURE).await;
    let shown = thread.shown(&world).await;
    assert_eq!(
        (&shown["status"], &shown["review_reason"]),
        (&json!("in_review"), &json!("uncertain"))
    );
    assert_eq!(shown["next_message_at"], Value::Null);
    let [first, reply] = shown["messages"].as_array().unwrap().as_slice() else {
        panic!("{shown}")
    };
    for (field, value) in [
        ("direction", json!("out")),
        ("kind", json!("step")),
        ("from", json!("kim@acme.example")),
        ("to", json!(["lea@customer.example"])),
        ("subject", json!("Northgate")),
        ("text", json!("Hello there.")),
        ("state", json!("queued")),
        ("error", Value::Null),
        ("label", Value::Null),
        ("decision", Value::Null),
    ] {
        assert_eq!(first[field], value, "{field}");
    }
    for (field, value) in [
        ("direction", json!("in")),
        ("kind", json!("received")),
        ("from", json!("lea@customer.example")),
        ("text", json!("Maybe, call me")),
        ("quoted_text", json!("> Hello there.")),
        ("label", json!("high_intent")),
        ("corrected_label", Value::Null),
        ("confidence", json!(0.93)),
        ("decision", json!("review")),
        ("probabilities", json!({"high_intent": 0.93, "other": 0.07})),
        ("cues", json!(["call me"])),
        ("fields", json!({"phone": "555-0142"})),
        ("state", Value::Null),
        ("review_reason", json!("uncertain")),
        ("conversation", json!(thread.conversation)),
        ("mailbox", json!(thread.mailbox)),
    ] {
        assert_eq!(reply[field], value, "{field}");
    }
    let listed = world.admin().get("/v1/conversations?status=in_review").await.is(200);
    assert_eq!(listed["items"][0]["review_reason"], "uncertain");
    assert!(listed["items"][0].get("messages").is_none());
}

#[tokio::test]
async fn what_waits_for_a_person_is_one_list_conversations_first() {
    let world = World::new().await;
    let lea = Thread::begun(&world).await;
    let max = lea.beside(&world, "max@customer.example").await;
    let zoe = lea.beside(&world, "zoe@customer.example").await;
    let (stray, handling) = lea
        .takes(&world, "Who are you?", None, read(Sender::Other, ReplyLabel::Question, UNSURE))
        .await;
    assert_eq!(handling, Handling::Review(ReviewReason::NoConversation));
    zoe.hears(&world, "Hm", ReplyLabel::Other, UNSURE).await;
    lea.hears(&world, "Which languages?", ReplyLabel::Question, Ok(())).await;
    lea.hears(&world, "And which prices?", ReplyLabel::Question, Ok(())).await;
    let rep = lea.rep.parse().unwrap();
    let (away, _) = max
        .takes(
            &world,
            "I am out",
            Some(max.conversation.parse().unwrap()),
            read(Sender::Rep(rep), ReplyLabel::AutoReply, Ok(())),
        )
        .await;

    let admin = world.admin();
    let all = admin.get("/v1/reviews").await.is(200);
    let items = all["items"].as_array().unwrap();
    assert_eq!(items.len(), 4, "{all}");
    assert_eq!(
        (
            &items[0]["kind"],
            &items[0]["conversation"],
            &items[0]["reason"],
            &items[0]["message"]["text"]
        ),
        (
            &json!("conversation"),
            &json!(lea.conversation),
            &json!("to_be_answered"),
            &json!("And which prices?")
        )
    );
    assert_eq!(
        (&items[0]["campaign"], &items[0]["lead"]),
        (&json!(lea.campaign), &json!(lea.lead))
    );
    assert_eq!(
        (&items[1]["conversation"], &items[1]["reason"]),
        (&json!(zoe.conversation), &json!("uncertain"))
    );
    assert_eq!(
        (&items[2]["kind"], &items[2]["message"]["id"], &items[2]["reason"]),
        (&json!("message"), &json!(stray), &json!("no_conversation"))
    );
    assert_eq!(
        (&items[3]["message"]["id"], &items[3]["reason"]),
        (&json!(away), &json!("rep_seems_away"))
    );
    assert_eq!(
        (&items[3]["message"]["rep"], &items[3]["message"]["conversation"]),
        (&json!(rep), &json!(max.conversation))
    );
    assert_eq!(all["next_cursor"], Value::Null);
    for limit in 1..=4 {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = admin.get(&format!("/v1/reviews?limit={limit}{cursor}")).await.is(200);
            found.extend(page["items"].as_array().unwrap().clone());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(&found, items, "{limit}");
    }

    let close = |message: &Value| {
        format!("/v1/messages/{}/close", message["message"]["id"].as_str().unwrap())
    };
    let viewer = world.holder_of("viewer").await;
    assert_eq!(viewer.get("/v1/reviews").await.is(200), all);
    viewer.post(&close(&items[2]), json!({})).await.is_problem("forbidden");
    admin.post(&close(&items[2]), json!({})).await.is(204);
    admin.post(&close(&items[2]), json!({})).await.is(204);
    assert_eq!(admin.get("/v1/reviews").await.is(200)["items"].as_array().unwrap().len(), 3);
    admin
        .post("/v1/messages/msg_01kazzzzzzzzzzzzzzzzzzzzzz/close", json!({}))
        .await
        .is_problem("not-found");
}

#[tokio::test]
async fn a_message_is_downloaded_as_it_came_by_admins_alone() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let (message, _) = thread.hears(&world, "<script>", ReplyLabel::Other, UNSURE).await;
    let path = format!("/v1/messages/{message}/raw");
    let reply = world.admin().get(&path).await;
    assert_eq!(
        (reply.status.as_u16(), reply.text.as_str()),
        (200, "Subject: AW: Northgate\r\n\r\n<script>\r\n")
    );
    assert_eq!(reply.headers["content-type"], "message/rfc822");
    assert_eq!(
        reply.headers["content-disposition"],
        format!("attachment; filename=\"{message}.eml\"")
    );
    assert_eq!(reply.headers["x-content-type-options"], "nosniff");
    world.holder_of("viewer").await.get(&path).await.is_problem("forbidden");
    world.other_team().await.get(&path).await.is_problem("not-found");
    // What we wrote ourselves did not come in.
    let first = id(&thread.shown(&world).await["messages"][0]);
    world.admin().get(&format!("/v1/messages/{first}/raw")).await.is_problem("not-found");
}

#[tokio::test]
async fn a_label_given_by_a_person_has_done_what_follows_from_it() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let none = json!({"action": "label", "label": "question"});
    let problem = thread.review(&world, none).await.is_problem("invalid-request");
    assert_eq!(problem["errors"][0]["pointer"], "/message");
    let (first, _) = thread.hears(&world, "Hm", ReplyLabel::Other, UNSURE).await;
    let (last, _) = thread.hears(&world, "Call me", ReplyLabel::Other, UNSURE).await;
    let declined = json!({"action": "label", "label": "not_interested", "message": first});
    let shown = thread.review(&world, declined).await.is(200);
    assert_eq!(
        (&shown["status"], &shown["messages"][1]["corrected_label"]),
        (&json!("not_interested"), &json!("not_interested"))
    );
    let keen = json!({"action": "label", "label": "high_intent"});
    let once = world.admin().with("idempotency-key", "label");
    let path = format!("/v1/conversations/{}/review", thread.conversation);
    let shown = once.post(&path, keen.clone()).await.is(200);
    assert_eq!(
        (&shown["status"], &shown["assignment"]["rep"]),
        (&json!("qualified"), &json!(thread.rep))
    );
    assert_eq!(
        (&shown["messages"][2]["id"], &shown["messages"][2]["corrected_label"]),
        (&json!(last), &json!("high_intent"))
    );
    assert_eq!(once.post(&path, keen).await.is(200), shown);
    let kinds: Vec<_> = shown["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["step", "received", "received", "handover", "note"]);
    let foreign =
        json!({"action": "label", "label": "other", "message": "msg_01kazzzzzzzzzzzzzzzzzzzzzz"});
    thread.review(&world, foreign).await.is_problem("not-found");
}

#[tokio::test]
async fn an_answer_goes_out_in_the_leads_thread() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    thread.hears(&world, "Which languages?", ReplyLabel::Question, Ok(())).await;
    let shown = thread
        .review(&world, json!({"action": "answer", "text": "All of them.\nKim"}))
        .await
        .is(200);
    assert_eq!(
        (&shown["status"], &shown["review_reason"]),
        (&json!("awaiting_lead"), &Value::Null)
    );
    let answer = &shown["messages"][2];
    for (field, value) in [
        ("kind", json!("answer")),
        ("from", json!("kim@acme.example")),
        ("to", json!(["lea@customer.example"])),
        ("subject", json!("Re: Northgate")),
        ("text", json!("All of them.\nKim")),
        ("state", json!("queued")),
    ] {
        assert_eq!(answer[field], value, "{field}");
    }
    assert!(world.admin().get("/v1/reviews").await.is(200)["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_needs_a_mailbox_and_a_person() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let admin = world.admin();
    let plain = id(&admin.post("/v1/campaigns", json!({"name": "Plain"})).await.is(201));
    let taken = admin
        .post(&format!("/v1/campaigns/{plain}/leads"), json!({"email": "max@customer.example"}))
        .await
        .is(200);
    let path = format!("/v1/conversations/{}/review", taken["conversations"][0].as_str().unwrap());
    let answer = json!({"action": "answer", "text": "Hello."});
    let problem = admin.post(&path, answer.clone()).await.is_problem("invalid-request");
    assert_eq!(problem["errors"][0]["pointer"], "/action");
    admin.delete(&format!("/v1/leads/{}", thread.lead)).await.is(204);
    for action in [
        answer,
        json!({"action": "forward", "to": thread.rep}),
        json!({"action": "qualify"}),
        json!({"action": "resume"}),
    ] {
        thread.review(&world, action).await.is_problem("not-found");
    }
}

#[tokio::test]
async fn a_person_qualifies_forwards_closes_and_resumes() {
    let world = World::new().await;
    let lea = Thread::begun(&world).await;
    let cy = world.add_rep("Cy").await;
    let [max, zoe, eve] = [
        lea.beside(&world, "max@customer.example").await,
        lea.beside(&world, "zoe@customer.example").await,
        lea.beside(&world, "eve@customer.example").await,
    ];
    for thread in [&lea, &max, &zoe, &eve] {
        thread.hears(&world, "Hm", ReplyLabel::Other, UNSURE).await;
    }
    let qualified = lea.review(&world, json!({"action": "qualify"})).await.is(200);
    assert_eq!(
        (&qualified["status"], &qualified["assignment"]["reason"]),
        (&json!("qualified"), &json!("turn"))
    );
    let forwarded = max.review(&world, json!({"action": "forward", "to": cy})).await.is(200);
    assert_eq!(
        (&forwarded["assignment"]["rep"], &forwarded["assignment"]["reason"]),
        (&json!(cy), &json!("manual"))
    );
    let again = max.review(&world, json!({"action": "forward", "to": lea.rep})).await;
    let problem = again.is_problem("conversation-assigned");
    assert_eq!(problem["standing"], forwarded["assignment"]["id"]);
    assert_eq!(
        zoe.review(&world, json!({"action": "close"})).await.is(200)["status"],
        "not_interested"
    );
    let resumed = eve.review(&world, json!({"action": "resume"})).await.is(200);
    assert_eq!(
        (&resumed["status"], &resumed["next_message_at"]),
        (&json!("awaiting_lead"), &json!(world.in_seconds(0)))
    );
    assert!(world.admin().get("/v1/reviews").await.is(200)["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn an_action_takes_what_goes_with_it_and_nothing_else() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    for (bad, pointer) in [
        (json!({}), "/action"),
        (json!({"action": "shout", "text": "x"}), "/action"),
        (json!({"action": "label"}), "/label"),
        (json!({"action": "label", "label": "keen"}), "/label"),
        (json!({"action": "answer"}), "/text"),
        (json!({"action": "answer", "text": " "}), "/text"),
        (json!({"action": "answer", "text": "a\u{0}b"}), "/text"),
        (json!({"action": "forward"}), "/to"),
        (json!({"action": "close", "text": "x"}), "/text"),
    ] {
        let problem = thread.review(&world, bad).await.is_problem("invalid-request");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{problem}");
    }
    let viewer = world.holder_of("viewer").await;
    let path = format!("/v1/conversations/{}/review", thread.conversation);
    viewer.post(&path, json!({"action": "close"})).await.is_problem("forbidden");
    let absent = "/v1/conversations/conv_01kazzzzzzzzzzzzzzzzzzzzzz/review";
    for action in [
        json!({"action": "close"}),
        json!({"action": "answer", "text": "x"}),
        json!({"action": "label", "label": "other"}),
    ] {
        world.admin().post(absent, action).await.is_problem("not-found");
    }
}

#[tokio::test]
async fn what_comes_after_the_campaign_is_shown_to_people() {
    // C7
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let path = format!("/v1/campaigns/{}/cancel", thread.campaign);
    world.admin().post(&path, json!({})).await.is(200);
    thread.hears(&world, "Yes please", ReplyLabel::HighIntent, Ok(())).await;
    let shown = thread.shown(&world).await;
    assert_eq!(
        (&shown["status"], &shown["review_reason"]),
        (&json!("in_review"), &json!("campaign_over"))
    );
    thread.review(&world, json!({"action": "qualify"})).await.is_problem("wrong-status");
}
