//! Out of office: switching it on and off, and absences with dates (O1–O7).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rondo_core::command::{Answer, Command};
use rondo_core::event::{AbsenceSource, Dates};
use rondo_core::ids::{AbsenceId, RepId};
use rondo_core::team::Absence;
use rondo_core::time::{Instant, Period};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::page::{After, List, Listed, Page};
use crate::app::reps::{self, RepView};
use crate::app::warnings::{self, WarningView};
use crate::app::{App, AppError, Caller, schema};
use crate::engine::IdempotencyKey;

/// Absences that are over, of which the latest are shown.
const PAST_SHOWN: usize = 20;

/// An edge of an absence as it was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// An instant.
    At(Instant),
    /// A whole day in the rep's own time zone.
    Day(Date),
}

/// Out of office from now.
#[derive(Debug, Clone, ToSchema)]
pub struct GoAway {
    /// When the rep is back; a day is the last day away. Open when absent.
    #[schema(value_type = Option<schema::DayOrInstantToCome>)]
    pub until: Option<Edge>,
    /// For admins and the rep alone.
    #[schema(value_type = Option<schema::Note>)]
    pub note: Option<String>,
}

/// An absence to be entered, with edges of one kind.
#[derive(Debug, Clone)]
pub struct NewAbsence {
    /// When it begins.
    pub from: Edge,
    /// When it ends: the first instant back, or the last day away. Open when absent.
    pub until: Option<Edge>,
    /// For admins and the rep alone.
    pub note: Option<String>,
}
schema::one_of!(NewAbsence = NewAbsenceInDays | NewAbsenceInInstants);

/// An absence of whole days in the rep's own time zone.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: both kinds have one type")]
pub struct NewAbsenceInDays {
    /// The first day away.
    #[schema(value_type = schema::Day)]
    from: String,
    /// The last day away, on or after the first. Open when absent.
    #[schema(value_type = Option<schema::Day>)]
    until: Option<String>,
    /// For admins and the rep alone.
    #[schema(value_type = Option<schema::Note>)]
    note: Option<String>,
}

/// An absence from one instant to another.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: both kinds have one type")]
pub struct NewAbsenceInInstants {
    /// When it begins.
    #[schema(value_type = schema::Instant)]
    from: String,
    /// The first instant back, after the beginning. Open when absent.
    #[schema(value_type = Option<schema::Instant>)]
    until: Option<String>,
    /// For admins and the rep alone.
    #[schema(value_type = Option<schema::Note>)]
    note: Option<String>,
}

/// What is to be changed of an absence; what is absent stays.
#[derive(Debug, Clone, ToSchema)]
pub struct AbsenceChanges {
    #[schema(value_type = Option<schema::DayOrInstant>, nullable = false)]
    pub from: Option<Edge>,
    /// Null opens the end.
    #[schema(value_type = Option<schema::DayOrInstant>)]
    pub until: Option<Option<Edge>>,
    /// Null takes it away.
    #[schema(value_type = Option<schema::Note>)]
    pub note: Option<Option<String>>,
}

/// A period in which a rep is out of office.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Absence)]
pub struct AbsenceView {
    #[schema(value_type = schema::AbsenceId)]
    pub id: AbsenceId,
    #[schema(value_type = schema::RepId)]
    pub rep: RepId,
    #[schema(value_type = schema::Instant)]
    pub from: Instant,
    /// The first instant back; null while the end is open.
    #[schema(value_type = Option<schema::Instant>)]
    pub until: Option<Instant>,
    /// As entered, where it was entered as days.
    pub dates: Option<DatesView>,
    /// For admins and the rep alone; null to others.
    pub note: Option<String>,
    /// `switch` when out of office was switched on, `entered` with dates.
    #[schema(value_type = Source)]
    pub source: AbsenceSource,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
}

/// Whole days away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Dates)]
pub struct DatesView {
    /// The first day away.
    #[schema(value_type = schema::Day)]
    pub from: Date,
    /// The last day away; null while the end is open.
    #[schema(value_type = Option<schema::Day>)]
    pub until: Option<Date>,
}

/// How an absence came about.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case", as = AbsenceSource)]
pub enum Source {
    Switch,
    Entered,
}

/// Switches out of office on, from now.
pub async fn go_away(
    app: &App,
    caller: &Caller,
    rep: RepId,
    away: GoAway,
) -> Result<RepView, AppError> {
    let command = match away.until {
        None => Command::GoOutOfOffice { rep, until: None, dates: None, note: away.note },
        Some(Edge::At(at)) => {
            Command::GoOutOfOffice { rep, until: Some(at), dates: None, note: away.note }
        }
        Some(Edge::Day(last)) => away_until(app, caller, rep, last, away.note).await?,
    };
    let done = app.run(caller, command, None).await?;
    reps::after(app, caller, &done, Some(rep)).await
}

