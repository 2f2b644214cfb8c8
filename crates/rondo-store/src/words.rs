//! The words that stand for values of the rules' enums in text columns: the same as in the ledger and the API.

use rondo_core::event::{
    AbsenceSource, OwnerSource, Reason, Role, Rotation, WebhookEvent, WhenOwnerIsOut,
};
use rondo_core::mail::{
    ConversationStatus, QualifierKind, ReplyLabel, ReviewReason, SuppressionReason,
};
use rondo_core::team::Status;

use crate::mails::{LeftTo, MailState};
use crate::webhooks::DeliveryState;

/// A value that a text column holds as one of a few words.
pub(crate) trait Word: Copy + PartialEq + Sized + 'static {
    /// Every value with its word.
    const WORDS: &'static [(Self, &'static str)];

    /// The word for this value.
    fn word(self) -> &'static str {
        let (_, word) = Self::WORDS
            .iter()
            .find(|(value, _)| *value == self)
            .expect("every value has a word: a test holds the list against the ledger's words");
        word
    }

    /// The value for a word.
    fn of_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(value, _)| *value)
    }
}

macro_rules! words {
    ($($kind:ident { $($value:ident = $word:literal),* $(,)? })*) => {
        $(impl Word for $kind {
            const WORDS: &'static [(Self, &'static str)] = &[$(($kind::$value, $word)),*];
        })*

        #[cfg(test)]
        mod tests {
            use super::*;

            #[test]
            fn a_word_is_what_the_ledger_writes() {
                $(for &(value, word) in $kind::WORDS {
                    assert_eq!(serde_json::json!(value), serde_json::json!(word));
                    assert_eq!($kind::of_word(value.word()), Some(value));
                    match value { $($kind::$value)|* => {} }
                })*
            }
        }
    };
}

words! {
    Status {
        Draft = "draft",
        Scheduled = "scheduled",
        Running = "running",
        Paused = "paused",
        Cancelled = "cancelled",
    }
    ConversationStatus {
        AwaitingLead = "awaiting_lead",
        AwaitingAssistant = "awaiting_assistant",
        InReview = "in_review",
        Qualified = "qualified",
        NotInterested = "not_interested",
        Unsubscribed = "unsubscribed",
        Unresponsive = "unresponsive",
        Bounced = "bounced",
        Cancelled = "cancelled",
    }
    Rotation { Campaign = "campaign", Group = "group" }
    WhenOwnerIsOut { Owner = "owner", RoundRobin = "round_robin" }
    AbsenceSource { Switch = "switch", Entered = "entered" }
    OwnerSource { PreAssigned = "pre_assigned", Routed = "routed" }
    Reason { Owner = "owner", Turn = "turn", Manual = "manual", Transfer = "transfer" }
    DeliveryState { Queued = "queued", Delivered = "delivered", Failed = "failed" }
    LeftTo { All = "all", Rep = "rep" }
    MailState { Queued = "queued", Sent = "sent", Failed = "failed" }
    QualifierKind {
        Embedded = "embedded",
        OpenAi = "openai",
        Anthropic = "anthropic",
        Ollama = "ollama",
    }
    ReplyLabel {
        HighIntent = "high_intent",
        Question = "question",
        NotNow = "not_now",
        NotInterested = "not_interested",
        Unsubscribe = "unsubscribe",
        WrongPerson = "wrong_person",
        AutoReply = "auto_reply",
        Bounce = "bounce",
        Other = "other",
    }
    SuppressionReason {
        Unsubscribe = "unsubscribe",
        HardBounce = "hard_bounce",
        Complaint = "complaint",
        Manual = "manual",
    }
    ReviewReason {
        Uncertain = "uncertain",
        ToBeAnswered = "to_be_answered",
        Referral = "referral",
        NoConversation = "no_conversation",
        OtherSender = "other_sender",
        WeakTie = "weak_tie",
        Unauthenticated = "unauthenticated",
        RepUnreached = "rep_unreached",
        RepSeemsAway = "rep_seems_away",
        CampaignOver = "campaign_over",
        MissingFields = "missing_fields",
        Loop = "loop",
        WrongLead = "wrong_lead",
        NotSent = "not_sent",
    }
    Role {
        Admin = "admin",
        Rep = "rep",
        Router = "router",
        Mailbox = "mailbox",
        Viewer = "viewer",
    }
    WebhookEvent {
        AssignmentCreated = "assignment.created",
        LeadWaiting = "lead.waiting",
        CampaignLaunched = "campaign.launched",
        RepAway = "rep.away",
        RepBack = "rep.back",
    }
}
