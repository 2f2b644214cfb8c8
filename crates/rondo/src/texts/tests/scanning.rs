//! Finds texts that are asked for, and words, in the sources of the console.

use std::collections::{BTreeMap, BTreeSet};

/// Where a function is called with a text's name: the place of the name, the name, and what follows it.
pub(super) fn calls<'a>(text: &'a str, function: &str) -> Vec<(usize, &'a str, &'a str)> {
    let opening = format!("{function}(");
    let is_part =
        |before: &str| before.ends_with(|last: char| last.is_alphanumeric() || "_.".contains(last));
    text.match_indices(&opening)
        .filter(|(at, _)| !is_part(&text[..*at]))
        .filter_map(|(at, _)| {
            let (name, rest) =
                text[at + opening.len()..].trim_start().strip_prefix('"')?.split_once('"')?;
            Some((at, name, rest.trim_start().trim_start_matches([',', ' ', '\n'])))
        })
        .collect()
}

/// What is given to a text: `.arg("name", …).n("count", …)`, each with how; and what follows.
pub(super) fn given(rest: &str) -> (BTreeMap<String, &'static str>, &str) {
    let mut given = BTreeMap::new();
    let Some(mut rest) = rest.strip_prefix(')') else { return (given, rest) };
    loop {
        let next = rest.trim_start();
        let Some(method) = [".arg(", ".n(", ".link(", ".links("]
            .into_iter()
            .find(|method| next.starts_with(method))
        else {
            return (given, rest);
        };
        let inside = &next[method.len()..];
        let name = inside.trim_start().strip_prefix('"').and_then(|name| name.split_once('"'));
        given.insert(name.expect("an argument has a name").0.to_owned(), method);
        let (mut depth, mut is_quoted, mut end) = (1, false, 0);
        for (at, character) in inside.char_indices() {
            match character {
                '"' => is_quoted = !is_quoted,
                '(' if !is_quoted => depth += 1,
                ')' if !is_quoted => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                end = at + 1;
                break;
            }
        }
        rest = &inside[end..];
    }
}

/// What a text takes.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Takes {
    pub(super) arguments: BTreeSet<String>,
    /// Those that choose between plurals.
    pub(super) counts: BTreeSet<String>,
    pub(super) has_markup: bool,
}

impl Takes {
    pub(super) fn of(pattern: &str) -> Self {
        let mut takes = Self { has_markup: pattern.contains('<'), ..Self::default() };
        for (at, _) in pattern.match_indices('$') {
            let rest = &pattern[at + 1..];
            let end = rest
                .find(|one: char| !one.is_ascii_alphanumeric() && one != '-' && one != '_')
                .unwrap_or(rest.len());
            let name = rest[..end].to_owned();
            let variants = rest[end..].trim_start().strip_prefix("->").map(variants);
            if variants.is_some_and(|all| all.iter().any(|one| is_of_a_number(one))) {
                takes.counts.insert(name.clone());
            }
            takes.arguments.insert(name);
        }
        takes
    }
}

/// The names of a selector's variants, by what follows its arrow.
fn variants(rest: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut depth = 0_i32;
    for line in rest.lines() {
        let name = line.trim_start().trim_start_matches('*').strip_prefix('[');
        if depth == 0 {
            names.extend(name.and_then(|name| name.split_once(']')).map(|(name, _)| name));
        }
        for character in line.chars() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth < 0 {
                return names;
            }
        }
    }
    names
}

fn is_of_a_number(variant: &str) -> bool {
    ["zero", "one", "two", "few", "many"].contains(&variant) || variant.parse::<f64>().is_ok()
}

/// What a source asks for otherwise than the texts have it.
pub(super) fn asked_otherwise(
    source: &str,
    is_template: bool,
    texts: &BTreeMap<String, Takes>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for (_, name, _) in calls(source, "t") {
        if !texts.get(name).is_some_and(|takes| takes.arguments.is_empty() && !takes.has_markup) {
            wrong
                .push(format!("t(\"{name}\"): there is no such text without arguments and markup"));
        }
    }
    for (at, name, rest) in calls(source, "say") {
        let Some(takes) = texts.get(name) else {
            wrong.push(format!("say(\"{name}\"): there is no such text"));
            continue;
        };
        let (given, after) = given(rest);
        if !takes.arguments.iter().eq(given.keys()) {
            wrong.push(format!(
                "say(\"{name}\"): takes {:?}, is given {:?}",
                takes.arguments,
                given.keys()
            ));
        }
        for count in &takes.counts {
            if given.get(count).is_some_and(|method| *method != ".n(") {
                wrong.push(format!("say(\"{name}\"): `{count}` is counted, and not given by `.n`"));
            }
        }
        let is_said_plain = after.trim_start().starts_with(".plain()");
        let is_plain =
            is_said_plain || !is_template && rest_of_function(after).contains(".plain()");
        if takes.has_markup && is_plain {
            wrong.push(format!("say(\"{name}\"): has markup, and is said without"));
        }
        let has_link = given.values().any(|method| method.starts_with(".link"));
        let is_marked = takes.has_markup || has_link && !is_said_plain;
        if is_template && is_marked && is_in_attribute(source, at) {
            wrong.push(format!("say(\"{name}\"): has markup, and stands in an attribute"));
        }
    }
    wrong
}

