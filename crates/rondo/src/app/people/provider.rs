//! Signing in with a provider: who set out comes back with an address that it has verified, and is let in if it is known.
//!
//! What somebody needs on the way back goes with them, sealed ([`Departure::ticket`]), so that any server can take them in
//! and nothing is kept of those who do not come back.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rondo_core::ids::TeamId;
use rondo_core::text::Email;
use rondo_core::time::Instant;
use rondo_store::Account;
use serde::{Deserialize, Serialize};
use url::Url;

use super::sessions::begin_session;
use super::{SignedIn, TEAMS_TRIED_MAX};
use crate::app::{App, AppError};
use crate::oidc::{Flow, Oidc, OidcError};
use crate::secrets::{Place, Secret};

/// How long somebody may be away with a provider: a password, a second factor, and looking for the telephone.
pub const AWAY_SECONDS: i64 = 15 * 60;
/// How long somebody may take to choose a team.
pub const CHOOSING_SECONDS: i64 = 5 * 60;

/// Somebody who sets out.
pub struct Departure {
    /// Where they go.
    pub url: Url,
    /// For their browser, to be brought back.
    pub ticket: String,
}

/// With what a provider sends somebody back.
#[derive(Default)]
pub struct Answer<'a> {
    /// What they set out with.
    pub state: &'a str,
    /// What the provider gave them; none where it did not sign them in.
    pub code: Option<&'a str>,
    /// Who the provider says it is.
    pub issuer: Option<&'a str>,
}

/// Somebody who came back.
pub enum Arrival {
    /// They are in, and go on there.
    SignedIn(SignedIn, String),
    /// They have to choose a team first, with this ticket.
    ToChoose(String),
}

/// A team that somebody may choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamToChoose {
    /// The team.
    pub team: TeamId,
    /// Its name.
    pub name: String,
}

/// Why somebody was not let in.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// They did not set out from this browser, or so long ago that nobody knows of it.
    #[error("this sign-in was begun too long ago or in another browser; begin again")]
    NotBegun,
    /// The provider did not sign them in: they thought better of it, or it has reasons.
    #[error("you were not signed in there; try again, or sign in another way")]
    Declined,
    /// The provider, or what it says.
    #[error(transparent)]
    Provider(#[from] OidcError),
    /// The address is nobody's here.
    #[error(
        "`{0}` may not sign in here; ask an admin of your team to invite that address under Settings"
    )]
    Unknown(String),
    /// Something else is in the way.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<rondo_store::StoreError> for ProviderError {
    fn from(error: rondo_store::StoreError) -> Self {
        Self::App(error.into())
    }
}

/// What a ticket says.
#[derive(Serialize, Deserialize)]
struct Ticket {
    leg: Leg,
    /// Where they go on to afterwards.
    to: String,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
enum Leg {
    /// On their way to the provider and back.
    Away(Flow),
    /// Back, with this address.
    Arrived(String),
}

/// Sends somebody to a provider, from where they go on to `to`.
pub async fn set_out(app: &App, oidc: &Oidc, to: &str) -> Result<Departure, ProviderError> {
    let (url, flow) = oidc.start(app.entropy().as_ref()).await?;
    let ticket = seal(app, Leg::Away(flow), to, AWAY_SECONDS);
    Ok(Departure { url, ticket })
}

/// Takes somebody in who comes back with the ticket that they set out with.
pub async fn come_back(
    app: &App,
    oidc: &Oidc,
    ticket: &str,
    answer: Answer<'_>,
    agent: &str,
) -> Result<Arrival, ProviderError> {
    let Some(Ticket { leg: Leg::Away(flow), to, .. }) = open(app, ticket) else {
        return Err(ProviderError::NotBegun);
    };
    if !flow.has_state(answer.state) || !oidc.is_issuer(answer.issuer) {
        return Err(ProviderError::NotBegun);
    }
    let code = answer.code.ok_or(ProviderError::Declined)?;
    let email = oidc.finish(&flow, code).await?;
    match accounts(app, &email).await?.as_slice() {
        [] => Err(ProviderError::Unknown(email.as_str().to_owned())),
        [one] => Ok(Arrival::SignedIn(begin_session(app, one.team, one.user, agent).await?, to)),
        _ => {
            let leg = Leg::Arrived(email.as_str().to_owned());
            Ok(Arrival::ToChoose(seal(app, leg, &to, CHOOSING_SECONDS)))
        }
    }
}

/// The teams that somebody with this ticket may choose.
pub async fn teams_to_choose(app: &App, ticket: &str) -> Result<Vec<TeamToChoose>, ProviderError> {
    let (email, _) = arrived(app, ticket)?;
    let mut teams = Vec::new();
    for Account { team, .. } in accounts(app, &email).await? {
        let name = app.look(team).await?.team.settings().name.to_string();
        teams.push(TeamToChoose { team, name });
    }
    Ok(teams)
}

/// Lets somebody with this ticket into the team that they chose; then they go on as they wanted to.
pub async fn choose(
    app: &App,
    ticket: &str,
    team: TeamId,
    agent: &str,
) -> Result<(SignedIn, String), ProviderError> {
    let (email, to) = arrived(app, ticket)?;
    let accounts = accounts(app, &email).await?;
    let account = accounts.into_iter().find(|account| account.team == team);
    let account = account.ok_or_else(|| ProviderError::Unknown(email.as_str().to_owned()))?;
    Ok((begin_session(app, team, account.user, agent).await?, to))
}

async fn accounts(app: &App, email: &Email) -> Result<Vec<Account>, ProviderError> {
    Ok(app.store().accounts(email.key(), TEAMS_TRIED_MAX).await?)
}

fn arrived(app: &App, ticket: &str) -> Result<(Email, String), ProviderError> {
    let Some(Ticket { leg: Leg::Arrived(email), to, .. }) = open(app, ticket) else {
        return Err(ProviderError::NotBegun);
    };
    Ok((Email::parse(&email).map_err(|_| ProviderError::NotBegun)?, to))
}

/// A ticket is of no team.
fn place() -> Place {
    use rondo_core::ids::Id as _;
    Place { column: "tickets of sign-ins", team: TeamId::from_bytes([0; 16]), id: [0; 16] }
}

fn seal(app: &App, leg: Leg, to: &str, seconds: i64) -> String {
    let expires_at = app.clock().now().plus_seconds(seconds).as_micros();
    let ticket = Ticket { leg, to: to.to_owned(), expires_at };
    let text = serde_json::to_vec(&ticket).expect("a ticket is plain data");
    let sealed = app.vault().seal(place(), &Secret::new(text), app.entropy().as_ref());
    BASE64.encode(sealed)
}

fn open(app: &App, ticket: &str) -> Option<Ticket> {
    let sealed = BASE64.decode(ticket).ok()?;
    let text = app.vault().open(place(), &sealed).ok()?;
    let ticket: Ticket = serde_json::from_slice(text.bytes()).ok()?;
    (app.clock().now() < Instant::from_micros(ticket.expires_at)).then_some(ticket)
}

/// Hides what opens a session: debug output reaches logs.
impl fmt::Debug for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Departure(…)")
    }
}

/// The same.
impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Arrival(…)")
    }
}
