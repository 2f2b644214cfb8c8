//! Fields that are missing: false in an `if`, empty where they are printed, and then noted by name.
//!
//! A missing field is an object, not minijinja's undefined value, for that ends the rendering at the first one. Whatever
//! turns it into text asks it to show itself, which is when it notes its name. Filters that only change a text hand it
//! on, so that a `default` behind them finds it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Enumerator, Object, ObjectRepr, Rest};
use minijinja::{Environment, Error, ErrorKind, HtmlEscape, Output, State, Value, filters};

/// Names that are told at most; the first ones.
const NAMES_MAX: usize = 50;
/// Bytes of a name at most: `lead.attributes.` and the name of an attribute.
const NAME_BYTES_MAX: usize = 200;

/// Takes down the names of the fields that are missing.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Vec<String>>>);

impl Recorder {
    /// The value of a field that is missing.
    pub fn missing(&self, path: &str, key: &str) -> Value {
        let mut name = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let end = name.char_indices().map(|(at, _)| at).find(|at| *at >= NAME_BYTES_MAX);
        name.truncate(end.unwrap_or(name.len()));
        Value::from_object(Missing { name, recorder: self.clone() })
    }

    /// Takes down a name, once.
    pub fn note(&self, name: &str) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() < NAMES_MAX && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }

    /// The names in the order in which they were taken down.
    pub fn names(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

struct Missing {
    name: String,
    recorder: Recorder,
}

impl Object for Missing {
    /// So that a loop over it does nothing.
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(self.recorder.missing(&self.name, key.as_str()?))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Empty
    }

    fn is_true(self: &Arc<Self>) -> bool {
        false
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, _: &[Value]) -> Result<Value, Error> {
        Err(Error::new(ErrorKind::UnknownFunction, format!("{} is unknown", self.name)))
    }

    fn render(self: &Arc<Self>, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.recorder.note(&self.name);
        Ok(())
    }
}

/// How it is printed within a list.
impl fmt::Debug for Missing {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.recorder.note(&self.name);
        Ok(())
    }
}

fn is_missing(value: &Value) -> bool {
    value.downcast_object_ref::<Missing>().is_some()
}

/// Whether nothing would be printed: missing, undefined, none, or a text in which nothing stands.
fn is_blank(value: &Value) -> bool {
    value.is_undefined()
        || value.is_none()
        || is_missing(value)
        || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// Makes filters and tests know of fields that are missing.
pub fn teach(environment: &mut Environment<'static>) {
    let default = |value: &Value, args: Rest<Value>| {
        let other = || args.first().cloned().unwrap_or_else(|| Value::from(""));
        if is_blank(value) { other() } else { value.clone() }
    };
    environment.add_filter("default", default);
    environment.add_filter("d", default);
    environment.add_test("defined", |value: &Value| !value.is_undefined() && !is_missing(value));
    environment.add_test("undefined", |value: &Value| value.is_undefined() || is_missing(value));
    environment.add_test("none", |value: &Value| value.is_none() || is_missing(value));
    for (name, filter) in [
        ("upper", Value::from_function(filters::upper)),
        ("lower", Value::from_function(filters::lower)),
        ("title", Value::from_function(filters::title)),
        ("capitalize", Value::from_function(filters::capitalize)),
        ("trim", Value::from_function(filters::trim)),
        ("replace", Value::from_function(filters::replace)),
        ("string", Value::from_function(filters::string)),
        ("first", Value::from_function(filters::first)),
        ("last", Value::from_function(filters::last)),
        ("escape", Value::from_function(filters::escape)),
        ("e", Value::from_function(filters::escape)),
        ("round", Value::from_function(filters::round)),
        ("int", Value::from_function(filters::int)),
        ("float", Value::from_function(filters::float)),
        ("abs", Value::from_function(filters::abs)),
    ] {
        let handing_on = move |state: &mut State<'_, '_>, args: Rest<Value>| match args.first() {
            Some(value) if is_missing(value) => Ok(value.clone()),
            _ => filter.call(state, &args),
        };
        environment.add_filter(name, handing_on);
    }
}

/// Prints a value as it is.
pub fn print_text(out: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_none() || value.is_undefined() {
        return Ok(());
    }
    Ok(fmt::Write::write_fmt(out, format_args!("{value}"))?)
}

/// Prints a value escaped, unless a part of the template itself made it: `{% autoescape false %}` changes nothing.
pub fn print_html(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if value.is_safe() => Ok(fmt::Write::write_str(out, text)?),
        Some(text) => Ok(fmt::Write::write_fmt(out, format_args!("{}", HtmlEscape(text)))?),
        None if value.is_number() => print_text(out, state, value),
        None => {
            let text = if value.is_none() { String::new() } else { value.to_string() };
            Ok(fmt::Write::write_fmt(out, format_args!("{}", HtmlEscape(&text)))?)
        }
    }
}
