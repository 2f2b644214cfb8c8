//! Forms as they are sent: each field parsed once, every mistake told beside its field.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use rondo_core::ids::{Id as _, RepId};
use rondo_core::text::{Email, InvalidText, Name};
use sha2::{Digest as _, Sha256};

use super::Console;
use super::trouble::Trouble;
use super::words::quoted;
use crate::app::people::Session;
use crate::app::text::{SECRET_BYTES_MAX, Unfit};
use crate::app::{AppError, choices};
use crate::engine::IdempotencyKey;
use crate::{say, t};

/// The hidden field that says what a form was filled with.
const MARK: &str = "was";
/// The hidden field with which a form is recognised when it is sent twice.
const ONCE: &str = "once";
/// How the names of hidden fields end that say nothing of what is to be saved.
const MARKS: [&str; 2] = [MARK, ONCE];

/// A form as it was sent. Names may repeat.
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    fields: Vec<(String, String)>,
    /// What is wrong, by field.
    errors: BTreeMap<String, String>,
    /// Where it was sent.
    path: String,
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let path = request.uri().path().to_owned();
        match axum::Form::<Vec<(String, String)>>::from_request(request, state).await {
            Ok(axum::Form(fields)) => Ok(Self { fields, path, ..Self::default() }),
            Err(_) => Err(Trouble::invalid(t("trouble-form")).into_response()),
        }
    }
}

