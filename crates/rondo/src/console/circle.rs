//! A circle as a drawing: members on a ring, who had the last turn, and the way from there to the next.

use std::f64::consts::{PI, TAU};
use std::ops::RangeInclusive;

use crate::app::circles::{CircleView, CursorAt};
use crate::app::explanation;

/// What is drawn.
pub(super) struct Drawing {
    pub(super) nodes: Vec<Node>,
    /// Where the last turn was taken, also where nobody sits any more.
    pub(super) last: Option<Point>,
    /// From the last turn to the next, and the head of its arrow.
    pub(super) way: Option<(String, String)>,
    pub(super) middle: Point,
    pub(super) radius: f64,
    pub(super) node_radius: f64,
    /// Around whoever had the last turn.
    pub(super) last_radius: f64,
}

/// A place in the drawing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A member.
pub(super) struct Node {
    pub(super) at: Point,
    /// The position in the circle, where there is room for it.
    pub(super) number: Option<usize>,
    /// None where it would lie over others.
    pub(super) label: Option<Label>,
    /// Who is next, or was.
    pub(super) is_next: bool,
    pub(super) is_away: bool,
    pub(super) had_last_turn: bool,
}

/// A name beside its member.
pub(super) struct Label {
    pub(super) at: Point,
    pub(super) text: String,
    pub(super) anchor: &'static str,
    /// As the attribute `transform` takes it; empty for a name that is written level.
    pub(super) turn: String,
}

/// How large a circle is drawn.
struct Measures {
    middle_x: f64,
    radius: f64,
    /// Members up to which there is room for everything; those of a larger circle would lie over each other.
    roomy_max: usize,
    roomy: Room,
    crowded: Room,
    /// Characters of a name at most: more would leave the drawing.
    name_chars_max: usize,
    way: Way,
}

/// What there is room for.
struct Room {
    /// Above and below the ring.
    margin: f64,
    node_radius: f64,
    last_radius: f64,
    has_numbers: bool,
    names: Names,
}

/// How names are written, and how far from their members.
#[derive(Clone, Copy)]
enum Names {
    Level(f64),
    /// Each along its own ray.
    Rays(f64),
    None,
}

/// The way to the next, inside of the ring. Angles are in radians.
struct Way {
    radius: f64,
    /// Between whoever had the last turn and the line, and between the line and the next.
    gaps: (f64, f64),
    /// How far the head of the arrow reaches beyond the line's end, and back along it.
    head: (f64, f64),
    /// How long the way may be for an arrow to be drawn.
    turns: RangeInclusive<f64>,
}

/// A group's circle as it stands. A way that is short needs no arrow, and none is drawn where the turn stays.
const GROUP: Measures = Measures {
    middle_x: 320.0,
    radius: 145.0,
    roomy_max: 14,
    roomy: Room {
        margin: 55.0,
        node_radius: 15.0,
        last_radius: 20.0,
        has_numbers: true,
        names: Names::Level(12.0),
    },
    crowded: Room {
        margin: 175.0,
        node_radius: 8.0,
        last_radius: 13.0,
        has_numbers: false,
        names: Names::Rays(8.0),
    },
    name_chars_max: 20,
    way: Way { radius: 115.0, gaps: (0.0, 0.08), head: (0.08, 0.03), turns: 0.4..=TAU - 1e-3 },
};

/// The circle as it stood at an assignment. The line begins and ends beside the members, not on their spokes.
const ASSIGNMENT: Measures = Measures {
    middle_x: 240.0,
    radius: 98.0,
    roomy_max: 12,
    roomy: Room {
        margin: 62.0,
        node_radius: 12.0,
        last_radius: 16.0,
        has_numbers: true,
        names: Names::Level(11.0),
    },
    crowded: Room {
        margin: 62.0,
        node_radius: 10.0,
        last_radius: 13.0,
        has_numbers: true,
        names: Names::None,
    },
    name_chars_max: 17,
    way: Way { radius: 72.0, gaps: (0.16, 0.16), head: (0.1, 0.02), turns: 0.0..=TAU },
};

