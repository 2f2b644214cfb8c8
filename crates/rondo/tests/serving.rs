//! The server as a whole, in this process: it opens, answers, refuses politely and closes.

#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::Arc;

use rondo::clock::{SystemClock, SystemEntropy};
use rondo::config::{Config, Sources};
use rondo::serve::{ServeError, Server};
use rondo::telemetry::meters::METERS;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

fn config(folder: &std::path::Path, listen: &str) -> Config {
    let sources = Sources {
        listen: Some(listen.to_owned()),
        database: Some(format!("sqlite:{}", folder.join("data/rondo.db").display())),
        ..Sources::default()
    };
    Config::load(&sources).unwrap()
}

async fn open(config: Config) -> Result<Server, ServeError> {
    Server::open(config, Arc::new(SystemClock::new()), Arc::new(SystemEntropy)).await
}

async fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_first_start_needs_nothing_and_keeps_its_data_to_itself() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let server = open(config(folder.path(), "127.0.0.1:0")).await.unwrap();
    let address = server.address().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async { stopped.await.unwrap() }));
    for path in ["/healthz", "/readyz", "/metrics", "/openapi.json"] {
        let answer = get(address, path).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{path}: {answer}");
    }
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    for (path, mode) in [("data", 0o700), ("data/rondo.db", 0o600), ("data/secret.key", 0o600)] {
        let found = std::fs::metadata(folder.path().join(path)).unwrap().permissions().mode();
        assert_eq!(found & 0o777, mode, "{path}");
    }
}

#[tokio::test]
async fn every_metric_says_what_it_is_and_entries_are_counted_by_kind() {
    // As when a server starts: nothing is counted before this.
    rondo::telemetry::metrics();
    let folder = tempfile::tempdir().unwrap();
    let server = open(config(folder.path(), "127.0.0.1:0")).await.unwrap();
    let address = server.address().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async { stopped.await.unwrap() }));
    get(address, "/v1/reps").await;
    // What is measured from time to time is measured for the first time now.
    let deadline = std::time::Duration::from_secs(60);
    let text = tokio::time::timeout(deadline, async {
        loop {
            let text = get(address, "/metrics").await;
            if ["rondo_waiting_leads 0", "rondo_outbox_queued 0", "rondo_ready 1"]
                .iter()
                .all(|one| text.contains(one))
            {
                return text;
            }
            tokio::task::yield_now().await;
        }
    });
    let text = text.await.unwrap();
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    let named = |mark: &str| -> std::collections::BTreeSet<String> {
        let of = text.lines().filter_map(|line| line.strip_prefix(mark));
        of.map(|rest| rest.split(' ').next().unwrap().to_owned()).collect()
    };
    assert_eq!(named("# TYPE "), named("# HELP "), "{text}");
    let listed = METERS.iter().map(|meter| meter.name.to_owned()).collect();
    assert_eq!(named("# TYPE "), listed, "{text}");
    let version = env!("CARGO_PKG_VERSION");
    for line in [
        "rondo_ready 1".to_owned(),
        "rondo_database_up 1".to_owned(),
        format!("rondo_build_info{{version=\"{version}\"}} 1"),
        "rondo_refused_busy_total{bound=\"team\"} 0".to_owned(),
    ] {
        assert!(text.lines().any(|there| there == line), "no `{line}` in {text}");
    }
    assert!(text.contains("rondo_ledger_entries_total{kind=\"qualified\"} 0"), "{text}");
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_the_close_up() {
    let folder = tempfile::tempdir().unwrap();
    let server = open(config(folder.path(), "127.0.0.1:0")).await.unwrap();
    let mut idle = TcpStream::connect(server.address().unwrap()).await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async { stopped.await.unwrap() }));
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = [0; 12];
    idle.read_exact(&mut answer).await.unwrap();
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
}

/// One answer: its status line and headers; the body is read as well.
async fn answer(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = stream.read_u8().await;
        head.push(byte.unwrap_or_else(|error| panic!("{error} after {head:?}")));
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).await.unwrap();
    head
}

#[tokio::test]
async fn a_connection_goes_on_after_a_refusal_or_closes_openly() {
    let folder = tempfile::tempdir().unwrap();
    let server = open(config(folder.path(), "127.0.0.1:0")).await.unwrap();
    let address = server.address().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async { stopped.await.unwrap() }));
    for (line, status) in [
        ("POST /v1/reps", "401"),
        ("POST /nowhere", "404"),
        ("PUT /v1/reps", "405"),
        ("POST /healthz", "405"),
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!("{line} HTTP/1.1\r\nhost: x\r\ncontent-length: 11\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        // The body comes 20 ms after the headers, as from clients that write them apart.
        let early = tokio::time::timeout(std::time::Duration::from_millis(20), stream.readable());
        assert!(early.await.is_err(), "{line}: answered before the body was there");
        stream.write_all(b"{\"name\": 1}").await.unwrap();
        let first = answer(&mut stream).await;
        assert!(first.starts_with(&format!("HTTP/1.1 {status} ")), "{line}: {first}");
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200 "), "{line}");
    }
    // Nobody reads much for nothing, nor asks for it.
    for more in ["content-length: 1000000", "content-length: 11\r\nexpect: 100-continue"] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!("POST /v1/reps HTTP/1.1\r\nhost: x\r\n{more}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let first = answer(&mut stream).await;
        assert!(first.contains("connection: close"), "{first}");
    }
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_address_that_is_taken_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let error = open(config(folder.path(), &address)).await.err().unwrap().to_string();
    assert!(error.starts_with(&format!("something listens on {address} already")), "{error}");
    assert!(!folder.path().join("data").exists(), "the data is left alone");
}

#[tokio::test]
async fn data_that_cannot_be_opened_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    // A file stands where the folder should be made.
    std::fs::write(folder.path().join("data"), "").unwrap();
    let error = open(config(folder.path(), "127.0.0.1:0")).await.err().unwrap().to_string();
    assert!(error.contains("data/rondo.db` cannot be opened"), "{error}");
}
