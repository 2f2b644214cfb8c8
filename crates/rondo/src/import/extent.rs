//! Where a row ends, and whether a quotation mark that was opened in it is closed.

/// Line breaks in one cell at most: twice as many as the longest notes that people keep, and few enough that a quotation
/// mark which is never closed does not take hundreds of rows with it.
pub const CELL_LINE_BREAKS_MAX: usize = 200;

/// How far a row reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Up to its line end, which is not counted.
    Whole {
        /// How many bytes it has.
        bytes: usize,
    },
    /// It has a cell whose quotation mark is not closed: it is cut at the end of the line on which that was opened.
    Unclosed {
        /// How many bytes there are up to there.
        bytes: usize,
        /// The line, counted from the row's first as 0.
        line: u64,
    },
}

/// Looks at a row byte by byte until its extent is known.
#[derive(Debug)]
pub(super) struct Scan {
    delimiter: u8,
    place: Place,
    at: usize,
    line: u64,
    last_byte: u8,
    opened: Opened,
}

/// The cell in quotation marks that is being read.
#[derive(Debug, Clone, Copy, Default)]
struct Opened {
    line: u64,
    line_breaks: usize,
    first_line_bytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    CellStart,
    Unquoted,
    Quoted,
    /// After a quotation mark in a quoted cell: it ends the cell, or stands for one.
    AfterMark,
}

impl Scan {
    /// At the first byte of a row.
    pub(super) fn new(delimiter: u8) -> Self {
        let opened = Opened::default();
        Self { delimiter, place: Place::CellStart, at: 0, line: 0, last_byte: 0, opened }
    }

    /// Looks at the bytes of `row`, of which it may have seen the beginning before; none if more must be read.
    pub(super) fn look(&mut self, row: &[u8]) -> Option<Extent> {
        while let Some(&byte) = row.get(self.at) {
            if let Some(extent) = self.step(byte) {
                return Some(extent);
            }
            self.at += 1;
            self.last_byte = byte;
        }
        None
    }

    /// The extent of a row that the end of the file ends.
    pub(super) fn at_end_of_file(&self) -> Extent {
        if self.place == Place::Quoted { self.unclosed() } else { self.whole() }
    }

    /// The extent of a row that is longer than any row may be; none if cutting it would not help.
    pub(super) fn at_limit(&self) -> Option<Extent> {
        let is_cut = self.place == Place::Quoted && self.opened.line_breaks > 0;
        is_cut.then(|| self.unclosed())
    }

    fn step(&mut self, byte: u8) -> Option<Extent> {
        let is_line_end = matches!(byte, b'\r' | b'\n');
        match self.place {
            Place::Quoted if byte == b'"' => self.place = Place::AfterMark,
            Place::Quoted if is_line_end => return self.break_line(byte),
            Place::Quoted => {}
            Place::AfterMark if byte == b'"' => self.place = Place::Quoted,
            Place::CellStart if byte == b'"' => {
                self.place = Place::Quoted;
                self.opened = Opened { line: self.line, ..Opened::default() };
            }
            Place::CellStart | Place::Unquoted | Place::AfterMark if is_line_end => {
                return Some(self.whole());
            }
            Place::CellStart | Place::Unquoted | Place::AfterMark if byte == self.delimiter => {
                self.place = Place::CellStart;
            }
            // Text goes on behind the mark, on another line: it is the mark that opens the next quoted cell.
            Place::AfterMark if self.opened.line_breaks > 0 => return Some(self.unclosed()),
            Place::CellStart | Place::Unquoted | Place::AfterMark => self.place = Place::Unquoted,
        }
        None
    }

    fn break_line(&mut self, byte: u8) -> Option<Extent> {
        if byte == b'\n' && self.last_byte == b'\r' {
            return None;
        }
        if self.opened.line_breaks == 0 {
            self.opened.first_line_bytes = self.at;
        }
        self.opened.line_breaks += 1;
        self.line += 1;
        (self.opened.line_breaks > CELL_LINE_BREAKS_MAX).then(|| self.unclosed())
    }

    fn whole(&self) -> Extent {
        Extent::Whole { bytes: self.at }
    }

    fn unclosed(&self) -> Extent {
        let Opened { line, line_breaks, first_line_bytes } = self.opened;
        let bytes = if line_breaks > 0 { first_line_bytes } else { self.at };
        Extent::Unclosed { bytes, line }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(text: &str) -> Extent {
        let mut scan = Scan::new(b',');
        scan.look(text.as_bytes()).unwrap_or_else(|| scan.at_end_of_file())
    }

    #[test]
    fn a_cell_may_have_as_many_lines_as_a_long_note() {
        let note = |line_breaks: usize| format!("a,\"{}\"\nb", "note\n".repeat(line_breaks));
        let long = note(CELL_LINE_BREAKS_MAX);
        assert_eq!(extent(&long), Extent::Whole { bytes: long.len() - 2 });
        assert_eq!(extent(&note(CELL_LINE_BREAKS_MAX + 1)), Extent::Unclosed { bytes: 7, line: 0 });
    }

    #[test]
    fn a_mark_is_not_closed_by_the_one_that_opens_another_cell() {
        assert_eq!(extent("a,\"b\nc,\"d\"\n"), Extent::Unclosed { bytes: 4, line: 0 });
        assert_eq!(extent("\"a\r\nb\",\"c\r\nd,\"e\""), Extent::Unclosed { bytes: 9, line: 1 });
    }

    #[test]
    fn a_mark_that_the_end_of_the_file_leaves_open_is_not_closed() {
        assert_eq!(extent("a,\"b"), Extent::Unclosed { bytes: 4, line: 0 });
        assert_eq!(extent("a,\"b\nc,d\ne,f\n"), Extent::Unclosed { bytes: 4, line: 0 });
        assert_eq!(extent("a,\"b\""), Extent::Whole { bytes: 5 });
    }

    #[test]
    fn text_behind_a_closing_mark_on_the_same_line_is_taken() {
        assert_eq!(extent("\"Ann\" Lee,b\nc"), Extent::Whole { bytes: 11 });
    }
}
