//! How a team begins: its first three ledger entries, written before any engine serves it.

use rondo_core::event::Role;
use rondo_core::ids::{IdSource, KeyId, TeamId, UserId};
use rondo_core::text::{Email, Name};
use rondo_core::{Actor, Detail, Entry, Event};
use rondo_store::{Committed, Store, StoreError, TeamBatch};

use crate::api_key::{ApiKey, SECRET_BYTES};
use crate::clock::{Clock, Entropy};

/// A team that has begun.
#[derive(Debug, Clone)]
pub struct Founded {
    /// The team.
    pub team: TeamId,
    /// Its first administrator.
    pub user: UserId,
    /// The administrator's key, which can't be shown again.
    pub api_key: ApiKey,
}

/// Begins a team: with its default group, one person who may sign in as an administrator, and a key for them.
///
/// It works while servers run on the same data: a new team has no earlier state that they could hold.
pub async fn found(
    store: &Store,
    name: Name,
    admin: Email,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Founded, StoreError> {
    let now = clock.now();
    let mut ids = IdSource::new(now, entropy.seed());
    let mut secret = [0; SECRET_BYTES];
    entropy.fill(&mut secret);
    let (team, user, key): (TeamId, UserId, KeyId) = (ids.next_id(), ids.next_id(), ids.next_id());
    let api_key = ApiKey::new(team, secret);

    let events = [
        Event::TeamCreated { name, default_group: ids.next_id() },
        Event::UserAdded { user, role: Role::Admin },
        Event::KeyCreated {
            key,
            role: Role::Admin,
            rep: None,
            mailbox: None,
            expires_at: None,
            requests_per_second_max: None,
        },
    ];
    let entries =
        (1..).zip(events).map(|(n, event)| Entry { n, at: now, actor: Actor::Cli, event });
    let details = vec![
        Detail::Key {
            key,
            name: Name::parse("admin").expect("a visible word is a name"),
            prefix: api_key.prefix(),
            hash: api_key.hash(),
        },
        Detail::User { user, email: admin },
    ];
    let batch = TeamBatch {
        team,
        expected_revision: 0,
        batch: ids.next_id(),
        entries: entries.collect(),
        details,
        remembered: Vec::new(),
        deliveries: Vec::new(),
        due_at: None,
    };
    match store.commit(vec![batch]).await?.first() {
        Some(Committed::Done) => Ok(Founded { team, user, api_key }),
        Some(Committed::Stale) | None => {
            Err(StoreError::Conflict(format!("there is a team `{team}` already")))
        }
    }
}
