//! A circle as a drawing: who stood where, who had the last turn, and how the turn went round.

use std::f64::consts::TAU;

use crate::app::explanation::Seat;

const MIDDLE: (f64, f64) = (240.0, 160.0);
const RADIUS: f64 = 98.0;
/// Where names begin.
const NAMES_RADIUS: f64 = 121.0;
/// The way that the turn went, inside the circle.
const WAY_RADIUS: f64 = 72.0;
/// Members that have their names beside them; those of a larger circle would lie over each other.
const NAMED_MAX: usize = 12;
/// Characters of a name.
const NAME_CHARS_MAX: usize = 16;

/// What is drawn.
pub(super) struct Drawing {
    pub(super) nodes: Vec<Node>,
    /// The way from the last turn to whoever got the lead, and the head of its arrow.
    pub(super) way: Option<(String, String)>,
    pub(super) middle: (f64, f64),
    pub(super) radius: f64,
    pub(super) node_radius: f64,
    pub(super) ring_radius: f64,
}

/// A member.
pub(super) struct Node {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) number: usize,
    pub(super) number_y: String,
    pub(super) class: &'static str,
    pub(super) had_last_turn: bool,
    pub(super) is_chosen: bool,
    /// The name, where there is room for it, with its place and its anchor.
    pub(super) name: Option<(String, String, String, &'static str)>,
}

impl Drawing {
    /// Nothing for an empty circle.
    pub(super) fn of(seats: &[Seat], took_turn: bool) -> Option<Self> {
        let count = seats.len();
        if count == 0 {
            return None;
        }
        let angle = |index: usize| TAU * (index as f64 / count as f64) - TAU / 4.0;
        let nodes = seats
            .iter()
            .enumerate()
            .map(|(index, seat)| Node::of(seat, angle(index), count <= NAMED_MAX));
        let from = seats.iter().position(|seat| seat.had_last_turn);
        let to = seats.iter().position(|seat| seat.is_chosen);
        let way = from.zip(to).filter(|_| took_turn);
        Some(Self {
            nodes: nodes.collect(),
            way: way.map(|(from, to)| way_between(angle(from), angle(to))),
            middle: MIDDLE,
            radius: RADIUS,
            node_radius: if count <= NAMED_MAX { 12.0 } else { 10.0 },
            ring_radius: if count <= NAMED_MAX { 16.0 } else { 13.0 },
        })
    }
}

impl Node {
    fn of(seat: &Seat, angle: f64, is_named: bool) -> Self {
        let (x, y) = at(angle, RADIUS);
        let class = match seat {
            Seat { is_chosen: true, .. } => "next",
            Seat { away: Some(_), .. } => "gone",
            _ => "",
        };
        let name = is_named.then(|| {
            let (x, y) = at(angle, NAMES_RADIUS);
            let anchor = match angle.cos() {
                cos if cos > 0.2 => "start",
                cos if cos < -0.2 => "end",
                _ => "middle",
            };
            // The base line stands below the middle of the letters, all the more below the circle.
            let below = 4.0 + 6.0 * angle.sin();
            (short(&seat.name), number(x), number(y + below), anchor)
        });
        Self {
            x: number(x),
            y: number(y),
            number: seat.position,
            number_y: number(y + 4.0),
            class,
            had_last_turn: seat.had_last_turn,
            is_chosen: seat.is_chosen,
            name,
        }
    }
}

/// An arc clockwise, once round where both ends are the same, and the head of its arrow.
fn way_between(from: f64, to: f64) -> (String, String) {
    let mut turn = (to - from).rem_euclid(TAU);
    if turn < 0.001 {
        turn = TAU;
    }
    // It begins and ends beside the members, not on their spokes.
    let gap = (turn / 4.0).min(0.16);
    let (begin, end) = (from + gap, from + turn - gap);
    let ((x1, y1), (x2, y2)) = (at(begin, WAY_RADIUS), at(end, WAY_RADIUS));
    let is_large = u8::from(end - begin > TAU / 2.0);
    let way = format!(
        "M{} {} A{} {} 0 {} 1 {} {}",
        number(x1),
        number(y1),
        WAY_RADIUS,
        WAY_RADIUS,
        is_large,
        number(x2),
        number(y2)
    );
    let (tip, back) = (end + 0.1, end - 0.02);
    let corners = [at(tip, WAY_RADIUS), at(back, WAY_RADIUS - 6.0), at(back, WAY_RADIUS + 6.0)];
    let corners = corners.map(|(x, y)| format!("{},{}", number(x), number(y)));
    (way, corners.join(" "))
}

fn at(angle: f64, radius: f64) -> (f64, f64) {
    (MIDDLE.0 + radius * angle.cos(), MIDDLE.1 + radius * angle.sin())
}

fn number(value: f64) -> String {
    format!("{value:.1}")
}

fn short(name: &str) -> String {
    match name.char_indices().nth(NAME_CHARS_MAX) {
        Some((end, _)) => format!("{}…", name[..end].trim_end()),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rondo_core::ids::{Id as _, RepId};

    use super::*;

    fn seats(count: usize, last: usize, chosen: usize) -> Vec<Seat> {
        let seat = |index: usize| Seat {
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

    #[test]
    fn a_circle_of_any_size_is_drawn() {
        assert!(Drawing::of(&[], true).is_none());
        for count in 1..=24 {
            let drawing = Drawing::of(&seats(count, 0, count / 2), true).unwrap();
            assert_eq!(drawing.nodes.len(), count);
            let (way, head) = drawing.way.unwrap();
            assert!(!way.contains("NaN") && !head.contains("NaN"), "{way} {head}");
        }
        assert!(Drawing::of(&seats(3, 0, 1), false).unwrap().way.is_none());
    }
}
