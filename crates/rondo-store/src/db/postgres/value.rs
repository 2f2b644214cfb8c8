//! Values on their way to PostgreSQL and back, in its binary format.

use std::error::Error;
use std::sync::Arc;

use bytes::{BufMut as _, BytesMut};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::{Row, Value};
use crate::StoreError;

type Problem = Box<dyn Error + Sync + Send>;

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Problem> {
        match self {
            Self::Null => return Ok(IsNull::Yes),
            Self::Integer(integer) => put_integer(*integer, kind, out)?,
            Self::Text(text) => out.put_slice(text.as_bytes()),
            Self::Id(id) => out.put_slice(id),
            Self::Bytes(bytes) => out.put_slice(bytes),
        }
        Ok(IsNull::No)
    }

    fn accepts(kind: &Type) -> bool {
        is_known(kind)
    }

    to_sql_checked!();
}

fn is_known(kind: &Type) -> bool {
    [Type::INT8, Type::INT4, Type::INT2, Type::BOOL, Type::TEXT, Type::UUID, Type::BYTEA]
        .contains(kind)
}

/// A whole number in the width that the statement has for it.
fn put_integer(integer: i64, kind: &Type, out: &mut BytesMut) -> Result<(), Problem> {
    match *kind {
        Type::INT8 => out.put_i64(integer),
        Type::INT4 => out.put_i32(integer.try_into()?),
        Type::INT2 => out.put_i16(integer.try_into()?),
        Type::BOOL => out.put_u8(integer.try_into()?),
        _ => return Err(format!("a whole number where the statement takes {kind}").into()),
    }
    Ok(())
}

struct Cell(Value<'static>);

impl<'r> FromSql<'r> for Cell {
    fn from_sql(kind: &Type, raw: &'r [u8]) -> Result<Self, Problem> {
        Ok(Self(match *kind {
            Type::INT8 => Value::Integer(i64::from_be_bytes(raw.try_into()?)),
            Type::INT4 => Value::Integer(i32::from_be_bytes(raw.try_into()?).into()),
            Type::INT2 => Value::Integer(i16::from_be_bytes(raw.try_into()?).into()),
            Type::BOOL => Value::Integer((raw != [0]).into()),
            Type::TEXT => Value::Text(String::from_utf8(raw.to_vec())?.into()),
            _ => Value::of_bytes(raw).into_owned(),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Problem> {
        Ok(Self(Value::Null))
    }

    fn accepts(kind: &Type) -> bool {
        is_known(kind)
    }
}

/// A row as the rest of the crate reads it; `names` is filled by the first.
pub(super) fn row_of(
    row: &tokio_postgres::Row,
    names: &mut Option<Arc<[String]>>,
) -> Result<Row, StoreError> {
    let names = names.get_or_insert_with(|| {
        row.columns().iter().map(|column| column.name().to_owned()).collect()
    });
    let cells = (0..row.len()).map(|column| Ok(row.try_get::<_, Cell>(column)?.0));
    Ok(Row { names: Arc::clone(names), cells: cells.collect::<Result<_, StoreError>>()? })
}
