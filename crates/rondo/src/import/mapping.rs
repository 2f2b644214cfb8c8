//! What each column of a file means: recognised by its name and by its values, and changed by whoever imports it.

use std::fmt;

use rondo_core::text::Email;

use super::headers::{fields_named, may_be_part_of_a_name, normalised};
use super::people::address_in;
use super::rejects::REASON_COLUMN;
use super::{Record, Shape};

/// What a file is a list of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Leads: what has no field of its own becomes an attribute.
    Leads,
    /// Reps: what has no field of its own is left out.
    Reps,
}

/// A field of a lead or of a rep that a column can fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The address that the person is known by.
    Email,
    /// The full name.
    Name,
    /// The part of the name that comes first where there is no full name.
    FirstName,
    /// The part of the name that comes last where there is no full name.
    LastName,
    /// Where a lead works.
    Company,
    /// The rep who owns the lead: an address, an id or a full name.
    Owner,
    /// The lead's id in the system that it comes from.
    ExternalId,
    /// A rep's phone number.
    Phone,
    /// A rep's time zone.
    TimeZone,
    /// A rep's calendar link.
    CalendarLink,
}

impl Field {
    /// The name under which `--map` knows the field.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Name => "name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Company => "company",
            Self::Owner => "owner",
            Self::ExternalId => "external_id",
            Self::Phone => "phone",
            Self::TimeZone => "time_zone",
            Self::CalendarLink => "calendar_link",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Kind {
    /// The fields that such a list can fill.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Leads => &[
                Field::Email,
                Field::Name,
                Field::FirstName,
                Field::LastName,
                Field::Company,
                Field::Owner,
                Field::ExternalId,
            ],
            Self::Reps => &[
                Field::Email,
                Field::Name,
                Field::FirstName,
                Field::LastName,
                Field::Phone,
                Field::TimeZone,
                Field::CalendarLink,
            ],
        }
    }

    fn rest(self, column: &str) -> Target {
        match self {
            Self::Leads => Target::Attribute(column.to_owned()),
            Self::Reps => Target::Ignored,
        }
    }
}

/// Where a column's values go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Into this field.
    Field(Field),
    /// Into an attribute of this name.
    Attribute(String),
    /// Nowhere.
    Ignored,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => field.fmt(f),
            Self::Attribute(name) => write!(f, "attribute `{name}`"),
            Self::Ignored => f.write_str("ignored"),
        }
    }
}

/// A change to the mapping that can't be made, or a mapping that gives no addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Not of the form that is expected.
    #[error(
        "`--map {0}` is not understood; expected FIELD=COLUMN, or FIELD=- to leave the field empty"
    )]
    Form(String),
    /// Not a field.
    #[error("`{name}` is not a field; expected one of {expected}")]
    UnknownField {
        /// As given.
        name: String,
        /// The fields there are.
        expected: String,
    },
    /// Not a column.
    #[error("the file has no column `{name}`; it has {columns}")]
    UnknownColumn {
        /// As given.
        name: String,
        /// The columns there are.
        columns: String,
    },
    /// Nothing looks like an address.
    #[error(
        "no column of the file looks like email addresses; say which one it is with `--map email=COLUMN`; the file has {columns}"
    )]
    NoEmail {
        /// The columns there are.
        columns: String,
    },
}

/// What each column means, in the order of the columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The columns' names.
    pub columns: Vec<String>,
    /// The columns' targets.
    pub targets: Vec<Target>,
    /// The column in which an earlier import said why it did not take a row.
    pub reasons: Option<usize>,
}

impl Mapping {
    /// Recognises what the columns of a list of this kind mean, then makes the changes that somebody asked for: each is
    /// `FIELD=COLUMN` or `FIELD=-`; beside the fields, `attribute=COLUMN` and `ignore=COLUMN` say where a column goes,
    /// and `attributes=-` leaves out all attributes.
    pub fn new(kind: Kind, shape: &Shape, changes: &[String]) -> Result<Self, MappingError> {
        let mut mapping = Self::guess(kind, shape);
        for change in changes {
            mapping.change(kind, change)?;
        }
        if mapping.column_of(Field::Email).is_none() {
            return Err(MappingError::NoEmail { columns: mapping.column_list() });
        }
        Ok(mapping)
    }

    /// What the columns of a list of this kind seem to mean; maybe none of them is addresses.
    pub fn guess(kind: Kind, shape: &Shape) -> Self {
        let mut mapping = Self {
            columns: shape.columns.clone(),
            targets: shape.columns.iter().map(|column| kind.rest(column)).collect(),
            reasons: None,
        };
        for field in kind.fields() {
            if let Some(column) = mapping.likeliest(*field, &shape.sample) {
                mapping.targets[column] = Target::Field(*field);
            }
        }
        mapping.settle_parts_of_names();
        for (index, column) in shape.columns.iter().enumerate() {
            if normalised(column) == normalised(REASON_COLUMN) {
                mapping.targets[index] = Target::Ignored;
                mapping.reasons = Some(index);
            }
        }
        mapping
    }

