//! What earlier versions took: forms take it again as it stands, though it would be refused if it were new.

use axum::http::StatusCode;
use rondo_core::command::{Command, RepPatch};
use rondo_core::detail::StepText;
use rondo_core::event::Settings;
use rondo_core::mail::MailPlan;
use rondo_core::text::Name;

use crate::world::World;

#[tokio::test]
async fn a_phone_number_without_a_digit_stays() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let ann = world.add_rep("Ann").await;
    let patch = RepPatch { phone: Some(Some("ask Bo".to_owned())), ..RepPatch::default() };
    world.does(Command::ChangeRep { rep: ann.parse().unwrap(), patch }).await.unwrap();
    let path = format!("/reps/{ann}/edit");
    let form = |phone| {
        [("name", "Ann Lee"), ("email", "ann@acme.example"), ("time_zone", "UTC"), ("phone", phone)]
    };
    let page = admin.post(&path, &form("ask Cy")).await;
    page.refuses(StatusCode::BAD_REQUEST, &["phone-error"]);
    let page = admin.post(&path, &form("ask Bo")).await;
    admin.get(page.leads_to()).await.says(&["<h1>Ann Lee</h1>", "ask Bo"]);
}

#[tokio::test]
async fn a_message_that_names_what_is_not_known_stays() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let mailbox = world.add_mailbox("kim@acme.example").await;
    let page = admin.post("/campaigns/new", &[("name", "Spring")]).await;
    let campaign = page.leads_to().strip_suffix("/leads").unwrap().to_owned();
    let id = campaign.strip_prefix("/campaigns/").unwrap().parse().unwrap();
    let plan = MailPlan {
        mailbox: mailbox.parse().unwrap(),
        wait_days: vec![0],
        window: None,
        daily_limit: None,
    };
    let body = "Hi\n{{ nope|d('you') }}".to_owned();
    let texts = vec![StepText { subject: Some("For you".to_owned()), body, body_html: None }];
    world.does(Command::SetMessages { campaign: id, plan, texts }).await.unwrap();
    let path = format!("{campaign}/messages");
    let form = |body| {
        [
            ("count", "1"),
            ("mailbox", mailbox.as_str()),
            ("subject-0", "For {{ lead.city }}"),
            ("body-0", body),
            ("wait-0", "0"),
            ("hours", "any"),
            ("do", "save"),
        ]
    };
    let page = admin.post(&path, &form("Hello\r\n{{ nope|d('you') }}")).await;
    page.refuses(StatusCode::BAD_REQUEST, &["id=\"body-0-error\">This names nope in line 2"]);
    let page = admin.post(&path, &form("Hi\r\n{{ nope|d('you') }}")).await;
    admin.get(page.leads_to()).await.says(&["For {{ lead.city }}"]);
}

#[tokio::test]
async fn a_handover_that_names_what_is_not_known_stays() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let settings = Settings {
        name: Name::parse("Acme").unwrap(),
        routed_rep_becomes_owner: true,
        reminder_after_working_hours: 8,
        time_zone: "UTC".to_owned(),
        handover_template: Some("Dear {{ nope|d('you') }}".to_owned()),
    };
    world.does(Command::ChangeSettings { settings }).await.unwrap();
    let form = |name, text, act| {
        [
            ("name", name),
            ("time_zone", "UTC"),
            ("reminder_after_working_hours", "8"),
            ("handover_template", text),
            ("act", act),
        ]
    };
    for act in ["save", "preview"] {
        let page = admin.post("/settings/team", &form("Acme", "Hi {{ nope|d('you') }}", act)).await;
        page.refuses(StatusCode::BAD_REQUEST, &["This names nope in line 1"]);
    }
    let same = form("Acme Two", "Dear {{ nope|d('you') }}", "save");
    let page = admin.post("/settings/team", &same).await;
    assert_eq!(page.leads_to(), "/settings/team?done=saved");
}
