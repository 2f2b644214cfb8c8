//! Why an assignment went where it went (R11): the decision, and the circle around it as it stood.

use std::collections::HashMap;

use rondo_core::event::{CursorKey, Decision, PassedOver, PassedOverReason, Reason};
use rondo_core::ids::{AssignmentId, ConversationId, GroupId, RepId};
use rondo_core::mail::{Handling, ReplyLabel};
use rondo_core::team::Member;
use rondo_core::time::Instant;
use rondo_core::{Actor, Entry, Event, Team};
use rondo_store::AssignmentRow;

use crate::app::assignments::{self, AssignmentView};
use crate::app::days::End;
use crate::app::history::{self, Named};
use crate::app::{App, AppError, Caller, Look, ledger};
use crate::t;

/// Members of a circle that are shown at most: those from the last turn on, as many as can be drawn and read.
const SEATS_MAX: usize = 24;
/// How often a lead may have been passed on since to be followed back: more than people do, and a look-up each.
const PASSED_ON_MAX: usize = 20;

/// Why an assignment went where it went.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The assignment, with its lead and campaign by name.
    pub assignment: Named<AssignmentView>,
    /// How the lead came to the rep.
    pub came: Came,
    /// To whom the lead was passed on.
    pub passed_on: Option<PassedOnTo>,
    /// The group whose circle it was decided on.
    pub group: GroupId,
    /// Its name then, or at present while the circle is being rebuilt.
    pub group_name: String,
    /// Whether all campaigns of the group took turns from this circle together (R2).
    pub is_shared: bool,
    /// Whether it took a turn.
    pub took_turn: bool,
    /// Whether the rep is known not to have been in the circle: whoever takes no turn need not be.
    pub is_outside: bool,
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
    /// The assignment that stands instead; none where this one does.
    pub standing: Option<Beside>,
    /// The note with which the lead came to the rep; none where the lead is not the caller's to see.
    pub note: Option<Note>,
    /// Whether the rep became the lead's owner by it (R8).
    pub becomes_owner: bool,
}

/// How a lead came to a rep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// The assistant found that the lead wants to talk to sales.
    ReadByAssistant,
    /// Somebody said so.
    HandedOver {
        /// Who, by name.
        by: String,
        /// Whether it was said of a lead who waited for a rep.
        has_waited: bool,
    },
    /// The lead had waited for a rep.
    Waited,
    /// Somebody passed the lead on.
    PassedOn {
        /// Who, by name.
        by: String,
        /// The assignment that stood before.
        from: Beside,
    },
}

/// Where a lead was before, or went afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The assignment.
    pub assignment: AssignmentId,
    /// Its ledger number.
    pub ledger: u64,
    /// The name of the rep who had the lead by it.
    pub rep_name: String,
}

/// To whom a lead was passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOnTo {
    /// The assignment that it made.
    pub to: Beside,
    /// Who passed it on, by name.
    pub by: String,
    /// When.
    pub at: Instant,
}

/// What somebody wrote for the rep who got the lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What.
    pub text: String,
    /// Who, by name, and when; none for a lead that waited, whose note was written before.
    pub from: Option<(String, Instant)>,
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
    /// Until when those who were out of office were, by the absences as they stood.
    ends: HashMap<RepId, End>,
    /// Whether whoever got the lead was in it.
    has_rep: bool,
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
    /// Until when, where they were out of office until then.
    pub until: Option<End>,
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
    pub away: Option<Option<End>>,
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
    let standing = match row.is_standing {
        true => None,
        false => standing(app, caller, &row).await?,
    };
    let after = match &standing {
        Some(standing) => next_after(app, caller, &row, standing.clone()).await?,
        None => None,
    };
    let came = came(app, caller, &look, &row).await?;
    let passed_on = match after {
        Some(after) => Some(passed_on(app, caller, &look, after).await?),
        None => None,
    };
    let view = assignments::of_row(&look.state, &row);
    let named = history::named(app, &look, row.campaign, row.lead, view)
        .await?
        .for_whom(caller, row.is_standing);
    let note = match named.is_withheld {
        true => None,
        false => noted(text_of(app, caller, &row).await?, &came, &row),
    };
    let standing = standing.map(|row| beside(&look, &row));
    let told = (came, passed_on);
    Ok(Explanation { standing, note, ..explained(&look, circle, &row, named, told) })
}

