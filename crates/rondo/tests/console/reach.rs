//! Who may have which page: every route, held against every role.

use axum::http::StatusCode;
use rondo::console::{Method, Reach, Route, routes};

use crate::browser::{Browser, Page};
use crate::world::World;

const LEAD: &str = "bos-lead@customer.example";

/// What paths name: all of it is of one rep's lead.
struct Names {
    rep: String,
    group: String,
    campaign: String,
    assignment: String,
    conversation: String,
    lead: String,
}

impl Names {
    /// A path of a route; of what is not of the lead, nothing is there.
    fn path(&self, route: &Route) -> String {
        let parts = route.path.split('/').map(|part| match part {
            "{rep}" => &self.rep,
            "{group}" => &self.group,
            "{campaign}" => &self.campaign,
            "{assignment}" => &self.assignment,
            "{conversation}" => &self.conversation,
            "{lead}" => &self.lead,
            part if part.starts_with('{') => "nothing",
            part => part,
        });
        parts.collect::<Vec<_>>().join("/")
    }

    async fn ask(&self, browser: &Browser, route: &Route) -> Page {
        match route.method {
            Method::Get => browser.get(&self.path(route)).await,
            Method::Post => browser.post(&self.path(route), &[]).await,
        }
    }
}

async fn names(world: &World, rep: &str) -> Names {
    let group = world.add_group("North", &[rep]).await;
    let campaign = world.launched("Spring", &group).await;
    let made = world.qualify(&campaign, LEAD).await.is(201);
    let id = |name: &str| made[name].as_str().unwrap().to_owned();
    let (assignment, conversation, lead) = (id("id"), id("conversation"), id("lead"));
    Names { rep: rep.to_owned(), group, campaign, assignment, conversation, lead }
}

fn is_barred(page: &Page) -> bool {
    page.status == StatusCode::FORBIDDEN && page.text.contains("This is not yours to see")
}

#[tokio::test]
async fn every_page_is_for_those_within_its_reach_alone() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let bo = world.rep_browser("Bo").await;
    let names = names(&world, &bo.rep).await;
    let viewer = world.viewer_browser().await;
    for route in routes() {
        if route.reach == Reach::Public {
            continue;
        }
        let name = format!("{route:?}");
        let stranger = names.ask(&world.browser(), &route).await;
        assert!(stranger.leads_to().starts_with("/sign-in"), "{name}");
        // Signing out would end what comes after; the news never end.
        if ["/sign-out", "/live"].contains(&route.path) {
            continue;
        }
        let other = names.ask(&ann, &route).await;
        assert!(!other.text.contains(LEAD), "{name}");
        let is_of_one = ["{assignment}", "{conversation}", "{lead}"];
        let is_of_one = is_of_one.iter().any(|one| route.path.contains(one));
        let reaches_others = matches!(route.reach, Reach::Everyone) && !is_of_one;
        assert_eq!(is_barred(&other), !reaches_others, "{name}");
        let is_for_viewers =
            matches!(route.reach, Reach::Everyone | Reach::Team | Reach::OwnOrTeam);
        let seen = names.ask(&viewer, &route).await;
        if route.method == Method::Get || !is_for_viewers {
            assert_eq!(is_barred(&seen), !is_for_viewers, "{name}");
        }
        if matches!(route.reach, Reach::OwnOrTeam | Reach::OwnOrAdmin) {
            assert!(route.path.contains("{rep}"), "{name} names no rep");
        }
    }
}

#[tokio::test]
async fn whoever_is_within_its_reach_has_a_page() {
    let world = World::new().await;
    let bo = world.rep_browser("Bo").await;
    let names = names(&world, &bo.rep).await;
    let admin = world.admin_browser().await;
    let pages = routes().into_iter().filter(|route| {
        route.method == Method::Get && route.reach != Reach::Public && route.path != "/live"
    });
    let known = |route: &Route| !names.path(route).contains("nothing");
    for route in pages {
        let seen = names.ask(&admin, &route).await;
        assert_eq!(seen.status.is_client_error(), !known(&route), "{route:?}: {}", seen.text);
        if matches!(route.reach, Reach::Everyone | Reach::OwnOrTeam | Reach::OwnOrAdmin) {
            let own = names.ask(&bo, &route).await;
            assert_eq!(own.status.is_client_error(), !known(&route), "{route:?}: {}", own.text);
        }
    }
}

#[tokio::test]
async fn a_rep_is_not_told_of_a_lead_any_more_once_it_was_passed_on() {
    let world = World::new().await;
    let (bo, ann) = (world.rep_browser("Bo").await, world.add_rep("Ann").await);
    let names = names(&world, &bo.rep).await;
    let pages = [
        "/assignments".to_owned(),
        "/assignments.csv".to_owned(),
        format!("/assignments/{}", names.assignment),
        format!("/reps/{}", bo.rep),
    ];
    for page in &pages {
        bo.get(page).await.says(&[LEAD]);
    }
    let form = [("to", ann.as_str())];
    let admin = world.admin_browser().await;
    let passed = admin.post(&format!("/assignments/{}/reassign", names.assignment), &form).await;
    assert_eq!(passed.status, StatusCode::SEE_OTHER, "{}", passed.text);
    for page in &pages {
        let seen = bo.get(page).await;
        assert_eq!(seen.status, StatusCode::OK, "{page}");
        seen.lacks(&[LEAD]);
    }
    admin.get("/assignments").await.says(&[LEAD]);
}

#[tokio::test]
async fn public_pages_are_few_and_known() {
    let mut public: Vec<_> = routes()
        .iter()
        .filter(|route| route.reach == Reach::Public)
        .map(|route| route.path)
        .collect();
    public.sort_unstable();
    public.dedup();
    let known = [
        "/assets/{file}",
        "/favicon.ico",
        "/sign-in",
        "/sign-in/back",
        "/sign-in/link",
        "/sign-in/link/{token}",
        "/sign-in/team",
        "/sign-in/with",
        "/sign-in/{token}",
        "/start/{token}",
    ];
    assert_eq!(public, known);
}

#[tokio::test]
async fn an_address_that_is_none_is_a_page_for_a_browser_and_a_document_for_a_program() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    for browser in [&world.browser(), &admin] {
        let page = browser.get("/repz").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.text.contains("No page has this address"), "{}", page.text);
        assert!(page.headers.contains_key("content-security-policy"));
    }
    assert!(admin.get("/repz").await.text.contains("ada@acme.example"));
    world.admin().get("/repz").await.is_problem("not-found");
    let document = admin.get("/v1/repz").await;
    assert_eq!(document.headers["content-type"], "application/problem+json");
}
