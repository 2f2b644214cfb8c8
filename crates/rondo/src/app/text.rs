//! Texts of requests that the rules only pass through: phone numbers, links, time zones, one-line fields.

use std::fmt;
use std::net::IpAddr;

use jiff::civil::Time;
use rondo_core::text::{InvalidText, Name, is_unseen, parse_note};

use crate::secrets::Secret;

/// Characters in a phone number at most: the longest international number with extension and punctuation, and room.
pub const PHONE_CHARS_MAX: usize = 50;
/// Characters in a link at most: what every browser and mail program still opens.
pub const LINK_CHARS_MAX: usize = 2000;
/// Characters in a rep's time zone at most: the longest IANA name has 38.
const TIME_ZONE_CHARS_MAX: usize = 64;

/// Bytes of a password or a key at most: bearer tokens are the longest, and stay below this.
pub const SECRET_BYTES_MAX: usize = 8 * 1024;
/// Characters of a host's name at most (RFC 1035, 2.3.4).
pub const HOST_CHARS_MAX: usize = 253;
/// Ports from here on are kept by no system for services of its own.
pub const FREE_PORT_MIN: u16 = 1024;
/// Characters of a letter that a person writes at most: ten pages.
pub const LETTER_CHARS_MAX: usize = 20_000;

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// What can be wrong with any text.
    Text(InvalidText),
    /// A secret that is empty or too long.
    SecretLength,
    /// A secret that nobody can type.
    SecretControlCharacter,
    /// A phone number without a digit.
    PhoneWithoutDigit,
    /// No host.
    Host,
    /// No time of day.
    TimeOfDay,
    /// No link for the web.
    Link,
    /// A link with a user name or a password in it.
    LinkWithPassword,
    /// No time zone.
    TimeZone,
}

/// For programs: people are told by the console.
impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(wrong) => return wrong.fmt(f),
            Self::SecretLength => {
                return write!(f, "has the wrong length; expected 1 to {SECRET_BYTES_MAX} bytes");
            }
            Self::SecretControlCharacter => "holds a control character; leave it out",
            Self::PhoneWithoutDigit => {
                "holds no digit; expected a number such as `+49 30 901820`"
            }
            Self::Host => "is not a host; expected a name such as `smtp.example.com`",
            Self::TimeOfDay => "is not a time of day; expected `09:00`, from `00:00` to `24:00`",
            Self::Link => {
                "is not a link; expected `https://…` or `http://…` with anything unusual percent-encoded"
            }
            Self::LinkWithPassword => "holds a user name or password; leave them out",
            Self::TimeZone => {
                "is not a time zone; expected an IANA name such as `Europe/Berlin` or `UTC`"
            }
        })
    }
}

impl From<InvalidText> for Unfit {
    fn from(wrong: InvalidText) -> Self {
        Self::Text(wrong)
    }
}

/// A password or a key: whatever it is, in one line.
pub fn parse_secret(text: &str) -> Result<Secret, Unfit> {
    if text.is_empty() || text.len() > SECRET_BYTES_MAX {
        return Err(Unfit::SecretLength);
    }
    if text.chars().any(char::is_control) {
        return Err(Unfit::SecretControlCharacter);
    }
    Ok(Secret::new(text.as_bytes().to_vec()))
}

