//! Campaigns in the console: the steps to a launch, a campaign's page, and what can be done to it.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use crate::browser::Browser;
use crate::world::World;

/// The path of a new draft, by its name.
pub(crate) async fn draft(browser: &Browser, name: &str) -> String {
    let page = browser.post("/campaigns/new", &[("name", name)]).await;
    page.leads_to().strip_suffix("/leads").unwrap().to_owned()
}

async fn launched(world: &World, browser: &Browser) -> String {
    world.add_rep("Ann").await;
    let campaign = draft(browser, "Spring").await;
    let page = browser.post(&format!("{campaign}/launch"), &[("when", "now")]).await;
    assert_eq!(page.leads_to(), format!("{campaign}?done=launched"));
    campaign
}

fn id(campaign: &str) -> &str {
    campaign.strip_prefix("/campaigns/").unwrap()
}

#[tokio::test]
async fn a_campaign_that_writes_nothing_is_launched_in_a_few_steps() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    world.add_rep("Ann").await;
    ada.get("/campaigns").await.says(&["No campaigns yet"]);
    let campaign = draft(&ada, "Spring").await;
    ada.get(&format!("{campaign}/leads")).await.says(&["aria-current=\"step\"", "Go on without"]);
    ada.get(&format!("{campaign}/messages")).await.says(&["Skip this step"]);
    let routing = format!("{campaign}/routing");
    let page = ada.get(&routing).await;
    let fine = "Messages<span class=\"unseen\">, good as it is</span>";
    page.says(&["to All sales reps<", "none: leads are reported, or handed over", fine]);
    page.lacks(&["<li class=\"done\">", "Leads<span class=\"unseen\">, to do"]);
    let group = page.text.split("name=\"group\" value=\"").nth(1).unwrap();
    let group = group.split('"').next().unwrap();
    let form = [("group", group), ("rotation", "group"), ("absent", "round_robin")];
    assert_eq!(ada.post(&routing, &form).await.leads_to(), format!("{campaign}/launch?done=saved"));
    let page = ada.get(&format!("{campaign}/launch")).await;
    page.says(&["writes nothing", "Next: Ann", "<li class=\"done\">", "to All sales reps<"]);
    page.says(&[
        "Shared with the other",
        "The lead goes to whoever is next",
        "As things stand now",
    ]);
    let page = ada.post(&format!("{campaign}/launch"), &[("when", "now")]).await;
    let page = ada.get(page.leads_to()).await;
    page.says(&["Launched. It writes nothing by itself", "Running", "Shared with the other"]);
    page.says(&["or you <a href=", "add leads</a> and hand them over by hand"]);
    world.qualify(id(&campaign), "lea@x.example").await.is(201);
    let page = ada.get(&campaign).await;
    let conversations =
        format!("/conversations?campaign={}\">the campaign’s conversations", id(&campaign));
    page.says(&["lea@x.example", "Ann was the first to take a turn.", &conversations]);
    ada.get("/campaigns?status=running").await.says(&["Spring"]);
    ada.get("/campaigns?status=draft").await.lacks(&["Spring"]);
}

#[tokio::test]
async fn gaps_ahead_are_said_before_a_launch() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let ann = world.add_rep("Ann").await;
    let absence = json!({"from": world.in_seconds(86_400), "until": world.in_seconds(172_800)});
    world.admin().post(&format!("/v1/reps/{ann}/absences"), absence).await.is(201);
    let campaign = draft(&ada, "Spring").await;
    let page = ada.get(&format!("{campaign}/launch")).await;
    page.says(&[
        "Nobody in “All sales reps” will be available Tue 3 Nov, 12:00 until Wed 4 Nov, 12:00.",
    ]);
    draft(&ada, "Autumn").await;
    ada.get(&format!("{campaign}/launch")).await.says(&["one shared rotation is fairer"]);
}

#[tokio::test]
async fn a_step_of_the_launcher_is_settled_by_how_the_campaign_stands() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    world.add_rep("Ann").await;
    let campaign = draft(&ada, "Spring").await;
    let step = |name, state| format!("{name}<span class=\"unseen\">, {state}</span>");
    let page = ada.get(&campaign).await;
    for name in ["Leads", "Messages", "Route qualified leads"] {
        page.says(&[&step(name, "good as it is")]);
    }
    page.says(&[&step("Review and launch", "to do")]);
    let later = [("when", "at"), ("at", "2099-03-02T09:00")];
    let page = ada.post(&format!("{campaign}/launch"), &later).await;
    let page = ada.get(page.leads_to()).await;
    page.says(&[&step("Review and launch", "done"), "scheduled for Mon 2 Mar 2099, 09:00"]);
    // Messages need somebody to write to.
    let mailbox = world.add_mailbox("kim@acme.example").await;
    let steps = json!([{"subject": "For you", "body": "Hello.", "wait_days": 0}]);
    world.set_messages(id(&campaign), &mailbox, steps).await.is(200);
    ada.get(&campaign).await.says(&[&step("Leads", "to do"), "none yet: nobody to write to"]);
}

