//! What is there without a key: health, metrics, the OpenAPI document, the documentation and the pages of problems.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::http::Server;
use crate::http::codes::Code;
use crate::http::docs;
use crate::http::problem::Problem;

/// The routes.
pub(super) fn routes() -> Router<Server> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/openapi.json", get(openapi))
        .route("/docs", get(docs_page))
        .route("/docs/", get(|| async { Redirect::permanent("/docs") }))
        .route("/problems", get(problems))
        .route("/problems/{code}", get(problem))
}

/// The process is up.
async fn healthz() -> &'static str {
    "ok\n"
}

/// The database can be reached, and every ledger met so far could be read.
async fn readyz(State(server): State<Server>) -> Result<&'static str, Problem> {
    server.app().check_ready().await?;
    Ok("ready\n")
}

async fn metrics(State(server): State<Server>) -> Response {
    let text = (server.shared.options.metrics)();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

async fn openapi(State(server): State<Server>) -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], server.shared.openapi.clone()).into_response()
}

async fn docs_page(State(server): State<Server>) -> Response {
    page(StatusCode::OK, server.shared.docs.clone())
}

async fn problems() -> Response {
    page(StatusCode::OK, docs::problems())
}

async fn problem(Path(code): Path<String>) -> Response {
    match Code::named(&code) {
        Some(code) => page(StatusCode::OK, docs::problem(code)),
        None => page(StatusCode::NOT_FOUND, docs::no_such_problem()),
    }
}

/// A page of our own: nothing from elsewhere is loaded, and no script runs.
fn page(status: StatusCode, html: impl IntoResponse) -> Response {
    framed(
        status,
        html,
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
}

/// A page with a form that is sent to where the page came from. It is about one person: nobody keeps it, and no other site
/// learns of its address.
pub(super) fn form_page(status: StatusCode, html: String) -> Response {
    let mut response = framed(
        status,
        html,
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn framed(status: StatusCode, html: impl IntoResponse, policy: &'static str) -> Response {
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
