//! Reports: how turns were shared, held against the bound of R10, and how soon reps wrote.

use std::collections::{BTreeMap, HashMap};

use rondo_core::event::CursorKey;
use rondo_core::ids::{CampaignId, GroupId, RepId};
use rondo_core::team::CampaignParts;
use rondo_core::time::Instant;
use rondo_store::{MemberRow, ShareRow};

use crate::app::{App, AppError, Caller, Look};

/// Days that a report may go back: longer ones read too much at once.
pub const DAYS_MAX: i64 = 366;
const DAY_SECONDS: i64 = 86_400;
/// Members of a circle who are compared at most: what one look-up brings.
const MEMBERS_MAX: u32 = 500;
/// R10: among those available throughout, the numbers of turns differ by no more.
pub const BOUND: u64 = 1;

/// What came to reps in a while.
#[derive(Debug, Clone, PartialEq)]
pub struct SharesView {
    pub since: Instant,
    pub until: Instant,
    /// By rep, the largest share first.
    pub reps: Vec<Share<RepId>>,
    /// By campaign, the largest share first.
    pub campaigns: Vec<Share<CampaignId>>,
    pub total: u64,
}

/// What came to a rep, or of a campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Share<I> {
    pub id: I,
    pub name: String,
    /// Assignments, passed on since or not.
    pub assigned: u64,
    /// Those that came by turn; the others belonged to an owner, or were passed on.
    pub turns: u64,
    /// Those to which the rep has written by mail.
    pub answered: u64,
    /// How long that took on average; none where nobody wrote.
    pub answer_seconds: Option<u64>,
    answer_micros: u64,
}

/// How the turns of a circle were shared among those who could take them.
#[derive(Debug, Clone, PartialEq)]
pub struct FairnessView {
    pub group: GroupId,
    pub group_name: String,
    /// The campaigns that share these turns.
    pub campaigns: Vec<String>,
    /// Members who were in the circle and not away for all of the time, with their turns, in circle order.
    pub throughout: Vec<(String, u64)>,
    /// The others who took turns.
    pub others: Vec<(String, u64)>,
    /// The difference between most and fewest turns of those available throughout, at the end of each day.
    pub spread: Vec<(i64, u64)>,
}

impl FairnessView {
    /// The difference at the end.
    pub fn spread_now(&self) -> u64 {
        self.spread.last().map_or(0, |(_, spread)| *spread)
    }

    /// R10 over the whole time.
    pub fn is_within_bound(&self) -> bool {
        self.spread.iter().all(|(_, spread)| *spread <= BOUND)
    }
}

/// How assignments were shared in so many days until now.
pub async fn shares(app: &App, caller: &Caller, days: i64) -> Result<SharesView, AppError> {
    let look = app.look(caller.team).await?;
    let (since, until) = period(&look, days);
    let rows = app.store().shares(caller.team, since, until.plus_seconds(1)).await?;
    let campaign_name = |campaign: CampaignId| {
        let parts = look.team.campaign(campaign);
        parts.map(|parts| parts.settings.name.to_string()).unwrap_or_default()
    };
    Ok(SharesView {
        since,
        until,
        reps: summed(&rows, |row| row.rep, |rep| look.name(rep)),
        campaigns: summed(&rows, |row| row.campaign, campaign_name),
        total: rows.iter().map(|row| row.assigned).sum(),
    })
}

fn period(look: &Look, days: i64) -> (Instant, Instant) {
    (look.now.plus_seconds(-days.clamp(1, DAYS_MAX) * DAY_SECONDS), look.now)
}

fn summed<I: Copy + Eq + std::hash::Hash + Ord>(
    rows: &[ShareRow],
    of: impl Fn(&ShareRow) -> I,
    name: impl Fn(I) -> String,
) -> Vec<Share<I>> {
    let mut sums: HashMap<I, Share<I>> = HashMap::new();
    for row in rows {
        let id = of(row);
        let sum = sums.entry(id).or_insert_with(|| Share {
            id,
            name: name(id),
            assigned: 0,
            turns: 0,
            answered: 0,
            answer_seconds: None,
            answer_micros: 0,
        });
        sum.assigned += row.assigned;
        sum.turns += row.turns;
        sum.answered += row.answered;
        sum.answer_micros += row.answer_micros;
    }
    let mut shares: Vec<_> = sums.into_values().collect();
    for share in &mut shares {
        let average = share.answer_micros.checked_div(share.answered);
        share.answer_seconds = average.map(|micros| micros / 1_000_000);
    }
    shares.sort_by(|a, b| b.assigned.cmp(&a.assigned).then(a.id.cmp(&b.id)));
    shares
}

