//! Reports: fairness against its bound, shares by rep, group and campaign, how soon reps wrote, what became of leads. Each
//! chart with its table and CSV.

mod outcomes;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use rondo_core::time::Instant;
use serde::Deserialize;

use super::Console;
use super::frame::{Frame, Section, rendered};
use super::home::{Bar, bars};
use super::paths::Query;
use super::routes::{Reach, Routes, Who};
use super::sheet::csv;
use super::trouble::Trouble;
use crate::app::Sum;
use crate::app::outcomes::outcomes_soon;
use crate::app::reports::{
    self, BOUND, CIRCLES_SHOWN, DAYS_MAX, FIRST_DAY, FairnessView, Share, SharesView,
};
use crate::{say, t};
use outcomes::OutcomesShown;

/// Days of a report unless it is said otherwise.
const DAYS: i64 = 30;
/// Periods to choose from, in days.
const CHOICES: [i64; 4] = [7, 30, 90, DAYS_MAX];
/// The size of a chart over time, in its own units.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 140.0;

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .get(Reach::Team, "/reports", page)
        .get(Reach::Team, "/reports/reps.csv", reps_csv)
        .get(Reach::Team, "/reports/groups.csv", groups_csv)
        .get(Reach::Team, "/reports/campaigns.csv", campaigns_csv)
        .get(Reach::Team, "/reports/fairness.csv", fairness_csv)
        .get(Reach::Team, "/reports/outcomes.csv", outcomes::outcomes_csv)
}

/// Reps and campaigns that are shown, the largest shares; the files have all.
const SHARES_SHOWN: usize = 50;
/// Members of a circle that are shown.
const MEMBERS_SHOWN: usize = 20;

#[derive(Debug, Default, Deserialize)]
struct Wanted {
    days: Option<i64>,
    circles: Option<usize>,
}

impl Wanted {
    fn days(&self) -> i64 {
        self.days.filter(|days| (1..=DAYS_MAX).contains(days)).unwrap_or(DAYS)
    }
}

#[derive(Template)]
#[template(path = "reports.html")]
struct ReportsPage {
    frame: Frame,
    days: i64,
    choices: [i64; 4],
    bound: u64,
    /// None while they are still being summed up.
    shares: Option<Shares>,
    /// None while they are still being counted.
    fairness: Option<Fairness>,
    /// None while they are still being counted.
    outcomes: Option<OutcomesShown>,
}

/// How assignments were shared.
struct Shares {
    view: SharesView,
    rep_bars: Vec<Bar>,
    group_bars: Vec<Bar>,
    campaign_bars: Vec<Bar>,
    /// When they were summed up, where that was not just now.
    as_of: Option<Instant>,
}

/// Circles against their bound.
struct Fairness {
    circles: Vec<Circle>,
    page: usize,
    /// The first circle of the page and the last one, of so many.
    from: usize,
    to: usize,
    count: usize,
    as_of: Option<Instant>,
}

impl ReportsPage {
    fn has_none(&self) -> bool {
        self.shares.as_ref().is_some_and(|shares| shares.view.total == 0)
    }

    /// Whether a part of it is still being made: without script, the page asks for it again by itself.
    fn is_still_summing(&self) -> bool {
        self.shares.is_none() || self.fairness.is_none() || self.outcomes.is_none()
    }

    fn few<'a, I>(&self, shares: &'a [Share<I>]) -> &'a [Share<I>] {
        &shares[..shares.len().min(SHARES_SHOWN)]
    }
}

/// A circle with its chart over time.
struct Circle {
    view: FairnessView,
    /// The points of the line, as SVG has them.
    line: String,
    /// Where it ends.
    now_at: Option<(f64, f64)>,
    /// How high the bound lies.
    bound_at: f64,
    most: u64,
    days: Vec<(String, u64)>,
}

