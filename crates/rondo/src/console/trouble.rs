//! What goes wrong, as pages that say what to do about it.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use rondo_core::Refusal;
use rondo_core::ids::{CampaignId, GroupId, RepId};
use rondo_core::refusal::{Blocker, NamedGroup};
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
        Self {
            status,
            title,
            detail: words::sentence(&detail.into()),
            guard: None,
            ways: Vec::new(),
        }
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

    /// A form was sent from another site, or by a browser that does not say from where.
    pub(super) fn from_elsewhere() -> Self {
        let detail = "This form did not come from a page of this console, so nothing was done. Open the page here and send it again.";
        Self::new(StatusCode::FORBIDDEN, "That came from elsewhere", detail)
    }

    /// Somebody else was first. Takes how it stands now.
    pub(super) fn outdated(now: &str) -> Self {
        let detail = format!(
            "Somebody else changed this since you opened it: {now}. What you entered is still here and not saved yet; \
             save once more to replace theirs"
        );
        Self::new(StatusCode::CONFLICT, "Somebody else was first", detail)
    }

    /// Another message came in before what was said of the last one.
    pub(super) fn answered_unread() -> Self {
        let detail = "Another message came in meanwhile. Nothing was done yet: read it, and say then what should happen";
        Self::new(StatusCode::CONFLICT, "There is a new message", detail)
    }

    /// Too many attempts.
    pub(super) fn slow_down(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many attempts", detail)
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
                let is_about_dates = true;
                let guard = Guard { rep, blockers, latest_until, asked: None, is_about_dates };
                Self { guard: Some(Box::new(guard)), ..trouble }
            }
            Refusal::GroupNeedsARep { groups } => {
                let title = "A group needs a rep";
                Self::new(StatusCode::CONFLICT, title, needs_a_rep(&groups)).with_ways(
                    groups.iter().map(|group| Way::to_add(group.group, &group.group_name)),
                )
            }
            Refusal::NobodyAvailable { group, ref group_name, .. } => {
                Self::new(StatusCode::CONFLICT, "Somebody has to be there", detail)
                    .with_ways([Way::to_add(group, group_name), Way::to_see_who_is_away(group)])
            }
            Refusal::NobodyElseAvailable { group, ref group_name } => {
                Self::new(StatusCode::CONFLICT, "Nobody else is there", detail)
                    .with_ways([Way::to_add(group, group_name), Way::to_see_who_is_away(group)])
            }
            Refusal::GroupInUse { ref blockers, .. }
            | Refusal::MailboxInUse { ref blockers, .. } => {
                Self::new(StatusCode::CONFLICT, "It is in use", detail).with_ways(
                    blockers.iter().map(|one| Way::to_end(one.campaign, &one.campaign_name)),
                )
            }
            _ => Self::new(StatusCode::CONFLICT, "That was not done", detail),
        }
    }
}

impl Way {
    fn to_add(group: GroupId, name: &str) -> Self {
        Self { name: format!("Add a rep to {name}"), path: format!("/groups/{group}#add") }
    }

    fn to_see_who_is_away(group: GroupId) -> Self {
        Self { name: "See who is away".to_owned(), path: format!("/groups/{group}#coverage") }
    }

    fn to_end(campaign: CampaignId, name: &str) -> Self {
        Self { name: format!("Cancel or discard {name}"), path: format!("/campaigns/{campaign}") }
    }
}

fn needs_a_rep(groups: &[NamedGroup]) -> String {
    let names: Vec<_> = groups.iter().map(|group| format!("`{}`", group.group_name)).collect();
    match names.as_slice() {
        [] => "a group is saved with at least one rep; choose who is in it".to_owned(),
        [name] => format!("nobody else is in {name}; add another rep first, or delete the group"),
        names => format!(
            "nobody else is in {}; add another rep to each first, or delete the groups",
            names.join(", ")
        ),
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
            Some(from) => format!("Be away from {from} until {until}"),
            None => format!("Be away until {until}"),
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
