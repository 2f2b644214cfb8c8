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
    pub(super) fn new(team: Team, names: Roster, service: Service) -> Self {
        let bytes = size_of::<Self>() + team.bytes() + names.bytes();
        Self { team, names, service, bytes }
    }
}

/// The names of everybody who is or was a rep of a team. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    // Ascending by id, so that somebody new nearly always goes to the end.
    names: Arc<Vec<(RepId, Arc<str>)>>,
}

impl Roster {
    /// A roster of these names, in any order.
    pub fn of(names: impl IntoIterator<Item = (RepId, Name)>) -> Self {
        let mut names: Vec<_> =
            names.into_iter().map(|(rep, name)| (rep, Arc::from(name.as_str()))).collect();
        names.sort_unstable_by_key(|(rep, _)| *rep);
        Self { names: Arc::new(names) }
    }

    /// The name of somebody who is or was a rep.
    pub fn name(&self, rep: RepId) -> Option<&str> {
        let index = self.names.binary_search_by_key(&rep, |(known, _)| *known).ok()?;
        Some(&self.names[index].1)
    }

    pub(super) fn follow(&mut self, detail: &Detail) {
        let Detail::Rep { rep, details } = detail else {
            return;
        };
        let name: Arc<str> = Arc::from(details.name.as_str());
        let names = Arc::make_mut(&mut self.names);
        match names.binary_search_by_key(rep, |(known, _)| *known) {
            Ok(index) => names[index].1 = name,
            Err(index) => names.insert(index, (*rep, name)),
        }
    }

    /// An `Arc<str>` keeps two counters in front of the text.
    fn bytes(&self) -> usize {
        let texts: usize = self.names.iter().map(|(_, name)| name.len() + 16).sum();
        texts + self.names.capacity() * size_of::<(RepId, Arc<str>)>()
    }
}
