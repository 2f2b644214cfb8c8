//! Sending and reading mail: with a real Postfix and a real Dovecot, and with servers that misbehave.

#![allow(clippy::unwrap_used, reason = "the helpers of a test are part of the test")]

mod fake;
mod injecting;
#[path = "../common/mail_server.rs"]
mod mail_server;
mod misreading;
mod missending;
mod proxy;
mod reading;
mod sending;
mod settings;
mod world;
