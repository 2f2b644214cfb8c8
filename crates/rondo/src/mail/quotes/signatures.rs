//! Where signatures stand in what a person wrote: after `-- `, after a closing formula, under their name.

use std::ops::Range;

use super::formulas::{
    CLOSINGS, DISCLAIMERS, DISCLAIMERS_IF_SECRET, PROGRAMS, SECRET, SHORT_CLOSINGS,
};
use super::{Role, is_blank};
use crate::mail::body::Line;
use crate::mail::words::{after_phrase, has_any, plain};

/// Lines of contact data at most, blank ones left out.
const BLOCK_LINES_MAX: usize = 14;
/// Lines before the end in which a signature may begin: contact data with blank lines, and a postscript.
const TAIL_LINES_MAX: usize = 60;
/// Words of a line that is no sentence.
const UNSPOKEN_WORDS_MAX: usize = 5;

/// Marks the signatures in each run of own lines. Contact data that is all that somebody wrote is their answer.
pub fn mark(lines: &[Line], roles: &mut [Role], sender: Option<&str>) {
    let mut block = None;
    let mut at = 0;
    while at < lines.len() {
        if roles[at] != Role::Own {
            at += 1;
            continue;
        }
        let end = (at..lines.len()).find(|end| roles[*end] != Role::Own).unwrap_or(lines.len());
        if let Some(found) = mark_run(&lines[at..end], &mut roles[at..end], sender) {
            block = Some(at + found.start..at + found.end);
        }
        at = end;
    }
    let is_left = |(line, role): (&Line, &Role)| *role == Role::Own && !is_blank(line);
    if let Some(block) = block
        && !lines.iter().zip(roles.iter()).any(is_left)
    {
        roles[block].fill(Role::Own);
    }
}

/// Marks the signatures of one run; answers where the contact data stands that only its words tell.
fn mark_run(lines: &[Line], roles: &mut [Role], sender: Option<&str>) -> Option<Range<usize>> {
    let texts: Vec<String> = lines.iter().map(|line| plain(line.text.trim())).collect();
    let mut end = lines.len();
    let dashes = texts.iter().position(|text| text == "--");
    let disclaimer = (0..end).find(|at| begins_disclaimer(&texts[*at..]));
    if let Some(at) = dashes.into_iter().chain(disclaimer).min() {
        roles[at..].fill(Role::Signature);
        end = at;
    }
    for at in 0..end {
        if is_added_by_a_program(&texts[at]) {
            roles[at] = Role::Signature;
        }
    }
    let is_left = |at: &usize| roles[*at] == Role::Own && !is_blank(&lines[*at]);
    let last = (0..end).rev().find(is_left)?;
    let own = &texts[..=last];
    let sender = sender.map(plain).unwrap_or_default();
    let sender = name_words(&sender);
    let block = closing(own, &sender).or_else(|| under_the_name(own, &sender))?;
    roles[block.clone()].fill(Role::Signature);
    Some(block)
}

/// From a closing formula to the end of the contact data below it.
fn closing(own: &[String], sender: &[&str]) -> Option<Range<usize>> {
    tail(own).filter(|at| is_closing(&own[*at])).find_map(|at| {
        let end = before_postscript(own, at + 1);
        let block: Vec<&String> = own[at + 1..end].iter().filter(|line| !line.is_empty()).collect();
        let is_named = block.first().is_some_and(|line| is_name(line, sender));
        let is_contact = is_named || block.iter().any(|line| is_contact_data(line));
        (is_contact && is_block(&block)).then_some(at..end)
    })
}

/// From the sender's name to the end of the contact data below it.
fn under_the_name(own: &[String], sender: &[&str]) -> Option<Range<usize>> {
    tail(own).filter(|at| is_name(&own[*at], sender)).find_map(|at| {
        let end = before_postscript(own, at + 1);
        let block: Vec<&String> = own[at + 1..end].iter().filter(|line| !line.is_empty()).collect();
        let is_contact = block.iter().any(|line| is_contact_data(line));
        (is_contact && is_block(&block)).then_some(at..end)
    })
}

/// Whether a line is the sender's whole name and nothing else.
fn is_name(line: &str, sender: &[&str]) -> bool {
    sender.len() > 1 && name_words(line) == sender
}

/// The lines in which a signature may begin.
fn tail(own: &[String]) -> Range<usize> {
    own.len().saturating_sub(TAIL_LINES_MAX)..own.len()
}

/// The words of a name in one order, whichever part comes first.
fn name_words(text: &str) -> Vec<&str> {
    if text.len() > 80 {
        return Vec::new();
    }
    let mut words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words
}

fn before_postscript(own: &[String], from: usize) -> usize {
    let is_postscript = |text: &String| {
        ["ps", "p.s", "p.s.", "nb", "pd", "p.d."].iter().any(|mark| {
            after_phrase(text, mark).is_some_and(|rest| rest.starts_with([':', '.', ' ', ',', '-']))
        })
    };
    (from..own.len()).find(|at| is_postscript(&own[*at])).unwrap_or(own.len())
}

fn is_block(block: &[&String]) -> bool {
    block.len() <= BLOCK_LINES_MAX && !block.iter().any(|line| is_sentence(line))
}

/// Whether a line ends like a sentence and has the words of one.
fn is_sentence(line: &str) -> bool {
    let words = line.split_whitespace().count();
    line.ends_with('?')
        || words > UNSPOKEN_WORDS_MAX && line.ends_with(['.', '!', ','])
        || words > 20
}

/// Whether a line holds an address, a site, or as many digits as a telephone number has.
fn is_contact_data(line: &str) -> bool {
    line.contains('@')
        || line.contains("www.")
        || line.contains("http")
        || line.bytes().filter(u8::is_ascii_digit).count() >= 6
}

/// Whether a line is a closing formula, perhaps with a name or a place behind it.
fn is_closing(line: &str) -> bool {
    const NAME_WORDS_MAX: usize = 3;
    let bare = line.trim_end_matches(|c: char| !c.is_alphanumeric());
    if SHORT_CLOSINGS.contains(&bare) {
        return true;
    }
    if line.len() > 80 || line.ends_with('?') {
        return false;
    }
    CLOSINGS
        .iter()
        .filter_map(|formula| after_phrase(bare, formula))
        .any(|rest| rest.split_whitespace().count() <= NAME_WORDS_MAX && !rest.contains(['.', ':']))
}

/// Whether a telephone or a program added this line.
fn is_added_by_a_program(line: &str) -> bool {
    line.len() <= 90
        && line.split_whitespace().count() <= 9
        && !line.ends_with('?')
        && PROGRAMS.iter().any(|phrase| after_phrase(line, phrase).is_some())
}

/// Whether a disclaimer begins at the first of these lines.
fn begins_disclaimer(lines: &[String]) -> bool {
    let Some(first) = lines.first() else { return false };
    let first = first.trim_start_matches(|c: char| !c.is_alphanumeric());
    if DISCLAIMERS.iter().any(|phrase| first.starts_with(phrase)) {
        return true;
    }
    DISCLAIMERS_IF_SECRET.iter().any(|phrase| after_phrase(first, phrase).is_some())
        && lines
            .iter()
            .take(BLOCK_LINES_MAX)
            .take_while(|line| !line.is_empty())
            .any(|line| has_any(line, SECRET))
}
