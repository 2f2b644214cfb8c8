//! A rep's months, day by day in their own time zone, with the days away.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use rondo_core::team::Absence;
use rondo_core::time::Instant;

use crate::app::absences::{AbsenceView, AroundNow, DatesView};
use crate::console::frame::Frame;
use crate::{say, t};

/// Months that are shown, the present one first.
const MONTHS: i32 = 3;

/// A month as a calendar prints it.
pub(super) struct Month {
    pub(super) name: String,
    /// Each of seven days, Monday first.
    pub(super) weeks: Vec<Vec<Cell>>,
}

/// A field of a month.
pub(super) enum Cell {
    /// Before the first or after the last day.
    Blank,
    /// A day.
    Day(Day),
}

/// A day of a month.
pub(super) struct Day {
    pub(super) number: i8,
    pub(super) is_today: bool,
    pub(super) away: Share,
}

/// How much of a day somebody is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    None,
    Part,
    Whole,
}

impl Day {
    /// The classes of the day's field.
    pub(super) fn class(&self) -> &'static str {
        match (self.away, self.is_today) {
            (Share::None, false) => "",
            (Share::None, true) => "today",
            (Share::Part, false) => "part",
            (Share::Part, true) => "part today",
            (Share::Whole, false) => "out",
            (Share::Whole, true) => "out today",
        }
    }

    /// What is said of the day to whoever does not see its colour.
    pub(super) fn said(&self) -> &'static str {
        match self.away {
            Share::None => "",
            Share::Part => t("reps-day-partly"),
            Share::Whole => t("reps-day-away"),
        }
    }
}

/// The days of a week, Monday first: the letter over its column, and its name.
pub(super) fn weekdays() -> [(&'static str, &'static str); 7] {
    [
        (t("reps-monday-letter"), t("reps-monday")),
        (t("reps-tuesday-letter"), t("reps-tuesday")),
        (t("reps-wednesday-letter"), t("reps-wednesday")),
        (t("reps-thursday-letter"), t("reps-thursday")),
        (t("reps-friday-letter"), t("reps-friday")),
        (t("reps-saturday-letter"), t("reps-saturday")),
        (t("reps-sunday-letter"), t("reps-sunday")),
    ]
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

fn day(at: &Instant, zone: &TimeZone) -> Date {
    let at = Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
    at.to_zoned(zone.clone()).date()
}

/// The day of an instant in a zone, as date fields take it.
pub(super) fn day_of(at: &Instant, zone_name: &str) -> String {
    day(at, &zone(zone_name)).to_string()
}

/// The first day of an absence as people say it: as it was entered, where it was entered as days.
pub(super) fn first_day(frame: &Frame, absence: &Absence) -> String {
    match &absence.dates {
        Some(dates) => frame.date(dates.from),
        None => frame.day(&absence.period.from),
    }
}

/// When a rep is away: days as they were entered, or times, which say in which zone they are where the rep's is another.
pub(super) fn away(frame: &Frame, absence: &AbsenceView, zone_name: &str) -> String {
    let when = |at| frame.when_beside(&at, zone_name);
    let said = match (&absence.dates, absence.until) {
        (Some(DatesView { from, until: Some(last) }), _) => return frame.days(*from, *last),
        (Some(dates), _) => say("common-period-open").arg("from", frame.date(dates.from)),
        (None, Some(until)) => {
            say("common-period").arg("from", frame.when(&absence.from)).arg("until", when(until))
        }
        (None, None) => say("common-period-open").arg("from", when(absence.from)),
    };
    said.plain()
}

/// Whether two absences keep a rep away at the same time. That is allowed: both count, and each ends by itself.
pub(super) fn overlap(one: &AbsenceView, other: &AbsenceView) -> bool {
    let end = |of: &AbsenceView| of.until.unwrap_or(Instant::END_OF_TIME);
    one.id != other.id && one.from < end(other) && other.from < end(one)
}

/// The present month and those after it.
pub(super) fn months(absences: &AroundNow, zone_name: &str, now: &Instant) -> Vec<Month> {
    let zone = zone(zone_name);
    let today = day(now, &zone);
    let first = today.first_of_month();
    let away: Vec<(Instant, Instant)> = absences
        .ahead
        .iter()
        .chain(&absences.past)
        .map(|absence| (absence.from, absence.until.unwrap_or(Instant::END_OF_TIME)))
        .collect();
    (0..MONTHS)
        .filter_map(|ahead| first.checked_add(Span::new().months(ahead)).ok())
        .map(|first| month(first, today, &zone, &away))
        .collect()
}

fn month(first: Date, today: Date, zone: &TimeZone, away: &[(Instant, Instant)]) -> Month {
    let blanks = first.weekday().since(Weekday::Monday);
    let mut cells: Vec<Cell> = (0..blanks).map(|_| Cell::Blank).collect();
    for number in 1..=first.days_in_month() {
        let Ok(date) = Date::new(first.year(), first.month(), number) else { continue };
        let away = share(date, zone, away);
        cells.push(Cell::Day(Day { number, is_today: date == today, away }));
    }
    while !cells.len().is_multiple_of(7) {
        cells.push(Cell::Blank);
    }
    let mut weeks = Vec::new();
    let mut rest = cells.into_iter().peekable();
    while rest.peek().is_some() {
        weeks.push(rest.by_ref().take(7).collect());
    }
    Month { name: first.strftime("%B %Y").to_string(), weeks }
}

fn share(date: Date, zone: &TimeZone, away: &[(Instant, Instant)]) -> Share {
    let start_of = |date: Date| {
        let zoned = date.to_zoned(zone.clone()).and_then(|zoned| zoned.start_of_day());
        zoned.ok().map(|zoned| Instant::from_micros(zoned.timestamp().as_microsecond()))
    };
    let end = date.tomorrow().ok().and_then(start_of);
    let Some((start, end)) = start_of(date).zip(end) else { return Share::None };
    if away.iter().any(|(from, until)| *from <= start && end <= *until) {
        return Share::Whole;
    }
    let touches = |(from, until): &(Instant, Instant)| *from < end && start < *until;
    if away.iter().any(touches) { Share::Part } else { Share::None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn a_month_begins_on_its_weekday_and_marks_days_away() {
        let zone = zone("Europe/Berlin");
        let away = [(at("2026-11-09T23:00:00Z"), at("2026-11-11T12:00:00Z"))];
        let first: Date = "2026-11-01".parse().unwrap();
        let month = month(first, first, &zone, &away);
        assert_eq!((month.name.as_str(), month.weeks.len()), ("November 2026", 6));
        let shares: Vec<_> = month.weeks.iter().flatten().collect();
        assert!(matches!(shares[5], Cell::Blank));
        let share = |day: usize| match shares[5 + day] {
            Cell::Day(day) => day.away,
            Cell::Blank => panic!("a day"),
        };
        assert_eq!(
            [9, 10, 11, 12].map(share),
            [Share::None, Share::Whole, Share::Part, Share::None]
        );
    }
}
