//! Every screen as everybody can use it: nothing for axe to find, in light and dark, wide and narrow; nothing wider than
//! the screen; nothing loaded from elsewhere.

use serde_json::json;

use crate::chromium::{Browser, Driver, example};

async fn set_scheme(browser: &Browser, scheme: &str) {
    // Chromium has no command of WebDriver for it; the style sheet follows this as well as the system's wish.
    let script = "document.documentElement.style.colorScheme = arguments[0];";
    browser.client.execute(script, vec![json!(scheme)]).await.unwrap();
}

#[tokio::test]
async fn every_screen_can_be_used_by_everybody() {
    let (server, link) = example();
    let driver = Driver::start();
    let browser = driver.browser().await.at(&server.address);
    browser.accepts(&link).await;
    let mut paths: Vec<String> = vec!["/".to_owned(), "/account".to_owned()];
    let mut at = 0;
    let mut found = Vec::new();
    // Every page that can be reached by links, one of each kind.
    while at < paths.len() {
        let path = paths[at].clone();
        at += 1;
        browser.opens(&path).await;
        browser.sees("main h1").await;
        for (scheme, width) in [("light", 1280), ("dark", 1280), ("light", 360), ("light", 2560)] {
            browser.client.set_window_size(width, 900).await.unwrap();
            set_scheme(&browser, scheme).await;
            let faults = browser.faults().await;
            found.extend(
                faults.into_iter().map(|fault| format!("{path} {scheme} {width}: {fault}")),
            );
            let is_wider = "return document.documentElement.scrollWidth > window.innerWidth + 1;";
            if browser.client.execute(is_wider, Vec::new()).await.unwrap() == json!(true) {
                found.push(format!("{path} is wider than {width} pixels"));
            }
        }
        let links = "return [...document.querySelectorAll('main a[href], nav a[href]')]\
            .map((a) => new URL(a.href)).filter((a) => a.origin === location.origin).map((a) => a.pathname);";
        let links = browser.client.execute(links, Vec::new()).await.unwrap();
        let links: Vec<String> = serde_json::from_value(links).unwrap();
        for link in links {
            let is_page =
                !link.ends_with(".csv") && !link.ends_with("/raw") && !link.starts_with("/docs");
            if is_page && !paths.iter().any(|known| kind(known) == kind(&link)) {
                paths.push(link);
            }
        }
    }
    assert!(paths.len() > 15, "{paths:?}");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A path without what it names.
fn kind(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.contains('_') { "…" } else { part });
    parts.collect::<Vec<_>>().join("/")
}
