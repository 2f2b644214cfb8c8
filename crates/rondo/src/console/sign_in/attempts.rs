//! Slowing down those who guess: by network, by address from one network, and by address from anywhere.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::Quota;
use rondo_core::text::{Email, EmailKey};

use crate::clock::Clock;
use crate::throttle::{Throttle, network};

/// A whole company signs in on Monday morning from one network …
const NETWORK: (u32, Duration) = (100, Duration::from_secs(1));
/// … a person who mistypes never waits, and whoever guesses from one network gets some four thousand a day …
const HERE: (u32, Duration) = (10, Duration::from_secs(20));
/// … and from many networks a few times as many: so few that one network alone can't keep the person out.
const ANYWHERE: (u32, Duration) = (100, Duration::from_secs(5));

/// Who may try once more.
pub(in crate::console) struct Attempts {
    by_network: Throttle<IpAddr>,
    here: Throttle<(IpAddr, EmailKey)>,
    anywhere: Throttle<EmailKey>,
}

impl Attempts {
    pub(in crate::console) fn new(clock: &Arc<dyn Clock>) -> Self {
        Self {
            by_network: Throttle::new(quota(NETWORK), clock),
            here: Throttle::new(quota(HERE), clock),
            anywhere: Throttle::new(quota(ANYWHERE), clock),
        }
    }

    /// Whether somebody at this address of the network may try, for this email address; counts either way. Who is
    /// refused for the network counts for nobody's email address.
    pub(super) fn admit(&self, from: Option<SocketAddr>, email: Option<&str>) -> bool {
        self.by_network.forget_quiet();
        self.here.forget_quiet();
        self.anywhere.forget_quiet();
        let network = network(from);
        if !self.by_network.admit(&network) {
            return false;
        }
        // What is no address is nobody's.
        let Some(email) = email.and_then(|email| Email::parse(email.trim()).ok()) else {
            return true;
        };
        self.here.admit(&(network, email.key())) && self.anywhere.admit(&email.key())
    }
}

fn quota((burst, period): (u32, Duration)) -> Quota {
    let burst = NonZeroU32::new(burst).expect("the burst is not zero");
    Quota::with_period(period).expect("the period is not zero").allow_burst(burst)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use rondo_core::Instant;

    const ANN: Option<&str> = Some("ann@acme.example");
    const OFFICE: &str = "203.0.113.7:1";

    fn attempts() -> Attempts {
        let clock: Arc<dyn Clock> =
            Arc::new(ManualClock::at(Instant::parse("2026-11-02T09:00:00Z").unwrap()));
        Attempts::new(&clock)
    }

    fn from(address: &str) -> Option<SocketAddr> {
        Some(address.parse().unwrap())
    }

    #[test]
    fn a_company_signs_in_from_one_network() {
        let attempts = attempts();
        for number in 0..100 {
            let email = format!("rep{number}@acme.example");
            assert!(attempts.admit(from(OFFICE), Some(&email)), "{number}");
        }
        assert!(!attempts.admit(from(OFFICE), ANN));
        assert!(attempts.admit(from("198.51.100.1:1"), ANN));
    }

    #[test]
    fn whoever_guesses_from_elsewhere_does_not_keep_a_person_out() {
        let attempts = attempts();
        let guessed = (0..50).filter(|_| attempts.admit(from("198.51.100.1:1"), ANN)).count();
        assert_eq!(guessed, 10);
        assert!(attempts.admit(from(OFFICE), ANN));
    }

    #[test]
    fn guesses_from_many_networks_come_to_an_end() {
        let attempts = attempts();
        let guessed = (0..200).filter(|one| attempts.admit(from(&format!("10.0.{one}.1:1")), ANN));
        assert_eq!(guessed.count(), 100);
    }

    #[test]
    fn a_network_typed_as_an_address_is_nobody() {
        let attempts = attempts();
        for _ in 0..50 {
            assert!(attempts.admit(from("198.51.100.1:1"), Some("203.0.113.7")));
        }
        assert!(attempts.admit(from(OFFICE), ANN));
    }
}
