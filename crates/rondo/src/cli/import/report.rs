//! What an import says at its end.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Existing;
use crate::cli::Failure;
use crate::cli::terminal::{count_of, printable, say, say_json, thousands};
use crate::import::trouble::{Class, Tally};
use crate::import::{Mapping, Shape, Trouble};

/// Owners named in a report; all of them are counted.
const OWNERS_NAMED_MAX: usize = 10;

/// What was done, counted.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// Rows that are good.
    pub(super) good: u64,
    /// People who were not there before.
    pub(super) created: u64,
    /// People of whom something changed.
    pub(super) updated: u64,
    /// Rows that are not imported.
    pub(super) not_imported: Tally,
    /// Rows that are imported, with something to be said of them.
    pub(super) cautions: Tally,
}

impl Counts {
    /// Counts a row that is not imported.
    pub(super) fn reject(&mut self, row: u64, trouble: &Trouble) {
        self.not_imported.add(row, trouble);
    }

    /// Counts a caution.
    pub(super) fn caution(&mut self, row: u64, trouble: &Trouble) {
        self.cautions.add(row, trouble);
    }
}

/// The report of an import.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    file: PathBuf,
    encoding: &'static str,
    delimiter: char,
    mapping: Vec<MappedColumn>,
    existing: Existing,
    dry_run: bool,
    rows: u64,
    imported: u64,
    created: u64,
    updated: u64,
    unchanged: u64,
    not_imported: u64,
    not_imported_file: Option<PathBuf>,
    troubles: Vec<Class>,
    warnings: Vec<Class>,
    #[serde(skip)]
    noun: &'static str,
}

#[derive(Debug, Serialize)]
struct MappedColumn {
    column: String,
    to: String,
}

impl Report {
    pub(super) fn new(
        noun: &'static str,
        path: &Path,
        shape: &Shape,
        mapping: &Mapping,
        existing: Existing,
        rows: u64,
        counts: &Counts,
    ) -> Self {
        let columns = mapping.columns.iter().zip(&mapping.targets);
        Self {
            file: path.to_owned(),
            encoding: shape.encoding.name(),
            delimiter: shape.delimiter,
            mapping: columns
                .map(|(column, target)| MappedColumn {
                    column: column.clone(),
                    to: target.to_string(),
                })
                .collect(),
            existing,
            dry_run: false,
            rows,
            imported: counts.good,
            created: counts.created,
            updated: counts.updated,
            unchanged: counts.good.saturating_sub(counts.created + counts.updated),
            not_imported: counts.not_imported.count(),
            not_imported_file: None,
            troubles: counts.not_imported.classes(),
            warnings: counts.cautions.classes(),
            noun,
        }
    }

    /// The report of an import that sent nothing.
    pub(super) fn of_dry_run(mut self) -> Self {
        self.dry_run = true;
        self.unchanged = 0;
        self
    }

    /// The report with the place of the rows that were not imported.
    pub(super) fn with_rejects(mut self, path: Option<PathBuf>) -> Self {
        self.not_imported_file = path;
        self
    }

    /// Prints the report for programs.
    pub(super) fn print_json(&self) -> Result<(), Failure> {
        say_json(self)
    }

    /// Prints the report for people.
    pub(super) fn print(&self) -> Result<(), Failure> {
        say(self.text())
    }

    fn text(&self) -> String {
        let n = thousands;
        let rows = |count| count_of(count, "row");
        let people = count_of(self.imported, self.noun);
        let mut lines = vec![if self.dry_run {
            format!(
                "{} read, nothing sent: {people} would be imported, {} would not",
                rows(self.rows),
                rows(self.not_imported)
            )
        } else {
            format!(
                "{} read: {people} imported ({} created, {} updated, {} unchanged), {} not imported",
                rows(self.rows),
                n(self.created),
                n(self.updated),
                n(self.unchanged),
                rows(self.not_imported)
            )
        }];
        if !self.warnings.is_empty() {
            lines.push("To be noted:".to_owned());
            lines.extend(self.warnings.iter().map(line));
        }
        if !self.troubles.is_empty() {
            lines.push("Not imported:".to_owned());
            lines.extend(self.troubles.iter().map(line));
        }
        if let Some(path) = &self.not_imported_file {
            lines.push(format!(
                "The rows that were not imported are in `{}`, with the reason in the last column; mend them there and import that file.",
                path.display()
            ));
        }
        lines.join("\n")
    }
}

fn line(class: &Class) -> String {
    let rows: Vec<_> = class.rows.iter().take(8).map(u64::to_string).collect();
    let more = if class.count > 8 { " …" } else { "" };
    let word = if class.count == 1 { "row" } else { "rows" };
    let mut line = format!(
        "  {:>7}  {} ({word} {}{more})",
        thousands(class.count),
        class.title,
        rows.join(", ")
    );
    let mut owners: Vec<_> = class.owners.iter().collect();
    owners.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), (*name).clone()));
    for (name, count) in owners.iter().take(OWNERS_NAMED_MAX) {
        line.push_str(&format!("\n  {:>11}  {}", thousands(**count), printable(name)));
    }
    if owners.len() > OWNERS_NAMED_MAX {
        line.push_str(&format!("\n           …  {} more", owners.len() - OWNERS_NAMED_MAX));
    }
    line
}
