//! Reading requests: every field that cannot be used is named at once, with a JSON pointer and what was expected.

use rondo_core::ids::{Id, InvalidId};
use rondo_core::text::{Email, Name};
use rondo_core::time::Instant;
use serde_json::{Map, Value};

use crate::app::text;

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// A JSON pointer (RFC 6901) into the body; for `query` and `header`, the parameter's name after a slash.
    pub pointer: String,
    /// Where it stands.
    #[serde(rename = "in")]
    pub place: Place,
    /// What is wrong, and what was expected.
    pub detail: String,
}

/// Which part of a request a [`FieldError`] points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The JSON body.
    Body,
    /// The query string.
    Query,
    /// A header.
    Header,
}

/// Errors named in one answer at most: enough to mend a form or find the pattern in a list.
pub const ERRORS_NAMED_MAX: usize = 100;

/// Why a value was not taken.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// It can't be used; the sentence says what was expected.
    Invalid(String),
    /// It has the form of an id, or should, and nothing can have it.
    Unknown { kind: &'static str, id: String },
}

/// Why a request was not read.
#[derive(Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Its fields are wrong: all that were found, at most [`ERRORS_NAMED_MAX`].
    Invalid(Vec<FieldError>),
    /// It names something that can't exist.
    Unknown { kind: &'static str, id: String },
}

impl Unreadable {
    /// One error.
    pub fn one(place: Place, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { pointer: pointer.into(), place, detail: detail.into() }])
    }
}

/// A request body that can be read from a JSON object.
pub trait FromObject: Sized {
    /// Takes the fields; none when one of them is missing or wrong, which `object` remembers.
    fn take(object: &mut Object) -> Option<Self>;
}

/// Fields of a usual object.
const KNOWN_USUALLY: usize = 8;

/// A JSON object being read, field by field; what is not taken is an unknown field.
#[derive(Debug)]
pub struct Object {
    fields: Map<String, Value>,
    pointer: String,
    place: Place,
    errors: Vec<FieldError>,
    unknown: Option<(&'static str, String)>,
    known: Vec<&'static str>,
}

impl Object {
    /// An object of the body, at this pointer.
    pub fn new(value: Value, pointer: &str) -> Result<Self, Fault> {
        match value {
            Value::Object(fields) => Ok(Self::of(fields, pointer, Place::Body)),
            other => Err(expected("an object", &other)),
        }
    }

    /// The parameters of a query string, as an object of texts.
    pub fn of_query(fields: Map<String, Value>) -> Self {
        Self::of(fields, "", Place::Query)
    }

    fn of(fields: Map<String, Value>, pointer: &str, place: Place) -> Self {
        Self {
            fields,
            pointer: pointer.to_owned(),
            place,
            errors: Vec::new(),
            unknown: None,
            known: Vec::with_capacity(KNOWN_USUALLY),
        }
    }

    /// Reads the whole of a body.
    pub fn read<T: FromObject>(value: Value) -> Result<T, Unreadable> {
        match Self::new(value, "") {
            Ok(mut object) => {
                let taken = T::take(&mut object);
                object.finish(taken)
            }
            Err(fault) => Err(fault.at(Place::Body, "")),
        }
    }

