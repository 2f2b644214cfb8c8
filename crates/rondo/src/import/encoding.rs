//! In which encoding a file is written, and its text as UTF-8.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Bytes looked at to tell UTF-16 without a byte-order mark: a few rows of any file.
const UTF_16_SAMPLE_BYTES: usize = 4096;

/// Reads all of `source` and says how it is written.
///
/// A byte-order mark decides. Without one: zeros in every other byte are UTF-16; bytes that are UTF-8 are UTF-8, also when
/// a few are damaged; anything else is Windows-1252, which holds all of Latin-1's visible characters.
pub fn detect(mut source: impl Read) -> io::Result<&'static Encoding> {
    let mut buffer = vec![0; CHUNK_BYTES];
    let mut filled = read_full(&mut source, &mut buffer)?;
    if let Some((encoding, _)) = Encoding::for_bom(&buffer[..filled]) {
        return Ok(encoding);
    }
    if let Some(encoding) = utf_16_by_zeros(&buffer[..filled.min(UTF_16_SAMPLE_BYTES)]) {
        return Ok(encoding);
    }
    let mut tally = Utf8Tally::default();
    while filled > 0 {
        tally.add(&buffer[..filled]);
        filled = read_full(&mut source, &mut buffer)?;
    }
    Ok(tally.verdict())
}

fn read_full(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Text in European languages, in UTF-16, has a zero in nearly every other byte.
fn utf_16_by_zeros(sample: &[u8]) -> Option<&'static Encoding> {
    let zeros = |offset: usize| sample.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), sample.len() / 2);
    if pairs < 2 {
        return None;
    }
    match (even * 2 > pairs, odd * 2 > pairs) {
        (false, true) if even * 20 < pairs => Some(UTF_16LE),
        (true, false) if odd * 20 < pairs => Some(UTF_16BE),
        _ => None,
    }
}

/// Counts what is and what is not UTF-8 in a stream of bytes.
#[derive(Default)]
struct Utf8Tally {
    carried: Vec<u8>,
    wide_characters: u64,
    malformed: u64,
}

impl Utf8Tally {
    fn add(&mut self, bytes: &[u8]) {
        let joined;
        let mut rest = if self.carried.is_empty() {
            bytes
        } else {
            joined = [&std::mem::take(&mut self.carried), bytes].concat();
            &joined
        };
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => return self.count(text.as_bytes()),
                Err(error) => {
                    self.count(&rest[..error.valid_up_to()]);
                    rest = &rest[error.valid_up_to()..];
                    let Some(length) = error.error_len() else {
                        self.carried = rest.to_vec();
                        return;
                    };
                    self.malformed += 1;
                    rest = &rest[length..];
                }
            }
        }
    }

    fn count(&mut self, valid: &[u8]) {
        self.wide_characters += valid.iter().filter(|byte| **byte >= 0xc0).count() as u64;
    }

    fn verdict(&self) -> &'static Encoding {
        let malformed = self.malformed + u64::from(!self.carried.is_empty());
        if malformed == 0 || self.wide_characters > malformed { UTF_8 } else { WINDOWS_1252 }
    }
}

/// The text of a file as UTF-8, without its byte-order mark; what can't be decoded reads as U+FFFD.
pub struct Utf8Reader<R> {
    source: R,
    decoder: Decoder,
    input: Vec<u8>,
    input_at: usize,
    output: Vec<u8>,
    output_at: usize,
    is_source_at_end: bool,
    is_finished: bool,
}

impl<R: Read> Utf8Reader<R> {
    /// Decodes `source` from `encoding`.
    pub fn new(source: R, encoding: &'static Encoding) -> Self {
        Self {
            source,
            decoder: encoding.new_decoder_with_bom_removal(),
            input: Vec::with_capacity(CHUNK_BYTES),
            input_at: 0,
            output: Vec::with_capacity(2 * CHUNK_BYTES),
            output_at: 0,
            is_source_at_end: false,
            is_finished: false,
        }
    }

    fn decode_more(&mut self) -> io::Result<()> {
        if self.input_at == self.input.len() && !self.is_source_at_end {
            self.input.resize(CHUNK_BYTES, 0);
            let filled = read_full(&mut self.source, &mut self.input)?;
            self.is_source_at_end = filled < CHUNK_BYTES;
            self.input.truncate(filled);
            self.input_at = 0;
        }
        self.output.resize(2 * CHUNK_BYTES, 0);
        let (result, read, written, _) = self.decoder.decode_to_utf8(
            &self.input[self.input_at..],
            &mut self.output,
            self.is_source_at_end,
        );
        self.input_at += read;
        self.output.truncate(written);
        self.output_at = 0;
        self.is_finished =
            self.is_source_at_end && matches!(result, encoding_rs::CoderResult::InputEmpty);
        Ok(())
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.output_at == self.output.len() && !self.is_finished {
            self.decode_more()?;
        }
        let count = buffer.len().min(self.output.len() - self.output_at);
        buffer[..count].copy_from_slice(&self.output[self.output_at..self.output_at + count]);
        self.output_at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text_of(bytes: &[u8]) -> (&'static str, String) {
        let encoding = detect(bytes).unwrap();
        let mut text = String::new();
        Utf8Reader::new(bytes, encoding).read_to_string(&mut text).unwrap();
        (encoding.name(), text)
    }

    fn utf_16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn each_encoding_is_told_from_the_others() {
        let text = "Name;Ort\r\nZoë;Łódź\r\n";
        assert_eq!(text_of(text.as_bytes()), ("UTF-8", text.to_owned()));
        assert_eq!(text_of(format!("\u{feff}{text}").as_bytes()), ("UTF-8", text.to_owned()));
        for mark in ["", "\u{feff}"] {
            let marked = format!("{mark}{text}");
            assert_eq!(text_of(&utf_16(&marked, u16::to_le_bytes)), ("UTF-16LE", text.to_owned()));
            assert_eq!(text_of(&utf_16(&marked, u16::to_be_bytes)), ("UTF-16BE", text.to_owned()));
        }
        let latin = b"Name;Ort\r\nZo\xeb;K\xf6ln \x80\r\n";
        assert_eq!(text_of(latin), ("windows-1252", "Name;Ort\r\nZoë;Köln €\r\n".to_owned()));
        assert_eq!(text_of(b""), ("UTF-8", String::new()));
    }

    #[test]
    fn a_damaged_character_does_not_turn_utf_8_into_something_else() {
        let bytes = b"Zo\xc3\xab, S\xc3\xb8ren, Ren\xc3";
        assert_eq!(text_of(bytes), ("UTF-8", "Zoë, Søren, Ren\u{fffd}".to_owned()));
    }

    #[test]
    fn a_character_on_the_border_of_two_chunks_stays_whole() {
        for shift in 0..4 {
            let text = format!("{}{}", "x".repeat(CHUNK_BYTES - shift), "Łódź 🎡".repeat(3));
            assert_eq!(text_of(text.as_bytes()), ("UTF-8", text));
        }
    }

    proptest! {
        #[test]
        fn any_text_reads_back_as_it_was(text in "\\PC*") {
            prop_assert_eq!(text_of(text.as_bytes()).1, text);
        }

        #[test]
        fn any_bytes_give_some_text(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            text_of(&bytes);
        }
    }
}
