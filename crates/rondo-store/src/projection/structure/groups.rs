//! Groups and their members.

use rondo_core::ids::{GroupId, RepId};
use rondo_core::text::Name;

use super::At;
use crate::StoreError;
use crate::rows::ForEach;

static ADD_MEMBERS: ForEach = ForEach::insert(
    "insert into members (team_id, group_id, place, rep_id, added_at)
     values ($1, $2, $3, $4, $5)",
);

/// A group without members yet.
pub(super) async fn insert(
    here: &mut At<'_>,
    group: GroupId,
    name: &Name,
    next_place: u64,
) -> Result<(), StoreError> {
    let at = here.at;
    here.execute(
        "insert into sales_groups (team_id, group_id, name, name_key, next_place, cursor_place, created_at,
                                   is_deleted)
         values ($1, $2, $3, $4, $5, 0, $6, 0)",
        |values| {
            values.id(group);
            values.text(name.as_str());
            values.text(name.key());
            values.number(next_place);
            values.instant(at);
        },
    )
    .await
}

pub(super) async fn rename(
    here: &mut At<'_>,
    group: GroupId,
    name: &Name,
) -> Result<(), StoreError> {
    here.execute(
        "update sales_groups
         set name = $3, name_key = $4
         where team_id = $1 and group_id = $2",
        |values| {
            values.id(group);
            values.text(name.as_str());
            values.text(name.key());
        },
    )
    .await
}

pub(super) async fn delete(here: &mut At<'_>, group: GroupId) -> Result<(), StoreError> {
    here.execute(
        "update sales_groups
         set is_deleted = 1
         where team_id = $1 and group_id = $2",
        |values| values.id(group),
    )
    .await?;
    here.execute(
        "delete from members
         where team_id = $1 and group_id = $2",
        |values| values.id(group),
    )
    .await
}

/// Puts reps at places of a circle.
pub(super) async fn add_members(
    here: &mut At<'_>,
    group: GroupId,
    members: &[(u64, RepId)],
) -> Result<(), StoreError> {
    let (team, at) = (here.team, here.at);
    ADD_MEMBERS
        .execute(here.connection, members, |values, (place, rep)| {
            values.id(team);
            values.id(group);
            values.number(*place);
            values.id(*rep);
            values.instant(at);
        })
        .await?;
    Ok(())
}

pub(super) async fn set_next_place(
    here: &mut At<'_>,
    group: GroupId,
    next_place: u64,
) -> Result<(), StoreError> {
    here.execute(
        "update sales_groups
         set next_place = $3
         where team_id = $1 and group_id = $2",
        |values| {
            values.id(group);
            values.number(next_place);
        },
    )
    .await
}

pub(super) async fn remove_member(
    here: &mut At<'_>,
    group: GroupId,
    rep: RepId,
) -> Result<(), StoreError> {
    here.execute(
        "delete from members
         where team_id = $1 and group_id = $2 and rep_id = $3",
        |values| {
            values.id(group);
            values.id(rep);
        },
    )
    .await
}
