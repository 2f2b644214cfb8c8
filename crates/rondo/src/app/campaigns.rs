//! Campaigns: their life (C1–C7), and who is next on them.

pub mod figures;
pub mod owners;

use rondo_core::command::{Answer, CampaignPatch, Command};
use rondo_core::event::{Rotation, WhenOwnerIsOut};
use rondo_core::ids::{CampaignId, GroupId, MailboxId, RepId};
use rondo_core::refusal::Warning;
use rondo_core::team::{CampaignParts, Status};
use rondo_core::text::Name;
use rondo_core::time::Instant;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::page::{After, List, Listed, Page};
use crate::app::warnings::{self, WarningView};
use crate::app::{App, AppError, Caller, Look, schema};
use crate::engine::IdempotencyKey;

/// Members of the circle shown with a queue at most: what fits a screen many times over.
const CIRCLE_SHOWN_MAX: usize = 500;

/// A campaign to be drafted.
#[derive(Debug, Clone, ToSchema)]
pub struct NewCampaign {
    #[schema(value_type = schema::Name)]
    pub name: Name,
    /// The default group unless it is said.
    #[schema(value_type = Option<schema::GroupId>)]
    pub group: Option<GroupId>,
    /// Whose cursor its turns move.
    #[schema(value_type = Option<RotationView>, default = "campaign")]
    pub rotation: Option<Rotation>,
    /// Where a lead goes whose pre-assigned owner is out of office.
    #[schema(value_type = Option<WhenOwnerIsOutView>, default = "owner")]
    pub when_owner_is_out: Option<WhenOwnerIsOut>,
}

/// What is to be changed of a campaign; what is absent stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: the rules have a type for it")]
pub struct CampaignChanges {
    #[schema(value_type = Option<schema::Name>, nullable = false)]
    name: Option<String>,
    /// Null is the default group. Only while a draft or scheduled.
    #[schema(value_type = Option<schema::GroupId>)]
    group: Option<String>,
    /// Only while a draft or scheduled.
    #[schema(value_type = Option<RotationView>, nullable = false)]
    rotation: Option<String>,
    #[schema(value_type = Option<WhenOwnerIsOutView>, nullable = false)]
    when_owner_is_out: Option<String>,
}

/// When to launch.
#[derive(Debug, Clone, Default, ToSchema)]
pub struct Launch {
    /// At once when absent or past; scheduled when it is to come.
    #[schema(value_type = Option<schema::Instant>)]
    pub at: Option<Instant>,
}

/// Whose cursor a campaign's turns move: its own, or the one that campaigns of its group share.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case", as = Rotation)]
pub enum RotationView {
    Campaign,
    Group,
}

/// Where a lead goes whose pre-assigned owner is out of office.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case", as = WhenOwnerIsOut)]
pub enum WhenOwnerIsOutView {
    Owner,
    RoundRobin,
}

/// Where a campaign stands in its life.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case", as = CampaignStatus)]
pub enum StatusView {
    Draft,
    Scheduled,
    Running,
    Paused,
    Cancelled,
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Campaign)]
pub struct CampaignView {
    #[schema(value_type = schema::CampaignId)]
    pub id: CampaignId,
    pub name: String,
    #[schema(value_type = StatusView)]
    pub status: Status,
    #[schema(value_type = schema::GroupId)]
    pub group: GroupId,
    /// Kept when the group is deleted.
    pub group_name: String,
    #[schema(value_type = RotationView)]
    pub rotation: Rotation,
    #[schema(value_type = WhenOwnerIsOutView)]
    pub when_owner_is_out: WhenOwnerIsOut,
    /// From which mailbox it writes; null while it writes nothing.
    #[schema(value_type = Option<schema::MailboxId>)]
    pub mailbox: Option<MailboxId>,
    /// When it is to launch; null unless scheduled.
    #[schema(value_type = Option<schema::Instant>)]
    pub launch_at: Option<Instant>,
    /// When it first ran.
    #[schema(value_type = Option<schema::Instant>)]
    pub launched_at: Option<Instant>,
    /// How many of its leads are qualified and wait for somebody to be available.
    pub waiting: u64,
    #[schema(value_type = schema::Instant)]
    pub created_at: Instant,
    /// Cautions that hold as of this answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
}

/// Who is next, and why not others.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Queue)]
pub struct QueueView {
    pub cursor: CursorView,
    /// The members in circle order, the first 500.
    pub circle: Vec<QueueMember>,
    pub member_count: usize,
    /// Who gets the next leads, going round again to fill; empty when everybody is away.
    #[schema(value_type = Vec<schema::RepId>)]
    pub next: Vec<RepId>,
    /// How many leads wait in front.
    pub waiting: u64,
    /// What the campaign does with them: while it is paused, all are kept.
    #[schema(value_type = StatusView)]
    pub status: Status,
}

/// Where the cursor stands.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Cursor)]
pub struct CursorView {
    /// Who took the last turn, who may have left since; null before the first.
    #[schema(value_type = Option<schema::RepId>)]
    pub after: Option<RepId>,
}

/// A member, and whether turns pass them over.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QueueMember {
    #[schema(value_type = schema::RepId)]
    pub rep: RepId,
    pub name: String,
    pub available: bool,
    /// Why the rep is passed over; null when available.
    pub reason: Option<String>,
}

/// Drafts a campaign.
pub async fn add(
    app: &App,
    caller: &Caller,
    new: NewCampaign,
    key: Option<IdempotencyKey>,
) -> Result<CampaignView, AppError> {
    let command = Command::AddCampaign {
        name: new.name,
        group: new.group,
        rotation: new.rotation.unwrap_or_default(),
        when_owner_is_out: new.when_owner_is_out.unwrap_or_default(),
    };
    run(app, caller, command, key).await
}

