//! Signing in with a real provider of OpenID Connect, npm's `oidc-provider`, and what nobody gets in with.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Request, StatusCode, header};
use openidconnect::{ClientId, ClientSecret, IssuerUrl};
use rondo::clock::{Clock as _, SeededEntropy, SystemClock};
use rondo::console::{self, ConsoleOptions, StartLink};
use rondo::egress::{Egress, EgressPolicy, SystemNames};
use rondo::found::found;
use rondo::oidc::{Oidc, OidcOptions};
use rondo_core::event::Role;
use rondo_core::text::{Email, Name};
use url::Url;

use crate::browser::{Browser, Page};
use crate::provider::{CLIENT, OTHER, Provider, SECRET, USUAL};
use crate::world::World;

const ADA: &str = "ada@acme.example";
const BACK: &str = "https://rondo.acme.example/sign-in/back";
/// Somebody who has not signed in, before a server with this provider. It is now, as the provider reads the clock.
async fn browser(world: &World, issuer: &str) -> Browser {
    world.clock.set(SystemClock::new().now());
    let options = OidcOptions {
        issuer: IssuerUrl::new(issuer.to_owned()).unwrap(),
        client_id: ClientId::new(CLIENT.to_owned()),
        client_secret: ClientSecret::new(SECRET.to_owned()),
        name: "Acme SSO".to_owned(),
    };
    let public_url = Url::parse("https://rondo.acme.example/").unwrap();
    let oidc = Oidc::new(options, &public_url, egress(), world.clock.clone());
    let start = StartLink::new(&SeededEntropy::new(3));
    let options = ConsoleOptions { start, is_secure: true, oidc: Some(oidc) };
    Browser::over(console::beside(axum::Router::new(), world.app.clone(), options))
}

fn egress() -> Egress {
    Egress::new(EgressPolicy::PrivateToo, Arc::new(SystemNames))
}

/// Somebody at the provider's own pages.
struct Visitor {
    egress: Egress,
    /// By name and path.
    cookies: BTreeMap<(String, String), String>,
}

/// What the visitor does with the form that asks who they are.
enum Act<'a> {
    SignIn(&'a str),
    Leave,
}

impl Visitor {
    fn new() -> Self {
        Self { egress: egress(), cookies: BTreeMap::new() }
    }

    /// Asks for a page, or sends a form, following where it leads; answers the path of Rondo in the end, or a page.
    async fn go(&mut self, url: &Url, form: Option<String>) -> Result<String, (Url, String)> {
        let (mut url, mut form) = (url.clone(), form);
        loop {
            let cookies = self.cookies.iter().filter(|((_, path), _)| url.path().starts_with(path));
            let cookies: Vec<_> =
                cookies.map(|((name, _), value)| format!("{name}={value}")).collect();
            let request = Request::builder()
                .uri(url.as_str())
                .method(if form.is_some() { "POST" } else { "GET" })
                .header(header::COOKIE, cookies.join("; "))
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let request = request.body(form.take().unwrap_or_default().into_bytes()).unwrap();
            let answer = self.egress.exchange(request, 1_000_000).await.unwrap();
            for cookie in answer.headers().get_all(header::SET_COOKIE) {
                self.keep(cookie.to_str().unwrap());
            }
            let Some(to) = answer.headers().get(header::LOCATION) else {
                assert_eq!(answer.status(), StatusCode::OK);
                return Err((url, String::from_utf8(answer.into_body()).unwrap()));
            };
            url = url.join(to.to_str().unwrap()).unwrap();
            if url.host_str() == Some("rondo.acme.example") {
                return Ok(format!("{}?{}", url.path(), url.query().unwrap_or_default()));
            }
        }
    }

    fn keep(&mut self, cookie: &str) {
        let mut parts = cookie.split("; ");
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let path = parts.find_map(|part| part.strip_prefix("path=")).unwrap_or("/").to_owned();
        let key = (name.to_owned(), path);
        if value.is_empty() {
            self.cookies.remove(&key);
        } else {
            self.cookies.insert(key, value.to_owned());
        }
    }

    /// Goes where Rondo sends them, and through the provider's pages; answers the path on which they come back.
    async fn visit(&mut self, start: &Page, act: Act<'_>) -> String {
        let url = Url::parse(start.leads_to()).unwrap();
        let mut there = self.go(&url, None).await;
        for _ in 0..2 {
            let Err((url, page)) = &there else { break };
            let before = if matches!(act, Act::Leave) { "href=\"" } else { "action=\"" };
            let parts = page.split(before).skip(1).map(|part| part.split('"').next().unwrap());
            let wanted = |path: &&str| path.contains("/interaction/");
            let to = url.join(parts.filter(wanted).last().unwrap()).unwrap();
            let form = match act {
                Act::Leave => None,
                Act::SignIn(_) if page.contains("value=\"consent\"") => {
                    Some("prompt=consent".to_owned())
                }
                Act::SignIn(who) => Some(format!("prompt=login&login={who}&password=any")),
            };
            there = self.go(&to, form).await;
        }
        there.unwrap_or_else(|(url, page)| panic!("still at {url}: {page}"))
    }
}

