//! From a row to a lead or a rep, or to what is wrong with it.

use std::collections::BTreeMap;

use rondo_core::text::{Email, InvalidText, Name, parse_note};

use super::trouble::LOOK_AT_IT;
use super::{Field, Mapping, Record, Target, Trouble};

/// A lead as a row tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct LeadRow {
    /// The row's number.
    pub row: u64,
    /// The address.
    pub email: Email,
    /// The full name.
    pub name: Option<String>,
    /// Where they work.
    pub company: Option<String>,
    /// Their id in the system that the file comes from.
    pub external_id: Option<String>,
    /// The owner as named: an address, an id or a full name.
    pub owner: Option<String>,
    /// Everything else that is said.
    pub attributes: BTreeMap<String, String>,
}

/// A rep as a row tells of one. Zones and links are checked by the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepRow {
    /// The row's number.
    pub row: u64,
    /// The address.
    pub email: Email,
    /// The full name.
    pub name: Name,
    /// The phone number.
    pub phone: Option<String>,
    /// The time zone.
    pub time_zone: Option<String>,
    /// The calendar link.
    pub calendar_link: Option<String>,
}

/// The lead that a row tells of.
pub fn lead(record: &Record, mapping: &Mapping) -> Result<LeadRow, Trouble> {
    let row = Row::new(record, mapping)?;
    Ok(LeadRow {
        row: record.row,
        email: row.email()?,
        name: row.name()?,
        company: row.line(Field::Company)?,
        external_id: row.line(Field::ExternalId)?,
        owner: row.line(Field::Owner)?,
        attributes: row.attributes()?,
    })
}

/// The rep that a row tells of.
pub fn rep(record: &Record, mapping: &Mapping) -> Result<RepRow, Trouble> {
    let row = Row::new(record, mapping)?;
    let email = row.email()?;
    let name = row.name()?.ok_or(Trouble::MissingName)?;
    Ok(RepRow {
        row: record.row,
        email,
        name: Name::parse(&name).map_err(|_| Trouble::MissingName)?,
        phone: row.line(Field::Phone)?,
        time_zone: row.line(Field::TimeZone)?,
        calendar_link: row.line(Field::CalendarLink)?,
    })
}

/// The address in a cell as people paste it: `Ann Lee <ann@x.example>`, `mailto:ann@x.example`.
pub fn address_in(cell: &str) -> &str {
    let cell = cell.trim();
    let bracketed = cell.strip_suffix('>').and_then(|rest| rest.rsplit_once('<'));
    let address = bracketed.map_or(cell, |(_, address)| address);
    match address.split_at_checked("mailto:".len()) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto:") => rest,
        Some(_) | None => address,
    }
}

/// A cell without the apostrophe that exporters put in front of what a spreadsheet would take for a formula.
pub fn without_guard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA_STARTS) => rest,
        Some(_) | None => cell,
    }
}

/// Characters of a cell that a reason quotes: longer than most addresses, and short enough for a line.
const FOUND_CHARS_MAX: usize = 60;

/// A spreadsheet takes a cell that starts with one of these for a formula.
pub const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

struct Row<'a> {
    record: &'a Record,
    mapping: &'a Mapping,
}

impl<'a> Row<'a> {
    fn new(record: &'a Record, mapping: &'a Mapping) -> Result<Self, Trouble> {
        if let Some(line) = record.unclosed_on {
            return Err(Trouble::Unclosed { line });
        }
        let (found, expected) = (record.cells.len(), mapping.columns.len());
        let has_more = record.cells.iter().skip(expected).any(|cell| !cell.trim().is_empty());
        if found < expected || has_more {
            return Err(Trouble::Ragged { found, expected });
        }
        let reason = mapping.reasons.map(|column| record.cell(column).trim());
        if let Some(reason) = reason.filter(|reason| reason.ends_with(LOOK_AT_IT)) {
            return Err(Trouble::Unmended { reason: reason.to_owned() });
        }
        Ok(Self { record, mapping })
    }

