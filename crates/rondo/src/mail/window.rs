//! When mail goes out: the hours of the week in which it may, waits of days, and the working hours of reps.
//!
//! A window is said in local time. Whether an instant lies in it is a matter of what a clock on the wall shows then, so an
//! hour that is shown twice is open twice, and one that is skipped is not open at all.

use std::time::Duration;

use jiff::civil::{self, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};
use rondo_core::Instant;

/// Working hours at most in [`working_hours_after`]: a year of them.
pub const WORKING_HOURS_MAX: u32 = 2080;

/// Days in which the next change of a window is looked for: a week, and what a skipped day in a zone adds to it, twice.
const SEARCH_DAYS_MAX: i32 = 16;

const MICROS_PER_HOUR: i64 = 3_600_000_000;

/// Days of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Weekdays(u8);

impl Weekdays {
    /// Monday to Friday.
    pub const WORKING: Self = Self(0b001_1111);

    /// Whether this day is one of them.
    pub fn has(self, day: Weekday) -> bool {
        self.0 & (1 << day.to_monday_zero_offset()) != 0
    }
}

impl FromIterator<Weekday> for Weekdays {
    fn from_iter<T: IntoIterator<Item = Weekday>>(days: T) -> Self {
        Self(days.into_iter().fold(0, |bits, day| bits | 1 << day.to_monday_zero_offset()))
    }
}

/// The hours of some days of the week: `[from, until)` by the clock on the wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    days: Weekdays,
    from: civil::Time,
    until: civil::Time,
}

/// Why a window is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWindow {
    /// No day.
    #[error("the window has no day; choose at least one day of the week")]
    NoDays,
    /// It ends before it begins.
    #[error("the window ends at or before its start; choose an end later on the same day")]
    NoTime,
}

impl Window {
    /// Monday to Friday, 9:00 to 17:00: eight working hours a day.
    pub const WORKING_HOURS: Self = Self {
        days: Weekdays::WORKING,
        from: civil::Time::constant(9, 0, 0, 0),
        until: civil::Time::constant(17, 0, 0, 0),
    };

    /// A window of at least one day, that ends after it begins.
    pub fn new(
        days: Weekdays,
        from: civil::Time,
        until: civil::Time,
    ) -> Result<Self, InvalidWindow> {
        if days == Weekdays::default() {
            return Err(InvalidWindow::NoDays);
        }
        if from >= until {
            return Err(InvalidWindow::NoTime);
        }
        Ok(Self { days, from, until })
    }

    /// Whether it is open at this instant.
    pub fn is_open(&self, at: Instant, zone: &TimeZone) -> bool {
        timestamp(at).is_some_and(|at| self.shows_open(zone.to_datetime(at)))
    }

    /// The first instant from `at` on at which it is open; `at` itself if it is, or if it lies beyond all calendars.
    pub fn next_open(&self, at: Instant, zone: &TimeZone) -> Instant {
        if self.is_open(at, zone) {
            return at;
        }
        self.next_where(at, zone, |time| self.shows_open(time)).unwrap_or(at)
    }

    /// The same time of day so many days later, and from there on the first instant at which it is open; the end of time
    /// where no calendar has that day.
    pub fn add_days(&self, at: Instant, days: u32, zone: &TimeZone) -> Instant {
        self.next_open(days_later(at, days, zone).unwrap_or(Instant::END_OF_TIME), zone)
    }

    /// The first instant after `at` at which it is not open.
    fn next_closed(&self, at: Instant, zone: &TimeZone) -> Option<Instant> {
        self.next_where(at, zone, |time| !self.shows_open(time))
    }

    fn shows_open(&self, shown: civil::DateTime) -> bool {
        self.days.has(shown.weekday()) && self.from <= shown.time() && shown.time() < self.until
    }

    /// The first instant after `at` of which the clock on the wall shows what is asked for. That can begin only where
    /// the window begins or ends, or where the clock is set.
    fn next_where(
        &self,
        at: Instant,
        zone: &TimeZone,
        is_wanted: impl Fn(civil::DateTime) -> bool,
    ) -> Option<Instant> {
        let at = timestamp(at)?;
        let is_later = |found: &Timestamp| *found > at && is_wanted(zone.to_datetime(*found));
        let first = zone.to_datetime(at).date();
        let on_day = |day: i32| {
            let date = first.checked_add(day.days()).ok()?;
            let both = [self.from, self.until].into_iter().flat_map(|time| {
                let shown = zone.to_ambiguous_timestamp(date.to_datetime(time));
                [shown.earlier().ok(), shown.later().ok()]
            });
            both.flatten().filter(is_later).min()
        };
        // From the day before on: a clock that is set back may show it again.
        let by_day = (-1..=SEARCH_DAYS_MAX).find_map(on_day);
        let set = zone.following(at).map(|transition| transition.timestamp());
        let last = by_day.unwrap_or(Timestamp::MAX);
        let by_setting = set.take_while(|found| *found < last).take(4).find(is_later);
        by_setting.or(by_day).map(instant)
    }
}

/// The same time of day so many days later; none beyond all calendars.
fn days_later(at: Instant, days: u32, zone: &TimeZone) -> Option<Instant> {
    let shown = zone.to_datetime(timestamp(at)?);
    let later = shown.checked_add(Span::new().try_days(i64::from(days)).ok()?).ok()?;
    Some(instant(zone.to_ambiguous_timestamp(later).compatible().ok()?))
}

/// An instant in `[at, at + within)` that follows from the seed: mail that leaves at once for everybody looks like it.
pub fn spread(seed: u64, at: Instant, within: Duration) -> Instant {
    let range = u64::try_from(within.as_micros()).unwrap_or(u64::MAX);
    let pause = (u128::from(scrambled(seed)) * u128::from(range)) >> 64;
    let pause = i64::try_from(pause).unwrap_or(i64::MAX);
    Instant::from_micros(at.as_micros().saturating_add(pause))
}

/// SplitMix64 (Steele, Lea, Flood 2014).
fn scrambled(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// When so many working hours have passed since `at`, [`WORKING_HOURS_MAX`] at most. With none, the first instant of
/// work from `at` on; hours that end with a working day end on that day.
pub fn working_hours_after(at: Instant, hours: u32, zone: &TimeZone) -> Instant {
    let window = Window::WORKING_HOURS;
    let mut left = i64::from(hours.min(WORKING_HOURS_MAX)) * MICROS_PER_HOUR;
    let mut at = window.next_open(at, zone);
    while left > 0 {
        let Some(end) = window.next_closed(at, zone) else { return at };
        let day = end.as_micros() - at.as_micros();
        if left <= day {
            return Instant::from_micros(at.as_micros() + left);
        }
        left -= day;
        at = window.next_open(end, zone);
    }
    at
}

fn timestamp(at: Instant) -> Option<Timestamp> {
    Timestamp::from_microsecond(at.as_micros()).ok()
}

/// Cut to the microsecond, which is exact: all that is asked for here is whole seconds or came as microseconds.
fn instant(at: Timestamp) -> Instant {
    Instant::from_micros(at.as_microsecond())
}
