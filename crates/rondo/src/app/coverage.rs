//! Who of a group is there in the weeks to come, and when nobody is: gaps are seen before they happen.

use std::collections::HashSet;

use jiff::civil::Date;
use rondo_core::event::AbsenceSource;
use rondo_core::ids::{GroupId, RepId};
use rondo_core::refusal::Blocker;
use rondo_core::team::{GroupParts, RepParts};
use rondo_core::time::{Instant, Period};

use crate::app::days::Days;
use crate::app::groups::{self, UsedBy};
use crate::app::{App, AppError, Caller, Look, absences};

/// How far is looked ahead.
pub const DAYS: i64 = 90;
/// Members who are shown with their absences at most.
pub const MEMBERS_MAX: usize = 40;
/// Gaps that are told at most: enough for a screen.
const GAPS_MAX: usize = 50;

/// Members who are named as away at the same time at most: enough to see whom to ask.
const OTHERS_MAX: usize = 5;
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
    /// The days with which the gaps begin and end.
    pub days: Days,
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
    /// The days with which these begin and end, which are theirs.
    pub days: Days,
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
    /// When nobody is there next, within the days looked ahead.
    pub next_gap: Option<Period>,
    /// The days with which it may begin and end.
    pub days: Days,
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
    let next_gap = gaps.iter().next().filter(|gap| gap.from < until);
    GroupRow {
        group: parts.id,
        name: parts.name.to_string(),
        is_default: parts.id == look.team.default_group(),
        member_count: parts.members.len(),
        available: look.team.available_at(parts.id, look.now),
        used_by,
        days: next_gap.map(|gap| days_of(look, parts, &[gap])).unwrap_or_default(),
        next_gap,
        is_needed: is_needed(look, parts.id),
    }
}

/// The days with which a group's gaps begin and end: those of the members who go away or come back then, whatever their
/// places in the circle. Nothing is looked at where there are no gaps, since then anybody may be there.
pub(super) fn days_of(look: &Look, parts: &GroupParts, gaps: &[Period]) -> Days {
    if gaps.is_empty() {
        return Days::default();
    }
    Days::of(parts.members.iter().filter_map(|member| look.team.rep(member.rep)), gaps)
}

/// The days with which a group's gaps begin and end.
pub async fn days(
    app: &App,
    caller: &Caller,
    group: GroupId,
    gaps: &[Period],
) -> Result<Days, AppError> {
    let look = app.look(caller.team).await?;
    let parts = groups::reachable(caller, &look, group)?;
    Ok(days_of(&look, parts, gaps))
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
        .map(|(rep, away)| {
            let days = Days::of(look.team.rep(rep).into_iter(), &away);
            CoveredBy { rep, name: look.name(rep), away, days }
        });
    let gaps: Vec<Period> =
        look.team.gaps_ahead(group).iter().filter(is_shown).take(GAPS_MAX).collect();
    Ok(CoverageView {
        from,
        until,
        members: members.collect(),
        member_count: parts.members.len(),
        days: days_of(&look, parts, &gaps),
        gaps,
        is_needed: is_needed(&look, group),
    })
}

/// Why nobody would be there without a rep (O3): who of the others is away, and who could help.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Behind {
    /// The rep without whom nobody would be there.
    pub rep_name: String,
    /// For each group that is blocked, once.
    pub groups: Vec<OthersAway>,
}

impl Behind {
    /// Who else of a group is away.
    pub fn of(&self, group: GroupId) -> Option<&OthersAway> {
        self.groups.iter().find(|others| others.group == group)
    }
}

/// The other members of a group, all away while nobody would be there.
#[derive(Debug, Clone, PartialEq)]
pub struct OthersAway {
    /// The group.
    pub group: GroupId,
    /// The first few in circle order.
    pub named: Vec<OtherAway>,
    /// Those who are not named.
    pub more: usize,
    /// Whether a rep of the team who is not in the group would be there when the first gap begins.
    pub is_help_in_team: bool,
    /// The days with which the gaps begin and end, those that were asked for included.
    pub days: Days,
}

