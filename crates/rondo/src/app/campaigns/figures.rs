//! A campaign at a glance: how its leads stand, who is next, what was decided last.

use std::collections::{HashMap, HashSet};

use rondo_core::event::{Rotation, WhenOwnerIsOut};
use rondo_core::ids::{CampaignId, LeadId, RepId};
use rondo_core::refusal::Warning;
use rondo_core::team::{CampaignParts, Member, Status};
use rondo_core::time::{Instant, Period};
use rondo_store::{AssignmentRow, AssignmentsOf, ConversationStatus, LeadRow};

use super::{CIRCLE_SHOWN_MAX, CampaignView, view};
use crate::app::assignments::{self, AssignmentView};
use crate::app::days::{Days, End};
use crate::app::page::{After, List, Listed, Page};
use crate::app::sums::Sum;
use crate::app::warnings::{self, WarningView};
use crate::app::{App, AppError, Caller, Look};

/// Conversations counted at most: that takes a fraction of a second, and nearly every campaign is smaller.
pub const COUNTED_MAX: u32 = 100_000;
/// An absence is told of that begins within this: two weeks are what a team looks ahead when it plans a launch.
const SOON_SECONDS: i64 = 14 * 86_400;
/// Conversations counted each time, in a few milliseconds: the figures of a campaign without more are never old.
const COUNTED_SOON: u32 = 1_000;

/// How the leads of a campaign stand, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// All of them, or the first that joined.
    pub leads: u64,
    /// Those who were written to.
    pub written: u64,
    /// Those who have written.
    pub answered: u64,
    /// Those whose conversation is open, but for those in review.
    pub open: u64,
    /// Those that a person is to look at.
    pub in_review: u64,
    /// Those who want to talk to sales.
    pub qualified: u64,
    /// Of these, those whom a rep has.
    pub assigned: u64,
    /// Those who declined.
    pub not_interested: u64,
    /// Those who want no more mail.
    pub unsubscribed: u64,
    /// Those who never answered.
    pub unresponsive: u64,
    /// Those whom mail does not reach.
    pub bounced: u64,
    /// Those whose conversation ended with the campaign or with their erasure.
    pub cancelled: u64,
    /// Whether there are more than were counted.
    pub is_cut: bool,
    /// When they were counted, where that was not just now.
    pub as_of: Option<Instant>,
}

/// Who is next, each with those who are passed over before them.
#[derive(Debug, Clone, PartialEq)]
pub struct Turns {
    /// Whose turn it was last; none before the first.
    pub last: Option<String>,
    /// The next turns; none where everybody is away.
    pub next: Vec<NextTurn>,
    /// Of those, who is out of office soon: the turns are as if they were not.
    pub going_away: Vec<GoingAway>,
    /// Those who are away where nobody is there.
    pub away: Vec<PassedOver>,
    /// How many members the circle has.
    pub member_count: usize,
    /// How many leads wait in front.
    pub waiting: u64,
}

/// A turn to come.
#[derive(Debug, Clone, PartialEq)]
pub struct NextTurn {
    /// Whose it is.
    pub rep: RepId,
    /// Their name.
    pub name: String,
    /// Who is passed over before it; each is named once.
    pub passed_over: Vec<PassedOver>,
}

/// A member who is away.
#[derive(Debug, Clone, PartialEq)]
pub struct PassedOver {
    /// Who.
    pub rep: RepId,
    /// Their name.
    pub name: String,
    /// When they are back; none while the end is open.
    pub back: Option<End>,
}

/// A member who is available, and will not be.
#[derive(Debug, Clone, PartialEq)]
pub struct GoingAway {
    /// Who.
    pub rep: RepId,
    /// Their name.
    pub name: String,
    /// The first period in which they are away.
    pub period: Period,
    /// The days with which it begins and ends, which are theirs.
    pub days: Days,
}

/// An assignment, with whom it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Latest {
    /// The assignment.
    pub assignment: AssignmentView,
    /// The lead's name or address; none once erased.
    pub lead: Option<String>,
}

