//! When a delivery that failed is tried again.

use rondo_core::Instant;

use crate::clock::Entropy;
use crate::egress::RetryAfter;

/// Seconds between one try and the next: soon enough for a restart of the receiver, long enough for a weekend's
/// outage. After the last one the delivery is given up: eight tries in about 31 hours.
const PAUSE_SECONDS: [u32; 7] = [5, 30, 2 * 60, 10 * 60, 60 * 60, 6 * 60 * 60, LONGEST_SECONDS];
/// The longest pause, whatever the receiver asks for.
const LONGEST_SECONDS: u32 = 24 * 60 * 60;
/// A pause is longer by up to this share, so that what failed together does not come back together.
const SPREAD: f64 = 0.2;

/// When to try again after a failure at `now`, `attempts` having failed before it; none once it is time to give up.
/// A receiver that asks for a longer pause is given it.
pub(super) fn next_try(
    attempts: u64,
    asked: Option<RetryAfter>,
    now: Instant,
    entropy: &dyn Entropy,
) -> Option<Instant> {
    let planned = *PAUSE_SECONDS.get(usize::try_from(attempts).ok()?)?;
    let pause = asked.map_or(planned, |asked| planned.max(seconds(asked, now)));
    let mut bytes = [0; 4];
    entropy.fill(&mut bytes);
    let share = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
    let micros = f64::from(pause) * (1.0 + SPREAD * share) * 1e6;
    Some(Instant::from_micros(now.as_micros().saturating_add(micros as i64)))
}

/// The pause that a receiver asks for, as far as it is given it.
fn seconds(asked: RetryAfter, now: Instant) -> u32 {
    let seconds = match asked {
        RetryAfter::Seconds(seconds) => seconds,
        RetryAfter::At(at) => {
            let micros = at.as_micros().saturating_sub(now.as_micros());
            u64::try_from(micros).unwrap_or(0).div_ceil(1_000_000)
        }
    };
    u32::try_from(seconds).unwrap_or(u32::MAX).min(LONGEST_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SeededEntropy;

    #[test]
    fn pauses_grow_and_end_after_about_a_day_and_a_quarter() {
        let entropy = SeededEntropy::new(1);
        let mut now = Instant::from_micros(0);
        for (attempts, pause) in PAUSE_SECONDS.into_iter().enumerate() {
            let next = next_try(attempts as u64, None, now, &entropy).unwrap();
            let pause = i64::from(pause);
            assert!(
                (now.plus_seconds(pause)..=now.plus_seconds(pause + pause / 5 + 1)).contains(&next)
            );
            now = next;
        }
        assert_eq!(next_try(7, None, now, &entropy), None);
        assert_eq!(next_try(u64::MAX, None, now, &entropy), None);
    }

    #[test]
    fn deliveries_that_failed_together_come_back_apart() {
        let entropy = SeededEntropy::new(2);
        let now = Instant::from_micros(0);
        let mut times: Vec<_> =
            (0..100).map(|_| next_try(3, None, now, &entropy).unwrap()).collect();
        times.sort_unstable();
        times.dedup();
        assert!(times.len() > 90);
    }

    #[test]
    fn a_receiver_may_ask_for_a_longer_pause_up_to_the_longest() {
        use RetryAfter::{At, Seconds};
        let entropy = SeededEntropy::new(3);
        let now = Instant::from_micros(1_790_000_000_500_000);
        let later = |seconds| At(now.plus_seconds(seconds));
        for (attempts, asked, pause) in [
            (0, Seconds(120), 120),
            (0, later(120), 120),
            (0, Seconds(0), 5),
            (0, later(-120), 5),
            (4, Seconds(120), 60 * 60),
            (0, Seconds(u64::MAX), 24 * 60 * 60),
            (0, At(Instant::from_micros(i64::MAX)), 24 * 60 * 60),
        ] {
            let next = next_try(attempts, Some(asked), now, &entropy).unwrap();
            let expected = now.plus_seconds(pause)..=now.plus_seconds(pause + pause / 5 + 1);
            assert!(expected.contains(&next), "{asked:?} after {attempts}: {next}");
        }
        assert_eq!(next_try(7, Some(Seconds(120)), now, &entropy), None);
    }
}