/// Somebody else who is away then.
#[derive(Debug, Clone, PartialEq)]
pub struct OtherAway {
    pub rep: RepId,
    pub name: String,
    /// How long they are away around the gap.
    pub period: Period,
    /// The days with which that begins and ends, which are theirs.
    pub days: Days,
    /// Whether they switched out of office on, so that they can be marked as back.
    pub is_switched: bool,
    /// Whether an absence with dates, which can be changed, keeps them away then.
    pub has_dates: bool,
}

/// Why nobody would be there without a rep, who was to be away from a day on, and to a day.
pub async fn behind(
    app: &App,
    caller: &Caller,
    rep: RepId,
    blockers: &[Blocker],
    (from, until): (Option<Date>, Option<Date>),
) -> Result<Behind, AppError> {
    let first = match from {
        Some(day) => Some((absences::start_of_day(app, caller, rep, day).await?, day)),
        None => None,
    };
    let back = match until.and_then(|day| day.tomorrow().ok()) {
        Some(day) => Some((absences::start_of_day(app, caller, rep, day).await?, day)),
        None => None,
    };
    let look = app.look(caller.team).await?;
    let mut groups: Vec<OthersAway> = Vec::new();
    for blocker in blockers {
        if groups.iter().any(|others| others.group == blocker.group) {
            continue;
        }
        let of_group = blockers.iter().filter(|other| other.group == blocker.group);
        let gaps: Vec<Period> = of_group.flat_map(|other| other.gaps.iter().copied()).collect();
        let Some(parts) = look.team.group(blocker.group) else { continue };
        let mut others = others_away(&look, rep, parts, &gaps);
        first.into_iter().chain(back).for_each(|midnight| others.days.add(rep, midnight));
        groups.push(others);
    }
    Ok(Behind { rep_name: look.name(rep), groups })
}

fn others_away(look: &Look, leaving: RepId, parts: &GroupParts, gaps: &[Period]) -> OthersAway {
    let others = || parts.members.iter().filter(|member| member.rep != leaving);
    let named = others()
        .take(OTHERS_MAX)
        .filter_map(|member| other_away(look, look.team.rep(member.rep)?, gaps));
    let named: Vec<OtherAway> = named.collect();
    let is_help_in_team = gaps
        .first()
        .is_some_and(|gap| is_outside(look, parts, |rep| rep.is_available(gap.from.max(look.now))));
    OthersAway {
        group: parts.id,
        more: others().count() - named.len(),
        named,
        is_help_in_team,
        days: days_of(look, parts, gaps),
    }
}

fn other_away(look: &Look, parts: &RepParts, gaps: &[Period]) -> Option<OtherAway> {
    let meets =
        |period: &Period| gaps.iter().any(|gap| period.from < gap.end() && gap.from < period.end());
    let met = || parts.absences.iter().filter(|absence| meets(&absence.period));
    let is_switch = |absence: &rondo_core::team::Absence| {
        absence.source == AbsenceSource::Switch && absence.period.covers(look.now)
    };
    let period = parts.away().iter().find(meets)?;
    Some(OtherAway {
        rep: parts.id,
        name: look.name(parts.id),
        period,
        days: Days::of(std::iter::once(parts), &[period]),
        is_switched: met().any(is_switch),
        has_dates: met().any(|absence| !is_switch(absence)),
    })
}

/// Whether the team has a rep who is not in a group and could join it.
pub async fn is_help_in_team(app: &App, caller: &Caller, group: GroupId) -> Result<bool, AppError> {
    let look = app.look(caller.team).await?;
    Ok(look.team.group(group).is_some_and(|parts| is_outside(&look, parts, |_| true)))
}

fn is_outside(look: &Look, parts: &GroupParts, is_of_use: impl Fn(&RepParts) -> bool) -> bool {
    if parts.members.len() >= look.team.rep_count() {
        return false;
    }
    let members: HashSet<RepId> = parts.members.iter().map(|member| member.rep).collect();
    look.team.reps().any(|rep| !members.contains(&rep.id) && is_of_use(rep))
}
