//! The page with the figures: each benchmark writes its own part and leaves the others, and what people wrote, alone.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::rounds::median;

/// A target: what was measured, and whether that is enough.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) target: &'static str,
    pub(crate) measured: String,
    pub(crate) is_reached: Option<bool>,
}

impl Row {
    pub(crate) fn at_least(what: &str, target: &'static str, wanted: f64, ratio: f64) -> Self {
        let measured = format!("{ratio:.2}");
        Self { what: what.to_owned(), target, measured, is_reached: Some(ratio >= wanted) }
    }

    pub(crate) fn at_most(
        what: &str,
        target: &'static str,
        wanted: f64,
        value: f64,
        unit: &str,
    ) -> Self {
        let measured = format!("{value:.2}{unit}");
        Self { what: what.to_owned(), target, measured, is_reached: Some(value <= wanted) }
    }
}

/// Targets as a table.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut table = String::from("| measured | to reach | measured | |\n|---|---|---|---|\n");
    for Row { what, target, measured, is_reached } in rows {
        let verdict = match is_reached {
            Some(true) => "reached",
            Some(false) => "**missed**",
            None => "",
        };
        writeln!(table, "| {what} | {target} | {measured} | {verdict} |").expect("text grows");
    }
    table
}

/// The head of a table whose lines are written by [`line`].
pub(crate) const HEAD: &str = "| | median | lowest round | highest round |\n|---|---|---|---|\n";

/// A line of a table: what was measured in each round.
pub(crate) fn line(table: &mut String, what: &str, values: &[f64], decimals: usize) {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(0.0, f64::max);
    let middle = median(values);
    writeln!(table, "| {what} | {middle:.decimals$} | {low:.decimals$} | {high:.decimals$} |")
        .expect("text grows");
}

#[expect(clippy::disallowed_methods, reason = "the page bears the date on which it was measured")]
pub(crate) fn today() -> String {
    jiff::Zoned::now().date().to_string()
}

/// The machine, in a sentence.
pub(crate) fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let after = |text: &str, key: &str| {
        text.lines()
            .find(|line| line.starts_with(key))
            .and_then(|line| line.split_once(':'))
            .map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
    };
    let kernel = read("/proc/sys/kernel/osrelease");
    let memory = after(&read("/proc/meminfo"), "MemTotal");
    let gigabytes = memory.trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1e6;
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "Machine: {processors} processors ({}), {gigabytes:.0} GB of memory, Linux {}.",
        after(&read("/proc/cpuinfo"), "model name"),
        kernel.trim(),
    )
}

/// A whole number with commas.
pub(crate) fn grouped(number: u64) -> String {
    let text = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in text.chars().enumerate() {
        if at > 0 && (text.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Puts a part into the page, in place of what it was before.
pub(crate) fn write(part: &str, text: &str) {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/benchmarks.md");
    let path = std::env::var_os("RONDO_BENCH_REPORT").map_or(PathBuf::from(root), PathBuf::from);
    let (begin, end) = (format!("<!-- {part} -->"), format!("<!-- end of {part} -->"));
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    let (before, after) = match page.split_once(&begin) {
        Some((before, rest)) => (before, rest.split_once(&end).map_or("", |(_, after)| after)),
        None => (page.as_str(), "\n"),
    };
    let page = format!("{before}{begin}\n{text}\n{end}{after}");
    std::fs::write(&path, page).expect("the page can be written");
    eprintln!("written to {}", path.display());
}
