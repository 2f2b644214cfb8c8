//! Getting in and out: the first start, invitations, passwords, sessions.

mod attempts;
mod mailed;
mod provider;

use std::fmt;
use std::net::SocketAddr;

use askama::Template;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use super::form::{self, Form};
use super::frame::{Frame, Section, rendered};
use super::routes::{Reach, Routes, Who, done};
use super::trouble::Trouble;
use super::{Console, words};
use crate::app::people::{
    self, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, SessionView, SignInError, SignedIn,
};
use crate::clock::Entropy;
use crate::{say, t};

pub(super) use attempts::Attempts;

/// The cookie of a session …
const COOKIE: &str = "rondo_session";
/// … and where browsers come by HTTPS alone: no page of another host or without TLS can set one by this name.
const SECURE_COOKIE: &str = "__Host-rondo_session";
/// Characters of what a browser says it is, as it is kept.
const AGENT_CHARS_MAX: usize = 200;

/// What lets somebody begin the first team: known to whoever reads what the server printed at its start.
#[derive(Clone)]
pub struct StartLink(String);

impl StartLink {
    /// A fresh one.
    pub fn new(entropy: &dyn Entropy) -> Self {
        let mut random = [0; 24];
        entropy.fill(&mut random);
        Self(random.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Where it leads.
    pub fn path(&self) -> String {
        format!("/start/{}", self.0)
    }

    fn is(&self, text: &str) -> bool {
        self.0.as_bytes().ct_eq(text.as_bytes()).into()
    }
}

/// Hides what opens the server.
impl fmt::Debug for StartLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StartLink(…)")
    }
}

pub(super) fn add(routes: Routes) -> Routes {
    let routes = provider::add(mailed::add(routes));
    routes
        .get(Reach::Public, "/start/{token}", start_page)
        .post(Reach::Public, "/start/{token}", start)
        .get(Reach::Public, "/sign-in", sign_in_page)
        .post(Reach::Public, "/sign-in", sign_in)
        .get(Reach::Public, "/sign-in/{token}", link_page)
        .post(Reach::Public, "/sign-in/{token}", accept)
        .post(Reach::Everyone, "/sign-out", sign_out)
        .get(Reach::Everyone, "/account", account)
        .post(Reach::Everyone, "/account/password", set_password)
        .post(Reach::Everyone, "/account/sessions/{session}/end", end_session)
}

fn cookie_of<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted).then_some(value))
}

/// Where to sign in, and where to go on afterwards.
pub(super) fn address(wanted: Option<&str>) -> String {
    match wanted.filter(|wanted| *wanted != "/") {
        Some(wanted) => {
            let to: String = url::form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
            format!("/sign-in?to={to}")
        }
        None => "/sign-in".to_owned(),
    }
}

/// A path of this console to go on to; anything else leads home.
fn within(to: &str) -> &str {
    // Browsers take a backslash for a slash, and leave out tabs and line breaks.
    let is_odd = |c: char| c == '\\' || c.is_control();
    let is_ours = to.starts_with('/') && !to.starts_with("//") && !to.contains(is_odd);
    if is_ours { to } else { "/" }
}

impl Console {
    fn session_cookie(&self) -> &'static str {
        if self.shared.options.is_secure { SECURE_COOKIE } else { COOKIE }
    }

    /// The session's token in a request.
    pub(super) fn token<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        cookie_of(headers, self.session_cookie())
    }

    fn with_session(&self, signed_in: &SignedIn, to: &str) -> Response {
        let now = self.app().clock().now();
        let seconds = (signed_in.expires_at.as_micros() - now.as_micros()) / 1_000_000;
        let cookie = self.cookie((self.session_cookie(), "/"), &signed_in.token, seconds.max(0));
        let mut response = Redirect::to(within(to)).into_response();
        response.headers_mut().append(header::SET_COOKIE, cookie);
        response
    }

    /// A cookie for the pages below a path.
    fn cookie(&self, (name, path): (&str, &str), value: &str, seconds: i64) -> HeaderValue {
        let (value, path) = (format!("{name}={value}"), format!("Path={path}"));
        let seconds = format!("Max-Age={seconds}");
        let mut parts = vec![&*value, &*path, "HttpOnly", "SameSite=Lax", &*seconds];
        parts.extend(self.shared.options.is_secure.then_some("Secure"));
        let text = parts.join("; ");
        HeaderValue::from_str(&text).expect("a token is plain ASCII")
    }

    /// Refuses whoever tries too often, from one network or for one address.
    fn admit(&self, address: Option<SocketAddr>, email: Option<&str>) -> Result<(), Trouble> {
        match self.shared.attempts.admit(address, email) {
            true => Ok(()),
            false => Err(Trouble::slow_down(t("signing-in-slow-down"))),
        }
    }
}

