//! What every request goes through: an id, its operation, its caller, and what is counted and logged of it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::FutureExt as _;
use rondo_core::ids::{IdSource, RequestId};
use tracing::Instrument as _;

use crate::app::Caller;
use crate::http::Server;
use crate::http::auth::authorize;
use crate::http::links::FORMS;
use crate::http::operations::{OPERATIONS, Operation};
use crate::http::problem::{Cause, Problem};
use crate::http::unread::{self, Unread};
use crate::telemetry::{Answers, traces};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// An operation with what is counted of it.
pub(super) struct Counted {
    operation: Option<&'static Operation>,
    answers: Answers,
}

/// The operations by path, with their counters.
pub(super) fn counted_operations() -> HashMap<&'static str, Vec<Counted>> {
    let mut by_path: HashMap<_, Vec<_>> = HashMap::new();
    for operation in OPERATIONS {
        by_path
            .entry(operation.path)
            .or_default()
            .push(Counted::new(operation.id, Some(operation)));
    }
    by_path
}

impl Counted {
    fn new(id: &'static str, operation: Option<&'static Operation>) -> Self {
        Self { operation, answers: Answers::of(id) }
    }

    /// What is counted of requests that reach no operation.
    pub(super) fn others() -> Self {
        Self::new("other", None)
    }

    fn takes(&self, method: &Method) -> bool {
        self.operation.is_some_and(|operation| operation.method == *method)
    }
}

/// The gate.
pub(super) async fn pass(State(server): State<Server>, request: Request, next: Next) -> Response {
    let operation = match traces::is_on() {
        true => counted(&server, &request).operation,
        false => None,
    };
    let Some(operation) = operation else { return answer(&server, request, next).await };
    let span = traces::request(operation.id, operation.path, &operation.method, request.headers());
    let response = answer(&server, request, next).instrument(span.clone()).await;
    let id = response.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
    traces::note_answer(&span, response.status().as_u16(), id.unwrap_or_default());
    response
}

async fn answer(server: &Server, mut request: Request, next: Next) -> Response {
    let clock = server.app().clock();
    let begun = clock.monotonic();
    let seed = server.shared.request_seed ^ u128::from(server.count_request());
    let id: RequestId = IdSource::new(clock.now(), seed).next_id();
    let counted = counted(server, &request);
    let has_body = unread::is_announced(request.headers());
    let mut left = None;
    let entered = match counted.operation {
        Some(operation) => enter(server, operation, &mut request).await,
        None => Ok(()),
    };
    if entered.is_err() || (counted.operation.is_none() && !has_form(&request)) {
        left = unread::drain(&mut request, &**clock).await;
    }
    let mut response = match entered {
        Ok(()) => match AssertUnwindSafe(next.run(request)).catch_unwind().await {
            Ok(response) => response,
            Err(_) => {
                tracing::error!(request = %id, "A request's handler panicked; this is a fault of Rondo.");
                Problem::internal().into_response()
            }
        },
        Err(problem) => problem.into_response(),
    };
    let left = left.or(response.extensions_mut().remove::<Unread>());
    if has_body && left.is_some() {
        unread::close_after(&mut response);
    }
    let name = counted.operation.map_or("other", |operation| operation.id);
    if let Some(Cause(cause)) = response.extensions_mut().remove() {
        tracing::error!(request = %id, operation = name, cause = &*cause, "A request failed in the server.");
    }
    let text = HeaderValue::from_maybe_shared(Bytes::from(id.to_string()));
    response.headers_mut().insert(REQUEST_ID, text.expect("an id is plain ASCII"));
    let taken = clock.monotonic().saturating_sub(begun);
    counted.answers.count(response.status(), taken);
    tracing::debug!(
        request = %id,
        operation = name,
        status = response.status().as_u16(),
        micros = taken.as_micros() as u64,
        "A request was answered."
    );
    response
}

/// Whether the request is for a page that takes a form.
fn has_form(request: &Request) -> bool {
    let path = request.extensions().get::<MatchedPath>();
    path.is_some_and(|path| FORMS.contains(&path.as_str()))
}

fn counted<'s>(server: &'s Server, request: &Request) -> &'s Counted {
    // HEAD is answered by the handler of GET, without the body.
    let method = match request.method() {
        &Method::HEAD => &Method::GET,
        method => method,
    };
    request
        .extensions()
        .get::<MatchedPath>()
        .and_then(|path| server.shared.operations.get(path.as_str()))
        .and_then(|methods| methods.iter().find(|counted| counted.takes(method)))
        .unwrap_or(&server.shared.others)
}

async fn enter(
    server: &Server,
    operation: &Operation,
    request: &mut Request,
) -> Result<(), Problem> {
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let caller = server.shared.authenticator.caller(request.headers(), address).await?;
    authorize(&caller, operation, request.uri().path())?;
    request.extensions_mut().insert::<Arc<Caller>>(caller);
    Ok(())
}
