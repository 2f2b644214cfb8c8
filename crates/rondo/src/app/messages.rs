//! Messages of both sides, as they are shown.

use std::collections::BTreeMap;

use rondo_core::command::Command;
use rondo_core::ids::{AssignmentId, ConversationId, MailboxId, MessageId, RepId};
use rondo_core::mail::{Handling, ReplyLabel, ReviewReason};
use rondo_core::time::Instant;
use rondo_store::{MailState, MessageRow};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::app::{App, AppError, Caller, schema};
use crate::engine::IdempotencyKey;

/// Every label by its word, in the order of Q2.
pub const LABELS: [(&str, ReplyLabel); 9] = [
    ("high_intent", ReplyLabel::HighIntent),
    ("question", ReplyLabel::Question),
    ("not_now", ReplyLabel::NotNow),
    ("not_interested", ReplyLabel::NotInterested),
    ("unsubscribe", ReplyLabel::Unsubscribe),
    ("wrong_person", ReplyLabel::WrongPerson),
    ("auto_reply", ReplyLabel::AutoReply),
    ("bounce", ReplyLabel::Bounce),
    ("other", ReplyLabel::Other),
];

/// A message that went out or came in. What it says is null once its person was erased, and before it was written.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Message)]
pub struct MessageView {
    #[schema(value_type = schema::MessageId)]
    pub id: MessageId,
    pub direction: Direction,
    /// `received`, or of those that go out `step`, `answer`, `handover`, `note`, `reminder` or `escalation`; others may
    /// come.
    pub kind: String,
    #[schema(value_type = schema::MailboxId)]
    pub mailbox: MailboxId,
    /// Where it belongs; null where that is not known.
    #[schema(value_type = Option<schema::ConversationId>)]
    pub conversation: Option<ConversationId>,
    /// The assignment that it tells of.
    #[schema(value_type = Option<schema::AssignmentId>)]
    pub assignment: Option<AssignmentId>,
    /// The rep who wrote it.
    #[schema(value_type = Option<schema::RepId>)]
    pub rep: Option<RepId>,
    pub from: Option<String>,
    pub to: Option<Vec<String>>,
    pub cc: Option<Vec<String>>,
    pub subject: Option<String>,
    /// When it was taken in, or queued.
    #[schema(value_type = schema::Instant)]
    pub at: Instant,
    /// What the writer wrote.
    pub text: Option<String>,
    /// What stood below: the history and the signature.
    pub quoted_text: Option<String>,
    /// What it was taken for, where it came in.
    #[schema(value_type = Option<LabelView>)]
    pub label: Option<ReplyLabel>,
    /// What a person said that it means.
    #[schema(value_type = Option<LabelView>)]
    pub corrected_label: Option<ReplyLabel>,
    /// How sure the qualifier was, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub confidence: Option<f64>,
    /// Every label with its probability.
    pub probabilities: Option<BTreeMap<String, f64>>,
    /// What was done about it, where it came in.
    pub decision: Option<DecisionView>,
    /// Why a person is to look at it, where one is.
    #[schema(value_type = Option<ReviewReasonView>)]
    pub review_reason: Option<ReviewReason>,
    /// The words that speak for the label.
    pub cues: Option<Vec<String>>,
    /// What else it offers: a date, somebody to turn to, a number.
    #[schema(value_type = Option<schema::AnyObject>)]
    pub fields: Option<Map<String, Value>>,
    /// What became of it, where it goes out.
    #[schema(value_type = Option<MailStateView>)]
    pub state: Option<MailState>,
    /// Why it was not sent, or not yet.
    pub error: Option<String>,
}

/// Hides what is personal: debug output reaches logs.
impl std::fmt::Debug for MessageView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MessageView({})", self.id)
    }
}

/// Whether a message came in or goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    In,
    Out,
}

/// What was done about a message that came in: what its label says, nothing until a person looked at it, nothing until its
/// campaign runs again, or nothing since nothing was to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MessageDecision)]
pub enum DecisionView {
    Auto,
    Review,
    Held,
    None,
}

