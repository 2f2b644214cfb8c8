//! How long to wait before something is tried again.

use std::time::Duration;

/// The pauses between tries with a server that is not to be reached, the last of them for as long as it takes.
const TROUBLED: [u64; 5] = [2, 5, 15, 60, 300];
/// The pauses between tries of one message: what a greylisting server waits for, and what a long outage takes. Three days in
/// all, as mail servers do it.
const MESSAGE: [i64; 12] =
    [60, 120, 300, 600, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 12 * 3600, 16 * 3600, 24 * 3600];

/// How long a server is left alone that failed so often in a row.
pub(super) fn after_trouble(failures: u32) -> Duration {
    let at = usize::try_from(failures).unwrap_or(usize::MAX).clamp(1, TROUBLED.len());
    Duration::from_secs(TROUBLED[at - 1])
}

/// How long a message waits that was tried so often, counting this time; none once it is given up.
pub(super) fn of_message(attempts: u64) -> Option<i64> {
    let at = usize::try_from(attempts).unwrap_or(usize::MAX);
    MESSAGE.get(at.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_a_message_is_given_up_after_three_days() {
        assert_eq!(after_trouble(1), Duration::from_secs(2));
        assert_eq!(after_trouble(99), Duration::from_secs(300));
        let all: Vec<_> = (1..).map_while(of_message).collect();
        assert!(all.is_sorted());
        assert!(all.iter().sum::<i64>() > 2 * 24 * 3600);
        assert_eq!(of_message(all.len() as u64 + 1), None);
    }
}
