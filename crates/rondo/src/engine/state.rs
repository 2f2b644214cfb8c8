//! A team in memory as the faces see it: the rules' state, and the names that sentences need.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use rondo_core::detail::Detail;
use rondo_core::ids::RepId;
use rondo_core::text::Name;
use rondo_core::{Event, Team};

use super::service::Service;

/// A team as of one ledger number.
#[derive(Debug, Clone)]
pub struct TeamState {
    /// The rules' state.
    pub team: Team,
    pub(super) names: Roster,
    /// How far the leads that wait have been gone through.
    pub(super) service: Service,
    /// What the cache counts.
    pub(super) bytes: usize,
}

impl TeamState {
    /// Counts the bytes, which takes as long as the team is large.
    pub(super) fn counted(team: Team, names: Roster, service: Service) -> Self {
        let bytes = size_of::<Self>() - size_of::<Team>() + team.bytes() + names.bytes();
        Self { team, names, service, bytes }
    }

    /// The name of somebody who is or was a rep.
    pub fn name(&self, rep: RepId) -> Option<&str> {
        self.names.name(&self.team, rep)
    }
}

/// The names of everybody who is or was a rep of a team, packed into one text. Whose they are the team knows: the
/// first is that of the first of [`Team::reps_ever`]. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    names: Arc<Names>,
}

#[derive(Debug, Clone, Default)]
struct Names {
    /// Where each name ends in the text. Somebody whose name is not known has an empty one.
    ends: Vec<u32>,
    text: String,
}

impl Names {
    fn with_room_for(count: usize, bytes: usize) -> Self {
        Self { ends: Vec::with_capacity(count), text: String::with_capacity(bytes) }
    }

    fn push(&mut self, name: &str) {
        self.text.push_str(name);
        let end = u32::try_from(self.text.len()).expect("the names of a team are not gigabytes");
        self.ends.push(end);
    }

    fn at(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.text[start as usize..end as usize])
    }

    /// These names with `name` in place of those in `replaced`.
    fn with(&self, replaced: Range<usize>, name: &str) -> Self {
        let mut all = Self::with_room_for(self.ends.len() + 1, self.text.len() + name.len());
        let between = |range: Range<usize>| range.filter_map(|index| self.at(index));
        between(0..replaced.start).for_each(|name| all.push(name));
        all.push(name);
        between(replaced.end..self.ends.len()).for_each(|name| all.push(name));
        all
    }
}

impl Roster {
    /// The names of the reps of `team`, given in any order.
    pub fn of(team: &Team, names: Vec<(RepId, Name)>) -> Self {
        let names: HashMap<_, _> = names.into_iter().collect();
        let known = |rep| names.get(&rep).map_or("", Name::as_str);
        let bytes = team.reps_ever().map(|rep| known(rep).len()).sum();
        let mut packed = Names::with_room_for(team.reps_ever().len(), bytes);
        team.reps_ever().for_each(|rep| packed.push(known(rep)));
        Self { names: Arc::new(packed) }
    }

    fn name(&self, team: &Team, rep: RepId) -> Option<&str> {
        self.names.at(team.rep_index(rep)?).filter(|name| !name.is_empty())
    }

    /// Makes room for somebody who joined, after `team` has followed the event.
    pub(super) fn follow(&mut self, event: &Event, team: &Team) {
        let Event::RepAdded { rep, .. } = event else { return };
        let Some(index) = team.rep_index(*rep) else { return };
        debug_assert_eq!(team.reps_ever().len(), self.names.ends.len() + 1, "a name a rep");
        self.put(index..index, "");
    }

    /// Takes the name of somebody who joined or changed, who has their room.
    pub(super) fn rename(&mut self, detail: &Detail, team: &Team) {
        let Detail::Rep { rep, details } = detail else { return };
        let Some(index) = team.rep_index(*rep) else { return };
        if self.names.at(index) != Some(details.name.as_str()) {
            self.put(index..index + 1, details.name.as_str());
        }
    }

