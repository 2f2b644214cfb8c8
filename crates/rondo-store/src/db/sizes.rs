//! A statement for many rows of values, in the sizes in which it is prepared.

use std::fmt::Write as _;
use std::slice::ChunksExact;

use super::sqlite;

/// Rows that an insert takes at once. Each execution finds its way into the table and its indexes anew, so that many
/// rows at once cost half of what they cost one by one; beyond 64 nothing more is gained. Fixed, so that the
/// statements stay prepared.
const ROWS_AT_ONCE: [usize; 3] = [64, 16, 4];

/// A statement in one or several sizes, the largest first, the last for a single row.
pub(crate) struct Sizes(Vec<Size>);

pub(super) struct Size {
    /// Rows of values that it takes.
    rows: usize,
    /// As it is written in the source, `$1…$n`.
    pub(super) text: String,
    /// As SQLite reads it.
    pub(super) text_for_sqlite: String,
}

impl Size {
    fn of(rows: usize, text: String) -> Self {
        Self { rows, text_for_sqlite: sqlite::text_of(&text), text }
    }
}

impl Sizes {
    /// A statement that takes one row of values.
    pub(crate) fn single(sql: &str) -> Self {
        Self(vec![Size::of(1, sql.to_owned())])
    }

    /// An insert that ends with its one row of values, `($1, …, $n)`.
    pub(crate) fn insert(sql: &str) -> Self {
        let (head, values) = sql.rsplit_once("values (").expect("an insert names its values");
        let columns = values.matches('$').count();
        let larger =
            ROWS_AT_ONCE.map(|rows| Size::of(rows, many_rows(head.trim_end(), columns, rows)));
        Self(larger.into_iter().chain(Self::single(sql).0).collect())
    }

    /// The sizes that all of `rows` are executed with, each with the rows of its executions, in order.
    pub(super) fn split<'r, T>(&self, mut rows: &'r [T]) -> Vec<(&Size, ChunksExact<'r, T>)> {
        let mut split = Vec::with_capacity(self.0.len());
        for size in &self.0 {
            let chunks = rows.chunks_exact(size.rows);
            rows = chunks.remainder();
            if chunks.len() > 0 {
                split.push((size, chunks));
            }
        }
        split
    }
}

fn many_rows(head: &str, columns: usize, rows: usize) -> String {
    let mut text = format!("{head} values ");
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { ", " };
            write!(text, "{comma}${}", row * columns + column + 1).expect("a string takes text");
        }
        text.push(')');
    }
    text
}
