//! The lists and details that views are made of.
//!
//! Every list continues after the last row of the page before (never `offset`), oldest first unless its name says
//! `before`, and is given a limit.

mod assignments;
mod campaigns;
mod conversations;
mod finding;
mod history;
mod keys;
mod leads;
mod messages;
mod outcomes;
mod outreach;
mod reports;
mod reps;
mod reviews;
mod way;

pub use assignments::{AssignmentFilter, AssignmentRow, AssignmentsOf, HeldRow};
pub use campaigns::{ConversationTally, OwnerTally};
pub use conversations::{ConversationFilter, ConversationRow};
pub use finding::FoundByRow;
pub use history::HistoryFilter;
pub use keys::KeyRow;
pub use leads::{LeadFilter, LeadRow};
pub use messages::{MessageRow, ThreadOf, ThreadRow};
pub use outcomes::OutcomeRow;
pub use outreach::{AwaitedRep, DueStep};
pub use reports::{DayOfTurns, ShareRow};
pub use reps::{MemberRow, RepRow};
pub use reviews::{HeldMessage, QualifierRow, ReviewRow, SuppressionRow};

/// Ids asked for in one statement at most; longer lists are asked for in parts.
const IDS_MAX: usize = 500;

#[cfg(test)]
mod tests;
