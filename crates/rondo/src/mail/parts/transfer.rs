//! Bytes as they were sent turned into text: transfer encodings and charsets, also where they are damaged.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Takes what senders write: with padding and without it, with stray bits at the end.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The bytes behind a transfer encoding; the bytes themselves, where it is none that is known or none at all.
pub fn decoded<'a>(bytes: &'a [u8], encoding: &str) -> Cow<'a, [u8]> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => base64(bytes).map_or(Cow::Borrowed(bytes), Cow::Owned),
        "quoted-printable" => Cow::Owned(quoted_printable(bytes)),
        _ => Cow::Borrowed(bytes),
    }
}

/// What is in base64 up to its padding; bytes that are none of its letters are passed over (RFC 2045, 6.8).
fn base64(bytes: &[u8]) -> Option<Vec<u8>> {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let end = bytes.iter().position(|byte| *byte == b'=').unwrap_or(bytes.len());
    let mut letters: Vec<u8> = bytes[..end].iter().copied().filter(is_letter).collect();
    if letters.len() % 4 == 1 {
        letters.pop();
    }
    LENIENT.decode(letters).ok()
}

/// What is in quoted-printable; a `=` that begins nothing stays as it is (RFC 2045, 6.7).
fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'=' {
            decoded.push(byte);
        } else if let Some(line) = after_soft_break(after) {
            rest = line;
        } else if let [high, low, more @ ..] = after
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            decoded.push(high * 16 + low);
            rest = more;
        } else {
            decoded.push(byte);
        }
    }
    decoded
}

/// What follows a `=` at the end of a line; white space behind it was added on the way.
fn after_soft_break(after: &[u8]) -> Option<&[u8]> {
    const SPACES_MAX: usize = 100;
    let spaces =
        after.iter().take(SPACES_MAX).take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
    let rest = &after[spaces.count()..];
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(b"\n") }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Text in the charset that is named; in UTF-8 or Windows-1252 where none is, or one that nobody knows, or ASCII for
/// what is none.
pub fn text(bytes: &[u8], charset: Option<&str>) -> String {
    let named = charset.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    let is_ascii = charset.is_some_and(|label| label.trim().eq_ignore_ascii_case("us-ascii"));
    let encoding = match named {
        Some(encoding) if !is_ascii => encoding,
        _ if is_utf8_so_far(bytes) => UTF_8,
        _ => WINDOWS_1252,
    };
    encoding.decode(bytes).0.into_owned()
}

/// Whether bytes are UTF-8, but perhaps for a last character that was cut through.
fn is_utf8_so_far(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_encodings_give_what_can_be_read() {
        let cases: [(&str, &str, &str); 6] = [
            ("quoted-printable", "Gr=C3=BC=C3=9Fe, a=\r\n b", "Grüße, a b"),
            ("quoted-printable", "a=b &c=ZZ 1=", "a=b &c=ZZ 1"),
            ("Quoted-Printable", "soft= \t\r\nbreak", "softbreak"),
            ("base64", "SGVs\r\nbG8=\r\n-- \r\nA footer", "Hello"),
            ("BASE64", "SGVsbG8", "Hello"),
            ("7bit", "SGVsbG8=", "SGVsbG8="),
        ];
        for (encoding, bytes, expected) in cases {
            assert_eq!(text(&decoded(bytes.as_bytes(), encoding), None), expected, "{bytes}");
        }
    }

    #[test]
    fn text_without_a_charset_or_with_a_wrong_one_is_read() {
        assert_eq!(text(b"h\xe4r", Some("us-ascii")), "här");
        assert_eq!(text("här".as_bytes(), Some("us-ascii")), "här");
        assert_eq!(text(b"h\xe4r", None), "här");
        assert_eq!(text("här".as_bytes(), Some("unknown-8bit")), "här");
        assert_eq!(text(b"\xa4", Some("iso-8859-15")), "€");
    }
}