/// How the turns of each circle that was used were shared in so many days until now. Days end as they do where
/// they begin so many seconds after those of UTC.
pub async fn fairness(
    app: &App,
    caller: &Caller,
    days: i64,
    offset_seconds: i64,
) -> Result<Vec<FairnessView>, AppError> {
    let look = app.look(caller.team).await?;
    let (since, until) = period(&look, days);
    let mut views = Vec::new();
    for (group, campaigns) in circles(&look) {
        let ids: Vec<_> = campaigns.iter().map(|campaign| campaign.id).collect();
        let end = until.plus_seconds(1);
        let rows =
            app.store().turns_by_day(caller.team, &ids, (since, end), offset_seconds).await?;
        if rows.is_empty() {
            continue;
        }
        let members = app.store().members(caller.team, group, 0, MEMBERS_MAX).await?;
        let throughout = throughout(&look, &members, since);
        let mut by_day: BTreeMap<i64, Vec<(RepId, u64)>> = BTreeMap::new();
        for row in &rows {
            by_day.entry(row.day).or_default().push((row.rep, row.turns));
        }
        let mut turns: HashMap<RepId, u64> = HashMap::new();
        let mut spread = Vec::with_capacity(by_day.len());
        for (day, taken) in by_day {
            for (rep, count) in taken {
                *turns.entry(rep).or_default() += count;
            }
            spread.push((day, spread_of(&throughout, &turns)));
        }
        let named = |rep: &RepId| (look.name(*rep), turns.get(rep).copied().unwrap_or(0));
        let mut others: Vec<_> = turns.keys().filter(|rep| !throughout.contains(rep)).collect();
        others.sort_unstable();
        views.push(FairnessView {
            group,
            group_name: look.team.group_name(group).map(ToString::to_string).unwrap_or_default(),
            campaigns: campaigns.iter().map(|parts| parts.settings.name.to_string()).collect(),
            throughout: throughout.iter().map(named).collect(),
            others: others.into_iter().map(named).collect(),
            spread,
        });
    }
    Ok(views)
}

/// The circles that campaigns take turns from, each with the campaigns that share them.
fn circles(look: &Look) -> Vec<(GroupId, Vec<&CampaignParts>)> {
    let mut all: Vec<(CursorKey, GroupId, Vec<&CampaignParts>)> = Vec::new();
    for campaign in look.team.campaigns().filter(|campaign| campaign.launched_at.is_some()) {
        let key = campaign.cursor_key();
        match all.iter().position(|(other, _, _)| *other == key) {
            Some(index) => all[index].2.push(campaign),
            None => all.push((key, campaign.settings.group, vec![campaign])),
        }
    }
    all.into_iter().map(|(_, group, campaigns)| (group, campaigns)).collect()
}

/// The members of a circle who were in it and not away from then until now, in circle order.
fn throughout(look: &Look, members: &[MemberRow], since: Instant) -> Vec<RepId> {
    let was_there = |rep: RepId| {
        let away = look.team.rep(rep).map(|parts| parts.away());
        away.is_some_and(|away| away.iter().all(|gone| gone.end() <= since || gone.from > look.now))
    };
    let members = members.iter().filter(|member| member.added_at <= since);
    members.map(|member| member.rep).filter(|rep| was_there(*rep)).collect()
}

fn spread_of(throughout: &[RepId], turns: &HashMap<RepId, u64>) -> u64 {
    let taken = || throughout.iter().map(|rep| turns.get(rep).copied().unwrap_or(0));
    taken().max().unwrap_or(0) - taken().min().unwrap_or(0)
}
