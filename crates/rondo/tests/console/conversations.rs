//! What waits for a person, conversations as threads, and what people do about them.

use axum::http::{StatusCode, header};
use rondo_core::mail::{ReplyLabel, ReviewReason, Sender};
use serde_json::json;

use crate::browser::Browser;
use crate::thread::{Thread, read};
use crate::world::World;

const UNSURE: Result<(), ReviewReason> = Err(ReviewReason::Uncertain);
const HOSTILE: &str = "<script>alert(1)</script><img src=x onerror=alert(2)> & \"more\"";

fn path(thread: &Thread) -> String {
    format!("/conversations/{}", thread.conversation)
}

/// Sends a form about a conversation that is taken; answers the page that it leads to.
async fn does(admin: &Browser, thread: &Thread, action: &str, form: &[(&str, &str)]) -> String {
    let sent = admin.post(&format!("{}/{action}", path(thread)), form).await;
    let there = sent.leads_to().to_owned();
    let page = admin.get(&there).await;
    page.says(&["role=\"status\""]);
    page.text
}

#[tokio::test]
async fn the_queue_says_why_each_waits_and_leads_on_from_one_to_the_next() {
    let world = World::new().await;
    let lea = Thread::begun(&world).await;
    let max = lea.beside(&world, "max@customer.example").await;
    let admin = world.admin_browser().await;
    admin.get("/reviews").await.says(&["Nothing waits for you"]);
    lea.hears(&world, "Which languages?", ReplyLabel::Question, Ok(())).await;
    max.hears(&world, "Hm", ReplyLabel::Other, UNSURE).await;
    let queue = admin.get("/reviews").await;
    queue.says(&["Asks something", "Which languages?", "Unsure what it says", "data-item"]);
    let next = format!("href=\"{}#latest\"", path(&max));
    admin.get(&path(&lea)).await.says(&["Next in review", &next, "Lea", "href=\"/reviews\""]);
    let page = does(&admin, &lea, "close", &[]).await;
    assert!(page.contains("Not interested") && page.contains(&next), "{page}");
    does(&admin, &max, "label", &[("label", "high_intent")]).await;
    let page = admin.get(&format!("{}?done=labelled", path(&max))).await;
    page.says(&["A person said:", "To review", "Ann has this lead"]);
    admin.get("/reviews").await.says(&["Nothing waits for you"]);
}

#[tokio::test]
async fn a_reply_shows_what_it_was_taken_for_and_why() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    thread.hears(&world, "Maybe, call me", ReplyLabel::HighIntent, UNSURE).await;
    let page = world.viewer_browser().await.get(&path(&thread)).await;
    page.says(&["High intent", "93\u{a0}% sure", "<meter", "call me", "555-0142", "Quoted text"]);
    page.says(&["class=\"message out\"", "What the reply means is not certain enough"]);
    page.lacks(&["<form method=\"post\" action=\"/conversations", "/raw\""]);
}

#[tokio::test]
async fn what_strangers_write_is_text_and_never_markup() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    thread.hears(&world, HOSTILE, ReplyLabel::Other, UNSURE).await;
    let nobody = read(Sender::Other, ReplyLabel::Question, UNSURE);
    let (stray, _) = thread.takes(&world, HOSTILE, None, nobody).await;
    let admin = world.admin_browser().await;
    for path in [path(&thread), "/reviews".to_owned()] {
        admin.get(&path).await.says(&["alert(1)"]).lacks(&["<script>alert", "<img src=x"]);
    }
    let raw = admin.get(&format!("/messages/{stray}/raw")).await;
    raw.says(&[HOSTILE]);
    assert_eq!(raw.headers[header::CONTENT_TYPE], "message/rfc822");
    let disposition = raw.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(disposition.starts_with("attachment;"), "{disposition}");
    assert_eq!(raw.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
}

#[tokio::test]
async fn a_message_of_no_conversation_is_read_and_closed_in_the_queue() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let nobody = read(Sender::Other, ReplyLabel::Question, UNSURE);
    let (stray, _) = thread.takes(&world, "Who are you?", None, nobody).await;
    let admin = world.admin_browser().await;
    admin.get("/reviews").await.says(&["Belongs to no conversation", "Who are you?", "Seen to"]);
    let closed = admin.post(&format!("/messages/{stray}/close"), &[]).await;
    assert_eq!(closed.leads_to(), "/reviews?done=closed");
    admin.get("/reviews").await.says(&["Nothing waits for you"]);
}

