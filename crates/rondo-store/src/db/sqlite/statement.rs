//! One statement on SQLite.

use std::borrow::Cow;
use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, ToSql};

use crate::StoreError;
use crate::db::sizes::keys_of;
use crate::db::{Row, Size, Sizes, Value};
use crate::rows::Values;

/// The statement as SQLite reads it: `$1` is a name to it, and `?1` the first value.
pub(crate) fn text_of(sql: &str) -> String {
    sql.replace('$', "?")
}

/// A look-up of so many keys.
pub(crate) fn with_keys(sql: &str, keys: usize) -> String {
    let (head, numbers) = keys_of(sql, keys);
    let keys: Vec<_> = numbers.map(|number| format!("?{number}")).collect();
    format!("{}({})", text_of(head), keys.join(", "))
}

pub(super) fn execute(
    raw: &rusqlite::Connection,
    sql: &str,
    values: &Values<'_>,
) -> Result<u64, StoreError> {
    let mut statement = raw.prepare_cached(sql)?;
    bind(&mut statement, values)?;
    Ok(statement.raw_execute()? as u64)
}

pub(super) fn fetch(
    raw: &rusqlite::Connection,
    sql: &str,
    values: &Values<'_>,
    answered: &mut Vec<Row>,
) -> Result<(), StoreError> {
    let mut statement = raw.prepare_cached(sql)?;
    answer(&mut statement, values, &mut None, &mut |row| {
        answered.push(row);
        true
    })
}

pub(super) fn fetch_all(
    raw: &rusqlite::Connection,
    executions: &[(&Size, Values<'_>)],
) -> Result<Vec<Row>, StoreError> {
    let mut answered = Vec::new();
    for (size, values) in executions {
        fetch(raw, &size.text_for_sqlite, values, &mut answered)?;
    }
    Ok(answered)
}

pub(super) fn execute_each<'v, T>(
    raw: &rusqlite::Connection,
    sizes: &Sizes,
    rows: &'v [T],
    bind_row: impl Fn(&mut Values<'v>, &'v T),
) -> Result<u64, StoreError> {
    let mut touched = 0;
    let mut values = Values::default();
    for (size, chunks) in sizes.split(rows) {
        let mut statement = raw.prepare_cached(&size.text_for_sqlite)?;
        for chunk in chunks {
            values.clear();
            chunk.iter().for_each(|row| bind_row(&mut values, row));
            bind(&mut statement, &values)?;
            touched += statement.raw_execute()? as u64;
        }
    }
    Ok(touched)
}

/// Hands each row to `take` for as long as it wants more.
pub(super) fn answer(
    statement: &mut CachedStatement<'_>,
    values: &Values<'_>,
    names: &mut Option<Arc<[String]>>,
    take: &mut dyn FnMut(Row) -> bool,
) -> Result<(), StoreError> {
    bind(statement, values)?;
    if names.is_none() {
        *names = Some(statement.column_names().into_iter().map(str::to_owned).collect());
    }
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        let cells = (0..columns).map(|column| cell(row.get_ref(column)?));
        let cells = cells.collect::<Result<_, StoreError>>()?;
        let names = names.clone().expect("the names were read above");
        if !take(Row { names, cells }) {
            break;
        }
    }
    Ok(())
}

fn bind(statement: &mut CachedStatement<'_>, values: &Values<'_>) -> Result<(), StoreError> {
    assert_eq!(values.len(), statement.parameter_count(), "every value of a statement is bound");
    for (index, value) in (1..).zip(values.iter()) {
        statement.raw_bind_parameter(index, value)?;
    }
    Ok(())
}

fn cell(value: ValueRef<'_>) -> Result<Value<'static>, StoreError> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => Value::Integer(integer),
        ValueRef::Text(text) => Value::Text(Cow::Owned(String::from_utf8_lossy(text).into_owned())),
        ValueRef::Blob(bytes) => Value::of_bytes(bytes).into_owned(),
        ValueRef::Real(_) => {
            return Err(StoreError::Failed("a fraction where none is stored".to_owned()));
        }
    })
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(integer) => ValueRef::Integer(*integer),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Id(id) => ValueRef::Blob(id),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
