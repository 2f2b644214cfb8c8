//! Conversations by mail, with a real Postfix and a real Dovecot: a campaign writes, a lead answers, the rep is in Cc.

#![allow(clippy::unwrap_used, reason = "the helpers of a test are part of the test")]

mod beginning;
#[path = "../mail_servers/fake.rs"]
#[allow(dead_code, reason = "the tests of the transports do more with it")]
mod fake;
#[path = "../common/mail_server.rs"]
#[allow(dead_code, reason = "the tests of the transports do more with it")]
mod mail_server;
mod odd_servers;
mod story;
#[allow(dead_code, reason = "the stories of faults do more with it")]
mod world;
