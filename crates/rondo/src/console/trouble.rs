//! What goes wrong, as pages that say what to do about it.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rondo_core::ids::{CampaignId, GroupId};
use rondo_store::StoreError;

use self::guard::Guard;
use super::Console;
use super::frame::{Frame, Section, rendered};
use super::words;
use crate::app::people::Session;
use crate::app::{AppError, coverage};
use crate::engine::EngineError;
use crate::{say, t};

mod guard;
mod refusal;

/// Something that was asked for and is not done, or not shown.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    status: StatusCode,
    title: &'static str,
    /// A sentence for people.
    detail: String,
    guard: Option<Box<Guard>>,
    /// Where to go from here.
    ways: Vec<Way>,
}

/// A way out, as a button.
#[derive(Debug, Clone)]
struct Way {
    name: String,
    path: String,
    /// A group that somebody is to be added to.
    joins: Option<GroupId>,
}

impl Trouble {
    fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, title, detail: detail.into(), guard: None, ways: Vec::new() }
    }

    /// What was sent cannot be used. What the rules say of it to programs becomes a sentence.
    pub(super) fn invalid(detail: impl Into<String>) -> Self {
        let detail = words::sentence(&detail.into());
        Self::new(StatusCode::BAD_REQUEST, t("trouble-title-invalid"), detail)
    }

    /// There is nothing there.
    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, t("trouble-title-not-found"), detail)
    }

    /// It is there, and not for them.
    pub(super) fn not_yours() -> Self {
        let detail = t("trouble-not-yours");
        Self::new(StatusCode::FORBIDDEN, t("trouble-title-not-yours"), detail)
    }

    /// A form was sent from another site, or by a browser that does not say from where.
    pub(super) fn from_elsewhere() -> Self {
        let detail = t("trouble-elsewhere");
        Self::new(StatusCode::FORBIDDEN, t("trouble-title-elsewhere"), detail)
    }

    /// Somebody else was first. Takes how it stands now.
    pub(super) fn outdated(now: &str) -> Self {
        let detail = say("trouble-outdated").arg("now", now).plain();
        Self::new(StatusCode::CONFLICT, t("trouble-title-outdated"), detail)
    }

    /// Another message came in before what was said of the last one.
    pub(super) fn answered_unread() -> Self {
        let detail = t("trouble-new-message");
        Self::new(StatusCode::CONFLICT, t("trouble-title-new-message"), detail)
    }

    /// Too many attempts.
    pub(super) fn slow_down(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, t("trouble-title-slow-down"), detail)
    }

    /// It works at another time.
    fn later(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, t("trouble-title-later"), detail)
    }

    /// The same for somebody who is to leave for good: other dates would not help.
    pub(super) fn of_leaving(mut self) -> Self {
        self.guard.iter_mut().for_each(|guard| guard.is_about_dates = false);
        self
    }

    /// The same for an absence: with the form that was sent, to be sent again, with another end or once somebody is there.
    pub(super) fn asked_by(mut self, path: String, fields: Vec<(String, String)>) -> Self {
        self.guard.iter_mut().for_each(|guard| guard.ask(&path, &fields));
        self
    }

    fn with_ways(mut self, ways: impl IntoIterator<Item = Way>) -> Self {
        self.ways.extend(ways);
        self
    }

    /// With what the team knows of it by now: who else is away, and who could join a group.
    pub(super) async fn informed(mut self, console: &Console, session: &Session) -> Self {
        let (app, caller) = (console.app(), &session.caller);
        if let Some(guard) = &mut self.guard {
            guard.look(console, session).await;
        }
        for way in &mut self.ways {
            if let Some(group) = way.joins
                && matches!(coverage::is_help_in_team(app, caller, group).await, Ok(false))
            {
                *way = Way::to_add_to_team();
            }
        }
        let mut known = Vec::new();
        self.ways.retain(|way| {
            let is_new = !known.contains(&way.path);
            known.push(way.path.clone());
            is_new
        });
        self
    }

    /// What went wrong, for a form that shows it at its top.
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// With which status a form answers that shows it.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }
}

