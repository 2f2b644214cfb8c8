//! Whom a reply names to turn to: a name and an address, each only where a sentence says that they are that person's.

mod phrases;

use super::{addresses, is_name, joined};
use crate::mail::words::{has_any, plain};
use phrases::{GREETINGS, NOT_NAMES, OWN, PARTICLES, REFERRALS, TITLES};

/// Words of a name at most.
const NAME_WORDS_MAX: usize = 4;
/// Words before a name in which a greeting makes it another's.
const GREETING_WORDS: usize = 3;
/// Letters of a name that make it an address's owner's.
const SHARED_LETTERS_MIN: usize = 3;

/// The name and the address of whom to turn to.
pub(super) fn find(text: &str) -> (Option<String>, Option<String>) {
    let sentences = sentences(text);
    let email = email(&sentences);
    let named = email.and_then(|email| name_of(&sentences, email));
    let name = named.or_else(|| titled(&sentences)).or_else(|| whole(&sentences));
    (name.filter(|name| is_name(name)), email.map(str::to_owned))
}

/// A sentence, and whether it speaks of somebody to turn to.
struct Sentence<'a> {
    text: &'a str,
    refers: bool,
}

fn sentences(text: &str) -> Vec<Sentence<'_>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, character) in text.char_indices() {
        let next = at + character.len_utf8();
        let is_end = match character {
            '!' | '?' | ';' => true,
            '\n' => text[next..].starts_with(['\n', '\r']),
            // `Mr. Smith` goes on, `the right person. Ask` does not.
            '.' => {
                let word = text[start..at].rsplit(|c: char| !c.is_alphabetic()).next();
                let is_short = word.is_some_and(|word| (1..=3).contains(&word.chars().count()));
                !is_short && text[next..].starts_with(char::is_whitespace)
            }
            _ => false,
        };
        if is_end {
            sentences.push(&text[start..next]);
            start = next;
        }
    }
    sentences.push(&text[start..]);
    let sentence = |text| Sentence { text, refers: has_any(&joined(&plain(text)), REFERRALS) };
    sentences.into_iter().map(sentence).collect()
}

/// The one address in sentences that speak of somebody else, or follow one that does.
fn email<'a>(sentences: &[Sentence<'a>]) -> Option<&'a str> {
    let mut found = sentences.iter().enumerate().flat_map(|(at, sentence)| {
        let refers = sentence.refers || at > 0 && sentences[at - 1].refers;
        let is_own = has_any(&joined(&plain(sentence.text)), OWN);
        let text = if refers && !is_own { sentence.text } else { "" };
        addresses(text)
    });
    let first = found.next()?;
    found.all(|other| other.eq_ignore_ascii_case(first)).then_some(first)
}

/// A word of a sentence, and its place there.
#[derive(Debug, Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    start: usize,
    end: usize,
}

fn words(sentence: &str) -> Vec<Word<'_>> {
    let is_part = |c: char| c.is_alphabetic() || matches!(c, '\'' | '’' | '-');
    let mut words = Vec::new();
    let mut start = None;
    for (at, character) in sentence.char_indices().chain([(sentence.len(), ' ')]) {
        match (is_part(character), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push(Word { text: &sentence[from..at], start: from, end: at });
                start = None;
            }
            _ => {}
        }
    }
    words
}

impl Word<'_> {
    /// `Jane`, `O'Brien`, `J`, but not `IT`.
    fn is_capital(&self) -> bool {
        let mut letters = self.text.chars();
        letters.next().is_some_and(char::is_uppercase)
            && letters.next().is_none_or(|second| !second.is_uppercase())
    }

    fn is_one_of(&self, words: &[&str]) -> bool {
        words.contains(&plain(self.text).as_str())
    }

    fn may_be_of_a_name(&self) -> bool {
        // `I'll`, `He's`; the 's of `Jane's` is cut off later.
        const SHORT: &[&str] = &["'ll", "'d", "'m", "'ve", "'re"];
        const PRONOUNS: &[&str] = &["he's", "she's", "it's", "that's", "who's", "there's"];
        let word = plain(self.text);
        self.is_capital()
            && !SHORT.iter().any(|ending| word.ends_with(ending))
            && ![NOT_NAMES, TITLES, GREETINGS, PRONOUNS]
                .iter()
                .any(|words| words.contains(&word.as_str()))
    }
}

