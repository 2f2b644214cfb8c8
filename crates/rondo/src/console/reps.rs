//! Sales reps: the list, and each one's page: presence, absences, places, leads, and why not others.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rondo_core::ids::{AbsenceId, RepId};
use rondo_core::team::Absence;
use serde::Deserialize;

use super::Console;
use super::form::{Form, known};
use super::frame::{Frame, Section, rendered};
use super::paths::Query;
use super::routes::{Reach, Routes, Who};
use super::trouble::Trouble;
use super::words::{assigned_because, names_of};
use crate::app::absences::{self, AbsenceView, AroundNow};
use crate::app::assignments::AssignmentView;
use crate::app::circles::{self, PlaceView};
use crate::app::history::Named;
use crate::app::people::Session;
use crate::app::reps::RepView;
use crate::app::roster::{self, Roster, RosterRow};
use crate::app::turns::{self, ReceivedPage, TurnView};
use crate::t;

pub(super) mod away;
mod calendar;
mod editing;
mod owned;
mod removal;
mod why;

pub(super) fn add(routes: Routes) -> Routes {
    let routes = routes.get(Reach::Team, "/reps", list).get(Reach::OwnOrTeam, "/reps/{rep}", page);
    let routes = editing::add(routes);
    let routes = away::add(routes);
    let routes = owned::add(routes);
    removal::add(routes)
}

#[derive(Debug, Default, Deserialize)]
struct ListQuery {
    q: Option<String>,
    page: Option<usize>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "reps/list.html")]
struct ListPage {
    frame: Frame,
    roster: Roster,
    words: String,
}

/// When a rep who is away is back; none while that is open.
fn back_at(frame: &Frame, rep: &RepView) -> Option<String> {
    let end = rep.out_of_office.as_ref()?.end?;
    Some(match end.last_day {
        Some(_) => frame.back(&end),
        None => frame.when_beside(&end.at, &rep.time_zone),
    })
}

impl ListPage {
    fn back_at(&self, row: &RosterRow) -> Option<String> {
        back_at(&self.frame, &row.rep)
    }

    fn first_day(&self, absence: &Absence) -> String {
        calendar::first_day(&self.frame, absence)
    }

    fn back(&self) -> String {
        self.at(self.roster.page - 1)
    }

    fn more(&self) -> String {
        self.at(self.roster.page + 1)
    }

    /// Where another page of the same list is.
    fn at(&self, page: usize) -> String {
        let words: String = url::form_urlencoded::byte_serialize(self.words.as_bytes()).collect();
        format!("/reps?q={words}&page={page}")
    }
}

async fn list(
    State(console): State<Console>,
    Who(session): Who,
    Query(query): Query<ListQuery>,
) -> Result<Response, Trouble> {
    let frame = Frame::new(&console, Some(&session), Section::Reps, t("frame-reps"));
    let frame = frame.after(query.done.as_deref());
    let words = query.q.unwrap_or_default().trim().to_owned();
    let page = query.page.unwrap_or(1);
    let roster = roster::page(console.app(), &session.caller, &words, page).await?;
    Ok(rendered(&ListPage { frame, roster, words }))
}

/// The rep that a path names.
fn rep_at(path: &str) -> Result<RepId, Trouble> {
    known(path).map_err(|_| Trouble::not_found(t("reps-not-found")))
}

#[derive(Debug, Default, Deserialize)]
struct PageQuery {
    before: Option<u64>,
    /// The first day of an absence that is to be entered; today where there is none.
    from: Option<String>,
    /// The last day of it.
    until: Option<String>,
    done: Option<String>,
}

/// What stands in a rep page's forms.
#[derive(Default)]
struct Forms {
    away: Form,
    absence: Form,
    /// An absence that is being changed.
    changed: Option<(AbsenceId, Form)>,
}

#[derive(Template)]
#[template(path = "reps/page.html")]
struct RepPage {
    frame: Frame,
    row: RosterRow,
    is_own: bool,
    /// Whether whoever looks may say when the rep is away.
    may_change: bool,
    today: String,
    absences: AroundNow,
    months: Vec<calendar::Month>,
    places: Vec<PlaceView>,
    turns: Vec<TurnView>,
    received: ReceivedPage,
    forms: Forms,
}

/// The form of an absence as it stands: days as they were entered, whatever the rep's zone is by now.
fn absence_form(absence: &AbsenceView, zone: &str) -> Form {
    let (from, until) = match &absence.dates {
        Some(dates) => (dates.from.to_string(), dates.until.map(|until| until.to_string())),
        None => {
            let last = absence.until.map(|until| until.plus_seconds(-1));
            let day = |at| calendar::day_of(&at, zone);
            (day(absence.from), last.map(day))
        }
    };
    Form::of([
        ("from", from),
        ("until", until.unwrap_or_default()),
        ("note", absence.note.clone().unwrap_or_default()),
    ])
}

