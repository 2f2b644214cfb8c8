//! News for pages that are open: the team's latest ledger number, as server-sent events. A page that hears of one asks
//! for itself again, so nobody is told more than they may see.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::routes::{Reach, Routes, Who};
use super::{Console, sign_in};
use crate::app::{ledger, people};

/// Pages that listen at the same time, on one server: each holds a connection and some 20 KB.
const STREAMS_MAX: usize = 10_000;
/// News are told at most so often: a page that is asked for again every time would cost more than it tells.
const PAUSE: Duration = Duration::from_secs(1);
/// Between two looks at whether the session is still good; each writes a line that keeps the connection open.
const CHECK: Duration = Duration::from_secs(20);

/// Room for pages that listen.
pub(super) struct Streams(Arc<Semaphore>);

impl Streams {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(STREAMS_MAX)))
    }
}

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::Everyone, "/live", live)
}

struct Live {
    console: Console,
    token: String,
    news: watch::Receiver<u64>,
    _permit: OwnedSemaphorePermit,
}

async fn live(State(console): State<Console>, Who(session): Who, headers: HeaderMap) -> Response {
    let Ok(permit) = console.shared.streams.0.clone().try_acquire_owned() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let news = ledger::follow(console.app(), &session.caller);
    let token = sign_in::token(&headers).unwrap_or_default().to_owned();
    let live = Live { console, token, news, _permit: permit };
    let begin = Some(Bytes::from_static(b"retry: 3000\n\n"));
    let chunks = stream::unfold((begin, live), |(begin, mut live)| async move {
        let chunk = match begin {
            Some(begin) => begin,
            None => live.next().await?,
        };
        Some((Ok::<_, Infallible>(chunk), (None, live)))
    });
    let mut response = Body::from_stream(chunks).into_response();
    let stream = HeaderValue::from_static("text/event-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, stream);
    response
}

impl Live {
    /// The next thing to write; none when the stream ends.
    async fn next(&mut self) -> Option<Bytes> {
        let clock = self.console.app().clock().clone();
        let is_news = tokio::select! {
            changed = self.news.changed() => { changed.ok()?; true }
            () = clock.wait(CHECK) => false,
        };
        if is_news {
            clock.wait(PAUSE).await;
            let number = *self.news.borrow_and_update();
            return Some(format!("id: {number}\nevent: news\ndata: {number}\n\n").into());
        }
        let session = people::session(self.console.app(), &self.token).await.ok().flatten();
        session.map(|_| Bytes::from_static(b": still here\n\n"))
    }
}
