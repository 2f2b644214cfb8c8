//! What follows from the clock alone: who is available now, and when something is due next.

use super::*;

impl Team {
    /// The instant that availability was last brought to.
    pub fn as_of(&self) -> Instant {
        self.as_of
    }

    /// Brings what is derived from the clock to `now`. Going back does nothing.
    pub fn advance(&mut self, now: Instant) {
        if now <= self.as_of {
            return;
        }
        self.as_of = now;
        if self.first_on_agenda().is_none_or(|at| at > now) {
            return;
        }
        let agenda = self.agenda.make_mut();
        let come = agenda.partition_point(|&(at, _)| at <= now);
        let changed = agenda.drain(..come).map(|(_, rep)| rep).collect();
        self.refresh_positions(&changed);
        self.refresh_unsaid(&changed);
    }

    /// Brings the circles' available positions up to date for these reps.
    fn refresh_positions(&mut self, changed: &BTreeSet<RepId>) {
        for index in 0..self.groups.len() {
            let group = &self.groups[index];
            let flips: Vec<(usize, bool)> = group
                .parts
                .members
                .iter()
                .enumerate()
                .filter(|(_, member)| changed.contains(&member.rep))
                .map(|(position, member)| (position, self.is_available(member.rep, self.as_of)))
                .filter(|&(position, is)| group.circle.available.contains(position) != is)
                .collect();
            let has_past = group.circle.coverage.has_steps_before(self.as_of);
            if flips.is_empty() && !has_past {
                continue;
            }
            let group = &mut Arc::make_mut(&mut self.groups)[index];
            let circle = Arc::make_mut(&mut Arc::make_mut(group).circle);
            for (position, is_available) in flips {
                if is_available {
                    circle.available.insert(position);
                } else {
                    circle.available.remove(position);
                }
            }
            circle.coverage.forget_before(self.as_of);
        }
    }

    pub(super) fn refresh_unsaid(&mut self, changed: &BTreeSet<RepId>) {
        for &id in changed {
            let is_unsaid =
                self.rep(id).is_some_and(|rep| rep.is_said_away() == rep.is_available(self.as_of));
            if is_unsaid != self.unsaid.get().is_some_and(|unsaid| unsaid.contains(&id)) {
                let unsaid = self.unsaid.make_mut();
                if is_unsaid {
                    unsaid.insert(id);
                } else {
                    unsaid.remove(&id);
                }
            }
        }
    }

    /// After a rep's absences changed from `before`: availability, coverage and agenda follow.
    pub(super) fn follow_absences(&mut self, id: RepId, before: &Periods) {
        let Some(rep) = self.rep(id) else { return };
        let as_of = self.as_of;
        let (before_ahead, after_ahead) = (before.from(as_of), rep.away().from(as_of));
        let is_available = rep.is_available(as_of);
        if before_ahead != after_ahead {
            let agenda = self.agenda.make_mut();
            for at in before_ahead.boundaries().filter(|&at| at > as_of) {
                if let Ok(index) = agenda.binary_search(&(at, id)) {
                    agenda.remove(index);
                }
            }
            for at in after_ahead.boundaries().filter(|&at| at > as_of) {
                if let Err(index) = agenda.binary_search(&(at, id)) {
                    agenda.insert(index, (at, id));
                }
            }
            for group in Arc::make_mut(&mut self.groups) {
                let place = group.parts.members.iter().position(|member| member.rep == id);
                let Some(position) = place else { continue };
                let circle = Arc::make_mut(&mut Arc::make_mut(group).circle);
                circle.coverage.change_member(&before_ahead, &after_ahead);
                circle.coverage.forget_before(as_of);
                if is_available {
                    circle.available.insert(position);
                } else {
                    circle.available.remove(position);
                }
            }
        }
        self.refresh_unsaid(&BTreeSet::from([id]));
    }

    /// Reps whose absence has begun or ended without the ledger having said so.
    pub fn unsaid(&self) -> impl Iterator<Item = RepId> + '_ {
        self.unsaid.get().into_iter().flatten().copied()
    }

    /// Scheduled campaigns whose instant has come and whose group has had somebody since, earliest first (C4).
    ///
    /// What is due is done before every other entry, so what happened before the last entry is decided already, and
    /// since then the absences have been what they are: whoever was there counts, however late the clock is looked at
    /// (O1).
    pub fn due_launches(&self) -> impl Iterator<Item = CampaignId> + '_ {
        let due =
            self.launches.get().into_iter().flatten().take_while(|&&(at, _)| at <= self.as_of);
        due.filter(|&&(at, campaign)| {
            let since = at.max(self.last_at);
            self.campaign(campaign)
                .is_some_and(|parts| self.had_anybody(parts.settings.group, since))
        })
        .map(|&(_, campaign)| campaign)
    }

    /// Whether somebody in a group was available at some instant from `since` to [`Self::as_of`].
    fn had_anybody(&self, group: GroupId, since: Instant) -> bool {
        self.has_anybody(group)
            || since < self.as_of
                && self.group_ever(group).is_some_and(|group| {
                    let mut members = group.parts.members.iter();
                    members.any(|member| self.was_available(member.rep, since))
                })
    }

    fn was_available(&self, rep: RepId, since: Instant) -> bool {
        let Some(rep) = self.rep(rep) else { return false };
        let ends = rep.absences.iter().filter_map(|absence| absence.period.until);
        let returns = ends.filter(|&end| since < end && end <= self.as_of);
        returns.chain([since]).any(|at| rep.is_available(at))
    }

    /// The earliest instant at which [`crate::Command::Tick`] or [`crate::Command::ServeWaiting`] has something to do;
    /// not after [`Self::as_of`] when that is so already.
    pub fn next_due(&self) -> Option<Instant> {
        let has_work = self.is_service_due
            || self.unsaid().next().is_some()
            || self.due_launches().next().is_some();
        if has_work {
            return Some(self.as_of);
        }
        let after_now = (self.as_of, CampaignId::from_bytes([0xff; 16]));
        let launches = self.launches.get();
        let launch = launches.and_then(|all| all.range(after_now..).next()).map(|&(at, _)| at);
        [self.first_on_agenda(), launch].into_iter().flatten().min()
    }

    fn first_on_agenda(&self) -> Option<Instant> {
        self.agenda.get().and_then(|agenda| agenda.first()).map(|&(at, _)| at)
    }

    /// The instant by which the team is to be looked at, as of [`Self::as_of`]: something happens then for certain, so that
    /// [`Self::next_due`] was not later, whenever it was worked out before.
    pub fn due_by(&self) -> Option<Instant> {
        if self.unsaid().next().is_some() || self.due_launches().next().is_some() {
            return Some(self.as_of);
        }
        let absence = self.first_on_agenda();
        let after_now = (self.as_of, CampaignId::from_bytes([0xff; 16]));
        let launches = self.launches.get();
        let mut launches = launches.into_iter().flat_map(|all| all.range(after_now..));
        let launch = launches.find(|&&(at, campaign)| {
            let campaign = self.campaign(campaign);
            campaign.is_some_and(|parts| self.available_at(parts.settings.group, at) > 0)
        });
        [absence, launch.map(|&(at, _)| at)].into_iter().flatten().min()
    }
}
