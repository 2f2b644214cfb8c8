//! Values of requests, each with the sentence that says what was expected.

use std::fmt::Display;

use rondo_core::ids::{Id, InvalidId};
use rondo_core::text::{Email, Name};
use rondo_core::time::Instant;
use serde_json::Value;

use super::{Fault, expected, listed, shortened};
use crate::app::{templates, text};
use crate::secrets::Secret;

/// Any text.
pub fn any_text(value: Value) -> Result<String, Fault> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(expected("a text", &other)),
    }
}

fn parsed<T, E: Display>(
    value: Value,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, Fault> {
    parse(&any_text(value)?).map_err(|error| Fault::Invalid(error.to_string()))
}

/// A name.
pub fn name(value: Value) -> Result<Name, Fault> {
    parsed(value, Name::parse)
}

/// An email address.
pub fn email(value: Value) -> Result<Email, Fault> {
    parsed(value, Email::parse)
}

/// A note; an empty one is none.
pub fn note(value: Value) -> Result<Option<String>, Fault> {
    parsed(value, text::parse_optional_note)
}

/// A text of one line; an empty one is none.
pub fn line(value: Value) -> Result<Option<String>, Fault> {
    parsed(value, text::parse_line)
}

/// A phone number.
pub fn phone(value: Value) -> Result<String, Fault> {
    parsed(value, text::parse_phone)
}

/// A phone number, or what stands as one already.
pub fn phone_or_standing(value: Value) -> Result<String, Fault> {
    parsed(value, text::parse_phone_or_standing)
}

/// A link.
pub fn link(value: Value) -> Result<String, Fault> {
    parsed(value, text::parse_link)
}

/// A password or a key, which is never shown again.
pub fn secret(value: Value) -> Result<Secret, Fault> {
    parsed(value, text::parse_secret)
}

/// A host by name or number.
pub fn host(value: Value) -> Result<String, Fault> {
    parsed(value, text::parse_host)
}

/// One of a few ports, or one that no system keeps for itself.
pub fn port(usual: &'static [u16]) -> impl Fn(Value) -> Result<u16, Fault> {
    move |value| {
        let port = whole(1, u16::MAX.into())(value)? as u16;
        if usual.contains(&port) || port >= text::FREE_PORT_MIN {
            return Ok(port);
        }
        let usual: Vec<_> = usual.iter().map(u16::to_string).collect();
        let (usual, free) = (usual.join(", "), text::FREE_PORT_MIN);
        Err(Fault::Invalid(format!("is not taken; expected {usual}, or one from {free} on")))
    }
}

/// A time of day.
pub fn time_of_day(value: Value) -> Result<jiff::civil::Time, Fault> {
    parsed(value, text::parse_time_of_day)
}

/// A text with several lines, as long as a letter.
pub fn letter(value: Value) -> Result<String, Fault> {
    parsed(value, text::parse_letter)
}

/// The template of a text in which something stands.
pub fn text_template(value: Value) -> Result<String, Fault> {
    parsed(value, templates::parse_text)
}

/// The template of a part in HTML; an empty one is none.
pub fn html_template(value: Value) -> Result<Option<String>, Fault> {
    parsed(value, templates::parse_html)
}

/// The template of a subject; an empty one is none.
pub fn subject_template(value: Value) -> Result<Option<String>, Fault> {
    parsed(value, templates::parse_subject)
}

/// The template of a handover; an empty one is none.
pub fn handover_template(value: Value) -> Result<Option<String>, Fault> {
    parsed(value, templates::parse_handover)
}

/// A time zone.
pub fn time_zone(value: Value) -> Result<String, Fault> {
    parsed(value, text::parse_time_zone)
}

/// An instant. Years before 0000 can't be written in RFC 3339 and are refused.
pub fn instant(value: Value) -> Result<Instant, Fault> {
    parsed(value, parse_instant)
}

/// An instant from its text.
pub fn parse_instant(text: &str) -> Result<Instant, String> {
    let first = text.as_bytes().first().copied().unwrap_or_default();
    first.is_ascii_digit().then(|| Instant::parse(text)).flatten().ok_or_else(|| {
        "is not an instant; expected RFC 3339 such as `2026-12-03T09:00:00Z`".to_owned()
    })
}

/// `true` or `false`.
pub fn truth(value: Value) -> Result<bool, Fault> {
    match value {
        Value::Bool(truth) => Ok(truth),
        other => Err(expected("`true` or `false`", &other)),
    }
}

/// A whole number from `min` to `max`.
pub fn whole(min: u32, max: u32) -> impl Fn(Value) -> Result<u32, Fault> {
    move |value| {
        let number = match &value {
            Value::Number(number) => number.as_u64().or_else(|| {
                number.as_f64().filter(|n| n.fract() == 0.0 && *n >= 0.0).map(|n| n as u64)
            }),
            _ => return Err(expected("a whole number", &value)),
        };
        match number {
            Some(number) if (u64::from(min)..=u64::from(max)).contains(&number) => {
                Ok(number as u32)
            }
            _ => Err(Fault::Invalid(format!(
                "is out of range; expected a whole number from {min} to {max}"
            ))),
        }
    }
}

/// An id of one kind. What is no such id can't exist, exactly as one that nobody has.
pub fn id<I: Id + std::str::FromStr<Err = InvalidId>>(value: Value) -> Result<I, Fault> {
    parse_id(&any_text(value)?)
}

/// An id of one kind from its text.
pub fn parse_id<I: Id + std::str::FromStr<Err = InvalidId>>(text: &str) -> Result<I, Fault> {
    text.parse().map_err(|_| Fault::Unknown { kind: kind_of(I::PREFIX), id: shortened(text) })
}

/// The domain's word for what an id's prefix stands for.
pub fn kind_of(prefix: &'static str) -> &'static str {
    match prefix {
        "grp" => "group",
        "cmp" => "campaign",
        "conv" => "conversation",
        "asg" => "assignment",
        "abs" => "absence",
        "usr" => "user",
        "hook" => "webhook",
        "dlv" => "delivery",
        "mbx" => "mailbox",
        "msg" => "message",
        "sup" => "suppression",
        other => other,
    }
}

/// A list of anything.
pub fn list(value: Value) -> Result<Vec<Value>, Fault> {
    match value {
        Value::Array(values) => Ok(values),
        other => Err(expected("a list", &other)),
    }
}

/// One of a few words.
pub fn word<T: Copy>(words: &'static [(&'static str, T)]) -> impl Fn(Value) -> Result<T, Fault> {
    move |value| {
        let text = any_text(value)?;
        words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning).ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            Fault::Invalid(format!("is not known; expected {}", listed(&known)))
        })
    }
}

/// A whole number in a text, as parameters of a query are.
pub fn number_in_text(value: Value, min: u64, max: u64) -> Result<u64, Fault> {
    let text = any_text(value)?;
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_plain.then(|| text.parse::<u64>().ok()).flatten();
    number.filter(|number| (min..=max).contains(number)).ok_or_else(|| {
        Fault::Invalid(format!("is not taken; expected a whole number from {min} to {max}"))
    })
}

/// `true` or `false` in a text.
pub fn truth_in_text(value: Value) -> Result<bool, Fault> {
    word(&[("true", true), ("false", false)])(value)
}
