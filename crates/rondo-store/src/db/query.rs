//! A statement with its values.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::{Connection, Row, Value};
use crate::StoreError;
use crate::rows::Values;

/// A statement, and the values for its `$1…$n`.
pub(crate) struct Query<'v> {
    sql: Cow<'static, str>,
    values: Values<'v>,
}

/// A statement whose values follow by [`Query::bind`].
pub(crate) fn query<'v>(sql: impl Into<Cow<'static, str>>) -> Query<'v> {
    query_with(sql, Values::default())
}

/// A statement with its values.
pub(crate) fn query_with<'v>(sql: impl Into<Cow<'static, str>>, values: Values<'v>) -> Query<'v> {
    Query { sql: sql.into(), values }
}

impl<'v> Query<'v> {
    /// Adds the next value.
    pub(crate) fn bind(mut self, value: impl Into<Value<'v>>) -> Self {
        self.values.add(value);
        self
    }

    /// Executes it; how many rows it touched.
    pub(crate) async fn execute(self, connection: &mut Connection) -> Result<u64, StoreError> {
        connection.execute(&self.sql, self.values).await
    }

    /// All rows that it answers.
    pub(crate) async fn fetch_all(
        self,
        connection: &mut Connection,
    ) -> Result<Vec<Row>, StoreError> {
        connection.fetch(&self.sql, self.values).await
    }

    /// The one row that it answers, if any.
    pub(crate) async fn fetch_optional(
        self,
        connection: &mut Connection,
    ) -> Result<Option<Row>, StoreError> {
        let mut rows = connection.fetch(&self.sql, self.values).await?;
        debug_assert!(rows.len() <= 1, "the statement answers one row: {}", self.sql);
        Ok(rows.pop())
    }
}

#[cfg(test)]
impl Query<'_> {
    /// How SQLite would go about it, a step a line.
    pub(crate) async fn plan(self, connection: &mut Connection) -> Result<String, StoreError> {
        let sql = format!("explain query plan {}", self.sql);
        let rows = connection.fetch(&sql, self.values).await?;
        let detail = |row| crate::fields::Fields::new(row, "the plan").text(3);
        Ok(rows.iter().map(detail).collect::<Result<Vec<_>, _>>()?.join("\n"))
    }
}

impl Query<'_> {
    /// The one row that it always answers.
    pub(crate) async fn fetch_one(self, connection: &mut Connection) -> Result<Row, StoreError> {
        let row = self.fetch_optional(connection).await?;
        row.ok_or_else(|| StoreError::Failed("a row that is always there is missing".to_owned()))
    }
}

/// A statement put together of pieces, each of which stands in the source.
pub(crate) struct QueryBuilder<'v> {
    sql: String,
    values: Values<'v>,
}

impl<'v> QueryBuilder<'v> {
    pub(crate) fn new(sql: &'static str) -> Self {
        Self { sql: sql.to_owned(), values: Values::default() }
    }

    /// Appends a piece.
    pub(crate) fn push(&mut self, piece: &'static str) -> &mut Self {
        self.sql.push_str(piece);
        self
    }

    /// Appends a value.
    pub(crate) fn push_bind(&mut self, value: impl Into<Value<'v>>) -> &mut Self {
        self.values.add(value);
        write!(self.sql, "${}", self.values.len()).expect("a string takes text");
        self
    }

    /// Appends values with commas between them.
    pub(crate) fn push_list<T: Into<Value<'v>>>(
        &mut self,
        values: impl IntoIterator<Item = T>,
    ) -> &mut Self {
        for (at, value) in values.into_iter().enumerate() {
            if at > 0 {
                self.push(", ");
            }
            self.push_bind(value);
        }
        self
    }

    pub(crate) fn build(self) -> Query<'v> {
        query_with(self.sql, self.values)
    }
}
