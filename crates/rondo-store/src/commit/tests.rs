//! Commits that the disk refuses.

use rondo_core::event::Role;
use rondo_core::ids::{IdSource, TeamId};
use rondo_core::text::Name;
use rondo_core::{Actor, Entry, Event, Instant};

use crate::rows::Values;
use crate::{Committed, Store, StoreError, StoreOptions, TeamBatch};

const NOON: Instant = Instant::from_micros(1_795_000_000_000_000);

struct World {
    store: Store,
    ids: IdSource,
    team: TeamId,
    revision: u64,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("rondo.db").display());
        let store = Store::open(&StoreOptions { database, readers: 1 }).await.unwrap();
        let mut ids = IdSource::new(NOON, 1);
        let team = ids.next_id();
        let mut world = Self { store, ids, team, revision: 0, _folder: folder };
        let default_group = world.ids.next_id();
        let event = Event::TeamCreated { name: Name::parse("Acme").unwrap(), default_group };
        let batch = world.batch(vec![event]);
        world.commit(batch).await.unwrap();
        world
    }

    fn batch(&mut self, events: Vec<Event>) -> TeamBatch {
        let entries = (self.revision + 1..).zip(events).map(|(n, event)| Entry {
            n,
            at: NOON,
            actor: Actor::Cli,
            event,
        });
        TeamBatch {
            team: self.team,
            expected_revision: self.revision,
            batch: self.ids.next_id(),
            entries: entries.collect(),
            details: Vec::new(),
            remembered: Vec::new(),
            deliveries: Vec::new(),
            due_at: None,
        }
    }

    fn many_users(&mut self) -> TeamBatch {
        let events = (0..500).map(|_| Event::UserAdded {
            user: self.ids.next_id(),
            role: Role::Viewer,
            rep: None,
        });
        let events = events.collect();
        self.batch(events)
    }

    async fn commit(&mut self, batch: TeamBatch) -> Result<(), StoreError> {
        let entries = batch.entries.len() as u64;
        assert_eq!(self.store.commit(vec![batch]).await?, [Committed::Done]);
        self.revision += entries;
        Ok(())
    }

    /// Sets a pragma of the connection that writes now.
    async fn pragma(&self, pragma: &str) {
        let mut writer = self.store.of(self.team).writer().await.unwrap();
        let pragma = format!("pragma {pragma}");
        writer.fetch(&pragma, Values::default()).await.unwrap();
    }

    async fn assert_untouched_and_working(&mut self) {
        assert_eq!(self.store.revision(self.team).await.unwrap(), Some(self.revision));
        let entries = self.store.entries_after(self.team, 0, 1000).await.unwrap();
        assert_eq!(entries.len() as u64, self.revision);
        let batch = self.many_users();
        self.commit(batch).await.unwrap();
        let report = self.store.verify(self.team, &mut |_| {}).await.unwrap().unwrap();
        assert_eq!(report.differences, []);
    }
}

#[tokio::test]
async fn a_full_disk_is_said_to_be_full_and_writing_goes_on_when_there_is_room() {
    let mut world = World::new().await;
    world.pragma("max_page_count = 1").await;
    let batch = world.many_users();
    let error = world.commit(batch).await.unwrap_err();
    assert!(matches!(error, StoreError::Full), "{error:?}");
    world.assert_untouched_and_working().await;
}

#[tokio::test]
async fn a_disk_that_cannot_be_written_to_is_said_to_be_read_only() {
    let mut world = World::new().await;
    world.pragma("query_only = 1").await;
    let batch = world.many_users();
    let error = world.commit(batch).await.unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly), "{error:?}");
    world.assert_untouched_and_working().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_may_open_a_new_database_at_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("rondo.db").display());
        let opening: Vec<_> = (0..6)
            .map(|_| {
                let options = StoreOptions { database: database.clone(), readers: 1 };
                tokio::spawn(async move { Store::open(&options).await })
            })
            .collect();
        for opened in opening {
            opened.await.unwrap().unwrap().ping().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_not_touched() {
    let world = World::new().await;
    world.pragma("user_version = 1000").await;
    let path = world._folder.path().join("rondo.db");
    let options = StoreOptions { database: format!("sqlite:{}", path.display()), readers: 1 };
    let error = Store::open(&options).await.unwrap_err();
    assert!(error.to_string().contains("newer version"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn only_their_owner_can_read_the_data() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data").join("rondo.db");
    let database = format!("sqlite:{}", path.display());
    let _store = Store::open(&StoreOptions { database, readers: 1 }).await.unwrap();
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for file in ["rondo.db", "rondo.db-wal", "rondo.db-shm"] {
        assert_eq!(mode(&path.with_file_name(file)), 0o600, "{file}");
    }
}

#[tokio::test]
async fn a_database_that_is_none_is_refused_with_what_was_expected() {
    for database in ["rondo.db", "sqlite:", "sqlite::memory:"] {
        let options = StoreOptions { database: database.to_owned(), readers: 1 };
        let error = Store::open(&options).await.unwrap_err();
        assert!(matches!(error, StoreError::Unopenable { .. }), "{error:?}");
    }
}
