//! The embedded model on replies that its training never saw, held to what docs/qualifier.md says of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::process::Command;

use rondo::qualifier::{Label, qualify};
use serde_json::Value;

struct Reply {
    label: Label,
    text: String,
    subject: Option<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn set_aside() -> Vec<Reply> {
    let mut replies = Vec::new();
    for entry in std::fs::read_dir(root().join("training/aside")).unwrap() {
        let file = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in file.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            replies.push(Reply {
                label: Label::of_name(line["label"].as_str().unwrap()).unwrap(),
                text: line["text"].as_str().unwrap().to_owned(),
                subject: line["subject"].as_str().map(str::to_owned),
            });
        }
    }
    assert!(replies.len() >= 300, "replies are set aside");
    replies
}

#[test]
fn the_figures_of_the_page_are_those_of_the_model() {
    let page = std::fs::read_to_string(root().join("docs/qualifier.md")).unwrap();
    let (_, page) = page.split_once("that were set aside").unwrap();
    let replies = set_aside();
    let acted_on = |label: Label| {
        replies.iter().filter(move |reply| {
            let verdict = qualify(&reply.text, reply.subject.as_deref());
            verdict.is_certain && verdict.label() == label
        })
    };
    for (label, of) in [
        (Label::HighIntent, "precision of automatic handovers"),
        (Label::NotInterested, "`not_interested`"),
        (Label::Unsubscribe, "`unsubscribe`"),
        (Label::WrongPerson, "`wrong_person`"),
    ] {
        let all = acted_on(label).count();
        let right = acted_on(label).filter(|reply| reply.label == label).count();
        let line = page.lines().find(|line| line.contains(of)).unwrap();
        assert!(line.contains(&format!("({right} of {all})")), "{right} of {all}: {line}");
    }
}

#[test]
fn handovers_are_right_and_nobody_who_wants_to_be_left_alone_is_closed_otherwise() {
    for Reply { label, text, subject } in set_aside() {
        let verdict = qualify(&text, subject.as_deref());
        let is_at_odds = verdict.is_certain && verdict.label() != label;
        let hurts = verdict.label() == Label::HighIntent || label == Label::Unsubscribe;
        assert!(!(is_at_odds && hurts), "{label:?} as {verdict:?}: {text}");
    }
}

/// `rondo qualify` on a message, as JSON.
fn qualified(message: &str) -> Value {
    let path = std::env::temp_dir().join(format!("rondo-qualify-{}.eml", std::process::id()));
    std::fs::write(&path, message.replace('\n', "\r\n")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_rondo"))
        .args(["qualify", "--json"])
        .arg(&path)
        .output()
        .unwrap();
    std::fs::remove_file(path).unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_reply_is_read_without_its_history() {
    let verdict = qualified(
        "From: Rosa <rosa@kiln.example>\nSubject: Re: Northgate\nContent-Type: text/plain\n\n\
         Yes, call me tomorrow at 10:00 on 555-0142 and send us a quote.\n\n\
         On Mon, 1 Jun 2026 at 09:00, Ann <ann@acme.example> wrote:\n> unsubscribe me please\n",
    );
    assert_eq!(verdict["label"], "high_intent", "{verdict}");
    assert!(!verdict["text"].as_str().unwrap().contains("unsubscribe"));
    assert!(!verdict["cues"].as_array().unwrap().is_empty());
}

#[test]
fn what_no_person_wrote_is_told_by_its_headers_however_keen_it_sounds() {
    let verdict = qualified(
        "From: Rosa <rosa@kiln.example>\nSubject: Re: Northgate\nAuto-Submitted: auto-replied\n\n\
         Yes, please call me, I want a demo and a quote!\n",
    );
    assert_eq!(verdict["label"], "auto_reply", "{verdict}");
}
