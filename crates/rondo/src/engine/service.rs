//! How far the leads that wait have been gone through (R9): in chunks, cursor by cursor, from the oldest on.

use std::collections::{BTreeMap, HashMap};

use rondo_core::event::CursorKey;
use rondo_core::facts::WaitingRows;

/// The cursors that are still to be gone through, each from after a ledger number on. Empty when nothing is to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Service {
    after: BTreeMap<CursorKey, u64>,
}

impl Service {
    /// Everything from the beginning, because something has happened that may let leads pass.
    pub(super) fn restart(&mut self, cursors: impl IntoIterator<Item = CursorKey>) {
        self.after = cursors.into_iter().map(|cursor| (cursor, 0)).collect();
    }

    pub(super) fn is_done(&self) -> bool {
        self.after.is_empty()
    }

    /// Where each cursor goes on.
    pub(super) fn places(&self) -> impl Iterator<Item = (CursorKey, u64)> + '_ {
        self.after.iter().map(|(&cursor, &after)| (cursor, after))
    }

    /// A cursor whose next rows are at hand.
    pub(super) fn next(&self, waiting: &HashMap<CursorKey, WaitingRows>) -> Option<CursorKey> {
        self.places()
            .find(|(cursor, after)| waiting.get(cursor).is_some_and(|rows| rows.after == *after))
            .map(|(cursor, _)| cursor)
    }

    /// Notes that a cursor's chunk was gone through.
    pub(super) fn went_through(&mut self, cursor: CursorKey, chunk: Chunk) {
        match chunk {
            Chunk::Last => {
                self.after.remove(&cursor);
            }
            Chunk::More { after } => {
                self.after.insert(cursor, after);
            }
        }
    }
}

/// What a chunk that was gone through says of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chunk {
    /// Nothing was left to look at behind it.
    Last,
    /// More may wait, to be looked at from after this ledger number on.
    More { after: u64 },
}

impl Chunk {
    /// What `fetched`, now gone through, says: `rows_left` of its rows are still waiting.
    pub(super) fn of(fetched: Fetched, rows_left: usize) -> Self {
        if fetched.is_whole {
            Self::Last
        } else if rows_left == 0 && fetched.after == 0 {
            // All passed: those behind them are the oldest now, and turns are given from the oldest on.
            Self::More { after: 0 }
        } else {
            // The rest cannot pass; behind them there may still be leads that have an owner.
            Self::More { after: fetched.last_since }
        }
    }
}

/// A chunk as it was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fetched {
    /// Only rows after this ledger number were asked for.
    pub(super) after: u64,
    /// Whether nothing waits behind it.
    pub(super) is_whole: bool,
    /// The ledger number of the last of them.
    pub(super) last_since: u64,
}

impl Fetched {
    pub(super) fn of(rows: &WaitingRows) -> Self {
        let last_since = rows.rows.back().map_or(rows.after, |row| row.since);
        Self { after: rows.after, is_whole: rows.is_whole, last_since }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PART: Fetched = Fetched { after: 0, is_whole: false, last_since: 900 };

    #[test]
    fn a_chunk_with_nothing_behind_it_is_the_last() {
        assert_eq!(Chunk::of(Fetched { is_whole: true, ..PART }, 3), Chunk::Last);
    }

    #[test]
    fn a_chunk_that_passed_to_its_last_lead_is_followed_by_the_oldest_again() {
        assert_eq!(Chunk::of(PART, 0), Chunk::More { after: 0 });
    }

    #[test]
    fn leads_behind_a_chunk_that_cannot_pass_are_looked_at_for_their_owners() {
        assert_eq!(Chunk::of(PART, 17), Chunk::More { after: 900 });
        assert_eq!(Chunk::of(Fetched { after: 500, ..PART }, 0), Chunk::More { after: 900 });
    }
}
