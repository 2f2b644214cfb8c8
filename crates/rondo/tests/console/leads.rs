//! Leads: found by address or name, given an owner, erased.

use axum::http::StatusCode;
use rondo_core::mail::ReplyLabel;

use crate::thread::Thread;
use crate::world::World;

#[tokio::test]
async fn a_lead_is_found_by_address_or_by_a_part_of_what_is_known() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let admin = world.admin_browser().await;
    let found = admin.get("/leads?find=Lea%40customer.example").await;
    let path = format!("/leads/{}", thread.lead);
    assert_eq!(found.leads_to(), path);
    admin.get(&path).await.says(&["Lea", "Spring", "Change the owner", &thread.conversation]);
    for part in ["lea", "LEA%40cust", "customer", "customer+lea"] {
        let found = admin.get(&format!("/leads?find={part}")).await;
        found.says(&[&path, "lea@customer.example"]);
    }
    for nobody in ["lea%40other.example", "eve", "lea+other", "lea&status=high_intent"] {
        admin.get(&format!("/leads?find={nobody}")).await.says(&["No lead fits"]);
    }
    // As it was called in bookmarks.
    assert_eq!(admin.get("/leads?email=lea%40customer.example").await.leads_to(), path);
    for status in ["find=lea%40customer.example&status", "email=lea%40customer.example&show"] {
        admin.get(&format!("/leads?{status}=high_intent")).await.says(&["No lead fits"]);
    }
    admin.get("/leads?find=%20").await.says(&["lea@customer.example"]);
    admin.get("/leads").await.says(&["lea@customer.example"]);
    let viewer = world.viewer_browser().await;
    viewer.get(&path).await.says(&["lea@customer.example"]).lacks(&["Change the owner", "Erase"]);
}

#[tokio::test]
async fn leads_are_found_by_their_owner() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    thread.beside(&world, "max@customer.example").await;
    let admin = world.admin_browser().await;
    let owner = format!("/leads/{}/owner", thread.lead);
    admin.post(&owner, &[("owner", &thread.rep)]).await.leads_to();
    let owned = format!("/leads?owner={}", thread.rep);
    for found in ["", "&find=customer", "&find=lea%40customer.example"] {
        let page = admin.get(&format!("{owned}{found}")).await;
        page.says(&["lea@customer", "selected>Ann"]).lacks(&["max@customer"]);
    }
    for nobody in ["&find=max", "&status=high_intent", "&find=lea&status=high_intent"] {
        admin.get(&format!("{owned}{nobody}")).await.says(&["No lead fits"]);
    }
    let unknown = admin.get("/leads?owner=eve%40acme.example").await;
    unknown.says(&["id=\"owner-error\">This is no rep of your team."]).lacks(&["lea@customer"]);
}

#[tokio::test]
async fn a_newer_search_answers_whatever_became_of_an_older_one() {
    let world = World::new().await;
    Thread::begun(&world).await;
    let admin = world.admin_browser().await;
    // A browser gives the older one up wherever it is.
    for steps in 0..12 {
        let browser = admin.clone();
        let older = tokio::spawn(async move { browser.get("/leads?find=customer").await });
        for _ in 0..steps {
            tokio::task::yield_now().await;
        }
        older.abort();
        let (newer, beside) =
            tokio::join!(admin.get("/leads?find=nobody"), admin.get("/leads?find=lea"));
        newer.says(&["No lead fits", "value=\"nobody\""]);
        beside.says(&["lea@customer.example", "value=\"lea\""]).lacks(&["No lead fits"]);
    }
}

#[tokio::test]
async fn an_owner_is_chosen_and_taken_away() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    let admin = world.admin_browser().await;
    let path = format!("/leads/{}", thread.lead);
    let owner = format!("{path}/owner");
    let saved = admin.post(&owner, &[("owner", &thread.rep)]).await;
    assert_eq!(saved.leads_to(), format!("{path}?done=saved"));
    admin.get(&path).await.says(&["named as the owner", "selected>Ann"]);
    let unknown = admin.post(&owner, &[("owner", "eve@acme.example")]).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    assert!(unknown.text.contains("is no rep of your team"), "{}", unknown.text);
    admin.post(&owner, &[("owner", "")]).await.leads_to();
    admin.get(&path).await.says(&["Nobody: the next conversation takes a turn"]);
}

#[tokio::test]
async fn a_person_is_erased_only_by_somebody_who_is_sure() {
    let world = World::new().await;
    let thread = Thread::begun(&world).await;
    thread.hears(&world, "Call me", ReplyLabel::HighIntent, Ok(())).await;
    let admin = world.admin_browser().await;
    let path = format!("/leads/{}", thread.lead);
    let unsure = admin.post(&format!("{path}/erase"), &[]).await;
    assert_eq!(unsure.status, StatusCode::BAD_REQUEST);
    admin.get(&path).await.says(&["lea@customer.example"]);
    let erased = admin.post(&format!("{path}/erase"), &[("sure", "yes")]).await;
    assert_eq!(erased.leads_to(), "/leads?done=erased");
    assert_eq!(admin.get(&path).await.status, StatusCode::NOT_FOUND);
    let conversation = format!("/conversations/{}", thread.conversation);
    let page = admin.get(&conversation).await;
    page.says(&["An erased lead", "was erased"]).lacks(&["lea@customer", "Call me"]);
    admin.get("/assignments").await.says(&["An erased lead"]).lacks(&["lea@customer"]);
}
