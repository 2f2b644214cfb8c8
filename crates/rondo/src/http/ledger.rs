//! The ledger over HTTP: page by page, or live as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use rondo_core::{Actor, Event};
use tokio::sync::{OwnedSemaphorePermit, watch};

use crate::app::ledger::EntryView;
use crate::app::page::{Listed, Page};
use crate::app::{Caller, ledger};
use crate::http::codes::Code;
use crate::http::input::{Query, Who};
use crate::http::json::{self, FromObject, Object, Place};
use crate::http::pages::{Filtered, PageParams};
use crate::http::problem::Problem;
use crate::http::{Json, Server};

/// Live streams at once on this server: each holds a connection and some kilobytes.
pub(super) const STREAMS_MAX: usize = 1024;
/// Entries read and written at once: small enough that a slow reader holds little memory.
const CHUNK: u32 = 100;
/// Between two comments on a quiet stream: below the usual time-outs of proxies, 30 s and more.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Between two looks at whether the key still opens a quiet stream: a revocation holds within five seconds.
const KEY_CHECK: Duration = Duration::from_secs(4);

/// Read the ledger.
///
/// Everything that happened in the team, oldest first, after entry `after`. With `Accept: text/event-stream` the
/// answer goes on as things happen: each event has the entry's number as its `id`, and a stream that broke is resumed
/// with `Last-Event-ID`.
#[utoipa::path(get, path = "/v1/ledger", tag = "Ledger",
    params(
        PageParams,
        ("after" = Option<u64>, Query, description = "Entries after this number.", minimum = 0, maximum = 9_007_199_254_740_991_u64),
    ),
    responses((status = 200, description = "A page of entries, or the live stream.",
        content((Listed<EntryView> = "application/json"), (String = "text/event-stream")))))]
pub(super) async fn read_ledger(
    State(server): State<Server>,
    Who(caller): Who,
    Query(query): Query<Filtered<After>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let after = query.wanted.after;
    let last_seen = last_event_id(&headers)?;
    if !wants_stream(&headers) {
        let listed: Listed<EntryView> =
            ledger::list(server.app(), &caller, after.unwrap_or(0), &query.page).await?;
        return Ok(Json(listed).into_response());
    }
    if query.page != (Page { limit: query.page.limit, cursor: None }) {
        return Err(Problem::invalid(
            Place::Query,
            "/cursor",
            "is for pages; a stream takes `after`",
        ));
    }
    let permit = server.shared.streams.clone().try_acquire_owned().map_err(|_| {
        Problem::retry_later(Code::TooManyRequests, "too many live streams are open", 10)
    })?;
    let news = ledger::follow(server.app(), &caller);
    let at = last_seen.or(after).unwrap_or(0);
    let live = Live { server, caller: (*caller).clone(), headers, at, news, _permit: permit };
    Ok(live.into_response())
}

/// The ledger number to begin after.
pub(super) struct After {
    after: Option<u64>,
}

/// The largest number that every JSON reader takes exactly.
const NUMBER_MAX: u64 = (1 << 53) - 1;

impl FromObject for After {
    fn take(object: &mut Object) -> Option<Self> {
        let after = object.optional("after", |value| json::number_in_text(value, 0, NUMBER_MAX));
        Some(Self { after: after? })
    }
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accepted.is_some_and(|accept| accept.contains("text/event-stream"))
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.parse::<u64>().ok());
    number.filter(|number| *number <= NUMBER_MAX).map(Some).ok_or_else(|| {
        let detail = "is not an entry's number; expected the `id` of the last event";
        Problem::invalid(Place::Header, "/last-event-id", detail)
    })
}

/// A stream under way.
struct Live {
    server: Server,
    caller: Caller,
    /// Those of the request, to check the key again.
    headers: HeaderMap,
    at: u64,
    news: watch::Receiver<u64>,
    _permit: OwnedSemaphorePermit,
}

impl IntoResponse for Live {
    fn into_response(self) -> Response {
        let begin = Bytes::from_static(b"retry: 1000\n\n");
        let chunks = stream::unfold((Some(begin), self), |(begin, mut live)| async move {
            let chunk = match begin {
                Some(begin) => begin,
                None => live.next().await?,
            };
            Some((Ok::<_, Infallible>(chunk), (None, live)))
        });
        let mut response = Body::from_stream(chunks).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

impl Live {
    /// The next thing to write; none when the stream ends. The entries are read only once the last ones are written.
    async fn next(&mut self) -> Option<Bytes> {
        let clock = self.server.app().clock().clone();
        let mut quiet = Duration::ZERO;
        loop {
            self.news.mark_unchanged();
            self.server.shared.authenticator.check(&self.headers).await.ok()?;
            let entries =
                ledger::next(self.server.app(), &self.caller, self.at, CHUNK).await.ok()?;
            if entries.iter().any(|entry| self.is_last(entry)) {
                return None;
            }
            if let Some(last) = entries.last() {
                self.at = last.n;
                return Some(written(&entries));
            }
            let is_news = tokio::select! {
                changed = self.news.changed() => {
                    changed.ok()?;
                    true
                }
                () = clock.wait(KEY_CHECK) => false,
            };
            if is_news {
                continue;
            }
            quiet += KEY_CHECK;
            if quiet >= HEARTBEAT - KEY_CHECK {
                return Some(Bytes::from_static(b": still here\n\n"));
            }
        }
    }

    /// Whether the entry revokes the key that the stream was opened with: the news of it come before anything else.
    fn is_last(&self, entry: &EntryView) -> bool {
        matches!(entry.event, Event::KeyRevoked { key } if self.caller.actor == Actor::Key(key))
    }
}

fn written(entries: &[EntryView]) -> Bytes {
    let mut text = String::new();
    for entry in entries {
        let data = serde_json::to_string(entry).expect("an entry of the ledger is written as JSON");
        text.push_str(&format!("id: {}\nevent: entry\ndata: {data}\n\n", entry.n));
    }
    text.into()
}
