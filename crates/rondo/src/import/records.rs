//! The rows of delimited text, one at a time and in bounded memory.

use std::io::Read;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::ImportError;
use super::extent::{Extent, Scan};

/// Bytes of one row at most: far beyond a page of notes, and little enough to be held in memory.
pub const RECORD_BYTES_MAX: usize = 1024 * 1024;

/// Columns of one row at most: CRMs allow about a thousand fields of one's own.
pub const COLUMNS_MAX: usize = 4096;

/// Bytes read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// One row: its cells, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// The row's number as a spreadsheet shows it: 1 is the first.
    pub row: u64,
    /// The line of the file on which it starts, from 1.
    pub line: u64,
    /// The cells.
    pub cells: Vec<String>,
    /// The line on which a quotation mark opens that is not closed: the row is cut at the end of that line.
    pub unclosed_on: Option<u64>,
}

impl Record {
    /// Whether there is nothing in any cell.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }

    /// The cell of a column, empty where the row is too short.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// Reads rows from UTF-8 text: cells in quotation marks may hold delimiters, line ends and doubled quotation marks; rows end
/// with CR, LF or both; empty lines are skipped. After a quotation mark that is not closed it goes on with the next line.
pub struct Records<R> {
    source: R,
    delimiter: char,
    separator: u8,
    machine: Reader,
    input: Vec<u8>,
    input_at: usize,
    is_at_end: bool,
    output: Vec<u8>,
    ends: Vec<usize>,
    row: u64,
    line: u64,
    last_byte: u8,
    bytes_read: u64,
}

impl<R: Read> Records<R> {
    /// Reads `source`, whose cells this ASCII character separates.
    pub fn new(source: R, delimiter: char) -> Self {
        let separator = u8::try_from(delimiter).unwrap_or(b',');
        Self {
            source,
            delimiter,
            separator,
            machine: ReaderBuilder::new().delimiter(separator).build(),
            input: Vec::new(),
            input_at: 0,
            is_at_end: false,
            output: vec![0; 4096],
            ends: vec![0; 64],
            row: 0,
            line: 1,
            last_byte: 0,
            bytes_read: 0,
        }
    }

    /// Bytes of UTF-8 text taken so far.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The next row, or none at the end.
    pub fn next_record(&mut self) -> Result<Option<Record>, ImportError> {
        self.skip_line_ends()?;
        if self.input_at == self.input.len() {
            return Ok(None);
        }
        let line = self.line;
        let (bytes, unclosed_on) = match self.extent()? {
            Extent::Whole { bytes } => (bytes, None),
            Extent::Unclosed { bytes, line: below } => (bytes, Some(line + below)),
        };
        let cells = self.cells(bytes)?;
        self.advance(bytes);
        self.row += 1;
        Ok(Some(Record { row: self.row, line, cells, unclosed_on }))
    }

    /// How far the row that begins here reaches; reads on until that is known.
    fn extent(&mut self) -> Result<Extent, ImportError> {
        let mut scan = Scan::new(self.separator);
        loop {
            if let Some(extent) = scan.look(&self.input[self.input_at..]) {
                return Ok(extent);
            }
            if self.is_at_end {
                return Ok(scan.at_end_of_file());
            }
            if self.input.len() - self.input_at > RECORD_BYTES_MAX {
                return scan.at_limit().ok_or(ImportError::RowTooLong { line: self.line });
            }
            self.fill()?;
        }
    }