    /// A field that must be there.
    pub fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Value) -> Result<T, Fault>,
    ) -> Option<T> {
        match self.remove(name) {
            Some(value) => self.reading(name, value, read),
            None => {
                self.say(name, "is missing".to_owned());
                None
            }
        }
    }

    /// A field that may be absent or null, which is the same here. None outside: it was wrong.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Value) -> Result<T, Fault>,
    ) -> Option<Option<T>> {
        match self.remove(name) {
            None | Some(Value::Null) => Some(None),
            Some(value) => self.reading(name, value, read).map(Some),
        }
    }

    /// A field of a patch that may not be null: absent leaves the value as it is. None outside: it was wrong.
    pub fn changed<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Value) -> Result<T, Fault>,
    ) -> Option<Option<T>> {
        match self.remove(name) {
            None => Some(None),
            Some(value) => self.reading(name, value, read).map(Some),
        }
    }

    /// A field of a patch: absent leaves the value, null takes it away. None outside: it was wrong.
    pub fn cleared<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Value) -> Result<T, Fault>,
    ) -> Option<Option<Option<T>>> {
        match self.remove(name) {
            None => Some(None),
            Some(Value::Null) => Some(Some(None)),
            Some(value) => self.reading(name, value, read).map(|value| Some(Some(value))),
        }
    }

    /// A field that holds an object, read by its own type.
    pub fn object<T: FromObject>(&mut self, name: &'static str) -> Option<T> {
        match self.remove(name) {
            Some(value) => self.inner(&format!("/{name}"), value),
            None => {
                self.say(name, "is missing".to_owned());
                None
            }
        }
    }

    /// A field that holds a list of objects; every wrong one is named.
    pub fn objects<T: FromObject>(&mut self, name: &'static str) -> Option<Vec<T>> {
        let values = self.required(name, list)?;
        let mut all = Vec::with_capacity(values.len());
        let count = values.len();
        for (index, value) in values.into_iter().enumerate() {
            if let Some(one) = self.inner(&format!("/{name}/{index}"), value) {
                all.push(one);
            }
        }
        (all.len() == count).then_some(all)
    }

    /// A field that holds a list of values; every wrong one is named.
    pub fn values<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(Value) -> Result<T, Fault>,
    ) -> Option<Vec<T>> {
        let values = self.required(name, list)?;
        let mut all = Vec::with_capacity(values.len());
        let count = values.len();
        for (index, value) in values.into_iter().enumerate() {
            match read(value) {
                Ok(one) => all.push(one),
                Err(fault) => self.fault(&format!("/{name}/{index}"), fault),
            }
        }
        (all.len() == count).then_some(all)
    }

    /// Whether a field is there.
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Every field that is left, so that none is unknown.
    pub fn take_all(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.fields)
    }

    /// Notes that a field is wrong for a reason that only several fields together show.
    pub fn say(&mut self, name: &str, detail: String) {
        self.fault(&format!("/{name}"), Fault::Invalid(detail));
    }

    /// What was read, or all that was wrong.
    pub fn finish<T>(mut self, taken: Option<T>) -> Result<T, Unreadable> {
        self.name_unknown_fields();
        if !self.errors.is_empty() {
            return Err(Unreadable::Invalid(self.errors));
        }
        if let Some((kind, id)) = self.unknown {
            return Err(Unreadable::Unknown { kind, id });
        }
        taken.ok_or_else(|| Unreadable::one(self.place, self.pointer, "can't be read"))
    }

    fn remove(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.fields.remove(name)
    }

    fn reading<T>(
        &mut self,
        name: &str,
        value: Value,
        read: impl FnOnce(Value) -> Result<T, Fault>,
    ) -> Option<T> {
        read(value).map_err(|fault| self.fault(&format!("/{name}"), fault)).ok()
    }

    fn inner<T: FromObject>(&mut self, path: &str, value: Value) -> Option<T> {
        let pointer = format!("{}{path}", self.pointer);
        let mut object = match Self::new(value, &pointer) {
            Ok(object) => object,
            Err(fault) => {
                self.fault(path, fault);
                return None;
            }
        };
        let taken = T::take(&mut object);
        object.name_unknown_fields();
        let is_clean = object.errors.is_empty() && object.unknown.is_none();
        let room = ERRORS_NAMED_MAX.saturating_sub(self.errors.len());
        self.errors.extend(object.errors.into_iter().take(room));
        self.unknown = self.unknown.take().or(object.unknown);
        taken.filter(|_| is_clean)
    }

    fn name_unknown_fields(&mut self) {
        let names: Vec<String> =
            std::mem::take(&mut self.fields).into_iter().map(|(name, _)| name).collect();
        for name in names {
            let escaped = name.replace('~', "~0").replace('/', "~1");
            let detail = format!("is not known here; expected {}", listed(&self.known));
            self.fault(&format!("/{}", shortened(&escaped)), Fault::Invalid(detail));
        }
    }

    fn fault(&mut self, path: &str, fault: Fault) {
        match fault {
            Fault::Invalid(detail) => {
                if self.errors.len() < ERRORS_NAMED_MAX {
                    let pointer = format!("{}{path}", self.pointer);
                    self.errors.push(FieldError { pointer, place: self.place, detail });
                }
            }
            Fault::Unknown { kind, id } => {
                self.unknown.get_or_insert((kind, id));
            }
        }
    }
}

impl Fault {
    /// The same, as the reason why the whole request was not read.
    pub fn at(self, place: Place, pointer: &str) -> Unreadable {
        match self {
            Self::Invalid(detail) => Unreadable::one(place, pointer, detail),
            Self::Unknown { kind, id } => Unreadable::Unknown { kind, id },
        }
    }
}

/// Characters of what was given that an error repeats at most.
const REPEATED_CHARS_MAX: usize = 64;

/// The start of what was given, fit to be shown again.
pub fn shortened(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(REPEATED_CHARS_MAX).collect()
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => "no fields".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}

fn expected(what: &str, value: &Value) -> Fault {
    let given = match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    Fault::Invalid(format!("is {given}; expected {what}"))
}

/// Any text.
pub fn any_text(value: Value) -> Result<String, Fault> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(expected("a text", &other)),
    }
}

