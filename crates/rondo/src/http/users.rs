//! People who sign in, over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use rondo_core::event::Role;
use rondo_core::ids::{RepId, UserId};

use crate::app::App;
use crate::app::page::{Listed, Page};
use crate::app::people::{self, Invitation, NewUser, UserView};
use crate::http::input::{At, Input, NoInput, Query, Who};
use crate::http::json::{self, FromObject, Object};
use crate::http::pages::PageParams;
use crate::http::problem::Problem;
use crate::http::{Answer, Created, Json};

/// Let a person sign in.
///
/// The link, by which they choose a password within seven days, is shown in this answer alone. Send it to them.
#[utoipa::path(post, path = "/v1/users", tag = "Team", request_body = NewUser,
    responses((status = 201, body = Invitation, description = "The user, and the link for them.")))]
pub(super) async fn add_user(
    State(app): State<App>,
    Who(caller): Who,
    input: Input<NewUser>,
) -> Result<Created<Invitation>, Problem> {
    Ok(Created(people::invite_once(&app, &caller, input.body, input.idempotency).await?))
}

/// List the people who may sign in.
///
/// Those who were not removed, oldest first.
#[utoipa::path(get, path = "/v1/users", tag = "Team", params(PageParams),
    responses((status = 200, body = Listed<UserView>, description = "A page of users.")))]
pub(super) async fn list_users(
    State(app): State<App>,
    Who(caller): Who,
    Query(page): Query<Page>,
) -> Answer<Listed<UserView>> {
    Ok(Json(people::page(&app, &caller, &page).await?))
}

/// Let a person sign in no more.
///
/// Their sessions end at once. The last admin stays.
#[utoipa::path(delete, path = "/v1/users/{usr}", tag = "Team",
    responses((status = 204, description = "The user can't sign in any more.")))]
pub(super) async fn remove_user(
    State(app): State<App>,
    Who(caller): Who,
    At(user): At<UserId>,
) -> Result<StatusCode, Problem> {
    people::remove(&app, &caller, user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a new link for somebody.
///
/// They choose another password by it, within 24 hours; links that they were given before open nothing more.
#[utoipa::path(post, path = "/v1/users/{usr}/link", tag = "Team",
    responses((status = 201, body = Invitation, description = "The link.")))]
pub(super) async fn make_sign_in_link(
    State(app): State<App>,
    Who(caller): Who,
    At(user): At<UserId>,
    input: NoInput,
) -> Result<Created<Invitation>, Problem> {
    Ok(Created(people::link_for_once(&app, &caller, user, input.idempotency).await?))
}

const ROLES: &[(&str, Role)] =
    &[("admin", Role::Admin), ("rep", Role::Rep), ("viewer", Role::Viewer)];

impl FromObject for NewUser {
    fn take(object: &mut Object) -> Option<Self> {
        let email = object.required("email", json::email);
        let role = object.required("role", json::word(ROLES));
        let rep = object.optional("rep", json::id::<RepId>);
        Some(Self { email: email?, role: role?, rep: rep? })
    }
}
