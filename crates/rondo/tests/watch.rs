//! What a server can be watched by, against the page, the dashboard and the alerts that name it.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rondo::clock::{SystemClock, SystemEntropy};
use rondo::config::{Config, Sources};
use rondo::serve::Server;
use rondo::telemetry::meters::METERS;
use serde_json::Value;

/// Labels that Prometheus adds.
const GIVEN_LABELS: [&str; 2] = ["instance", "job"];

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_metric_is_explained_and_every_one_explained_is_there() {
    let page = read("docs/operations.md");
    let (_, table) = page.split_once("\n| metric |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let rows = table.lines().filter_map(|row| row.strip_prefix("| `")?.split_once(" |"));
    let explained: Vec<&str> =
        rows.flat_map(|(names, _)| names.split(", ")).map(|name| name.trim_matches('`')).collect();
    assert_eq!(explained.len(), METERS.len(), "each is explained once: {explained:?}");
    assert_eq!(BTreeSet::from_iter(explained), METERS.iter().map(|meter| meter.name).collect());
}

/// What a server that has answered once gives to read: its series by name, each with its labels.
async fn series() -> BTreeMap<String, BTreeSet<String>> {
    rondo::telemetry::metrics();
    let folder = tempfile::tempdir().unwrap();
    let sources = Sources {
        listen: Some("127.0.0.1:0".to_owned()),
        database: Some(format!("sqlite:{}", folder.path().join("rondo.db").display())),
        ..Sources::default()
    };
    let config = Config::load(&sources).unwrap();
    let (clock, entropy) = (Arc::new(SystemClock::new()), Arc::new(SystemEntropy));
    let server = Server::open(config, clock, entropy).await.unwrap();
    let address = server.address().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async { stopped.await.unwrap() }));
    get(format!("http://{address}/v1/reps")).await;
    let measured = async {
        loop {
            let text = get(format!("http://{address}/metrics")).await;
            let is_there = |name: &str| text.contains(&format!("\n{name} "));
            if ["rondo_waiting_leads", "rondo_outbox_queued", "rondo_ready"]
                .into_iter()
                .all(is_there)
            {
                return text;
            }
        }
    };
    // What is measured from time to time is measured for the first time now.
    let text = tokio::time::timeout(Duration::from_secs(60), measured).await.unwrap();
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    let mut series: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, rest) = line.split_at(line.find(['{', ' ']).unwrap());
        let labels = rest.split('"').step_by(2).filter_map(|part| part.strip_suffix('='));
        let labels = labels.map(|label| label.trim_matches(['{', ',']).to_owned());
        series.entry(name.to_owned()).or_default().extend(labels);
    }
    series
}

async fn get(url: String) -> String {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::get(url).await.unwrap().text().await.unwrap()
}

/// What an expression names that no server gives: series, and labels of the series in it.
fn unknown(expression: &str, series: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words: Vec<&str> = expression.split(|c| !is_word(c)).collect();
    let is_named = |word: &&&str| word.starts_with("rondo_") || word.starts_with("process_");
    let named: Vec<&str> = words.iter().filter(is_named).copied().collect();
    assert!(!named.is_empty(), "`{expression}` names no metric");
    let known: BTreeSet<&str> =
        named.iter().filter_map(|name| series.get(*name)).flatten().map(String::as_str).collect();
    let mut labels = Vec::new();
    for group in [" by (", " on ("] {
        let groups = expression.split(group).skip(1).filter_map(|rest| rest.split_once(')'));
        labels.extend(groups.flat_map(|(inside, _)| inside.split(", ")));
    }
    let matchers = expression.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    labels.extend(
        matchers
            .flat_map(|(inside, _)| inside.split(','))
            .filter_map(|one| one.split(['=', '!']).next()),
    );
    let strange =
        labels.iter().filter(|label| !known.contains(*label) && !GIVEN_LABELS.contains(label));
    let missing = named.iter().filter(|name| !series.contains_key(**name));
    strange.chain(missing).map(|word| format!("`{word}` in `{expression}`")).collect()
}

