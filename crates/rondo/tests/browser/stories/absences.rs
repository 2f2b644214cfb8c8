//! Going away and coming back, and what the last one who is there is told.

use crate::chromium::{Driver, invited, link_of, qualifies, small_team};
use crate::program::Server;

const ADMIN: &str = "ann@acme.example";

#[tokio::test]
async fn the_last_rep_who_goes_away_is_told_what_is_in_the_way_and_led_out() {
    let server = Server::start();
    let team = small_team(&server);
    team.run(&["rep", "away", "Eva Holm"]).done();
    team.run(&["rep", "away", "Gia Romano"]).done();
    let driver = Driver::start();
    let browser = driver.browser(&server).await;
    browser.accepts(&link_of(&server, ADMIN)).await;
    browser.opens("/reps").await;
    browser.presses("Finn Ashby").await;
    browser.arrives("Finn Ashby").await;
    browser.presses("Go out of office now").await;
    browser.finds("//h2[.='Ways out']").await;
    let blocker = browser.sees(".blockers li").await.text().await.unwrap();
    assert!(blocker.starts_with("Spring on All sales reps: nobody there"), "{blocker}");
    browser.reads("Eva Holm").await;
    browser.presses("Mark Eva Holm as back").await;
    browser.reads("Somebody is there again.").await;
    browser.presses("Go out of office now").await;
    browser.presses("Mark as back").await;
    browser.reads("Takes turns as they come.").await;
    team.run(&["rep", "away", "Eva Holm"]).done();
    browser.presses("Go out of office now").await;
    browser.presses("Add a sales rep").await;
    browser.types("Full name", "Hal Ito").await;
    browser.types("Email", "hal@reps.example").await;
    browser.presses("Add").await;
    // It leads back to what was refused, which can be sent again.
    browser.arrives("Finn Ashby").await;
    browser.reads("What you asked for is still to be sent").await;
    browser.presses("Go out of office now").await;
    browser.presses("Mark as back").await;
    browser.reads("Takes turns as they come.").await;
}

#[tokio::test]
async fn a_rep_goes_away_on_their_own_page_as_long_as_a_colleague_is_there() {
    let server = Server::start();
    let team = small_team(&server);
    team.run(&["rep", "away", "Gia Romano"]).done();
    let driver = Driver::start();
    let admin = driver.browser(&server).await;
    admin.accepts(&link_of(&server, ADMIN)).await;
    // A colleague's leave next year, as it is typed in an American browser.
    admin.opens("/reps").await;
    admin.presses("Eva Holm").await;
    admin.arrives("Eva Holm").await;
    admin.sees("#absence-from").await.send_keys("01022099").await.unwrap();
    admin.sees("#absence-until").await.send_keys("01052099").await.unwrap();
    admin.clicks("//form[.//*[@id='absence-from']]//button").await;
    admin.reads("is more than two years from now").await;
    admin.clicks("//form[.//*[@id='absence-from']]//button").await;
    admin.reads("Fri 2 Jan 2099 to Mon 5 Jan 2099").await;
    let finn = driver.browser(&server).await;
    let role = ["rep", "--rep", "finn@reps.example"];
    finn.accepts(&invited(&server, "finn@reps.example", &role)).await;
    finn.presses("My turns").await;
    finn.arrives("Finn Ashby").await;
    finn.types("away-note", "flu").await;
    finn.presses("Go out of office now").await;
    finn.finds("//h2[.='Ways out']").await;
    let way = "//button[starts-with(normalize-space(), 'Be away until')]";
    finn.clicks(way).await;
    finn.reads("New leads pass you over.").await;
    for email in ["rosa@customer.example", "tom@customer.example"] {
        qualifies(&team, "Spring", email);
    }
    finn.reads("You were passed over: out of office").await;
    finn.presses("I am back").await;
    finn.reads("You take turns as they come.").await;
}

#[tokio::test]
async fn a_rep_never_sees_what_is_others() {
    let server = Server::start();
    let team = small_team(&server);
    for email in ["one@customer.example", "two@customer.example"] {
        qualifies(&team, "Spring", email);
    }
    let driver = Driver::start();
    let admin = driver.browser(&server).await;
    admin.accepts(&link_of(&server, ADMIN)).await;
    admin.opens("/assignments").await;
    admin.presses("two@customer.example").await;
    admin.arrives("two@customer.example → Finn Ashby").await;
    let assignment = admin.path().await;
    admin.presses("Read it").await;
    admin.arrives("two@customer.example").await;
    let conversation = admin.path().await;
    admin.opens("/reps").await;
    admin.presses("Finn Ashby").await;
    admin.arrives("Finn Ashby").await;
    let finn = admin.path().await;

    let eva = driver.browser(&server).await;
    let role = ["rep", "--rep", "eva@reps.example"];
    eva.accepts(&invited(&server, "eva@reps.example", &role)).await;
    for path in ["/", "/assignments", "/reports"] {
        eva.opens(path).await;
        eva.sees("h1").await;
        let text = eva.text().await;
        assert!(!text.contains("two@customer.example"), "{path}: {text}");
    }
    eva.opens("/assignments").await;
    eva.reads("one@customer.example").await;
    let barred = ["/reps", "/groups", "/campaigns", "/leads", "/conversations", "/reviews"];
    let settings = ["/settings", "/settings/ledger", &finn, &assignment, &conversation];
    for path in barred.iter().chain(&settings) {
        eva.opens(path).await;
        eva.sees("p.note.bad").await;
        let text = eva.text().await;
        assert!(!text.contains("two@customer.example"), "{path}: {text}");
    }
}
