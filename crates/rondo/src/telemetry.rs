//! Logs, metrics and traces: where they go, and in which form.

mod answers;
pub mod meters;
pub mod otlp;
pub mod traces;

use std::io::IsTerminal as _;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use rondo_core::Instant;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::LogFormat;

pub(crate) use answers::Answers;
use otlp::Otlp;

/// Upper bounds of the buckets in which durations are counted, in seconds: from a no-op to a request given up.
const SECONDS_BUCKETS: &[f64] =
    &[0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];
/// Upper bounds of the buckets in which the entries of a batch are counted.
const ENTRIES_BUCKETS: &[f64] =
    &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0];

/// Where the library that reads IMAP logs all that it receives, mail with it.
const RAW_MAIL: &str = "async_imap::imap_stream";

/// Sends logs to the standard error, so that the standard output holds data alone, and spans to `otlp`, if that is given.
/// `targets` is what [`crate::config::Config::log`] says: of logs alone. Does nothing where logs go somewhere already.
pub fn start_logs(targets: Targets, format: LogFormat, otlp: Option<&Otlp>) {
    let targets = without_mail(targets).with_target(traces::TARGET, LevelFilter::OFF);
    let registry = tracing_subscriber::registry();
    // An error means that somebody was first.
    let _ = match otlp {
        // One filter for all: what it turns down is never made.
        None => registry.with(targets).with(lines(format)).try_init(),
        Some(otlp) => {
            let logs = registry.with(lines(format).with_filter(targets));
            logs.with(otlp.layer()).try_init().inspect(|()| traces::switch_on())
        }
    };
    if format == LogFormat::Json {
        // What is to be read by a program holds nothing else.
        std::panic::set_hook(Box::new(
            |panic| tracing::error!(%panic, "Something panicked; this is a fault of Rondo."),
        ));
    }
}

/// No level that is asked for shows what is in mail.
fn without_mail(targets: Targets) -> Targets {
    targets.with_target(RAW_MAIL, LevelFilter::OFF)
}

fn lines<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => Box::new(lines.with_target(false)),
        LogFormat::Json => Box::new(lines.json().flatten_event(true)),
    }
}

/// The metrics of this process, for `/metrics`; counted from the first call on.
pub fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let recorder = PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS_BUCKETS)
                .and_then(|builder| {
                    let entries = Matcher::Suffix("_entries".to_owned());
                    builder.set_buckets_for_metric(entries, ENTRIES_BUCKETS)
                })
                .expect("the buckets are not empty")
                .build_recorder();
            let handle = recorder.handle();
            // An error means that a test brought a recorder of its own; then this one stays empty.
            let _ = metrics::set_global_recorder(recorder);
            meters::register();
            handle
        })
        .clone()
}

/// Says which program this is, and since when it runs.
pub fn note_start(now: Instant) {
    metrics::gauge!("rondo_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    // By this name, every tool for Prometheus knows it.
    metrics::gauge!("process_start_time_seconds").set(now.as_micros() as f64 / 1e6);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_level_of_logs_shows_what_is_in_mail() {
        for asked in ["trace", "async_imap=trace", "async_imap::imap_stream=trace"] {
            let targets = without_mail(asked.parse().unwrap());
            assert!(!targets.would_enable(RAW_MAIL, &tracing::Level::ERROR), "{asked}");
        }
    }
}
