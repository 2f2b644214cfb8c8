//! The qualifier: what a lead's reply means, as labels with probabilities, the cues that speak for them, and whether that is
//! enough to act without a person.
//!
//! The embedded model is a logistic regression over hashed pieces of the text ([`features`]), trained from the labelled
//! replies in `training/` by `cargo xtask train`, which writes the weights and the thresholds that [`model`] reads. A team
//! may have a language model asked as well ([`llm`]); [`decision`] says what comes of both, and [`fields`] finds what a
//! reply offers beside its label.

mod concepts;
pub mod decision;
pub mod features;
pub mod fields;
pub mod llm;
pub mod model;

use features::Features;
use model::Model;

/// What a reply may mean; docs/qualifier.md is the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// Wants to talk, meet, try, or know a price.
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
    /// None of these.
    Other,
}

/// Every label, in the order in which the model has them.
pub const LABELS: [Label; 8] = [
    Label::HighIntent,
    Label::Question,
    Label::NotNow,
    Label::NotInterested,
    Label::Unsubscribe,
    Label::WrongPerson,
    Label::AutoReply,
    Label::Other,
];

impl Label {
    /// As it is written everywhere.
    pub fn name(self) -> &'static str {
        match self {
            Self::HighIntent => "high_intent",
            Self::Question => "question",
            Self::NotNow => "not_now",
            Self::NotInterested => "not_interested",
            Self::Unsubscribe => "unsubscribe",
            Self::WrongPerson => "wrong_person",
            Self::AutoReply => "auto_reply",
            Self::Other => "other",
        }
    }

    /// The label of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        LABELS.into_iter().find(|label| label.name() == name)
    }

    /// Its place in [`LABELS`].
    fn place(self) -> usize {
        LABELS.iter().position(|one| *one == self).expect("every label is listed")
    }

    /// Whether a person looks at it however certain it is: they are to be answered (Q3).
    pub(crate) fn is_for_people(self) -> bool {
        matches!(self, Self::Question | Self::Other)
    }

    /// Whether it ends what a lead with high intent began, so that the smallest doubt is a person's to settle.
    fn would_lose_a_lead(self) -> bool {
        matches!(self, Self::NotNow | Self::NotInterested | Self::WrongPerson)
    }
}

/// The probability of high intent from which on a reply is never closed under another label by itself.
const HIGH_INTENT_KEPT: f32 = 0.05;
/// The probability that a lead wants no more mail from which on a reply is never acted on under another label by itself.
const UNSUBSCRIBE_KEPT: f32 = 0.01;
/// Cues shown with a verdict.
const CUES_MAX: usize = 5;

/// What a reply is taken for.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Every label with its probability, the likeliest first; together they are 1.
    pub probabilities: Vec<(Label, f32)>,
    /// The words that speak for the likeliest, the strongest first.
    pub cues: Vec<String>,
    /// Whether it is acted on without a person.
    pub is_certain: bool,
}

impl Verdict {
    /// The likeliest label.
    pub fn label(&self) -> Label {
        self.probabilities[0].0
    }

    /// How likely a label is.
    pub fn probability(&self, label: Label) -> f32 {
        let found = self.probabilities.iter().find(|(one, _)| *one == label);
        found.map_or(0.0, |(_, probability)| *probability)
    }
}

/// What a team wants instead of a model's own thresholds, for some labels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Thresholds([Option<f32>; LABELS.len()]);

impl Thresholds {
    /// With that of one more label, from 0 to 1, where 1 means that it is never acted on without a person; none when it
    /// is not from 0 to 1.
    pub fn with(mut self, label: Label, threshold: f32) -> Option<Self> {
        if !(0.0..=1.0).contains(&threshold) {
            return None;
        }
        self.0[label.place()] = Some(threshold);
        Some(self)
    }

    /// That of a label, if the team has set one: one that cannot be reached where it is never to be acted on.
    pub fn of(&self, label: Label) -> Option<f32> {
        self.0[label.place()].map(|set| if set < 1.0 { set } else { f32::INFINITY })
    }
}

/// What a reply means, by its text without quoted history, and its subject.
pub fn qualify(text: &str, subject: Option<&str>) -> Verdict {
    qualify_with(&Thresholds::default(), text, subject)
}

/// As [`qualify`], under a team's thresholds. `question` and `other` stay for people whatever a team sets (Q3).
pub fn qualify_with(thresholds: &Thresholds, text: &str, subject: Option<&str>) -> Verdict {
    judged(Model::embedded(), thresholds, text, subject)
}

/// As [`qualify`], by another model.
pub fn qualify_by(model: &Model, text: &str, subject: Option<&str>) -> Verdict {
    judged(model, &Thresholds::default(), text, subject)
}

fn judged(model: &Model, thresholds: &Thresholds, text: &str, subject: Option<&str>) -> Verdict {
    let features = Features::of(text, subject);
    let probabilities = model.probabilities(&features);
    let thresholds =
        LABELS.map(|label| thresholds.of(label).unwrap_or_else(|| model.threshold(label)));
    let mut verdict = verdict_of(probabilities, &thresholds, Vec::new());
    let label = verdict.label();
    verdict.cues = features.cues(|bucket| model.weight(label, bucket), CUES_MAX);
    // Nothing was left to read.
    verdict.is_certain &= !features.is_empty();
    verdict
}

/// What probabilities come to, both in the order of [`LABELS`].
pub fn verdict_of(
    probabilities: [f32; LABELS.len()],
    thresholds: &[f32; LABELS.len()],
    cues: Vec<String>,
) -> Verdict {
    let mut ranked: Vec<_> = LABELS.into_iter().zip(probabilities).zip(thresholds).collect();
    ranked.sort_by(|((_, one), _), ((_, other), _)| other.total_cmp(one));
    let ((label, probability), threshold) = ranked[0];
    let probabilities = ranked.into_iter().map(|(likely, _)| likely).collect();
    let mut verdict = Verdict { probabilities, cues, is_certain: false };
    verdict.is_certain = !label.is_for_people()
        && probability >= *threshold
        && !(label.would_lose_a_lead()
            && verdict.probability(Label::HighIntent) >= HIGH_INTENT_KEPT)
        && (label == Label::Unsubscribe
            || verdict.probability(Label::Unsubscribe) < UNSUBSCRIBE_KEPT);
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEN: &str = "Yes, send us a quote.";

    #[test]
    fn a_team_may_ask_for_more_or_less_than_the_model_does() {
        let with = |threshold| Thresholds::default().with(Label::HighIntent, threshold).unwrap();
        let usual = qualify(KEEN, None);
        assert_eq!(usual.label(), Label::HighIntent);
        let probability = usual.probability(Label::HighIntent);
        assert!(qualify_with(&with(probability), KEEN, None).is_certain);
        assert!(!qualify_with(&with(1.0), KEEN, None).is_certain);
        let elsewhere = Thresholds::default().with(Label::NotNow, 1.0).unwrap();
        assert_eq!(qualify_with(&elsewhere, KEEN, None), usual);
    }

    #[test]
    fn no_threshold_takes_a_question_from_people() {
        let lax = Thresholds::default().with(Label::Question, 0.0).unwrap();
        let verdict = qualify_with(&lax, "Which languages does it support?", None);
        assert_eq!(verdict.label(), Label::Question);
        assert!(!verdict.is_certain);
    }

    #[test]
    fn a_threshold_is_from_0_to_1() {
        for wrong in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
            assert_eq!(Thresholds::default().with(Label::HighIntent, wrong), None);
        }
    }
}
