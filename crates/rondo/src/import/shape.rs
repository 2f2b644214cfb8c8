//! How a file is written: its encoding, its delimiter, and the names of its columns.

use std::collections::HashSet;
use std::io::{self, Read};

use encoding_rs::Encoding;
use rondo_core::text::{Email, InvalidText, NAME_CHARS_MAX, Name};

use super::encoding::{self, Utf8Reader};
use super::{ImportError, Record, Records};

/// Rows looked at to recognise delimiter and columns: enough to meet values in columns that are seldom filled.
pub const SAMPLE_ROWS: usize = 500;

/// Bytes of text looked at for the delimiter.
const SAMPLE_BYTES: u64 = 256 * 1024;

/// Bytes of text in which what is none shows itself.
const BEGINNING_BYTES: usize = 8 * 1024;

/// Characters of a column's name at most: an attribute's, less what tells columns of the same name apart.
const COLUMN_NAME_CHARS_MAX: usize = NAME_CHARS_MAX - 10;

/// The delimiters that are told apart, in the order in which they are tried.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// What a person says about a file in place of what would be recognised.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    /// The encoding's name.
    pub encoding: Option<String>,
    /// The delimiter.
    pub delimiter: Option<char>,
}

/// How a file is written.
#[derive(Debug, Clone)]
pub struct Shape {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// What separates cells.
    pub delimiter: char,
    /// What the columns are called; `column 1`, `column 2` … where the file does not say.
    pub columns: Vec<String>,
    /// Rows before the first person: a `sep=` line, the names of the columns.
    pub rows_before: usize,
    /// The first rows of people.
    pub sample: Vec<Record>,
}

impl Shape {
    /// Reads the people's rows of the file that has this shape.
    pub fn records<R: Read>(&self, source: R) -> Result<Records<Utf8Reader<R>>, ImportError> {
        let mut records = Records::new(Utf8Reader::new(source, self.encoding), self.delimiter);
        for _ in 0..self.rows_before {
            records.next_record()?;
        }
        Ok(records)
    }

    /// The delimiter in words.
    pub fn delimiter_name(&self) -> &'static str {
        match self.delimiter {
            ',' => "comma",
            ';' => "semicolon",
            '\t' => "tab",
            '|' => "pipe",
            _ => "as given",
        }
    }
}

/// Recognises how a file is written. `open` is called several times and reads it from the start each time.
pub fn recognise<R: Read>(
    mut open: impl FnMut() -> io::Result<R>,
    hints: &Hints,
) -> Result<Shape, ImportError> {
    let encoding = match &hints.encoding {
        Some(name) => Encoding::for_label(name.trim().as_bytes())
            .ok_or_else(|| ImportError::UnknownEncoding(name.clone()))?,
        None => encoding::detect(open()?)?,
    };
    let mut text = Vec::new();
    Utf8Reader::new(open()?, encoding).take(SAMPLE_BYTES).read_to_end(&mut text)?;
    if !is_text(&text) {
        return Err(ImportError::NotText);
    }
    let is_cut = text.len() as u64 == SAMPLE_BYTES;
    let said = separator_line(&text);
    let delimiter = match hints.delimiter.or(said) {
        Some(delimiter) => delimiter,
        None => likeliest_delimiter(&text, is_cut),
    };
    let mut rows = sample(&text, delimiter, is_cut);
    if said.is_some() && !rows.is_empty() {
        rows.remove(0);
    }
    if rows.is_empty() && is_cut {
        // A first row longer than the sample: reading it says what is wrong.
        Records::new(Utf8Reader::new(open()?, encoding), delimiter).next_record()?;
    }
    let first = rows.first().ok_or(ImportError::Empty)?;
    let has_names = !first.cells.iter().any(|cell| Email::parse(cell).is_ok());
    if let Some(line) = first.unclosed_on.filter(|_| has_names) {
        return Err(ImportError::NamesNotClosed { line });
    }
    let columns = if has_names {
        names_of(&rows.remove(0).cells)
    } else {
        (1..=first.cells.len()).map(|n| format!("column {n}")).collect()
    };
    let rows_before = usize::from(said.is_some()) + usize::from(has_names);
    Ok(Shape { encoding, delimiter, columns, rows_before, sample: rows })
}

/// Whether this may be the beginning of a text: no program writes zeros into one, but into nearly everything else.
fn is_text(beginning: &[u8]) -> bool {
    let beginning = &beginning[..beginning.len().min(BEGINNING_BYTES)];
    !beginning.contains(&0) && !beginning.starts_with(b"%PDF-")
}

/// Excel's first line that names the delimiter, as in `sep=;`.
fn separator_line(text: &[u8]) -> Option<char> {
    let line = text.split(|byte| matches!(byte, b'\r' | b'\n')).next()?;
    let [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] = line else {
        return None;
    };
    DELIMITERS.into_iter().find(|known| *delimiter == *known as u8)
}

fn sample(text: &[u8], delimiter: char, is_cut: bool) -> Vec<Record> {
    let mut records = Records::new(text, delimiter);
    let mut rows = Vec::new();
    while rows.len() <= SAMPLE_ROWS
        && let Ok(Some(record)) = records.next_record()
    {
        rows.push(record);
    }
    if is_cut && rows.len() <= SAMPLE_ROWS {
        rows.pop();
    }
    rows
}

