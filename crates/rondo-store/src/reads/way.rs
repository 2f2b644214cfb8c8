//! From where a list goes on, and in which order.

use std::cmp::Ordering;

use rondo_core::ids::Id;

use crate::db::QueryBuilder;
use crate::fields::key;

/// From where a list goes on, and in which order.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way<I> {
    OldestFirst { after: Option<I> },
    NewestFirst { before: Option<I> },
}

/// The column by which a list goes on: in comparisons, and in its order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    after: &'static str,
    before: &'static str,
    oldest_first: &'static str,
    newest_first: &'static str,
}

/// The lists of the team's leads.
pub(super) const LEAD: Column = Column {
    after: " and l.lead_id > ",
    before: " and l.lead_id < ",
    oldest_first: " order by l.lead_id limit ",
    newest_first: " order by l.lead_id desc limit ",
};

/// The lists of a campaign's leads, in the order of its conversations' index.
pub(super) const LEAD_OF_CONVERSATION: Column = Column {
    after: " and c.lead_id > ",
    before: " and c.lead_id < ",
    oldest_first: " order by c.lead_id limit ",
    newest_first: " order by c.lead_id desc limit ",
};

/// The lists of conversations.
pub(super) const CONVERSATION: Column = Column {
    after: " and v.conversation_id > ",
    before: " and v.conversation_id < ",
    oldest_first: " order by v.conversation_id limit ",
    newest_first: " order by v.conversation_id desc limit ",
};

impl<I: Id> Way<I> {
    /// Which of two rows comes before the other, by their ids.
    pub(super) fn order(self, one: &[u8; 16], other: &[u8; 16]) -> Ordering {
        match self {
            Self::OldestFirst { .. } => one.cmp(other),
            Self::NewestFirst { .. } => other.cmp(one),
        }
    }

    /// Ends a statement, so that it goes on from there and answers as many rows at most.
    pub(super) fn go_on(self, query: &mut QueryBuilder<'_>, column: Column, limit: u32) {
        let order = match self {
            Self::OldestFirst { after } => {
                if let Some(after) = after {
                    query.push(column.after).push_bind(key(after));
                }
                column.oldest_first
            }
            Self::NewestFirst { before } => {
                if let Some(before) = before {
                    query.push(column.before).push_bind(key(before));
                }
                column.newest_first
            }
        };
        query.push(order).push_bind(i64::from(limit));
    }
}