/// Where a text is said within a `match`, and `.plain()` follows after it.
fn rest_of_function(rest: &str) -> &str {
    let ends = ["\n}\n", "\n    }\n"].into_iter().filter_map(|end| rest.find(end));
    &rest[..ends.min().unwrap_or(rest.len())]
}

/// Whether a place of a template is within the quotes of an attribute.
fn is_in_attribute(template: &str, at: usize) -> bool {
    let before = without_expressions(&template[..at]);
    let in_tag = before.rsplit('>').next().and_then(|rest| rest.split_once('<'));
    in_tag.is_some_and(|(_, tag)| tag.matches('"').count() % 2 == 1)
}

/// A template without comments, tags and expressions; of an expression, a mark is left.
fn without_expressions(template: &str) -> String {
    let mut plain = template.to_owned();
    for (from, to) in [("{#", "#}"), ("{%", "%}"), ("{{", "}}")] {
        while let Some(start) = plain.find(from) {
            let end = plain[start..].find(to).map_or(plain.len(), |end| start + end + to.len());
            plain.replace_range(start..end, if from == "{{" { "\u{1}" } else { "" });
        }
    }
    plain
}

/// What is said to people by attributes.
const SPOKEN: [&str; 8] = [
    "aria-label",
    "aria-description",
    "label",
    "title",
    "placeholder",
    "alt",
    "data-confirm",
    "data-live",
];