/// The campaigns of a team, newest first: all, or those that stand like this.
pub async fn newest(
    app: &App,
    caller: &Caller,
    status: Option<Status>,
    page: &Page,
) -> Result<Listed<CampaignView>, AppError> {
    let look = app.look(caller.team).await?;
    let list = List::new(caller.team, "campaigns, newest first", &status);
    let before = list.start::<After<CampaignId>>(page)?.map(|before| before.0);
    let mut rows: Vec<&CampaignParts> = look
        .team
        .campaigns()
        .filter(|campaign| before.is_none_or(|before| campaign.id < before))
        .filter(|campaign| status.is_none_or(|status| campaign.status == status))
        .collect();
    rows.reverse();
    rows.truncate(page.fetch() as usize);
    let with_cautions = |parts: &CampaignParts| CampaignView {
        warnings: warnings::views(&group_warnings(&look, parts)),
        ..view(&look, parts)
    };
    Ok(list.page(page, rows, |campaign| After(campaign.id)).map(with_cautions))
}

/// What deserves a look before a launch and while a campaign is active: nobody there, now or ahead (C4), and whether a
/// shared rotation would be fairer while that can still be chosen (R2).
pub async fn cautions(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
) -> Result<Vec<WarningView>, AppError> {
    let look = app.look(caller.team).await?;
    let parts = look.team.campaign(campaign);
    let parts = parts.ok_or_else(|| AppError::not_found("campaign", campaign))?;
    let mut all = group_warnings(&look, parts);
    let goes_alone = |parts: &CampaignParts| parts.settings.rotation == Rotation::Campaign;
    let is_beside_another = look
        .team
        .used_by(parts.settings.group)
        .iter()
        .any(|other| other.id != parts.id && goes_alone(other));
    if parts.is_active() && !parts.is_started() && goes_alone(parts) && is_beside_another {
        all.push(Warning::RotationPerCampaign);
    }
    Ok(warnings::views(&all))
}

/// Whether anything about where a campaign's qualified leads go is otherwise than it is unless somebody chooses (C3).
pub async fn is_routing_chosen(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
) -> Result<bool, AppError> {
    let look = app.look(caller.team).await?;
    let parts = look.team.campaign(campaign);
    let settings = &parts.ok_or_else(|| AppError::not_found("campaign", campaign))?.settings;
    Ok(settings.group != look.team.default_group()
        || settings.rotation != Rotation::default()
        || settings.when_owner_is_out != WhenOwnerIsOut::default())
}

fn group_warnings(look: &Look, parts: &CampaignParts) -> Vec<Warning> {
    match parts.is_active() {
        true => look.team.group_warnings(parts.settings.group),
        false => Vec::new(),
    }
}

/// How the leads of a campaign stand: as they are now, but for many; while those are still being counted, over the first that
/// joined.
pub async fn figures(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
) -> Result<Figures, AppError> {
    let soon = counted(app, caller, campaign, COUNTED_SOON).await?;
    if !soon.is_cut {
        return Ok(soon);
    }
    let make = || {
        let (app, caller) = (app.clone(), caller.clone());
        async move {
            let _turn = app.sums().turn().await;
            counted(&app, &caller, campaign, COUNTED_MAX).await
        }
    };
    match app.sums().figures.get(app.clock(), (caller.team, campaign), make).await? {
        Some(Sum { value, as_of }) => Ok(Figures { as_of, ..value }),
        None => Ok(soon),
    }
}

async fn counted(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
    limit: u32,
) -> Result<Figures, AppError> {
    let look = app.look(caller.team).await?;
    let parts = look.team.campaign(campaign);
    let parts = parts.ok_or_else(|| AppError::not_found("campaign", campaign))?;
    let is_over = parts.status == Status::Cancelled;
    let mut figures = Figures::default();
    for tally in app.store().conversation_tally(caller.team, campaign, limit).await? {
        let count = tally.count;
        figures.leads += count;
        figures.written += if tally.is_written { count } else { 0 };
        figures.answered += if tally.is_answered { count } else { 0 };
        figures.assigned += if tally.is_assigned { count } else { 0 };
        let place = match tally.status {
            ConversationStatus::AwaitingLead | ConversationStatus::AwaitingAssistant if is_over => {
                &mut figures.cancelled
            }
            ConversationStatus::AwaitingLead | ConversationStatus::AwaitingAssistant => {
                &mut figures.open
            }
            ConversationStatus::InReview => &mut figures.in_review,
            ConversationStatus::Qualified => &mut figures.qualified,
            ConversationStatus::NotInterested => &mut figures.not_interested,
            ConversationStatus::Unsubscribed => &mut figures.unsubscribed,
            ConversationStatus::Unresponsive => &mut figures.unresponsive,
            ConversationStatus::Bounced => &mut figures.bounced,
            ConversationStatus::Cancelled => &mut figures.cancelled,
        };
        *place += count;
    }
    figures.is_cut = figures.leads >= u64::from(limit);
    Ok(figures)
}

