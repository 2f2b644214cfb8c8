//! What can be wrong with a row, and how that is counted and named.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// Rows named for each kind of trouble in a report; all of them are counted.
pub const ROWS_NAMED_MAX: usize = 20;

/// The end of reasons for which a row was written otherwise than it stood: it is not taken before somebody has looked at
/// it, and emptied the reason.
pub const LOOK_AT_IT: &str = "put the cells right and empty this one";

/// Why a row is not imported, or what is to be said of one that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// No address.
    MissingAddress,
    /// Something that is no address.
    MalformedAddress {
        /// As it stands there, cut where it is long.
        found: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The address of an earlier row, with another person's name.
    SharedAddress {
        /// The earlier row.
        first_row: u64,
    },
    /// A quotation mark that is not closed.
    Unclosed {
        /// The line on which it opens.
        line: u64,
    },
    /// More or fewer cells than columns.
    Ragged {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A row that an earlier import did not take, and that nobody has put right since.
    Unmended {
        /// The reason that stands beside it.
        reason: String,
    },
    /// A character that can't be shown.
    ControlCharacter {
        /// The column it stands in.
        column: String,
    },
    /// More text than fits.
    TooLong {
        /// The column it stands in.
        column: String,
        /// How many characters fit.
        limit: usize,
    },
    /// Bytes that are no text in the file's encoding.
    Undecodable {
        /// The column they stand in.
        column: String,
    },
    /// A rep without a name.
    MissingName,
    /// The server said no.
    Refused {
        /// Its reason.
        detail: String,
    },
    /// The address of an earlier row: merged into it.
    RepeatedRow {
        /// The earlier row.
        first_row: u64,
    },
    /// The owner is no rep of the team (R6): left out, and the rest imported.
    UnknownOwner {
        /// As named, where that is known here.
        owner: Option<String>,
    },
    /// Several reps have the name: the owner is left out, and the rest imported.
    AmbiguousOwner {
        /// As named.
        owner: String,
    },
}

impl Trouble {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingAddress => "missing-address",
            Self::MalformedAddress { .. } => "malformed-address",
            Self::SharedAddress { .. } => "shared-address",
            Self::Unclosed { .. } => "unclosed-quotation-mark",
            Self::Ragged { .. } => "ragged-row",
            Self::Unmended { .. } => "unmended-row",
            Self::ControlCharacter { .. } => "control-character",
            Self::TooLong { .. } => "too-long",
            Self::Undecodable { .. } => "undecodable-text",
            Self::MissingName => "missing-name",
            Self::Refused { .. } => "refused",
            Self::RepeatedRow { .. } => "repeated-row",
            Self::UnknownOwner { .. } => "unknown-owner",
            Self::AmbiguousOwner { .. } => "ambiguous-owner",
        }
    }

    /// What the kind of trouble is called in a report.
    pub fn title(&self) -> &'static str {
        match self {
            Self::MissingAddress => "no email address",
            Self::MalformedAddress { .. } => "malformed email address",
            Self::SharedAddress { .. } => "address of another person's row",
            Self::Unclosed { .. } => "quotation mark not closed",
            Self::Ragged { .. } => "too many or too few cells",
            Self::Unmended { .. } => "not put right yet",
            Self::ControlCharacter { .. } => "control characters",
            Self::TooLong { .. } => "too long",
            Self::Undecodable { .. } => "unreadable characters",
            Self::MissingName => "no name",
            Self::Refused { .. } => "refused by the server",
            Self::RepeatedRow { .. } => "repeated row, merged into the first",
            Self::UnknownOwner { .. } => "owner is not a rep of the team, left out",
            Self::AmbiguousOwner { .. } => "owner's name is several reps', left out",
        }
    }

    /// What is counted by itself within the kind: the owner's name.
    fn subject(&self) -> Option<&str> {
        match self {
            Self::UnknownOwner { owner } => owner.as_deref(),
            Self::AmbiguousOwner { owner } => Some(owner),
            Self::MissingAddress
            | Self::MalformedAddress { .. }
            | Self::SharedAddress { .. }
            | Self::Unclosed { .. }
            | Self::Ragged { .. }
            | Self::Unmended { .. }
            | Self::ControlCharacter { .. }
            | Self::TooLong { .. }
            | Self::Undecodable { .. }
            | Self::MissingName
            | Self::Refused { .. }
            | Self::RepeatedRow { .. } => None,
        }
    }
}

