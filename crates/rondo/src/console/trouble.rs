//! What goes wrong, as pages that say what to do about it.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use rondo_core::ids::{CampaignId, GroupId, RepId};
use rondo_core::refusal::Blocker;
use rondo_core::time::Instant;
use rondo_store::StoreError;

use super::Console;
use super::frame::{Frame, Section, rendered};
use super::words;
use crate::app::AppError;
use crate::app::people::Session;
use crate::engine::EngineError;
use crate::{say, t};

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
}

/// O3: it would take the last available rep away.
#[derive(Debug, Clone)]
struct Guard {
    rep: RepId,
    blockers: Vec<Blocker>,
    latest_until: Option<Instant>,
    /// What was asked, but for its end, with where: it can be sent again with another end.
    asked: Option<(String, Vec<(String, String)>)>,
    /// Whether other dates would help.
    is_about_dates: bool,
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

    /// The same for an absence that could end earlier: with the form that was sent, to be sent again with another end.
    pub(super) fn or_until(mut self, path: String, fields: Vec<(String, String)>) -> Self {
        self.guard.iter_mut().for_each(|guard| guard.asked = Some((path.clone(), fields.clone())));
        self
    }

    fn with_ways(mut self, ways: impl IntoIterator<Item = Way>) -> Self {
        self.ways.extend(ways);
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
            AppError::Invalid { .. } => Self::invalid(error.to_string()),
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
    fn to_add(group: GroupId, name: &str) -> Self {
        let to_add = say("trouble-add-rep").arg("group", name);
        Self { name: to_add.plain(), path: format!("/groups/{group}#add") }
    }

    fn to_end(campaign: CampaignId, name: &str) -> Self {
        let to_end = say("trouble-end").arg("campaign", name);
        Self { name: to_end.plain(), path: format!("/campaigns/{campaign}") }
    }
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage {
    frame: Frame,
    title: &'static str,
    detail: String,
    guard: Option<Ways>,
    ways: Vec<Way>,
}

/// The ways out of a guard's refusal.
struct Ways {
    rep: RepId,
    blockers: Vec<BlockerLine>,
    /// The latest return that would be accepted.
    earlier: Option<Earlier>,
    is_about_dates: bool,
    /// For admins: the groups that need a rep, and the campaigns that need somebody there.
    others: Vec<Way>,
}

/// What was asked, with the latest end that would be accepted.
struct Earlier {
    path: String,
    fields: Vec<(String, String)>,
    /// What it comes to, on its button.
    name: String,
}

impl Earlier {
    fn of(
        frame: &Frame,
        latest: Instant,
        (path, mut fields): (String, Vec<(String, String)>),
    ) -> Self {
        let from = fields.iter().find(|(name, _)| name == "from").map(|(_, from)| from);
        let from = from.and_then(|from| from.parse().ok());
        let from = from.map(|from: Date| from.strftime("%a %-d %b %Y").to_string());
        let until = frame.when(&latest);
        let name = match from {
            Some(from) => {
                say("trouble-away-from-until").arg("from", from).arg("until", until).plain()
            }
            None => say("trouble-away-until").arg("until", until).plain(),
        };
        fields.push(("until_at".to_owned(), latest.to_string()));
        Self { path, fields, name }
    }
}

struct BlockerLine {
    campaign: CampaignId,
    campaign_name: String,
    group: GroupId,
    group_name: String,
    gaps: String,
}

impl Ways {
    fn of(frame: &Frame, guard: Guard) -> Self {
        let gaps = |blocker: &Blocker| -> Vec<String> {
            blocker.gaps.iter().map(|gap| frame.period(gap)).collect()
        };
        let line = |blocker: Blocker| BlockerLine {
            gaps: gaps(&blocker).join(", "),
            campaign: blocker.campaign,
            campaign_name: blocker.campaign_name,
            group: blocker.group,
            group_name: blocker.group_name,
        };
        let mut others: Vec<Way> = Vec::new();
        let groups = guard.blockers.iter().map(|one| Way::to_add(one.group, &one.group_name));
        let ends = guard.blockers.iter().map(|one| Way::to_end(one.campaign, &one.campaign_name));
        for way in groups.chain(ends) {
            if !others.iter().any(|other| other.path == way.path) {
                others.push(way);
            }
        }
        Self {
            rep: guard.rep,
            is_about_dates: guard.is_about_dates,
            others,
            blockers: guard.blockers.into_iter().map(line).collect(),
            earlier: guard
                .latest_until
                .zip(guard.asked)
                .map(|(at, asked)| Earlier::of(frame, at, asked)),
        }
    }
}

/// The page that says so.
pub(super) fn page(console: &Console, session: Option<&Session>, trouble: Trouble) -> Response {
    let frame = Frame::new(console, session, Section::None, trouble.title);
    let Trouble { status, title, detail, guard, ways } = trouble;
    let guard = guard.map(|guard| Ways::of(&frame, *guard));
    (status, rendered(&TroublePage { frame, title, detail, guard, ways })).into_response()
}
