//! Forms as they are sent: each field parsed once, every mistake told beside its field.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use rondo_core::text::{Email, Name};
use sha2::{Digest as _, Sha256};

use super::trouble::Trouble;

/// The hidden field that says what a form was filled with.
const MARK: &str = "was";

/// A form as it was sent. Names may repeat.
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    fields: Vec<(String, String)>,
    /// What is wrong, by field.
    errors: BTreeMap<String, String>,
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        match axum::Form::<Vec<(String, String)>>::from_request(request, state).await {
            Ok(axum::Form(fields)) => Ok(Self { fields, errors: BTreeMap::new() }),
            Err(_) => Err(Trouble::invalid("The form could not be read.").into_response()),
        }
    }
}

impl Form {
    /// A form with these values, to be shown for the first time.
    pub(super) fn of<'f>(fields: impl IntoIterator<Item = (&'f str, String)>) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { fields, errors: BTreeMap::new() }
    }

    /// What stands in a field, without the space around it; empty where there is none. For templates too.
    pub(super) fn text(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.trim()).unwrap_or_default()
    }

    /// What stands in a field as it was typed.
    pub(super) fn raw(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// All values of fields of this name, in order.
    pub(super) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.trim())
    }

    /// Whether a box is ticked.
    pub(super) fn is_ticked(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }

    /// Whether a field has this value, for options and radio buttons.
    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        self.fields.iter().any(|(field, found)| field == name && found == value)
    }

    /// What is wrong with a field.
    pub(super) fn error(&self, name: &str) -> Option<&str> {
        self.errors.get(name).map(String::as_str)
    }

    /// A mark of what the form was filled with, for its hidden field `was`.
    pub(super) fn mark(&self) -> String {
        let sent = self.text(MARK);
        if !sent.is_empty() {
            return sent.to_owned();
        }
        let mut hash = Sha256::new();
        for part in self.fields.iter().flat_map(|(name, value)| [name, value]) {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether somebody else changed, since the form was opened, what it would replace. Takes the form as it is `now`;
    /// sent once more, it replaces that.
    pub(super) fn is_outdated(&mut self, now: &Self) -> bool {
        let (was, is) = (self.text(MARK), now.mark());
        if was.is_empty() || was == is {
            return false;
        }
        self.fields.retain(|(name, _)| name != MARK);
        self.fields.push((MARK.to_owned(), is));
        true
    }

    /// Whether anything is wrong.
    pub(super) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Says what is wrong with a field; the first word stands.
    pub(super) fn say(&mut self, name: &str, error: impl Into<String>) {
        self.errors.entry(name.to_owned()).or_insert_with(|| error.into());
    }

    /// A field that must be there.
    pub(super) fn required<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(name).to_owned();
        if text.is_empty() {
            self.say(name, "is missing");
            return None;
        }
        self.parsed(name, parse(&text))
    }

    /// A field that may be empty: then there is none.
    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(name).to_owned();
        if text.is_empty() { None } else { self.parsed(name, parse(&text)) }
    }

    fn parsed<T>(&mut self, name: &str, parsed: Result<T, String>) -> Option<T> {
        parsed.map_err(|error| self.say(name, error)).ok()
    }
}

/// A name, for [`Form::required`].
pub(super) fn name(text: &str) -> Result<Name, String> {
    Name::parse(text).map_err(|error| error.to_string())
}

/// An address, for [`Form::required`].
pub(super) fn email(text: &str) -> Result<Email, String> {
    Email::parse(text).map_err(|error| error.to_string())
}

/// An id, or whatever else says of itself what it is, for [`Form::required`].
pub(super) fn known<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| "is none of those offered".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_outdated_once_if_what_it_would_replace_was_changed() {
        let shown = Form::of([("name", "Spring".to_owned())]);
        let mut sent = Form::of([("name", "May".to_owned()), ("was", shown.mark())]);
        assert!(!sent.is_outdated(&shown));
        let changed = Form::of([("name", "April".to_owned())]);
        assert!(sent.is_outdated(&changed));
        assert!(!sent.is_outdated(&changed));
        let mut unmarked = Form::of([("name", "May".to_owned())]);
        assert!(!unmarked.is_outdated(&changed));
    }
}
