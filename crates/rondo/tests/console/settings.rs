//! Settings: what admins see of the team's inner workings, and change.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use serde_json::json;
use tokio::net::TcpListener;

use crate::browser::{Browser, Page};
use crate::world::World;

/// What stands between two pieces of a page.
#[track_caller]
fn between(page: &Page, before: &str, after: &str) -> String {
    let rest = page.text.split_once(before).unwrap_or_else(|| panic!("{before}: {}", page.text)).1;
    rest.split_once(after).unwrap().0.to_owned()
}

/// A campaign that runs, with Ann to take its leads.
async fn running(world: &World) -> String {
    let ann = world.add_rep("Ann").await;
    let group = world.add_group("EMEA", &[&ann]).await;
    world.launched("Spring", &group).await
}

#[tokio::test]
async fn the_overview_says_how_things_stand() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    admin.get("/settings").await.says(&["None yet: campaigns need one to write", "Embedded"]);
    admin.get("/settings").await.says(&["href=\"/settings/ledger\"", "Acme, times in"]);
    let page = admin.get("/settings").await;
    page.says(&[
        "2 members, 1 invited<",
        "1 key<",
        "No webhooks<",
        ">None<",
        " entries, the last ",
    ]);
}

#[tokio::test]
async fn a_team_is_changed_and_what_is_wrong_stands_beside_its_field() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let wrong = [
        ("name", "Acme Sales"),
        ("time_zone", "Mars/Olympus"),
        ("reminder_after_working_hours", "8"),
        ("handover_template", "Dear {{ lead.name"),
    ];
    let page = admin.post("/settings/team", &wrong).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    for text in
        ["value=\"Acme Sales\"", "This is not a time zone", "Dear {{ lead.name", "can’t be used"]
    {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    let mut unknown = wrong;
    (unknown[1].1, unknown[3].1) = ("UTC", "Dear {{ nope }}");
    let said = ["This names nope in line 1, which is not known.", "rep.calendar_link"];
    admin.post("/settings/team", &unknown).await.refuses(StatusCode::BAD_REQUEST, &said);
    let right = [
        ("name", "Acme Sales"),
        ("time_zone", "europe/berlin"),
        ("reminder_after_working_hours", "8"),
        ("handover_template", "Dear {{ lead.first_name }},\r\n{{ rep.name }} takes over."),
        ("act", "save"),
    ];
    let mut preview = right;
    preview[4].1 = "preview";
    admin.post("/settings/team", &preview).await.says(&["Dear Ann,\nBo Berg takes over."]);
    assert_eq!(admin.post("/settings/team", &right).await.leads_to(), "/settings/team?done=saved");
    let page = admin.get("/settings/team").await;
    page.says(&["Acme Sales", "Europe/Berlin", "takes over."]);
    page.lacks(&["name=\"routed_rep_becomes_owner\" checked"]);
}

#[tokio::test]
async fn a_mailbox_is_added_and_keeps_its_password_until_its_server_is_another() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let form = [
        ("name", "Kim"),
        ("address", "kim@acme.example"),
        ("plus_addresses", "on"),
        ("smtp_host", "127.0.0.1"),
        ("smtp_port", "587"),
        ("smtp_security", "starttls"),
        ("smtp_username", "kim"),
        ("smtp_password", "open sesame"),
        ("smtp_auth", "password"),
        ("reading", "none"),
    ];
    let mut wrong = form;
    wrong[4].1 = "80";
    let page = admin.post("/settings/mailboxes/new", &wrong).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("This is not taken; expected 25, 465, 587"), "{}", page.text);
    assert!(page.text.contains("value=\"kim@acme.example\"") && !page.text.contains("sesame"));
    assert!(page.text.contains("This is not kept in the page; enter it again."), "{}", page.text);

    let made = admin.post("/settings/mailboxes/new", &form).await;
    let path = made.leads_to().split('?').next().unwrap().to_owned();
    let mut changed = form;
    (changed[0].1, changed[7].1) = ("Kim of Acme", "");
    assert!(admin.post(&path, &changed).await.leads_to().ends_with("done=saved"));
    admin.get(&path).await.says(&["Kim of Acme", "Leave empty to keep"]).lacks(&["sesame"]);
    changed[3].1 = "mail.acme.example";
    let page = admin.post(&path, &changed).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("none is known for this host"), "{}", page.text);

    admin.post(&format!("{path}/test"), &[]).await.says(&["What the test found", "Sending"]);
    admin.get("/settings/mailboxes").await.says(&["Kim of Acme", "Delivered by the API"]);
    let removed = admin.post(&format!("{path}/remove"), &[]).await;
    assert_eq!(removed.leads_to(), "/settings/mailboxes?done=removed");
    admin.get("/settings/mailboxes").await.says(&["No mailbox yet"]);
}

