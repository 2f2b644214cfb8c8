//! From the first start to the first handover.

use crate::chromium::{Driver, qualifies, session};
use crate::page::{Browser, PASSWORD};
use crate::program::Server;

#[tokio::test]
async fn from_the_first_start_to_the_first_handover_and_why_that_rep_has_it() {
    let server = Server::start();
    let link = server.lines.iter().find(|line| line.contains("/start/")).unwrap();
    let driver = Driver::start();
    let browser = driver.browser(&server).await;
    begins(&browser, &link[link.find("/start/").unwrap()..]).await;
    for name in ["Ann Berg", "Bo Lind"] {
        adds_rep(&browser, name).await;
    }
    browser.presses("Sales groups").await;
    browser.arrives("Sales groups").await;
    browser.presses("New sales group").await;
    browser.types("Name", "EMEA").await;
    browser.chooses("Bo Lind").await;
    browser.chooses("Ann Berg").await;
    browser.presses("Make the group").await;
    browser.arrives("EMEA").await;
    launches(&browser, &server).await;
    qualifies(&session(&server), "Spring", "rosa@customer.example");
    browser.presses("Home").await;
    browser.arrives("Home").await;
    browser.finds("//section[@aria-labelledby='today']//td[normalize-space()='Ann Berg']").await;
    browser.presses("Rosa Vega").await;
    browser.arrives("Rosa Vega → Ann Berg").await;
    browser.reads("Ann Berg was the first to take a turn.").await;
    browser.reads("Turns of this campaign in EMEA.").await;
}

/// The team and its admin.
async fn begins(browser: &Browser, path: &str) {
    browser.opens(path).await;
    browser.types("Team", "Acme").await;
    browser.types("Your email", "ada@acme.example").await;
    browser.types("Password", PASSWORD).await;
    browser.presses("Begin").await;
    browser.arrives("Home").await;
    browser.reads("Get the first lead to a rep").await;
}

async fn adds_rep(browser: &Browser, name: &str) {
    browser.presses("Sales reps").await;
    browser.arrives("Sales reps").await;
    browser.presses("Add a sales rep").await;
    browser.types("Full name", name).await;
    let local = name.to_lowercase().replace(' ', ".");
    browser.types("Email", &format!("{local}@acme.example")).await;
    browser.presses("Add").await;
    browser.arrives(name).await;
}

/// A campaign through the launcher, with leads from a file.
async fn launches(browser: &Browser, server: &Server) {
    browser.presses("Campaigns").await;
    browser.arrives("Campaigns").await;
    browser.presses("New campaign").await;
    browser.types("Name", "Spring").await;
    browser.presses("Make the draft").await;
    browser.arrives("Leads").await;
    let file = server.path("leads.csv");
    std::fs::write(&file, "Who,Mail\nRosa Vega,rosa@customer.example\nTom Brandt,tom@x.example\n")
        .unwrap();
    browser.sees("#file").await.send_keys(file.to_str().unwrap()).await.unwrap();
    browser.presses("Upload").await;
    browser.arrives("What the columns mean").await;
    let column = browser.finds("//select[@aria-labelledby=//th[.='Who']/@id]").await;
    column.select_by_value("name").await.unwrap();
    browser.presses("Add the leads").await;
    browser.arrives("What was taken").await;
    browser.presses("Go on to messages").await;
    browser.arrives("Messages").await;
    browser.presses("Skip this step").await;
    browser.arrives("Route qualified leads").await;
    browser.chooses("EMEA").await;
    browser.presses("Save and go on").await;
    browser.arrives("Review and launch").await;
    browser.reads("Next: Ann Berg, then Bo Lind").await;
    browser.presses("Launch").await;
    browser.arrives("Spring").await;
    browser.reads("Launched.").await;
}
