//! Tests of mailboxes that forms asked for: a form that is sent twice is shown twice what one test found.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use rondo_core::ids::MailboxId;
use tokio::sync::OnceCell;

use crate::app::sending::probes::{self, MailboxTestView};
use crate::app::{App, AppError, Caller};
use crate::engine::IdempotencyKey;

/// Tests that are kept at most: far more than people ask for in the moment in which a form is sent twice.
const TESTS_MAX: usize = 64;

/// The latest tests, by their forms.
pub(in crate::console) struct Tests {
    latest: Mutex<VecDeque<([u8; 32], Found)>>,
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
            Some(once) => self.of(once.scope).get_or_try_init(test).await.cloned(),
        }
    }

    fn of(&self, form: [u8; 32]) -> Found {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = latest.iter().find(|(known, _)| *known == form) {
            return Arc::clone(found);
        }
        if latest.len() == TESTS_MAX {
            latest.pop_front();
        }
        let found = Found::default();
        latest.push_back((form, Arc::clone(&found)));
        found
    }
}
