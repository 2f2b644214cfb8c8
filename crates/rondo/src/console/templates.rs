//! What is wrong with a template that somebody typed, in words for people.

use super::form::Told;
use crate::app::templates::Wrong;
use crate::mail::template::{OUTPUT_BYTES_MAX, Problem, SOURCE_BYTES_MAX, TAGS_MAX};
use crate::{say, t};

impl Told for Wrong {
    fn told(self) -> String {
        let said = match self {
            Self::Empty => return t("words-empty").to_owned(),
            Self::RepTooEarly(name) => say("words-template-rep").arg("name", name),
            Self::Unknown(used, names) => say("words-template-unknown")
                .arg("name", used.name)
                .n("line", used.line.unwrap_or(0))
                .arg("names", names.join(", ")),
            Self::Whole(used, names) => say("words-template-whole")
                .arg("name", used.name)
                .n("line", used.line.unwrap_or(0))
                .arg("names", names.join(", ")),
            Self::Mistyped(used, meant, attribute) => say("words-template-mistyped")
                .arg("name", used.name)
                .n("line", used.line.unwrap_or(0))
                .arg("meant", meant)
                .arg("attribute", attribute),
            Self::Unusable(error) => say("words-template-unusable")
                .n("line", error.line.unwrap_or(0))
                .arg("problem", problem(error.problem)),
        };
        said.plain()
    }
}

fn problem(problem: Problem) -> String {
    let kilobytes = |bytes: usize| bytes / 1024;
    let said = match problem {
        Problem::TooLong => say("words-template-too-long").n("most", kilobytes(SOURCE_BYTES_MAX)),
        Problem::Syntax(what) => say("words-template-syntax").arg("what", what.replace('`', "")),
        Problem::Unknown(what) => say("words-template-cannot").arg("what", what.replace('`', "")),
        Problem::WrongValue => return t("words-template-value").to_owned(),
        Problem::TagTooLong => return t("words-template-tag").to_owned(),
        Problem::TooManyTags => say("words-template-tags").n("most", TAGS_MAX),
        Problem::TooMuchWork => return t("words-template-work").to_owned(),
        Problem::OutputTooLong => {
            say("words-template-output").n("most", kilobytes(OUTPUT_BYTES_MAX))
        }
    };
    said.plain()
}
