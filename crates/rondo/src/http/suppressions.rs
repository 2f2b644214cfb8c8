//! Addresses that are never written to, over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use rondo_core::ids::SuppressionId;

use crate::app::page::Listed;
use crate::app::suppressions::{self, NewSuppression, SuppressionView, SuppressionsWanted};
use crate::app::{App, schema};
use crate::http::input::{At, Input, Query, Who};
use crate::http::json::{self, FromObject, Object};
use crate::http::pages::{Filtered, PageParams};
use crate::http::problem::Problem;
use crate::http::{Answer, Created, Json};

/// Suppress an address.
///
/// Nothing is written to it any more in the whole team. One that is suppressed already stays as it is.
#[utoipa::path(post, path = "/v1/suppressions", tag = "Mail", request_body = NewSuppression,
    responses((status = 201, body = SuppressionView, description = "The suppression that stands.")))]
pub(super) async fn add_suppression(
    State(app): State<App>,
    Who(caller): Who,
    input: Input<NewSuppression>,
) -> Result<Created<SuppressionView>, Problem> {
    Ok(Created(suppressions::add(&app, &caller, input.body, input.idempotency).await?))
}

/// List the suppressed addresses.
///
/// Oldest first.
#[utoipa::path(get, path = "/v1/suppressions", tag = "Mail",
    params(
        PageParams,
        ("email" = Option<schema::Email>, Query, description = "That of this address, ignoring case."),
    ),
    responses((status = 200, body = Listed<SuppressionView>, description = "A page of suppressions.")))]
pub(super) async fn list_suppressions(
    State(app): State<App>,
    Who(caller): Who,
    Query(query): Query<Filtered<SuppressionsWanted>>,
) -> Answer<Listed<SuppressionView>> {
    Ok(Json(suppressions::list(&app, &caller, &query.wanted, &query.page).await?))
}

/// Lift a suppression.
///
/// The address can be written to again. What ended stays ended.
#[utoipa::path(delete, path = "/v1/suppressions/{sup}", tag = "Mail",
    responses((status = 204, description = "The suppression is lifted.")))]
pub(super) async fn lift_suppression(
    State(app): State<App>,
    Who(caller): Who,
    At(suppression): At<SuppressionId>,
) -> Result<StatusCode, Problem> {
    suppressions::lift(&app, &caller, suppression).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl FromObject for NewSuppression {
    fn take(object: &mut Object) -> Option<Self> {
        Some(Self { email: object.required("email", json::email)? })
    }
}

impl FromObject for SuppressionsWanted {
    fn take(object: &mut Object) -> Option<Self> {
        let email = object.optional("email", |value| json::email(value).map(|email| email.key()));
        Some(Self { email: email? })
    }
}
