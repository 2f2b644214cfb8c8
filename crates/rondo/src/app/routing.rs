//! The main job: a lead is qualified, and the right rep has it.

use std::collections::HashMap;

use rondo_core::command::{Answer, Command, LeadNews, Subject};
use rondo_core::ids::{AssignmentId, CampaignId, ConversationId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::assignments::{self, AssignmentView};
use crate::app::leads::NewLead;
use crate::app::warnings::{self, WarningView};
use crate::app::{App, AppError, Caller, schema};
use crate::engine::{self, Done, IdempotencyKey};

/// Qualifications in one batch at most: about a second of the server's work.
pub const BATCH_MAX: usize = 10_000;

/// A report that a lead is qualified: either `lead` or `conversation`.
#[derive(Debug, Clone)]
pub enum Qualification {
    /// This lead is.
    Lead(QualifiedLead),
    /// This conversation is.
    Conversation(QualifiedConversation),
}
schema::one_of!(Qualification = QualifiedLead | QualifiedConversation);

/// This lead is qualified; the lead and the conversation are made where they are missing.
#[derive(Debug, Clone, ToSchema)]
pub struct QualifiedLead {
    pub lead: NewLead,
    #[schema(value_type = Option<schema::Note>)]
    pub note: Option<String>,
}

/// This conversation is qualified.
#[derive(Debug, Clone, ToSchema)]
pub struct QualifiedConversation {
    #[schema(value_type = schema::ConversationId)]
    pub conversation: ConversationId,
    #[schema(value_type = Option<schema::Note>)]
    pub note: Option<String>,
}

/// What came of a qualification.
#[derive(Debug, Clone, PartialEq)]
pub enum Routed {
    /// It was assigned by this report.
    Assigned(RoutedAssignment),
    /// It was assigned before (R7).
    Stands(RoutedAssignment),
    /// Nobody can take it yet (R9).
    Waits(Waiting),
}

/// An assignment, with the cautions of the report.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RoutedAssignment)]
pub struct RoutedAssignment {
    #[serde(flatten)]
    pub assignment: AssignmentView,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
}

/// A qualified conversation that nobody can take yet.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Waiting {
    /// Always `waiting`.
    #[schema(value_type = WaitingStatus)]
    pub status: &'static str,
    #[schema(value_type = schema::ConversationId)]
    pub conversation: ConversationId,
    /// How many wait up to and including this one.
    #[schema(minimum = 1)]
    pub position: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
}

/// Always `waiting`.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum WaitingStatus {
    Waiting,
}

impl Qualification {
    fn command(self, campaign: CampaignId) -> Command {
        let (subject, note) = match self {
            Self::Lead(report) => {
                (Subject::Lead(Box::new(LeadNews::from(report.lead))), report.note)
            }
            Self::Conversation(report) => (Subject::Conversation(report.conversation), report.note),
        };
        Command::Qualify { campaign, subject, note }
    }
}

/// Reports that a lead is qualified.
///
/// The hot path: a new assignment is shown from what the engine answers, without another query.
pub async fn qualify(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
    report: Qualification,
    key: Option<IdempotencyKey>,
) -> Result<Routed, AppError> {
    let done = app.run(caller, report.command(campaign), key).await?;
    match outcome(&done) {
        Outcome::Shown(routed) => Ok(*routed),
        Outcome::Elsewhere { assignment, is_new } => {
            let view = assignments::show(app, caller, assignment).await?;
            Ok(assigned(view, is_new, warnings::views(&done.warnings)))
        }
        Outcome::WaitedThen(conversation) => what_stands(app, caller, conversation, &done).await,
    }
}

/// A report of many.
pub struct Report {
    /// Where it stands among all that came in the request, those that can't be read included.
    pub place: usize,
    /// What is reported.
    pub qualification: Qualification,
}

