//! Reports: how turns were shared, held against the bound of R10, and how soon reps wrote.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rondo_core::event::CursorKey;
use rondo_core::ids::{CampaignId, GroupId, RepId};
use rondo_core::team::CampaignParts;
use rondo_core::time::Instant;
use rondo_store::{DayOfTurns, MemberRow, ShareRow};

use crate::app::sums::Sum;
use crate::app::{App, AppError, Caller, Look};

/// Days that a report may go back: longer ones read too much at once.
pub const DAYS_MAX: i64 = 366;
const DAY_SECONDS: i64 = 86_400;
/// Day 0 of a report.
pub const FIRST_DAY: Date = Date::constant(1970, 1, 1);
/// Members of a circle who are compared at most: what one look-up brings.
const MEMBERS_MAX: u32 = 500;
/// Ledger entries that are summed up in one reading: some hundredths of a second, in which a reader is not there for pages.
const ENTRIES_MAX: u64 = 10_000;
/// Campaigns that are looked through at once for whether they took turns.
const CAMPAIGNS_MAX: usize = 500;
/// Circles on a page: each is a chart with its tables.
pub const CIRCLES_SHOWN: usize = 10;
/// R10: among those available throughout, the numbers of turns differ by no more.
pub const BOUND: u64 = 1;

/// What came to reps in a while.
#[derive(Debug, Clone, PartialEq)]
pub struct SharesView {
    pub since: Instant,
    pub until: Instant,
    /// By rep, the largest share first.
    pub reps: Vec<Share<RepId>>,
    /// By the sales group to which their campaigns route, the largest share first.
    pub groups: Vec<Share<GroupId>>,
    /// By campaign, the largest share first.
    pub campaigns: Vec<Share<CampaignId>>,
    pub total: u64,
}

/// What came to a rep, to a group, or of a campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Share<I> {
    pub id: I,
    pub name: String,
    /// Assignments, passed on since or not.
    pub assigned: u64,
    /// Those that came by turn, of leads that were passed on to whoever was next as well; the others belonged to an owner, or
    /// were passed on to a rep by name.
    pub turns: u64,
    /// Those to which the rep has written by mail.
    pub answered: u64,
    /// How long that took on average; none where nobody wrote.
    pub answer_seconds: Option<u64>,
    answer_micros: u64,
}

/// A group with the campaigns that share its turns.
type Turning<'l> = (GroupId, Vec<&'l CampaignParts>);

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
    /// Turns that were taken by passing a lead on to whoever was next, out of order. Counted where somebody is further ahead than
    /// the bound.
    pub passed_on: u64,
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

    /// Whether what lies over the bound can come of leads that people passed on to whoever was next, which R10 excepts.
    pub fn is_explained(&self) -> bool {
        self.spread.iter().all(|(_, spread)| *spread <= BOUND + self.passed_on)
    }
}

/// Circles of a team that took turns.
#[derive(Debug, Clone, PartialEq)]
pub struct FairnessPage {
    /// Those of the page.
    pub views: Vec<FairnessView>,
    /// Which page it is, from 1.
    pub page: usize,
    /// How many there are, on all pages.
    pub count: usize,
}

/// How assignments were shared in so many days until now; none while they are still being summed up.
pub async fn shares_soon(
    app: &App,
    caller: &Caller,
    days: i64,
) -> Result<Option<Sum<SharesView>>, AppError> {
    let make = || {
        let (app, caller) = (app.clone(), caller.clone());
        async move { shares(&app, &caller, days).await }
    };
    app.sums().shares.get(app.clock(), (caller.team, days), make).await
}

/// How assignments were shared in so many days until now, however long it takes to sum them up.
pub async fn shares(app: &App, caller: &Caller, days: i64) -> Result<SharesView, AppError> {
    let look = app.look(caller.team).await?;
    let (since, until) = period(&look, days);
    let team = caller.team;
    let entries = app.store().entries_between(team, since, until.plus_seconds(1)).await?;
    let campaign_name = |campaign: CampaignId| {
        let parts = look.team.campaign(campaign);
        parts.map(|parts| parts.settings.name.to_string()).unwrap_or_default()
    };
    let (mut reps, mut groups, mut campaigns) = Default::default();
    let mut total = 0;
    for start in entries.clone().step_by(ENTRIES_MAX as usize) {
        let _turn = app.sums().turn().await;
        let end = entries.end.min(start + ENTRIES_MAX);
        for row in app.store().shares(team, start..end).await? {
            total += row.assigned;
            add(&mut reps, row.rep, &row, |rep| look.name(rep));
            if let Some(parts) = look.team.campaign(row.campaign) {
                let group = parts.settings.group;
                add(&mut groups, group, &row, |group| group_name(&look, group));
            }
            add(&mut campaigns, row.campaign, &row, campaign_name);
        }
    }
    let (reps, groups, campaigns) = (ordered(reps), ordered(groups), ordered(campaigns));
    Ok(SharesView { since, until, reps, groups, campaigns, total })
}