/// The reason as it is written beside the row.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingAddress => f.write_str("there is no email address; enter one"),
            Self::MalformedAddress { found, problem } => write!(f, "`{found}` {problem}"),
            Self::SharedAddress { first_row } => write!(
                f,
                "row {first_row} has the same email address and another person's name; correct one of them"
            ),
            Self::Unclosed { line } => write!(
                f,
                "the quotation mark that opens a cell on line {line} is not closed; {LOOK_AT_IT}"
            ),
            Self::Ragged { found, expected } => write!(
                f,
                "the row has {} and the file {}; look for a missing delimiter or quotation mark, {LOOK_AT_IT}",
                count_of(*found, "cell"),
                count_of(*expected, "column")
            ),
            Self::ControlCharacter { column } => {
                write!(f, "`{column}` holds a control character; remove it")
            }
            Self::TooLong { column, limit } => {
                write!(f, "`{column}` is longer than {limit} characters; shorten it")
            }
            Self::Undecodable { column } => write!(
                f,
                "`{column}` holds characters that can't be read, shown as \u{fffd}; type them again"
            ),
            Self::MissingName => f.write_str("there is no name; enter one"),
            Self::Unmended { reason } => f.write_str(reason),
            Self::Refused { detail } => f.write_str(detail),
            Self::RepeatedRow { first_row } => {
                write!(f, "row {first_row} has the same email address")
            }
            Self::UnknownOwner { owner: Some(owner) } => {
                write!(f, "`{owner}` is not a rep of the team")
            }
            Self::UnknownOwner { owner: None } => f.write_str("the owner is not a rep of the team"),
            Self::AmbiguousOwner { owner } => {
                write!(f, "`{owner}` is the name of several reps; use the email address")
            }
        }
    }
}

fn count_of(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Troubles by kind, counted, with the first rows of each.
#[derive(Debug, Clone, Default)]
pub struct Tally(BTreeMap<&'static str, Class>);

/// One kind of trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Class {
    /// The stable code.
    pub code: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// How many rows have it.
    pub count: u64,
    /// The first of them.
    pub rows: Vec<u64>,
    /// How often each of the owners in question is named; empty for other kinds.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub owners: BTreeMap<String, u64>,
}

/// Owners counted by name: more than any team has, so that a column mapped by mistake does not fill the memory.
const OWNERS_MAX: usize = 1000;

impl Tally {
    /// Counts a trouble of a row.
    pub fn add(&mut self, row: u64, trouble: &Trouble) {
        let class = self.0.entry(trouble.code()).or_insert_with(|| Class {
            code: trouble.code(),
            title: trouble.title(),
            count: 0,
            rows: Vec::new(),
            owners: BTreeMap::new(),
        });
        class.count += 1;
        if class.rows.len() < ROWS_NAMED_MAX {
            class.rows.push(row);
        }
        if let Some(owner) = trouble.subject()
            && (class.owners.len() < OWNERS_MAX || class.owners.contains_key(owner))
        {
            *class.owners.entry(owner.to_owned()).or_default() += 1;
        }
    }

    /// How many rows have any trouble.
    pub fn count(&self) -> u64 {
        self.0.values().map(|class| class.count).sum()
    }

    /// The kinds, the most frequent first.
    pub fn classes(&self) -> Vec<Class> {
        let mut classes: Vec<_> = self.0.values().cloned().collect();
        classes.sort_by_key(|class| (std::cmp::Reverse(class.count), class.code));
        classes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn troubles_are_counted_by_kind_and_the_first_rows_named() {
        let mut tally = Tally::default();
        for row in 2..40 {
            tally.add(row, &Trouble::MissingAddress);
        }
        let owner = || Some("Marketing Ops".to_owned());
        tally.add(7, &Trouble::UnknownOwner { owner: owner() });
        tally.add(9, &Trouble::UnknownOwner { owner: owner() });
        let classes = tally.classes();
        assert_eq!((classes[0].code, classes[0].count), ("missing-address", 38));
        assert_eq!(classes[0].rows.len(), ROWS_NAMED_MAX);
        assert_eq!(classes[1].rows, [7, 9]);
        assert_eq!(classes[1].owners["Marketing Ops"], 2);
        assert_eq!(tally.count(), 40);
    }
}
