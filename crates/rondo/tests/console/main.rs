//! The console as people use it, without a browser: pages are asked for and forms are sent.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails where it stands")]

#[path = "../engine/faults.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with other tests, which use other parts of it"
)]
mod faults;
#[path = "../common/world.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with other tests, which use other parts of it"
)]
mod world;

#[path = "../api/thread.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with other tests, which use other parts of it"
)]
mod thread;

#[path = "../common/provider.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with other tests, which use other parts of it"
)]
mod provider;

#[path = "../api/sending_world.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with other tests, which use other parts of it"
)]
mod sending_world;

mod assignments;
mod browser;
mod campaigns;
mod conversations;
mod days;
mod groups;
mod guard;
mod home;
mod leads;
mod mailed_links;
mod reach;
mod reports;
mod reps;
mod settings;
mod signing_in;
mod standing;
mod uploads;
mod weight;
mod with_provider;
