//! What a person does about a conversation (Q3).

use rondo_core::command::{Command, Review};
use rondo_core::detail::MessageText;
use rondo_core::ids::{ConversationId, MailboxId, MessageId, RepId};
use rondo_core::mail::ReplyLabel;
use rondo_store::ThreadRow;
use utoipa::ToSchema;

use crate::app::conversations::{self, ConversationDetail};
use crate::app::messages::LabelView;
use crate::app::sending::{THREAD_MESSAGES_MAX, is_in_thread};
use crate::app::{App, AppError, Caller, schema};
use crate::engine::IdempotencyKey;
use crate::mail::compose::reply_subject;

/// What a person wants done about a conversation.
#[derive(Debug)]
pub enum ReviewWanted {
    /// Say what a message means, the last one that came in unless it is named.
    Label { label: ReplyLabel, message: Option<MessageId> },
    /// Answer as the assistant.
    Answer { text: String },
    /// Qualify it.
    Qualify,
    /// Give it to this rep.
    Forward { to: RepId },
    /// End it.
    Close,
    /// Let the campaign go on writing.
    Resume,
}

impl ReviewWanted {
    /// Whether it answers what came in last.
    pub fn is_about_a_message(&self) -> bool {
        match self {
            Self::Label { .. } | Self::Answer { .. } | Self::Close | Self::Resume => true,
            Self::Qualify | Self::Forward { .. } => false,
        }
    }
}

schema::one_of!(ReviewWanted = LabelMessage | AnswerLead | ForwardLead | SeeToConversation);

/// Say what a message means, and have done what follows from it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: all actions have one type")]
pub struct LabelMessage {
    action: LabelAction,
    #[schema(value_type = LabelView)]
    label: String,
    /// The last one that came in when absent.
    #[schema(value_type = Option<schema::MessageId>)]
    message: Option<String>,
}

/// Answer as the assistant, in the lead's thread.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: all actions have one type")]
pub struct AnswerLead {
    action: AnswerAction,
    #[schema(value_type = schema::Letter)]
    text: String,
}

/// Give the conversation to a rep, who may be away; no turn is taken.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: all actions have one type")]
pub struct ForwardLead {
    action: ForwardAction,
    #[schema(value_type = schema::RepId)]
    to: String,
}

/// Qualify the conversation, end it, or let the campaign go on writing.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: all actions have one type")]
pub struct SeeToConversation {
    action: PlainAction,
}

/// Say what a message means.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum LabelAction {
    Label,
}

/// Answer as the assistant.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum AnswerAction {
    Answer,
}

/// Give it to a rep.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ForwardAction {
    Forward,
}

/// What needs nothing more to be said.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum PlainAction {
    Qualify,
    Close,
    Resume,
}

/// Sees to a conversation, and shows it.
pub async fn review(
    app: &App,
    caller: &Caller,
    conversation: ConversationId,
    wanted: ReviewWanted,
    key: Option<IdempotencyKey>,
) -> Result<ConversationDetail, AppError> {
    let action = match wanted {
        ReviewWanted::Label { label, message } => {
            let message = match message {
                Some(message) => message,
                None => last_received(app, caller, conversation).await?,
            };
            Review::Label { message, label }
        }
        ReviewWanted::Answer { text } => {
            Review::Answer { text: Box::new(answer(app, caller, conversation, text).await?) }
        }
        ReviewWanted::Qualify => Review::Qualify,
        ReviewWanted::Forward { to } => Review::Forward { to },
        ReviewWanted::Close => Review::Close,
        ReviewWanted::Resume => Review::Resume,
    };
    app.run(caller, Command::Review { conversation, action }, key).await?;
    conversations::show(app, caller, conversation).await
}

/// The same by somebody to whom this message was shown as the last one that came in; none, and nothing is done, where
/// another came in since.
pub async fn review_shown(
    app: &App,
    caller: &Caller,
    conversation: ConversationId,
    wanted: ReviewWanted,
    shown: Option<MessageId>,
    key: Option<IdempotencyKey>,
) -> Result<Option<ConversationDetail>, AppError> {
    let Some(shown) = shown else {
        return review(app, caller, conversation, wanted, key).await.map(Some);
    };
    let last = app.store().last_message(caller.team, conversation, "received").await?;
    if last.is_some_and(|last| last.id != shown) {
        return Ok(None);
    }
    let wanted = match wanted {
        ReviewWanted::Label { label, message: None } => {
            ReviewWanted::Label { label, message: Some(shown) }
        }
        wanted => wanted,
    };
    review(app, caller, conversation, wanted, key).await.map(Some)
}

async fn thread(
    app: &App,
    caller: &Caller,
    conversation: ConversationId,
) -> Result<ThreadRow, AppError> {
    let thread = app.store().thread(caller.team, conversation).await?;
    thread.ok_or_else(|| AppError::not_found("conversation", conversation))
}

async fn last_received(
    app: &App,
    caller: &Caller,
    conversation: ConversationId,
) -> Result<MessageId, AppError> {
    thread(app, caller, conversation).await?;
    let last = app.store().last_message(caller.team, conversation, "received").await?;
    let missing = "is missing; no message came in that could be meant";
    last.map(|row| row.id).ok_or_else(|| AppError::invalid("/message", missing))
}

/// What a person writes, with the subject of the lead's thread; what it refers to is seen when it is sent.
async fn answer(
    app: &App,
    caller: &Caller,
    conversation: ConversationId,
    text: String,
) -> Result<MessageText, AppError> {
    let (store, team) = (app.store(), caller.team);
    let thread = thread(app, caller, conversation).await?;
    let lead_email = thread.lead_email.clone();
    let lead_email = lead_email.ok_or_else(|| AppError::not_found("lead", thread.lead))?;
    let (mailbox, campaign) = sender(app, caller, &thread).await?;
    let mailbox = match mailbox {
        Some(mailbox) => store.mailbox(team, mailbox).await?.and_then(|row| row.details),
        // The rules refuse it, and say what to do.
        None => None,
    };
    let thread = store.latest_messages(team, conversation, THREAD_MESSAGES_MAX).await?;
    let last = thread.into_iter().rfind(is_in_thread).and_then(|row| row.text);
    Ok(MessageText {
        from: mailbox.map(|details| details.email.as_str().to_owned()).unwrap_or_default(),
        to: vec![lead_email],
        // A first message has the campaign's name: it answers nothing.
        subject: last.map_or(campaign, |last| reply_subject(&last.subject)),
        text,
        ..MessageText::default()
    })
}

/// From where the conversation is written, as the rules have it, and the name of its campaign.
async fn sender(
    app: &App,
    caller: &Caller,
    thread: &ThreadRow,
) -> Result<(Option<MailboxId>, String), AppError> {
    let look = app.look(caller.team).await?;
    let campaign = look.team.campaign(thread.campaign);
    let is_there = |mailbox: &MailboxId| look.team.mailboxes().contains(mailbox);
    let planned = campaign.and_then(|parts| parts.mail.as_ref()).map(|plan| plan.mailbox);
    let mailbox = thread.mailbox.filter(is_there).or(planned.filter(is_there));
    Ok((mailbox, campaign.map(|parts| parts.settings.name.to_string()).unwrap_or_default()))
}
