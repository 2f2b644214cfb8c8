//! The lists and details that views are made of.
//!
//! Every list continues after the last row of the page before (never `offset`), oldest first, and is given a limit.

mod assignments;
mod conversations;
mod history;
mod keys;
mod leads;
mod messages;
mod outreach;
mod reps;
mod reviews;

pub use assignments::{AssignmentFilter, AssignmentRow};
pub use conversations::{ConversationFilter, ConversationRow};
pub use history::HistoryFilter;
pub use keys::KeyRow;
pub use leads::{LeadFilter, LeadRow};
pub use messages::{MessageRow, ThreadOf, ThreadRow};
pub use outreach::{AwaitedRep, DueStep};
pub use reps::{MemberRow, RepRow};
pub use reviews::{HeldMessage, QualifierRow, ReviewRow, SuppressionRow};

/// Ids asked for in one statement at most; longer lists are asked for in parts.
const IDS_MAX: usize = 500;