/// The delimiter that gives the most rows of the same number of columns as the first, and of those the most columns.
fn likeliest_delimiter(text: &[u8], is_cut: bool) -> char {
    let score = |delimiter: char| {
        let rows = sample(text, delimiter, is_cut);
        let columns = rows.first().map_or(0, |row| row.cells.len());
        let alike = rows.iter().filter(|row| row.cells.len() == columns).count();
        // In tenths, so that a few ragged rows do not outweigh the number of columns.
        let tenths = (alike * 10).div_ceil(rows.len().max(1));
        if columns < 2 { (0, 0) } else { (tenths, columns) }
    };
    let mut best = (DELIMITERS[0], score(DELIMITERS[0]));
    for delimiter in &DELIMITERS[1..] {
        let score = score(*delimiter);
        if score > best.1 {
            best = (*delimiter, score);
        }
    }
    best.0
}

fn is_unseen(character: char) -> bool {
    Name::parse(character.encode_utf8(&mut [0; 4])) == Err(InvalidText::ControlCharacter)
}

/// Names as they stand, made different from one another where they are not, invented where there are none.
fn names_of(cells: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    let mut taken = HashSet::with_capacity(cells.len());
    for (index, cell) in cells.iter().enumerate() {
        let words = cell.replace(is_unseen, " ");
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let cell: String = words.chars().take(COLUMN_NAME_CHARS_MAX).collect();
        let cell = if cell.is_empty() { format!("column {}", index + 1) } else { cell };
        let mut name = cell.clone();
        let mut count = 1;
        while !taken.insert(name.clone()) {
            count += 1;
            name = format!("{cell} ({count})");
        }
        names.push(name);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape(text: &str) -> Shape {
        recognise(|| Ok(text.as_bytes()), &Hints::default()).unwrap()
    }

    #[test]
    fn each_delimiter_is_recognised() {
        for (delimiter, name) in [(',', "comma"), (';', "semicolon"), ('\t', "tab"), ('|', "pipe")]
        {
            let text = "Name#Email#Note\nAnn#ann@x.example#a, b; c\nBo#bo@x.example#\n";
            let found =
                shape(&text.replace('#', &delimiter.to_string()).replace("a, b; c", "\"a, b; c\""));
            assert_eq!((found.delimiter, found.delimiter_name()), (delimiter, name));
            assert_eq!(found.columns, ["Name", "Email", "Note"]);
            assert_eq!(found.sample.len(), 2);
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01,\0\0\0\x01\x08".as_slice();
        let workbook = b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0".as_slice();
        for bytes in [picture, workbook, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"] {
            let error = recognise(|| Ok(bytes), &Hints::default()).unwrap_err();
            assert!(matches!(error, ImportError::NotText), "{error}");
        }
    }

    #[test]
    fn commas_inside_a_semicolon_file_do_not_confuse() {
        let found = shape("Name;Company\nA, B;C, D, E\nF, G;H\nI;J, K, L\n");
        assert_eq!(found.delimiter, ';');
    }

    #[test]
    fn a_line_that_names_the_delimiter_is_obeyed_and_left_out() {
        let found = shape("sep=|\nName,x|Email\nAnn|ann@x.example\n");
        assert_eq!((found.delimiter, found.rows_before), ('|', 2));
        assert_eq!(found.columns, ["Name,x", "Email"]);
    }

    #[test]
    fn a_plain_list_of_addresses_has_no_row_of_names() {
        let found = shape("ann@x.example\nbo@x.example\n");
        assert_eq!((found.rows_before, found.sample.len()), (0, 2));
        assert_eq!(found.columns, ["column 1"]);
    }

    #[test]
    fn columns_of_the_same_name_and_of_none_are_told_apart() {
        let found = shape("Email,Phone,Phone,,Phone\nann@x.example,1,2,3,4\n");
        assert_eq!(found.columns, ["Email", "Phone", "Phone (2)", "column 4", "Phone (3)"]);
    }

    #[test]
    fn a_file_without_a_row_is_empty() {
        for text in ["", "\r\n\r\n", "\u{feff}"] {
            let error = recognise(|| Ok(text.as_bytes()), &Hints::default()).unwrap_err();
            assert!(matches!(error, ImportError::Empty), "{error}");
        }
    }

    #[test]
    fn names_of_columns_whose_quotation_mark_is_not_closed_are_not_guessed() {
        let text = "Name,\"Email\nAnn,ann@x.example\n";
        let error = recognise(|| Ok(text.as_bytes()), &Hints::default()).unwrap_err();
        assert!(matches!(error, ImportError::NamesNotClosed { line: 1 }), "{error}");
    }

    #[test]
    fn hints_come_before_what_is_recognised() {
        let hints = Hints { encoding: Some("iso-8859-2".to_owned()), delimiter: Some('#') };
        let found = recognise(|| Ok(&b"Name#Email\n\xa3uk#l@x.example\n"[..]), &hints).unwrap();
        assert_eq!(found.sample[0].cells, ["Łuk", "l@x.example"]);
        let hints = Hints { encoding: Some("klingon".to_owned()), delimiter: None };
        assert!(recognise(|| Ok(&b"a"[..]), &hints).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_recognition_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = recognise(|| Ok(&bytes[..]), &Hints::default());
        }
    }
}
