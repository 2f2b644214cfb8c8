//! HTML turned into lines in one walk over its tags, with a mark on what stands in a container of quotes or signatures.
//!
//! A walk of its own rather than a library: mail needs no layout, but the containers, which are gone once a library has made
//! text of them. Time and memory are bounded by the length of the text.

use super::entities;
use super::{LINES_MAX, Line, Mark};

/// Open containers that are followed at most; those within are taken for part of the innermost one.
const OPEN_MAX: usize = 200;

/// Bytes of a tag at most: one with a picture in it is long; what is longer has a quotation mark that nobody closed.
const TAG_BYTES_MAX: usize = 64 * 1024;

/// Elements that begin and end a line.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "blockquote",
    "body",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];

/// Blocks with a blank line before and after.
const SPACED: &[&str] = &["blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "ul"];

/// Elements that carry marks.
const CONTAINERS: &[&str] = &["blockquote", "div", "section", "span", "table"];

/// Elements whose content is not shown.
const UNSHOWN: &[&str] = &["script", "style", "title", "noscript", "template"];

/// The lines of a document.
pub fn lines(html: &str) -> Vec<Line> {
    let mut walk = Walk::default();
    let mut rest = html;
    while !rest.is_empty() && walk.lines.len() < LINES_MAX {
        rest = walk.step(rest);
    }
    walk.end_line();
    while walk.lines.last().is_some_and(Line::is_blank) {
        walk.lines.pop();
    }
    walk.lines
}

#[derive(Default)]
struct Walk {
    lines: Vec<Line>,
    text: String,
    mark: Option<Mark>,
    /// The containers that are open, each with the mark outside of it.
    open: Vec<(String, Option<Mark>)>,
    /// Whether a blank line is due before the next text.
    blank_due: bool,
    /// How many `pre` are open.
    pre: usize,
}

impl Walk {
    /// Reads a tag, a comment or the text before the next one; answers what follows.
    fn step<'a>(&mut self, html: &'a str) -> &'a str {
        if !html.starts_with('<') {
            let end = html.find('<').unwrap_or(html.len());
            self.add_text(&html[..end]);
            return &html[end..];
        }
        if let Some(comment) = html.strip_prefix("<!--") {
            return comment.find("-->").map_or("", |end| &comment[end + 3..]);
        }
        let is_tag = html[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        let end = if is_tag { tag_end(html) } else { None };
        let Some(end) = end else {
            // Not a tag; what has no end in sight is text to the end of what was looked at.
            let text = if is_tag { floor(html, TAG_BYTES_MAX) } else { 1 };
            self.add_text(&html[..text]);
            return &html[text..];
        };
        let tag = &html[1..end];
        let after = &html[end + 1..];
        if tag.starts_with(['!', '?']) {
            return after;
        }
        if let Some(name) = tag.strip_prefix('/') {
            self.close_tag(&name_of(name));
            return after;
        }
        let name = name_of(tag);
        if UNSHOWN.contains(&name.as_str()) && !tag.ends_with('/') {
            return after_closing(after, &name);
        }
        self.open_tag(&name, tag);
        after
    }

    fn open_tag(&mut self, name: &str, tag: &str) {
        match name {
            "br" => self.end_line(),
            "td" | "th" => self.add_space(),
            "pre" => self.pre += 1,
            _ => {}
        }
        if BLOCKS.contains(&name) {
            self.end_block(name);
        }
        if name == "li" {
            self.add_text("- ");
        }
        if CONTAINERS.contains(&name) && !tag.ends_with('/') && self.open.len() < OPEN_MAX {
            self.open.push((name.to_owned(), self.mark));
            match said_by(name, tag) {
                Said::Nothing => {}
                Said::Within(mark) => {
                    let within = self.mark.or(Some(mark));
                    self.break_where_the_mark_changes(within);
                    self.mark = within;
                }
                Said::FromHere => self.mark_the_rest(),
            }
        }
    }

    fn close_tag(&mut self, name: &str) {
        if BLOCKS.contains(&name) {
            self.end_block(name);
        }
        match name {
            "pre" => self.pre = self.pre.saturating_sub(1),
            "td" | "th" => self.add_space(),
            _ => {}
        }
        if let Some(at) = self.open.iter().rposition(|(open, _)| open == name)
            && CONTAINERS.contains(&name)
        {
            self.break_where_the_mark_changes(self.open[at].1);
            self.mark = self.open[at].1;
            self.open.truncate(at);
        }
    }

    /// Outlook puts no container around what it quotes, but one that says where it begins.
    fn mark_the_rest(&mut self) {
        self.mark = Some(Mark::Quote);
        for (_, outside) in &mut self.open {
            *outside = Some(Mark::Quote);
        }
    }

    /// Text in a `span` of another mark is a line of its own.
    fn break_where_the_mark_changes(&mut self, next: Option<Mark>) {
        if self.mark != next && !self.text.trim().is_empty() {
            self.end_line();
        }
    }

    fn add_text(&mut self, mut text: &str) {
        while let Some(at) = text.find('&') {
            self.add_shown(&text[..at]);
            let (character, length) =
                entities::first(&text[at..]).unwrap_or_else(|| ("&".to_owned(), 1));
            if character == " " {
                self.add_space()
            } else {
                self.add_shown(&character)
            }
            text = &text[at + length..];
        }
        self.add_shown(text);
    }

    fn add_shown(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '\n' if self.pre > 0 => self.end_line(),
                ' ' if self.pre > 0 => self.text.push(' '),
                space if space.is_whitespace() => self.add_space(),
                other => self.text.push(other),
            }
        }
    }

    fn add_space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    fn end_block(&mut self, name: &str) {
        if !self.text.trim().is_empty() {
            self.end_line();
        }
        self.text.clear();
        self.blank_due |= SPACED.contains(&name);
    }

    fn end_line(&mut self) {
        let mark = self.mark.unwrap_or(Mark::Unmarked);
        let text = std::mem::take(&mut self.text);
        let text = text.trim_end();
        let is_first = self.lines.is_empty();
        let after_blank = self.lines.last().is_some_and(Line::is_blank);
        if self.blank_due && !is_first && !after_blank && !text.is_empty() {
            self.lines.push(Line { text: String::new(), mark });
        }
        if !text.is_empty() {
            self.blank_due = false;
        }
        if !text.is_empty() || !(is_first || after_blank) {
            self.lines.push(Line { text: text.to_owned(), mark });
        }
    }
}

