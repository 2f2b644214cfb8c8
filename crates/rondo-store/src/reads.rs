//! The lists and details that views are made of.
//!
//! Every list continues after the last row of the page before (never `offset`), oldest first, and is given a limit.

mod assignments;
mod conversations;
mod keys;
mod leads;
mod reps;

pub use assignments::{AssignmentFilter, AssignmentRow};
pub use conversations::{ConversationFilter, ConversationRow};
pub use keys::KeyRow;
pub use leads::{LeadFilter, LeadRow};
pub use reps::{MemberRow, RepRow};

/// Ids asked for in one statement at most; longer lists are asked for in parts.
const IDS_MAX: usize = 500;
