//! Why a lead came to a rep, or did not, in plain words.

use crate::app::circles::Line;
use crate::app::days::End;
use crate::app::groups::UsedBy;
use crate::app::turns::{Because, TurnView};
use crate::console::frame::Frame;
use crate::console::why;
use crate::console::words::names;
use crate::{say, t};

/// Why, to the rep themselves, or about a rep of this name.
pub(super) fn sentence(frame: &Frame, turn: &TurnView, rep: Option<&String>) -> String {
    let (own, rep) = (rep.is_none(), rep.map_or("", String::as_str));
    let other = &turn.rep_name;
    let until = |until: &End| frame.until(until);
    let said = match &turn.because {
        Because::Theirs(assignment) => return why::sentence(frame, assignment),
        Because::OwnedByOther => say("reps-why-owned").arg("other", other),
        Because::TakenOver => say("reps-why-taken-over").arg("other", other),
        Because::PassedOn => say("reps-why-passed-on").arg("other", other),
        Because::Away(None) => say("reps-why-away").arg("own", own).arg("rep", rep),
        Because::Away(Some(at)) => {
            say("reps-why-away-until").arg("own", own).arg("rep", rep).arg("until", until(at))
        }
        Because::HadIt => say("reps-why-had-it").arg("own", own).arg("rep", rep),
        Because::OwnerAway(None) => say("reps-why-owner-away").arg("own", own).arg("rep", rep),
        Because::OwnerAway(Some(at)) => {
            say("reps-why-owner-away-until").arg("own", own).arg("rep", rep).arg("until", until(at))
        }
        Because::NotYetMember => say("reps-why-joined-later").arg("own", own).arg("rep", rep),
        Because::HadTurnBefore => {
            say("reps-why-turn-before").arg("own", own).arg("rep", rep).arg("other", other)
        }
        Because::OthersTurn(Some(last)) if last == other => {
            say("reps-why-turn-again").arg("other", other)
        }
        Because::OthersTurn(Some(last)) => {
            say("reps-why-turn-after").arg("other", other).arg("last", last)
        }
        Because::OthersTurn(None) => say("reps-why-first-turn").arg("other", other),
    };
    said.plain()
}

/// Where a rep stands, with a view to the last turn: `Next`, `Third, after Bo and Cy`.
pub(super) fn stand(line: &Line, is_away: bool, is_own: bool) -> String {
    match &line.before {
        None if is_away => say("reps-away").arg("own", is_own).plain(),
        None => t("reps-far-back").to_owned(),
        Some(before) if before.is_empty() => t("reps-next").to_owned(),
        Some(before) => {
            say("reps-stand").n("place", before.len() + 1).arg("names", names(before)).plain()
        }
    }
}

/// The campaigns in which a rep stands there.
pub(super) fn campaigns(line: &Line) -> String {
    let names: Vec<_> = line.campaigns.iter().map(|one| one.name.as_str()).collect();
    names.join(", ")
}

/// The same, each leading to its page.
pub(super) fn links(line: &Line) -> Vec<(String, String)> {
    let link = |one: &UsedBy| (format!("/campaigns/{}", one.campaign), one.name.clone());
    line.campaigns.iter().map(link).collect()
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
        assert_eq!(
            stand(&line(&[many, many].concat()[..21]), false, true),
            "22nd, after A, B, C and 18 others"
        );
    }
}
