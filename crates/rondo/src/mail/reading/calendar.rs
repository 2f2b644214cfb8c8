//! Dates as people write them, in English, German, French, Spanish, Dutch and Portuguese.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan as _};

/// When a message was sent, on its sender's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// The day.
    pub on: Date,
    /// Whether `3/4` is likelier to be in March: English, and sent from where that is the custom.
    pub is_month_first: bool,
}

/// A word, a number or a sign of a text, and whether white space or a line's end comes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// The text of it.
    pub text: &'a str,
    /// Whether anything stands between it and the token before.
    pub is_apart: bool,
    /// Whether a blank line stands before it.
    pub is_new_paragraph: bool,
}

impl Token<'_> {
    /// The number that it is.
    pub fn number(&self) -> Option<u32> {
        self.text.parse().ok().filter(|_| self.text.len() <= 4)
    }
}

/// The tokens of a text that [`plain`](crate::mail::words::plain) made.
pub fn tokens(plain: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = plain;
    while !rest.is_empty() {
        let start = rest.trim_start();
        let space = &rest[..rest.len() - start.len()];
        let Some(first) = start.chars().next() else { break };
        let is_same = |c: char| {
            if first.is_ascii_digit() { c.is_ascii_digit() } else { c.is_alphabetic() || c == '\'' }
        };
        let length = match first {
            _ if first.is_ascii_digit() || first.is_alphabetic() => {
                start.find(|c| !is_same(c)).unwrap_or(start.len())
            }
            _ => first.len_utf8(),
        };
        tokens.push(Token {
            text: &start[..length],
            is_apart: !space.is_empty(),
            is_new_paragraph: space.matches('\n').count() > 1,
        });
        rest = &start[length..];
    }
    tokens
}

