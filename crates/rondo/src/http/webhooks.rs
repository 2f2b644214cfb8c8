//! Webhooks over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use rondo_core::event::WebhookEvent;
use rondo_core::ids::{DeliveryId, WebhookId};

use crate::app::App;
use crate::app::page::{Listed, Page};
use crate::app::webhooks::{self, DeliveryView, MadeWebhook, NewWebhook, WebhookView};
use crate::http::input::{At, AtBoth, Input, NoInput, Query, Who};
use crate::http::json::{self, FromObject, Object};
use crate::http::pages::PageParams;
use crate::http::problem::Problem;
use crate::http::{Answer, Created, Json};

/// Send events to a URL.
///
/// Signed as Standard Webhooks describes; the signing secret is shown in this answer alone.
#[utoipa::path(post, path = "/v1/webhooks", tag = "Webhooks", request_body = NewWebhook,
    responses((status = 201, body = MadeWebhook, description = "The webhook.")))]
pub(super) async fn add_webhook(
    State(app): State<App>,
    Who(caller): Who,
    input: Input<NewWebhook>,
) -> Result<Created<MadeWebhook>, Problem> {
    Ok(Created(webhooks::add(&app, &caller, input.body, input.idempotency).await?))
}

/// List the webhooks.
///
/// Oldest first.
#[utoipa::path(get, path = "/v1/webhooks", tag = "Webhooks", params(PageParams),
    responses((status = 200, body = Listed<WebhookView>, description = "A page of webhooks.")))]
pub(super) async fn list_webhooks(
    State(app): State<App>,
    Who(caller): Who,
    Query(page): Query<Page>,
) -> Answer<Listed<WebhookView>> {
    Ok(Json(webhooks::list(&app, &caller, &page).await?))
}

/// Remove a webhook.
///
/// Nothing more is sent to it.
#[utoipa::path(delete, path = "/v1/webhooks/{hook}", tag = "Webhooks",
    responses((status = 204, description = "The webhook is gone.")))]
pub(super) async fn remove_webhook(
    State(app): State<App>,
    Who(caller): Who,
    At(webhook): At<WebhookId>,
) -> Result<StatusCode, Problem> {
    webhooks::remove(&app, &caller, webhook).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List a webhook's deliveries.
///
/// Oldest first.
#[utoipa::path(get, path = "/v1/webhooks/{hook}/deliveries", tag = "Webhooks", params(PageParams),
    responses((status = 200, body = Listed<DeliveryView>, description = "A page of deliveries.")))]
pub(super) async fn list_deliveries(
    State(app): State<App>,
    Who(caller): Who,
    At(webhook): At<WebhookId>,
    Query(page): Query<Page>,
) -> Answer<Listed<DeliveryView>> {
    Ok(Json(webhooks::deliveries(&app, &caller, webhook, &page).await?))
}

/// Send a delivery again.
///
/// At once, whatever became of it before.
#[utoipa::path(post, path = "/v1/webhooks/{hook}/deliveries/{dlv}/resend", tag = "Webhooks",
    responses((status = 202, description = "The delivery is queued again.")))]
pub(super) async fn resend_delivery(
    State(app): State<App>,
    Who(caller): Who,
    AtBoth(webhook, delivery): AtBoth<WebhookId, DeliveryId>,
    input: NoInput,
) -> Result<StatusCode, Problem> {
    webhooks::resend(&app, &caller, webhook, delivery, input.idempotency).await?;
    Ok(StatusCode::ACCEPTED)
}

const EVENTS: &[(&str, WebhookEvent)] = &[
    ("assignment.created", WebhookEvent::AssignmentCreated),
    ("lead.waiting", WebhookEvent::LeadWaiting),
    ("campaign.launched", WebhookEvent::CampaignLaunched),
    ("rep.away", WebhookEvent::RepAway),
    ("rep.back", WebhookEvent::RepBack),
];

impl FromObject for NewWebhook {
    fn take(object: &mut Object) -> Option<Self> {
        let url = object.required("url", json::link);
        let events = object.values("events", json::word(EVENTS));
        if events.as_ref().is_some_and(|events| events.is_empty() || events.len() > EVENTS.len()) {
            let detail = format!("has the wrong length; expected 1 to {} events", EVENTS.len());
            object.say("events", detail);
        }
        let mut events = events?;
        events.sort_unstable();
        events.dedup();
        Some(Self { url: url?, events })
    }
}
