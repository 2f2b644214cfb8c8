//! The texts of outgoing mail: plain text made HTML, and what somebody wrote, quoted.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rondo_core::Instant;

use super::one_line;

/// Lines of a quoted message at most: who wants more has it in their own mailbox.
const QUOTED_LINES_MAX: usize = 200;
/// Bytes of a quoted message at most, for lines that are paragraphs.
const QUOTED_BYTES_MAX: usize = 64 * 1024;
/// Characters of a name in front of a quote at most: with more, programs do not see that it introduces one.
const WHO_CHARS_MAX: usize = 100;
/// Quotes within quotes that are told apart in HTML.
const DEPTH_MAX: usize = 5;

/// A text with line ends as they are told here, without other control characters and without blank lines at its end.
pub fn normal(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let shown = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.trim_end().chars().filter(shown).collect()
}

/// What somebody wrote, as an answer shows it: `On 3 Mar 2026 at 14:05, Ann wrote:` and each line behind `> `.
pub fn quoted(text: &str, who: &str, at: Instant, zone: &TimeZone) -> String {
    let mut quoted = format!("On {}, {} wrote:", when(at, zone), one_line(who, WHO_CHARS_MAX));
    let text = normal(text);
    let mut room = QUOTED_BYTES_MAX;
    for (number, line) in text.lines().enumerate() {
        if number == QUOTED_LINES_MAX || line.len() > room {
            quoted.push_str("\n> […]");
            break;
        }
        room -= line.len();
        quoted.push_str(if line.is_empty() { "\n>" } else { "\n> " });
        quoted.push_str(line);
    }
    quoted
}

/// A day and a time of day as in `3 Mar 2026 at 14:05`.
pub fn when(at: Instant, zone: &TimeZone) -> String {
    let at = Timestamp::from_microsecond(at.as_micros()).unwrap_or(Timestamp::MAX);
    zone.to_datetime(at).strftime("%-d %b %Y at %H:%M").to_string()
}

/// HTML that shows a plain text: paragraphs, quotes, and links of what begins with `https://` or `http://`.
pub fn html_of(text: &str) -> String {
    format!("<html><body>\n{}</body></html>\n", blocks(&normal(text), 0))
}

fn blocks(text: &str, depth: usize) -> String {
    let mut html = String::new();
    let lines: Vec<&str> = text.lines().collect();
    let mut rest = lines.as_slice();
    while let Some(first) = rest.first() {
        let is_quote = |line: &&&str| depth < DEPTH_MAX && line.starts_with('>');
        if first.trim().is_empty() {
            rest = &rest[1..];
        } else if is_quote(&first) {
            let count = rest.iter().take_while(is_quote).count();
            let inner: Vec<&str> = rest[..count].iter().map(|line| unquoted(line)).collect();
            html.push_str("<blockquote type=\"cite\">\n");
            html.push_str(&blocks(&inner.join("\n"), depth + 1));
            html.push_str("</blockquote>\n");
            rest = &rest[count..];
        } else {
            let is_within = |line: &&&str| !line.trim().is_empty() && !is_quote(line);
            let count = rest.iter().take_while(is_within).count();
            let shown: Vec<String> = rest[..count].iter().map(|line| with_links(line)).collect();
            html.push_str("<p>");
            html.push_str(&shown.join("<br>\n"));
            html.push_str("</p>\n");
            rest = &rest[count..];
        }
    }
    html
}

fn unquoted(line: &str) -> &str {
    let line = line.strip_prefix('>').unwrap_or(line);
    line.strip_prefix(' ').unwrap_or(line)
}

/// A line, escaped, with its links.
fn with_links(line: &str) -> String {
    let mut html = String::with_capacity(line.len() + 16);
    let mut rest = line;
    while let Some((at, length)) = find_link(rest) {
        escape(&rest[..at], &mut html);
        let url = &rest[at..at + length];
        html.push_str("<a href=\"");
        escape(url, &mut html);
        html.push_str("\">");
        escape(url, &mut html);
        html.push_str("</a>");
        rest = &rest[at + length..];
    }
    escape(rest, &mut html);
    html
}

/// Where the next link begins, and how long it is. What ends a sentence is not part of it.
fn find_link(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find("http")?;
        let link = &text[at..];
        let scheme = ["https://", "http://"].into_iter().find(|known| link.starts_with(known));
        let end = link.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\''));
        let link =
            link[..end.unwrap_or(link.len())].trim_end_matches(['.', ',', ';', ':', '!', '?']);
        let link = match link.strip_suffix(')') {
            Some(inner) if !inner.contains('(') => inner,
            _ => link,
        };
        let is_apart = !text[..at].ends_with(char::is_alphanumeric);
        match scheme {
            Some(scheme) if is_apart && link.len() > scheme.len() => return Some((at, link.len())),
            _ => from = at + "http".len(),
        }
    }
}

fn escape(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
}
