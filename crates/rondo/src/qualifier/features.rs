//! What the model sees of a reply: its words, a few of them in a row, parts of words, and what words of six languages
//! have in common ([`concepts`]), each hashed into a bucket; and a few signs that stand for many words.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::concepts::concepts;

/// Buckets that pieces of text are hashed into.
pub const BUCKETS: usize = 1 << 16;

/// Characters of a reply that are looked at: what somebody wants stands in front.
const TEXT_MAX: usize = 4_000;
/// Words that count as the beginning.
const OPENING: usize = 6;
/// Lengths of the parts of words.
const PARTS: [usize; 3] = [3, 4, 5];

/// Words that negate what follows.
const NEGATIONS: [&str; 53] = [
    "not", "dont", "doesnt", "didnt", "wont", "cant", "cannot", "isnt", "arent", "wasnt",
    "wouldnt", "havent", "never", "no", "nobody", "without", "nicht", "kein", "keine", "keinen",
    "keinem", "keiner", "nie", "niemals", "nichts", "ohne", "ne", "n", "pas", "jamais", "aucun",
    "aucune", "rien", "sans", "plus", "non", "nunca", "ningun", "ninguna", "nada", "sin", "nao",
    "nem", "nenhum", "nenhuma", "sem", "niet", "geen", "nooit", "niets", "zonder", "nor", "nee",
];
/// What an apostrophe joins to the next word in Romance languages.
const JOINED: [&str; 9] = ["j", "l", "d", "n", "s", "c", "m", "t", "qu"];
/// Words after a negation that it speaks of, within its sentence.
const NEGATED: usize = 3;
/// Concepts after another, within its sentence, that are seen together with it.
const TOGETHER: usize = 4;
/// What ends a sentence, as a word of its own.
const STOP: &str = ".";
/// Stands in front of the first word.
const START: &str = "^";

/// How much each kind counts, in the order of [`Kinds`].
const WEIGHTS: [f32; 9] = [1.0, 0.9, 0.5, 0.8, 0.5, 0.8, 0.8, 0.6, 0.7];

/// The pieces of a text, by what they are pieces of.
#[derive(Default)]
struct Kinds {
    words: BTreeSet<u16>,
    pairs: BTreeSet<u16>,
    triples: BTreeSet<u16>,
    parts: BTreeSet<u16>,
    negated: BTreeSet<u16>,
    concepts: BTreeSet<u16>,
    concept_pairs: BTreeSet<u16>,
    concepts_beside_words: BTreeSet<u16>,
    signs: BTreeSet<u16>,
}

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
        let sequence = words(text);
        let words: Vec<&str> =
            sequence.iter().map(String::as_str).filter(|word| *word != STOP).collect();
        let mut features = Self { values: BTreeMap::new(), words: BTreeMap::new() };
        let mut kinds = Kinds::default();
        for word in &words {
            features.name(&mut kinds.words, &["w", word], word);
            parts_of(word, |part| _ = kinds.parts.insert(bucket(&["c", part])));
        }
        for word in words.iter().take(OPENING) {
            kinds.words.insert(bucket(&["o", word]));
        }
        features.take_rows(&sequence, &mut kinds);
        take_negated(&sequence, &mut kinds);
        take_concepts(&sequence, &mut kinds);
        take_concepts_beside_words(&words, &mut kinds);
        for word in self::words(subject.unwrap_or_default()) {
            kinds.signs.insert(bucket(&["s", &word]));
        }
        for sign in signs(text, &words, subject) {
            kinds.signs.insert(bucket(&["!", sign]));
        }
        features.weigh(&kinds);
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
    pub fn values(&self) -> impl Iterator<Item = (usize, f32)> + Clone {
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

    /// Two and three words in a row, and two with another between them, as in "not really interested".
    fn take_rows(&mut self, sequence: &[String], kinds: &mut Kinds) {
        let row: Vec<&str> =
            std::iter::once(START).chain(sequence.iter().map(String::as_str)).collect();
        for pair in row.windows(2) {
            let piece = ["p", pair[0], pair[1]];
            if pair.iter().any(|word| [START, STOP].contains(word)) {
                kinds.pairs.insert(bucket(&piece));
            } else {
                self.name(&mut kinds.pairs, &piece, &pair.join(" "));
            }
        }
        for triple in row.windows(3) {
            kinds.pairs.insert(bucket(&["g", triple[0], triple[2]]));
            kinds.triples.insert(bucket(&["t", triple[0], triple[1], triple[2]]));
        }
    }

    /// The more there is of a kind, the less each piece of it counts.
    fn weigh(&mut self, kinds: &Kinds) {
        let kinds = [
            &kinds.words,
            &kinds.pairs,
            &kinds.triples,
            &kinds.parts,
            &kinds.negated,
            &kinds.concepts,
            &kinds.concept_pairs,
            &kinds.concepts_beside_words,
            &kinds.signs,
        ];
        for (kind, weight) in kinds.into_iter().zip(WEIGHTS) {
            // Roots alone are the same on every machine: this is the count to the power of 3/8.
            let root = (kind.len().max(1) as f32).sqrt().sqrt();
            let value = weight / (root * root.sqrt());
            for &bucket in kind {
                *self.values.entry(bucket).or_default() += value;
            }
        }
    }

    fn name(&mut self, kind: &mut BTreeSet<u16>, piece: &[&str], word: &str) {
        let bucket = bucket(piece);
        kind.insert(bucket);
        self.words.entry(bucket).or_insert_with(|| word.to_owned());
    }
}

