//! Why an assignment went where it went (R11): the decision, and the circle around it as it stood.

use rondo_core::Team;
use rondo_core::event::{CursorKey, Decision, PassedOver, PassedOverReason, Reason};
use rondo_core::ids::{AssignmentId, GroupId, RepId};
use rondo_core::team::Member;
use rondo_core::time::Instant;
use rondo_store::AssignmentRow;

use crate::app::assignments::{self, AssignmentView};
use crate::app::history::{self, Named};
use crate::app::{App, AppError, Caller, Look};

/// Members of a circle that are shown at most: those from the last turn on, as many as can be drawn and read.
const SEATS_MAX: usize = 24;

/// Why an assignment went where it went.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The assignment, with its lead and campaign by name.
    pub assignment: Named<AssignmentView>,
    /// The group whose circle it was decided on.
    pub group: GroupId,
    /// Its name then, or at present while the circle is being rebuilt.
    pub group_name: String,
    /// Whether all campaigns of the group took turns from this circle together (R2).
    pub is_shared: bool,
    /// Whether it took a turn.
    pub took_turn: bool,
    /// Who had the last turn before.
    pub before: Option<Turn>,
    /// Who has it after.
    pub after: Option<Turn>,
    /// Those who were passed over, in circle order, the first 20.
    pub passed_over: Vec<Passed>,
    /// The owner who was set aside for being out.
    pub owner_out: Option<Passed>,
    /// The circle as it stood; none while that of a team with much behind it is still being rebuilt.
    pub circle: Option<Circle>,
    /// The assignment that stands instead; none where this one does, or where the caller may not see it.
    pub standing: Option<AssignmentId>,
    /// Whether the rep became the lead's owner by it (R8).
    pub becomes_owner: bool,
}

/// A circle as it stood.
#[derive(Debug, Clone, PartialEq)]
pub struct Circle {
    group_name: String,
    /// How many members it had.
    pub member_count: usize,
    /// The members in circle order; of a large circle, those from the last turn on.
    pub seats: Vec<Seat>,
    /// Those who had the last turn before or after and were not in it any more.
    gone: Vec<RepId>,
}

/// A turn that was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// Who took it.
    pub rep: RepId,
    /// Their name.
    pub name: String,
    /// Whether they were still in the circle.
    pub is_member: bool,
}

/// Somebody who was not chosen although their place came first.
#[derive(Debug, Clone, PartialEq)]
pub struct Passed {
    /// Who.
    pub rep: RepId,
    /// Their name.
    pub name: String,
    /// Why.
    pub reason: PassedOverReason,
}

/// A member's place in the circle as it stood.
#[derive(Debug, Clone, PartialEq)]
pub struct Seat {
    /// Who.
    pub rep: RepId,
    /// Their name.
    pub name: String,
    /// Where in the circle, from 1.
    pub position: usize,
    /// What keeps them away: nothing, an absence without an end, or one until then.
    pub away: Option<Option<Instant>>,
    /// Whether they had the last turn before.
    pub had_last_turn: bool,
    /// Whether they got this lead.
    pub is_chosen: bool,
    /// Whether they were passed over.
    pub is_passed_over: bool,
}

/// Why an assignment went where it went; a rep is told of their own.
pub async fn show(
    app: &App,
    caller: &Caller,
    assignment: AssignmentId,
) -> Result<Explanation, AppError> {
    let row = assignments::reachable(app, caller, assignment).await?;
    let look = app.look(caller.team).await?;
    let circle = circle(app, caller, &row).await?;
    let standing = match row.is_standing || caller.only_rep().is_some() {
        true => None,
        false => {
            let conversations = [row.conversation];
            let standing = app.store().assignments_standing(caller.team, &conversations).await?;
            standing.first().map(|(_, standing)| *standing)
        }
    };
    let view = assignments::of_row(&look.state, &row);
    let named = history::named(app, &look, row.campaign, row.lead, view)
        .await?
        .for_whom(caller, row.is_standing);
    Ok(Explanation { standing, ..explained(&look, circle, &row, named) })
}

