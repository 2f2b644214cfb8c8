//! What words of six languages have in common: that they name a day, a price, a call, somebody in charge. A reply in a
//! language with few examples is so read by what was learned from all.

use std::collections::HashMap;
use std::sync::OnceLock;

static LIST: &str = include_str!("concepts.txt");

/// The concepts of words, and of beginnings of words, in the order of the list.
struct Concepts {
    of_words: HashMap<&'static str, Vec<&'static str>>,
    of_beginnings: HashMap<&'static str, Vec<&'static str>>,
}

/// What a word, written as `features` has it, stands for.
pub(super) fn concepts(word: &str) -> Vec<&'static str> {
    static CONCEPTS: OnceLock<Concepts> = OnceLock::new();
    let known = CONCEPTS.get_or_init(Concepts::read);
    let mut found = known.of_words.get(word).cloned().unwrap_or_default();
    let ends = word.char_indices().map(|(at, character)| at + character.len_utf8());
    for beginning in ends.filter_map(|end| known.of_beginnings.get(&word[..end])) {
        for concept in beginning {
            if !found.contains(concept) {
                found.push(concept);
            }
        }
    }
    found
}

impl Concepts {
    fn read() -> Self {
        let mut concepts = Self { of_words: HashMap::new(), of_beginnings: HashMap::new() };
        for line in LIST.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split_whitespace();
            let Some(concept) = words.next() else { continue };
            for word in words {
                let (list, word) = match word.strip_suffix('*') {
                    Some(beginning) => (&mut concepts.of_beginnings, beginning),
                    None => (&mut concepts.of_words, word),
                };
                let known = list.entry(word).or_default();
                if !known.contains(&concept) {
                    known.push(concept);
                }
            }
        }
        concepts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_several_languages_stand_for_the_same() {
        for word in ["montag", "monday", "lundi", "lunes"] {
            assert_eq!(concepts(word), ["day"], "{word}");
        }
        assert_eq!(concepts("interessiert"), ["interest"]);
        assert!(concepts("xylophon").is_empty());
    }

    #[test]
    fn the_list_is_written_as_words_are_read() {
        for line in LIST.lines().filter(|line| !line.starts_with('#')) {
            let is_plain = |byte| matches!(byte, b'a'..=b'z' | b'0' | b' ' | b'*');
            assert!(line.bytes().all(is_plain), "{line}");
        }
    }
}
