//! Every screen as everybody can use it: nothing for axe to find, in light and dark, wide and narrow; nothing wider than
//! the screen; nothing loaded from elsewhere.

use crate::chromium::{Driver, example, invited};
use crate::program::Server;

mod errors;
mod lens;

pub(crate) use lens::Lens;

/// Screens of one kind that are looked at: two, since a draft is another screen than a campaign that runs.
const OF_A_KIND: usize = 2;

#[tokio::test]
async fn every_screen_of_an_admin_can_be_used_by_everybody() {
    let (server, link) = example();
    let driver = Driver::start();
    let browser = driver.browser(&server).await;
    let mut lens = Lens::over(&browser).await;
    lens.looks_at(&link[link.find("/sign-in/").unwrap()..]).await;
    lens.looks_at("/sign-in").await;
    browser.accepts(&link).await;
    let seen = lens.walks(&["/", "/account"], OF_A_KIND).await;
    assert!(seen.len() > 30, "{seen:?}");
    lens.finds_nothing();
}

#[tokio::test]
async fn every_screen_of_a_viewer_can_be_used_by_everybody() {
    let (server, _) = example();
    let driver = Driver::start();
    let browser = driver.browser(&server).await;
    let mut lens = Lens::over(&browser).await;
    browser.accepts(&invited(&server, "vic@acme.invalid", &["viewer"])).await;
    let seen = lens.walks(&["/"], 1).await;
    assert!(seen.len() > 15, "{seen:?}");
    lens.finds_nothing();
}

#[tokio::test]
async fn every_screen_of_a_rep_can_be_used_by_everybody() {
    let (server, _) = example();
    let driver = Driver::start();
    let browser = driver.browser(&server).await;
    let mut lens = Lens::over(&browser).await;
    let role = ["rep", "--rep", "dana.whitfield@acme.invalid"];
    browser.accepts(&invited(&server, "dana@acme.invalid", &role)).await;
    let seen = lens.walks(&["/", "/reps"], OF_A_KIND).await;
    assert!(seen.len() > 6, "{seen:?}");
    lens.finds_nothing();
}

#[tokio::test]
async fn every_screen_of_a_team_that_has_nothing_yet_can_be_used_by_everybody() {
    let server = Server::start();
    let link = server.lines.iter().find(|line| line.contains("/start/")).unwrap();
    let driver = Driver::start();
    let browser = driver.browser(&server).await;
    let mut lens = Lens::over(&browser).await;
    let start = &link[link.find("/start/").unwrap()..];
    lens.looks_at(start).await;
    browser.opens(start).await;
    for (field, text) in [("Team", "Acme"), ("Your email", "ada@acme.example")] {
        browser.types(field, text).await;
    }
    browser.types("Password", crate::page::PASSWORD).await;
    browser.presses("Begin").await;
    browser.arrives("Home").await;
    let seen = lens.walks(&["/", "/account"], 1).await;
    assert!(seen.len() > 20, "{seen:?}");
    lens.finds_nothing();
}
