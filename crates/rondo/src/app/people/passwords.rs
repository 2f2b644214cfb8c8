//! Passwords: which are good enough, and how they are hashed and recognised.
//!
//! Argon2id (RFC 9106) with the parameters that OWASP names first for it: 19 MiB, two passes, one lane. The hash says
//! by which parameters it was made, so that these can change.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::SignInError;
use crate::app::AppError;
use crate::clock::Entropy;
use crate::engine::EngineError;

/// Characters of a password at least: shorter ones are guessed from a stolen hash within days.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// Characters of a password at most: longer than any sentence that somebody types, short enough to cost nothing.
pub const PASSWORD_CHARS_MAX: usize = 200;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;

/// Passwords hashed at once by this process: 38 MiB and two cores at most, so that leads are routed meanwhile.
const HASHES_AT_ONCE: usize = 2;
/// Passwords being hashed or waiting for it at most: about two seconds of work. Whoever comes then is asked to come again.
const HASHES_WAITING_MAX: usize = 100;

static LINE: Semaphore = Semaphore::const_new(HASHES_WAITING_MAX);
static AT_ONCE: Semaphore = Semaphore::const_new(HASHES_AT_ONCE);

/// A password as it is compared: however a keyboard composes its letters, they are the same. Never shown.
#[derive(Clone)]
pub(super) struct Password(Zeroizing<String>);

impl Password {
    /// One that somebody gives to be let in; none is so long that it would be costly.
    pub(super) fn given(text: &str) -> Self {
        // What is too long is nobody's password, and compared like any other that is wrong.
        let text = if text.chars().count() > PASSWORD_CHARS_MAX { "" } else { text };
        Self(Zeroizing::new(text.nfkc().collect()))
    }

    /// One that somebody of this address chooses, if it is good enough.
    pub(super) fn chosen(text: &str, email: &str) -> Result<Self, SignInError> {
        let chars = text.chars().count();
        let is_email = text.trim().to_lowercase() == email.trim().to_lowercase();
        if !(PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&chars) || is_email {
            return Err(SignInError::WeakPassword);
        }
        Ok(Self(Zeroizing::new(text.nfkc().collect())))
    }

    /// Its hash, to be kept, with a salt of its own.
    pub(super) async fn hash(self, entropy: &dyn Entropy) -> Result<String, AppError> {
        let mut salt = [0; SALT_BYTES];
        entropy.fill(&mut salt);
        in_turn(&LINE, move || self.hash_with(&salt)).await
    }

    /// Whether the hash is of this password. Without a hash it takes as long as with one.
    pub(super) async fn is_of(&self, hash: Option<String>) -> Result<bool, AppError> {
        let password = self.clone();
        in_turn(&LINE, move || match hash {
            Some(hash) => argon2().verify_password(password.0.as_bytes(), hash.as_str()).is_ok(),
            None => {
                password.hash_with(&[0; SALT_BYTES]);
                false
            }
        })
        .await
    }

    fn hash_with(&self, salt: &[u8; SALT_BYTES]) -> String {
        argon2()
            .hash_password_with_salt(self.0.as_bytes(), salt)
            .expect("a password, a salt and parameters within the limits are hashed")
            .to_string()
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("OWASP's parameters are good");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Does this on a thread of its own once it is its turn. It is done to its end where nobody waits for it any more.
async fn in_turn<R: Send + 'static>(
    line: &'static Semaphore,
    work: impl FnOnce() -> R + Send + 'static,
) -> Result<R, AppError> {
    let in_line = line.try_acquire().map_err(|_| EngineError::Busy { retry_after_seconds: 1 })?;
    let turn = AT_ONCE.acquire().await.map_err(|_| EngineError::Stopping)?;
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop((turn, in_line));
        done
    });
    Ok(done.await.map_err(|_| EngineError::Stopping)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SeededEntropy;

    const EMAIL: &str = "ann@acme.example";

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_and_no_other_is() {
        let chosen = Password::chosen("correct horse battery", EMAIL).unwrap();
        let hash = chosen.hash(&SeededEntropy::new(1)).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        for (given, is_right) in
            [("correct horse battery", true), ("Correct horse battery", false), ("", false)]
        {
            let given = Password::given(given);
            assert_eq!(given.is_of(Some(hash.clone())).await.unwrap(), is_right);
        }
        let given = Password::given("correct horse battery");
        assert!(!given.is_of(None).await.unwrap());
        assert!(!given.is_of(Some("no hash".to_owned())).await.unwrap());
    }

    #[tokio::test]
    async fn the_same_letters_composed_otherwise_are_the_same_password() {
        let composed = Password::chosen("zw\u{f6}lf Boxer", EMAIL).unwrap();
        let hash = composed.hash(&SeededEntropy::new(1)).await.unwrap();
        assert!(Password::given("zwo\u{308}lf Boxer").is_of(Some(hash)).await.unwrap());
    }

    #[test]
    fn short_and_endless_passwords_and_the_address_are_too_weak() {
        let long = "é".repeat(PASSWORD_CHARS_MAX + 1);
        for weak in ["", "nine char", "ANN@acme.example", " ann@acme.example ", &long] {
            assert!(matches!(Password::chosen(weak, EMAIL), Err(SignInError::WeakPassword)));
        }
        for good in ["ten chars!", &long[..PASSWORD_CHARS_MAX * 2]] {
            assert!(Password::chosen(good, EMAIL).is_ok(), "{good}");
        }
    }

    #[tokio::test]
    async fn more_at_once_than_the_line_takes_are_asked_to_come_again() {
        static FULL: Semaphore = Semaphore::const_new(1);
        let only = FULL.acquire().await.unwrap();
        let refused = in_turn(&FULL, || ()).await;
        let busy = EngineError::Busy { retry_after_seconds: 1 }.to_string();
        assert_eq!(refused.unwrap_err().to_string(), busy);
        drop(only);
        assert!(in_turn(&FULL, || ()).await.is_ok());
    }
}