/// A member as either page knows them.
struct Seat<'s> {
    name: &'s str,
    position: usize,
    is_next: bool,
    is_away: bool,
    had_last_turn: bool,
}

impl Drawing {
    /// A group's circle: from the last turn to whoever is next.
    pub(super) fn of_group(circle: &CircleView) -> Self {
        let last = circle.cursor_at.map(|at| match at {
            CursorAt::Seat(seat) => seat as f64,
            CursorAt::After(seat) => seat as f64 + 0.5,
        });
        let seats = circle.seats.iter().enumerate().map(|(index, seat)| Seat {
            name: &seat.name,
            position: seat.position,
            is_next: seat.is_next,
            is_away: seat.away.is_some(),
            had_last_turn: circle.cursor_at == Some(CursorAt::Seat(index)),
        });
        let next = circle.seats.iter().position(|seat| seat.is_next).map(|next| next as f64);
        let way = last.zip(next).filter(|_| circle.seats.len() > 1);
        Self::new(&GROUP, seats.collect(), last, way)
    }

    /// The circle as it stood: from the last turn before to whoever got the lead. None for an empty circle.
    pub(super) fn of_assignment(seats: &[explanation::Seat], took_turn: bool) -> Option<Self> {
        let last = seats.iter().position(|seat| seat.had_last_turn).map(|last| last as f64);
        let next = seats.iter().position(|seat| seat.is_chosen).map(|next| next as f64);
        let way = last.zip(next).filter(|_| took_turn);
        let seats = seats.iter().map(|seat| Seat {
            name: &seat.name,
            position: seat.position,
            is_next: seat.is_chosen,
            is_away: seat.away.is_some(),
            had_last_turn: seat.had_last_turn,
        });
        let seats: Vec<Seat<'_>> = seats.collect();
        (!seats.is_empty()).then(|| Self::new(&ASSIGNMENT, seats, last, way))
    }

    /// Seats are counted from 0; who had the last turn and left stood between two.
    fn new(
        measures: &'static Measures,
        seats: Vec<Seat<'_>>,
        last: Option<f64>,
        way: Option<(f64, f64)>,
    ) -> Self {
        let ring = Ring::of(measures, seats.len());
        let node = |(index, seat): (usize, &Seat<'_>)| ring.node(seat, ring.angle(index as f64));
        Self {
            nodes: seats.iter().enumerate().map(node).collect(),
            last: last.map(|at| ring.point(ring.angle(at), measures.radius)),
            way: way.and_then(|(from, to)| ring.way(ring.angle(from), ring.angle(to))),
            middle: ring.middle(),
            radius: measures.radius,
            node_radius: ring.room.node_radius,
            last_radius: ring.room.last_radius,
        }
    }

    pub(super) fn height(&self) -> f64 {
        2.0 * self.middle.y
    }
}

#[derive(Clone, Copy)]
struct Ring {
    measures: &'static Measures,
    room: &'static Room,
    count: usize,
}

impl Ring {
    fn of(measures: &'static Measures, count: usize) -> Self {
        let is_roomy = count <= measures.roomy_max;
        Self { measures, room: if is_roomy { &measures.roomy } else { &measures.crowded }, count }
    }

    fn middle(self) -> Point {
        Point { x: self.measures.middle_x, y: self.measures.radius + self.room.margin }
    }

    /// The first seat is at the top; others follow clockwise.
    fn angle(self, seat: f64) -> f64 {
        seat / self.count.max(1) as f64 * TAU - PI / 2.0
    }

    fn point(self, angle: f64, radius: f64) -> Point {
        let middle = self.middle();
        Point {
            x: rounded(middle.x + radius * angle.cos()),
            y: rounded(middle.y + radius * angle.sin()),
        }
    }

    fn node(self, seat: &Seat<'_>, angle: f64) -> Node {
        Node {
            at: self.point(angle, self.measures.radius),
            number: self.room.has_numbers.then_some(seat.position),
            label: self.label(seat.name, angle),
            is_next: seat.is_next,
            is_away: seat.is_away,
            had_last_turn: seat.had_last_turn,
        }
    }

