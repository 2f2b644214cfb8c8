//! Whole days in times away. An absence that was entered as days begins and ends with days of whose it is (O1): told as
//! times of day in another zone, they would read like other days.

use std::collections::HashMap;

use jiff::civil::Date;
use rondo_core::Team;
use rondo_core::event::AbsenceSource;
use rondo_core::ids::RepId;
use rondo_core::team::{Absence, RepParts};
use rondo_core::time::Instant;

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
        Self { at, last_day: absences.iter().filter_map(last_day).find_map(is_at(at)) }
    }

    /// The first day back, where a day is the first.
    pub fn day_back(&self) -> Option<Date> {
        self.last_day.and_then(|day| day.tomorrow().ok())
    }
}

/// The days with which absences begin and end.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Days {
    first: HashMap<Instant, Date>,
    last: HashMap<Instant, Date>,
}

impl Days {
    /// Those of the absences of these reps.
    pub(super) fn of<'r>(reps: impl Iterator<Item = &'r RepParts>) -> Self {
        let mut days = Self::default();
        for absence in reps.flat_map(|parts| parts.absences.iter()) {
            days.first.extend(first_day(absence));
            days.last.extend(last_day(absence));
        }
        days
    }

    /// Days that begin and end at these instants as well.
    pub(super) fn with(
        mut self,
        first: Option<(Instant, Date)>,
        last: Option<(Instant, Date)>,
    ) -> Self {
        self.first.extend(first);
        self.last.extend(last);
        self
    }

    /// The day with which a time away begins, where it begins with one.
    pub fn first_day(&self, from: &Instant) -> Option<Date> {
        self.first.get(from).copied()
    }

    /// The end of a time away at this instant. At the beginning of another's first day away, it is the day before that is
    /// the last.
    pub fn end(&self, at: &Instant) -> End {
        let day_before = || self.first.get(at).and_then(|day| day.yesterday().ok());
        End { at: *at, last_day: self.last.get(at).copied().or_else(day_before) }
    }
}

/// The day with which an absence begins. Whoever switched out of office on left in the middle of theirs.
fn first_day(absence: &Absence) -> Option<(Instant, Date)> {
    let dates = absence.dates.filter(|_| absence.source == AbsenceSource::Entered)?;
    Some((absence.period.from, dates.from))
}

fn last_day(absence: &Absence) -> Option<(Instant, Date)> {
    absence.period.until.zip(absence.dates?.last)
}

fn is_at(at: Instant) -> impl Fn((Instant, Date)) -> Option<Date> {
    move |(end, day)| (end == at).then_some(day)
}