fn agent(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    agent.unwrap_or_default().chars().take(AGENT_CHARS_MAX).collect()
}

/// Where the request comes from; none in tests without a socket.
pub(super) type From = Option<axum::Extension<ConnectInfo<SocketAddr>>>;

fn peer(from: &From) -> Option<SocketAddr> {
    from.as_ref().map(|extension| extension.0.0)
}

#[derive(Debug, Default, Deserialize)]
struct SignInQuery {
    to: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    form: Form,
    to: String,
    error: Option<String>,
    /// Whether there is no team yet.
    is_new: bool,
    /// Whether there is a mailbox that could send a link.
    has_mail: bool,
    /// The name of the provider that people may sign in with.
    provider: Option<String>,
}

impl SignInPage {
    async fn new(console: &Console, form: Form, error: Option<String>) -> Result<Self, Trouble> {
        let frame = Frame::new(console, None, Section::None, t("signing-in-title"));
        let to = within(form.text("to")).to_owned();
        let has_mail = people::can_mail_links(console.app()).await?;
        let provider = console.shared.options.oidc.as_ref().map(|oidc| oidc.name().to_owned());
        Ok(Self { frame, form, to, error, is_new: false, has_mail, provider })
    }

    /// Whether a password was typed that the page does not show once more.
    fn has_lost_password(&self) -> bool {
        !self.form.raw("password").is_empty()
    }

    /// Where the provider's way begins.
    fn with_provider(&self) -> String {
        let to: String = url::form_urlencoded::byte_serialize(self.to.as_bytes()).collect();
        format!("/sign-in/with?to={to}")
    }
}

async fn sign_in_page(
    State(console): State<Console>,
    Query(query): Query<SignInQuery>,
) -> Result<Response, Trouble> {
    let mut page = SignInPage::new(&console, Form::default(), None).await?;
    page.frame = page.frame.after(query.done.as_deref());
    page.to = within(&query.to.unwrap_or_default()).to_owned();
    page.is_new = console.app().store().teams(None, 1).await?.is_empty();
    Ok(rendered(&page))
}

