//! Leads: finding one, who they are, who owns them, and erasing them.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use rondo_core::command::{LeadPatch, OwnerRef};
use rondo_core::detail::Attribute;
use rondo_core::event::OwnerSource;
use rondo_core::ids::{LeadId, RepId};
use rondo_core::mail::SuppressionReason;
use rondo_core::text::Email;

use super::Console;
use super::conversations::Line;
use super::form::Form;
use super::frame::{Frame, Section, rendered};
use super::paths;
use super::routes::{Reach, Routes, Who, done};
use super::trouble::Trouble;
use crate::app::choices::{self, Choices};
use crate::app::conversations::ConversationsWanted;
use crate::app::history::finding::{self, Sought};
use crate::app::history::{self, OwnedLead};
use crate::app::leads::{self, LeadView, LeadsWanted};
use crate::app::page::{LIMIT_DEFAULT, Listed, Page};
use crate::app::people::Session;
use crate::app::suppressions::{self, SuppressionsWanted};
use crate::t;

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .get(Reach::Team, "/leads", list)
        .get(Reach::Team, "/leads/{lead}", show)
        .post(Reach::Admin, "/leads/{lead}/owner", change_owner)
        .post(Reach::Admin, "/leads/{lead}/erase", erase)
}

#[derive(Template)]
#[template(path = "leads.html")]
struct LeadsPage {
    frame: Frame,
    query: Form,
    reps: Choices<RepId>,
    lines: Vec<OwnedLead>,
    is_narrowed: bool,
    is_first_page: bool,
    /// Whether older leads were not looked at yet.
    is_stopped: bool,
    next: Option<String>,
    newest: String,
}

async fn list(
    State(console): State<Console>,
    Who(session): Who,
    mut query: Form,
) -> Result<Response, Trouble> {
    query.was_called("email", "find");
    query.was_called("show", "status");
    let frame = Frame::new(&console, Some(&session), Section::Leads, t("leads-title"));
    let frame = frame.after(Some(query.text("done")));
    let (app, caller) = (console.app(), &session.caller);
    let high_intent = query.is("status", "high_intent").then_some(true);
    let page = paths::page(&query);
    let owner = query.rep(&console, &session, "owner").await?;
    // Who chose a status or an owner as well asks whether the lead has it.
    if ["status", "owner"].iter().all(|name| query.text(name).is_empty())
        && let Ok(address) = Email::parse(query.text("find"))
        && let Some(lead) = finding::by_address(app, caller, &address).await?
    {
        return Ok(Redirect::to(&format!("/leads/{lead}")).into_response());
    }
    let wanted = LeadsWanted { high_intent, owner, ..LeadsWanted::default() };
    let (listed, is_stopped) = match Sought::parse(query.text("find")) {
        _ if query.has_errors() => (Listed { items: Vec::new(), next_cursor: None }, false),
        Some(sought) => {
            let found = finding::leads(app, caller, &wanted, &sought, &page).await?;
            (found.listed, found.is_stopped)
        }
        None => (history::leads(app, caller, &wanted, &page).await?, false),
    };
    let (lines, next) = (listed.items, listed.next_cursor);
    let fields = ["find", "status", "owner"].map(|name| (name, query.text(name)));
    let page = LeadsPage {
        frame,
        reps: choices::reps(app, caller).await?,
        is_narrowed: fields.iter().any(|(_, value)| !value.is_empty()),
        is_first_page: page.cursor.is_none(),
        is_stopped,
        next: next
            .as_deref()
            .map(|next| paths::with("/leads", fields.into_iter().chain([("cursor", next)]))),
        newest: paths::with("/leads", fields),
        lines,
        query,
    };
    Ok(rendered(&page))
}

#[derive(Template)]
#[template(path = "lead.html")]
struct LeadPage {
    frame: Frame,
    lead: LeadView,
    owner_name: String,
    attributes: Vec<(String, String)>,
    suppressed: Option<&'static str>,
    conversations: Vec<Line>,
    has_more: bool,
    reps: Choices<RepId>,
    form: Form,
    error: Option<String>,
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Path(lead): Path<String>,
    query: Form,
) -> Result<Response, Trouble> {
    let lead = paths::named("lead", &lead)?;
    let found = history::lead(console.app(), &session.caller, lead).await?;
    let owner = found.lead.owner.map(|owner| owner.to_string()).unwrap_or_default();
    let form = Form::of([("owner", owner)]);
    page(&console, &session, lead, form, None, Some(query.text("done"))).await
}

