//! What a server writes to its log.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::program::{Said, rondo};

/// A server that logs in this format; what it says of its start is read already.
fn server(folder: &std::path::Path, format: &str) -> (Child, String, impl Iterator<Item = String>) {
    let database = format!("sqlite:{}/rondo.db", folder.display());
    let mut process = rondo()
        .args(["serve", "--listen", "127.0.0.1:0", "--database", &database])
        .env("RONDO_LOG_FORMAT", format)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    (process, first, lines)
}

fn stop(process: &Child) {
    let id = process.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
}

/// So many requests without a key, on one connection; each is answered.
fn storm(address: &str, count: usize) {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = "GET /v1/reps HTTP/1.1\r\nhost: x\r\n\r\n".repeat(count - 1);
    stream.write_all(request.as_bytes()).unwrap();
    let last = "GET /v1/reps HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(last.as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 4").count(), count);
    assert!(answers.contains("HTTP/1.1 429"), "nobody was slowed down");
}

#[test]
fn a_log_in_json_holds_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (mut process, first, lines) = server(folder.path(), "json");
    let first: Value = serde_json::from_str(&first).unwrap();
    let address = first["address"].as_str().unwrap().to_owned();
    storm(&address, 600);
    stop(&process);
    let lines: Vec<String> = lines.collect();
    process.wait().unwrap();
    let read =
        |line: &String| serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("{line}"));
    let lines: Vec<Value> = lines.iter().map(read).collect();
    let is_storm = |line: &&Value| line["message"].as_str().unwrap().starts_with("Many requests");
    assert_eq!(lines.iter().filter(is_storm).count(), 1, "{lines:?}");
    assert!(!format!("{lines:?}").contains("127.0.0.1"), "an address is personal: {lines:?}");

    // A failure to start is a line as well.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let mut again = rondo();
    again.args(["serve", "--listen", &listen]).env("RONDO_LOG_FORMAT", "json");
    let said = Said::by(again.current_dir(folder.path()));
    assert_eq!(said.code, 1);
    let error: Value = serde_json::from_str(said.err.trim()).unwrap();
    assert!(error["error"].as_str().unwrap().starts_with("something listens on"), "{error}");
}

#[test]
fn a_log_that_is_no_terminal_has_no_colours() {
    let folder = tempfile::tempdir().unwrap();
    let (mut process, first, lines) = server(folder.path(), "text");
    assert!(first.starts_with("Rondo listens on http://"), "{first}");
    stop(&process);
    let lines: Vec<String> = lines.collect();
    process.wait().unwrap();
    assert!(lines.iter().any(|line| line.contains("Closing")), "{lines:?}");
    assert!(!lines.concat().contains('\u{1b}'), "{lines:?}");
}