/// A template's own words: what is left when expressions and tags are taken away, and what attributes say to people.
pub(super) fn words_of(template: &str) -> Vec<String> {
    let plain = without_expressions(template);
    let mut words = Vec::new();
    let mut rest = plain.as_str();
    while let Some((text, tag)) = rest.split_once('<') {
        words.push(text);
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        words.extend(SPOKEN.iter().filter_map(|name| attribute(tag, name)));
        // A button’s value is for the server, and its words stand within it.
        let is_button =
            ["submit", "button", "reset"].contains(&attribute(tag, "type").unwrap_or(""));
        if tag.starts_with("input") && is_button {
            words.extend(attribute(tag, "value"));
        }
        rest = after;
    }
    words.push(rest);
    words.retain(|words| words.replace("Rondo", "").contains(char::is_alphabetic));
    // A letter by itself is a key: `<kbd>n</kbd>`.
    words.retain(|words| words.trim().chars().nth(1).is_some());
    words.iter().map(|words| words.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// What an attribute of a tag says.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let opening = format!("{name}=\"");
    let mut found = tag.match_indices(&opening);
    let (at, _) = found.find(|(at, _)| tag[..*at].ends_with(char::is_whitespace))?;
    tag[at + opening.len()..].split('"').next()
}

/// Strings for people within the expressions of a template: `{% call m::field(form, "x", "Full name") %}`.
pub(super) fn words_in_expressions(template: &str, classes: &BTreeSet<&str>) -> Vec<String> {
    let mut shown = String::new();
    let mut rest = template;
    // What is raw is shown as it is.
    while let Some((before, raw)) = rest.split_once("{% raw %}") {
        shown += before;
        rest = raw.split_once("{% endraw %}").map_or("", |(_, after)| after);
    }
    shown += rest;
    let mut words = Vec::new();
    for (from, to) in [("{%", "%}"), ("{{", "}}")] {
        for part in shown.split(from).skip(1) {
            let expression = part.split(to).next().unwrap_or_default();
            words.extend(strings(expression).into_iter().map(|(string, _)| string.to_owned()));
        }
    }
    let is_path = |words: &str| words.contains('/') && !words.contains(' ');
    let is_address = |words: &str| words.contains("@example.com");
    words.retain(|words| begins_with_capital(words) || has_space_between_letters(words));
    words.retain(|words| !is_path(words) && !is_address(words) && !are_classes(words, classes));
    words
}

fn begins_with_capital(words: &str) -> bool {
    let mut characters = words.chars();
    characters.next().is_some_and(char::is_uppercase)
        && characters.next().is_some_and(char::is_lowercase)
}

fn has_space_between_letters(words: &str) -> bool {
    let characters: Vec<_> = words.chars().collect();
    characters
        .windows(3)
        .any(|three| three[0].is_alphabetic() && three[1] == ' ' && three[2].is_alphabetic())
}

/// The names of a style's classes.
pub(super) fn classes(style: &str) -> BTreeSet<&str> {
    style
        .split('.')
        .skip(1)
        .map(|rest| {
            let end = rest.find(|one: char| !one.is_ascii_alphanumeric() && one != '-');
            &rest[..end.unwrap_or(rest.len())]
        })
        .filter(|name| name.starts_with(|first: char| first.is_ascii_lowercase()))
        .collect()
}

fn are_classes(words: &str, classes: &BTreeSet<&str>) -> bool {
    words.split_whitespace().all(|word| classes.contains(word))
}

/// The strings of code, each with the line that it begins in.
pub(super) fn strings(code: &str) -> Vec<(&str, &str)> {
    let mut strings = Vec::new();
    let mut at = 0;
    while let Some(character) = code[at..].chars().next() {
        let rest = &code[at..];
        let raw = rest.strip_prefix('r').map(|raw| raw.trim_start_matches('#'));
        let is_raw = raw.is_some_and(|raw| raw.starts_with('"'))
            && !code[..at].ends_with(|last: char| last.is_alphanumeric() || last == '_');
        at += if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if is_raw {
            let fence = rest.find('"').unwrap_or_default() - 1;
            let end = format!("\"{}", "#".repeat(fence));
            let inside = &rest[fence + 2..];
            let length = inside.find(&end).unwrap_or(inside.len());
            strings.push((&inside[..length], line_of(code, at)));
            (fence + 2 + length + end.len()).min(rest.len())
        } else if character == '"' {
            let length = end_of(&rest[1..], '"');
            strings.push((&rest[1..=length], line_of(code, at)));
            (length + 2).min(rest.len())
        } else if character == '\'' {
            // A character; otherwise, a lifetime.
            let length = end_of(&rest[1..], '\'');
            let inside = &rest[1..=length];
            let is_character = inside.starts_with('\\') || inside.chars().count() == 1;
            if is_character { (length + 2).min(rest.len()) } else { 1 }
        } else {
            character.len_utf8()
        };
    }
    strings
}

/// Where what was opened is closed.
fn end_of(rest: &str, closing: char) -> usize {
    let mut is_escaped = false;
    for (at, character) in rest.char_indices() {
        if character == closing && !is_escaped {
            return at;
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    rest.len()
}

fn line_of(code: &str, at: usize) -> &str {
    let start = code[..at].rfind('\n').map_or(0, |end| end + 1);
    code[start..].lines().next().unwrap_or_default()
}

/// What stands in lines of code that are for programs, or for whoever runs the server.
const FOR_OTHERS: [&str; 11] = [
    "expect(",
    "reason = ",
    "tracing::",
    "panic!(",
    "unreachable!(",
    "strftime(",
    "default-src",
    "attachment;",
    // A cookie’s attributes.
    "is_secure.then_some(",
    // What mail programs put before a subject.
    "let marks = ",
    "; charset=",
];

/// Strings for people in code.
pub(super) fn words_in_code(code: &str, classes: &BTreeSet<&str>) -> Vec<String> {
    strings(code)
        .into_iter()
        .filter(|(string, line)| {
            let words = without_places(string);
            (are_several_words(&words) || is_capitalised(&words))
                && !are_classes(string, classes)
                && !FOR_OTHERS.iter().any(|one| line.contains(one))
        })
        .map(|(string, _)| string.to_owned())
        .collect()
}

/// A pattern without the names of what is put into it: `M{x} {y}`.
fn without_places(pattern: &str) -> String {
    let parts = pattern.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
    parts.collect()
}

fn are_several_words(words: &str) -> bool {
    let is_word = |word: &&str| word.chars().filter(|one| one.is_alphabetic()).count() > 1;
    words.split_whitespace().filter(is_word).count() > 1
}

/// One word alone, with a capital: `Overview`.
fn is_capitalised(word: &str) -> bool {
    // `Path=` is for programs.
    let word = word.trim_matches(|one: char| !one.is_alphabetic() && one != '=');
    begins_with_capital(word) && word.chars().skip(1).all(|one| one.is_lowercase() || one == '’')
}

/// Where a script says something of its own: a string that it announces, shows, or asks with.
pub(super) fn words_in_script(script: &str) -> Vec<String> {
    let saying = [
        "say(",
        "alert(",
        "confirm(",
        ".textContent =",
        ".innerText =",
        ".title =",
        ".ariaLabel =",
    ];
    let mut found = Vec::new();
    for line in script.lines() {
        for said in saying {
            for (at, _) in line.match_indices(said) {
                let rest = &line[at + said.len()..];
                let is_compared = said.ends_with('=') && rest.starts_with('=');
                let shown = rest.split(';').next().unwrap_or_default();
                if !is_compared && shown.contains(['"', '\'', '`']) {
                    found.push(line.trim().to_owned());
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
