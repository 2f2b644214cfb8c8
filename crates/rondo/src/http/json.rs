//! Reading requests: every field that cannot be used is named at once, with a JSON pointer and what was expected.

use serde_json::{Map, Value};

mod values;

pub use values::*;

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

    /// A field that may hold an object; absent or null is the same here. None outside: it was wrong.
    pub fn optional_object<T: FromObject>(&mut self, name: &'static str) -> Option<Option<T>> {
        match self.remove(name) {
            None | Some(Value::Null) => Some(None),
            Some(value) => self.inner(&format!("/{name}"), value).map(Some),
        }
    }

    /// An object of a patch that may not be null: absent leaves it as it is. None outside: it was wrong.
    pub fn changed_object<T: FromObject>(&mut self, name: &'static str) -> Option<Option<T>> {
        match self.remove(name) {
            None => Some(None),
            Some(value) => self.inner(&format!("/{name}"), value).map(Some),
        }
    }

    /// An object of a patch: absent leaves it, null takes it away. None outside: it was wrong.
    pub fn cleared_object<T: FromObject>(
        &mut self,
        name: &'static str,
    ) -> Option<Option<Option<T>>> {
        match self.remove(name) {
            None => Some(None),
            Some(Value::Null) => Some(Some(None)),
            Some(value) => self.inner(&format!("/{name}"), value).map(|value| Some(Some(value))),
        }
    }

    /// A field that holds a list of objects; every wrong one is named.
    pub fn objects<T: FromObject>(&mut self, name: &'static str) -> Option<Vec<T>> {
        let values = self.required(name, list)?;
        self.each_object(name, values)
    }

    /// A field that holds a short list of objects: one with more is refused before any is read.
    pub fn few_objects<T: FromObject>(&mut self, name: &'static str, max: usize) -> Option<Vec<T>> {
        let values = self.required(name, list)?;
        if values.is_empty() || values.len() > max {
            self.say(name, format!("has the wrong length; expected 1 to {max} items"));
            return None;
        }
        self.each_object(name, values)
    }

    fn each_object<T: FromObject>(&mut self, name: &str, values: Vec<Value>) -> Option<Vec<T>> {
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

    /// The text of a field that tells one shape of an object from another; it is still to be read.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str)
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
