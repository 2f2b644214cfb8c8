//! Leads of a campaign that go past its sales group, since their owner is not in it (R6).

use std::collections::HashSet;

use rondo_core::event::OwnerSource;
use rondo_core::ids::{CampaignId, RepId};

use crate::app::{App, AppError, Caller};

/// Leads of a campaign that are looked at, at most: a few hundredths of a second, and most campaigns are smaller.
const LOOKED_AT_MAX: u32 = 10_000;

/// How many leads have an owner outside of the campaign's group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnedOutside {
    /// So many.
    pub leads: u64,
    /// Of the first that joined, where there may be more than were looked at.
    pub of: Option<u64>,
}

/// Counts the leads of a campaign whose owner is not in its group. Owners who do not count (R6, R8) are none.
pub async fn outside(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
) -> Result<OwnedOutside, AppError> {
    let look = app.look(caller.team).await?;
    let parts = look.team.campaign(campaign);
    let parts = parts.ok_or_else(|| AppError::not_found("campaign", campaign))?;
    let group = look.team.group(parts.settings.group);
    let members = group.into_iter().flat_map(|group| group.members.iter());
    let members: HashSet<RepId> = members.map(|member| member.rep).collect();
    let counts_routed = look.team.settings().routed_rep_becomes_owner;
    let found = app.store().owners_of_campaign(caller.team, campaign, LOOKED_AT_MAX).await?;
    let is_outside = |owner| {
        let Some((rep, source)) = owner else { return false };
        let counts = counts_routed || source == OwnerSource::PreAssigned;
        let owner = look.team.resolve_owner(rep).filter(|_| counts);
        owner.is_some_and(|owner| !members.contains(&owner))
    };
    let looked_at: u64 = found.iter().map(|owned| owned.count).sum();
    let leads = found.iter().filter(|owned| is_outside(owned.owner)).map(|owned| owned.count).sum();
    let of = (looked_at >= u64::from(LOOKED_AT_MAX)).then_some(looked_at);
    Ok(OwnedOutside { leads, of })
}
