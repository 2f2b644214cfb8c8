//! Where earlier messages stand in a text: lines with `>`, and what follows a line that introduces a message.

use crate::mail::body::{Line, Mark};
use crate::mail::words::{after_phrase, has_any, plain};

use super::{Role, is_blank};

/// Lines over which an introduction may be broken.
const ATTRIBUTION_LINES_MAX: usize = 3;
/// Bytes of an introduction at most: two long names with addresses.
const ATTRIBUTION_BYTES_MAX: usize = 500;
/// Lines in which the headers of a quoted message are looked for, blank ones included.
const HEADER_LINES_MAX: usize = 14;

/// Marks as quoted what is not the person's own text of today.
pub fn mark(lines: &[Line], roles: &mut [Role]) {
    let mut at = 0;
    while at < lines.len() {
        if roles[at] != Role::Own || is_blank(&lines[at]) {
            at += 1;
        } else if is_quote(lines, at) {
            roles[at] = Role::Quoted;
            at += 1;
        } else if is_divider(&lines[at].text) || begins_headers(lines, at) {
            // Programs that introduce a message so quote it as it is, to the end.
            roles[rule_before(lines, at)..].fill(Role::Quoted);
            return;
        } else if let Some(attribution) = attribution(lines, at) {
            let end = at + attribution.lines;
            roles[at..end].fill(Role::Quoted);
            let next = (end..lines.len()).find(|next| !is_blank(&lines[*next]));
            if let Some(next) = next
                && attribution.is_dated
                && lines[next].mark != Mark::Quote
                && !is_quote(lines, next)
            {
                roles[end..].fill(Role::Quoted);
                return;
            }
            at = end;
        } else {
            at += 1;
        }
    }
}

/// Whether a line begins with `>`. A number behind it may be a comparison, if no other quote is near.
fn is_quote(lines: &[Line], at: usize) -> bool {
    let starts =
        |at: usize| lines.get(at).is_some_and(|line| line.text.trim_start().starts_with('>'));
    if !starts(at) {
        return false;
    }
    let rest = &lines[at].text.trim_start()[1..];
    let may_compare = rest.starts_with(|c: char| c.is_ascii_digit() || c == '=');
    !may_compare || starts(at + 1) || at > 0 && starts(at - 1)
}

/// An introduction such as `On … wrote:`.
struct Attribution {
    lines: usize,
    /// Whether a time, a year or an address in it makes sure that what follows was quoted, even without `>`.
    is_dated: bool,
}

const WROTE: &[&str] = &[
    "wrote",
    "writes",
    "schrieb",
    "schrieben",
    "schreibt",
    "a ecrit",
    "ecrit",
    "escribio",
    "schreef",
    "geschreven",
    "escreveu",
    "ha scritto",
    "skrev",
];

/// Words that introductions begin with.
const STARTS: &[&str] = &["on", "am", "le", "el", "op", "em", "a", "den", "il", "no dia", "at"];

fn attribution(lines: &[Line], at: usize) -> Option<Attribution> {
    let mut text = String::new();
    for (count, line) in lines[at..].iter().take(ATTRIBUTION_LINES_MAX).enumerate() {
        let is_within = count > 0 && (line.mark != Mark::Unmarked || is_quote(lines, at + count));
        if is_blank(line) || is_within || text.len() + line.text.len() > ATTRIBUTION_BYTES_MAX {
            return None;
        }
        if count > 0 {
            text.push(' ');
        }
        text.push_str(&plain(line.text.trim().trim_matches(['*', '_'])));
        let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
        let has_address = text.contains('@');
        let starts = STARTS.iter().any(|start| after_phrase(&text, start).is_some());
        let is_dated = has_address || has_time_or_year(&text);
        if !(starts && has_digit || is_dated) {
            return None;
        }
        if text.trim_end().ends_with(':') && has_any(&text, WROTE) && is_said_of_a_date(&text) {
            return Some(Attribution { lines: count + 1, is_dated });
        }
        // A sentence that goes on over lines of its own is none.
        if !starts && !has_address {
            return None;
        }
    }
    None
}

/// Whether the sentence ends with who wrote, or with when: `you wrote that it costs 20:` ends with neither.
fn is_said_of_a_date(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(':').trim_end();
    if WROTE.iter().any(|wrote| text.ends_with(wrote)) || text.contains('@') {
        return true;
    }
    has_time_or_year(text)
        || text.bytes().filter(u8::is_ascii_digit).count() >= 3 && text.split(' ').count() <= 12
}

