//! The HTTP API as its callers see it: stories, over the whole of Rondo in one process.

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

mod absences;
mod access;
mod campaigns;
mod documents;
mod groups;
mod input;
mod leads;
mod ledger;
mod lists;
mod mailboxes;
mod outreach;
mod problems;
mod qualifier;
mod replies;
mod reps;
mod reviews;
mod routing;
mod sending;
mod sending_world;
mod suppressions;
mod team;
mod thread;
mod turns;
mod users;