#[tokio::test]
async fn the_fields_of_a_new_group_are_not_folded_away() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    world.add_rep("Ann").await;
    let page = ada.get(&format!("{}/routing", draft(&ada, "Spring").await)).await;
    let (_, fields) = page.text.split_once("<fieldset class=\"when-new\">").unwrap();
    let (fields, _) = fields.split_once("</fieldset>").unwrap();
    assert!(fields.contains("name=\"new_name\"") && fields.contains("name=\"rep\""), "{fields}");
    page.lacks(&["<summary>The new sales group"]);
    let style = page.text.split("rel=\"stylesheet\" href=\"").nth(1).unwrap();
    let style = ada.get(style.split('"').next().unwrap()).await;
    style.says(&["form:not(:has([name=group][value=new]:checked)) .when-new"]);
}

#[tokio::test]
async fn a_name_that_another_campaign_has_is_said_until_one_is_renamed() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let caution = "Another campaign is called so too.";
    let spring = draft(&ada, "Spring").await;
    ada.get(&spring).await.lacks(&[caution]);
    let other = draft(&ada, "SPRING").await;
    ada.get(&format!("{other}/leads")).await.says(&[caution]);
    ada.get(&spring).await.says(&[caution]);
    ada.post(&other, &[("name", "Autumn")]).await.leads_to();
    ada.get(&other).await.lacks(&[caution]);
    ada.get(&spring).await.lacks(&[caution]);
}

#[tokio::test]
async fn r6_a_launch_says_how_many_leads_go_past_the_group() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let north = world.add_group("North", &[&ann]).await;
    let campaign = format!("/campaigns/{}", world.add_campaign("Spring", &north).await);
    let add = async |email, owner: &str| {
        let lead = json!({"email": email, "owner": owner});
        world.admin().post(&format!("/v1{campaign}/leads"), lead).await.is(200);
    };
    add("max@x.example", &ann).await;
    let launch = format!("{campaign}/launch");
    ada.get(&launch).await.lacks(&["not in “North”"]);
    add("lea@x.example", &bo).await;
    ada.get(&launch).await.says(&["1 lead has an owner who is not in “North”."]);
    let page = ada.post(&format!("{campaign}/leads/list"), &[("list", "kay@x.example")]).await;
    ada.get(page.leads_to()).await.says(&["Worth knowing", "not in “North”"]);
    // Whom a rep has goes nowhere any more.
    ada.post(&format!("{campaign}/launch"), &[("when", "now")]).await.leads_to();
    world.qualify(id(&campaign), "lea@x.example").await.is(201);
    let page = ada.post(&format!("{campaign}/leads/list"), &[("list", "max@x.example")]).await;
    ada.get(page.leads_to()).await.lacks(&["not in “North”"]);
}

#[tokio::test]
async fn who_is_next_is_told_with_the_absences_to_come() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let away = |from: i64| {
        let from = from * 86_400;
        json!({"from": world.in_seconds(from), "until": world.in_seconds(from + 3_600)})
    };
    world.admin().post(&format!("/v1/reps/{ann}/absences"), away(13)).await.is(201);
    world.admin().post(&format!("/v1/reps/{bo}/absences"), away(20)).await.is(201);
    let campaign = draft(&ada, "Spring").await;
    for page in [campaign.clone(), format!("{campaign}/launch")] {
        let page = ada.get(&page).await;
        page.says(&["As things stand now", "Ann is out of office from"]);
        page.lacks(&["Bo is out of office from"]);
    }
}

