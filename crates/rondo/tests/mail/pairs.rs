//! Every message of the fixtures is read as the text beside it says.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use rondo::mail::{AutoKind, BounceKind, Reading, Received};

/// The messages of the fixtures by their names, in order.
pub fn messages() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mail");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the fixtures are there")
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let raw = fs::read(&path).expect("a message can be read");
        (path, raw)
    };
    paths.into_iter().map(read).collect()
}

/// A reading in the form of the texts beside the messages.
fn shown(received: &Received) -> String {
    let mut shown = String::new();
    match &received.reading {
        Reading::Reply => shown.push_str("kind: reply\n"),
        Reading::Feedback { .. } => shown.push_str("kind: feedback\n"),
        Reading::Bounce { kind, status, failed_recipient } => {
            let kind = match kind {
                BounceKind::Hard => "hard",
                BounceKind::Soft => "soft",
            };
            write!(shown, "kind: bounce\nbounce: {kind}").expect("a text takes every line");
            for (name, value) in [("status", status), ("recipient", failed_recipient)] {
                if let Some(value) = value {
                    write!(shown, ", {name} {value}").expect("a text takes every line");
                }
            }
            shown.push('\n');
        }
        Reading::AutoReply { kind, return_on } => {
            let kind = match kind {
                AutoKind::Away => "away",
                AutoKind::Ticket => "ticket",
                AutoKind::Challenge => "challenge",
                AutoKind::Receipt => "receipt",
            };
            write!(shown, "kind: auto_reply\nauto_reply: {kind}").expect("a text takes every line");
            if let Some(day) = return_on {
                write!(shown, ", return_on {day}").expect("a text takes every line");
            }
            shown.push('\n');
        }
    }
    writeln!(shown, "subject: {}\ntext:\n{}", received.subject, received.text.visible)
        .expect("a text takes every line");
    shown.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

#[test]
fn every_message_is_read_as_the_text_beside_it_says() {
    let messages = messages();
    assert!(messages.len() >= 40, "{} messages", messages.len());
    let mut wrong = Vec::new();
    for (path, raw) in messages {
        let expected =
            fs::read_to_string(path.with_extension("txt")).expect("a reading is beside it");
        let expected: Vec<&str> = expected.trim_end().lines().map(str::trim_end).collect();
        let expected = expected.join("\n");
        let read = match Received::parse(&raw) {
            Ok(received) => shown(&received),
            Err(error) => error.to_string(),
        };
        if read != expected {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            wrong.push(format!("== {name}\n-- expected\n{expected}\n-- read\n{read}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn who_to_whom_and_in_answer_to_what_is_read() {
    let raw = b"From: =?utf-8?Q?Ren=C3=A9_Roy?= <rene@roy.example>\r\nTo: a@b.example, B <b@b.example>\r\n\
        Cc: Team: c@b.example;\r\nMessage-ID: <3@roy.example>\r\nIn-Reply-To: <2@b.example>\r\n\
        References: <1@b.example>\r\n <2@b.example>\r\nDate: Tue, 8 Sep 2026 10:15:22 +0200\r\nSubject: Re: hi\r\n\r\nYes\r\n";
    let received = Received::parse(raw).expect("it has headers");
    let from = received.from.expect("it says from whom");
    assert_eq!(
        (from.name.as_deref(), from.address.as_str()),
        (Some("René Roy"), "rene@roy.example")
    );
    let addresses = |list: &[rondo::mail::Mailbox]| {
        list.iter().map(|one| one.address.clone()).collect::<Vec<_>>()
    };
    assert_eq!(addresses(&received.to), ["a@b.example", "b@b.example"]);
    assert_eq!(addresses(&received.cc), ["c@b.example"]);
    assert_eq!(received.message_id.as_deref(), Some("3@roy.example"));
    assert_eq!(received.in_reply_to, ["2@b.example"]);
    assert_eq!(received.references, ["1@b.example", "2@b.example"]);
    assert_eq!(received.date.map(|date| date.to_string()).as_deref(), Some("2026-09-08T08:15:22Z"));
    assert_eq!(received.text.visible, "Yes");
}

fn reading(headers: &str) -> Reading {
    let raw = format!("From: ann@a.example\nSubject: Re: hi\n{headers}\n\nCall me.\n");
    Received::parse(raw.as_bytes()).expect("it has headers").reading
}

#[test]
fn what_proves_nothing_alone_makes_nobody_a_machine() {
    for headers in [
        "List-Unsubscribe: <mailto:x@a.example>",
        "Precedence: bulk",
        "X-Auto-Response-Suppress: All",
        "Auto-Submitted: no",
        "X-Autoreply: no",
        "Return-Path: <>",
    ] {
        assert_eq!(reading(headers), Reading::Reply, "{headers}");
    }
}

#[test]
fn what_a_program_says_of_itself_counts() {
    for headers in [
        "Auto-Submitted: auto-generated",
        "Auto-Submitted: auto-replied; owner-email=\"a@b.example\"",
        "X-Autoreply: yes",
        "Precedence: auto_reply",
    ] {
        assert!(matches!(reading(headers), Reading::AutoReply { .. }), "{headers}");
    }
}

#[test]
fn a_forwarded_report_is_no_bounce() {
    let raw = b"From: ann@a.example\nSubject: Fwd: failure notice\nContent-Type: multipart/mixed; boundary=b\n\n\
        --b\n\nLook what came.\n--b\nContent-Type: message/rfc822\n\nFrom: mailer-daemon@b.example\n\
        Content-Type: multipart/report; boundary=c\n\n--c\nContent-Type: message/delivery-status\n\n\
        Final-Recipient: rfc822; x@b.example\nAction: failed\nStatus: 5.1.1\n--c--\n--b--\n";
    let received = Received::parse(raw).expect("it has headers");
    assert_eq!(received.reading, Reading::Reply);
    assert_eq!(received.text.visible, "Look what came.");
}
