//! The words of conversations by mail: what replies mean, what is written to whom, and what comes of it (Q1–Q8).
//!
//! Texts and addresses of persons stand beside the ledger ([`crate::detail`]); here are the facts that decisions need.

use serde::{Deserialize, Serialize};

use crate::ids::{AssignmentId, MailboxId, RepId};
use crate::time::Instant;

/// Messages of a campaign to one lead at most: the first, and ten that follow up.
pub const STEPS_MAX: usize = 11;

/// What a reply means (Q2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyLabel {
    /// Wants to talk to sales.
    HighIntent,
    /// Asks before deciding.
    Question,
    /// Another time.
    NotNow,
    /// No.
    NotInterested,
    /// Wants no more mail.
    Unsubscribe,
    /// Somebody else's business.
    WrongPerson,
    /// No person wrote it.
    AutoReply,
    /// It was not delivered.
    Bounce,
    /// None of these.
    Other,
}

/// Where a conversation stands (Q1). Those of a cancelled campaign that the lead or the assistant was to go on with count
/// as cancelled, whatever their row says; those that a person is to look at stay in review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationStatus {
    /// The lead is to write next.
    AwaitingLead,
    /// The assistant is to write next.
    AwaitingAssistant,
    /// A person is to look at it.
    InReview,
    /// The lead wants to talk to sales: assigned, or waiting to be.
    Qualified,
    /// The lead declined.
    NotInterested,
    /// The lead wants no more mail.
    Unsubscribed,
    /// The lead never answered.
    Unresponsive,
    /// Mail could not be delivered.
    Bounced,
    /// It ended with its campaign, or with the erasure of its lead.
    Cancelled,
}

impl ConversationStatus {
    /// Whether nothing has come of it yet.
    pub fn is_open(self) -> bool {
        matches!(self, Self::AwaitingLead | Self::AwaitingAssistant | Self::InReview)
    }
}

/// How a campaign writes to its leads; the texts stand beside the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailPlan {
    /// From which mailbox.
    pub mailbox: MailboxId,
    /// For each message, the days after the one before it (for the first: after the lead joined); 1 to
    /// [`STEPS_MAX`] messages.
    pub wait_days: Vec<u16>,
    /// When mail may go out; at any time where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<SendingWindow>,
    /// Messages of campaigns that the mailbox sends in a day at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_limit: Option<u32>,
}

/// The hours in which mail may go out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingWindow {
    /// Days of the week, 1 for Monday to 7 for Sunday, ascending.
    pub days: Vec<u8>,
    /// From this time of day.
    pub from: jiff::civil::Time,
    /// Up to this one, which is later.
    pub until: jiff::civil::Time,
    /// The IANA name of the zone that the times are of; the team's where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// A message that goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mail {
    /// A campaign's message, counted from 0, to a lead; the next one is due then.
    Step { step: u16, next_at: Option<Instant> },
    /// A person's answer as the assistant, to a lead.
    Answer,
    /// The lead learns of their rep, who is in Cc (Q4).
    Handover { assignment: AssignmentId },
    /// The rep learns of the lead, and what can be done about it.
    Note { assignment: AssignmentId },
    /// The rep has not written yet.
    Reminder { assignment: AssignmentId },
    /// The rep has not written since they were reminded: an admin learns of it.
    Escalation { assignment: AssignmentId },
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// The lead whose conversation it is.
    Lead,
    /// A rep of the team.
    Rep(RepId),
    /// The lead's mail system, about a message to this recipient that it could not deliver.
    MailSystem { recipient: Recipient },
    /// Somebody else.
    Other,
}

/// To whom a message was written that came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// The lead.
    Lead,
    /// A rep.
    Rep(RepId),
    /// Nobody whom the conversation was written to.
    Unknown,
}

/// What was done about a message that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handling {
    /// What its label says.
    Acted,
    /// Nothing was to be done: a rep has the conversation, or no person wrote it.
    Noted,
    /// Its campaign does not run: it is acted on when it does (C7).
    Held,
    /// A person is to look at it.
    Review(ReviewReason),
}

/// Why a person is to look at a conversation or a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewReason {
    /// What it means is not certain enough (Q3).
    Uncertain,
    /// It is to be answered (Q3).
    ToBeAnswered,
    /// It names somebody else to write to (Q8).
    Referral,
    /// It belongs to no conversation.
    NoConversation,
    /// Somebody else than the lead wrote it.
    OtherSender,
    /// It is tied to the conversation by sender and subject alone (Q8).
    WeakTie,
    /// The receiving server doubts who sent it (Q8).
    Unauthenticated,
    /// The rep's copy could not be delivered.
    RepUnreached,
    /// The rep who was put in Cc answered automatically (Q7).
    RepSeemsAway,
    /// Its campaign is over (C7).
    CampaignOver,
    /// A message cannot be written: the lead lacks fields that it names.
    MissingFields,
    /// Mail answers mail.
    Loop,
    /// The rep said that this is no lead for sales.
    WrongLead,
    /// A message could not be sent.
    NotSent,
}

/// What comes of the messages that were still to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUps {
    /// They go on.
    #[default]
    GoOn,
    /// They go on, but not before this instant.
    NotBefore(Instant),
    /// They begin again, the next one at this instant.
    From(Instant),
    /// None follows.
    Stop,
}

impl FollowUps {
    pub(crate) fn go_on(&self) -> bool {
        matches!(self, Self::GoOn)
    }
}

/// Why an address is never written to (Q6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionReason {
    /// The person asked for it.
    Unsubscribe,
    /// There is no such address.
    HardBounce,
    /// The person complained to their provider.
    Complaint,
    /// A person of the team said so.
    Manual,
}

/// What a person did about a conversation in review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewAction {
    /// Said what the reply means.
    Label,
    /// Answered as the assistant.
    Answer,
    /// Qualified it.
    Qualify,
    /// Gave it to a rep of their choice.
    Forward,
    /// Ended it.
    Close,
    /// Let the campaign go on writing.
    Resume,
}

/// Which qualifier reads a team's replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QualifierKind {
    /// The one in the program.
    #[default]
    Embedded,
    /// An endpoint that speaks as OpenAI's does.
    OpenAi,
    /// Anthropic's.
    Anthropic,
    /// Ollama's.
    Ollama,
}