/// Whether a sentence ends at this token: a full stop that is none of a date or of something shortened.
fn ends_sentence(tokens: &[Token<'_>], at: usize) -> bool {
    match tokens[at].text {
        "!" | "?" => true,
        "." => {
            let before = at.checked_sub(1).map(|before| tokens[before]);
            let is_short = before.is_some_and(|token| token.text.len() <= 3);
            !is_short && tokens.get(at + 1).is_none_or(|next| next.is_apart)
        }
        _ => false,
    }
}

/// Where the sentence with the token `from` begins, at `limit` at the earliest.
pub fn sentence_start(tokens: &[Token<'_>], from: usize, limit: usize) -> usize {
    let mut at = from;
    while at > limit && !tokens[at].is_new_paragraph && !ends_sentence(tokens, at - 1) {
        at -= 1;
    }
    at
}

/// Where the sentence with the tokens before `from` ends, at `limit` at the latest.
pub fn sentence_end(tokens: &[Token<'_>], from: usize, limit: usize) -> usize {
    (from..limit)
        .find(|at| tokens[*at].is_new_paragraph || ends_sentence(tokens, *at))
        .unwrap_or(limit.max(from))
}

/// A date in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The first token of it.
    pub from: usize,
    /// The token after it.
    pub to: usize,
    /// The day.
    pub date: Date,
}

/// Days after which a date that was named without a year is one of the past.
pub const AHEAD_DAYS_MAX: i32 = 300;

/// The dates that a text names, in order. Without the day on which it was sent, only those with a year.
pub fn dates(tokens: &[Token<'_>], sent: Option<Sent>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match date_at(tokens, at, sent) {
            Some((date, to)) => {
                found.push(Found { from: at, to, date });
                at = to;
            }
            None => at += 1,
        }
    }
    found
}

fn date_at(tokens: &[Token<'_>], at: usize, sent: Option<Sent>) -> Option<(Date, usize)> {
    let first = tokens.get(at)?;
    match first.number() {
        Some(number) => {
            let after_digits = at > 0 && !first.is_apart && is_sign(&tokens[at - 1]);
            if after_digits && at > 1 && tokens[at - 2].number().is_some() {
                return None;
            }
            numeric(tokens, at, number, sent).or_else(|| day_and_month(tokens, at, number, sent))
        }
        None => month_and_day(tokens, at, sent)
            .or_else(|| weekday_with_date(tokens, at, sent))
            .or_else(|| relative(tokens, at, sent)),
    }
}

fn is_sign(token: &Token<'_>) -> bool {
    matches!(token.text, "." | "/" | "-" | ":")
}

/// `2026-03-05`, `05.03.2026`, `5.3.`, `5/3/26`, `5-3-2026`.
fn numeric(tokens: &[Token<'_>], at: usize, a: u32, sent: Option<Sent>) -> Option<(Date, usize)> {
    let sign = tokens.get(at + 1).filter(|sign| is_sign(sign) && sign.text != ":")?;
    let second = tokens.get(at + 2).filter(|token| !token.is_apart || sign.text == ".")?;
    let b = second.number()?;
    let third = tokens.get(at + 3).filter(|next| next.text == sign.text && !next.is_apart);
    let year = third.and_then(|_| tokens.get(at + 4)).and_then(Token::number);
    if a > 1000 {
        let day = year?;
        return Some((day_of(Some(a), b, day, sent)?, at + 5));
    }
    let year = year.filter(|year| *year >= 20 && (*year < 100 || *year > 1000));
    let is_month_first =
        sign.text == "/" && (b > 12 || sent.is_some_and(|sent| sent.is_month_first) && a <= 12);
    let (day, month) = if is_month_first { (b, a) } else { (a, b) };
    match year {
        Some(year) => Some((day_of(Some(year), month, day, sent)?, at + 5)),
        // Two numbers with a hyphen are a range, `17.30` is a time.
        None if sign.text == "-" || second.text.len() > 2 => None,
        None => Some((day_of(None, month, day, sent)?, at + 3)),
    }
}

/// `5 March 2026`, `5th of March`, `5. März`, `1er mars`, `5 de marzo de 2026`.
fn day_and_month(
    tokens: &[Token<'_>],
    at: usize,
    day: u32,
    sent: Option<Sent>,
) -> Option<(Date, usize)> {
    let next = skip(
        tokens,
        at + 1,
        &[".", "st", "nd", "rd", "th", "er", "e", "o", "of", "de", "den", "the"],
        3,
    );
    let month = month(tokens.get(next)?.text)?;
    let (year, end) = year_after(tokens, next + 1);
    Some((day_of(year, month, day, sent)?, end))
}

/// `March 5`, `March 5th, 2026`.
fn month_and_day(tokens: &[Token<'_>], at: usize, sent: Option<Sent>) -> Option<(Date, usize)> {
    let month = month(tokens[at].text)?;
    let day_at = skip(tokens, at + 1, &[".", "the"], 2);
    let day = tokens.get(day_at)?.number()?;
    let end = skip(tokens, day_at + 1, &["st", "nd", "rd", "th"], 1);
    // `mar. 8 sept.`: the first word was a weekday.
    let next = skip(tokens, end, &["."], 1);
    if tokens.get(next).is_some_and(|token| self::month(token.text).is_some()) {
        return None;
    }
    let (year, end) = year_after(tokens, end);
    Some((day_of(year, month, day, sent)?, end))
}

fn skip(tokens: &[Token<'_>], from: usize, words: &[&str], at_most: usize) -> usize {
    let is_passed = |token: &&Token<'_>| words.contains(&token.text);
    from + tokens.iter().skip(from).take(at_most).take_while(is_passed).count()
}

/// A year of four digits, and the token after it.
fn year_after(tokens: &[Token<'_>], from: usize) -> (Option<u32>, usize) {
    let at = skip(tokens, from, &[",", ".", "de", "del", "do"], 2);
    let year = tokens.get(at).and_then(Token::number).filter(|year| (2000..2100).contains(year));
    (year, if year.is_some() { at + 1 } else { from })
}

/// `Monday, 5 March`: the date counts.
fn weekday_with_date(tokens: &[Token<'_>], at: usize, sent: Option<Sent>) -> Option<(Date, usize)> {
    weekday(tokens[at].text)?;
    let next = skip(
        tokens,
        at + 1,
        &[",", ".", "-", "feira", "the", "den", "dem", "dia", "o", "le", "el"],
        4,
    );
    let token = tokens.get(next)?;
    match token.number() {
        Some(number) => numeric(tokens, next, number, sent)
            .or_else(|| day_and_month(tokens, next, number, sent)),
        None => month_and_day(tokens, next, sent),
    }
}

/// `Monday`, `tomorrow`, `next week`: counted from the day on which the message was sent.
fn relative(tokens: &[Token<'_>], at: usize, sent: Option<Sent>) -> Option<(Date, usize)> {
    let on = sent?.on;
    let word = tokens[at].text;
    const TOMORROW: &[&str] = &["tomorrow", "demain", "manana", "amanha", "morgen"];
    if TOMORROW.contains(&word) {
        // `buenos días por la mañana`, `goede morgen`, `guten Morgen` are none.
        const NOT_BEFORE: &[&str] = &["la", "guten", "goede", "am", "jeden"];
        let before = at.checked_sub(1).map(|before| tokens[before].text).unwrap_or_default();
        return (!NOT_BEFORE.contains(&before))
            .then(|| Some((plus(on, 1.days())?, at + 1)))
            .flatten();
    }
    if let Some(end) = next_week(tokens, at) {
        return Some((next_of(on, Weekday::Monday)?, end));
    }
    let day = weekday(word)?;
    let end = skip(tokens, at + 1, &["-", "feira"], 2);
    Some((next_of(on, day)?, end))
}

fn next_week(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    const PHRASES: &[&[&str]] = &[
        &["next", "week"],
        &["nachste", "woche"],
        &["nachster", "woche"],
        &["kommende", "woche"],
        &["semaine", "prochaine"],
        &["proxima", "semana"],
        &["semana", "que", "viene"],
        &["semana", "que", "vem"],
        &["volgende", "week"],
    ];
    let is_here = |phrase: &&&[&str]| {
        let words = tokens.iter().skip(at).take(phrase.len()).map(|token| token.text);
        words.eq(phrase.iter().copied())
    };
    PHRASES.iter().find(is_here).map(|phrase| at + phrase.len())
}

fn plus(date: Date, span: Span) -> Option<Date> {
    date.checked_add(span).ok()
}

fn next_of(on: Date, day: Weekday) -> Option<Date> {
    on.nth_weekday(1, day).ok()
}

/// The day, in the year that is named or else the next time that it comes; none for days long gone or far ahead.
fn day_of(year: Option<u32>, month: u32, day: u32, sent: Option<Sent>) -> Option<Date> {
    let date = |year: i16| Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok();
    let on = sent.map(|sent| sent.on);
    if let Some(year) = year {
        let year = if year < 100 { 2000 + year } else { year };
        let date = date(year.try_into().ok()?)?;
        let Some(on) = on else { return Some(date) };
        let is_near = date >= on && days_between(on, date) <= 2 * 366;
        return is_near.then_some(date);
    }
    let on = on?;
    let next = [on.year(), on.year().checked_add(1)?]
        .into_iter()
        .filter_map(date)
        .find(|date| *date >= on)?;
    (days_between(on, next) <= AHEAD_DAYS_MAX).then_some(next)
}

/// Days from one date to another.
pub fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

/// Months by their names, whole or shortened, in plain letters.
const MONTHS: [&[&str]; 12] = [
    &[
        "january", "jan", "januar", "janner", "janvier", "janv", "enero", "ene", "januari",
        "janeiro",
    ],
    &["february", "feb", "februar", "fevrier", "fevr", "febrero", "februari", "fevereiro", "fev"],
    &["march", "mar", "marz", "mrz", "mars", "marzo", "maart", "mrt", "marco", "maerz"],
    &["april", "apr", "avril", "avr", "abril", "abr"],
    &["may", "mai", "mayo", "mei", "maio"],
    &["june", "jun", "juni", "juin", "junio", "junho"],
    &["july", "jul", "juli", "juillet", "juil", "julio", "julho"],
    &["august", "aug", "aout", "agosto", "augustus"],
    &["september", "sep", "sept", "septembre", "septiembre", "setiembre", "setembro"],
    &["october", "oct", "oktober", "okt", "octobre", "octubre", "outubro"],
    &["november", "nov", "novembre", "noviembre", "novembro"],
    &["december", "dec", "dezember", "dez", "decembre", "diciembre", "dic", "dezembro"],
];

/// The number of a month, by its name in plain letters.
pub fn month(word: &str) -> Option<u32> {
    let at = MONTHS.iter().position(|names| names.contains(&word))?;
    u32::try_from(at + 1).ok()
}

/// Weekdays by their whole names: short ones are words of other languages, and only stand before a date anyway.
fn weekday(word: &str) -> Option<Weekday> {
    const DAYS: [(Weekday, &[&str]); 7] = [
        (Weekday::Monday, &["monday", "montag", "lundi", "lunes", "maandag", "segunda"]),
        (Weekday::Tuesday, &["tuesday", "dienstag", "mardi", "martes", "dinsdag", "terca"]),
        (
            Weekday::Wednesday,
            &["wednesday", "mittwoch", "mercredi", "miercoles", "woensdag", "quarta"],
        ),
        (Weekday::Thursday, &["thursday", "donnerstag", "jeudi", "jueves", "donderdag", "quinta"]),
        (Weekday::Friday, &["friday", "freitag", "vendredi", "viernes", "vrijdag", "sexta"]),
        (Weekday::Saturday, &["saturday", "samstag", "sonnabend", "samedi", "sabado", "zaterdag"]),
        (Weekday::Sunday, &["sunday", "sonntag", "dimanche", "domingo", "zondag"]),
    ];
    DAYS.iter().find(|(_, names)| names.contains(&word)).map(|(day, _)| *day)
}
