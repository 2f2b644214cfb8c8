//! Holds templates and code to the texts: what is asked for exists, what exists is asked for, and words stand nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::*;

/// Every file below a folder of this crate whose name ends so, with what is in it.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.expect("a folder can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let text = fs::read_to_string(&path).expect("a source is text");
                found.push((path.to_string_lossy().into_owned(), text));
            }
        }
    }
    assert!(!found.is_empty(), "no {ending} in {folder}");
    found.sort();
    found
}

/// Code without its tests and without its comments. The command line speaks English.
fn code() -> Vec<(String, String)> {
    let code = files("src", ".rs")
        .into_iter()
        .filter(|(path, _)| !path.contains("/texts") && !path.contains("/cli/"));
    code.map(|(path, text)| {
        let end = text.find("#[cfg(test)]").unwrap_or(text.len());
        let lines = text[..end].lines().filter(|line| !line.trim_start().starts_with("//"));
        (path, lines.collect::<Vec<_>>().join("\n"))
    })
    .collect()
}

fn templates() -> Vec<(String, String)> {
    files("templates", ".html")
}

#[track_caller]
fn assert_none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

/// What browsers read, and people don’t.
const FOR_BROWSERS: &[&str] = &["console/assets.rs", "console/live.rs", "console/sheet.rs"];

/// Where a function is called with a text's name: the name, and what follows it.
fn calls<'a>(text: &'a str, function: &str) -> Vec<(&'a str, &'a str)> {
    let opening = format!("{function}(");
    let is_part =
        |before: &str| before.ends_with(|last: char| last.is_alphanumeric() || "_.".contains(last));
    text.match_indices(&opening)
        .filter(|(at, _)| !is_part(&text[..*at]))
        .filter_map(|(at, _)| text[at + opening.len()..].trim_start().strip_prefix('"'))
        .filter_map(|rest| rest.split_once('"'))
        .map(|(name, rest)| (name, rest.trim_start().trim_start_matches([',', ' ', '\n'])))
        .collect()
}

