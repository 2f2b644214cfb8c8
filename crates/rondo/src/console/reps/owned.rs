//! The leads that a rep owns: for the team, and for the rep themselves.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::rep_at;
use crate::app::history::{self, OwnedLead};
use crate::app::leads::LeadView;
use crate::app::roster;
use crate::console::form::Form;
use crate::console::frame::{Frame, Section, rendered};
use crate::console::paths;
use crate::console::routes::{Reach, Routes, Who};
use crate::console::trouble::Trouble;
use crate::console::{Console, leads};
use crate::say;

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::OwnOrTeam, "/reps/{rep}/leads", list)
}

#[derive(Template)]
#[template(path = "reps/owned.html")]
struct OwnedPage {
    frame: Frame,
    is_own: bool,
    rep_name: String,
    rep_path: String,
    lines: Vec<OwnedLead>,
    is_first_page: bool,
    newest: String,
    next: Option<String>,
}

impl OwnedPage {
    fn source(&self, lead: &LeadView) -> &'static str {
        leads::owner_source(lead)
    }
}

async fn list(
    State(console): State<Console>,
    Who(session): Who,
    Path(rep): Path<String>,
    query: Form,
) -> Result<Response, Trouble> {
    let (app, caller, rep) = (console.app(), &session.caller, rep_at(&rep)?);
    let row = roster::one(app, caller, rep).await?;
    let page = paths::page(&query);
    let listed = history::leads_owned(app, caller, rep, &page).await?;
    let is_own = session.caller.rep == Some(rep);
    let title = say("reps-owned-title").arg("own", is_own).arg("rep", &row.rep.name).plain();
    let frame = Frame::new(&console, Some(&session), Section::Reps, title);
    let rep_path = format!("/reps/{rep}");
    let newest = format!("{rep_path}/leads");
    let next = listed.next_cursor.as_deref();
    let page = OwnedPage {
        frame,
        is_own,
        rep_name: row.rep.name,
        rep_path,
        lines: listed.items,
        is_first_page: page.cursor.is_none(),
        next: next.map(|next| paths::with(&newest, [("cursor", next)])),
        newest,
    };
    Ok(rendered(&page))
}