    fn label(self, name: &str, angle: f64) -> Option<Label> {
        let text = shortened(name, self.measures.name_chars_max);
        let outside = self.measures.radius + self.room.node_radius;
        match self.room.names {
            Names::None => None,
            Names::Level(away) => {
                let mut at = self.point(angle, outside + away);
                // The base line stands below the middle of the letters, all the more below the circle.
                at.y = rounded(at.y + 4.0 + 6.0 * angle.sin());
                let anchor = match angle.cos() {
                    side if side > 0.15 => "start",
                    side if side < -0.15 => "end",
                    _ => "middle",
                };
                Some(Label { at, text, anchor, turn: String::new() })
            }
            Names::Rays(away) => {
                let at = self.point(angle, outside + away);
                let is_left = angle.cos() < -1e-9;
                let degrees = angle.to_degrees() + if is_left { 180.0 } else { 0.0 };
                let anchor = if is_left { "end" } else { "start" };
                let turn = format!("rotate({degrees:.1} {} {})", at.x, at.y);
                Some(Label { at, text, anchor, turn })
            }
        }
    }

    /// An arc clockwise, once round where both ends are the same, and the head of its arrow.
    fn way(self, from: f64, to: f64) -> Option<(String, String)> {
        let Way { radius, gaps: (before, after), head: (ahead, back), turns } = &self.measures.way;
        let turn = match (to - from).rem_euclid(TAU) {
            turn if turn < 1e-3 => TAU,
            turn => turn,
        };
        if !turns.contains(&turn) {
            return None;
        }
        let (begin, end) = (from + before.min(turn / 4.0), from + turn - after.min(turn / 4.0));
        let (a, b) = (self.point(begin, *radius), self.point(end, *radius));
        let is_large = u8::from(end - begin > PI);
        let way = format!("M{} {} A{radius} {radius} 0 {is_large} 1 {} {}", a.x, a.y, b.x, b.y);
        let corners = [
            self.point(end + ahead, *radius),
            self.point(end - back, radius - 6.0),
            self.point(end - back, radius + 6.0),
        ];
        Some((way, corners.map(|corner| format!("{},{}", corner.x, corner.y)).join(" ")))
    }
}

/// What stands in the middle of a group's circle.
pub(super) struct Line {
    pub(super) y: f64,
    pub(super) text: String,
    /// Who is next, rather than after whom.
    pub(super) is_big: bool,
}

/// Characters of a line in the middle: more would reach the way to the next.
const MIDDLE_CHARS_MAX: usize = 18;
/// How far lines lie apart, letters being larger where the drawing is small.
const LINE: f64 = 24.0;

/// Who is next, in three lines at most, and after whom, in two, around the middle.
pub(super) fn middle_lines(middle: Point, next: &str, after: &str) -> Vec<Line> {
    let (next, after) = (wrapped(next, 3), wrapped(after, 2));
    let top = middle.y - (next.len() + after.len() - 1) as f64 / 2.0 * LINE + LINE / 4.0;
    let all = next.into_iter().map(|text| (text, true));
    let all = all.chain(after.into_iter().map(|text| (text, false))).enumerate();
    all.map(|(index, (text, is_big))| Line { y: rounded(top + index as f64 * LINE), text, is_big })
        .collect()
}

/// A text in so many lines at most, broken between words, and within those that are too long for a line.
fn wrapped(text: &str, lines_max: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let letters: Vec<char> = word.chars().collect();
        for part in letters.chunks(MIDDLE_CHARS_MAX) {
            let part: String = part.iter().collect();
            let line = lines.last_mut().filter(|line| {
                line.is_empty()
                    || line.chars().count() + 1 + part.chars().count() <= MIDDLE_CHARS_MAX
            });
            match line {
                Some(line) if line.is_empty() => line.push_str(&part),
                Some(line) => {
                    line.push(' ');
                    line.push_str(&part);
                }
                None => lines.push(part),
            }
        }
    }
    if lines.len() > lines_max {
        let rest = lines.split_off(lines_max - 1).join(" ");
        lines.push(shortened(&rest, MIDDLE_CHARS_MAX));
    }
    lines
}

