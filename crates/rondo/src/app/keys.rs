//! API keys: making, listing and revoking them.

use std::num::NonZeroU32;

use rondo_core::command::{Answer, Command, KeyTerms};
use rondo_core::event::Role;
use rondo_core::ids::{KeyId, MailboxId, RepId};
use rondo_core::text::Name;
use rondo_core::time::Instant;
use rondo_store::KeyRow;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api_key::{ApiKey, SECRET_BYTES};
use crate::app::page::{After, List, Listed, Page};
use crate::app::{App, AppError, Caller, schema};
use crate::clock::Entropy;
use crate::engine::IdempotencyKey;

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What it is for.
    pub name: Name,
    /// What its holder may do.
    pub role: Role,
    /// The rep that a key with the role `rep` is bound to; for that role alone.
    pub rep: Option<RepId>,
    /// The mailbox that a key with the role `mailbox` may deliver to; for that role alone.
    pub mailbox: Option<MailboxId>,
    /// When it stops opening anything; never when absent.
    pub expires_at: Option<Instant>,
    /// Requests that it may make in a second; when absent, as many as the server is set to.
    pub requests_per_second_max: Option<NonZeroU32>,
}
schema::one_of!(NewKey = NewRepKey | NewMailboxKey | NewTeamKey);

/// A key that is bound to one rep.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: all roles have one type")]
pub struct NewRepKey {
    /// What it is for.
    #[schema(value_type = schema::Name)]
    name: String,
    role: RepKeyRole,
    /// The rep that it is bound to.
    #[schema(value_type = schema::RepId)]
    rep: String,
    /// For the role `mailbox` alone.
    #[schema(value_type = schema::Nothing, required = false)]
    mailbox: Option<String>,
    /// When it stops opening anything; never when absent.
    #[schema(value_type = Option<schema::InstantToCome>)]
    expires_at: Option<String>,
    /// Requests that it may make in a second, on each server process; when absent, as many as the server is set to.
    #[schema(minimum = 1, maximum = 100_000)]
    requests_per_second_max: Option<u32>,
}

/// A key that may deliver messages to one mailbox, and nothing else.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: all roles have one type")]
pub struct NewMailboxKey {
    /// What it is for.
    #[schema(value_type = schema::Name)]
    name: String,
    role: MailboxKeyRole,
    /// For the role `rep` alone.
    #[schema(value_type = schema::Nothing, required = false)]
    rep: Option<String>,
    /// The mailbox that it is bound to.
    #[schema(value_type = schema::MailboxId)]
    mailbox: String,
    /// When it stops opening anything; never when absent.
    #[schema(value_type = Option<schema::InstantToCome>)]
    expires_at: Option<String>,
    /// Requests that it may make in a second, on each server process; when absent, as many as the server is set to.
    #[schema(minimum = 1, maximum = 100_000)]
    requests_per_second_max: Option<u32>,
}

/// A key that is bound to nothing.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: all roles have one type")]
pub struct NewTeamKey {
    /// What it is for.
    #[schema(value_type = schema::Name)]
    name: String,
    role: TeamKeyRole,
    /// For the role `rep` alone.
    #[schema(value_type = schema::Nothing, required = false)]
    rep: Option<String>,
    /// For the role `mailbox` alone.
    #[schema(value_type = schema::Nothing, required = false)]
    mailbox: Option<String>,
    /// When it stops opening anything; never when absent.
    #[schema(value_type = Option<schema::InstantToCome>)]
    expires_at: Option<String>,
    /// Requests that it may make in a second, on each server process; when absent, as many as the server is set to.
    #[schema(minimum = 1, maximum = 100_000)]
    requests_per_second_max: Option<u32>,
}

/// The role of a key that is bound to one rep.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RepKeyRole {
    Rep,
}

/// The role of a key that is bound to one mailbox.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum MailboxKeyRole {
    Mailbox,
}

/// The roles of keys that are bound to nothing.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum TeamKeyRole {
    Admin,
    Router,
    Viewer,
}

/// What the holder of a key may do.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case", as = Role)]
pub enum KeyRole {
    Admin,
    Rep,
    Router,
    Mailbox,
    Viewer,
}

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Key)]
pub struct KeyView {
    #[schema(value_type = schema::KeyId)]
    pub id: KeyId,
    pub name: String,
    /// `admin`, `rep`, `router`, `mailbox` or `viewer`.
    #[schema(value_type = String)]
    pub role: Role,
    #[schema(value_type = Option<schema::RepId>)]
    pub rep: Option<RepId>,
    #[schema(value_type = Option<schema::MailboxId>)]
    pub mailbox: Option<MailboxId>,
    /// How the key begins, to recognise it by.
    pub prefix: String,
    #[schema(value_type = schema::Instant)]
    pub created_at: Instant,
    #[schema(value_type = Option<schema::Instant>)]
    pub expires_at: Option<Instant>,
    /// Its own limit, in place of the server's.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 100_000)]
    pub requests_per_second_max: Option<NonZeroU32>,
}