impl IntoResponse for Trouble {
    /// Says it to the guard of the route, which knows whom to show it to.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<AppError> for Trouble {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Engine(error) => error.into(),
            AppError::Store(error) => (&error).into(),
            AppError::NotFound { kind, .. } => Self::not_found(nothing(kind)),
            AppError::Forbidden(_) => Self::not_yours(),
            AppError::Unreadable(_) => Self::invalid(t("trouble-message-unreadable")),
            AppError::InvalidCursor => Self::invalid(t("trouble-list-ended")),
            AppError::Invalid { .. } | AppError::Templates(_) => Self::invalid(error.to_string()),
        }
    }
}

impl From<EngineError> for Trouble {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Refused(refusal) => refusal.into(),
            EngineError::Store(error) => error.as_ref().into(),
            EngineError::NoSuchTeam => Self::not_found(t("trouble-no-team")),
            EngineError::KeyReused => Self::invalid(t("trouble-sent-before")),
            EngineError::TeamBusy { retry_after_seconds: seconds } => {
                Self::later(say("trouble-team-busy").n("seconds", seconds).plain())
            }
            EngineError::Busy { retry_after_seconds: seconds } => {
                Self::later(say("trouble-busy").n("seconds", seconds).plain())
            }
            EngineError::Unready => Self::later(t("trouble-unready")),
            EngineError::Stopping => Self::later(t("trouble-stopping")),
        }
    }
}

impl From<&StoreError> for Trouble {
    fn from(error: &StoreError) -> Self {
        if error.is_passing() {
            let detail = t("trouble-database");
            return Self::later(detail);
        }
        tracing::error!(cause = %error, "A page could not be made.");
        let detail = t("trouble-server");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, t("trouble-title-broken"), detail)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        (&error).into()
    }
}

/// That there is nothing of a kind, which is named in the domain's word.
pub(super) fn nothing(kind: &str) -> &'static str {
    match kind {
        "absence" => t("trouble-no-absence"),
        kind if kind.starts_with("assignment") => t("trouble-no-assignment"),
        "campaign" => t("trouble-no-campaign"),
        "conversation" => t("trouble-no-conversation"),
        "delivery" => t("trouble-no-delivery"),
        "group" => t("trouble-no-group"),
        "key" => t("trouble-no-key"),
        "lead" => t("trouble-no-lead"),
        "mailbox" => t("trouble-no-mailbox"),
        "member" => t("trouble-no-member"),
        "message" => t("trouble-no-message"),
        "rep" => t("trouble-no-rep"),
        "session" => t("trouble-no-session"),
        "suppression" => t("trouble-no-suppression"),
        "user" => t("trouble-no-user"),
        "webhook" => t("trouble-no-webhook"),
        _ => t("trouble-nothing"),
    }
}

impl Way {
    fn new(name: impl Into<String>, path: String) -> Self {
        Self { name: name.into(), path, joins: None }
    }

    fn to_add(group: GroupId, name: &str) -> Self {
        let to_add = say("trouble-add-rep").arg("group", name).plain();
        Self { joins: Some(group), ..Self::new(to_add, format!("/groups/{group}#add")) }
    }

    /// Where every rep of the team is in the group already.
    fn to_add_to_team() -> Self {
        Self::new(t("common-add-rep"), "/reps/new".to_owned())
    }

    fn to_end(campaign: CampaignId, name: &str) -> Self {
        let to_end = say("trouble-end").arg("campaign", name).plain();
        Self::new(to_end, format!("/campaigns/{campaign}"))
    }
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage {
    frame: Frame,
    title: &'static str,
    detail: String,
    guard: Option<guard::Ways>,
    ways: Vec<Way>,
}

/// The page that says so.
pub(super) fn page(console: &Console, session: Option<&Session>, trouble: Trouble) -> Response {
    let frame = Frame::new(console, session, Section::None, trouble.title);
    let Trouble { status, title, detail, guard, ways } = trouble;
    let detail = guard.as_ref().and_then(|guard| guard.detail(&frame)).unwrap_or(detail);
    let guard = guard.map(|guard| guard::Ways::of(&frame, *guard));
    (status, rendered(&TroublePage { frame, title, detail, guard, ways })).into_response()
}