    fn cell(&self, column: usize) -> Result<&'a str, Trouble> {
        let cell = without_guard(self.record.cell(column)).trim();
        if cell.contains(char::REPLACEMENT_CHARACTER) {
            return Err(Trouble::Undecodable { column: self.called(column) });
        }
        Ok(cell)
    }

    fn called(&self, column: usize) -> String {
        self.mapping.columns[column].clone()
    }

    fn email(&self) -> Result<Email, Trouble> {
        let column = self.mapping.column_of(Field::Email).ok_or(Trouble::MissingAddress)?;
        let cell = self.cell(column)?;
        Email::parse(address_in(cell)).map_err(|invalid| match invalid {
            InvalidText::Empty => Trouble::MissingAddress,
            InvalidText::TooLong(limit) => Trouble::TooLong { column: self.called(column), limit },
            InvalidText::ControlCharacter => {
                Trouble::ControlCharacter { column: self.called(column) }
            }
            InvalidText::NotAnEmail => {
                malformed(cell, "is not an email address; expected one such as `name@example.com`")
            }
            InvalidText::DomainWithoutDot => malformed(
                cell,
                "has no dot behind the @; expected an address such as `name@example.com`",
            ),
        })
    }

    /// A text of one line; line ends in it count as spaces.
    fn line(&self, field: Field) -> Result<Option<String>, Trouble> {
        let Some(column) = self.mapping.column_of(field) else { return Ok(None) };
        self.checked_line(column, self.cell(column)?)
    }

    fn checked_line(&self, column: usize, text: &str) -> Result<Option<String>, Trouble> {
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match Name::parse(&joined) {
            Ok(name) => Ok(Some(name.as_str().to_owned())),
            Err(InvalidText::Empty) => Ok(None),
            Err(InvalidText::TooLong(limit)) => {
                Err(Trouble::TooLong { column: self.called(column), limit })
            }
            Err(
                InvalidText::ControlCharacter
                | InvalidText::NotAnEmail
                | InvalidText::DomainWithoutDot,
            ) => Err(Trouble::ControlCharacter { column: self.called(column) }),
        }
    }

    /// The full name, else its parts joined, else the name that stands in front of the address in its cell.
    fn name(&self) -> Result<Option<String>, Trouble> {
        if let Some(name) = self.line(Field::Name)? {
            return Ok(Some(name));
        }
        let parts = [self.line(Field::FirstName)?, self.line(Field::LastName)?];
        let joined = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        if !joined.is_empty() {
            let column = self.mapping.column_of(Field::LastName).unwrap_or(0);
            return self.checked_line(column, &joined);
        }
        let Some(column) = self.mapping.column_of(Field::Email) else { return Ok(None) };
        match self.cell(column)?.split_once('<') {
            Some((name, _)) => self.checked_line(column, name.trim().trim_matches('"')),
            None => Ok(None),
        }
    }

    fn attributes(&self) -> Result<BTreeMap<String, String>, Trouble> {
        let mut attributes = BTreeMap::new();
        for (column, target) in self.mapping.targets.iter().enumerate() {
            let Target::Attribute(name) = target else { continue };
            let cell = self.cell(column)?;
            if cell.is_empty() {
                continue;
            }
            let text = parse_note(cell).map_err(|invalid| match invalid {
                InvalidText::TooLong(limit) => {
                    Trouble::TooLong { column: self.called(column), limit }
                }
                InvalidText::ControlCharacter
                | InvalidText::Empty
                | InvalidText::NotAnEmail
                | InvalidText::DomainWithoutDot => {
                    Trouble::ControlCharacter { column: self.called(column) }
                }
            })?;
            attributes.insert(name.clone(), text);
        }
        Ok(attributes)
    }
}

/// What stands in a cell, as far as it can be told in a sentence.
fn shortened(cell: &str) -> String {
    match cell.char_indices().nth(FOUND_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &cell[..end]),
        None => cell.to_owned(),
    }
}

/// A cell that holds no address, or more than one.
fn malformed(cell: &str, problem: &'static str) -> Trouble {
    let several = "holds several email addresses; keep one";
    let problem = if holds_several(cell) { several } else { problem };
    Trouble::MalformedAddress { found: shortened(cell), problem }
}

