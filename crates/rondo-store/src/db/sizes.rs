//! A statement for many rows of values or many keys, in the sizes in which it is prepared.

use std::fmt::Write as _;
use std::slice::ChunksExact;

use super::{postgres, sqlite};

/// Rows that an insert takes, and keys that a look-up takes at once. Each execution finds its way into the table and its indexes anew, so that many
/// rows at once cost half of what they cost one by one; beyond 64 nothing more is gained. Fixed, so that the
/// statements stay prepared.
const ROWS_AT_ONCE: [usize; 3] = [64, 16, 4];

/// What the keys of a look-up are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum KeyKind {
    /// The 16 bytes of an id.
    Id,
    /// Other bytes.
    Bytes,
}

/// A statement in one or several sizes, the largest first, the last for a single row.
pub(crate) struct Sizes(Vec<Size>);

pub(crate) struct Size {
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

    /// An insert that ends with its one row of values, `values (…)`.
    pub(crate) fn insert(sql: &str) -> Self {
        let larger = ROWS_AT_ONCE.map(|rows| Size::of(rows, many_rows(sql, rows)));
        Self(larger.into_iter().chain(Self::single(sql).0).collect())
    }

    /// A look-up that ends with its one key, `in ($n)`.
    pub(crate) fn look_up(sql: &str, kind: KeyKind) -> Self {
        let of = |keys| Size {
            rows: keys,
            text: postgres::with_keys(sql, keys, kind),
            text_for_sqlite: sqlite::with_keys(sql, keys),
        };
        Self(ROWS_AT_ONCE.into_iter().chain([1]).map(of).collect())
    }

    /// The sizes that all of `rows` are executed with, each with the rows of its executions, in order.
    pub(crate) fn split<'r, T>(&self, mut rows: &'r [T]) -> Vec<(&Size, ChunksExact<'r, T>)> {
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

/// A look-up up to its keys, and the numbers of so many keys.
pub(super) fn keys_of(sql: &str, keys: usize) -> (&str, std::ops::Range<usize>) {
    let (head, key) = sql.rsplit_once("($").expect("a look-up ends with its key");
    let number = key.strip_suffix(')').and_then(|number| number.parse().ok());
    let first: usize = number.expect("the key is a numbered value");
    (head, first..first + keys)
}

/// The insert with its row of values repeated, each with the numbers that follow on those of the row before.
fn many_rows(sql: &str, rows: usize) -> String {
    let at = sql.rfind("values (").expect("an insert names its values") + "values ".len();
    let (head, row) = sql.split_at(at);
    let pieces = pieces(row);
    let columns = pieces.iter().map(|(number, _)| *number).max().unwrap_or_default();
    let mut text = head.to_owned();
    for row in 0..rows {
        if row > 0 {
            text.push_str(", ");
        }
        for (number, after) in &pieces {
            if *number > 0 {
                write!(text, "${}", row * columns + number).expect("a string takes text");
            }
            text.push_str(after);
        }
    }
    text
}

/// A text by its numbers: each with the text that follows it. What stands before the first goes with 0.
fn pieces(text: &str) -> Vec<(usize, &str)> {
    let mut parts = text.split('$');
    let first = (0, parts.next().unwrap_or_default());
    let numbered = parts.map(|part| {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        (part[..digits].parse().expect("a value has a number"), &part[digits..])
    });
    std::iter::once(first).chain(numbered).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_up_of_many_keys_goes_on_after_its_head() {
        let sizes = Sizes::look_up("select a from t where a = $1 and c in ($3)", KeyKind::Id);
        let of_4 = &sizes.0[2];
        assert_eq!(of_4.text_for_sqlite, "select a from t where a = ?1 and c in (?3, ?4, ?5, ?6)");
        assert_eq!(
            of_4.text,
            "select a from t where a = $1 and c in (values (cast($3 as uuid)), (cast($4 as uuid)), \
             (cast($5 as uuid)), (cast($6 as uuid)))"
        );
    }

    #[test]
    fn an_insert_of_many_rows_says_of_each_what_it_says_of_one() {
        let rows = many_rows("into t (a, b, c) values ($1, 0, coalesce($2, $1))", 2);
        let expected =
            "into t (a, b, c) values ($1, 0, coalesce($2, $1)), ($3, 0, coalesce($4, $3))";
        assert_eq!(rows, expected);
    }
}
