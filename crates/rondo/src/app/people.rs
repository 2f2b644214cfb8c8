//! People who sign in: their accounts, passwords, sessions, and the links by which they choose a password.
//!
//! Who may sign in as what stands in the ledger. Passwords, sessions and links stand beside it, hashed. Whoever knows a
//! password gets a session, and a session is a [`Caller`] like the holder of a key. Nothing here counts attempts: a face
//! does, which knows where they come from.

mod passwords;
mod tokens;

use std::fmt;
use std::fmt::Write as _;

use rondo_core::command::Answer;
use rondo_core::event::Role;
use rondo_core::ids::{RepId, TeamId, UserId};
use rondo_core::text::{Email, Name};
use rondo_core::time::Instant;
use rondo_core::{Actor, Command};
use rondo_store::{NewSession, SessionOf, SignInLink, Store, StoreError, UserRow};
use serde::{Serialize, Serializer};
use tokio::sync::Mutex;
use url::Url;
use utoipa::ToSchema;

use crate::app::page::{After, List, Listed, Page};
use crate::app::{App, AppError, Caller, role_name, schema};
use crate::clock::{Clock, Entropy};
use crate::engine::IdempotencyKey;
use crate::found::found_without_key;
use passwords::Password;
use tokens::Token;

pub use passwords::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};

/// How long a session lasts at most: a month, then the password is asked for again.
const SESSION_SECONDS: i64 = 30 * DAY_SECONDS;
/// How long a session lasts that nobody uses: over a week's holiday, and no longer on a machine that was given away.
const UNSEEN_SECONDS: i64 = 7 * DAY_SECONDS;
/// How often at most it is noted that a session is used: what people are shown of it need not be exact.
const SEEN_SECONDS: i64 = 5 * 60;
/// How long an invitation opens the door: the week in which it is read.
pub const INVITATION_SECONDS: i64 = 7 * DAY_SECONDS;
/// How long a link for somebody who was let in before does: they wait for it.
pub const LINK_SECONDS: i64 = DAY_SECONDS;
const DAY_SECONDS: i64 = 86_400;
/// Teams in which a password is tried for an address at most: each takes a hash.
const TEAMS_TRIED_MAX: u32 = 10;
/// Characters kept of what a browser calls itself: enough to tell browsers apart.
const AGENT_CHARS_MAX: usize = 200;
/// Users listed at once where all are asked for: as many as a team can have.
const USERS_AT_ONCE: u32 = 10_000;
/// Bytes of a session's hash by which its user names it; they open nothing.
const SESSION_ID_BYTES: usize = 8;

/// Beginning the first team is one at a time, so that a second click begins no second one. Of two servers that are started
/// on one empty database at the same moment, each could begin a team.
static BEGINNING: Mutex<()> = Mutex::const_new(());

/// Somebody who signed in.
pub struct SignedIn {
    /// For the cookie: the team and a secret.
    pub token: String,
    /// When it opens nothing more, at the latest.
    pub expires_at: Instant,
}

/// Hides the token: debug output reaches logs.
impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedIn(…)")
    }
}

/// Who is signed in.
#[derive(Clone)]
pub struct Session {
    /// The same as one who calls the API, by their role.
    pub caller: Caller,
    /// The user.
    pub user: UserId,
    /// Their address.
    pub email: String,
    /// Their team's name.
    pub team_name: String,
    /// Their team's time zone.
    pub time_zone: String,
    /// What every form of theirs carries, as long as the session lasts.
    pub csrf: String,
    hash: [u8; 32],
}

/// Hides the person and what their forms carry: debug output reaches logs.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({})", self.user)
    }
}

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
}

/// A session, as the one whose it is sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionView {
    /// By what [`end_session`] takes it; it opens nothing.
    pub id: String,
    pub begun_at: Instant,
    pub seen_at: Instant,
    /// What the browser calls itself.
    pub agent: String,
    /// Whether it is the one that asks.
    pub is_this: bool,
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

