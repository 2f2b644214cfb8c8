//! What the model sees of a reply: its words, pairs of words and parts of words, each hashed into a bucket, and a few
//! signs that stand for many words.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Buckets that pieces of text are hashed into.
pub const BUCKETS: usize = 1 << 15;

/// Characters of a reply that are looked at: what somebody wants stands in front.
const TEXT_MAX: usize = 4_000;
/// Words that count as the beginning.
const OPENING: usize = 6;
/// Lengths of the parts of words.
const PARTS: [usize; 3] = [3, 4, 5];

/// How much each kind counts: all pieces of a kind together have this length.
const WORDS: f32 = 1.0;
const PAIRS: f32 = 0.9;
const PARTS_OF_WORDS: f32 = 0.8;
const SIGNS: f32 = 0.7;

/// Buckets with their values.
#[derive(Debug, Clone, PartialEq)]
pub struct Features {
    values: BTreeMap<u16, f32>,
    /// The words that fell into a bucket, for people.
    words: BTreeMap<u16, String>,
}

impl Features {
    /// Of a reply without quoted history, and its subject.
    pub fn of(text: &str, subject: Option<&str>) -> Self {
        let words = words(text);
        let mut features = Self { values: BTreeMap::new(), words: BTreeMap::new() };
        let mut kinds: [BTreeSet<u16>; 4] = Default::default();
        let [of_words, of_pairs, of_parts, of_signs] = &mut kinds;
        for word in &words {
            features.name(of_words, &["w", word], word);
            parts_of(word, |part| _ = of_parts.insert(bucket(&["c", part])));
        }
        for word in words.iter().take(OPENING) {
            of_words.insert(bucket(&["o", word]));
        }
        for pair in words.windows(2) {
            features.name(of_pairs, &["p", &pair[0], &pair[1]], &pair.join(" "));
        }
        // One word apart, as in "not really interested".
        for triple in words.windows(3) {
            of_pairs.insert(bucket(&["g", &triple[0], &triple[2]]));
        }
        for word in self::words(subject.unwrap_or_default()) {
            of_signs.insert(bucket(&["s", &word]));
        }
        for sign in signs(text, &words) {
            of_signs.insert(bucket(&["!", sign]));
        }
        for (kind, weight) in kinds.iter().zip([WORDS, PAIRS, PARTS_OF_WORDS, SIGNS]) {
            let value = weight / (kind.len().max(1) as f32).sqrt();
            for &bucket in kind {
                *features.values.entry(bucket).or_default() += value;
            }
        }
        if words.is_empty() {
            features.values.clear();
        }
        features
    }

    /// Whether there was nothing to read.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The buckets in order, with their values.
    pub fn values(&self) -> impl Iterator<Item = (usize, f32)> {
        self.values.iter().map(|(&bucket, &value)| (bucket.into(), value))
    }

    /// The words that weigh most, the heaviest first, none of which is part of one before it.
    pub fn cues(&self, weight: impl Fn(usize) -> f32, max: usize) -> Vec<String> {
        let weighed = self.words.iter().map(|(&bucket, word)| {
            (weight(bucket.into()) * self.values.get(&bucket).copied().unwrap_or_default(), word)
        });
        let mut weighed: Vec<_> = weighed.filter(|(weight, _)| *weight > 0.0).collect();
        weighed.sort_by(|(one, a), (other, b)| other.total_cmp(one).then_with(|| a.cmp(b)));
        let mut cues: Vec<String> = Vec::new();
        for (_, word) in weighed {
            let says_something = word.chars().any(char::is_alphabetic);
            let is_said = cues.iter().any(|cue| cue.contains(word.as_str()));
            if cues.len() < max && says_something && !is_said {
                cues.push(word.clone());
            }
        }
        cues
    }

    fn name(&mut self, kind: &mut BTreeSet<u16>, piece: &[&str], word: &str) {
        let bucket = bucket(piece);
        kind.insert(bucket);
        self.words.entry(bucket).or_insert_with(|| word.to_owned());
    }
}

