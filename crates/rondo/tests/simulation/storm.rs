//! A store in rough weather: commits fail, are overtaken, or are written with the answer lost; the process dies at any
//! moment.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use rondo::engine::port::{Coming, Port};
use rondo::engine::{Caller, Done, Engine, EngineError, Request};
use rondo_core::ids::{BatchId, RepId, TeamId};
use rondo_core::text::Name;
use rondo_core::{Entry, Facts, Instant, Needs, TeamParts};
use rondo_store::{Committed, Remembered, Store, StoreError, TeamBatch, Turn};
use tokio::sync::watch;

use crate::dice::Dice;

/// What somebody else does just before a commit.
pub struct Rival {
    pub engine: Engine,
    pub caller: Caller,
    pub request: Request,
}

pub struct Storm {
    store: Store,
    dice: Mutex<Dice>,
    is_calm: watch::Sender<bool>,
    has_crashed: watch::Sender<bool>,
    rival: Mutex<Option<Rival>>,
    /// What rivals were answered.
    rivals_answers: Mutex<Vec<(Request, Result<Done, EngineError>)>>,
}

impl Storm {
    pub fn over(store: Store, dice: Dice) -> Self {
        Self {
            store,
            dice: Mutex::new(dice),
            is_calm: watch::Sender::new(false),
            has_crashed: watch::Sender::new(false),
            rival: Mutex::default(),
            rivals_answers: Mutex::default(),
        }
    }

    /// Nothing goes wrong from now on.
    pub fn calm_down(&self) {
        self.is_calm.send_replace(true);
    }

    /// Returns once the process has died.
    pub async fn crashed(&self) {
        self.has_crashed.subscribe().wait_for(|has| *has).await.unwrap();
    }

    pub fn let_overtake(&self, rival: Rival) {
        *self.rival.lock().unwrap() = Some(rival);
    }

    pub fn take_rivals_answers(&self) -> Vec<(Request, Result<Done, EngineError>)> {
        *self.rival.lock().unwrap() = None;
        std::mem::take(&mut *self.rivals_answers.lock().unwrap())
    }

    fn happens_once_in(&self, times: usize) -> bool {
        !*self.is_calm.borrow() && self.dice.lock().unwrap().once_in(times)
    }

    /// Dies now and then, and is never heard of again.
    async fn may_crash(&self, once_in: usize) {
        if self.happens_once_in(once_in) {
            self.has_crashed.send_replace(true);
            std::future::pending::<()>().await;
        }
    }

    async fn commit_in_storm(
        &self,
        batches: Arc<Vec<TeamBatch>>,
    ) -> Result<Vec<Committed>, StoreError> {
        let rival = self.rival.lock().unwrap().take();
        if let Some(Rival { engine, caller, request }) = rival {
            let answer = engine.run(caller, request.clone()).await;
            self.rivals_answers.lock().unwrap().push((request, answer));
        }
        self.may_crash(150).await;
        if self.happens_once_in(40) {
            return Err(match self.dice.lock().unwrap().below(5) {
                0 => StoreError::Full,
                1 => StoreError::ReadOnly,
                2 => StoreError::Conflict("somebody was first".to_owned()),
                3 => StoreError::Unavailable("the connection was lost".to_owned()),
                _ => {
                    StoreError::Corrupt { table: "x", column: "y".to_owned(), key: "z".to_owned() }
                }
            });
        }
        let committed = self.store.write(batches).await?;
        self.may_crash(150).await;
        if self.happens_once_in(40) {
            return Err(StoreError::Unavailable("the answer was lost".to_owned()));
        }
        Ok(committed)
    }
}

const CRASH_WHILE_READING: usize = 1000;

impl Port for Storm {
    fn revision(&self, team: TeamId) -> Coming<'_, Option<u64>> {
        Box::pin(async move {
            self.may_crash(CRASH_WHILE_READING).await;
            self.store.revision(team).await
        })
    }
    fn load_team(&self, team: TeamId) -> Coming<'_, Option<TeamParts>> {
        Box::pin(async move {
            self.may_crash(CRASH_WHILE_READING).await;
            self.store.load_team(team).await
        })
    }
    fn rep_names(&self, team: TeamId) -> Coming<'_, Vec<(RepId, Name)>> {
        Port::rep_names(&self.store, team)
    }
    fn entries_after(&self, team: TeamId, after: u64, limit: u32) -> Coming<'_, Vec<Entry>> {
        Port::entries_after(&self.store, team, after, limit)
    }
    fn facts(&self, needs: Vec<(TeamId, Needs)>) -> Coming<'_, Vec<Facts>> {
        Box::pin(async move {
            self.may_crash(CRASH_WHILE_READING).await;
            let facts = self.store.facts(needs).await;
            self.may_crash(CRASH_WHILE_READING).await;
            facts
        })
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
        Box::pin(self.commit_in_storm(batches))
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
        Box::pin(async move {
            self.may_crash(300).await;
            if self.happens_once_in(80) {
                return Err(StoreError::Unavailable("the disk did not confirm a write".to_owned()));
            }
            self.store.durable().await
        })
    }
    fn batch_at(&self, team: TeamId, n: u64) -> Coming<'_, Option<BatchId>> {
        Box::pin(async move {
            self.may_crash(CRASH_WHILE_READING).await;
            self.store.batch_at(team, n).await
        })
    }
}
