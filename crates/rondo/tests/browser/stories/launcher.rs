//! A draft that is left in the middle, and found again as it was.

use crate::chromium::{DEMO_ADMIN, Driver, example};

#[tokio::test]
async fn a_launcher_that_was_left_goes_on_in_another_browser_with_everything_in_it() {
    let (server, link) = example();
    let driver = Driver::start();
    let before = driver.browser(&server).await;
    before.accepts(&link).await;
    before.opens("/campaigns/new").await;
    before.types("Name", "Harvest").await;
    before.presses("Make the draft").await;
    before.arrives("Leads").await;
    before.types("Addresses", "Rosa Vega <rosa@left.invalid>").await;
    before.presses("Add these").await;
    before.arrives("What was taken").await;
    before.presses("Go on to messages").await;
    before.arrives("Messages").await;
    before.types("subject-0", "Hello from us").await;
    before.types("body-0", "Dear {{ lead.first_name }}, shall we talk?").await;
    before.presses("Save and go on").await;
    before.arrives("Route qualified leads").await;
    before.chooses("Americas").await;
    before.presses("Save and go on").await;
    before.arrives("Review and launch").await;
    before.presses("Leave the draft for later").await;
    before.arrives("Harvest").await;
    before.client.clone().close().await.unwrap();

    let after = driver.browser(&server).await;
    after.signs_in(DEMO_ADMIN).await;
    after.presses("Campaigns").await;
    after.arrives("Campaigns").await;
    after.presses("Harvest").await;
    after.arrives("Harvest").await;
    let campaign = after.path().await;
    after.opens(&format!("{campaign}/messages")).await;
    after.arrives("Messages").await;
    assert_eq!(after.value("subject-0").await, "Hello from us");
    assert_eq!(after.value("body-0").await, "Dear {{ lead.first_name }}, shall we talk?");
    after.reads("Dear Ann, shall we talk?").await;
    after.opens(&campaign).await;
    after.presses("Go on: review and launch").await;
    after.arrives("Review and launch").await;
    after.reads("in the campaign at its launch").await;
    after.finds("//a[.='Americas']").await;
    after.presses("Launch").await;
    after.reads("Launched.").await;
}