async fn page(
    State(console): State<Console>,
    Who(session): Who,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Trouble> {
    let days = wanted.days();
    let frame = Frame::new(&console, Some(&session), Section::Reports, t("common-reports"));
    let (app, caller) = (console.app(), &session.caller);
    let circles = wanted.circles.unwrap_or(1);
    let (shares, fairness, outcomes) = tokio::join!(
        reports::shares_soon(app, caller, days),
        reports::fairness_soon(app, caller, days, frame.zone(), circles),
        outcomes_soon(app, caller, days),
    );
    let shares = shares?.map(|Sum { value, as_of }| Shares {
        rep_bars: bars(&value.reps),
        group_bars: bars(&value.groups),
        campaign_bars: bars(&value.campaigns),
        view: value,
        as_of,
    });
    let fairness = fairness?.map(|Sum { value, as_of }| Fairness {
        page: value.page,
        from: (value.page - 1) * CIRCLES_SHOWN + 1,
        to: (value.page * CIRCLES_SHOWN).min(value.count),
        count: value.count,
        circles: value.views.into_iter().map(|view| circle(&frame, view)).collect(),
        as_of,
    });
    let outcomes = outcomes?.map(OutcomesShown::of);
    let (choices, bound) = (CHOICES, BOUND);
    Ok(rendered(&ReportsPage { days, choices, bound, shares, fairness, outcomes, frame }))
}

/// Noon of a day in the viewer's zone.
fn noon_of(frame: &Frame, day: i64) -> Instant {
    let noon = FIRST_DAY.checked_add(jiff::Span::new().days(day)).ok();
    let noon = noon.and_then(|day| day.at(12, 0, 0, 0).to_zoned(frame.zone().clone()).ok());
    noon.map_or(frame.now, |noon| Instant::from_micros(noon.timestamp().as_microsecond()))
}

impl Circle {
    fn few<'a>(&self, members: &'a [(String, u64)]) -> &'a [(String, u64)] {
        &members[..members.len().min(MEMBERS_SHOWN)]
    }

    /// Members that are not shown.
    fn left_out(&self) -> usize {
        let (there, others) = (&self.view.throughout, &self.view.others);
        there.len() - self.few(there).len() + others.len() - self.few(others).len()
    }

    /// The names of the first campaigns, and how many there are beside.
    fn campaigns(&self) -> String {
        let names = &self.view.campaigns;
        let shown = names.len().min(MEMBERS_SHOWN);
        match names.len() - shown {
            0 => names.join(", "),
            more => {
                let names = names[..shown].join(", ");
                say("reports-and-more").arg("names", names).n("count", more).plain()
            }
        }
    }
}

fn circle(frame: &Frame, view: FairnessView) -> Circle {
    let most = view.spread.iter().map(|(_, spread)| *spread).max().unwrap_or(0).max(BOUND + 1);
    let y = |value: u64| HEIGHT - 20.0 - value as f64 / most as f64 * (HEIGHT - 40.0);
    let first = view.spread.first().map_or(0, |(day, _)| *day);
    let span = view.spread.last().map_or(1, |(day, _)| (day - first).max(1));
    let x = |day: i64| 40.0 + (day - first) as f64 / span as f64 * (WIDTH - 60.0);
    let point = |(day, spread): &(i64, u64)| format!("{:.1},{:.1}", x(*day), y(*spread));
    let line: Vec<_> = view.spread.iter().map(point).collect();
    let now_at = view.spread.last().map(|(day, spread)| (x(*day), y(*spread)));
    let days = view.spread.iter().map(|(day, spread)| (frame.day(&noon_of(frame, *day)), *spread));
    let (line, days) = (line.join(" "), days.collect());
    Circle { line, now_at, bound_at: y(BOUND), most, days, view }
}

async fn reps_csv(
    State(console): State<Console>,
    Who(session): Who,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Trouble> {
    let shares = reports::shares(console.app(), &session.caller, wanted.days()).await?;
    Ok(shares_csv("rep", "reps.csv", &shares.reps))
}

async fn groups_csv(
    State(console): State<Console>,
    Who(session): Who,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Trouble> {
    let shares = reports::shares(console.app(), &session.caller, wanted.days()).await?;
    Ok(shares_csv("group", "groups.csv", &shares.groups))
}

async fn campaigns_csv(
    State(console): State<Console>,
    Who(session): Who,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Trouble> {
    let shares = reports::shares(console.app(), &session.caller, wanted.days()).await?;
    Ok(shares_csv("campaign", "campaigns.csv", &shares.campaigns))
}

fn shares_csv<I: ToString>(what: &str, name: &str, shares: &[Share<I>]) -> Response {
    let id = format!("{what}_id");
    let head = [&id, what, "handovers", "by_turn", "answered", "answer_seconds_average"];
    let rows = shares.iter().map(|share| {
        let average = share.answer_seconds.map(|seconds| seconds.to_string()).unwrap_or_default();
        let (assigned, turns) = (share.assigned.to_string(), share.turns.to_string());
        vec![
            share.id.to_string(),
            share.name.clone(),
            assigned,
            turns,
            share.answered.to_string(),
            average,
        ]
    });
    csv(name, &head, rows)
}

async fn fairness_csv(
    State(console): State<Console>,
    Who(session): Who,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Trouble> {
    let frame = Frame::new(&console, Some(&session), Section::Reports, t("common-reports"));
    let (app, caller, days) = (console.app(), &session.caller, wanted.days());
    let circles = reports::fairness_of_all(app, caller, days, frame.zone()).await?;
    let head = ["group", "campaigns", "rep", "turns", "available_throughout"];
    Ok(csv("fairness.csv", &head, circles.iter().flat_map(rows_of)))
}

fn rows_of(view: &FairnessView) -> Vec<Vec<String>> {
    let campaigns = view.campaigns.join(", ");
    let throughout = view.throughout.iter().map(|member| (member, "yes"));
    let others = view.others.iter().map(|other| (other, "no"));
    let row = |((name, turns), is): (&(String, u64), &str)| {
        let (group, turns) = (view.group_name.clone(), turns.to_string());
        vec![group, campaigns.clone(), name.clone(), turns, is.to_owned()]
    };
    throughout.chain(others).map(row).collect()
}
