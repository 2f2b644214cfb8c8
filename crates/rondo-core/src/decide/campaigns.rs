//! The life of a campaign (C1–C7).

use super::*;
use crate::command::CampaignPatch;
use crate::event::{CampaignSettings, Rotation, WhenOwnerIsOut};
use crate::text::Name;

/// Campaigns of a team at most, cancelled ones included: all of them stand in memory while the team routes.
const CAMPAIGNS_MAX: usize = 100_000;

impl Draft<'_> {
    /// C3: the default group unless another is named.
    pub(super) fn add_campaign(
        &mut self,
        name: &Name,
        group: Option<GroupId>,
        rotation: Rotation,
        when_owner_is_out: WhenOwnerIsOut,
    ) -> Decision {
        let group = self.chosen_group(group)?;
        let settings = CampaignSettings { name: name.clone(), group, rotation, when_owner_is_out };
        let campaign = self.make_draft(settings, None)?;
        self.warnings = self.team.group_warnings(group);
        Ok(Answer::Campaign(campaign))
    }

    fn chosen_group(&self, group: Option<GroupId>) -> Result<GroupId, Refusal> {
        group.map_or(Ok(self.team.default_group()), |group| self.group(group).map(|parts| parts.id))
    }

    fn make_draft(
        &mut self,
        settings: CampaignSettings,
        copied_from: Option<CampaignId>,
    ) -> Result<CampaignId, Refusal> {
        check_limit(self.team.campaigns().count(), CAMPAIGNS_MAX, "campaigns")?;
        let campaign = self.ids.next_id();
        self.happens(Event::CampaignCreated { campaign, settings, copied_from });
        Ok(campaign)
    }

    /// C4, C5, R2.
    pub(super) fn change_campaign(
        &mut self,
        campaign: CampaignId,
        patch: &CampaignPatch,
    ) -> Decision {
        let parts = self.campaign(campaign)?;
        if parts.status == Status::Cancelled {
            return Err(wrong_status(parts, StatusExpected::Uncancelled));
        }
        let (status, before) = (parts.status, parts.settings.clone());
        let mut settings = before.clone();
        if let Some(name) = &patch.name {
            settings.name = name.clone();
        }
        if let Some(group) = patch.group {
            settings.group = self.chosen_group(group)?;
        }
        settings.rotation = patch.rotation.unwrap_or(settings.rotation);
        settings.when_owner_is_out = patch.when_owner_is_out.unwrap_or(settings.when_owner_is_out);
        let fixed = if settings.group != before.group {
            Some("group")
        } else {
            (settings.rotation != before.rotation).then_some("rotation")
        };
        if let Some(what) = fixed.filter(|_| !is_before_start(status)) {
            let name = before.name.to_string();
            return Err(Refusal::CampaignStarted { campaign, name, status, what });
        }
        if patch.group.is_some() {
            self.warnings = self.team.group_warnings(settings.group);
        }
        if settings != before {
            self.happens(Event::CampaignChanged { campaign, settings });
        }
        Ok(Answer::Campaign(campaign))
    }

    /// C2: drafts only.
    pub(super) fn remove_campaign(&mut self, campaign: CampaignId) -> Decision {
        let parts = self.campaign(campaign)?;
        if parts.status != Status::Draft {
            let expected = match parts.status {
                Status::Cancelled => StatusExpected::DraftNotOver,
                Status::Draft | Status::Scheduled | Status::Running | Status::Paused => {
                    StatusExpected::Draft
                }
            };
            return Err(wrong_status(parts, expected));
        }
        self.happens(Event::CampaignDeleted { campaign });
        Ok(Answer::Done)
    }

    /// C4: somebody of the group is available at the launch instant.
    pub(super) fn launch_campaign(
        &mut self,
        campaign: CampaignId,
        at: Option<Instant>,
    ) -> Decision {
        let parts = self.campaign(campaign)?;
        if !is_before_start(parts.status) {
            return Err(wrong_status(parts, StatusExpected::BeforeStart));
        }
        let (group, scheduled) = (parts.settings.group, parts.launch_at);
        let later = at.filter(|&at| at > self.now);
        if self.team.available_at(group, later.unwrap_or(self.now)) == 0 {
            let group_name = self.group_name(group);
            return Err(Refusal::NobodyAvailable { group, group_name, at: later });
        }
        match later {
            Some(launch_at) if scheduled != later => {
                self.happens(Event::CampaignScheduled { campaign, launch_at });
            }
            Some(_) => {}
            None => self.happens(Event::CampaignLaunched { campaign }),
        }
        self.warnings = self.team.group_warnings(group);
        if self.goes_round_beside_another(campaign) {
            self.warnings.push(Warning::RotationPerCampaign);
        }
        Ok(Answer::Campaign(campaign))
    }

    /// R2: whether another active campaign of the same group goes round by itself as well.
    fn goes_round_beside_another(&self, campaign: CampaignId) -> bool {
        let alone = |parts: &CampaignParts| parts.settings.rotation == Rotation::Campaign;
        let Some(this) = self.team.campaign(campaign).filter(|parts| alone(parts)) else {
            return false;
        };
        self.team.campaigns().any(|other| {
            let is_beside = other.settings.group == this.settings.group && other.id != this.id;
            is_beside && other.is_active() && alone(other)
        })
    }

    pub(super) fn pause_campaign(&mut self, campaign: CampaignId) -> Decision {
        let parts = self.campaign(campaign)?;
        if parts.status != Status::Running {
            return Err(wrong_status(parts, StatusExpected::Running));
        }
        self.happens(Event::CampaignPaused { campaign });
        Ok(Answer::Campaign(campaign))
    }

    /// C7: what was kept is acted on, in order.
    pub(super) fn resume_campaign(&mut self, campaign: CampaignId) -> Decision {
        let parts = self.campaign(campaign)?;
        if parts.status != Status::Paused {
            return Err(wrong_status(parts, StatusExpected::Paused));
        }
        self.happens(Event::CampaignResumed { campaign });
        Ok(Answer::Campaign(campaign))
    }

    pub(super) fn cancel_campaign(&mut self, campaign: CampaignId) -> Decision {
        let parts = self.campaign(campaign)?;
        if parts.status == Status::Cancelled {
            return Err(wrong_status(parts, StatusExpected::NotOver));
        }
        self.happens(Event::CampaignCancelled { campaign });
        Ok(Answer::Campaign(campaign))
    }

    /// C6: the same settings, a fresh cursor, a name that is not taken.
    pub(super) fn duplicate_campaign(&mut self, campaign: CampaignId) -> Decision {
        let mut settings = self.campaign(campaign)?.settings.clone();
        if self.team.group(settings.group).is_none() {
            settings.group = self.team.default_group();
        }
        settings.name = self.copy_name(&settings.name);
        let group = settings.group;
        let plan = self.campaign(campaign)?.mail.clone();
        let plan = plan.filter(|plan| self.team.mailboxes().contains(&plan.mailbox));
        let copy = self.make_draft(settings, Some(campaign))?;
        if let Some(plan) = plan {
            self.happens(Event::MessagesSet { campaign: copy, plan: (*plan).clone() });
            self.details.push(Detail::CampaignTextsCopied { from: campaign, to: copy });
        }
        self.warnings = self.team.group_warnings(group);
        Ok(Answer::Campaign(copy))
    }

    fn copy_name(&self, name: &Name) -> Name {
        let taken: std::collections::BTreeSet<String> =
            self.team.campaigns().map(|campaign| campaign.settings.name.key()).collect();
        let suffixes =
            std::iter::once(" (copy)".to_owned()).chain((2..).map(|n| format!(" (copy {n})")));
        suffixes
            .map(|suffix| name.with_suffix(&suffix))
            .find(|copy| !taken.contains(&copy.key()))
            .expect("one of endless names is free")
    }
}
