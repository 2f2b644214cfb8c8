//! Forms that were refused, as they say what is wrong.

use fantoccini::Locator;
use serde_json::json;

use super::lens::Lens;
use crate::chromium::{Driver, example};
use crate::page::Browser;

/// The page of a form, a field of it, and what is entered by name.
type Refused = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const REFUSED: [Refused; 14] = [
    ("/reps/new", "name", &[("email", "nobody"), ("time_zone", "Mars/Olympus")]),
    ("/groups/new", "name", &[]),
    ("/campaigns/new", "name", &[]),
    ("{draft}", "name", &[("name", "")]),
    ("{draft}/leads", "list", &[]),
    ("{draft}/leads", "email", &[("email", "nobody")]),
    (
        "{draft}/messages",
        "subject-0",
        &[("subject-0", ""), ("body-0", "Hi {{ lead."), ("wait-0", "x")],
    ),
    ("{draft}/routing", "new_name", &[("group", "new"), ("new_name", "")]),
    ("{draft}/launch", "at", &[("when", "at"), ("at", "")]),
    ("/settings/team", "name", &[("name", ""), ("time_zone", "Mars")]),
    ("/settings/members", "email", &[("email", "nobody")]),
    ("/settings/suppressions", "email", &[("email", "nobody")]),
    ("/settings/webhooks", "url", &[("url", "nowhere")]),
    ("{rep}", "away-until", &[("until", "2020-01-01")]),
];

/// Fills in by name and sends, as a browser would that checks nothing itself.
const SEND: &str = "const [field, values] = arguments;\
    const form = (document.getElementById(field) ?? document.querySelector(`main [name='${field}']`)).form;\
    for (const [name, value] of values) for (const one of form.querySelectorAll(`[name='${name}']`)) {\
        if (one.type === 'radio') one.checked = one.value === value; else one.value = value; }\
    document.documentElement.dataset.sent = 'yes';\
    form.noValidate = true;\
    form.requestSubmit(form.querySelector('button.first'));";

#[tokio::test]
async fn every_form_that_is_refused_can_be_used_by_everybody() {
    let (server, link) = example();
    let driver = Driver::start();
    let browser = driver.browser(&server).await;
    let mut lens = Lens::over(&browser).await;
    browser.accepts(&link).await;
    let draft = led_to(&browser, "/campaigns", "Spring launch (copy)").await;
    let rep = led_to(&browser, "/reps", "Ann Reyes").await;
    for (path, field, values) in REFUSED {
        let path = path.replace("{draft}", &draft).replace("{rep}", &rep);
        browser.opens(&path).await;
        browser.runs(SEND, &[json!(field), json!(values)]).await;
        browser.sees("html:not([data-sent]) :is(.error, .note.bad)").await;
        lens.looks(&format!("{path} refused")).await;
    }
    // The guard says who is in the way, and offers ways out.
    led_to(&browser, "/reps", "Hugo Meier").await;
    browser.presses("Go out of office now").await;
    browser.sees(".blockers").await;
    lens.looks("guard").await;
    lens.looks_at("/reps/rep_nobody").await;
    browser.opens("/account").await;
    browser.client.delete_all_cookies().await.unwrap();
    browser.opens("/sign-in").await;
    browser
        .runs(SEND, &[json!("email"), json!([["email", "a@x.example"], ["password", "x"]])])
        .await;
    browser.sees("html:not([data-sent]) .note.bad").await;
    lens.looks("sign-in refused").await;
    lens.finds_nothing();
}

/// Follows a link of a list, and gives the path that it leads to.
async fn led_to(browser: &Browser, list: &str, name: &str) -> String {
    browser.opens(list).await;
    browser.presses(name).await;
    browser.arrives(name).await;
    assert!(browser.client.find(Locator::Css("h1")).await.is_ok());
    browser.path().await
}
