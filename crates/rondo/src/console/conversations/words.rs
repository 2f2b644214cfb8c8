//! How conversations, replies and reasons are called.

use rondo_core::mail::{ConversationStatus, ReplyLabel, ReviewReason};

use crate::app::conversations::ConversationView;
use crate::app::messages::{DecisionView, LABELS};
use crate::t;

/// A status, as people say it, with the class of its tag.
pub(in crate::console) fn status(view: &ConversationView) -> (&'static str, &'static str) {
    match view.status {
        ConversationStatus::AwaitingLead => (t("conversations-awaiting-lead"), ""),
        ConversationStatus::AwaitingAssistant if !is_begun(view) => {
            (t("conversations-not-begun"), "")
        }
        ConversationStatus::AwaitingAssistant => (t("conversations-awaiting-assistant"), ""),
        ConversationStatus::InReview => (t("conversations-in-review"), "warn"),
        ConversationStatus::Qualified if view.waiting => (t("conversations-waiting"), "warn"),
        ConversationStatus::Qualified => (t("conversations-qualified"), "good"),
        ConversationStatus::NotInterested => (t("conversations-not-interested"), ""),
        ConversationStatus::Unsubscribed => (t("conversations-unsubscribed"), "bad"),
        ConversationStatus::Unresponsive => (t("conversations-unresponsive"), ""),
        ConversationStatus::Bounced => (t("conversations-bounced"), "bad"),
        ConversationStatus::Cancelled => (t("conversations-cancelled"), ""),
    }
}

/// Whether anything was written in a conversation, or its next message has a time. A lead who has joined a campaign and was
/// not written to yet has not begun, even if the campaign writes; nor has one who was handed over without a word.
pub(in crate::console) fn is_begun(view: &ConversationView) -> bool {
    view.mailbox.is_some() || view.next_message_at.is_some()
}

/// A status that a list can be narrowed to.
pub(super) struct Status {
    /// Its word in addresses.
    pub(super) word: &'static str,
    pub(super) status: ConversationStatus,
    pub(super) is_begun: Option<bool>,
    pub(super) is_waiting: bool,
    /// The name of its text.
    pub(super) text: &'static str,
}

const fn listed(word: &'static str, status: ConversationStatus, text: &'static str) -> Status {
    Status { word, status, is_begun: None, is_waiting: false, text }
}

/// The statuses that a list can be narrowed to, in the order in which they are offered.
pub(super) const STATUSES: [Status; 11] = [
    listed("in_review", ConversationStatus::InReview, "conversations-in-review"),
    listed("qualified", ConversationStatus::Qualified, "conversations-qualified"),
    Status {
        is_waiting: true,
        ..listed("waiting", ConversationStatus::Qualified, "conversations-waiting")
    },
    Status {
        is_begun: Some(false),
        ..listed("not_begun", ConversationStatus::AwaitingAssistant, "conversations-not-begun")
    },
    listed("awaiting_lead", ConversationStatus::AwaitingLead, "conversations-awaiting-lead"),
    Status {
        is_begun: Some(true),
        ..listed(
            "awaiting_assistant",
            ConversationStatus::AwaitingAssistant,
            "conversations-awaiting-assistant",
        )
    },
    listed("not_interested", ConversationStatus::NotInterested, "conversations-not-interested"),
    listed("unsubscribed", ConversationStatus::Unsubscribed, "conversations-unsubscribed"),
    listed("unresponsive", ConversationStatus::Unresponsive, "conversations-unresponsive"),
    listed("bounced", ConversationStatus::Bounced, "conversations-bounced"),
    listed("cancelled", ConversationStatus::Cancelled, "conversations-cancelled"),
];