/// A host by its name, or an address by number. Where it may lead is seen when it is called.
pub fn parse_host(text: &str) -> Result<String, Unfit> {
    let host = text.trim_end_matches('.');
    let is_label = |label: &str| {
        label.len() <= 63
            && is_host_name(label)
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_name = text.len() <= HOST_CHARS_MAX && host.split('.').all(is_label);
    if text.parse::<IpAddr>().is_ok() || is_name {
        return Ok(text.to_owned());
    }
    Err(Unfit::Host)
}

/// A time of day, `24:00` for its end.
pub fn parse_time_of_day(text: &str) -> Result<Time, Unfit> {
    if text == "24:00" {
        return Ok(Time::MAX);
    }
    let (hour, minute) = text.split_once(':').ok_or(Unfit::TimeOfDay)?;
    let number = |digits: &str| {
        let is_plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then(|| digits.parse::<i8>().ok()).flatten().ok_or(Unfit::TimeOfDay)
    };
    Time::new(number(hour)?, number(minute)?, 0, 0).map_err(|_| Unfit::TimeOfDay)
}

/// A time of day as [`parse_time_of_day`] takes it.
pub fn time_of_day(time: Time) -> String {
    if time == Time::MAX { "24:00".to_owned() } else { time.strftime("%H:%M").to_string() }
}

/// What a person writes to another: lines and tabs are kept, other control characters are refused.
pub fn parse_letter(text: &str) -> Result<String, Unfit> {
    if text.chars().count() > LETTER_CHARS_MAX {
        return Err(InvalidText::TooLong(LETTER_CHARS_MAX).into());
    }
    if text.trim().is_empty() {
        return Err(InvalidText::Empty.into());
    }
    if text.chars().any(|one| is_unseen(one) && !matches!(one, '\n' | '\r' | '\t')) {
        return Err(InvalidText::ControlCharacter.into());
    }
    Ok(text.to_owned())
}

/// A phone number as entered, with at least one digit.
pub fn parse_phone(text: &str) -> Result<String, Unfit> {
    let phone = parse_phone_or_standing(text)?;
    check_phone(&phone)?;
    Ok(phone)
}

/// Whether a new phone number has a digit.
pub fn check_phone(phone: &str) -> Result<(), Unfit> {
    let has_digit = phone.contains(|one: char| one.is_ascii_digit());
    if has_digit { Ok(()) } else { Err(Unfit::PhoneWithoutDigit) }
}

/// A phone number as entered, or what stands as one already: earlier versions asked for no digit.
pub fn parse_phone_or_standing(text: &str) -> Result<String, Unfit> {
    let phone = Name::parse(text)?;
    if phone.as_str().chars().count() > PHONE_CHARS_MAX {
        return Err(InvalidText::TooLong(PHONE_CHARS_MAX).into());
    }
    Ok(phone.into())
}

/// A link that a person may be sent to: `http` and `https` alone, so that no script hides in one.
pub fn parse_link(text: &str) -> Result<String, Unfit> {
    if text.chars().count() > LINK_CHARS_MAX {
        return Err(InvalidText::TooLong(LINK_CHARS_MAX).into());
    }
    let parts = link_parts(text);
    if parts.is_some_and(|(place, _)| place.contains('@')) {
        return Err(Unfit::LinkWithPassword);
    }
    if parts.is_some_and(is_link) && url::Url::parse(text).is_ok() {
        return Ok(text.to_owned());
    }
    Err(Unfit::Link)
}

/// A link as a pattern. [`parse_link`] takes a few more: schemes in capitals, IPv6 addresses, hosts written as one number.
pub(super) const LINK_PATTERN: &str = r"^https?://(([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?|((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[0-9]{1,4}))?([/?]([!$&-;=?-Z_a-z~]|%[0-9A-Fa-f]{2})*)?(#([!$&-;=?-Z_a-z~]|%[0-9A-Fa-f]{2})*)?$";
/// A link to a host by its name, with dots in it, and to a port that may be called.
pub(super) const PUBLIC_LINK_PATTERN: &str = r"^https?://([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}(:(80|443|6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[2-9][0-9]{3}|1[1-9][0-9]{2}|10[3-9][0-9]|102[4-9]))?([/?]([!$&-;=?-Z_a-z~]|%[0-9A-Fa-f]{2})*)?(#([!$&-;=?-Z_a-z~]|%[0-9A-Fa-f]{2})*)?$";

/// What stands between the scheme and the path, and what follows. A scheme's case makes no difference (RFC 3986, 3.1).
fn link_parts(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    is_web.then(|| rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())))
}

/// Host, port and the rest, of characters that need no encoding: no credentials, no white space.
fn is_link((place, tail): (&str, &str)) -> bool {
    let (is_host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        // The parser tells whether it is an IPv6 address.
        Some((_, "")) => (true, "0"),
        Some((_, port)) => (port.starts_with(':'), port.trim_start_matches(':')),
        None => {
            let (host, port) = place.split_once(':').unwrap_or((place, "0"));
            (is_host_name(host), port)
        }
    };
    is_host
        && (1..=5).contains(&port.len())
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && is_tail(tail)
}

fn is_host_name(host: &str) -> bool {
    let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    is_end(host.as_bytes().first())
        && is_end(host.as_bytes().last())
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-')
}

