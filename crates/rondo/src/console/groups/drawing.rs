//! The circle as a drawing: seats on a ring, the last turn, and the way to the next.

use std::f64::consts::{PI, TAU};

use crate::app::circles::{CircleView, CursorAt, Seat};

/// Where the ring's middle lies.
const MIDDLE: (f64, f64) = (320.0, 250.0);
const RADIUS: f64 = 130.0;
/// Up to so many seats, names are written level; beyond, each along its own ray.
const LEVEL_MAX: usize = 14;
/// Characters of a name at most: more would leave the drawing.
const NAME_CHARS_MAX: usize = 20;

/// What is drawn.
pub(super) struct Drawing {
    pub(super) dots: Vec<Dot>,
    /// Where the last turn was taken.
    pub(super) cursor: Option<Point>,
    /// From the last turn to the next, and the arrow's head.
    pub(super) arc: Option<(String, String)>,
    pub(super) dot_radius: f64,
}

/// A place in the drawing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A seat.
pub(super) struct Dot {
    pub(super) at: Point,
    pub(super) class: &'static str,
    /// The position in the circle, where there is room for it.
    pub(super) number: Option<usize>,
    pub(super) label: Label,
}

/// A name beside its seat.
pub(super) struct Label {
    pub(super) at: Point,
    pub(super) text: String,
    pub(super) anchor: &'static str,
    /// As the attribute `transform` takes it; empty for a name that is written level.
    pub(super) turn: String,
}

impl Drawing {
    pub(super) fn of(circle: &CircleView) -> Self {
        let count = circle.seats.len();
        let dot_radius = if count <= LEVEL_MAX { 15.0 } else { 8.0 };
        let dot = |(index, seat): (usize, &Seat)| Dot {
            at: point(angle(index as f64, count), RADIUS),
            class: class(seat),
            number: (count <= LEVEL_MAX).then_some(seat.position),
            label: label(seat, angle(index as f64, count), count, dot_radius),
        };
        let cursor = circle.cursor_at.map(|at| match at {
            CursorAt::Seat(seat) => seat as f64,
            CursorAt::After(seat) => seat as f64 + 0.5,
        });
        let next = circle.seats.iter().position(|seat| seat.is_next);
        Self {
            dots: circle.seats.iter().enumerate().map(dot).collect(),
            cursor: cursor.map(|at| point(angle(at, count), RADIUS)),
            arc: cursor.zip(next).and_then(|(from, next)| arc(from, next as f64, count)),
            dot_radius,
        }
    }

    /// Around the seat of the last turn.
    pub(super) fn cursor_radius(&self) -> f64 {
        self.dot_radius + 5.0
    }
}

fn class(seat: &Seat) -> &'static str {
    match (seat.is_next, seat.away.is_some()) {
        (true, _) => "next",
        (false, true) => "seat gone",
        (false, false) => "seat",
    }
}

/// The first seat is at the top; others follow clockwise.
fn angle(seat: f64, count: usize) -> f64 {
    seat / count.max(1) as f64 * TAU - PI / 2.0
}

fn point(angle: f64, radius: f64) -> Point {
    let rounded = |value: f64| (value * 10.0).round() / 10.0;
    Point {
        x: rounded(MIDDLE.0 + radius * angle.cos()),
        y: rounded(MIDDLE.1 + radius * angle.sin()),
    }
}

fn label(seat: &Seat, angle: f64, count: usize, dot_radius: f64) -> Label {
    let text = shortened(&seat.name);
    if count <= LEVEL_MAX {
        let mut at = point(angle, RADIUS + dot_radius + 12.0);
        at.y += 4.0 + 6.0 * angle.sin();
        let anchor = match angle.cos() {
            side if side > 0.15 => "start",
            side if side < -0.15 => "end",
            _ => "middle",
        };
        return Label { at, text, anchor, turn: String::new() };
    }
    let at = point(angle, RADIUS + dot_radius + 8.0);
    let is_left = angle.cos() < -1e-9;
    let degrees = angle.to_degrees() + if is_left { 180.0 } else { 0.0 };
    let anchor = if is_left { "end" } else { "start" };
    let at_text = Point { x: at.x, y: at.y };
    Label { at: at_text, text, anchor, turn: format!("rotate({degrees:.1} {} {})", at.x, at.y) }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS_MAX {
        return name.to_owned();
    }
    let short: String = name.chars().take(NAME_CHARS_MAX - 1).collect();
    format!("{}…", short.trim_end())
}

/// Clockwise inside the ring; none where the turn stays at its seat.
fn arc(from: f64, next: f64, count: usize) -> Option<(String, String)> {
    let inner = RADIUS - 30.0;
    let (start, mut end) = (angle(from, count), angle(next, count));
    if end <= start + 1e-9 {
        end += TAU;
    }
    if count < 2 || end - start > TAU - 1e-9 {
        return None;
    }
    let (a, b) = (point(start, inner), point(end - 0.08, inner));
    let is_large = u8::from(end - 0.08 - start > PI);
    let path = format!("M{} {} A{inner} {inner} 0 {is_large} 1 {} {}", a.x, a.y, b.x, b.y);
    let (tip, left, right) =
        (point(end, inner), point(end - 0.11, inner - 6.0), point(end - 0.11, inner + 6.0));
    let head = format!("{},{} {},{} {},{}", tip.x, tip.y, left.x, left.y, right.x, right.y);
    Some((path, head))
}
