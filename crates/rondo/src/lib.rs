//! The server of Rondo: use cases under thin faces (HTTP, jobs, command line) over one write path, the engine.
//!
//! A library so that tests and benchmarks link what the program runs; the program itself is `main.rs`.

pub mod api_key;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod console;
pub mod demo;
pub mod egress;
pub mod engine;
pub mod found;
pub mod http;
pub mod import;
pub mod jobs;
pub mod mail;
pub mod oidc;
pub mod proxies;
pub mod qualifier;
pub mod secrets;
pub mod serve;
pub mod telemetry;
mod texts;
pub mod throttle;
pub mod webhooks;

pub(crate) use texts::{say, t};
