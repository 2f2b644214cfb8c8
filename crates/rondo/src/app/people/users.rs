//! Users: who may sign in as what, and the links by which they choose a password.

use std::fmt;

use rondo_core::Command;
use rondo_core::command::Answer;
use rondo_core::event::Role;
use rondo_core::ids::{RepId, TeamId, UserId};
use rondo_core::text::Email;
use rondo_core::time::Instant;
use rondo_store::{Store, UserRow};
use serde::{Serialize, Serializer};
use url::Url;
use utoipa::ToSchema;

use super::DAY_SECONDS;
use super::tokens::Token;
use crate::app::page::{After, List, Listed, Page};
use crate::app::{App, AppError, Caller, role_name, schema};
use crate::clock::{Clock, Entropy};
use crate::engine::IdempotencyKey;

/// How long an invitation opens the door: the week in which it is read.
pub const INVITATION_SECONDS: i64 = 7 * DAY_SECONDS;
/// How long a link for somebody who was let in before does: they wait for it.
pub const LINK_SECONDS: i64 = DAY_SECONDS;
/// Users listed at once where all are asked for: as many as a team can have.
const USERS_AT_ONCE: u32 = 10_000;

/// Somebody who may sign in.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserView {
    #[schema(value_type = schema::UserId)]
    pub id: UserId,
    pub email: String,
    /// `admin`, `viewer` or `rep`.
    #[schema(value_type = String)]
    pub role: Role,
    /// The rep that a user with the role `rep` is. Once that rep has left, the user can't sign in.
    #[schema(value_type = Option<schema::RepId>)]
    pub rep: Option<RepId>,
    pub rep_name: Option<String>,
    #[schema(value_type = schema::Instant)]
    pub added_at: Instant,
    /// Whether they have chosen a password.
    pub has_password: bool,
    /// Whether their rep has left: then nothing lets them in.
    #[serde(skip)]
    pub is_shut_out: bool,
}

/// Somebody to be let in.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Where they are reached, and by what they sign in.
    pub email: Email,
    /// `admin`, `viewer` or `rep`.
    pub role: Role,
    /// The rep that a user with the role `rep` is; for that role alone.
    pub rep: Option<RepId>,
}

schema::one_of!(NewUser = NewRepUser | NewTeamUser);

/// A user who is one of the reps.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: all roles have one type")]
pub struct NewRepUser {
    /// Where they are reached, and by what they sign in.
    #[schema(value_type = schema::Email)]
    email: String,
    role: RepUserRole,
    /// The rep that they are.
    #[schema(value_type = schema::RepId)]
    rep: String,
}

/// A user who is none of the reps.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: all roles have one type")]
pub struct NewTeamUser {
    /// Where they are reached, and by what they sign in.
    #[schema(value_type = schema::Email)]
    email: String,
    role: TeamUserRole,
    /// For the role `rep` alone.
    #[schema(value_type = schema::Nothing, required = false)]
    rep: Option<String>,
}

/// The role of a user who is one of the reps.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RepUserRole {
    Rep,
}

/// The roles of users who are none of the reps.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum TeamUserRole {
    Admin,
    Viewer,
}

/// A link by which somebody chooses a password and signs in, once.
#[derive(Clone, Serialize, ToSchema)]
pub struct Invitation {
    #[schema(value_type = schema::UserId)]
    pub user: UserId,
    pub email: String,
    /// Shown this once: whoever has it chooses the password.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String)]
    pub link: Url,
    /// When the link opens nothing more.
    #[schema(value_type = schema::Instant)]
    pub expires_at: Instant,
}

/// Hides the link: debug output reaches logs.
impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invitation({})", self.user)
    }
}

fn as_text<S: Serializer>(url: &Url, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(url.as_str())
}

/// Everybody who may sign in, in the order in which they were added.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<UserView>, AppError> {
    for_admins(caller)?;
    let rows = app.store().users(caller.team, None, USERS_AT_ONCE).await?;
    Ok(rows.into_iter().map(view).collect())
}

