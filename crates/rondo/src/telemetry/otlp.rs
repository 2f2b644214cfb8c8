//! Sending traces to a collector that speaks OTLP over HTTP, where one is configured.
//!
//! Spans that have ended wait in a bounded queue, from which a thread of the exporter's own sends them. What finds the
//! queue full is dropped: a collector that is slow or away holds up nobody.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider,
};
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;
use url::Url;

use super::traces::TARGET;
use crate::clock::Entropy;

/// Spans that wait to be sent, at most: a few megabytes.
const QUEUE_MAX: usize = 4096;
/// Spans sent at once.
const BATCH_MAX: usize = 512;
/// Between two sendings, unless there are many.
const PERIOD: Duration = Duration::from_secs(2);
/// How long the collector may take to answer.
const ANSWER_WAIT: Duration = Duration::from_secs(5);
/// How long the collector may hold up the end of the server.
const STOP_WAIT: Duration = Duration::from_secs(2);

/// Where traces go, and how many.
#[derive(Debug, Clone)]
pub struct OtlpOptions {
    /// The collector, such as `http://collector:4318`.
    pub endpoint: Url,
    /// The share of the traces begun here that is sent, from 0 to 1. What a caller began is sent if the caller says so.
    pub sample_ratio: f64,
}

/// Why traces cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum OtlpError {
    /// No client could be made.
    #[error("traces cannot be sent: {0}")]
    Client(#[source] reqwest::Error),
    /// The exporter does not take the settings, which may stand in `OTEL_*` variables as well.
    #[error(
        "traces cannot be sent: {0}; look at the variables that begin with `OTEL_EXPORTER_OTLP_`"
    )]
    Exporter(#[source] opentelemetry_otlp::ExporterBuildError),
}

/// Sends traces from its making to [`Otlp::stop`].
#[derive(Debug)]
pub struct Otlp(SdkTracerProvider);

impl Otlp {
    /// Begins to send; needs a running Tokio runtime.
    pub fn start(options: &OtlpOptions, entropy: &dyn Entropy) -> Result<Self, OtlpError> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Courier::new().map_err(OtlpError::Client)?)
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(ANSWER_WAIT)
            .with_endpoint(traces_url(&options.endpoint))
            .build()
            .map_err(OtlpError::Exporter)?;
        let config = BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE_MAX)
            .with_max_export_batch_size(BATCH_MAX)
            .with_scheduled_delay(PERIOD)
            .build();
        let resource = Resource::builder_empty().with_attributes([
            KeyValue::new("service.name", "rondo"),
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", format!("{:032x}", entropy.seed())),
        ]);
        let ratio = Sampler::TraceIdRatioBased(options.sample_ratio);
        let provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::ParentBased(Box::new(ratio)))
            .with_resource(resource.build())
            .with_span_processor(
                BatchSpanProcessor::builder(exporter).with_batch_config(config).build(),
            )
            .build();
        Ok(Self(provider))
    }

    /// What takes the spans, and nothing else, from wherever logs go.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("rondo"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            .with_filter(Targets::new().with_target(TARGET, LevelFilter::INFO))
    }

    /// Sends what has ended, for a short while, and no more from then on.
    pub async fn stop(self) {
        let stopped = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(STOP_WAIT));
        if !matches!(stopped.await, Ok(Ok(()))) {
            tracing::debug!("The last traces did not reach the collector.");
        }
    }
}

/// The path for traces below the collector's address, as the specification has it.
fn traces_url(endpoint: &Url) -> String {
    format!("{}/v1/traces", endpoint.as_str().trim_end_matches('/'))
}

/// Carries what the exporter's thread has to send on the server's runtime, and says in the log when that begins to fail
/// and when it works again.
#[derive(Debug)]
struct Courier {
    http: reqwest::Client,
    runtime: Handle,
    is_failing: AtomicBool,
}

impl Courier {
    fn new() -> Result<Self, reqwest::Error> {
        // Another part of the process may have chosen the same provider before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(ANSWER_WAIT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("rondo/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, runtime: Handle::current(), is_failing: AtomicBool::new(false) })
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let url = parts.uri.to_string();
        let sending = self.http.post(url).headers(parts.headers).body(body);
        // The exporter's thread belongs to no runtime.
        let answer = self.runtime.spawn(async { sending.send().await }).await;
        let answer = match answer {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                let error = error.without_url();
                self.note_failure(&cause_of(&error));
                return Err(error.into());
            }
            Err(error) => return Err(error.into()),
        };
        let status = answer.status();
        if status.is_success() {
            self.note_success();
        } else {
            self.note_failure(&status);
        }
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = status;
        Ok(response)
    }

    fn note_failure(&self, reason: &dyn std::fmt::Display) {
        if !self.is_failing.swap(true, Ordering::Relaxed) {
            tracing::warn!(%reason, "The collector takes no traces; they are dropped until it does.");
        }
    }

    fn note_success(&self) {
        if self.is_failing.swap(false, Ordering::Relaxed) {
            tracing::info!("The collector takes traces again.");
        }
    }
}

/// What is at the bottom of an error, which says most.
fn cause_of(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Courier {
    fn send_bytes<'life0, 'async_trait>(
        &'life0 self,
        request: Request<Bytes>,
    ) -> Sending<'async_trait>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(self.send(request))
    }
}
