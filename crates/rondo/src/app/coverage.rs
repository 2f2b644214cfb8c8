//! Who of a group is there in the weeks to come, and when nobody is: gaps are seen before they happen.

use rondo_core::ids::{GroupId, RepId};
use rondo_core::team::GroupParts;
use rondo_core::time::{Instant, Period};

use crate::app::groups::{self, UsedBy};
use crate::app::{App, AppError, Caller, Look};

/// How far is looked ahead.
pub const DAYS: i64 = 90;
/// Members who are shown with their absences at most.
pub const MEMBERS_MAX: usize = 40;
/// Gaps that are told at most: enough for a screen.
const GAPS_MAX: usize = 50;

/// Groups on a page: what fits a screen or two.
const PAGE_GROUPS: usize = 50;
const DAY_SECONDS: i64 = 86_400;

/// A group's weeks to come.
#[derive(Debug, Clone, PartialEq)]
pub struct CoverageView {
    pub from: Instant,
    pub until: Instant,
    /// In circle order: all of a small group, otherwise those who are away at some time.
    pub members: Vec<CoveredBy>,
    pub member_count: usize,
    /// When nobody is there, from now on; the last may go on.
    pub gaps: Vec<Period>,
    /// Whether an active campaign needs somebody there.
    pub is_needed: bool,
}

/// A member, and when they are away.
#[derive(Debug, Clone, PartialEq)]
pub struct CoveredBy {
    pub rep: RepId,
    pub name: String,
    /// Maximal periods that touch the weeks shown.
    pub away: Vec<Period>,
}

/// A group in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRow {
    pub group: GroupId,
    pub name: String,
    pub is_default: bool,
    pub member_count: usize,
    /// How many of them are there now.
    pub available: u32,
    pub used_by: Vec<UsedBy>,
    /// When nobody is there next, within the days looked ahead; only where somebody is needed.
    pub next_gap: Option<Period>,
    /// Whether an active campaign needs somebody there.
    pub is_needed: bool,
}

/// A page of groups by name, the default group first.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupList {
    pub rows: Vec<GroupRow>,
    /// Which page it is, from 1.
    pub page: usize,
    pub has_more: bool,
}

/// The groups of the team.
pub async fn groups(app: &App, caller: &Caller, page: usize) -> Result<GroupList, AppError> {
    let look = app.look(caller.team).await?;
    let mut all: Vec<&GroupParts> = look.team.groups().collect();
    let default = look.team.default_group();
    all.sort_by_cached_key(|parts| (parts.id != default, parts.name.key()));
    let page = page.max(1);
    let start = (page - 1).saturating_mul(PAGE_GROUPS).min(all.len());
    let end = (start + PAGE_GROUPS).min(all.len());
    let rows = all[start..end].iter().map(|parts| row(&look, parts)).collect();
    Ok(GroupList { rows, page, has_more: end < all.len() })
}

fn row(look: &Look, parts: &GroupParts) -> GroupRow {
    let until = look.now.plus_seconds(DAYS * DAY_SECONDS);
    let used_by = groups::used_by(look, parts.id);
    let gaps = look.team.gaps_ahead(parts.id);
    let is_needed = is_needed(look, parts.id);
    let next_gap = gaps.iter().next().filter(|gap| gap.from < until && is_needed);
    GroupRow {
        group: parts.id,
        name: parts.name.to_string(),
        is_default: parts.id == look.team.default_group(),
        member_count: parts.members.len(),
        available: look.team.available_at(parts.id, look.now),
        used_by,
        next_gap,
        is_needed,
    }
}

/// O3: the default group is guarded while any campaign is active.
fn is_needed(look: &Look, group: GroupId) -> bool {
    match group == look.team.default_group() {
        true => look.team.campaigns().any(|campaign| campaign.is_active()),
        false => !look.team.used_by(group).is_empty(),
    }
}

/// The coverage of a group.
pub async fn show(app: &App, caller: &Caller, group: GroupId) -> Result<CoverageView, AppError> {
    let look = app.look(caller.team).await?;
    let parts = groups::reachable(caller, &look, group)?;
    let (from, until) = (look.now, look.now.plus_seconds(DAYS * DAY_SECONDS));
    let is_shown = |period: &Period| period.from < until && period.end() > from;
    let away = |rep: RepId| -> Vec<Period> {
        let all = look.team.rep(rep).map(|parts| parts.away()).unwrap_or_default();
        all.iter().filter(is_shown).collect()
    };
    let is_small = parts.members.len() <= MEMBERS_MAX;
    let members = parts
        .members
        .iter()
        .map(|member| (member.rep, away(member.rep)))
        .filter(|(_, away)| is_small || !away.is_empty())
        .take(MEMBERS_MAX)
        .map(|(rep, away)| CoveredBy { rep, name: look.name(rep), away });
    Ok(CoverageView {
        from,
        until,
        members: members.collect(),
        member_count: parts.members.len(),
        gaps: look.team.gaps_ahead(group).iter().filter(is_shown).take(GAPS_MAX).collect(),
        is_needed: is_needed(&look, group),
    })
}