/// Whether digits stand in a text as in `10:15`, `10h15` or `2026`.
fn has_time_or_year(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    (0..bytes.len()).any(|at| {
        let is_time = is_digit(at)
            && matches!(bytes.get(at + 1), Some(b':' | b'h'))
            && is_digit(at + 2)
            && is_digit(at + 3);
        let is_year = bytes[at..].starts_with(b"20")
            && (at == 0 || !is_digit(at - 1))
            && is_digit(at + 2)
            && is_digit(at + 3)
            && !is_digit(at + 4);
        is_time || is_year
    })
}

const ORIGINAL: &[&str] = &[
    "original message",
    "ursprungliche nachricht",
    "ursprungliche mail",
    "originalnachricht",
    "original-nachricht",
    "urspr. nachricht",
    "message d'origine",
    "message original",
    "mensaje original",
    "oorspronkelijk bericht",
    "mensagem original",
    "messaggio originale",
    "forwarded message",
    "weitergeleitete nachricht",
    "message transfere",
    "mensaje reenviado",
    "doorgestuurd bericht",
    "mensagem encaminhada",
    "mensagem reencaminhada",
];

const FORWARDED: &[&str] = &[
    "begin forwarded message:",
    "anfang der weitergeleiteten nachricht:",
    "debut du message transfere :",
    "debut du message reexpedie :",
    "inicio del mensaje reenviado:",
    "begin doorgestuurd bericht:",
    "inicio da mensagem reencaminhada:",
    "inicio da mensagem encaminhada:",
];

/// Whether a line is one like `-----Original Message-----`.
fn is_divider(text: &str) -> bool {
    let text = text.trim();
    if text.len() > 120 {
        return false;
    }
    let text = plain(text);
    if FORWARDED.contains(&text.as_str()) {
        return true;
    }
    let inner = text.trim_matches(['-', '_', '=', ' ']);
    let is_copy = has_any(inner, &["copy of the message", "copy of your message"]);
    text.starts_with("--") && (is_copy || text.ends_with("--") && ORIGINAL.contains(&inner))
}

/// Names of the header that says who wrote, in the languages of mail programs.
const FROM: &[&str] = &["from", "von", "de", "van", "fra", "fran", "da", "expediteur"];

/// Names of the other headers that programs show.
const OTHERS: &[&str] = &[
    "sent",
    "date",
    "to",
    "cc",
    "subject",
    "reply-to",
    "gesendet",
    "datum",
    "an",
    "kopie",
    "betreff",
    "envoye",
    "a",
    "objet",
    "enviado",
    "enviado el",
    "fecha",
    "para",
    "asunto",
    "verzonden",
    "aan",
    "onderwerp",
    "enviada",
    "enviado em",
    "enviada em",
    "data",
    "assunto",
    "sendt",
    "skickat",
    "til",
    "till",
    "emne",
    "amne",
    "inviato",
    "oggetto",
    "cci",
    "bcc",
];

/// Whether the headers of a message begin here: who wrote it, and two more of them.
fn begins_headers(lines: &[Line], at: usize) -> bool {
    let Some(first) = header_name(&lines[at].text) else { return false };
    let mut is_from = FROM.contains(&first.as_str());
    let mut names = vec![first];
    for line in lines[at + 1..].iter().take(HEADER_LINES_MAX).filter(|line| !is_blank(line)) {
        match header_name(&line.text) {
            Some(name) if !names.contains(&name) => {
                is_from |= FROM.contains(&name.as_str());
                names.push(name);
            }
            // Long headers are broken over lines.
            _ if names.len() > 1 => {}
            _ => break,
        }
        if is_from && names.len() >= 3 {
            return true;
        }
    }
    false
}

fn header_name(text: &str) -> Option<String> {
    let (name, _) = text.split_once([':', '：'])?;
    if name.len() > 40 {
        return None;
    }
    let name = plain(name.trim_matches(['*', '_', ' ', '\u{a0}', '\t'])).trim().to_owned();
    (FROM.contains(&name.as_str()) || OTHERS.contains(&name.as_str())).then_some(name)
}

/// Where the line of underscores stands that comes before headers, or `at`.
fn rule_before(lines: &[Line], at: usize) -> usize {
    let is_rule = |line: &Line| {
        let text = line.text.trim();
        text.len() >= 10 && text.chars().all(|c| matches!(c, '_' | '-' | '=' | '*'))
    };
    match (0..at).rev().find(|before| !is_blank(&lines[*before])) {
        Some(before) if is_rule(&lines[before]) || is_divider(&lines[before].text) => before,
        _ => at,
    }
}
