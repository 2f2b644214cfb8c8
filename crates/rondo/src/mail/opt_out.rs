//! Sentences that ask to be removed, in six languages: only imperatives, and only at the start of a sentence.
//!
//! What is found here is acted on at once, so it is narrow: `please remove me from your list` is found, `how do I remove
//! a user?` is not. What it misses, the qualifier sees.

mod phrases;

use super::words::{after_phrase, has_any, plain};
use phrases::{
    ALWAYS, ENDING, FILLERS, FOR_A_WHILE, FOR_GOOD, FORBIDDING, FROM, LISTS, OPENINGS, WEIGHT,
    WHOLE,
};

/// Characters of a text that are read: whoever wants to be removed says so early.
const TEXT_CHARS_MAX: usize = 20_000;
/// Words of politeness and conjunctions that are passed over at the start of a sentence.
const OPENINGS_MAX: usize = 6;

/// The sentence that asks to be removed, in plain letters, if there is one in what the person wrote.
pub fn find(visible: &str) -> Option<String> {
    let text: String = visible.chars().take(TEXT_CHARS_MAX).collect();
    let text = plain(&text);
    starts(&text).into_iter().find_map(|start| {
        let sentence = sentence(&text[start..]);
        asks(&sentence).then_some(sentence)
    })
}

/// Where sentences and clauses begin, as bytes of the text.
fn starts(text: &str) -> Vec<usize> {
    /// A line that is shorter than this was ended by the person, not by their mail program.
    const SHORT_LINE_BYTES: usize = 50;
    let mut starts = vec![0];
    let mut line_start = 0;
    for (at, character) in text.char_indices() {
        let next = at + character.len_utf8();
        let is_clause =
            matches!(character, '.' | '!' | '?' | ';' | ',' | ':' | '-' | '–' | '—' | '(')
                && text[next..].starts_with(char::is_whitespace);
        let is_line = character == '\n'
            && (at - line_start < SHORT_LINE_BYTES
                || text[..at].ends_with(['.', ',', '!', '?', ':']));
        if is_clause || is_line {
            starts.push(next);
        }
        if character == '\n' {
            line_start = next;
        }
    }
    starts
}

/// The words to the end of the sentence, over lines, but not over a blank one.
fn sentence(text: &str) -> String {
    const SENTENCE_CHARS_MAX: usize = 300;
    let text = text.trim_start();
    let end = text.char_indices().nth(SENTENCE_CHARS_MAX).map_or(text.len(), |(at, _)| at);
    let paragraph = text[..end].split("\n\n").next().unwrap_or_default();
    let sentence = paragraph.split(['.', '!', '?', ';']).next().unwrap_or_default();
    let words = sentence.split_whitespace().filter(|word| !FILLERS.contains(word));
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a sentence is an imperative that asks to be removed.
fn asks(sentence: &str) -> bool {
    let mut rest = sentence.trim_matches(['"', '*', ' ', ',']);
    for _ in 0..OPENINGS_MAX {
        let opened = OPENINGS.iter().find_map(|opening| after_phrase(rest, opening));
        let Some(after) = opened else { break };
        rest = after.trim_start_matches([' ', ',', ':', '-']);
        if is_request(rest) {
            return true;
        }
    }
    is_request(sentence.trim_matches(['"', '*', ' ', ',']))
}

fn is_request(text: &str) -> bool {
    WHOLE.contains(&text.trim_matches(|c: char| !c.is_alphanumeric()))
        || ALWAYS.iter().any(|phrase| after_phrase(text, phrase).is_some())
        || FORBIDDING.iter().filter_map(|phrase| after_phrase(text, phrase)).any(is_for_good)
        || ENDING.iter().filter_map(|phrase| after_phrase(text, phrase)).any(ends)
        || FROM.iter().filter_map(|phrase| after_phrase(text, phrase)).any(|rest| {
            let words = rest.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'');
            words.filter(|word| !word.is_empty()).take(8).any(|word| LISTS.contains(&word))
        })
}

/// Whether what follows a prohibition says that it is not for a while.
fn is_for_good(rest: &str) -> bool {
    has_any(rest, &FOR_GOOD) && !has_any(rest, &FOR_A_WHILE)
}

/// Whether nothing that matters follows: the end, or a word that only adds weight.
fn ends(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '"']);
    rest.is_empty()
        || rest.starts_with([',', '-', '–', '('])
        || WEIGHT.iter().any(|word| after_phrase(rest, word).is_some())
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn imperatives_in_six_languages_are_found() {
        for text in [
            "STOP",
            "Unsubscribe.",
            "Please remove me from your mailing\nlist.",
            "Hi Nora,\n\nnot interested, take me off your list please",
            "Could you remove me from this list?",
            "Don't contact me again!",
            "Please do not write to this address again.",
            "Not interested, remove.",
            "Yes please remove me",
            "Graag uitschrijven.",
            "Nehmen Sie uns bitte aus dem Verteiler.",
            "Bitte streichen Sie mich aus Ihrem Verteiler.",
            "Guten Tag, löschen Sie meine Daten",
            "Bitte keine weiteren Mails.",
            "Merci de me désinscrire de votre liste.",
            "Ne m’écrivez plus",
            "Arrêtez de m'envoyer vos publicités !",
            "No me vuelvan a escribir, por favor.",
            "Por favor, denme de baja.",
            "Gelieve mij niet te bellen. Haal mij van de lijst.",
            "Verwijder mijn adres aub",
            "Por favor, removam o meu email da lista",
            "Não me enviem mais emails.",
        ] {
            assert!(find(text).is_some(), "{text}");
        }
    }

    #[test]
    fn other_sentences_with_these_words_are_not() {
        for text in [
            "How do users unsubscribe from it?",
            "Can customers unsubscribe themselves?",
            "Please remove me from the Cc and talk to Jane.",
            "Don't email me the brochure, call me.",
            "Do not contact me before Monday.",
            "Don't write again until May.",
            "Don't email me the offer again, I have it.",
            "Our old tool would not stop emailing customers.",
            "Please take me off mute and call.",
            "Stop by our office on Monday.",
            "We opt out of nothing, send the offer.",
            "Wie kann ich einen Nutzer löschen?",
            "Don't remove me.",
            "",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