/// The name that begins with a word: capital words, one after the other, and the number of them.
fn name_at<'a>(sentence: &'a str, words: &[Word<'a>], at: usize) -> Option<(&'a str, usize)> {
    let first = words.get(at).filter(|word| word.may_be_of_a_name())?;
    let (mut last, mut count) = (*first, 1);
    let mut previous = *first;
    for word in words.iter().skip(at + 1).take(NAME_WORDS_MAX + 1) {
        let gap = &sentence[previous.end..word.start];
        let is_initial = previous.text.chars().count() == 1 && gap == ". ";
        if gap != " " && !is_initial {
            break;
        }
        if word.may_be_of_a_name() && count < NAME_WORDS_MAX {
            (last, count) = (*word, count + 1);
        } else if !word.is_one_of(PARTICLES) {
            break;
        }
        previous = *word;
    }
    let name = sentence[first.start..last.end].trim_end_matches(['-', '\'', '’']);
    let name = name.strip_suffix("'s").or_else(|| name.strip_suffix("’s")).unwrap_or(name);
    Some((name, count))
}

fn is_greeted(sentence: &str, words: &[Word<'_>], at: usize) -> bool {
    let from = at.saturating_sub(GREETING_WORDS);
    let greeting = words[from..at].iter().rfind(|word| word.is_one_of(GREETINGS));
    greeting.is_some_and(|word| !sentence[word.end..words[at].start].contains(['\n', ',', ':']))
}

/// The name that an address is made of.
fn name_of(sentences: &[Sentence<'_>], email: &str) -> Option<String> {
    let local = plain(email.split('@').next()?);
    let is_shared = |name: &str| {
        let parts: Vec<String> =
            name.split([' ', '.', '-']).map(|part| plain(part).replace('ı', "i")).collect();
        parts
            .iter()
            .any(|part| part.chars().count() >= SHARED_LETTERS_MIN && local.contains(part.as_str()))
    };
    let mut best: Option<(&str, usize)> = None;
    for sentence in sentences {
        let words = words(sentence.text);
        let mut at = 0;
        while at < words.len() {
            let Some((name, count)) = name_at(sentence.text, &words, at) else {
                at += 1;
                continue;
            };
            if is_shared(name)
                && !is_greeted(sentence.text, &words, at)
                && best.is_none_or(|(_, most)| count > most)
            {
                best = Some((name, count));
            }
            at += count;
        }
    }
    best.map(|(name, _)| name.to_owned())
}

/// The one name behind a title, in a sentence that speaks of somebody to turn to.
fn titled(sentences: &[Sentence<'_>]) -> Option<String> {
    let mut found = Vec::new();
    for sentence in sentences.iter().filter(|sentence| sentence.refers) {
        let words = words(sentence.text);
        for (at, title) in words.iter().enumerate().filter(|(_, word)| word.is_one_of(TITLES)) {
            let Some(next) = words.get(at + 1) else { continue };
            let gap = &sentence.text[title.end..next.start];
            if matches!(gap, " " | ". ") && !is_greeted(sentence.text, &words, at) {
                found.extend(name_at(sentence.text, &words, at + 1).map(|(name, _)| name));
            }
        }
    }
    one(found)
}

/// The one name of two words and more, in a sentence that speaks of somebody to turn to; not in German, where every noun
/// is capital.
fn whole(sentences: &[Sentence<'_>]) -> Option<String> {
    const GERMAN: &[&str] = &["sie", "ist", "und", "bitte", "unser", "unsere", "ich"];
    let mut found = Vec::new();
    for sentence in sentences.iter().filter(|sentence| sentence.refers) {
        if has_any(&plain(sentence.text), GERMAN) {
            continue;
        }
        let words = words(sentence.text);
        let mut at = 0;
        while at < words.len() {
            let Some((name, count)) = name_at(sentence.text, &words, at) else {
                at += 1;
                continue;
            };
            if count >= 2 && !is_greeted(sentence.text, &words, at) {
                found.push(name);
            }
            at += count;
        }
    }
    one(found)
}

fn one(found: Vec<&str>) -> Option<String> {
    let (first, rest) = found.split_first()?;
    rest.iter().all(|other| other == first).then(|| (*first).to_owned())
}
