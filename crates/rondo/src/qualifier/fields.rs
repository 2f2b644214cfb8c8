//! What a reply offers beside its label: a date, a person to turn to, a number. None rather than a wrong one.

mod follow_up;
mod referral;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Serialize;

use super::Label;
use crate::mail::words::{has_any, plain};

/// Characters of a reply that are looked at.
const TEXT_CHARS_MAX: usize = 8_000;
/// Characters of a name at most.
const NAME_CHARS_MAX: usize = 100;
/// How far ahead a follow-up may be.
const FOLLOW_UP_YEARS_MAX: i32 = 3;
/// Digits of a telephone number: a local one at least, an international one (E.164) at most.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// What a reply offers beside its label.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Fields {
    /// The day from which on the lead wants to hear from us again.
    pub follow_up_on: Option<Date>,
    /// Whom to turn to instead, as written in the reply.
    pub referral_name: Option<String>,
    /// The address of whom to turn to instead, as written in the reply.
    pub referral_email: Option<String>,
    /// Where the lead can be called, as written in the reply.
    pub phone: Option<String>,
    /// Whether the person who was written to no longer works there.
    pub left_company: bool,
}

impl Fields {
    /// Of a reply without quoted history; dates are counted from the day on which it was sent, and without it only those
    /// with a year are found.
    pub fn of(text: &str, sent_on: Option<Date>) -> Self {
        let end = text.char_indices().nth(TEXT_CHARS_MAX).map_or(text.len(), |(at, _)| at);
        let text = &text[..end];
        let plain = plain(text);
        let (referral_name, referral_email) = referral::find(text);
        Self {
            follow_up_on: follow_up::find(&plain, sent_on),
            referral_name,
            referral_email,
            phone: phone(text).map(str::to_owned),
            left_company: has_any(&joined(&plain), LEFT),
        }
    }

    /// Those that mean something beside a label: a date where the lead may want it later, a person to turn to where it is
    /// somebody else's business, a number where they want to be called.
    pub fn beside(self, label: Label) -> Self {
        let none = Self::default();
        match label {
            Label::HighIntent | Label::Question => Self { phone: self.phone, ..none },
            Label::NotNow => Self { follow_up_on: self.follow_up_on, phone: self.phone, ..none },
            Label::WrongPerson => Self { follow_up_on: None, ..self },
            Label::NotInterested | Label::Unsubscribe | Label::AutoReply | Label::Other => none,
        }
    }
}

/// Whether a day may be one on which to follow up.
pub fn is_follow_up(on: Date, sent_on: Date) -> bool {
    let last = sent_on.checked_add(FOLLOW_UP_YEARS_MAX.years());
    on >= sent_on && last.is_ok_and(|last| on <= last)
}

/// Whether a text may be a person's name.
pub fn is_name(text: &str) -> bool {
    text.chars().count() <= NAME_CHARS_MAX
        && text.chars().any(char::is_alphabetic)
        && !text.chars().any(|c| c.is_control() || c.is_numeric() || matches!(c, '@' | '/' | '<'))
}

/// The e-mail addresses in a text, as they are written there.
pub fn addresses(text: &str) -> Vec<&str> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '@');
    let words = text.split(|c: char| !is_part(c)).map(|word| word.trim_matches(['.', '-']));
    words.filter(|word| rondo_core::text::Email::parse(word).is_ok()).collect()
}

/// The numbers in a text that may be those of telephones, as they are written there.
pub fn numbers(text: &str) -> Vec<&str> {
    runs(text).map(|(start, end)| &text[start..end]).collect()
}

/// Where numbers stand that have the digits of a telephone's, and are no dates, times or sums.
fn runs(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let is_part = |c: char| {
        c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}')
    };
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(is_part).map(|start| at + start) {
        let end = text[start..].find(|c| !is_part(c)).map_or(text.len(), |end| start + end);
        found.push((start, end));
        at = end;
    }
    found.into_iter().filter_map(move |(start, end)| {
        let run = &text[start..end];
        let bare = run.trim_start_matches([' ', '-', '.', '/', ')', '\u{a0}']);
        let start = end - bare.len();
        let bare = bare.trim_end_matches([' ', '-', '.', '/', '(', '\u{a0}', '+']);
        let end = start + bare.len();
        let digits = bare.bytes().filter(u8::is_ascii_digit).count();
        let is_apart = !text[..start]
            .ends_with(|c: char| c.is_alphanumeric() || "€$£#@_=&,:".contains(c))
            && !text[end..].starts_with(|c: char| c.is_alphanumeric() || "€$£%@_:".contains(c));
        (PHONE_DIGITS.contains(&digits) && is_apart && !is_something_else(bare))
            .then_some((start, end))
    })
}

