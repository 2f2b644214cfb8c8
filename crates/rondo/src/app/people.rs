//! People who sign in: their accounts, passwords, sessions, and the links by which they choose a password or get in.
//!
//! Who may sign in as what stands in the ledger. Passwords, sessions and links stand beside it, hashed. Whoever knows a
//! password gets a session, and a session is a [`Caller`](super::Caller) like the holder of a key. Nothing here counts
//! attempts: a face does, which knows where they come from.

mod mailed;
mod passwords;
mod provider;
mod sessions;
mod tokens;
mod users;

use rondo_core::text::{Email, Name};
use rondo_store::{SignInLink, StoreError};
use tokio::sync::Mutex;

use crate::app::{App, AppError};
use crate::found::{Founder, found_without_key};
use passwords::Password;
use sessions::begin_session;
use tokens::Token;

pub use mailed::{MAILED_LINK_SECONDS, can_mail_links, enter_by_mail, mail_link, mailed_link_page};
pub use passwords::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};
pub use provider::{
    AWAY_SECONDS, Answer, Arrival, CHOOSING_SECONDS, Departure, ProviderError, TeamToChoose,
    choose, come_back, set_out, teams_to_choose,
};
pub use sessions::{
    Session, SessionView, SignedIn, end_session, session, session_unseen, sessions, sign_out,
};
pub use users::{
    INVITATION_SECONDS, Invitation, LINK_SECONDS, NewRepUser, NewTeamUser, NewUser, RepUserRole,
    TeamUserRole, UserView, invite, invite_once, link_for, link_for_once, list, make_link, page,
    remove,
};

const DAY_SECONDS: i64 = 86_400;
/// Teams in which a password is tried for an address at most: each takes a hash.
const TEAMS_TRIED_MAX: u32 = 10;

/// Beginning the first team is one at a time, so that a second click begins no second one. Of two servers that are started
/// on one empty database at the same moment, each could begin a team.
static BEGINNING: Mutex<()> = Mutex::const_new(());

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
    /// Whoever is signed in wants another password, and does not know the one that they have.
    #[error("that is not your password until now; an admin of your team can make you a new link")]
    WrongOld,
    /// The password is easily guessed, or endless.
    #[error(
        "choose a password of {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters that is not your email address"
    )]
    WeakPassword,
    /// The link was used, has run out, was followed by another, or never was.
    #[error("this link was used already or has run out; ask an admin of your team for a new one")]
    LinkGone,
    /// The same for a link that was mailed to whoever asked for it.
    #[error("this link was used already or has run out; ask for another one on the sign-in page")]
    MailedLinkGone,
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
            return Ok(begin_session(app, account.team, account.user, agent).await?);
        }
    }
    Err(SignInError::Wrong)
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
            return Err(SignInError::WrongOld);
        }
    }
    let hash = Password::chosen(new, &session.email)?.hash(app.entropy().as_ref()).await?;
    let now = app.clock().now();
    Ok(app.store().set_password_hash(team, user, &hash, now, Some(session.hash)).await?)
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
    Ok(begin_session(app, token.team, link.user, agent).await?)
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
    let (store, by) = (app.store(), Founder::Admin);
    let (team, user) = found_without_key(store, team, admin, clock, entropy, by).await?;
    app.store().set_password_hash(team, user, &hash, clock.now(), None).await?;
    drop(one_at_a_time);
    Ok(begin_session(app, team, user, agent).await?)
}

async fn usable_link(app: &App, token: &str) -> Result<(Token, SignInLink), SignInError> {
    let token = Token::parse(token).ok_or(SignInError::LinkGone)?;
    let link = app.store().sign_in_link(token.team, token.hash()).await?;
    let now = app.clock().now();
    let link = link.filter(|link| now < link.expires_at && !link.is_mailed);
    let link = link.ok_or(SignInError::LinkGone)?;
    Ok((token, link))
}