/// What somebody sees who follows a link.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkPage {
    /// Whose it is.
    pub email: String,
    /// The team that they are let into.
    pub team_name: String,
    /// Whether they replace a password.
    pub has_password: bool,
}

/// Why somebody was not let in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Nobody has this address, or not this password: which of both is not told.
    #[error(
        "the email address or the password is wrong; try again, or ask an admin of your team for a new link"
    )]
    Wrong,
    /// The password is easily guessed, or endless.
    #[error(
        "choose a password of {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters that is not your email address"
    )]
    WeakPassword,
    /// The link was used, has run out, was followed by another, or never was.
    #[error("this link was used already or has run out; ask an admin of your team for a new one")]
    LinkGone,
    /// Something else is in the way.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for SignInError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// Lets somebody in who knows the password of an address. Where the address is one of several teams' users, it is the
/// first whose password it is. Whether nobody has the address or the password is wrong takes the same time.
pub async fn sign_in(
    app: &App,
    email: &str,
    password: &str,
    agent: &str,
) -> Result<SignedIn, SignInError> {
    let password = Password::given(password);
    let accounts = match Email::parse(email.trim()) {
        Ok(email) => app.store().accounts(email.key(), TEAMS_TRIED_MAX).await?,
        Err(_) => Vec::new(),
    };
    if accounts.is_empty() {
        password.is_of(None).await?;
    }
    for account in accounts {
        if password.is_of(account.password_hash).await? {
            return begin_session(app, account.team, account.user, agent).await;
        }
    }
    Err(SignInError::Wrong)
}

/// Who is signed in by this token; none once the session has ended, or its user may sign in no more.
pub async fn session(app: &App, token: &str) -> Result<Option<Session>, AppError> {
    let Some(token) = Token::parse(token) else { return Ok(None) };
    let (team, hash) = (token.team, token.hash());
    let Some(of) = app.store().session(team, hash).await? else { return Ok(None) };
    let now = app.clock().now();
    if is_over(now, of.seen_at, of.expires_at) {
        return Ok(None);
    }
    if of.seen_at.plus_seconds(SEEN_SECONDS) <= now {
        app.store().session_seen(team, hash, now).await?;
    }
    let SessionOf { user, role, rep, email, team_name, time_zone, .. } = of;
    let caller = Caller { team, actor: Actor::User(user), role, rep, mailbox: None };
    Ok(Some(Session { caller, user, email, team_name, time_zone, csrf: token.csrf(), hash }))
}

/// Ends the session of this token, if there is one.
pub async fn sign_out(app: &App, token: &str) -> Result<(), AppError> {
    let Some(token) = Token::parse(token) else { return Ok(()) };
    Ok(app.store().end_session(token.team, token.hash()).await?)
}

/// Where the user of a session is signed in, the newest first.
pub async fn sessions(app: &App, session: &Session) -> Result<Vec<SessionView>, AppError> {
    let now = app.clock().now();
    let rows = app.store().sessions(session.caller.team, session.user).await?;
    let going_on = rows.into_iter().filter(|row| !is_over(now, row.seen_at, row.expires_at));
    let view = |row: rondo_store::SessionRow| SessionView {
        id: session_id(&row.hash),
        begun_at: row.begun_at,
        seen_at: row.seen_at,
        agent: row.agent,
        is_this: row.hash == session.hash,
    };
    Ok(going_on.map(view).collect())
}

/// Ends one of the sessions of a session's user.
pub async fn end_session(app: &App, session: &Session, id: &str) -> Result<(), AppError> {
    let team = session.caller.team;
    let rows = app.store().sessions(team, session.user).await?;
    let row = rows.iter().find(|row| session_id(&row.hash) == id);
    let row = row.ok_or_else(|| AppError::not_found("session", id))?;
    Ok(app.store().end_session(team, row.hash).await?)
}