#[tokio::test]
async fn a_person_answers_forwards_or_lets_the_campaign_go_on() {
    let world = World::new().await;
    let lea = Thread::begun(&world).await;
    let max = lea.beside(&world, "max@customer.example").await;
    let admin = world.admin_browser().await;
    for thread in [&lea, &max] {
        thread.hears(&world, "Hm", ReplyLabel::Other, UNSURE).await;
    }
    let page = does(&admin, &lea, "answer", &[("text", "We speak\r\nfour languages.")]).await;
    assert!(page.contains("We speak\nfour languages.") && page.contains("On its way"), "{page}");
    let page = does(&admin, &lea, "qualify", &[]).await;
    assert!(page.contains("Ann has this lead"), "{page}");
    let page = does(&admin, &max, "resume", &[]).await;
    assert!(page.contains("Awaiting the lead"), "{page}");
    let page = does(&admin, &max, "forward", &[("to", &lea.rep)]).await;
    assert!(page.contains("Ann has this lead"), "{page}");
}

#[tokio::test]
async fn a_form_that_is_refused_comes_back_as_it_was_typed() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    thread.hears(&world, "Hm", ReplyLabel::Other, UNSURE).await;
    let admin = world.admin_browser().await;
    let send = async |action: &str, form: &[(&str, &str)]| {
        admin.post(&format!("{}/{action}", path(&thread)), form).await
    };
    let empty = send("answer", &[("text", " ")]).await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
    assert!(empty.text.contains("id=\"text-error\""), "{}", empty.text);
    let nobody = send("forward", &[("to", "eve@acme.example")]).await;
    assert_eq!(nobody.status, StatusCode::BAD_REQUEST);
    assert!(nobody.text.contains("is no rep of your team"), "{}", nobody.text);
    send("qualify", &[]).await.leads_to();
    let late = send("answer", &[("text", "One more thing")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("role=\"alert\""), "{}", late.text);
}

