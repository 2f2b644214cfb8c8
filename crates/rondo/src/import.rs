//! Reading lists of people as they come: exports of CRMs, spreadsheets, plain lists of addresses.
//!
//! [`recognise`] finds out how a file is written ([`Shape`]): its encoding, its delimiter, its columns. [`Mapping`] says
//! what each column means, and people can change it. [`Records`] reads the rows one by one in bounded memory, and
//! [`people`] turns each into a lead or a rep, or says what is wrong with it ([`Trouble`]). Nothing here talks to a server
//! or opens a file: callers hand in readers.

pub mod encoding;
mod extent;
pub mod headers;
pub mod mapping;
pub mod owners;
pub mod people;
pub mod records;
pub mod rejects;
pub mod repeats;
pub mod shape;
pub mod trouble;

pub use mapping::{Field, Kind, Mapping, Target};
pub use people::{LeadRow, RepRow};
pub use records::{Record, Records};
pub use rejects::{Rejects, guarded};
pub use repeats::{Repeat, Repeats};
pub use shape::{Hints, Shape, recognise};
pub use trouble::Trouble;

/// Rows of a file at most: what is remembered of each to find repeats then stays below 100 MB.
pub const ROWS_MAX: u64 = 1_000_000;

/// A file that can't be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Reading failed.
    #[error("the file can't be read: {0}")]
    Io(#[from] std::io::Error),
    /// There is no row in it.
    #[error("the file is empty; expected a row of column names and a row for each person")]
    Empty,
    /// Not text: a picture, a workbook, a PDF.
    #[error(
        "the file is not text; expected CSV, as a spreadsheet saves and other systems export it"
    )]
    NotText,
    /// The names of the columns can't be told.
    #[error(
        "the quotation mark that opens on line {line}, in the row of column names, is not closed; close it, and import \
         the file again"
    )]
    NamesNotClosed {
        /// Where it opens, counted from 1.
        line: u64,
    },
    /// A row has no end in sight.
    #[error(
        "the row that starts on line {line} is longer than {} KiB; a quotation mark in it is probably not closed; \
         close it, and import the file again: what was imported before it stays as it is",
        records::RECORD_BYTES_MAX / 1024
    )]
    RowTooLong {
        /// Where it starts, counted from 1.
        line: u64,
    },
    /// More columns than anybody has.
    #[error(
        "the row on line {line} has more than {} columns; is `{delimiter}` the right delimiter?",
        records::COLUMNS_MAX
    )]
    TooManyColumns {
        /// Where it starts, counted from 1.
        line: u64,
        /// What was taken for the delimiter.
        delimiter: char,
    },
    /// More rows than are taken at once.
    #[error(
        "the file has more than {ROWS_MAX} rows; split it, and import the parts one after the other"
    )]
    TooManyRows,
    /// An encoding that nobody knows.
    #[error(
        "`{0}` is not an encoding; expected for example `utf-8`, `utf-16le`, `windows-1252`, `iso-8859-2`"
    )]
    UnknownEncoding(String),
    /// A mapping that does not fit the file.
    #[error(transparent)]
    Mapping(#[from] mapping::MappingError),
}
