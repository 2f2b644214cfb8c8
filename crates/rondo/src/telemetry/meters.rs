//! Every metric of the server with what it says: the one list there is, which `docs/operations.md` is held to.

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use Begin::{AtOnce, ByLabel, WhenKnown};
use Kind::{Counter, Gauge, Histogram};

/// A metric as Prometheus sees it.
#[derive(Debug)]
pub struct Meter {
    /// Its name.
    pub name: &'static str,
    kind: Kind,
    begin: Begin,
    /// The `# HELP` line.
    help: &'static str,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// When it is there to be read. What is counted begins at nothing, so that the first event is seen as an increase.
#[derive(Debug, Clone, Copy)]
enum Begin {
    /// From the start.
    AtOnce,
    /// From the start, with each of these values of a label.
    ByLabel(&'static str, &'static [&'static str]),
    /// Once it is measured, or its labels are known.
    WhenKnown,
}

const fn meter(name: &'static str, kind: Kind, begin: Begin, help: &'static str) -> Meter {
    Meter { name, kind, begin, help }
}

/// Every metric.
pub const METERS: &[Meter] = &[
    meter(
        "rondo_http_requests_total",
        Counter,
        WhenKnown,
        "Requests answered, by operation and status.",
    ),
    meter(
        "rondo_http_request_seconds",
        Histogram,
        WhenKnown,
        "How long requests took, by operation.",
    ),
    meter("rondo_ledger_entries_total", Counter, WhenKnown, "What happened, by kind."),
    meter(
        "rondo_messages_received_total",
        Counter,
        ByLabel("decision", &["auto", "review", "held", "none"]),
        "Messages taken in, by what was done about them.",
    ),
    meter(
        "rondo_mails_total",
        Counter,
        ByLabel("outcome", &["sent", "refused", "given_up"]),
        "Mails that went out, or were given up.",
    ),
    meter(
        "rondo_mailboxes",
        Gauge,
        WhenKnown,
        "Mailboxes that this server has, by whether they work.",
    ),
    meter(
        "rondo_waiting_leads",
        Gauge,
        WhenKnown,
        "Leads of all teams that wait for a rep, roughly.",
    ),
    meter(
        "rondo_waiting_lead_oldest_seconds",
        Gauge,
        WhenKnown,
        "How long the lead that waits longest has waited.",
    ),
    meter("rondo_waiting_commands", Gauge, AtOnce, "Commands that wait to be decided."),
    meter("rondo_batch_entries", Histogram, AtOnce, "Ledger entries written in one batch."),
    meter("rondo_commit_seconds", Histogram, AtOnce, "How long writing a batch took."),
    meter("rondo_sync_seconds", Histogram, AtOnce, "How long a written batch waited for the disk."),
    meter(
        "rondo_stale_batches_total",
        Counter,
        AtOnce,
        "Teams decided again because another process was first.",
    ),
    meter("rondo_written_teams_total", Counter, AtOnce, "Teams' batches written."),
    meter(
        "rondo_refused_busy_total",
        Counter,
        ByLabel("bound", &["team", "server"]),
        "Requests told to come back, by the bound reached.",
    ),
    meter("rondo_cached_teams", Gauge, AtOnce, "Teams in memory."),
    meter("rondo_cached_bytes", Gauge, AtOnce, "Bytes that the teams in memory take, roughly."),
    meter(
        "rondo_outbox_queued",
        Gauge,
        WhenKnown,
        "Webhook deliveries of all teams that are queued.",
    ),
    meter(
        "rondo_outbox_late_seconds",
        Gauge,
        WhenKnown,
        "How late the delivery is that is longest due.",
    ),
    meter(
        "rondo_outbox_under_way",
        Gauge,
        AtOnce,
        "Webhook deliveries under way from this server.",
    ),
    meter(
        "rondo_webhook_deliveries_total",
        Counter,
        ByLabel("outcome", &["delivered", "try_again", "failed"]),
        "Attempts to deliver, by outcome.",
    ),
    meter(
        "rondo_webhook_delivery_seconds",
        Histogram,
        AtOnce,
        "How long attempts to deliver took.",
    ),
    meter("rondo_ready", Gauge, WhenKnown, "1 while this server is ready, as /readyz says it."),
    meter("rondo_database_up", Gauge, WhenKnown, "1 while this server reaches its database."),
    meter("rondo_build_info", Gauge, WhenKnown, "1, with the version of this server."),
    meter(
        "process_start_time_seconds",
        Gauge,
        WhenKnown,
        "When this server started, in seconds since 1970.",
    ),
];

/// Tells the recorder of all of them, and lets begin what is there from the start.
pub(super) fn register() {
    for &Meter { name, kind, begin, help } in METERS {
        match kind {
            Counter => describe_counter!(name, help),
            Gauge => describe_gauge!(name, help),
            Histogram => describe_histogram!(name, help),
        }
        match (begin, kind) {
            (AtOnce, Counter) => drop(counter!(name)),
            (AtOnce, Gauge) => drop(gauge!(name)),
            (AtOnce, Histogram) => drop(histogram!(name)),
            (ByLabel(label, values), _) => {
                for &value in values {
                    drop(counter!(name, label => value));
                }
            }
            (WhenKnown, _) => {}
        }
    }
}