/// What a container says about its content, or about all that follows.
enum Said {
    Nothing,
    Within(Mark),
    FromHere,
}

fn said_by(name: &str, tag: &str) -> Said {
    let id = attribute(tag, "id").to_ascii_lowercase();
    let id = id.trim_start_matches("x_");
    let classes = attribute(tag, "class").to_ascii_lowercase();
    let has_class = |wanted: &[&str]| {
        classes.split_whitespace().any(|class| wanted.contains(&class.trim_start_matches("x_")))
    };
    const FROM_HERE: &[&str] =
        &["appendonsend", "divrplyfwdmsg", "mail-editor-reference-message-container"];
    const SIGNATURES: &[&str] =
        &["signature", "ms-outlook-mobile-signature", "applemailsignature", "outlooksignature"];
    if FROM_HERE.contains(&id) {
        return Said::FromHere;
    }
    // A blockquote that says nothing more is how people indent.
    let is_cited = attribute(tag, "type").eq_ignore_ascii_case("cite");
    let quotes = ["gmail_attr", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote"];
    if name == "blockquote" && (is_cited || has_class(&["gmail_quote", "protonmail_quote"]))
        || has_class(&quotes)
    {
        return Said::Within(Mark::Quote);
    }
    if SIGNATURES.contains(&id)
        || has_class(&["gmail_signature", "gmail_signature_prefix", "moz-signature"])
        || attribute(tag, "data-smartmail").eq_ignore_ascii_case("gmail_signature")
    {
        return Said::Within(Mark::Signature);
    }
    Said::Nothing
}

/// The element's name at the start of a tag, in lower case.
fn name_of(tag: &str) -> String {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != ':').unwrap_or(tag.len());
    tag[..end].to_ascii_lowercase()
}

