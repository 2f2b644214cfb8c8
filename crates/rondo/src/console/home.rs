//! The first page: what needs a person now, and what has happened today. A rep's first page is their own.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use rondo_core::time::Instant;
use serde::Deserialize;

use super::Console;
use super::frame::{Frame, Section, rendered};
use super::paths::Query;
use super::routes::{Reach, Routes, Who};
use super::trouble::Trouble;
use super::words;
use crate::app::overview::{self, GapsAhead, Overview, SHARE_DAYS};
use crate::app::reports::Share;
use crate::app::reviews::ReviewItem;
use crate::t;

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::Everyone, "/", home)
}

#[derive(Debug, Default, Deserialize)]
struct HomeQuery {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    view: Overview,
    /// None while they are still being summed up.
    bars: Option<Vec<Bar>>,
    days: i64,
}

impl HomePage {
    fn gaps(&self, ahead: &GapsAhead) -> String {
        let gaps = ahead.gaps.iter().map(|gap| self.frame.period(gap, &ahead.days));
        let gaps: Vec<_> = gaps.collect();
        gaps.join("; ")
    }
}

/// A bar of a chart.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) count: u64,
    /// Of the longest, in hundredths.
    pub(super) percent: u64,
}

/// The bars of shares, each against the largest.
pub(super) fn bars<I>(shares: &[Share<I>]) -> Vec<Bar> {
    let most = shares.iter().map(|share| share.assigned).max().unwrap_or(0).max(1);
    let bar = |share: &Share<I>| Bar {
        name: share.name.clone(),
        count: share.assigned,
        percent: share.assigned * 100 / most,
    };
    shares.iter().map(bar).collect()
}

async fn home(
    State(console): State<Console>,
    Who(session): Who,
    Query(query): Query<HomeQuery>,
) -> Result<Response, Trouble> {
    if let Some(rep) = session.caller.only_rep() {
        return Ok(Redirect::to(&format!("/reps/{rep}")).into_response());
    }
    let frame = Frame::new(&console, Some(&session), Section::Home, t("home-title"));
    let frame = frame.after(query.done.as_deref());
    let view = overview::show(console.app(), &session.caller, beginning_of_day(&frame)).await?;
    let bars = view.shares.as_deref().map(bars);
    Ok(rendered(&HomePage { frame, view, bars, days: SHARE_DAYS }))
}

/// When the present day began in the viewer's zone.
fn beginning_of_day(frame: &Frame) -> Instant {
    let now = jiff::Timestamp::from_microsecond(frame.now.as_micros()).unwrap_or_default();
    let day = now.to_zoned(frame.zone().clone()).start_of_day();
    day.map_or(frame.now, |day| Instant::from_micros(day.timestamp().as_microsecond()))
}

/// Where an item of the review queue is seen to, who it is about, and why.
fn review_line(item: &ReviewItem) -> (String, &'static str) {
    match item {
        ReviewItem::Conversation(item) => {
            (format!("/conversations/{}", item.conversation), words::reason_tag(item.reason))
        }
        ReviewItem::Message(item) => ("/reviews".to_owned(), words::reason_tag(item.reason)),
    }
}
