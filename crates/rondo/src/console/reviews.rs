//! What waits for a person's eye: one queue, what waits longest first, gone through by keyboard.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;
use rondo_core::ids::{ConversationId, MessageId, RepId};
use rondo_core::mail::ReviewReason;
use rondo_core::time::Instant;

use super::Console;
use super::conversations::words;
use super::form::Form;
use super::frame::{Frame, Section, rendered};
use super::paths;
use super::routes::{Reach, Routes, Who, done, file};
use super::trouble::Trouble;
use super::words::reason_tag;
use crate::app::history::{self, Named};
use crate::app::messages::{self, MessageView};
use crate::app::reviews::{Queued, ReviewItem};
use crate::t;

/// Characters of a message that stand in the list.
const EXCERPT_CHARS: usize = 220;

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .get(Reach::Team, "/reviews", queue)
        .get(Reach::Admin, "/messages/{message}/raw", raw)
        .post(Reach::Admin, "/messages/{message}/close", close)
}

#[derive(Template)]
#[template(path = "reviews.html")]
struct QueuePage {
    frame: Frame,
    items: Vec<Item>,
    next: Option<String>,
    is_first_page: bool,
}

/// Something in the queue.
struct Item {
    /// Whom it is about or from.
    who: String,
    campaign: String,
    tag: &'static str,
    reason: &'static str,
    excerpt: String,
    at: Option<Instant>,
    /// Where it is seen to; none for a message that stands by itself.
    conversation: Option<ConversationId>,
    alone: Option<Alone>,
}

/// A message that stands in the queue by itself.
struct Alone {
    message: MessageView,
    /// The rep who seems to be away.
    away: Option<Away>,
}

/// A rep who seems to be away.
struct Away {
    rep: RepId,
    /// The day on which they are back.
    back: Option<String>,
}

impl Away {
    /// Where the absence is entered, with the last day away as it was found.
    fn path(&self) -> String {
        let back = self.back.as_deref().and_then(|back| back.parse::<Date>().ok());
        let last = back.and_then(|back| back.yesterday().ok()).map(|last| last.to_string());
        let path = format!("/reps/{}", self.rep);
        paths::with(&path, [("until", last.as_deref().unwrap_or_default())]) + "#absences"
    }
}

async fn queue(
    State(console): State<Console>,
    Who(session): Who,
    query: Form,
) -> Result<Response, Trouble> {
    let frame = Frame::new(&console, Some(&session), Section::Reviews, t("reviews-title"));
    let done = Some(query.text("done")).filter(|done| !done.is_empty());
    let frame = frame.after(done);
    let page = paths::page(&query);
    let listed = history::reviews(console.app(), &session.caller, &page).await?;
    let next = listed.next_cursor.map(|next| paths::with("/reviews", [("cursor", &*next)]));
    let items = listed.items.into_iter().map(Item::of).collect();
    Ok(rendered(&QueuePage { frame, items, next, is_first_page: page.cursor.is_none() }))
}

impl Item {
    fn of(named: Named<Queued>) -> Self {
        let called = named.person.map(|person| person.called().to_owned());
        let since = named.item.since;
        match named.item.item {
            ReviewItem::Conversation(item) => Self {
                who: called.unwrap_or_else(|| t("common-erased-lead").to_owned()),
                campaign: named.campaign_name,
                tag: reason_tag(item.reason),
                reason: words::reason(item.reason),
                excerpt: item.message.as_ref().map(excerpt).unwrap_or_default(),
                at: since.or(item.message.map(|message| message.at)),
                conversation: Some(item.conversation),
                alone: None,
            },
            ReviewItem::Message(item) => Self {
                who: item
                    .message
                    .from
                    .clone()
                    .unwrap_or_else(|| t("reviews-erased-sender").to_owned()),
                campaign: String::new(),
                tag: reason_tag(item.reason),
                reason: words::reason(item.reason),
                excerpt: excerpt(&item.message),
                at: Some(item.message.at),
                conversation: item.message.conversation,
                alone: Some(Alone::of(item.message, item.reason)),
            },
        }
    }
}

impl Alone {
    fn of(message: MessageView, reason: ReviewReason) -> Self {
        let until = message.fields.as_ref().and_then(|fields| fields.get("return_on"));
        let back = until.and_then(|until| until.as_str()).map(str::to_owned);
        let is_away = reason == ReviewReason::RepSeemsAway;
        let away = message.rep.filter(|_| is_away).map(|rep| Away { rep, back });
        Self { message, away }
    }
}

fn excerpt(message: &MessageView) -> String {
    let words: Vec<_> = message.text.as_deref().unwrap_or_default().split_whitespace().collect();
    let text = words.join(" ");
    match text.char_indices().nth(EXCERPT_CHARS) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}

async fn raw(
    State(console): State<Console>,
    Who(session): Who,
    Path(message): Path<String>,
) -> Result<Response, Trouble> {
    let message: MessageId = paths::named("message", &message)?;
    let raw = messages::raw(console.app(), &session.caller, message).await?;
    // Somebody else wrote it: no browser is to look into it.
    Ok(file(&format!("{message}.eml"), "message/rfc822", raw))
}

async fn close(
    State(console): State<Console>,
    Who(session): Who,
    Path(message): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let message = paths::named("message", &message)?;
    messages::close(console.app(), &session.caller, message, form.once(&session)).await?;
    Ok(done("/reviews", "closed"))
}
