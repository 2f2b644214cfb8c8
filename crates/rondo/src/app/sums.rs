//! Sums over much of the data, so that no page waits for them: each is made beside the requests that ask for it, and kept for a
//! while where making it takes long. One that is made soon is made anew every time.

use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lru::LruCache;
use rondo_core::ids::{CampaignId, TeamId};
use rondo_core::time::Instant;
use tokio::sync::{Semaphore, SemaphorePermit, watch};

use crate::app::AppError;
use crate::app::campaigns::figures::Figures;
use crate::app::explanation::Circle;
use crate::app::outcomes::OutcomesView;
use crate::app::reports::{FairnessPage, SharesView};
use crate::clock::Clock;

/// How long a request waits for a sum: with the rest of its page it stays below 20 ms.
const WAIT: Duration = Duration::from_millis(8);
/// What is made within this time is not kept.
const MADE_SOON: Duration = Duration::from_millis(4);
/// How long a sum is good at least …
const GOOD_MIN: Duration = Duration::from_secs(30);
/// … and how many times as long as it took to make: then one in a hundred moments is spent on it at most.
const GOOD_TIMES: u32 = 100;
/// How many times as long an old sum is shown while a new one is made.
const OLD_TIMES: u32 = 20;
/// Sums of one kind that are kept at most: those of reports are some 200 KB each in a team of a thousand reps.
const KEPT_MAX: NonZeroUsize = NonZeroUsize::new(64).expect("it is not zero");

/// The sums of all teams.
pub(super) struct Sums {
    pub(super) shares: Kept<(TeamId, i64), SharesView>,
    pub(super) outcomes: Kept<(TeamId, i64), OutcomesView>,
    pub(super) fairness: Kept<(TeamId, i64, String, usize), FairnessPage>,
    pub(super) figures: Kept<(TeamId, CampaignId), Figures>,
    /// By the ledger number at which they stood.
    pub(super) circles: Kept<(TeamId, u64), Circle>,
    reading: Semaphore,
}

impl Sums {
    pub(super) fn new() -> Self {
        let reading = Semaphore::new(1);
        Self {
            shares: Kept::new(),
            outcomes: Kept::new(),
            fairness: Kept::new(),
            figures: Kept::new(),
            circles: Kept::new(),
            reading,
        }
    }

    /// A turn to read much at once: one at a time, so that a database's other readers are there for pages, and in the
    /// order of asking, so that a team of a few leads does not wait for all of one that has a million.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.reading.acquire().await.ok()
    }
}

/// A sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Sum<V> {
    /// What it is.
    pub value: V,
    /// When it was made, where that was not just now.
    pub as_of: Option<Instant>,
}

/// Sums of one kind.
pub(super) struct Kept<K, V> {
    slots: Arc<Mutex<LruCache<K, Slot<V>>>>,
}

struct Slot<V> {
    made: Option<Made<V>>,
    /// Tells once the sum that is being made is there; nothing in it where that failed.
    under_way: Option<watch::Receiver<Option<Option<V>>>>,
}

#[derive(Clone)]
struct Made<V> {
    value: V,
    as_of: Instant,
    at: Duration,
    took: Duration,
}

impl<V> Made<V> {
    fn is_good(&self, now: Duration) -> bool {
        now < self.at + self.good_for()
    }

    fn may_be_shown(&self, now: Duration) -> bool {
        now < self.at + self.good_for() * OLD_TIMES
    }

    fn good_for(&self) -> Duration {
        GOOD_MIN.max(self.took * GOOD_TIMES)
    }
}

