//! When somebody is back, from the text of their absence notice.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::calendar::{Found, Sent, Token, dates, sentence_end, sentence_start, tokens};
use crate::mail::words::{has_any, plain};

/// Tokens around a date in which a word may say what it is.
const NEAR_TOKENS_MAX: usize = 12;
/// Tokens before a date in which a preposition may stand: `bis einschließlich Montag, den`.
const BEFORE_TOKENS_MAX: usize = 6;

/// Words that say that somebody is back.
const RETURNS: &[&str] = &[
    "back",
    "return",
    "returning",
    "returns",
    "again",
    "available",
    "resume",
    "reachable",
    "wieder",
    "zuruck",
    "zuruckkehren",
    "ruckkehr",
    "retour",
    "reviens",
    "reviendrai",
    "rentre",
    "rentrerai",
    "nouveau",
    "reprends",
    "reprendrai",
    "vuelvo",
    "volvere",
    "regreso",
    "regresare",
    "vuelta",
    "reincorporo",
    "reincorporare",
    "nuevo",
    "terug",
    "weer",
    "opnieuw",
    "regresso",
    "regressarei",
    "regressando",
    "retorno",
    "retornarei",
    "retornando",
    "volto",
    "voltarei",
    "volta",
    "voltando",
];

/// Words before the last day of an absence, or the first one after it.
const ENDS: &[&str] = &[
    "until", "till", "til", "through", "thru", "to", "bis", "zum", "jusqu'au", "jusqu'a", "au",
    "hasta", "al", "tot", "met", "t", "m", "ate", "ao", "a",
];

/// Words that say that the day itself is part of the absence.
const INCLUSIVE: &[&str] = &[
    "einschliesslich",
    "einschl",
    "inklusive",
    "inkl",
    "inclusive",
    "including",
    "through",
    "thru",
    "inclus",
    "incluido",
    "inclusief",
    "met",
    "m",
    "incl",
];

/// Words of those that stand between a preposition and a date, and are none themselves.
const MODIFIERS: &[&str] =
    &["einschliesslich", "einschl", "inklusive", "inkl", "inclusive", "including", "incl"];

/// Words between a preposition and a date.
const PASSED: &[&str] = &[
    "the",
    "den",
    "dem",
    "le",
    "el",
    "o",
    "dia",
    "de",
    "em",
    "no",
    "op",
    "on",
    "and",
    "en",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "mo",
    "di",
    "mi",
    "do",
    "fr",
    "sa",
    "so",
    "lun",
    "mar",
    "mer",
    "jeu",
    "ven",
    "ma",
    "wo",
    "vr",
    "za",
    "zo",
    ",",
    ".",
    "(",
    "/",
    "about",
    "approx",
    "ca",
];

/// What a date is to an absence, the surer the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    End,
    Return,
}

/// The day on which somebody is back. A last day of absence counts, if no better one is named: the day after it where it
/// is said to be included, else itself, since nobody can tell.
pub fn return_on(text: &str, sent: Option<Sent>) -> Option<Date> {
    let plain = plain(text);
    let english = ["the", "will", "i", "my", "and"];
    let sent = sent.map(|sent| Sent {
        is_month_first: sent.is_month_first && has_any(&plain, &english),
        ..sent
    });
    let tokens = tokens(&plain);
    let dates = dates(&tokens, sent);
    let meant = dates.iter().enumerate().filter_map(|(index, found)| {
        let before = index.checked_sub(1).map_or(0, |previous| dates[previous].to);
        let after = dates.get(index + 1).map_or(tokens.len(), |next| next.from);
        let meaning = meaning(&tokens, *found, before, after)?;
        Some((meaning, resolved(&tokens, *found, before)))
    });
    meant.max().map(|(_, date)| date)
}

