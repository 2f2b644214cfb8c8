//! What a command says and where: data to standard output, everything else to standard error.

use std::io::{self, Write as _};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::Failure;

/// Writes a line of data. A reader that has gone away, as `head` does, is no failure.
pub(super) fn say(line: impl AsRef<str>) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{}", line.as_ref()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Refused(format!("standard output can't be written: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes a value as a line of JSON.
pub(super) fn say_json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value)
        .map_err(|error| Failure::Refused(format!("the answer is no JSON: {error}")))?;
    say(text)
}

/// Writes a line for people.
pub(super) fn note(line: impl AsRef<str>) {
    // Nobody can be told that standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{}", line.as_ref());
}

/// A bar over this many bytes; nothing is drawn unless standard error is a terminal.
pub(super) fn bar_of_bytes(total: u64) -> ProgressBar {
    bar(total, "{bar:40} {bytes}/{total_bytes} {msg} ({eta} left)")
}

/// A bar over this many things; nothing is drawn unless standard error is a terminal.
pub(super) fn bar_of_things(total: u64) -> ProgressBar {
    bar(total, "{bar:40} {human_pos}/{human_len} {msg} ({eta} left)")
}

fn bar(total: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).expect("the template is well-formed");
    ProgressBar::new(total).with_style(style)
}

/// A number with its thousands apart, as in `100,000`.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things, as in `1 row` and `2,014 rows`.
pub(super) fn count_of(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(number))
}

/// A text from somebody else on one line and without characters that would steer the terminal.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let shown: Vec<_> = [0, 12, 999, 1000, 123_456, 1_000_000].map(thousands).to_vec();
        assert_eq!(shown, ["0", "12", "999", "1,000", "123,456", "1,000,000"]);
        assert_eq!([1, 2000].map(|n| count_of(n, "row")), ["1 row", "2,000 rows"]);
    }

    #[test]
    fn nothing_that_is_printed_steers_the_terminal() {
        assert_eq!(printable("a\u{1b}[2J\nb"), "a [2J b");
    }
}
