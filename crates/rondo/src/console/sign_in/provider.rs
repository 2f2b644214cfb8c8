//! Signing in with a provider: there, back, and into one of several teams.
//!
//! People set out by a link, not by a form: browsers hold where a form leads against the page's policy, redirections
//! included, and the provider is elsewhere.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{From, SignInPage, agent, cookie_of, peer, within};
use crate::app::people::{self, Answer, Arrival, Departure, ProviderError, TeamToChoose};
use crate::console::Console;
use crate::console::form::{Form, known};
use crate::console::frame::{Frame, Section, rendered};
use crate::console::routes::{Reach, Routes};
use crate::console::trouble::Trouble;
use crate::oidc::{Oidc, OidcError};
use crate::texts::Say;
use crate::{say, t};

/// What somebody takes along to the provider and back: for the pages of signing in alone.
const TICKET: (&str, &str) = ("rondo_ticket", "/sign-in");
/// Bytes of where somebody goes on to afterwards at most, so that browsers keep the ticket.
const TO_BYTES_MAX: usize = 1000;

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .get(Reach::Public, "/sign-in/with", set_out)
        .get(Reach::Public, "/sign-in/back", come_back)
        .get(Reach::Public, "/sign-in/team", teams)
        .post(Reach::Public, "/sign-in/team", choose)
}

impl Console {
    fn oidc(&self) -> Result<&Oidc, Trouble> {
        let missing = || Trouble::not_found(t("signing-in-no-provider"));
        self.shared.options.oidc.as_ref().ok_or_else(missing)
    }

    fn hand_out(&self, response: &mut Response, ticket: &str, seconds: i64) {
        let cookie = self.cookie(TICKET, ticket, seconds);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

fn ticket(headers: &HeaderMap) -> &str {
    cookie_of(headers, TICKET.0).unwrap_or_default()
}

#[derive(Deserialize)]
struct SetOutQuery {
    to: Option<String>,
}

async fn set_out(
    State(console): State<Console>,
    Query(query): Query<SetOutQuery>,
) -> Result<Response, Trouble> {
    let to = query.to.as_deref().map_or("/", within);
    let to = if to.len() > TO_BYTES_MAX { "/" } else { to };
    match people::set_out(console.app(), console.oidc()?, to).await {
        Ok(Departure { url, ticket }) => {
            let mut response = Redirect::to(url.as_str()).into_response();
            console.hand_out(&mut response, &ticket, people::AWAY_SECONDS);
            Ok(response)
        }
        Err(error) => refused(&console, error).await,
    }
}

#[derive(Deserialize)]
struct BackQuery {
    #[serde(default)]
    state: String,
    code: Option<String>,
    iss: Option<String>,
}

async fn come_back(
    State(console): State<Console>,
    from: From,
    Query(query): Query<BackQuery>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let oidc = console.oidc()?;
    console.admit(peer(&from), None)?;
    let answer =
        Answer { state: &query.state, code: query.code.as_deref(), issuer: query.iss.as_deref() };
    let agent = agent(&headers);
    match people::come_back(console.app(), oidc, ticket(&headers), answer, &agent).await {
        Ok(Arrival::SignedIn(signed_in, to)) => {
            let mut response = console.with_session(&signed_in, &to);
            console.hand_out(&mut response, "", 0);
            Ok(response)
        }
        Ok(Arrival::ToChoose(ticket)) => {
            let mut response = Redirect::to("/sign-in/team").into_response();
            console.hand_out(&mut response, &ticket, people::CHOOSING_SECONDS);
            Ok(response)
        }
        Err(error) => refused(&console, error).await,
    }
}

#[derive(Template)]
#[template(path = "choose_team.html")]
struct ChooseTeamPage {
    frame: Frame,
    teams: Vec<TeamToChoose>,
}

async fn teams(State(console): State<Console>, headers: HeaderMap) -> Result<Response, Trouble> {
    console.oidc()?;
    match people::teams_to_choose(console.app(), ticket(&headers)).await {
        Ok(teams) => {
            let frame = Frame::new(&console, None, Section::None, t("signing-in-which-team"));
            Ok(rendered(&ChooseTeamPage { frame, teams }))
        }
        Err(error) => refused(&console, error).await,
    }
}

async fn choose(
    State(console): State<Console>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Trouble> {
    console.oidc()?;
    let team = known(form.text("team")).map_err(Trouble::invalid)?;
    let (app, agent) = (console.app(), agent(&headers));
    match people::choose(app, ticket(&headers), team, &agent).await {
        Ok((signed_in, to)) => {
            let mut response = console.with_session(&signed_in, &to);
            console.hand_out(&mut response, "", 0);
            Ok(response)
        }
        Err(error) => refused(&console, error).await,
    }
}

/// The page of signing in, with what went wrong at its top: every other way is there. The ticket is of no more use.
async fn refused(console: &Console, error: ProviderError) -> Result<Response, Trouble> {
    let name = console.oidc()?.name();
    let (status, said) = match error {
        ProviderError::App(error) => return Err(error.into()),
        ProviderError::Provider(error) => (status(error), of_provider(name, error)),
        ProviderError::Unknown(email) => {
            (StatusCode::FORBIDDEN, say("signing-in-unknown").arg("email", email))
        }
        ProviderError::NotBegun => {
            (StatusCode::BAD_REQUEST, say("signing-in-not-begun").arg("provider", name))
        }
        ProviderError::Declined => {
            (StatusCode::BAD_REQUEST, say("signing-in-declined").arg("provider", name))
        }
    };
    let page = SignInPage::new(console, Form::default(), Some(said.plain())).await?;
    let mut response = (status, rendered(&page)).into_response();
    console.hand_out(&mut response, "", 0);
    Ok(response)
}

fn of_provider(name: &str, error: OidcError) -> Say {
    match error {
        OidcError::Away => say("signing-in-away").arg("provider", name),
        OidcError::NotConfirmed => say("signing-in-not-confirmed").arg("provider", name),
        OidcError::NotVerified => say("signing-in-not-verified").arg("provider", name),
        OidcError::NoEmail => say("signing-in-no-email").arg("provider", name),
        OidcError::UnverifiedEmail => say("signing-in-unverified-email").arg("provider", name),
    }
}

fn status(error: OidcError) -> StatusCode {
    match error {
        OidcError::Away => StatusCode::SERVICE_UNAVAILABLE,
        OidcError::NotConfirmed => StatusCode::BAD_REQUEST,
        OidcError::NotVerified | OidcError::NoEmail | OidcError::UnverifiedEmail => {
            StatusCode::FORBIDDEN
        }
    }
}
