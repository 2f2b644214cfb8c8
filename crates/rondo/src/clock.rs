//! Where time and randomness enter: the `Clock` and `Entropy` that everything else is handed.
//!
//! Production takes [`SystemClock`] and [`SystemEntropy`]; tests and the simulation take [`ManualClock`] and
//! [`SeededEntropy`], which stand still until they are told otherwise and give the same again for the same seed.
//! Nothing else in the program reads a clock, draws a random number or sleeps; clippy holds that.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rondo_core::Instant;
use tokio::sync::watch;

/// A wait that a [`Clock`] ends.
pub type Wait<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// What time it is, and waiting until it is another.
pub trait Clock: Send + Sync + 'static {
    /// The time of day; it may step back when somebody sets the machine's clock.
    fn now(&self) -> Instant;

    /// Time since some fixed moment; it never steps back. For durations, not for dates.
    fn monotonic(&self) -> Duration;

    /// Returns once `now()` is `at` or later.
    fn wait_until(&self, at: Instant) -> Wait<'_>;

    /// Returns once this much time has passed.
    fn wait(&self, period: Duration) -> Wait<'_>;
}

/// Random bytes.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes` with random ones, fit for secrets where the system gives them.
    fn fill(&self, bytes: &mut [u8]);

    /// 128 random bits, as the seed of an [`rondo_core::ids::IdSource`].
    fn seed(&self) -> u128 {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        u128::from_be_bytes(bytes)
    }
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock {
    started: std::time::Instant,
}

impl SystemClock {
    /// The machine's clock; `monotonic()` counts from now.
    #[expect(clippy::disallowed_methods, reason = "this is where the clock comes in")]
    pub fn new() -> Self {
        Self { started: std::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

/// The longest sleep before the time of day is looked at again: so soon a step of the machine's clock is noticed.
const SLEEP_SECONDS_MAX: u64 = 10;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the clock comes in")]
    fn now(&self) -> Instant {
        Instant::from_micros(jiff::Timestamp::now().as_microsecond())
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    fn wait_until(&self, at: Instant) -> Wait<'_> {
        Box::pin(async move {
            loop {
                let micros = at.as_micros().saturating_sub(self.now().as_micros());
                if micros <= 0 {
                    return;
                }
                let period = Duration::from_micros(micros as u64);
                self.wait(period.min(Duration::from_secs(SLEEP_SECONDS_MAX))).await;
            }
        })
    }

    #[expect(clippy::disallowed_methods, reason = "this is where waiting comes in")]
    fn wait(&self, period: Duration) -> Wait<'_> {
        Box::pin(tokio::time::sleep(period))
    }
}

/// The machine's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is where randomness comes in")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system gives random bytes once it has started");
    }
}

/// A clock that stands still until it is set.
#[derive(Debug)]
pub struct ManualClock {
    time: watch::Sender<Reading>,
}

#[derive(Debug, Clone, Copy)]
struct Reading {
    now: Instant,
    monotonic: Duration,
}

impl ManualClock {
    /// A clock that shows `now`.
    pub fn at(now: Instant) -> Self {
        Self { time: watch::Sender::new(Reading { now, monotonic: Duration::ZERO }) }
    }

    /// Lets this much time pass; whoever waits for an instant that has come goes on.
    pub fn advance(&self, period: Duration) {
        self.time.send_modify(|reading| {
            let micros = i64::try_from(period.as_micros()).unwrap_or(i64::MAX);
            reading.now = Instant::from_micros(reading.now.as_micros().saturating_add(micros));
            reading.monotonic += period;
        });
    }

    /// Sets the time of day, backwards too, as a person may set a machine's clock: no time passes by it.
    pub fn set(&self, now: Instant) {
        self.time.send_modify(|reading| reading.now = now);
    }

    /// Lets time pass until `at`; nothing when that is past.
    pub fn advance_to(&self, at: Instant) {
        let micros = at.as_micros().saturating_sub(self.now().as_micros());
        if let Ok(micros) = u64::try_from(micros) {
            self.advance(Duration::from_micros(micros));
        }
    }

    /// How many wait for it now.
    pub fn waiting(&self) -> usize {
        self.time.receiver_count()
    }

    async fn wait_for(&self, is_over: impl Fn(&Reading) -> bool) {
        let mut time = self.time.subscribe();
        time.wait_for(is_over).await.expect("the sender lives as long as the clock");
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        self.time.borrow().now
    }

    fn monotonic(&self) -> Duration {
        self.time.borrow().monotonic
    }

    fn wait_until(&self, at: Instant) -> Wait<'_> {
        Box::pin(self.wait_for(move |reading| reading.now >= at))
    }

    fn wait(&self, period: Duration) -> Wait<'_> {
        let end = self.monotonic() + period;
        Box::pin(self.wait_for(move |reading| reading.monotonic >= end))
    }
}

/// Bytes that follow from a seed. Not for secrets.
#[derive(Debug)]
pub struct SeededEntropy {
    state: AtomicU64,
}

impl SeededEntropy {
    /// The bytes of this seed.
    pub fn new(seed: u64) -> Self {
        Self { state: AtomicU64::new(seed) }
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    fn next(&self) -> u64 {
        const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.state.fetch_add(GOLDEN, Ordering::Relaxed).wrapping_add(GOLDEN);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_wait_on_a_manual_clock_ends_when_its_time_has_come() {
        let clock = Arc::new(ManualClock::at(Instant::from_micros(1_000_000)));
        let waiting = tokio::spawn({
            let clock = Arc::clone(&clock);
            async move { clock.wait_until(Instant::from_micros(3_000_000)).await }
        });
        clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        clock.advance(Duration::from_secs(1));
        waiting.await.unwrap();
        assert_eq!(clock.monotonic(), Duration::from_secs(2));
    }

    #[test]
    fn setting_a_manual_clock_back_lets_no_time_pass() {
        let clock = ManualClock::at(Instant::from_micros(5_000_000));
        clock.set(Instant::from_micros(1_000_000));
        assert_eq!(clock.now(), Instant::from_micros(1_000_000));
        assert_eq!(clock.monotonic(), Duration::ZERO);
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let (one, other) = (SeededEntropy::new(7), SeededEntropy::new(7));
        assert_eq!(one.seed(), other.seed());
        assert_ne!(one.seed(), SeededEntropy::new(8).seed());
    }
}
