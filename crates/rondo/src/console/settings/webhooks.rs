//! Webhooks: where events are sent, and what became of each delivery.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use rondo_core::event::WebhookEvent;
use rondo_core::ids::WebhookId;
use rondo_store::DeliveryState;

use super::super::Console;
use super::super::form::{self, Form};
use super::super::frame::{Frame, Place, rendered};
use super::super::paths::Query;
use super::super::routes::{Reach, Routes, Who, done};
use super::super::trouble::Trouble;
use super::{Asked, Refused, frame, id, refused, tabs, whole};
use crate::app::people::Session;
use crate::app::webhooks::{self, DeliveryView, NewWebhook, WebhookView};
use crate::console::words;
use crate::t;

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .get(Reach::Admin, "/settings/webhooks", list)
        .post(Reach::Admin, "/settings/webhooks", make)
        .get(Reach::Admin, "/settings/webhooks/{webhook}", show)
        .post(Reach::Admin, "/settings/webhooks/{webhook}/remove", remove)
        .post(Reach::Admin, "/settings/webhooks/{webhook}/deliveries/{delivery}/resend", resend)
}

/// An event that can be sent.
struct Offer {
    event: WebhookEvent,
    name: &'static str,
    /// The name of the text about it.
    about: &'static str,
}

const OFFERS: [Offer; 5] = [
    Offer {
        event: WebhookEvent::AssignmentCreated,
        name: "assignment.created",
        about: "webhooks-assignment-created",
    },
    Offer {
        event: WebhookEvent::LeadWaiting,
        name: "lead.waiting",
        about: "webhooks-lead-waiting",
    },
    Offer {
        event: WebhookEvent::CampaignLaunched,
        name: "campaign.launched",
        about: "webhooks-campaign-launched",
    },
    Offer { event: WebhookEvent::RepAway, name: "rep.away", about: "webhooks-rep-away" },
    Offer { event: WebhookEvent::RepBack, name: "rep.back", about: "webhooks-rep-back" },
];

fn event_name(event: WebhookEvent) -> &'static str {
    OFFERS.iter().find(|offer| offer.event == event).map_or("", |offer| offer.name)
}

fn event_names(events: &[WebhookEvent]) -> String {
    events.iter().map(|event| event_name(*event)).collect::<Vec<_>>().join(", ")
}

#[derive(Template)]
#[template(path = "settings/webhooks.html")]
struct WebhooksPage {
    frame: Frame,
    tabs: Vec<Place>,
    form: Form,
    error: Option<String>,
    webhooks: Vec<WebhookView>,
    /// The webhook that was just made, with its secret.
    made: Option<(String, String)>,
}

impl WebhooksPage {
    async fn new(console: &Console, session: &Session, form: Form) -> Result<Self, Trouble> {
        let listed = webhooks::list(console.app(), &session.caller, &whole()).await?;
        Ok(Self {
            frame: frame(console, session, t("webhooks-title")),
            tabs: tabs("/settings/webhooks"),
            form,
            error: None,
            webhooks: listed.items,
            made: None,
        })
    }

    fn offers(&self) -> &'static [Offer] {
        &OFFERS
    }
}

fn empty() -> Form {
    Form::of([("events", OFFERS[0].name.to_owned()), ("events", OFFERS[1].name.to_owned())])
}

async fn list(
    State(console): State<Console>,
    Who(session): Who,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let mut page = WebhooksPage::new(&console, &session, empty()).await?;
    page.frame = page.frame.after(asked.done.as_deref());
    Ok(rendered(&page))
}

async fn make(
    State(console): State<Console>,
    Who(session): Who,
    mut form: Form,
) -> Result<Response, Trouble> {
    let refusal = match wanted(&mut form) {
        None => Refused::beside(),
        Some(new) => {
            match webhooks::add_once(console.app(), &session.caller, new, form.once(&session)).await
            {
                Ok(made) => {
                    let mut page = WebhooksPage::new(&console, &session, empty()).await?;
                    page.made = made.secret.map(|secret| (made.webhook.url, secret));
                    return Ok(rendered(&page));
                }
                Err(error) => refused(&mut form, error)?,
            }
        }
    };
    let mut page = WebhooksPage::new(&console, &session, form).await?;
    page.error = refusal.error.clone();
    Ok(refusal.page(&page))
}

fn wanted(form: &mut Form) -> Option<NewWebhook> {
    let url = form.required("url", form::any);
    let names: Vec<_> = form.all("events").map(str::to_owned).collect();
    let chosen = OFFERS.iter().filter(|offer| names.iter().any(|name| name == offer.name));
    let events: Vec<_> = chosen.map(|offer| offer.event).collect();
    if events.is_empty() {
        form.say("events", t("webhooks-events-missing"));
        return None;
    }
    Some(NewWebhook { url: url?, events })
}

/// A delivery as it is listed.
struct DeliveryLine {
    delivery: DeliveryView,
    event: &'static str,
    state: &'static str,
    tone: &'static str,
    error: Option<String>,
}

impl DeliveryLine {
    fn of(delivery: DeliveryView) -> Self {
        let (state, tone) = match delivery.state {
            DeliveryState::Delivered => (t("webhooks-delivered"), "good"),
            DeliveryState::Failed => (t("webhooks-given-up"), "bad"),
            DeliveryState::Queued if delivery.attempts > 0 => (t("webhooks-tried"), "warn"),
            DeliveryState::Queued => (t("webhooks-on-its-way"), "accent"),
        };
        let error = delivery.last_error.as_deref().map(words::sentence);
        Self { event: event_name(delivery.event), state, tone, error, delivery }
    }
}

#[derive(Template)]
#[template(path = "settings/webhook.html")]
struct WebhookPage {
    frame: Frame,
    tabs: Vec<Place>,
    webhook: WebhookView,
    deliveries: Vec<DeliveryLine>,
    next: Option<String>,
    is_first: bool,
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Path(webhook): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let (app, caller) = (console.app(), &session.caller);
    let webhook: WebhookId = id(&webhook)?;
    let view = webhooks::show(app, caller, webhook).await?;
    let listed = webhooks::latest_deliveries(app, caller, webhook, &asked.page()).await?;
    Ok(rendered(&WebhookPage {
        frame: frame(&console, &session, t("webhooks-webhook")).after(asked.done.as_deref()),
        tabs: tabs("/settings/webhooks"),
        webhook: view,
        deliveries: listed.items.into_iter().map(DeliveryLine::of).collect(),
        next: listed.next_cursor,
        is_first: asked.cursor.is_none(),
    }))
}

async fn remove(
    State(console): State<Console>,
    Who(session): Who,
    Path(webhook): Path<String>,
) -> Result<Response, Trouble> {
    webhooks::remove(console.app(), &session.caller, id(&webhook)?).await?;
    Ok(done("/settings/webhooks", "removed"))
}

async fn resend(
    State(console): State<Console>,
    Who(session): Who,
    Path((webhook, delivery)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Trouble> {
    let (webhook, delivery) = (id::<WebhookId>(&webhook)?, id(&delivery)?);
    let once = form.once(&session);
    webhooks::resend_once(console.app(), &session.caller, webhook, delivery, once).await?;
    Ok(done(&format!("/settings/webhooks/{webhook}"), "sent-again"))
}