async fn page(
    console: &Console,
    session: &Session,
    lead: LeadId,
    form: Form,
    refusal: Option<Trouble>,
    done: Option<&str>,
) -> Result<Response, Trouble> {
    let (app, caller) = (console.app(), &session.caller);
    let OwnedLead { lead: view, owner_name } = history::lead(app, caller, lead).await?;
    let wanted = ConversationsWanted { lead: Some(lead), ..ConversationsWanted::default() };
    let first = Page { limit: LIMIT_DEFAULT, cursor: None };
    let conversations = history::conversations(app, caller, &wanted, &first).await?;
    let called = view.name.as_deref().unwrap_or(&view.email);
    let frame = Frame::new(console, Some(session), Section::Leads, called).after(done);
    let reps = match frame.is_admin() {
        true => choices::reps(app, caller).await?,
        false => Choices::none(),
    };
    let (status, error) = match &refusal {
        Some(trouble) => (trouble.status(), Some(trouble.detail().to_owned())),
        None if form.has_errors() => (StatusCode::BAD_REQUEST, None),
        None => (StatusCode::OK, None),
    };
    let page = LeadPage {
        frame,
        owner_name,
        attributes: view
            .attributes
            .iter()
            .map(|(name, value)| (name.clone(), text(value)))
            .collect(),
        suppressed: suppressed(console, session, &view.email).await?,
        conversations: conversations.items.into_iter().map(Line::of).collect(),
        has_more: conversations.next_cursor.is_some(),
        lead: view,
        reps,
        form,
        error,
    };
    Ok((status, rendered(&page)).into_response())
}

/// Why the address is never written to, if it is not.
pub(super) async fn suppressed(
    console: &Console,
    session: &Session,
    email: &str,
) -> Result<Option<&'static str>, Trouble> {
    let Ok(email) = Email::parse(email) else { return Ok(None) };
    let wanted = SuppressionsWanted { email: Some(email.key()) };
    let one = Page { limit: 1, cursor: None };
    let found = suppressions::list(console.app(), &session.caller, &wanted, &one).await?;
    Ok(found.items.first().map(|found| match found.reason {
        SuppressionReason::Unsubscribe => t("leads-suppressed-unsubscribe"),
        SuppressionReason::HardBounce => t("leads-suppressed-bounce"),
        SuppressionReason::Complaint => t("leads-suppressed-complaint"),
        SuppressionReason::Manual => t("leads-suppressed-manual"),
    }))
}

fn text(value: &Attribute) -> String {
    match value {
        Attribute::Bool(true) => t("common-yes").to_owned(),
        Attribute::Bool(false) => t("common-no").to_owned(),
        Attribute::Integer(number) => number.to_string(),
        Attribute::Number(number) => number.to_string(),
        Attribute::Text(text) => text.clone(),
    }
}

impl LeadPage {
    fn called(&self) -> &str {
        self.lead.name.as_deref().unwrap_or(&self.lead.email)
    }

    fn owner_source(&self) -> &'static str {
        owner_source(&self.lead)
    }
}

/// How the owner became the owner.
pub(super) fn owner_source(lead: &LeadView) -> &'static str {
    match lead.owner_source {
        Some(OwnerSource::PreAssigned) => t("leads-owner-named"),
        Some(OwnerSource::Routed) => t("leads-owner-received"),
        None => "",
    }
}

async fn change_owner(
    State(console): State<Console>,
    Who(session): Who,
    Path(lead): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let lead = paths::named("lead", &lead)?;
    let owner = form.rep(&console, &session, "owner").await?;
    if form.has_errors() {
        return page(&console, &session, lead, form, None, None).await;
    }
    let patch = LeadPatch { owner: Some(owner.map(OwnerRef::Id)), ..LeadPatch::default() };
    match leads::change(console.app(), &session.caller, lead, patch).await {
        Ok(_) => Ok(done(&format!("/leads/{lead}"), "saved")),
        Err(error) => page(&console, &session, lead, form, Some(error.into()), None).await,
    }
}

async fn erase(
    State(console): State<Console>,
    Who(session): Who,
    Path(lead): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let lead = paths::named("lead", &lead)?;
    if !form.is_ticked("sure") {
        form.say("sure", t("leads-erase-unsure"));
        return page(&console, &session, lead, form, None, None).await;
    }
    leads::erase(console.app(), &session.caller, lead).await?;
    Ok(done("/leads", "erased"))
}
