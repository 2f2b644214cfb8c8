//! From a command to its events, or a refusal.

use crate::command::{Answer, Command};
use crate::detail::Detail;
use crate::event::Event;
use crate::facts::Facts;
use crate::ids::IdSource;
use crate::refusal::{Refusal, Warning};
use crate::team::Team;
use crate::time::Instant;

/// What a command comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// What happens, in order; none when everything is as wanted already.
    pub events: Vec<Event>,
    /// The rows beside the ledger that go with the events.
    pub details: Vec<Detail>,
    /// Cautions for whoever asked.
    pub warnings: Vec<Warning>,
    /// What to tell them.
    pub answer: Answer,
}

/// Decides `command` for `team` at `now`, changing nothing.
///
/// `now` is never earlier than the team's last entry. `facts` holds what [`crate::Needs::add`] asked for, brought up to
/// date with the decisions since.
pub fn decide(
    team: &Team,
    command: &Command,
    facts: &Facts,
    now: Instant,
    ids: &mut IdSource,
) -> Result<Decided, Refusal> {
    let _ = (team, command, facts, now, ids);
    unimplemented!()
}