/// The note with which a lead came to the rep who has it.
pub async fn note(
    app: &App,
    caller: &Caller,
    assignment: AssignmentId,
) -> Result<Option<Note>, AppError> {
    let row = assignments::reachable(app, caller, assignment).await?;
    let Some(text) = text_of(app, caller, &row).await? else { return Ok(None) };
    let look = app.look(caller.team).await?;
    let came = came(app, caller, &look, &row).await?;
    Ok(noted(Some(text), &came, &row))
}

/// What was written: with the conversation before anybody had it, with the assignment when it was passed on.
async fn text_of(
    app: &App,
    caller: &Caller,
    row: &AssignmentRow,
) -> Result<Option<String>, AppError> {
    if row.passed_on_from.is_some() {
        return Ok(row.note.clone());
    }
    let conversation = app.store().conversation(caller.team, row.conversation).await?;
    Ok(conversation.and_then(|conversation| conversation.note))
}

fn noted(text: Option<String>, came: &Came, row: &AssignmentRow) -> Option<Note> {
    let from = match came {
        Came::HandedOver { by, has_waited: false } | Came::PassedOn { by, .. } => {
            Some((by.clone(), row.decided_at))
        }
        // It was written before whoever gave the lead to a rep did so.
        Came::HandedOver { has_waited: true, .. } | Came::ReadByAssistant | Came::Waited => None,
    };
    text.map(|text| Note { text, from })
}

async fn standing(
    app: &App,
    caller: &Caller,
    row: &AssignmentRow,
) -> Result<Option<AssignmentRow>, AppError> {
    let standing = app.store().assignments_standing(caller.team, &[row.conversation]).await?;
    let Some((_, standing)) = standing.first() else { return Ok(None) };
    Ok(app.store().assignment(caller.team, *standing).await?)
}

/// The assignment that took the place of this one, followed back from the one that stands.
async fn next_after(
    app: &App,
    caller: &Caller,
    row: &AssignmentRow,
    standing: AssignmentRow,
) -> Result<Option<AssignmentRow>, AppError> {
    let mut later = standing;
    for _ in 0..PASSED_ON_MAX {
        let Some(from) = later.passed_on_from else { break };
        if from == row.decision.assignment {
            return Ok(Some(later));
        }
        let Some(found) = app.store().assignment(caller.team, from).await? else { break };
        later = found;
    }
    Ok(None)
}

fn beside(look: &Look, row: &AssignmentRow) -> Beside {
    Beside {
        assignment: row.decision.assignment,
        ledger: row.n,
        rep_name: look.name(row.decision.rep),
    }
}

/// How a lead came to a rep.
async fn came(
    app: &App,
    caller: &Caller,
    look: &Look,
    row: &AssignmentRow,
) -> Result<Came, AppError> {
    let [before, made] = entries(app, caller, row).await?;
    let by = doer(app, caller, look, &made).await?;
    let from = match row.passed_on_from {
        Some(from) => app.store().assignment(caller.team, from).await?,
        None => None,
    };
    Ok(match (from, &made.event) {
        (Some(from), _) => Came::PassedOn { by, from: beside(look, &from) },
        (None, Event::WaitingAssigned { decision, .. }) if decision.reason != Reason::Manual => {
            Came::Waited
        }
        (None, _) if is_read(&before.event, row.conversation) => Came::ReadByAssistant,
        (None, event) => {
            let has_waited = matches!(event, Event::WaitingAssigned { .. });
            Came::HandedOver { by, has_waited }
        }
    })
}

/// To whom a lead was passed on, by the assignment that it made.
async fn passed_on(
    app: &App,
    caller: &Caller,
    look: &Look,
    after: AssignmentRow,
) -> Result<PassedOnTo, AppError> {
    let [_, passing] = entries(app, caller, &after).await?;
    let by = doer(app, caller, look, &passing).await?;
    Ok(PassedOnTo { to: beside(look, &after), by, at: after.decided_at })
}

/// The ledger entry that made an assignment, behind the one before it: the ledger begins with the team's.
async fn entries(app: &App, caller: &Caller, row: &AssignmentRow) -> Result<[Entry; 2], AppError> {
    let entries = app.store().entries_after(caller.team, row.n.saturating_sub(2), 2).await?;
    let entries = <[Entry; 2]>::try_from(entries);
    entries.map_err(|_| AppError::not_found("assignment", row.decision.assignment))
}