fn parsed<T>(value: Value, parse: impl FnOnce(&str) -> Result<T, String>) -> Result<T, Fault> {
    parse(&any_text(value)?).map_err(Fault::Invalid)
}

/// A name.
pub fn name(value: Value) -> Result<Name, Fault> {
    parsed(value, |text| Name::parse(text).map_err(|error| error.to_string()))
}

/// An email address.
pub fn email(value: Value) -> Result<Email, Fault> {
    parsed(value, |text| Email::parse(text).map_err(|error| error.to_string()))
}

/// A note; an empty one is none.
pub fn note(value: Value) -> Result<Option<String>, Fault> {
    parsed(value, text::parse_optional_note)
}

/// A text of one line; an empty one is none.
pub fn line(value: Value) -> Result<Option<String>, Fault> {
    parsed(value, text::parse_line)
}

/// A phone number.
pub fn phone(value: Value) -> Result<String, Fault> {
    parsed(value, text::parse_phone)
}

/// A link.
pub fn link(value: Value) -> Result<String, Fault> {
    parsed(value, text::parse_link)
}

/// A time zone.
pub fn time_zone(value: Value) -> Result<String, Fault> {
    parsed(value, text::parse_time_zone)
}

/// An instant. Years before 0000 can't be written in RFC 3339 and are refused.
pub fn instant(value: Value) -> Result<Instant, Fault> {
    parsed(value, parse_instant)
}

/// An instant from its text.
pub fn parse_instant(text: &str) -> Result<Instant, String> {
    let first = text.as_bytes().first().copied().unwrap_or_default();
    first.is_ascii_digit().then(|| Instant::parse(text)).flatten().ok_or_else(|| {
        "is not an instant; expected RFC 3339 such as `2026-12-03T09:00:00Z`".to_owned()
    })
}

/// `true` or `false`.
pub fn truth(value: Value) -> Result<bool, Fault> {
    match value {
        Value::Bool(truth) => Ok(truth),
        other => Err(expected("`true` or `false`", &other)),
    }
}

/// A whole number from `min` to `max`.
pub fn whole(min: u32, max: u32) -> impl Fn(Value) -> Result<u32, Fault> {
    move |value| {
        let number = match &value {
            Value::Number(number) => number.as_u64().or_else(|| {
                number.as_f64().filter(|n| n.fract() == 0.0 && *n >= 0.0).map(|n| n as u64)
            }),
            _ => return Err(expected("a whole number", &value)),
        };
        match number {
            Some(number) if (u64::from(min)..=u64::from(max)).contains(&number) => {
                Ok(number as u32)
            }
            _ => Err(Fault::Invalid(format!(
                "is out of range; expected a whole number from {min} to {max}"
            ))),
        }
    }
}

/// An id of one kind. What is no such id can't exist, exactly as one that nobody has.
pub fn id<I: Id + std::str::FromStr<Err = InvalidId>>(value: Value) -> Result<I, Fault> {
    parse_id(&any_text(value)?)
}

/// An id of one kind from its text.
pub fn parse_id<I: Id + std::str::FromStr<Err = InvalidId>>(text: &str) -> Result<I, Fault> {
    text.parse().map_err(|_| Fault::Unknown { kind: kind_of(I::PREFIX), id: shortened(text) })
}

/// The domain's word for what an id's prefix stands for.
pub fn kind_of(prefix: &'static str) -> &'static str {
    match prefix {
        "grp" => "group",
        "cmp" => "campaign",
        "conv" => "conversation",
        "asg" => "assignment",
        "abs" => "absence",
        "usr" => "user",
        "hook" => "webhook",
        "dlv" => "delivery",
        other => other,
    }
}

/// A list of anything.
pub fn list(value: Value) -> Result<Vec<Value>, Fault> {
    match value {
        Value::Array(values) => Ok(values),
        other => Err(expected("a list", &other)),
    }
}

/// One of a few words.
pub fn word<T: Copy>(words: &'static [(&'static str, T)]) -> impl Fn(Value) -> Result<T, Fault> {
    move |value| {
        let text = any_text(value)?;
        words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning).ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            Fault::Invalid(format!("is not known; expected {}", listed(&known)))
        })
    }
}

/// A whole number in a text, as parameters of a query are.
pub fn number_in_text(value: Value, min: u64, max: u64) -> Result<u64, Fault> {
    let text = any_text(value)?;
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_plain.then(|| text.parse::<u64>().ok()).flatten();
    number.filter(|number| (min..=max).contains(number)).ok_or_else(|| {
        Fault::Invalid(format!("is not taken; expected a whole number from {min} to {max}"))
    })
}

/// `true` or `false` in a text.
pub fn truth_in_text(value: Value) -> Result<bool, Fault> {
    word(&[("true", true), ("false", false)])(value)
}
