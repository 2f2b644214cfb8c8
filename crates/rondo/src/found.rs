//! How a team begins: its first ledger entries, written before any engine serves it.

use rondo_core::event::Role;
use rondo_core::ids::{IdSource, KeyId, TeamId, UserId};
use rondo_core::text::{Email, Name};
use rondo_core::{Actor, Detail, Entry, Event, Instant};
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

/// Who begins a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Founder {
    /// Somebody with access to the machine.
    Command,
    /// The administrator.
    Admin,
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
    let mut beginning = Beginning::new(name, admin, clock, entropy);
    let mut secret = [0; SECRET_BYTES];
    entropy.fill(&mut secret);
    let api_key = ApiKey::new(beginning.team, secret);
    beginning.add_key(&api_key);
    let (team, user) = (beginning.team, beginning.user);
    beginning.commit(store, Actor::Cli).await?;
    Ok(Founded { team, user, api_key })
}

/// The same without a key, for an administrator who signs in: by a set-up command, or by themselves in the browser.
pub async fn found_without_key(
    store: &Store,
    name: Name,
    admin: Email,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
    by: Founder,
) -> Result<(TeamId, UserId), StoreError> {
    let beginning = Beginning::new(name, admin, clock, entropy);
    let (team, user) = (beginning.team, beginning.user);
    let actor = match by {
        Founder::Command => Actor::Cli,
        Founder::Admin => Actor::User(user),
    };
    beginning.commit(store, actor).await?;
    Ok((team, user))
}

/// A team that is to begin.
struct Beginning {
    team: TeamId,
    user: UserId,
    key: KeyId,
    at: Instant,
    ids: IdSource,
    events: Vec<Event>,
    details: Vec<Detail>,
}

impl Beginning {
    fn new(name: Name, admin: Email, clock: &dyn Clock, entropy: &dyn Entropy) -> Self {
        let at = clock.now();
        let mut ids = IdSource::new(at, entropy.seed());
        let (team, user, key) = (ids.next_id(), ids.next_id(), ids.next_id());
        let events = vec![
            Event::TeamCreated { name, default_group: ids.next_id() },
            Event::UserAdded { user, role: Role::Admin, rep: None },
        ];
        let details = vec![Detail::User { user, email: admin }];
        Self { team, user, key, at, ids, events, details }
    }

    fn add_key(&mut self, api_key: &ApiKey) {
        let key = self.key;
        self.events.push(Event::KeyCreated {
            key,
            role: Role::Admin,
            rep: None,
            mailbox: None,
            expires_at: None,
            requests_per_second_max: None,
        });
        self.details.push(Detail::Key {
            key,
            name: Name::parse("admin").expect("a visible word is a name"),
            prefix: api_key.prefix(),
            hash: api_key.hash(),
        });
    }

    async fn commit(mut self, store: &Store, actor: Actor) -> Result<(), StoreError> {
        let (team, at) = (self.team, self.at);
        let entry = |(n, event)| Entry { n, at, actor, event };
        let batch = TeamBatch {
            team,
            expected_revision: 0,
            batch: self.ids.next_id(),
            entries: (1..).zip(self.events).map(entry).collect(),
            details: self.details,
            remembered: Vec::new(),
            deliveries: Vec::new(),
            due_at: None,
        };
        match store.commit(vec![batch]).await?.first() {
            Some(Committed::Done) => Ok(()),
            Some(Committed::Stale) | None => {
                Err(StoreError::Conflict(format!("there is a team `{team}` already")))
            }
        }
    }
}