#[tokio::test]
async fn messages_are_written_and_previewed_with_what_is_wrong_beside_its_field() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let mailbox = world.add_mailbox("kim@acme.example").await;
    let campaign = draft(&ada, "Spring").await;
    let path = format!("{campaign}/messages");
    let form = |body| {
        [
            ("count", "2"),
            ("mailbox", mailbox.as_str()),
            ("subject-0", "For {{ lead.company }}"),
            ("body-0", body),
            ("wait-0", "0"),
            ("hours", "any"),
            ("do", "save"),
        ]
    };
    let page = ada.post(&path, &form("Hi {{ lead.first_name")).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("id=\"body-0-error\">This can’t be used"), "{}", page.text);
    assert!(page.text.contains("For {{ lead.company }}"));
    let page = ada.post(&path, &form("Hi\r\n{{ lead.firstname }}")).await;
    let said = [
        "id=\"body-0-error\">This names lead.firstname in line 2, which is not known.",
        "Did you mean lead.first_name?",
        "lead.attributes.firstname",
    ];
    page.refuses(StatusCode::BAD_REQUEST, &said);
    let page = ada.post(&path, &form("Hi {{ lead }}")).await;
    let said =
        "This prints lead as a whole in line 1. Say which part of it you mean: lead.first_name";
    page.refuses(StatusCode::BAD_REQUEST, &[said]);
    let page = ada.post(&path, &form("Hi {% if rep %}{{ rep }}{% endif %}")).await;
    page.refuses(StatusCode::BAD_REQUEST, &["nobody has the lead yet"]);
    let page = ada.post(&path, &form("Hi {{ lead.first_name }}")).await;
    ada.get(page.leads_to()).await.says(&["For Lee Ltd", "Hi Ann"]);
    let lead = [("email", "bo@x.example"), ("name", "Bo Berg")];
    let page = ada.post(&format!("{campaign}/leads"), &lead).await;
    assert_eq!(page.leads_to(), format!("{campaign}/leads?done=added"));
    ada.get(&path).await.says(&["Leads who lack what a message names", "lead.company"]);
}

#[tokio::test]
async fn a_message_is_added_and_removed_without_losing_what_was_typed() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    world.add_mailbox("kim@acme.example").await;
    let campaign = draft(&ada, "Spring").await;
    let path = format!("{campaign}/messages");
    let typed = [("count", "2"), ("body-0", "one"), ("body-1", "two")];
    let add = ada.post(&path, &[&typed[..], &[("do", "add")]].concat()).await;
    add.says(&["Follow-up 2", ">one</textarea>", ">two</textarea>"]);
    let remove = ada.post(&path, &[&typed[..], &[("do", "remove-0")]].concat()).await;
    remove.says(&[">two</textarea>"]).lacks(&[">one</textarea>", "Follow-up 1"]);
}

#[tokio::test]
async fn a_group_is_made_on_the_way_with_its_reps_in_order() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let (ann, bo) = (world.add_rep("Ann").await, world.add_rep("Bo").await);
    let campaign = draft(&ada, "Spring").await;
    let path = format!("{campaign}/routing");
    let page = ada.post(&path, &[("group", "new"), ("new_name", "EMEA")]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("Tick at least one rep.") && page.text.contains("value=\"EMEA\""));
    let (at_ann, at_bo) = (format!("place-{ann}"), format!("place-{bo}"));
    let form = [
        ("group", "new"),
        ("new_name", "EMEA"),
        ("rep", ann.as_str()),
        ("rep", bo.as_str()),
        (at_ann.as_str(), "2"),
        (at_bo.as_str(), "1"),
    ];
    let page = ada.post(&path, &form).await;
    ada.get(page.leads_to()).await.says(&["EMEA", "Next: Bo, then Ann"]);
}

#[tokio::test]
async fn a_launch_that_nobody_is_there_for_says_where_to_go() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let campaign = draft(&ada, "Spring").await;
    let page = ada.post(&format!("{campaign}/launch"), &[("when", "now")]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("add a rep, end an absence, or choose another time"));
    assert!(page.text.contains("Choose another sales group"));
    let late = ada.post(&format!("{campaign}/launch"), &[("when", "at"), ("at", "soon")]).await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);
    assert!(late.text.contains("This is not a date and a time"));
}