/// To the tenth of a pixel.
fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn shortened(name: &str, chars_max: usize) -> String {
    if name.chars().count() <= chars_max {
        return name.to_owned();
    }
    let short: String = name.chars().take(chars_max - 1).collect();
    format!("{}…", short.trim_end())
}

#[cfg(test)]
mod tests {
    use rondo_core::ids::{Id as _, RepId};

    use super::*;
    use crate::app::circles;

    fn stood(count: usize, last: usize, chosen: usize) -> Vec<explanation::Seat> {
        let seat = |index: usize| explanation::Seat {
            rep: RepId::from_bytes([index as u8; 16]),
            name: "A name that is rather long".to_owned(),
            position: index + 1,
            away: None,
            had_last_turn: index == last,
            is_chosen: index == chosen,
            is_passed_over: false,
        };
        (0..count).map(seat).collect()
    }

    fn circle(count: usize, cursor_at: Option<CursorAt>, next: usize) -> CircleView {
        let seat = |index: usize| circles::Seat {
            position: index + 1,
            rep: RepId::from_bytes([index as u8; 16]),
            name: "A name that is rather long".to_owned(),
            away: None,
            is_next: index == next,
        };
        let seats = (0..count).map(seat).collect();
        CircleView { cursors: Vec::new(), shown: 0, seats, member_count: count, cursor_at }
    }

    #[test]
    fn a_circle_of_any_size_is_drawn() {
        assert!(Drawing::of_assignment(&[], true).is_none());
        for count in 1..=24 {
            let drawing = Drawing::of_assignment(&stood(count, 0, count / 2), true).unwrap();
            assert_eq!(drawing.nodes.len(), count);
            let (way, head) = drawing.way.unwrap();
            assert!(!way.contains("NaN") && !head.contains("NaN"), "{way} {head}");
        }
        let no_turn = Drawing::of_assignment(&stood(3, 0, 1), false).unwrap();
        assert!(no_turn.way.is_none());
        assert_eq!(Drawing::of_group(&circle(0, None, 0)).nodes.len(), 0);
    }

    #[test]
    fn names_in_the_middle_are_told_in_lines() {
        assert_eq!(wrapped("Next: Bo", 3), ["Next: Bo"]);
        assert_eq!(
            wrapped("Next: Maximiliane von Oberhausen", 3),
            ["Next: Maximiliane", "von Oberhausen"]
        );
        assert_eq!(
            wrapped("Next: Taumatawhakatangihanga Hill", 2),
            ["Next:", "Taumatawhakatangi…"]
        );
        let middle = Point { x: 0.0, y: 200.0 };
        let lines = middle_lines(middle, "Next: Bo", "after Ann");
        assert_eq!(lines.iter().map(|line| line.y).collect::<Vec<_>>(), [194.0, 218.0]);
    }

    #[test]
    fn a_large_circle_has_less_beside_its_members() {
        let has = |drawing: Drawing| {
            let node = &drawing.nodes[0];
            let turn = node.label.as_ref().map(|label| !label.turn.is_empty());
            (node.number.is_some(), turn)
        };
        assert_eq!(has(Drawing::of_group(&circle(14, None, 0))), (true, Some(false)));
        assert_eq!(has(Drawing::of_group(&circle(15, None, 0))), (false, Some(true)));
        let assignment = |count| Drawing::of_assignment(&stood(count, 0, 0), true).unwrap();
        assert_eq!(has(assignment(12)), (true, Some(false)));
        assert_eq!(has(assignment(13)), (true, None));
    }

    #[test]
    fn a_groups_turn_that_stays_or_hardly_moves_has_no_arrow() {
        let has_way =
            |count, at, next| Drawing::of_group(&circle(count, Some(at), next)).way.is_some();
        assert!(has_way(3, CursorAt::Seat(0), 1));
        assert!(has_way(3, CursorAt::After(2), 0));
        assert!(!has_way(3, CursorAt::Seat(1), 1));
        assert!(!has_way(1, CursorAt::After(0), 0));
        assert!(!has_way(40, CursorAt::Seat(0), 1));
    }
}
