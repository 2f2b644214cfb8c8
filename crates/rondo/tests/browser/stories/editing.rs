//! Two people at the same thing: the second is told, and nothing is lost unseen.

use crate::chromium::{Driver, invited, link_of, small_team};
use crate::page::Browser;
use crate::program::Server;

/// Two admins on the page of the same name in a list.
async fn both_open(server: &Server, driver: &Driver, path: &str, name: &str) -> [Browser; 2] {
    let links =
        [link_of(server, "ann@acme.example"), invited(server, "ben@acme.example", &["admin"])];
    let both = [driver.browser(server).await, driver.browser(server).await];
    for (browser, link) in both.iter().zip(links) {
        browser.accepts(&link).await;
        browser.opens(path).await;
        browser.presses(name).await;
        browser.arrives(name).await;
    }
    both
}

#[tokio::test]
async fn whoever_saves_a_campaign_second_is_told_what_the_first_saved() {
    let server = Server::start();
    let team = small_team(&server);
    team.run(&["campaign", "create", "Autumn"]).done();
    let driver = Driver::start();
    let [ann, ben] = both_open(&server, &driver, "/campaigns", "Autumn").await;
    let routing = format!("{}/routing", ann.path().await);
    for browser in [&ann, &ben] {
        browser.opens(&routing).await;
        browser.arrives("Route qualified leads").await;
    }
    ann.chooses("Shared by the sales group").await;
    ann.presses("Save and go on").await;
    ann.arrives("Review and launch").await;
    ben.chooses("It goes to whoever is next").await;
    ben.presses("Save and go on").await;
    ben.reads("Somebody else changed this since you opened it").await;
    ben.reads("the group’s shared rotation").await;
    // What was entered is still there, and replaces theirs once it is sent again.
    ben.sees("input[name=absent][value=round_robin]:checked").await;
    ben.presses("Save and go on").await;
    ben.arrives("Review and launch").await;
}

#[tokio::test]
async fn whoever_renames_a_group_second_is_told_its_new_name() {
    let server = Server::start();
    let _team = small_team(&server);
    let driver = Driver::start();
    let ada = driver.browser(&server).await;
    ada.accepts(&link_of(&server, "ann@acme.example")).await;
    ada.opens("/groups/new").await;
    ada.types("Name", "EMEA").await;
    ada.chooses("Eva Holm").await;
    ada.presses("Make the group").await;
    ada.arrives("EMEA").await;
    drop(ada);
    let [ann, ben] = both_open(&server, &driver, "/groups", "EMEA").await;
    for (browser, name) in [(&ann, "North"), (&ben, "South")] {
        browser.types("Name", name).await;
    }
    ann.clicks("//form[.//h3='Rename']//button").await;
    ann.arrives("North").await;
    ben.clicks("//form[.//h3='Rename']//button").await;
    ben.reads("was changed to “North” meanwhile").await;
    assert_eq!(ben.value("Name").await, "South");
    ben.clicks("//form[.//h3='Rename']//button").await;
    ben.arrives("South").await;
}
