//! What is held to the rules: the statements of the source, and the files of migrations.

use std::path::{Path, PathBuf};

/// A statement, with one space between words.
pub struct Statement {
    pub file: String,
    pub text: String,
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn files_under(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_under(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Every string literal of the source that is a statement.
pub fn statements() -> Vec<Statement> {
    let (statements, _) = texts();
    assert!(statements.len() > 60, "the statements are found");
    statements
}

/// Every other literal that a query is in: a piece of a statement that is put together.
pub fn pieces() -> Vec<Statement> {
    let (_, others) = texts();
    others.into_iter().filter(|other| other.text.contains("(select ")).collect()
}

/// The literals that are statements, and those that are not; but for those of tests and of the adapters, which speak to
/// one database alone and to none of a team's tables.
fn texts() -> (Vec<Statement>, Vec<Statement>) {
    let (mut statements, mut others) = (Vec::new(), Vec::new());
    for path in files_under(&root().join("src"), "rs") {
        if path.ends_with("tests.rs") || path.starts_with(root().join("src/db")) {
            continue;
        }
        let file = path.strip_prefix(root()).unwrap().display().to_string();
        for literal in literals(&std::fs::read_to_string(&path).unwrap()) {
            let text = literal.split_whitespace().collect::<Vec<_>>().join(" ");
            let first = text.split(' ').next().unwrap_or_default().to_lowercase();
            let is_statement = ["select", "insert", "update", "delete", "with"]
                .contains(&first.as_str())
                && text.contains(' ');
            let found = if is_statement { &mut statements } else { &mut others };
            found.push(Statement { file: file.clone(), text });
        }
    }
    (statements, others)
}

/// The string literals of Rust source, comments left out.
fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['"', '/', '\'']) {
        let here = &rest[at..];
        if here.starts_with("//") {
            rest = here.split_once('\n').map_or("", |(_, after)| after);
        } else if let Some(after) = here.strip_prefix("'\"'") {
            rest = after;
        } else if let Some(inside) = here.strip_prefix('"') {
            let hashes = rest[..at].chars().rev().take_while(|&before| before == '#').count();
            let is_raw = rest[..at - hashes].ends_with('r');
            let (text, length) = literal(inside, is_raw.then_some(hashes));
            found.push(text);
            rest = &inside[length..];
        } else {
            rest = &here[1..];
        }
    }
    found
}

/// A literal's text and how much of the source it takes.
fn literal(source: &str, raw: Option<usize>) -> (String, usize) {
    if let Some(hashes) = raw {
        let end = format!("\"{}", "#".repeat(hashes));
        let length = source.find(&end).unwrap();
        return (source[..length].to_owned(), length + end.len());
    }
    let mut text = String::new();
    let mut characters = source.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (text, at + 1),
            '\\' => {
                if let Some((_, escaped)) = characters.next() {
                    text.push(if escaped == '\n' { ' ' } else { escaped });
                }
            }
            other => text.push(other),
        }
    }
    panic!("a literal ends")
}
