//! Sessions: who is signed in, where, and until when.

use std::fmt;
use std::fmt::Write as _;

use rondo_core::Actor;
use rondo_core::ids::{TeamId, UserId};
use rondo_core::time::Instant;
use rondo_store::{NewSession, SessionOf, SessionRow};

use super::DAY_SECONDS;
use super::tokens::Token;
use crate::app::{App, AppError, Caller};

/// How long a session lasts at most: a month, then the password is asked for again.
const SESSION_SECONDS: i64 = 30 * DAY_SECONDS;
/// How long a session lasts that nobody uses: over a week's holiday, and no longer on a machine that was given away.
const UNSEEN_SECONDS: i64 = 7 * DAY_SECONDS;
/// How often at most it is noted that a session is used: what people are shown of it need not be exact.
const SEEN_SECONDS: i64 = 5 * 60;
/// Characters kept of what a browser calls itself: enough to tell browsers apart.
const AGENT_CHARS_MAX: usize = 200;
/// Bytes of a session's hash by which its user names it; they open nothing.
const SESSION_ID_BYTES: usize = 8;

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
    /// The time zone that they live by: the rep's whose user it is, if it has one of its own, else the team's.
    pub time_zone: String,
    pub(super) hash: [u8; 32],
}

/// Hides the person: debug output reaches logs.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({})", self.user)
    }
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

/// Who is signed in by this token; none once the session has ended, or its user may sign in no more.
pub async fn session(app: &App, token: &str) -> Result<Option<Session>, AppError> {
    let Some((token, of)) = stored(app, token).await? else { return Ok(None) };
    let (team, hash, now) = (token.team, token.hash(), app.clock().now());
    if of.seen_at.plus_seconds(SEEN_SECONDS) <= now {
        app.store().session_seen(team, hash, now).await?;
    }
    Ok(Some(known(team, hash, of)))
}

/// The same for what a browser asks by itself, which is no sign that anybody is there.
pub async fn session_unseen(app: &App, token: &str) -> Result<Option<Session>, AppError> {
    let stored = stored(app, token).await?;
    Ok(stored.map(|(token, of)| known(token.team, token.hash(), of)))
}

async fn stored(app: &App, token: &str) -> Result<Option<(Token, SessionOf)>, AppError> {
    let Some(token) = Token::parse(token) else { return Ok(None) };
    let Some(of) = app.store().session(token.team, token.hash()).await? else { return Ok(None) };
    let is_over = is_over(app.clock().now(), of.seen_at, of.expires_at);
    Ok((!is_over).then_some((token, of)))
}

fn known(team: TeamId, hash: [u8; 32], of: SessionOf) -> Session {
    let SessionOf { user, role, rep, email, team_name, time_zone, .. } = of;
    let caller = Caller { team, actor: Actor::User(user), role, rep, mailbox: None };
    Session { caller, user, email, team_name, time_zone, hash }
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
    let view = |row: SessionRow| SessionView {
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

pub(super) async fn begin_session(
    app: &App,
    team: TeamId,
    user: UserId,
    agent: &str,
) -> Result<SignedIn, AppError> {
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
