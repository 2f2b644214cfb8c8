//! The rows that were not imported, with the reason, in a form that can be mended and imported again.

use std::io::Write;

use super::headers::normalised;
use super::people::FORMULA_STARTS;
use super::{Record, Trouble};

/// The column that says why; an import leaves it out.
pub const REASON_COLUMN: &str = "rondo_reason";

/// Writes rows with their original columns and the reason behind them, in UTF-8 with the original delimiter.
pub struct Rejects<W: Write> {
    writer: csv::Writer<W>,
    columns: Vec<String>,
    left_out: Vec<usize>,
}

impl<W: Write> Rejects<W> {
    /// Begins with the row of names. A byte-order mark is written first, because spreadsheets take UTF-8 for something
    /// else without one.
    pub fn new(mut target: W, columns: &[String], delimiter: char) -> std::io::Result<Self> {
        target.write_all("\u{feff}".as_bytes())?;
        let is_reason = |name: &String| normalised(name) == normalised(REASON_COLUMN);
        let left_out: Vec<usize> =
            (0..columns.len()).filter(|column| is_reason(&columns[*column])).collect();
        let mut writer = csv::WriterBuilder::new()
            .delimiter(u8::try_from(delimiter).unwrap_or(b','))
            .flexible(true)
            .from_writer(target);
        let kept = (0..columns.len()).filter(|column| !left_out.contains(column));
        let names: Vec<_> = kept.map(|column| columns[column].as_str()).collect();
        writer.write_record(names.into_iter().chain([REASON_COLUMN]))?;
        Ok(Self { writer, columns: columns.to_vec(), left_out })
    }

    /// Adds a row. Cells for which there is no column stand behind the reason, so that nothing is lost.
    pub fn add(&mut self, record: &Record, trouble: &Trouble) -> std::io::Result<()> {
        let reason = trouble.to_string();
        let kept = (0..self.columns.len()).filter(|column| !self.left_out.contains(column));
        let extra = record.cells.iter().skip(self.columns.len()).map(String::as_str);
        let cells = kept.map(|column| record.cell(column));
        let cells = cells.chain([reason.as_str()]).chain(extra);
        self.writer.write_record(cells.map(guarded))?;
        Ok(())
    }

    /// Ends the file.
    pub fn finish(self) -> std::io::Result<W> {
        self.writer.into_inner().map_err(|error| error.into_error())
    }
}

/// A cell that no spreadsheet takes for a formula.
fn guarded(cell: &str) -> String {
    if cell.starts_with(FORMULA_STARTS) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::people::{lead, without_guard};
    use crate::import::{Hints, Kind, Mapping, recognise};

    fn record(cells: &[&str]) -> Record {
        let cells = cells.iter().map(ToString::to_string).collect();
        Record { row: 2, line: 2, cells, unclosed_on: None }
    }

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn rejected_rows_are_mended_and_imported_again() {
        let columns = columns(&["Email", "Phone", "Note"]);
        let mut rejects = Rejects::new(Vec::new(), &columns, ';').unwrap();
        let row = record(&["", "+44 20", "one\n\"two\"; three"]);
        rejects.add(&row, &Trouble::MissingAddress).unwrap();
        let text = String::from_utf8(rejects.finish().unwrap()).unwrap();
        assert!(text.contains("there is no email address; enter one"), "{text}");

        let mended = text.replace("\n;", "\nann@x.example;");
        let shape = recognise(|| Ok(mended.as_bytes()), &Hints::default()).unwrap();
        let mapping = Mapping::new(Kind::Leads, &shape, &[]).unwrap();
        let lead = lead(&shape.sample[0], &mapping).unwrap();
        assert_eq!(lead.email.as_str(), "ann@x.example");
        assert_eq!(lead.attributes["Phone"], "+44 20");
        assert_eq!(lead.attributes["Note"], "one\n\"two\"; three");
        assert_eq!(lead.attributes.len(), 2);
    }

    #[test]
    fn a_reason_of_an_earlier_import_is_replaced() {
        let columns = columns(&["Email", "rondo_reason", "Note"]);
        let mut rejects = Rejects::new(Vec::new(), &columns, ',').unwrap();
        rejects.add(&record(&["", "old", "x", "extra"]), &Trouble::MissingAddress).unwrap();
        let text = String::from_utf8(rejects.finish().unwrap()).unwrap();
        let expected =
            "\u{feff}Email,Note,rondo_reason\n,x,there is no email address; enter one,extra\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_guarded_cell_reads_back() {
        for cell in ["=1+1", "+44", "-", "@a", "\tx", "\rx", "'x", "x", ""] {
            assert_eq!(without_guard(&guarded(cell)), cell);
        }
    }
}
