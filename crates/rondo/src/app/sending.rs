//! What goes out by itself: campaigns write to their leads, and what is queued becomes messages.

mod letters;
pub mod probes;
pub mod steps;
pub mod upkeep;

use jiff::tz::TimeZone;
use rondo_core::Actor;
use rondo_core::event::Role;
use rondo_core::ids::TeamId;

use crate::app::Caller;

pub use letters::{Letter, THREAD_MESSAGES_MAX, Whose, Written, is_in_thread, write};

/// Rondo itself, acting for a team.
pub fn system(team: TeamId) -> Caller {
    Caller { team, actor: Actor::System, role: Role::Admin, rep: None, mailbox: None }
}

/// The zone of this name; UTC where the machine does not know it any more.
fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}
