//! Which rows tell of a lead that an earlier row of the same file told of.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hasher as _};

use rondo_core::text::{EmailKey, folded};

use super::LeadRow;

/// What is remembered of each address of a file: some 50 bytes, whatever its row holds.
#[derive(Debug, Default)]
pub struct Repeats(HashMap<EmailKey, First>);

#[derive(Debug, Clone, Copy)]
struct First {
    row: u32,
    name: u32,
    content: u32,
    has_owner: bool,
}

/// How a row stands to the earlier rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It is the first with its address.
    First,
    /// It says just what an earlier row says.
    Same {
        /// The first row with the address.
        first_row: u64,
    },
    /// It may say something that the earlier rows left open. They stand; their owner too, if they named one.
    More {
        /// The first row with the address.
        first_row: u64,
        /// Whether an owner was named.
        has_owner: bool,
    },
    /// It tells of somebody else under the same address.
    Another {
        /// The first row with the address.
        first_row: u64,
    },
}

impl Repeats {
    /// How this row stands to those before, which it joins.
    pub fn note(&mut self, lead: &LeadRow) -> Repeat {
        let content = content_of(lead);
        let name = lead.name.as_deref().map_or(0, |name| digest(&folded(name)).max(1));
        match self.0.entry(lead.email.key()) {
            Entry::Vacant(entry) => {
                let row = u32::try_from(lead.row).unwrap_or(u32::MAX);
                entry.insert(First { row, name, content, has_owner: lead.owner.is_some() });
                Repeat::First
            }
            Entry::Occupied(mut entry) => {
                let first = entry.get_mut();
                let first_row = u64::from(first.row);
                if first.content == content {
                    return Repeat::Same { first_row };
                }
                if first.name != 0 && name != 0 && first.name != name {
                    return Repeat::Another { first_row };
                }
                let has_owner = first.has_owner;
                first.has_owner |= lead.owner.is_some();
                first.name = first.name.max(name);
                Repeat::More { first_row, has_owner }
            }
        }
    }
}

fn content_of(lead: &LeadRow) -> u32 {
    digest(&(&lead.name, &lead.company, &lead.external_id, &lead.owner, &lead.attributes))
}

fn digest(value: &impl std::hash::Hash) -> u32 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use rondo_core::text::Email;

    fn row(row: u64, email: &str, name: &str, owner: Option<&str>) -> LeadRow {
        LeadRow {
            row,
            email: Email::parse(email).unwrap(),
            name: (!name.is_empty()).then(|| name.to_owned()),
            company: None,
            external_id: None,
            owner: owner.map(str::to_owned),
            attributes: Default::default(),
        }
    }

    #[test]
    fn repeats_are_told_apart() {
        let mut repeats = Repeats::default();
        assert_eq!(repeats.note(&row(2, "a@x.example", "Ann", None)), Repeat::First);
        assert_eq!(repeats.note(&row(3, "b@x.example", "Ann", None)), Repeat::First);
        let same = repeats.note(&row(4, "A@X.example", "Ann", None));
        assert_eq!(same, Repeat::Same { first_row: 2 });
        let more = repeats.note(&row(5, "a@x.example", "ANN", Some("bo")));
        assert_eq!(more, Repeat::More { first_row: 2, has_owner: false });
        let more = repeats.note(&row(6, "a@x.example", "", Some("cy")));
        assert_eq!(more, Repeat::More { first_row: 2, has_owner: true });
        let another = repeats.note(&row(7, "a@x.example", "Bo", None));
        assert_eq!(another, Repeat::Another { first_row: 2 });
    }
}