fn group_name(look: &Look, group: GroupId) -> String {
    look.team.group_name(group).map(ToString::to_string).unwrap_or_default()
}

/// From when until when a report of so many days goes.
pub(super) fn period(look: &Look, days: i64) -> (Instant, Instant) {
    (look.now.plus_seconds(-days.clamp(1, DAYS_MAX) * DAY_SECONDS), look.now)
}

fn add<I: Copy + Eq + std::hash::Hash>(
    sums: &mut HashMap<I, Share<I>>,
    id: I,
    row: &ShareRow,
    name: impl Fn(I) -> String,
) {
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

fn ordered<I: Copy + Ord>(sums: HashMap<I, Share<I>>) -> Vec<Share<I>> {
    let mut shares: Vec<_> = sums.into_values().collect();
    for share in &mut shares {
        let average = share.answer_micros.checked_div(share.answered);
        share.answer_seconds = average.map(|micros| micros / 1_000_000);
    }
    shares.sort_by(|a, b| b.assigned.cmp(&a.assigned).then(a.id.cmp(&b.id)));
    shares
}

/// How the turns of some of the circles were shared; none while they are still being counted. As [`fairness`].
pub async fn fairness_soon(
    app: &App,
    caller: &Caller,
    days: i64,
    zone: &TimeZone,
    page: usize,
) -> Result<Option<Sum<FairnessPage>>, AppError> {
    let make = || {
        let (app, caller, zone) = (app.clone(), caller.clone(), zone.clone());
        async move { fairness(&app, &caller, days, &zone, page).await }
    };
    let zone_name = zone.iana_name().unwrap_or("UTC").to_owned();
    let key = (caller.team, days, zone_name, page);
    app.sums().fairness.get(app.clock(), key, make).await
}

/// How the turns of the circles on a page, from 1, were shared in so many days until now: of the last page for one beyond
/// it. Circles that took no turns are left out. Days are those of a zone, whatever its clocks did meanwhile.
pub async fn fairness(
    app: &App,
    caller: &Caller,
    days: i64,
    zone: &TimeZone,
    page: usize,
) -> Result<FairnessPage, AppError> {
    let look = app.look(caller.team).await?;
    let (since, until) = period(&look, days);
    let entries = app.store().entries_between(caller.team, since, until.plus_seconds(1)).await?;
    let circles = with_turns(app, &look, circles(&look), entries.clone()).await?;
    let count = circles.len();
    let page = page.clamp(1, count.div_ceil(CIRCLES_SHOWN).max(1));
    let wanted = circles.iter().skip((page - 1) * CIRCLES_SHOWN).take(CIRCLES_SHOWN);
    let mut views = Vec::new();
    for circle in wanted {
        views.push(shared(app, &look, circle, (since, entries.clone()), zone).await?);
    }
    Ok(FairnessPage { views, page, count })
}

/// How the turns of all circles were shared in so many days until now. As [`fairness`].
pub async fn fairness_of_all(
    app: &App,
    caller: &Caller,
    days: i64,
    zone: &TimeZone,
) -> Result<Vec<FairnessView>, AppError> {
    let look = app.look(caller.team).await?;
    let (since, until) = period(&look, days);
    let entries = app.store().entries_between(caller.team, since, until.plus_seconds(1)).await?;
    let mut views = Vec::new();
    for circle in with_turns(app, &look, circles(&look), entries.clone()).await? {
        views.push(shared(app, &look, &circle, (since, entries.clone()), zone).await?);
    }
    Ok(views)
}

/// Those of these circles that took turns within these ledger numbers.
async fn with_turns<'l>(
    app: &App,
    look: &Look,
    circles: Vec<Turning<'l>>,
    entries: Range<u64>,
) -> Result<Vec<Turning<'l>>, AppError> {
    let ids: Vec<_> =
        circles.iter().flat_map(|(_, campaigns)| campaigns).map(|campaign| campaign.id).collect();
    let mut took = HashSet::new();
    for part in ids.chunks(CAMPAIGNS_MAX) {
        let _turn = app.sums().turn().await;
        let store = app.store();
        took.extend(store.campaigns_with_turns(look.team.id(), part, entries.clone()).await?);
    }
    let has_turns =
        |(_, campaigns): &Turning<'_>| campaigns.iter().any(|one| took.contains(&one.id));
    Ok(circles.into_iter().filter(has_turns).collect())
}