/// Goes to the provider and back as this person.
async fn come_back(browser: &mut Browser, who: &str) -> Page {
    let start = browser.get("/sign-in/with").await;
    browser.keep(&start);
    let back = Visitor::new().visit(&start, Act::SignIn(who)).await;
    browser.get(&back).await
}

#[track_caller]
fn is_refused(page: &Page, status: StatusCode, why: &str) {
    assert_eq!(page.status, status, "{}", page.text);
    assert!(page.text.contains(why), "{}", page.text);
    // The other ways are there.
    assert!(page.text.contains("Sign in with Acme SSO") && page.text.contains("id=\"password\""));
    let cookies = page.headers.get_all(header::SET_COOKIE).iter();
    assert!(
        cookies.map(|cookie| cookie.to_str().unwrap()).all(|one| !one.contains("rondo_session"))
    );
}

#[tokio::test]
async fn whoever_the_provider_vouches_for_gets_in_and_goes_on_where_they_were_going() {
    for options in [USUAL, OTHER] {
        let world = World::new().await;
        world.invite(ADA, Role::Viewer, None).await;
        let provider = Provider::start(BACK, options);
        let mut browser = browser(&world, &provider.issuer).await;
        let page = browser.get("/sign-in?to=%2Faccount").await;
        page.says(&["Sign in with Acme SSO", "href=\"/sign-in/with?to=%2Faccount\""]);
        let start = browser.get("/sign-in/with?to=%2Faccount").await;
        let cookie = start.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
        for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/sign-in", "Max-Age=900"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(start.leads_to().contains("code_challenge_method=S256"), "{}", start.leads_to());
        browser.keep(&start);
        let back = Visitor::new().visit(&start, Act::SignIn("ADA@acme.example")).await;
        let page = browser.get(&back).await;
        assert_eq!(page.leads_to(), "/account");
        browser.keep(&page);
        browser.get("/account").await.says(&[ADA, "Viewer in Acme"]);
        // What they set out with is gone.
        is_refused(&browser.get(&back).await, StatusCode::BAD_REQUEST, "begun too long ago");
    }
}

#[tokio::test]
async fn nobody_gets_in_with_an_address_that_is_unknown_or_not_verified() {
    let world = World::new().await;
    world.invite("unverified@acme.example", Role::Viewer, None).await;
    world.invite("silent@acme.example", Role::Viewer, None).await;
    for options in [USUAL, OTHER] {
        let provider = Provider::start(BACK, options);
        let mut browser = browser(&world, &provider.issuer).await;
        let unverified = "does not say that your email address is verified";
        for (who, why) in [
            ("eve@acme.example", "may not sign in here; ask an admin"),
            ("unverified@acme.example", unverified),
            ("silent@acme.example", unverified),
        ] {
            let page = come_back(&mut browser, who).await;
            is_refused(&page, StatusCode::FORBIDDEN, why);
        }
    }
}

#[tokio::test]
async fn a_rep_who_has_left_and_a_user_who_was_removed_do_not_get_in() {
    let world = World::new().await;
    let invitation = world.invite(ADA, Role::Viewer, None).await;
    let provider = Provider::start(BACK, USUAL);
    let mut browser = browser(&world, &provider.issuer).await;
    world.admin().delete(&format!("/v1/users/{}", invitation.user)).await.is(204);
    let page = come_back(&mut browser, ADA).await;
    is_refused(&page, StatusCode::FORBIDDEN, "may not sign in here");
}

#[tokio::test]
async fn nobody_comes_back_who_did_not_set_out() {
    let world = World::new().await;
    world.invite(ADA, Role::Viewer, None).await;
    let provider = Provider::start(BACK, USUAL);
    let mut ada = browser(&world, &provider.issuer).await;
    let start = ada.get("/sign-in/with").await;
    ada.keep(&start);
    let back = Visitor::new().visit(&start, Act::SignIn(ADA)).await;
    let other = browser(&world, &provider.issuer).await;
    // In another browser, which set out itself or not.
    is_refused(&other.get(&back).await, StatusCode::BAD_REQUEST, "in another browser");
    let mut eve = other.clone();
    let start = eve.get("/sign-in/with").await;
    eve.keep(&start);
    is_refused(&eve.get(&back).await, StatusCode::BAD_REQUEST, "in another browser");
    // With her own state and a code that was given to somebody else.
    let of_eve = Visitor::new().visit(&start, Act::SignIn("eve@acme.example")).await;
    let part = |path: &str, name: &str| {
        let url = Url::parse(BACK).unwrap().join(path).unwrap();
        url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
    };
    let stolen = of_eve.replace(&part(&of_eve, "code"), &part(&back, "code"));
    is_refused(&eve.get(&stolen).await, StatusCode::BAD_REQUEST, "did not confirm who you are");
    // From another provider.
    let issuer: String = url::form_urlencoded::byte_serialize(provider.issuer.as_bytes()).collect();
    let elsewhere = back.replace(&issuer, "https%3A%2F%2Fevil.example");
    assert_ne!(elsewhere, back);
    is_refused(&ada.get(&elsewhere).await, StatusCode::BAD_REQUEST, "begin again");
}