/// Path, query and fragment as RFC 3986 writes them: brackets belong to hosts alone, a percent sign begins an encoded
/// byte, and there is one fragment.
fn is_tail(tail: &str) -> bool {
    let bytes = tail.as_bytes();
    let is_encoded = |at: usize| {
        bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    tail.matches('#').count() <= 1
        && bytes.iter().enumerate().all(|(at, &byte)| match byte {
            b'%' => is_encoded(at),
            _ => byte.is_ascii_graphic() && !b"\"<>[\\]^`{|}".contains(&byte),
        })
}

/// A name of the IANA time zone database.
pub fn parse_time_zone(text: &str) -> Result<String, Unfit> {
    if text.len() > TIME_ZONE_CHARS_MAX {
        return Err(Unfit::TimeZone);
    }
    let zone = jiff::tz::TimeZone::get(text).map_err(|_| Unfit::TimeZone)?;
    zone.iana_name().map(str::to_owned).ok_or(Unfit::TimeZone)
}

/// The names that [`parse_time_zone`] takes, in order.
pub fn time_zones() -> Vec<String> {
    let mut names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| name.len() <= TIME_ZONE_CHARS_MAX)
        .collect();
    names.sort_unstable();
    names
}

/// A text of one line that may be empty, which says that there is none.
pub fn parse_line(text: &str) -> Result<Option<String>, Unfit> {
    match Name::parse(text) {
        Ok(line) => Ok(Some(line.into())),
        Err(InvalidText::Empty) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A note that may be empty, which says that there is none.
pub fn parse_optional_note(text: &str) -> Result<Option<String>, Unfit> {
    let note = parse_note(text)?;
    Ok((!note.trim().is_empty()).then_some(note))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_for_the_web_alone() {
        assert!(parse_link("https://cal.example/ann").is_ok());
        assert!(parse_link("https://cal.example:8443/ann?with=a%20b#top").is_ok());
        for good in ["HTTPS://CAL.Example/Ann", "http://[::1]:7390/", "Http://[2001:db8::1]"] {
            assert!(parse_link(good).is_ok(), "{good}");
        }
        for secret in ["https://me:pw@cal.example/", "https://me@cal.example"] {
            assert_eq!(parse_link(secret), Err(Unfit::LinkWithPassword), "{secret}");
        }
        for bad in [
            "javascript:alert(1)",
            "cal.example/ann",
            "ftp://cal.example",
            "https://",
            "",
            "https://cal.example/a b",
            "https://cal.example/{ann}",
            "https://me@cal.example/",
            "http://[::1",
            "http://[::1]7390/",
            "http://[:::1]/",
            "http://[::1]::1/",
            "https://-cal.example",
            "https://cal.example/ann[0]",
            "https://cal.example/100%",
            "https://cal.example/#a#b",
        ] {
            assert!(parse_link(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_phone_number_has_a_digit() {
        for good in ["+49 30 901820", "555-0142 ext. 7", "1"] {
            assert!(parse_phone(good).is_ok(), "{good}");
        }
        for bad in ["abc", "+", "ext.", "", "٣٤"] {
            assert!(parse_phone(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_host_is_a_name_or_an_address() {
        for good in ["smtp.example.com", "localhost", "10.0.0.1", "2001:db8::1", "a-b.example."] {
            assert!(parse_host(good).is_ok(), "{good}");
        }
        let long = ["a"; 127].join(".");
        assert!(parse_host(&long).is_ok() && parse_host(&format!("{long}.bb")).is_err());
        for bad in ["", ".", "a..b", "-a", "a-", "a b", "a/b", "a:25", "ä.example", "[::1]", "a_b"]
        {
            assert!(parse_host(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_time_of_day_reads_as_it_is_shown() {
        for shown in ["00:00", "09:05", "23:59", "24:00"] {
            assert_eq!(time_of_day(parse_time_of_day(shown).unwrap()), shown);
        }
        for bad in ["", "9:00", "09:60", "24:01", "25:00", "09:00:00", "+9:00", "0900"] {
            assert!(parse_time_of_day(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_time_zone_is_one_of_the_database() {
        assert_eq!(parse_time_zone("europe/berlin").as_deref(), Ok("Europe/Berlin"));
        assert_eq!(parse_time_zone("UTC").as_deref(), Ok("UTC"));
        assert!(parse_time_zone("Mars/Olympus").is_err());
        assert!(parse_time_zone("+02:00").is_err());
        let names = time_zones();
        assert!(names.iter().any(|name| name == "Europe/Berlin"));
        for name in names {
            assert!(parse_time_zone(&name).is_ok(), "{name}");
        }
    }
}
