//! Groups over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use rondo_core::ids::{GroupId, RepId};

use crate::app::App;
use crate::app::groups::{self, GroupChanges, GroupView, MemberView, NewGroup};
use crate::app::page::{Listed, Page};
use crate::http::input::{At, AtBoth, Input, Query, Who};
use crate::http::json::{self, FromObject, Object};
use crate::http::pages::PageParams;
use crate::http::problem::Problem;
use crate::http::{Answer, Created, Json};

/// Make a group.
///
/// The order of `reps` is the order of the circle.
#[utoipa::path(post, path = "/v1/groups", tag = "Groups", request_body = NewGroup,
    responses((status = 201, body = GroupView, description = "The group.")))]
pub(super) async fn add_group(
    State(app): State<App>,
    Who(caller): Who,
    input: Input<NewGroup>,
) -> Result<Created<GroupView>, Problem> {
    Ok(Created(groups::add(&app, &caller, input.body, input.idempotency).await?))
}

/// List the groups.
///
/// Oldest first: the default group comes first. A rep's own key sees the groups that the rep is a member of.
#[utoipa::path(get, path = "/v1/groups", tag = "Groups", params(PageParams),
    responses((status = 200, body = Listed<GroupView>, description = "A page of groups.")))]
pub(super) async fn list_groups(
    State(app): State<App>,
    Who(caller): Who,
    Query(page): Query<Page>,
) -> Answer<Listed<GroupView>> {
    Ok(Json(groups::list(&app, &caller, &page).await?))
}

/// Show a group.
#[utoipa::path(get, path = "/v1/groups/{grp}", tag = "Groups",
    responses((status = 200, body = GroupView, description = "The group.")))]
pub(super) async fn get_group(
    State(app): State<App>,
    Who(caller): Who,
    At(group): At<GroupId>,
) -> Answer<GroupView> {
    Ok(Json(groups::show(&app, &caller, group).await?))
}

/// Give a group another name.
#[utoipa::path(patch, path = "/v1/groups/{grp}", tag = "Groups", request_body = GroupChanges,
    responses((status = 200, body = GroupView, description = "The group.")))]
pub(super) async fn rename_group(
    State(app): State<App>,
    Who(caller): Who,
    At(group): At<GroupId>,
    input: Input<GroupChanges>,
) -> Answer<GroupView> {
    Ok(Json(groups::rename(&app, &caller, group, input.body.name).await?))
}

/// Delete a group.
///
/// Its reps stay. Refused while an active campaign uses it.
#[utoipa::path(delete, path = "/v1/groups/{grp}", tag = "Groups",
    responses((status = 204, description = "The group is gone.")))]
pub(super) async fn remove_group(
    State(app): State<App>,
    Who(caller): Who,
    At(group): At<GroupId>,
) -> Result<StatusCode, Problem> {
    groups::remove(&app, &caller, group).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List a group's members.
///
/// In circle order.
#[utoipa::path(get, path = "/v1/groups/{grp}/members", tag = "Groups", params(PageParams),
    responses((status = 200, body = Listed<MemberView>, description = "A page of members.")))]
pub(super) async fn list_members(
    State(app): State<App>,
    Who(caller): Who,
    At(group): At<GroupId>,
    Query(page): Query<Page>,
) -> Answer<Listed<MemberView>> {
    Ok(Json(groups::members(&app, &caller, group, &page).await?))
}

/// Add a member.
///
/// At the end of the circle; for one who is a member already nothing changes.
#[utoipa::path(put, path = "/v1/groups/{grp}/members/{rep}", tag = "Groups",
    responses((status = 200, body = GroupView, description = "The group.")))]
pub(super) async fn add_member(
    State(app): State<App>,
    Who(caller): Who,
    AtBoth(group, rep): AtBoth<GroupId, RepId>,
) -> Answer<GroupView> {
    Ok(Json(groups::add_member(&app, &caller, group, rep).await?))
}

/// Remove a member.
///
/// Changes future turns alone: leads that are assigned stay.
#[utoipa::path(delete, path = "/v1/groups/{grp}/members/{rep}", tag = "Groups",
    responses((status = 200, body = GroupView, description = "The group.")))]
pub(super) async fn remove_member(
    State(app): State<App>,
    Who(caller): Who,
    AtBoth(group, rep): AtBoth<GroupId, RepId>,
) -> Answer<GroupView> {
    Ok(Json(groups::remove_member(&app, &caller, group, rep).await?))
}

/// Reps named in one request at most: the rest are added one by one.
const REPS_MAX: usize = 10_000;

impl FromObject for NewGroup {
    fn take(object: &mut Object) -> Option<Self> {
        let name = object.required("name", json::name);
        let reps = object.values("reps", json::id::<RepId>);
        if reps.as_ref().is_some_and(|reps| reps.len() > REPS_MAX) {
            object.say("reps", format!("has too many; expected at most {REPS_MAX}"));
        }
        Some(Self { name: name?, reps: reps? })
    }
}

impl FromObject for GroupChanges {
    fn take(object: &mut Object) -> Option<Self> {
        Some(Self { name: object.required("name", json::name)? })
    }
}
