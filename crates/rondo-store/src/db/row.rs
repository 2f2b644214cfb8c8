//! A row that a statement answered.

use std::sync::Arc;

use super::Value;

/// A row, with the names of its columns.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(super) names: Arc<[String]>,
    pub(super) cells: Box<[Value<'static>]>,
}

impl Row {
    /// The names of the columns.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The values of the columns.
    pub(crate) fn cells(&self) -> &[Value<'static>] {
        &self.cells
    }

    /// The value of a column, if there are so many.
    pub(crate) fn cell(&self, column: usize) -> Option<&Value<'static>> {
        self.cells.get(column)
    }
}
