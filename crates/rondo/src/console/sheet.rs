//! Tables as files for spreadsheets.

use axum::response::Response;

use super::routes::file;
use crate::import::guarded;

/// Rows as a CSV file; what a spreadsheet would take for a formula is marked as text.
pub(super) fn csv<C: AsRef<str>>(
    name: &str,
    head: &[&str],
    rows: impl IntoIterator<Item = impl IntoIterator<Item = C>>,
) -> Response {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer.write_record(head).and_then(|()| {
        rows.into_iter().try_for_each(|row| {
            writer.write_record(row.into_iter().map(|cell| guarded(cell.as_ref())))
        })
    });
    written.expect("memory takes every row");
    let bytes = writer.into_inner().expect("memory takes every row");
    // Spreadsheets take UTF-8 for something else without the mark.
    let text = format!("\u{feff}{}", String::from_utf8_lossy(&bytes));
    file(name, "text/csv; charset=utf-8", text)
}
