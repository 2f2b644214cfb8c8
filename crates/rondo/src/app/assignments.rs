//! Assignments: who has which lead, why (R11), and passing them on.

use rondo_core::command::{Answer, Command, ReassignTo};
use rondo_core::event::{Decision, PassedOver, PassedOverReason, Reason};
use rondo_core::ids::{AssignmentId, CampaignId, ConversationId, GroupId, LeadId, RepId};
use rondo_core::time::Instant;
use rondo_core::{Entry, Event, Team, explain};
use rondo_store::{AssignmentFilter, AssignmentRow};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::campaigns::{QueueMember, out_of_office};
use crate::app::days::End;
use crate::app::page::{List, Listed, Page};
use crate::app::{App, AppError, Caller, Look, role_name, schema};
use crate::engine::{Done, IdempotencyKey, TeamState};

/// To whom a lead is passed on.
#[derive(Debug, Clone, ToSchema)]
pub struct Reassignment {
    /// A rep's id, or `next` for whoever is next after the cursor.
    #[schema(value_type = schema::ReassignTo)]
    pub to: ReassignTo,
    #[schema(value_type = Option<schema::Note>)]
    pub note: Option<String>,
}

/// The record that a qualified conversation went to a rep.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Assignment)]
pub struct AssignmentView {
    #[schema(value_type = schema::AssignmentId)]
    pub id: AssignmentId,
    #[schema(value_type = schema::CampaignId)]
    pub campaign: CampaignId,
    #[schema(value_type = schema::ConversationId)]
    pub conversation: ConversationId,
    #[schema(value_type = schema::LeadId)]
    pub lead: LeadId,
    #[schema(value_type = schema::RepId)]
    pub rep: RepId,
    /// Kept when the rep leaves.
    pub rep_name: String,
    #[schema(value_type = ReasonView)]
    pub reason: Reason,
    #[schema(value_type = schema::Instant)]
    pub decided_at: Instant,
    /// The ledger number at which it was decided.
    #[schema(minimum = 1)]
    pub ledger: u64,
    /// Whether it stands: false once the lead was passed on.
    pub stands: bool,
    /// The assignment that stood before, where a person passed the lead on.
    #[serde(skip)]
    pub passed_on_from: Option<AssignmentId>,
    /// The note with which a person passed the lead on.
    #[serde(skip)]
    pub note: Option<String>,
    pub why: Why,
}

/// Why a rep has a lead: it was theirs already, it was their turn, a person passed it to them, or it came to them
/// with the leads of a rep who left.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case", as = Reason)]
pub enum ReasonView {
    Owner,
    Turn,
    Manual,
    Transfer,
}

/// The reasons of an assignment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Why {
    /// For people.
    pub sentence: String,
    /// Who had taken the turn before; null before the first.
    #[schema(value_type = Option<schema::RepId>)]
    pub cursor_before: Option<RepId>,
    /// Who has taken the last turn now; the same unless a turn was taken.
    #[schema(value_type = Option<schema::RepId>)]
    pub cursor_after: Option<RepId>,
    /// The members who were passed over, in circle order, the first 20.
    pub passed_over: Vec<PassedOverView>,
    /// How many were passed over in all.
    pub passed_over_count: u64,
    /// The name of whoever had taken the turn before.
    #[serde(skip)]
    pub before: Option<String>,
    /// The owner who was set aside for being out.
    #[serde(skip)]
    pub owner_out: Option<PassedOverView>,
}

/// A member who was passed over.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = PassedOver)]
pub struct PassedOverView {
    #[schema(value_type = schema::RepId)]
    pub rep: RepId,
    pub name: String,
    /// `out of office until …`, `out of office` or `had this lead`.
    pub reason: String,
    /// The same for the console, which has its own words for it.
    #[serde(skip)]
    pub because: PassedOverReason,
    /// Until when, where they were out of office until then.
    #[serde(skip)]
    pub until: Option<End>,
}

/// A circle as it stood when an assignment was decided.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Circle)]
pub struct CircleView {
    #[schema(value_type = schema::GroupId)]
    pub group: GroupId,
    pub group_name: String,
    /// The ledger number at which the assignment was decided.
    #[schema(minimum = 1)]
    pub ledger: u64,
    /// Who had taken the turn before; null before the first.
    #[schema(value_type = Option<schema::RepId>)]
    pub cursor_before: Option<RepId>,
    pub member_count: usize,
    /// The members in circle order.
    pub circle: Vec<QueueMember>,
    /// What to ask for the next page with; null on the last.
    pub next_cursor: Option<String>,
}

