//! A page that is open, while others work.

use serde_json::json;

use crate::chromium::{Driver, example, qualifies, session};

#[tokio::test]
async fn a_page_that_is_open_shows_what_happens_without_being_loaded_again() {
    let (server, link) = example();
    let session = session(&server);
    let driver = Driver::start();
    let browser = driver.browser(&server).await;
    browser.accepts(&link).await;
    browser.opens("/").await;
    browser.arrives("Home").await;
    browser.runs("window.isTheSame = true;", &[]).await;
    qualifies(&session, "Webinar follow-up", "now@customer.invalid");
    browser.finds("//section[@aria-labelledby='today']//a[.='now@customer.invalid']").await;
    assert_eq!(browser.runs("return window.isTheSame === true;", &[]).await, json!(true));
    browser.finds("//*[@id='announcer'][contains(., 'updated')]").await;
}
