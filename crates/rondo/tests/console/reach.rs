//! Who may have which page: every route, held against every role.

use axum::http::StatusCode;
use rondo::console::{Method, Reach, Route, routes};

use crate::browser::{Browser, Page};
use crate::world::World;

/// A path of a route, in which nothing that it names is there, but for the rep.
fn path(route: &Route, rep: &str) -> String {
    let parts = route.path.split('/').map(|part| match part {
        "{rep}" => rep,
        part if part.starts_with('{') => "nothing",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

async fn ask(browser: &Browser, route: &Route, rep: &str) -> Page {
    match route.method {
        Method::Get => browser.get(&path(route, rep)).await,
        Method::Post => browser.post(&path(route, rep), &[]).await,
    }
}

fn is_barred(page: &Page) -> bool {
    page.status == StatusCode::FORBIDDEN && page.text.contains("This is not yours to see")
}

#[tokio::test]
async fn every_page_is_for_those_within_its_reach_alone() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let bo = world.add_rep("Bo").await;
    let viewer = world.viewer_browser().await;
    for route in routes() {
        if route.reach == Reach::Public || route.path == "/live" {
            continue;
        }
        let name = format!("{route:?}");
        let stranger = ask(&world.browser(), &route, &bo).await;
        assert!(stranger.leads_to().starts_with("/sign-in"), "{name}");
        // Signing out would end what comes after.
        if route.path == "/sign-out" {
            continue;
        }
        let reaches_others = matches!(route.reach, Reach::Everyone);
        assert_eq!(is_barred(&ask(&ann, &route, &bo).await), !reaches_others, "{name}");
        let is_for_viewers =
            matches!(route.reach, Reach::Everyone | Reach::Team | Reach::OwnOrTeam);
        assert_eq!(is_barred(&ask(&viewer, &route, &bo).await), !is_for_viewers, "{name}");
        if matches!(route.reach, Reach::OwnOrTeam | Reach::OwnOrAdmin) {
            assert!(route.path.contains("{rep}"), "{name} names no rep");
        }
    }
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
