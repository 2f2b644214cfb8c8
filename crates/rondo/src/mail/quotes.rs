//! What a person wrote this time, apart from the history below it and the signature: every line gets a role, none is lost.

mod formulas;
mod history;
mod signatures;

use super::body::{Line, Mark};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Written by the person for this message.
    Own,
    /// An earlier message, with what introduces it.
    Quoted,
    /// A signature: contact data, what a telephone adds, a disclaimer.
    Signature,
}

/// A text taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cut {
    /// What the person wrote: quotes between answers leave a blank line.
    pub visible: String,
    /// The lines of earlier messages.
    pub quoted: String,
    /// The lines of signatures.
    pub signature: String,
}

/// Takes a text apart. The sender's name helps to tell where a signature begins that nothing introduces.
pub fn cut(lines: &[Line], sender: Option<&str>) -> Cut {
    let roles = roles(lines, sender);
    let of_role = |role: Role| {
        let texts = lines.iter().zip(&roles).map(|(line, its)| (line.text.as_str(), *its == role));
        joined(texts)
    };
    Cut {
        visible: of_role(Role::Own),
        quoted: of_role(Role::Quoted),
        signature: of_role(Role::Signature),
    }
}

/// The role of each line.
pub fn roles(lines: &[Line], sender: Option<&str>) -> Vec<Role> {
    let mut roles: Vec<Role> = lines
        .iter()
        .map(|line| match line.mark {
            Mark::Unmarked => Role::Own,
            Mark::Quote => Role::Quoted,
            Mark::Signature => Role::Signature,
        })
        .collect();
    history::mark(lines, &mut roles);
    signatures::mark(lines, &mut roles, sender);
    roles
}

/// The chosen lines, with one blank line where there were more of them, or lines that are not chosen.
fn joined<'a>(texts: impl Iterator<Item = (&'a str, bool)>) -> String {
    let mut joined = String::new();
    let mut is_apart = false;
    for (text, is_chosen) in texts {
        let text = text.trim_end();
        if !is_chosen || text.is_empty() {
            is_apart = true;
            continue;
        }
        if !joined.is_empty() {
            joined.push_str(if is_apart { "\n\n" } else { "\n" });
        }
        joined.push_str(text);
        is_apart = false;
    }
    joined
}

/// Whether nothing is on a line.
fn is_blank(line: &Line) -> bool {
    line.text.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::body::plain_lines;

    fn visible(text: &str) -> String {
        cut(&plain_lines(text), Some("Ann Lee")).visible
    }

    #[test]
    fn answers_between_quotes_stay() {
        let text = "> How many?\nTen.\n\n> When?\nIn May.\n> Regards";
        assert_eq!(visible(text), "Ten.\n\nIn May.");
    }

    #[test]
    fn an_attribution_over_two_lines_goes_with_its_quote() {
        let text = "Yes.\n\nOn Tue, Sep 8, 2026 at 10:15 AM Nora Field <nora@a.example>\nwrote:\n\n> Well?";
        let cut = cut(&plain_lines(text), None);
        assert_eq!(cut.visible, "Yes.");
        assert!(cut.quoted.starts_with("On Tue") && cut.quoted.ends_with("> Well?"));
    }

    #[test]
    fn a_number_after_a_greater_than_sign_is_no_quote() {
        assert_eq!(visible(">50 seats, please."), ">50 seats, please.");
    }

    #[test]
    fn a_sentence_that_speaks_of_writing_is_no_attribution() {
        let text = "On Monday you wrote that it costs 20 a month:\nis that so?";
        assert_eq!(visible(text), text);
    }

    #[test]
    fn a_closing_formula_with_contact_data_is_cut_and_with_a_name_is_not() {
        assert_eq!(
            visible("Call me.\n\nBest regards,\nAnn Lee\nLee Ltd\nTel. 555-0100"),
            "Call me."
        );
        assert_eq!(visible("Call me.\n\nThanks,\nAnn"), "Call me.\n\nThanks,\nAnn");
    }

    #[test]
    fn contact_data_alone_is_an_answer() {
        let text = "Ann Lee\nTel. 555-0100";
        assert_eq!(visible(text), text);
    }

    #[test]
    fn thanks_at_the_top_are_not_the_end() {
        let text = "Thanks,\n\nwe are happy with what we have and will stay with it.\nAnn";
        assert_eq!(visible(text), text);
    }

    #[test]
    fn a_postscript_stays() {
        let text = "No.\n\nBest regards,\nAnn Lee\nLee Ltd, www.lee.example\n\nPS: ask Bob.";
        assert_eq!(visible(text), "No.\n\nPS: ask Bob.");
    }
}