/// What switches out of office on, from now until the end of a day of the rep's (O1).
pub(super) async fn away_until(
    app: &App,
    caller: &Caller,
    rep: RepId,
    last: Date,
    note: Option<String>,
) -> Result<Command, AppError> {
    let zone = zone_of(app, caller, rep).await?;
    let from = today(app, caller, &zone).await?;
    let (until, dates) = (Some(end_of(last, &zone)?), Some(Dates { from, last: Some(last) }));
    Ok(Command::GoOutOfOffice { rep, until, dates, note })
}

/// Switches out of office off (O2).
pub async fn come_back(app: &App, caller: &Caller, rep: RepId) -> Result<RepView, AppError> {
    let done = app.run(caller, Command::ComeBack { rep }, None).await?;
    reps::after(app, caller, &done, Some(rep)).await
}

/// Enters an absence.
pub async fn add(
    app: &App,
    caller: &Caller,
    rep: RepId,
    new: NewAbsence,
    key: Option<IdempotencyKey>,
) -> Result<AbsenceView, AppError> {
    let (period, dates) = match (new.from, new.until) {
        (Edge::At(from), None) => (Period { from, until: None }, None),
        (Edge::At(from), Some(Edge::At(until))) => (Period { from, until: Some(until) }, None),
        (Edge::Day(from), until @ (None | Some(Edge::Day(_)))) => {
            let zone = zone_of(app, caller, rep).await?;
            let last = until.and_then(Edge::day);
            let end = last.map(|last| end_of(last, &zone)).transpose()?;
            let period = Period { from: start_of(from, &zone)?, until: end };
            (period, Some(Dates { from, last }))
        }
        (Edge::At(_), Some(Edge::Day(_))) | (Edge::Day(_), Some(Edge::At(_))) => {
            return Err(AppError::invalid("/until", OF_ONE_KIND));
        }
    };
    in_order(period)?;
    let command = Command::AddAbsence { rep, period, dates, note: new.note };
    let done = app.run(caller, command, key).await?;
    let Answer::Absence(absence) = done.answer else {
        return Err(AppError::not_found("absence", ""));
    };
    let mut view = show(app, caller, rep, absence).await?;
    view.warnings = warnings::views(&done.warnings);
    Ok(view)
}

/// Changes an absence: an edge that is not named stays at its instant, whatever the rep's time zone is by now (O1).
pub async fn change(
    app: &App,
    caller: &Caller,
    rep: RepId,
    absence: AbsenceId,
    changes: AbsenceChanges,
) -> Result<AbsenceView, AppError> {
    let look = app.look(caller.team).await?;
    let present = look
        .team
        .rep(rep)
        .ok_or_else(|| AppError::not_found("rep", rep))?
        .absences
        .iter()
        .find(|known| known.id == absence)
        .ok_or_else(|| AppError::not_found("absence", absence))?
        .clone();
    let zone = zone_of(app, caller, rep).await?;
    let (period, dates) = changed(&present, &changes, &zone)?;
    in_order(period)?;
    let command = Command::ChangeAbsence { rep, absence, period, dates, note: changes.note };
    let done = app.run(caller, command, None).await?;
    let mut view = show(app, caller, rep, absence).await?;
    view.warnings = warnings::views(&done.warnings);
    Ok(view)
}

/// Takes an absence back.
pub async fn remove(
    app: &App,
    caller: &Caller,
    rep: RepId,
    absence: AbsenceId,
) -> Result<(), AppError> {
    app.run(caller, Command::RemoveAbsence { rep, absence }, None).await.map(drop)
}

/// The absences of a rep, in the order in which they were entered.
pub async fn list(
    app: &App,
    caller: &Caller,
    rep: RepId,
    page: &Page,
) -> Result<Listed<AbsenceView>, AppError> {
    let look = app.look(caller.team).await?;
    let parts = look.team.rep(rep).ok_or_else(|| AppError::not_found("rep", rep))?;
    let list = List::new(caller.team, "absences", &rep);
    let after = list.start::<After<AbsenceId>>(page)?.map(|after| after.0);
    let rows: Vec<Absence> = parts
        .absences
        .iter()
        .filter(|absence| after.is_none_or(|after| absence.id > after))
        .take(page.fetch() as usize)
        .cloned()
        .collect();
    let listed = list.page(page, rows, |absence| After(absence.id));
    let items = views(app, caller, rep, listed.items).await?;
    Ok(Listed { items, next_cursor: listed.next_cursor })
}

