//! Assignments: who got which lead and why, and passing one on.

mod explain;
mod export;

pub(super) use explain::noted;

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
use crate::app::assignments::{AssignmentView, AssignmentsWanted};
use crate::app::choices::{self, Choices};
use crate::app::history::finding::{self, Found, Sought};
use crate::app::history::{self, Named};
use crate::app::page::{Listed, Page};
use crate::app::people::Session;
use crate::app::{App, AppError, Caller};
use crate::t;

/// The filters, as they stand in addresses.
const FILTERS: [&str; 5] = ["rep", "campaign", "since", "until", "find"];

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
    /// Whether older assignments were not looked at yet.
    is_stopped: bool,
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
    let sought = Sought::parse(query.text("find"));
    let Found { listed, is_stopped } = match query.has_errors() {
        true => {
            Found { listed: Listed { items: Vec::new(), next_cursor: None }, is_stopped: false }
        }
        false => found(app, caller, &wanted, sought.as_ref(), &page).await?,
    };
    let (lines, next) = (listed.items, listed.next_cursor);
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
        is_stopped,
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
    let rep = query.rep_ever(console, session, "rep").await?;
    let begins = |days: i8| {
        move |text: &str| {
            let date: Date = text.parse().map_err(|_| t("assignments-no-date").to_owned())?;
            let day = date.checked_add(jiff::Span::new().days(days));
            let at = day.ok().and_then(|day| day.to_zoned(frame.zone().clone()).ok());
            let at = at.ok_or_else(|| t("assignments-far-date").to_owned())?;
            Ok::<_, String>(Instant::from_micros(at.timestamp().as_microsecond()))
        }
    };
    let (since, until) = (query.optional("since", begins(0)), query.optional("until", begins(1)));
    if since.zip(until).is_some_and(|(since, until)| since >= until) {
        query.say("until", t("assignments-until-early"));
    }
    let campaign = query.optional("campaign", form::known::<CampaignId>);
    Ok(AssignmentsWanted { rep, campaign, since, until })
}

/// What is wanted; where words are given, of leads that fit.
async fn found(
    app: &App,
    caller: &Caller,
    wanted: &AssignmentsWanted,
    sought: Option<&Sought>,
    page: &Page,
) -> Result<Found<Named<AssignmentView>>, AppError> {
    match sought {
        Some(sought) => finding::assignments(app, caller, wanted, sought, page).await,
        None => {
            let listed = history::assignments(app, caller, wanted, page).await?;
            Ok(Found { listed, is_stopped: false })
        }
    }
}

impl AssignmentsPage {
    fn reason(&self, line: &Named<AssignmentView>) -> &'static str {
        assigned_because(&line.item)
    }

    fn why(&self, line: &Named<AssignmentView>) -> String {
        why::sentence(&self.frame, &line.item)
    }
}
