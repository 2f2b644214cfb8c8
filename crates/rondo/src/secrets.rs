//! Secrets at rest: sealed with the server's key, so that a copy of the database alone opens nothing.
//!
//! The key comes from the configuration (`RONDO_SECRET_KEY`, or a file named by `RONDO_SECRET_KEY_FILE`); without
//! one, the server makes a file of its own beside the embedded database on its first start. What is sealed says where
//! it belongs ([`Place`]): moved to another row, it does not open.

use std::fmt;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use aes_gcm_siv::aead::{Aead as _, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, Mac as _};
use rondo_core::ids::TeamId;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::clock::Entropy;

/// The name of the key file that the server makes beside the embedded database.
pub const KEY_FILE_NAME: &str = "secret.key";

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;
/// The first byte of everything sealed: which cipher and key derivation opens it.
const FORMAT: u8 = 1;

/// The server's secret: 32 bytes from which the keys for each purpose are derived.
pub struct SecretKey(Zeroizing<[u8; KEY_BYTES]>);

/// Why there is no secret key.
#[derive(Debug, thiserror::Error)]
pub enum SecretKeyError {
    /// Not a key; what was given is not repeated.
    #[error(
        "the secret key is not 64 hexadecimal digits or the Base64 of 32 bytes; make one with `openssl rand -hex 32`"
    )]
    Malformed,
    /// The file can't be read or made.
    #[error(
        "the secret key file `{path}` can't be used: {source}; check that the server may read and write there"
    )]
    File {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
}

impl SecretKey {
    /// Reads 64 hexadecimal digits or the Base64 of 32 bytes.
    pub fn parse(text: &str) -> Result<Self, SecretKeyError> {
        let text = text.trim();
        let bytes = Zeroizing::new(
            match text.len() {
                64 => hexadecimal(text),
                _ => BASE64.decode(text).ok(),
            }
            .ok_or(SecretKeyError::Malformed)?,
        );
        let key =
            <[u8; KEY_BYTES]>::try_from(bytes.as_slice()).map_err(|_| SecretKeyError::Malformed)?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// Reads the key file, or makes it, readable by its owner alone. Of two servers that start at once one makes it.
    pub fn open_or_create(path: &Path, entropy: &dyn Entropy) -> Result<Self, SecretKeyError> {
        let failed = |source| SecretKeyError::File { path: path.display().to_string(), source };
        if !path.try_exists().map_err(failed)? {
            create_key_file(path, entropy).map_err(failed)?;
        }
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(failed)?);
        let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            tracing::warn!(
                file = %path.display(),
                "the secret key file can be read by others than its owner; run `chmod 600` on it"
            );
        }
        Self::parse(&text)
    }

    /// The key for one purpose: HMAC-SHA256 over its name. What is known of one says nothing of another.
    pub fn derived(&self, purpose: &str) -> Zeroizing<[u8; KEY_BYTES]> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(self.0.as_slice())
            .expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        Zeroizing::new(mac.finalize().into_bytes().into())
    }
}

/// Never shows the key.
impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    Some(digits?.chunks_exact(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect())
}

/// Writes the whole file under another name first, so that nobody ever reads half a key, and links it into place,
/// which fails where somebody else was first.
fn create_key_file(path: &Path, entropy: &dyn Entropy) -> std::io::Result<()> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    entropy.fill(key.as_mut_slice());
    let mut text = Zeroizing::new(String::with_capacity(2 * KEY_BYTES + 1));
    for byte in key.iter() {
        fmt::Write::write_fmt(&mut *text, format_args!("{byte:02x}"))
            .expect("a string takes every text");
    }
    text.push('\n');
    let mut suffix = [0; 8];
    entropy.fill(&mut suffix);
    let draft = path.with_extension(format!("{:016x}", u64::from_be_bytes(suffix)));
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let linked = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::hard_link(&draft, path));
    std::fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
        Ok(()) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
        }
    }
}

/// Seals and opens secrets with the server's key (AES-256-GCM-SIV, RFC 8452).
pub struct Vault {
    cipher: Aes256GcmSiv,
    /// What secrets that can be drawn again are drawn from.
    seed: SecretKey,
}

/// The row that a secret belongs to: part of what is authenticated.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// What kind of secret it is, as `table.column`.
    pub column: &'static str,
    /// The team.
    pub team: TeamId,
    /// The row's own id.
    pub id: [u8; 16],
}

/// A secret that did not open: sealed with another key, for another row, or damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a stored secret can't be opened with this server's secret key; start the server with the key it was sealed with"
)]
pub struct Sealed;

