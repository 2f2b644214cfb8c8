//! The machine's clock, which a test can move on: whoever waits for a time that has come then goes on.

use std::time::Duration;

use rondo::clock::{Clock, SystemClock, Wait};
use rondo_core::Instant;
use tokio::sync::watch;

pub struct MovingClock {
    machine: SystemClock,
    moved: watch::Sender<Duration>,
}

impl MovingClock {
    pub fn new() -> Self {
        Self { machine: SystemClock::new(), moved: watch::Sender::new(Duration::ZERO) }
    }

    /// Lets this much time pass at once.
    pub fn pass(&self, period: Duration) {
        self.moved.send_modify(|moved| *moved += period);
    }

    async fn wait_for(&self, left: impl Fn() -> Duration) {
        let mut moved = self.moved.subscribe();
        loop {
            let left = left();
            if left.is_zero() {
                return;
            }
            tokio::select! {
                _ = moved.changed() => {}
                () = self.machine.wait(left) => {}
            }
        }
    }
}

impl Clock for MovingClock {
    fn now(&self) -> Instant {
        let moved = i64::try_from(self.moved.borrow().as_micros()).unwrap();
        Instant::from_micros(self.machine.now().as_micros() + moved)
    }

    fn monotonic(&self) -> Duration {
        self.machine.monotonic() + *self.moved.borrow()
    }

    fn wait_until(&self, at: Instant) -> Wait<'_> {
        Box::pin(self.wait_for(move || {
            let micros = at.as_micros().saturating_sub(self.now().as_micros());
            Duration::from_micros(u64::try_from(micros).unwrap_or(0))
        }))
    }

    fn wait(&self, period: Duration) -> Wait<'_> {
        let end = self.monotonic() + period;
        Box::pin(self.wait_for(move || end.saturating_sub(self.monotonic())))
    }
}

/// The machine's date and time, for what people write.
pub fn now() -> jiff::Timestamp {
    let now = SystemClock::new().now();
    jiff::Timestamp::from_microsecond(now.as_micros()).unwrap()
}
