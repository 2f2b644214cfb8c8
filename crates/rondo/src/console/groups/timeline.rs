//! The weeks to come as a drawing: a row for each member, and below, when nobody is there.

use jiff::{Span, Timestamp};
use rondo_core::time::{Instant, Period};

use crate::app::coverage::CoverageView;
use crate::app::days::Days;
use crate::console::frame::Frame;

const WIDTH: f64 = 960.0;
/// Where the days begin; names stand before.
const LEFT: f64 = 170.0;
const TOP: f64 = 28.0;
const ROW: f64 = 26.0;
/// Characters of a name at most: what stands before the days.
const NAME_CHARS_MAX: usize = 22;
/// A shorter bar could not be seen.
const BAR_MIN: f64 = 3.0;

/// What is drawn.
pub(super) struct Timeline {
    pub(super) height: f64,
    pub(super) ticks: Vec<Tick>,
    pub(super) rows: Vec<Row>,
    pub(super) gaps: Vec<Bar>,
    /// Where the row of gaps lies.
    pub(super) gap_top: f64,
}

/// A line at a day.
pub(super) struct Tick {
    pub(super) x: f64,
    /// Written above where there is room.
    pub(super) label: String,
}

/// A member's row.
pub(super) struct Row {
    pub(super) top: f64,
    pub(super) name: String,
    pub(super) bars: Vec<Bar>,
}

/// A period in a row.
pub(super) struct Bar {
    pub(super) x: f64,
    pub(super) width: f64,
    /// What is told when it is pointed at.
    pub(super) title: String,
}

impl Timeline {
    pub(super) fn of(coverage: &CoverageView, frame: &Frame) -> Self {
        let scale = Scale { from: coverage.from, until: coverage.until };
        let bars = |periods: &[Period], days: &Days| -> Vec<Bar> {
            let bar = |period| scale.bar(period, frame.period(period, days));
            periods.iter().map(bar).collect()
        };
        let mut top = TOP;
        let rows = coverage.members.iter().map(|member| {
            let row =
                Row { top, name: shortened(&member.name), bars: bars(&member.away, &member.days) };
            top += ROW;
            row
        });
        let rows: Vec<Row> = rows.collect();
        Self {
            height: top + ROW + 8.0,
            ticks: ticks(&scale, frame),
            rows,
            gaps: bars(&coverage.gaps, &coverage.days),
            gap_top: top + 4.0,
        }
    }

    /// Where lines end.
    pub(super) fn bottom(&self) -> f64 {
        self.height - 4.0
    }
}

struct Scale {
    from: Instant,
    until: Instant,
}

impl Scale {
    fn x(&self, at: Instant) -> f64 {
        let at = at.clamp(self.from, self.until);
        let span = (self.until.as_micros() - self.from.as_micros()) as f64;
        let share = (at.as_micros() - self.from.as_micros()) as f64 / span;
        ((LEFT + share * (WIDTH - LEFT)) * 10.0).round() / 10.0
    }

    fn bar(&self, period: &Period, title: String) -> Bar {
        let (from, end) = (self.x(period.from), self.x(period.end()));
        let width = ((end - from) * 10.0).round() / 10.0;
        Bar { x: from.min(WIDTH - BAR_MIN), width: width.max(BAR_MIN), title }
    }
}

/// Mondays, the days' zone being the viewer's.
fn ticks(scale: &Scale, frame: &Frame) -> Vec<Tick> {
    let begin = Timestamp::from_microsecond(scale.from.as_micros()).unwrap_or_default();
    let today = begin.to_zoned(frame.zone().clone()).date();
    let ahead = 7 - i64::from(today.weekday().to_monday_zero_offset());
    let mondays = (0..14).filter_map(|week| {
        let day = today.checked_add(Span::new().days(ahead + week * 7)).ok()?;
        let start = day.to_zoned(frame.zone().clone()).ok()?.start_of_day().ok()?;
        let at = Instant::from_micros(start.timestamp().as_microsecond());
        let x = scale.x(at);
        (at < scale.until).then(|| Tick {
            x,
            label: match week % 2 == 0 && x < WIDTH - 40.0 {
                true => day.strftime("%-d %b").to_string(),
                false => String::new(),
            },
        })
    });
    mondays.collect()
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS_MAX {
        return name.to_owned();
    }
    let short: String = name.chars().take(NAME_CHARS_MAX - 1).collect();
    format!("{}…", short.trim_end())
}