/// How the turns of a circle were shared since then, within these ledger numbers.
async fn shared(
    app: &App,
    look: &Look,
    (group, campaigns): &Turning<'_>,
    (since, entries): (Instant, Range<u64>),
    zone: &TimeZone,
) -> Result<FairnessView, AppError> {
    let ids: Vec<_> = campaigns.iter().map(|campaign| campaign.id).collect();
    let _turn = app.sums().turn().await;
    let (store, team) = (app.store(), look.team.id());
    let rows = store.turns_by_day(team, &ids, entries.clone(), |at| day_of(at, zone)).await?;
    let members = store.members(team, *group, 0, MEMBERS_MAX).await?;
    let mut view = view(look, (*group, campaigns), &throughout(look, &members, since), &rows);
    if !view.is_within_bound() {
        view.passed_on = store.turns_by_passing_on(team, &ids, entries).await?;
    }
    Ok(view)
}

/// Days from 1970 to the one on which an instant is in a zone.
fn day_of(at: Instant, zone: &TimeZone) -> i64 {
    let at = Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
    let day = at.to_zoned(zone.clone()).date();
    FIRST_DAY.until(day).map_or(0, |days| i64::from(days.get_days()))
}

fn view(
    look: &Look,
    (group, campaigns): (GroupId, &[&CampaignParts]),
    throughout: &[RepId],
    rows: &[DayOfTurns],
) -> FairnessView {
    let mut by_day: BTreeMap<i64, Vec<(RepId, u64)>> = BTreeMap::new();
    for row in rows {
        by_day.entry(row.day).or_default().push((row.rep, row.turns));
    }
    let mut turns: HashMap<RepId, u64> = HashMap::new();
    let mut spread = Vec::with_capacity(by_day.len());
    for (day, taken) in by_day {
        for (rep, count) in taken {
            *turns.entry(rep).or_default() += count;
        }
        spread.push((day, spread_of(throughout, &turns)));
    }
    let named = |rep: &RepId| (look.name(*rep), turns.get(rep).copied().unwrap_or(0));
    let were_there: HashSet<&RepId> = throughout.iter().collect();
    let mut others: Vec<_> = turns.keys().filter(|rep| !were_there.contains(rep)).collect();
    others.sort_unstable();
    FairnessView {
        group,
        group_name: group_name(look, group),
        campaigns: campaigns.iter().map(|parts| parts.settings.name.to_string()).collect(),
        throughout: throughout.iter().map(named).collect(),
        others: others.into_iter().map(named).collect(),
        spread,
        passed_on: 0,
    }
}

/// The circles that campaigns take turns from.
fn circles(look: &Look) -> Vec<Turning<'_>> {
    let mut all: Vec<Turning<'_>> = Vec::new();
    let mut known: HashMap<CursorKey, usize> = HashMap::new();
    for campaign in look.team.campaigns().filter(|campaign| campaign.launched_at.is_some()) {
        let index = *known.entry(campaign.cursor_key()).or_insert(all.len());
        match all.get_mut(index) {
            Some((_, campaigns)) => campaigns.push(campaign),
            None => all.push((campaign.settings.group, vec![campaign])),
        }
    }
    all
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_zone_whatever_its_clocks_did_meanwhile() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let day = |text| day_of(Instant::parse(text).unwrap(), &berlin);
        // Clocks went back on 25 October: midnight is at 22:00, then at 23:00 of UTC.
        assert_eq!(day("2026-10-24T21:59:00Z") + 1, day("2026-10-24T22:00:00Z"));
        assert_eq!(day("2026-10-25T22:59:00Z") + 1, day("2026-10-25T23:00:00Z"));
        assert_eq!(day("1970-01-01T12:00:00Z"), 0);
    }

    #[test]
    fn what_is_over_the_bound_is_explained_by_as_many_leads_that_were_passed_on() {
        let view = |spread, passed_on| FairnessView {
            group: rondo_core::ids::Id::from_bytes([1; 16]),
            group_name: String::new(),
            campaigns: Vec::new(),
            throughout: Vec::new(),
            others: Vec::new(),
            spread: vec![(0, spread)],
            passed_on,
        };
        assert!(view(1, 0).is_within_bound());
        assert!(!view(2, 1).is_within_bound() && view(2, 1).is_explained());
        assert!(!view(3, 1).is_explained());
    }
}
