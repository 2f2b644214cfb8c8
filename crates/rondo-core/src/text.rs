//! Texts with rules, parsed once at the edge: names, notes, email addresses, and what is derived from them.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization;

/// Characters in a name at most: long enough for a legal company name, short enough for a line.
pub const NAME_CHARS_MAX: usize = 200;
/// Characters in a note at most: about a page.
pub const NOTE_CHARS_MAX: usize = 4000;
/// Bytes in an email address at most (RFC 5321, 4.5.3.1.3, less the angle brackets).
pub const EMAIL_BYTES_MAX: usize = 254;

/// Why a text was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing but white space.
    #[error("is empty; expected at least one visible character")]
    Empty,
    /// Longer than the limit.
    #[error("is too long; expected at most {0} characters")]
    TooLong(usize),
    /// A character that cannot be shown.
    #[error("holds a control character; remove it")]
    ControlCharacter,
    /// Not an address that mail can be sent to.
    #[error("is not an email address; expected one such as `name@example.com`")]
    NotAnEmail,
    /// An address at a host of one word, which no mail server of another network finds.
    #[error("has no dot behind the @; expected an address such as `name@example.com`")]
    DomainWithoutDot,
}

/// A name of 1 to 200 characters without control characters, trimmed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Name(Box<str>);

impl Name {
    /// Takes a name after trimming it.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidText::Empty);
        }
        if text.chars().any(is_unseen) {
            return Err(InvalidText::ControlCharacter);
        }
        if text.chars().count() > NAME_CHARS_MAX {
            return Err(InvalidText::TooLong(NAME_CHARS_MAX));
        }
        Ok(Self(text.into()))
    }

    /// The name as entered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two names have in common when they differ in case or in Unicode form alone.
    pub fn key(&self) -> String {
        folded(&self.0)
    }

    /// Whether the two have the same key.
    pub fn is_like(&self, other: &Self) -> bool {
        match self.0.is_ascii() && other.0.is_ascii() {
            true => self.0.eq_ignore_ascii_case(&other.0),
            false => self.key() == other.key(),
        }
    }

    /// This name with a suffix, shortened in front of it where the limit asks for it.
    pub fn with_suffix(&self, suffix: &str) -> Self {
        let room = NAME_CHARS_MAX.saturating_sub(suffix.chars().count());
        let kept: String = self.0.chars().take(room).collect();
        Self(format!("{}{suffix}", kept.trim_end()).into())
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0.into()
    }
}

/// Control characters, and those that reorder or hide what stands around them.
pub fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A text with the differences of case and Unicode form removed, for comparing.
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Upper case first, so that `ß` meets `SS` and the final sigma meets the other one.
    text.nfkc().collect::<String>().to_uppercase().to_lowercase().nfkc().collect()
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Checks a note: up to 4,000 characters, lines and tabs allowed, no other control characters.
pub fn parse_note(text: &str) -> Result<String, InvalidText> {
    if text.chars().count() > NOTE_CHARS_MAX {
        return Err(InvalidText::TooLong(NOTE_CHARS_MAX));
    }
    if text
        .chars()
        .any(|character| is_unseen(character) && !matches!(character, '\n' | '\r' | '\t'))
    {
        return Err(InvalidText::ControlCharacter);
    }
    Ok(text.to_owned())
}

/// An email address as entered, trimmed. Two addresses are the same when their [`EmailKey`]s are.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email {
    text: String,
    key: EmailKey,
}

impl Email {
    /// Takes an address of the form `local@domain`: dot-atom or quoted local part, a domain of at least two labels,
    /// in ASCII or not (RFC 5322 3.4.1 less comments and folding, RFC 6531).
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidText::Empty);
        }
        if text.len() > EMAIL_BYTES_MAX {
            return Err(InvalidText::TooLong(EMAIL_BYTES_MAX));
        }
        if text.chars().any(is_unseen) {
            return Err(InvalidText::ControlCharacter);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidText::NotAnEmail)?;
        if is_local_part(local) && is_domain(domain) {
            let digest = Sha256::digest(folded(text).as_bytes());
            let key = digest[..16].try_into().expect("a SHA-256 digest has 32 bytes");
            Ok(Self { text: text.to_owned(), key: EmailKey(key) })
        } else if is_local_part(local) && !domain.contains('.') && is_domain_of(domain) {
            Err(InvalidText::DomainWithoutDot)
        } else {
            Err(InvalidText::NotAnEmail)
        }
    }

    /// The address as entered.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What the address is found by.
    pub fn key(&self) -> EmailKey {
        self.key
    }
}