/// Changes a campaign.
pub async fn change(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
    patch: CampaignPatch,
) -> Result<CampaignView, AppError> {
    run(app, caller, Command::ChangeCampaign { campaign, patch }, None).await
}

/// Whether another campaign that is not cancelled is called the same, ignoring case: it may, and people should know.
pub async fn has_namesake(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
) -> Result<bool, AppError> {
    let look = app.look(caller.team).await?;
    Ok(namesake(&look, campaign))
}

fn namesake(look: &Look, campaign: CampaignId) -> bool {
    let Some(parts) = look.team.campaign(campaign).filter(|parts| parts.is_active()) else {
        return false;
    };
    let name = &parts.settings.name;
    let is_called_so =
        |other: &CampaignParts| other.id != campaign && other.settings.name.is_like(name);
    look.team.campaigns().any(|other| other.is_active() && is_called_so(other))
}

/// Carries out a command that answers with a campaign, and shows it.
pub async fn run(
    app: &App,
    caller: &Caller,
    command: Command,
    key: Option<IdempotencyKey>,
) -> Result<CampaignView, AppError> {
    let is_named = matches!(
        &command,
        Command::AddCampaign { .. }
            | Command::ChangeCampaign { patch: CampaignPatch { name: Some(_), .. }, .. }
    );
    let done = app.run(caller, command, key).await?;
    let Answer::Campaign(campaign) = done.answer else {
        return Err(AppError::not_found("campaign", ""));
    };
    let look = app.look_at(done.team.clone());
    let shares_name = is_named && namesake(&look, campaign);
    let own = shares_name.then_some(Warning::NameShared);
    after(&look, campaign, done.warnings.iter().chain(&own))
}

fn after<'w>(
    look: &Look,
    campaign: CampaignId,
    said: impl IntoIterator<Item = &'w Warning>,
) -> Result<CampaignView, AppError> {
    let mut view = one(look, campaign)?;
    for warning in said.into_iter().map(WarningView::from) {
        if !view.warnings.iter().any(|known| known.code == warning.code) {
            view.warnings.push(warning);
        }
    }
    Ok(view)
}

/// Deletes a draft (C2).
pub async fn remove(app: &App, caller: &Caller, campaign: CampaignId) -> Result<(), AppError> {
    app.run(caller, Command::RemoveCampaign { campaign }, None).await.map(drop)
}

/// A campaign.
pub async fn show(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
) -> Result<CampaignView, AppError> {
    one(&app.look(caller.team).await?, campaign)
}

/// The campaigns of a team, oldest first.
pub async fn list(
    app: &App,
    caller: &Caller,
    page: &Page,
) -> Result<Listed<CampaignView>, AppError> {
    let look = app.look(caller.team).await?;
    let list = List::new(caller.team, "campaigns", &());
    let after = list.start::<After<CampaignId>>(page)?.map(|after| after.0);
    let rows: Vec<&CampaignParts> = look
        .team
        .campaigns()
        .filter(|campaign| after.is_none_or(|after| campaign.id > after))
        .take(page.fetch() as usize)
        .collect();
    Ok(list.page(page, rows, |campaign| After(campaign.id)).map(|parts| view(&look, parts)))
}

/// Who is next on a campaign, and why not others; changes nothing.
pub async fn queue(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
    next: usize,
) -> Result<QueueView, AppError> {
    let look = app.look(caller.team).await?;
    let queue = look
        .team
        .queue(campaign, next, CIRCLE_SHOWN_MAX)
        .ok_or_else(|| AppError::not_found("campaign", campaign))?;
    let status = look.team.campaign(campaign).map(|parts| parts.status);
    let status = status.ok_or_else(|| AppError::not_found("campaign", campaign))?;
    let member =
        |(member, away): &(rondo_core::team::Member, Option<rondo_core::team::Away>)| QueueMember {
            rep: member.rep,
            name: look.name(member.rep),
            available: away.is_none(),
            reason: away.map(|away| out_of_office(away.back_at)),
        };
    Ok(QueueView {
        cursor: CursorView { after: queue.cursor.rep },
        circle: queue.circle.iter().map(member).collect(),
        member_count: queue.member_count,
        next: queue.next,
        waiting: queue.waiting,
        status,
    })
}

/// Why somebody who is away is passed over.
pub(super) fn out_of_office(until: Option<Instant>) -> String {
    match until {
        Some(until) => format!("out of office until {until}"),
        None => "out of office".to_owned(),
    }
}

fn one(look: &Look, campaign: CampaignId) -> Result<CampaignView, AppError> {
    let parts = look.team.campaign(campaign);
    parts.map(|parts| view(look, parts)).ok_or_else(|| AppError::not_found("campaign", campaign))
}

fn view(look: &Look, parts: &CampaignParts) -> CampaignView {
    let team = &look.team;
    let group_name = team.group_name(parts.settings.group).map(ToString::to_string);
    CampaignView {
        id: parts.id,
        name: parts.settings.name.to_string(),
        status: parts.status,
        group: parts.settings.group,
        group_name: group_name.unwrap_or_default(),
        rotation: parts.settings.rotation,
        when_owner_is_out: parts.settings.when_owner_is_out,
        mailbox: parts.mail.as_ref().map(|plan| plan.mailbox),
        launch_at: parts.launch_at,
        launched_at: parts.launched_at,
        waiting: parts.waiting,
        created_at: parts.created_at,
        warnings: warnings::views(&team.campaign_warnings(parts)),
    }
}
