//! The rows that were not imported, with the reason, in a form that can be mended and imported again.

use std::io::Write;

use super::headers::normalised;
use super::people::FORMULA_STARTS;
use super::{Record, Trouble};

/// The column that says why; an import leaves it out.
pub const REASON_COLUMN: &str = "rondo_reason";

/// Writes rows with their original columns and the reason in the last one, in UTF-8 with the original delimiter.
pub struct Rejects<W: Write> {
    writer: csv::Writer<W>,
    delimiter: char,
    columns: usize,
    /// The original columns that are written.
    kept: Vec<usize>,
}

impl<W: Write> Rejects<W> {
    /// Begins with the row of names. A byte-order mark is written first, because spreadsheets take UTF-8 for something
    /// else without one.
    pub fn new(mut target: W, columns: &[String], delimiter: char) -> std::io::Result<Self> {
        target.write_all("\u{feff}".as_bytes())?;
        let is_reason = |name: &String| normalised(name) == normalised(REASON_COLUMN);
        let kept: Vec<usize> =
            (0..columns.len()).filter(|column| !is_reason(&columns[*column])).collect();
        let mut writer = csv::WriterBuilder::new()
            .delimiter(u8::try_from(delimiter).unwrap_or(b','))
            .from_writer(target);
        let names = kept.iter().map(|column| columns[*column].as_str());
        writer.write_record(names.chain([REASON_COLUMN]))?;
        Ok(Self { writer, delimiter, columns: columns.len(), kept })
    }

    /// Adds a row. Cells for which there is no column stand in the last one, as they stood in the file; where cells are
    /// missing, empty ones are written. The reason of such a row says that somebody must look at it.
    pub fn add(&mut self, record: &Record, trouble: &Trouble) -> std::io::Result<()> {
        let mut cells: Vec<String> =
            self.kept.iter().map(|column| record.cell(*column).to_owned()).collect();
        if let Some(last) = cells.last_mut() {
            for extra in self.extra(record) {
                last.push(self.delimiter);
                last.push_str(extra);
            }
        }
        cells.push(trouble.to_string());
        self.writer.write_record(cells.iter().map(|cell| guarded(cell)))?;
        Ok(())
    }

    fn extra<'r>(&self, record: &'r Record) -> &'r [String] {
        let extra = record.cells.get(self.columns..).unwrap_or_default();
        let is_blank = extra.iter().all(|cell| cell.trim().is_empty());
        if is_blank { &[] } else { extra }
    }

    /// Ends the file.
    pub fn finish(self) -> std::io::Result<W> {
        self.writer.into_inner().map_err(|error| error.into_error())
    }
}

/// A cell that no spreadsheet takes for a formula.
pub fn guarded(cell: &str) -> String {
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
            "\u{feff}Email,Note,rondo_reason\n,\"x,extra\",there is no email address; enter one\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn rows_of_another_length_are_not_imported_before_somebody_has_looked_at_them() {
        let text = "Email,Name,Company\nann@x.example\nbo@x.example,Bo,Kiln, Ltd\n";
        let shape = recognise(|| Ok(text.as_bytes()), &Hints::default()).unwrap();
        let mapping = Mapping::new(Kind::Leads, &shape, &[]).unwrap();
        let mut rejects = Rejects::new(Vec::new(), &shape.columns, ',').unwrap();
        for record in &shape.sample {
            rejects.add(record, &lead(record, &mapping).unwrap_err()).unwrap();
        }
        let left = String::from_utf8(rejects.finish().unwrap()).unwrap();
        let read = |text: &str| -> Vec<_> {
            let shape = recognise(|| Ok(text.as_bytes()), &Hints::default()).unwrap();
            assert!(shape.sample.iter().all(|row| row.cells.len() == shape.columns.len()));
            let mapping = Mapping::new(Kind::Leads, &shape, &[]).unwrap();
            shape.sample.iter().map(|record| lead(record, &mapping)).collect()
        };
        for row in read(&left) {
            assert_eq!(row.unwrap_err().code(), "unmended-row", "{left}");
        }
        let mended: Vec<_> =
            left.lines().map(|line| line.split("\"the row").next().unwrap()).collect();
        let rows = read(&mended.join("\n"));
        assert_eq!(rows[1].as_ref().unwrap().company.as_deref(), Some("Kiln, Ltd"), "{left}");
    }

    #[test]
    fn a_guarded_cell_reads_back() {
        for cell in ["=1+1", "+44", "-", "@a", "\tx", "\rx", "'x", "x", ""] {
            assert_eq!(without_guard(&guarded(cell)), cell);
        }
    }
}
