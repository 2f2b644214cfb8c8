//! A store with faults in front: commits that fail, that fail after all was written, or that wait to be let through.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use rondo::engine::port::{Coming, Port};
use rondo_core::ids::{BatchId, RepId, TeamId};
use rondo_core::text::Name;
use rondo_core::{Entry, Facts, Instant, Needs, TeamParts};
use rondo_store::{Committed, Remembered, Store, StoreError, TeamBatch, Turn};
use tokio::sync::watch;

/// What befalls a commit.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Nothing is written.
    Before(StoreError),
    /// All is written, and the answer is lost.
    After(StoreError),
}

type Poison = (StoreError, Box<dyn Fn(&TeamBatch) -> bool + Send>);

/// The store, and what befalls it.
pub struct Faults {
    store: Store,
    next: Mutex<VecDeque<Fault>>,
    poison: Mutex<Option<Poison>>,
    has_newer_entries: AtomicBool,
    gate: watch::Sender<bool>,
    /// What the disk says when it is asked whether all is written; none while it keeps silent.
    disk: watch::Sender<Option<Result<(), StoreError>>>,
    /// Whether what asks the disk panics.
    is_disk_broken: AtomicBool,
    /// Entries of each commit that was begun.
    begun: watch::Sender<Vec<usize>>,
    /// How often facts were asked for.
    looked: watch::Sender<usize>,
}

impl Faults {
    pub fn over(store: Store) -> Self {
        Self {
            store,
            next: Mutex::default(),
            poison: Mutex::default(),
            has_newer_entries: AtomicBool::new(false),
            gate: watch::Sender::new(true),
            disk: watch::Sender::new(Some(Ok(()))),
            is_disk_broken: AtomicBool::new(false),
            begun: watch::Sender::new(Vec::new()),
            looked: watch::Sender::new(0),
        }
    }

    /// Befalls the next commit that nothing else befalls before.
    pub fn befall(&self, fault: Fault) {
        self.next.lock().unwrap().push_back(fault);
    }

    /// Every commit with such a batch fails, and writes nothing.
    pub fn poison(&self, is_poison: impl Fn(&TeamBatch) -> bool + Send + 'static) {
        let corrupt = StoreError::Corrupt { table: "x", column: "y".into(), key: "z".into() };
        self.poison_as(corrupt, is_poison);
    }

    /// As [`Self::poison`], with what the store says then.
    pub fn poison_as(
        &self,
        error: StoreError,
        is_poison: impl Fn(&TeamBatch) -> bool + Send + 'static,
    ) {
        *self.poison.lock().unwrap() = Some((error, Box::new(is_poison)));
    }

    /// The ledger's entries turn out to be written by a newer version of the program.
    pub fn write_newer_entries(&self) {
        self.has_newer_entries.store(true, Ordering::Relaxed);
    }

    /// Lets no commit through until [`Self::open`].
    pub fn close(&self) {
        self.gate.send_replace(false);
    }

    pub fn open(&self) {
        self.gate.send_replace(true);
    }

    /// The disk says nothing more until [`Self::disk_says`].
    pub fn hold_disk(&self) {
        self.disk.send_replace(None);
    }

    /// What the disk says from now on of what was written.
    pub fn disk_says(&self, said: Result<(), StoreError>) {
        self.disk.send_replace(Some(said));
    }

    /// Whoever asks the disk from now on panics.
    pub fn break_disk(&self) {
        self.is_disk_broken.store(true, Ordering::Relaxed);
    }

    async fn durable_with_faults(&self) -> Result<(), StoreError> {
        assert!(!self.is_disk_broken.load(Ordering::Relaxed), "the test wants a panic here");
        let mut disk = self.disk.subscribe();
        let said = disk.wait_for(Option::is_some).await.unwrap().clone();
        said.unwrap()?;
        self.store.durable().await
    }

    /// Returns once so many commits have begun.
    pub async fn has_begun(&self, commits: usize) {
        let mut begun = self.begun.subscribe();
        begun.wait_for(|sizes| sizes.len() >= commits).await.unwrap();
    }

    /// Does `act`, and returns once facts were asked for because of it.
    pub async fn look_follows<T>(&self, act: impl Future<Output = T>) -> T {
        let before = *self.looked.borrow();
        let started = act.await;
        self.looked.subscribe().wait_for(|times| *times > before).await.unwrap();
        started
    }

    /// Entries of each commit that was begun.
    pub fn commits(&self) -> Vec<usize> {
        self.begun.borrow().clone()
    }

    async fn commit_with_faults(
        &self,
        batches: Arc<Vec<TeamBatch>>,
    ) -> Result<Vec<Committed>, StoreError> {
        let entries = batches.iter().map(|batch| batch.entries.len()).sum();
        self.begun.send_modify(|sizes| sizes.push(entries));
        self.gate.subscribe().wait_for(|is_open| *is_open).await.unwrap();
        if let Some((error, is_poison)) = &*self.poison.lock().unwrap()
            && batches.iter().any(is_poison)
        {
            return Err(error.clone());
        }
        let fault = self.next.lock().unwrap().pop_front();
        match fault {
            None => self.store.write(batches).await,
            Some(Fault::Before(error)) => Err(error),
            Some(Fault::After(error)) => {
                self.store.write(batches).await?;
                Err(error)
            }
        }
    }
}

impl Port for Faults {
    fn revision(&self, team: TeamId) -> Coming<'_, Option<u64>> {
        Port::revision(&self.store, team)
    }
    fn load_team(&self, team: TeamId) -> Coming<'_, Option<TeamParts>> {
        Port::load_team(&self.store, team)
    }
    fn rep_names(&self, team: TeamId) -> Coming<'_, Vec<(RepId, Name)>> {
        Port::rep_names(&self.store, team)
    }
    fn entries_after(&self, team: TeamId, after: u64, limit: u32) -> Coming<'_, Vec<Entry>> {
        if self.has_newer_entries.load(Ordering::Relaxed) {
            let kind = "rep_cloned".to_owned();
            return Box::pin(async move { Err(StoreError::UnknownEvent { n: after + 1, kind }) });
        }
        Port::entries_after(&self.store, team, after, limit)
    }
    fn facts(&self, needs: Vec<(TeamId, Needs)>) -> Coming<'_, Vec<Facts>> {
        self.looked.send_modify(|times| *times += 1);
        Port::facts(&self.store, needs)
    }
    fn remembered<'a>(
        &'a self,
        team: TeamId,
        scopes: &'a [[u8; 32]],
        now: Instant,
    ) -> Coming<'a, HashMap<[u8; 32], Remembered>> {
        Port::remembered(&self.store, team, scopes, now)
    }
    fn write(&self, batches: Arc<Vec<TeamBatch>>) -> Coming<'_, Vec<Committed>> {
        Box::pin(self.commit_with_faults(batches))
    }
    fn writers(&self) -> usize {
        Port::writers(&self.store)
    }
    fn turn(&self, team: TeamId) -> Coming<'_, Option<Turn>> {
        Port::turn(&self.store, team)
    }
    fn write_in_turn(
        &self,
        turn: Turn,
        batches: Arc<Vec<TeamBatch>>,
    ) -> Coming<'_, Vec<Committed>> {
        Port::write_in_turn(&self.store, turn, batches)
    }
    fn durable(&self) -> Coming<'_, ()> {
        Box::pin(self.durable_with_faults())
    }
    fn batch_at(&self, team: TeamId, n: u64) -> Coming<'_, Option<BatchId>> {
        Port::batch_at(&self.store, team, n)
    }
}
