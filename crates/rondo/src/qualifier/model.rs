//! The embedded model: weights of a whole number of a few bits each, and the thresholds found on replies that were held
//! out of the training.

use std::sync::OnceLock;

use super::features::{BUCKETS, Features};
use super::{LABELS, Label};

/// The version of what is written below: features, labels and their order belong to it.
const FORMAT: u32 = 2;
/// What a file of weights begins with.
const MAGIC: &[u8; 4] = b"RQLM";

static WEIGHTS: &[u8] = include_bytes!("weights.bin");

/// Weights, and what is enough to act on.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Changes with every training.
    pub version: u32,
    labels: Vec<OfLabel>,
}

/// What belongs to one label.
#[derive(Debug, Clone, PartialEq)]
struct OfLabel {
    bias: f32,
    /// What a weight of 1 stands for.
    scale: f32,
    threshold: f32,
    weights: Vec<i8>,
}

impl Model {
    /// The one in the program.
    pub fn embedded() -> &'static Self {
        static MODEL: OnceLock<Model> = OnceLock::new();
        MODEL.get_or_init(|| Self::read(WEIGHTS).expect("the weights are in the program"))
    }

    /// From exact weights and biases, label by label.
    pub fn of(version: u32, labels: &[(Vec<f32>, f32)], thresholds: [f32; LABELS.len()]) -> Self {
        let labels = labels.iter().zip(thresholds).map(|((exact, bias), threshold)| {
            let largest = exact.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
            let scale = largest.max(f32::MIN_POSITIVE) / f32::from(i8::MAX);
            let weights = exact.iter().map(|weight| (weight / scale).round() as i8).collect();
            OfLabel { bias: *bias, scale, threshold, weights }
        });
        Self { version, labels: labels.collect() }
    }

    /// The probability of each label, in their order.
    pub fn probabilities(&self, features: &Features) -> [f32; LABELS.len()] {
        softmax(self.scores(features.values()))
    }

    /// What speaks for each label, in their order, given buckets with their values.
    pub fn scores(
        &self,
        values: impl Iterator<Item = (usize, f32)> + Clone,
    ) -> [f32; LABELS.len()] {
        let mut scores = [0.0_f32; LABELS.len()];
        for (score, label) in scores.iter_mut().zip(&self.labels) {
            let values = values.clone();
            let sum: f32 =
                values.map(|(bucket, value)| f32::from(label.weights[bucket]) * value).sum();
            *score = label.bias + label.scale * sum;
        }
        scores
    }

    /// How much a bucket speaks for a label.
    pub fn weight(&self, label: Label, bucket: usize) -> f32 {
        let label = self.of_label(label);
        label.scale * f32::from(label.weights[bucket])
    }

    /// The probability from which on a label is acted on without a person.
    pub fn threshold(&self, label: Label) -> f32 {
        self.of_label(label).threshold
    }

    fn of_label(&self, label: Label) -> &OfLabel {
        let at = LABELS.iter().position(|one| *one == label).expect("every label is listed");
        &self.labels[at]
    }

    /// As the file that [`Model::read`] reads.
    pub fn write(&self) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        file.extend(FORMAT.to_le_bytes());
        file.extend(self.version.to_le_bytes());
        for label in &self.labels {
            for number in [label.bias, label.scale, label.threshold] {
                file.extend(number.to_le_bytes());
            }
            file.extend(label.weights.iter().map(|weight| weight.to_le_bytes()[0]));
        }
        file
    }

    /// From a file; none when it is not one of this version's.
    pub fn read(file: &[u8]) -> Option<Self> {
        let file = file.strip_prefix(MAGIC)?.strip_prefix(&FORMAT.to_le_bytes())?;
        let (version, mut rest) = file.split_first_chunk()?;
        let mut labels = Vec::with_capacity(LABELS.len());
        for _ in LABELS {
            let mut numbers = [0.0; 3];
            for number in &mut numbers {
                let (bytes, after) = rest.split_first_chunk()?;
                (*number, rest) = (f32::from_le_bytes(*bytes), after);
            }
            let (weights, after) = rest.split_at_checked(BUCKETS)?;
            let weights = weights.iter().map(|byte| i8::from_le_bytes([*byte])).collect();
            let [bias, scale, threshold] = numbers;
            labels.push(OfLabel { bias, scale, threshold, weights });
            rest = after;
        }
        rest.is_empty().then_some(Self { version: u32::from_le_bytes(*version), labels })
    }
}

/// Scores as probabilities.
pub fn softmax(scores: [f32; LABELS.len()]) -> [f32; LABELS.len()] {
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers = scores.map(|score| (score - largest).exp());
    let sum: f32 = powers.iter().sum();
    powers.map(|power| power / sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_read_as_it_was_written() {
        let labels = LABELS.map(|_| ((0..BUCKETS).map(|at| at as f32 - 99.0).collect(), 0.5));
        let model = Model::of(7, &labels, [0.9; LABELS.len()]);
        assert_eq!(Model::read(&model.write()), Some(model.clone()));
        assert_eq!(Model::read(&model.write()[1..]), None);
        assert_eq!(Model::read(&[model.write(), vec![0]].concat()), None);
    }
}
