//! News for pages that are open: the team's latest ledger number, as server-sent events. A page that hears of one asks
//! for itself again, so nobody is told more than they may see.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use rondo_core::ids::UserId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::Console;
use super::routes::{Reach, Routes, Who};
use crate::app::{ledger, people};

/// Pages that listen at the same time, on one server: each holds a connection and some 20 KB.
const STREAMS_MAX: usize = 10_000;
/// Pages of one user that listen at the same time: more than a person looks at, on all their machines.
const STREAMS_OF_USER_MAX: u32 = 20;
/// News are told at most so often: a page that is asked for again every time would cost more than it tells.
const PAUSE: Duration = Duration::from_secs(1);
/// Between two looks at whether the session is still good, and between lines that keep the connection open.
const CHECK: Duration = Duration::from_secs(20);

/// Room for pages that listen.
pub(super) struct Streams {
    room: Arc<Semaphore>,
    by_user: Taken,
}

/// How many pages of each user listen.
type Taken = Arc<Mutex<HashMap<UserId, u32>>>;

impl Streams {
    pub(super) fn new() -> Self {
        Self { room: Arc::new(Semaphore::new(STREAMS_MAX)), by_user: Taken::default() }
    }
}

/// The place of one page among those of its user.
struct Place {
    taken: Taken,
    user: UserId,
}

impl Place {
    fn take(taken: &Taken, user: UserId) -> Option<Self> {
        let mut places = taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = places.entry(user).or_default();
        if *count == STREAMS_OF_USER_MAX {
            return None;
        }
        *count += 1;
        Some(Self { taken: Arc::clone(taken), user })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = places.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                places.remove(&self.user);
            }
        }
    }
}

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::Everyone, "/live", live)
}

struct Live {
    console: Console,
    token: String,
    news: watch::Receiver<u64>,
    /// When it was last seen that the session is good.
    checked: Duration,
    _permit: OwnedSemaphorePermit,
    _place: Place,
}

async fn live(State(console): State<Console>, Who(session): Who, headers: HeaderMap) -> Response {
    let streams = &console.shared.streams;
    let Ok(permit) = streams.room.clone().try_acquire_owned() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let Some(place) = Place::take(&streams.by_user, session.user) else {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };
    let news = ledger::follow(console.app(), &session.caller);
    let token = console.token(&headers).unwrap_or_default().to_owned();
    let checked = console.app().clock().monotonic();
    let live = Live { console, token, news, checked, _permit: permit, _place: place };
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
        let now = clock.monotonic();
        if self.checked.saturating_add(CHECK) <= now {
            self.checked = now;
            people::session_unseen(self.console.app(), &self.token).await.ok().flatten()?;
        }
        let is_news = tokio::select! {
            changed = self.news.changed() => { changed.ok()?; true }
            () = clock.wait(CHECK) => false,
        };
        if !is_news {
            return Some(Bytes::from_static(b": still here\n\n"));
        }
        clock.wait(PAUSE).await;
        let number = *self.news.borrow_and_update();
        Some(format!("id: {number}\nevent: news\ndata: {number}\n\n").into())
    }
}