#[tokio::test]
async fn a_rep_reads_the_conversations_that_are_theirs_and_no_other() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let bo = world.rep_browser("Bo").await;
    thread.hears(&world, "Call me", ReplyLabel::HighIntent, UNSURE).await;
    assert_eq!(bo.get(&path(&thread)).await.status, StatusCode::FORBIDDEN);
    let admin = world.admin_browser().await;
    does(&admin, &thread, "forward", &[("to", &bo.rep)]).await;
    let page = bo.get(&path(&thread)).await;
    page.says(&["Call me", "lea@customer.example", "My leads"]);
    page.lacks(&["What should happen?", "href=\"/leads", "href=\"/campaigns", "Note to the rep"]);
    for path in ["/conversations", "/reviews", "/leads"] {
        assert_eq!(bo.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let assignment = thread.shown(&world).await["assignment"]["id"].as_str().unwrap().to_owned();
    let on = json!({"to": thread.rep});
    world.admin().post(&format!("/v1/assignments/{assignment}/reassign"), on).await.is(201);
    assert_eq!(bo.get(&path(&thread)).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn conversations_are_found_by_status_campaign_and_address() {
    let world = World::new().await;
    let lea = Thread::begun(&world).await;
    let max = lea.beside(&world, "max@customer.example").await;
    max.hears(&world, "Hm", ReplyLabel::Other, UNSURE).await;
    let admin = world.admin_browser().await;
    let all = admin.get("/conversations").await;
    all.says(&["lea@customer.example", "max@customer.example", "Spring"]);
    let newest_first = all.text.find("max@customer") < all.text.find("lea@customer");
    assert!(newest_first, "{}", all.text);
    let found = admin.get("/conversations?status=in_review&find=").await;
    found.says(&["max@customer.example", "data-live=\""]).lacks(&["lea@customer.example"]);
    let found = admin.get("/conversations?find=LEA%40customer.example").await;
    found.says(&["lea@customer.example"]).lacks(&["max@customer.example"]);
    let found = admin.get("/conversations?email=lea%40customer.example").await;
    found.says(&["value=\"lea@customer.example\""]).lacks(&["max@customer.example"]);
    let of_spring = format!("/conversations?campaign={}", lea.campaign);
    admin.get(&of_spring).await.says(&["lea@customer.example"]);
    let found = admin.get("/conversations?find=MAX%40cust&status=in_review").await;
    found.says(&["max@customer.example", "value=\"MAX@cust\""]);
    // A search does not follow the ledger: each of its news would have it looked through again.
    found.lacks(&["lea@customer.example", "data-live=\""]);
    for nothing in ["find=eve%40x.example", "find=eve", "find=lea%40&status=in_review"] {
        let page = admin.get(&format!("/conversations?{nothing}")).await;
        page.says(&["No conversation fits"]);
    }
}

#[tokio::test]
async fn conversations_are_found_by_the_rep_who_has_them() {
    let world = World::new().await;
    let lea = Thread::begun(&world).await;
    let max = lea.beside(&world, "max@customer.example").await;
    let eve = lea.beside(&world, "eve@customer.example").await;
    let bo = world.add_rep("Bo").await;
    let admin = world.admin_browser().await;
    for (thread, rep) in [(&max, &lea.rep), (&lea, &lea.rep), (&eve, &bo)] {
        thread.hears(&world, "Hm", ReplyLabel::Other, UNSURE).await;
        does(&admin, thread, "forward", &[("to", rep)]).await;
    }
    let of = |rep: &str| format!("/conversations?rep={rep}");
    let found = admin.get(&of(&lea.rep)).await;
    found.says(&["lea@customer", "max@customer", "selected>Ann"]).lacks(&["eve@customer"]);
    let last_handed_first = found.text.find("lea@customer") < found.text.find("max@customer");
    assert!(last_handed_first, "{}", found.text);
    let found = admin.get(&format!("{}&find=max&status=qualified", of(&lea.rep))).await;
    found.says(&["max@customer"]).lacks(&["lea@customer"]);
    for nothing in ["find=eve", "status=in_review", "find=eve%40customer.example"] {
        let page = admin.get(&format!("{}&{nothing}", of(&lea.rep))).await;
        page.says(&["No conversation fits"]);
    }
    // What was passed on is with whoever has it now.
    let page = admin.get(&path(&max)).await.text;
    let assignment = page.split("/assignments/").nth(1).unwrap().split(['"', '#']).next().unwrap();
    let pass = format!("/assignments/{assignment}/reassign");
    admin.post(&pass, &[("to", &bo)]).await.leads_to();
    admin.get(&of(&lea.rep)).await.says(&["lea@customer"]).lacks(&["max@customer"]);
    admin.get(&of(&bo)).await.says(&["max@customer", "eve@customer"]).lacks(&["lea@customer"]);
    admin.get(&of("nobody")).await.says(&["No conversation fits", "id=\"rep-error\""]);
}

#[tokio::test]
async fn what_was_not_begun_is_listed_as_added_and_what_waits_by_itself() {
    let world = World::new().await;
    let lea = Thread::begun(&world).await;
    let bo = world.add_rep("Bo").await;
    let south = world.add_group("South", &[&bo]).await;
    let autumn = world.launched("Autumn", &south).await;
    let leads = format!("/v1/campaigns/{autumn}/leads");
    let max = json!({"email": "max@customer.example"});
    world.admin().post(&leads, max).await.is(200);
    let admin = world.admin_browser().await;
    let found = admin.get("/conversations?status=not_begun").await;
    found.says(&["max@customer.example", "Added "]).lacks(&["lea@customer.example"]);
    for (status, shown) in [("awaiting_lead", "lea@"), ("waiting", "No conversation fits")] {
        let found = admin.get(&format!("/conversations?status={status}")).await;
        found.says(&[shown, ">Not begun<", ">Waits for a rep<"]).lacks(&["max@", "Added "]);
    }
    let qualified = json!({"action": "qualify"});
    world.admin().post(&format!("/v1/campaigns/{autumn}/pause"), json!({})).await.is(200);
    let waits = format!("/v1/conversations/{}/review", lea.conversation);
    world.admin().post(&format!("/v1/campaigns/{}/pause", lea.campaign), json!({})).await.is(200);
    world.admin().post(&waits, qualified).await.is(200);
    let found = admin.get("/conversations?status=waiting").await;
    found.says(&["lea@customer.example"]).lacks(&["max@customer.example"]);
}

#[tokio::test]
async fn whoever_waits_longest_is_the_first_in_review() {
    let world = World::new().await;
    let lea = Thread::begun(&world).await;
    let max = lea.beside(&world, "max@customer.example").await;
    max.hears(&world, "Hm from Max", ReplyLabel::Other, UNSURE).await;
    world.pass(60).await;
    let stray = read(Sender::Other, ReplyLabel::Question, UNSURE);
    lea.takes(&world, "Who are you?", None, stray).await;
    world.pass(60).await;
    lea.hears(&world, "Hm from Lea", ReplyLabel::Other, UNSURE).await;
    let admin = world.admin_browser().await;
    let page = admin.get("/reviews").await;
    let place = |words: &str| page.text.find(words).unwrap_or_else(|| panic!("{}", page.text));
    assert!(place("Hm from Max") < place("Who are you?"));
    assert!(place("Who are you?") < place("Hm from Lea"));
    admin.get(&path(&max)).await.says(&[&format!("/conversations/{}#latest", lea.conversation)]);
    admin.get(&path(&lea)).await.says(&[&format!("/conversations/{}#latest", max.conversation)]);
}

#[tokio::test]
async fn a_conversation_says_that_no_mail_goes_to_its_lead() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let admin = world.admin_browser().await;
    admin.get(&path(&thread)).await.lacks(&["never written to"]);
    let address = [("address", "lea@customer.example")];
    admin.post("/settings/suppressions", &address).await.leads_to();
    admin
        .get(&path(&thread))
        .await
        .says(&["never written to: an admin said so", "No mail goes to"]);
}

#[tokio::test]
async fn a_long_thread_opens_at_its_end() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    for number in 0..15 {
        let words = format!("Reply {number:02}");
        thread.hears(&world, &words, ReplyLabel::Other, UNSURE).await;
    }
    let page = world.admin_browser().await.get(&path(&thread)).await;
    page.says(&["4 earlier messages", "id=\"latest\"", "Reply 00", "Reply 14"]);
}

#[tokio::test]
async fn a_label_is_that_of_the_message_that_was_shown() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    thread.hears(&world, "Hm, not sure", ReplyLabel::Other, UNSURE).await;
    let admin = world.admin_browser().await;
    let shown = admin.get(&path(&thread)).await.hidden("message");
    thread.hears(&world, "Actually yes, call me", ReplyLabel::HighIntent, UNSURE).await;
    let said = [("label", "not_interested"), ("message", shown.as_str())];
    let label = format!("{}/label", path(&thread));
    let page = admin.post(&label, &said).await;
    page.refuses(StatusCode::CONFLICT, &["came in meanwhile", "Actually yes, call me"]);
    let answer = [("text", "Pity."), ("message", shown.as_str())];
    let page = admin.post(&format!("{}/answer", path(&thread)), &answer).await;
    page.refuses(StatusCode::CONFLICT, &["came in meanwhile", "Pity."]);
    assert_eq!(thread.shown(&world).await["status"], "in_review");
    let latest = page.hidden("message");
    let said = [("label", "high_intent"), ("message", latest.as_str())];
    admin.post(&label, &said).await.leads_to();
    admin.get(&path(&thread)).await.says(&["Ann has this lead"]);
}

