//! Getting in and out, and what keeps others out.

use axum::http::{StatusCode, header};
use rondo_core::event::Role;

use crate::world::World;

#[tokio::test]
async fn whoever_is_not_signed_in_is_asked_to_and_goes_on_where_they_were_going() {
    let world = World::new().await;
    let page = world.browser().get("/account").await;
    assert_eq!(page.leads_to(), "/sign-in?to=%2Faccount");
    world.browser().get(page.leads_to()).await.says(&["name=\"to\" value=\"/account\""]);
}

#[tokio::test]
async fn a_link_lets_in_once_and_the_password_afterwards() {
    let world = World::new().await;
    let invitation = world.invite("new@acme.example", Role::Viewer, None).await;
    let mut browser = world.browser();
    let path = invitation.link.path();
    browser.get(path).await.says(&["Welcome to Acme", "new@acme.example"]);
    let differ = [("password", "a long enough one"), ("again", "another long one")];
    let page = browser.post(path, &differ).await;
    page.refuses(StatusCode::BAD_REQUEST, &["The two passwords differ.", "Type it again: "]);
    let form = [("password", "a long enough one"), ("again", "a long enough one")];
    let page = browser.post(path, &form).await;
    browser.keep(&page);
    let page = browser.post("/account/password", &differ).await;
    page.refuses(StatusCode::BAD_REQUEST, &["The two passwords differ.", "Type all three again: "]);
    browser.get("/account").await.says(&["new@acme.example", "Viewer in Acme"]);
    assert_eq!(world.browser().get(path).await.status, StatusCode::NOT_FOUND);
    let form =
        [("email", "NEW@acme.example"), ("password", "a long enough one"), ("to", "/account")];
    assert_eq!(world.browser().post("/sign-in", &form).await.leads_to(), "/account");
}

#[tokio::test]
async fn a_wrong_password_says_no_more_than_an_unknown_address() {
    let world = World::new().await;
    world.admin_browser().await;
    let wrong = [("email", "ada@acme.example"), ("password", "something else")];
    let unknown = [("email", "eve@acme.example"), ("password", "something else")];
    let wrong = world.browser().post("/sign-in", &wrong).await;
    let unknown = world.browser().post("/sign-in", &unknown).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_eq!(wrong.text.replace("ada@", "eve@"), unknown.text);
    let again = "Type it again: it is not kept in the page.";
    wrong.refuses(StatusCode::UNAUTHORIZED, &[again]).lacks(&["something else"]);
    world.browser().get("/sign-in").await.lacks(&[again]);
}

#[tokio::test]
async fn whoever_guesses_is_slowed_down() {
    let world = World::new().await;
    let form = [("email", "root@acme.example"), ("password", "a guess that is wrong")];
    let mut last = StatusCode::OK;
    for _ in 0..11 {
        last = world.browser().post("/sign-in", &form).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn after_signing_in_nobody_is_led_elsewhere() {
    let world = World::new().await;
    world.admin_browser().await;
    for to in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "/\u{b}x",
    ] {
        let form =
            [("email", "ada@acme.example"), ("password", "correct horse battery"), ("to", to)];
        assert_eq!(world.browser().post("/sign-in", &form).await.leads_to(), "/", "{to}");
    }
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    let world = World::new().await;
    let browser = world.admin_browser().await;
    let page = browser.post_from("/sign-out", &[], "cross-site").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text.contains("did not come from a page of this console"), "{}", page.text);
    assert!(page.headers.contains_key("content-security-policy"));
    browser.get("/account").await.says(&["Your account"]);
}

#[tokio::test]
async fn signing_out_ends_the_session_itself() {
    let world = World::new().await;
    let browser = world.admin_browser().await;
    assert_eq!(browser.post("/sign-out", &[]).await.leads_to(), "/sign-in?done=signed-out");
    assert_eq!(browser.get("/account").await.leads_to(), "/sign-in?to=%2Faccount");
}

#[tokio::test]
async fn a_page_is_kept_by_nobody_and_loads_nothing_from_elsewhere() {
    let world = World::new().await;
    let page = world.admin_browser().await.get("/").await;
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"));
    page.lacks(&["style=\"", "<script>", "onclick", "http://", "https://"]);
}
