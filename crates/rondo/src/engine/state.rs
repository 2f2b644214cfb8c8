//! A team in memory as the faces see it: the rules' state, and the names that sentences need.

use std::sync::Arc;

use rondo_core::Team;
use rondo_core::detail::Detail;
use rondo_core::ids::RepId;
use rondo_core::text::Name;

use super::service::Service;

/// A team as of one ledger number.
#[derive(Debug, Clone)]
pub struct TeamState {
    /// The rules' state.
    pub team: Team,
    /// The reps' names.
    pub names: Roster,
    /// How far the leads that wait have been gone through.
    pub(super) service: Service,
    /// What the cache counts.
    pub(super) bytes: usize,
}

impl TeamState {
    /// Counts the bytes, which takes as long as the team is large.
    pub(super) fn counted(team: Team, names: Roster, service: Service) -> Self {
        let bytes = size_of::<Self>() + team.bytes() + names.bytes();
        Self { team, names, service, bytes }
    }
}

/// The names of everybody who is or was a rep of a team, packed into one text. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    names: Arc<Names>,
}

#[derive(Debug, Clone, Default)]
struct Names {
    /// Ascending by id, so that somebody new nearly always goes to the end; with where each name ends in the text.
    ends: Vec<(RepId, u32)>,
    text: String,
}

impl Names {
    fn of<'n>(names: impl Iterator<Item = (RepId, &'n str)>) -> Self {
        let mut packed = Self::default();
        names.for_each(|(rep, name)| packed.push(rep, name));
        packed.ends.shrink_to_fit();
        packed.text.shrink_to_fit();
        packed
    }

    fn push(&mut self, rep: RepId, name: &str) {
        self.text.push_str(name);
        let end = u32::try_from(self.text.len()).expect("the names of a team are not gigabytes");
        self.ends.push((rep, end));
    }

    fn find(&self, rep: RepId) -> Result<usize, usize> {
        self.ends.binary_search_by_key(&rep, |(known, _)| *known)
    }

    fn at(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before].1);
        &self.text[start as usize..self.ends[index].1 as usize]
    }

    fn iter(&self) -> impl Iterator<Item = (RepId, &str)> {
        self.ends.iter().enumerate().map(|(index, (rep, _))| (*rep, self.at(index)))
    }
}

impl Roster {
    /// A roster of these names, in any order.
    pub fn of(names: impl IntoIterator<Item = (RepId, Name)>) -> Self {
        let mut names: Vec<_> = names.into_iter().collect();
        names.sort_unstable_by_key(|(rep, _)| *rep);
        let names = names.iter().map(|(rep, name)| (*rep, name.as_str()));
        Self { names: Arc::new(Names::of(names)) }
    }

    /// The name of somebody who is or was a rep.
    pub fn name(&self, rep: RepId) -> Option<&str> {
        self.names.find(rep).ok().map(|index| self.names.at(index))
    }

    pub(super) fn follow(&mut self, detail: &Detail) {
        let Detail::Rep { rep, details } = detail else {
            return;
        };
        let name = details.name.as_str();
        match self.names.find(*rep) {
            Err(index) if index == self.names.ends.len() => {
                Arc::make_mut(&mut self.names).push(*rep, name);
            }
            Ok(index) if self.names.at(index) == name => {}
            Ok(index) | Err(index) => {
                let before = self.names.iter().take(index);
                let after = self.names.iter().skip(index).filter(|(known, _)| known != rep);
                self.names = Arc::new(Names::of(before.chain([(*rep, name)]).chain(after)));
            }
        }
    }

    fn bytes(&self) -> usize {
        let Names { ends, text } = &*self.names;
        size_of::<Names>() + text.capacity() + ends.capacity() * size_of::<(RepId, u32)>()
    }
}
