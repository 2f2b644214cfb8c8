//! API keys: how they are made, read and recognised.
//!
//! A key reads `rondo_<team>_<secret>`: the 26 characters of the team's id, and a secret of 200 random bits in
//! Crockford's base 32. The server keeps the SHA-256 of the secret and the key's prefix, from which the key cannot be
//! found again; a slow hash would protect no more, because the secret is random and not chosen by a person.

use std::fmt;

use rondo_core::ids::{self, ENCODED_LENGTH, Id as _, TeamId};
use sha2::{Digest as _, Sha256};

/// Random bytes in a secret: 30 bits of them are shown in the prefix, and more than 160 stay unknown.
pub const SECRET_BYTES: usize = 25;

const SECRET_LENGTH: usize = SECRET_BYTES * 8 / 5;
const SHOWN_LENGTH: usize = 6;
const MARK: &str = "rondo_";
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// An API key with its secret. Neither `Display` nor `Debug` gives the secret away.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    team: TeamId,
    secret: String,
}

/// A text that is no API key. It says nothing of what was given: that might be a key with a slip of the hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not an API key; expected `rondo_`, {ENCODED_LENGTH} characters, `_` and {SECRET_LENGTH} characters"
)]
pub struct InvalidApiKey;

impl ApiKey {
    /// The key of this team whose secret is these random bytes.
    pub fn new(team: TeamId, random: [u8; SECRET_BYTES]) -> Self {
        Self { team, secret: encode(&random) }
    }

    /// Reads a key as a caller sends it.
    pub fn parse(text: &str) -> Result<Self, InvalidApiKey> {
        let rest = text.strip_prefix(MARK).ok_or(InvalidApiKey)?;
        let (team, secret) = rest.split_once('_').ok_or(InvalidApiKey)?;
        let is_secret = secret.len() == SECRET_LENGTH && secret.bytes().all(is_in_alphabet);
        if !is_secret {
            return Err(InvalidApiKey);
        }
        let team = TeamId::from_bytes(ids::decode(team).ok_or(InvalidApiKey)?);
        Ok(Self { team, secret: secret.to_owned() })
    }

    /// The team that the key opens.
    pub fn team(&self) -> TeamId {
        self.team
    }

    /// What is stored in place of the secret.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.secret.as_bytes()).into()
    }

    /// What people recognise the key by in a list: its start, without most of the secret.
    pub fn prefix(&self) -> String {
        format!("{}{}", self.opening(), &self.secret[..SHOWN_LENGTH])
    }

    /// The whole key, to be shown to its holder once.
    pub fn reveal(&self) -> String {
        format!("{}{}", self.opening(), self.secret)
    }

    fn opening(&self) -> String {
        let team = self.team.to_string();
        let id = team.rsplit_once('_').map_or(team.as_str(), |(_, id)| id);
        format!("{MARK}{id}_")
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({}…)", self.prefix())
    }
}

/// Whether [`ALPHABET`] holds this, without a search for each of 40 characters of every request.
fn is_in_alphabet(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'h' | b'j' | b'k' | b'm' | b'n' | b'p'..=b't' | b'v'..=b'z')
}

/// Five bytes become eight characters, most significant bit first.
fn encode(bytes: &[u8; SECRET_BYTES]) -> String {
    let mut text = String::with_capacity(SECRET_LENGTH);
    for five in bytes.chunks_exact(5) {
        let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for index in (0..8).rev() {
            text.push(char::from(ALPHABET[(bits >> (5 * index)) as usize & 31]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> ApiKey {
        ApiKey::new(TeamId::from_bytes([7; 16]), *b"twenty-five random bytes!")
    }

    #[test]
    fn the_alphabet_is_told_from_the_rest() {
        for byte in 0..=u8::MAX {
            assert_eq!(is_in_alphabet(byte), ALPHABET.contains(&byte));
        }
    }

    #[test]
    fn a_key_reads_back_from_its_text() {
        let text = key().reveal();
        assert_eq!(ApiKey::parse(&text), Ok(key()));
        assert_eq!(text.len(), "rondo_".len() + 26 + 1 + 40);
        assert!(text.starts_with(&key().prefix()));
    }

    #[test]
    fn every_bit_of_the_randomness_is_in_the_secret() {
        let team = TeamId::from_bytes([7; 16]);
        for bit in 0..SECRET_BYTES * 8 {
            let mut random = [0; SECRET_BYTES];
            random[bit / 8] = 1 << (bit % 8);
            let changed = ApiKey::new(team, random);
            assert_ne!(changed.hash(), ApiKey::new(team, [0; SECRET_BYTES]).hash());
            assert_eq!(ApiKey::parse(&changed.reveal()), Ok(changed));
        }
    }

    #[test]
    fn debug_output_hides_the_secret() {
        let shown = format!("{:?}", key());
        assert!(!shown.contains(&key().secret));
        assert!(shown.contains(&key().prefix()));
    }

    #[test]
    fn a_damaged_key_is_refused() {
        let text = key().reveal();
        let damaged = [
            text[1..].to_owned(),
            text[..text.len() - 1].to_owned(),
            text.to_uppercase(),
            text.replace("rondo_", "rondo-"),
            format!("{text}0"),
            format!("rondo_{}", "0".repeat(67)),
            String::new(),
        ];
        for text in damaged {
            assert_eq!(ApiKey::parse(&text), Err(InvalidApiKey), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in ".*") {
            let _ = ApiKey::parse(&text);
        }
    }
}