/// Whether an entry is a reply in this conversation that the assistant acted on as high intent: it is qualified by the
/// next one, whoever delivered the reply (Q4).
fn is_read(before: &Event, conversation: ConversationId) -> bool {
    match before {
        Event::MessageReceived { place: Some(place), label, handling, .. }
        | Event::MessageReleased { place, label, handling, .. } => {
            let is_acted_on = *handling == Handling::Acted && *label == ReplyLabel::HighIntent;
            is_acted_on && place.conversation == conversation
        }
        _ => false,
    }
}

/// Who brought an entry about, by name; a rep is told neither whose account nor which key it was.
async fn doer(app: &App, caller: &Caller, look: &Look, entry: &Entry) -> Result<String, AppError> {
    match entry.actor {
        Actor::User(_) | Actor::Cli if caller.only_rep().is_some() => {
            return Ok(t("assignments-by-admin").to_owned());
        }
        Actor::Key(_) if caller.only_rep().is_some() => {
            return Ok(t("assignments-by-other-system").to_owned());
        }
        Actor::User(_) | Actor::Cli | Actor::Key(_) | Actor::System | Actor::Rep(_) => {}
    }
    let who = ledger::who(app, caller, look, std::slice::from_ref(entry)).await?;
    Ok(who.into_iter().next().unwrap_or_default())
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
    let away = |rep: RepId| {
        let away = rebuilt.away(rep, row.decided_at)?;
        Some(away.back_at.map(|at| End::of(rebuilt, rep, at)))
    };
    let seat = |(index, member): (usize, &Member)| Seat {
        rep: member.rep,
        name: look.name(member.rep),
        position: index + 1,
        away: away(member.rep),
        had_last_turn: decision.cursor_before.rep == Some(member.rep),
        is_chosen: decision.rep == member.rep,
        is_passed_over: is_between(decision, members, member),
    };
    let turns = [decision.cursor_before.rep, decision.cursor_after.rep].into_iter().flatten();
    let is_gone = |rep: &RepId| members.iter().all(|member| member.rep != *rep);
    let out = decision.passed_over.iter().chain(&decision.owner_out);
    Circle {
        group_name: rebuilt.group_name(decision.group).map(ToString::to_string).unwrap_or_default(),
        member_count: members.len(),
        seats: window(decision, members).map(seat).collect(),
        gone: turns.filter(is_gone).collect(),
        ends: out.filter_map(|out| Some((out.rep, assignments::until(rebuilt, out)?))).collect(),
        has_rep: !is_gone(&decision.rep),
    }
}

fn explained(
    look: &Look,
    circle: Option<Circle>,
    row: &AssignmentRow,
    assignment: Named<AssignmentView>,
    (came, passed_on): (Came, Option<PassedOnTo>),
) -> Explanation {
    let decision = &row.decision;
    let gone = circle.as_ref().map_or(&[][..], |circle| &circle.gone);
    let turn = |rep: RepId| Turn { rep, name: look.name(rep), is_member: !gone.contains(&rep) };
    let passed = |passed: &PassedOver| Passed {
        rep: passed.rep,
        name: look.name(passed.rep),
        reason: passed.reason,
        until: match &circle {
            Some(circle) => circle.ends.get(&passed.rep).copied(),
            None => assignments::until(&look.team, passed),
        },
    };
    let group_name = match &circle {
        Some(circle) => circle.group_name.clone(),
        None => look.team.group_name(decision.group).map(ToString::to_string).unwrap_or_default(),
    };
    Explanation {
        assignment,
        came,
        passed_on,
        group: decision.group,
        group_name,
        is_shared: matches!(decision.cursor, CursorKey::Group(_)),
        // The place alone does not say: a turn may come back to whoever had the last one.
        took_turn: decision.reason == Reason::Turn,
        is_outside: circle.as_ref().is_some_and(|circle| !circle.has_rep),
        before: decision.cursor_before.rep.map(turn),
        after: decision.cursor_after.rep.map(turn),
        passed_over: decision.passed_over.iter().map(passed).collect(),
        owner_out: decision.owner_out.as_ref().map(passed),
        circle,
        standing: None,
        note: None,
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
