//! The statements that a connection has prepared.

use std::collections::HashMap;

use tokio_postgres::{Client, Statement};

use crate::StoreError;

/// Statements kept prepared by a connection: more than there are in the source. Lists with filters are put together
/// of pieces, and the number of their shapes is not known beforehand.
const STATEMENTS_MAX: usize = 400;

/// Statements by their text.
#[derive(Default)]
pub(super) struct Statements(HashMap<String, Statement>);

impl Statements {
    /// The statement of a text, prepared the first time.
    pub(super) async fn of(&mut self, client: &Client, sql: &str) -> Result<Statement, StoreError> {
        if let Some(known) = self.0.get(sql) {
            return Ok(known.clone());
        }
        let statement = client.prepare(sql).await?;
        if self.0.len() >= STATEMENTS_MAX {
            self.0.clear();
        }
        self.0.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}
