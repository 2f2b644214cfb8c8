//! What a server sends to a collector of traces, and what it does without one that answers.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value::{IntValue, StringValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use rondo::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

use crate::program::Server;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";
/// More than any answer or any end takes, and less than anybody would wait for.
const LONG: Duration = Duration::from_secs(10);

/// A host that answers every request with success, and tells its path and body.
struct Host {
    address: String,
    requests: Receiver<(String, Vec<u8>)>,
}

impl Host {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (sender, requests) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, sender) = (stream.unwrap(), sender.clone());
                thread::spawn(move || serve(stream, &sender));
            }
        });
        Self { address, requests }
    }

    /// The spans sent so far, and all that was sent as one text.
    fn traces(&self) -> (Vec<Span>, String) {
        let (mut spans, mut all) = (Vec::new(), String::new());
        let traces = self.requests.try_iter().filter(|(path, _)| path == "/v1/traces");
        for (_, body) in traces {
            all.push_str(&String::from_utf8_lossy(&body));
            let request = ExportTraceServiceRequest::decode(&*body).unwrap();
            let scopes = request.resource_spans.into_iter().flat_map(|one| one.scope_spans);
            spans.extend(scopes.flat_map(|scope| scope.spans));
        }
        (spans, all)
    }
}

/// Answers what comes on one connection, until it is closed.
fn serve(mut stream: TcpStream, requests: &Sender<(String, Vec<u8>)>) {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            match stream.read(&mut byte) {
                Ok(1) => head.push(byte[0]),
                _ => return,
            }
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.unwrap().parse().unwrap()];
        stream.read_exact(&mut body).unwrap();
        let path = head.split(' ').nth(1).unwrap().to_owned();
        let _ = requests.send((path, body));
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
    }
}

