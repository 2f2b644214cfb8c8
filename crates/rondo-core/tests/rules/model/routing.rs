//! Who gets a lead: R3–R9.

use rondo_core::event::{Rotation, WhenOwnerIsOut};
use rondo_core::team::Status;

use super::{Assignment, Key, Left, Model, Owner, Reply, State};

/// Why a rep was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passed {
    Out { until: Option<i64> },
    HadThisLead,
}

/// Why a rep has a lead.
pub(crate) use rondo_core::event::Reason;

/// A new assignment, with the reasons. Seats are indexes in the circle, those left empty included.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Given {
    pub(crate) conversation: usize,
    pub(crate) rep: usize,
    pub(crate) reason: Reason,
    pub(crate) before: Option<usize>,
    pub(crate) after: Option<usize>,
    pub(crate) passed: Vec<(usize, Passed)>,
    pub(crate) owner_out: Option<(usize, Option<i64>)>,
    pub(crate) becomes_owner: bool,
}

/// What a lead's owner means now.
enum Standing {
    Nobody,
    Takes { rep: usize, reason: Reason },
    Out { rep: usize },
}

impl Model {
    /// Who owns what `rep` owned (G5).
    pub(crate) fn resolve(&self, mut rep: usize) -> Option<usize> {
        loop {
            match self.reps[rep].left {
                None => return Some(rep),
                Some(Left::Released) => return None,
                Some(Left::To(next)) => rep = next,
            }
        }
    }

    /// R2
    pub(crate) fn key(&self, campaign: usize) -> Key {
        match self.campaigns[campaign].rotation {
            Rotation::Campaign => Key::Campaign(campaign),
            Rotation::Group => Key::Group(self.campaigns[campaign].group),
        }
    }

    pub(crate) fn cursor(&self, key: Key) -> Option<usize> {
        match key {
            Key::Campaign(campaign) => self.campaigns[campaign].cursor,
            Key::Group(group) => self.groups[group].cursor,
        }
    }

    fn set_cursor(&mut self, key: Key, seat: usize) {
        match key {
            Key::Campaign(campaign) => self.campaigns[campaign].cursor = Some(seat),
            Key::Group(group) => self.groups[group].cursor = Some(seat),
        }
    }

    /// Conversations that wait on a cursor, in order of arrival, held ones included.
    pub(crate) fn waiting(&self, key: Key) -> Vec<usize> {
        let mut rows: Vec<(u64, usize)> = (0..self.conversations.len())
            .filter_map(|conversation| match self.conversations[conversation].state {
                State::Waiting { arrival } => Some((arrival, conversation)),
                State::Open | State::Assigned { .. } => None,
            })
            .filter(|(_, of)| self.key(self.conversations[*of].campaign) == key)
            .collect();
        rows.sort_unstable();
        rows.into_iter().map(|(_, conversation)| conversation).collect()
    }

    fn is_held(&self, conversation: usize) -> bool {
        self.campaigns[self.conversations[conversation].campaign].status == Status::Paused
    }

    /// How many wait up to and including this one: during a pause those of its campaign, else those that do not pause.
    pub(crate) fn position(&self, conversation: usize) -> u64 {
        let campaign = self.conversations[conversation].campaign;
        let is_held = self.is_held(conversation);
        let counts = |row: &usize| match is_held {
            true => self.conversations[*row].campaign == campaign,
            false => !self.is_held(*row),
        };
        let rows: Vec<usize> =
            self.waiting(self.key(campaign)).into_iter().filter(counts).collect();
        rows.iter().position(|row| *row == conversation).expect("it waits") as u64 + 1
    }

    /// Gives an open conversation to somebody, or lets it wait.
    pub(super) fn route(&mut self, conversation: usize) -> Reply {
        let key = self.key(self.conversations[conversation].campaign);
        // C7
        if !self.is_held(conversation) {
            if let Some(given) = self.by_owner(conversation) {
                return Reply::Given(given);
            }
            // R9: new ones join the end.
            let is_alone = self.waiting(key).into_iter().all(|row| self.is_held(row));
            if is_alone && let Some(given) = self.by_turn(conversation, None) {
                return Reply::Given(given);
            }
        }
        self.arrivals += 1;
        self.conversations[conversation].state = State::Waiting { arrival: self.arrivals };
        Reply::Waits { conversation, position: self.position(conversation) }
    }

    /// R9: one pass over the leads that wait on a cursor.
    pub(crate) fn serve(&mut self, key: Key) -> Vec<Given> {
        let rows = self.waiting(key);
        rows.into_iter()
            .filter_map(|row| {
                if self.is_held(row) {
                    return None;
                }
                self.by_owner(row).or_else(|| self.by_turn(row, None))
            })
            .collect()
    }

