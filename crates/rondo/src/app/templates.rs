//! Templates as customers send them: each is read whole before it is kept, so that what is wrong is told at once.

use std::fmt;

use crate::mail::template::{ATTRIBUTES, Fields, Form, NAMES, Template, TemplateError, UsedName};

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing stands in it.
    Empty,
    /// It can't be read, or does what it can't.
    Unusable(TemplateError),
    /// It names what is never filled in; what it can name instead.
    Unknown(UsedName, Vec<&'static str>),
    /// It names the rep, and nobody has the lead yet.
    RepTooEarly(String),
}

impl Wrong {
    /// The fields of a lead's own that a template can name, as people write one.
    pub const OF_ATTRIBUTES: &str = "lead.attributes.NAME";
}

/// For programs: people are told by the console.
impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty; expected a text"),
            Self::Unusable(error) => write!(f, "can't be used: {error}"),
            Self::Unknown(UsedName { name, line }, names) => {
                let line = line.map_or_else(String::new, |line| format!("line {line}: "));
                let names = names.join("`, `");
                write!(f, "can't be used: {line}`{name}` is not known; expected one of `{names}`")
            }
            Self::RepTooEarly(name) => write!(
                f,
                "names `{name}`, and nobody has the lead yet; only the text of a handover can"
            ),
        }
    }
}

/// The template of a text in which something stands.
pub fn parse_text(source: &str) -> Result<String, Wrong> {
    if source.trim().is_empty() {
        return Err(Wrong::Empty);
    }
    parse(Form::Text, source)
}

/// The template of a part in HTML; an empty one is none.
pub fn parse_html(source: &str) -> Result<Option<String>, Wrong> {
    unless_blank(source, |source| parse(Form::Html, source))
}

/// The template of a subject; an empty one is none.
pub fn parse_subject(source: &str) -> Result<Option<String>, Wrong> {
    unless_blank(source, |source| parse(Form::Subject, source))
}

/// The template of the text with which a lead is handed over: it alone can name the rep. An empty one is none.
pub fn parse_handover(source: &str) -> Result<Option<String>, Wrong> {
    unless_blank(source, |source| {
        let used = read(Form::Text, source)?.names();
        check_known(used, |_| true)?;
        Ok(source.to_owned())
    })
}

fn unless_blank(
    source: &str,
    parse: impl FnOnce(&str) -> Result<String, Wrong>,
) -> Result<Option<String>, Wrong> {
    if source.trim().is_empty() { Ok(None) } else { parse(source).map(Some) }
}

fn parse(form: Form, source: &str) -> Result<String, Wrong> {
    let used = read(form, source)?.names();
    if let Some(early) = used.iter().find(|used| used.is_of_rep()) {
        return Err(Wrong::RepTooEarly(early.name.clone()));
    }
    check_known(used, |name| !name.starts_with("rep."))?;
    Ok(source.to_owned())
}

/// What fails for some leads alone is seen in the preview; what is filled in for nobody is a mistake.
fn check_known(used: Vec<UsedName>, can_name: impl Fn(&str) -> bool) -> Result<(), Wrong> {
    let Some(unknown) = used.into_iter().find(|used| !used.is_known()) else { return Ok(()) };
    let shown = |name| if name == ATTRIBUTES { Wrong::OF_ATTRIBUTES } else { name };
    let names = NAMES.into_iter().filter(|name| can_name(name)).map(shown).collect();
    Err(Wrong::Unknown(unknown, names))
}

fn read(form: Form, source: &str) -> Result<Template, Wrong> {
    Template::parse(form, source).map_err(Wrong::Unusable)
}

/// The text of a handover as the lead of an example would read it; none where it can't be filled in.
pub fn handover_for_example(source: &str) -> Option<String> {
    let rendered = read(Form::Text, source).ok()?.render(&Fields::example());
    rendered.ok().map(|rendered| rendered.text)
}
