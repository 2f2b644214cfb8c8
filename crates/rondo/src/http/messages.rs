//! Single messages over HTTP.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rondo_core::ids::MessageId;

use crate::app::{App, messages};
use crate::http::input::{At, NoInput, Who};
use crate::http::problem::Problem;

/// Close a message.
///
/// For one that stands in the list of reviews by itself: it has been seen to.
#[utoipa::path(post, path = "/v1/messages/{msg}/close", tag = "Mail",
    responses((status = 204, description = "The message is seen to.")))]
pub(super) async fn close_message(
    State(app): State<App>,
    Who(caller): Who,
    At(message): At<MessageId>,
    input: NoInput,
) -> Result<StatusCode, Problem> {
    messages::close(&app, &caller, message, input.idempotency).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Download a message.
///
/// As it came in, byte for byte. Gone once its person was erased.
#[utoipa::path(get, path = "/v1/messages/{msg}/raw", tag = "Mail",
    responses((status = 200, description = "The message.", content((String = "message/rfc822")))))]
pub(super) async fn get_raw_message(
    State(app): State<App>,
    Who(caller): Who,
    At(message): At<MessageId>,
) -> Result<Response, Problem> {
    let raw = messages::raw(&app, &caller, message).await?;
    let name = format!("attachment; filename=\"{message}.eml\"");
    let name = HeaderValue::try_from(name).expect("an id is plain ASCII");
    let mut response = raw.into_response();
    let headers = response.headers_mut();
    // Somebody else wrote it: no browser is to look into it.
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("message/rfc822"));
    headers.insert(header::CONTENT_DISPOSITION, name);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