    /// The column that fills a field.
    pub fn column_of(&self, field: Field) -> Option<usize> {
        self.targets.iter().position(|target| *target == Target::Field(field))
    }

    /// The surest column by name, if its values do not speak against it; for addresses, else the surest by its values.
    fn likeliest(&self, field: Field, sample: &[Record]) -> Option<usize> {
        let is_free = |column: &usize| !matches!(self.targets[*column], Target::Field(_));
        let named = (0..self.columns.len())
            .filter(is_free)
            .filter_map(|column| {
                let names = fields_named(&self.columns[column]);
                let rank = names.into_iter().find(|(named, _)| *named == field)?.1;
                Some((column, rank))
            })
            .map(|(column, rank)| (is_contradicted(field, sample, column), rank, column))
            .min();
        if field != Field::Email {
            return named.filter(|(is_contradicted, _, _)| !is_contradicted).map(|found| found.2);
        }
        let by_values = (0..self.columns.len())
            .filter(is_free)
            .map(|column| (share_of_addresses(sample, column), std::cmp::Reverse(column)))
            .max()
            .filter(|(percent, _)| *percent >= 50)
            .map(|(_, column)| column.0);
        match named {
            Some((false, _, column)) => Some(column),
            Some((true, _, column)) => by_values.or(Some(column)),
            None => by_values,
        }
    }

    /// `Name` beside `Vorname` is the last name, `Nombre` beside `Apellidos` the first.
    fn settle_parts_of_names(&mut self) {
        let Some(name) = self.column_of(Field::Name) else { return };
        if !may_be_part_of_a_name(&self.columns[name]) {
            return;
        }
        let part = match (self.column_of(Field::FirstName), self.column_of(Field::LastName)) {
            (Some(_), None) => Field::LastName,
            (None, Some(_)) => Field::FirstName,
            (Some(_), Some(_)) | (None, None) => return,
        };
        self.targets[name] = Target::Field(part);
    }

    fn change(&mut self, kind: Kind, change: &str) -> Result<(), MappingError> {
        let (name, column) =
            change.split_once('=').ok_or_else(|| MappingError::Form(change.to_owned()))?;
        let (name, column) = (name.trim(), column.trim());
        match (name, column) {
            ("attributes", "-") => {
                let attributes =
                    self.targets.iter_mut().filter(|t| matches!(t, Target::Attribute(_)));
                attributes.for_each(|target| *target = Target::Ignored);
            }
            ("ignore", column) => {
                let column = self.column_called(column)?;
                self.targets[column] = Target::Ignored;
            }
            ("attribute", column) if kind == Kind::Leads => {
                let column = self.column_called(column)?;
                self.targets[column] = Target::Attribute(self.columns[column].clone());
            }
            (name, column) => {
                let field = field_called(kind, name)?;
                let column = if column == "-" { None } else { Some(self.column_called(column)?) };
                self.assign(kind, field, column);
            }
        }
        Ok(())
    }

    fn assign(&mut self, kind: Kind, field: Field, column: Option<usize>) {
        if let Some(before) = self.column_of(field) {
            // A field that is to stay empty takes its column out of the import; another column frees this one.
            self.targets[before] = match column {
                Some(_) => kind.rest(&self.columns[before]),
                None => Target::Ignored,
            };
        }
        if let Some(column) = column {
            self.targets[column] = Target::Field(field);
        }
    }

    fn column_called(&self, name: &str) -> Result<usize, MappingError> {
        let exact = self.columns.iter().position(|column| column == name);
        let close =
            || self.columns.iter().position(|column| normalised(column) == normalised(name));
        exact.or_else(close).ok_or_else(|| MappingError::UnknownColumn {
            name: name.to_owned(),
            columns: self.column_list(),
        })
    }

    fn column_list(&self) -> String {
        const SHOWN_MAX: usize = 40;
        let shown: Vec<_> =
            self.columns.iter().take(SHOWN_MAX).map(|column| format!("`{column}`")).collect();
        let more = self.columns.len().saturating_sub(SHOWN_MAX);
        if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
    }
}

fn field_called(kind: Kind, name: &str) -> Result<Field, MappingError> {
    let same = |field: &&Field| normalised(field.name()) == normalised(name);
    kind.fields().iter().find(same).copied().ok_or_else(|| {
        let mut expected: Vec<_> = kind.fields().iter().map(|field| field.name()).collect();
        match kind {
            Kind::Leads => expected.extend(["attribute", "attributes", "ignore"]),
            Kind::Reps => expected.push("ignore"),
        }
        MappingError::UnknownField { name: name.to_owned(), expected: expected.join(", ") }
    })
}