fn meaning(tokens: &[Token<'_>], found: Found, before: usize, after: usize) -> Option<Meaning> {
    let start =
        sentence_start(tokens, found.from, before.max(found.from.saturating_sub(NEAR_TOKENS_MAX)));
    let end = sentence_end(tokens, found.to, after.min(found.to + NEAR_TOKENS_MAX));
    let is_return = |tokens: &[Token<'_>]| tokens.iter().any(|token| RETURNS.contains(&token.text));
    if has_end_word(tokens, found, start) {
        return Some(if is_return(&tokens[found.to..end]) {
            Meaning::Return
        } else {
            Meaning::End
        });
    }
    (is_return(&tokens[start..found.from]) || is_return(&tokens[found.to..end]))
        .then_some(Meaning::Return)
}

fn has_end_word(tokens: &[Token<'_>], found: Found, start: usize) -> bool {
    let near = &tokens[start.max(found.from.saturating_sub(BEFORE_TOKENS_MAX))..found.from];
    near.iter()
        .rev()
        .find(|token| !PASSED.contains(&token.text) && !MODIFIERS.contains(&token.text))
        .is_some_and(|token| ENDS.contains(&token.text) || matches!(token.text, "-" | "–"))
}

/// The day itself, or the one after it where it is said to be the last day of the absence.
fn resolved(tokens: &[Token<'_>], found: Found, before: usize) -> Date {
    let start = sentence_start(
        tokens,
        found.from,
        before.max(found.from.saturating_sub(BEFORE_TOKENS_MAX)),
    );
    let next = tokens.get(found.to).is_some_and(|token| {
        matches!(token.text, "inclusive" | "inclus" | "incluido" | "inbegriffen")
    });
    let is_inclusive = next
        || has_end_word(tokens, found, start)
            && tokens[start..found.from].iter().any(|token| INCLUSIVE.contains(&token.text));
    let following = found.date.checked_add(1.day()).ok().filter(|_| is_inclusive);
    following.unwrap_or(found.date)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn on(text: &str) -> Option<String> {
        let sent = Sent { on: date(2026, 9, 8), is_month_first: false };
        return_on(text, Some(sent)).map(|date| date.to_string())
    }

    #[test]
    fn the_usual_spellings_in_six_languages() {
        let cases = [
            ("I'm out of the office until September 21.", "2026-09-21"),
            ("I will be back on Monday, 21 Sept 2026.", "2026-09-21"),
            (
                "Out of office from 7 to 18 September, returning Monday the 21st of September",
                "2026-09-21",
            ),
            ("I am away through Sep 18th and have no access to mail.", "2026-09-19"),
            ("I return tomorrow.", "2026-09-09"),
            ("I'll be back next Monday", "2026-09-14"),
            ("Ich bin vom 7. bis 18. September nicht im Büro.", "2026-09-18"),
            ("Ich bin bis zum 18.09. im Urlaub und ab dem 21.9. wieder da.", "2026-09-21"),
            ("Ab Montag, den 21.09.2026 bin ich wieder erreichbar.", "2026-09-21"),
            ("Bis einschließlich 6. Januar bin ich nicht da.", "2027-01-07"),
            ("Je suis absent jusqu'au 18 septembre inclus.", "2026-09-19"),
            ("Absent du 7 au 18 septembre, de retour le lundi 21 septembre.", "2026-09-21"),
            ("Je serai de retour le 1er octobre", "2026-10-01"),
            ("Estaré fuera hasta el 21 de septiembre de 2026.", "2026-09-21"),
            ("Regreso el lunes 21 de septiembre.", "2026-09-21"),
            ("Ik ben afwezig tot en met 18 september.", "2026-09-19"),
            ("Ik ben terug op 21-09-2026.", "2026-09-21"),
            ("Estou de férias até 21/09/2026.", "2026-09-21"),
            ("Volto na segunda-feira.", "2026-09-14"),
        ];
        for (text, expected) in cases {
            assert_eq!(on(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn dates_that_say_nothing_of_a_return_do_not_count() {
        for text in [
            "Thank you for your mail of 12 October.",
            "I am away since 1 September.",
            "Call 555-0104 or 030 12.10.44.",
            "Back when I am back.",
            "I was back on 3 March 2024.",
        ] {
            assert_eq!(on(text), None, "{text}");
        }
    }

    #[test]
    fn without_a_day_of_sending_a_date_needs_its_year() {
        assert_eq!(return_on("Back on 21 September.", None), None);
        assert_eq!(return_on("Back on 21 September 2026.", None), Some(date(2026, 9, 21)));
    }
}
