//! Groups: circles of reps, and which campaigns use them.

use rondo_core::command::{Answer, Command};
use rondo_core::ids::{CampaignId, GroupId, RepId};
use rondo_core::team::{CampaignParts, GroupParts, Status};
use rondo_core::text::Name;
use rondo_core::time::Instant;
use rondo_store::MemberRow;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::campaigns::StatusView;
use crate::app::page::{After, LIMIT_MAX, List, Listed, Page};
use crate::app::warnings::{self, WarningView};
use crate::app::{App, AppError, Caller, Look, schema};
use crate::engine::{Done, IdempotencyKey};

/// Members that stand in a group's own view; the rest are paged through.
const MEMBERS_SHOWN_MAX: u32 = LIMIT_MAX;

/// A group to be made.
#[derive(Debug, Clone, ToSchema)]
pub struct NewGroup {
    /// Unique in the team, ignoring case.
    #[schema(value_type = schema::Name)]
    pub name: Name,
    /// At least one; their order is the circle's.
    #[schema(value_type = Vec<schema::RepId>, min_items = 1, max_items = 10_000)]
    pub reps: Vec<RepId>,
}

/// Another name for a group.
#[derive(Debug, Clone, ToSchema)]
pub struct GroupChanges {
    /// Unique in the team, ignoring case.
    #[schema(value_type = schema::Name)]
    pub name: Name,
}

/// A sales group: a circle of reps.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Group)]
pub struct GroupView {
    #[schema(value_type = schema::GroupId)]
    pub id: GroupId,
    pub name: String,
    /// Whether this is the group that always holds every rep.
    pub default: bool,
    pub member_count: usize,
    /// In circle order, the first 500; `GET …/members` pages through all. A rep's own key sees that rep alone.
    pub members: Vec<MemberView>,
    /// The active campaigns that send their leads here.
    pub used_by: Vec<UsedBy>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
}

/// A rep in a circle.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Member)]
pub struct MemberView {
    #[schema(value_type = schema::RepId)]
    pub rep: RepId,
    pub name: String,
    /// Whether the rep takes turns now.
    pub available: bool,
    /// When the rep was last added to the group.
    #[schema(value_type = schema::Instant)]
    pub added_at: Instant,
}

/// An active campaign that uses a group.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UsedBy {
    #[schema(value_type = schema::CampaignId)]
    pub campaign: CampaignId,
    pub name: String,
    #[schema(value_type = StatusView)]
    pub status: Status,
}

/// Makes a group.
pub async fn add(
    app: &App,
    caller: &Caller,
    new: NewGroup,
    key: Option<IdempotencyKey>,
) -> Result<GroupView, AppError> {
    let command = Command::AddGroup { name: new.name, reps: new.reps };
    let done = app.run(caller, command, key).await?;
    let Answer::Group(group) = done.answer else {
        return Err(AppError::not_found("group", ""));
    };
    after(app, caller, &done, group).await
}

/// Gives a group another name.
pub async fn rename(
    app: &App,
    caller: &Caller,
    group: GroupId,
    name: Name,
) -> Result<GroupView, AppError> {
    let done = app.run(caller, Command::RenameGroup { group, name }, None).await?;
    after(app, caller, &done, group).await
}

/// Deletes a group; its reps stay.
pub async fn remove(app: &App, caller: &Caller, group: GroupId) -> Result<(), AppError> {
    app.run(caller, Command::RemoveGroup { group }, None).await.map(drop)
}

/// Puts a rep at the end of a circle; a member stays where they are.
pub async fn add_member(
    app: &App,
    caller: &Caller,
    group: GroupId,
    rep: RepId,
) -> Result<GroupView, AppError> {
    let done = app.run(caller, Command::AddMember { group, rep }, None).await?;
    after(app, caller, &done, group).await
}

/// Takes a rep out of a circle.
pub async fn remove_member(
    app: &App,
    caller: &Caller,
    group: GroupId,
    rep: RepId,
) -> Result<GroupView, AppError> {
    let done = app.run(caller, Command::RemoveMember { group, rep }, None).await?;
    after(app, caller, &done, group).await
}

async fn after(
    app: &App,
    caller: &Caller,
    done: &Done,
    group: GroupId,
) -> Result<GroupView, AppError> {
    let look = app.look_at(done.team.clone());
    let mut view = one(app, caller, &look, group).await?;
    view.warnings = warnings::views(&done.warnings);
    Ok(view)
}

