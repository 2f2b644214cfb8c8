//! Raw messages that come in: which conversation they belong to, and how surely (Q8).

use rondo::app::replies::take_in;
use rondo::app::sending::system;
use rondo_core::mail::{Handling, ReplyLabel, ReviewReason, Sender};
use serde_json::json;

use crate::thread::{Thread, read};
use crate::world::World;

/// What a lead writes who wants to talk: certain for the embedded qualifier.
const YES: &str = "Yes, I am interested. Please call me tomorrow at 10 and send me a quote. My number is +49 30 901820.";

/// A raw message of the lead; `headers` end in line ends.
fn of_lead(id: &str, headers: &str, text: &str) -> Vec<u8> {
    format!(
        "From: lea@customer.example\r\nTo: kim@acme.example\r\nMessage-ID: <{id}>\r\n{headers}\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    )
    .into_bytes()
}

/// Takes in a raw message; answers what was decided about it.
async fn taken(world: &World, thread: &Thread, raw: Vec<u8>) -> &'static str {
    let mailbox = thread.mailbox.parse().unwrap();
    let row = world.store.mailbox(world.team, mailbox).await.unwrap().unwrap();
    take_in(&world.app, &system(world.team), &row, raw).await.unwrap().decision
}

#[tokio::test]
async fn a_message_that_was_tied_weakly_makes_no_other_one_sure() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let headers = "Subject: Re: Northgate\r\n";
    assert_eq!(taken(&world, &thread, of_lead("x@evil.example", headers, "Hm")).await, "review");
    let headers = "Subject: Re: Northgate\r\nIn-Reply-To: <x@evil.example>\r\n";
    assert_eq!(taken(&world, &thread, of_lead("y@evil.example", headers, YES)).await, "review");
    let shown = thread.shown(&world).await;
    assert_eq!(
        (&shown["status"], &shown["review_reason"]),
        (&json!("in_review"), &json!("weak_tie"))
    );
}

#[tokio::test]
async fn an_automatic_message_makes_no_other_one_sure() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let headers = "Subject: Re: Northgate\r\nAuto-Submitted: auto-replied\r\n";
    assert_eq!(taken(&world, &thread, of_lead("x@evil.example", headers, "Away")).await, "none");
    let headers = "Subject: Re: Northgate\r\nIn-Reply-To: <x@evil.example>\r\n";
    assert_eq!(taken(&world, &thread, of_lead("y@evil.example", headers, YES)).await, "review");
    assert_eq!(thread.shown(&world).await["review_reason"], "weak_tie");
}

#[tokio::test]
async fn a_message_that_was_tied_surely_makes_the_next_one_sure() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let conversation = Some(thread.conversation.parse().unwrap());
    let reading = read(Sender::Lead, ReplyLabel::Question, Ok(()));
    let key = {
        use sha2::{Digest as _, Sha256};
        Sha256::new_with_prefix(b"id\0").chain_update("q@customer.example").finalize().into()
    };
    let (_, handling) =
        thread.takes_as(&world, "Which languages?", key, conversation, reading).await;
    assert_eq!(handling, Handling::Review(ReviewReason::ToBeAnswered));
    let headers = "Subject: Languages\r\nIn-Reply-To: <q@customer.example>\r\n";
    assert_eq!(taken(&world, &thread, of_lead("z@customer.example", headers, YES)).await, "auto");
    assert_eq!(thread.shown(&world).await["status"], "qualified");
}

#[tokio::test]
async fn a_message_that_comes_again_is_answered_without_being_read_again() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let raw = of_lead("a@customer.example", "Subject: Re: Northgate\r\n", YES);
    let first = taken(&world, &thread, raw.clone()).await;
    assert_eq!(first, "review");
    // Reading it takes the team as it stands, and taking it in an engine that runs.
    world.engine.stop().await;
    assert_eq!(taken(&world, &thread, raw).await, first);
}
