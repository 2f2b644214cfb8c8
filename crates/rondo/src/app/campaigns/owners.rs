//! Leads of a campaign that will go past its sales group, since their owner is not in it (R6).

use std::collections::HashSet;

use rondo_core::ids::{CampaignId, RepId};
use rondo_core::team::OwnerNow;

use crate::app::{App, AppError, Caller};

/// Leads of a campaign that are looked at, at most: a few milliseconds, and most campaigns are smaller.
const LOOKED_AT_MAX: u32 = 1_000;

/// How many leads that no rep has yet would go to an owner outside of the campaign's group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnedOutside {
    /// So many.
    pub leads: u64,
    /// Of the first that joined, where there may be more than were looked at.
    pub of: Option<u64>,
}

/// Counts the leads of an active campaign that would go to an owner outside of its group, as things stand now.
pub async fn outside(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
) -> Result<OwnedOutside, AppError> {
    let look = app.look(caller.team).await?;
    let parts = look.team.campaign(campaign);
    let parts = parts.ok_or_else(|| AppError::not_found("campaign", campaign))?;
    // The default group has every rep.
    if !parts.is_active() || parts.settings.group == look.team.default_group() {
        return Ok(OwnedOutside { leads: 0, of: None });
    }
    let group = look.team.group(parts.settings.group);
    let members = group.into_iter().flat_map(|group| group.members.iter());
    let members: HashSet<RepId> = members.map(|member| member.rep).collect();
    let found = app.store().owners_of_campaign(caller.team, campaign, LOOKED_AT_MAX).await?;
    let is_outside = |owner| {
        let goes_to = look.team.owner_at(owner, parts.settings.when_owner_is_out, look.now);
        matches!(goes_to, OwnerNow::Usable { rep, .. } if !members.contains(&rep))
    };
    let looked_at: u64 = found.iter().map(|owned| owned.count).sum();
    let to_come = found.iter().filter(|owned| owned.is_to_come);
    let leads = to_come.filter(|owned| is_outside(owned.owner)).map(|owned| owned.count).sum();
    let of = (looked_at >= u64::from(LOOKED_AT_MAX)).then_some(looked_at);
    Ok(OwnedOutside { leads, of })
}
