//! What a person does about a conversation (Q3), each as a form.

use axum::extract::{Path, State};
use axum::response::Response;
use rondo_core::ids::ConversationId;
use rondo_core::mail::ConversationStatus;
use rondo_core::team::Status;

use super::{thread, words};
use crate::app::campaigns;
use crate::app::conversations::ConversationDetail;
use crate::app::people::Session;
use crate::app::reviews::actions::{self, ReviewWanted};
use crate::app::text;
use crate::console::Console;
use crate::console::form::{self, Form};
use crate::console::paths;
use crate::console::routes::{Reach, Routes, Who, done};
use crate::console::trouble::Trouble;
use crate::t;

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .post(Reach::Admin, "/conversations/{conversation}/label", label)
        .post(Reach::Admin, "/conversations/{conversation}/answer", answer)
        .post(Reach::Admin, "/conversations/{conversation}/qualify", qualify)
        .post(Reach::Admin, "/conversations/{conversation}/forward", forward)
        .post(Reach::Admin, "/conversations/{conversation}/close", close)
        .post(Reach::Admin, "/conversations/{conversation}/resume", resume)
}

/// A form about a conversation.
struct Sent {
    console: Console,
    session: Session,
    conversation: ConversationId,
    form: Form,
}

impl Sent {
    fn new(
        console: Console,
        session: Session,
        conversation: &str,
        form: Form,
    ) -> Result<Self, Trouble> {
        let conversation = paths::named("conversation", conversation)?;
        Ok(Self { console, session, conversation, form })
    }

    /// Does it; none where the form cannot be used. Either way leads back to the thread.
    async fn review(self, wanted: Option<ReviewWanted>, word: &str) -> Result<Response, Trouble> {
        let Self { console, session, conversation, form } = self;
        let Some(wanted) = wanted else {
            return thread::page(&console, &session, conversation, form, None, None).await;
        };
        let (app, caller, once) = (console.app(), &session.caller, form.once(&session));
        let message = match form.text("message") {
            "" => None,
            message => Some(paths::named("message", message)?),
        };
        let reviewed = match wanted.is_about_a_message() {
            true => actions::review_shown(app, caller, conversation, wanted, message, once).await,
            false => actions::review(app, caller, conversation, wanted, once).await.map(Some),
        };
        match reviewed {
            Ok(None) => {
                let refusal = Some(Trouble::answered_unread());
                thread::page(&console, &session, conversation, form, refusal, None).await
            }
            Ok(Some(seen)) => {
                let (waits, now) = (seen.conversation.waiting, seen.conversation.status);
                let word = match word {
                    "qualified" if waits && is_paused(&console, &session, &seen).await? => {
                        "qualified-held"
                    }
                    "qualified" if waits => "qualified-waits",
                    "closed" if now == ConversationStatus::NotInterested => "ended",
                    word => word,
                };
                Ok(done(&format!("/conversations/{conversation}"), word))
            }
            Err(error) => {
                let refusal = Some(Trouble::from(error));
                thread::page(&console, &session, conversation, form, refusal, None).await
            }
        }
    }
}

/// Whether the conversation's campaign keeps what is qualified until it is resumed (C7).
async fn is_paused(
    console: &Console,
    session: &Session,
    seen: &ConversationDetail,
) -> Result<bool, Trouble> {
    let campaign = seen.conversation.campaign;
    let campaign = campaigns::show(console.app(), &session.caller, campaign).await?;
    Ok(campaign.status == Status::Paused)
}

async fn label(
    State(console): State<Console>,
    Who(session): Who,
    Path(conversation): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let mut sent = Sent::new(console, session, &conversation, form)?;
    let label = sent.form.required("label", |word| {
        words::label_of(word).ok_or_else(|| t("words-none-offered").to_owned())
    });
    let wanted = label.map(|label| ReviewWanted::Label { label, message: None });
    sent.review(wanted, "labelled").await
}

async fn answer(
    State(console): State<Console>,
    Who(session): Who,
    Path(conversation): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let mut sent = Sent::new(console, session, &conversation, form)?;
    let text = sent.form.required("text", text::parse_letter);
    let wanted = text.map(|text| ReviewWanted::Answer { text: text.replace("\r\n", "\n") });
    sent.review(wanted, "answered").await
}

async fn qualify(
    State(console): State<Console>,
    Who(session): Who,
    Path(conversation): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let sent = Sent::new(console, session, &conversation, form)?;
    sent.review(Some(ReviewWanted::Qualify), "qualified").await
}

async fn forward(
    State(console): State<Console>,
    Who(session): Who,
    Path(conversation): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let mut sent = Sent::new(console, session, &conversation, form)?;
    let to = sent.form.rep(&sent.console, &sent.session, "to").await?;
    sent.form.required("to", form::any);
    sent.review(to.map(|to| ReviewWanted::Forward { to }), "forwarded").await
}

async fn close(
    State(console): State<Console>,
    Who(session): Who,
    Path(conversation): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let sent = Sent::new(console, session, &conversation, form)?;
    sent.review(Some(ReviewWanted::Close), "closed").await
}

async fn resume(
    State(console): State<Console>,
    Who(session): Who,
    Path(conversation): Path<String>,
    form: Form,
) -> Result<Response, Trouble> {
    let sent = Sent::new(console, session, &conversation, form)?;
    sent.review(Some(ReviewWanted::Resume), "campaign-goes-on").await
}