/// What a reply means.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case", as = ReplyLabel)]
pub enum LabelView {
    HighIntent,
    Question,
    NotNow,
    NotInterested,
    Unsubscribe,
    WrongPerson,
    AutoReply,
    Bounce,
    Other,
}

/// What became of a message that goes out.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case", as = MailState)]
pub enum MailStateView {
    Queued,
    Sent,
    Failed,
}

/// Why a person is to look at something.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case", as = ReviewReason)]
pub enum ReviewReasonView {
    Uncertain,
    ToBeAnswered,
    Referral,
    NoConversation,
    OtherSender,
    WeakTie,
    Unauthenticated,
    RepUnreached,
    RepSeemsAway,
    CampaignOver,
    MissingFields,
    Loop,
    WrongLead,
    NotSent,
}

/// Says that a message was seen to.
pub async fn close(
    app: &App,
    caller: &Caller,
    message: MessageId,
    key: Option<IdempotencyKey>,
) -> Result<(), AppError> {
    app.run(caller, Command::CloseMessage { message }, key).await.map(drop)
}

/// A message that came in, byte for byte.
pub async fn raw(app: &App, caller: &Caller, message: MessageId) -> Result<Vec<u8>, AppError> {
    let raw = app.store().raw_message(caller.team, message).await?;
    raw.ok_or_else(|| AppError::not_found("message", message))
}

/// What the qualifier found in a message, as the reader wrote it down; whatever cannot be read is left out.
#[derive(Default)]
struct Reading {
    confidence: Option<f64>,
    probabilities: Option<BTreeMap<String, f64>>,
    cues: Option<Vec<String>>,
    fields: Option<Map<String, Value>>,
}

impl Reading {
    fn of(text: &str) -> Self {
        let Ok(Value::Object(mut all)) = serde_json::from_str(text) else {
            return Self::default();
        };
        let mut take = |name| all.remove(name).unwrap_or_default();
        Self {
            confidence: take("confidence").as_f64(),
            probabilities: serde_json::from_value(take("probabilities")).ok(),
            cues: serde_json::from_value(take("cues")).ok(),
            fields: serde_json::from_value(take("fields")).ok(),
        }
    }
}

pub(super) fn view(row: MessageRow) -> MessageView {
    let (label, handling) = row.handled.unzip();
    let (state, error) = row.mail.unzip();
    let reading = row.text.as_ref().and_then(|text| text.reading.as_deref()).map(Reading::of);
    let Reading { confidence, probabilities, cues, fields } = reading.unwrap_or_default();
    let text = row.text;
    let part =
        |part: fn(&rondo_core::detail::MessageText) -> &String| text.as_ref().map(part).cloned();
    MessageView {
        id: row.id,
        direction: if label.is_some() { Direction::In } else { Direction::Out },
        kind: row.kind,
        mailbox: row.mailbox,
        conversation: row.conversation,
        assignment: row.assignment,
        rep: row.rep,
        from: part(|text| &text.from),
        to: text.as_ref().map(|text| text.to.clone()),
        cc: text.as_ref().map(|text| text.cc.clone()),
        subject: part(|text| &text.subject),
        at: row.at,
        text: part(|text| &text.text),
        quoted_text: part(|text| &text.quoted_text),
        label,
        corrected_label: row.corrected_label,
        confidence,
        probabilities,
        decision: handling.map(decision),
        review_reason: handling.and_then(reason),
        cues,
        fields,
        state,
        error: error.flatten(),
    }
}

fn decision(handling: Handling) -> DecisionView {
    match handling {
        Handling::Acted => DecisionView::Auto,
        Handling::Review(_) => DecisionView::Review,
        Handling::Held => DecisionView::Held,
        Handling::Noted => DecisionView::None,
    }
}

fn reason(handling: Handling) -> Option<ReviewReason> {
    match handling {
        Handling::Review(reason) => Some(reason),
        Handling::Acted | Handling::Held | Handling::Noted => None,
    }
}
