//! Base 32 of RFC 4648 in lower case and without padding: it survives programs that change the case of addresses.

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The text of these bytes: five bits a character, the last one filled up with zeros.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity((bytes.len() * 8).div_ceil(5));
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(character(held >> bits));
        }
    }
    if bits > 0 {
        text.push(character(held << (5 - bits)));
    }
    text
}

/// The bytes of a text in either case. Exactly one text, but for its case, stands for the same bytes.
pub fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != (N * 8).div_ceil(5) {
        return None;
    }
    let mut bytes = [0; N];
    let (mut held, mut bits, mut at) = (0_u32, 0, 0);
    for character in text.bytes() {
        held = held << 5 | u32::from(digit(character)?);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            *bytes.get_mut(at)? = (held >> bits) as u8;
            at += 1;
        }
    }
    let is_filled_with_zeros = held & ((1 << bits) - 1) == 0;
    (at == N && is_filled_with_zeros).then_some(bytes)
}

fn character(bits: u32) -> char {
    char::from(ALPHABET[(bits & 31) as usize])
}

fn digit(character: u8) -> Option<u8> {
    match character.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => Some(letter - b'a'),
        number @ b'2'..=b'7' => Some(number - b'2' + 26),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648_come_out() {
        for (bytes, text) in [
            ("", ""),
            ("f", "my"),
            ("fo", "mzxq"),
            ("foo", "mzxw6"),
            ("foob", "mzxw6yq"),
            ("fooba", "mzxw6ytb"),
            ("foobar", "mzxw6ytboi"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
        }
        assert_eq!(decode("MZXW6YTBOI"), Some(*b"foobar"));
    }

    #[test]
    fn bits_that_stand_for_nothing_must_be_zero() {
        assert_eq!(decode::<1>("my"), Some(*b"f"));
        assert_eq!(decode::<1>("mz"), None);
        assert_eq!(decode::<1>("m"), None);
        assert_eq!(decode::<1>("m1"), None);
    }
}
