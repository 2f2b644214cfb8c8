//! Settings: the overview, and what its pages share. All of it is for admins.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rondo_core::Refusal;
use serde::Deserialize;

use super::Console;
use super::form::{Form, Told};
use super::frame::{Frame, Place, Section, rendered};
use super::paths::Query;
use super::refused::{beside, problem};
use super::routes::{Reach, Routes, Who};
use super::trouble::Trouble;
use crate::app::AppError;
use crate::app::page::{LIMIT_DEFAULT, LIMIT_MAX, Page};
use crate::app::people::Session;
use crate::engine::EngineError;
use crate::t;

mod choices;
mod erasing;
mod keys;
mod ledger;
mod mailboxes;
mod members;
mod overview;
mod qualifier;
mod suppressions;
mod team;
mod webhooks;

pub(super) use mailboxes::Tests as MailboxTests;

pub(super) fn add(routes: Routes) -> Routes {
    let routes = routes.get(Reach::Admin, "/settings", show);
    let routes = team::add(routes);
    let routes = mailboxes::add(routes);
    let routes = qualifier::add(routes);
    let routes = keys::add(routes);
    let routes = webhooks::add(routes);
    let routes = members::add(routes);
    let routes = suppressions::add(routes);
    let routes = ledger::add(routes);
    erasing::add(routes)
}

/// The pages of the settings, in order, each with the name of its title.
const PAGES: &[(&str, &str)] = &[
    ("/settings", "settings-overview"),
    ("/settings/team", "team-title"),
    ("/settings/members", "members-title"),
    ("/settings/mailboxes", "mailboxes-title"),
    ("/settings/qualifier", "qualifier-title"),
    ("/settings/keys", "keys-title"),
    ("/settings/webhooks", "webhooks-title"),
    ("/settings/suppressions", "suppressions-title"),
    ("/settings/people", "erasing-title"),
    ("/settings/ledger", "ledger-title"),
];

/// The pages of the settings, for the list beside each.
fn tabs(here: &str) -> Vec<Place> {
    let place = |(path, title): &(&str, &'static str)| Place {
        path: (*path).to_owned(),
        name: t(title),
        is_here: *path == here,
    };
    PAGES.iter().map(place).collect()
}

/// What may stand in a page's address.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    done: Option<String>,
    cursor: Option<String>,
    email: Option<String>,
}

impl Asked {
    fn page(&self) -> Page {
        Page { limit: LIMIT_DEFAULT, cursor: self.cursor.clone() }
    }
}

/// A page with as much as one holds, of things of which a team has few.
fn whole() -> Page {
    Page { limit: LIMIT_MAX, cursor: None }
}

fn frame(console: &Console, session: &Session, title: &str) -> Frame {
    Frame::new(console, Some(session), Section::Settings, title)
}

#[derive(Template)]
#[template(path = "settings/overview.html")]
struct OverviewPage {
    frame: Frame,
    tabs: Vec<Place>,
    cards: Vec<overview::Card>,
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let frame = frame(&console, &session, t("settings-title")).after(asked.done.as_deref());
    let cards = overview::cards(&console, &session, &frame).await?;
    Ok(rendered(&OverviewPage { frame, tabs: tabs("/settings"), cards }))
}

/// How a form answers that was refused: with which status, and what is said at its top.
struct Refused {
    status: StatusCode,
    error: Option<String>,
}

impl Refused {
    /// What is wrong stands beside the fields.
    fn beside() -> Self {
        Self { status: StatusCode::BAD_REQUEST, error: None }
    }

    /// Somebody else was first. What no page shows is to be entered again, as the macro `secret` says beside its field.
    fn outdated() -> Self {
        let outdated = Trouble::outdated(t("settings-see-saved"));
        Self { status: outdated.status(), error: Some(outdated.detail().to_owned()) }
    }

    /// The page that says so.
    fn page(&self, page: &impl Template) -> Response {
        (self.status, rendered(page)).into_response()
    }
}

/// Puts what was refused where it belongs: beside its field, or at the top of the form. What is no refusal is trouble.
fn refused(form: &mut Form, error: AppError) -> Result<Refused, Trouble> {
    let told = match error {
        AppError::Invalid { pointer, detail } => beside(form, pointer, &detail),
        AppError::Templates(wrong) => {
            wrong.into_iter().try_for_each(|one| beside(form, &one.pointer, &one.wrong.told()))
        }
        AppError::Engine(EngineError::Refused(Refusal::Invalid { pointer, problem: wrong })) => {
            beside(form, pointer, &problem(pointer, &wrong))
        }
        AppError::Engine(EngineError::Refused(refusal)) => Err(refusal.into()),
        other => return Err(other.into()),
    };
    Ok(match told {
        Ok(()) => Refused::beside(),
        Err(trouble) => {
            Refused { status: trouble.status(), error: Some(trouble.detail().to_owned()) }
        }
    })
}

/// An id that a path names.
fn id<I: std::str::FromStr>(text: &str) -> Result<I, Trouble> {
    text.parse().map_err(|_| Trouble::not_found(t("settings-nothing")))
}