/// A secret in the open, wiped from memory when dropped, never shown.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Vault {
    /// A vault with this key.
    pub fn new(key: &SecretKey) -> Self {
        let derived = key.derived("rondo: secrets at rest, 1");
        let seed = SecretKey(key.derived("rondo: secrets drawn again, 1"));
        Self { cipher: Aes256GcmSiv::new(derived.as_slice().into()), seed }
    }

    /// Randomness that is the same whenever it is drawn by this mark, and that nobody knows without the server's key.
    pub fn drawn_by(&self, mark: &[u8; 32]) -> Redrawn {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(self.seed.0.as_slice())
            .expect("HMAC takes keys of any length");
        mac.update(mark);
        let key = SecretKey(Zeroizing::new(mac.finalize().into_bytes().into()));
        Redrawn { key, blocks: AtomicU64::new(0) }
    }

    /// The secret, sealed for one row: format, nonce, ciphertext with its tag.
    pub fn seal(&self, place: Place, secret: &Secret, entropy: &dyn Entropy) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let payload = Payload { msg: secret.bytes(), aad: &place.authenticated() };
        let ciphertext = self
            .cipher
            .encrypt(Nonce::from_slice(&nonce), payload)
            .expect("a secret is far shorter than the cipher's limit of 2^36 bytes");
        [&[FORMAT], nonce.as_slice(), &ciphertext].concat()
    }

    /// The secret that was sealed for this row.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Secret, Sealed> {
        let (&format, rest) = sealed.split_first().ok_or(Sealed)?;
        if format != FORMAT || rest.len() < NONCE_BYTES {
            return Err(Sealed);
        }
        let (nonce, ciphertext) = rest.split_at(NONCE_BYTES);
        let payload = Payload { msg: ciphertext, aad: &place.authenticated() };
        let bytes = self.cipher.decrypt(Nonce::from_slice(nonce), payload).map_err(|_| Sealed)?;
        Ok(Secret::new(bytes))
    }
}

/// Never shows the key.
impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Place {
    fn authenticated(&self) -> Vec<u8> {
        use rondo_core::ids::Id as _;
        // The two ids have a fixed length and stand first, so that no two places give the same bytes.
        [self.team.as_bytes().as_slice(), &self.id, self.column.as_bytes()].concat()
    }
}

/// Randomness that can be drawn again from the beginning.
pub struct Redrawn {
    key: SecretKey,
    blocks: AtomicU64,
}

impl Entropy for Redrawn {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(KEY_BYTES) {
            let block = self.blocks.fetch_add(1, Ordering::Relaxed);
            let drawn = self.key.derived(&format!("block {block}"));
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
    }
}

impl Secret {
    /// Takes these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes in the open.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Never shows the secret.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use rondo_core::ids::{Id as _, WebhookId};

    use super::*;
    use crate::clock::{SeededEntropy, SystemEntropy};

    fn place(team: u8, id: u8) -> Place {
        Place {
            column: "webhooks.sealed_secret",
            team: TeamId::from_bytes([team; 16]),
            id: *WebhookId::from_bytes([id; 16]).as_bytes(),
        }
    }

    fn vault(key: &str) -> Vault {
        Vault::new(&SecretKey::parse(key).unwrap())
    }

    const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn a_sealed_secret_opens_with_the_same_key_and_place() {
        let sealed = vault(KEY).seal(place(1, 2), &Secret::new(b"hush".to_vec()), &SystemEntropy);
        assert!(!sealed.windows(4).any(|window| window == b"hush"));
        assert_eq!(vault(KEY).open(place(1, 2), &sealed).unwrap().bytes(), b"hush");
    }

    #[test]
    fn another_row_another_team_or_another_column_opens_nothing() {
        let vault = vault(KEY);
        let sealed = vault.seal(place(1, 2), &Secret::new(b"hush".to_vec()), &SystemEntropy);
        let elsewhere = Place { column: "mailboxes.sealed_password", ..place(1, 2) };
        for wrong in [place(1, 3), place(2, 2), elsewhere] {
            assert_eq!(vault.open(wrong, &sealed).unwrap_err(), Sealed);
        }
    }

    #[test]
    fn another_key_or_a_damaged_secret_opens_nothing() {
        let sealed = vault(KEY).seal(place(1, 2), &Secret::new(b"hush".to_vec()), &SystemEntropy);
        assert!(vault(&KEY.replace('f', "e")).open(place(1, 2), &sealed).is_err());
        for length in 0..sealed.len() {
            assert!(vault(KEY).open(place(1, 2), &sealed[..length]).is_err());
        }
        for index in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[index] ^= 1;
            assert!(vault(KEY).open(place(1, 2), &damaged).is_err());
        }
    }

    #[test]
    fn the_same_secret_sealed_twice_looks_different() {
        let seal = || vault(KEY).seal(place(1, 2), &Secret::new(b"hush".to_vec()), &SystemEntropy);
        assert_ne!(seal(), seal());
    }

    #[test]
    fn a_key_reads_from_hexadecimal_digits_and_from_base64() {
        let base64 = BASE64.encode(hexadecimal(KEY).unwrap());
        assert_eq!(SecretKey::parse(KEY).unwrap().0, SecretKey::parse(&base64).unwrap().0);
        for wrong in ["", "hunter2", &KEY[1..], &KEY.replace('0', "g"), &base64[..40]] {
            let error = SecretKey::parse(wrong).unwrap_err();
            assert!(wrong.is_empty() || !error.to_string().contains(wrong));
        }
    }

    #[test]
    fn the_first_start_makes_a_key_file_for_its_owner_alone_and_the_second_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(KEY_FILE_NAME);
        let made = SecretKey::open_or_create(&path, &SeededEntropy::new(1)).unwrap();
        let read = SecretKey::open_or_create(&path, &SeededEntropy::new(2)).unwrap();
        assert_eq!(made.0, read.0);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_file_that_somebody_else_made_meanwhile_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(KEY_FILE_NAME);
        std::fs::write(&path, KEY).unwrap();
        create_key_file(&path, &SystemEntropy).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), KEY);
    }

    #[test]
    fn debug_output_shows_no_secret() {
        let key = SecretKey::parse(KEY).unwrap();
        let shown = format!("{key:?} {:?} {:?}", Vault::new(&key), Secret::new(b"hush".to_vec()));
        assert_eq!(shown, "SecretKey(…) Vault(…) Secret(…)");
    }
}