/// A request with a key; headers are whole lines. Its answer must come before long.
pub(crate) fn post(server: &Server, key: &str, path: &str, headers: &str, body: &Value) -> Value {
    let mut stream = TcpStream::connect(server.address.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    let body = body.to_string();
    let length = body.len();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// A team with a rep and a running campaign; their key and the campaign's path for leads.
fn begun(server: &Server) -> (String, String) {
    let key = server.team().with_reps_and_campaign().key;
    let session = crate::program::Session { server, key };
    let campaigns = session.run(&["campaign", "list", "--json"]).json();
    let list = campaigns.as_array().or_else(|| campaigns["items"].as_array()).unwrap();
    let path = format!("/v1/campaigns/{}/qualified", list[0]["id"].as_str().unwrap());
    (session.key, path)
}

fn lead(n: usize) -> Value {
    json!({"lead": {"email": format!("rosa{n}@lead.example"), "name": "Rosa Blom"}})
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text(span: &Span, key: &str) -> String {
    let found = span.attributes.iter().find(|attribute| attribute.key == key);
    match found.and_then(|attribute| attribute.value.clone()?.value) {
        Some(StringValue(text)) => text,
        other => panic!("`{key}` is {other:?} in {span:?}"),
    }
}

fn number(span: &Span, key: &str) -> i64 {
    let found = span.attributes.iter().find(|attribute| attribute.key == key);
    match found.and_then(|attribute| attribute.value.clone()?.value) {
        Some(IntValue(number)) => number,
        other => panic!("`{key}` is {other:?} in {span:?}"),
    }
}

/// The one span of this name.
fn one<'s>(spans: &'s [Span], name: &str) -> &'s Span {
    let mut named = spans.iter().filter(|span| span.name == name);
    let span = named.next().unwrap_or_else(|| panic!("no `{name}` in {spans:#?}"));
    assert!(named.next().is_none(), "several `{name}` in {spans:#?}");
    span
}

#[test]
fn a_lead_is_traced_from_the_request_to_the_disk_and_nobody_is_named() {
    let host = Host::start();
    // Nothing is sent but what a caller asks for.
    let server = Server::start_with(&[
        ("RONDO_OTLP_ENDPOINT", &host.address),
        ("RONDO_OTLP_SAMPLE_RATIO", "0"),
    ]);
    let (key, path) = begun(&server);
    let caller = format!("traceparent: 00-{TRACE}-{CALLER}-01\r\ntracestate: crm=rosa\r\n");
    let answer = post(&server, &key, &path, &caller, &lead(1));
    post(&server, &key, &path, "", &lead(2));
    post(&server, &key, &path, &caller.replace("-01\r\n", "-00\r\n"), &lead(3));
    let said = server.stop();
    assert_eq!(said, Vec::<String>::new(), "nothing went wrong");

    let (spans, all) = host.traces();
    let names: std::collections::BTreeSet<_> = spans.iter().map(|span| &*span.name).collect();
    assert_eq!(names, ["batch", "commit", "facts", "qualify", "sync"].into(), "{spans:#?}");
    assert!(spans.iter().all(|span| hex(&span.trace_id) == TRACE), "{spans:#?}");
    let request = one(&spans, "qualify");
    assert_eq!(hex(&request.parent_span_id), CALLER);
    assert_eq!(text(request, "rondo.operation"), "qualify");
    assert_eq!(text(request, "http.request.method"), "POST");
    assert_eq!(text(request, "http.route"), "/v1/campaigns/{cmp}/qualified");
    assert_eq!(number(request, "http.response.status_code"), 201);
    assert!(text(request, "rondo.request").starts_with("req_"));
    let batch = one(&spans, "batch");
    assert_eq!(batch.parent_span_id, request.span_id);
    assert_eq!([number(batch, "rondo.teams"), number(batch, "rondo.commands")], [1, 1]);
    for name in ["facts", "commit", "sync"] {
        let step = one(&spans, name);
        assert_eq!(step.parent_span_id, batch.span_id, "{name}");
        assert!(step.start_time_unix_nano >= request.start_time_unix_nano, "{name}");
        assert!(step.end_time_unix_nano <= request.end_time_unix_nano, "{name}");
    }
    assert_eq!(number(one(&spans, "commit"), "rondo.entries"), number(batch, "rondo.entries"));

    let rep = answer["rep_name"].as_str().unwrap();
    for personal in ["rosa", "Rosa", "lead.example", "acme.example", "127.0.0.1", rep, &*key] {
        assert!(!all.contains(personal), "a trace holds `{personal}`: {all}");
    }
    assert!(all.contains("service.instance.id"), "{all}");
}

#[test]
fn deliveries_and_sweeps_are_traces_of_their_own() {
    let (host, receiver) = (Host::start(), Host::start());
    let server = Server::start_with(&[
        ("RONDO_OTLP_ENDPOINT", &host.address),
        ("RONDO_OTLP_SAMPLE_RATIO", "1"),
        ("RONDO_EGRESS_ALLOW_PRIVATE", "true"),
    ]);
    let (key, path) = begun(&server);
    let webhook =
        json!({"url": format!("{}/hook", receiver.address), "events": ["assignment.created"]});
    post(&server, &key, "/v1/webhooks", "", &webhook);
    post(&server, &key, &path, "", &lead(1));
    receiver.requests.recv_timeout(LONG).unwrap();
    server.stop();
    let (spans, all) = host.traces();
    let delivery = one(&spans, "delivery");
    assert!(delivery.parent_span_id.is_empty(), "{delivery:?}");
    assert_eq!(text(delivery, "rondo.outcome"), "delivered");
    assert_eq!(number(delivery, "rondo.attempt"), 1);
    assert_eq!(number(delivery, "http.response.status_code"), 200);
    assert!(spans.iter().any(|span| span.name == "sweep"));
    let routed = one(&spans, "qualify");
    assert!(routed.parent_span_id.is_empty(), "{routed:?}");
    assert!(!all.contains("/hook") && !all.contains("127.0.0.1"), "{all}");
}

#[test]
fn what_is_due_is_a_trace_of_its_own_with_the_batches_that_it_causes() {
    let (host, receiver) = (Host::start(), Host::start());
    let server = Server::start_with(&[
        ("RONDO_OTLP_ENDPOINT", &host.address),
        ("RONDO_OTLP_SAMPLE_RATIO", "1"),
        ("RONDO_EGRESS_ALLOW_PRIVATE", "true"),
    ]);
    let (key, _) = begun(&server);
    let campaign = post(&server, &key, "/v1/campaigns", "", &json!({"name": "Summer"}));
    let webhook =
        json!({"url": format!("{}/hook", receiver.address), "events": ["campaign.launched"]});
    post(&server, &key, "/v1/webhooks", "", &webhook);
    let path = format!("/v1/campaigns/{}/launch", campaign["id"].as_str().unwrap());
    post(&server, &key, &path, "", &json!({"at": SystemClock::new().now().plus_seconds(1)}));
    receiver.requests.recv_timeout(LONG).unwrap();
    server.stop();
    let (spans, _) = host.traces();
    let due: Vec<_> = spans.iter().filter(|span| span.name == "due").collect();
    assert!(due.iter().all(|span| span.parent_span_id.is_empty()), "{due:#?}");
    let is_caused = |span: &&Span| due.iter().any(|due| due.span_id == span.parent_span_id);
    let caused: Vec<_> = spans.iter().filter(is_caused).map(|span| &*span.name).collect();
    assert_eq!(caused, ["batch"], "{spans:#?}");
}

/// Many leads, until the exporter has tried to send; then the server stops, and tries again.
fn without_a_collector(endpoint: &str) -> Vec<String> {
    let server =
        Server::start_with(&[("RONDO_OTLP_ENDPOINT", endpoint), ("RONDO_OTLP_SAMPLE_RATIO", "1")]);
    let (key, path) = begun(&server);
    for n in 0..120 {
        post(&server, &key, &path, "", &lead(n));
    }
    let (stopped, end) = mpsc::channel();
    thread::spawn(move || stopped.send(server.stop()));
    end.recv_timeout(LONG).expect("the server stops without its collector")
}

#[test]
fn a_collector_that_is_away_is_told_of_once_and_holds_up_nobody() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = without_a_collector(&format!("http://{closed}"));
    let told = said.iter().filter(|line| line.contains("takes no traces")).count();
    assert_eq!((told, said.len()), (1, 1), "{said:?}");
}

#[test]
fn a_collector_that_never_answers_holds_up_nobody() {
    // Connections are made by the kernel, and nobody takes them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    without_a_collector(&format!("http://{}", silent.local_addr().unwrap()));
}
