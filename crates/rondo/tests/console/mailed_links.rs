//! Signing in by a link in a mail, and what nobody learns or gets by asking for one.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use axum::http::StatusCode;
use rondo::app::people;
use rondo_core::event::Role;
use serde_json::json;

use crate::sending_world::{Post, Taken, until};
use crate::thread::Thread;
use crate::world::World;

const VIC: &str = "vic@acme.example";

/// A world with a mailbox whose server says this, and Vic, who has never chosen a password.
async fn begun(replies: &[(&str, &'static str)]) -> (World, Post) {
    let world = World::in_own_network().await;
    let thread = Thread::begun(&world).await;
    let post = Post::start(&world, &thread, replies).await;
    world.invite(VIC, Role::Viewer, None).await;
    (world, post)
}

async fn ask(world: &World, email: &str) {
    let page = world.browser().post("/sign-in/link", &[("email", email)]).await;
    assert_eq!(page.leads_to(), "/sign-in?done=link-asked");
    world.browser().get(page.leads_to()).await.says(&["If this address is one that may sign in"]);
}

/// The mails with links that this person was sent.
fn mails(post: &Post, email: &str) -> Vec<Taken> {
    let mut taken = post.taken();
    taken.retain(|taken| taken.recipients == [email] && taken.message.contains("/sign-in/link/"));
    taken
}

async fn mailed(world: &World, post: &Post, count: usize) -> Vec<Taken> {
    until(world, async || mails(post, VIC).len() >= count).await;
    mails(post, VIC)
}

/// The path of the link in a mail.
fn path(mail: &Taken) -> String {
    let text = mail.message.replace("=\r\n", "").replace("\r\n", " ");
    let link =
        text.split(' ').find(|word| word.starts_with("https://rondo.acme.example/")).unwrap();
    link.strip_prefix("https://rondo.acme.example").unwrap().to_owned()
}

#[tokio::test]
async fn a_mailed_link_signs_in_by_its_button_alone_and_once() {
    let (world, post) = begun(&[]).await;
    world.browser().get("/sign-in").await.says(&["formaction=\"/sign-in/link\""]);
    ask(&world, " VIC@acme.example ").await;
    let mail = mailed(&world, &post, 1).await.remove(0);
    assert!(mail.message.contains("Auto-Submitted: auto-generated"), "{}", mail.message);
    assert!(mail.message.contains("Subject: Sign in to Acme"), "{}", mail.message);
    let path = path(&mail);
    let mut browser = world.browser();
    // A program that looks into it twice signs nobody in, and uses nothing up.
    for _ in 0..2 {
        let page = browser.get(&path).await;
        page.says(&["Sign in to Acme", VIC]);
        assert!(!page.headers.contains_key("set-cookie"));
    }
    let page = browser.post(&path, &[]).await;
    assert_eq!(page.leads_to(), "/");
    browser.keep(&page);
    browser.get("/account").await.says(&[VIC, "Viewer in Acme"]);
    for page in [browser.post(&path, &[]).await, browser.get(&path).await] {
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.text.contains("ask for another one on the sign-in page"), "{}", page.text);
    }
}

#[tokio::test]
async fn a_mailed_link_chooses_no_password_and_leaves_the_invitation_as_it_is() {
    let (world, post) = begun(&[]).await;
    let invitation = world.invite("oda@acme.example", Role::Viewer, None).await;
    people::mail_link(&world.app, "oda@acme.example");
    until(&world, async || !mails(&post, "oda@acme.example").is_empty()).await;
    let path = path(&mails(&post, "oda@acme.example")[0]);
    let as_invitation = path.replace("/link/", "/");
    let form = [("password", "a long enough one"), ("again", "a long enough one")];
    assert_eq!(world.browser().get(&as_invitation).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.browser().post(&as_invitation, &form).await.status, StatusCode::NOT_FOUND);
    let as_mailed = invitation.link.path().replace("/sign-in/", "/sign-in/link/");
    assert_eq!(world.browser().post(&as_mailed, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.browser().post(invitation.link.path(), &form).await.leads_to(), "/");
}

#[tokio::test]
async fn a_mailed_link_works_for_fifteen_minutes() {
    let (world, post) = begun(&[]).await;
    ask(&world, VIC).await;
    let path = path(&mailed(&world, &post, 1).await[0]);
    world.clock.advance(Duration::from_secs(15 * 60));
    assert_eq!(world.browser().post(&path, &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_learns_who_may_sign_in_and_strangers_are_sent_nothing() {
    let (world, post) = begun(&[]).await;
    ask(&world, "nobody@acme.example").await;
    ask(&world, VIC).await;
    mailed(&world, &post, 1).await;
    assert!(mails(&post, "nobody@acme.example").is_empty());
    let page = world.browser().post("/sign-in/link", &[("email", "no address")]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("id=\"email-error\""), "{}", page.text);
}

#[tokio::test]
async fn whoever_asks_again_and_again_sends_somebody_three_mails_and_is_slowed_down() {
    let (world, post) = begun(&[]).await;
    for _ in 0..10 {
        ask(&world, VIC).await;
    }
    mailed(&world, &post, 3).await;
    let page = world.browser().post("/sign-in/link", &[("email", VIC)]).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(mails(&post, VIC).len(), 3);
}

#[tokio::test]
async fn where_one_mailbox_fails_another_sends_the_link() {
    let world = World::in_own_network().await;
    // The first one's server is not there.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let smtp = json!({"host": "127.0.0.1", "port": port, "security": "none"});
    let new = json!({"name": "Jo", "address": "jo@acme.example", "smtp": smtp});
    world.admin().post("/v1/mailboxes", new).await.is(201);
    // Ids sort by the time they were made.
    world.clock.advance(Duration::from_millis(1));
    let thread = Thread::begun(&world).await;
    let post = Post::start(&world, &thread, &[]).await;
    world.invite(VIC, Role::Viewer, None).await;
    ask(&world, VIC).await;
    let mail = mailed(&world, &post, 1).await;
    assert!(mail[0].message.contains("kim@acme.example"), "{}", mail[0].message);
}

#[tokio::test]
async fn without_a_mailbox_no_link_is_offered() {
    let world = World::new().await;
    world.browser().get("/sign-in").await.says(&["Sign in"]).lacks(&["/sign-in/link"]);
    world.browser().post("/sign-in/link", &[("email", "root@acme.example")]).await.leads_to();
}
