//! Out of office, as forms: switched on and off, and absences with dates.

use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;
use rondo_core::ids::{AbsenceId, RepId};
use rondo_core::time::Instant;

use super::{Forms, PageQuery, absence_form, again, calendar, rep_at, rep_page, shown};
use crate::app::AppError;
use crate::app::absences::{self, AbsenceChanges, AbsenceView, Edge, GoAway, NewAbsence};
use crate::app::people::Session;
use crate::app::reps;
use crate::app::text::parse_optional_note;
use crate::console::form::{Form, known};
use crate::console::frame::rendered;
use crate::console::routes::{Reach, Routes, Who, done};
use crate::console::trouble::Trouble;
use crate::console::{Console, refused};
use crate::t;

/// The field with an end that is no day: the latest return that would be accepted.
const UNTIL_AT: &str = "until_at";
/// The field of a form that is not to be done yet: it is shown once more, to be changed.
pub(in crate::console) const SHOW: &str = "show";

/// The field with the rep for whom somebody is to be there first.
const THEN: &str = "then";
/// The field with what that rep asked for: the last word of the form's path.
const WHAT: &str = "what";
/// The fields of what that rep asked for.
const ASKED: [&str; 7] = ["from", "from-was", "until", "until-was", "note", "was", SURE];

/// The field with days that a person was asked about, being far away, and that are right.
const SURE: &str = "far-was";
/// Days from today from which on a day is more likely mistyped than meant: two years.
const NEAR_DAYS_MAX: i32 = 731;

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .post(Reach::OwnOrAdmin, "/reps/{rep}/away", go_away)
        .post(Reach::OwnOrAdmin, "/reps/{rep}/back", come_back)
        .post(Reach::OwnOrAdmin, "/reps/{rep}/absences", enter)
        .post(Reach::OwnOrAdmin, "/reps/{rep}/absences/{abs}", change)
        .post(Reach::OwnOrAdmin, "/reps/{rep}/absences/{abs}/remove", remove)
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| t("reps-no-day").to_owned())
}

fn instant(text: &str) -> Result<Instant, String> {
    Instant::parse(text).ok_or_else(|| t("reps-no-instant").to_owned())
}

fn note(form: &mut Form) -> Option<String> {
    let note = parse_optional_note(form.raw("note"));
    form.parsed("note", note).flatten()
}

/// Says that a period ends before it begins, or that its end is over.
fn check_order(form: &mut Form, from: Option<Date>, until: Option<Date>, today: Option<Date>) {
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        form.say("until", t("reps-before-first-day"));
    }
    if let (Some(today), Some(until)) = (today, until)
        && until < today
    {
        form.say("until", t("reps-day-over"));
    }
}

/// Asks once whether a day far from today is meant: years are mistyped.
fn check_years(form: &mut Form, today: Option<Date>, days: [(&str, Option<Date>); 2]) {
    let sure = form.text(SURE).to_owned();
    let is_far = |day: &Date| {
        let apart = today.and_then(|today| day.since(today).ok());
        apart.is_some_and(|apart| apart.get_days().abs() > NEAR_DAYS_MAX)
    };
    let far = days.into_iter().filter_map(|(name, day)| Some((name, day.filter(is_far)?)));
    let far: Vec<(&str, String)> = far.map(|(name, day)| (name, day.to_string())).collect();
    for (name, day) in &far {
        if !sure.split(' ').any(|known| known == day) {
            form.say(name, t("reps-day-far"));
        }
    }
    let days: Vec<String> = far.into_iter().map(|(_, day)| day).collect();
    form.set(SURE, days.join(" "));
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
    if form.is_ticked(SHOW) {
        return shown(&console, &session, rep, Forms { away: form, ..Forms::default() }).await;
    }
    let today = today(&console, &session, rep).await?;
    let last = form.optional("until", day);
    let at = form.optional(UNTIL_AT, instant);
    let note = note(&mut form);
    check_order(&mut form, None, last, today);
    check_years(&mut form, today, [("from", None), ("until", last)]);
    if !form.has_errors() {
        let until = at.map(Edge::At).or(last.map(Edge::Day));
        let away = GoAway { until, note };
        match absences::go_away(console.app(), &session.caller, rep, away).await {
            Ok(_) => return Ok(done(&format!("/reps/{rep}"), "away")),
            Err(error) => tell(&mut form, error, format!("/reps/{rep}/away"))?,
        }
    }
    again(&console, &session, rep, Forms { away: form, ..Forms::default() }).await
}

