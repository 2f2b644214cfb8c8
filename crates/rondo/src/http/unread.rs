//! What becomes of a body that nobody reads: the connection is used again after a small one, and closes openly after others.
//!
//! A client that sends the next request on a connection which the server is about to close finds a broken pipe.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use crate::clock::Clock;

/// Bytes of an unwanted body that are read at most: what usual requests have, and less than a new connection is worth.
const BYTES_MAX: usize = 64 * 1024;
/// How long is waited for them at most: a client that sends headers and body apart is done long before.
const WAIT_MAX: Duration = Duration::from_secs(1);

/// Rides on an answer that was given before the body was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unread;

/// Whether a body follows these headers.
pub(super) fn is_announced(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH);
    headers.contains_key(header::TRANSFER_ENCODING) || length.is_some_and(|length| length != "0")
}

/// Reads a request's body and throws it away; the mark says that it was not read to its end.
pub(super) async fn drain(request: &mut Request, clock: &dyn Clock) -> Option<Unread> {
    if !is_announced(request.headers()) {
        return None;
    }
    // Whoever asks first whether to send the body is answered without it.
    let waits = request.headers().contains_key(header::EXPECT);
    if waits || announced_bytes(request.headers()).is_some_and(|bytes| bytes > BYTES_MAX) {
        return Some(Unread);
    }
    let body = std::mem::replace(request.body_mut(), Body::empty());
    tokio::select! {
        biased;
        read = to_bytes(body, BYTES_MAX) => read.err().map(|_| Unread),
        () = clock.wait(WAIT_MAX) => Some(Unread),
    }
}

fn announced_bytes(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Says that the connection closes after this answer.
pub(super) fn close_after(response: &mut Response) {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
}
