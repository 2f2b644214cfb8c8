//! What is counted of the answers to one kind of request.

use std::time::Duration;

use axum::http::StatusCode;
use metrics::{Counter, Histogram, SharedString};

/// The counters of one operation of the API, or of one page.
#[derive(Clone)]
pub(crate) struct Answers {
    seconds: Histogram,
    /// By the first digit of the status: 2, 3, 4, 5.
    by_class: [Counter; 4],
}

impl Answers {
    pub(crate) fn of(operation: impl Into<SharedString>) -> Self {
        let operation = operation.into();
        let by_class = ["2xx", "3xx", "4xx", "5xx"].map(|class| {
            let operation = operation.clone();
            metrics::counter!("rondo_http_requests_total", "operation" => operation, "status" => class)
        });
        let seconds = metrics::histogram!("rondo_http_request_seconds", "operation" => operation);
        Self { seconds, by_class }
    }

    pub(crate) fn count(&self, status: StatusCode, taken: Duration) {
        let class = usize::from(status.as_u16() / 100).clamp(2, 5) - 2;
        self.by_class[class].increment(1);
        self.seconds.record(taken.as_secs_f64());
    }
}