/// A group.
pub async fn show(app: &App, caller: &Caller, group: GroupId) -> Result<GroupView, AppError> {
    let look = app.look(caller.team).await?;
    one(app, caller, &look, group).await
}

async fn one(
    app: &App,
    caller: &Caller,
    look: &Look,
    group: GroupId,
) -> Result<GroupView, AppError> {
    let parts = reachable(caller, look, group)?;
    let members = members_after(app, caller, look, group, 0, MEMBERS_SHOWN_MAX).await?;
    Ok(view(look, parts, members))
}

/// The groups of a team, oldest first; a rep's own key sees those that the rep is a member of.
pub async fn list(app: &App, caller: &Caller, page: &Page) -> Result<Listed<GroupView>, AppError> {
    let look = app.look(caller.team).await?;
    let list = List::new(caller.team, "groups", &());
    let after = list.start::<After<GroupId>>(page)?.map(|after| after.0);
    let rows: Vec<&GroupParts> = look
        .team
        .groups()
        .filter(|group| after.is_none_or(|after| group.id > after))
        .filter(|group| reachable(caller, &look, group.id).is_ok())
        .take(page.fetch() as usize)
        .collect();
    let listed = list.page(page, rows, |group| After(group.id));
    let mut items = Vec::with_capacity(listed.items.len());
    for parts in listed.items {
        let members = members_after(app, caller, &look, parts.id, 0, MEMBERS_SHOWN_MAX).await?;
        items.push(view(&look, parts, members));
    }
    Ok(Listed { items, next_cursor: listed.next_cursor })
}

/// The members of a group in circle order.
pub async fn members(
    app: &App,
    caller: &Caller,
    group: GroupId,
    page: &Page,
) -> Result<Listed<MemberView>, AppError> {
    let look = app.look(caller.team).await?;
    reachable(caller, &look, group)?;
    let list = List::new(caller.team, "members", &group);
    let after = list.start::<u64>(page)?.unwrap_or(0);
    let rows = members_after(app, caller, &look, group, after, page.fetch()).await?;
    Ok(list.page(page, rows, |row| row.place).map(|row| member(&look, &row)))
}

async fn members_after(
    app: &App,
    caller: &Caller,
    look: &Look,
    group: GroupId,
    after: u64,
    limit: u32,
) -> Result<Vec<MemberRow>, AppError> {
    let team = look.team.id();
    match caller.only_rep() {
        Some(own) => {
            let row = app.store().member(team, group, own).await?;
            Ok(row.into_iter().filter(|row| row.place > after).collect())
        }
        None => Ok(app.store().members(team, group, after, limit).await?),
    }
}

pub(super) fn reachable<'l>(
    caller: &Caller,
    look: &'l Look,
    group: GroupId,
) -> Result<&'l GroupParts, AppError> {
    let parts = look.team.group(group).ok_or_else(|| AppError::not_found("group", group))?;
    match caller.only_rep() {
        Some(own) if !look.team.groups_of(own).contains(&group) => {
            Err(AppError::Forbidden(crate::app::role_name(caller.role)))
        }
        _ => Ok(parts),
    }
}

fn view(look: &Look, parts: &GroupParts, members: Vec<MemberRow>) -> GroupView {
    let team = &look.team;
    GroupView {
        id: parts.id,
        name: parts.name.to_string(),
        default: parts.id == team.default_group(),
        member_count: parts.members.len(),
        members: members.iter().map(|row| member(look, row)).collect(),
        used_by: used_by(look, parts.id),
        warnings: Vec::new(),
    }
}

/// The active campaigns of a group.
pub(super) fn used_by(look: &Look, group: GroupId) -> Vec<UsedBy> {
    look.team.used_by(group).into_iter().map(UsedBy::from).collect()
}

impl From<&CampaignParts> for UsedBy {
    fn from(campaign: &CampaignParts) -> Self {
        Self {
            campaign: campaign.id,
            name: campaign.settings.name.to_string(),
            status: campaign.status,
        }
    }
}

fn member(look: &Look, row: &MemberRow) -> MemberView {
    MemberView {
        rep: row.rep,
        name: look.name(row.rep),
        available: look.team.is_available(row.rep, look.now),
        added_at: row.added_at,
    }
}
