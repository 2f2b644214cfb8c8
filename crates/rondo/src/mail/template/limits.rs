//! Limits to the shape of a template, before minijinja reads it: it keeps a long tag as a tree as deep as the tag is
//! long, and walks that by recursion.

use super::{Problem, TemplateError};

/// Tags of a template at most, those in comments included.
pub const TAGS_MAX: usize = 2000;
/// Bytes of a tag at most, the texts in quotes left out: a depth of half of it is far from the end of any stack.
pub const TAG_BYTES_MAX: usize = 800;
/// Bytes of a tag at most, the texts in quotes included.
const TAG_WITH_TEXTS_BYTES_MAX: usize = 8 * 1024;
/// Brackets within brackets at most.
const BRACKETS_MAX: i32 = 20;
/// How often `elif` may stand in a template: each is as deep as those before it.
const ELIF_MAX: usize = 100;
/// Loops of a template at most.
const LOOPS_MAX: usize = 20;
/// Bytes of the tag of a loop at most: loops within loops can make values as deep as all of their tags together.
const LOOP_BYTES_MAX: usize = 120;

/// What may stand behind `{%`. Without `set` and its like, which would make values of any depth by and by.
const STATEMENTS: &[&str] = &[
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "endfor",
    "filter",
    "endfilter",
    "autoescape",
    "endautoescape",
    "raw",
    "endraw",
];

/// Refuses a template that has too much of something. Whatever begins like a tag is measured as one, in a comment too: so
/// nothing depends on knowing where comments begin.
pub fn check(source: &str) -> Result<(), TemplateError> {
    let (mut tags, mut elifs, mut loops) = (0, 0, 0);
    for (at, pair) in source.as_bytes().windows(2).enumerate() {
        if !matches!(pair, b"{{" | b"{%") {
            continue;
        }
        let line = || source.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        let refused = |problem| Err(TemplateError { line: Some(line()), problem });
        let statement = (pair == b"{%").then(|| statement(&source[at + 2..]));
        let bytes_max = if statement == Some("for") { LOOP_BYTES_MAX } else { TAG_BYTES_MAX };
        tags += 1;
        elifs += usize::from(statement == Some("elif"));
        loops += usize::from(statement == Some("for"));
        if let Some(unknown) = statement.filter(|word| !STATEMENTS.contains(word)) {
            let unknown: String = unknown.chars().take(40).collect();
            return refused(Problem::Unknown(format!("there is no `{{% {unknown} %}}`")));
        }
        if tags > TAGS_MAX || elifs > ELIF_MAX || loops > LOOPS_MAX {
            return refused(Problem::TooManyTags);
        }
        if is_too_much(&source.as_bytes()[at..], bytes_max) {
            return refused(Problem::TagTooLong);
        }
    }
    Ok(())
}

/// The first word of a tag.
pub(super) fn statement(tag: &str) -> &str {
    let tag = tag.strip_prefix(['-', '+']).unwrap_or(tag).trim_ascii_start();
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    &tag[..end.unwrap_or(tag.len())]
}

/// Whether the tag that begins here is too long or too deep. It ends as minijinja ends it: outside of quotes and brackets.
fn is_too_much(tag: &[u8], bytes_max: usize) -> bool {
    let end = if tag.starts_with(b"{{") { b"}}" } else { b"%}" };
    let (mut quote, mut is_escaped, mut brackets, mut length) = (None, false, 0_i32, 0);
    for (at, byte) in tag.iter().enumerate().skip(2) {
        if at > TAG_WITH_TEXTS_BYTES_MAX || length > bytes_max || brackets > BRACKETS_MAX {
            return true;
        }
        if let Some(delimiter) = quote {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                _ if *byte == delimiter => quote = None,
                _ => {}
            }
            continue;
        }
        if brackets == 0 && tag[at..].starts_with(end) {
            return false;
        }
        length += 1;
        match byte {
            b'\'' | b'"' => quote = Some(*byte),
            b'(' | b'[' | b'{' => brackets += 1,
            b')' | b']' | b'}' => brackets -= 1,
            _ => {}
        }
    }
    false
}
