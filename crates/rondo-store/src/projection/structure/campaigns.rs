//! Campaigns, and what their life means for leads that wait.

use rondo_core::Instant;
use rondo_core::event::CampaignSettings;
use rondo_core::ids::CampaignId;
use rondo_core::team::Status;

use super::At;
use crate::StoreError;
use crate::rows::Values;

pub(super) async fn create(
    here: &mut At<'_>,
    campaign: CampaignId,
    settings: &CampaignSettings,
    copied_from: Option<CampaignId>,
) -> Result<(), StoreError> {
    let at = here.at;
    here.execute(
        "insert into campaigns (team_id, campaign_id, name, group_id, rotation, when_owner_is_out, status,
                                copied_from_id, created_at, cursor_place)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)",
        |values| {
            bind_settings(values, campaign, settings);
            values.word(Status::Draft);
            values.optional_id(copied_from);
            values.instant(at);
        },
    )
    .await
}

/// Another group or rotation comes with a fresh cursor.
pub(super) async fn change(
    here: &mut At<'_>,
    campaign: CampaignId,
    settings: &CampaignSettings,
) -> Result<(), StoreError> {
    here.execute(
        "update campaigns
         set name = $3,
             group_id = $4,
             rotation = $5,
             when_owner_is_out = $6,
             cursor_place = case when group_id = $4 and rotation = $5 then cursor_place else 0 end,
             cursor_rep_id = case when group_id = $4 and rotation = $5 then cursor_rep_id end
         where team_id = $1 and campaign_id = $2",
        |values| bind_settings(values, campaign, settings),
    )
    .await
}

pub(super) async fn schedule(
    here: &mut At<'_>,
    campaign: CampaignId,
    launch_at: Instant,
) -> Result<(), StoreError> {
    here.execute(
        "update campaigns
         set status = $3, launch_at = $4
         where team_id = $1 and campaign_id = $2",
        |values| {
            values.id(campaign);
            values.word(Status::Scheduled);
            values.instant(launch_at);
        },
    )
    .await
}

pub(super) async fn launch(here: &mut At<'_>, campaign: CampaignId) -> Result<(), StoreError> {
    let at = here.at;
    here.execute(
        "update campaigns
         set status = $3, launch_at = null, launched_at = $4
         where team_id = $1 and campaign_id = $2",
        |values| {
            values.id(campaign);
            values.word(Status::Running);
            values.instant(at);
        },
    )
    .await
}

/// C7: what waits is held.
pub(super) async fn pause(here: &mut At<'_>, campaign: CampaignId) -> Result<(), StoreError> {
    set_status(here, campaign, Status::Paused).await?;
    here.execute(
        "update waiting
         set is_held = 1
         where team_id = $1 and campaign_id = $2",
        |values| values.id(campaign),
    )
    .await
}

pub(super) async fn resume(here: &mut At<'_>, campaign: CampaignId) -> Result<(), StoreError> {
    set_status(here, campaign, Status::Running).await?;
    here.execute(
        "update waiting
         set is_held = 0
         where team_id = $1 and campaign_id = $2",
        |values| values.id(campaign),
    )
    .await
}

/// R9: what waits goes to review, still high intent.
pub(super) async fn cancel(here: &mut At<'_>, campaign: CampaignId) -> Result<(), StoreError> {
    set_status(here, campaign, Status::Cancelled).await?;
    let at = here.at;
    here.execute(
        "update conversations
         set status = 'in_review', review_since = $3
         where team_id = $1
           and conversation_id in (select conversation_id from waiting where team_id = $1 and campaign_id = $2)",
        |values| {
            values.id(campaign);
            values.instant(at);
        },
    )
    .await?;
    here.execute(
        "delete from waiting
         where team_id = $1 and campaign_id = $2",
        |values| values.id(campaign),
    )
    .await
}

pub(super) async fn delete(here: &mut At<'_>, campaign: CampaignId) -> Result<(), StoreError> {
    super::mail::delete_texts(here, campaign).await?;
    here.execute(
        "delete from conversations
         where team_id = $1 and campaign_id = $2",
        |values| values.id(campaign),
    )
    .await?;
    here.execute(
        "delete from campaigns
         where team_id = $1 and campaign_id = $2",
        |values| values.id(campaign),
    )
    .await
}

async fn set_status(
    here: &mut At<'_>,
    campaign: CampaignId,
    status: Status,
) -> Result<(), StoreError> {
    here.execute(
        "update campaigns
         set status = $3, launch_at = null
         where team_id = $1 and campaign_id = $2",
        |values| {
            values.id(campaign);
            values.word(status);
        },
    )
    .await
}

fn bind_settings<'v>(
    values: &mut Values<'v>,
    campaign: CampaignId,
    settings: &'v CampaignSettings,
) {
    values.id(campaign);
    values.text(settings.name.as_str());
    values.id(settings.group);
    values.word(settings.rotation);
    values.word(settings.when_owner_is_out);
}