/// Absences of a rep as people look at them.
#[derive(Debug, Clone, PartialEq)]
pub struct AroundNow {
    /// Those that are not over, by their beginning.
    pub ahead: Vec<AbsenceView>,
    /// The last that are over, the latest first.
    pub past: Vec<AbsenceView>,
}

/// A rep's absences that are not over, and the last that are.
pub async fn around_now(app: &App, caller: &Caller, rep: RepId) -> Result<AroundNow, AppError> {
    let look = app.look(caller.team).await?;
    let parts = look.team.rep(rep).ok_or_else(|| AppError::not_found("rep", rep))?;
    let (mut past, mut ahead): (Vec<Absence>, Vec<Absence>) =
        parts.absences.iter().cloned().partition(|absence| absence.period.end() <= look.now);
    ahead.sort_by_key(|absence| absence.period);
    past.sort_by_key(|absence| std::cmp::Reverse(absence.period.until));
    past.truncate(PAST_SHOWN);
    let ahead = views(app, caller, rep, ahead).await?;
    Ok(AroundNow { ahead, past: views(app, caller, rep, past).await? })
}

/// One absence of a rep.
pub async fn show(
    app: &App,
    caller: &Caller,
    rep: RepId,
    absence: AbsenceId,
) -> Result<AbsenceView, AppError> {
    let look = app.look(caller.team).await?;
    let parts = look.team.rep(rep).ok_or_else(|| AppError::not_found("rep", rep))?;
    let found: Vec<_> =
        parts.absences.iter().filter(|known| known.id == absence).cloned().collect();
    let mut views = views(app, caller, rep, found).await?;
    views.pop().ok_or_else(|| AppError::not_found("absence", absence))
}

async fn views(
    app: &App,
    caller: &Caller,
    rep: RepId,
    absences: Vec<Absence>,
) -> Result<Vec<AbsenceView>, AppError> {
    let mut notes = if caller.sees_notes_of(rep) {
        let ids: Vec<AbsenceId> = absences.iter().map(|absence| absence.id).collect();
        app.store().absence_notes(caller.team, &ids).await?
    } else {
        Default::default()
    };
    let view = |absence: Absence| AbsenceView {
        id: absence.id,
        rep,
        from: absence.period.from,
        until: absence.period.until,
        dates: absence.dates.map(|dates| DatesView { from: dates.from, until: dates.last }),
        note: notes.remove(&absence.id),
        source: absence.source,
        warnings: Vec::new(),
    };
    Ok(absences.into_iter().map(view).collect())
}

/// The first instant of a day in the rep's own time zone.
pub async fn start_of_day(
    app: &App,
    caller: &Caller,
    rep: RepId,
    day: Date,
) -> Result<Instant, AppError> {
    start_of(day, &zone_of(app, caller, rep).await?)
}

/// The first instant after a day in the rep's own time zone.
pub async fn end_of_day(
    app: &App,
    caller: &Caller,
    rep: RepId,
    day: Date,
) -> Result<Instant, AppError> {
    end_of(day, &zone_of(app, caller, rep).await?)
}

const OF_ONE_KIND: &str = "is of another kind than `from`; expected two instants or two days";

impl Edge {
    fn day(self) -> Option<Date> {
        match self {
            Self::Day(day) => Some(day),
            Self::At(_) => None,
        }
    }
}

fn changed(
    present: &Absence,
    changes: &AbsenceChanges,
    zone: &TimeZone,
) -> Result<(Period, Option<Dates>), AppError> {
    let from = match changes.from {
        None => (present.period.from, present.dates.map(|dates| dates.from)),
        Some(Edge::At(at)) => (at, None),
        Some(Edge::Day(day)) => (start_of(day, zone)?, Some(day)),
    };
    let until = match changes.until {
        None => (present.period.until, present.dates.and_then(|dates| dates.last)),
        Some(None) => (None, None),
        Some(Some(Edge::At(at))) => (Some(at), None),
        Some(Some(Edge::Day(day))) => (Some(end_of(day, zone)?), Some(day)),
    };
    let period = Period { from: from.0, until: until.0 };
    let is_given_as_days = |edge: &Option<Edge>| matches!(edge, Some(Edge::Day(_)));
    match (from.1, until) {
        (Some(from), (None, None)) => Ok((period, Some(Dates { from, last: None }))),
        (Some(from), (_, Some(last))) => Ok((period, Some(Dates { from, last: Some(last) }))),
        // The edge that was entered as a day keeps its instant, and the absence is one of instants from now on.
        _ if !is_given_as_days(&changes.from) && !is_given_as_days(&changes.until.flatten()) => {
            Ok((period, None))
        }
        _ => Err(AppError::invalid(
            "/until",
            "is of another kind than `from`; name both, as two instants or two days",
        )),
    }
}

