//! Texts and phrases made comparable: lower case, without accents.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// A text in lower case and without accents; apostrophes, spaces and ligatures in their plain form.
pub fn plain(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut plain = String::with_capacity(text.len());
    let letters = text.chars().flat_map(char::to_lowercase).nfkd();
    for character in letters.filter(|character| !is_combining_mark(*character)) {
        match character {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ø' => plain.push('o'),
            '\u{2018}' | '\u{2019}' | '\u{2bc}' | '´' | '`' => plain.push('\''),
            '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{ad}' | '\u{feff}' => {}
            other => plain.push(other),
        }
    }
    plain
}

/// What follows a phrase at the start of a text, where the phrase ends with its word, or with an apostrophe in it.
pub fn after_phrase<'a>(text: &'a str, phrase: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(phrase)?;
    (phrase.ends_with('\'') || !rest.starts_with(char::is_alphanumeric)).then_some(rest)
}

/// Whether a text has a phrase, from the start of a word to the end of one.
pub fn has_phrase(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| {
        !text[..at].ends_with(char::is_alphanumeric)
            && !text[at + phrase.len()..].starts_with(char::is_alphanumeric)
    })
}

/// Whether a text has one of these phrases.
pub fn has_any(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| has_phrase(text, phrase))
}
