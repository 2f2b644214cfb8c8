//! Tests of mailboxes that forms asked for: a form that is sent twice is shown twice what one test found.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use rondo_core::ids::MailboxId;
use rondo_core::time::Instant;
use tokio::sync::OnceCell;

use crate::app::sending::probes::{self, MailboxTestView};
use crate::app::{App, AppError, Caller};
use crate::engine::IdempotencyKey;

/// Tests that are kept at most: far more than people ask for in the moment in which a form is sent twice.
const TESTS_MAX: usize = 64;
/// How long that moment is, from when a test began. Whoever mends a mailbox and sends the form again has it tested anew.
const MOMENT_SECONDS: i64 = 10;

/// The latest tests, by their forms.
pub(in crate::console) struct Tests {
    latest: Mutex<VecDeque<Test>>,
}

struct Test {
    form: [u8; 32],
    began_at: Instant,
    found: Found,
}

/// What a test found, once it is over.
type Found = Arc<OnceCell<MailboxTestView>>;

impl Tests {
    pub(in crate::console) fn new() -> Self {
        Self { latest: Mutex::default() }
    }

    /// What trying the mailbox finds, or what it found for the same form.
    pub(super) async fn found(
        &self,
        app: &App,
        caller: &Caller,
        mailbox: MailboxId,
        once: Option<IdempotencyKey>,
    ) -> Result<MailboxTestView, AppError> {
        let test = || probes::test(app, caller, mailbox, None);
        match once {
            None => test().await,
            Some(once) => {
                let found = self.of(once.scope, app.clock().now());
                found.get_or_try_init(test).await.cloned()
            }
        }
    }

    fn of(&self, form: [u8; 32], now: Instant) -> Found {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.retain(|test| now < test.began_at.plus_seconds(MOMENT_SECONDS));
        if let Some(test) = latest.iter().find(|test| test.form == form) {
            return Arc::clone(&test.found);
        }
        if latest.len() == TESTS_MAX {
            latest.pop_front();
        }
        let found = Found::default();
        latest.push_back(Test { form, began_at: now, found: Arc::clone(&found) });
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_known_for_the_moment_in_which_it_is_sent_twice() {
        let (tests, now) = (Tests::new(), Instant::from_micros(0));
        let first = tests.of([1; 32], now);
        assert!(Arc::ptr_eq(&first, &tests.of([1; 32], now.plus_seconds(9))));
        assert!(!Arc::ptr_eq(&first, &tests.of([2; 32], now.plus_seconds(9))));
        assert!(!Arc::ptr_eq(&first, &tests.of([1; 32], now.plus_seconds(10))));
    }
}
