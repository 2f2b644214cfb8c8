//! The lives of campaigns: C1–C7, R2.

use rondo_core::event::{Rotation, WhenOwnerIsOut};
use rondo_core::team::Status;

use super::{Answer, Campaign, Model, No, Reply, Said, State, done};

impl Model {
    pub(super) fn campaign(&self, campaign: usize) -> Result<&Campaign, No> {
        let known = &self.campaigns[campaign];
        if known.is_deleted { Err(No::because("not-found")) } else { Ok(known) }
    }

    fn is_live_group(&self, group: usize) -> Result<(), No> {
        if self.groups[group].is_deleted { Err(No::because("not-found")) } else { Ok(()) }
    }

    fn done_with(&self, warnings: Vec<&'static str>) -> Answer {
        Ok(Said { reply: Reply::Done, warnings })
    }

    /// C4: gaps that lie ahead.
    fn has_future_gap(&self, group: usize) -> bool {
        let ahead = |at: &i64| *at > self.now;
        let ends = self.absences.iter().flat_map(|absence| [Some(absence.from), absence.until]);
        let mut gaps = ends.flatten().filter(ahead).filter(|at| !self.is_covered(group, *at));
        let ahead = gaps.any(|at| self.is_covered(group, at - 1));
        ahead && !self.groups[group].is_deleted
    }

    fn choosing(&self, group: usize) -> Vec<&'static str> {
        let mut warnings = Vec::new();
        if self.has_future_gap(group) {
            warnings.push("future-gap");
        }
        if !self.is_covered(group, self.now) {
            warnings.push("nobody-available");
        }
        warnings
    }

    pub(super) fn add_campaign(
        &mut self,
        name: usize,
        group: Option<usize>,
        rotation: Rotation,
        when_owner_is_out: WhenOwnerIsOut,
    ) -> Answer {
        // C3
        let group = group.unwrap_or(0);
        self.is_live_group(group)?;
        self.campaigns.push(Campaign {
            name: format!("campaign {name}"),
            group,
            rotation,
            when_owner_is_out,
            status: Status::Draft,
            launch_at: None,
            cursor: None,
            is_deleted: false,
        });
        self.done_with(self.choosing(group))
    }

    /// C5
    pub(super) fn change_group(&mut self, campaign: usize, group: usize) -> Answer {
        let known = self.campaign(campaign)?;
        if known.status == Status::Cancelled {
            return Err(No::because("wrong-status"));
        }
        self.is_live_group(group)?;
        if known.group == group {
            return self.done_with(self.choosing(group));
        }
        if known.is_started() {
            return Err(No::because("campaign-started"));
        }
        self.campaigns[campaign].group = group;
        self.campaigns[campaign].cursor = None;
        self.done_with(self.choosing(group))
    }

    /// R2
    pub(super) fn change_rotation(&mut self, campaign: usize, rotation: Rotation) -> Answer {
        let known = self.campaign(campaign)?;
        if known.status == Status::Cancelled {
            return Err(No::because("wrong-status"));
        }
        if known.rotation == rotation {
            return done();
        }
        if known.is_started() {
            return Err(No::because("campaign-started"));
        }
        self.campaigns[campaign].rotation = rotation;
        self.campaigns[campaign].cursor = None;
        done()
    }

    pub(super) fn change_when_out(&mut self, campaign: usize, rule: WhenOwnerIsOut) -> Answer {
        if self.campaign(campaign)?.status == Status::Cancelled {
            return Err(No::because("wrong-status"));
        }
        self.campaigns[campaign].when_owner_is_out = rule;
        done()
    }

    /// C2
    pub(super) fn remove_campaign(&mut self, campaign: usize) -> Answer {
        if self.campaign(campaign)?.status != Status::Draft {
            return Err(No::because("wrong-status"));
        }
        self.campaigns[campaign].is_deleted = true;
        done()
    }

    /// C4
    pub(super) fn launch(&mut self, campaign: usize, at: Option<i64>) -> Answer {
        let known = self.campaign(campaign)?;
        let group = known.group;
        if !matches!(known.status, Status::Draft | Status::Scheduled) {
            return Err(No::because("wrong-status"));
        }
        let later = at.filter(|at| *at > self.now);
        if !self.is_covered(group, later.unwrap_or(self.now)) {
            return Err(No::because("nobody-available"));
        }
        let known = &mut self.campaigns[campaign];
        known.launch_at = later;
        known.status = if later.is_some() { Status::Scheduled } else { Status::Running };
        let mut warnings = self.choosing(group);
        // R2
        let is_alone = |of: &&Campaign| of.group == group && of.rotation == Rotation::Campaign;
        let is_active = |of: &&Campaign| !of.is_deleted && of.status != Status::Cancelled;
        let beside = self.campaigns.iter().filter(is_alone).filter(is_active).count();
        if beside > 1 && is_alone(&&self.campaigns[campaign]) {
            warnings.push("rotation-per-campaign");
        }
        self.done_with(warnings)
    }

    /// C4, O1: what the clock launches, whenever it was looked at before.
    pub(crate) fn tick(&mut self) {
        let before = std::mem::replace(&mut self.ticked_at, self.now);
        for campaign in 0..self.campaigns.len() {
            let known = &self.campaigns[campaign];
            let is_due = known.status == Status::Scheduled
                && !known.is_deleted
                && known.launch_at.is_some_and(|at| at <= self.now);
            let since = known.launch_at.map_or(self.now, |at| at.max(before));
            if is_due && (since..=self.now).any(|at| self.is_covered(known.group, at)) {
                self.campaigns[campaign].status = Status::Running;
                self.campaigns[campaign].launch_at = None;
            }
        }
    }

    pub(super) fn pause(&mut self, campaign: usize) -> Answer {
        self.turn(campaign, Status::Running, Status::Paused)
    }

    pub(super) fn resume(&mut self, campaign: usize) -> Answer {
        self.turn(campaign, Status::Paused, Status::Running)
    }

    fn turn(&mut self, campaign: usize, from: Status, to: Status) -> Answer {
        if self.campaign(campaign)?.status != from {
            return Err(No::because("wrong-status"));
        }
        self.campaigns[campaign].status = to;
        done()
    }

    /// R9: leads that wait go to review.
    pub(super) fn cancel(&mut self, campaign: usize) -> Answer {
        if self.campaign(campaign)?.status == Status::Cancelled {
            return Err(No::because("wrong-status"));
        }
        self.campaigns[campaign].status = Status::Cancelled;
        self.campaigns[campaign].launch_at = None;
        for known in self.conversations.iter_mut().filter(|known| known.campaign == campaign) {
            if matches!(known.state, State::Waiting { .. }) {
                known.state = State::Open;
            }
        }
        done()
    }

    /// C6
    pub(super) fn duplicate(&mut self, campaign: usize) -> Answer {
        let known = self.campaign(campaign)?.clone();
        let base = format!("{} (copy)", known.name);
        let is_taken =
            |name: &str| self.campaigns.iter().any(|known| !known.is_deleted && known.name == name);
        let name = (1..)
            .map(|n| if n == 1 { base.clone() } else { format!("{} (copy {n})", known.name) })
            .find(|name| !is_taken(name))
            .expect("numbers do not run out");
        let group = if self.groups[known.group].is_deleted { 0 } else { known.group };
        self.campaigns.push(Campaign {
            name,
            group,
            status: Status::Draft,
            launch_at: None,
            cursor: None,
            ..known
        });
        self.done_with(self.choosing(group))
    }
}
