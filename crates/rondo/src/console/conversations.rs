//! Conversations: the list of them, each as a thread, and what a person does about one.

mod actions;
mod letters;
mod thread;
pub(super) mod words;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use rondo_core::ids::CampaignId;
use rondo_core::text::Email;

use super::Console;
use super::form::{self, Form};
use super::frame::{Frame, Section, rendered};
use super::paths;
use super::routes::{Reach, Routes, Who};
use super::trouble::Trouble;
use crate::app::choices::{self, Choices};
use crate::app::conversations::{ConversationView, ConversationsWanted};
use crate::app::history::{self, Named, Person};
use crate::app::leads::LeadsWanted;
use crate::app::page::{Listed, Page};
use crate::app::people::Session;
use crate::t;

pub(super) fn add(routes: Routes) -> Routes {
    let routes = routes.get(Reach::Team, "/conversations", conversations).get(
        Reach::Everyone,
        "/conversations/{conversation}",
        thread::thread,
    );
    actions::add(routes)
}

#[derive(Template)]
#[template(path = "conversations.html")]
struct ConversationsPage {
    frame: Frame,
    query: Form,
    campaigns: Choices<CampaignId>,
    lines: Vec<Line>,
    /// Whether the list is narrowed.
    is_narrowed: bool,
    is_first_page: bool,
    next: Option<String>,
    newest: String,
}

/// A conversation in a list.
pub(super) struct Line {
    pub(super) view: ConversationView,
    pub(super) campaign_name: String,
    /// The lead's name, or else their address.
    pub(super) called: String,
    /// The address, beside a name.
    pub(super) email: Option<String>,
    pub(super) status: (&'static str, &'static str),
    pub(super) reason: Option<&'static str>,
}

impl Line {
    pub(super) fn of(named: Named<ConversationView>) -> Self {
        let (view, person) = (named.item, named.person);
        let called = person.as_ref().map_or(t("common-erased-lead"), Person::called).to_owned();
        Self {
            status: words::status(&view),
            reason: view.review_reason.map(crate::console::words::reason_tag),
            campaign_name: named.campaign_name,
            email: person.map(|person| person.email).filter(|email| *email != called),
            called,
            view,
        }
    }
}

async fn conversations(
    State(console): State<Console>,
    Who(session): Who,
    mut query: Form,
) -> Result<Response, Trouble> {
    let frame =
        Frame::new(&console, Some(&session), Section::Conversations, t("conversations-title"));
    let page = paths::page(&query);
    let listed = listed(&console, &session, &mut query, &page).await?;
    let fields = ["status", "campaign", "email"].map(|name| (name, query.text(name)));
    let next = listed
        .next_cursor
        .as_deref()
        .map(|next| paths::with("/conversations", fields.into_iter().chain([("cursor", next)])));
    let page = ConversationsPage {
        frame,
        campaigns: choices::campaigns(console.app(), &session.caller).await?,
        is_narrowed: fields.iter().any(|(_, value)| !value.is_empty()),
        is_first_page: page.cursor.is_none(),
        newest: paths::with("/conversations", fields),
        lines: listed.items.into_iter().map(Line::of).collect(),
        next,
        query,
    };
    Ok(rendered(&page))
}

/// What the query asks for; nothing where it can't be read, or nobody has the address.
async fn listed(
    console: &Console,
    session: &Session,
    query: &mut Form,
    page: &Page,
) -> Result<Listed<Named<ConversationView>>, Trouble> {
    let (app, caller) = (console.app(), &session.caller);
    let status = query.optional("status", |word| {
        let found = words::STATUSES.iter().find(|(known, _, _)| *known == word);
        found.map(|(_, status, _)| *status).ok_or_else(|| t("words-none-offered").to_owned())
    });
    let campaign = query.optional("campaign", form::known::<CampaignId>);
    let email = query.optional("email", form::email);
    let nothing = Listed { items: Vec::new(), next_cursor: None };
    if query.has_errors() {
        return Ok(nothing);
    }
    let lead = match email.as_ref().map(Email::key) {
        Some(email) => {
            let wanted = LeadsWanted { email: Some(email), ..LeadsWanted::default() };
            let one = Page { limit: 1, cursor: None };
            let found = history::leads(app, caller, &wanted, &one).await?;
            match found.items.first() {
                Some(owned) => Some(owned.lead.id),
                None => return Ok(nothing),
            }
        }
        None => None,
    };
    let wanted = ConversationsWanted { status, campaign, lead };
    Ok(history::conversations(app, caller, &wanted, page).await?)
}
