//! The parts of a message, in bounded work: how deep, how many and how long is limited here.
//!
//! Headers are read by `mail-parser`. The tree is walked here, because a message may nest as deep as it is long, and the
//! parser follows it to the end.

mod transfer;

use std::sync::LazyLock;

use mail_parser::{ContentType, Header, HeaderName, HeaderValue, MessageParser};

/// Bytes of one part's headers at most: servers refuse far less.
pub const HEADER_BYTES_MAX: usize = 256 * 1024;
/// Levels of parts inside parts at most: mail programs make four or five.
pub const DEPTH_MAX: usize = 10;
/// Parts at most: what is beyond them are attachments of an odd message.
pub const PARTS_MAX: usize = 200;
/// Bytes of one part's text at most, and of all texts of a message together: a thread of a hundred long letters.
pub const TEXT_BYTES_MAX: usize = 1024 * 1024;

static PARSER: LazyLock<MessageParser> = LazyLock::new(|| {
    MessageParser::new()
        .with_mime_headers()
        .with_date_headers()
        .with_address_headers()
        .with_message_ids()
        .header_text(HeaderName::Subject)
        .default_header_raw()
});

/// A part of a message, or the whole of it.
#[derive(Debug)]
pub struct Part<'a> {
    headers: Vec<Header<'a>>,
    media: String,
    content: &'a [u8],
    /// The parts of a multipart; none for what is not one, and for one whose boundary is never met.
    pub children: Vec<Part<'a>>,
}

impl<'a> Part<'a> {
    /// Takes a message apart. Nested messages stay whole: what they hold was written elsewhere.
    pub fn parse(raw: &'a [u8]) -> Self {
        let mut room = PARTS_MAX;
        Self::read(raw, "text/plain", DEPTH_MAX, &mut room)
    }

    fn read(raw: &'a [u8], media_default: &str, depth: usize, room: &mut usize) -> Self {
        let (head, content) = split_head(raw);
        let mut part = Self {
            headers: read_headers(head),
            media: String::new(),
            content,
            children: Vec::new(),
        };
        part.media = part.content_type().map_or_else(|| media_default.to_owned(), media_of);
        let Some(boundary) = part.boundary() else { return part };
        let child_default =
            if part.is("multipart/digest") { "message/rfc822" } else { "text/plain" };
        for child in pieces(content, boundary.as_bytes(), *room) {
            if depth == 0 || *room == 0 {
                break;
            }
            *room -= 1;
            part.children.push(Self::read(child, child_default, depth - 1, room));
        }
        part
    }

    /// Whether any header was found.
    pub fn has_headers(&self) -> bool {
        !self.headers.is_empty()
    }

    /// Type and subtype in lower case, as in `text/plain`.
    pub fn media(&self) -> &str {
        &self.media
    }

    /// Whether this part is of a type, given in lower case.
    pub fn is(&self, media: &str) -> bool {
        self.media == media
    }

    /// Whether this part was sent as a file.
    pub fn is_attachment(&self) -> bool {
        self.parsed("Content-Disposition")
            .any(|value| matches!(value, HeaderValue::ContentType(shown) if shown.is_attachment()))
    }

    /// A parameter of the content type.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.content_type()?.attribute(name)
    }

    /// The values of a header, parsed, in the order of the message.
    pub fn parsed<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s HeaderValue<'a>> {
        self.headers
            .iter()
            .filter(move |header| header.name().eq_ignore_ascii_case(name))
            .map(|header| &header.value)
    }

    /// The values of a header as text on one line each.
    pub fn values(&self, name: &str) -> Vec<String> {
        self.parsed(name)
            .filter_map(|value| match value {
                HeaderValue::Text(text) => Some(one_line(text)),
                HeaderValue::TextList(texts) => texts.last().map(|text| one_line(text)),
                _ => None,
            })
            .collect()
    }

    /// The content as text: transfer encoding and charset undone, lines ended by `\n`, cut at [`TEXT_BYTES_MAX`].
    pub fn text(&self) -> String {
        let bytes = &self.content[..self.content.len().min(TEXT_BYTES_MAX)];
        let encoding = self.values("Content-Transfer-Encoding").pop().unwrap_or_default();
        let bytes = transfer::decoded(bytes, &encoding);
        let text = transfer::text(&bytes, self.parameter("charset"));
        text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "")
    }

    /// Every part in order, this one first; what is inside nested messages is not among them.
    pub fn all(&self) -> Vec<&Part<'a>> {
        let mut found = Vec::new();
        let mut open = vec![self];
        while let Some(part) = open.pop() {
            found.push(part);
            open.extend(part.children.iter().rev());
        }
        found
    }

    /// The message that a `message/rfc822` holds, or the headers of one that `text/rfc822-headers` holds.
    pub fn nested(&self) -> Part<'a> {
        let (head, content) = split_head(self.content);
        let media = "text/plain".to_owned();
        Part { headers: read_headers(head), media, content, children: Vec::new() }
    }

    fn content_type(&self) -> Option<&ContentType<'a>> {
        self.parsed("Content-Type").find_map(|value| match value {
            HeaderValue::ContentType(media) => Some(media),
            _ => None,
        })
    }

    fn boundary(&self) -> Option<String> {
        if !self.media.starts_with("multipart/") {
            return None;
        }
        self.parameter("boundary").filter(|boundary| !boundary.is_empty()).map(str::to_owned)
    }
}

fn media_of(media: &ContentType<'_>) -> String {
    format!("{}/{}", media.ctype(), media.subtype().unwrap_or_default()).to_ascii_lowercase()
}

fn one_line(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn read_headers(head: &[u8]) -> Vec<Header<'_>> {
    let Some(mut message) = PARSER.parse_headers(head) else { return Vec::new() };
    message.parts.first_mut().map(|part| std::mem::take(&mut part.headers)).unwrap_or_default()
}

/// The headers with their blank line, and what follows. Headers beyond the limit are left out.
fn split_head(raw: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    let mut head = 0;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        if at <= HEADER_BYTES_MAX {
            head = at;
        }
        if matches!(line, b"\n" | b"\r\n") {
            return (&raw[..head], &raw[at..]);
        }
    }
    (&raw[..head], &[])
}

/// What stands between the lines of a boundary: at most so many pieces.
fn pieces<'a>(content: &'a [u8], boundary: &[u8], pieces_max: usize) -> Vec<&'a [u8]> {
    let mut found = Vec::new();
    let mut start = None;
    let mut at = 0;
    for line in content.split_inclusive(|byte| *byte == b'\n') {
        let after = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary));
        let after = after.map(|after| after.trim_ascii_end());
        if let Some(after @ (b"" | b"--")) = after {
            if let Some(start) = start {
                found.push(without_line_end(&content[start..at]));
            }
            start = (after.is_empty() && found.len() < pieces_max).then_some(at + line.len());
            if start.is_none() {
                return found;
            }
        }
        at += line.len();
    }
    if let Some(start) = start {
        found.push(&content[start.min(content.len())..]);
    }
    found
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}