#[tokio::test]
async fn a_qualifier_is_chosen_with_thresholds_in_per_cent() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let form = [("kind", "ollama"), ("threshold_high_intent", "20"), ("base_url", "")];
    let page = admin.post("/settings/qualifier", &form).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    for text in ["This is missing.", "expected 50 to 100", "value=\"ollama\" checked"] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    let form = [("kind", "embedded"), ("threshold_high_intent", "92,5"), ("model", "of no use")];
    let saved = admin.post("/settings/qualifier", &form).await;
    assert_eq!(saved.leads_to(), "/settings/qualifier?done=saved");
    admin
        .get("/settings/qualifier")
        .await
        .says(&["value=\"92.5\"", "Trained:"])
        .lacks(&["placeholder="]);
    admin.get("/settings").await.says(&["Embedded, 1 threshold of your own"]);
}

#[tokio::test]
async fn a_key_is_shown_once_and_opens_until_it_is_revoked() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let ann = world.add_rep("Ann").await;
    let page = admin.post("/settings/keys", &[("name", "Ann’s"), ("role", "rep")]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("id=\"rep-error\"") && page.text.contains("value=\"Ann’s\""));

    let form = [("name", "Ann’s"), ("role", "rep"), ("rep", &*ann), ("expires_at", "1999-12-31")];
    let page = admin.post("/settings/keys", &form).await;
    page.refuses(StatusCode::BAD_REQUEST, &["This is over; choose today or a later day."]);

    let form = [("name", "Ann’s"), ("role", "rep"), ("rep", &*ann), ("expires_at", "2999-12-31")];
    let page = admin.post("/settings/keys", &form).await;
    let secret =
        between(page.says(&["it is shown this once"]), "class=\"once-value\" value=\"", "\"");
    assert!(secret.starts_with("rondo_"), "{secret}");
    let page = admin.get("/settings/keys").await;
    page.says(&["Ann’s", "End of Tue 31 Dec 2999"]).lacks(&[&secret, "Jan 3000"]);
    let key = page.text.rsplit_once("/revoke").unwrap().0.rsplit_once('/').unwrap().1.to_owned();
    let revoked = admin.post(&format!("/settings/keys/{key}/revoke"), &[]).await;
    assert_eq!(revoked.leads_to(), "/settings/keys?done=revoked");
    admin.get("/settings/keys").await.lacks(&["Ann’s"]);
}

#[tokio::test]
async fn a_webhook_is_added_its_secret_shown_once_and_its_deliveries_listed() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let page = admin.post("/settings/webhooks", &[("url", "https://crm.example/hook")]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("choose at least one"), "{}", page.text);
    let form = [("url", "https://crm.example/hook"), ("events", "assignment.created")];
    let page = admin.post("/settings/webhooks", &form).await;
    page.says(&["whsec_"]);
    let hook =
        format!("/settings/webhooks/hook_{}", between(&page, "/settings/webhooks/hook_", "\""));
    admin.get(&hook).await.says(&["Nothing was sent yet"]).lacks(&["whsec_"]);

    let campaign = running(&world).await;
    world.qualify(&campaign, "rosa@customer.example").await;
    let page = admin.get(&hook).await;
    page.says(&["assignment.created", "/settings/ledger?n="]);
    let delivery = between(&page, "/deliveries/", "/resend");
    let again = admin.post(&format!("{hook}/deliveries/{delivery}/resend"), &[]).await;
    assert_eq!(again.leads_to(), format!("{hook}?done=sent-again"));
    assert!(admin.post(&format!("{hook}/remove"), &[]).await.leads_to().ends_with("removed"));
    assert_eq!(admin.get(&hook).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn members_are_invited_by_a_link_and_the_last_admin_stays() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let form = [("email", "vera@acme.example"), ("role", "viewer")];
    let page = admin.post("/settings/members", &form).await;
    let link = between(page.says(&["A link for vera@acme.example"]), "value=\"http", "\"");
    let path = format!("/sign-in/{}", link.split_once("/sign-in/").unwrap().1);
    world.browser().get(&path).await.says(&["Welcome to Acme"]);
    let page = admin.post("/settings/members", &form).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("signs in already"), "{}", page.text);

    let page = admin.get("/settings/members").await;
    page.says(&["Invited", "ada@acme.example"]);
    let users: Vec<_> = page.text.split("/settings/members/usr_").skip(1).collect();
    let mut users: Vec<_> = users.iter().map(|rest| rest.split('/').next().unwrap()).collect();
    users.dedup();
    let last = |user: &str| format!("/settings/members/usr_{user}/remove");
    // Whoever is not the last admin goes.
    let mut refused = 0;
    for user in users {
        let page = admin.post(&last(user), &[]).await;
        if page.status == StatusCode::CONFLICT {
            refused += 1;
            assert!(page.text.contains("Invite another admin first"), "{}", page.text);
        } else {
            page.leads_to();
        }
        if admin.get("/settings/members").await.status != StatusCode::OK {
            return;
        }
    }
    assert_eq!(refused, 1);
}

