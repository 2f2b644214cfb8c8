//! What goes wrong, as pages that say what to do about it.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rondo_core::Refusal;
use rondo_core::ids::{CampaignId, GroupId, RepId};
use rondo_core::refusal::Blocker;
use rondo_core::time::{Instant, Period};
use rondo_store::StoreError;

use super::Console;
use super::frame::{Frame, Section, rendered};
use super::words;
use crate::app::AppError;
use crate::app::people::Session;
use crate::engine::EngineError;

/// Something that was asked for and is not done, or not shown.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    status: StatusCode,
    title: &'static str,
    /// A sentence for people.
    detail: String,
    guard: Option<Guard>,
}

/// O3: it would take the last available rep away.
#[derive(Debug, Clone)]
struct Guard {
    rep: RepId,
    blockers: Vec<Blocker>,
    latest_until: Option<Instant>,
}

impl Trouble {
    fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, title, detail: words::sentence(&detail.into()), guard: None }
    }

    /// What was sent cannot be used.
    pub(super) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "That can’t be used", detail)
    }

    /// There is nothing there.
    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is nothing here", detail)
    }

    /// It is there, and not for them.
    pub(super) fn not_yours() -> Self {
        let detail = "Your role does not reach this page. An admin of your team can open it.";
        Self::new(StatusCode::FORBIDDEN, "This is not yours to see", detail)
    }

    /// Too many attempts.
    pub(super) fn slow_down(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many attempts", detail)
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
            AppError::NotFound { .. } => Self::not_found(error.to_string()),
            AppError::Forbidden(_) => Self::not_yours(),
            AppError::Unreadable(_) | AppError::InvalidCursor | AppError::Invalid { .. } => {
                Self::invalid(error.to_string())
            }
        }
    }
}

impl From<EngineError> for Trouble {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Refused(refusal) => refusal.into(),
            EngineError::Store(error) => error.as_ref().into(),
            EngineError::NoSuchTeam => Self::not_found("there is no such team"),
            EngineError::KeyReused => Self::invalid(error.to_string()),
            EngineError::TeamBusy { .. }
            | EngineError::Busy { .. }
            | EngineError::Unready
            | EngineError::Stopping => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "Not just now", error.to_string())
            }
        }
    }
}

impl From<&StoreError> for Trouble {
    fn from(error: &StoreError) -> Self {
        if error.is_passing() {
            let detail =
                "The database can’t be used just now. Nothing is lost: try again in a moment.";
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "Not just now", detail);
        }
        tracing::error!(cause = %error, "A page could not be made.");
        let detail =
            "Something is wrong with the server. Whoever runs it finds the cause in its log.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "That did not work", detail)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        (&error).into()
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        match refusal {
            Refusal::NotFound { .. } => Self::not_found(detail),
            Refusal::Invalid { problem, .. } => Self::invalid(problem),
            Refusal::LastAvailableRep { rep, blockers, latest_until } => {
                let title = "Somebody has to be there";
                let detail =
                    "Without this rep, nobody would be available for leads that are on their way.";
                let trouble = Self::new(StatusCode::CONFLICT, title, detail);
                Self { guard: Some(Guard { rep, blockers, latest_until }), ..trouble }
            }
            _ => Self::new(StatusCode::CONFLICT, "That was not done", detail),
        }
    }
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage {
    frame: Frame,
    title: &'static str,
    detail: String,
    ways: Option<Ways>,
}

/// The ways out of a guard's refusal.
struct Ways {
    rep: RepId,
    blockers: Vec<BlockerLine>,
    /// The latest return that would be accepted, as people read it and as the form sends it.
    latest: Option<(String, String)>,
}

struct BlockerLine {
    campaign: CampaignId,
    campaign_name: String,
    group: GroupId,
    group_name: String,
    gaps: Vec<String>,
}

impl Ways {
    fn of(frame: &Frame, guard: Guard) -> Self {
        let gap = |gap: &Period| match gap.until {
            Some(until) => format!("{} until {}", frame.when(&gap.from), frame.when(&until)),
            None => format!("from {} on", frame.when(&gap.from)),
        };
        let line = |blocker: Blocker| BlockerLine {
            campaign: blocker.campaign,
            campaign_name: blocker.campaign_name,
            group: blocker.group,
            group_name: blocker.group_name,
            gaps: blocker.gaps.iter().map(gap).collect(),
        };
        Self {
            rep: guard.rep,
            blockers: guard.blockers.into_iter().map(line).collect(),
            latest: guard.latest_until.map(|at| (frame.when(&at), at.to_string())),
        }
    }
}

/// The page that says so.
pub(super) fn page(console: &Console, session: Option<&Session>, trouble: Trouble) -> Response {
    let frame = Frame::new(console, session, Section::None, trouble.title);
    let ways = trouble.guard.map(|guard| Ways::of(&frame, guard));
    let page = TroublePage { frame, title: trouble.title, detail: trouble.detail, ways };
    (trouble.status, rendered(&page)).into_response()
}
