//! Which rep is meant where a file names an owner.

use std::collections::{HashMap, HashSet};

use rondo_core::text::{Email, EmailKey, folded};

use super::people::address_in;

/// A rep as owners are looked up among.
#[derive(Debug, Clone, Copy)]
pub struct KnownRep<'r> {
    /// The id.
    pub id: &'r str,
    /// The full name.
    pub name: &'r str,
    /// The address.
    pub email: &'r str,
}

/// The team's reps, by everything that a file may name them by.
#[derive(Debug, Default)]
pub struct OwnerBook {
    ids: HashSet<String>,
    by_email: HashMap<EmailKey, String>,
    by_name: HashMap<String, Vec<String>>,
}

/// Who is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// This rep, by id.
    Rep(String),
    /// Nobody of the team.
    Unknown,
    /// More than one rep.
    Ambiguous,
}

impl OwnerBook {
    /// The book of these reps.
    pub fn of<'r>(reps: impl IntoIterator<Item = KnownRep<'r>>) -> Self {
        let mut book = Self::default();
        for rep in reps {
            book.ids.insert(rep.id.to_owned());
            if let Ok(email) = Email::parse(rep.email) {
                book.by_email.insert(email.key(), rep.id.to_owned());
            }
            book.by_name.entry(name_key(rep.name)).or_default().push(rep.id.to_owned());
        }
        book
    }

    /// Who is meant by an address, an id or a full name, as exports write them: `Ada Stone`, `Stone, Ada`,
    /// `Ada Stone (ada@x.example)`, `Ada Stone <ada@x.example>`.
    pub fn resolve(&self, named: &str) -> Resolved {
        if self.ids.contains(named) {
            return Resolved::Rep(named.to_owned());
        }
        if let Some(email) = address_of(named) {
            return match self.by_email.get(&email.key()) {
                Some(id) => Resolved::Rep(id.clone()),
                None => Resolved::Unknown,
            };
        }
        let turned = named.split_once(',').map(|(last, first)| format!("{first} {last}"));
        let keys = [Some(name_key(named)), turned.as_deref().map(name_key)];
        let found = keys.into_iter().flatten().find_map(|key| self.by_name.get(&key));
        match found.map(Vec::as_slice) {
            Some([one]) => Resolved::Rep(one.clone()),
            Some([_, _, ..]) => Resolved::Ambiguous,
            Some([]) | None => Resolved::Unknown,
        }
    }
}

fn address_of(named: &str) -> Option<Email> {
    let in_parentheses =
        named.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).map(|(_, inside)| inside);
    Email::parse(in_parentheses.unwrap_or_else(|| address_in(named))).ok()
}

fn name_key(name: &str) -> String {
    folded(&name.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> OwnerBook {
        let rep = |id, name, email| KnownRep { id, name, email };
        OwnerBook::of([
            rep("rep_1", "Ada Stone", "ada@reps.example"),
            rep("rep_2", "Bo Lind", "bo@reps.example"),
            rep("rep_3", "Bo Lind", "bo.lind@reps.example"),
        ])
    }

    #[test]
    fn an_owner_is_found_however_the_export_writes_them() {
        for named in [
            "rep_1",
            "ada@reps.example",
            "ADA@REPS.EXAMPLE",
            "Ada Stone",
            "ada  stone",
            "Stone, Ada",
            "Ada Stone (ada@reps.example)",
            "A. Stone <ada@reps.example>",
        ] {
            assert_eq!(book().resolve(named), Resolved::Rep("rep_1".to_owned()), "{named}");
        }
    }

    #[test]
    fn nobody_and_more_than_one_are_told_apart() {
        assert_eq!(book().resolve("Marketing Ops"), Resolved::Unknown);
        assert_eq!(book().resolve("gone@reps.example"), Resolved::Unknown);
        assert_eq!(book().resolve("Bo Lind"), Resolved::Ambiguous);
    }
}
