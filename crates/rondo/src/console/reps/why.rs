//! Why a lead came to a rep, or did not, in plain words.

use rondo_core::time::{Instant, Period};

use crate::app::circles::Line;
use crate::app::turns::{Because, TurnView};
use crate::console::frame::Frame;

/// Names that are told before they are counted.
const NAMED_MAX: usize = 4;

/// A period as people read it.
pub(super) fn period(frame: &Frame, period: &Period) -> String {
    match period.until {
        Some(until) => format!("{} until {}", frame.when(&period.from), frame.when(&until)),
        None => format!("from {} on", frame.when(&period.from)),
    }
}

/// Why, to the rep themselves, or about a rep of this name.
pub(super) fn sentence(frame: &Frame, turn: &TurnView, other: Option<&String>) -> String {
    let (who, were, had) = match other {
        None => ("You", "were", "had"),
        Some(name) => (name.as_str(), "was", "had"),
    };
    let them = &turn.rep_name;
    let out = |until: &Option<Instant>| match until {
        Some(until) => format!("out of office until {}", frame.when(until)),
        None => "out of office".to_owned(),
    };
    match &turn.because {
        Because::Theirs(assignment) => crate::console::why::sentence(frame, assignment),
        Because::OwnedByOther => format!("{them} owned this lead already, so it took no turn."),
        Because::TakenOver => {
            format!("The lead’s owner had left, and {them} took over their leads.")
        }
        Because::PassedOn => format!("A person passed this lead on to {them}."),
        Because::Away(until) => format!("{who} {were} passed over: {}.", out(until)),
        Because::HadIt => {
            format!("{who} {had} this lead, and it was passed on to whoever came next.")
        }
        Because::OwnerAway(until) => {
            format!("{who} {had} this lead as owner but {were} {}, so it took a turn.", out(until))
        }
        Because::NotYetMember => format!("{who} joined this circle later."),
        Because::HadTurnBefore => format!("{who} {had} the turn before, so it went on to {them}."),
        Because::OthersTurn(Some(last)) if last == them => {
            format!("It was {them}’s turn again: nobody else was there before.")
        }
        Because::OthersTurn(Some(last)) => {
            format!("It was {them}’s turn, the next after {last}.")
        }
        Because::OthersTurn(None) => {
            format!("It was the first turn, and {them} stands first in the circle.")
        }
    }
}

/// Where a rep stands before a cursor: `Next`, `Third, after Bo and Cy`.
pub(super) fn stand(line: &Line, is_away: bool, is_own: bool) -> String {
    match &line.before {
        None if is_away && is_own => "Passed over until you are back".to_owned(),
        None if is_away => "Passed over until they are back".to_owned(),
        None => "Far back in the circle".to_owned(),
        Some(before) if before.is_empty() => "Next".to_owned(),
        Some(before) => format!("{}, after {}", ordinal(before.len() + 1), names(before)),
    }
}

fn names(all: &[String]) -> String {
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if all.len() <= NAMED_MAX => {
            format!("{} and {last}", first.join(", "))
        }
        all => format!(
            "{} and {} others",
            all[..NAMED_MAX - 1].join(", "),
            all.len() - (NAMED_MAX - 1)
        ),
    }
}

/// `Second`, `Third`, … `21st`.
fn ordinal(number: usize) -> String {
    let words = [
        "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth",
        "Tenth",
    ];
    if let Some(word) = number.checked_sub(1).and_then(|index| words.get(index)) {
        return (*word).to_owned();
    }
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_by_who_comes_before() {
        let line = |before: &[&str]| Line {
            campaigns: Vec::new(),
            before: Some(before.iter().map(ToString::to_string).collect()),
        };
        assert_eq!(stand(&line(&[]), false, true), "Next");
        assert_eq!(stand(&line(&["Bo", "Cy"]), false, true), "Third, after Bo and Cy");
        let many = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"];
        assert_eq!(stand(&line(&many), false, true), "13th, after A, B, C and 9 others");
    }
}
