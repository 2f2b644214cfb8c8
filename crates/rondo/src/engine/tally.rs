//! What happened, counted by kind.

use std::collections::HashMap;

use metrics::Counter;
use rondo_core::{Entry, Event};

/// The counters of the ledger's entries, looked up once.
pub(super) struct Tally {
    by_kind: HashMap<&'static str, Counter>,
}

impl Tally {
    /// A counter for every kind there is.
    pub(super) fn new() -> Self {
        let counter = |kind| metrics::counter!("rondo_ledger_entries_total", "kind" => kind);
        Self { by_kind: Event::KINDS.into_iter().map(|kind| (kind, counter(kind))).collect() }
    }

    /// Counts entries that are durable.
    pub(super) fn count(&self, entries: &[Entry]) {
        for run in entries.chunk_by(|one, next| one.event.kind() == next.event.kind()) {
            let kind = run.first().map(|entry| entry.event.kind());
            if let Some(counter) = kind.and_then(|kind| self.by_kind.get(kind)) {
                counter.increment(run.len() as u64);
            }
        }
    }
}
