//! Reps, absences and groups: R1, O1–O6, G1–G5.

use super::{Absence, Answer, Group, Left, Model, No, Rep, Seat, done};
use crate::acts::Leads;

impl Model {
    pub(super) fn add_rep(&mut self) -> Answer {
        self.reps.push(Rep { left: None });
        let rep = self.reps.len() - 1;
        self.groups[0].seats.push(Seat { rep, is_taken: true });
        done()
    }

    /// G5: G1, then O3, then owned leads.
    pub(super) fn remove_rep(&mut self, rep: usize, leads: Leads) -> Answer {
        self.is_in_team(rep)?;
        if let Leads::Transfer(to) = leads {
            if to.0 == rep {
                return Err(No::because("invalid-request"));
            }
            self.is_in_team(to.0)?;
        }
        let alone: Vec<usize> = (1..self.groups.len())
            .filter(|group| self.groups[*group].members().eq([rep]))
            .collect();
        if !alone.is_empty() {
            return Err(No::with("group-needs-a-rep", alone));
        }
        let before = self.clone();
        for group in &mut self.groups {
            group.empty_seat_of(rep);
        }
        before.guard(self, None)?;
        let owned = self.leads.iter().filter(|lead| {
            !lead.is_erased && lead.owner.is_some_and(|owner| self.resolve(owner.rep) == Some(rep))
        });
        let owned = owned.count();
        self.reps[rep].left = Some(match leads {
            Leads::Unsaid if owned > 0 => return Err(No::with("rep-owns-leads", vec![owned])),
            Leads::Unsaid | Leads::Release => Left::Released,
            Leads::Transfer(to) => Left::To(to.0),
        });
        done()
    }

    /// O1
    pub(super) fn go_out(&mut self, rep: usize, until: Option<i64>) -> Answer {
        self.is_in_team(rep)?;
        // Switched on again: the same absence, with another end.
        let known = self.absences.iter().position(|absence| {
            absence.rep == rep && absence.is_switch && absence.covers(self.now)
        });
        match known {
            Some(known) => self.change_absence(known, self.absences[known].from, until),
            None => {
                self.enter(Absence { rep, from: self.now, until, is_switch: true, is_gone: false })
            }
        }
    }

    pub(super) fn add_absence(&mut self, rep: usize, from: i64, until: Option<i64>) -> Answer {
        self.is_in_team(rep)?;
        self.enter(Absence { rep, from, until, is_switch: false, is_gone: false })
    }

    fn enter(&mut self, absence: Absence) -> Answer {
        if absence.until.is_some_and(|until| until <= absence.from) {
            return Err(No::because("invalid-request"));
        }
        let before = self.clone();
        self.absences.push(absence.clone());
        self.guard_with_end(&before, self.absences.len() - 1, absence.until.is_none())?;
        done()
    }

    pub(super) fn change_absence(
        &mut self,
        absence: usize,
        from: i64,
        until: Option<i64>,
    ) -> Answer {
        self.is_in_team(self.absences[absence].rep)?;
        if self.absences[absence].is_gone {
            return Err(No::because("not-found"));
        }
        if until.is_some_and(|until| until <= from) {
            return Err(No::because("invalid-request"));
        }
        let before = self.clone();
        self.absences[absence].from = from;
        self.absences[absence].until = until;
        self.guard_with_end(&before, absence, until.is_none())?;
        done()
    }

    fn guard_with_end(&self, before: &Self, absence: usize, is_open: bool) -> Result<(), No> {
        let closed = |end| {
            let mut after = self.clone();
            after.absences[absence].until = Some(end);
            after.absences[absence].is_gone = end <= after.absences[absence].from;
            after
        };
        // An end before the beginning is no return that anybody could choose.
        let first = self.absences[absence].from;
        before
            .guard(self, if is_open { Some(&closed) } else { None })
            .map_err(|no| No { latest_until: no.latest_until.filter(|until| *until > first), ..no })
    }

