//! From when on a lead wants to hear from us again.
//!
//! Days are read as in absence notices ([`calendar`](crate::mail::reading::calendar)); months, quarters, years and spans
//! stand for their first day. A date counts only in a sentence that speaks of another time, and where there are several
//! nobody can tell.

mod phrases;

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use super::is_follow_up;
use crate::mail::reading::Sent;
use crate::mail::reading::calendar::{
    AHEAD_DAYS_MAX, Token, dates, days_between, month, sentence_end, sentence_start, tokens,
};
use crate::mail::words::has_any;
use phrases::{
    AFTER, ANOTHER, BROAD, EARLY, LATE, MID, NARROW, NOT_AGAIN, NUMBERS, PASSED, PREPOSITIONS,
    ROUGHLY, UNITS, UNTIL, Unit, WHOLE,
};

/// Tokens before or after a date in which a sentence may say what it is.
const NEAR_TOKENS_MAX: usize = 30;
/// Days from which on a call or a talk is one of another time.
const LATER_DAYS_MIN: i32 = 14;
/// Tokens before a date in which a preposition may stand.
const BEFORE_TOKENS_MAX: usize = 4;
/// What makes a number a day of some month.
const ORDINALS: &[&str] = &["st", "nd", "rd", "th"];
/// The largest number of a span, as in "in 36 months".
const SPAN_MAX: u32 = 36;

/// A date in a text, from one token to before another.
#[derive(Debug, Clone, Copy)]
struct When {
    from: usize,
    to: usize,
    date: Date,
}

/// The day, in a text of plain letters.
pub(super) fn find(plain: &str, sent_on: Option<Date>) -> Option<Date> {
    let tokens = tokens(plain);
    let mut found = days(&tokens, sent_on);
    if let Some(sent_on) = sent_on {
        let taken = |at: usize| found.iter().find(|when| (when.from..when.to).contains(&at));
        let mut rough = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let when = if taken(at).is_some() { None } else { rough_at(&tokens, at, sent_on) };
            at = when.map_or(at + 1, |when| when.to);
            rough.extend(when);
        }
        found.extend(rough);
    }
    let is_meant = |when: &&When| {
        let is_ahead =
            sent_on.is_none_or(|sent_on| when.date > sent_on && is_follow_up(when.date, sent_on));
        is_ahead && is_later(&tokens, **when, sent_on)
    };
    let mut meant = found.iter().filter(is_meant).map(|when| when.date);
    let first = meant.next()?;
    meant.all(|other| other == first).then_some(first)
}

