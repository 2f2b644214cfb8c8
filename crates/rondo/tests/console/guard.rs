//! Somebody has to be there: what the coverage guard's page says, and what it leads to (O3, O4).

use axum::http::StatusCode;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_guard_says_who_else_is_away_and_how_to_get_them_back() {
    let world = World::new().await;
    let [ann, ben, cy] = ["Ann", "Ben", "Cy"].map(|name| world.add_rep(name));
    let (ann, ben, cy) = (ann.await, ben.await, cy.await);
    let group = world.add_group("EMEA", &[&ann, &ben]).await;
    world.add_campaign("Spring", &group).await;
    let admin = world.admin_browser().await;
    admin.post(&format!("/reps/{ben}/away"), &[("until", "2026-11-20")]).await.leads_to();
    let path = format!("/reps/{ann}/absences");
    let days = [("from", "2026-11-10"), ("until", "2026-11-12"), ("note", "fair")];
    let page = admin.post(&path, &days).await;
    let back = format!("/reps/{ben}/back");
    page.refuses(
        StatusCode::CONFLICT,
        &[
            "Without Ann, nobody would be available",
            &format!(
                "<a href=\"/reps/{ben}#absences\">Ben</a> is away too, until the end of Fri 20 Nov."
            ),
            "Mark Ben as back",
            // Cy is there and not in the group.
            &format!("action=\"/groups/{group}/members#add\""),
            "<button>Add a rep to EMEA</button>",
        ],
    );
    page.lacks(&["Change Ben’s dates"]);
    // What was entered is shown once more, to be changed.
    let shown = admin.send_form(&page, &path, &[("show", "form")]).await;
    shown.says(&["value=\"2026-11-12\"", "value=\"fair\""]);
    // Nobody of the team is left to be added.
    admin.post(&format!("/reps/{cy}/away"), &[]).await.leads_to();
    let page = admin.post(&path, &days).await;
    page.refuses(StatusCode::CONFLICT, &["action=\"/reps\"", "<button>Add a sales rep</button>"]);
    // Once Ben is back, the form stands ready as it was filled in, and goes through.
    let ready = admin.send_form(&page, &back, &[]).await;
    ready.says(&["Somebody is there again.", "value=\"2026-11-10\"", "value=\"fair\""]);
    let kept = [("from", "2026-11-10"), ("until", "2026-11-12"), ("note", "fair")];
    admin.send_form(&ready, &path, &kept).await.leads_to();
}

#[tokio::test]
async fn the_form_that_the_guard_refused_stands_ready_whichever_it_was() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let ben = world.add_rep("Ben").await;
    let group = world.add_group("EMEA", &[&ann.rep, &ben]).await;
    world.add_campaign("Spring", &group).await;
    let admin = world.admin_browser().await;
    let own = format!("/reps/{}", ann.rep);
    let away = [("until", "2026-11-12"), ("note", "flu")];
    let back = format!("/reps/{ben}/back");
    let form = [("then", ann.rep.as_str()), ("what", "away"), away[0], away[1]];
    admin.post(&format!("/reps/{ben}/away"), &[]).await.leads_to();
    let page = admin.post(&format!("{own}/away"), &away).await;
    page.refuses(StatusCode::CONFLICT, &["Mark Ben as back", "name=\"what\" value=\"away\""]);
    let ready = admin.post(&back, &form).await;
    ready.says(&["id=\"away-note\"", "value=\"flu\"", "id=\"absence-note\""]);
    assert_eq!(ready.text.matches("value=\"flu\"").count(), 1, "{}", ready.text);
    // A rep is shown nobody else's page.
    let of_ben = [("then", ben.as_str()), ("what", "away")];
    let page = ann.post(&format!("{own}/back"), &of_ben).await;
    assert_eq!(page.leads_to(), format!("{own}?done=back"));
}

#[tokio::test]
async fn a_rep_is_told_that_nobody_would_be_there_and_not_who_is_away() {
    let world = World::new().await;
    let ann = world.rep_browser("Ann").await;
    let ben = world.add_rep("Ben").await;
    let group = world.add_group("EMEA", &[&ann.rep, &ben]).await;
    world.add_campaign("Spring", &group).await;
    let leave = json!({"from": "2026-11-20T00:00:00Z", "until": "2026-12-24T00:00:00Z"});
    world.admin().post(&format!("/v1/reps/{ben}/absences"), leave).await.is(201);
    let days = [("from", "2026-11-23"), ("until", "2026-11-24")];
    let page = ann.post(&format!("/reps/{}/absences", ann.rep), &days).await;
    page.refuses(StatusCode::CONFLICT, &["Without you, nobody", "Try again"]);
    page.lacks(&["Ben", "24 Dec", "/reps/new"]);
}

#[tokio::test]
async fn whoever_adds_a_rep_comes_back_to_what_was_asked() {
    let world = World::new().await;
    let [ann, ben] = ["Ann", "Ben"].map(|name| world.add_rep(name));
    let (ann, ben) = (ann.await, ben.await);
    let group = world.add_group("EMEA", &[&ann]).await;
    world.add_campaign("Spring", &group).await;
    let admin = world.admin_browser().await;
    let path = format!("/reps/{ann}/absences");
    let days = [("from", "2026-11-10"), ("until", "2026-11-12"), ("note", "fair")];
    let refused = admin.post(&path, &days).await;
    let members = format!("/groups/{group}/members");
    let to_add = admin.send_form(&refused, &format!("{members}#add"), &[]).await;
    to_add.says(&["Then what you asked for is shown once more, ready to be sent."]);
    // Whoever is mistyped is said so beside the field, and nothing that was asked for is lost.
    let mistyped = admin.send_form(&to_add, &members, &[("rep", "nobody@acme.example")]).await;
    mistyped.refuses(StatusCode::BAD_REQUEST, &["id=\"rep-error\"", "is no rep of your team"]);
    let to_add = mistyped;
    let ready = admin.send_form(&to_add, &members, &[("rep", &ben)]).await;
    ready.says(&[
        "Added. What you asked for is still to be sent",
        "value=\"2026-11-10\"",
        "value=\"fair\"",
    ]);
    admin.send_form(&ready, &path, &[]).await.leads_to();
    // The same where the team has nobody to be added.
    let refused = admin.post(&format!("/reps/{ben}/absences"), &days).await;
    let to_add = admin.send_form(&refused, "/reps", &[]).await;
    to_add.says(&["<h1>Add a sales rep</h1>", "value=\"UTC\""]).lacks(&["Add, then another"]);
    let cy = [("name", "Cy"), ("email", "cy@acme.example")];
    let ready = admin.send_form(&to_add, "/reps", &cy).await;
    ready.says(&["<h1>Ben</h1>", "value=\"2026-11-12\"", "value=\"fair\""]);
}