/// Gives the user of a session another password, once they have said the old one, if there is one. Their other sessions
/// end.
pub async fn set_password(
    app: &App,
    session: &Session,
    old: Option<&str>,
    new: &str,
) -> Result<(), SignInError> {
    let (team, user) = (session.caller.team, session.user);
    if let Some(known) = app.store().password_hash(team, user).await? {
        let old = Password::given(old.unwrap_or_default());
        if !old.is_of(Some(known)).await? {
            return Err(SignInError::Wrong);
        }
    }
    let hash = Password::chosen(new, &session.email)?.hash(app.entropy().as_ref()).await?;
    let now = app.clock().now();
    Ok(app.store().set_password_hash(team, user, &hash, now, Some(session.hash)).await?)
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

/// What a link is for. It changes nothing, so that a program that looks into links uses none up.
pub async fn link_page(app: &App, token: &str) -> Result<LinkPage, SignInError> {
    let (_, link) = usable_link(app, token).await?;
    let SignInLink { email, team_name, has_password, .. } = link;
    Ok(LinkPage { email, team_name, has_password })
}

/// Takes the password that somebody with a link chooses, uses the link up, and lets them in. All their other sessions end.
pub async fn accept(
    app: &App,
    token: &str,
    password: &str,
    agent: &str,
) -> Result<SignedIn, SignInError> {
    let (token, link) = usable_link(app, token).await?;
    let hash = Password::chosen(password, &link.email)?.hash(app.entropy().as_ref()).await?;
    let (store, now) = (app.store(), app.clock().now());
    if !store.use_sign_in_link(token.team, token.hash(), link.user, &hash, now).await? {
        return Err(SignInError::LinkGone);
    }
    begin_session(app, token.team, link.user, agent).await
}

/// Begins the first team, with its first admin, and lets them in: only while there is no team at all.
pub async fn begin(
    app: &App,
    team: Name,
    admin: Email,
    password: &str,
    agent: &str,
) -> Result<SignedIn, SignInError> {
    let password = Password::chosen(password, admin.as_str())?;
    let one_at_a_time = BEGINNING.lock().await;
    if !app.store().teams(None, 1).await?.is_empty() {
        let begun = "has a team already; sign in, or ask an admin for a link";
        return Err(AppError::invalid("/team", begun).into());
    }
    let hash = password.hash(app.entropy().as_ref()).await?;
    let (clock, entropy) = (app.clock().as_ref(), app.entropy().as_ref());
    let (team, user) = found_without_key(app.store(), team, admin, clock, entropy).await?;
    app.store().set_password_hash(team, user, &hash, clock.now(), None).await?;
    drop(one_at_a_time);
    begin_session(app, team, user, agent).await
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

async fn usable_link(app: &App, token: &str) -> Result<(Token, SignInLink), SignInError> {
    let token = Token::parse(token).ok_or(SignInError::LinkGone)?;
    let link = app.store().sign_in_link(token.team, token.hash()).await?;
    let now = app.clock().now();
    let link = link.filter(|link| now < link.expires_at).ok_or(SignInError::LinkGone)?;
    Ok((token, link))
}

async fn begin_session(
    app: &App,
    team: TeamId,
    user: UserId,
    agent: &str,
) -> Result<SignedIn, SignInError> {
    let token = Token::new(team, app.entropy().as_ref());
    let at = app.clock().now();
    let expires_at = at.plus_seconds(SESSION_SECONDS);
    let seen: String = agent.chars().filter(|c| !c.is_control()).take(AGENT_CHARS_MAX).collect();
    let session = NewSession {
        hash: token.hash(),
        user,
        at,
        expires_at,
        unseen_since: at.plus_seconds(-UNSEEN_SECONDS),
        agent: &seen,
    };
    app.store().begin_session(team, session).await?;
    Ok(SignedIn { token: token.reveal(), expires_at })
}

fn is_over(now: Instant, seen_at: Instant, expires_at: Instant) -> bool {
    expires_at <= now || seen_at.plus_seconds(UNSEEN_SECONDS) <= now
}

fn session_id(hash: &[u8; 32]) -> String {
    hash[..SESSION_ID_BYTES].iter().fold(String::new(), |mut id, byte| {
        write!(id, "{byte:02x}").expect("a string takes text");
        id
    })
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
    }
}
