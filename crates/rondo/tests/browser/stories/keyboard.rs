//! Work that is done by keys alone.

use fantoccini::key::Key;

use crate::chromium::{Driver, example};
use crate::page::Browser;

async fn signed_in() -> (crate::program::Server, Driver, Browser) {
    let (server, link) = example();
    let driver = Driver::start();
    let browser = driver.browser(&server).await;
    browser.accepts(&link).await;
    browser.arrives("Home").await;
    (server, driver, browser)
}

#[tokio::test]
async fn a_campaign_is_launched_by_keyboard_alone() {
    let (_server, _driver, browser) = signed_in().await;
    browser.tabs_to("Campaigns").await;
    browser.enter().await;
    browser.arrives("Campaigns").await;
    browser.tabs_to("New campaign").await;
    browser.enter().await;
    browser.arrives("New campaign").await;
    browser.tabs_to("Name").await;
    browser.keys("Keys").await;
    browser.enter().await;
    browser.arrives("Leads").await;
    browser.tabs_to("Addresses").await;
    browser.keys("rosa@keys.invalid").await;
    browser.tabs_to("Add these").await;
    browser.enter().await;
    browser.arrives("What was taken").await;
    browser.tabs_to("Go on to messages").await;
    browser.enter().await;
    browser.arrives("Messages").await;
    browser.tabs_to("Skip this step").await;
    browser.enter().await;
    browser.arrives("Route qualified leads").await;
    browser.tabs_to("All sales reps").await;
    browser.key(Key::Down).await;
    browser.tabs_to("Save and go on").await;
    browser.enter().await;
    browser.arrives("Review and launch").await;
    browser.tabs_to("Launch").await;
    browser.enter().await;
    browser.arrives("Keys").await;
    browser.reads("Launched.").await;
}

#[tokio::test]
async fn the_review_queue_is_worked_through_by_its_keys() {
    let (_server, _driver, browser) = signed_in().await;
    browser.tabs_to("Review").await;
    browser.enter().await;
    browser.arrives("Review").await;
    browser.keys("jjk").await;
    let first = browser.client.active_element().await.unwrap().text().await.unwrap();
    browser.enter().await;
    browser.arrives(&first).await;
    // The answer is unfolded and typed.
    browser.keys("a").await;
    browser.sees("textarea#text:focus").await;
    browser.keys("It does: shall we talk on Monday?").await;
    browser.tabs_to("Send the answer").await;
    browser.enter().await;
    browser.reads("Your answer is on its way.").await;
    browser.arrives(&first).await;
    // On to the next, which has nothing for us.
    browser.keys("n").await;
    browser.finds("//p[@class='crumbs']/a[.='Review']").await;
    browser.finds(&format!("//h1[. != {}]", crate::page::quoted(&first))).await;
    while browser.runs("return document.readyState;", &[]).await != "complete" {}
    browser.keys("c").await;
    browser.says_yes().await;
    browser.reads("Ended: not interested.").await;
    // And a label is corrected by its number.
    browser.keys("n").await;
    browser.finds("//p[@class='crumbs']/a[.='Review']").await;
    while browser.runs("return document.readyState;", &[]).await != "complete" {}
    browser.keys("l").await;
    browser.sees("details[open] .labels").await;
    browser.keys("1").await;
    browser.reads("Labelled.").await;
}