/// Says it beside its field; where somebody has to be there, the same form is offered again.
fn tell(form: &mut Form, error: AppError, path: String) -> Result<(), Trouble> {
    let asked = form.without(&[]);
    refused::tell(form, error).map_err(|trouble| trouble.asked_by(path, asked))
}

async fn come_back(
    State(console): State<Console>,
    Who(session): Who,
    Path(rep): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let rep = rep_at(&rep)?;
    absences::come_back(console.app(), &session.caller, rep).await?;
    let ready = stands_ready(&console, &session, &form, "back-for").await?;
    Ok(ready.unwrap_or_else(|| done(&format!("/reps/{rep}"), "back")))
}

/// The page of the rep for whom somebody was to be there first, with what was asked for as it was filled in, and a word
/// about what was just done. None where nobody asked.
pub(in crate::console) async fn stands_ready(
    console: &Console,
    session: &Session,
    form: &Form,
    word: &str,
) -> Result<Option<Response>, Trouble> {
    let then = known::<RepId>(form.text(THEN)).ok();
    let may_see = |asking: &RepId| session.caller.only_rep().is_none_or(|own| own == *asking);
    let Some(asking) = then.filter(may_see) else { return Ok(None) };
    let query = PageQuery { done: Some(word.to_owned()), ..PageQuery::default() };
    Ok(Some(rendered(&rep_page(console, session, asking, &query, asked_for(form)).await?)))
}

/// What is to stand ready once somebody is there, as hidden fields of another form. None where nobody asked.
pub(in crate::console) fn carried(form: &Form) -> Vec<(String, String)> {
    if form.text(THEN).is_empty() {
        return Vec::new();
    }
    let is_kept = |name: &str| ASKED.contains(&name) || [THEN, WHAT].contains(&name);
    form.without(&[]).into_iter().filter(|(name, _)| is_kept(name)).collect()
}

/// The form of an absence that could not be before somebody was there, as it was filled in.
fn asked_for(form: &Form) -> Forms {
    let fields = form.without(&[]).into_iter().filter(|(name, _)| ASKED.contains(&name.as_str()));
    let fields: Vec<_> = fields.collect();
    let asked = Form::of(fields.iter().map(|(name, value)| (name.as_str(), value.clone())));
    match (known(form.text(WHAT)), form.text(WHAT)) {
        (Ok(absence), _) => Forms { changed: Some((absence, asked)), ..Forms::default() },
        (Err(_), "away") => Forms { away: asked, ..Forms::default() },
        (Err(_), _) => Forms { absence: asked, ..Forms::default() },
    }
}

async fn enter(
    State(console): State<Console>,
    Who(session): Who,
    Path(rep): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let rep = rep_at(&rep)?;
    if form.is_ticked(SHOW) {
        return shown(&console, &session, rep, Forms { absence: form, ..Forms::default() }).await;
    }
    let (app, caller) = (console.app(), &session.caller);
    let (from, until) = (form.required("from", day), form.optional("until", day));
    let at = form.optional(UNTIL_AT, instant);
    let note = note(&mut form);
    check_order(&mut form, from, until, None);
    let today = today(&console, &session, rep).await?;
    check_years(&mut form, today, [("from", from), ("until", until)]);
    if let Some(from) = from.filter(|_| !form.has_errors()) {
        let (from, until) = match at {
            None => (Edge::Day(from), until.map(Edge::Day)),
            Some(_) => {
                (Edge::At(absences::start_of_day(app, caller, rep, from).await?), at.map(Edge::At))
            }
        };
        let new = NewAbsence { from, until, note };
        match absences::add(app, caller, rep, new, form.once(&session)).await {
            Ok(added) => {
                let word = match how_it_lies(&console, &session, &added).await? {
                    Lies::Past => "added-past",
                    Lies::Alone => "added",
                    Lies::Overlapping => "added-overlapping",
                };
                return Ok(done(&format!("/reps/{rep}"), word));
            }
            Err(error) => tell(&mut form, error, format!("/reps/{rep}/absences"))?,
        }
    }
    again(&console, &session, rep, Forms { absence: form, ..Forms::default() }).await
}

fn is_over(console: &Console, absence: &AbsenceView) -> bool {
    let now = console.app().clock().now();
    absence.until.is_some_and(|until| until <= now)
}

/// How an absence lies.
enum Lies {
    /// It is over already, and passes nobody over.
    Past,
    /// No other absence that is not over keeps the rep away at the same time.
    Alone,
    /// Another one does.
    Overlapping,
}