/// Whether a number is a date, a span of times or years, or one in thousands.
fn is_something_else(number: &str) -> bool {
    let parts: Vec<_> =
        number.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let is_year =
        |part: &&str| part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
    let is_small = |part: &&str| part.len() <= 2;
    let is_date = parts.len() >= 3
        && (is_year(&parts[0]) && parts[1..3].iter().all(is_small)
            || is_year(&parts[2]) && parts[..2].iter().all(is_small));
    let is_span = parts.len() == 2 && parts.iter().all(is_year);
    let is_times = !number.starts_with(['+', '(', '0'])
        && parts.len() == 4
        && parts.iter().all(is_small)
        && number.contains(['-', '–']);
    let is_sum = !number.starts_with(['+', '0', '('])
        && parts.len() >= 2
        && parts[0].len() <= 3
        && parts[1..].iter().all(|part| part.len() == 3)
        && (number.contains('.') || number.contains(' '));
    is_date || is_span || is_times || is_sum
}

/// The first number on which the lead says that they can be called.
fn phone(text: &str) -> Option<&str> {
    runs(text).find_map(|(start, end)| {
        let number = &text[start..end];
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        let is_international = (number.starts_with('+') || number.starts_with("00")) && digits >= 9;
        let before: String = text[..start].chars().rev().take(BEFORE_CHARS_MAX).collect();
        let before: String = before.chars().rev().collect();
        let after: String = text[end..].chars().take(AFTER_CHARS_MAX).collect();
        // The line is the same, or the one before.
        let near =
            plain(&format!("{} {}", before.rsplit("\n\n").next()?, after.split('\n').next()?));
        (!has_any(&near, NOT_PHONES) && (is_international || has_any(&near, PHONES)))
            .then_some(number)
    })
}

/// Characters before and after a number in which a word may say what it is.
const BEFORE_CHARS_MAX: usize = 60;
const AFTER_CHARS_MAX: usize = 30;

/// Words beside a number on which somebody can be called, in plain letters.
const PHONES: &[&str] = &[
    "call",
    "phone",
    "telephone",
    "tel",
    "mobile",
    "cell",
    "ring",
    "reach",
    "dial",
    "whatsapp",
    "number is",
    "text me",
    "direct line",
    "number",
    "anrufen",
    "rufen",
    "ruf",
    "telefon",
    "handy",
    "mobil",
    "erreichen",
    "erreichbar",
    "durchwahl",
    "nummer",
    "appelez",
    "appeler",
    "joindre",
    "joignable",
    "portable",
    "telephonez",
    "numero",
    "llame",
    "llamame",
    "llameme",
    "llamar",
    "movil",
    "telefono",
    "bel",
    "bellen",
    "mobiel",
    "bereikbaar",
    "telefoon",
    "ligue",
    "ligar",
    "telefone",
    "telemovel",
    "celular",
    "contacto",
];

/// Words beside a number that is another one.
const NOT_PHONES: &[&str] = &[
    "fax",
    "ticket",
    "order",
    "invoice",
    "iban",
    "vat",
    "case",
    "reference",
    "ref",
    "rechnung",
    "vorgang",
    "auftrag",
    "kundennummer",
    "bestellung",
    "commande",
    "facture",
    "dossier",
    "factura",
    "pedido",
    "factuur",
    "bestelling",
    "fatura",
    "nif",
    "siret",
    "kvk",
    "hrb",
    "not call",
    "don't call",
    "remove",
];

/// What says that the person who was written to no longer works there, in plain letters.
const LEFT: &[&str] = &[
    "no longer with the company",
    "no longer with the firm",
    "no longer with us",
    "no longer works",
    "no longer work for",
    "no longer work at",
    "no longer work here",
    "no longer employed",
    "no longer at the company",
    "not work here any more",
    "not work here anymore",
    "doesn't work here",
    "left the company",
    "left the firm",
    "left the business",
    "left the organisation",
    "left the organization",
    "left us",
    "has retired",
    "have retired",
    "i retired",
    "i've retired",
    "arbeitet nicht mehr",
    "arbeite nicht mehr",
    "arbeitet hier nicht mehr",
    "nicht mehr im unternehmen",
    "nicht mehr im haus",
    "nicht mehr in der firma",
    "nicht mehr beschaftigt",
    "das unternehmen verlassen",
    "die firma verlassen",
    "uns verlassen",
    "ausgeschieden",
    "im ruhestand",
    "im vorruhestand",
    "ne travaille plus",
    "ne fait plus partie",
    "ne fais plus partie",
    "quitte la societe",
    "quitte l'entreprise",
    "quitte l'association",
    "a la retraite",
    "ya no trabaja",
    "ya no trabajo",
    "dejado la empresa",
    "dejo la empresa",
    "dejo de trabajar",
    "se ha jubilado",
    "esta jubilado",
    "esta jubilada",
    "niet meer werkzaam",
    "werkt niet meer",
    "werk niet meer",
    "werkt hier niet meer",
    "uit dienst",
    "met pensioen",
    "nao trabalha mais",
    "nao trabalho mais",
    "ja nao trabalha",
    "ja nao trabalho",
    "deixou a empresa",
    "deixei a empresa",
    "saiu da empresa",
    "sai da empresa",
    "se aposentou",
];

/// A text on one line.
fn joined(plain: &str) -> String {
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
