//! What a message is found to be: by its headers, by plain words that ask to be removed, and by the qualifier.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rondo_core::Instant;
use rondo_core::command::ReadMessage;
use rondo_core::ids::TeamId;
use rondo_core::mail::{FollowUps, Recipient, ReplyLabel, ReviewReason, Sender};
use rondo_core::text::Email;
use rondo_store::ThreadRow;
use serde::{Deserialize, Serialize};

use super::qualify::{self, Asks};
use super::ties::{Strength, Tie};
use crate::app::{App, AppError};
use crate::mail::compose::{HOPS_MAX, Marks};
use crate::mail::{AutoKind, BounceKind, Reading, Received, opt_out};
use crate::qualifier::Label;
use crate::qualifier::decision::{Combined, Decision, Doubt, Source};
use crate::qualifier::fields::Fields;

/// What a message was found to be, and why.
pub struct Qualified {
    pub(super) message: ReadMessage,
    found: Found,
}

/// What is kept beside a message, for people, and to act on it later.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    sender: Sender,
    label: ReplyLabel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    doubt: Option<ReviewReason>,
    #[serde(default)]
    follow_ups: FollowUps,
    #[serde(default)]
    is_permanent: bool,
    #[serde(default)]
    is_complaint: bool,
    #[serde(flatten)]
    found: Found,
}

/// What people are shown of how a message was read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Found {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confidence: Option<f32>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    probabilities: BTreeMap<String, f32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cues: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fields: Option<serde_json::Value>,
    /// Whose label it is: `headers`, `opt_out`, `embedded`, or the language model's kind.
    source: String,
    /// How often it went back and forth between programs.
    #[serde(default)]
    hops: u32,
}

impl Kept {
    pub(super) fn hops(&self) -> u32 {
        self.found.hops
    }

    pub(super) fn into_message(self) -> ReadMessage {
        ReadMessage {
            sender: self.sender,
            label: self.label,
            certainty: self.doubt.map_or(Ok(()), Err),
            follow_ups: self.follow_ups,
            is_permanent: self.is_permanent,
            is_complaint: self.is_complaint,
        }
    }
}

impl Qualified {
    /// As JSON, to stand beside the message.
    pub(super) fn kept(&self) -> String {
        let ReadMessage { sender, label, certainty, follow_ups, is_permanent, is_complaint } =
            self.message;
        let kept = Kept {
            sender,
            label,
            doubt: certainty.err(),
            follow_ups,
            is_permanent,
            is_complaint,
            found: self.found.clone(),
        };
        serde_json::to_string(&kept).expect("what was found is plain data")
    }
}

/// Reads a message whose conversation is known, or known to be none.
pub(super) async fn read(
    app: &App,
    team: TeamId,
    received: &Received,
    marks: &Marks,
    tie: Option<&Tie>,
) -> Result<Qualified, AppError> {
    let sender = sender_of(app, team, received, tie).await?;
    let mut message = ReadMessage {
        sender,
        label: ReplyLabel::Other,
        certainty: Ok(()),
        follow_ups: FollowUps::GoOn,
        is_permanent: false,
        is_complaint: false,
    };
    let mut found = Found { source: "headers".to_owned(), hops: marks.hops, ..Found::default() };
    match &received.reading {
        Reading::Bounce { kind, status, .. } => {
            message.label = ReplyLabel::Bounce;
            message.is_permanent = *kind == BounceKind::Hard;
            found.cues.extend(status.clone());
        }
        Reading::AutoReply { kind, return_on } => {
            message.label = ReplyLabel::AutoReply;
            if let (AutoKind::Away, Some(day)) = (kind, return_on) {
                message.follow_ups = not_before(app, team, *day).await?;
                found.fields = Some(serde_json::json!({ "return_on": day }));
            }
        }
        Reading::Feedback { .. } => {
            message.label = ReplyLabel::Unsubscribe;
            message.is_complaint = true;
        }
        Reading::Reply => {
            let decides =
                tie.is_some_and(|tie| tie.thread.assignment.is_none() && sender == Sender::Lead);
            let asks = if decides { Asks::TheTeams } else { Asks::Nobody };
            read_words(app, team, received, asks, &mut message, &mut found).await?;
        }
    }
    message.certainty = doubt(received, marks, tie).map_or(message.certainty, Err);
    Ok(Qualified { message, found })
}

/// Why what a message says is not enough, whatever it says (Q8).
fn doubt(received: &Received, marks: &Marks, tie: Option<&Tie>) -> Option<ReviewReason> {
    // An answer would be one hop more.
    if marks.hops >= HOPS_MAX - 1 {
        Some(ReviewReason::Loop)
    } else if received.is_doubted {
        Some(ReviewReason::Unauthenticated)
    } else {
        tie.is_some_and(|tie| tie.strength == Strength::Weak).then_some(ReviewReason::WeakTie)
    }
}

