//! The main paths in a browser that runs no script.

use crate::chromium::{Driver, example};

#[tokio::test]
async fn the_console_works_without_script() {
    let (server, link) = example();
    let driver = Driver::start();
    let browser = driver.browser_without_script(&server).await;
    let page = "data:text/html,<title>none</title><script>document.title='script'</script>";
    browser.client.goto(page).await.unwrap();
    assert_eq!(browser.client.title().await.unwrap(), "none");
    browser.accepts(&link).await;
    for place in ["Reports", "Review", "Campaigns", "Home"] {
        browser.presses(place).await;
        browser.finds(&format!("//h1[normalize-space()='{place}']")).await;
    }
    goes_away_and_comes_back(&browser).await;
    launches(&browser).await;
    browser.sees("details.me > summary").await.click().await.unwrap();
    browser.presses("Sign out").await;
    browser.reads("You are signed out.").await;
}

async fn goes_away_and_comes_back(browser: &crate::page::Browser) {
    browser.opens("/reps").await;
    browser.presses("Ines Duarte").await;
    browser.presses("Go out of office now").await;
    browser.presses("Mark as back").await;
    browser.reads("Back: the rep waits for their turn.").await;
}

async fn launches(browser: &crate::page::Browser) {
    browser.opens("/campaigns/new").await;
    browser.types("Name", "Plain").await;
    browser.presses("Make the draft").await;
    browser.types("Addresses", "rosa@plain.invalid").await;
    browser.presses("Add these").await;
    browser.presses("Go on to messages").await;
    browser.presses("Skip this step").await;
    browser.chooses("EMEA").await;
    browser.presses("Save and go on").await;
    browser.finds("//h1[normalize-space()='Review and launch']").await;
    browser.presses("Launch").await;
    browser.reads("Launched.").await;
}