/// Which assignments are to be listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssignmentsWanted {
    /// Those to this rep.
    pub rep: Option<RepId>,
    /// Those of this campaign.
    pub campaign: Option<CampaignId>,
    /// Those decided at or after this instant.
    pub since: Option<Instant>,
    /// Those decided before this instant.
    pub until: Option<Instant>,
}

/// The assignment that stands after a lead was to be passed on.
pub enum PassedOn {
    /// This request made it.
    Now(AssignmentView),
    /// It stood already, or came after the one that this request had made.
    Before(AssignmentView),
}

/// Passes a lead on, and shows the assignment that stands now.
pub async fn reassign(
    app: &App,
    caller: &Caller,
    assignment: AssignmentId,
    to: Reassignment,
    key: Option<IdempotencyKey>,
) -> Result<PassedOn, AppError> {
    let command = Command::Reassign { assignment, to: to.to, note: to.note };
    let done = app.run(caller, command, key).await?;
    let Answer::Assigned { assignment, conversation, is_new } = done.answer else {
        return Err(AppError::not_found("assignment", assignment));
    };
    if let Some(view) = made(&done, assignment).filter(|_| !done.is_repeat) {
        return Ok(PassedOn::Now(view));
    }
    let standing = app.store().assignments_standing(caller.team, &[conversation]).await?;
    let standing = standing.first().map_or(assignment, |(_, standing)| *standing);
    let view = show(app, caller, standing).await?;
    let is_now = is_new && standing == assignment;
    Ok(if is_now { PassedOn::Now(view) } else { PassedOn::Before(view) })
}

/// An assignment, standing or not.
pub async fn show(
    app: &App,
    caller: &Caller,
    assignment: AssignmentId,
) -> Result<AssignmentView, AppError> {
    let row = reachable(app, caller, assignment).await?;
    let look = app.look(caller.team).await?;
    Ok(of_row(&look.state, &row))
}

pub(super) async fn reachable(
    app: &App,
    caller: &Caller,
    assignment: AssignmentId,
) -> Result<AssignmentRow, AppError> {
    let row = app.store().assignment(caller.team, assignment).await?;
    let row = row.ok_or_else(|| AppError::not_found("assignment", assignment))?;
    match caller.only_rep() {
        Some(own) if own != row.decision.rep => Err(AppError::Forbidden(role_name(caller.role))),
        _ => Ok(row),
    }
}

/// Assignments in the order in which they were decided; a rep's own key sees that rep's.
pub async fn list(
    app: &App,
    caller: &Caller,
    wanted: &AssignmentsWanted,
    page: &Page,
) -> Result<Listed<AssignmentView>, AppError> {
    let look = app.look(caller.team).await?;
    let filter = filter(&look, caller, wanted)?;
    let list = List::new(caller.team, "assignments", wanted);
    let after = list.start::<u64>(page)?.unwrap_or(0);
    let rows = app.store().assignments(caller.team, &filter, after, page.fetch()).await?;
    Ok(list.page(page, rows, |row| row.n).map(|row| of_row(&look.state, &row)))
}

/// Which rows the caller is shown: a rep's are that rep's.
pub(super) fn filter(
    look: &Look,
    caller: &Caller,
    wanted: &AssignmentsWanted,
) -> Result<AssignmentFilter, AppError> {
    if let Some(campaign) = wanted.campaign {
        let known = look.team.campaign(campaign);
        known.ok_or_else(|| AppError::not_found("campaign", campaign))?;
    }
    if let Some(rep) = wanted.rep {
        // Somebody who left keeps their assignments.
        look.state.name(rep).ok_or_else(|| AppError::not_found("rep", rep))?;
        if caller.only_rep().is_some_and(|own| own != rep) {
            return Err(AppError::Forbidden(role_name(caller.role)));
        }
    }
    Ok(AssignmentFilter {
        rep: wanted.rep.or(caller.only_rep()),
        campaign: wanted.campaign,
        since: wanted.since,
        until: wanted.until,
    })
}

