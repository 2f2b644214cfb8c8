//! The names that there are, and those that a template uses: what nobody ever fills in is told when it is written.

use super::fields::FUNCTIONS;
use super::{Form, HTML, TEXT, Template};

/// What a template can name. Below `lead.attributes` stands whatever a team calls its own fields.
pub const NAMES: [&str; 14] = [
    "lead.first_name",
    "lead.name",
    "lead.email",
    "lead.company",
    "lead.external_id",
    ATTRIBUTES,
    "campaign.name",
    "assistant.name",
    "assistant.address",
    "rep.first_name",
    "rep.name",
    "rep.email",
    "rep.phone",
    "rep.calendar_link",
];
/// The attributes of a lead.
pub const ATTRIBUTES: &str = "lead.attributes";

/// A name that a template uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedName {
    /// As it is written: `lead.first_name`.
    pub name: String,
    /// The line in which it stands first, from 1, where it is found.
    pub line: Option<usize>,
}

impl UsedName {
    /// Whether anything is ever filled in for it. The short form of an attribute, `lead.NAME`, counts as unknown: it can't be
    /// told from a mistake.
    pub fn is_known(&self) -> bool {
        let name = self.name.as_str();
        let is_scope =
            |known: &&str| known.strip_prefix(name).is_some_and(|on| on.starts_with('.'));
        let is_field = |known: &&str| {
            name.strip_prefix(known).is_some_and(|on| on.is_empty() || on.starts_with('.'))
        };
        FUNCTIONS.contains(&name) || NAMES.iter().any(|known| is_field(known) || is_scope(known))
    }

    /// Whether it is of the rep.
    pub fn is_of_rep(&self) -> bool {
        self.name == "rep" || self.name.starts_with("rep.")
    }
}

impl Template {
    /// The names that the template uses, whichever of its branches they stand in, from its first line on.
    pub fn names(&self) -> Vec<UsedName> {
        let environment = match self.form {
            Form::Text | Form::Subject => &TEXT,
            Form::Html => &HTML,
        };
        let Ok(template) = environment.template_from_str(&self.source) else { return Vec::new() };
        let mut names: Vec<UsedName> = template
            .undeclared_variables(true)
            .into_iter()
            .map(|name| UsedName { line: line_of(&self.source, &name), name })
            .collect();
        names.sort_by(|a, b| a.line.cmp(&b.line).then_with(|| a.name.cmp(&b.name)));
        names
    }
}

/// The line in which a name stands first as a whole.
fn line_of(source: &str, name: &str) -> Option<usize> {
    let is_of_name = |one: char| one.is_alphanumeric() || one == '_' || one == '.';
    let is_whole = |at: &usize| {
        !source[..*at].ends_with(is_of_name) && !source[*at + name.len()..].starts_with(is_of_name)
    };
    let at = source.match_indices(name).map(|(at, _)| at).find(is_whole)?;
    Some(source[..at].matches('\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::super::Fields;
    use super::*;

    fn unknown(source: &str) -> Vec<(String, Option<usize>)> {
        let names = Template::parse(Form::Text, source).expect(source).names();
        let unknown = names.into_iter().filter(|name| !name.is_known());
        unknown.map(|name| (name.name, name.line)).collect()
    }

    #[test]
    fn all_names_are_filled_in_of_somebody_of_whom_all_is_known() {
        for name in NAMES.iter().filter(|name| **name != ATTRIBUTES) {
            let template = Template::parse(Form::Text, &format!("{{{{ {name} }}}}")).expect(name);
            let rendered = template.render(&Fields::example()).expect(name);
            assert!(rendered.missing.is_empty() && !rendered.text.is_empty(), "{name}");
            assert!(template.names().iter().all(UsedName::is_known), "{name}");
        }
    }

    #[test]
    fn a_name_that_nobody_fills_in_is_found_in_any_branch() {
        let told = |name: &str, line| vec![(name.to_owned(), Some(line))];
        assert_eq!(unknown("Dear\n{{ lead.firstname }}"), told("lead.firstname", 2));
        assert_eq!(unknown("{{ lead.name.first }}"), []);
        assert_eq!(
            unknown("{% if lead.name %}{% else %}{{ nope|d('x') }}{% endif %}"),
            told("nope", 1)
        );
        assert_eq!(unknown("{{ first_name or lead.name }}"), told("first_name", 1));
        assert_eq!(unknown("{{ lead.city }}"), told("lead.city", 1));
    }

    #[test]
    fn what_there_is_passes_however_it_is_named() {
        let source = "{{ lead.attributes['Job title'] }}{{ lead.attributes.city|upper }}{% if rep %}{{ rep.name }}{% endif %}\
            {% for name, value in lead.attributes|items %}{{ loop.index }}{{ name }}{{ value }}{% endfor %}\
            {% for n in range(2) %}{{ n }}{% endfor %}{% if lead.name == true %}{{ campaign.name }}{% endif %}";
        assert_eq!(unknown(source), []);
    }
}
