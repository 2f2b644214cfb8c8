//! Circles as lists: who stands where, where the cursor is, who is passed over and why.

use serde::Deserialize;

use super::terminal::printable;

/// A member of a circle.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Member {
    pub(super) rep: String,
    pub(super) name: String,
    pub(super) available: bool,
    pub(super) reason: Option<String>,
}

/// Members drawn at most; the rest is counted.
const DRAWN_MAX: usize = 50;

/// A circle as a list, oldest member first; `after` took the last turn, and `chosen` the one that is explained.
pub(super) fn drawn(
    circle: &[Member],
    member_count: usize,
    after: Option<&str>,
    chosen: Option<&str>,
) -> Vec<String> {
    let width = circle.iter().map(|member| member.name.chars().count()).max().unwrap_or(0).min(40);
    let mut lines: Vec<String> = circle
        .iter()
        .take(DRAWN_MAX)
        .map(|member| {
            let mark = if chosen == Some(member.rep.as_str()) { "->" } else { "  " };
            let mut said = Vec::new();
            if after == Some(member.rep.as_str()) {
                said.push("took the turn before".to_owned());
            }
            if !member.available {
                said.push(member.reason.clone().unwrap_or_else(|| "out of office".to_owned()));
            }
            let said = printable(&said.join("; "));
            format!("{mark} {:width$}  {said}", printable(&member.name)).trim_end().to_owned()
        })
        .collect();
    let left = member_count.saturating_sub(lines.len());
    if left > 0 {
        lines.push(format!("   and {left} more"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_drawn_with_its_cursor_and_who_is_passed_over() {
        let member = |rep: &str, name: &str, reason: Option<&str>| Member {
            rep: rep.to_owned(),
            name: name.to_owned(),
            available: reason.is_none(),
            reason: reason.map(str::to_owned),
        };
        let circle = [
            member("rep_1", "Ann", None),
            member("rep_2", "Cy", Some("out of office until 3 Dec")),
            member("rep_3", "Bo", None),
        ];
        assert_eq!(
            drawn(&circle, 5, Some("rep_1"), Some("rep_3")),
            [
                "   Ann  took the turn before",
                "   Cy   out of office until 3 Dec",
                "-> Bo",
                "   and 2 more"
            ]
        );
    }
}
