//! Multinomial logistic regression by gradient descent with a rate of its own for each weight (AdaGrad), over all replies
//! at each step: the same replies give the same weights.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rondo::qualifier::features::{BUCKETS, Features};
use rondo::qualifier::model::{Model, softmax};
use rondo::qualifier::{LABELS, Label, verdict_of};

use crate::figures::Seen;
use crate::replies::Reply;

/// Parts that the replies are cut into, each held out once.
const FOLDS: usize = 10;
/// Steps over all replies.
const STEPS: usize = 160;
/// How fast weights move.
const RATE: f32 = 0.2;
/// How strongly weights are drawn to nothing.
const DECAY: f32 = 2e-5;
/// How sure the shares of [`precision_wanted`] are to be, as a quantile of the normal distribution: nine in ten.
const SURE: f64 = 1.28;

/// The share of replies acted on under a label that must be right, as far as replies that were held out can tell.
fn precision_wanted(label: Label) -> Option<f64> {
    match label {
        Label::HighIntent => Some(0.96),
        Label::AutoReply => Some(0.95),
        Label::Unsubscribe => Some(0.92),
        Label::NotNow | Label::NotInterested | Label::WrongPerson => Some(0.92),
        // People answer them.
        Label::Question | Label::Other => None,
    }
}

/// A number for each label.
type ByLabel = [f32; LABELS.len()];

/// How replies are cut into those that are learned from and those that are held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// By a hash of the text, so that two copies of one are never on both sides.
    Text,
    /// By the part of the training in which a reply stands, the same part of every language together, so that no reply is
    /// on the other side of one that was written with it.
    Part,
}

/// What models that did not see them make of all replies.
pub(crate) struct HeldOut {
    pub(crate) by_text: Vec<Seen>,
    pub(crate) by_part: Vec<Seen>,
}

/// The model of all replies, and what models without each of them took it for.
pub(crate) fn train(replies: &[Reply]) -> (Model, HeldOut) {
    let examples: Vec<_> = replies.iter().map(Example::of).collect();
    let cuts = [Cut::Text, Cut::Part].map(|cut| held_out(replies, &examples, cut));
    let heat = heat(&examples, &cuts[0]);
    let cuts = cuts.map(|scores| -> Vec<ByLabel> {
        scores.into_iter().map(|scores| cooled(scores, heat)).collect()
    });
    // That of the cut which asks for more.
    let thresholds = LABELS.map(|label| {
        let of_cuts = cuts.iter().map(|cut| threshold(label, &examples, cut));
        of_cuts.fold(0.0, f32::max)
    });
    let all: Vec<_> = (0..examples.len()).collect();
    let fitted: Vec<_> = fit(&examples, &all)
        .into_iter()
        .map(|(weights, bias)| (weights.iter().map(|weight| weight / heat).collect(), bias / heat))
        .collect();
    let [by_text, by_part] = cuts.map(|cut| judged(replies, &cut, &thresholds));
    (Model::of(version(replies), &fitted, thresholds), HeldOut { by_text, by_part })
}

fn judged(replies: &[Reply], probabilities: &[ByLabel], thresholds: &ByLabel) -> Vec<Seen> {
    let judged = replies.iter().zip(probabilities);
    judged.map(|(reply, probabilities)| Seen::judged(reply, *probabilities, thresholds)).collect()
}

struct Example {
    label: usize,
    values: Vec<(usize, f32)>,
}

impl Example {
    fn of(reply: &Reply) -> Self {
        let features = Features::of(&reply.text, reply.subject.as_deref());
        let label = LABELS.iter().position(|label| *label == reply.label);
        let values = features.values().collect();
        Self { label: label.expect("every label is listed"), values }
    }
}

/// The scores of every reply by a model that did not see it.
fn held_out(replies: &[Reply], examples: &[Example], cut: Cut) -> Vec<ByLabel> {
    let folds: Vec<_> = replies.iter().map(|reply| fold(reply, cut)).collect();
    let progress = indicatif::ProgressBar::new(FOLDS as u64);
    let scores = Mutex::new(vec![ByLabel::default(); examples.len()]);
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(FOLDS);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let fold = next.fetch_add(1, Ordering::Relaxed);
                    if fold >= FOLDS {
                        return;
                    }
                    let (held, kept): (Vec<_>, Vec<_>) =
                        (0..examples.len()).partition(|at| folds[*at] == fold);
                    // As coarse as the weights in the program.
                    let model = Model::of(0, &fit(examples, &kept), [1.0; LABELS.len()]);
                    let mut scores = scores.lock().expect("no thread has failed");
                    for at in held {
                        scores[at] = model.scores(examples[at].values.iter().copied());
                    }
                    progress.inc(1);
                }
            });
        }
    });
    progress.finish_and_clear();
    scores.into_inner().expect("no thread has failed")
}

