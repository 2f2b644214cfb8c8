//! What the engine asks of the data. [`Store`] answers in production; tests put faults in between.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use rondo_core::ids::{BatchId, RepId, TeamId};
use rondo_core::text::Name;
use rondo_core::{Entry, Facts, Instant, Needs, TeamParts};
use rondo_store::{Committed, Remembered, Store, StoreError, TeamBatch, Turn};

/// An answer of the data, to come.
pub type Coming<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The data as the engine sees it; each method as on [`Store`].
pub trait Port: Send + Sync + 'static {
    /// The team's last ledger number; none when there is no such team.
    fn revision(&self, team: TeamId) -> Coming<'_, Option<u64>>;
    /// The team from its tables.
    fn load_team(&self, team: TeamId) -> Coming<'_, Option<TeamParts>>;
    /// The names of everybody who is or was a rep of the team, by id.
    fn rep_names(&self, team: TeamId) -> Coming<'_, Vec<(RepId, Name)>>;
    /// The first `limit` entries after a ledger number.
    fn entries_after(&self, team: TeamId, after: u64, limit: u32) -> Coming<'_, Vec<Entry>>;
    /// What is asked for, in the same order.
    fn facts(&self, needs: Vec<(TeamId, Needs)>) -> Coming<'_, Vec<Facts>>;
    /// Which of these requests were accepted before, and not too long ago.
    fn remembered<'a>(
        &'a self,
        team: TeamId,
        scopes: &'a [[u8; 32]],
        now: Instant,
    ) -> Coming<'a, HashMap<[u8; 32], Remembered>>;
    /// Writes the batches of several teams, in the same order; a stale team is left out whole.
    fn write(&self, batches: Arc<Vec<TeamBatch>>) -> Coming<'_, Vec<Committed>>;
    /// How many batches, of different teams, are best decided and written at the same time.
    fn writers(&self) -> usize;
    /// The right to write a team that other nodes write too, once it is this node's turn; none where there is no such.
    fn turn(&self, team: TeamId) -> Coming<'_, Option<Turn>>;
    /// Writes the batch of the team whose turn it is.
    fn write_in_turn(&self, turn: Turn, batches: Arc<Vec<TeamBatch>>)
    -> Coming<'_, Vec<Committed>>;
    /// Returns once everything that was written before is on disk.
    fn durable(&self) -> Coming<'_, ()>;
    /// The batch that wrote a ledger entry, if there is that entry.
    fn batch_at(&self, team: TeamId, n: u64) -> Coming<'_, Option<BatchId>>;
}

impl Port for Store {
    fn revision(&self, team: TeamId) -> Coming<'_, Option<u64>> {
        Box::pin(self.revision(team))
    }
    fn load_team(&self, team: TeamId) -> Coming<'_, Option<TeamParts>> {
        Box::pin(self.load_team(team))
    }
    fn rep_names(&self, team: TeamId) -> Coming<'_, Vec<(RepId, Name)>> {
        Box::pin(self.rep_names(team))
    }
    fn entries_after(&self, team: TeamId, after: u64, limit: u32) -> Coming<'_, Vec<Entry>> {
        Box::pin(self.entries_after(team, after, limit))
    }
    fn facts(&self, needs: Vec<(TeamId, Needs)>) -> Coming<'_, Vec<Facts>> {
        Box::pin(self.facts(needs))
    }
    fn remembered<'a>(
        &'a self,
        team: TeamId,
        scopes: &'a [[u8; 32]],
        now: Instant,
    ) -> Coming<'a, HashMap<[u8; 32], Remembered>> {
        Box::pin(self.remembered(team, scopes, now))
    }
    fn write(&self, batches: Arc<Vec<TeamBatch>>) -> Coming<'_, Vec<Committed>> {
        Box::pin(self.write(batches))
    }
    fn writers(&self) -> usize {
        self.writers()
    }
    fn turn(&self, team: TeamId) -> Coming<'_, Option<Turn>> {
        Box::pin(self.turn(team))
    }
    fn write_in_turn(
        &self,
        turn: Turn,
        batches: Arc<Vec<TeamBatch>>,
    ) -> Coming<'_, Vec<Committed>> {
        Box::pin(self.write_in_turn(turn, batches))
    }
    fn durable(&self) -> Coming<'_, ()> {
        Box::pin(self.durable())
    }
    fn batch_at(&self, team: TeamId, n: u64) -> Coming<'_, Option<BatchId>> {
        Box::pin(self.batch_at(team, n))
    }
}