fn holds_several(cell: &str) -> bool {
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/');
    cell.split(is_between).filter(|part| Email::parse(part).is_ok()).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Hints, Kind, recognise};

    fn rows<T>(
        kind: Kind,
        text: &str,
        read: fn(&Record, &Mapping) -> Result<T, Trouble>,
    ) -> Vec<Result<T, Trouble>> {
        let shape = recognise(|| Ok(text.as_bytes()), &Hints::default()).unwrap();
        let mapping = Mapping::new(kind, &shape, &[]).unwrap();
        shape.sample.iter().map(|record| read(record, &mapping)).collect()
    }

    fn leads(text: &str) -> Vec<Result<LeadRow, Trouble>> {
        rows(Kind::Leads, text, lead)
    }

    #[test]
    fn a_row_becomes_a_lead() {
        let text = "ID,First Name,Last Name,Email,Owner,Company,Notes,Size\n\
            7,Ann,\"van\r\nLee\", Ann@X.example ,Bo Lind,\"A \"\"B\"\", C\",\"one\ntwo\",\n";
        let found = leads(text).remove(0).unwrap();
        assert_eq!(found.row, 2);
        assert_eq!(found.email.as_str(), "Ann@X.example");
        assert_eq!(found.name.as_deref(), Some("Ann van Lee"));
        assert_eq!(found.company.as_deref(), Some("A \"B\", C"));
        assert_eq!(found.owner.as_deref(), Some("Bo Lind"));
        assert_eq!(found.external_id.as_deref(), Some("7"));
        assert_eq!(found.attributes, BTreeMap::from([("Notes".to_owned(), "one\ntwo".to_owned())]));
    }

    #[test]
    fn an_address_is_found_as_people_paste_it() {
        let text = "Email\n\"Ann Lee <ann@x.example>\"\nmailto:bo@x.example\n";
        let found = leads(text);
        assert_eq!(found[0].as_ref().unwrap().name.as_deref(), Some("Ann Lee"));
        assert_eq!(found[1].as_ref().unwrap().email.as_str(), "bo@x.example");
    }

    #[test]
    fn the_guard_against_formulas_is_taken_off() {
        let found = leads("Email,Phone,Name\na@x.example,'+44 20,'t Hooft\n").remove(0).unwrap();
        assert_eq!(found.attributes["Phone"], "+44 20");
        assert_eq!(found.name.as_deref(), Some("'t Hooft"));
        for guarded in ["'=1", "'+1", "'-1", "'@a", "'\ta", "'\ra"] {
            assert_eq!(without_guard(guarded), &guarded[1..]);
        }
    }

    #[test]
    fn each_trouble_is_named() {
        let long = "x".repeat(201);
        let text = format!(
            "Email,Name,Note\n,Ann,\nann at x,Ann,\n\"a@x.example; b@x.example\",Ann,\na@x.example,{long},\n\
             a@x.example,\u{7}Ann,\na@x.example,Ann\na@x.example,Ann,x,y\na@x.example,Ann,x,\n\
             a@x.example,Zo\u{fffd},\na@x.example,Ann,{}\na@x.example,Ann,\u{1b}x\n",
            "y".repeat(4001),
        );
        let codes: Vec<_> =
            leads(&text).iter().map(|row| row.as_ref().err().map_or("", Trouble::code)).collect();
        assert_eq!(
            codes,
            [
                "missing-address",
                "malformed-address",
                "malformed-address",
                "too-long",
                "control-character",
                "ragged-row",
                "ragged-row",
                "",
                "undecodable-text",
                "too-long",
                "control-character",
            ]
        );
    }

    #[test]
    fn a_row_becomes_a_rep() {
        let text = "name,email,time_zone,calendar_link\n\
            Ada,ada@x.example,Europe/London,https://cal.example/ada\n,bo@x.example,,\n";
        let found = rows(Kind::Reps, text, rep);
        let ada = found[0].as_ref().unwrap();
        assert_eq!(ada.time_zone.as_deref(), Some("Europe/London"));
        assert_eq!(ada.phone, None);
        assert_eq!(found[1], Err(Trouble::MissingName));
    }
}