async fn sign_in(
    State(console): State<Console>,
    from: From,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Trouble> {
    let email = form.text("email").to_owned();
    console.admit(peer(&from), Some(&email))?;
    match people::sign_in(console.app(), &email, form.raw("password"), &agent(&headers)).await {
        Ok(signed_in) => Ok(console.with_session(&signed_in, form.text("to"))),
        Err(SignInError::App(error)) => Err(error.into()),
        Err(error) => {
            let page = SignInPage::new(&console, form, Some(sentence(&error))).await?;
            Ok((StatusCode::UNAUTHORIZED, rendered(&page)).into_response())
        }
    }
}

fn sentence(error: &SignInError) -> String {
    match error {
        SignInError::Wrong => t("signing-in-wrong").to_owned(),
        SignInError::WrongOld => t("signing-in-wrong-old").to_owned(),
        SignInError::WeakPassword => {
            say("signing-in-weak").n("min", PASSWORD_CHARS_MIN).n("max", PASSWORD_CHARS_MAX).plain()
        }
        SignInError::LinkGone => t("signing-in-link-gone").to_owned(),
        SignInError::MailedLinkGone => t("signing-in-mailed-link-gone").to_owned(),
        SignInError::App(error) => words::sentence(&error.to_string()),
    }
}

#[derive(Template)]
#[template(path = "link.html")]
struct LinkTemplate {
    frame: Frame,
    email: String,
    team: String,
    has_password: bool,
    error: Option<String>,
}

async fn link_page(
    State(console): State<Console>,
    Path(token): Path<String>,
) -> Result<Response, Trouble> {
    Ok(rendered(&link_template(&console, &token, None).await?))
}

async fn link_template(
    console: &Console,
    token: &str,
    error: Option<String>,
) -> Result<LinkTemplate, Trouble> {
    let page = people::link_page(console.app(), token).await.map_err(trouble)?;
    let frame = Frame::new(console, None, Section::None, t("signing-in-welcome"));
    let (email, team, has_password) = (page.email, page.team_name, page.has_password);
    Ok(LinkTemplate { frame, email, team, has_password, error })
}

async fn accept(
    State(console): State<Console>,
    from: From,
    Path(token): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Trouble> {
    console.admit(peer(&from), None)?;
    let accepted = if form.raw("password") == form.raw("again") {
        people::accept(console.app(), &token, form.raw("password"), &agent(&headers)).await
    } else {
        let error = Some(t("signing-in-differ").to_owned());
        return bad(&link_template(&console, &token, error).await?);
    };
    match accepted {
        Ok(signed_in) => Ok(console.with_session(&signed_in, "/")),
        Err(error @ SignInError::WeakPassword) => {
            bad(&link_template(&console, &token, Some(sentence(&error))).await?)
        }
        Err(error) => Err(trouble(error)),
    }
}

fn bad(page: &impl Template) -> Result<Response, Trouble> {
    Ok((StatusCode::BAD_REQUEST, rendered(page)).into_response())
}

fn trouble(error: SignInError) -> Trouble {
    match error {
        SignInError::App(error) => error.into(),
        SignInError::LinkGone | SignInError::MailedLinkGone => Trouble::not_found(sentence(&error)),
        SignInError::Wrong | SignInError::WrongOld | SignInError::WeakPassword => {
            Trouble::invalid(sentence(&error))
        }
    }
}

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage {
    frame: Frame,
    form: Form,
    error: Option<String>,
}

impl Console {
    /// Refuses whoever does not have the link, and everybody once there is a team.
    async fn check_start(&self, token: &str) -> Result<(), Trouble> {
        let is_new = self.app().store().teams(None, 1).await?.is_empty();
        if is_new && self.shared.options.start.is(token) {
            return Ok(());
        }
        Err(Trouble::not_found(t("signing-in-no-start")))
    }
}

async fn start_page(
    State(console): State<Console>,
    from: From,
    Path(token): Path<String>,
) -> Result<Response, Trouble> {
    console.admit(peer(&from), None)?;
    console.check_start(&token).await?;
    let frame = Frame::new(&console, None, Section::None, t("signing-in-start"));
    Ok(rendered(&StartPage { frame, form: Form::default(), error: None }))
}

async fn start(
    State(console): State<Console>,
    from: From,
    Path(token): Path<String>,
    headers: HeaderMap,
    mut form: Form,
) -> Result<Response, Trouble> {
    console.admit(peer(&from), None)?;
    console.check_start(&token).await?;
    let (team, email) = (form.required("team", form::name), form.required("email", form::email));
    let password = form.raw("password").to_owned();
    let mut error = None;
    if let Some((team, email)) = team.zip(email) {
        match people::begin(console.app(), team, email, &password, &agent(&headers)).await {
            Ok(signed_in) => return Ok(console.with_session(&signed_in, "/")),
            Err(weak @ SignInError::WeakPassword) => form.say("password", sentence(&weak)),
            Err(SignInError::App(error)) => return Err(error.into()),
            Err(other) => error = Some(sentence(&other)),
        }
    }
    let frame = Frame::new(&console, None, Section::None, t("signing-in-start"));
    bad(&StartPage { frame, form, error })
}

async fn sign_out(State(console): State<Console>, headers: HeaderMap) -> Result<Response, Trouble> {
    if let Some(token) = console.token(&headers) {
        if let Some(session) = people::session(console.app(), token).await? {
            console.shared.uploads.forget(session.caller.team, session.user);
        }
        people::sign_out(console.app(), token).await?;
    }
    let mut response = done("/sign-in", "signed-out");
    response
        .headers_mut()
        .insert(header::SET_COOKIE, console.cookie((console.session_cookie(), "/"), "", 0));
    Ok(response)
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    sessions: Vec<SessionView>,
    error: Option<String>,
}

async fn account(
    State(console): State<Console>,
    Who(session): Who,
    Query(query): Query<SignInQuery>,
) -> Result<Response, Trouble> {
    let frame = Frame::new(&console, Some(&session), Section::None, t("account-title"));
    let frame = frame.after(query.done.as_deref());
    let sessions = people::sessions(console.app(), &session).await?;
    Ok(rendered(&AccountPage { frame, sessions, error: None }))
}

async fn set_password(
    State(console): State<Console>,
    Who(session): Who,
    from: From,
    form: Form,
) -> Result<Response, Trouble> {
    console.admit(peer(&from), Some(&session.email))?;
    let (old, new) = (form.raw("old"), form.raw("password"));
    let old = Some(old).filter(|old| !old.is_empty());
    let error = match new == form.raw("again") {
        false => t("signing-in-differ").to_owned(),
        true => match people::set_password(console.app(), &session, old, new).await {
            Ok(()) => return Ok(done("/account", "password")),
            Err(SignInError::App(error)) => return Err(error.into()),
            Err(error) => sentence(&error),
        },
    };
    let frame = Frame::new(&console, Some(&session), Section::None, t("account-title"));
    let sessions = people::sessions(console.app(), &session).await?;
    bad(&AccountPage { frame, sessions, error: Some(error) })
}

async fn end_session(
    State(console): State<Console>,
    Who(session): Who,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    people::end_session(console.app(), &session, &id).await?;
    Ok(done("/account", "session-ended"))
}