/// The part of the training that a reply is held out with.
fn fold(reply: &Reply, cut: Cut) -> usize {
    match cut {
        Cut::Text => {
            let hash = reply.key().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
            });
            (((hash >> 32) ^ hash) % FOLDS as u64) as usize
        }
        Cut::Part => {
            let half = FOLDS / 2;
            reply.part % half + if reply.is_later { half } else { 0 }
        }
    }
}

/// Weights and biases, label by label.
fn fit(examples: &[Example], kept: &[usize]) -> Vec<(Vec<f32>, f32)> {
    let nothing = || vec![ByLabel::default(); BUCKETS + 1];
    let (mut weights, mut gradient) = (nothing(), nothing());
    let mut squares = vec![[1e-8_f32; LABELS.len()]; BUCKETS + 1];
    // The bias is the weight of what every reply has.
    let mut is_used = vec![false; BUCKETS + 1];
    is_used[BUCKETS] = true;
    for (bucket, _) in kept.iter().flat_map(|at| &examples[*at].values) {
        is_used[*bucket] = true;
    }
    let used: Vec<_> = (0..=BUCKETS).filter(|bucket| is_used[*bucket]).collect();
    let count = kept.len() as f32;
    for _ in 0..STEPS {
        for example in kept.iter().map(|at| &examples[*at]) {
            let mut wrong = weights[BUCKETS];
            for (bucket, value) in &example.values {
                add(&mut wrong, &weights[*bucket], *value);
            }
            wrong = softmax(wrong);
            wrong[example.label] -= 1.0;
            for (bucket, value) in &example.values {
                add(&mut gradient[*bucket], &wrong, *value);
            }
            add(&mut gradient[BUCKETS], &wrong, 1.0);
        }
        for bucket in used.iter().copied() {
            let slopes = std::mem::take(&mut gradient[bucket]);
            let moved = weights[bucket].iter_mut().zip(&mut squares[bucket]).zip(slopes);
            for ((weight, square), slope) in moved {
                let slope = slope / count + DECAY * *weight;
                *square += slope * slope;
                *weight -= RATE * slope / square.sqrt();
            }
        }
    }
    let of_label = |label: usize| {
        let of_buckets = weights[..BUCKETS].iter().map(|weights| weights[label]).collect();
        (of_buckets, weights[BUCKETS][label])
    };
    (0..LABELS.len()).map(of_label).collect()
}

fn add(sums: &mut ByLabel, numbers: &ByLabel, times: f32) {
    for (sum, number) in sums.iter_mut().zip(numbers) {
        *sum += number * times;
    }
}

fn cooled(scores: ByLabel, heat: f32) -> ByLabel {
    softmax(scores.map(|score| score / heat))
}

/// What scores are divided by so that probabilities are as often right as they say, on replies that were held out.
fn heat(examples: &[Example], scores: &[ByLabel]) -> f32 {
    let surprise = |heat: f32| -> f64 {
        let likely = examples.iter().zip(scores).map(|(example, scores)| {
            f64::from(cooled(*scores, heat)[example.label].max(f32::MIN_POSITIVE))
        });
        likely.map(|likely| -likely.ln()).sum()
    };
    let heats = (20..=200).map(|percent| percent as f32 / 100.0);
    let surprises = heats.map(|heat| (surprise(heat), heat));
    surprises.min_by(|(one, _), (other, _)| one.total_cmp(other)).expect("there are some").1
}

/// The smallest probability from which on the label was right often enough, on replies that were held out and that
/// nothing else keeps for people. That share is only known as well as the number of replies allows: it is its lower bound
/// that has to be enough.
fn threshold(label: Label, examples: &[Example], probabilities: &[ByLabel]) -> f32 {
    let Some(wanted) = precision_wanted(label) else { return 1.0 };
    let mut acted_on: Vec<(f32, bool)> = Vec::new();
    for (example, probabilities) in examples.iter().zip(probabilities) {
        let verdict = verdict_of(*probabilities, &[0.0; LABELS.len()], Vec::new());
        if verdict.is_certain && verdict.label() == label {
            acted_on.push((verdict.probability(label), LABELS[example.label] == label));
        }
    }
    acted_on.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let (mut right, mut lowest) = (0.0, 1.0);
    for (count, (probability, is_right)) in (1..).zip(&acted_on) {
        right += f64::from(u8::from(*is_right));
        if *is_right && lower_bound(right, f64::from(count)) >= wanted {
            lowest = *probability;
        }
    }
    lowest
}

/// Of a share, by Wilson's score.
fn lower_bound(right: f64, count: f64) -> f64 {
    let (share, square) = (right / count, SURE * SURE);
    let spread = (share * (1.0 - share) + square / (4.0 * count)) / count;
    (share + square / (2.0 * count) - SURE * spread.sqrt()) / (1.0 + square / count)
}

/// A number that changes with the replies and with what is made of them.
fn version(replies: &[Reply]) -> u32 {
    let texts =
        replies.iter().flat_map(|reply| reply.text.bytes().chain(reply.label.name().bytes()));
    texts.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
