//! What a server can be watched by, against the pages that tell of it.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use rondo::telemetry::meters::METERS;

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn metrics() -> BTreeSet<String> {
    METERS.iter().map(|meter| meter.name.to_owned()).collect()
}

#[test]
fn every_metric_is_explained_and_every_one_explained_is_there() {
    let page = read("docs/operations.md");
    let (_, table) = page.split_once("\n| metric |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let rows = table.lines().filter_map(|row| row.strip_prefix("| `")?.split_once(" |"));
    let explained: Vec<String> = rows
        .flat_map(|(names, _)| names.split(", "))
        .map(|name| name.trim_matches('`').to_owned())
        .collect();
    assert_eq!(explained.len(), metrics().len(), "each is explained once: {explained:?}");
    assert_eq!(BTreeSet::from_iter(explained), metrics());
}
