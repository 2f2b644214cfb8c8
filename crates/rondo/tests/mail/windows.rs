//! When mail may go out: against a search minute by minute, and where clocks are set forward and back.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use rondo::mail::window::{InvalidWindow, Weekdays, Window, spread, working_hours_after};
use rondo_core::Instant;

const DAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("the zone is known")
}

fn at(text: &str) -> Instant {
    Instant::parse(text).expect("it is an instant")
}

fn time(text: &str) -> Time {
    text.parse().expect("it is a time")
}

fn window(days: &[Weekday], from: &str, until: &str) -> Window {
    Window::new(days.iter().copied().collect(), time(from), time(until)).expect("it is a window")
}

fn times() -> impl Strategy<Value = (Time, Time)> {
    (0..24 * 60_i32, 1..24 * 60_i32).prop_map(|(from, length)| {
        let until = (from + length).clamp(1, 24 * 60 - 1);
        let from = from.min(until - 1);
        let time = |minute: i32| Time::constant((minute / 60) as i8, (minute % 60) as i8, 0, 0);
        (time(from), time(until))
    })
}

fn windows() -> impl Strategy<Value = Window> {
    (1..128_u8, times()).prop_map(|(bits, (from, until))| {
        let days = DAYS.into_iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0);
        let days: Weekdays = days.map(|(_, day)| day).collect();
        Window::new(days, from, until).expect("it is a window")
    })
}

fn zones() -> impl Strategy<Value = TimeZone> {
    prop::sample::select(vec![
        zone("UTC"),
        zone("Europe/Berlin"),
        zone("America/New_York"),
        zone("Asia/Kolkata"),
        zone("Australia/Lord_Howe"),
        // Midnight is skipped there.
        zone("Africa/Cairo"),
        zone("America/Santiago"),
    ])
}

/// Instants around the settings of clocks, and any others, in whole minutes.
fn instants() -> impl Strategy<Value = Instant> {
    let settings: Vec<Instant> = [
        "2026-03-29T01:00:00Z",
        "2026-10-25T01:00:00Z",
        "2026-03-08T07:00:00Z",
        "2026-11-01T06:00:00Z",
        "2026-04-04T15:00:00Z",
        "2026-10-03T15:30:00Z",
        "2026-04-23T22:00:00Z",
        "2026-09-06T04:00:00Z",
        "2026-04-05T03:00:00Z",
    ]
    .map(at)
    .to_vec();
    let near = (prop::sample::select(settings), -4 * 24 * 60..24 * 60_i64)
        .prop_map(|(at, minutes)| at.plus_seconds(minutes * 60));
    let any = (0..366 * 24 * 60_i64)
        .prop_map(|minutes| at("2026-01-01T00:00:00Z").plus_seconds(minutes * 60));
    prop_oneof![near, any]
}

/// What a clock on the wall shows, looked at each minute for three weeks.
fn searched(window: (&Weekdays, Time, Time), from: Instant, zone: &TimeZone) -> Option<Instant> {
    let (days, opens, closes) = window;
    (0..21 * 24 * 60).map(|minute| from.plus_seconds(minute * 60)).find(|at| {
        let at = Timestamp::from_microsecond(at.as_micros()).expect("it is in the calendar");
        let shown = zone.to_datetime(at);
        days.has(shown.weekday()) && opens <= shown.time() && shown.time() < closes
    })
}

proptest! {
    #[test]
    fn the_next_opening_is_what_a_search_minute_by_minute_finds(
        bits in 1..128_u8,
        (from, until) in times(),
        at in instants(),
        zone in zones(),
    ) {
        let days = DAYS.into_iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0);
        let days: Weekdays = days.map(|(_, day)| day).collect();
        let window = Window::new(days, from, until).expect("it is a window");
        let found = searched((&days, from, until), at, &zone);
        prop_assert_eq!(Some(window.next_open(at, &zone)), found);
    }

    #[test]
    fn the_next_opening_is_open_never_earlier_and_keeps_the_order(
        window in windows(),
        one in instants(),
        other in instants(),
        zone in zones(),
    ) {
        let (first, second) = (one.min(other), one.max(other));
        let opens = window.next_open(first, &zone);
        prop_assert!(window.is_open(opens, &zone));
        prop_assert!(opens >= first);
        prop_assert!(opens <= window.next_open(second, &zone));
        prop_assert_eq!(window.next_open(opens, &zone), opens);
    }

    #[test]
    fn a_wait_of_days_ends_open_and_not_before(window in windows(), at in instants(), days in 0..40_u32, zone in zones()) {
        let ends = window.add_days(at, days, &zone);
        prop_assert!(window.is_open(ends, &zone));
        // A clock that is set forward makes a day an hour shorter.
        prop_assert!(ends >= at.plus_seconds(i64::from(days) * 86_400 - 3_600));
    }

    #[test]
    fn a_pause_lies_within_and_follows_from_its_seed(seed in any::<u64>(), at in instants(), seconds in 0..100_000_u64) {
        let pauses = spread(seed, at, Duration::from_secs(seconds));
        prop_assert!(pauses >= at && (pauses < at.plus_seconds(seconds as i64) || seconds == 0));
        prop_assert_eq!(pauses, spread(seed, at, Duration::from_secs(seconds)));
    }

    #[test]
    fn working_hours_add_up(at in instants(), one in 0..100_u32, other in 0..100_u32, zone in zones()) {
        let together = working_hours_after(at, one + other, &zone);
        let apart = working_hours_after(working_hours_after(at, one, &zone), other, &zone);
        // The end of a day and the start of the next are the same number of working hours.
        prop_assert_eq!(Window::WORKING_HOURS.next_open(together, &zone), Window::WORKING_HOURS.next_open(apart, &zone));
        prop_assert!(together >= at);
    }

    #[test]
    fn whatever_the_instant_nothing_fails(micros in any::<i64>(), days in any::<u32>(), window in windows(), zone in zones()) {
        let at = Instant::from_micros(micros);
        window.next_open(at, &zone);
        window.add_days(at, days, &zone);
        working_hours_after(at, days, &zone);
        spread(u64::from(days), at, Duration::MAX);
    }
}

