//! Templates as customers send them: each is read whole before it is kept, so that what is wrong is told at once. What a
//! text names is looked at where it is new: one that stands already is never refused for its names.

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
    /// It names almost what is a field of a lead, and then that field and the attribute of this name.
    Mistyped(UsedName, &'static str, String),
    /// It prints as a whole what has fields; those that can be meant.
    Whole(UsedName, Vec<&'static str>),
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
            Self::Unknown(used, names) => {
                let names = names.join("`, `");
                write!(f, "{}; expected one of `{names}`", not_known(used))
            }
            Self::Mistyped(used, meant, attribute) => write!(
                f,
                "{}; expected `{meant}`, or `{attribute}` for an attribute of this name",
                not_known(used)
            ),
            Self::Whole(used, names) => {
                let names = names.join("`, `");
                let used = in_its_line(used);
                write!(f, "can't be used: {used} is printed as a whole; expected one of `{names}`")
            }
            Self::RepTooEarly(name) => write!(
                f,
                "names `{name}`, and nobody has the lead yet; only the text of a handover can"
            ),
        }
    }
}

fn not_known(used: &UsedName) -> String {
    format!("can't be used: {} is not known", in_its_line(used))
}

fn in_its_line(UsedName { name, line }: &UsedName) -> String {
    let line = line.map_or_else(String::new, |line| format!("line {line}: "));
    format!("{line}`{name}`")
}

/// What is wrong with one of the templates of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongTemplate {
    /// JSON pointer into the request.
    pub pointer: String,
    /// What is wrong with it.
    pub wrong: Wrong,
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

/// The template of the text with which a lead is handed over. An empty one is none.
pub fn parse_handover(source: &str) -> Result<Option<String>, Wrong> {
    unless_blank(source, |source| parse(Form::Text, source))
}

fn unless_blank(
    source: &str,
    parse: impl FnOnce(&str) -> Result<String, Wrong>,
) -> Result<Option<String>, Wrong> {
    if source.trim().is_empty() { Ok(None) } else { parse(source).map(Some) }
}

fn parse(form: Form, source: &str) -> Result<String, Wrong> {
    read(form, source)?;
    Ok(source.to_owned())
}

/// Looks at what a new text of a message names. The rep can be asked for, and not be named: nobody has the lead yet.
pub fn check_message(source: &str) -> Result<(), Wrong> {
    let template = read(Form::Text, source)?;
    let used = template.names();
    let field = used.iter().find(|used| used.is_of_rep()).map(|used| used.name.clone());
    if let Some(name) = field.or_else(|| prints_rep(&template)) {
        return Err(Wrong::RepTooEarly(name));
    }
    if let Some(name) =
        template.printed_whole().map(|whole| whole.name).filter(|name| name == "rep")
    {
        return Err(Wrong::RepTooEarly(name));
    }
    check_whole(&template)?;
    check_known(used, |name| !name.starts_with("rep."))
}

/// Looks at what a new text of a handover names. It alone can name the rep.
pub fn check_handover(source: &str) -> Result<(), Wrong> {
    let template = read(Form::Text, source)?;
    check_whole(&template)?;
    check_known(template.names(), |_| true)
}

/// Whether two texts are the same but for how forms send them: trimmed, their lines ended otherwise.
pub fn is_same(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.trim().replace("\r\n", "\n");
    one == other || plain(one) == plain(other)
}

/// What of the rep as such is printed, outside of an `if`.
fn prints_rep(template: &Template) -> Option<String> {
    let without_rep = Fields { rep: None, ..Fields::example() };
    let missing = template.render(&without_rep).map(|rendered| rendered.missing);
    missing.unwrap_or_default().into_iter().find(|name| name == "rep")
}

/// What has fields is printed by one of them.
fn check_whole(template: &Template) -> Result<(), Wrong> {
    let Some(used) = template.printed_whole() else { return Ok(()) };
    let is_below = |name: &&str| match name.strip_prefix(&used.name) {
        Some(on) => on.starts_with('.') || on.is_empty(),
        None => false,
    };
    let names = NAMES.into_iter().filter(is_below).map(shown).collect();
    Err(Wrong::Whole(used, names))
}

/// A name as people write one of its kind.
fn shown(name: &'static str) -> &'static str {
    if name == ATTRIBUTES { Wrong::OF_ATTRIBUTES } else { name }
}

/// What fails for some leads alone is seen in the preview; what is filled in for nobody is a mistake.
fn check_known(used: Vec<UsedName>, can_name: impl Fn(&str) -> bool) -> Result<(), Wrong> {
    let Some(unknown) = used.into_iter().find(|used| !used.is_known()) else { return Ok(()) };
    if let Some((meant, short)) = unknown.meant().zip(unknown.short_form()) {
        let attribute = format!("{ATTRIBUTES}.{short}");
        return Err(Wrong::Mistyped(unknown, meant, attribute));
    }
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