/// The circle around a decision, rebuilt from all that ever changed circles of the team before it.
async fn circle(
    app: &App,
    caller: &Caller,
    row: &AssignmentRow,
) -> Result<Option<Circle>, AppError> {
    let make = || {
        let (app, team, row) = (app.clone(), caller.team, row.clone());
        async move {
            let _turn = app.sums().turn().await;
            let rebuilt = app.store().circle_at(team, row.n).await?;
            let rebuilt = rebuilt
                .ok_or_else(|| AppError::not_found("assignment", row.decision.assignment))?;
            Ok(stood(&app.look(team).await?, &rebuilt, &row))
        }
    };
    let sum = app.sums().circles.get(app.clock(), (caller.team, row.n), make).await?;
    Ok(sum.map(|sum| sum.value))
}

fn stood(look: &Look, rebuilt: &Team, row: &AssignmentRow) -> Circle {
    let decision = &row.decision;
    let members = rebuilt.group(decision.group).map_or(&[][..], |group| &group.members);
    let seat = |(index, member): (usize, &Member)| Seat {
        rep: member.rep,
        name: look.name(member.rep),
        position: index + 1,
        away: rebuilt.away(member.rep, row.decided_at).map(|away| away.back_at),
        had_last_turn: decision.cursor_before.rep == Some(member.rep),
        is_chosen: decision.rep == member.rep,
        is_passed_over: is_between(decision, members, member),
    };
    let turns = [decision.cursor_before.rep, decision.cursor_after.rep].into_iter().flatten();
    let is_gone = |rep: &RepId| members.iter().all(|member| member.rep != *rep);
    Circle {
        group_name: rebuilt.group_name(decision.group).map(ToString::to_string).unwrap_or_default(),
        member_count: members.len(),
        seats: window(decision, members).map(seat).collect(),
        gone: turns.filter(is_gone).collect(),
    }
}

fn explained(
    look: &Look,
    circle: Option<Circle>,
    row: &AssignmentRow,
    assignment: Named<AssignmentView>,
) -> Explanation {
    let decision = &row.decision;
    let gone = circle.as_ref().map_or(&[][..], |circle| &circle.gone);
    let turn = |rep: RepId| Turn { rep, name: look.name(rep), is_member: !gone.contains(&rep) };
    let passed = |passed: &PassedOver| Passed {
        rep: passed.rep,
        name: look.name(passed.rep),
        reason: passed.reason,
    };
    let group_name = match &circle {
        Some(circle) => circle.group_name.clone(),
        None => look.team.group_name(decision.group).map(ToString::to_string).unwrap_or_default(),
    };
    Explanation {
        assignment,
        group: decision.group,
        group_name,
        is_shared: matches!(decision.cursor, CursorKey::Group(_)),
        // The place alone does not say: a turn may come back to whoever had the last one.
        took_turn: decision.reason == Reason::Turn,
        before: decision.cursor_before.rep.map(turn),
        after: decision.cursor_after.rep.map(turn),
        passed_over: decision.passed_over.iter().map(passed).collect(),
        owner_out: decision.owner_out.as_ref().map(passed),
        circle,
        standing: None,
        becomes_owner: decision.becomes_owner,
    }
}

/// The members that are shown, with their places in the circle.
fn window<'m>(
    decision: &Decision,
    members: &'m [Member],
) -> impl Iterator<Item = (usize, &'m Member)> {
    let start = match members.len() > SEATS_MAX {
        true => members.iter().rposition(|member| member.place <= decision.cursor_before.place),
        false => None,
    };
    let around = members.iter().enumerate().cycle().skip(start.unwrap_or(0));
    around.take(members.len().min(SEATS_MAX))
}

/// Whether the turn went past this member: all who were are told only as far as the decision names them.
fn is_between(decision: &Decision, members: &[Member], member: &Member) -> bool {
    if decision.passed_over.iter().any(|passed| passed.rep == member.rep) {
        return true;
    }
    if decision.passed_over_count <= decision.passed_over.len() as u64 {
        return false;
    }
    let count = members.len();
    let first =
        members.iter().position(|one| one.place > decision.cursor_before.place).unwrap_or(0);
    let at = members.iter().position(|one| one.rep == member.rep).unwrap_or(0);
    ((at + count - first) % count.max(1)) < decision.passed_over_count as usize
}
