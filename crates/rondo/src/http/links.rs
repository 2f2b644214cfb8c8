//! The pages behind the links in mail: plain HTML, without a key. To open one changes nothing; to send its form does.

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use jiff::civil::Date;
use serde::Deserialize;

use crate::app::App;
use crate::app::links::{self, ActionPage, LinkTrouble, UnsubscribePage};
use crate::http::Server;
use crate::http::docs::{escaped, framed};
use crate::http::service::form_page;
use crate::mail::tokens::{Action, LinkError};

/// Paths whose requests carry a form.
pub(super) const FORMS: [&str; 2] = ["/u/{token}", "/a/{token}"];

/// The routes.
pub(super) fn routes() -> Router<Server> {
    Router::new()
        .route(FORMS[0], get(show_unsubscribe).post(unsubscribe))
        .route(FORMS[1], get(show_action).post(act))
}

/// What the page of a rep's link sends.
#[derive(Debug, Default, Deserialize)]
struct ActionForm {
    /// The last day away.
    until: Option<String>,
}

async fn show_unsubscribe(State(app): State<App>, Path(token): Path<String>) -> Response {
    match links::unsubscribe_page(&app, &token).await {
        Ok(page) => form_page(StatusCode::OK, unsubscribe_html(&page)),
        Err(trouble) => trouble_page(&trouble),
    }
}

/// Sent by the page, and by mail programs at one click (RFC 8058).
async fn unsubscribe(State(app): State<App>, Path(token): Path<String>) -> Response {
    match links::unsubscribe(&app, &token).await {
        Ok(page) => form_page(StatusCode::OK, unsubscribe_html(&page)),
        Err(trouble) => trouble_page(&trouble),
    }
}

async fn show_action(State(app): State<App>, Path(token): Path<String>) -> Response {
    match links::action_page(&app, &token).await {
        Ok(page) => form_page(StatusCode::OK, action_html(&page)),
        Err(trouble) => trouble_page(&trouble),
    }
}

async fn act(
    State(app): State<App>,
    Path(token): Path<String>,
    Form(form): Form<ActionForm>,
) -> Response {
    let until = match form.until.as_deref().filter(|text| !text.is_empty()).map(str::parse::<Date>)
    {
        Some(Err(_)) => {
            let detail = "the day is none; expected as in 2026-12-24";
            return trouble_page(&LinkTrouble::Form(detail.to_owned()));
        }
        Some(Ok(day)) => Some(day),
        None => None,
    };
    match links::act(&app, &token, until).await {
        Ok(acted) => {
            let body = format!("<h1>Done</h1><p>{}</p>", escaped(&acted.sentence));
            form_page(StatusCode::OK, framed("Done", &body))
        }
        Err(trouble) => trouble_page(&trouble),
    }
}

fn unsubscribe_html(page: &UnsubscribePage) -> String {
    let team = escaped(&page.team);
    let body = match page.is_done {
        true => {
            format!("<h1>You are unsubscribed</h1><p>{team} does not write to you any more.</p>")
        }
        false => format!(
            "<h1>Unsubscribe</h1><p>{team} will not write to you any more.</p>\
             <form method=\"post\"><button>Unsubscribe</button></form>"
        ),
    };
    framed("Unsubscribe", &body)
}

fn action_html(page: &ActionPage) -> String {
    let lead = page.lead.as_deref().map_or_else(|| "The lead".to_owned(), escaped);
    let (rep, campaign) = (escaped(&page.rep), escaped(&page.campaign));
    let (title, explained, field, button) = match page.action {
        Action::TakeOver => (
            "You have it in hand",
            "Nobody reminds you of this lead any more.",
            "",
            "I took it over",
        ),
        Action::PassOn => (
            "Pass the lead on",
            "The next rep whose turn it is takes over, and the lead is told.",
            "",
            "Pass it to the next rep",
        ),
        Action::Away => (
            "You are away",
            "New leads pass you over until then. Leads that you have stay with you.",
            "<p><label>The last day away <input type=\"date\" name=\"until\" required></label></p>",
            "I am away",
        ),
        Action::WrongLead => {
            ("Not a lead for sales", "A colleague looks at the conversation.", "", "Wrong lead")
        }
    };
    let standing = match (page.stands, page.action) {
        (true, _) | (false, Action::Away) => String::new(),
        (false, _) => "<p><strong>The lead is with somebody else by now.</strong></p>".to_owned(),
    };
    let body = format!(
        "<h1>{title}</h1><p>{lead}, from the campaign “{campaign}”, for {rep}.</p>{standing}<p>{explained}</p>\
         <form method=\"post\">{field}<button>{button}</button></form>"
    );
    framed(title, &body)
}

fn trouble_page(trouble: &LinkTrouble) -> Response {
    if trouble.is_internal() {
        tracing::error!(cause = %trouble, "What a link in a mail is for could not be done.");
        let body = "<h1>That did not work</h1><p>Something is wrong with the server. Please try again later.</p>";
        return form_page(StatusCode::INTERNAL_SERVER_ERROR, framed("That did not work", body));
    }
    let status = match trouble {
        LinkTrouble::Link(LinkError::Invalid) => StatusCode::NOT_FOUND,
        LinkTrouble::Link(LinkError::Expired) => StatusCode::GONE,
        LinkTrouble::Form(_) => StatusCode::BAD_REQUEST,
        LinkTrouble::App(_) => StatusCode::CONFLICT,
    };
    let body = format!("<h1>That did not work</h1><p>{}</p>", escaped(&trouble.to_string()));
    form_page(status, framed("That did not work", &body))
}
