//! Statements over many rows: one round trip whatever the number, in a few fixed sizes that stay prepared.

use std::sync::OnceLock;

use rondo_core::Instant;
use rondo_core::event::Settings;
use rondo_core::ids::Id;
use rondo_core::text::Email;
use sqlx::{Arguments as _, Encode, Type};

use crate::fields::{key, number};
use crate::words::Word;
use crate::{StoreError, db};

/// Rows of one statement at most. More cost nothing less per row, and the prepared statement grows with them.
const CHUNK_MAX: usize = 256;
/// The sizes 1, 2, 4 … [`CHUNK_MAX`].
const SIZES: usize = CHUNK_MAX.ilog2() as usize + 1;

/// A statement in whose text `{rows}` stands for the rows that are bound: `with v (…) as (values {rows}) …`.
///
/// A chunk is filled up with rows of nulls, so the statement must pass over rows whose first column is null.
pub(crate) struct ManyRows {
    sql: &'static str,
    columns: usize,
    texts: [OnceLock<String>; SIZES],
}

impl ManyRows {
    /// A statement that binds so many columns a row.
    pub(crate) const fn new(columns: usize, sql: &'static str) -> Self {
        Self { sql, columns, texts: [const { OnceLock::new() }; SIZES] }
    }

    /// Executes it over all rows; how many rows of the table it touched.
    pub(crate) async fn execute<T>(
        &'static self,
        connection: &mut db::Connection,
        rows: &[T],
        bind: impl Fn(&mut Values, &T),
    ) -> Result<u64, StoreError> {
        let mut touched = 0;
        for chunk in rows.chunks(CHUNK_MAX) {
            let values = self.values(chunk, &bind);
            let done = sqlx::query_with(self.text(chunk.len()), values).execute(&mut *connection);
            touched += done.await?.rows_affected();
        }
        Ok(touched)
    }

    /// Executes it over all rows; what it answers.
    pub(crate) async fn fetch<T>(
        &'static self,
        connection: &mut db::Connection,
        rows: &[T],
        bind: impl Fn(&mut Values, &T),
    ) -> Result<Vec<db::Row>, StoreError> {
        let mut answered = Vec::new();
        for chunk in rows.chunks(CHUNK_MAX) {
            let values = self.values(chunk, &bind);
            let found =
                sqlx::query_with(self.text(chunk.len()), values).fetch_all(&mut *connection);
            answered.extend(found.await?);
        }
        Ok(answered)
    }

    fn values<T>(&self, chunk: &[T], bind: &impl Fn(&mut Values, &T)) -> db::Arguments {
        let mut values = Values(db::Arguments::default());
        values.0.reserve(chunk.len() * self.columns, 0);
        for row in chunk {
            bind(&mut values, row);
        }
        assert_eq!(values.0.len(), chunk.len() * self.columns, "every column of a row is bound");
        values.0
    }

    fn text(&'static self, rows: usize) -> &'static str {
        let size = rows.next_power_of_two();
        self.texts[size.ilog2() as usize].get_or_init(|| {
            let sql = self.sql.replace("{rows}", &db::placeholders(size, self.columns));
            debug_assert_ne!(sql, self.sql, "the statement says where its rows go");
            sql
        })
    }
}

/// The values of a statement, in the order of its columns.
pub(crate) struct Values(db::Arguments);

impl Values {
    /// The values that `bind` adds.
    pub(crate) fn bound(bind: impl FnOnce(&mut Self)) -> db::Arguments {
        let mut values = Self(db::Arguments::default());
        bind(&mut values);
        values.0
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

    pub(crate) fn text(&mut self, text: &str) {
        self.add(text);
    }

    pub(crate) fn optional_text(&mut self, text: Option<&str>) {
        self.add(text);
    }

    pub(crate) fn word<W: Word>(&mut self, word: W) {
        self.add(word.word());
    }

    pub(crate) fn optional_word<W: Word>(&mut self, word: Option<W>) {
        self.add(word.map(Word::word));
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.add(bytes);
    }

    /// An address as the two columns `email_key, email`.
    pub(crate) fn optional_email(&mut self, email: Option<&Email>) {
        self.optional_bytes(email.map(|email| email.key().0).as_ref().map(|key| &key[..]));
        self.optional_text(email.map(Email::as_str));
    }

    /// A team's settings as the columns `name, routed_rep_becomes_owner, reminder_after_working_hours, time_zone`.
    pub(crate) fn settings(&mut self, settings: &Settings) {
        self.text(settings.name.as_str());
        self.flag(settings.routed_rep_becomes_owner);
        self.number(settings.reminder_after_working_hours.into());
        self.text(&settings.time_zone);
    }

    pub(crate) fn optional_bytes(&mut self, bytes: Option<&[u8]>) {
        self.add(bytes);
    }

    fn add<'t, T>(&mut self, value: T)
    where
        T: Encode<'t, db::Database> + Type<db::Database>,
    {
        self.0.add(value).expect("texts, bytes and numbers can always be bound");
    }
}
