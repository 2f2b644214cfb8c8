//! A message as it is shown: who wrote it, what it says, and what was made of it.

use rondo_core::mail::ReplyLabel;
use rondo_store::MailState;
use serde_json::Value;

use super::words;
use crate::app::conversations::is_of_the_thread;
use crate::app::messages::{Direction, MessageView};
use crate::console::frame::Frame;
use crate::{say, t};

/// Probabilities that are shown before the rest.
const LIKELY_SHOWN: usize = 3;

/// A message as it is shown.
pub(super) struct Letter {
    pub(super) message: MessageView,
    pub(super) is_ours: bool,
    /// The subject, where it is another than that of the message before.
    pub(super) subject: Option<String>,
    /// What it says is not for everybody: links in it open what only its addressee may do.
    pub(super) is_hidden: bool,
    /// Whether the lead wrote or got it.
    pub(super) is_of_the_thread: bool,
    pub(super) reading: Option<Reading>,
    /// Whether the reading is unfolded: it is what a person has come to check.
    pub(super) is_unfolded: bool,
    pub(super) state: Option<MailState>,
}

/// What was made of a reply.
pub(super) struct Reading {
    pub(super) label: &'static str,
    pub(super) corrected: Option<&'static str>,
    /// In hundredths.
    pub(super) confidence: Option<u32>,
    pub(super) likely: Vec<Probability>,
    pub(super) unlikely: Vec<Probability>,
    pub(super) cues: Vec<String>,
    pub(super) fields: Vec<(String, String)>,
    pub(super) decision: Option<&'static str>,
    pub(super) doubt: Option<&'static str>,
}

pub(super) struct Probability {
    pub(super) name: &'static str,
    pub(super) percent: u32,
}

/// Messages as they are shown, in their order.
pub(super) fn letters(messages: Vec<MessageView>, frame: &Frame) -> Vec<Letter> {
    let mut before: Option<String> = None;
    let letter = |mut message: MessageView| {
        let bare = message.subject.as_deref().map(bare);
        let is_new = bare.is_some() && bare != before.as_deref();
        let subject = message.subject.clone().filter(|subject| is_new && !subject.is_empty());
        before = bare.map(str::to_owned).or_else(|| before.take());
        let is_ours = message.direction == Direction::Out;
        let is_of_the_thread = is_of_the_thread(&message.kind);
        if is_ours && is_of_the_thread {
            fold_quoted(&mut message);
        }
        Letter {
            subject,
            is_ours,
            is_hidden: !is_of_the_thread && !frame.is_admin(),
            is_of_the_thread,
            reading: message.label.map(|label| Reading::of(&message, label)),
            is_unfolded: false,
            state: message.state,
            message,
        }
    };
    messages.into_iter().map(letter).collect()
}

/// Takes what a letter of ours quotes at its end out of its text.
fn fold_quoted(message: &mut MessageView) {
    let Some(text) = &message.text else { return };
    let lines: Vec<_> = text.lines().collect();
    let is_quoted = |line: &&str| line.starts_with('>') || line.trim().is_empty();
    let count = lines.iter().rev().take_while(|line| is_quoted(line)).count();
    let start = lines.len() - count;
    let Some(quoted) = lines[start..].iter().position(|line| line.starts_with('>')) else { return };
    // Who wrote it stands in the line before.
    let is_told = quoted == 0 && start > 0 && lines[start - 1].trim_end().ends_with(':');
    let cut = start + quoted - usize::from(is_told);
    let (said, quoted) = (lines[..cut].join("\n"), lines[cut..].join("\n"));
    message.text = Some(said);
    message.quoted_text = Some(quoted);
}

/// A subject without the mark of an answer.
fn bare(subject: &str) -> &str {
    let subject = subject.trim();
    let marks = ["Re:", "RE:", "re:", "AW:", "Aw:", "SV:", "Sv:", "Antw:"];
    marks.iter().find_map(|mark| subject.strip_prefix(mark)).map_or(subject, str::trim_start)
}

impl Letter {
    /// Who wrote it, as people say it.
    pub(super) fn writer(&self) -> &str {
        self.message.from.as_deref().unwrap_or_else(|| match self.is_ours {
            true => t("conversations-letter-from-us"),
            false => t("conversations-letter-from-lead"),
        })
    }

    pub(super) fn kind(&self) -> &'static str {
        words::kind(&self.message.kind)
    }

    /// How far a letter of ours has come, with the class of its tag; none once it is sent.
    pub(super) fn state_tag(&self) -> Option<(&'static str, &'static str)> {
        match self.state? {
            MailState::Queued => Some((t("conversations-letter-on-its-way"), "warn")),
            MailState::Sent => None,
            MailState::Failed => Some((t("conversations-letter-not-sent"), "bad")),
        }
    }

    pub(super) fn to(&self) -> String {
        let all = [self.message.to.as_deref(), self.message.cc.as_deref()];
        all.into_iter().flatten().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    /// What stood below, where there is anything.
    pub(super) fn quoted(&self) -> Option<&str> {
        self.message.quoted_text.as_deref().filter(|text| !text.trim().is_empty())
    }
}

impl Reading {
    fn of(message: &MessageView, label: ReplyLabel) -> Self {
        let mut all: Vec<_> = message
            .probabilities
            .iter()
            .flatten()
            .filter_map(|(word, probability)| {
                let name = words::label(words::label_of(word)?);
                Some(Probability { name, percent: percent(*probability) })
            })
            .collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.percent));
        let mut unlikely = all.split_off(all.len().min(LIKELY_SHOWN));
        unlikely.retain(|one| one.percent > 0);
        let fields = message
            .fields
            .iter()
            .flatten()
            .filter_map(|(name, value)| Some((words::field(name).to_owned(), plain(value)?)));
        Self {
            label: words::label(label),
            corrected: message.corrected_label.map(words::label),
            confidence: message.confidence.map(percent),
            likely: all,
            unlikely,
            cues: message.cues.clone().unwrap_or_default(),
            fields: fields.collect(),
            decision: message.decision.map(words::decision),
            doubt: message.review_reason.map(words::reason),
        }
    }

    /// The meanings that are less likely, each with how likely it is.
    pub(super) fn less_likely(&self) -> String {
        let likely = |one: &Probability| {
            say("conversations-reading-likely")
                .arg("meaning", one.name)
                .arg("percent", one.percent)
                .plain()
        };
        self.unlikely.iter().map(likely).collect::<Vec<_>>().join(", ")
    }
}

fn percent(probability: f64) -> u32 {
    (probability.clamp(0.0, 1.0) * 100.0).round() as u32
}

/// A value as people read it; none where it says nothing.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::Bool(true) => Some(t("common-yes").to_owned()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(_) | Value::Object(_) => Some(value.to_string()),
    }
}
