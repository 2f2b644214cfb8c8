//! What the model is worth: how often it is right where it acts, and what it leaves to people.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rondo::qualifier::model::Model;
use rondo::qualifier::{LABELS, Label, Verdict, qualify_by, verdict_of};

use crate::replies::Reply;

/// A reply and what it was taken for.
pub(crate) struct Seen {
    label: Label,
    language: String,
    verdict: Verdict,
}

impl Seen {
    pub(crate) fn of(reply: &Reply, model: &Model) -> Self {
        let verdict = qualify_by(model, &reply.text, reply.subject.as_deref());
        Self { label: reply.label, language: reply.language.clone(), verdict }
    }

    /// By probabilities that are known already.
    pub(crate) fn judged(
        reply: &Reply,
        probabilities: [f32; LABELS.len()],
        thresholds: &[f32; LABELS.len()],
    ) -> Self {
        let verdict = verdict_of(probabilities, thresholds, Vec::new());
        Self { label: reply.label, language: reply.language.clone(), verdict }
    }

    fn is_acted_on_as(&self, label: Label) -> bool {
        self.verdict.is_certain && self.verdict.label() == label
    }

    fn is_in_review(&self) -> bool {
        !self.verdict.is_certain
    }
}

/// Figures over many replies.
pub(crate) struct Figures<'s>(&'s [Seen]);

impl<'s> Figures<'s> {
    pub(crate) fn of(seen: &'s [Seen]) -> Self {
        Self(seen)
    }

    /// The targets, the labels and the languages.
    pub(crate) fn tables(&self) -> String {
        format!("{}\n{}\n{}", self.targets(), self.by_label(), self.by_language())
    }

    /// What is to be reached.
    pub(crate) fn targets(&self) -> String {
        let high = Label::HighIntent;
        let handed_over = self.share(|one| one.is_acted_on_as(high), |one| one.label == high);
        let automatic = self.share(|one| one.label == high, |one| one.is_acted_on_as(high));
        let found = |one: &Seen| one.is_acted_on_as(high) || one.is_in_review();
        let found = self.share(|one| one.label == high, found);
        let left = |one: &Seen| one.is_acted_on_as(Label::Unsubscribe) || one.is_in_review();
        let left = self.share(|one| one.label == Label::Unsubscribe, left);
        let decided = self.share(|_| true, |one| !one.is_in_review());
        let people = |one: &Seen| one.label != Label::AutoReply;
        let machines = self.share(people, |one| one.is_acted_on_as(Label::AutoReply));
        let mut table = String::from("| measured | target | |\n|---|---|---|\n");
        for (what, target, share) in [
            ("precision of automatic handovers", "≥ 0.95", handed_over),
            ("recall of high intent, automatic", "≥ 0.60", automatic),
            ("recall of high intent, automatic or review", "≥ 0.98", found),
            ("unsubscribe acted on or in review", "1", left),
            ("share decided without a person", "≥ 0.55", decided),
            ("people taken for machines", "≤ 0.002", machines),
        ] {
            writeln!(table, "| {what} | {target} | {share} |").expect("text grows");
        }
        table
    }

    fn by_label(&self) -> String {
        let mut table = String::from(
            "| label | replies | likeliest | precision where acted on | recall where acted on |\n|---|---|---|---|---|\n",
        );
        for label in LABELS {
            let count = self.0.iter().filter(|one| one.label == label).count();
            let likeliest =
                self.share(|one| one.label == label, |one| one.verdict.label() == label);
            let precision = self.share(|one| one.is_acted_on_as(label), |one| one.label == label);
            let recall = self.share(|one| one.label == label, |one| one.is_acted_on_as(label));
            let name = label.name();
            writeln!(table, "| `{name}` | {count} | {likeliest} | {precision} | {recall} |")
                .expect("text grows");
        }
        table
    }

    fn by_language(&self) -> String {
        let languages: BTreeSet<_> = self.0.iter().map(|one| one.language.as_str()).collect();
        let mut table = String::from(
            "| language | replies | likeliest is right | decided without a person |\n|---|---|---|---|\n",
        );
        for language in languages {
            let of = |one: &Seen| one.language == language;
            let count = self.0.iter().filter(|one| of(one)).count();
            let right = self.share(of, |one| one.verdict.label() == one.label);
            let decided = self.share(of, |one| !one.is_in_review());
            writeln!(table, "| {language} | {count} | {right} | {decided} |").expect("text grows");
        }
        table
    }

    /// Of those that are `among`, the share that `is`.
    fn share(&self, among: impl Fn(&Seen) -> bool, is: impl Fn(&Seen) -> bool) -> String {
        let among: Vec<_> = self.0.iter().filter(|one| among(one)).collect();
        if among.is_empty() {
            return "–".to_owned();
        }
        let are = among.iter().filter(|one| is(one)).count();
        format!("{:.3} ({are} of {})", are as f64 / among.len() as f64, among.len())
    }
}