#[tokio::test]
async fn an_answer_that_is_sent_twice_goes_out_once() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    thread.hears(&world, "Which languages?", ReplyLabel::Question, Ok(())).await;
    let admin = world.admin_browser().await;
    let page = admin.get(&path(&thread)).await;
    let answer = format!("{}/answer", path(&thread));
    for _ in 0..2 {
        admin.send_form(&page, &answer, &[("text", "All of them.")]).await.leads_to();
    }
    let page = admin.get(&path(&thread)).await;
    assert_eq!(page.text.matches("All of them.").count(), 1, "{}", page.text);
    for _ in 0..2 {
        admin.send_form(&page, &format!("{}/qualify", path(&thread)), &[]).await.leads_to();
    }
}

#[tokio::test]
async fn r6_a_handover_names_the_rep_to_whom_it_goes() {
    let world = World::new().await;
    let lea = Thread::begun(&world).await;
    let bo = world.add_rep("Bo").await;
    let admin = world.admin_browser().await;
    let page = admin.get(&path(&lea)).await;
    page.says(&["Hand over to Ann, who is next", "To Ann, who is next", "Nobody"]);
    let owned = json!({"owner": bo});
    world.admin().patch(&format!("/v1/leads/{}", lea.lead), owned).await.is(200);
    let page = admin.get(&path(&lea)).await;
    page.says(&["Hand over to Bo, the owner", "To Bo: owned leads go to their owner"]);
    page.says(&["Hand this lead over to Bo, its owner, now?", "Bo is not in “North”."]);
    let page = does(&admin, &lea, "qualify", &[]).await;
    assert!(page.contains("Handed over: Bo has this lead now."), "{page}");
    assert!(!page.contains("not in “North”"), "{page}");
}