fn is_local_part(local: &str) -> bool {
    if local.is_empty() || local.len() > 64 {
        return false;
    }
    if let Some(quoted) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return !quoted.is_empty() && !quoted.contains(['"', '\\']);
    }
    local.split('.').all(|atom| {
        !atom.is_empty()
            && atom
                .chars()
                .all(|c| c.is_alphanumeric() || !c.is_ascii() || "!#$%&'*+-/=?^_`{|}~".contains(c))
    })
}

fn is_domain(domain: &str) -> bool {
    domain.contains('.') && is_domain_of(domain)
}

/// Whether it is made of labels as domains are, of one at least.
fn is_domain_of(domain: &str) -> bool {
    domain.len() <= 253
        && domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-' || !c.is_ascii())
                && !label.chars().any(char::is_whitespace)
        })
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Email {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// Hides the address: debug output reaches logs, and logs hold no personal data.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

/// The first 16 bytes of the SHA-256 of a folded address: equal for addresses that differ in case alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct EmailKey(pub [u8; 16]);

/// All keys have the same length, which therefore goes into no hash.
impl Hash for EmailKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.0);
    }
}

/// A salted SHA-256 over personal fields that stand beside the ledger. With the salt erased it says nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seal([u8; 32]);

impl Seal {
    /// Seals fields in order; each is taken with its length, so that no two lists give the same bytes.
    pub fn over<'a>(salt: &[u8; 16], fields: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hash = Sha256::new_with_prefix(salt);
        for field in fields {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field.as_bytes());
        }
        Self(hash.finalize().into())
    }
}

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Seal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Seal {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(serde::de::Error::custom("a seal has 64 hexadecimal digits"));
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16)
                .map_err(serde::de::Error::custom)?;
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_compared_without_case() {
        let name = |text| Name::parse(text).map(|name| name.key());
        assert_eq!(name(" Straße "), name("STRASSE"));
        assert_eq!(name("E\u{301}quipe"), name("\u{c9}QUIPE"));
        assert_ne!(name("Ann"), name("Anna"));
        let is_like = |one, other| Name::parse(one).unwrap().is_like(&Name::parse(other).unwrap());
        assert!(is_like("Spring", "sPRING") && is_like("Straße", "STRASSE"));
        assert!(!is_like("Spring", "Springs") && !is_like("Straße", "Strase"));
        assert_eq!(Name::parse("  "), Err(InvalidText::Empty));
        assert_eq!(Name::parse("a\u{0}b"), Err(InvalidText::ControlCharacter));
        assert_eq!(Name::parse("a\u{202e}b"), Err(InvalidText::ControlCharacter));
        assert!(Name::parse(&"é".repeat(200)).is_ok());
        assert_eq!(Name::parse(&"é".repeat(201)), Err(InvalidText::TooLong(200)));
    }

    #[test]
    fn an_address_is_taken_or_refused() {
        for good in [
            "a@b.example",
            "O'Neill+x@kiln-and-clay.example",
            "\"a b\"@b.example",
            "zoë@münchen.example",
        ] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "@b.example",
            "a@",
            "a b@c.example",
            "a@b..example",
            "a@-b.example",
            "a@b.example,c",
            ".a@b.example",
            "a@b@",
            "a@@b.example",
            "a@b_c.example",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
        for host in ["dana@northwind", "a@b"] {
            assert_eq!(Email::parse(host), Err(InvalidText::DomainWithoutDot), "{host}");
        }
        assert_eq!(Email::parse("a@"), Err(InvalidText::NotAnEmail));
        let key = |text| Email::parse(text).map(|email| email.key());
        assert_eq!(key("Rosa@X.example "), key("rosa@x.example"));
        assert!(!format!("{:?}", Email::parse("a@b.example")).contains("a@b"));
    }

    #[test]
    fn a_seal_tells_lists_of_fields_apart() {
        let salt = [1; 16];
        assert_eq!(Seal::over(&salt, ["a", "b"]), Seal::over(&salt, ["a", "b"]));
        assert_ne!(Seal::over(&salt, ["a", "b"]), Seal::over(&salt, ["ab", ""]));
        assert_ne!(Seal::over(&salt, ["a"]), Seal::over(&[2; 16], ["a"]));
    }
}