fn in_order(period: Period) -> Result<(), AppError> {
    if period.from < period.end() {
        return Ok(());
    }
    Err(AppError::invalid("/until", "is not after `from`; expected a later time"))
}

async fn zone_of(app: &App, caller: &Caller, rep: RepId) -> Result<TimeZone, AppError> {
    let row = app.store().rep(caller.team, rep).await?;
    let row = row.ok_or_else(|| AppError::not_found("rep", rep))?;
    // A zone that this machine's database no longer knows is read as UTC rather than refused.
    Ok(TimeZone::get(&row.time_zone).unwrap_or(TimeZone::UTC))
}

async fn today(app: &App, caller: &Caller, zone: &TimeZone) -> Result<Date, AppError> {
    let now = app.look(caller.team).await?.now;
    let at = jiff::Timestamp::from_microsecond(now.as_micros())
        .map_err(|_| AppError::invalid("/until", "can't be reckoned with"))?;
    Ok(at.to_zoned(zone.clone()).date())
}

/// The first instant of a day in a zone, where midnight may be missing or come twice.
fn start_of(day: Date, zone: &TimeZone) -> Result<Instant, AppError> {
    day.to_zoned(zone.clone())
        .and_then(|noon_or_midnight| noon_or_midnight.start_of_day())
        .map(|start| Instant::from_micros(start.timestamp().as_microsecond()))
        .map_err(|_| AppError::invalid("/from", "is too far away; expected a day in this age"))
}

/// The first instant after a day.
fn end_of(day: Date, zone: &TimeZone) -> Result<Instant, AppError> {
    let far = |_| AppError::invalid("/until", "is too far away; expected a day in this age");
    start_of(day.tomorrow().map_err(far)?, zone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rondo_core::ids::Id as _;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_is_whole_in_its_zone_whatever_the_clocks_do() {
        let berlin = zone("Europe/Berlin");
        assert_eq!(
            start_of(day("2026-03-29"), &berlin).unwrap().to_string(),
            "2026-03-28T23:00:00Z"
        );
        assert_eq!(end_of(day("2026-03-29"), &berlin).unwrap().to_string(), "2026-03-29T22:00:00Z");
        // Clocks go forward at midnight: the day begins at one.
        let santiago = zone("America/Santiago");
        assert_eq!(
            start_of(day("2026-09-06"), &santiago).unwrap().to_string(),
            "2026-09-06T04:00:00Z"
        );
    }

    #[test]
    fn an_edge_that_is_not_named_keeps_its_instant() {
        let dates = Dates { from: day("2026-12-03"), last: Some(day("2026-12-05")) };
        let utc = zone("UTC");
        let present = Absence {
            id: AbsenceId::from_bytes([1; 16]),
            period: Period {
                from: start_of(dates.from, &utc).unwrap(),
                until: Some(end_of(day("2026-12-05"), &utc).unwrap()),
            },
            dates: Some(dates),
            source: AbsenceSource::Entered,
        };
        let changes = |from, until| AbsenceChanges { from, until, note: None };
        // The rep has moved to Tokyo since (O1).
        let tokyo = zone("Asia/Tokyo");
        let (period, kept) =
            changed(&present, &changes(None, Some(Some(Edge::Day(day("2026-12-07"))))), &tokyo)
                .unwrap();
        assert_eq!(period.from, present.period.from);
        assert_eq!(period.until.unwrap().to_string(), "2026-12-07T15:00:00Z");
        assert_eq!(kept.unwrap().last, Some(day("2026-12-07")));
        let (period, kept) = changed(&present, &changes(None, Some(None)), &tokyo).unwrap();
        assert_eq!((period.until, kept.unwrap().last), (None, None));
        let at = Instant::parse("2026-12-04T10:00:00Z").unwrap();
        let (_, kept) =
            changed(&present, &changes(None, Some(Some(Edge::At(at)))), &tokyo).unwrap();
        assert_eq!(kept, None);
        assert!(
            changed(
                &present,
                &changes(Some(Edge::At(at)), Some(Some(Edge::Day(day("2026-12-07"))))),
                &tokyo
            )
            .is_err()
        );
    }
}