#[tokio::test]
async fn a_code_is_good_once_and_what_somebody_set_out_with_for_a_quarter_of_an_hour() {
    let world = World::new().await;
    world.invite(ADA, Role::Viewer, None).await;
    let provider = Provider::start(BACK, USUAL);
    let mut browser = browser(&world, &provider.issuer).await;
    let start = browser.get("/sign-in/with").await;
    browser.keep(&start);
    let late = browser.clone();
    let back = Visitor::new().visit(&start, Act::SignIn(ADA)).await;
    assert_eq!(browser.get(&back).await.leads_to(), "/");
    // The same again, by somebody who has all that the browser had.
    is_refused(&browser.get(&back).await, StatusCode::BAD_REQUEST, "did not confirm who you are");
    world.clock.advance(Duration::from_secs(15 * 60));
    is_refused(&late.get(&back).await, StatusCode::BAD_REQUEST, "begun too long ago");
}

#[tokio::test]
async fn somebody_of_several_teams_chooses_one() {
    let world = World::new().await;
    world.invite(ADA, Role::Viewer, None).await;
    let (name, email) = (Name::parse("Borealis").unwrap(), Email::parse(ADA).unwrap());
    let entropy = SeededEntropy::new(23);
    let other = found(&world.store, name, email, &*world.clock, &entropy).await.unwrap();
    let provider = Provider::start(BACK, USUAL);
    let mut browser = browser(&world, &provider.issuer).await;
    let page = come_back(&mut browser, ADA).await;
    assert_eq!(page.leads_to(), "/sign-in/team");
    browser.keep(&page);
    browser.get("/sign-in/team").await.says(&["Which team?", "Acme", "Borealis"]);
    let nobodys = "team_00000000000000000000000000";
    let page = browser.post("/sign-in/team", &[("team", nobodys)]).await;
    assert!(page.status.is_client_error(), "{}", page.text);
    let page = browser.post("/sign-in/team", &[("team", &other.team.to_string())]).await;
    assert_eq!(page.leads_to(), "/");
    browser.keep(&page);
    browser.get("/account").await.says(&["Admin in Borealis"]);
    let page = browser.get("/sign-in/team").await;
    is_refused(&page, StatusCode::BAD_REQUEST, "begin again");
}

#[tokio::test]
async fn whoever_thinks_better_of_it_is_told_that_they_are_not_signed_in() {
    let world = World::new().await;
    let provider = Provider::start(BACK, USUAL);
    let mut browser = browser(&world, &provider.issuer).await;
    let start = browser.get("/sign-in/with").await;
    browser.keep(&start);
    let back = Visitor::new().visit(&start, Act::Leave).await;
    assert!(back.contains("error=access_denied"), "{back}");
    is_refused(&browser.get(&back).await, StatusCode::BAD_REQUEST, "not signed in there");
}

#[tokio::test]
async fn new_keys_of_the_provider_are_found() {
    let world = World::new().await;
    world.invite(ADA, Role::Viewer, None).await;
    let mut provider = Provider::start(BACK, USUAL);
    let mut browser = browser(&world, &provider.issuer).await;
    assert_eq!(come_back(&mut browser, ADA).await.leads_to(), "/");
    provider.rotate();
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(come_back(&mut browser, ADA).await.leads_to(), "/");
}

#[tokio::test]
async fn a_provider_that_is_away_keeps_nobody_from_signing_in_another_way() {
    let world = World::new().await;
    world.admin_browser().await;
    let provider = Provider::start(BACK, USUAL);
    let issuer = provider.issuer.clone();
    let mut browser = browser(&world, &issuer).await;
    let start = browser.get("/sign-in/with").await;
    browser.keep(&start);
    let back = Visitor::new().visit(&start, Act::SignIn(ADA)).await;
    drop(provider);
    // Away before somebody is back, and before anybody set out.
    is_refused(&browser.get(&back).await, StatusCode::SERVICE_UNAVAILABLE, "be reached just now");
    let fresh = self::browser(&world, &issuer).await;
    is_refused(
        &fresh.get("/sign-in/with").await,
        StatusCode::SERVICE_UNAVAILABLE,
        "be reached just now",
    );
    let form = [("email", ADA), ("password", "correct horse battery")];
    assert_eq!(fresh.post("/sign-in", &form).await.leads_to(), "/");
}

#[tokio::test]
async fn without_a_provider_there_is_nothing_to_sign_in_with() {
    let world = World::new().await;
    world.browser().get("/sign-in").await.says(&["Sign in"]).lacks(&["/sign-in/with"]);
    for path in ["/sign-in/with", "/sign-in/back?state=a&code=b", "/sign-in/team"] {
        assert_eq!(world.browser().get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
