//! The text that a person wrote, line by line: `text/plain`, else HTML turned into text.
//!
//! Only texts count: calendars, `winmail.dat`, files and forwarded messages are not what the person wrote here.

mod entities;
mod flowed;
mod html;

use super::parts::{Part, TEXT_BYTES_MAX};

/// Lines of a text at most; what follows is history of history.
pub const LINES_MAX: usize = 20_000;

/// A line, and what its container in HTML says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line without its end.
    pub text: String,
    /// What its container says.
    pub mark: Mark,
}

/// What the mail program that made a line says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Nothing: it has to be told by its words.
    Unmarked,
    /// Part of a quoted message.
    Quote,
    /// Part of a signature.
    Signature,
}

impl Line {
    /// A line of which nothing is said.
    pub fn unmarked(text: impl Into<String>) -> Self {
        Self { text: text.into(), mark: Mark::Unmarked }
    }

    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// The lines of a message's own text: as many as [`LINES_MAX`] and [`TEXT_BYTES_MAX`] let in.
pub fn lines(root: &Part<'_>) -> Vec<Line> {
    let mut lines = lines_of(root);
    let mut room = TEXT_BYTES_MAX;
    let fitting = lines.iter().take(LINES_MAX).take_while(|line| {
        let is_fitting = line.text.len() <= room;
        room = room.saturating_sub(line.text.len());
        is_fitting
    });
    let count = fitting.count();
    lines.truncate(count);
    lines
}

/// The lines of a plain text, as if it were the body of a message.
pub fn plain_lines(text: &str) -> Vec<Line> {
    text.lines().take(LINES_MAX).map(Line::unmarked).collect()
}

/// The lines of HTML, as if it were the body of a message.
pub fn html_lines(text: &str) -> Vec<Line> {
    html::lines(text)
}

fn lines_of(part: &Part<'_>) -> Vec<Line> {
    if part.is_attachment() {
        return Vec::new();
    }
    match part.media() {
        "text/plain" => plain_part(part),
        "text/html" => html::lines(&part.text()),
        "multipart/alternative" => alternative(&part.children),
        // The first part is the text; the others are what it shows, or what is said about it.
        "multipart/related" | "multipart/report" | "multipart/signed" => {
            part.children.first().map(lines_of).unwrap_or_default()
        }
        media if media.starts_with("multipart/") && part.children.is_empty() => plain_part(part),
        media if media.starts_with("multipart/") => {
            let mut lines: Vec<Line> = Vec::new();
            for more in part.children.iter().map(lines_of) {
                if !lines.is_empty() && !more.is_empty() {
                    lines.push(Line::unmarked(""));
                }
                lines.extend(more);
            }
            lines
        }
        _ => Vec::new(),
    }
}

/// The plain one of several forms of a text, if anything stands in it; else the richest.
fn alternative(forms: &[Part<'_>]) -> Vec<Line> {
    let is_there = |lines: &Vec<Line>| lines.iter().any(|line| !line.is_blank());
    let plain = forms.iter().filter(|form| form.is("text/plain")).map(lines_of).find(is_there);
    plain.or_else(|| forms.iter().rev().map(lines_of).find(is_there)).unwrap_or_default()
}

fn plain_part(part: &Part<'_>) -> Vec<Line> {
    let text = part.text();
    let is = |name, value: &str| {
        part.parameter(name).is_some_and(|given| given.trim().eq_ignore_ascii_case(value))
    };
    if is("format", "flowed") {
        flowed::lines(&text, is("delsp", "yes"))
    } else {
        plain_lines(&text)
    }
}
