//! Everything that can be seen of a team, against the model.

use rondo_core::event::{Cursor, OwnerSource};
use rondo_core::facts::ConversationState;

use super::{Pair, index};
use crate::model::{Model, State};
use crate::world::hours;

fn seat(cursor: &Cursor) -> Option<usize> {
    (cursor.place as usize).checked_sub(1)
}

impl Pair {
    pub(super) fn compare(&self) {
        self.compare_reps();
        self.compare_groups();
        self.compare_campaigns();
        self.compare_leads();
        assert!(!self.model.is_anybody_kept_waiting(), "R9: nobody waits who need not");
        assert!(!self.world.team.is_service_due());
        let due = self.world.team.next_due().map(hours);
        assert_eq!(due, self.model.next_change(), "the next instant at which something is due");
    }

    fn compare_reps(&self) {
        let now = self.world.now;
        for (index, id) in self.reps.iter().enumerate() {
            let rep = self.world.team.rep(*id);
            assert_eq!(rep.is_some(), self.model.reps[index].left.is_none());
            let Some(rep) = rep else { continue };
            let is_away = self.model.is_away(index, self.model.now);
            let away = self.world.team.away(*id, now);
            assert_eq!(away.is_some(), is_away, "O1: rep {index} is away");
            assert_eq!(self.world.team.is_available(*id, now), !is_away);
            assert_eq!(rep.is_said_away(), is_away, "what the ledger has said of rep {index}");
            if let Some(away) = away {
                let back_at = self.model.back_at(index, self.model.now);
                assert_eq!(away.back_at.map(hours), back_at, "when rep {index} is back");
            }
            let mut theirs: Vec<_> = rep
                .absences
                .iter()
                .map(|absence| {
                    let period = absence.period;
                    (hours(period.from), period.until.map(hours))
                })
                .collect();
            let known = self.model.absences.iter().filter(|of| of.rep == index && !of.is_gone);
            let mut known: Vec<_> = known.map(|absence| (absence.from, absence.until)).collect();
            theirs.sort_unstable();
            known.sort_unstable();
            assert_eq!(theirs, known, "absences of rep {index}");
        }
        let present = self.reps.iter().filter(|rep| self.world.team.rep(**rep).is_some());
        assert!(self.world.team.reps().map(|rep| rep.id).eq(present.copied()));
    }

    fn compare_groups(&self) {
        for (number, id) in self.groups.iter().enumerate() {
            let group = self.world.team.group(*id);
            let known = &self.model.groups[number];
            assert_eq!(group.is_some(), !known.is_deleted);
            let Some(group) = group else { continue };
            let members: Vec<_> =
                group.members.iter().map(|member| index(&self.reps, &member.rep)).collect();
            assert_eq!(members, known.members().collect::<Vec<_>>(), "R1: group {number}");
            assert_eq!(seat(&group.cursor), known.cursor, "cursor of group {number}");
            assert_eq!(group.name.key(), known.name);
        }
    }

    fn compare_campaigns(&self) {
        for (number, id) in self.campaigns.iter().enumerate() {
            let campaign = self.world.team.campaign(*id);
            let known = &self.model.campaigns[number];
            assert_eq!(campaign.is_some(), !known.is_deleted);
            let Some(campaign) = campaign else { continue };
            assert_eq!(campaign.status, known.status, "C1: campaign {number}");
            assert_eq!(campaign.launch_at.map(hours), known.launch_at);
            assert_eq!(index(&self.groups, &campaign.settings.group), known.group);
            assert_eq!(campaign.settings.rotation, known.rotation);
            assert_eq!(campaign.settings.when_owner_is_out, known.when_owner_is_out);
            assert_eq!(campaign.settings.name.key(), known.name);
            assert_eq!(seat(&campaign.cursor), known.cursor, "cursor of campaign {number}");
            let waits = self.model.conversations.iter().filter(|of| of.campaign == number);
            let waits = waits.filter(|of| matches!(of.state, State::Waiting { .. })).count();
            assert_eq!(campaign.waiting, waits as u64, "how many wait in campaign {number}");
            let queue = self.world.team.queue(*id, 5, 100);
            let queue = queue.expect("a campaign has a queue");
            let next: Vec<_> = queue.next.iter().map(|rep| index(&self.reps, rep)).collect();
            assert_eq!(next, self.model.next_turns(number, 5), "who is next in campaign {number}");
        }
    }