#[tokio::test]
async fn what_is_done_to_a_campaign_is_said_before() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let campaign = launched(&world, &ada).await;
    let act = |action: &'static str| format!("{campaign}/actions/{action}");
    ada.get(&act("pause")).await.says(&["kept in order and go to reps when you resume"]);
    assert_eq!(ada.post(&act("pause"), &[]).await.leads_to(), format!("{campaign}?done=paused"));
    world.qualify(id(&campaign), "lea@x.example").await.is(202);
    ada.get(&campaign).await.says(&["Paused: nothing is written", "1 lead waits"]);
    ada.get(&act("resume")).await.says(&["The 1 lead that waits"]);
    ada.post(&act("resume"), &[]).await.leads_to();
    let page = ada.post(&act("duplicate"), &[]).await;
    ada.get(page.leads_to()).await.says(&["Spring (copy)", "Draft", "No leads yet."]);
    let quiet = json!({"email": "max@x.example"});
    world.admin().post(&format!("/v1/campaigns/{}/leads", id(&campaign)), quiet).await.is(200);
    let ends = "The 1 lead that is not qualified yet ends here.";
    ada.get(&act("cancel")).await.says(&["This is for good.", ends]);
    ada.post(&act("cancel"), &[]).await.leads_to();
    ada.get(&campaign).await.says(&["Cancelled.", "Duplicate"]);
    ada.get(&act("cancel"))
        .await
        .says(&["It is cancelled already."])
        .lacks(&["<form method=\"post\" class=\"row\">"]);
    assert_eq!(ada.post(&act("resume"), &[]).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn who_is_passed_over_is_said_with_the_reason() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let campaign = launched(&world, &ada).await;
    let bo = world.add_rep("Bo").await;
    world.add_rep("Cy").await;
    world.admin().put(&format!("/v1/reps/{bo}/out-of-office"), json!({})).await.is(200);
    world.qualify(id(&campaign), "lea@x.example").await.is(201);
    ada.get(&campaign).await.says(&["passes over Bo: out of office", "Ann had the last turn."]);
}

#[tokio::test]
async fn a_viewer_sees_campaigns_and_changes_nothing() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let campaign = launched(&world, &ada).await;
    let vic = world.viewer_browser().await;
    vic.get("/campaigns").await.says(&["Spring"]).lacks(&["New campaign"]);
    for page in ["", "/leads", "/messages", "/routing", "/launch"] {
        let page = vic.get(&format!("{campaign}{page}")).await;
        page.says(&["Spring"]).lacks(&[
            "<form method=\"post\">",
            "<form method=\"post\" class",
            "/actions/",
        ]);
    }
}

#[tokio::test]
async fn a_campaign_is_made_launched_and_duplicated_once_however_often_the_form_is_sent() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("North", &[&ann]).await;
    let admin = world.admin_browser().await;
    let once = |page: &crate::browser::Page| page.hidden("once");
    let page = admin.get("/campaigns/new").await;
    let form = [("name", "Spring"), ("once", &once(&page))];
    let first = admin.post("/campaigns/new", &form).await.leads_to().to_owned();
    assert_eq!(admin.post("/campaigns/new", &form).await.leads_to(), first);
    let campaign = world.add_campaign("May", &group).await;
    let launch = format!("/campaigns/{campaign}/launch");
    let form = [("when", "now"), ("once", &once(&admin.get(&launch).await))];
    for _ in 0..2 {
        admin.post(&launch, &form).await.leads_to();
    }
    let copy = format!("/campaigns/{campaign}/actions/duplicate");
    let form = [("once", once(&admin.get(&copy).await))];
    let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
    let first = admin.post(&copy, &form).await.leads_to().to_owned();
    assert_eq!(admin.post(&copy, &form).await.leads_to(), first);
}

#[tokio::test]
async fn a_group_name_that_is_taken_is_said_beside_it() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let ann = world.add_rep("Ann").await;
    world.add_group("EMEA", &[&ann]).await;
    let path = format!("{}/routing", draft(&ada, "Spring").await);
    let form = [("group", "new"), ("new_name", "emea"), ("rep", ann.as_str())];
    let page = ada.post(&path, &form).await;
    page.refuses(StatusCode::BAD_REQUEST, &["id=\"new_name-error\"", "value=\"emea\""]);
}

#[tokio::test]
async fn a_last_message_with_a_subject_alone_is_not_thrown_away() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let mailbox = world.add_mailbox("kim@acme.example").await;
    let path = format!("{}/messages", draft(&ada, "Spring").await);
    let form = [
        ("count", "2"),
        ("mailbox", mailbox.as_str()),
        ("subject-0", "Hello"),
        ("body-0", "Hello there."),
        ("wait-0", "0"),
        ("subject-1", "Once more"),
        ("body-1", ""),
        ("wait-1", "3"),
        ("hours", "any"),
        ("do", "save"),
    ];
    let page = ada.post(&path, &form).await;
    page.refuses(StatusCode::BAD_REQUEST, &["id=\"body-1-error\"", "value=\"Once more\""]);
}

#[tokio::test]
async fn leads_are_counted_as_they_stand_however_long_the_count_before_took() {
    let world = World::new().await;
    let ada = world.admin_browser().await;
    let campaign = draft(&ada, "Spring").await;
    world.pace.set(Duration::from_secs(1));
    ada.get(&campaign).await.says(&["none yet"]);
    let list = [("list", "lea@x.example")];
    ada.post(&format!("{campaign}/leads/list"), &list).await;
    ada.get(&campaign).await.says(&["1 lead"]).lacks(&["none yet"]);
}