impl Form {
    /// A form with these values, to be shown for the first time.
    pub(super) fn of<'f>(fields: impl IntoIterator<Item = (&'f str, String)>) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { fields, ..Self::default() }
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
    /// sent once more, it replaces that. A form that says what stands already, as one that was sent twice, replaces nothing.
    pub(super) fn is_outdated(&mut self, now: &Self) -> bool {
        let (was, is) = (self.text(MARK), now.mark());
        if was.is_empty() || was == is || self.says(now) {
            return false;
        }
        self.set(MARK, is);
        true
    }

    /// Whether both forms say the same. A field that is empty is as one that is missing, and a line ends as it may.
    fn says(&self, other: &Self) -> bool {
        let said = |form: &Self| {
            let fields = form.fields.iter().filter(|(name, value)| {
                !value.trim().is_empty() && !MARKS.iter().any(|mark| name.ends_with(mark))
            });
            let fields =
                fields.map(|(name, value)| (name.clone(), value.trim().replace("\r\n", "\n")));
            let mut fields: Vec<_> = fields.collect();
            fields.sort();
            fields
        };
        said(self) == said(other)
    }

    /// Recognises the form when it is sent twice: who sends it where, and all that is in it. None where it has no mark.
    pub(super) fn once(&self, session: &Session) -> Option<IdempotencyKey> {
        if self.text(ONCE).is_empty() {
            return None;
        }
        let mut hash = Sha256::new_with_prefix(session.caller.team.as_bytes());
        let actor = session.caller.actor.to_string();
        let fields = self.fields.iter().flat_map(|(name, value)| [name, value]);
        for part in [&actor, &self.path].into_iter().chain(fields) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Some(IdempotencyKey::new(hash.finalize().into(), [0; 32]))
    }

    /// What was sent, but for these fields and the mark.
    pub(super) fn without(&self, left_out: &[&str]) -> Vec<(String, String)> {
        let is_kept =
            |(name, _): &&(String, String)| name != ONCE && !left_out.contains(&name.as_str());
        self.fields.iter().filter(is_kept).cloned().collect()
    }

    /// Whether anything is wrong.
    pub(super) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Puts a value into a field, in place of those before.
    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value.into()));
    }

    /// Takes a field by the name that it had before, of a bookmark, where it is absent by its own.
    pub(super) fn was_called(&mut self, before: &str, name: &str) {
        if !self.is_ticked(name) && self.is_ticked(before) {
            self.set(name, self.raw(before).to_owned());
        }
    }

    /// Says what is wrong with a field; the first word stands.
    pub(super) fn say(&mut self, name: &str, error: impl Into<String>) {
        self.errors.entry(name.to_owned()).or_insert_with(|| quoted(&error.into()));
    }

    /// A field that must be there.
    pub(super) fn required<T, E: Told>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(name).to_owned();
        if text.is_empty() {
            self.say(name, t("words-missing"));
            return None;
        }
        self.parsed(name, parse(&text))
    }

    /// A field that may be empty: then there is none.
    pub(super) fn optional<T, E: Told>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(name).to_owned();
        if text.is_empty() { None } else { self.parsed(name, parse(&text)) }
    }

    /// The rep that a field names by id or by address. None where it is empty, or where it names none, which is said.
    pub(super) async fn rep(
        &mut self,
        console: &Console,
        session: &Session,
        name: &str,
    ) -> Result<Option<RepId>, Trouble> {
        let named = self.text(name).to_owned();
        if named.is_empty() {
            return Ok(None);
        }
        match choices::rep(console.app(), &session.caller, &named).await {
            Ok(rep) => Ok(Some(rep)),
            Err(AppError::NotFound { .. }) => {
                self.say(name, t("words-no-rep"));
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The same for a filter of what was handed over: one who left keeps that, and is named by id.
    pub(super) async fn rep_ever(
        &mut self,
        console: &Console,
        session: &Session,
        name: &str,
    ) -> Result<Option<RepId>, Trouble> {
        let named = self.text(name).to_owned();
        if named.is_empty() {
            return Ok(None);
        }
        match choices::rep(console.app(), &session.caller, &named).await {
            Ok(rep) => Ok(Some(rep)),
            Err(AppError::NotFound { .. }) => Ok(self.optional(name, known::<RepId>)),
            Err(error) => Err(error.into()),
        }
    }

    /// What was made of a field, or else a word about it.
    pub(super) fn parsed<T, E: Told>(&mut self, name: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|wrong| self.say(name, wrong.told())).ok()
    }
}

/// What is wrong with a field, told to people: “is …”, after “This”.
pub(super) trait Told {
    /// In words.
    fn told(self) -> String;
}

impl Told for String {
    fn told(self) -> String {
        self
    }
}

impl Told for InvalidText {
    fn told(self) -> String {
        match self {
            Self::Empty => t("words-empty").to_owned(),
            Self::TooLong(most) => say("words-too-long").n("most", most).plain(),
            Self::ControlCharacter => t("words-control-character").to_owned(),
            Self::NotAnEmail => t("words-no-email").to_owned(),
            Self::DomainWithoutDot => t("words-no-dot").to_owned(),
        }
    }
}

impl Told for Unfit {
    fn told(self) -> String {
        let told = match self {
            Self::Text(wrong) => return wrong.told(),
            Self::SecretLength => {
                return say("words-secret-length").n("most", SECRET_BYTES_MAX).plain();
            }
            Self::SecretControlCharacter => t("words-control-character"),
            Self::PhoneWithoutDigit => t("words-no-digit"),
            Self::Host => t("words-no-host"),
            Self::TimeOfDay => t("words-no-time-of-day"),
            Self::Link => t("words-no-link"),
            Self::LinkWithPassword => t("words-link-with-password"),
            Self::TimeZone => t("words-no-time-zone"),
        };
        told.to_owned()
    }
}

/// Whatever stands there, for [`Form::required`].
pub(super) fn any(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// A name, for [`Form::required`].
pub(super) fn name(text: &str) -> Result<Name, InvalidText> {
    Name::parse(text)
}

/// An address, for [`Form::required`].
pub(super) fn email(text: &str) -> Result<Email, InvalidText> {
    Email::parse(text)
}

/// An id, or whatever else says of itself what it is, for [`Form::required`].
pub(super) fn known<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| t("words-none-offered").to_owned())
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

    #[test]
    fn what_is_wrong_with_a_text_is_told_without_the_marks_of_programs() {
        let all = [
            Unfit::Text(InvalidText::Empty),
            Unfit::SecretLength,
            Unfit::SecretControlCharacter,
            Unfit::PhoneWithoutDigit,
            Unfit::Host,
            Unfit::TimeOfDay,
            Unfit::Link,
            Unfit::LinkWithPassword,
            Unfit::TimeZone,
        ];
        for told in all.map(Told::told) {
            assert!(!told.contains('`') && !told.ends_with('.'), "{told}");
        }
    }

    #[test]
    fn a_form_that_was_sent_twice_is_not_outdated_by_itself() {
        let shown = Form::of([("text", "Spring".to_owned()), ("more", String::new())]);
        let text = "May \r\nor June".to_owned();
        let mut sent = Form::of([("text", text), ("once", "1".to_owned()), ("was", shown.mark())]);
        let saved = Form::of([("text", "May \nor June".to_owned())]);
        assert!(!sent.is_outdated(&saved));
    }

    #[test]
    fn a_form_is_outdated_by_what_somebody_else_took_away() {
        let shown = Form::of([("name", "Spring".to_owned()), ("ticked", "on".to_owned())]);
        let mut sent = shown.clone();
        sent.set("was", shown.mark());
        let unticked = Form::of([("name", "Spring".to_owned())]);
        assert!(sent.is_outdated(&unticked));
    }
}