    pub(super) fn remove_absence(&mut self, absence: usize) -> Answer {
        self.is_in_team(self.absences[absence].rep)?;
        if self.absences[absence].is_gone {
            return Err(No::because("not-found"));
        }
        self.absences[absence].is_gone = true;
        done()
    }

    /// O2
    pub(super) fn come_back(&mut self, rep: usize) -> Answer {
        self.is_in_team(rep)?;
        let now = self.now;
        for absence in self.absences.iter_mut().filter(|absence| absence.rep == rep) {
            if absence.covers(now) {
                absence.is_gone = absence.from == now;
                absence.until = Some(now);
            }
        }
        done()
    }

    fn is_name_free(&self, name: &str, for_group: Option<usize>) -> Result<(), No> {
        let holder = (0..self.groups.len()).find(|group| {
            Some(*group) != for_group
                && !self.groups[*group].is_deleted
                && self.groups[*group].name == name
        });
        holder.map_or(Ok(()), |_| Err(No::because("name-taken")))
    }

    /// G1
    pub(super) fn add_group(&mut self, name: usize, reps: &[usize]) -> Answer {
        let name = format!("group {name}");
        if reps.is_empty() {
            return Err(No::because("group-needs-a-rep"));
        }
        let mut seats: Vec<Seat> = Vec::new();
        for rep in reps {
            self.is_in_team(*rep)?;
            if seats.iter().any(|seat| seat.rep == *rep) {
                return Err(No::because("invalid-request"));
            }
            seats.push(Seat { rep: *rep, is_taken: true });
        }
        self.is_name_free(&name, None)?;
        self.groups.push(Group { name, seats, cursor: None, is_deleted: false });
        done()
    }

    /// G2
    fn is_own_group(&self, group: usize) -> Result<(), No> {
        if group == 0 {
            return Err(No::because("default-group-is-fixed"));
        }
        if self.groups[group].is_deleted {
            return Err(No::because("not-found"));
        }
        Ok(())
    }

    pub(super) fn rename_group(&mut self, group: usize, name: usize) -> Answer {
        let name = format!("group {name}");
        self.is_own_group(group)?;
        self.is_name_free(&name, Some(group))?;
        self.groups[group].name = name;
        done()
    }

    /// G3
    pub(super) fn remove_group(&mut self, group: usize) -> Answer {
        self.is_own_group(group)?;
        let users: Vec<usize> = (0..self.campaigns.len())
            .filter(|of| self.campaigns[*of].is_active() && self.campaigns[*of].group == group)
            .collect();
        if !users.is_empty() {
            return Err(No::with("group-in-use", users));
        }
        self.groups[group].is_deleted = true;
        self.groups[group].seats.iter_mut().for_each(|seat| seat.is_taken = false);
        done()
    }

    /// R1
    pub(super) fn add_member(&mut self, group: usize, rep: usize) -> Answer {
        self.is_own_group(group)?;
        self.is_in_team(rep)?;
        if !self.groups[group].holds(rep) {
            self.groups[group].seats.push(Seat { rep, is_taken: true });
        }
        done()
    }

    /// G1, then O3.
    pub(super) fn remove_member(&mut self, group: usize, rep: usize) -> Answer {
        self.is_own_group(group)?;
        self.is_in_team(rep)?;
        if !self.groups[group].holds(rep) {
            return Err(No::because("not-found"));
        }
        if self.groups[group].members().eq([rep]) {
            return Err(No::with("group-needs-a-rep", vec![group]));
        }
        let before = self.clone();
        self.groups[group].empty_seat_of(rep);
        before.guard(self, None)?;
        done()
    }
}

impl Group {
    fn empty_seat_of(&mut self, rep: usize) {
        self.seats.iter_mut().filter(|seat| seat.rep == rep).for_each(|seat| seat.is_taken = false);
    }
}