#[tokio::test]
async fn an_address_is_suppressed_found_and_lifted() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let wrong = admin.post("/settings/suppressions", &[("address", "rosa")]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let wrong = admin.post("/settings/suppressions", &[("address", "rosa@northwind")]).await;
    wrong.refuses(StatusCode::BAD_REQUEST, &["This has no dot behind the @"]);
    let form = [("address", "rosa@customer.example")];
    let done = admin.post("/settings/suppressions", &form).await;
    assert_eq!(done.leads_to(), "/settings/suppressions?done=suppressed");
    let found = admin.get("/settings/suppressions?email=Rosa%40customer.example").await;
    let suppression = between(found.says(&["By an admin"]), "/settings/suppressions/sup_", "/lift");
    admin
        .get("/settings/suppressions?email=ivo%40customer.example")
        .await
        .says(&["not suppressed"]);
    let lifted = admin.post(&format!("/settings/suppressions/sup_{suppression}/lift"), &[]).await;
    assert_eq!(lifted.leads_to(), "/settings/suppressions?done=lifted");
    admin.get("/settings/suppressions").await.says(&["No address is suppressed"]);
}

#[tokio::test]
async fn the_ledger_tells_who_did_what_the_newest_first() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let campaign = running(&world).await;
    world.qualify(&campaign, "rosa@customer.example").await;
    admin.post("/settings/suppressions", &[("address", "ivo@customer.example")]).await;
    let page = admin.get("/settings/ledger").await;
    page.says(&["Lead qualified", "it was their turn", "campaign Spring", ">Ann</a>"]);
    page.says(&["ada@acme.example ·", "Address suppressed", "Team began"]).lacks(&["ivo@"]);
    let place = |text: &str| page.text.find(&format!("<strong>{text}</strong>")).unwrap();
    assert!(place("Lead qualified") < place("Team began"));

    let first = admin.get("/settings/ledger?n=1").await;
    first.says(&["Team began", "open>", "Newer"]).lacks(&["<strong>Lead qualified"]);
    let of_kind = admin.get("/settings/ledger?kind=all-assignments").await;
    of_kind.says(&["<strong>Lead qualified"]).lacks(&["<strong>Team began"]);
    let of_kind = admin.get("/settings/ledger?kind=rep_added").await;
    of_kind.says(&["<strong>Sales rep added"]).lacks(&["<strong>Lead qualified"]);
    // What it says stands there by name and in words; what programs read is folded away.
    let n = of_kind.text.split("id=\"entry-").nth(1).unwrap().split('"').next().unwrap();
    let qualified = admin.get("/settings/ledger?kind=qualified").await;
    qualified.says(&[">rosa@customer.example</a>", "<dt>Why this rep</dt><dd>it was their turn"]);
    qualified.says(&[">campaign Spring</a>", "<dt>Campaign</dt><dd><a href=\"/campaigns/"]);
    qualified.says(&[">Spring</a></dd>"]);
    qualified.says(&["<dt>Last turn after</dt><dd><a href=\"/reps/", "As it stands in the ledger"]);
    admin
        .get(&format!("/settings/ledger?n={n}"))
        .await
        .says(&["<dt>Place in the circle</dt><dd>1"]);
    let lead = qualified.text.split("/leads/").nth(1).unwrap().split('"').next().unwrap();
    world.admin().delete(&format!("/v1/leads/{lead}")).await.is(204);
    let erased = admin.get("/settings/ledger?kind=qualified").await;
    erased.says(&["<span>an erased lead</span>"]).lacks(&["rosa@", &format!("/leads/{lead}")]);
    admin.get("/settings/ledger?n=9999").await.says(&["not there yet; the last entry is"]);
    admin.get("/settings/ledger?kind=group_deleted").await.says(&["Nothing of this kind happened"]);
}

