//! Templates as customers send them: each is read whole before it is kept, so that what is wrong is told at once.

use crate::mail::template::{Fields, Form, Template};

/// The template of a text in which something stands.
pub fn parse_text(source: &str) -> Result<String, String> {
    if source.trim().is_empty() {
        return Err("is empty; expected a text".to_owned());
    }
    parse(Form::Text, source)
}

/// The template of a part in HTML; an empty one is none.
pub fn parse_html(source: &str) -> Result<Option<String>, String> {
    unless_blank(source, |source| parse(Form::Html, source))
}

/// The template of a subject; an empty one is none.
pub fn parse_subject(source: &str) -> Result<Option<String>, String> {
    unless_blank(source, |source| parse(Form::Subject, source))
}

/// The template of the text with which a lead is handed over: it alone can name the rep. An empty one is none.
pub fn parse_handover(source: &str) -> Result<Option<String>, String> {
    unless_blank(source, |source| read(Form::Text, source).map(|_| source.to_owned()))
}

fn unless_blank(
    source: &str,
    parse: impl FnOnce(&str) -> Result<String, String>,
) -> Result<Option<String>, String> {
    if source.trim().is_empty() { Ok(None) } else { parse(source).map(Some) }
}

fn parse(form: Form, source: &str) -> Result<String, String> {
    let template = read(form, source)?;
    let without_rep = Fields { rep: None, ..Fields::example() };
    // What fails for some leads alone is seen in the preview.
    let missing = template.render(&without_rep).map(|rendered| rendered.missing);
    let is_of_rep = |name: &String| name == "rep" || name.starts_with("rep.");
    match missing.unwrap_or_default().into_iter().find(is_of_rep) {
        Some(name) => Err(format!(
            "names `{name}`, and nobody has the lead yet; only the text of a handover can"
        )),
        None => Ok(source.to_owned()),
    }
}

fn read(form: Form, source: &str) -> Result<Template, String> {
    Template::parse(form, source).map_err(|error| format!("can't be used: {error}"))
}

/// The text of a handover as the lead of an example would read it.
pub fn handover_for_example(source: &str) -> Result<String, String> {
    let rendered = read(Form::Text, source)?.render(&Fields::example());
    rendered.map(|rendered| rendered.text).map_err(|error| format!("can't be used: {error}"))
}