/// What a reply means, in a word or two.
pub(in crate::console) fn label(label: ReplyLabel) -> &'static str {
    match label {
        ReplyLabel::HighIntent => t("conversations-label-high-intent"),
        ReplyLabel::Question => t("conversations-label-question"),
        ReplyLabel::NotNow => t("conversations-label-not-now"),
        ReplyLabel::NotInterested => t("conversations-label-not-interested"),
        ReplyLabel::Unsubscribe => t("conversations-label-unsubscribe"),
        ReplyLabel::WrongPerson => t("conversations-label-wrong-person"),
        ReplyLabel::AutoReply => t("conversations-label-auto-reply"),
        ReplyLabel::Bounce => t("conversations-label-bounce"),
        ReplyLabel::Other => t("conversations-label-other"),
    }
}

/// The label of a word, as forms and probabilities have it.
pub(in crate::console) fn label_of(word: &str) -> Option<ReplyLabel> {
    LABELS.iter().find(|(known, _)| *known == word).map(|(_, label)| *label)
}

/// What follows once a person says that a reply means this.
pub(super) fn consequence(label: ReplyLabel) -> &'static str {
    match label {
        ReplyLabel::HighIntent => t("conversations-then-to-a-rep"),
        ReplyLabel::Question | ReplyLabel::Other => t("conversations-then-waits"),
        ReplyLabel::NotNow | ReplyLabel::NotInterested | ReplyLabel::WrongPerson => {
            t("conversations-then-ends")
        }
        ReplyLabel::Unsubscribe => t("conversations-then-never-again"),
        ReplyLabel::AutoReply | ReplyLabel::Bounce => t("conversations-then-goes-on"),
    }
}

/// Why a person is to look at something, as a sentence.
pub(in crate::console) fn reason(reason: ReviewReason) -> &'static str {
    match reason {
        ReviewReason::Uncertain => t("conversations-because-uncertain"),
        ReviewReason::ToBeAnswered => t("conversations-because-to-be-answered"),
        ReviewReason::Referral => t("conversations-because-referral"),
        ReviewReason::NoConversation => t("conversations-because-no-conversation"),
        ReviewReason::OtherSender => t("conversations-because-other-sender"),
        ReviewReason::WeakTie => t("conversations-because-weak-tie"),
        ReviewReason::Unauthenticated => t("conversations-because-unauthenticated"),
        ReviewReason::RepUnreached => t("conversations-because-rep-unreached"),
        ReviewReason::RepSeemsAway => t("conversations-because-rep-seems-away"),
        ReviewReason::CampaignOver => t("conversations-because-campaign-over"),
        ReviewReason::MissingFields => t("conversations-because-missing-fields"),
        ReviewReason::Loop => t("conversations-because-loop"),
        ReviewReason::WrongLead => t("conversations-because-wrong-lead"),
        ReviewReason::NotSent => t("conversations-because-not-sent"),
    }
}

/// What was done about a message by itself.
pub(super) fn decision(decision: DecisionView) -> &'static str {
    match decision {
        DecisionView::Auto => t("conversations-done-auto"),
        DecisionView::Review => t("conversations-done-review"),
        DecisionView::Held => t("conversations-done-held"),
        DecisionView::None => t("conversations-done-none"),
    }
}

/// What kind of message goes out, or came in.
pub(super) fn kind(kind: &str) -> &'static str {
    match kind {
        "received" => t("conversations-kind-received"),
        "step" => t("conversations-kind-step"),
        "answer" => t("conversations-kind-answer"),
        "handover" => t("conversations-kind-handover"),
        "note" => t("conversations-kind-note"),
        "reminder" => t("conversations-kind-reminder"),
        "escalation" => t("conversations-kind-escalation"),
        _ => t("conversations-kind-other"),
    }
}

/// A fact that was found in a reply.
pub(super) fn field(name: &str) -> &str {
    match name {
        "follow_up_on" => t("conversations-fact-follow-up-on"),
        "referral_name" => t("conversations-fact-referral-name"),
        "referral_email" => t("conversations-fact-referral-email"),
        "phone" => t("conversations-fact-phone"),
        "left_company" => t("conversations-fact-left-company"),
        "return_on" => t("conversations-fact-return-on"),
        other => other,
    }
}
