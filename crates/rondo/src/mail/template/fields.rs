//! What a template can name: the lead, the campaign, the assistant, and the rep where there is one.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object};
use rondo_core::detail::{Attribute, LeadFields};

use super::missing::Recorder;

/// What a template is filled in with.
#[derive(Clone, PartialEq, Default)]
pub struct Fields {
    /// The lead's address: `lead.email`.
    pub email: String,
    /// What else is known of the lead: `lead.name`, `lead.first_name`, `lead.company`, `lead.external_id`, and each
    /// attribute as `lead.attributes.NAME`, or as `lead.NAME` where no field of this name is filled.
    pub lead: LeadFields,
    /// The campaign's name: `campaign.name`.
    pub campaign: String,
    /// The assistant: `assistant.name`, `assistant.address`.
    pub assistant: Assistant,
    /// The rep who has the lead: `rep.name`, `rep.first_name`, `rep.email`, `rep.phone`, `rep.calendar_link`.
    pub rep: Option<Rep>,
}

/// Whose mailbox it is.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Assistant {
    /// The name.
    pub name: String,
    /// The address.
    pub address: String,
}

/// A rep as a mail names them.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Rep {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// The telephone number.
    pub phone: Option<String>,
    /// Where a time with them can be chosen.
    pub calendar_link: Option<String>,
}

impl Fields {
    /// Fields that are all filled, of nobody.
    pub fn example() -> Self {
        let text = |text: &str| Some(text.to_owned());
        Self {
            email: "ann@lead.example".to_owned(),
            lead: LeadFields {
                name: text("Ann Lee"),
                company: text("Lee Ltd"),
                external_id: text("7"),
                attributes: BTreeMap::new(),
            },
            campaign: "Spring".to_owned(),
            assistant: Assistant { name: "Kim".to_owned(), address: "kim@team.example".to_owned() },
            rep: Some(Rep {
                name: "Bo Berg".to_owned(),
                email: "bo@team.example".to_owned(),
                phone: text("555-0100"),
                calendar_link: text("https://team.example/bo"),
            }),
        }
    }

    /// What minijinja looks names up in; it tells the recorder of what is missing and printed.
    pub(super) fn context(&self, recorder: &Recorder) -> Value {
        let scope = |name, values| {
            Value::from_object(Scope { path: name, values, recorder: recorder.clone() })
        };
        let attributes: BTreeMap<String, Value> = self
            .lead
            .attributes
            .iter()
            .filter_map(|(name, value)| attribute(name, value))
            .collect();
        // What is inserted later replaces an attribute of the same name.
        let mut lead = attributes.clone();
        let name = self.lead.name.as_deref().unwrap_or_default();
        lead.extend(
            [
                ("email", text(&self.email)),
                ("name", text(name)),
                ("first_name", first_name(name).and_then(text)),
                ("company", optional(&self.lead.company)),
                ("external_id", optional(&self.lead.external_id)),
                ("attributes", Some(scope("lead.attributes", attributes))),
            ]
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?))),
        );
        let assistant = filled([
            ("name", text(&self.assistant.name)),
            ("address", text(&self.assistant.address)),
        ]);
        let rep = self.rep.as_ref().map(|rep| {
            filled([
                ("name", text(&rep.name)),
                ("first_name", first_name(&rep.name).and_then(text)),
                ("email", text(&rep.email)),
                ("phone", optional(&rep.phone)),
                ("calendar_link", optional(&rep.calendar_link)),
            ])
        });
        let all = [
            ("lead", Some(scope("lead", lead))),
            ("campaign", Some(scope("campaign", filled([("name", text(&self.campaign))])))),
            ("assistant", Some(scope("assistant", assistant))),
            ("rep", rep.map(|rep| scope("rep", rep))),
        ];
        Value::from_object(Scope { path: "", values: filled(all), recorder: recorder.clone() })
    }
}

fn filled<const N: usize>(values: [(&str, Option<Value>); N]) -> BTreeMap<String, Value> {
    values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// A text in which something stands.
fn text(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(|| Value::from(text))
}

fn optional(value: &Option<String>) -> Option<Value> {
    value.as_deref().and_then(text)
}

fn attribute(name: &str, value: &Attribute) -> Option<(String, Value)> {
    let value = match value {
        Attribute::Bool(value) => Value::from(*value),
        Attribute::Integer(value) => Value::from(*value),
        Attribute::Number(value) => Value::from(*value),
        Attribute::Text(value) => text(value)?,
    };
    Some((name.to_owned(), value))
}

/// Titles in front of names, in small letters and without a full stop.
const TITLES: &[&str] = &[
    "dr", "prof", "mr", "mrs", "ms", "miss", "mx", "sir", "herr", "frau", "hr", "fr", "dipl-ing",
    "ing", "mag", "m", "mme", "mlle", "sr", "sra", "don", "doña", "dhr", "mevr", "drs",
];

/// The name by which a person is greeted: the first word of the name that is no title, from behind the comma where there
/// is one. None where it is an initial.
pub fn first_name(name: &str) -> Option<&str> {
    let given = match name.split_once(',') {
        Some((_, given)) if !given.trim().is_empty() => given,
        _ => name,
    };
    let is_title = |word: &&str| {
        let word = word.to_lowercase().replace('.', "");
        TITLES.contains(&word.as_str())
    };
    let first = given.split_whitespace().find(|word| !is_title(word))?;
    let letters = first.chars().filter(|character| character.is_alphabetic()).count();
    // One letter is a whole name in some scripts.
    (letters > 1 || letters == 1 && !first.is_ascii()).then_some(first)
}

/// Names and their values; any other name gives a value that is missing.
struct Scope {
    path: &'static str,
    values: BTreeMap<String, Value>,
    recorder: Recorder,
}

/// What minijinja gives to all templates; a scope that knew every name would hide it.
pub(super) const FUNCTIONS: &[&str] = &["range", "dict"];

impl Object for Scope {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        if let Some(value) = self.values.get(key) {
            return Some(value.clone());
        }
        if self.path.is_empty() && FUNCTIONS.contains(&key) {
            return None;
        }
        Some(self.recorder.missing(self.path, key))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let names: Vec<Value> = self.values.keys().map(Value::from).collect();
        Enumerator::Values(names)
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.values.is_empty()
    }

    /// Printed by mistake, it is the lead's whole data: the name is told as missing instead.
    fn render(self: &Arc<Self>, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.recorder.note(self.path);
        Ok(())
    }
}

/// Hides the person: debug output reaches logs.
impl fmt::Debug for Scope {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.recorder.note(self.path);
        Ok(())
    }
}

hide_in_debug!(Fields, Assistant, Rep);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_name_is_the_first_word_that_is_no_title() {
        for (name, first) in [
            ("Ann Lee", Some("Ann")),
            ("  Ann  ", Some("Ann")),
            ("Lee, Ann Maria", Some("Ann")),
            ("Prof. Dr. Jörg Müller", Some("Jörg")),
            ("Dipl.-Ing. Åsa Öst", Some("Åsa")),
            ("Jean-Luc Picard", Some("Jean-Luc")),
            ("A. Lee", None),
            ("Dr.", None),
            ("", None),
            ("王 伟", Some("王")),
            ("Lee,", Some("Lee,")),
        ] {
            assert_eq!(first_name(name), first, "{name}");
        }
    }
}
