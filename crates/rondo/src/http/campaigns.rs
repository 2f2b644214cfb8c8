//! Campaigns over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use rondo_core::Command;
use rondo_core::command::CampaignPatch;
use rondo_core::event::{Rotation, WhenOwnerIsOut};
use rondo_core::ids::{CampaignId, GroupId};

use crate::app::App;
use crate::app::campaigns::{self, CampaignChanges, CampaignView, Launch, NewCampaign, QueueView};
use crate::app::page::{Listed, Page};
use crate::http::input::{At, Input, NoInput, OptionalInput, Query, Who};
use crate::http::json::{self, FromObject, Object};
use crate::http::pages::PageParams;
use crate::http::problem::Problem;
use crate::http::{Answer, Created, Json};

/// Draft a campaign.
#[utoipa::path(post, path = "/v1/campaigns", tag = "Campaigns", request_body = NewCampaign,
    responses((status = 201, body = CampaignView, description = "The draft.")))]
pub(super) async fn add_campaign(
    State(app): State<App>,
    Who(caller): Who,
    input: Input<NewCampaign>,
) -> Result<Created<CampaignView>, Problem> {
    Ok(Created(campaigns::add(&app, &caller, input.body, input.idempotency).await?))
}

/// List the campaigns.
///
/// Oldest first, cancelled ones included.
#[utoipa::path(get, path = "/v1/campaigns", tag = "Campaigns", params(PageParams),
    responses((status = 200, body = Listed<CampaignView>, description = "A page of campaigns.")))]
pub(super) async fn list_campaigns(
    State(app): State<App>,
    Who(caller): Who,
    Query(page): Query<Page>,
) -> Answer<Listed<CampaignView>> {
    Ok(Json(campaigns::list(&app, &caller, &page).await?))
}

/// Show a campaign.
#[utoipa::path(get, path = "/v1/campaigns/{cmp}", tag = "Campaigns",
    responses((status = 200, body = CampaignView, description = "The campaign.")))]
pub(super) async fn get_campaign(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
) -> Answer<CampaignView> {
    Ok(Json(campaigns::show(&app, &caller, campaign).await?))
}

/// Change a campaign.
///
/// The group and the rotation only while it is a draft or scheduled; either comes with a fresh cursor.
#[utoipa::path(patch, path = "/v1/campaigns/{cmp}", tag = "Campaigns", request_body = CampaignChanges,
    responses((status = 200, body = CampaignView, description = "The campaign.")))]
pub(super) async fn change_campaign(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
    input: Input<CampaignPatch>,
) -> Answer<CampaignView> {
    Ok(Json(campaigns::change(&app, &caller, campaign, input.body).await?))
}

/// Delete a draft.
///
/// Outright, with its conversations. Other campaigns are cancelled instead.
#[utoipa::path(delete, path = "/v1/campaigns/{cmp}", tag = "Campaigns",
    responses((status = 204, description = "The draft is gone.")))]
pub(super) async fn remove_campaign(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
) -> Result<StatusCode, Problem> {
    campaigns::remove(&app, &caller, campaign).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Launch or schedule a campaign.
///
/// At once, or at an instant to come. Refused until somebody in the group is available at that instant.
#[utoipa::path(post, path = "/v1/campaigns/{cmp}/launch", tag = "Campaigns", request_body = Launch,
    responses((status = 200, body = CampaignView, description = "The campaign, running or scheduled.")))]
pub(super) async fn launch_campaign(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
    input: OptionalInput<Launch>,
) -> Answer<CampaignView> {
    let command = Command::LaunchCampaign { campaign, at: input.body.at };
    Ok(Json(campaigns::run(&app, &caller, command, input.idempotency).await?))
}

/// Pause a campaign.
///
/// Qualified leads that wait are kept in order and assigned when it resumes.
#[utoipa::path(post, path = "/v1/campaigns/{cmp}/pause", tag = "Campaigns",
    responses((status = 200, body = CampaignView, description = "The campaign.")))]
pub(super) async fn pause_campaign(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
    input: NoInput,
) -> Answer<CampaignView> {
    let command = Command::PauseCampaign { campaign };
    Ok(Json(campaigns::run(&app, &caller, command, input.idempotency).await?))
}

