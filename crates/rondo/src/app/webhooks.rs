//! Webhooks: where events are sent, and what became of each delivery.

use rondo_core::command::{Answer, Command};
use rondo_core::event::WebhookEvent;
use rondo_core::ids::{DeliveryId, WebhookId};
use rondo_core::time::Instant;
use rondo_store::{DeliveryRow, DeliveryState, Remembered, WebhookRow};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::page::{After, List, Listed, Page};
use crate::app::{App, AppError, Caller, schema};
use crate::clock::Entropy;
use crate::engine::IdempotencyKey;
use crate::webhooks;

/// Where events are to be sent.
#[derive(Debug, Clone, ToSchema)]
pub struct NewWebhook {
    #[schema(value_type = schema::PublicLink)]
    pub url: String,
    #[schema(value_type = Vec<EventName>, min_items = 1, max_items = 5)]
    pub events: Vec<WebhookEvent>,
}

/// What a webhook can be sent.
#[derive(ToSchema)]
pub enum EventName {
    #[schema(rename = "assignment.created")]
    AssignmentCreated,
    #[schema(rename = "lead.waiting")]
    LeadWaiting,
    #[schema(rename = "campaign.launched")]
    CampaignLaunched,
    #[schema(rename = "rep.away")]
    RepAway,
    #[schema(rename = "rep.back")]
    RepBack,
}

/// A webhook.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub struct WebhookView {
    #[schema(value_type = schema::WebhookId)]
    pub id: WebhookId,
    #[schema(value_type = schema::Url)]
    pub url: String,
    #[schema(value_type = Vec<EventName>)]
    pub events: Vec<WebhookEvent>,
    #[schema(value_type = schema::Instant)]
    pub created_at: Instant,
    /// Since when its receiver is gone: it answered 410, and nothing more is sent. Resending a delivery ends that.
    #[schema(value_type = Option<schema::Instant>)]
    pub disabled_at: Option<Instant>,
}

/// A webhook that was just made.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
pub struct MadeWebhook {
    #[serde(flatten)]
    pub webhook: WebhookView,
    /// What deliveries are signed with (Standard Webhooks), shown this once; null when the request is a repeat.
    pub secret: Option<String>,
}

/// One event on its way to a webhook, or arrived.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub struct DeliveryView {
    #[schema(value_type = schema::DeliveryId)]
    pub id: DeliveryId,
    #[schema(value_type = EventName)]
    pub event: WebhookEvent,
    /// The ledger number of what is told.
    #[schema(minimum = 1)]
    pub ledger: u64,
    #[schema(value_type = State)]
    pub state: DeliveryState,
    pub attempts: u64,
    /// When it is tried next; null once it is over.
    #[schema(value_type = Option<schema::Instant>)]
    pub due_at: Option<Instant>,
    #[schema(value_type = schema::Instant)]
    pub created_at: Instant,
    #[schema(value_type = Option<schema::Instant>)]
    pub last_attempt_at: Option<Instant>,
    /// The HTTP status of the last answer.
    pub last_status: Option<u16>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

/// What became of a delivery.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case", as = DeliveryState)]
pub enum State {
    Queued,
    Delivered,
    Failed,
}

/// Makes a webhook; its signing secret is shown this once.
pub async fn add(
    app: &App,
    caller: &Caller,
    new: NewWebhook,
    key: Option<IdempotencyKey>,
) -> Result<MadeWebhook, AppError> {
    let (webhook, secret, is_repeat) =
        made_with(app, caller, new, key, app.entropy().as_ref()).await?;
    Ok(MadeWebhook { webhook, secret: (!is_repeat).then_some(secret) })
}

/// The same for a form that may be sent twice: the second time its secret is shown again.
pub async fn add_once(
    app: &App,
    caller: &Caller,
    new: NewWebhook,
    key: Option<IdempotencyKey>,
) -> Result<MadeWebhook, AppError> {
    let Some(once) = key else { return add(app, caller, new, None).await };
    let entropy = app.vault().drawn_by(&once.scope);
    let (webhook, secret, _) = made_with(app, caller, new, key, &entropy).await?;
    Ok(MadeWebhook { webhook, secret: Some(secret) })
}

/// The webhook, what its secret is if it was made with this entropy, and whether it was made before.
async fn made_with(
    app: &App,
    caller: &Caller,
    new: NewWebhook,
    key: Option<IdempotencyKey>,
    entropy: &dyn Entropy,
) -> Result<(WebhookView, String, bool), AppError> {
    let id = app.new_id();
    let (policy, vault) = (app.parts.egress, &app.parts.vault);
    let prepared = webhooks::prepare(caller.team, id, &new.url, new.events, policy, vault, entropy)
        .map_err(|refused| AppError::invalid("/url", refused.to_string()))?;
    let done = app.run(caller, prepared.command, key).await?;
    let Answer::Webhook(made) = done.answer else {
        return Err(AppError::not_found("webhook", ""));
    };
    let row = app.store().webhook(caller.team, made).await?;
    let row = row.ok_or_else(|| AppError::not_found("webhook", made))?;
    Ok((view(row), prepared.secret.shown(), made != id))
}

