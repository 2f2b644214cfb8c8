//! The main job: a lead is qualified, and the right rep has it.

use std::collections::HashMap;

use rondo_core::command::{Answer, Command, LeadNews, Subject};
use rondo_core::ids::{AssignmentId, CampaignId, ConversationId};
use rondo_core::team::Status;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::assignments::{self, AssignmentView};
use crate::app::leads::NewLead;
use crate::app::warnings::{self, WarningView};
use crate::app::{App, AppError, Caller, schema};
use crate::engine::{self, Done, EngineError, IdempotencyKey};

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
    /// Whether it is kept because its campaign is paused; it goes out when that resumes.
    pub held: bool,
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
    match outcome(&done, campaign) {
        Outcome::Shown(routed) => Ok(*routed),
        // In a box, since what nearly every report does without would be most of what each of them holds while it waits.
        outcome => Box::pin(look_up(app, caller, campaign, outcome, done)).await,
    }
}

async fn look_up(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
    outcome: Outcome,
    done: Done,
) -> Result<Routed, AppError> {
    let standing = Standing::of(app, caller, std::iter::once(&outcome)).await?;
    standing.show(outcome, &done, campaign)
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
/// A repeat of the whole batch does nothing twice: each result says what stands (R7). With a key each report that is
/// accepted is remembered by itself, and with the first of them the whole, so that a repeat goes on where the first
/// attempt broke off.
pub async fn qualify_many(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
    reports: Vec<Report>,
    key: Option<IdempotencyKey>,
) -> Result<Vec<Result<Routed, AppError>>, AppError> {
    let look = app.look(caller.team).await?;
    look.team.campaign(campaign).ok_or_else(|| AppError::not_found("campaign", campaign))?;
    let request = |report: Report| engine::Request {
        command: report.qualification.command(campaign),
        idempotency: key.map(|key| key.of_part(report.place)),
    };
    let requests = reports.into_iter().map(request).collect();
    let results = app.engine().run_each(caller.on_the_engine(), requests).await;
    if results.iter().any(|result| matches!(result, Err(EngineError::KeyReused))) {
        return Err(EngineError::KeyReused.into());
    }
    let results: Vec<_> = results
        .into_iter()
        .map(|result| result.map(|done| (outcome(&done, campaign), done)).map_err(AppError::from))
        .collect();
    let outcomes = results.iter().flatten().map(|(outcome, _)| outcome);
    let standing = Standing::of(app, caller, outcomes).await?;
    let show = |(outcome, done): (Outcome, Done)| standing.show(outcome, &done, campaign);
    Ok(results.into_iter().map(|result| result.and_then(show)).collect())
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

fn outcome(done: &Done, campaign: CampaignId) -> Outcome {
    match done.answer {
        // It may have been passed on since.
        Answer::Assigned { assignment, is_new, .. } if done.is_repeat => {
            Outcome::Elsewhere { assignment, is_new }
        }
        Answer::Assigned { assignment, is_new, .. } => match assignments::made(done, assignment) {
            Some(view) => {
                let routed = assigned(view, is_new, warnings::views(&done.warnings));
                Outcome::Shown(Box::new(routed))
            }
            None => Outcome::Elsewhere { assignment, is_new },
        },
        Answer::Waiting { conversation, .. } if done.is_repeat => Outcome::WaitedThen(conversation),
        Answer::Waiting { conversation, position } => {
            Outcome::Shown(Box::new(waits(conversation, position, done, campaign)))
        }
        _ => unreachable!("a qualification is answered by an assignment or by waiting"),
    }
}

/// What the store knows of outcomes that do not show all by themselves, asked for all of them at once.
#[derive(Default)]
struct Standing {
    positions: HashMap<ConversationId, u64>,
    assigned: HashMap<ConversationId, AssignmentId>,
    views: HashMap<AssignmentId, AssignmentView>,
    /// What stands in place of assignments that were passed on.
    successors: HashMap<AssignmentId, AssignmentId>,
}

impl Standing {
    async fn of<'o>(
        app: &App,
        caller: &Caller,
        outcomes: impl Iterator<Item = &'o Outcome>,
    ) -> Result<Self, AppError> {
        let mut standing = Self::default();
        let mut assignments = Vec::new();
        let mut waited = Vec::new();
        for outcome in outcomes {
            match outcome {
                Outcome::Shown(_) => {}
                Outcome::Elsewhere { assignment, .. } => assignments.push(*assignment),
                Outcome::WaitedThen(conversation) => waited.push(*conversation),
            }
        }
        // First what waits: whatever stops waiting in between is found among the assigned.
        if !waited.is_empty() {
            let positions = app.store().waiting_positions(caller.team, &waited).await?;
            standing.positions.extend(positions);
            waited.retain(|conversation| !standing.positions.contains_key(conversation));
        }
        if !waited.is_empty() {
            let assigned = app.store().assignments_standing(caller.team, &waited).await?;
            assignments.extend(assigned.iter().map(|(_, assignment)| *assignment));
            standing.assigned.extend(assigned);
        }
        standing.view(app, caller, &assignments).await?;
        standing.follow(app, caller).await?;
        Ok(standing)
    }

    async fn view(
        &mut self,
        app: &App,
        caller: &Caller,
        assignments: &[AssignmentId],
    ) -> Result<(), AppError> {
        if assignments.is_empty() {
            return Ok(());
        }
        let rows = app.store().assignments_named(caller.team, assignments).await?;
        let look = app.look(caller.team).await?;
        for row in &rows {
            let view = assignments::of_row(&look.state, row);
            self.views.insert(view.id, view);
        }
        Ok(())
    }

    /// Finds what stands in place of those that were passed on.
    async fn follow(&mut self, app: &App, caller: &Caller) -> Result<(), AppError> {
        let passed_on: Vec<_> = self
            .views
            .values()
            .filter(|view| !view.stands)
            .map(|view| (view.conversation, view.id))
            .collect();
        if passed_on.is_empty() {
            return Ok(());
        }
        let conversations: Vec<_> =
            passed_on.iter().map(|(conversation, _)| *conversation).collect();
        let standing = app.store().assignments_standing(caller.team, &conversations).await?;
        let standing: HashMap<_, _> = standing.into_iter().collect();
        let successor =
            |(conversation, assignment)| Some((assignment, *standing.get(&conversation)?));
        self.successors = passed_on.into_iter().filter_map(successor).collect();
        let successors: Vec<_> = self.successors.values().copied().collect();
        self.view(app, caller, &successors).await
    }

    fn show(
        &self,
        outcome: Outcome,
        done: &Done,
        campaign: CampaignId,
    ) -> Result<Routed, AppError> {
        match outcome {
            Outcome::Shown(routed) => Ok(*routed),
            Outcome::Elsewhere { assignment, is_new } => self.assigned(assignment, is_new, done),
            Outcome::WaitedThen(conversation) => {
                if let Some(position) = self.positions.get(&conversation) {
                    return Ok(waits(conversation, *position, done, campaign));
                }
                // None when its campaign was cancelled, and the lead went to review.
                let assignment = self.assigned.get(&conversation).ok_or_else(|| {
                    AppError::not_found("assignment of conversation", conversation)
                })?;
                self.assigned(*assignment, false, done)
            }
        }
    }

    fn assigned(
        &self,
        assignment: AssignmentId,
        is_new: bool,
        done: &Done,
    ) -> Result<Routed, AppError> {
        let successor = self.successors.get(&assignment);
        let view = self.views.get(successor.unwrap_or(&assignment));
        let view = view.ok_or_else(|| AppError::not_found("assignment", assignment))?;
        let is_new = is_new && successor.is_none();
        Ok(assigned(view.clone(), is_new, warnings::views(&done.warnings)))
    }
}

fn assigned(assignment: AssignmentView, is_new: bool, warnings: Vec<WarningView>) -> Routed {
    let routed = RoutedAssignment { assignment, warnings };
    if is_new { Routed::Assigned(routed) } else { Routed::Stands(routed) }
}

fn waits(conversation: ConversationId, position: u64, done: &Done, campaign: CampaignId) -> Routed {
    let parts = done.team.team.campaign(campaign);
    let held = parts.is_some_and(|parts| parts.status == Status::Paused);
    let warnings = warnings::views(&done.warnings);
    Routed::Waits(Waiting { status: "waiting", conversation, position, held, warnings })
}
