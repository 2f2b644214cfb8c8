//! Reading columns as the values of the rules: a value that cannot be read is named, never a panic.

use std::str::FromStr;

use rondo_core::Instant;
use rondo_core::ids::Id;
use serde::de::DeserializeOwned;

use crate::StoreError;
use crate::db::{Row, Value};
use crate::words::Word;

/// The value with which an id is bound.
pub(crate) fn key<I: Id>(id: I) -> [u8; 16] {
    *id.as_bytes()
}

/// The value with which a ledger number, a place or a count is bound. None is ever as large as the largest, so that a
/// larger one, which somebody made up, is before nothing and after everything as well.
pub(crate) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A row of a statement, whose columns are read by their place in it.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'r> {
    row: &'r Row,
    table: &'static str,
}

impl<'r> Fields<'r> {
    /// A row that comes from `table`, its key in the first columns.
    pub(crate) fn new(row: &'r Row, table: &'static str) -> Self {
        Self { row, table }
    }

    /// The same row, read as coming from another table that was joined.
    pub(crate) fn of(self, table: &'static str) -> Self {
        Self { table, ..self }
    }

    /// Whether the column is null.
    pub(crate) fn is_null(self, column: usize) -> bool {
        matches!(self.row.cell(column), Some(Value::Null))
    }

    /// An id.
    pub(crate) fn id<I: Id>(self, column: usize) -> Result<I, StoreError> {
        self.bytes(column).map(I::from_bytes)
    }

    /// An id that may be absent.
    pub(crate) fn optional_id<I: Id>(self, column: usize) -> Result<Option<I>, StoreError> {
        self.optional(column, Self::id)
    }

    /// A point in time.
    pub(crate) fn instant(self, column: usize) -> Result<Instant, StoreError> {
        self.integer(column).map(Instant::from_micros)
    }

    /// A point in time that may be absent.
    pub(crate) fn optional_instant(self, column: usize) -> Result<Option<Instant>, StoreError> {
        self.optional(column, Self::instant)
    }

    /// A ledger number, a place or a count.
    pub(crate) fn number(self, column: usize) -> Result<u64, StoreError> {
        u64::try_from(self.integer(column)?).map_err(|_| self.corrupt(column))
    }

    /// A number that may be absent.
    pub(crate) fn optional_number(self, column: usize) -> Result<Option<u64>, StoreError> {
        self.optional(column, Self::number)
    }

    /// A flag.
    pub(crate) fn flag(self, column: usize) -> Result<bool, StoreError> {
        match self.integer(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.corrupt(column)),
        }
    }

    /// A text.
    pub(crate) fn text(self, column: usize) -> Result<String, StoreError> {
        self.str(column).map(str::to_owned)
    }

    /// A text that may be absent.
    pub(crate) fn optional_text(self, column: usize) -> Result<Option<String>, StoreError> {
        self.optional(column, Self::text)
    }

    /// Bytes of a fixed length.
    pub(crate) fn bytes<const N: usize>(self, column: usize) -> Result<[u8; N], StoreError> {
        self.slice(column)?.try_into().map_err(|_| self.corrupt(column))
    }

    /// Bytes of any length.
    pub(crate) fn blob(self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.slice(column).map(<[u8]>::to_vec)
    }

    /// A text with rules, such as a date or an actor.
    pub(crate) fn parsed<T: FromStr>(self, column: usize) -> Result<T, StoreError> {
        self.str(column)?.parse().map_err(|_| self.corrupt(column))
    }

    /// A text with rules, by the function that holds them.
    pub(crate) fn parsed_by<T, E>(
        self,
        column: usize,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, StoreError> {
        parse(self.str(column)?).map_err(|_| self.corrupt(column))
    }

    /// One of a few words.
    pub(crate) fn word<W: Word>(self, column: usize) -> Result<W, StoreError> {
        W::of_word(self.str(column)?).ok_or_else(|| self.corrupt(column))
    }

    /// A JSON document.
    pub(crate) fn json<T: DeserializeOwned>(self, column: usize) -> Result<T, StoreError> {
        serde_json::from_str(self.str(column)?).map_err(|_| self.corrupt(column))
    }

    /// A column that may be null, read by one of the functions above.
    pub(crate) fn optional<T>(
        self,
        column: usize,
        read: impl FnOnce(Self, usize) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        if self.is_null(column) { Ok(None) } else { read(self, column).map(Some) }
    }

    /// The table that the row comes from.
    pub(crate) fn table(self) -> &'static str {
        self.table
    }

    /// The row's key, as ids or numbers.
    pub(crate) fn key(self) -> String {
        /// A row is found by its first columns; more than these no key has beside the team.
        const KEY_COLUMNS_MAX: usize = 2;
        let key: Vec<String> =
            self.row.cells().iter().take(KEY_COLUMNS_MAX).filter_map(shown).collect();
        key.join(" ")
    }

    /// The error that names this column of this row.
    pub(crate) fn corrupt(self, column: usize) -> StoreError {
        let name = self.row.names().get(column).cloned();
        StoreError::Corrupt {
            table: self.table,
            column: name.unwrap_or_else(|| format!("column {column}")),
            key: self.key(),
        }
    }

    fn integer(self, column: usize) -> Result<i64, StoreError> {
        match self.row.cell(column) {
            Some(Value::Integer(integer)) => Ok(*integer),
            _ => Err(self.corrupt(column)),
        }
    }

    fn str(self, column: usize) -> Result<&'r str, StoreError> {
        match self.row.cell(column) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(self.corrupt(column)),
        }
    }

    fn slice(self, column: usize) -> Result<&'r [u8], StoreError> {
        self.row.cell(column).and_then(Value::as_bytes).ok_or_else(|| self.corrupt(column))
    }
}

/// A key column as people read it: never a personal field.
fn shown(cell: &Value<'_>) -> Option<String> {
    match cell {
        Value::Integer(number) => Some(number.to_string()),
        Value::Id(id) => Some(uuid::Uuid::from_bytes(*id).simple().to_string()),
        Value::Null | Value::Text(_) | Value::Bytes(_) => None,
    }
}
