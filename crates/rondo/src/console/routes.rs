//! The routes, each with its reach, and what every request goes through: who it is, what they may see, headers.

use std::any::Any;
use std::convert::Infallible;

use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::{self, HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Router, extract::DefaultBodyLimit};
use rondo_core::event::Role;
use rondo_core::ids::RepId;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use super::trouble::{self, Trouble};
use super::{Console, sign_in};
use crate::app::people::{self, Session};
use crate::t;
use crate::telemetry::Answers;

/// Bytes of a form at most: the longest texts of a campaign, several times over. Uploads say their own.
const FORM_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The media type in which the API says that there is nothing at an address (RFC 9457).
const PROBLEM: &[u8] = b"application/problem+json";
/// A header of requests that pages make by themselves, to be up to date.
const LIVE: &str = "x-rondo-live";

/// Who may have a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Anybody, signed in or not.
    Public,
    /// Whoever signed in; the use case narrows what a rep is shown to what is theirs.
    Everyone,
    /// Admins and viewers.
    Team,
    /// Admins, viewers, and the rep that the path names.
    OwnOrTeam,
    /// Admins, and the rep that the path names.
    OwnOrAdmin,
    /// Admins.
    Admin,
}

/// How a page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// To be seen; changes nothing.
    Get,
    /// A form is sent.
    Post,
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// A route as the tests see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// How it is asked for.
    pub method: Method,
    /// As in `/reps/{rep}`.
    pub path: &'static str,
    /// Who may have it.
    pub reach: Reach,
}

/// Routes as they are gathered.
pub(super) struct Routes {
    table: Vec<(Route, MethodRouter<Console>)>,
}

impl Routes {
    pub(super) fn new() -> Self {
        Self { table: Vec::new() }
    }