async fn how_it_lies(
    console: &Console,
    session: &Session,
    absence: &AbsenceView,
) -> Result<Lies, AppError> {
    if is_over(console, absence) {
        return Ok(Lies::Past);
    }
    let known = absences::around_now(console.app(), &session.caller, absence.rep).await?;
    let is_beside_others = known.ahead.iter().any(|other| calendar::overlap(other, absence));
    Ok(if is_beside_others { Lies::Overlapping } else { Lies::Alone })
}

fn absence_at(path: &str) -> Result<AbsenceId, Trouble> {
    known(path).map_err(|_| Trouble::not_found(t("reps-no-such-absence")))
}

async fn change(
    State(console): State<Console>,
    Who(session): Who,
    Path((rep, absence)): Path<(String, String)>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let (rep, absence) = (rep_at(&rep)?, absence_at(&absence)?);
    let (app, caller) = (console.app(), &session.caller);
    if form.is_ticked(SHOW) {
        let changed = Some((absence, form));
        return shown(&console, &session, rep, Forms { changed, ..Forms::default() }).await;
    }
    let present = absences::show(app, caller, rep, absence).await?;
    let now = absence_form(&present, &reps::show(app, caller, rep).await?.time_zone);
    if form.is_outdated(&now) {
        form.say("until", t("reps-absence-changed"));
    }
    let note = note(&mut form);
    let edges = match form.has_errors() {
        true => None,
        false => edges(&console, &session, &present, &mut form).await?,
    };
    if let Some((from, until)) = edges.filter(|_| !form.has_errors()) {
        let changes = AbsenceChanges { from, until, note: Some(note) };
        match absences::change(app, caller, rep, absence, changes).await {
            Ok(changed) => {
                let was_over = is_over(&console, &present);
                let word = match how_it_lies(&console, &session, &changed).await? {
                    // One that was not over brings the rep back by its change.
                    Lies::Past if was_over => "saved-past",
                    Lies::Past | Lies::Alone => "saved",
                    Lies::Overlapping => "saved-overlapping",
                };
                return Ok(done(&format!("/reps/{rep}"), word));
            }
            Err(error) => tell(&mut form, error, format!("/reps/{rep}/absences/{absence}"))?,
        }
    }
    if !form.is_ticked("from") {
        form.set("from", now.text("from"));
    }
    again(&console, &session, rep, Forms { changed: Some((absence, form)), ..Forms::default() })
        .await
}

type Edges = (Option<Edge>, Option<Option<Edge>>);

/// The edges that are changed: a day that is as it was shown leaves its edge at its instant (O1). Where the other edge is
/// no day, a day becomes the instant at which it begins or ends.
async fn edges(
    console: &Console,
    session: &Session,
    present: &AbsenceView,
    form: &mut Form,
) -> Result<Option<Edges>, Trouble> {
    let is_same = |name: &str| form.text(name) == form.text(&format!("{name}-was"));
    // The form about the end alone has no beginning.
    let keeps_from = !form.is_ticked("from") || is_same("from");
    let keeps_until = is_same("until") && form.is_ticked("until");
    let from = if keeps_from { None } else { form.required("from", day) };
    let until = if keeps_until { None } else { Some(form.optional("until", day)) };
    let at = form.optional(UNTIL_AT, instant);
    let (first, last) = (day(form.text("from")).ok(), day(form.text("until")).ok());
    check_order(form, first, last, None);
    let changed = [
        ("from", if keeps_from { None } else { first }),
        ("until", if keeps_until { None } else { last }),
    ];
    check_years(form, today(console, session, present.rep).await?, changed);
    if form.has_errors() {
        return Ok(None);
    }
    let (app, caller, rep) = (console.app(), &session.caller, present.rep);
    let are_days = present.dates.is_some() || (from.is_some() && until.flatten().is_some());
    let are_days = are_days && at.is_none();
    let from = match from {
        Some(day) if !are_days => {
            Some(Edge::At(absences::start_of_day(app, caller, rep, day).await?))
        }
        from => from.map(Edge::Day),
    };
    let until = match (at, until) {
        (Some(at), _) => Some(Some(Edge::At(at))),
        (None, Some(Some(day))) if !are_days => {
            Some(Some(Edge::At(absences::end_of_day(app, caller, rep, day).await?)))
        }
        (None, until) => until.map(|until| until.map(Edge::Day)),
    };
    Ok(Some((from, until)))
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
