//! Holds templates and code to the texts: what is asked for exists, what exists is asked for, and words stand nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use self::scanning::{
    Takes, asked_otherwise, classes, words_in_code, words_in_expressions, words_in_script, words_of,
};
use super::*;

mod scanning;

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

fn style() -> String {
    files("assets", ".css").into_iter().map(|(_, style)| style).collect()
}

#[track_caller]
fn assert_none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

/// What browsers read, and people don’t.
const FOR_BROWSERS: &[&str] = &["console/assets.rs", "console/live.rs", "console/sheet.rs"];

/// The texts with what each takes.
fn texts() -> BTreeMap<String, Takes> {
    let mut patterns = BTreeMap::<String, String>::new();
    for (file, text) in ENGLISH {
        let mut name = "";
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(next) = names_in(line).next() {
                name = next;
                assert!(name.starts_with(&format!("{file}-")), "`{name}` stands in {file}.ftl");
                assert!(!patterns.contains_key(name), "`{name}` is there twice");
            }
            let pattern = patterns.entry(name.to_owned()).or_default();
            pattern.push_str(line);
            pattern.push('\n');
        }
    }
    patterns.remove("");
    patterns.into_iter().map(|(name, pattern)| (name, Takes::of(&pattern))).collect()
}

#[test]
fn texts_without_arguments_and_markup_are_fixed() {
    let texts = texts();
    let fixed = texts.iter().filter(|(_, takes)| takes.arguments.is_empty() && !takes.has_markup);
    let fixed: BTreeSet<_> = fixed.map(|(name, _)| name).collect();
    assert_eq!(fixed, TEXTS.fixed.keys().collect());
}

#[test]
fn what_is_asked_for_exists_and_takes_just_these_arguments() {
    let texts = texts();
    let mut wrong = Vec::new();
    for (sources, is_template) in [(templates(), true), (code(), false)] {
        for (path, source) in sources {
            let found = asked_otherwise(&source, is_template, &texts);
            wrong.extend(found.iter().map(|wrong| format!("{path}: {wrong}")));
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

#[test]
fn templates_have_no_words_of_their_own() {
    let style = style();
    let classes = classes(&style);
    let mut found = Vec::new();
    for (path, template) in templates() {
        let words =
            words_of(&template).into_iter().chain(words_in_expressions(&template, &classes));
        found.extend(words.map(|words| format!("{path}: {words}")));
    }
    assert_none("words in templates", &found);
}

#[test]
fn the_consoles_code_has_no_words_of_its_own() {
    let style = style();
    let classes = classes(&style);
    let mut found = Vec::new();
    for (path, source) in code() {
        let is_shown = path.contains("/console") || path.contains("/app/ledger");
        if is_shown && !FOR_BROWSERS.iter().any(|one| path.ends_with(one)) {
            let words = words_in_code(&source, &classes);
            found.extend(words.iter().map(|words| format!("{path}: {words}")));
        }
    }
    assert_none("words in the console's code", &found);
}

#[test]
fn the_consoles_script_has_no_words_of_its_own() {
    let mut found = Vec::new();
    for (path, script) in files("assets", ".js") {
        found.extend(words_in_script(&script).iter().map(|words| format!("{path}: {words}")));
    }
    assert_none("words in the script", &found);
}

#[test]
fn what_is_amiss_is_told_once() {
    assert!(is_first("a-text-of-no-file"));
    assert!(!is_first("a-text-of-no-file"));
    assert!(is_first("another-text-of-no-file"));
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
