//! Conversations by mail, with a real Postfix and a real Dovecot: a campaign writes, a lead answers, the rep is in Cc.

#![allow(clippy::unwrap_used, reason = "the helpers of a test are part of the test")]

mod beginning;
mod clock;
mod dying;
#[path = "../mail_servers/fake.rs"]
#[allow(dead_code, reason = "the tests of the transports do more with it")]
mod fake;
mod following_up;
mod forged;
mod large;
mod line;
mod links;
mod machines;
#[path = "../common/mail_server.rs"]
#[allow(dead_code, reason = "the tests of the transports do more with it")]
mod mail_server;
mod maildirs;
mod odd_servers;
mod outages;
mod refusals;
mod signing_in;
mod story;
mod twice;
mod world;
