//! API keys over HTTP.

use std::num::NonZeroU32;

use axum::extract::State;
use axum::http::StatusCode;
use rondo_core::command::KEY_REQUESTS_PER_SECOND_MAX;
use rondo_core::event::Role;
use rondo_core::ids::{KeyId, MailboxId, RepId};

use crate::app::App;
use crate::app::keys::{self, KeyView, MadeKey, NewKey};
use crate::app::page::{Listed, Page};
use crate::http::input::{At, Input, Query, Who};
use crate::http::json::{self, FromObject, Object};
use crate::http::pages::PageParams;
use crate::http::problem::Problem;
use crate::http::{Answer, Created, Json, Server};

/// Make an API key.
///
/// The key itself is shown in this answer alone.
#[utoipa::path(post, path = "/v1/keys", tag = "Team", request_body = NewKey,
    responses((status = 201, body = MadeKey, description = "The key.")))]
pub(super) async fn add_key(
    State(app): State<App>,
    Who(caller): Who,
    input: Input<NewKey>,
) -> Result<Created<MadeKey>, Problem> {
    Ok(Created(keys::add(&app, &caller, input.body, input.idempotency).await?))
}

/// List the API keys.
///
/// Those that were not revoked, oldest first, without their secrets.
#[utoipa::path(get, path = "/v1/keys", tag = "Team", params(PageParams),
    responses((status = 200, body = Listed<KeyView>, description = "A page of keys.")))]
pub(super) async fn list_keys(
    State(app): State<App>,
    Who(caller): Who,
    Query(page): Query<Page>,
) -> Answer<Listed<KeyView>> {
    Ok(Json(keys::list(&app, &caller, &page).await?))
}

/// Revoke an API key.
///
/// Holds at once on this server, and within five seconds on every other.
#[utoipa::path(delete, path = "/v1/keys/{key}", tag = "Team",
    responses((status = 204, description = "The key opens nothing any more.")))]
pub(super) async fn revoke_key(
    State(server): State<Server>,
    Who(caller): Who,
    At(key): At<KeyId>,
) -> Result<StatusCode, Problem> {
    keys::revoke(server.app(), &caller, key).await?;
    server.shared.authenticator.forget_all();
    Ok(StatusCode::NO_CONTENT)
}

const ROLES: &[(&str, Role)] = &[
    ("admin", Role::Admin),
    ("rep", Role::Rep),
    ("router", Role::Router),
    ("mailbox", Role::Mailbox),
    ("viewer", Role::Viewer),
];

impl FromObject for NewKey {
    fn take(object: &mut Object) -> Option<Self> {
        let name = object.required("name", json::name);
        let role = object.required("role", json::word(ROLES));
        let rep = object.optional("rep", json::id::<RepId>);
        let mailbox = object.optional("mailbox", json::id::<MailboxId>);
        let expires_at = object.optional("expires_at", json::instant);
        let max =
            object.optional("requests_per_second_max", json::whole(1, KEY_REQUESTS_PER_SECOND_MAX));
        Some(Self {
            name: name?,
            role: role?,
            rep: rep?,
            mailbox: mailbox?,
            expires_at: expires_at?,
            requests_per_second_max: max?.and_then(NonZeroU32::new),
        })
    }
}