#[tokio::test]
async fn what_is_asked_before_a_handover_is_what_will_happen() {
    let world = World::new().await;
    let lea = Thread::begun(&world).await;
    let admin = world.admin_browser().await;
    let (at_once, now) = ("The handover email goes out at once", "Hand this lead over to");
    admin.get(&path(&lea)).await.says(&["Hand this lead over to Ann, who is next, now?", at_once]);
    let address = [("address", "lea@customer.example")];
    admin.post("/settings/suppressions", &address).await.leads_to();
    admin.get(&path(&lea)).await.says(&[now]).lacks(&[at_once]);
    // R9: soon Cy, who is alone in South, is away.
    let cy = world.add_rep("Cy").await;
    let away = json!({"from": world.in_seconds(3_600), "until": world.in_seconds(7_200)});
    world.admin().post(&format!("/v1/reps/{cy}/absences"), away).await.is(201);
    let south = world.add_group("South", &[&cy]).await;
    let leads = format!("/v1/campaigns/{}/leads", world.launched("Autumn", &south).await);
    let taken = world.admin().post(&leads, json!({"email": "max@x.example"})).await.is(200);
    let max = format!("/conversations/{}", taken["conversations"][0].as_str().unwrap());
    admin.get(&max).await.says(&[now]).lacks(&[at_once]);
    world.pass(3_700).await;
    admin.get(&max).await.says(&["Qualify this lead now? It waits,"]).lacks(&[now, at_once]);
}

#[tokio::test]
async fn c7_a_conversation_of_a_paused_campaign_says_what_waits() {
    let world = World::new().await;
    let lea = Thread::begun(&world).await;
    let max = lea.beside(&world, "max@customer.example").await;
    let admin = world.admin_browser().await;
    let pause = format!("/campaigns/{}/actions/pause", lea.campaign);
    admin.post(&pause, &[]).await.leads_to();
    let page = admin.get(&path(&lea)).await;
    page.says(&["Spring</a> is paused:", "Qualify: waits until the campaign is resumed"]);
    page.lacks(&["Hand over to Ann"]);
    let page = does(&admin, &lea, "qualify", &[]).await;
    assert!(page.contains("Qualified: the lead waits until the campaign is resumed."), "{page}");
    assert!(page.contains("Waits: campaign paused"), "{page}");
    assert!(
        page.contains("The lead is qualified and waits until the campaign is resumed"),
        "{page}"
    );
    assert!(!page.contains("Handed over now, the lead waits"), "{page}");
    for gone in [format!("{}/qualify", path(&lea)), format!("{}/resume", path(&lea))] {
        assert!(!page.contains(&format!("action=\"{gone}\"")), "{gone}: {page}");
    }
    let page = does(&admin, &max, "forward", &[("to", &max.rep)]).await;
    assert!(page.contains("Handed over: Ann has this lead now."), "{page}");
    let resume = format!("/campaigns/{}/actions/resume", lea.campaign);
    admin.get(&resume).await.says(&["goes to its owner at once, or else to the next available"]);
}

#[tokio::test]
async fn without_a_mailbox_no_answer_is_offered_and_each_reader_is_told_who_hands_over() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let campaign = world.launched("Spring", &group).await;
    let leads = format!("/v1/campaigns/{campaign}/leads");
    let taken = world.admin().post(&leads, json!({"email": "lea@x.example"})).await.is(200);
    let path = format!("/conversations/{}", taken["conversations"][0].as_str().unwrap());
    let admin = world.admin_browser().await;
    let page = admin.get(&path).await;
    page.says(&[
        "The assistant can’t answer here",
        "other systems say who is qualified, or you do",
    ]);
    page.lacks(&["Answer as the assistant"]);
    let viewer = world.viewer_browser().await;
    viewer.get(&path).await.says(&["or an admin does"]).lacks(&["or you do"]);
    // Nothing was written: the conversation never began, also once it was handed over.
    admin.get(&path).await.says(&["<dt>Added</dt>"]);
    admin.post(&format!("{path}/qualify"), &[]).await.leads_to();
    admin.get(&path).await.says(&["Ann has this lead", "<dt>Added</dt>"]).lacks(&["Began"]);
    let taken = world.admin().post(&leads, json!({"email": "max@x.example"})).await.is(200);
    let max = format!("/conversations/{}", taken["conversations"][0].as_str().unwrap());
    admin.post(&format!("/campaigns/{campaign}/actions/cancel"), &[]).await.leads_to();
    admin.get(&max).await.says(&["The campaign is cancelled"]).lacks(&["The assistant can’t"]);
}

#[tokio::test]
async fn a_conversation_that_a_person_ends_is_told_as_what_it_counts_as() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let admin = world.admin_browser().await;
    admin.get(&path(&thread)).await.says(&["End: not interested"]);
    let page = does(&admin, &thread, "close", &[]).await;
    assert!(page.contains("Ended: not interested."), "{page}");
    assert_eq!(thread.shown(&world).await["status"], "not_interested");
}