    /// A page to be seen.
    pub(super) fn get<H, T>(self, reach: Reach, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Console>,
        T: 'static,
    {
        self.with(Route { method: Method::Get, path, reach }, get(handler))
    }

    /// A form to be sent.
    pub(super) fn post<H, T>(self, reach: Reach, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Console>,
        T: 'static,
    {
        self.with(Route { method: Method::Post, path, reach }, post(handler))
    }

    fn with(mut self, route: Route, handler: MethodRouter<Console>) -> Self {
        self.table.push((route, handler));
        self
    }

    pub(super) fn into_table(self) -> Vec<Route> {
        self.table.into_iter().map(|(route, _)| route).collect()
    }

    pub(super) fn into_router(self, console: Console) -> Router {
        let mut router = Router::new();
        for (route, handler) in self.table {
            let answers = Answers::of(format!("{} {}", route.method.name(), route.path));
            let guarded =
                handler.layer(from_fn_with_state((console.clone(), route, answers), pass));
            router = router.route(route.path, guarded);
        }
        let elsewhere = console.clone();
        let refused = move |_| trouble::page(&elsewhere, None, Trouble::from_elsewhere());
        // BREACH tells what stands in an answer from its length, when words of an attacker's choice stand beside it, by
        // having it asked for some thousand times. No page shows a secret to who asks again: forms carry no token (where a
        // request comes from stands in its headers), sessions are cookies, and keys and links are shown once, in the answer
        // to a form, which no other site can send. For names of leads beside words that were searched for, another
        // site would have to open a window each time: the cookie is `SameSite`.
        router
            .layer(CompressionLayer::new())
            .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
            .layer(CsrfLayer::new().with_rejection_response(refused))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(map_response(protected))
            .with_state(console)
    }
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("A page's handler panicked; this is a fault of Rondo.");
    (StatusCode::INTERNAL_SERVER_ERROR, t("trouble-server-short")).into_response()
}

/// The gate of a route.
async fn pass(
    State((console, route, answers)): State<(Console, Route, Answers)>,
    params: RawPathParams,
    request: Request,
    next: Next,
) -> Response {
    let clock = console.app().clock();
    let begun = clock.monotonic();
    let response = guard(&console, route, &params, request, next).await;
    answers.count(response.status(), clock.monotonic().saturating_sub(begun));
    response
}

async fn guard(
    console: &Console,
    route: Route,
    params: &RawPathParams,
    mut request: Request,
    next: Next,
) -> Response {
    let session = match signed_in(console, request.headers()).await {
        Ok(session) => session,
        Err(error) => return trouble::page(console, None, Trouble::from(error)),
    };
    let named = params.iter().find(|(name, _)| *name == "rep").map(|(_, rep)| rep);
    let is_live = request.headers().contains_key(LIVE);
    let entered = enter(route.reach, session.as_ref(), named);
    let mut response = match (entered, &session) {
        (Ok(()), _) => {
            if let Some(session) = &session {
                request.extensions_mut().insert(session.clone());
            }
            next.run(request).await
        }
        // A page that brings itself up to date finds out; a person is asked to sign in.
        (Err(Barred::SignIn), _) if is_live => StatusCode::UNAUTHORIZED.into_response(),
        (Err(Barred::SignIn), _) => {
            let wanted = (route.method == Method::Get).then(|| request.uri().to_string());
            Redirect::to(&sign_in::address(wanted.as_deref())).into_response()
        }
        (Err(Barred::NotYours), session) => {
            trouble::page(console, session.as_ref(), Trouble::not_yours())
        }
    };
    if let Some(trouble) = response.extensions_mut().remove::<Trouble>() {
        let trouble = match &session {
            Some(session) => trouble.informed(console, session).await,
            None => trouble,
        };
        response = trouble::page(console, session.as_ref(), trouble);
    }
    response
}

/// Where a browser was led to an address that is none: a page that says so, in place of the API's document.
pub(super) async fn lost(State(console): State<Console>, request: Request, next: Next) -> Response {
    let accepted = request.headers().get(header::ACCEPT).and_then(|kinds| kinds.to_str().ok());
    let is_for_people = request.method() == http::Method::GET
        && accepted.is_some_and(|kinds| kinds.contains("text/html"))
        && !request.uri().path().starts_with("/v1/");
    if !is_for_people {
        return next.run(request).await;
    }
    let headers = request.headers().clone();
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if response.status() != StatusCode::NOT_FOUND || kind != Some(PROBLEM) {
        return response;
    }
    let session = signed_in(&console, &headers).await.unwrap_or_default();
    let nowhere = Trouble::not_found(t("trouble-no-page"));
    protected(trouble::page(&console, session.as_ref(), nowhere)).await
}

enum Barred {
    SignIn,
    NotYours,
}

fn enter(reach: Reach, session: Option<&Session>, named: Option<&str>) -> Result<(), Barred> {
    if reach == Reach::Public {
        return Ok(());
    }
    let caller = &session.ok_or(Barred::SignIn)?.caller;
    let is_own = || {
        let named = named.and_then(|named| named.parse::<RepId>().ok());
        caller.rep.is_some() && named == caller.rep
    };
    let may = match (reach, caller.role) {
        (_, Role::Router | Role::Mailbox) => false,
        (Reach::Public | Reach::Everyone, _) | (_, Role::Admin) => true,
        (Reach::Team | Reach::OwnOrTeam, Role::Viewer) => true,
        (Reach::OwnOrTeam | Reach::OwnOrAdmin, Role::Rep) => is_own(),
        (Reach::Team | Reach::Admin, Role::Rep)
        | (Reach::OwnOrAdmin | Reach::Admin, Role::Viewer) => false,
    };
    if may { Ok(()) } else { Err(Barred::NotYours) }
}

async fn signed_in(
    console: &Console,
    headers: &HeaderMap,
) -> Result<Option<Session>, crate::app::AppError> {
    match console.token(headers) {
        Some(token) if headers.contains_key(LIVE) => {
            people::session_unseen(console.app(), token).await
        }
        Some(token) => people::session(console.app(), token).await,
        None => Ok(None),
    }
}

/// Nothing from elsewhere is loaded, and nobody but the person it is for keeps a page.
async fn protected(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                  connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The person who asks. Only for routes that nobody has without signing in.
pub(super) struct Who(pub(super) Session);

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let session = parts.extensions.get::<Session>().cloned();
        Ok(Self(session.expect("the guard lets nobody in without a session")))
    }
}

/// A redirection after a form was taken, with a word about what was done.
pub(super) fn done(path: &str, word: &str) -> Response {
    let join = if path.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{path}{join}done={word}")).into_response()
}

/// What is downloaded as a file.
pub(super) fn file(name: &str, kind: &'static str, content: impl Into<Body>) -> Response {
    let mut response = Response::new(content.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let disposition = format!("attachment; filename=\"{name}\"");
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
