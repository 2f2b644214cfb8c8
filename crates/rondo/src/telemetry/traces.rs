//! The spans of which traces are made: what one request or one batch goes through, with the time of each step.
//!
//! There are spans only while they are sent somewhere ([`super::otlp`]); else each of these costs a comparison. They hold
//! ids, counts and codes: never a name, an address, a text or a secret. Numbers are `i64`, since all others would be sent as
//! texts.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{HeaderMap, Method};
use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{SpanContext, TraceContextExt as _, TraceState};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::field::Empty;
use tracing::{Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The target of every span, by which the log leaves them out and the exporter takes nothing else.
pub(super) const TARGET: &str = "rondo_spans";

/// Requests that a batch is linked to at most: as many as collectors take.
const LINKS_MAX: usize = 128;

static IS_ON: AtomicBool = AtomicBool::new(false);

/// Whether spans are made.
pub fn is_on() -> bool {
    IS_ON.load(Ordering::Relaxed)
}

pub(super) fn switch_on() {
    IS_ON.store(true, Ordering::Relaxed);
}

/// The span in which something began that another task goes on with. Nothing while there are no spans.
#[derive(Debug, Clone, Default)]
pub struct Origin(Option<Box<SpanContext>>);

impl Origin {
    /// The present span.
    pub fn here() -> Self {
        if !is_on() {
            return Self(None);
        }
        let context = Span::current().context();
        let here = context.span().span_context().clone();
        Self(here.is_valid().then(|| Box::new(here)))
    }
}

/// A request to an operation; it goes on with the caller's trace, if the caller has one (W3C `traceparent`).
///
/// Of what the caller sends, nothing but ids is kept: its `tracestate` may hold anything.
pub fn request(
    operation: &'static str,
    route: &'static str,
    method: &Method,
    headers: &HeaderMap,
) -> Span {
    let span = info_span!(
        target: TARGET,
        parent: None,
        "request",
        otel.name = operation,
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method.as_str(),
        http.route = route,
        http.response.status_code = Empty,
        rondo.operation = operation,
        rondo.request = Empty,
    );
    let caller = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
    let caller = caller.span().span_context().clone();
    if caller.is_valid() {
        let (trace, parent, flags) = (caller.trace_id(), caller.span_id(), caller.trace_flags());
        go_on(&span, SpanContext::new(trace, parent, flags, true, TraceState::NONE));
    }
    span
}

/// Says what a request came to.
pub fn note_answer(span: &Span, status: u16, request_id: &str) {
    span.record("http.response.status_code", i64::from(status));
    span.record("rondo.request", request_id);
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

/// A batch of the engine: part of the trace of the first request in it that is traced, linked to the others.
pub fn batch<'o>(teams: usize, jobs: impl Iterator<Item = &'o Origin>) -> Span {
    if !is_on() {
        return Span::none();
    }
    let jobs: Vec<_> = jobs.collect();
    let span = info_span!(
        target: TARGET,
        parent: None,
        "batch",
        rondo.teams = teams as i64,
        rondo.commands = jobs.len() as i64,
        rondo.entries = Empty,
    );
    let mut origins: Vec<&SpanContext> =
        jobs.into_iter().filter_map(|job| job.0.as_deref()).collect();
    // Commands of one request stand together. Those that are traced come first, in their order.
    origins.dedup_by_key(|origin| origin.span_id());
    origins.sort_by_key(|origin| !origin.is_sampled());
    if let Some((first, others)) = origins.split_first() {
        go_on(&span, (*first).clone());
        let traced = others.iter().filter(|origin| origin.is_sampled());
        traced.take(LINKS_MAX).for_each(|origin| span.add_link((*origin).clone()));
    }
    span
}

/// Reading what the decisions of a batch must know.
pub fn facts() -> Span {
    info_span!(target: TARGET, "facts")
}

/// The transaction of a batch.
pub fn commit(teams: usize, entries: usize) -> Span {
    if !is_on() {
        return Span::none();
    }
    let (teams, entries) = (teams as i64, entries as i64);
    Span::current().record("rondo.entries", entries);
    info_span!(target: TARGET, "commit", rondo.teams = teams, rondo.entries = entries)
}

/// The wait of a batch for the disk.
pub fn sync(batch: Option<&Origin>) -> Span {
    if !is_on() {
        return Span::none();
    }
    let span = info_span!(target: TARGET, parent: None, "sync");
    if let Some(batch) = batch.and_then(|batch| batch.0.as_deref()) {
        go_on(&span, batch.clone());
    }
    span
}

/// One attempt to deliver an event to a webhook.
pub fn delivery(
    team: impl std::fmt::Display,
    webhook: impl std::fmt::Display,
    delivery: impl std::fmt::Display,
    attempt: u64,
) -> Span {
    info_span!(
        target: TARGET,
        parent: None,
        "delivery",
        otel.kind = "client",
        otel.status_code = Empty,
        http.response.status_code = Empty,
        rondo.team = %team,
        rondo.webhook = %webhook,
        rondo.delivery = %delivery,
        rondo.attempt = attempt as i64,
        rondo.outcome = Empty,
    )
}

/// Says in the present span what a delivery came to.
pub fn note_outcome(outcome: &'static str, status: Option<u16>) {
    if !is_on() {
        return;
    }
    let span = Span::current();
    span.record("rondo.outcome", outcome);
    if let Some(status) = status {
        span.record("http.response.status_code", i64::from(status));
    }
    if outcome != "delivered" {
        span.record("otel.status_code", "ERROR");
    }
}

/// A look at what the clock has brought about; the batches that it causes are part of it.
pub fn due() -> Span {
    info_span!(target: TARGET, parent: None, "due")
}

/// A look at what of the outbox is due.
pub fn sweep() -> Span {
    info_span!(target: TARGET, parent: None, "sweep")
}

/// A span that was just made has not begun yet, and can be given a parent.
fn go_on(span: &Span, parent: SpanContext) {
    if let Err(error) = span.set_parent(Context::new().with_remote_span_context(parent)) {
        tracing::debug!(%error, "A span stands alone.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry::trace::{SpanId, TraceFlags, TraceId, TracerProvider as _};
    use opentelemetry_sdk::error::OTelSdkResult;
    use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::layer::SubscriberExt as _;

    /// Keeps what is sent.
    #[derive(Debug, Clone, Default)]
    struct Kept(Arc<Mutex<Vec<SpanData>>>);

    impl SpanExporter for Kept {
        async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
            self.0.lock().unwrap().extend(batch);
            Ok(())
        }
    }

    fn origin(n: u64, flags: TraceFlags) -> Origin {
        let (trace, span) = (TraceId::from(u128::from(n)), SpanId::from(n));
        Origin(Some(Box::new(SpanContext::new(trace, span, flags, true, TraceState::NONE))))
    }

    #[test]
    fn a_batch_goes_on_with_its_first_traced_request_and_is_linked_to_the_others() {
        let kept = Kept::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(kept.clone()).build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("rondo"));
        switch_on();
        let origins = [
            Origin::default(),
            origin(1, TraceFlags::NOT_SAMPLED),
            origin(2, TraceFlags::SAMPLED),
            origin(2, TraceFlags::SAMPLED),
            origin(3, TraceFlags::SAMPLED),
        ];
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            drop(batch(1, origins.iter()));
            drop(batch(1, origins[..2].iter()));
            drop(batch(1, origins[..1].iter()));
        });
        let kept = kept.0.lock().unwrap();
        let [whole, alone] = kept.as_slice() else { panic!("{kept:?}") };
        assert_eq!(whole.parent_span_id, SpanId::from(2));
        let linked: Vec<_> = whole.links.iter().map(|link| link.span_context.span_id()).collect();
        assert_eq!(linked, [SpanId::from(3)]);
        assert!(
            whole
                .attributes
                .iter()
                .any(|one| one.key.as_str() == "rondo.commands" && one.value == 5.into())
        );
        // Nothing of the second: its only request is not traced. The third was begun by nobody's request.
        assert_eq!(alone.parent_span_id, SpanId::INVALID);
    }
}
