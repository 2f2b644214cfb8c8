//! How conversations, replies and reasons are called.

use rondo_core::mail::{ConversationStatus, ReplyLabel, ReviewReason};

use crate::app::conversations::ConversationView;
use crate::app::messages::{DecisionView, LABELS};

/// A status, as people say it, with the class of its tag.
pub(in crate::console) fn status(view: &ConversationView) -> (&'static str, &'static str) {
    match view.status {
        ConversationStatus::AwaitingLead => ("Awaiting the lead", ""),
        ConversationStatus::AwaitingAssistant
            if view.mailbox.is_none() && view.next_message_at.is_none() =>
        {
            ("Not begun", "")
        }
        ConversationStatus::AwaitingAssistant => ("The assistant’s turn", ""),
        ConversationStatus::InReview => ("In review", "warn"),
        ConversationStatus::Qualified if view.waiting => ("Waits for a rep", "warn"),
        ConversationStatus::Qualified => ("High intent", "good"),
        ConversationStatus::NotInterested => ("Not interested", ""),
        ConversationStatus::Unsubscribed => ("Unsubscribed", "bad"),
        ConversationStatus::Unresponsive => ("Never answered", ""),
        ConversationStatus::Bounced => ("Bounced", "bad"),
        ConversationStatus::Cancelled => ("Cancelled", ""),
    }
}

/// The statuses that a list can be narrowed to, by their words in addresses.
pub(super) const STATUSES: [(&str, ConversationStatus, &str); 9] = [
    ("in_review", ConversationStatus::InReview, "In review"),
    ("qualified", ConversationStatus::Qualified, "High intent"),
    ("awaiting_lead", ConversationStatus::AwaitingLead, "Awaiting the lead"),
    ("awaiting_assistant", ConversationStatus::AwaitingAssistant, "The assistant’s turn"),
    ("not_interested", ConversationStatus::NotInterested, "Not interested"),
    ("unsubscribed", ConversationStatus::Unsubscribed, "Unsubscribed"),
    ("unresponsive", ConversationStatus::Unresponsive, "Never answered"),
    ("bounced", ConversationStatus::Bounced, "Bounced"),
    ("cancelled", ConversationStatus::Cancelled, "Cancelled"),
];

/// What a reply means, in a word or two.
pub(in crate::console) fn label(label: ReplyLabel) -> &'static str {
    match label {
        ReplyLabel::HighIntent => "High intent",
        ReplyLabel::Question => "Question",
        ReplyLabel::NotNow => "Not now",
        ReplyLabel::NotInterested => "Not interested",
        ReplyLabel::Unsubscribe => "Unsubscribe",
        ReplyLabel::WrongPerson => "Wrong person",
        ReplyLabel::AutoReply => "Automatic reply",
        ReplyLabel::Bounce => "Bounce",
        ReplyLabel::Other => "Something else",
    }
}

/// The label of a word, as forms and probabilities have it.
pub(super) fn label_of(word: &str) -> Option<ReplyLabel> {
    LABELS.iter().find(|(known, _)| *known == word).map(|(_, label)| *label)
}

/// What follows once a person says that a reply means this.
pub(super) fn consequence(label: ReplyLabel) -> &'static str {
    match label {
        ReplyLabel::HighIntent => "goes to a rep",
        ReplyLabel::Question | ReplyLabel::Other => "waits here for an answer",
        ReplyLabel::NotNow | ReplyLabel::NotInterested | ReplyLabel::WrongPerson => {
            "ends the conversation"
        }
        ReplyLabel::Unsubscribe => "ends it, and the address is never written to again",
        ReplyLabel::AutoReply | ReplyLabel::Bounce => "is no answer; the campaign goes on",
    }
}

/// Why a person is to look at something, as a sentence.
pub(in crate::console) fn reason(reason: ReviewReason) -> &'static str {
    match reason {
        ReviewReason::Uncertain => "What the reply means is not certain enough to act on.",
        ReviewReason::ToBeAnswered => "The lead asked something that a person should answer.",
        ReviewReason::Referral => {
            "The reply names somebody else. Nobody is written to without your say."
        }
        ReviewReason::NoConversation => "This message belongs to no conversation.",
        ReviewReason::OtherSender => "Somebody else than the lead wrote in this conversation.",
        ReviewReason::WeakTie => {
            "Only sender and subject tie this reply to the conversation: it may not belong here."
        }
        ReviewReason::Unauthenticated => {
            "The receiving server doubts that the sender is who they say they are."
        }
        ReviewReason::RepUnreached => "The rep’s copy could not be delivered.",
        ReviewReason::RepSeemsAway => "The rep answered automatically and seems to be away.",
        ReviewReason::CampaignOver => "The campaign was cancelled before this was seen to.",
        ReviewReason::MissingFields => {
            "The next message can’t be written: the lead lacks fields that it names."
        }
        ReviewReason::Loop => "Two programs seem to answer each other. Rondo has stopped.",
        ReviewReason::WrongLead => "The rep said that this is no lead for sales.",
        ReviewReason::NotSent => "A message could not be sent.",
    }
}

/// What was done about a message by itself.
pub(super) fn decision(decision: DecisionView) -> &'static str {
    match decision {
        DecisionView::Auto => "Rondo acted on it.",
        DecisionView::Review => "It was left to a person.",
        DecisionView::Held => "It is kept until the campaign runs again.",
        DecisionView::None => "Nothing was to be done.",
    }
}

/// What kind of message goes out, or came in.
pub(super) fn kind(kind: &str) -> &'static str {
    match kind {
        "received" => "Reply",
        "step" => "Campaign message",
        "answer" => "Answer",
        "handover" => "Handover",
        "note" => "Note to the rep",
        "reminder" => "Reminder to the rep",
        "escalation" => "Reminder to the admins",
        _ => "Message",
    }
}

/// A fact that was found in a reply.
pub(super) fn field(name: &str) -> &str {
    match name {
        "follow_up_on" => "Wants to hear again on",
        "referral_name" => "Names",
        "referral_email" => "Their address",
        "phone" => "Phone",
        "left_company" => "Has left the company",
        "return_on" => "Back on",
        other => other,
    }
}
