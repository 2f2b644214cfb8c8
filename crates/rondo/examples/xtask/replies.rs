//! Labelled replies: a JSON object a line, one or several files a language.

use std::collections::HashSet;
use std::path::Path;

use rondo::qualifier::Label;
use serde::Deserialize;

/// A reply and what it means.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) label: Label,
    pub(crate) language: String,
    /// That of its language, as in `en-2.jsonl` and `en-more-2.jsonl`; those without a number are the first.
    pub(crate) part: usize,
    /// Whether it came with those that are called more.
    pub(crate) is_later: bool,
    pub(crate) text: String,
    pub(crate) subject: Option<String>,
}

impl Reply {
    /// What two spellings of one text have in common.
    pub(crate) fn key(&self) -> String {
        let letters = self.text.chars().filter(|character| character.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    }
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
    let part = stem.rsplit('-').next().and_then(|part| part.parse().ok()).unwrap_or(1);
    let is_later = stem.contains("-more-");
    let file = std::fs::read_to_string(path).expect("a file of replies is text");
    let lines = (1..).zip(file.lines()).filter(|(_, line)| !line.trim().is_empty());
    let reply = |(number, line): (usize, &str)| {
        let place = || format!("{}:{number}", path.display());
        let line: Line =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {error}", place()));
        let label = Label::of_name(&line.label)
            .unwrap_or_else(|| panic!("{}: no such label: `{}`", place(), line.label));
        let (language, text, subject) = (language.clone(), line.text, line.subject);
        Reply { label, language, part, is_later, text, subject }
    };
    lines.map(reply).collect()
}

/// Replies that stand on both sides would make the figures better than they are.
pub(crate) fn refuse_shared(replies: &[Reply], aside: &[Reply]) {
    let known: HashSet<_> = replies.iter().map(Reply::key).filter(|key| key.len() > 24).collect();
    let shared = aside.iter().filter(|reply| known.contains(&reply.key())).count();
    // Which they are stays unsaid: nobody who trains is to read them.
    assert!(shared == 0, "{shared} replies are in the training and set aside");
}
