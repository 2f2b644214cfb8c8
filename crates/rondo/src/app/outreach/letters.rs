//! A campaign's messages, read once, and filled in for one lead after the other.

use rondo_core::detail::StepText;

use crate::mail::compose::{one_line, reply_subject};
use crate::mail::template::{Fields, Form, Rendered, Template, TemplateError};

/// Characters of a subject at most.
const SUBJECT_CHARS_MAX: usize = 400;

/// A campaign's messages as templates.
#[derive(Debug)]
pub struct Letters(Vec<Letter>);

#[derive(Debug)]
struct Letter {
    subject: Option<Readable>,
    body: Readable,
    body_html: Option<Readable>,
}

type Readable = Result<Template, TemplateError>;

/// One of a campaign's messages as a lead gets it.
#[derive(Clone, PartialEq, Eq)]
pub struct Filled {
    /// Its subject.
    pub subject: String,
    /// What it says.
    pub body: String,
    /// The same as HTML, where the campaign has it.
    pub body_html: Option<String>,
    /// The fields that the lead lacks, each once, in the order in which they are asked for.
    pub missing: Vec<String>,
    /// Why it cannot be filled in for this lead.
    pub problem: Option<String>,
}

impl Letters {
    /// Reads the texts of a campaign.
    pub fn read(texts: &[StepText]) -> Self {
        Self(texts.iter().map(Letter::read).collect())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Fills in one of the messages; none if there are not so many. One without a subject of its own goes on under that
    /// of the message before it.
    pub fn fill(&self, step: usize, fields: &Fields, before: Option<&str>) -> Option<Filled> {
        Some(self.0.get(step)?.fill(fields, before))
    }

    /// Fills in all of them, each as if those before it had gone out as they are.
    pub fn fill_all(&self, fields: &Fields) -> Vec<Filled> {
        let mut filled: Vec<Filled> = Vec::with_capacity(self.0.len());
        for letter in &self.0 {
            let before = filled.last().map(|before| before.subject.as_str());
            filled.push(letter.fill(fields, before));
        }
        filled
    }
}

impl Letter {
    fn read(text: &StepText) -> Self {
        let optional = |form, source: &Option<String>| {
            source.as_deref().map(|source| Template::parse(form, source))
        };
        Self {
            subject: optional(Form::Subject, &text.subject),
            body: Template::parse(Form::Text, &text.body),
            body_html: optional(Form::Html, &text.body_html),
        }
    }

    fn fill(&self, fields: &Fields, before: Option<&str>) -> Filled {
        let (mut missing, mut problem) = (Vec::new(), None);
        let mut fill = |template: &Readable| match rendered(template, fields) {
            Ok(rendered) => {
                add(&mut missing, &rendered.missing);
                rendered.text
            }
            Err(error) => {
                problem.get_or_insert_with(|| error.to_string());
                String::new()
            }
        };
        let subject = match &self.subject {
            Some(subject) => fill(subject),
            None => reply_subject(before.unwrap_or_default()),
        };
        let subject = one_line(&subject, SUBJECT_CHARS_MAX);
        let body = fill(&self.body);
        let body_html = self.body_html.as_ref().map(&mut fill);
        Filled { subject, body, body_html, missing, problem }
    }
}

fn rendered(template: &Readable, fields: &Fields) -> Result<Rendered, TemplateError> {
    template.as_ref().map_err(Clone::clone)?.render(fields)
}

/// Adds names that are not there yet.
pub fn add(all: &mut Vec<String>, names: &[String]) {
    for name in names {
        if !all.contains(name) {
            all.push(name.clone());
        }
    }
}

/// Hides the person: debug output reaches logs.
impl std::fmt::Debug for Filled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Filled(missing {:?})", self.missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(subject: Option<&str>, body: &str) -> StepText {
        let subject = subject.map(str::to_owned);
        StepText { subject, body: body.to_owned(), body_html: None }
    }

    #[test]
    fn a_message_without_a_subject_goes_on_under_the_one_before_it_whatever_that_was() {
        let letters = Letters::read(&[
            step(Some("A quieter kiln"), "One."),
            step(None, "Two."),
            step(Some("The last one"), "Three."),
            step(None, "Four."),
        ]);
        let fields = Fields::default();
        let subjects: Vec<_> =
            letters.fill_all(&fields).into_iter().map(|filled| filled.subject).collect();
        assert_eq!(
            subjects,
            ["A quieter kiln", "Re: A quieter kiln", "The last one", "Re: The last one"]
        );
        let filled = letters.fill(1, &fields, Some("What it said when it went out")).unwrap();
        assert_eq!(filled.subject, "Re: What it said when it went out");
        assert_eq!(letters.fill(4, &fields, None), None);
    }

    #[test]
    fn what_is_lacking_and_what_is_broken_is_told_apart() {
        let letters = Letters::read(&[step(Some("{{ lead.company }}"), "{{ lead.company }} {{")]);
        let filled = letters.fill(0, &Fields::default(), None).unwrap();
        assert_eq!(filled.missing, ["lead.company"]);
        assert!(filled.problem.is_some());
    }
}
