//! Tables as files for spreadsheets.

use axum::body::Body;
use axum::response::Response;

use super::routes::file;
use crate::import::guarded;

/// Spreadsheets take UTF-8 for something else without the mark.
const MARK: &str = "\u{feff}";

/// Rows as a CSV file; what a spreadsheet would take for a formula is marked as text.
pub(super) fn csv<C: AsRef<str>>(
    name: &str,
    head: &[&str],
    rows: impl IntoIterator<Item = impl IntoIterator<Item = C>>,
) -> Response {
    download(name, beginning(head) + &lines(rows))
}

/// A CSV file out of its beginning and its lines, all at once or as they come.
pub(super) fn download(name: &str, content: impl Into<Body>) -> Response {
    file(name, "text/csv; charset=utf-8", content)
}

/// How a file begins: the names of its columns.
pub(super) fn beginning(head: &[&str]) -> String {
    MARK.to_owned() + &lines([head])
}

/// Rows as a file has them.
pub(super) fn lines<C: AsRef<str>>(
    rows: impl IntoIterator<Item = impl IntoIterator<Item = C>>,
) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = rows.into_iter().try_for_each(|row| {
        writer.write_record(row.into_iter().map(|cell| guarded(cell.as_ref())))
    });
    written.expect("memory takes every row");
    let bytes = writer.into_inner().expect("memory takes every row");
    String::from_utf8_lossy(&bytes).into_owned()
}
