//! Campaigns: the list, the steps to a launch, and a campaign's own page.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use rondo_core::event::{Rotation, WhenOwnerIsOut};
use rondo_core::ids::CampaignId;
use rondo_core::team::Status;
use rondo_core::time::Period;
use serde::Deserialize;

use super::form::{self, Form};
use super::frame::{Frame, Section, rendered};
use super::paths::Query;
use super::routes::{Reach, Routes, Who};
use super::trouble::Trouble;
use super::{Console, words};
use crate::app::campaigns::figures::{self, Figures};
use crate::app::campaigns::{self, CampaignView, NewCampaign};
use crate::app::coverage;
use crate::app::days::Days;
use crate::app::page::{Listed, Page};
use crate::app::people::Session;
use crate::{say, t};

mod actions;
mod cautions;
mod launch;
mod leads;
mod messages;
mod overview;
mod routing;
mod steps;
mod upload;
mod uploads;

use cautions::{Caution, cautions};
use steps::{Step, StepLine, StepState};
pub(super) use uploads::Uploads;

/// Campaigns on a page of the list.
const SHOWN: u32 = 25;

pub(super) fn add(routes: Routes) -> Routes {
    let routes = routes
        .get(Reach::Team, "/campaigns", list)
        .get(Reach::Admin, "/campaigns/new", new_page)
        .post(Reach::Admin, "/campaigns/new", draft);
    let routes = overview::add(routes);
    let routes = leads::add(routes);
    let routes = upload::add(routes);
    let routes = messages::add(routes);
    let routes = routing::add(routes);
    let routes = launch::add(routes);
    actions::add(routes)
}

/// What is asked of a page, beside its path.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    status: Option<String>,
    cursor: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "campaigns/list.html")]
struct ListPage {
    frame: Frame,
    campaigns: Listed<CampaignView>,
    filters: Vec<Filter>,
    status: Option<Status>,
}

struct Filter {
    path: String,
    name: &'static str,
    is_here: bool,
}

const STATUSES: [(&str, Status); 5] = [
    ("running", Status::Running),
    ("scheduled", Status::Scheduled),
    ("draft", Status::Draft),
    ("paused", Status::Paused),
    ("cancelled", Status::Cancelled),
];

async fn list(
    State(console): State<Console>,
    Who(session): Who,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let wanted = asked.status.as_deref().unwrap_or_default();
    let status = STATUSES.iter().find(|(word, _)| *word == wanted).map(|(_, status)| *status);
    let page = Page { limit: SHOWN, cursor: asked.cursor };
    let campaigns = figures::newest(console.app(), &session.caller, status, &page).await?;
    let all = Filter {
        path: "/campaigns".to_owned(),
        name: t("campaigns-all"),
        is_here: status.is_none(),
    };
    let filter = |(word, of): &(&str, Status)| Filter {
        path: format!("/campaigns?status={word}"),
        name: words::status(*of),
        is_here: status == Some(*of),
    };
    let filters = std::iter::once(all).chain(STATUSES.iter().map(filter)).collect();
    let frame = frame(&console, &session, t("campaigns-title")).after(asked.done.as_deref());
    Ok(rendered(&ListPage { frame, campaigns, filters, status }))
}

impl ListPage {
    fn status_name(&self, status: &Status) -> &'static str {
        words::status(*status)
    }

    fn none_of(&self, status: &Status) -> &'static str {
        match status {
            Status::Draft => t("campaigns-none-draft"),
            Status::Scheduled => t("campaigns-none-scheduled"),
            Status::Running => t("campaigns-none-running"),
            Status::Paused => t("campaigns-none-paused"),
            Status::Cancelled => t("campaigns-none-cancelled"),
        }
    }

    fn tag(&self, campaign: &CampaignView) -> &'static str {
        words::status_tag(campaign.status)
    }

    /// What deserves a look, in a few words.
    fn caution(&self, campaign: &CampaignView) -> Option<&'static str> {
        if campaign.status == Status::Cancelled {
            return None;
        }
        match campaign.warnings.first()?.code {
            "nobody-available" => Some(t("campaigns-nobody-now")),
            "future-gap" => Some(t("campaigns-nobody-ahead")),
            _ => Some(t("campaigns-worth-a-look")),
        }
    }

    fn next(&self, cursor: &str) -> String {
        let here = self.filters.iter().find(|filter| filter.is_here);
        let path = here.map_or("/campaigns", |filter| &filter.path);
        let join = if path.contains('?') { '&' } else { '?' };
        format!("{path}{join}cursor={cursor}")
    }
}

#[derive(Template)]
#[template(path = "campaigns/new.html")]
struct NewPage {
    frame: Frame,
    form: Form,
}

