//! The statements that a connection has prepared.

use std::collections::HashMap;

use tokio_postgres::Statement;

use crate::db::KeyKind;
use crate::db::sizes::keys_of;

/// Statements kept prepared by a connection: more than there are in the source. Lists with filters are put together
/// of pieces, and the number of their shapes is not known beforehand.
const STATEMENTS_MAX: usize = 400;

/// A look-up of so many keys. As rows of values, each of which finds its own row: of a mere list PostgreSQL may well think
/// that a walk through all of a team's rows is cheaper, and it does not know how many a team has.
pub(crate) fn with_keys(sql: &str, keys: usize, kind: KeyKind) -> String {
    let (head, numbers) = keys_of(sql, keys);
    let kind = match kind {
        KeyKind::Id => "uuid",
        KeyKind::Bytes => "bytea",
    };
    let keys: Vec<_> = numbers.map(|number| format!("(cast(${number} as {kind}))")).collect();
    format!("{head}(values {})", keys.join(", "))
}

/// Statements by their text.
#[derive(Default)]
pub(super) struct Statements(HashMap<String, Statement>);

impl Statements {
    /// The statement of a text, if it was prepared.
    pub(super) fn known(&self, sql: &str) -> Option<Statement> {
        self.0.get(sql).cloned()
    }

    /// Keeps a statement that was prepared.
    pub(super) fn keep(&mut self, sql: &str, statement: Statement) {
        if self.0.len() >= STATEMENTS_MAX {
            self.0.clear();
        }
        self.0.insert(sql.to_owned(), statement);
    }
}
