//! The coverage guard: no command takes the last available rep away from an active campaign (O3, O4).

use super::*;
use crate::refusal::Blocker;
use crate::time::{Instant, Period, Periods};

/// What a command would take from whom.
pub(super) struct Loss {
    /// Whose availability is reduced.
    pub(super) rep: RepId,
    /// The groups in which it is.
    pub(super) groups: Vec<GroupId>,
    /// The instants, from now on, at which the rep was available before and is not after.
    pub(super) periods: Periods,
    /// Whether only an open end makes the loss endless.
    pub(super) end: LossEnd,
}

/// Whether the one who asked named an end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LossEnd {
    /// An absence from then on without an end: an earlier return may be acceptable.
    Open { from: Instant },
    /// Anything else.
    Fixed,
}

impl Draft<'_> {
    /// O3: refuses if, for the group of an active campaign, there is an instant at which somebody was available and
    /// nobody would be. The default group is guarded while any campaign is active.
    pub(super) fn check_guard(&self, loss: &Loss) -> Result<(), Refusal> {
        if loss.periods.is_empty() {
            return Ok(());
        }
        let gaps_in = |group: GroupId| -> Vec<Period> {
            let alone = self.team.coverage(group).map(|all| all.periods_with(1, &loss.periods));
            alone.map(|gaps| gaps.iter().collect()).unwrap_or_default()
        };
        let mut blockers = Vec::new();
        for &group in loss.groups.iter().filter(|&&group| group != self.team.default_group()) {
            let users = self.team.used_by(group);
            if users.is_empty() {
                continue;
            }
            let gaps = gaps_in(group);
            if !gaps.is_empty() {
                blockers.extend(users.into_iter().map(|user| self.blocker(user, group, &gaps)));
            }
        }
        let default_group = self.team.default_group();
        if loss.groups.contains(&default_group) && self.team.campaigns().any(|c| c.is_active()) {
            let gaps = gaps_in(default_group);
            let named: Vec<_> = blockers.iter().map(|blocker| blocker.campaign).collect();
            if !gaps.is_empty() {
                blockers.extend(
                    self.team
                        .campaigns()
                        .filter(|campaign| campaign.is_active() && !named.contains(&campaign.id))
                        .map(|campaign| self.blocker(campaign, default_group, &gaps)),
                );
            }
        }
        let Some(first_gap) = blockers.iter().flat_map(|blocker| &blocker.gaps).min() else {
            return Ok(());
        };
        // O4: a return before the first gap leaves none. There is one if the absence begins before it.
        let latest_until = match loss.end {
            LossEnd::Open { from } => {
                Some(first_gap.from).filter(|until| *until > from.max(self.now))
            }
            LossEnd::Fixed => None,
        };
        Err(Refusal::LastAvailableRep { rep: loss.rep, blockers, latest_until })
    }

    fn blocker(&self, campaign: &CampaignParts, group: GroupId, gaps: &[Period]) -> Blocker {
        Blocker {
            campaign: campaign.id,
            campaign_name: campaign.settings.name.to_string(),
            group,
            group_name: self.group_name(group),
            gaps: gaps.to_vec(),
        }
    }
}