/// The texts of a key anywhere in a document.
fn texts<'d>(document: &'d Value, key: &str) -> Vec<&'d str> {
    let inside =
        |all: Vec<&'d Value>| all.into_iter().flat_map(|one| texts(one, key)).collect::<Vec<_>>();
    match document {
        Value::Array(all) => inside(all.iter().collect()),
        Value::Object(all) => {
            let mut found = inside(all.values().collect());
            found.extend(all.get(key).and_then(Value::as_str));
            found
        }
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn the_dashboard_and_the_alerts_name_what_a_server_gives() {
    let series = series().await;
    let dashboard: Value = serde_json::from_str(&read("docs/watch/dashboard.json")).unwrap();
    let alerts = alerts();
    let mut expressions = texts(&dashboard, "expr");
    expressions.extend(alerts.iter().map(|alert| alert["expr"].as_str()));
    assert!(expressions.len() > 30, "{expressions:?}");
    let found: Vec<_> =
        expressions.iter().flat_map(|expression| unknown(expression, &series)).collect();
    assert!(found.is_empty(), "no server gives {found:#?}");
    // Whoever adds a metric decides where it is seen.
    let all = expressions.concat();
    let unseen: Vec<_> = METERS.iter().filter(|meter| !all.contains(meter.name)).collect();
    assert!(unseen.is_empty(), "nobody sees {unseen:#?}");
}

#[test]
fn every_panel_says_what_to_look_for_and_has_a_place_of_its_own() {
    let dashboard: Value = serde_json::from_str(&read("docs/watch/dashboard.json")).unwrap();
    assert!(dashboard["schemaVersion"].as_u64().unwrap() >= 36, "Grafana 10");
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    let names: Vec<_> = variables.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["datasource", "instance"]);
    let (mut ids, mut places) = (BTreeSet::new(), BTreeSet::new());
    for panel in dashboard["panels"].as_array().unwrap() {
        let title = panel["title"].as_str().unwrap();
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "the id of {title} is taken");
        let [x, y, w, h] =
            ["x", "y", "w", "h"].map(|side| panel["gridPos"][side].as_u64().unwrap());
        assert!(w > 0 && h > 0 && x + w <= 24, "{title} is too wide");
        for cell in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))) {
            assert!(places.insert(cell), "{title} covers another panel");
        }
        if panel["type"] == "row" {
            continue;
        }
        assert!(panel["description"].as_str().unwrap().ends_with('.'), "{title}");
        assert!(panel["fieldConfig"]["defaults"]["unit"].is_string(), "{title}");
        let mut letters = BTreeSet::new();
        for target in panel["targets"].as_array().unwrap() {
            assert!(letters.insert(target["refId"].as_str().unwrap()), "{title}");
            assert!(!target["legendFormat"].as_str().unwrap().is_empty(), "{title}");
            assert!(target["expr"].as_str().unwrap().contains("$instance"), "{title}");
        }
        assert!(!letters.is_empty(), "{title}");
    }
    assert!(texts(&dashboard, "uid").iter().all(|uid| ["rondo", "${datasource}"].contains(uid)));
}

/// The alerts by their keys; a text over several lines is one. Reads what is written here, not all of YAML: whether
/// Prometheus takes the file is tried by `alerts/run.sh`.
fn alerts() -> Vec<BTreeMap<String, String>> {
    let page = read("docs/watch/alerts.yml");
    let mut alerts: Vec<BTreeMap<String, String>> = Vec::new();
    let mut last = String::new();
    for line in page.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix("- alert: ") {
            alerts.push(BTreeMap::from([("alert".to_owned(), name.to_owned())]));
            continue;
        }
        let Some(alert) = alerts.last_mut() else { continue };
        let is_key = |key: &str| !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase());
        match line.split_once(':').filter(|(key, _)| is_key(key)) {
            Some((key, text)) => {
                last = key.to_owned();
                alert.insert(last.clone(), text.trim().trim_matches(['|', '>', '-']).to_owned());
            }
            None => *alert.entry(last.clone()).or_default() += &format!(" {line}"),
        }
    }
    alerts
}

#[test]
fn every_alert_stands_on_the_page() {
    let page = read("docs/operations.md");
    let named: BTreeSet<&str> =
        page.split("| `").skip(1).filter_map(|row| row.split('`').next()).collect();
    let named: BTreeSet<_> = named.into_iter().filter(|name| name.starts_with("Rondo")).collect();
    let alerts = alerts();
    assert_eq!(named, alerts.iter().map(|alert| &*alert["alert"]).collect());
}

#[test]
fn every_alert_waits_a_while_and_says_what_to_do() {
    let alerts = alerts();
    assert!((6..=10).contains(&alerts.len()), "few, and each worth a look: {}", alerts.len());
    let mut names = BTreeSet::new();
    for alert in &alerts {
        let name = &alert["alert"];
        assert!(names.insert(name) && name.starts_with("Rondo"), "{name}");
        assert!(alert["for"].ends_with('m'), "{name}");
        assert!(["page", "ticket"].contains(&alert["severity"].as_str()), "{name}");
        for text in ["summary", "description"] {
            assert!(alert[text].trim_end_matches('"').ends_with('.'), "{name}: {text}");
        }
        assert!(alert["description"].len() > 80, "{name} says what to do next");
    }
}
