//! The names that there are, and those that a template uses: what nobody ever fills in is told when it is written.

use super::fields::FUNCTIONS;
use super::{Fields, Form, HTML, TEXT, Template, limits};

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
/// What names stand below. Printed as such it says nothing: which of its fields is meant can't be known.
const SCOPES: [&str; 5] = ["lead", ATTRIBUTES, "campaign", "assistant", "rep"];
/// The attributes of a lead.
pub const ATTRIBUTES: &str = "lead.attributes";

/// Letters that may differ from those of a field in a name that is taken for a mistyped one.
const MISTYPED_MAX: usize = 2;

/// A name that a template uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedName {
    /// As it is written: `lead.first_name`.
    pub name: String,
    /// The line in which it stands first, from 1, where it is found.
    pub line: Option<usize>,
}

impl UsedName {
    /// Whether anything may be filled in for it.
    pub fn is_known(&self) -> bool {
        let name = self.name.as_str();
        let is_below = |name: &str, scope: &str| {
            name.strip_prefix(scope).is_some_and(|on| on.starts_with('.'))
        };
        FUNCTIONS.contains(&name)
            || NAMES.iter().any(|known| *known == name || is_below(known, name))
            || is_below(name, ATTRIBUTES)
            || self.short_form().is_some() && self.meant().is_none()
    }

    /// The attribute that it names in short, if it is no field: `city` of `lead.city`.
    pub fn short_form(&self) -> Option<&str> {
        self.name.strip_prefix("lead.").filter(|short| !short.is_empty() && !short.contains('.'))
    }

    /// The field of a lead that was probably meant where the short form of an attribute is written almost as one. In a short
    /// name one letter that differs is much: `lead.age` is not `lead.name`.
    pub fn meant(&self) -> Option<&'static str> {
        let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
        let written = plain(self.short_form()?);
        let near = NAMES.into_iter().filter_map(|known| {
            let field = plain(known.strip_prefix("lead.")?);
            let apart = strsim::osa_distance(&written, &field);
            (apart <= MISTYPED_MAX.min(field.len() / 3)).then_some((apart, known))
        });
        near.min_by_key(|(apart, _)| *apart).map(|(_, known)| known)
    }

    /// Whether it is a field of the rep.
    pub fn is_of_rep(&self) -> bool {
        self.name.starts_with("rep.")
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
        let tags = tags_alone(&self.source, &["}}", "%}"]);
        let mut names: Vec<UsedName> = template
            .undeclared_variables(true)
            .into_iter()
            .map(|name| UsedName { line: line_of(&tags, &name), name })
            .collect();
        names.sort_by(|a, b| a.line.cmp(&b.line).then_with(|| a.name.cmp(&b.name)));
        names
    }

    /// What is printed as a whole where one of its fields is meant: `{{ lead }}`. It is found where the template comes to it
    /// for somebody of whom all, or nothing, is known; elsewhere, whoever it is written to lacks it.
    pub fn printed_whole(&self) -> Option<UsedName> {
        let fields = [Fields::example(), Fields::default()];
        let rendered = fields.iter().filter_map(|fields| self.render(fields).ok());
        let mut missing = rendered.flat_map(|rendered| rendered.missing);
        let name = missing.find(|name| SCOPES.contains(&name.as_str()))?;
        Some(UsedName { line: line_of(&tags_alone(&self.source, &["}}"]), &name), name })
    }
}

/// The line in which a name stands first as a whole within a tag; `tags` are the tags alone.
fn line_of(tags: &str, name: &str) -> Option<usize> {
    let is_of_name = |one: char| one.is_alphanumeric() || one == '_' || one == '.';
    let is_whole = |at: &usize| {
        !tags[..*at].ends_with(is_of_name) && !tags[*at + name.len()..].starts_with(is_of_name)
    };
    let at = tags.match_indices(name).map(|(at, _)| at).find(is_whole)?;
    Some(tags[..at].matches('\n').count() + 1)
}

/// What stands in the tags that end in one of these ways, without the texts in quotes. All else is blank, but for the ends of
/// lines.
fn tags_alone(source: &str, ends: &[&str]) -> String {
    let mut alone = String::with_capacity(source.len());
    let (mut end, mut quote, mut rest) = (None, None, source);
    while let Some(one) = rest.chars().next() {
        let mut length = one.len_utf8();
        let mut is_kept = false;
        match (end, quote) {
            (None, _) => {
                end = end_of_what_begins(rest);
                length += usize::from(end.is_some());
            }
            (Some(close), None) if rest.starts_with(close) => (end, length) = (None, close.len()),
            (Some(COMMENT_END | RAW_END), _) => {}
            (Some(close), None) => {
                is_kept = ends.contains(&close);
                quote = Some(one).filter(|one| matches!(one, '\'' | '"'));
            }
            (Some(_), Some(_)) if one == '\\' => {
                length += rest[1..].chars().next().map_or(0, char::len_utf8);
            }
            (Some(_), Some(mark)) => quote = Some(mark).filter(|mark| one != *mark),
        }
        let (passed, after) = rest.split_at(length);
        match passed {
            _ if is_kept => alone.push(one),
            _ if passed.contains('\n') => alone.push('\n'),
            _ => alone.push(' '),
        }
        rest = after;
    }
    alone
}