/// Who gets the next leads of a campaign, and who is passed over.
pub async fn turns(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
    next: usize,
) -> Result<Turns, AppError> {
    let look = app.look(caller.team).await?;
    let queue = look.team.queue(campaign, next, CIRCLE_SHOWN_MAX);
    let queue = queue.ok_or_else(|| AppError::not_found("campaign", campaign))?;
    let passed_over = |(member, away): &(Member, Option<rondo_core::team::Away>)| {
        let away = away.as_ref()?;
        let back = away.back_at.map(|at| End::of(&look.team, member.rep, at));
        Some(PassedOver { rep: member.rep, name: look.name(member.rep), back })
    };
    let start = queue.circle.iter().position(|(member, _)| member.place > queue.cursor.place);
    let (before, after) = queue.circle.split_at(start.unwrap_or(0));
    let mut round = after.iter().chain(before).peekable();
    let mut turns = Vec::with_capacity(queue.next.len());
    for rep in &queue.next {
        let mut skipped = Vec::new();
        while let Some(member) = round.next_if(|(member, _)| member.rep != *rep) {
            skipped.extend(passed_over(member));
        }
        round.next();
        turns.push(NextTurn { rep: *rep, name: look.name(*rep), passed_over: skipped });
    }
    let is_nobody_there = queue.next.is_empty();
    let away = queue.circle.iter().filter(|_| is_nobody_there).filter_map(passed_over).collect();
    Ok(Turns {
        going_away: going_away(&look, &queue.next),
        last: queue.cursor.rep.map(|rep| look.name(rep)),
        next: turns,
        away,
        member_count: queue.member_count,
        waiting: queue.waiting,
    })
}

/// Of reps, each told once, those whose next absence begins soon.
fn going_away(look: &Look, reps: &[RepId]) -> Vec<GoingAway> {
    let soon = look.now.plus_seconds(SOON_SECONDS);
    let mut told = HashSet::new();
    let going = |rep: &RepId| {
        let parts = look.team.rep(*rep)?;
        let period = parts.away().iter().find(|period| period.from > look.now)?;
        let is_soon = period.from <= soon;
        is_soon.then(|| {
            let days = Days::of(std::iter::once(parts), &[period]);
            GoingAway { rep: *rep, name: look.name(*rep), period, days }
        })
    };
    reps.iter().filter(|rep| told.insert(**rep)).filter_map(going).collect()
}

/// The assignments of a campaign that were decided last, the latest first.
pub async fn latest(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
    limit: u32,
) -> Result<Vec<Latest>, AppError> {
    let look = app.look(caller.team).await?;
    let of = AssignmentsOf::Campaign(campaign);
    let rows = app.store().assignments_latest(caller.team, of, None, limit).await?;
    let leads: Vec<LeadId> = rows.iter().map(|row| row.lead).collect();
    let names = lead_names(app, caller, &leads).await?;
    let latest = |row: AssignmentRow| Latest {
        assignment: assignments::of_row(&look.state, &row),
        lead: names.get(&row.lead).cloned(),
    };
    Ok(rows.into_iter().map(latest).collect())
}

/// A lead's name, or address where there is none; nothing once erased.
pub async fn lead_name(
    app: &App,
    caller: &Caller,
    lead: LeadId,
) -> Result<Option<String>, AppError> {
    Ok(lead_names(app, caller, &[lead]).await?.remove(&lead))
}

/// The names of leads, or addresses where there is none; of those who were not erased.
async fn lead_names(
    app: &App,
    caller: &Caller,
    leads: &[LeadId],
) -> Result<HashMap<LeadId, String>, AppError> {
    let rows = app.store().leads_named(caller.team, leads).await?;
    let called =
        |row: LeadRow| (row.lead, row.name.filter(|name| !name.is_empty()).unwrap_or(row.email));
    Ok(rows.into_iter().map(called).collect())
}