/// Words that a negation speaks of, and their concepts.
fn take_negated(sequence: &[String], kinds: &mut Kinds) {
    let mut left = 0;
    for word in sequence {
        if NEGATIONS.contains(&word.as_str()) {
            left = NEGATED;
            continue;
        }
        if ends_sentence(word) {
            left = 0;
        } else if left > 0 {
            left -= 1;
            kinds.negated.insert(bucket(&["n", word]));
            for concept in concepts(word) {
                kinds.concepts.insert(bucket(&["kn", concept]));
            }
        }
    }
}

/// Concepts, those that are seen together within a sentence, those of its questions, and the first two.
fn take_concepts(sequence: &[String], kinds: &mut Kinds) {
    let mut opening = true;
    for sentence in sequence.split_inclusive(|word| ends_sentence(word)) {
        let asks = sentence.last().is_some_and(|word| word == "?");
        let met: Vec<Vec<&str>> = sentence
            .iter()
            .filter(|word| !ends_sentence(word))
            .map(|word| {
                let number = word.contains('0').then_some("number");
                concepts(word).into_iter().chain(number).collect::<Vec<_>>()
            })
            .filter(|met| !met.is_empty())
            .collect();
        for (at, ones) in met.iter().enumerate() {
            for one in ones {
                kinds.concepts.insert(bucket(&["k", one]));
                if asks {
                    kinds.concepts.insert(bucket(&["kq", one]));
                }
                if opening && at < 2 {
                    kinds.concepts.insert(bucket(&["ko", one]));
                }
                for (apart, others) in met[at + 1..].iter().take(TOGETHER).enumerate() {
                    for other in others {
                        kinds.concept_pairs.insert(bucket(&["kp", one, other]));
                        if apart == 0 {
                            kinds.concept_pairs.insert(bucket(&["ka", one, other]));
                        }
                    }
                }
            }
        }
        opening &= met.is_empty();
    }
}

/// Concepts with the words on either side.
fn take_concepts_beside_words(words: &[&str], kinds: &mut Kinds) {
    for pair in words.windows(2) {
        for concept in concepts(pair[1]) {
            kinds.concepts_beside_words.insert(bucket(&["kw", pair[0], concept]));
        }
        for concept in concepts(pair[0]) {
            kinds.concepts_beside_words.insert(bucket(&["kv", concept, pair[1]]));
        }
    }
}

fn ends_sentence(word: &str) -> bool {
    matches!(word, STOP | "?" | "!")
}

/// The words of a text as all spellings of them come to: lower case, without accents, numbers as `0`, articles and pronouns
/// apart from what they are joined to by an apostrophe, and signs of asking, stress and an end as words of their own.
fn words(text: &str) -> Vec<String> {
    let plain = text
        .chars()
        .take(TEXT_MAX)
        .nfkd()
        .filter(|character| !is_combining_mark(*character))
        .flat_map(char::to_lowercase);
    let mut words: Vec<String> = Vec::new();
    let mut is_open = false;
    for character in plain {
        match character {
            '\'' | '’' => {
                is_open &= words.last().is_none_or(|last| !JOINED.contains(&last.as_str()));
            }
            '.' | ';' | ':' | '\n' => {
                is_open = false;
                if words.last().is_some_and(|last| last != STOP) {
                    words.push(STOP.to_owned());
                }
            }
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
fn signs(text: &str, words: &[&str], subject: Option<&str>) -> Vec<&'static str> {
    let asks = text.matches('?').count();
    let digits = longest_number(text);
    let has = |sign: bool, name| sign.then_some(name);
    [
        has(words.len() <= 3, "a few words"),
        has((4..=12).contains(&words.len()), "a line"),
        has((13..=30).contains(&words.len()), "a few lines"),
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
        has(subject.is_some(), "has a subject"),
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
        assert_eq!(words("J’ai dit non. D'accord"), ["j", "ai", "dit", "non", ".", "d", "accord"]);
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
