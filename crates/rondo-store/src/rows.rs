//! The values of statements, and statements that are executed for many rows.

use std::borrow::Cow;
use std::sync::OnceLock;

use rondo_core::Instant;
use rondo_core::event::Settings;
use rondo_core::ids::Id;
use rondo_core::text::{Email, EmailKey};

use crate::StoreError;
use crate::db::{Connection, KeyKind, Row, Size, Sizes, Value};
use crate::fields::{key, number};
use crate::words::Word;

/// A statement to be executed for each of many rows of values.
pub(crate) struct ForEach {
    sql: &'static str,
    sizes: OnceLock<Sizes>,
    make_sizes: fn(&str) -> Sizes,
}

impl ForEach {
    /// A statement whose `$1…$n` are the values of a row.
    pub(crate) const fn new(sql: &'static str) -> Self {
        Self { sql, sizes: OnceLock::new(), make_sizes: Sizes::single }
    }

    /// An insert that ends with `values ($1, …, $n)`: it takes many rows at once.
    pub(crate) const fn insert(sql: &'static str) -> Self {
        Self { sql, sizes: OnceLock::new(), make_sizes: Sizes::insert }
    }

    /// Executes it for each row; how many rows of the table it touched.
    pub(crate) async fn execute<'v, T>(
        &'static self,
        connection: &mut Connection,
        rows: &'v [T],
        bind: impl Fn(&mut Values<'v>, &'v T),
    ) -> Result<u64, StoreError> {
        connection.execute_each(self.sizes(), rows, bind).await
    }

    /// Executes it for each row; what it answers.
    pub(crate) async fn fetch<'v, T>(
        &'static self,
        connection: &mut Connection,
        rows: &'v [T],
        bind: impl Fn(&mut Values<'v>, &'v T),
    ) -> Result<Vec<Row>, StoreError> {
        connection.fetch_all(self.executions(rows, bind)).await
    }

    /// As [`ForEach::execute`], where nobody wants to know how many rows were touched: what becomes of it may be known
    /// only when the transaction ends.
    pub(crate) async fn send<'v, T>(
        &'static self,
        connection: &mut Connection,
        rows: &'v [T],
        bind: impl Fn(&mut Values<'v>, &'v T),
    ) -> Result<(), StoreError> {
        connection.send_each(self.sizes(), rows, bind).await
    }

    /// Its executions for each row, to be done together with those of other statements.
    pub(crate) fn executions<'v, T>(
        &'static self,
        rows: &'v [T],
        bind: impl Fn(&mut Values<'v>, &'v T),
    ) -> Vec<(&'static Size, Values<'v>)> {
        let of = |chunk: &'v [T]| Values::bound(|to| chunk.iter().for_each(|row| bind(to, row)));
        let sizes = self.sizes().split(rows).into_iter();
        sizes
            .flat_map(|(size, chunks)| chunks.map(move |chunk| (size, chunk)))
            .map(|(size, chunk)| (size, of(chunk)))
            .collect()
    }

    fn sizes(&'static self) -> &'static Sizes {
        self.sizes.get_or_init(|| (self.make_sizes)(self.sql))
    }
}

/// A statement that looks up many keys of a team at once, `… where team_id = $1 and … in ($n)`.
pub(crate) struct LookUp {
    sql: &'static str,
    kind: KeyKind,
    sizes: OnceLock<Sizes>,
}

impl LookUp {
    /// A statement that ends with the id that is looked up, `in ($n)`.
    pub(crate) const fn by_id(sql: &'static str) -> Self {
        Self { sql, kind: KeyKind::Id, sizes: OnceLock::new() }
    }

    /// A statement that ends with the hash that is looked up, `in ($n)`.
    pub(crate) const fn by_hash(sql: &'static str) -> Self {
        Self { sql, kind: KeyKind::Bytes, sizes: OnceLock::new() }
    }

