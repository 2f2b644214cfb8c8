//! What stands in a person's cookie or link: their team, and a secret of which only the hash is kept.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rondo_core::ids::{self, Id as _, TeamId};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::clock::Entropy;

/// Random bytes in a secret: nobody guesses one.
const SECRET_BYTES: usize = 32;

/// A token: the 26 characters of the team's id, `.`, and the secret in Base64 for URLs.
pub(super) struct Token {
    pub(super) team: TeamId,
    secret: Zeroizing<[u8; SECRET_BYTES]>,
}

impl Token {
    /// A new one of this team.
    pub(super) fn new(team: TeamId, entropy: &dyn Entropy) -> Self {
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        entropy.fill(secret.as_mut_slice());
        Self { team, secret }
    }

    /// Reads a token as a browser sends it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (team, secret) = text.split_once('.')?;
        let team = TeamId::from_bytes(ids::decode(team)?);
        let bytes = Zeroizing::new(BASE64.decode(secret).ok()?);
        let secret = Zeroizing::new(bytes.as_slice().try_into().ok()?);
        Some(Self { team, secret })
    }

    /// The whole token, for its holder.
    pub(super) fn reveal(&self) -> String {
        let team = self.team.to_string();
        let id = team.rsplit_once('_').map_or(team.as_str(), |(_, id)| id);
        format!("{id}.{}", BASE64.encode(self.secret.as_slice()))
    }

    /// What is stored in place of it. The secret is random, so that a slow hash would protect no more.
    pub(super) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.secret.as_slice()).into()
    }
}

/// Never shows the secret.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SeededEntropy;
    use proptest::prelude::*;

    fn token() -> Token {
        Token::new(TeamId::from_bytes([7; 16]), &SeededEntropy::new(1))
    }

    #[test]
    fn a_token_reads_back_from_its_text() {
        let (one, again) = (token(), Token::parse(&token().reveal()).unwrap());
        assert_eq!((one.team, one.hash()), (again.team, again.hash()));
        assert_eq!(one.reveal().len(), 26 + 1 + 43);
    }

    #[test]
    fn debug_output_does_not_tell_the_secret() {
        let token = token();
        let text = token.reveal();
        let (_, secret) = text.split_once('.').unwrap();
        assert!(!format!("{token:?}").contains(secret));
    }

    #[test]
    fn a_damaged_token_is_none() {
        let text = token().reveal();
        for damaged in [&text[1..], &text[..text.len() - 1], &text.replace('.', "_"), "", "."] {
            assert!(Token::parse(damaged).is_none(), "{damaged}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in ".*") {
            let _ = Token::parse(&text);
        }
    }
}
