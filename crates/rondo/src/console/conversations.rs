//! Conversations: the list of them, each as a thread, and what a person does about one.

mod actions;
mod letters;
mod thread;
pub(super) mod words;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use rondo_core::ids::{CampaignId, RepId};
use rondo_core::text::Email;

use super::Console;
use super::form::{self, Form};
use super::frame::{Frame, Section, rendered};
use super::paths;
use super::routes::{Reach, Routes, Who};
use super::trouble::Trouble;
use crate::app::choices::{self, Choices};
use crate::app::conversations::{ConversationView, ConversationsWanted};
use crate::app::history::finding::{self, Found, Sought};
use crate::app::history::{self, Named, Person};
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
    reps: Choices<RepId>,
    campaigns: Choices<CampaignId>,
    lines: Vec<Line>,
    /// Whether the list is narrowed.
    is_narrowed: bool,
    is_first_page: bool,
    /// Whether older conversations were not looked at yet.
    is_stopped: bool,
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
    /// Whether it has begun, see [`words::is_begun`].
    pub(super) is_begun: bool,
    pub(super) reason: Option<&'static str>,
}

impl Line {
    pub(super) fn of(named: Named<ConversationView>) -> Self {
        let (view, person) = (named.item, named.person);
        let called = person.as_ref().map_or(t("common-erased-lead"), Person::called).to_owned();
        Self {
            status: words::status(&view),
            is_begun: words::is_begun(&view),
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
    query.was_called("email", "find");
    let page = paths::page(&query);
    let Found { listed, is_stopped } = found(&console, &session, &mut query, &page).await?;
    let fields = ["status", "campaign", "rep", "find"].map(|name| (name, query.text(name)));
    let next = listed
        .next_cursor
        .as_deref()
        .map(|next| paths::with("/conversations", fields.into_iter().chain([("cursor", next)])));
    let (app, caller) = (console.app(), &session.caller);
    let page = ConversationsPage {
        frame,
        reps: choices::reps(app, caller).await?,
        campaigns: choices::campaigns(app, caller).await?,
        is_narrowed: fields.iter().any(|(_, value)| !value.is_empty()),
        is_first_page: page.cursor.is_none(),
        is_stopped,
        newest: paths::with("/conversations", fields),
        lines: listed.items.into_iter().map(Line::of).collect(),
        next,
        query,
    };
    Ok(rendered(&page))
}

/// What the query asks for; nothing where it can't be read.
async fn found(
    console: &Console,
    session: &Session,
    query: &mut Form,
    page: &Page,
) -> Result<Found<Named<ConversationView>>, Trouble> {
    let (app, caller) = (console.app(), &session.caller);
    let status = query.optional("status", |word| {
        let found = words::STATUSES.iter().find(|known| known.word == word);
        found.ok_or_else(|| t("words-none-offered").to_owned())
    });
    let campaign = query.optional("campaign", form::known::<CampaignId>);
    let rep = query.rep_ever(console, session, "rep").await?;
    if query.has_errors() {
        let listed = Listed { items: Vec::new(), next_cursor: None };
        return Ok(Found { listed, is_stopped: false });
    }
    let mut wanted = ConversationsWanted { campaign, ..ConversationsWanted::default() };
    if let Some(status) = status {
        wanted.status = Some(status.status);
        wanted.is_begun = status.is_begun;
        wanted.is_waiting = status.is_waiting;
    }
    if let Ok(address) = Email::parse(query.text("find")) {
        wanted.lead = finding::by_address(app, caller, &address).await?;
    }
    let sought = Sought::parse(query.text("find")).filter(|_| wanted.lead.is_none());
    if let Some(rep) = rep {
        let sought = sought.as_ref();
        return Ok(finding::conversations_of(app, caller, rep, &wanted, sought, page).await?);
    }
    match sought {
        Some(sought) => Ok(finding::conversations(app, caller, &wanted, &sought, page).await?),
        None => {
            let listed = history::conversations(app, caller, &wanted, page).await?;
            Ok(Found { listed, is_stopped: false })
        }
    }
}