async fn new_page(State(console): State<Console>, Who(session): Who) -> Response {
    let frame = frame(&console, &session, t("campaigns-new"));
    rendered(&NewPage { frame, form: Form::default() })
}

async fn draft(
    State(console): State<Console>,
    Who(session): Who,
    mut form: Form,
) -> Result<Response, Trouble> {
    let Some(name) = form.required("name", form::name) else {
        let frame = frame(&console, &session, t("campaigns-new"));
        return Ok((StatusCode::BAD_REQUEST, rendered(&NewPage { frame, form })).into_response());
    };
    let new = NewCampaign { name, group: None, rotation: None, when_owner_is_out: None };
    let campaign = campaigns::add(console.app(), &session.caller, new, form.once(&session)).await?;
    Ok(Redirect::to(&steps::path(campaign.id, Step::Leads)).into_response())
}

fn frame(console: &Console, session: &Session, title: impl Into<String>) -> Frame {
    Frame::new(console, Some(session), Section::Campaigns, title)
}

/// The campaign that a path names.
fn named(id: &str) -> Result<CampaignId, Trouble> {
    id.parse().map_err(|_| Trouble::not_found(say("campaigns-missing").arg("id", id).plain()))
}

/// What the pages of one campaign share.
struct Desk {
    campaign: CampaignView,
    figures: Figures,
    steps: Vec<StepLine>,
    /// Whether another campaign is called so too.
    has_namesake: bool,
    cautions: Vec<Caution>,
}

impl Desk {
    async fn of(
        console: &Console,
        session: &Session,
        id: &str,
        here: Option<Step>,
    ) -> Result<(Self, Frame), Trouble> {
        let (app, caller, id) = (console.app(), &session.caller, named(id)?);
        let campaign = campaigns::show(app, caller, id).await?;
        let figures = figures::figures(app, caller, id).await?;
        let title = match here {
            None => campaign.name.clone(),
            Some(step) => steps::title(step, campaign.name.as_str()),
        };
        let frame = frame(console, session, title);
        let warnings = figures::cautions(app, caller, id).await?;
        let is_nobody_there = warnings.iter().any(|warning| warning.code == "nobody-available");
        let routing = match figures::is_routing_chosen(app, caller, id).await? {
            _ if is_nobody_there => StepState::ToDo,
            true => StepState::Done,
            false => StepState::Fine,
        };
        let steps = steps::steps(&frame, &campaign, &figures, here, routing);
        let gaps = warnings.iter().flat_map(|warning| &warning.gaps);
        let gaps: Vec<Period> = gaps.map(|gap| Period::from(*gap)).collect();
        let days = match gaps.is_empty() {
            true => Days::default(),
            false => coverage::days(app, caller, campaign.group, &gaps).await?,
        };
        let cautions = cautions(&frame, &days, &warnings);
        let has_namesake = campaigns::has_namesake(app, caller, id).await?;
        Ok((Self { campaign, figures, steps, has_namesake, cautions }, frame))
    }

    /// Where the campaign is.
    fn path(&self) -> String {
        format!("/campaigns/{}", self.campaign.id)
    }

    /// Whether its group and rotation can still be chosen.
    fn is_before_start(&self) -> bool {
        matches!(self.campaign.status, Status::Draft | Status::Scheduled)
    }

    /// How many leads it has.
    fn leads(&self) -> String {
        thousands(&self.figures.leads)
    }

    fn is(&self, status: &str) -> bool {
        STATUSES.iter().any(|(word, of)| *word == status && *of == self.campaign.status)
    }

    fn status(&self) -> &'static str {
        words::status(self.campaign.status)
    }

    fn tag(&self) -> &'static str {
        words::status_tag(self.campaign.status)
    }

    fn rotation(&self) -> &'static str {
        match self.campaign.rotation {
            Rotation::Campaign => t("campaigns-rotation-own"),
            Rotation::Group => t("campaigns-rotation-shared"),
        }
    }

    /// What becomes of a lead whose owner is away.
    fn absent_owner(&self) -> &'static str {
        match self.campaign.when_owner_is_out {
            WhenOwnerIsOut::Owner => t("campaigns-owner-away-gets-it"),
            WhenOwnerIsOut::RoundRobin => t("campaigns-owner-away-next"),
        }
    }

    /// Where to go on after a step: the next one, or the campaign's page once it has started.
    fn after(&self, next: Step) -> String {
        if self.is_before_start() { steps::path(self.campaign.id, next) } else { self.path() }
    }
}

/// A number with its thousands apart.
fn thousands(number: &u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn bad(status: StatusCode, page: &impl Template) -> Response {
    (status, rendered(page)).into_response()
}
