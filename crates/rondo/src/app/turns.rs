//! What a rep wants to know of leads: those that came to them, and why others did not.

use std::collections::HashMap;

use rondo_core::event::{Decision, PassedOver, PassedOverReason, Reason};
use rondo_core::ids::{AssignmentId, CampaignId, GroupId, RepId};
use rondo_core::team::CampaignParts;
use rondo_core::time::Instant;
use rondo_store::{AssignmentRow, AssignmentsOf};

use crate::app::assignments::{self, AssignmentView};
use crate::app::days::End;
use crate::app::history::{self, Named};
use crate::app::{App, AppError, Caller, Look, role_name};

/// Assignments that are told about at once.
pub const SHOWN: u32 = 20;
/// Campaigns whose latest assignments are looked at, at most, the newest first.
const CAMPAIGNS_MAX: usize = 50;

/// Leads that came to a rep, the latest first.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedPage {
    pub rows: Vec<Named<AssignmentView>>,
    /// The ledger number to go on before, where there are more.
    pub more_before: Option<u64>,
}

/// A lead of a campaign whose turns a rep takes part in.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnView {
    pub decided_at: Instant,
    pub campaign: CampaignId,
    pub campaign_name: String,
    /// To whom it went.
    pub rep: RepId,
    pub rep_name: String,
    /// The assignment.
    pub assignment: AssignmentId,
    /// What the lead is called; none where a rep asks who does not have them.
    pub lead: Option<String>,
    pub because: Because,
}

/// Why a lead came to a rep, or did not.
#[derive(Debug, Clone, PartialEq)]
pub enum Because {
    /// It came to them, by this assignment.
    Theirs(Box<AssignmentView>),
    /// Whoever has it owned the lead already.
    OwnedByOther,
    /// Whoever has it took over the leads of a rep who left.
    TakenOver,
    /// A person passed it on.
    PassedOn,
    /// The rep was passed over: out of office until then, or with an open end.
    Away(Option<End>),
    /// The rep had this lead, and it was passed on to whoever is next.
    HadIt,
    /// The rep owns the lead and was out of office, and the campaign gives such leads to whoever is next.
    OwnerAway(Option<End>),
    /// The rep joined the circle later.
    NotYetMember,
    /// The rep had the turn before, so it went on.
    HadTurnBefore,
    /// It was the turn of somebody before the rep: after whom, where somebody had a turn before.
    OthersTurn(Option<String>),
}

/// The leads that came to a rep, before a ledger number where one is given.
pub async fn received(
    app: &App,
    caller: &Caller,
    rep: RepId,
    before: Option<u64>,
) -> Result<ReceivedPage, AppError> {
    check_own(caller, rep)?;
    let look = app.look(caller.team).await?;
    let of = AssignmentsOf::Rep(rep);
    let mut found = app.store().assignments_latest(caller.team, of, before, SHOWN + 1).await?;
    let has_more = found.len() > SHOWN as usize;
    found.truncate(SHOWN as usize);
    let more_before = found.last().filter(|_| has_more).map(|row| row.n);
    let views = found.iter().map(|row| assignments::of_row(&look.state, row)).collect();
    let rows = history::beside(app, caller, &look, views).await?;
    Ok(ReceivedPage { rows, more_before })
}

/// Refuses a rep who asks for what is another rep's.
pub(super) fn check_own(caller: &Caller, rep: RepId) -> Result<(), AppError> {
    match caller.only_rep() {
        Some(own) if own != rep => Err(AppError::Forbidden(role_name(caller.role))),
        _ => Ok(()),
    }
}

/// Why the latest leads of a rep's campaigns came to them or did not, the latest first.
pub async fn latest(app: &App, caller: &Caller, rep: RepId) -> Result<Vec<TurnView>, AppError> {
    check_own(caller, rep)?;
    let look = app.look(caller.team).await?;
    let groups = look.team.groups_of(rep);
    let mut campaigns: Vec<&CampaignParts> = look
        .team
        .campaigns()
        .filter(|campaign| campaign.launched_at.is_some())
        .filter(|campaign| groups.contains(&campaign.settings.group))
        .collect();
    campaigns.sort_by_key(|campaign| std::cmp::Reverse(campaign.launched_at));
    campaigns.truncate(CAMPAIGNS_MAX);
    let ids: Vec<CampaignId> = campaigns.iter().map(|campaign| campaign.id).collect();
    let rows = app.store().assignments_latest_of(caller.team, &ids, SHOWN).await?;
    let joined = joined(app, caller, rep, &rows).await?;
    let views = rows.iter().map(|row| assignments::of_row(&look.state, row)).collect();
    let named = history::beside(app, caller, &look, views).await?;
    let told = |(row, named): (&AssignmentRow, Named<AssignmentView>)| {
        let is_told = caller.only_rep().is_none_or(|own| own == row.decision.rep);
        let lead = is_told.then(|| named.called().to_owned());
        TurnView { lead, ..turn(&look, rep, row, named, &joined) }
    };
    Ok(rows.iter().zip(named).map(told).collect())
}

/// Since when a rep is in the groups that assignments were decided on.
async fn joined(
    app: &App,
    caller: &Caller,
    rep: RepId,
    rows: &[AssignmentRow],
) -> Result<HashMap<GroupId, Instant>, AppError> {
    let mut joined = HashMap::new();
    for row in rows {
        let group = row.decision.group;
        if !joined.contains_key(&group)
            && let Some(member) = app.store().member(caller.team, group, rep).await?
        {
            joined.insert(group, member.added_at);
        }
    }
    Ok(joined)
}

fn turn(
    look: &Look,
    rep: RepId,
    row: &AssignmentRow,
    named: Named<AssignmentView>,
    joined: &HashMap<GroupId, Instant>,
) -> TurnView {
    let decision = &row.decision;
    let is_theirs = decision.rep == rep;
    let was_member = joined.get(&decision.group).is_some_and(|joined| *joined <= row.decided_at);
    let because = match is_theirs {
        true => Because::Theirs(Box::new(named.item)),
        false => because(look, rep, decision, was_member),
    };
    TurnView {
        decided_at: row.decided_at,
        campaign: row.campaign,
        campaign_name: named.campaign_name,
        rep: decision.rep,
        rep_name: look.name(decision.rep),
        assignment: decision.assignment,
        lead: None,
        because,
    }
}

fn because(look: &Look, rep: RepId, decision: &Decision, was_member: bool) -> Because {
    let until = |passed: &PassedOver| match passed.reason {
        PassedOverReason::OutOfOffice { .. } => Some(assignments::until(&look.team, passed)),
        PassedOverReason::HadThisLead => None,
    };
    match decision.reason {
        Reason::Owner => return Because::OwnedByOther,
        Reason::Transfer => return Because::TakenOver,
        Reason::Manual => return Because::PassedOn,
        Reason::Turn => {}
    }
    if let Some(owner) = decision.owner_out.as_ref().filter(|owner| owner.rep == rep) {
        return Because::OwnerAway(until(owner).flatten());
    }
    match decision.passed_over.iter().find(|passed| passed.rep == rep).map(until) {
        Some(Some(until)) => Because::Away(until),
        Some(None) => Because::HadIt,
        None if !was_member => Because::NotYetMember,
        None if decision.cursor_before.rep == Some(rep) => Because::HadTurnBefore,
        None => Because::OthersTurn(decision.cursor_before.rep.map(|rep| look.name(rep))),
    }
}
