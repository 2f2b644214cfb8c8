//! What PostgreSQL knows of the sizes of tables, which it plans by.
//!
//! It counts them by itself, but a minute or so after they have grown. A new installation that imports its leads would
//! walk through them until then, so that it is asked to count after the first few, and after ten times as many.

use std::sync::atomic::{AtomicU64, Ordering};

/// Rows written by this process after which the tables are counted.
const COUNTED_AT: [u64; 4] = [300, 3_000, 30_000, 300_000];

/// Counts the tables that grow with the leads. Asks for nothing that another owner's table would not allow: it is
/// left out then.
pub(super) const COUNT: &str =
    "analyze leads, conversations, assignments, ledger, waiting, deliveries, remembered";

/// Rows written by this process.
#[derive(Default)]
pub(super) struct Written(AtomicU64);

impl Written {
    /// Notes so many more, and says whether it is time to count.
    pub(super) fn add(&self, rows: usize) -> bool {
        let rows = rows as u64;
        let before = self.0.fetch_add(rows, Ordering::Relaxed);
        COUNTED_AT.iter().any(|&at| (before + 1..=before + rows).contains(&at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_counted_once_for_each_tenfold() {
        let written = Written::default();
        let counted = (0..1_000).filter(|_| written.add(7)).count();
        assert_eq!(counted, 2);
        assert!(written.add(1_000_000));
    }
}
