//! What waits for a person, over HTTP.

use axum::extract::State;
use rondo_core::ids::ConversationId;

use crate::app::App;
use crate::app::conversations::ConversationDetail;
use crate::app::messages::LABELS;
use crate::app::page::{Listed, Page};
use crate::app::reviews::actions::{self, ReviewWanted};
use crate::app::reviews::{self, ReviewItem};
use crate::http::input::{At, Input, Query, Who};
use crate::http::json::{self, FromObject, Object};
use crate::http::pages::PageParams;
use crate::http::{Answer, Json};

/// List what waits for a person.
///
/// First the conversations in review, then the messages that stand by themselves, each oldest first.
#[utoipa::path(get, path = "/v1/reviews", tag = "Mail", params(PageParams),
    responses((status = 200, body = Listed<ReviewItem>, description = "A page of what waits.")))]
pub(super) async fn list_reviews(
    State(app): State<App>,
    Who(caller): Who,
    Query(page): Query<Page>,
) -> Answer<Listed<ReviewItem>> {
    Ok(Json(reviews::list(&app, &caller, &page).await?))
}

/// See to a conversation.
///
/// Whether or not it is in review: a person can always say what a reply means.
#[utoipa::path(post, path = "/v1/conversations/{conv}/review", tag = "Mail", request_body = ReviewWanted,
    responses((status = 200, body = ConversationDetail, description = "The conversation.")))]
pub(super) async fn review(
    State(app): State<App>,
    Who(caller): Who,
    At(conversation): At<ConversationId>,
    input: Input<ReviewWanted>,
) -> Answer<ConversationDetail> {
    let (wanted, key) = (input.body, input.idempotency);
    Ok(Json(actions::review(&app, &caller, conversation, wanted, key).await?))
}

/// What is wanted, before the rest is read.
#[derive(Clone, Copy)]
enum Action {
    Label,
    Answer,
    Qualify,
    Forward,
    Close,
    Resume,
}

const ACTIONS: &[(&str, Action)] = &[
    ("label", Action::Label),
    ("answer", Action::Answer),
    ("qualify", Action::Qualify),
    ("forward", Action::Forward),
    ("close", Action::Close),
    ("resume", Action::Resume),
];

impl FromObject for ReviewWanted {
    fn take(object: &mut Object) -> Option<Self> {
        let Some(action) = object.required("action", json::word(ACTIONS)) else {
            // Which fields go with it is not known.
            object.take_all();
            return None;
        };
        match action {
            Action::Label => {
                let label = object.required("label", json::word(&LABELS));
                let message = object.optional("message", json::id);
                Some(Self::Label { label: label?, message: message? })
            }
            Action::Answer => Some(Self::Answer { text: object.required("text", json::letter)? }),
            Action::Qualify => Some(Self::Qualify),
            Action::Forward => Some(Self::Forward { to: object.required("to", json::id)? }),
            Action::Close => Some(Self::Close),
            Action::Resume => Some(Self::Resume),
        }
    }
}
