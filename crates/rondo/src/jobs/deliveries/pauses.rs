//! When a delivery that failed is tried again.

use rondo_core::Instant;

use crate::clock::Entropy;

/// Seconds between one try and the next: soon enough for a restart of the receiver, long enough for a weekend's
/// outage. After the last one the delivery is given up: eight tries in about 31 hours.
const PAUSE_SECONDS: [u32; 7] = [5, 30, 2 * 60, 10 * 60, 60 * 60, 6 * 60 * 60, 24 * 60 * 60];
/// A pause is longer by up to this share, so that what failed together does not come back together.
const SPREAD: f64 = 0.2;

/// When to try again after a failure at `now`, `attempts` having failed before it; none once it is time to give up.
pub(super) fn next_try(attempts: u64, now: Instant, entropy: &dyn Entropy) -> Option<Instant> {
    let pause = PAUSE_SECONDS.get(usize::try_from(attempts).ok()?)?;
    let mut bytes = [0; 4];
    entropy.fill(&mut bytes);
    let share = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
    let micros = f64::from(*pause) * (1.0 + SPREAD * share) * 1e6;
    Some(Instant::from_micros(now.as_micros().saturating_add(micros as i64)))
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
            let next = next_try(attempts as u64, now, &entropy).unwrap();
            let pause = i64::from(pause);
            assert!(
                (now.plus_seconds(pause)..=now.plus_seconds(pause + pause / 5 + 1)).contains(&next)
            );
            now = next;
        }
        assert_eq!(next_try(7, now, &entropy), None);
        assert_eq!(next_try(u64::MAX, now, &entropy), None);
    }

    #[test]
    fn deliveries_that_failed_together_come_back_apart() {
        let entropy = SeededEntropy::new(2);
        let now = Instant::from_micros(0);
        let mut times: Vec<_> = (0..100).map(|_| next_try(3, now, &entropy).unwrap()).collect();
        times.sort_unstable();
        times.dedup();
        assert!(times.len() > 90);
    }
}
