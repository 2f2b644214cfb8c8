//! The README's story, run as it stands there.
//!
//! Its commands are those lines of the fenced blocks marked `console story` that start with `$ `; a command goes on over
//! lines that end with a backslash. They run one after the other in one shell, in a folder that holds the project's
//! examples. Where the data lies and the server listens is told by variables.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::program::{Said, Server};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// The commands of the story, in order, and the lines that it shows as said by them.
fn commands_and_answers(text: &str) -> (Vec<String>, Vec<String>) {
    let mut commands: Vec<String> = Vec::new();
    let mut answers = Vec::new();
    let mut is_inside = false;
    let mut continues = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_inside = !is_inside && line.trim().trim_start_matches('`') == "console story";
        } else if is_inside {
            let command = line.strip_prefix("$ ");
            match (command, continues) {
                (Some(command), _) => commands.push(command.to_owned()),
                (None, true) => {
                    let last = commands.last_mut().expect("a command goes on");
                    last.push('\n');
                    last.push_str(line);
                }
                (None, false) => answers.push(line.to_owned()),
            }
            continues = commands.last().is_some_and(|command| command.ends_with('\\'))
                && (command.is_some() || continues);
        }
    }
    (commands, answers)
}

#[test]
fn the_story_of_the_readme_runs_from_nothing_to_the_first_explained_assignment() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (commands, answers) = commands_and_answers(&readme);
    assert!(commands.len() >= 5, "the README tells no story: {commands:?}");
    assert!(commands.iter().any(|command| command.contains("rondo explain")), "{commands:?}");

    let server = Server::start();
    let examples = server.path("examples");
    fs::create_dir(&examples).unwrap();
    for file in fs::read_dir(root().join("examples")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), examples.join(file.file_name())).unwrap();
    }
    let program = Path::new(env!("CARGO_BIN_EXE_rondo"));
    let mut script = String::from("set -eu\n");
    for command in &commands {
        // The server of the story runs already, on a port of its own.
        if matches!(command.as_str(), "cargo run --release" | "rondo" | "rondo serve") {
            continue;
        }
        script.push_str(command);
        script.push('\n');
    }
    let mut path = program.parent().unwrap().as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let mut shell = Command::new("bash");
    shell
        .current_dir(server.folder.path())
        .env("PATH", path)
        .env("RONDO_SERVER", &server.address)
        .env("RONDO_DATABASE", server.database())
        .env_remove("RONDO_KEY")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut process = shell.spawn().unwrap();
    process.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    let said = Said::of(output);
    assert!(said.out.contains("The circle of"), "{}\n{}", said.out, said.err);
    for line in answers {
        assert!(said.out.contains(&line), "nothing says `{line}`:\n{}", said.out);
    }
    said.done();
}

#[test]
fn commands_are_found_in_marked_blocks_alone() {
    let text = "```console\n$ no\n```\n```console story\n$ one \\\n    two\nsaid\n$ three\n```\n```\n$ no\n```\n";
    let (commands, answers) = commands_and_answers(text);
    assert_eq!(commands, ["one \\\n    two", "three"]);
    assert_eq!(answers, ["said"]);
}
