//! What campaigns write by themselves: whose turn it is, within which limit, and what is done about what was held.

use rondo::app::sending::{steps, system, upkeep};
use rondo_core::mail::ReplyLabel;
use rondo_store::{MailOutcome, TriedMail};
use serde_json::{Value, json};

use crate::thread::Thread;
use crate::world::World;

fn steps_of(first: &str) -> Value {
    json!([
        {"subject": first, "body": "Hello there.", "wait_days": 0},
        {"body": "Did you see it?", "wait_days": 3},
    ])
}

/// A campaign that runs; its leads join later.
async fn running(world: &World, mailbox: &str, name: &str, limit: Option<u32>) -> String {
    let campaign = world.admin().post("/v1/campaigns", json!({"name": name})).await.is(201);
    let campaign = crate::world::id(&campaign);
    let messages = json!({"mailbox": mailbox, "steps": steps_of(name), "daily_limit": limit});
    let path = format!("/v1/campaigns/{campaign}/messages");
    world.admin().put(&path, messages).await.is(200);
    world.admin().post(&format!("/v1/campaigns/{campaign}/launch"), json!({})).await.is(200);
    campaign
}

async fn join(world: &World, campaign: &str, email: &str) -> String {
    let lead = json!({"email": email, "name": "Lea"});
    let taken = world.admin().post(&format!("/v1/campaigns/{campaign}/leads"), lead).await.is(200);
    taken["conversations"][0].as_str().unwrap().to_owned()
}

/// Lets the campaigns of a mailbox write; how many messages came of it.
async fn plan(world: &World, mailbox: &str) -> u64 {
    let row = world.store.mailbox(world.team, mailbox.parse().unwrap()).await.unwrap().unwrap();
    steps::plan(&world.app, &system(world.team), &row).await.unwrap().done
}

/// Sends all that is queued.
async fn send(world: &World, mailbox: &str) {
    use rondo::clock::Clock as _;
    let now = world.clock.now();
    let mailbox = mailbox.parse().unwrap();
    let due = world.store.mails_due(world.team, mailbox, now, 100).await.unwrap();
    let sent = |message| TriedMail { message, outcome: MailOutcome::Sent(now), error: None };
    let tried: Vec<_> = due.into_iter().map(|mail| sent(mail.message)).collect();
    world.store.mails_tried(world.team, &tried).await.unwrap();
}

async fn subjects(world: &World, conversation: &str) -> Vec<String> {
    let conversation = conversation.parse().unwrap();
    let messages = world.store.messages(world.team, conversation, None, 100).await.unwrap();
    messages.into_iter().map(|message| message.text.unwrap().subject).collect()
}

#[tokio::test]
async fn campaigns_of_one_mailbox_take_turns_by_what_is_longest_due() {
    let world = World::new().await;
    world.add_rep("Ann").await;
    let mailbox = world.add_mailbox("kim@acme.example").await;
    let spring = running(&world, &mailbox, "Spring", Some(100)).await;
    let autumn = running(&world, &mailbox, "Autumn", Some(100)).await;
    let first = join(&world, &autumn, "a@customer.example").await;
    world.pass(60).await;
    let second = join(&world, &spring, "b@customer.example").await;
    world.pass(60).await;
    assert_eq!(plan(&world, &mailbox).await, 1, "one at a time: a pause comes after each");
    assert_eq!(subjects(&world, &first).await, ["Autumn"]);
    assert!(subjects(&world, &second).await.is_empty());
}

#[tokio::test]
async fn the_smallest_daily_limit_of_a_mailboxs_campaigns_holds_for_all_of_them() {
    let world = World::new().await;
    world.add_rep("Ann").await;
    let mailbox = world.add_mailbox("kim@acme.example").await;
    let unlimited = running(&world, &mailbox, "Spring", None).await;
    running(&world, &mailbox, "Summer", Some(3)).await;
    running(&world, &mailbox, "Autumn", Some(2)).await;
    for at in 0..5 {
        join(&world, &unlimited, &format!("lead{at}@customer.example")).await;
    }
    let mut written = 0;
    // Two a day, half a day apart or less; it is noon.
    for _ in 0..11 {
        written += plan(&world, &mailbox).await;
        send(&world, &mailbox).await;
        world.pass(3600).await;
    }
    assert!((1..=2).contains(&written), "{written} of the first day");
    for _ in 0..24 {
        written += plan(&world, &mailbox).await;
        send(&world, &mailbox).await;
        world.pass(3600).await;
    }
    assert!((3..=4).contains(&written), "{written} of two days");
}

#[tokio::test]
async fn a_message_that_follows_up_stays_in_its_thread_whatever_became_of_the_template() {
    let world = World::new().await;
    world.add_rep("Ann").await;
    let mailbox = world.add_mailbox("kim@acme.example").await;
    let campaign = running(&world, &mailbox, "A quieter kiln", None).await;
    let conversation = join(&world, &campaign, "lea@customer.example").await;
    assert_eq!(plan(&world, &mailbox).await, 1);
    send(&world, &mailbox).await;
    world.set_messages(&campaign, &mailbox, steps_of("Something else")).await.is(200);
    world.pass(4 * 86_400).await;
    assert_eq!(plan(&world, &mailbox).await, 1);
    assert_eq!(subjects(&world, &conversation).await, ["A quieter kiln", "Re: A quieter kiln"]);
}

#[tokio::test]
async fn nothing_is_written_while_earlier_messages_wait_to_be_sent() {
    let world = World::new().await;
    world.add_rep("Ann").await;
    let mailbox = world.add_mailbox("kim@acme.example").await;
    let campaign = running(&world, &mailbox, "Spring", None).await;
    join(&world, &campaign, "a@customer.example").await;
    assert_eq!(plan(&world, &mailbox).await, 1);
    join(&world, &campaign, "b@customer.example").await;
    assert_eq!(plan(&world, &mailbox).await, 0, "the server is away");
    send(&world, &mailbox).await;
    assert_eq!(plan(&world, &mailbox).await, 1);
}

#[tokio::test]
async fn what_was_held_for_an_erased_lead_is_noted_and_no_longer_held() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let path = format!("/v1/campaigns/{}", thread.campaign);
    world.admin().post(&format!("{path}/pause"), json!({})).await.is(200);
    thread.hears(&world, "Yes, call me", ReplyLabel::HighIntent, Ok(())).await;
    let caller = system(world.team);
    assert_eq!(upkeep::release_held(&world.app, &caller).await.unwrap(), 0);
    world.admin().delete(&format!("/v1/leads/{}", thread.lead)).await;
    assert_eq!(upkeep::release_held(&world.app, &caller).await.unwrap(), 1);
    assert_eq!(upkeep::release_held(&world.app, &caller).await.unwrap(), 0);
    assert_eq!(thread.shown(&world).await["status"], "cancelled");
}

#[tokio::test]
async fn what_was_held_is_acted_on_once_the_campaign_is_over_though_its_mailbox_is_gone() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let path = format!("/v1/campaigns/{}", thread.campaign);
    world.admin().post(&format!("{path}/pause"), json!({})).await.is(200);
    thread.hears(&world, "Yes, call me", ReplyLabel::HighIntent, Ok(())).await;
    world.admin().post(&format!("{path}/cancel"), json!({})).await.is(200);
    world.admin().delete(&format!("/v1/mailboxes/{}", thread.mailbox)).await.is(204);
    assert_eq!(upkeep::release_held(&world.app, &system(world.team)).await.unwrap(), 1);
}