/// A key that was just made.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
pub struct MadeKey {
    #[serde(flatten)]
    pub key: KeyView,
    /// The whole key, shown this once; null when the request is a repeat, since nobody knows it any more.
    pub api_key: Option<String>,
}

/// Makes a key.
pub async fn add(
    app: &App,
    caller: &Caller,
    new: NewKey,
    key: Option<IdempotencyKey>,
) -> Result<MadeKey, AppError> {
    made_with(app, caller, new, key, app.entropy().as_ref()).await
}

/// The same for a form that may be sent twice: the second time it is shown again. Its secret follows from the form's random
/// mark and from the server's own key, so that it need not be kept for that.
pub async fn add_once(
    app: &App,
    caller: &Caller,
    new: NewKey,
    key: Option<IdempotencyKey>,
) -> Result<MadeKey, AppError> {
    let Some(once) = key else { return add(app, caller, new, None).await };
    made_with(app, caller, new, key, &app.vault().drawn_by(&once.scope)).await
}

async fn made_with(
    app: &App,
    caller: &Caller,
    new: NewKey,
    key: Option<IdempotencyKey>,
    entropy: &dyn Entropy,
) -> Result<MadeKey, AppError> {
    match (new.role, new.rep) {
        (Role::Rep, None) => {
            return Err(AppError::invalid(
                "/rep",
                "is missing; a key with the role `rep` is bound to one",
            ));
        }
        (Role::Admin | Role::Router | Role::Mailbox | Role::Viewer, Some(_)) => {
            return Err(AppError::invalid("/rep", "goes with the role `rep` alone; leave it out"));
        }
        (Role::Rep, Some(_))
        | (Role::Admin | Role::Router | Role::Mailbox | Role::Viewer, None) => {}
    }
    match (new.role, new.mailbox) {
        (Role::Mailbox, None) => {
            let missing = "is missing; a key with the role `mailbox` is bound to one";
            return Err(AppError::invalid("/mailbox", missing));
        }
        (Role::Admin | Role::Rep | Role::Router | Role::Viewer, Some(_)) => {
            let alone = "goes with the role `mailbox` alone; leave it out";
            return Err(AppError::invalid("/mailbox", alone));
        }
        (Role::Mailbox, Some(_))
        | (Role::Admin | Role::Rep | Role::Router | Role::Viewer, None) => {}
    }
    let mut random = [0; SECRET_BYTES];
    entropy.fill(&mut random);
    let made = ApiKey::new(caller.team, random);
    let command = Command::AddKey {
        name: new.name,
        terms: KeyTerms {
            role: new.role,
            rep: new.rep,
            mailbox: new.mailbox,
            expires_at: new.expires_at,
            requests_per_second_max: new.requests_per_second_max,
        },
        prefix: made.prefix(),
        hash: made.hash(),
    };
    let done = app.run(caller, command, key).await?;
    let Answer::Key(id) = done.answer else {
        return Err(AppError::not_found("key", ""));
    };
    let row = app.store().key(caller.team, id).await?;
    let row = row.ok_or_else(|| AppError::not_found("key", id))?;
    let is_ours = row.hash == made.hash();
    Ok(MadeKey { key: view(row), api_key: is_ours.then(|| made.reveal()) })
}

/// Revokes a key.
pub async fn revoke(app: &App, caller: &Caller, key: KeyId) -> Result<(), AppError> {
    app.run(caller, Command::RevokeKey { key }, None).await.map(drop)
}

/// The keys that were not revoked, oldest first.
pub async fn list(app: &App, caller: &Caller, page: &Page) -> Result<Listed<KeyView>, AppError> {
    let list = List::new(caller.team, "keys", &());
    let after = list.start::<After<KeyId>>(page)?.map(|after| after.0);
    let rows = app.store().keys(caller.team, after, page.fetch()).await?;
    Ok(list.page(page, rows, |row| After(row.key)).map(view))
}

fn view(row: KeyRow) -> KeyView {
    KeyView {
        id: row.key,
        name: row.name,
        role: row.role,
        rep: row.rep,
        mailbox: row.mailbox,
        prefix: row.prefix,
        created_at: row.created_at,
        expires_at: row.expires_at,
        requests_per_second_max: row.requests_per_second_max,
    }
}