    /// Whether some lead waits that could be assigned now: after a step there must be none (R9). A lead that waits in one
    /// campaign and was just given an owner by its turn in another is served with the next event that serves the team.
    pub(crate) fn is_anybody_kept_waiting(&self) -> bool {
        (0..self.conversations.len()).any(|row| {
            let is_waiting = matches!(self.conversations[row].state, State::Waiting { .. });
            if !is_waiting || self.is_held(row) {
                return false;
            }
            match self.standing(row) {
                Standing::Takes { .. } => !self.is_owner_routed(row),
                Standing::Nobody | Standing::Out { .. } => {
                    let group = self.campaigns[self.conversations[row].campaign].group;
                    self.is_covered(group, self.now)
                }
            }
        })
    }

    fn standing(&self, conversation: usize) -> Standing {
        let known = &self.conversations[conversation];
        let Some(owner) = self.leads[known.lead].owner else {
            return Standing::Nobody;
        };
        let Some(rep) = self.resolve(owner.rep) else {
            return Standing::Nobody;
        };
        if owner.is_routed && !self.ownership_follows {
            return Standing::Nobody;
        }
        let is_kept = !owner.is_routed
            && self.campaigns[known.campaign].when_owner_is_out == WhenOwnerIsOut::Owner;
        if !self.is_available(rep, self.now) && !is_kept {
            return Standing::Out { rep };
        }
        let reason = if rep == owner.rep { Reason::Owner } else { Reason::Transfer };
        Standing::Takes { rep, reason }
    }

    /// R6, R8
    fn by_owner(&mut self, conversation: usize) -> Option<Given> {
        let Standing::Takes { rep, reason } = self.standing(conversation) else {
            return None;
        };
        let cursor = self.cursor(self.key(self.conversations[conversation].campaign));
        let given = Given {
            conversation,
            rep,
            reason,
            before: cursor,
            after: cursor,
            passed: Vec::new(),
            owner_out: None,
            becomes_owner: false,
        };
        Some(self.note(given))
    }

    /// R3
    pub(super) fn by_turn(&mut self, conversation: usize, without: Option<usize>) -> Option<Given> {
        let key = self.key(self.conversations[conversation].campaign);
        let group = self.campaigns[self.conversations[conversation].campaign].group;
        let before = self.cursor(key);
        let seats = self.groups[group].seats.clone();
        let first = before.map_or(0, |seat| seat + 1);
        let mut passed = Vec::new();
        for seat in (first..seats.len()).chain(0..first) {
            let rep = seats[seat].rep;
            if !seats[seat].is_taken {
                continue;
            }
            if without == Some(rep) {
                passed.push((rep, Passed::HadThisLead));
            } else if !self.is_available(rep, self.now) {
                passed.push((rep, Passed::Out { until: self.back_at(rep, self.now) }));
            } else {
                self.set_cursor(key, seat);
                let owner_out = match self.standing(conversation) {
                    // A routed owner who is out does not count at all (R8).
                    Standing::Out { rep }
                        if without.is_none() && !self.is_owner_routed(conversation) =>
                    {
                        Some((rep, self.back_at(rep, self.now)))
                    }
                    Standing::Out { .. } | Standing::Nobody | Standing::Takes { .. } => None,
                };
                let given = Given {
                    conversation,
                    rep,
                    reason: Reason::Turn,
                    before,
                    after: Some(seat),
                    passed,
                    owner_out,
                    becomes_owner: self.ownership_follows
                        && !self.leads[self.conversations[conversation].lead].is_erased
                        && (without.is_some() || self.is_routed_owner_taken(conversation)),
                };
                return Some(self.note(given));
            }
        }
        None
    }

    fn is_owner_routed(&self, conversation: usize) -> bool {
        let owner = self.leads[self.conversations[conversation].lead].owner;
        owner.is_some_and(|owner| owner.is_routed)
    }

    /// R8: a routed owner never replaces a pre-assigned one who is still there.
    fn is_routed_owner_taken(&self, conversation: usize) -> bool {
        let owner = self.leads[self.conversations[conversation].lead].owner;
        owner.is_none_or(|owner| owner.is_routed || self.resolve(owner.rep).is_none())
    }

    pub(super) fn note(&mut self, given: Given) -> Given {
        let Given { conversation, rep, .. } = given;
        self.assignments.push(Assignment { conversation, rep });
        let assignment = self.assignments.len() - 1;
        self.conversations[conversation].state = State::Assigned { assignment };
        if given.becomes_owner {
            let lead = self.conversations[conversation].lead;
            self.leads[lead].owner = Some(Owner { rep, is_routed: true });
        }
        given
    }
}
