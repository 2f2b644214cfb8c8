//! Reps join, change and leave.

use super::guard::{Loss, LossEnd};
use super::*;
use crate::command::RepPatch;
use crate::detail::RepDetails;
use crate::event::LeadsOfRemoved;
use crate::refusal::NamedGroup;
use crate::time::Periods;

/// Reps in a team at most, those who left included: twice the largest team that is measured.
const REPS_MAX: usize = 200_000;

impl Draft<'_> {
    pub(super) fn add_rep(&mut self, details: &RepDetails) -> Decision {
        check_limit(self.team.rep_count(), REPS_MAX, "reps")?;
        self.check_email_is_free(details, None)?;
        let rep = self.ids.next_id();
        let place = self.group(self.team.default_group())?.next_place;
        self.happens(Event::RepAdded { rep, place, seal: details.seal() });
        self.details.push(Detail::Rep { rep, details: details.clone() });
        Ok(Answer::Rep(rep))
    }

    fn check_email_is_free(&self, details: &RepDetails, of: Option<RepId>) -> Result<(), Refusal> {
        match self.facts.rep_by_email.get(&details.email.key()) {
            Some(holder) if Some(*holder) != of => {
                Err(Refusal::EmailTaken { holder: holder.to_string() })
            }
            Some(_) | None => Ok(()),
        }
    }

    pub(super) fn change_rep(&mut self, rep: RepId, patch: &RepPatch) -> Decision {
        self.rep(rep)?;
        let before = self.facts.reps.get(&rep).ok_or_else(|| not_found("rep", rep))?;
        let mut details = before.clone();
        let patch = patch.clone();
        if let Some(name) = patch.name {
            details.name = name;
        }
        if let Some(email) = patch.email {
            details.email = email;
        }
        if let Some(phone) = patch.phone {
            details.phone = phone;
        }
        if let Some(time_zone) = patch.time_zone {
            details.time_zone = time_zone;
        }
        if let Some(calendar_link) = patch.calendar_link {
            details.calendar_link = calendar_link;
        }
        if details == *before {
            return Ok(Answer::Rep(rep));
        }
        self.check_email_is_free(&details, Some(rep))?;
        if details.time_zone != before.time_zone {
            self.warn_of_absences_kept(rep)?;
        }
        self.happens(Event::RepChanged { rep, seal: details.seal() });
        self.details.push(Detail::Rep { rep, details });
        Ok(Answer::Rep(rep))
    }

    /// O1: a change of zone moves no absence.
    fn warn_of_absences_kept(&mut self, rep: RepId) -> Result<(), Refusal> {
        let ahead = |absence: &&crate::team::Absence| {
            absence.dates.is_some() && absence.period.end() > self.now
        };
        let count = self.rep(rep)?.absences.iter().filter(ahead).count();
        if count > 0 {
            self.warnings.push(Warning::AbsencesNotMoved { count });
        }
        Ok(())
    }

    /// G5: checked in the order G1, O3, owned leads.
    pub(super) fn remove_rep(&mut self, rep: RepId, leads: Option<LeadsOfRemoved>) -> Decision {
        let away = self.rep(rep)?.away();
        if let Some(LeadsOfRemoved::TransferredTo(to)) = leads {
            self.rep(to)?;
            if to == rep {
                return Err(Refusal::Invalid {
                    pointer: "/to",
                    problem: "is the rep who leaves; expected another rep".to_owned(),
                });
            }
        }
        let groups = self.team.groups_of(rep);
        let only_member_of = self.groups_with_only_member(&groups);
        if !only_member_of.is_empty() {
            return Err(Refusal::GroupNeedsARep { groups: only_member_of });
        }
        self.check_guard(&Loss {
            rep,
            groups,
            periods: Periods::since(self.now).minus(&away),
            end: LossEnd::Fixed,
        })?;
        let owned = |of: RepId| self.facts.leads_owned.get(&of).copied().unwrap_or(0);
        let leads_owned = self.team.reps_resolving_to(rep).into_iter().map(owned).sum();
        if leads.is_none() && leads_owned > 0 {
            return Err(Refusal::RepOwnsLeads { rep, leads_owned });
        }
        let leads = leads.unwrap_or(LeadsOfRemoved::Released);
        self.happens(Event::RepRemoved { rep, leads });
        Ok(Answer::Done)
    }

    fn groups_with_only_member(&self, groups: &[GroupId]) -> Vec<NamedGroup> {
        groups
            .iter()
            .filter(|&&group| group != self.team.default_group())
            .filter_map(|&group| self.team.group(group))
            .filter(|group| group.members.len() == 1)
            .map(|group| NamedGroup { group: group.id, group_name: group.name.to_string() })
            .collect()
    }
}