const COMMENT_END: &str = "#}";
const RAW_END: &str = "endraw";

/// Where the tag or the comment ends that begins here; none where none does.
fn end_of_what_begins(source: &str) -> Option<&'static str> {
    match source.as_bytes() {
        [b'{', b'{', ..] => Some("}}"),
        [b'{', b'%', ..] if limits::statement(&source[2..]) == "raw" => Some(RAW_END),
        [b'{', b'%', ..] => Some("%}"),
        [b'{', b'#', ..] => Some(COMMENT_END),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
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
        for below in ["lead.name.first", "campaign.name.foo", "lead.city.part", "foo.bar"] {
            assert_eq!(unknown(&format!("{{{{ {below} }}}}")), told(below, 1));
        }
        assert_eq!(
            unknown("{% if lead.name %}{% else %}{{ nope|d('x') }}{% endif %}"),
            told("nope", 1)
        );
        assert_eq!(unknown("{{ first_name or lead.name }}"), told("first_name", 1));
    }

    #[test]
    fn a_line_is_that_of_the_tag() {
        let source = "nope {# {{ nope }} #} {% raw %}{{ nope }}{% endraw %}\n\
            {{ '}} {{ nope' }}{{ lead.name }} nope\n{{ nope }} {{ nope }}";
        assert_eq!(unknown(source), [("nope".to_owned(), Some(3))]);
    }

    #[test]
    fn what_is_printed_as_a_whole_is_found() {
        let whole = |source: &str| {
            let template = Template::parse(Form::Text, source).expect(source);
            template.printed_whole().map(|used| (used.name, used.line))
        };
        for name in SCOPES {
            let told = Some((name.to_owned(), Some(2)));
            assert_eq!(whole(&format!("Dear {{{{ lead.name }}}}\n{{{{ {name} }}}}")), told);
            assert_eq!(whole(&format!("\n{{{{ {name}|upper }}}}")), told);
        }
        let nothing_known = "{% if lead.name %}{% else %}{{ lead }}{% endif %}";
        assert_eq!(whole(nothing_known), Some(("lead".to_owned(), Some(1))));
        let asked_before = "{% if lead %}Hi{% endif %}\n\n{{ lead }}";
        assert_eq!(whole(asked_before), Some(("lead".to_owned(), Some(3))));
        for fine in [
            "{% if rep and lead %}{{ rep.name }}{% endif %}",
            "{{ rep.name }}",
            "{% for name, value in lead.attributes|items %}{{ name }}{{ value }}{% endfor %}",
        ] {
            assert_eq!(whole(fine), None, "{fine}");
        }
    }

    #[test]
    fn the_short_form_of_an_attribute_passes_unless_it_is_almost_a_field() {
        let meant = |name: &str| UsedName { name: name.to_owned(), line: None }.meant();
        for (name, field) in [
            ("lead.firstname", "lead.first_name"),
            ("lead.First-Name", "lead.first_name"),
            ("lead.fristname", "lead.first_name"),
            ("lead.NAME", "lead.name"),
            ("lead.emial", "lead.email"),
            ("lead.e_mail", "lead.email"),
            ("lead.compani", "lead.company"),
            ("lead.externalid", "lead.external_id"),
            ("lead.atributes", "lead.attributes"),
        ] {
            assert_eq!(meant(name), Some(field), "{name}");
        }
        for short in ["city", "seats", "age", "date", "country", "last_name", "id", "branch"] {
            assert_eq!(unknown(&format!("{{{{ lead.{short} }}}}")), [], "{short}");
        }
    }

    #[test]
    fn what_there_is_passes_however_it_is_named() {
        let source = "{{ lead.attributes['Job title'] }}{{ lead.attributes.city|upper }}{% if rep %}{{ rep.name }}{% endif %}\
            {% for name, value in lead.attributes|items %}{{ loop.index }}{{ name }}{{ value }}{% endfor %}\
            {% for n in range(2) %}{{ n }}{% endfor %}{% if lead.name == true %}{{ campaign.name }}{% endif %}";
        assert_eq!(unknown(source), []);
    }
}