#[tokio::test]
async fn a_person_is_erased_once_their_address_is_typed_again() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let campaign = running(&world).await;
    let lead = json!({ "lead": { "email": "rosa@customer.example", "name": "Rosa Diaz" } });
    world.admin().post(&format!("/v1/campaigns/{campaign}/qualified"), lead).await;
    let path = "/settings/people?email=rosa%40customer.example";
    admin.get(path).await.says(&["Rosa Diaz", "What goes", "1 assignment, with its reasons"]);
    admin.get(path).await.says(&["Every message in 1 conversation: text", "company</li>"]);
    let form = [("email", "rosa@customer.example"), ("again", "rosa@elsewhere.example")];
    let page = admin.post("/settings/people", &form).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("nothing was erased"), "{}", page.text);
    let form = [("email", "rosa@customer.example"), ("again", "Rosa@customer.example")];
    assert_eq!(
        admin.post("/settings/people", &form).await.leads_to(),
        "/settings/people?done=erased"
    );
    admin.get(path).await.says(&["Nobody has the address"]).lacks(&["Rosa Diaz"]);
}

#[tokio::test]
async fn what_is_shown_once_is_shown_to_whoever_sends_the_form_twice() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let page = admin.get("/settings/keys").await;
    let form = [("name", "CRM"), ("role", "router")];
    let secret = |page: &crate::browser::Page| {
        let at = page.text.split("value=\"rondo_").nth(1);
        at.unwrap_or_else(|| panic!("{}", page.text)).split('"').next().unwrap().to_owned()
    };
    let first = secret(&admin.send_form(&page, "/settings/keys", &form).await);
    assert_eq!(secret(&admin.send_form(&page, "/settings/keys", &form).await), first);
    let keys = world.admin().get("/v1/keys").await.is(200);
    let made = keys["items"].as_array().unwrap().iter().filter(|key| key["name"] == "CRM");
    assert_eq!(made.count(), 1);
    let page = admin.get("/settings/webhooks").await;
    let form = [("url", "https://hooks.example.com/rondo"), ("events", "rep.away")];
    let secret = |page: &crate::browser::Page| {
        page.text.split("whsec_").nth(1).map(|at| at.split('"').next().unwrap().to_owned())
    };
    let first = admin.send_form(&page, "/settings/webhooks", &form).await;
    assert!(secret(&first).is_some(), "{}", first.text);
    let again = admin.send_form(&page, "/settings/webhooks", &form).await;
    assert_eq!(secret(&again), secret(&first));
    let page = admin.get("/settings/members").await;
    let form = [("email", "vic@acme.example"), ("role", "viewer")];
    for _ in 0..2 {
        admin.send_form(&page, "/settings/members", &form).await.says(&["/sign-in/"]);
    }
}

#[tokio::test]
async fn a_member_whose_rep_has_left_is_shown_as_such_and_gets_no_link() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let bo = world.rep_browser("Bo").await;
    admin.get("/settings/members").await.says(&["bo-signs-in@", "Chosen"]);
    admin.post(&format!("/reps/{}/remove", bo.rep), &[]).await.leads_to();
    let page = admin.get("/settings/members").await;
    let line = between(&page, "bo-signs-in@", "</tr>");
    assert!(line.contains("Rep has left") && !line.contains("/link"), "{line}");
}

#[tokio::test]
async fn a_qualifier_without_a_model_says_that_the_key_goes() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    admin.get("/settings/qualifier").await.lacks(&["deletes the API key"]);
    let form = [
        ("kind", "anthropic"),
        ("base_url", "https://models.example.com"),
        ("model", "small"),
        ("api_key", "secret"),
    ];
    admin.post("/settings/qualifier", &form).await.leads_to();
    admin.get("/settings/qualifier").await.says(&["deletes the API key"]);
}

/// A server of this machine that hangs up on whoever calls, and counts them.
struct Deaf {
    port: String,
    calls: Arc<AtomicUsize>,
}

impl Deaf {
    async fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = calls.clone();
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { port, calls }
    }
}