/// Resume a paused campaign.
#[utoipa::path(post, path = "/v1/campaigns/{cmp}/resume", tag = "Campaigns",
    responses((status = 200, body = CampaignView, description = "The campaign.")))]
pub(super) async fn resume_campaign(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
    input: NoInput,
) -> Answer<CampaignView> {
    let command = Command::ResumeCampaign { campaign };
    Ok(Json(campaigns::run(&app, &caller, command, input.idempotency).await?))
}

/// Cancel a campaign.
///
/// For good. Leads that wait go to review, still high intent.
#[utoipa::path(post, path = "/v1/campaigns/{cmp}/cancel", tag = "Campaigns",
    responses((status = 200, body = CampaignView, description = "The campaign.")))]
pub(super) async fn cancel_campaign(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
    input: NoInput,
) -> Answer<CampaignView> {
    let command = Command::CancelCampaign { campaign };
    Ok(Json(campaigns::run(&app, &caller, command, input.idempotency).await?))
}

/// Duplicate a campaign.
///
/// A new draft with the same settings, no leads, no history and a fresh cursor.
#[utoipa::path(post, path = "/v1/campaigns/{cmp}/duplicate", tag = "Campaigns",
    responses((status = 201, body = CampaignView, description = "The new draft.")))]
pub(super) async fn duplicate_campaign(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
    input: NoInput,
) -> Result<Created<CampaignView>, Problem> {
    let command = Command::DuplicateCampaign { campaign };
    Ok(Created(campaigns::run(&app, &caller, command, input.idempotency).await?))
}

/// Show who is next.
///
/// Who would get the next leads, and why others would not; changes nothing.
#[utoipa::path(get, path = "/v1/campaigns/{cmp}/queue", tag = "Campaigns",
    params(("next" = Option<u32>, Query, description = "How many turns to look ahead.", minimum = 1, maximum = 500)),
    responses((status = 200, body = QueueView, description = "The queue.")))]
pub(super) async fn get_queue(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
    Query(ahead): Query<Ahead>,
) -> Answer<QueueView> {
    Ok(Json(campaigns::queue(&app, &caller, campaign, ahead.next).await?))
}

/// Turns looked ahead unless the caller says otherwise.
const AHEAD_DEFAULT: usize = 10;
/// Turns looked ahead at most: each costs a step round the circle.
const AHEAD_MAX: u64 = 500;

/// The query of a queue.
pub(super) struct Ahead {
    next: usize,
}

impl FromObject for Ahead {
    fn take(object: &mut Object) -> Option<Self> {
        let next = object.optional("next", |value| json::number_in_text(value, 1, AHEAD_MAX))?;
        Some(Self { next: next.map_or(AHEAD_DEFAULT, |next| next as usize) })
    }
}

const ROTATIONS: &[(&str, Rotation)] =
    &[("campaign", Rotation::Campaign), ("group", Rotation::Group)];
const WHEN_OWNER_IS_OUT: &[(&str, WhenOwnerIsOut)] =
    &[("owner", WhenOwnerIsOut::Owner), ("round_robin", WhenOwnerIsOut::RoundRobin)];

impl FromObject for NewCampaign {
    fn take(object: &mut Object) -> Option<Self> {
        let name = object.required("name", json::name);
        let group = object.optional("group", json::id::<GroupId>);
        let rotation = object.optional("rotation", json::word(ROTATIONS));
        let when_owner_is_out = object.optional("when_owner_is_out", json::word(WHEN_OWNER_IS_OUT));
        Some(Self {
            name: name?,
            group: group?,
            rotation: rotation?,
            when_owner_is_out: when_owner_is_out?,
        })
    }
}

impl FromObject for CampaignPatch {
    fn take(object: &mut Object) -> Option<Self> {
        let name = object.changed("name", json::name);
        let group = object.cleared("group", json::id::<GroupId>);
        let rotation = object.changed("rotation", json::word(ROTATIONS));
        let when_owner_is_out = object.changed("when_owner_is_out", json::word(WHEN_OWNER_IS_OUT));
        Some(Self {
            name: name?,
            group: group?,
            rotation: rotation?,
            when_owner_is_out: when_owner_is_out?,
        })
    }
}

impl FromObject for Launch {
    fn take(object: &mut Object) -> Option<Self> {
        Some(Self { at: object.optional("at", json::instant)? })
    }
}
