//! Typed, prefixed identifiers: the one registry of every kind of id.
//!
//! An id is a UUID of version 7 (RFC 9562), written as its type's prefix, `_`, and 26 characters of Crockford's
//! base 32 in lower case, so that ids of one kind sort by the time they were made, as bytes and as text.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::time::Instant;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Length of the part after the prefix and its `_`.
pub const ENCODED_LENGTH: usize = 26;

/// What every typed id can do; implemented by the types of this module alone.
pub trait Id: Copy + Eq + Ord + fmt::Display {
    /// The text before the `_`.
    const PREFIX: &'static str;
    /// The id for these 16 bytes.
    fn from_bytes(bytes: [u8; 16]) -> Self;
    /// The 16 bytes of the UUID, most significant first.
    fn as_bytes(&self) -> &[u8; 16];
    /// Where ids that are made from this instant on begin: it sorts before all of them, and after those made before its
    /// millisecond.
    fn first_at(at: Instant) -> Self {
        Self::from_bytes((u128::from(millis(at)) << MILLIS_SHIFT).to_be_bytes())
    }
}

/// A text that is not an id of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of this kind; expected `{prefix}_` and {ENCODED_LENGTH} characters")]
pub struct InvalidId {
    /// The prefix that was expected.
    pub prefix: &'static str,
    /// The start of what was given, at most 64 characters.
    pub text: String,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
            pub struct $name([u8; 16]);

            /// All ids have the same length, which therefore goes into no hash.
            impl Hash for $name {
                fn hash<H: Hasher>(&self, state: &mut H) {
                    state.write(&self.0);
                }
            }

            impl Id for $name {
                const PREFIX: &'static str = $prefix;
                fn from_bytes(bytes: [u8; 16]) -> Self {
                    Self(bytes)
                }
                fn as_bytes(&self) -> &[u8; 16] {
                    &self.0
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(write(concat!($prefix, "_"), &self.0, &mut [0; TEXT_MAX]))
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(self, f)
                }
            }

            impl FromStr for $name {
                type Err = InvalidId;
                fn from_str(text: &str) -> Result<Self, InvalidId> {
                    text.strip_prefix(concat!($prefix, "_"))
                        .and_then(decode)
                        .map(Self)
                        .ok_or_else(|| InvalidId {
                            prefix: $prefix,
                            text: text.chars().take(64).collect(),
                        })
                }
            }

            impl Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    let text = &mut [0; TEXT_MAX];
                    serializer.serialize_str(write(concat!($prefix, "_"), &self.0, text))
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                    text.parse().map_err(serde::de::Error::custom)
                }
            }
        )*

        /// Every prefix in use, in the order of the registry.
        pub const PREFIXES: &[&str] = &[$($prefix),*];
    };
}

ids! {
    /// A team: the tenant.
    TeamId = "team";
    /// A sales rep.
    RepId = "rep";
    /// A sales group.
    GroupId = "grp";
    /// A campaign.
    CampaignId = "cmp";
    /// A lead.
    LeadId = "lead";
    /// A conversation.
    ConversationId = "conv";
    /// An assignment.
    AssignmentId = "asg";
    /// An absence.
    AbsenceId = "abs";
    /// An API key.
    KeyId = "key";
    /// A person who signs in.
    UserId = "usr";
    /// A webhook.
    WebhookId = "hook";
    /// One delivery of one event to one webhook.
    DeliveryId = "dlv";
    /// A mailbox of the assistant.
    MailboxId = "mbx";
    /// A message that came in or goes out.
    MessageId = "msg";
    /// An address that is never written to.
    SuppressionId = "sup";
    /// A batch of decisions that was committed as one.
    BatchId = "bat";
    /// One HTTP request, in logs and in the `x-request-id` header.
    RequestId = "req";
}

/// Length of an id's text at most.
const TEXT_MAX: usize = 5 + ENCODED_LENGTH;

/// Writes an id's text into `room`: ids are written by the dozen for every lead, so without the machinery of `fmt`.
fn write<'r>(prefix: &str, bytes: &[u8; 16], room: &'r mut [u8; TEXT_MAX]) -> &'r str {
    let length = prefix.len() + ENCODED_LENGTH;
    room[..prefix.len()].copy_from_slice(prefix.as_bytes());
    let mut value = u128::from_be_bytes(*bytes);
    for character in room[prefix.len()..length].iter_mut().rev() {
        *character = ALPHABET[(value & 31) as usize];
        value >>= 5;
    }
    std::str::from_utf8(&room[..length]).expect("the alphabet is ASCII")
}

/// What each byte stands for in the alphabet; [`NO_DIGIT`] for those that are not in it.
const DIGITS: [u8; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let mut digit = 0;
    while digit < ALPHABET.len() {
        digits[ALPHABET[digit] as usize] = digit as u8;
        digit += 1;
    }
    digits
};

const NO_DIGIT: u8 = u8::MAX;

/// The bytes that the part after the prefix and its `_` stands for.
pub fn decode(text: &str) -> Option<[u8; 16]> {
    let text = text.as_bytes();
    // 26 characters hold 130 bits; the first may carry only the upper 3 of 128.
    if text.len() != ENCODED_LENGTH || text[0] > b'7' {
        return None;
    }
    let mut value: u128 = 0;
    for character in text {
        let digit = DIGITS[usize::from(*character)];
        if digit == NO_DIGIT {
            return None;
        }
        value = (value << 5) | u128::from(digit);
    }
    Some(value.to_be_bytes())
}

