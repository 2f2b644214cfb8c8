//! Multinomial logistic regression by gradient descent with a rate of its own for each weight (AdaGrad), over all replies
//! at each step: the same replies give the same weights.

use rondo::qualifier::features::{BUCKETS, Features};
use rondo::qualifier::model::{Model, softmax};
use rondo::qualifier::{LABELS, Label};

use crate::figures::Seen;
use crate::replies::Reply;

/// Parts that the replies are cut into, each held out once.
const FOLDS: usize = 10;
/// Steps over all replies.
const STEPS: usize = 160;
/// How fast weights move.
const RATE: f32 = 0.5;
/// How strongly weights are drawn to nothing.
const DECAY: f32 = 2e-5;

/// The share of replies acted on under a label that must be right, on replies that were held out.
fn precision_wanted(label: Label) -> f64 {
    match label {
        Label::HighIntent => 0.975,
        Label::AutoReply => 0.97,
        Label::Unsubscribe => 0.93,
        _ => 0.94,
    }
}

/// The model of all replies, and what models without each of them took it for.
pub(crate) fn train(replies: &[Reply]) -> (Model, Vec<Seen>) {
    let examples: Vec<_> = replies.iter().map(Example::of).collect();
    let progress = indicatif::ProgressBar::new(FOLDS as u64 + 1);
    let mut held_out: Vec<(usize, [f32; LABELS.len()])> = Vec::new();
    for fold in 0..FOLDS {
        let kept: Vec<_> = (0..examples.len()).filter(|at| at % FOLDS != fold).collect();
        let model = Model::of(0, &fit(&examples, &kept), [1.0; LABELS.len()]);
        for at in (fold..examples.len()).step_by(FOLDS) {
            held_out.push((at, model.probabilities(&examples[at].features)));
        }
        progress.inc(1);
    }
    let thresholds = LABELS.map(|label| threshold(label, replies, &held_out));
    let all: Vec<_> = (0..examples.len()).collect();
    let fitted = fit(&examples, &all);
    progress.finish_and_clear();
    let seen = held_out
        .iter()
        .map(|(at, probabilities)| Seen::judged(&replies[*at], *probabilities, &thresholds))
        .collect();
    (Model::of(version(replies), &fitted, thresholds), seen)
}

struct Example {
    label: usize,
    features: Features,
    values: Vec<(usize, f32)>,
}

impl Example {
    fn of(reply: &Reply) -> Self {
        let features = Features::of(&reply.text, reply.subject.as_deref());
        let label = LABELS.iter().position(|label| *label == reply.label);
        let values = features.values().collect();
        Self { label: label.expect("every label is listed"), features, values }
    }
}

/// Weights and biases, label by label.
fn fit(examples: &[Example], kept: &[usize]) -> Vec<(Vec<f32>, f32)> {
    const SIZE: usize = BUCKETS + 1;
    let mut weights = vec![0.0_f32; SIZE * LABELS.len()];
    let mut squares = vec![1e-8_f32; SIZE * LABELS.len()];
    for _ in 0..STEPS {
        let mut gradient = vec![0.0_f32; SIZE * LABELS.len()];
        for example in kept.iter().map(|at| &examples[*at]) {
            let mut scores = [0.0; LABELS.len()];
            for (label, score) in scores.iter_mut().enumerate() {
                let row = &weights[label * SIZE..(label + 1) * SIZE];
                let sum: f32 = example.values.iter().map(|(at, value)| row[*at] * value).sum();
                *score = row[BUCKETS] + sum;
            }
            for (label, probability) in softmax(scores).into_iter().enumerate() {
                let wrong = probability - f32::from(u8::from(label == example.label));
                let row = &mut gradient[label * SIZE..(label + 1) * SIZE];
                example.values.iter().for_each(|(at, value)| row[*at] += wrong * value);
                row[BUCKETS] += wrong;
            }
        }
        let count = kept.len() as f32;
        for ((weight, square), slope) in weights.iter_mut().zip(&mut squares).zip(gradient) {
            let slope = slope / count + DECAY * *weight;
            *square += slope * slope;
            *weight -= RATE * slope / square.sqrt();
        }
    }
    weights.chunks(SIZE).map(|row| (row[..BUCKETS].to_vec(), row[BUCKETS])).collect()
}

/// The smallest probability from which on the label was right often enough on replies that were held out.
fn threshold(label: Label, replies: &[Reply], held_out: &[(usize, [f32; LABELS.len()])]) -> f32 {
    let place = LABELS.iter().position(|one| *one == label).expect("every label is listed");
    let mut likeliest: Vec<(f32, bool)> = held_out
        .iter()
        .filter(|(_, probabilities)| {
            probabilities.iter().all(|other| *other <= probabilities[place])
        })
        .map(|(at, probabilities)| (probabilities[place], replies[*at].label == label))
        .collect();
    likeliest.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let (mut right, mut lowest) = (0.0, 1.0);
    for (count, (probability, is_right)) in (1..).zip(&likeliest) {
        right += f64::from(u8::from(*is_right));
        if *is_right && right / f64::from(count) >= precision_wanted(label) {
            lowest = *probability;
        }
    }
    lowest
}

/// A number that changes with the replies and with what is made of them.
fn version(replies: &[Reply]) -> u32 {
    let texts =
        replies.iter().flat_map(|reply| reply.text.bytes().chain(reply.label.name().bytes()));
    texts.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
