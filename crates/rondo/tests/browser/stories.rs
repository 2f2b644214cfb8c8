//! What people do, from beginning to end.

use std::process::Command;

use crate::chromium::{Driver, example};
use crate::program::{Server, rondo};

fn run(server: &Server, arguments: &[&str]) -> String {
    let mut command: Command = rondo();
    command.args(arguments).args(["--database", &server.database()]);
    crate::program::Said::by(&mut command).done()
}

#[tokio::test]
async fn a_page_that_is_open_shows_what_happens_without_being_loaded_again() {
    let (server, link) = example();
    let key = run(&server, &["key", "create", "--role", "admin"]);
    let driver = Driver::start();
    let browser = driver.browser().await.at(&server.address);
    browser.accepts(&link).await;
    browser.opens("/").await;
    browser.client.execute("window.isTheSame = true;", Vec::new()).await.unwrap();
    let route = ["route", "--campaign", "Webinar follow-up", "--email", "now@customer.invalid"];
    let mut command = rondo();
    command.args(route).args(["--server", &server.address, "--key", key.trim()]);
    crate::program::Said::by(&mut command).done();
    browser.reads("now@customer.invalid").await;
    let same = browser.client.execute("return window.isTheSame === true;", Vec::new()).await;
    assert_eq!(same.unwrap(), serde_json::json!(true));
    browser.finds("//*[@id='announcer'][contains(., 'updated')]").await;
}

#[tokio::test]
async fn the_console_works_without_script() {
    let (server, link) = example();
    let driver = Driver::start();
    let browser = driver.browser_without_script().await.at(&server.address);
    browser.accepts(&link).await;
    for place in ["Reports", "Home"] {
        browser.presses(place).await;
        browser.finds(&format!("//h1[normalize-space()='{place}']")).await;
    }
    browser.opens("/account").await;
    browser.presses("Sign out").await;
}