/// Days that are named, or counted as tomorrow is; `3/4` is none, since nobody can tell which month comes first.
fn days(tokens: &[Token<'_>], sent_on: Option<Date>) -> Vec<When> {
    let read = |is_month_first| {
        let sent = sent_on.map(|on| Sent { on, is_month_first });
        dates(tokens, sent)
    };
    let other = read(true);
    let both = read(false).into_iter().filter(|found| other.contains(found));
    both.filter_map(|found| {
        let before = tokens[..found.from].iter().rev().find(|token| !PASSED.contains(&token.text));
        let is_after = before.is_some_and(|token| AFTER.contains(&token.text));
        let date = if is_after { found.date.checked_add(1.day()).ok()? } else { found.date };
        Some(When { from: found.from, to: found.to, date })
    })
    .collect()
}

/// Whether a sentence is about another time than now.
fn is_later(tokens: &[Token<'_>], when: When, sent_on: Option<Date>) -> bool {
    let start = sentence_start(tokens, when.from, when.from.saturating_sub(NEAR_TOKENS_MAX));
    let end = sentence_end(tokens, when.to, tokens.len().min(when.to + NEAR_TOKENS_MAX));
    let words: Vec<_> = tokens[start..end].iter().map(|token| token.text).collect();
    let mut sentence = words.join(" ");
    for phrase in NOT_AGAIN {
        sentence = sentence.replace(phrase, " ");
    }
    let is_far = sent_on.is_some_and(|sent_on| days_between(sent_on, when.date) >= LATER_DAYS_MIN);
    let is_end = (start.max(when.from.saturating_sub(BEFORE_TOKENS_MAX))..when.from)
        .any(|at| UNTIL.contains(&tokens[at].text));
    // `Award is on 15 May, ask me on the 16th`.
    let is_beside_another = has_any(&sentence, ANOTHER)
        || (start..when.from).chain(when.to..end.saturating_sub(1)).any(|at| {
            let is_ordinal = tokens
                .get(at + 1)
                .is_some_and(|next| !next.is_apart && ORDINALS.contains(&next.text));
            is_ordinal && tokens[at].number().is_some()
        });
    !is_beside_another
        && (has_any(&sentence, NARROW) || is_far && !is_end && has_any(&sentence, BROAD))
}

/// A month, a quarter, a year or a span at a token.
fn rough_at(tokens: &[Token<'_>], at: usize, sent_on: Date) -> Option<When> {
    let (date, to) = whole_period(tokens, at, sent_on)
        .or_else(|| span(tokens, at, sent_on))
        .or_else(|| quarter(tokens, at, sent_on))
        .or_else(|| month_alone(tokens, at, sent_on))?;
    Some(When { from: at, to, date })
}

fn texts_at<'a>(tokens: &'a [Token<'a>], at: usize, phrase: &[&str]) -> bool {
    let texts = tokens.iter().skip(at).take(phrase.len()).map(|token| token.text);
    texts.eq(phrase.iter().copied())
}

fn before<'a>(tokens: &'a [Token<'a>], at: usize) -> &'a str {
    at.checked_sub(1).map_or("", |before| tokens[before].text)
}

/// `next month`, `next quarter`, `next year`: its first day, unless its middle or its end is meant.
fn whole_period(tokens: &[Token<'_>], at: usize, sent_on: Date) -> Option<(Date, usize)> {
    let (phrase, unit) = WHOLE.iter().find(|(phrase, _)| texts_at(tokens, at, phrase))?;
    let is_part = (at.saturating_sub(3)..at).any(|before| {
        let word = tokens[before].text;
        MID.contains(&word) || LATE.contains(&word)
    });
    if is_part {
        return None;
    }
    let first = sent_on.first_of_month();
    let date = match unit {
        Unit::Month => plus(first, 1.month()),
        Unit::Quarter => plus(first, (3 - i64::from((first.month() - 1) % 3)).months()),
        Unit::Year => Date::new(sent_on.year() + 1, 1, 1).ok(),
        Unit::Day | Unit::Week => None,
    };
    Some((date?, at + phrase.len()))
}

/// `in three months`, `in about 6 weeks`.
fn span(tokens: &[Token<'_>], at: usize, sent_on: Date) -> Option<(Date, usize)> {
    const IN: &[&str] = &["in", "dans", "en", "em", "over", "dentro", "daqui"];
    if !IN.contains(&tokens[at].text) {
        return None;
    }
    let is_passed = |token: &&Token<'_>| ROUGHLY.contains(&token.text);
    let number_at = at + 1 + tokens.iter().skip(at + 1).take(2).take_while(is_passed).count();
    let word = tokens.get(number_at)?;
    let number = word.number().or_else(|| {
        let place = NUMBERS.iter().position(|words| words.contains(&word.text))?;
        u32::try_from(place + 1).ok()
    });
    let number = i64::from(number.filter(|number| (1..=SPAN_MAX).contains(number))?);
    let unit = tokens.get(number_at + 1)?.text;
    let unit = UNITS.iter().find(|(names, _)| names.contains(&unit)).map(|(_, unit)| unit)?;
    let span = match unit {
        Unit::Day => number.days(),
        Unit::Week => number.weeks(),
        Unit::Month => number.months(),
        Unit::Quarter => (3 * number).months(),
        Unit::Year => number.years(),
    };
    Some((plus(sent_on, span)?, number_at + 2))
}

/// `Q3`, `Q1 2027`.
fn quarter(tokens: &[Token<'_>], at: usize, sent_on: Date) -> Option<(Date, usize)> {
    let number = tokens.get(at + 1).filter(|token| tokens[at].text == "q" && !token.is_apart)?;
    let number = number.number().filter(|number| (1..=4).contains(number))?;
    let month = i8::try_from(3 * number - 2).ok()?;
    let (year, to) = year_at(tokens, at + 2, sent_on);
    Some((first_day(year, month, 1, sent_on)?, to))
}

/// `in March`, `until the end of March`, `early March 2027`, `nach März`.
fn month_alone(tokens: &[Token<'_>], at: usize, sent_on: Date) -> Option<(Date, usize)> {
    let month = i8::try_from(month(tokens[at].text)?).ok()?;
    let (year, to) = year_at(tokens, at + 1, sent_on);
    // A number beside it makes it a day, and one that could not be read.
    let is_day = before(tokens, at).starts_with(|c: char| c.is_ascii_digit())
        || year.is_none() && tokens.get(at + 1).is_some_and(|next| next.number().is_some());
    let is_past = tokens.get(to).is_some_and(|next| {
        ["last", "letzten", "dernier", "pasado", "passado"].contains(&next.text)
    });
    if is_day || is_past {
        return None;
    }
    let mut part = None;
    let mut place = at;
    while place > 0 {
        let word = tokens[place - 1].text;
        let found = [EARLY, MID, LATE].iter().position(|words| words.contains(&word));
        if found.is_none() && !PASSED.contains(&word) {
            break;
        }
        part = part.or(found);
        place -= 1;
    }
    let preposition = before(tokens, place);
    let is_after = AFTER.contains(&preposition);
    if part.is_none() && !is_after && !PREPOSITIONS.contains(&preposition) {
        return None;
    }
    let last = Date::new(year.unwrap_or(sent_on.year()), month, 1).ok()?.last_of_month().day();
    let date = match part {
        Some(1) => first_day(year, month, 15, sent_on),
        Some(2) => first_day(year, month, last, sent_on),
        _ if is_after => plus(first_day(year, month, last, sent_on)?, 1.day()),
        _ => first_day(year, month, 1, sent_on),
    };
    Some((date?, to))
}

/// A year after a month or a quarter, in figures or as the next one, and the token after it.
fn year_at(tokens: &[Token<'_>], at: usize, sent_on: Date) -> (Option<i16>, usize) {
    let is_next =
        |(phrase, unit): &&(&[&str], Unit)| *unit == Unit::Year && texts_at(tokens, at, phrase);
    if let Some((phrase, _)) = WHOLE.iter().find(is_next) {
        return (Some(sent_on.year() + 1), at + phrase.len());
    }
    let of = at
        + usize::from(
            tokens.get(at).is_some_and(|token| ["of", "de", "/", ","].contains(&token.text)),
        );
    let year = tokens.get(of).and_then(Token::number).filter(|year| (2000..2100).contains(year));
    match year.and_then(|year| i16::try_from(year).ok()) {
        Some(year) => (Some(year), of + 1),
        None => (None, at),
    }
}

/// A day in the year that is named, or else when it comes next, if that is not nearly a year away.
fn first_day(year: Option<i16>, month: i8, day: i8, sent_on: Date) -> Option<Date> {
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    let years = [sent_on.year(), sent_on.year().checked_add(1)?];
    let next = years
        .into_iter()
        .filter_map(|year| Date::new(year, month, day).ok())
        .find(|date| *date > sent_on)?;
    (days_between(sent_on, next) <= AHEAD_DAYS_MAX).then_some(next)
}

fn plus(date: Date, span: Span) -> Option<Date> {
    date.checked_add(span).ok()
}