/// The circle as it stood when an assignment was decided, rebuilt from the ledger (R11).
pub async fn circle(
    app: &App,
    caller: &Caller,
    assignment: AssignmentId,
    page: &Page,
) -> Result<CircleView, AppError> {
    let row = reachable(app, caller, assignment).await?;
    let look = app.look(caller.team).await?;
    let before = app.store().circle_at(caller.team, row.n).await?;
    let before = before.ok_or_else(|| AppError::not_found("assignment", assignment))?;
    let list = List::new(caller.team, "circle", &assignment);
    let after = list.start::<u64>(page)?.unwrap_or(0);
    let decision = &row.decision;
    let members = before.group(decision.group).map_or(&[][..], |group| &group.members);
    let rows: Vec<_> =
        members.iter().filter(|member| member.place > after).take(page.fetch() as usize).collect();
    let listed = list.page(page, rows, |member| member.place).map(|member| {
        let away = before.away(member.rep, row.decided_at);
        QueueMember {
            rep: member.rep,
            name: look.name(member.rep),
            available: away.is_none(),
            reason: away.map(|away| out_of_office(away.back_at)),
        }
    });
    Ok(CircleView {
        group: decision.group,
        group_name: before.group_name(decision.group).map(ToString::to_string).unwrap_or_default(),
        ledger: row.n,
        cursor_before: decision.cursor_before.rep,
        member_count: members.len(),
        circle: listed.items,
        next_cursor: listed.next_cursor,
    })
}

/// The view of an assignment that a command has just made, without asking the store.
pub(super) fn made(done: &Done, assignment: AssignmentId) -> Option<AssignmentView> {
    let mut views = done.entries.iter().filter_map(|entry| of_entry(&done.team, entry));
    views.find(|view| view.id == assignment)
}

/// The view of the assignment that a ledger entry made, if it made one, as it stood then.
pub fn of_entry(state: &TeamState, entry: &Entry) -> Option<AssignmentView> {
    use rondo_core::event::Outcome;
    let passed_on_from = match &entry.event {
        Event::Reassigned { from, .. } => Some(*from),
        _ => None,
    };
    let (campaign, conversation, lead, decision) = match &entry.event {
        Event::Qualified {
            campaign,
            conversation,
            lead,
            outcome: Outcome::Assigned(decision),
            ..
        }
        | Event::WaitingAssigned { campaign, conversation, lead, decision, .. }
        | Event::Reassigned { campaign, conversation, lead, decision, .. } => {
            (*campaign, *conversation, *lead, decision)
        }
        _ => return None,
    };
    Some(AssignmentView {
        id: decision.assignment,
        campaign,
        conversation,
        lead,
        rep: decision.rep,
        rep_name: name(state, decision.rep),
        reason: decision.reason,
        decided_at: entry.at,
        ledger: entry.n,
        stands: true,
        passed_on_from,
        note: None,
        why: why(state, decision),
    })
}

/// Why a rep has a lead, as a sentence (R11).
pub(super) async fn sentence(
    app: &App,
    look: &Look,
    assignment: AssignmentId,
) -> Result<String, AppError> {
    let row = app.store().assignment(look.team.id(), assignment).await?;
    let row = row.ok_or_else(|| AppError::not_found("assignment", assignment))?;
    Ok(of_row(&look.state, &row).why.sentence)
}

pub(super) fn of_row(state: &TeamState, row: &AssignmentRow) -> AssignmentView {
    let decision = &row.decision;
    AssignmentView {
        id: decision.assignment,
        campaign: row.campaign,
        conversation: row.conversation,
        lead: row.lead,
        rep: decision.rep,
        rep_name: name(state, decision.rep),
        reason: decision.reason,
        decided_at: row.decided_at,
        ledger: row.n,
        stands: row.is_standing,
        passed_on_from: row.passed_on_from,
        note: row.note.clone(),
        why: why(state, decision),
    }
}

fn name(state: &TeamState, rep: RepId) -> String {
    state.name(rep).unwrap_or_default().to_owned()
}

/// Until when somebody was out of office who was passed over, by the absences of a team: those of the time itself, or those
/// of today, where whoever removed or changed the absence since took its days with it.
pub(super) fn until(team: &Team, passed: &PassedOver) -> Option<End> {
    match passed.reason {
        PassedOverReason::OutOfOffice { until } => until.map(|at| End::of(team, passed.rep, at)),
        PassedOverReason::HadThisLead => None,
    }
}

fn why(state: &TeamState, decision: &Decision) -> Why {
    let passed_over = |passed: &PassedOver| PassedOverView {
        rep: passed.rep,
        name: name(state, passed.rep),
        reason: match passed.reason {
            PassedOverReason::OutOfOffice { until } => out_of_office(until),
            PassedOverReason::HadThisLead => "had this lead".to_owned(),
        },
        because: passed.reason,
        until: until(&state.team, passed),
    };
    Why {
        sentence: explain::sentence(decision, &|rep| name(state, rep)),
        cursor_before: decision.cursor_before.rep,
        cursor_after: decision.cursor_after.rep,
        passed_over: decision.passed_over.iter().map(passed_over).collect(),
        passed_over_count: decision.passed_over_count,
        before: decision.cursor_before.rep.map(|rep| name(state, rep)),
        owner_out: decision.owner_out.as_ref().map(passed_over),
    }
}