impl<K, V> Kept<K, V>
where
    K: Hash + Eq + Clone + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn new() -> Self {
        Self { slots: Arc::new(Mutex::new(LruCache::new(KEPT_MAX))) }
    }

    /// The sum of this key; none while it is still being made.
    pub(super) async fn get<F>(
        &self,
        clock: &Arc<dyn Clock>,
        key: K,
        make: impl Fn() -> F,
    ) -> Result<Option<Sum<V>>, AppError>
    where
        F: Future<Output = Result<V, AppError>> + Send + 'static,
    {
        let (old, mut under_way) = {
            let mut slots = lock(&self.slots);
            let slot =
                slots.get_or_insert_mut(key.clone(), || Slot { made: None, under_way: None });
            let now = clock.monotonic();
            if let Some(made) = slot.made.as_ref().filter(|made| made.is_good(now)) {
                return Ok(Some(Sum { value: made.value.clone(), as_of: Some(made.as_of) }));
            }
            let old = slot.made.clone().filter(|made| made.may_be_shown(now));
            // Nobody is making a sum whose sender is gone without a word.
            let others = slot.under_way.clone().filter(|others| others.has_changed().is_ok());
            let under_way = others.unwrap_or_else(|| self.begin(clock, key, make()));
            slot.under_way = Some(under_way.clone());
            (old, under_way)
        };
        let made = tokio::select! {
            biased;
            made = under_way.wait_for(Option::is_some) => made.map_or(None, |made| made.clone()),
            () = clock.wait(WAIT) => {
                return Ok(old.map(|old| Sum { value: old.value, as_of: Some(old.as_of) }));
            }
        };
        let value = match made.flatten() {
            Some(value) => value,
            // Why it failed is said to each who asks.
            None => make().await?,
        };
        Ok(Some(Sum { value, as_of: None }))
    }

    fn begin<F>(
        &self,
        clock: &Arc<dyn Clock>,
        key: K,
        make: F,
    ) -> watch::Receiver<Option<Option<V>>>
    where
        F: Future<Output = Result<V, AppError>> + Send + 'static,
    {
        let (done, under_way) = watch::channel(None);
        let (slots, clock) = (self.slots.clone(), clock.clone());
        tokio::spawn(async move {
            let (as_of, began) = (clock.now(), clock.monotonic());
            let value = make.await.ok();
            let at = clock.monotonic();
            let took = at.saturating_sub(began);
            let kept = value.clone().filter(|_| took > MADE_SOON);
            let mut slots = lock(&slots);
            match kept.map(|value| Made { value, as_of, at, took }) {
                Some(made) => slots.push(key, Slot { made: Some(made), under_way: None }).map(drop),
                None => slots.pop(&key).map(drop),
            };
            drop(slots);
            done.send_replace(Some(value));
        });
        under_way
    }
}

fn lock<T>(slots: &Mutex<T>) -> MutexGuard<'_, T> {
    slots.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::clock::ManualClock;

    struct Desk {
        manual: Arc<ManualClock>,
        clock: Arc<dyn Clock>,
        kept: Kept<u32, u32>,
        made: Arc<AtomicU32>,
    }

    impl Desk {
        fn new() -> Self {
            let manual = Arc::new(ManualClock::at(Instant::from_micros(0)));
            Self { clock: manual.clone(), manual, kept: Kept::new(), made: Arc::default() }
        }

        /// Asks for a sum that takes so long to make: how often it was made until it was.
        async fn ask(&self, takes: Duration) -> Option<Sum<u32>> {
            let make = || {
                let (manual, made) = (self.manual.clone(), self.made.clone());
                async move {
                    manual.advance(takes);
                    Ok(made.fetch_add(1, Ordering::Relaxed) + 1)
                }
            };
            self.kept.get(&self.clock, 1, make).await.unwrap()
        }
    }

    #[tokio::test]
    async fn what_is_made_soon_is_made_anew_every_time() {
        let desk = Desk::new();
        for times in 1..4 {
            let sum = desk.ask(Duration::from_millis(1)).await.unwrap();
            assert_eq!((sum.value, sum.as_of), (times, None));
        }
    }

    #[tokio::test]
    async fn what_takes_long_is_kept_and_says_of_when_it_is() {
        let desk = Desk::new();
        let begun = desk.clock.now();
        let slow = Duration::from_secs(1);
        // The clock goes on while it is made, so that the request may have left without it.
        desk.ask(slow).await;
        while desk.made.load(Ordering::Relaxed) == 0 {
            tokio::task::yield_now().await;
        }
        let kept = desk.ask(slow).await.unwrap();
        assert_eq!((kept.value, kept.as_of), (1, Some(begun)));
        desk.manual.advance(slow * GOOD_TIMES);
        desk.ask(slow).await;
        while desk.made.load(Ordering::Relaxed) == 1 {
            tokio::task::yield_now().await;
        }
        assert_eq!(desk.ask(slow).await.unwrap().value, 2);
    }

    #[tokio::test]
    async fn nobody_waits_for_what_is_still_being_made() {
        let desk = Desk::new();
        let (open, gate) = tokio::sync::oneshot::channel::<()>();
        let gate = Arc::new(Mutex::new(Some(gate)));
        let make = || {
            let gate = lock(&gate).take();
            async move {
                if let Some(gate) = gate {
                    gate.await.unwrap();
                }
                Ok(7)
            }
        };
        let asked = desk.kept.get(&desk.clock, 1, make);
        let past = async {
            while desk.manual.waiting() == 0 {
                tokio::task::yield_now().await;
            }
            desk.manual.advance(WAIT);
        };
        assert_eq!(tokio::join!(asked, past).0.unwrap(), None);
        open.send(()).unwrap();
        let sum = desk.kept.get(&desk.clock, 1, make).await.unwrap();
        assert_eq!(sum.unwrap().value, 7);
    }

    #[tokio::test]
    async fn a_sum_that_fails_says_why() {
        let desk = Desk::new();
        let make = || async { Err(AppError::not_found("campaign", 1)) };
        let failed = desk.kept.get(&desk.clock, 1, make).await;
        assert!(matches!(failed, Err(AppError::NotFound { .. })));
    }
}