/// Reports many, taken in order; each has a result of its own, in the same order.
///
/// A repeat of the whole batch does nothing twice: each result says what stands (R7). With a key each report is
/// remembered by itself, so that a repeat goes on where the first attempt broke off.
pub async fn qualify_many(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
    reports: Vec<Report>,
    key: Option<IdempotencyKey>,
) -> Result<Vec<Result<Routed, AppError>>, AppError> {
    app.remember(caller, key).await?;
    let request = |report: Report| engine::Request {
        command: report.qualification.command(campaign),
        idempotency: key.map(|key| key.of_part(report.place)),
    };
    let requests = reports.into_iter().map(request).collect();
    let results = app.engine().run_each(caller.on_the_engine(), requests).await;
    let elsewhere: Vec<AssignmentId> = results
        .iter()
        .filter_map(|result| match outcome(result.as_ref().ok()?) {
            Outcome::Elsewhere { assignment, .. } => Some(assignment),
            Outcome::Shown(_) | Outcome::WaitedThen(_) => None,
        })
        .collect();
    let standing = standing(app, caller, &elsewhere).await?;
    let mut routed = Vec::with_capacity(results.len());
    for result in results {
        routed.push(match result {
            Ok(done) => shown(app, caller, &done, &standing).await,
            Err(error) => Err(error.into()),
        });
    }
    Ok(routed)
}

async fn standing(
    app: &App,
    caller: &Caller,
    assignments: &[AssignmentId],
) -> Result<HashMap<AssignmentId, AssignmentView>, AppError> {
    if assignments.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = app.store().assignments_named(caller.team, assignments).await?;
    let look = app.look(caller.team).await?;
    let view = |row| {
        let view = assignments::of_row(&look.state, row);
        (view.id, view)
    };
    Ok(rows.iter().map(view).collect())
}

async fn shown(
    app: &App,
    caller: &Caller,
    done: &Done,
    standing: &HashMap<AssignmentId, AssignmentView>,
) -> Result<Routed, AppError> {
    match outcome(done) {
        Outcome::Shown(routed) => Ok(*routed),
        Outcome::Elsewhere { assignment, is_new } => {
            let view = standing.get(&assignment).expect("the store was asked for it").clone();
            Ok(assigned(view, is_new, warnings::views(&done.warnings)))
        }
        Outcome::WaitedThen(conversation) => what_stands(app, caller, conversation, done).await,
    }
}

/// What an answer of the engine shows by itself.
enum Outcome {
    /// All of it.
    Shown(Box<Routed>),
    /// An assignment that was made before: the store knows the rest.
    Elsewhere { assignment: AssignmentId, is_new: bool },
    /// It waited when the first of repeated requests was answered; it may have been assigned since.
    WaitedThen(ConversationId),
}

fn outcome(done: &Done) -> Outcome {
    match done.answer {
        Answer::Assigned { assignment, is_new, .. } => match assignments::made(done, assignment) {
            Some(view) => {
                let routed = assigned(view, is_new, warnings::views(&done.warnings));
                Outcome::Shown(Box::new(routed))
            }
            None => Outcome::Elsewhere { assignment, is_new },
        },
        Answer::Waiting { conversation, .. } if done.is_repeat => Outcome::WaitedThen(conversation),
        Answer::Waiting { conversation, position } => {
            let routed = waits(conversation, position, warnings::views(&done.warnings));
            Outcome::Shown(Box::new(routed))
        }
        _ => unreachable!("a qualification is answered by an assignment or by waiting"),
    }
}

async fn what_stands(
    app: &App,
    caller: &Caller,
    conversation: ConversationId,
    done: &Done,
) -> Result<Routed, AppError> {
    let warnings = warnings::views(&done.warnings);
    if let Some(position) = app.store().waiting_position(caller.team, conversation).await? {
        return Ok(waits(conversation, position, warnings));
    }
    let row = app.store().conversation(caller.team, conversation).await?;
    match row.and_then(|row| row.assignment) {
        Some((assignment, _)) => {
            let view = assignments::show(app, caller, assignment).await?;
            Ok(assigned(view, false, warnings))
        }
        // Its campaign was cancelled, and the lead went to review.
        None => Err(AppError::not_found("assignment of conversation", conversation)),
    }
}

fn assigned(assignment: AssignmentView, is_new: bool, warnings: Vec<WarningView>) -> Routed {
    let routed = RoutedAssignment { assignment, warnings };
    if is_new { Routed::Assigned(routed) } else { Routed::Stands(routed) }
}

fn waits(conversation: ConversationId, position: u64, warnings: Vec<WarningView>) -> Routed {
    Routed::Waits(Waiting { status: "waiting", conversation, position, warnings })
}
