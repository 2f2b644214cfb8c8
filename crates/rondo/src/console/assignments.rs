//! Assignments: who got which lead and why, and passing one on.

mod explain;
mod export;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use rondo_core::ids::{CampaignId, RepId};
use rondo_core::time::Instant;

use super::Console;
use super::form::{self, Form};
use super::frame::{Frame, Section, rendered};
use super::paths;
use super::routes::{Reach, Routes, Who};
use super::trouble::Trouble;
use super::why;
use super::words::assigned_because;
use crate::app::AppError;
use crate::app::assignments::{AssignmentView, AssignmentsWanted};
use crate::app::choices::{self, Choices};
use crate::app::history::{self, Named};
use crate::app::people::Session;
use crate::t;

/// The filters, as they stand in addresses.
const FILTERS: [&str; 4] = ["rep", "campaign", "since", "until"];

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .get(Reach::Everyone, "/assignments", list)
        .get(Reach::Everyone, "/assignments.csv", export::export)
        .get(Reach::Everyone, "/assignments/{assignment}", explain::explanation)
        .post(Reach::Admin, "/assignments/{assignment}/reassign", explain::reassign)
}

#[derive(Template)]
#[template(path = "assignments.html")]
struct AssignmentsPage {
    frame: Frame,
    query: Form,
    reps: Choices<RepId>,
    campaigns: Choices<CampaignId>,
    lines: Vec<Named<AssignmentView>>,
    sees_team: bool,
    is_narrowed: bool,
    is_first_page: bool,
    next: Option<String>,
    newest: String,
    csv: String,
}

async fn list(
    State(console): State<Console>,
    Who(session): Who,
    mut query: Form,
) -> Result<Response, Trouble> {
    let (app, caller) = (console.app(), &session.caller);
    let sees_team = caller.only_rep().is_none();
    let title = if sees_team { t("assignments-title") } else { t("frame-my-leads") };
    let frame = Frame::new(&console, Some(&session), Section::Assignments, title);
    let frame = frame.after(Some(query.text("done")));
    let page = paths::page(&query);
    let wanted = wanted(&console, &session, &frame, &mut query).await?;
    let (mut lines, mut next) = (Vec::new(), None);
    if !query.has_errors() {
        let listed = history::assignments(app, caller, &wanted, &page).await?;
        (lines, next) = (listed.items, listed.next_cursor);
    }
    let (reps, campaigns) = match sees_team {
        true => (choices::reps(app, caller).await?, choices::campaigns(app, caller).await?),
        false => (Choices::none(), Choices::none()),
    };
    let fields = FILTERS.map(|name| (name, query.text(name)));
    let page = AssignmentsPage {
        frame,
        reps,
        campaigns,
        lines,
        sees_team,
        is_narrowed: fields.iter().any(|(_, value)| !value.is_empty()),
        is_first_page: page.cursor.is_none(),
        next: next
            .as_deref()
            .map(|next| paths::with("/assignments", fields.into_iter().chain([("cursor", next)]))),
        newest: paths::with("/assignments", fields),
        csv: paths::with("/assignments.csv", fields),
        query,
    };
    Ok(rendered(&page))
}

/// What the query narrows to: days are whole, in the zone in which times are shown.
async fn wanted(
    console: &Console,
    session: &Session,
    frame: &Frame,
    query: &mut Form,
) -> Result<AssignmentsWanted, Trouble> {
    let rep = match query.text("rep") {
        "" => None,
        named => match choices::rep(console.app(), &session.caller, named).await {
            Ok(rep) => Some(rep),
            // One who left keeps their assignments.
            Err(AppError::NotFound { .. }) => query.optional("rep", form::known::<RepId>),
            Err(error) => return Err(error.into()),
        },
    };
    let begins = |days: i8| {
        move |text: &str| {
            let date: Date = text.parse().map_err(|_| t("assignments-no-date").to_owned())?;
            let day = date.checked_add(jiff::Span::new().days(days));
            let at = day.ok().and_then(|day| day.to_zoned(frame.zone().clone()).ok());
            let at = at.ok_or_else(|| t("assignments-far-date").to_owned())?;
            Ok::<_, String>(Instant::from_micros(at.timestamp().as_microsecond()))
        }
    };
    Ok(AssignmentsWanted {
        rep,
        campaign: query.optional("campaign", form::known::<CampaignId>),
        since: query.optional("since", begins(0)),
        until: query.optional("until", begins(1)),
    })
}

impl AssignmentsPage {
    fn reason(&self, line: &Named<AssignmentView>) -> &'static str {
        assigned_because(&line.item)
    }

    fn why(&self, line: &Named<AssignmentView>) -> String {
        why::sentence(&self.frame, &line.item)
    }
}