/// Whether what stands in a column can't be what its name promises.
fn is_contradicted(field: Field, sample: &[Record], column: usize) -> bool {
    let share = || share_of_addresses(sample, column);
    match field {
        Field::Email => has_values(sample, column) && share() < 20,
        // A column of addresses called `Contact` or `ID` is not a name.
        Field::Name | Field::FirstName | Field::LastName | Field::Company | Field::ExternalId => {
            has_values(sample, column) && share() > 50
        }
        Field::Owner | Field::Phone | Field::TimeZone | Field::CalendarLink => false,
    }
}

fn has_values(sample: &[Record], column: usize) -> bool {
    sample.iter().any(|row| !row.cell(column).trim().is_empty())
}

/// How many of a column's values are addresses, in per cent.
fn share_of_addresses(sample: &[Record], column: usize) -> usize {
    let values = sample.iter().map(|row| row.cell(column)).filter(|cell| !cell.trim().is_empty());
    let (count, addresses) = values.fold((0_usize, 0_usize), |(count, addresses), cell| {
        (count + 1, addresses + usize::from(Email::parse(address_in(cell)).is_ok()))
    });
    addresses * 100 / count.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Hints, recognise};

    fn mapped(kind: Kind, text: &str, changes: &[&str]) -> Result<Vec<String>, MappingError> {
        let shape = recognise(|| Ok(text.as_bytes()), &Hints::default()).unwrap();
        let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
        let mapping = Mapping::new(kind, &shape, &changes)?;
        Ok(mapping.targets.iter().map(ToString::to_string).collect())
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(mapped(Kind::Leads, text, &[]).unwrap(), expected);
    }

    #[test]
    fn columns_of_hubspot_and_salesforce_are_recognised() {
        check(
            "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Associated Company\n",
            &[
                "external_id",
                "first_name",
                "last_name",
                "email",
                "attribute `Phone Number`",
                "owner",
                "company",
            ],
        );
        check(
            "Company / Account;Email;Lead Owner;Lead Source;Lead ID\n",
            &["company", "email", "owner", "attribute `Lead Source`", "external_id"],
        );
    }

    #[test]
    fn a_short_name_beside_one_part_is_the_other_part() {
        check("Name;Vorname;E-Mail\n", &["last_name", "first_name", "email"]);
        check("Nombre;Apellidos;Correo electrónico\n", &["first_name", "last_name", "email"]);
        check("Nome;E-mail;Empresa\n", &["name", "email", "company"]);
        check("Full name;First name;Email\n", &["name", "first_name", "email"]);
    }

    #[test]
    fn addresses_are_found_by_their_look_where_the_name_says_nothing() {
        check("Who,Reach them at\nAnn,ann@x.example\n", &["attribute `Who`", "email"]);
        check("ann@x.example;Ann\n", &["email", "attribute `column 2`"]);
        check(
            "Email,Contact\nyes,ann@x.example\nno,bo@x.example\n",
            &["attribute `Email`", "email"],
        );
    }

    #[test]
    fn of_two_columns_the_surer_one_wins_and_the_other_is_kept() {
        check(
            "E-mail 2,Email,Owner,Owner Email\n",
            &["attribute `E-mail 2`", "email", "attribute `Owner`", "owner"],
        );
    }

    #[test]
    fn the_column_of_reasons_is_left_out() {
        check("Email,rondo_reason\n", &["email", "ignored"]);
    }

    #[test]
    fn the_mapping_is_changed_by_hand() {
        let text = "Email,E-mail 2,Owner,Note\n";
        let change = |changes: &[&str]| mapped(Kind::Leads, text, changes);
        assert_eq!(
            change(&["email=E-mail 2", "owner=-", "ignore=note"]).unwrap(),
            ["attribute `Email`", "email", "ignored", "ignored"]
        );
        assert_eq!(change(&["attributes=-"]).unwrap(), ["email", "ignored", "owner", "ignored"]);
        assert_eq!(change(&["attribute=Owner"]).unwrap()[2], "attribute `Owner`");
        for wrong in ["email", "mail=Email", "email=Mail", "email=-"] {
            let sentence = change(&[wrong]).unwrap_err().to_string();
            assert!(
                sentence.contains("expected") || sentence.contains("the file has"),
                "{sentence}"
            );
        }
    }

    #[test]
    fn reps_have_their_own_fields_and_no_attributes() {
        let text = "name,email,time_zone,calendar_link,Shoe size\n";
        let targets = mapped(Kind::Reps, text, &[]).unwrap();
        assert_eq!(targets, ["name", "email", "time_zone", "calendar_link", "ignored"]);
    }
}