/// Where the tag ends that `html` begins with: at a `>` outside of quotation marks, else at the first one.
fn tag_end(html: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in html.bytes().enumerate().skip(1).take(TAG_BYTES_MAX) {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    let near = html.len().min(TAG_BYTES_MAX);
    html.as_bytes()[..near].iter().position(|byte| *byte == b'>')
}

/// The last place at or before `at` where the text may be cut.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The value of an attribute; empty where it is not there.
fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    let bytes = tag.as_bytes();
    let mut at = 0;
    while let Some(found) = find_ignoring_case(&bytes[at..], name.as_bytes()) {
        let start = at + found;
        at = start + name.len();
        let is_whole = start > 0 && bytes[start - 1].is_ascii_whitespace();
        let rest = tag[at..].trim_start();
        let Some(value) = rest.strip_prefix('=').filter(|_| is_whole) else { continue };
        let value = value.trim_start();
        return match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split(quote).next().unwrap_or_default(),
            _ => value.split([' ', '\t', '\n', '>', '/']).next().unwrap_or_default(),
        };
    }
    ""
}

fn find_ignoring_case(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window.eq_ignore_ascii_case(wanted))
}

/// What follows the end of an element that is not shown; everything, where it has no end.
fn after_closing<'a>(html: &'a str, name: &str) -> &'a str {
    let closing = format!("</{name}");
    let Some(at) = find_ignoring_case(html.as_bytes(), closing.as_bytes()) else {
        return "";
    };
    let rest = &html[at..];
    rest.find('>').map_or("", |end| &rest[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> Vec<(String, Mark)> {
        lines(html).into_iter().map(|line| (line.text, line.mark)).collect()
    }

    fn texts(html: &str) -> Vec<String> {
        lines(html).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn blocks_and_breaks_are_lines() {
        assert_eq!(
            texts("<p>Hi&nbsp;Ann,</p><p>yes<br>or\n no</p>"),
            ["Hi Ann,", "", "yes", "or no"]
        );
        assert_eq!(texts("<div>a</div><div><br></div><div>b</div>"), ["a", "", "b"]);
    }

    #[test]
    fn what_is_not_shown_is_no_text() {
        let html =
            "<head><style>p { x }</style></head><!-- no --><p>a < b &amp; c<script>1</script></p>";
        assert_eq!(texts(html), ["a < b & c"]);
    }

    #[test]
    fn a_cited_block_is_a_quote_and_an_indented_one_is_not() {
        let html = "<div>Yes</div><blockquote type=\"cite\"><div>Do you?</div></blockquote><div>So</div>\
                    <blockquote style='margin:0'>indented</blockquote>";
        let quotes: Vec<_> =
            shown(html).into_iter().filter(|(_, mark)| *mark == Mark::Quote).collect();
        assert_eq!(quotes.last(), Some(&("Do you?".to_owned(), Mark::Quote)));
        assert!(shown(html).contains(&("indented".to_owned(), Mark::Unmarked)));
    }

    #[test]
    fn after_outlooks_divider_everything_is_a_quote() {
        let html = "<div>Call me</div><div id=\"appendonsend\"></div><hr><div><b>From:</b> Ann</div><p>old</p>";
        let own: Vec<_> =
            shown(html).into_iter().filter(|(_, mark)| *mark == Mark::Unmarked).collect();
        assert_eq!(own, [("Call me".to_owned(), Mark::Unmarked)]);
    }
}
