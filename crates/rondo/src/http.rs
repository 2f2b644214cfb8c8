//! The JSON API over HTTP: routes, and what every request goes through.
//!
//! A request passes the gate ([`gate`]): it gets an id, its line in the table of [`operations`] is found, the caller
//! is told by their key ([`auth`]) and their role's reach is checked. Then its handler parses, calls one use case of
//! [`crate::app`], and converts. Whatever goes wrong becomes a [`problem::Problem`].

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::FromRef;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Serialize;
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

mod assignments;
mod auth;
mod campaigns;
pub mod codes;
mod docs;
mod gate;
mod groups;
mod input;
pub mod json;
mod keys;
mod leads;
mod ledger;
mod links;
mod mailboxes;
mod messages;
pub mod openapi;
pub mod operations;
mod outreach;
mod pages;
pub mod problem;
mod qualifier;
mod reps;
mod reviews;
mod routing;
mod service;
mod settings;
mod suppressions;
mod unread;
mod users;
mod webhooks;

use auth::Authenticator;
use codes::Code;
use gate::Counted;
use problem::Problem;

/// What the HTTP face needs beside the app.
pub struct HttpOptions {
    /// The metrics as Prometheus reads them.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Requests that one API key may make in a second; none for as many as it likes.
    pub key_requests_per_second_max: Option<NonZeroU32>,
}

/// What handlers share. Clones share it.
#[derive(Clone)]
struct Server {
    shared: Arc<Shared>,
}

struct Shared {
    app: App,
    options: HttpOptions,
    authenticator: Authenticator,
    /// By path template.
    operations: HashMap<&'static str, Vec<Counted>>,
    /// Requests that reached no operation.
    others: Counted,
    /// Where request ids begin, and how many were made.
    request_seed: u128,
    requests: AtomicU64,
    streams: Arc<Semaphore>,
    openapi: Bytes,
    docs: Bytes,
}

impl FromRef<Server> for App {
    fn from_ref(server: &Server) -> Self {
        server.shared.app.clone()
    }
}

/// The whole HTTP face of an app.
pub fn router(app: App, options: HttpOptions) -> Router {
    let (api, document) = documented().split_for_parts();
    let document = openapi::complete(&document);
    let docs = docs::page(&document);
    let server = Server {
        shared: Arc::new(Shared {
            authenticator: Authenticator::new(app.clone(), options.key_requests_per_second_max),
            operations: gate::counted_operations(),
            others: Counted::others(),
            request_seed: app.entropy().seed(),
            requests: AtomicU64::new(0),
            streams: Arc::new(Semaphore::new(ledger::STREAMS_MAX)),
            openapi: serde_json::to_vec(&document).expect("a JSON value is written").into(),
            docs: docs.into(),
            app,
            options,
        }),
    };
    api.merge(service::routes())
        .merge(links::routes())
        .fallback(nothing_here)
        .method_not_allowed_fallback(not_with_this_method)
        .layer(axum::middleware::from_fn_with_state(server.clone(), gate::pass))
        .with_state(server)
}

/// The OpenAPI document without what follows from the table of operations.
pub fn openapi_document() -> serde_json::Value {
    openapi::complete(&documented().split_for_parts().1)
}

fn documented() -> OpenApiRouter<Server> {
    OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(reps::add_rep, reps::list_reps))
        .routes(routes!(reps::get_rep, reps::change_rep, reps::remove_rep))
        .routes(routes!(reps::go_out_of_office, reps::come_back))
        .routes(routes!(reps::add_absence, reps::list_absences))
        .routes(routes!(reps::get_absence, reps::change_absence, reps::remove_absence))
        .routes(routes!(groups::add_group, groups::list_groups))
        .routes(routes!(groups::get_group, groups::rename_group, groups::remove_group))
        .routes(routes!(groups::list_members))
        .routes(routes!(groups::add_member, groups::remove_member))
        .routes(routes!(campaigns::add_campaign, campaigns::list_campaigns))
        .routes(routes!(
            campaigns::get_campaign,
            campaigns::change_campaign,
            campaigns::remove_campaign
        ))
        .routes(routes!(campaigns::launch_campaign))
        .routes(routes!(campaigns::pause_campaign))
        .routes(routes!(campaigns::resume_campaign))
        .routes(routes!(campaigns::cancel_campaign))
        .routes(routes!(campaigns::duplicate_campaign))
        .routes(routes!(campaigns::get_queue))
        .routes(routes!(leads::add_leads))
        .routes(routes!(routing::qualify))
        .routes(routes!(routing::qualify_batch))
        .routes(routes!(routing::noop))
        .routes(routes!(assignments::list_assignments))
        .routes(routes!(assignments::get_assignment))
        .routes(routes!(assignments::get_assignment_circle))
        .routes(routes!(assignments::reassign))
        .routes(routes!(leads::list_leads, leads::add_leads_to_team))
        .routes(routes!(leads::get_lead, leads::change_lead, leads::erase_lead))
        .routes(routes!(leads::list_conversations))
        .routes(routes!(leads::get_conversation))
        .routes(routes!(keys::add_key, keys::list_keys))
        .routes(routes!(keys::revoke_key))
        .routes(routes!(users::add_user, users::list_users))
        .routes(routes!(users::remove_user))
        .routes(routes!(users::make_sign_in_link))
        .routes(routes!(settings::get_settings, settings::change_settings))
        .routes(routes!(webhooks::add_webhook, webhooks::list_webhooks))
        .routes(routes!(webhooks::remove_webhook))
        .routes(routes!(webhooks::list_deliveries))
        .routes(routes!(webhooks::resend_delivery))
        .routes(routes!(mailboxes::add_mailbox, mailboxes::list_mailboxes))
        .routes(routes!(
            mailboxes::get_mailbox,
            mailboxes::change_mailbox,
            mailboxes::remove_mailbox
        ))
        .routes(routes!(mailboxes::test_mailbox))
        .routes(routes!(mailboxes::deliver_message))
        .routes(routes!(outreach::get_messages, outreach::set_messages))
        .routes(routes!(outreach::preview_messages))
        .routes(routes!(outreach::try_messages))
        .routes(routes!(outreach::list_missing))
        .routes(routes!(reviews::list_reviews))
        .routes(routes!(reviews::review))
        .routes(routes!(messages::close_message))
        .routes(routes!(messages::get_raw_message))
        .routes(routes!(qualifier::get_qualifier, qualifier::set_qualifier))
        .routes(routes!(suppressions::add_suppression, suppressions::list_suppressions))
        .routes(routes!(suppressions::lift_suppression))
        .routes(routes!(ledger::read_ledger))
}

async fn nothing_here() -> Problem {
    Problem::new(Code::NotFound, "there is nothing at this address; see `/docs`")
}

async fn not_with_this_method() -> Problem {
    Problem::new(
        Code::MethodNotAllowed,
        "this address does not take that method; see the header `Allow`",
    )
}

/// An answer with its view.
type Answer<T> = Result<Json<T>, Problem>;

/// A view as JSON.
struct Json<T>(T);

/// Bytes that hold the view of an assignment, and nearly every other single one, without growing.
const VIEW_BYTES: usize = 1024;

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let mut text = Vec::with_capacity(VIEW_BYTES);
        serde_json::to_writer(&mut text, &self.0).expect("a view is written as JSON");
        json_response(text)
    }
}

fn json_response(text: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(text));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// Something was made.
struct Created<T>(T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

impl Server {
    fn app(&self) -> &App {
        &self.shared.app
    }

    fn count_request(&self) -> u64 {
        self.shared.requests.fetch_add(1, Ordering::Relaxed)
    }
}
