//! Two engines over one store. One that dies is followed by a new one, and callers who got no answer ask again.

use std::cell::RefCell;
use std::sync::Arc;

use futures_util::future::join_all;
use rondo::clock::{ManualClock, SeededEntropy};
use rondo::engine::{Caller, Done, Engine, EngineError, EngineOptions, Request};
use rondo_core::ids::TeamId;
use rondo_store::Store;

use crate::dice::Dice;
use crate::storm::{Rival, Storm};

/// How often a caller asks again.
const TRIES_MAX: usize = 30;

pub struct Node {
    pub engine: Engine,
    pub storm: Arc<Storm>,
}

pub struct Nodes {
    store: Store,
    clock: Arc<ManualClock>,
    dice: Dice,
    is_calm: bool,
    pub nodes: [Node; 2],
    /// Everything that was acknowledged.
    pub acknowledged: Vec<(Request, Done)>,
    pub crashes: usize,
}

impl Nodes {
    pub fn over(store: Store, clock: Arc<ManualClock>, seed: u64) -> Self {
        let mut dice = Dice::new(seed ^ 0x5a5a);
        let mut node = || start(&store, &clock, &mut dice);
        let nodes = [node(), node()];
        Self { store, clock, dice, is_calm: false, nodes, acknowledged: Vec::new(), crashes: 0 }
    }

    pub fn calm_down(&mut self) {
        self.is_calm = true;
        self.nodes.iter().for_each(|node| node.storm.calm_down());
    }

    /// Sends requests to one node at the same moment, and sees to it that each gets its answer.
    pub async fn run(
        &mut self,
        node: usize,
        caller: Caller,
        requests: Vec<Request>,
    ) -> Vec<Result<Done, EngineError>> {
        let mut answers: Vec<Option<Result<Done, EngineError>>> = vec![None; requests.len()];
        for attempt in 0..TRIES_MAX {
            let open: Vec<usize> =
                (0..requests.len()).filter(|index| is_open(&answers[*index])).collect();
            if open.is_empty() {
                break;
            }
            let asked: Vec<_> = open.iter().map(|index| requests[*index].clone()).collect();
            // After a failure a caller may as well come to the other node.
            let node = (node + attempt) % 2;
            let came = self.ask_once(node, caller, asked).await;
            for (index, answer) in open.into_iter().zip(came) {
                answers[index] = answer.or(answers[index].take());
            }
        }
        let answers: Vec<_> = answers
            .into_iter()
            .map(|answer| answer.unwrap_or(Err(EngineError::Stopping)))
            .collect();
        for (request, answer) in requests.into_iter().zip(&answers) {
            if let Ok(done) = answer {
                self.acknowledged.push((request, done.clone()));
            }
        }
        answers
    }

    /// Lets `request` be committed by the other node between the next decision of this one and its commit.
    pub fn let_overtake(&mut self, node: usize, caller: Caller, request: Request) {
        let engine = self.nodes[1 - node].engine.clone();
        // In calm weather alone: a rival that dies would leave this node waiting for it.
        self.nodes[1 - node].storm.calm_down();
        self.nodes[node].storm.let_overtake(Rival { engine, caller, request });
    }

    /// Takes note of what rivals were answered, and lets the weather turn bad again.
    pub fn after_overtaking(&mut self, node: usize) {
        for (request, answer) in self.nodes[node].storm.take_rivals_answers() {
            if let Ok(done) = answer {
                self.acknowledged.push((request, done));
            }
        }
        if !self.is_calm {
            self.nodes[1 - node] = start(&self.store, &self.clock, &mut self.dice);
        }
    }

    /// Does what is due.
    pub async fn wake(&mut self, node: usize, team: TeamId) {
        for attempt in 0..TRIES_MAX {
            let node = (node + attempt) % 2;
            let Node { engine, storm } = &self.nodes[node];
            let woken = tokio::select! {
                woken = engine.wake(team) => Some(woken),
                () = storm.crashed() => None,
            };
            match woken {
                Some(Ok(())) => return,
                Some(Err(_)) => {}
                None => self.replace(node),
            }
        }
    }

    async fn ask_once(
        &mut self,
        node: usize,
        caller: Caller,
        requests: Vec<Request>,
    ) -> Vec<Option<Result<Done, EngineError>>> {
        let answers = RefCell::new(vec![None; requests.len()]);
        let Node { engine, storm } = &self.nodes[node];
        let asking = join_all(requests.into_iter().enumerate().map(|(index, request)| {
            let answers = &answers;
            async move {
                let answer = engine.run(caller, request).await;
                answers.borrow_mut()[index] = Some(answer);
            }
        }));
        let has_crashed = tokio::select! {
            _ = asking => false,
            () = storm.crashed() => true,
        };
        let answers = answers.into_inner();
        if has_crashed {
            self.replace(node);
        }
        answers
    }

    fn replace(&mut self, node: usize) {
        self.crashes += 1;
        self.nodes[node] = start(&self.store, &self.clock, &mut self.dice);
        if self.is_calm {
            self.nodes[node].storm.calm_down();
        }
    }
}

/// Whether a caller would ask again.
fn is_open(answer: &Option<Result<Done, EngineError>>) -> bool {
    match answer {
        None => true,
        Some(Ok(_)) => false,
        Some(Err(error)) => match error {
            EngineError::Store(_)
            | EngineError::Busy { .. }
            | EngineError::TeamBusy { .. }
            | EngineError::Stopping => true,
            EngineError::Refused(_)
            | EngineError::KeyReused
            | EngineError::NoSuchTeam
            | EngineError::Unready => false,
        },
    }
}

fn start(store: &Store, clock: &Arc<ManualClock>, dice: &mut Dice) -> Node {
    let storm = Arc::new(Storm::over(store.clone(), Dice::new(dice.next())));
    let entropy = Arc::new(SeededEntropy::new(dice.next()));
    // A memory of one team at most now and then, so that reading it anew is common.
    let cache_bytes_max = if dice.once_in(2) { 1 } else { 1 << 20 };
    let options = EngineOptions { cache_bytes_max, ..Default::default() };
    let engine = Engine::over(storm.clone(), clock.clone(), entropy, options);
    Node { engine, storm }
}