/// The words of a text as all spellings of them come to: lower case, without accents, numbers as `0`, and signs of asking
/// and stress as words of their own.
fn words(text: &str) -> Vec<String> {
    let plain = text
        .chars()
        .take(TEXT_MAX)
        .nfkd()
        .filter(|character| !is_combining_mark(*character) && !matches!(character, '\'' | '’'))
        .flat_map(char::to_lowercase);
    let mut words: Vec<String> = Vec::new();
    let mut is_open = false;
    for character in plain {
        match character {
            '?' | '!' => {
                is_open = false;
                if words.last().is_none_or(|last| !last.starts_with(character)) {
                    words.push(character.to_string());
                }
            }
            character if character.is_alphanumeric() => {
                if !is_open {
                    words.push(String::new());
                }
                is_open = true;
                let word = words.last_mut().expect("a word was begun");
                let piece = if character.is_numeric() { '0' } else { character };
                if piece != '0' || !word.ends_with('0') {
                    word.push(piece);
                }
            }
            _ => is_open = false,
        }
    }
    words
}

/// The parts of a word, its ends marked.
fn parts_of(word: &str, mut take: impl FnMut(&str)) {
    let marked = format!("<{word}>");
    let ends: Vec<usize> = marked.char_indices().map(|(at, _)| at).chain([marked.len()]).collect();
    for length in PARTS {
        for ends in ends.windows(length + 1) {
            take(&marked[ends[0]..ends[length]]);
        }
    }
}

/// What many texts have in common, whatever their words.
fn signs(text: &str, words: &[String]) -> Vec<&'static str> {
    let asks = text.matches('?').count();
    let digits = longest_number(text);
    let has = |sign: bool, name| sign.then_some(name);
    [
        has(words.len() <= 3, "a few words"),
        has((4..=12).contains(&words.len()), "a line"),
        has(words.len() > 60, "long"),
        has(asks == 1, "asks"),
        has(asks > 1, "asks a lot"),
        has(asks == 0, "asks nothing"),
        has(text.trim_end().ends_with('?'), "ends by asking"),
        has(digits >= 7, "phone"),
        has(has_time(text), "time"),
        has(text.contains('@'), "address"),
        has(text.contains("http"), "link"),
        has(text.contains(['€', '$', '£']), "money"),
        has(shouts(text), "shouts"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Digits of the longest number, as people write those of telephones.
fn longest_number(text: &str) -> usize {
    let numbers = text.split(|character: char| {
        !(character.is_ascii_digit()
            || matches!(character, ' ' | '-' | '.' | '/' | '(' | ')' | '+'))
    });
    numbers.map(|run| run.bytes().filter(u8::is_ascii_digit).count()).max().unwrap_or_default()
}

/// Whether a time of day is named, as 14:30 or 3pm.
fn has_time(text: &str) -> bool {
    let lower = text.to_lowercase();
    let bytes = lower.as_bytes();
    bytes.windows(4).any(|four| {
        four[0].is_ascii_digit()
            && four[1] == b':'
            && four[2].is_ascii_digit()
            && four[3].is_ascii_digit()
    }) || bytes
        .windows(3)
        .any(|three| three[0].is_ascii_digit() && matches!(&three[1..], b"pm" | b"am" | b" h"))
}

fn shouts(text: &str) -> bool {
    let letters = text.chars().filter(|character| character.is_alphabetic());
    let (upper, lower): (Vec<_>, Vec<_>) = letters.partition(|letter| letter.is_uppercase());
    upper.len() > 8 && upper.len() > lower.len()
}

/// The bucket of a piece: FNV-1a, which is the same everywhere and for ever.
fn bucket(piece: &[&str]) -> u16 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in piece {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    let folded = (hash >> 32) ^ hash;
    (folded % BUCKETS as u64) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_all_spellings_come_to() {
        let expected = ["dont", "resume", "?", "call", "0", "0"];
        assert_eq!(words("Don’t RÉSUMÉ?? call 555-0199"), expected);
    }

    #[test]
    fn a_text_without_words_has_no_features() {
        assert!(Features::of(" -- \n…", Some("Re: offer")).is_empty());
    }

    #[test]
    fn numbers_and_times_are_seen_in_their_usual_spellings() {
        assert_eq!(longest_number("call +44 (20) 7946-0199, ext 2"), 12);
        assert!(has_time("at 14:30") && has_time("around 3PM") && has_time("um 9 h"));
        assert!(!has_time("2 people, 14 weeks"));
    }
}
