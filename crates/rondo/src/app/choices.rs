//! What forms offer to choose from: reps, campaigns and groups by name.

use std::collections::HashSet;

use rondo_core::ids::{CampaignId, GroupId, RepId};
use rondo_core::team::{GroupParts, RepParts};
use rondo_core::text::Email;

use crate::app::{App, AppError, Caller, Look, groups};

/// Reps or campaigns that are offered by name at most: more make a list that nobody finds anything in.
const OFFERED_MAX: usize = 300;

/// Things of a team to choose from.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices<I> {
    /// The first of them.
    pub items: Vec<Choice<I>>,
    /// Whether these are all.
    pub is_whole: bool,
}

impl<I> Choices<I> {
    /// Nothing to choose from.
    pub fn none() -> Self {
        Self { items: Vec::new(), is_whole: true }
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice<I> {
    /// Which.
    pub id: I,
    /// As people call it.
    pub name: String,
    /// Whether it takes part now: a rep who is not out of office, a campaign that is not cancelled.
    pub is_active: bool,
}

/// The reps of the team, by name.
pub async fn reps(app: &App, caller: &Caller) -> Result<Choices<RepId>, AppError> {
    Ok(offered(&app.look(caller.team).await?, |_| true))
}

/// The reps of the team but for this one.
pub async fn other_reps(
    app: &App,
    caller: &Caller,
    rep: RepId,
) -> Result<Choices<RepId>, AppError> {
    Ok(offered(&app.look(caller.team).await?, |other| other != rep))
}

/// The reps of the team who are not in a group.
pub async fn reps_not_in(
    app: &App,
    caller: &Caller,
    group: GroupId,
) -> Result<Choices<RepId>, AppError> {
    let look = app.look(caller.team).await?;
    let parts = groups::reachable(caller, &look, group)?;
    let members: HashSet<RepId> = parts.members.iter().map(|member| member.rep).collect();
    Ok(offered(&look, |rep| !members.contains(&rep)))
}

fn offered(look: &Look, is_wanted: impl Fn(RepId) -> bool) -> Choices<RepId> {
    let choice = |rep: &RepParts| Choice {
        id: rep.id,
        name: look.name(rep.id),
        is_active: rep.is_available(look.now),
    };
    let wanted = look.team.reps().filter(|rep| is_wanted(rep.id));
    let mut items: Vec<_> = wanted.take(OFFERED_MAX + 1).map(choice).collect();
    let is_whole = items.len() <= OFFERED_MAX;
    items.truncate(OFFERED_MAX);
    items.sort_by_cached_key(|choice| choice.name.to_lowercase());
    Choices { items, is_whole }
}

/// The campaigns of the team, the newest first.
pub async fn campaigns(app: &App, caller: &Caller) -> Result<Choices<CampaignId>, AppError> {
    let look = app.look(caller.team).await?;
    let mut items: Vec<_> = look
        .team
        .campaigns()
        .map(|campaign| Choice {
            id: campaign.id,
            name: campaign.settings.name.to_string(),
            is_active: campaign.is_active(),
        })
        .collect();
    items.reverse();
    let is_whole = items.len() <= OFFERED_MAX;
    items.truncate(OFFERED_MAX);
    Ok(Choices { items, is_whole })
}

/// A sales group to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupChoice {
    /// Which.
    pub id: GroupId,
    /// As people call it.
    pub name: String,
    /// How many members it has.
    pub member_count: usize,
    /// How many of them are there now.
    pub available: u32,
}

/// The groups of the team, oldest first; the one that was chosen is among them.
pub async fn groups(
    app: &App,
    caller: &Caller,
    chosen: GroupId,
) -> Result<Vec<GroupChoice>, AppError> {
    let look = app.look(caller.team).await?;
    let mut offered: Vec<&GroupParts> = look.team.groups().take(OFFERED_MAX).collect();
    let is_offered = offered.iter().any(|parts| parts.id == chosen);
    offered.extend(look.team.group(chosen).filter(|_| !is_offered));
    let choice = |parts: &GroupParts| GroupChoice {
        id: parts.id,
        name: parts.name.to_string(),
        member_count: parts.members.len(),
        available: look.team.available_at(parts.id, look.now),
    };
    Ok(offered.into_iter().map(choice).collect())
}

/// The rep with this id or this address.
pub async fn rep(app: &App, caller: &Caller, text: &str) -> Result<RepId, AppError> {
    let found = match (text.parse::<RepId>(), Email::parse(text)) {
        (Ok(rep), _) => app.look(caller.team).await?.team.rep(rep).map(|rep| rep.id),
        (_, Ok(email)) => app.store().rep_of_address(caller.team, email.key()).await?,
        _ => None,
    };
    found.ok_or_else(|| AppError::not_found("rep", text))
}