#[test]
fn a_window_opens_in_the_morning_and_after_the_weekend() {
    let berlin = zone("Europe/Berlin");
    let window = window(&DAYS[..5], "09:00", "17:00");
    // Friday, 6 March 2026.
    let opens = window.next_open(at("2026-03-06T05:00:00Z"), &berlin);
    assert_eq!(opens, at("2026-03-06T08:00:00Z"));
    let open = at("2026-03-06T15:59:59.999999Z");
    assert_eq!(window.next_open(open, &berlin), open);
    let opens = window.next_open(at("2026-03-06T16:00:00Z"), &berlin);
    assert_eq!(opens, at("2026-03-09T08:00:00Z"));
}

#[test]
fn where_a_clock_is_set_forward_into_a_window_it_opens_then() {
    // In Berlin, 2:00 to 3:00 is skipped on 29 March 2026; in New York on 8 March.
    let window = window(&DAYS, "02:30", "04:00");
    for (name, before, set) in [
        ("Europe/Berlin", "2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z"),
        ("America/New_York", "2026-03-08T06:59:00Z", "2026-03-08T07:00:00Z"),
    ] {
        assert_eq!(window.next_open(at(before), &zone(name)), at(set), "{name}");
    }
}

#[test]
fn a_window_within_a_skipped_hour_does_not_open_on_that_day() {
    let window = window(&DAYS, "02:10", "02:50");
    let opens = window.next_open(at("2026-03-29T00:30:00Z"), &zone("Europe/Berlin"));
    assert_eq!(opens, at("2026-03-30T00:10:00Z"));
    let sundays = self::window(&[Weekday::Sunday], "02:10", "02:50");
    let opens = sundays.next_open(at("2026-03-29T00:30:00Z"), &zone("Europe/Berlin"));
    assert_eq!(opens, at("2026-04-05T00:10:00Z"));
}

#[test]
fn a_window_within_an_hour_that_is_shown_twice_opens_twice() {
    let window = window(&DAYS, "02:10", "02:50");
    let berlin = zone("Europe/Berlin");
    assert_eq!(window.next_open(at("2026-10-25T00:00:00Z"), &berlin), at("2026-10-25T00:10:00Z"));
    assert_eq!(window.next_open(at("2026-10-25T00:50:00Z"), &berlin), at("2026-10-25T01:10:00Z"));
}

#[test]
fn a_wait_of_days_keeps_the_time_of_day_where_clocks_are_set() {
    let window = window(&DAYS, "09:00", "17:00");
    // 10:00 on Saturday in winter, 10:00 on Monday in summer.
    let ends = window.add_days(at("2026-03-28T09:00:00Z"), 2, &zone("Europe/Berlin"));
    assert_eq!(ends, at("2026-03-30T08:00:00Z"));
    let ends = window.add_days(at("2026-10-31T14:00:00Z"), 2, &zone("America/New_York"));
    assert_eq!(ends, at("2026-11-02T15:00:00Z"));
}

#[test]
fn twenty_four_working_hours_are_three_working_days() {
    let berlin = zone("Europe/Berlin");
    for (from, until) in [
        // Monday, 2 March 2026, at the start of work: Wednesday at its end.
        ("2026-03-02T08:00:00Z", "2026-03-04T16:00:00Z"),
        ("2026-03-02T13:00:00Z", "2026-03-05T13:00:00Z"),
        // Friday, 14:00, over the weekend; Saturday.
        ("2026-03-06T13:00:00Z", "2026-03-11T13:00:00Z"),
        ("2026-03-07T13:00:00Z", "2026-03-11T16:00:00Z"),
        // Friday, 27 March, 14:00, in winter; Wednesday, 14:00, in summer.
        ("2026-03-27T13:00:00Z", "2026-04-01T12:00:00Z"),
    ] {
        assert_eq!(working_hours_after(at(from), 24, &berlin), at(until), "{from}");
    }
    let saturday = at("2026-03-07T13:00:00Z");
    assert_eq!(working_hours_after(saturday, 0, &berlin), at("2026-03-09T08:00:00Z"));
}

#[test]
fn a_window_without_days_or_time_is_none() {
    let none = Window::new(Weekdays::default(), time("09:00"), time("17:00"));
    assert_eq!(none, Err(InvalidWindow::NoDays));
    let none = Window::new(Weekdays::WORKING, time("09:00"), time("09:00"));
    assert_eq!(none, Err(InvalidWindow::NoTime));
}