    fn put(&mut self, replaced: Range<usize>, name: &str) {
        let count = self.names.ends.len();
        if replaced.end < count
            || self.names.at(replaced.start).is_some_and(|name| !name.is_empty())
        {
            self.names = Arc::new(self.names.with(replaced, name));
            return;
        }
        // Somebody new nearly always goes to the end.
        let names = Arc::make_mut(&mut self.names);
        names.ends.truncate(replaced.start);
        names.push(name);
    }

    fn bytes(&self) -> usize {
        let Names { ends, text } = &*self.names;
        2 * size_of::<usize>()
            + size_of::<Names>()
            + text.capacity()
            + ends.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rondo_core::detail::RepDetails;
    use rondo_core::event::Entry;
    use rondo_core::ids::{Id as _, TeamId};
    use rondo_core::text::{Email, Seal};
    use rondo_core::{Actor, Instant};

    fn id<I: rondo_core::ids::Id>(number: u8) -> I {
        I::from_bytes([number; 16])
    }

    fn entry(n: u64, event: Event) -> Entry {
        Entry { n, at: Instant::default(), actor: Actor::System, event }
    }

    fn team() -> Team {
        let name = Name::parse("Acme").unwrap();
        let event = Event::TeamCreated { name, default_group: id(1) };
        Team::found(TeamId::from_bytes([9; 16]), &entry(1, event)).unwrap()
    }

    fn details(rep: u8, name: &str) -> Detail {
        let details = RepDetails {
            name: Name::parse(name).unwrap(),
            email: Email::parse("rep@acme.test").unwrap(),
            phone: None,
            time_zone: "UTC".to_owned(),
            calendar_link: None,
            salt: [0; 16],
        };
        Detail::Rep { rep: id(rep), details }
    }

    fn join(team: &mut Team, names: &mut Roster, rep: u8) {
        let n = team.revision() + 1;
        let seal = Seal::over(&[0; 16], []);
        let entry = entry(n, Event::RepAdded { rep: id(rep), place: n, seal });
        team.apply(&entry);
        names.follow(&entry.event, team);
    }

    fn names(team: &Team, names: &Roster) -> Vec<Option<String>> {
        team.reps_ever().map(|rep| names.name(team, rep).map(str::to_owned)).collect()
    }

    #[test]
    fn names_stay_with_their_reps_whoever_joins_or_is_renamed() {
        let (mut team, mut roster) = (team(), Roster::default());
        for (rep, name) in [(20, "Bo"), (30, "Cy"), (10, "Ann"), (25, "Bertil")] {
            join(&mut team, &mut roster, rep);
            roster.rename(&details(rep, name), &team);
        }
        roster.rename(&details(20, "Bodil"), &team);
        roster.rename(&details(30, "Cyrus"), &team);
        let expected = ["Ann", "Bodil", "Bertil", "Cyrus"].map(|name| Some(name.to_owned()));
        assert_eq!(names(&team, &roster), expected);
    }

    #[test]
    fn two_who_join_at_once_are_told_apart_and_one_without_a_name_has_none() {
        let (mut team, mut roster) = (team(), Roster::default());
        join(&mut team, &mut roster, 20);
        join(&mut team, &mut roster, 10);
        join(&mut team, &mut roster, 30);
        roster.rename(&details(30, "Cy"), &team);
        roster.rename(&details(10, "Ann"), &team);
        let expected = [Some("Ann".to_owned()), None, Some("Cy".to_owned())];
        assert_eq!(names(&team, &roster), expected);
        let known =
            vec![(id(30), Name::parse("Cy").unwrap()), (id(10), Name::parse("Ann").unwrap())];
        assert_eq!(names(&team, &Roster::of(&team, known)), expected);
        assert_eq!(roster.name(&team, id(7)), None);
    }
}