/// Makes ids from an instant and a seed, in ascending order: the randomness is handed in, so that the same input
/// gives the same ids.
#[derive(Debug, Clone)]
pub struct IdSource {
    millis: u64,
    seed: u128,
    made: u32,
}

impl IdSource {
    /// Ids made at `now`; `seed` is random in production and fixed in tests.
    pub fn new(now: Instant, seed: u128) -> Self {
        Self { millis: millis(now), seed, made: 0 }
    }

    /// Goes on at `now` with another seed. Ids keep ascending, within a millisecond and when the clock was set back, so
    /// that lists by id stay in the order in which things were made.
    pub fn go_on(&mut self, now: Instant, seed: u128) {
        let next = Self::new(now, seed);
        if next.millis > self.millis {
            *self = next;
        } else {
            self.seed = seed;
        }
    }

    /// The next id; each is greater than the one before, whatever its kind.
    pub fn next_id<I: Id>(&mut self) -> I {
        // 22 bits of counter in front of 52 bits of the mixed seed, around UUIDv7's version and variant.
        const COUNTER_MAX: u32 = 1 << 22;
        if self.made == COUNTER_MAX {
            self.made = 0;
            self.millis += 1;
        }
        let mixed = mix(self.seed ^ u128::from(self.made));
        let counter = u128::from(self.made);
        self.made += 1;
        let value = u128::from(self.millis) << MILLIS_SHIFT
            | 7 << 76
            | (counter >> 10) << 64
            | 0b10 << 62
            | (counter & 0x3ff) << 52
            | u128::from(mixed >> 12);
        I::from_bytes(value.to_be_bytes())
    }
}

/// Where the milliseconds stand in an id.
const MILLIS_SHIFT: u32 = 80;

/// The milliseconds of an instant as far as an id holds them.
fn millis(at: Instant) -> u64 {
    (at.as_micros().max(0) as u64 / 1000) & 0xffff_ffff_ffff
}

/// SplitMix64's finaliser (Steele, Lea, Flood 2014) over both halves of the seed.
fn mix(seed: u128) -> u64 {
    let scramble = |mut z: u64| {
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    scramble((seed >> 64) as u64 ^ scramble((seed as u64).wrapping_add(0x9e37_79b9_7f4a_7c15)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_text() {
        let mut ids = IdSource::new(Instant::from_micros(1_790_000_000_000_000), 7);
        let rep: RepId = ids.next_id();
        assert_eq!(rep.to_string().parse::<RepId>(), Ok(rep));
        assert_eq!(rep.to_string().len(), "rep_".len() + ENCODED_LENGTH);
    }

    #[test]
    fn ids_ascend_as_bytes_and_as_text() {
        let mut ids = IdSource::new(Instant::from_micros(1_790_000_000_000_000), u128::MAX);
        let made: Vec<LeadId> = (0..5000).map(|_| ids.next_id()).collect();
        assert!(made.is_sorted());
        assert!(made.iter().map(ToString::to_string).is_sorted());
        assert_eq!(made.iter().collect::<std::collections::BTreeSet<_>>().len(), 5000);
    }

    #[test]
    fn ids_are_told_apart_by_when_they_were_made() {
        let at = Instant::from_micros(1_790_000_000_000_000);
        let before: LeadId = IdSource::new(Instant::from_micros(at.as_micros() - 1), 1).next_id();
        let made: LeadId = IdSource::new(at, 0).next_id();
        assert!(before < LeadId::first_at(at) && LeadId::first_at(at) < made);
    }

    #[test]
    fn ids_of_one_millisecond_ascend_whatever_the_seed() {
        let now = Instant::from_micros(1_790_000_000_000_000);
        let mut ids = IdSource::new(now, 1);
        let mut made: Vec<RepId> = vec![ids.next_id()];
        for (seed, at) in [(9, now), (2, now), (7, now.plus_seconds(-5)), (3, now.plus_seconds(1))]
        {
            ids.go_on(at, seed);
            made.extend([ids.next_id::<RepId>(), ids.next_id()]);
        }
        assert!(made.is_sorted());
    }

    #[test]
    fn an_id_carries_version_seven_and_its_variant() {
        let id: KeyId = IdSource::new(Instant::from_micros(5_000_000), 3).next_id();
        assert_eq!(id.as_bytes()[6] >> 4, 7);
        assert_eq!(id.as_bytes()[8] >> 6, 0b10);
        assert_eq!(u64::from_be_bytes([0, 0, 0, 0, 0, 0, 19, 136]), 5000);
        assert_eq!(&id.as_bytes()[..6], &[0, 0, 0, 0, 19, 136]);
    }

    #[test]
    fn another_kind_or_a_damaged_text_is_refused() {
        let rep: RepId = IdSource::new(Instant::from_micros(0), 1).next_id();
        let text = rep.to_string();
        assert!(text.replace("rep_", "grp_").parse::<RepId>().is_err());
        assert!(text.to_uppercase().parse::<RepId>().is_err());
        assert!(text[..text.len() - 1].parse::<RepId>().is_err());
        assert!("rep_80000000000000000000000000".parse::<RepId>().is_err());
        assert!("rep_é".parse::<RepId>().is_err());
    }
}