/// A page of those who may sign in.
pub async fn page(app: &App, caller: &Caller, page: &Page) -> Result<Listed<UserView>, AppError> {
    for_admins(caller)?;
    let list = List::new(caller.team, "users", &());
    let after = list.start::<After<UserId>>(page)?.map(|after| after.0);
    let rows = app.store().users(caller.team, after, page.fetch()).await?;
    Ok(list.page(page, rows, |row| After(row.user)).map(view))
}

/// Lets somebody in, and makes the link by which they choose a password.
pub async fn invite(app: &App, caller: &Caller, new: NewUser) -> Result<Invitation, AppError> {
    invite_once(app, caller, new, None).await
}

/// The same for a request that may come twice: it lets them in once. The second link takes the place of the first.
pub async fn invite_once(
    app: &App,
    caller: &Caller,
    new: NewUser,
    key: Option<IdempotencyKey>,
) -> Result<Invitation, AppError> {
    for_admins(caller)?;
    let command = Command::AddUser { email: new.email, role: new.role, rep: new.rep };
    let done = app.run(caller, command, key).await?;
    let Answer::User(user) = done.answer else { return Err(AppError::not_found("user", "")) };
    link(app, caller, user, INVITATION_SECONDS).await
}

/// Makes a link for somebody who was let in before, by which they choose another password. Those that they were given before
/// open nothing more.
pub async fn link_for(app: &App, caller: &Caller, user: UserId) -> Result<Invitation, AppError> {
    for_admins(caller)?;
    link(app, caller, user, LINK_SECONDS).await
}

/// The same for a request that may come twice: the second link takes the place of the first.
pub async fn link_for_once(
    app: &App,
    caller: &Caller,
    user: UserId,
    key: Option<IdempotencyKey>,
) -> Result<Invitation, AppError> {
    for_admins(caller)?;
    app.remember(caller, key).await?;
    link(app, caller, user, LINK_SECONDS).await
}

/// Lets somebody in no more; their sessions end at once.
pub async fn remove(app: &App, caller: &Caller, user: UserId) -> Result<(), AppError> {
    for_admins(caller)?;
    app.act(caller, Command::RemoveUser { user }).await
}

/// Makes a link for a user of a team, in place of those before: for set-up commands, which have no [`App`].
pub async fn make_link(
    store: &Store,
    (clock, entropy): (&dyn Clock, &dyn Entropy),
    public_url: &Url,
    (team, user): (TeamId, UserId),
    seconds: i64,
) -> Result<Invitation, AppError> {
    let row = store.user(team, user).await?;
    // A rep who has left could do nothing with it.
    let row = row.filter(|row| !row.is_shut_out);
    let email = row.and_then(|row| row.email);
    let email = email.ok_or_else(|| AppError::not_found("user", user))?;
    let token = Token::new(team, entropy);
    let expires_at = clock.now().plus_seconds(seconds);
    let link = public_url.join(&format!("sign-in/{}", token.reveal()));
    let link = link.map_err(|_| AppError::invalid("/public_url", "is no base of links"))?;
    store.add_sign_in_link(team, token.hash(), user, expires_at).await?;
    Ok(Invitation { user, email, link, expires_at })
}

async fn link(
    app: &App,
    caller: &Caller,
    user: UserId,
    seconds: i64,
) -> Result<Invitation, AppError> {
    let with = (app.clock().as_ref(), app.entropy().as_ref());
    make_link(app.store(), with, app.public_url(), (caller.team, user), seconds).await
}

fn for_admins(caller: &Caller) -> Result<(), AppError> {
    match caller.role {
        Role::Admin => Ok(()),
        role @ (Role::Rep | Role::Router | Role::Mailbox | Role::Viewer) => {
            Err(AppError::Forbidden(role_name(role)))
        }
    }
}

fn view(row: UserRow) -> UserView {
    UserView {
        id: row.user,
        email: row.email.unwrap_or_default(),
        role: row.role,
        rep: row.rep,
        rep_name: row.rep_name,
        added_at: row.added_at,
        has_password: row.has_password,
        is_shut_out: row.is_shut_out,
    }
}