/// The arguments that are given to a text: `.arg("name", …).n("count", …)`, by what follows its name.
fn given(rest: &str) -> BTreeSet<String> {
    let mut given = BTreeSet::new();
    let Some(mut rest) = rest.strip_prefix(')') else { return given };
    loop {
        let next = rest.trim_start();
        let Some(method) = [".arg(", ".n(", ".link(", ".links("]
            .into_iter()
            .find(|method| next.starts_with(method))
        else {
            return given;
        };
        let inside = &next[method.len()..];
        let name = inside.trim_start().strip_prefix('"').and_then(|name| name.split_once('"'));
        given.insert(name.expect("an argument has a name").0.to_owned());
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

/// The texts with the arguments that each takes.
fn texts() -> BTreeMap<String, BTreeSet<String>> {
    let mut texts = BTreeMap::new();
    for (file, text) in ENGLISH {
        let mut name = "";
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(next) = names_in(line).next() {
                name = next;
                assert!(name.starts_with(&format!("{file}-")), "`{name}` stands in {file}.ftl");
                assert!(
                    texts.insert(name.to_owned(), BTreeSet::new()).is_none(),
                    "`{name}` is there twice"
                );
            }
            let arguments = texts.entry(name.to_owned()).or_default();
            for (at, _) in line.match_indices('$') {
                let rest = &line[at + 1..];
                let end =
                    rest.find(|one: char| !one.is_ascii_alphanumeric() && one != '-' && one != '_');
                arguments.insert(rest[..end.unwrap_or(rest.len())].to_owned());
            }
        }
    }
    texts.remove("");
    texts
}

#[test]
fn what_is_asked_for_exists_and_takes_just_these_arguments() {
    let texts = texts();
    let mut wrong = Vec::new();
    for (path, source) in templates().into_iter().chain(code()) {
        for (name, _) in calls(&source, "t") {
            if !TEXTS.fixed.contains_key(name) {
                wrong.push(format!(
                    "{path}: t(\"{name}\"): there is no such text without arguments and markup"
                ));
            }
        }
        for (name, rest) in calls(&source, "say") {
            match texts.get(name) {
                None => wrong.push(format!("{path}: say(\"{name}\"): there is no such text")),
                Some(takes) if *takes != given(rest) => {
                    wrong.push(format!(
                        "{path}: say(\"{name}\"): takes {takes:?}, is given {:?}",
                        given(rest)
                    ));
                }
                Some(_) => {}
            }
        }
    }
    assert_none("asked for otherwise than the texts have it", &wrong);
}

#[test]
fn what_exists_is_asked_for() {
    let sources: String = templates().into_iter().chain(code()).map(|(_, source)| source).collect();
    let unused: Vec<_> =
        texts().into_keys().filter(|name| !sources.contains(&format!("\"{name}\""))).collect();
    assert_none("texts that nothing says", &unused);
}

/// What somebody might type, as an example.
const EXAMPLES: &[&str] = &["Job title", "Ann Lee <ann@example.com>"];

/// Whether a string within an expression reads like words: it begins as a sentence does, or has several.
fn reads_like_words(string: &str) -> bool {
    let all: Vec<_> = string.chars().collect();
    let begins = all.len() > 1 && all[0].is_uppercase() && all[1].is_lowercase();
    let is_between_words =
        |part: &[char]| part[0].is_alphabetic() && part[1] == ' ' && part[2].is_alphabetic();
    (begins || all.windows(3).any(is_between_words)) && !EXAMPLES.contains(&string)
}

/// A template's own words: what is left when expressions and tags are taken away, what expressions and attributes say.
fn words_of(template: &str) -> Vec<String> {
    let mut plain = template.to_owned();
    let mut said = Vec::new();
    for (from, to) in [("{#", "#}"), ("{%", "%}"), ("{{", "}}")] {
        while let Some(start) = plain.find(from) {
            let end = plain[start..].find(to).expect("what is opened is closed") + start + to.len();
            if from != "{#" {
                let strings = plain[start..end].split('"').skip(1).step_by(2);
                said.extend(strings.filter(|string| reads_like_words(string)).map(str::to_owned));
            }
            plain.replace_range(start..end, if from == "{{" { "\u{1}" } else { "" });
        }
    }
    let mut words = said;
    for attribute in [
        "aria-label",
        "aria-description",
        "title",
        "placeholder",
        "alt",
        "label",
        "data-confirm",
        "data-live",
    ] {
        for (at, opening) in plain.match_indices(&format!(" {attribute}=\"")) {
            words
                .push(plain[at + opening.len()..].split('"').next().unwrap_or_default().to_owned());
        }
    }
    let mut rest = plain.as_str();
    while let Some((text, tag)) = rest.split_once('<') {
        words.push(text.to_owned());
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    words.push(rest.to_owned());
    words.retain(|words| words.replace("Rondo", "").contains(char::is_alphabetic));
    // A letter by itself is a key: `<kbd>n</kbd>`.
    words.retain(|words| words.trim().chars().nth(1).is_some());
    words.iter().map(|words| words.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn words_are_found_wherever_a_template_has_them() {
    assert_eq!(words_of("<p>Hello {{ name }}</p>"), ["Hello \u{1}"]);
    assert_eq!(
        words_of("<a title=\"Look here\" href=\"/a b\">{{ crate::t(\"x-y\") }}</a>"),
        ["Look here"]
    );
    assert_eq!(
        words_of("{% call m::field(form, \"name\", \"Full name\") %}{% endcall %}"),
        ["Full name"]
    );
    assert_eq!(words_of("{{ name|default(\"Nobody\") }}"), ["Nobody"]);
    assert!(
        words_of("{# A comment #}<kbd>n</kbd> {{ crate::say(\"x\").arg(\"own\", own) }}")
            .is_empty()
    );
}

#[test]
fn what_a_text_is_given_is_read_to_its_end() {
    let rest = ").arg(\"when\", frame.when(at(1))).n(\"count\", 2) %} .arg(\"other\", 1)";
    assert_eq!(given(rest), BTreeSet::from(["count".to_owned(), "when".to_owned()]));
}

#[test]
fn templates_have_no_words_of_their_own() {
    let mut found = Vec::new();
    for (path, template) in templates() {
        found.extend(words_of(&template).iter().map(|words| format!("{path}: {words}")));
    }
    assert_none("words in templates", &found);
}

/// The strings of code, each with the line that it stands in.
fn strings(code: &str) -> Vec<(String, &str)> {
    let mut strings = Vec::new();
    for line in code.lines() {
        let mut parts = line.split('"');
        parts.next();
        while let Some(string) = parts.next() {
            strings.push((string.to_owned(), line));
            parts.next();
        }
    }
    strings
}

/// A pattern without the names of what is put into it: `M{x} {y}`.
fn without_places(pattern: &str) -> String {
    let parts = pattern.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
    parts.collect()
}

#[test]
fn the_consoles_code_has_no_words_of_its_own() {
    let style: String = files("assets", ".css").into_iter().map(|(_, style)| style).collect();
    let mut found = Vec::new();
    for (path, source) in code() {
        if !path.contains("/console") && !path.contains("/app/ledger") {
            continue;
        }
        for (string, line) in strings(&source) {
            let is_class = string.split(' ').all(|word| style.contains(&format!(".{word}")));
            let is_for_people = without_places(&string)
                .split(' ')
                .filter(|word| word.chars().filter(|one| one.is_alphabetic()).count() > 1)
                .count()
                > 1;
            let is_for_others = [
                "expect(",
                "reason = ",
                "tracing::",
                "panic!(",
                "unreachable!(",
                "strftime(",
                "default-src",
                "attachment;",
            ]
            .iter()
            .any(|one| line.contains(one));
            let is_kind_of_content = string.contains("; charset=");
            if is_for_people
                && !is_class
                && !is_for_others
                && !is_kind_of_content
                && !FOR_BROWSERS.iter().any(|one| path.ends_with(one))
            {
                found.push(format!("{path}: {string}"));
            }
        }
    }
    assert_none("words in the console's code", &found);
}

#[test]
fn arguments_are_escaped_and_texts_are_not() {
    let said = say("home-nobody-in").link("group", "/groups/1?a=1&b=2", "<EMEA>");
    assert_eq!(
        said.to_string(),
        "Nobody in <a href=\"/groups/1?a=1&#38;b=2\">&#60;EMEA&#62;</a> is available."
    );
    assert_eq!(said.plain(), "Nobody in <EMEA> is available.");
}

#[test]
fn counts_have_plurals() {
    assert_eq!(say("home-more-campaigns").n("count", 1_u64).to_string(), "1 more campaign");
    assert_eq!(say("home-more-campaigns").n("count", 12_u64).to_string(), "12 more campaigns");
}
