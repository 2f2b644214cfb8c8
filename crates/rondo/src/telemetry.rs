//! Logs and metrics: where they go, and in which form.
