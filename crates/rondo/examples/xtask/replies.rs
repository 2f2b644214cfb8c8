//! Labelled replies: a JSON object a line, a file a language.

use std::collections::HashSet;
use std::path::Path;

use rondo::qualifier::Label;
use serde::Deserialize;

/// A reply and what it means.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) label: Label,
    pub(crate) language: String,
    pub(crate) text: String,
    pub(crate) subject: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    label: String,
    text: String,
    #[serde(default)]
    subject: Option<String>,
}

/// Every reply of a folder, in the order of its files; those of `en-1.jsonl` are English.
pub(crate) fn read(folder: &Path) -> Vec<Reply> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder lists its files").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    paths.sort();
    paths.iter().flat_map(|path| of_file(path)).collect()
}

fn of_file(path: &Path) -> Vec<Reply> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a file has a name");
    let language = stem.split('-').next().unwrap_or(stem).to_owned();
    let file = std::fs::read_to_string(path).expect("a file of replies is text");
    let lines = (1..).zip(file.lines()).filter(|(_, line)| !line.trim().is_empty());
    let reply = |(number, line): (usize, &str)| {
        let place = || format!("{}:{number}", path.display());
        let line: Line =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {error}", place()));
        let label = Label::of_name(&line.label)
            .unwrap_or_else(|| panic!("{}: no such label: `{}`", place(), line.label));
        Reply { label, language: language.clone(), text: line.text, subject: line.subject }
    };
    lines.map(reply).collect()
}

/// Replies that stand on both sides would make the figures better than they are.
pub(crate) fn refuse_shared(replies: &[Reply], aside: &[Reply]) {
    let key = |reply: &Reply| {
        let letters = reply.text.chars().filter(|character| character.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect::<String>()
    };
    let known: HashSet<_> = replies.iter().map(key).filter(|key| key.len() > 24).collect();
    let shared: Vec<_> = aside.iter().filter(|reply| known.contains(&key(reply))).collect();
    assert!(shared.is_empty(), "in the training and set aside: {shared:#?}");
}