    fn compare_leads(&self) {
        assert_eq!(self.leads.len(), self.model.leads.len());
        for (id, known) in self.leads.iter().zip(&self.model.leads) {
            let row = self.world.shelf.leads.iter().find(|(lead, _)| lead == id);
            assert_eq!(row.is_none(), known.is_erased);
            let Some((_, row)) = row else { continue };
            let owner = row
                .owner
                .map(|(rep, source)| (index(&self.reps, &rep), source == OwnerSource::Routed));
            assert_eq!(owner, known.owner.map(|owner| (owner.rep, owner.is_routed)));
            if let (Some((rep, _)), Some(owner)) = (row.owner, known.owner) {
                let resolved = self.world.team.resolve_owner(rep);
                let resolved = resolved.map(|rep| index(&self.reps, &rep));
                assert_eq!(resolved, self.model.resolve(owner.rep), "G5: who owns it now");
            }
        }
        assert_eq!(self.conversations.len(), self.model.conversations.len());
        for conversation in &self.world.shelf.conversations {
            let known = index(&self.conversations, &conversation.id);
            match self.model.conversations[known].state {
                State::Assigned { assignment } => {
                    let standing = conversation.standing.expect("assigned in the model");
                    assert_eq!(standing.0, self.assignments[assignment]);
                    let rep = self.model.assignments[assignment].rep;
                    assert_eq!(standing.1, self.reps[rep]);
                }
                State::Waiting { .. } | State::Open => assert_eq!(conversation.standing, None),
            }
        }
    }

    /// Whether the facts of a conversation, as a store would give them, say what the model says.
    pub(crate) fn state_of(&self, conversation: usize) -> ConversationState {
        let mut needs = rondo_core::Needs::default();
        needs.conversations.insert(self.conversations[conversation]);
        let facts = self.world.shelf.fetch(&needs, 1);
        facts.conversations[&self.conversations[conversation]].state
    }
}

impl Model {
    /// Who would get the next leads that need a turn, without giving them.
    pub(crate) fn next_turns(&self, campaign: usize, count: usize) -> Vec<usize> {
        let group = &self.groups[self.campaigns[campaign].group];
        let mut cursor = self.cursor(self.key(campaign));
        let mut next = Vec::new();
        for _ in 0..count {
            let first = cursor.map_or(0, |seat| seat + 1);
            let turn =
                (first..group.seats.len()).chain(0..first.min(group.seats.len())).find(|seat| {
                    let seat = group.seats[*seat];
                    seat.is_taken && self.is_available(seat.rep, self.now)
                });
            next.extend(turn.map(|seat| group.seats[seat].rep));
            cursor = turn.or(cursor);
        }
        next
    }

    /// The next instant at which somebody leaves or returns, or a campaign is to launch.
    pub(crate) fn next_change(&self) -> Option<i64> {
        let ends = self.absences.iter().flat_map(|absence| [Some(absence.from), absence.until]);
        let changes = |at: &i64| {
            (0..self.reps.len())
                .filter(|rep| self.reps[*rep].left.is_none())
                .any(|rep| self.is_away(rep, *at) != self.is_away(rep, at - 1))
        };
        let launches = self.campaigns.iter().filter(|campaign| campaign.is_active());
        let launches = launches.filter_map(|campaign| campaign.launch_at);
        ends.flatten().filter(changes).chain(launches).filter(|at| *at > self.now).min()
    }
}
