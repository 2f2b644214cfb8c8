//! Slowing down those who ask too often, by the injected clock.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::clock::Clock;

/// Callers remembered at most before those that have been quiet are forgotten: some 5 MB.
const THROTTLED_MAX: usize = 50_000;

/// Slows down those who ask too often.
pub struct Throttle<K: Clone + Eq + Hash> {
    limiter: RateLimiter<K, DashMapStateStore<K>, Ticks, NoOpMiddleware<Nanos>>,
}

impl<K: Clone + Eq + Hash> Throttle<K> {
    /// One that gives each caller this quota.
    pub fn new(quota: Quota, clock: &Arc<dyn Clock>) -> Self {
        let ticks = Ticks(Arc::clone(clock));
        Self { limiter: RateLimiter::new(quota, DashMapStateStore::default(), ticks) }
    }

    /// Whether this caller may go on; counts either way.
    pub fn admit(&self, who: &K) -> bool {
        self.limiter.check_key(who).is_ok()
    }

    /// Forgets those who have been quiet, once there are many.
    pub fn forget_quiet(&self) {
        if self.limiter.len() > THROTTLED_MAX {
            self.limiter.retain_recent();
        }
    }
}

/// What counts as one address: an IPv6 customer has a whole /64.
pub fn network(address: Option<SocketAddr>) -> IpAddr {
    let address = address.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |address| address.ip());
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// The injected clock, as governor reads one.
#[derive(Clone)]
pub struct Ticks(Arc<dyn Clock>);

impl Ticks {
    /// This clock.
    pub fn new(clock: &Arc<dyn Clock>) -> Self {
        Self(Arc::clone(clock))
    }
}

impl GovernorClock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(self.0.monotonic())
    }
}