/// Removes a webhook.
pub async fn remove(app: &App, caller: &Caller, webhook: WebhookId) -> Result<(), AppError> {
    app.run(caller, Command::RemoveWebhook { webhook }, None).await.map(drop)
}

/// Sends a delivery again, whatever became of it. A repeat sends it once more: its receiver knows it by its id.
pub async fn resend(
    app: &App,
    caller: &Caller,
    webhook: WebhookId,
    delivery: DeliveryId,
    key: Option<IdempotencyKey>,
) -> Result<(), AppError> {
    app.remember(caller, key).await?;
    queue_again(app, caller, webhook, delivery, None).await
}

/// The same for a form that may be sent twice: the second time nothing more is sent.
pub async fn resend_once(
    app: &App,
    caller: &Caller,
    webhook: WebhookId,
    delivery: DeliveryId,
    key: Option<IdempotencyKey>,
) -> Result<(), AppError> {
    let now = app.clock().now();
    let once = key.map(|IdempotencyKey { scope, body, kept_seconds, .. }| Remembered {
        scope,
        body,
        answer: Answer::Done,
        expires_at: now.plus_seconds(kept_seconds),
    });
    queue_again(app, caller, webhook, delivery, once.as_ref()).await
}

async fn queue_again(
    app: &App,
    caller: &Caller,
    webhook: WebhookId,
    delivery: DeliveryId,
    once: Option<&Remembered>,
) -> Result<(), AppError> {
    let (store, team, now) = (app.store(), caller.team, app.clock().now());
    let known = store.webhook(team, webhook).await?;
    known.ok_or_else(|| AppError::not_found("webhook", webhook))?;
    let is_queued = store.send_delivery_again(team, webhook, delivery, now, once).await?;
    is_queued.then_some(()).ok_or_else(|| AppError::not_found("delivery", delivery))
}

/// The webhooks of a team, oldest first.
pub async fn list(
    app: &App,
    caller: &Caller,
    page: &Page,
) -> Result<Listed<WebhookView>, AppError> {
    let list = List::new(caller.team, "webhooks", &());
    let after = list.start::<After<WebhookId>>(page)?.map(|after| after.0);
    let rows = app.store().webhooks(caller.team, after, page.fetch()).await?;
    Ok(list.page(page, rows, |row| After(row.id)).map(view))
}

/// What was sent to a webhook, oldest first.
pub async fn deliveries(
    app: &App,
    caller: &Caller,
    webhook: WebhookId,
    page: &Page,
) -> Result<Listed<DeliveryView>, AppError> {
    let known = app.store().webhook(caller.team, webhook).await?;
    known.ok_or_else(|| AppError::not_found("webhook", webhook))?;
    let list = List::new(caller.team, "deliveries", &webhook);
    let after = list.start::<After<DeliveryId>>(page)?.map(|after| after.0);
    let rows = app.store().deliveries(caller.team, webhook, after, page.fetch()).await?;
    Ok(list.page(page, rows, |row| After(row.id)).map(delivery))
}

/// A webhook.
pub async fn show(app: &App, caller: &Caller, webhook: WebhookId) -> Result<WebhookView, AppError> {
    let row = app.store().webhook(caller.team, webhook).await?;
    row.map(view).ok_or_else(|| AppError::not_found("webhook", webhook))
}

/// What was sent to a webhook, the newest first.
pub async fn latest_deliveries(
    app: &App,
    caller: &Caller,
    webhook: WebhookId,
    page: &Page,
) -> Result<Listed<DeliveryView>, AppError> {
    let list = List::new(caller.team, "latest deliveries", &webhook);
    let before = list.start::<After<DeliveryId>>(page)?.map(|before| before.0);
    let rows = app.store().deliveries_before(caller.team, webhook, before, page.fetch()).await?;
    Ok(list.page(page, rows, |row| After(row.id)).map(delivery))
}

fn view(row: WebhookRow) -> WebhookView {
    WebhookView {
        id: row.id,
        url: row.url,
        events: row.events,
        created_at: row.created_at,
        disabled_at: row.disabled_at,
    }
}

fn delivery(row: DeliveryRow) -> DeliveryView {
    DeliveryView {
        id: row.id,
        event: row.event,
        ledger: row.n,
        state: row.state,
        attempts: row.attempts,
        due_at: row.due_at,
        created_at: row.created_at,
        last_attempt_at: row.last_attempt_at,
        last_status: row.last_status,
        last_error: row.last_error,
    }
}