    /// The cells of the row that has the next `bytes` of the input.
    fn cells(&mut self, bytes: usize) -> Result<Vec<String>, ImportError> {
        self.machine.reset();
        let (mut read, mut written, mut columns) = (0, 0, 0);
        let row = &self.input[self.input_at..self.input_at + bytes];
        loop {
            let (result, took, wrote, ended) = self.machine.read_record(
                &row[read..],
                &mut self.output[written..],
                &mut self.ends[columns..],
            );
            read += took;
            written += wrote;
            columns += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.output.resize(2 * self.output.len(), 0),
                ReadRecordResult::OutputEndsFull if self.ends.len() >= COLUMNS_MAX => {
                    let (line, delimiter) = (self.line, self.delimiter);
                    return Err(ImportError::TooManyColumns { line, delimiter });
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        Ok(self.texts(columns))
    }

    fn texts(&self, columns: usize) -> Vec<String> {
        let mut start = 0;
        self.ends[..columns]
            .iter()
            .map(|&end| {
                let bytes = &self.output[std::mem::replace(&mut start, end)..end];
                String::from_utf8_lossy(bytes).into_owned()
            })
            .collect()
    }

    /// Empty lines, and the line end of the row before, so that the next row's line is known.
    fn skip_line_ends(&mut self) -> Result<(), ImportError> {
        loop {
            if self.input_at == self.input.len() && !self.is_at_end {
                self.fill()?;
            }
            match self.input.get(self.input_at) {
                Some(b'\r' | b'\n') => self.advance(1),
                Some(_) => return Ok(()),
                None if self.is_at_end => return Ok(()),
                None => {}
            }
        }
    }

    /// Takes bytes of the input as read; a CR, an LF and a CR with an LF each end a line.
    fn advance(&mut self, count: usize) {
        for &byte in &self.input[self.input_at..self.input_at + count] {
            let ends_line = byte == b'\r' || (byte == b'\n' && self.last_byte != b'\r');
            self.line += u64::from(ends_line);
            self.last_byte = byte;
        }
        self.input_at += count;
        self.bytes_read += count as u64;
    }

    /// Reads more of the source behind what is still to be taken.
    fn fill(&mut self) -> Result<(), ImportError> {
        self.input.drain(..self.input_at);
        self.input_at = 0;
        let held = self.input.len();
        self.input.resize(held + CHUNK_BYTES, 0);
        let count = loop {
            match self.source.read(&mut self.input[held..]) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.input.truncate(held + count);
        self.is_at_end = count == 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &[u8], delimiter: char) -> Result<Vec<Vec<String>>, ImportError> {
        let mut records = Records::new(text, delimiter);
        let mut rows = Vec::new();
        while let Some(record) = records.next_record()? {
            rows.push(record.cells);
        }
        Ok(rows)
    }

    #[test]
    fn quoted_cells_hold_delimiters_line_ends_and_quotation_marks() {
        let rows = all(b"a,b\n\"x, \"\"y\"\"\",\"one\r\ntwo\"\n", ',').unwrap();
        assert_eq!(rows, [["a", "b"], ["x, \"y\"", "one\r\ntwo"]]);
    }

    #[test]
    fn every_kind_of_line_end_ends_a_row() {
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("a;b{end}{end}c;d");
            assert_eq!(all(text.as_bytes(), ';').unwrap(), [["a", "b"], ["c", "d"]]);
        }
    }

    #[test]
    fn rows_are_numbered_and_know_their_line() {
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("a{end}\"b{end}b\"{end}{end}c{end}");
            let mut records = Records::new(text.as_bytes(), ',');
            let mut places = Vec::new();
            while let Some(record) = records.next_record().unwrap() {
                places.push((record.row, record.line));
            }
            assert_eq!(places, [(1, 1), (2, 2), (3, 5)]);
        }
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_spoils_its_row_alone() {
        let text = format!("a,b\n\"x,{}", "y,z\n".repeat(RECORD_BYTES_MAX / 8));
        let mut records = Records::new(text.as_bytes(), ',');
        let mut unclosed = Vec::new();
        while let Some(record) = records.next_record().unwrap() {
            unclosed.extend(record.unclosed_on.map(|line| (line, record.cells)));
        }
        assert_eq!(unclosed, [(2, vec!["x,y,z".to_owned()])]);
        assert_eq!(records.row, 1 + RECORD_BYTES_MAX as u64 / 8);
    }

    #[test]
    fn a_line_without_end_does_not_fill_the_memory() {
        let text = format!("a,b\n\"x,{}", "y".repeat(2 * RECORD_BYTES_MAX));
        let error = all(text.as_bytes(), ',').unwrap_err();
        assert!(matches!(error, ImportError::RowTooLong { line: 2 }), "{error}");
    }

    #[test]
    fn a_row_of_delimiters_does_not_fill_the_memory() {
        let error = all(",".repeat(COLUMNS_MAX + 1).as_bytes(), ',').unwrap_err();
        assert!(matches!(error, ImportError::TooManyColumns { line: 1, .. }), "{error}");
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            for delimiter in [',', ';', '\t', '|'] {
                let _ = all(&bytes, delimiter);
            }
        }

        #[test]
        fn what_a_writer_writes_reads_back(
            rows in proptest::collection::vec(proptest::collection::vec("[a,;\"\r\n é']{1,6}", 3), 1..8),
        ) {
            let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            prop_assert_eq!(all(&bytes, ';').unwrap(), rows);
        }
    }
}
