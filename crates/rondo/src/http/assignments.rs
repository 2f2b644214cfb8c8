//! Assignments over HTTP.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use rondo_core::command::ReassignTo;
use rondo_core::ids::{AssignmentId, CampaignId, RepId};
use serde_json::Value;

use crate::app::assignments::{
    self, AssignmentView, AssignmentsWanted, CircleView, PassedOn, Reassignment,
};
use crate::app::page::{Listed, Page};
use crate::app::{App, schema};
use crate::http::input::{At, Input, Query, Who};
use crate::http::json::{self, Fault, FromObject, Object};
use crate::http::pages::{Filtered, PageParams};
use crate::http::problem::Problem;
use crate::http::{Answer, Created, Json};

/// List the assignments.
///
/// In the order in which they were decided. A rep's own key sees that rep's.
#[utoipa::path(get, path = "/v1/assignments", tag = "Routing",
    params(
        PageParams,
        ("rep" = Option<schema::RepId>, Query, description = "Those to this rep, who may have left."),
        ("campaign" = Option<schema::CampaignId>, Query, description = "Those of this campaign."),
        ("since" = Option<schema::Instant>, Query, description = "Those decided at or after this instant."),
        ("until" = Option<schema::Instant>, Query, description = "Those decided before this instant."),
    ),
    responses((status = 200, body = Listed<AssignmentView>, description = "A page of assignments.")))]
pub(super) async fn list_assignments(
    State(app): State<App>,
    Who(caller): Who,
    Query(query): Query<Filtered<AssignmentsWanted>>,
) -> Answer<Listed<AssignmentView>> {
    Ok(Json(assignments::list(&app, &caller, &query.wanted, &query.page).await?))
}

/// Show an assignment.
///
/// With the reasons: whose turn it was, and who was passed over.
#[utoipa::path(get, path = "/v1/assignments/{asg}", tag = "Routing",
    responses((status = 200, body = AssignmentView, description = "The assignment.")))]
pub(super) async fn get_assignment(
    State(app): State<App>,
    Who(caller): Who,
    At(assignment): At<AssignmentId>,
) -> Answer<AssignmentView> {
    Ok(Json(assignments::show(&app, &caller, assignment).await?))
}

/// Show the circle behind an assignment.
///
/// As it stood when the assignment was decided, rebuilt from the ledger.
#[utoipa::path(get, path = "/v1/assignments/{asg}/circle", tag = "Routing", params(PageParams),
    responses((status = 200, body = CircleView, description = "The circle.")))]
pub(super) async fn get_assignment_circle(
    State(app): State<App>,
    Who(caller): Who,
    At(assignment): At<AssignmentId>,
    Query(page): Query<Page>,
) -> Answer<CircleView> {
    Ok(Json(assignments::circle(&app, &caller, assignment, &page).await?))
}

/// Pass a lead on.
///
/// To a named rep, who may be away, or to `next`: whoever is next after the cursor, without the rep who has it. Only
/// `next` moves the cursor.
#[utoipa::path(post, path = "/v1/assignments/{asg}/reassign", tag = "Routing", request_body = Reassignment,
    responses(
        (status = 201, body = AssignmentView, description = "The new assignment."),
        (status = 200, body = AssignmentView, description = "The assignment that stands: the rep has the lead already."),
    ))]
pub(super) async fn reassign(
    State(app): State<App>,
    Who(caller): Who,
    At(assignment): At<AssignmentId>,
    input: Input<Reassignment>,
) -> Result<Response, Problem> {
    let passed_on =
        assignments::reassign(&app, &caller, assignment, input.body, input.idempotency).await?;
    Ok(match passed_on {
        PassedOn::Now(view) => Created(view).into_response(),
        PassedOn::Before(view) => Json(view).into_response(),
    })
}

impl FromObject for Reassignment {
    fn take(object: &mut Object) -> Option<Self> {
        let to = object.required("to", to);
        let note = object.optional("note", json::note);
        Some(Self { to: to?, note: note?.flatten() })
    }
}

fn to(value: Value) -> Result<ReassignTo, Fault> {
    match value.as_str() {
        Some("next") => Ok(ReassignTo::Next),
        _ => json::id::<RepId>(value).map(ReassignTo::Rep),
    }
}

impl FromObject for AssignmentsWanted {
    fn take(object: &mut Object) -> Option<Self> {
        let rep = object.optional("rep", json::id::<RepId>);
        let campaign = object.optional("campaign", json::id::<CampaignId>);
        let since = object.optional("since", json::instant);
        let until = object.optional("until", json::instant);
        Some(Self { rep: rep?, campaign: campaign?, since: since?, until: until? })
    }
}
