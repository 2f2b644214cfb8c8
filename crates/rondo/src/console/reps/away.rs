//! Out of office, as forms: switched on and off, and absences with dates.

use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;
use rondo_core::ids::{AbsenceId, RepId};
use rondo_core::time::Instant;

use super::{Forms, again, calendar, rep_at};
use crate::app::AppError;
use crate::app::absences::{self, AbsenceChanges, Edge, GoAway, NewAbsence};
use crate::app::people::Session;
use crate::app::reps;
use crate::app::text::parse_optional_note;
use crate::console::form::{Form, known};
use crate::console::routes::{Reach, Routes, Who, done};
use crate::console::trouble::Trouble;
use crate::console::{Console, refused};

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .post(Reach::OwnOrAdmin, "/reps/{rep}/away", go_away)
        .post(Reach::OwnOrAdmin, "/reps/{rep}/back", come_back)
        .post(Reach::OwnOrAdmin, "/reps/{rep}/absences", enter)
        .post(Reach::OwnOrAdmin, "/reps/{rep}/absences/{abs}", change)
        .post(Reach::OwnOrAdmin, "/reps/{rep}/absences/{abs}/remove", remove)
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "is not a day; write it as 2026-12-24".to_owned())
}

fn instant(text: &str) -> Result<Instant, String> {
    Instant::parse(text).ok_or_else(|| "is not an instant".to_owned())
}

fn note(form: &mut Form) -> Option<String> {
    let note = form.raw("note").to_owned();
    match parse_optional_note(&note) {
        Ok(note) => note,
        Err(error) => {
            form.say("note", error);
            None
        }
    }
}

/// Says that a period ends before it begins, or that its end is over.
fn check_order(form: &mut Form, from: Option<Date>, until: Option<Date>, today: Option<Date>) {
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        form.say("until", "is before the first day away");
    }
    if let (Some(today), Some(until)) = (today, until)
        && until < today
    {
        form.say("until", "is over; choose today or a day to come");
    }
}

async fn today(console: &Console, session: &Session, rep: RepId) -> Result<Option<Date>, AppError> {
    let rep = reps::show(console.app(), &session.caller, rep).await?;
    Ok(calendar::day_of(&console.app().clock().now(), &rep.time_zone).parse().ok())
}

async fn go_away(
    State(console): State<Console>,
    Who(session): Who,
    Path(rep): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let rep = rep_at(&rep)?;
    let today = today(&console, &session, rep).await?;
    let last = form.optional("until", day);
    let at = form.optional("until_at", instant);
    let note = note(&mut form);
    check_order(&mut form, None, last, today);
    if !form.has_errors() {
        let until = at.map(Edge::At).or(last.map(Edge::Day));
        let away = GoAway { until, note };
        match absences::go_away(console.app(), &session.caller, rep, away).await {
            Ok(_) => return Ok(done(&format!("/reps/{rep}"), "away")),
            Err(error) => refused::tell(&mut form, error)?,
        }
    }
    again(&console, &session, rep, Forms { away: form, ..Forms::default() }).await
}

async fn come_back(
    State(console): State<Console>,
    Who(session): Who,
    Path(rep): Path<String>,
) -> Result<Response, Trouble> {
    let rep = rep_at(&rep)?;
    absences::come_back(console.app(), &session.caller, rep).await?;
    Ok(done(&format!("/reps/{rep}"), "back"))
}

async fn enter(
    State(console): State<Console>,
    Who(session): Who,
    Path(rep): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let rep = rep_at(&rep)?;
    let (from, until) = (form.required("from", day), form.optional("until", day));
    let note = note(&mut form);
    check_order(&mut form, from, until, None);
    if let Some(from) = from.filter(|_| !form.has_errors()) {
        let new = NewAbsence { from: Edge::Day(from), until: until.map(Edge::Day), note };
        match absences::add(console.app(), &session.caller, rep, new, None).await {
            Ok(_) => return Ok(done(&format!("/reps/{rep}"), "added")),
            Err(error) => refused::tell(&mut form, error)?,
        }
    }
    again(&console, &session, rep, Forms { absence: form, ..Forms::default() }).await
}

fn absence_at(path: &str) -> Result<AbsenceId, Trouble> {
    known(path).map_err(|_| Trouble::not_found("There is no such absence."))
}

/// Days that are as they were shown leave the edge at its instant.
async fn change(
    State(console): State<Console>,
    Who(session): Who,
    Path((rep, absence)): Path<(String, String)>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let (rep, absence) = (rep_at(&rep)?, absence_at(&absence)?);
    let (from, until) = (form.required("from", day), form.optional("until", day));
    let note = note(&mut form);
    check_order(&mut form, from, until, None);
    if let Some(from) = from.filter(|_| !form.has_errors()) {
        let is_same = form.text("from") == form.text("from-was")
            && form.text("until") == form.text("until-was");
        let changes = AbsenceChanges {
            from: (!is_same).then_some(Edge::Day(from)),
            until: (!is_same).then_some(until.map(Edge::Day)),
            note: Some(note),
        };
        match absences::change(console.app(), &session.caller, rep, absence, changes).await {
            Ok(_) => return Ok(done(&format!("/reps/{rep}"), "saved")),
            Err(error) => refused::tell(&mut form, error)?,
        }
    }
    again(&console, &session, rep, Forms { changed: Some((absence, form)), ..Forms::default() })
        .await
}

async fn remove(
    State(console): State<Console>,
    Who(session): Who,
    Path((rep, absence)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let (rep, absence) = (rep_at(&rep)?, absence_at(&absence)?);
    absences::remove(console.app(), &session.caller, rep, absence).await?;
    Ok(done(&format!("/reps/{rep}"), "removed"))
}
