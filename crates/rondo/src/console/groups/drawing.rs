//! The circle as a drawing: seats on a ring, the last turn, and the way to the next.

use std::f64::consts::{PI, TAU};

use crate::app::circles::{CircleView, CursorAt, Seat};

const MIDDLE_X: f64 = 320.0;
const RADIUS: f64 = 145.0;
/// Room above and below the ring for names that are written level, and for those that are not.
const ROOM: f64 = 55.0;
const ROOM_FOR_RAYS: f64 = 175.0;
/// A way to the next that is shorter needs no arrow, in radians.
const ARC_MIN: f64 = 0.4;
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
    pub(super) ring: Ring,
}

/// Where the ring lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ring {
    count: usize,
    /// The height of its middle.
    pub(super) y: f64,
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
        let ring = Ring::of(circle.seats.len());
        let count = ring.count;
        let dot_radius = if count <= LEVEL_MAX { 15.0 } else { 8.0 };
        let dot = |(index, seat): (usize, &Seat)| Dot {
            at: ring.point(ring.angle(index as f64), RADIUS),
            class: class(seat),
            number: (count <= LEVEL_MAX).then_some(seat.position),
            label: ring.label(seat, ring.angle(index as f64), dot_radius),
        };
        let cursor = circle.cursor_at.map(|at| match at {
            CursorAt::Seat(seat) => seat as f64,
            CursorAt::After(seat) => seat as f64 + 0.5,
        });
        let next = circle.seats.iter().position(|seat| seat.is_next);
        Self {
            dots: circle.seats.iter().enumerate().map(dot).collect(),
            cursor: cursor.map(|at| ring.point(ring.angle(at), RADIUS)),
            arc: cursor.zip(next).and_then(|(from, next)| ring.arc(from, next as f64)),
            dot_radius,
            ring,
        }
    }

    pub(super) fn height(&self) -> f64 {
        2.0 * self.ring.y
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

impl Ring {
    fn of(count: usize) -> Self {
        let room = if count <= LEVEL_MAX { ROOM } else { ROOM_FOR_RAYS };
        Self { count, y: RADIUS + room }
    }

    /// The first seat is at the top; others follow clockwise.
    fn angle(self, seat: f64) -> f64 {
        seat / self.count.max(1) as f64 * TAU - PI / 2.0
    }

    fn point(self, angle: f64, radius: f64) -> Point {
        let rounded = |value: f64| (value * 10.0).round() / 10.0;
        Point {
            x: rounded(MIDDLE_X + radius * angle.cos()),
            y: rounded(self.y + radius * angle.sin()),
        }
    }

    fn label(self, seat: &Seat, angle: f64, dot_radius: f64) -> Label {
        let text = shortened(&seat.name);
        if self.count <= LEVEL_MAX {
            let mut at = self.point(angle, RADIUS + dot_radius + 12.0);
            at.y += 4.0 + 6.0 * angle.sin();
            let anchor = match angle.cos() {
                side if side > 0.15 => "start",
                side if side < -0.15 => "end",
                _ => "middle",
            };
            return Label { at, text, anchor, turn: String::new() };
        }
        let at = self.point(angle, RADIUS + dot_radius + 8.0);
        let is_left = angle.cos() < -1e-9;
        let degrees = angle.to_degrees() + if is_left { 180.0 } else { 0.0 };
        let anchor = if is_left { "end" } else { "start" };
        Label { at, text, anchor, turn: format!("rotate({degrees:.1} {} {})", at.x, at.y) }
    }

    /// Clockwise inside the ring; none where the turn stays at its seat.
    fn arc(self, from: f64, next: f64) -> Option<(String, String)> {
        let inner = RADIUS - 30.0;
        let (start, mut end) = (self.angle(from), self.angle(next));
        if end <= start + 1e-9 {
            end += TAU;
        }
        if self.count < 2 || end - start > TAU - 1e-9 || end - start < ARC_MIN {
            return None;
        }
        let (a, b) = (self.point(start, inner), self.point(end - 0.08, inner));
        let is_large = u8::from(end - 0.08 - start > PI);
        let path = format!("M{} {} A{inner} {inner} 0 {is_large} 1 {} {}", a.x, a.y, b.x, b.y);
        let (tip, left, right) = (
            self.point(end, inner),
            self.point(end - 0.11, inner - 6.0),
            self.point(end - 0.11, inner + 6.0),
        );
        let head = format!("{},{} {},{} {},{}", tip.x, tip.y, left.x, left.y, right.x, right.y);
        Some((path, head))
    }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS_MAX {
        return name.to_owned();
    }
    let short: String = name.chars().take(NAME_CHARS_MAX - 1).collect();
    format!("{}…", short.trim_end())
}