async fn read_words(
    app: &App,
    team: TeamId,
    received: &Received,
    asks: Asks,
    message: &mut ReadMessage,
    found: &mut Found,
) -> Result<(), AppError> {
    let text = &received.text.visible;
    if let Some(words) = opt_out::find(text) {
        message.label = ReplyLabel::Unsubscribe;
        found.source = "opt_out".to_owned();
        found.cues = vec![words];
        found.confidence = Some(1.0);
        return Ok(());
    }
    let subject = Some(received.subject.as_str()).filter(|subject| !subject.is_empty());
    let read = qualify::read(app, team, text, subject, received.sent_on, asks).await?;
    let Combined { label, decision, source, evidence, fields } = read.combined;
    let beside = fields.unwrap_or_else(|| Fields::of(text, received.sent_on)).beside(label);
    message.label = label_of(label);
    message.certainty = match decision {
        Decision::Auto if label == Label::WrongPerson && beside.referral_email.is_some() => {
            Err(ReviewReason::Referral)
        }
        Decision::Auto => Ok(()),
        Decision::Review(Doubt::ForPeople) => Err(ReviewReason::ToBeAnswered),
        Decision::Review(_) => Err(ReviewReason::Uncertain),
    };
    found.source = match source {
        Source::Embedded | Source::EmbeddedBecause(_) => "embedded".to_owned(),
        Source::Llm => "llm".to_owned(),
    };
    found.cues = evidence.map_or(read.verdict.cues.clone(), |words| vec![words]);
    found.confidence = Some(read.verdict.probability(label));
    let probabilities = read.verdict.probabilities.iter();
    found.probabilities =
        probabilities.map(|(label, one)| (label.name().to_owned(), *one)).collect();
    found.fields = serde_json::to_value(&beside).ok();
    Ok(())
}

async fn not_before(app: &App, team: TeamId, day: Date) -> Result<FollowUps, AppError> {
    let look = app.look(team).await?;
    let zone = TimeZone::get(&look.team.settings().time_zone).unwrap_or(TimeZone::UTC);
    let at =
        day.to_zoned(zone).ok().map(|at| Instant::from_micros(at.timestamp().as_microsecond()));
    Ok(at.map_or(FollowUps::GoOn, FollowUps::NotBefore))
}

async fn sender_of(
    app: &App,
    team: TeamId,
    received: &Received,
    tie: Option<&Tie>,
) -> Result<Sender, AppError> {
    let Some(Tie { thread, .. }) = tie else { return Ok(Sender::Other) };
    match &received.reading {
        Reading::Bounce { failed_recipient, .. } => {
            let recipient = match failed_recipient.as_deref().map(Email::parse) {
                Some(Ok(address)) => recipient_of(app, team, thread, &address).await?,
                // A report that names nobody is about the lead, who alone is written to until a rep is in Cc.
                Some(Err(_)) | None if thread.assignment.is_none() => Recipient::Lead,
                Some(Err(_)) | None => Recipient::Unknown,
            };
            Ok(Sender::MailSystem { recipient })
        }
        // A provider hands on that the lead complained.
        Reading::Feedback { .. } => Ok(Sender::Lead),
        Reading::AutoReply { .. } | Reading::Reply => {
            let from = received.from.as_ref().and_then(|from| Email::parse(&from.address).ok());
            let Some(from) = from else { return Ok(Sender::Other) };
            Ok(match recipient_of(app, team, thread, &from).await? {
                Recipient::Lead => Sender::Lead,
                Recipient::Rep(rep) => Sender::Rep(rep),
                Recipient::Unknown => Sender::Other,
            })
        }
    }
}

/// Who of a conversation has an address.
async fn recipient_of(
    app: &App,
    team: TeamId,
    thread: &ThreadRow,
    address: &Email,
) -> Result<Recipient, AppError> {
    let lead = thread.lead_email.as_deref().and_then(|email| Email::parse(email).ok());
    if lead.is_some_and(|lead| lead.key() == address.key()) {
        return Ok(Recipient::Lead);
    }
    let rep = app.store().rep_of_address(team, address.key()).await?;
    Ok(rep.map_or(Recipient::Unknown, Recipient::Rep))
}

fn label_of(label: Label) -> ReplyLabel {
    match label {
        Label::HighIntent => ReplyLabel::HighIntent,
        Label::Question => ReplyLabel::Question,
        Label::NotNow => ReplyLabel::NotNow,
        Label::NotInterested => ReplyLabel::NotInterested,
        Label::Unsubscribe => ReplyLabel::Unsubscribe,
        Label::WrongPerson => ReplyLabel::WrongPerson,
        Label::AutoReply => ReplyLabel::AutoReply,
        Label::Other => ReplyLabel::Other,
    }
}

#[cfg(test)]
mod tests {
    use rondo_core::mail::ReviewReason;

    use super::{HOPS_MAX, Marks, Received, doubt};

    #[test]
    fn what_could_not_be_answered_any_more_goes_to_a_person() {
        let received = Received::parse(b"From: a@b.example\n\nYes\n").unwrap();
        let reason = |hops| doubt(&received, &Marks { mark: None, hops }, None);
        // An answer has one hop more, and none is composed with the limit.
        assert_eq!(reason(HOPS_MAX - 2), None);
        assert_eq!(reason(HOPS_MAX - 1), Some(ReviewReason::Loop));
        assert_eq!(reason(HOPS_MAX), Some(ReviewReason::Loop));
    }
}