    /// What is found for `wanted`. `bind` adds the values of one of them, its key last; those that follow one another
    /// and differ in nothing but the key are looked up together.
    pub(crate) async fn fetch<'v, T>(
        &'static self,
        connection: &mut Connection,
        wanted: &'v [T],
        bind: impl Fn(&mut Values<'v>, &'v T),
    ) -> Result<Vec<Row>, StoreError> {
        let sizes = self.sizes.get_or_init(|| Sizes::look_up(self.sql, self.kind));
        let each: Vec<_> = wanted.iter().map(|one| Values::bound(|to| bind(to, one))).collect();
        let mut executions = Vec::new();
        for alike in each.chunk_by(|one, next| one.head() == next.head()) {
            for (size, chunks) in sizes.split(alike) {
                executions.extend(chunks.map(|chunk| (size, Values::with_keys_of(chunk))));
            }
        }
        connection.fetch_all(executions).await
    }
}

/// The values of a statement, in the order of its columns.
#[derive(Debug, Clone, Default)]
pub(crate) struct Values<'v>(Vec<Value<'v>>);

impl<'v> Values<'v> {
    /// The values that `bind` adds.
    pub(crate) fn bound(bind: impl FnOnce(&mut Self)) -> Self {
        let mut values = Self::default();
        bind(&mut values);
        values
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Value<'v>> {
        self.0.iter()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds the values of another row.
    pub(crate) fn append(&mut self, others: &Values<'v>) {
        self.0.extend_from_slice(&others.0);
    }

    /// All but the last.
    fn head(&self) -> &[Value<'v>] {
        self.0.split_last().map_or(&[], |(_, head)| head)
    }

    /// The values of the first, and then the last of each other.
    fn with_keys_of(alike: &[Self]) -> Self {
        let (first, others) = alike.split_first().expect("a chunk has a row");
        let keys = others.iter().filter_map(|values| values.0.last());
        Self(first.0.iter().chain(keys).cloned().collect())
    }

    /// The same, borrowing nothing.
    pub(crate) fn into_owned(self) -> Values<'static> {
        Values(self.0.into_iter().map(Value::into_owned).collect())
    }

    pub(crate) fn id<I: Id>(&mut self, id: I) {
        self.add(key(id));
    }

    pub(crate) fn optional_id<I: Id>(&mut self, id: Option<I>) {
        self.add(id.map(key));
    }

    pub(crate) fn number(&mut self, value: u64) {
        self.add(number(value));
    }

    pub(crate) fn optional_number(&mut self, value: Option<u64>) {
        self.add(value.map(number));
    }

    pub(crate) fn flag(&mut self, value: bool) {
        self.add(i64::from(value));
    }

    pub(crate) fn instant(&mut self, at: Instant) {
        self.add(at.as_micros());
    }

    pub(crate) fn optional_instant(&mut self, at: Option<Instant>) {
        self.add(at.map(Instant::as_micros));
    }

    pub(crate) fn text(&mut self, text: impl Into<Cow<'v, str>>) {
        self.add(text.into());
    }

    pub(crate) fn optional_text(&mut self, text: Option<impl Into<Cow<'v, str>>>) {
        self.add(text.map(Into::into));
    }

    pub(crate) fn word<W: Word>(&mut self, word: W) {
        self.add(word.word());
    }

    pub(crate) fn optional_word<W: Word>(&mut self, word: Option<W>) {
        self.add(word.map(Word::word));
    }

    pub(crate) fn bytes(&mut self, bytes: &'v [u8]) {
        self.add(bytes);
    }

    pub(crate) fn optional_bytes(&mut self, bytes: Option<&'v [u8]>) {
        self.add(bytes);
    }

    /// The key of an address.
    pub(crate) fn optional_email_key(&mut self, key: Option<EmailKey>) {
        self.add(key.map(|key| key.0));
    }

    /// An address as the two columns `email_key, email`.
    pub(crate) fn optional_email(&mut self, email: Option<&'v Email>) {
        self.add(email.map(|email| email.key().0));
        self.optional_text(email.map(Email::as_str));
    }

    /// A team's settings as the columns `name, routed_rep_becomes_owner, reminder_after_working_hours, time_zone`.
    pub(crate) fn settings(&mut self, settings: &'v Settings) {
        self.text(settings.name.as_str());
        self.flag(settings.routed_rep_becomes_owner);
        self.number(settings.reminder_after_working_hours.into());
        self.text(settings.time_zone.as_str());
    }

    pub(crate) fn add(&mut self, value: impl Into<Value<'v>>) {
        self.0.push(value.into());
    }
}