impl RepPage {
    fn back_at(&self) -> Option<String> {
        back_at(&self.frame, &self.row.rep)
    }

    fn first_day(&self, absence: &Absence) -> String {
        calendar::first_day(&self.frame, absence)
    }

    fn away_days(&self, absence: &AbsenceView) -> String {
        calendar::away(&self.frame, absence, &self.row.rep.time_zone)
    }

    /// The form of an absence: as it stands, or with what was typed, if it was refused.
    fn form_of(&self, absence: &AbsenceView) -> Form {
        let changed = self.forms.changed.as_ref();
        let typed = changed.filter(|(id, _)| *id == absence.id).map(|(_, form)| form.clone());
        typed.unwrap_or_else(|| absence_form(absence, &self.row.rep.time_zone))
    }

    /// What the days of an absence are shown as, while nobody has typed others.
    fn shown(&self, absence: &AbsenceView) -> Form {
        absence_form(absence, &self.row.rep.time_zone)
    }

    /// The other absences that keep the rep away at the same time, the first few by their days.
    fn overlapped(&self, absence: &AbsenceView) -> Option<String> {
        let others = self.absences.ahead.iter().filter(|other| calendar::overlap(other, absence));
        let days = names_of(others, |other| self.away_days(other));
        (!days.is_empty()).then_some(days)
    }

    /// The absence that says until when the rep is away now.
    fn present(&self) -> Option<&AbsenceView> {
        let out = self.row.rep.out_of_office.as_ref()?;
        self.absences.ahead.iter().find(|absence| absence.id == out.absence)
    }

    fn is_changed(&self, absence: &AbsenceView) -> bool {
        self.forms.changed.as_ref().is_some_and(|(id, _)| *id == absence.id)
    }

    fn why(&self, turn: &TurnView) -> String {
        let other = &self.row.rep.name;
        why::sentence(&self.frame, turn, if self.is_own { None } else { Some(other) })
    }

    /// Why a lead came to the rep.
    fn why_given(&self, assignment: &AssignmentView) -> String {
        crate::console::why::sentence(&self.frame, assignment)
    }

    fn is_theirs(&self, turn: &TurnView) -> bool {
        turn.rep == self.row.rep.id
    }

    fn stand(&self, line: &circles::Line) -> String {
        why::stand(line, !self.row.rep.available, self.is_own)
    }

    fn reason(&self, row: &Named<AssignmentView>) -> &'static str {
        assigned_because(&row.item)
    }
}

async fn page(
    State(console): State<Console>,
    Who(session): Who,
    Path(rep): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Response, Trouble> {
    let rep = rep_at(&rep)?;
    let mut page = rep_page(&console, &session, rep, &query, Forms::default()).await?;
    if query.from.is_some() || query.until.is_some() {
        let from = query.from.unwrap_or_else(|| page.today.clone());
        let until = query.until.unwrap_or_default();
        page.forms.absence = Form::of([("from", from), ("until", until)]);
    }
    Ok(rendered(&page))
}

async fn rep_page(
    console: &Console,
    session: &Session,
    rep: RepId,
    query: &PageQuery,
    forms: Forms,
) -> Result<RepPage, Trouble> {
    let (app, caller) = (console.app(), &session.caller);
    let row = roster::one(app, caller, rep).await?;
    let frame = Frame::new(console, Some(session), Section::Reps, &row.rep.name);
    let is_own = frame.is_rep(&rep);
    let done = query.done.as_deref().map(|done| if is_own { of_own(done) } else { done });
    let frame = frame.after(done);
    let absences = absences::around_now(app, caller, rep).await?;
    Ok(RepPage {
        is_own,
        may_change: is_own || frame.is_admin(),
        today: calendar::day_of(&frame.now, &row.rep.time_zone),
        months: calendar::months(&absences, &row.rep.time_zone, &frame.now),
        places: circles::places(app, caller, rep).await?,
        turns: turns::latest(app, caller, rep).await?,
        received: turns::received(app, caller, rep, query.before).await?,
        frame,
        row,
        absences,
        forms,
    })
}

/// The word for what a rep did about themselves.
fn of_own(done: &str) -> &str {
    match done {
        "away" => "own-away",
        "back" => "own-back",
        other => other,
    }
}

/// The rep's page once more, with a form that was refused.
async fn again(
    console: &Console,
    session: &Session,
    rep: RepId,
    forms: Forms,
) -> Result<Response, Trouble> {
    let page = shown(console, session, rep, forms).await?;
    Ok((StatusCode::BAD_REQUEST, page).into_response())
}

/// The rep's page with a form that is to be changed before it is sent again.
async fn shown(
    console: &Console,
    session: &Session,
    rep: RepId,
    forms: Forms,
) -> Result<Response, Trouble> {
    Ok(rendered(&rep_page(console, session, rep, &PageQuery::default(), forms).await?))
}
