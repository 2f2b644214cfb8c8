//! Whole days in times away. An absence that was entered as days begins and ends with days of whose it is (O1): told as
//! times of day in another zone, they would read like other days.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rondo_core::Team;
use rondo_core::event::AbsenceSource;
use rondo_core::ids::RepId;
use rondo_core::team::{Absence, RepParts};
use rondo_core::time::{Instant, Period};

use crate::app::{App, AppError, Caller};

/// The end of a time away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The first instant back.
    pub at: Instant,
    /// The last day away, where it ends with a day.
    pub last_day: Option<Date>,
}

impl End {
    /// The end of a rep's time away at this instant.
    pub(super) fn of(team: &Team, rep: RepId, at: Instant) -> Self {
        let absences = team.rep(rep).map(|parts| &*parts.absences).unwrap_or_default();
        let back = absences.iter().filter_map(day_back).find(|(end, _)| *end == at);
        Self { at, last_day: back.and_then(|(_, day)| day.yesterday().ok()) }
    }

    /// The first day back, where a day is the first.
    pub fn day_back(&self) -> Option<Date> {
        self.last_day.and_then(|day| day.tomorrow().ok())
    }
}

/// The midnights with which absences begin and end: at each instant the day that begins, in the zones of these reps. It can
/// be another day for each of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Days(HashMap<Instant, BTreeMap<Date, HashSet<RepId>>>);

impl Days {
    /// Those at which these periods begin or end, by the absences of these reps.
    pub(super) fn of<'r>(reps: impl Iterator<Item = &'r RepParts>, told: &[Period]) -> Self {
        let edges = told.iter().flat_map(|period| [Some(period.from), period.until]);
        let edges: HashSet<Instant> = edges.flatten().collect();
        let mut days = Self::default();
        for parts in reps {
            for absence in parts.absences.iter() {
                let midnights = [first_day(absence), day_back(absence)].into_iter().flatten();
                midnights
                    .filter(|(at, _)| edges.contains(at))
                    .for_each(|midnight| days.add(parts.id, midnight));
            }
        }
        days
    }

    /// A rep's day begins at this instant as well.
    pub(super) fn add(&mut self, rep: RepId, (at, day): (Instant, Date)) {
        self.0.entry(at).or_default().entry(day).or_default().insert(rep);
    }

    /// The day with which a time away begins, where it begins with one. At the end of another's last day away, it is the day
    /// after that is the first.
    pub fn first_day(&self, from: &Instant) -> Option<Date> {
        self.0.get(from)?.keys().next().copied()
    }

    /// The end of a time away at this instant. At the beginning of another's first day away, it is the day before that is
    /// the last.
    pub fn end(&self, at: &Instant) -> End {
        End { at: *at, last_day: self.first_day(at).and_then(|day| day.yesterday().ok()) }
    }

    /// The first and the last day of a period that is made of whole days: of one rep's, of zones that agree there, or of the
    /// zone in which it is looked at. From the midnight of one zone to that of another, they would be too few or too many.
    pub fn whole(&self, period: &Period, zone: &TimeZone) -> Option<(Date, Date)> {
        let (from, until) = (period.from, period.until?);
        let (first, back) = (self.0.get(&from)?, self.0.get(&until)?);
        let is_seen = |at, day| start_of(day, zone) == Some(at);
        let mut pairs = first.iter().flat_map(|first| back.iter().map(move |back| (first, back)));
        let agree = pairs.find(|((day, reps), (back, others))| {
            !reps.is_disjoint(others)
                || ahead(from, **day) == ahead(until, **back)
                || (is_seen(from, **day) && is_seen(until, **back))
        });
        let ((first, _), (back, _)) = agree?;
        Some((*first, back.yesterday().ok()?))
    }
}

/// The day of a rep that ends at this instant, where one does.
pub async fn day_ended_at(
    app: &App,
    caller: &Caller,
    rep: RepId,
    at: Instant,
) -> Result<Option<Date>, AppError> {
    let row = app.store().rep(caller.team, rep).await?;
    let zone = row.and_then(|row| TimeZone::get(&row.time_zone).ok()).unwrap_or(TimeZone::UTC);
    let Ok(then) = Timestamp::from_microsecond(at.as_micros()) else { return Ok(None) };
    let day = then.to_zoned(zone.clone()).date();
    let is_midnight = start_of(day, &zone) == Some(at);
    Ok(day.yesterday().ok().filter(|_| is_midnight))
}

fn start_of(day: Date, zone: &TimeZone) -> Option<Instant> {
    let start = day.to_zoned(zone.clone()).and_then(|zoned| zoned.start_of_day()).ok()?;
    Some(Instant::from_micros(start.timestamp().as_microsecond()))
}

/// How far the clocks that show midnight at this instant are ahead of UTC, in microseconds.
fn ahead(at: Instant, day: Date) -> Option<i64> {
    Some(start_of(day, &TimeZone::UTC)?.as_micros() - at.as_micros())
}

/// The day with which an absence begins. Whoever switched out of office on left in the middle of theirs.
fn first_day(absence: &Absence) -> Option<(Instant, Date)> {
    let dates = absence.dates.filter(|_| absence.source == AbsenceSource::Entered)?;
    Some((absence.period.from, dates.from))
}

/// The day after the last of an absence.
fn day_back(absence: &Absence) -> Option<(Instant, Date)> {
    absence.period.until.zip(absence.dates?.last?.tomorrow().ok())
}
