//! Plain text whose lines flow on where they end in a space (RFC 3676).

use super::{LINES_MAX, Line};

/// The lines as they were written, quotes with their `>` in front. With `delsp` the space at a line's end is not text.
pub fn lines(text: &str, delsp: bool) -> Vec<Line> {
    let mut lines: Vec<String> = Vec::new();
    let mut open: Option<usize> = None;
    for raw in text.lines() {
        if lines.len() == LINES_MAX {
            break;
        }
        let content = raw.trim_start_matches('>');
        let depth = raw.len() - content.len();
        let content = content.strip_prefix(' ').unwrap_or(content);
        // The line above a signature ends in a space, and stands alone.
        let is_separator = content == "-- ";
        let flows = content.ends_with(' ') && !is_separator;
        let content =
            if flows && delsp { content.strip_suffix(' ').unwrap_or(content) } else { content };
        match lines.last_mut() {
            Some(last) if open == Some(depth) && !is_separator => last.push_str(content),
            _ if depth > 0 => lines.push(format!("{} {content}", ">".repeat(depth))),
            _ => lines.push(content.to_owned()),
        }
        open = flows.then_some(depth);
    }
    lines.into_iter().map(Line::unmarked).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, delsp: bool) -> Vec<String> {
        lines(text, delsp).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn lines_flow_together_within_one_depth_of_quotes() {
        let text = "Yes, that \nworks.\n> How \n> are you?\n>> deep\n -- stuffed\n-- \nAnn";
        let expected =
            ["Yes, that works.", "> How are you?", ">> deep", "-- stuffed", "-- ", "Ann"];
        assert_eq!(texts(text, false), expected);
    }

    #[test]
    fn with_delsp_a_word_goes_on_over_the_end_of_a_line() {
        assert_eq!(texts("Donau \ndampf", true), ["Donaudampf"]);
    }
}