/// Adds a mailbox that is read nowhere, and says where its page is.
async fn add_mailbox(admin: &Browser, port: &str) -> String {
    let form = [
        ("name", "Kim"),
        ("address", "kim@acme.example"),
        ("smtp_host", "127.0.0.1"),
        ("smtp_port", port),
        ("smtp_security", "none"),
        ("smtp_username", "kim"),
        ("smtp_password", "open sesame"),
        ("reading", "none"),
    ];
    let made = admin.post("/settings/mailboxes/new", &form).await;
    made.leads_to().split('?').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_mailbox_is_tested_once_by_a_form_that_is_sent_twice() {
    let world = World::in_own_network().await;
    let admin = world.admin_browser().await;
    let server = Deaf::new().await;
    let path = add_mailbox(&admin, &server.port).await;
    let (page, test) = (admin.get(&path).await, format!("{path}/test"));
    let first = admin.send_form(&page, &test, &[]);
    let again = admin.send_form(&page, &test, &[]);
    let (first, again) = tokio::join!(first, again);
    first.says(&["What the test found"]);
    again.says(&["What the test found"]);
    assert_eq!(server.calls.load(Ordering::SeqCst), 1);
    admin.send_form(&first, &test, &[]).await.says(&["What the test found"]);
    assert_eq!(server.calls.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_delivery_is_sent_again_once_by_a_form_that_is_sent_twice() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let form = [("url", "https://crm.example/hook"), ("events", "assignment.created")];
    let page = admin.post("/settings/webhooks", &form).await;
    let hook =
        format!("/settings/webhooks/hook_{}", between(&page, "/settings/webhooks/hook_", "\""));
    let campaign = running(&world).await;
    world.qualify(&campaign, "rosa@customer.example").await;
    let page = admin.get(&hook).await;
    let resend = format!("{hook}/deliveries/{}/resend", between(&page, "/deliveries/", "/resend"));
    let over = || world.tamper("update deliveries set state = 'delivered', due_at = null");
    over();
    admin.send_form(&page, &resend, &[]).await.leads_to();
    admin.get(&hook).await.says(&["On its way"]);
    over();
    let again = admin.send_form(&page, &resend, &[]).await;
    assert_eq!(again.leads_to(), format!("{hook}?done=sent-again"));
    let page = admin.get(&hook).await;
    page.says(&["Delivered"]);
    admin.send_form(&page, &resend, &[]).await.leads_to();
    admin.get(&hook).await.says(&["On its way"]);
}

#[tokio::test]
async fn who_changes_a_mailbox_is_told_that_somebody_else_was_first() {
    let world = World::in_own_network().await;
    let admin = world.admin_browser().await;
    let path = add_mailbox(&admin, "2525").await;
    let was = admin.get(&path).await.hidden("was");
    let form = |name, password, was| {
        [
            ("name", name),
            ("address", "kim@acme.example"),
            ("smtp_host", "127.0.0.1"),
            ("smtp_port", "2525"),
            ("smtp_security", "none"),
            ("smtp_username", "kim"),
            ("smtp_password", password),
            ("reading", "none"),
            ("was", was),
        ]
    };
    let first = admin.post(&path, &form("Kim of Acme", "", was.as_str())).await;
    assert!(first.leads_to().ends_with("done=saved"));
    let page = admin.post(&path, &form("Kim Berg", "close, sesame", &was)).await;
    let told = ["Somebody else changed this", "value=\"Kim Berg\"", "enter it again"];
    page.refuses(StatusCode::CONFLICT, &told).lacks(&["sesame"]);
    admin.get(&path).await.says(&["Kim of Acme"]);
    let once_more =
        admin.post(&path, &form("Kim Berg", "close, sesame", &page.hidden("was"))).await;
    assert!(once_more.leads_to().ends_with("done=saved"));
    admin.get(&path).await.says(&["value=\"Kim Berg\""]);
}

#[tokio::test]
async fn who_changes_the_qualifier_is_told_that_somebody_else_was_first() {
    let world = World::new().await;
    let admin = world.admin_browser().await;
    let path = "/settings/qualifier";
    let page = admin.get(path).await;
    let (was, thresholds) = (page.hidden("was"), ["90", "95"]);
    let [first, second] = thresholds
        .map(|own| [("kind", "embedded"), ("threshold_high_intent", own), ("was", was.as_str())]);
    admin.post(path, &first).await.leads_to();
    let page = admin.post(path, &second).await;
    page.refuses(StatusCode::CONFLICT, &["Somebody else changed this", "value=\"95\""]);
    admin.get(path).await.says(&["value=\"90\""]);
    let was = page.hidden("was");
    admin.post(path, &[second[0], second[1], ("was", &was)]).await.leads_to();
    admin.get(path).await.says(&["value=\"95\""]);
}
