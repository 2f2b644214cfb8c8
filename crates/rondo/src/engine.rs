//! The one write path: every command of every team is decided and committed here.
//!
//! Callers put a command into a bounded queue ([`queue`]) and wait. A writer ([`writer`]) takes what has gathered,
//! fetches the facts of the whole batch at once, decides each command in order on a copy of its team ([`draft`]), and
//! writes the batch in one transaction. Callers are answered once it is on disk ([`landing`]). There is no timer: while
//! one batch is being written, the next one gathers. The teams that were used last stay in memory ([`cache`]). An embedded
//! database has one writer; where many can write at once there are several, and each team has its own.

use std::sync::Arc;

use rondo_core::ids::TeamId;
use rondo_core::{Actor, Answer, Command, Entry, Refusal, Warning};
use rondo_store::{Store, StoreError};
use sha2::{Digest as _, Sha256};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;

use crate::clock::{Clock, Entropy};
use crate::jobs::deliveries::Nudges;
use crate::telemetry::traces::Origin;

mod cache;
mod draft;
mod landing;
pub mod port;
mod queue;
mod service;
mod state;
mod tally;
mod teams;
mod watchers;
mod writer;

pub use state::{Roster, TeamState};

use port::Port;
use queue::{Job, Queue, Reply, Task, Whole};
use tally::Tally;
use teams::Teams;
use watchers::Watchers;

/// How long a repeated request is recognised by its idempotency key: a day, as the API promises.
pub const REMEMBERED_SECONDS: i64 = 24 * 60 * 60;

/// Who asks, for which team.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// The team that the caller belongs to.
    pub team: TeamId,
    /// As whom the ledger names them.
    pub actor: Actor,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Request {
    /// The change wanted.
    pub command: Command,
    /// How a repeat of this request is recognised.
    pub idempotency: Option<IdempotencyKey>,
}

/// Recognises a repeated request: the hash of where it was sent with which key, and the hash of its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Credential, method, path and key.
    pub scope: [u8; 32],
    /// The body.
    pub body: [u8; 32],
    /// For a part of a request: the scope of the whole, which is remembered with the first part that is accepted.
    pub whole: Option<[u8; 32]>,
    /// How long it is recognised.
    pub kept_seconds: i64,
}

impl IdempotencyKey {
    /// The key of a request.
    pub fn new(scope: [u8; 32], body: [u8; 32]) -> Self {
        Self { scope, body, whole: None, kept_seconds: REMEMBERED_SECONDS }
    }

    /// The key of one of the things that a request asks for, by its place among them.
    pub fn of_part(self, place: usize) -> Self {
        let scope = Sha256::new_with_prefix(self.scope).chain_update((place as u64).to_be_bytes());
        Self { scope: scope.finalize().into(), whole: Some(self.scope), ..self }
    }

    /// The same, recognised for so long.
    pub fn kept_for(self, kept_seconds: i64) -> Self {
        Self { kept_seconds, ..self }
    }
}

/// A command that was accepted, and is durable.
#[derive(Debug, Clone)]
pub struct Done {
    /// What it came to.
    pub answer: Answer,
    /// Cautions.
    pub warnings: Vec<Warning>,
    /// The entries that this command wrote; none when all was as wanted, or when it is a repeat from the store.
    pub entries: Vec<Entry>,
    /// The team after the batch in which the command was decided.
    pub team: Arc<TeamState>,
    /// Whether an earlier request with the same idempotency key did it.
    pub is_repeat: bool,
}

/// Why a command was not done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EngineError {
    /// The rules refuse it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The idempotency key was used with another body.
    #[error("the idempotency key was used for another request; take a new key for a new request")]
    KeyReused,
    /// There is no such team.
    #[error("there is no such team")]
    NoSuchTeam,
    /// Too many commands of this team wait.
    #[error("too many requests of this team are waiting; try again in {retry_after_seconds} s")]
    TeamBusy {
        /// When to come back.
        retry_after_seconds: u32,
    },
    /// Too many commands of all teams wait.
    #[error("the server has too many requests waiting; try again in {retry_after_seconds} s")]
    Busy {
        /// When to come back.
        retry_after_seconds: u32,
    },
    /// The ledger holds an event that this version of the program does not know.
    #[error("the team's ledger was written by a newer version of Rondo; update this server")]
    Unready,
    /// The data could not be read or written; what was asked is not done.
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// The server is closing.
    #[error("the server is closing; try again")]
    Stopping,
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::UnknownEvent { .. } => Self::Unready,
            error => Self::Store(Arc::new(error)),
        }
    }
}

/// How large things may grow.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Bytes of teams kept in memory. 256 MB hold some 30,000 teams of 25 reps, or three of 100,000.
    pub cache_bytes_max: usize,
    /// Leads and other commands of one team that may wait: two to four seconds of work for this team alone.
    pub team_waiting_max: usize,
    /// Leads and other commands of all teams that may wait: sixteen teams' worth, at most some 60 MB.
    pub waiting_max: usize,
    /// Who is told that deliveries were queued.
    pub nudges: Nudges,
    /// Leads and other commands decided in one transaction. Larger ones gain nothing and make everybody wait longer.
    pub batch_max: usize,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            cache_bytes_max: 256 << 20,
            team_waiting_max: 4096,
            waiting_max: 65_536,
            nudges: Nudges::default(),
            batch_max: 1024,
        }
    }
}

/// The engine's handle. When the last clone is dropped without [`Engine::stop`], what was not answered is abandoned,
/// as if the process had been killed.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
    _life: Arc<Life>,
}

struct Shared {
    queue: Queue,
    teams: Teams,
    watchers: Watchers,
    tally: Tally,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    nudges: Nudges,
    batch_max: usize,
    /// Writers that have not ended, or whose last callers are not answered.
    at_work: watch::Sender<usize>,
}

struct Life(Vec<AbortHandle>);

impl Drop for Life {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}

impl Engine {
    /// Starts the engine over a store; needs a running Tokio runtime.
    pub fn start(
        store: Store,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        options: EngineOptions,
    ) -> Self {
        Self::over(Arc::new(store), clock, entropy, options)
    }

    /// Starts the engine over anything that answers like a store: tests put faults in between.
    pub fn over(
        port: Arc<dyn Port>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        options: EngineOptions,
    ) -> Self {
        let writers = port.writers();
        let shared = Arc::new(Shared {
            queue: Queue::new(
                writers,
                options.team_waiting_max,
                options.waiting_max,
                options.batch_max,
            ),
            teams: Teams::new(port, options.cache_bytes_max),
            watchers: Watchers::default(),
            tally: Tally::new(),
            clock,
            entropy,
            nudges: options.nudges,
            batch_max: options.batch_max,
            at_work: watch::Sender::new(writers),
        });
        let mut tasks = vec![tokio::spawn(watchers::poll(Arc::clone(&shared))).abort_handle()];
        for writer in 0..writers {
            let (landings, landed) = mpsc::channel(landing::LOTS_MAX);
            let writing = writer::run(Arc::clone(&shared), writer, landings);
            let landing = landing::run(Arc::clone(&shared), landed);
            tasks.extend(
                [tokio::spawn(writing), tokio::spawn(landing)].map(|task| task.abort_handle()),
            );
        }
        Self { shared, _life: Arc::new(Life(tasks)) }
    }

    /// Carries out one command: puts it into the queue at once, so that what waits is small, and then waits until it is
    /// durable or certain not to be done.
    ///
    /// A caller who stops waiting does not stop the command.
    pub fn run(
        &self,
        caller: Caller,
        request: Request,
    ) -> impl Future<Output = Result<Done, EngineError>> + use<> {
        let (reply, answer) = oneshot::channel();
        let task = Task::Request(request);
        let origin = Origin::here();
        let job = Job { actor: caller.actor, task, reply: Reply::One(reply), origin };
        let queued = self.shared.queue.push(caller.team, [job]);
        async {
            queued?;
            answer.await.unwrap_or(Err(EngineError::Stopping))
        }
    }

    /// Remembers that a request came, before what it asks for is begun; refuses a key that came with another body.
    ///
    /// For requests of which no command is made.
    pub async fn remember(&self, caller: Caller, key: IdempotencyKey) -> Result<(), EngineError> {
        let (reply, answer) = oneshot::channel();
        let task = Task::Remember(key);
        let origin = Origin::here();
        let job = Job { actor: caller.actor, task, reply: Reply::One(reply), origin };
        self.shared.queue.push(caller.team, [job])?;
        answer.await.unwrap_or(Err(EngineError::Stopping)).map(drop)
    }

    /// Carries out commands in order, each on its own: one that is refused does not stop the others. The results
    /// stand in the order of the commands.
    pub async fn run_many(
        &self,
        caller: Caller,
        commands: Vec<Command>,
    ) -> Vec<Result<Done, EngineError>> {
        let plain = |command| Request { command, idempotency: None };
        self.run_each(caller, commands.into_iter().map(plain).collect()).await
    }

    /// As [`Engine::run_many`], where each may have an idempotency key of its own.
    pub async fn run_each(
        &self,
        caller: Caller,
        requests: Vec<Request>,
    ) -> Vec<Result<Done, EngineError>> {
        let mut results = Vec::with_capacity(requests.len());
        let mut requests = requests.into_iter();
        loop {
            let chunk: Vec<_> = requests.by_ref().take(self.shared.batch_max).collect();
            if chunk.is_empty() {
                return results;
            }
            results.extend(self.run_chunk(caller, chunk).await);
        }
    }

    async fn run_chunk(
        &self,
        caller: Caller,
        requests: Vec<Request>,
    ) -> Vec<Result<Done, EngineError>> {
        let count = requests.len();
        let (whole, answer) = Whole::of(count);
        let origin = Origin::here();
        let jobs: Vec<_> = requests
            .into_iter()
            .enumerate()
            .map(|(index, request)| Job {
                actor: caller.actor,
                task: Task::Request(request),
                reply: Reply::Part { whole: Arc::clone(&whole), index },
                origin: origin.clone(),
            })
            .collect();
        drop(whole);
        let all_failed = |error: EngineError| vec![Err(error); count];
        match self.shared.queue.push(caller.team, jobs) {
            Ok(()) => answer.await.unwrap_or_else(|_| all_failed(EngineError::Stopping)),
            Err(error) => all_failed(error),
        }
    }

    /// Does what the clock has brought about in a team, and assigns waiting leads as far as possible.
    pub async fn wake(&self, team: TeamId) -> Result<(), EngineError> {
        let (reply, answer) = oneshot::channel();
        let (task, reply) = (Task::Wake, Reply::Woken(reply));
        let job = Job { actor: Actor::System, task, reply, origin: Origin::here() };
        self.shared.queue.push_system(team, job)?;
        answer.await.unwrap_or(Err(EngineError::Stopping))
    }

    /// The team as it stands in the store now, whoever wrote last.
    pub async fn team(&self, team: TeamId) -> Result<Option<Arc<TeamState>>, EngineError> {
        self.shared.teams.fresh(team, self.shared.clock.now()).await
    }

    /// The team's latest ledger number as it grows, for live streams. Entries of this process are seen at once, those
    /// of others within about a second. The first value may lag behind. Fails once the engine has stopped.
    pub fn subscribe(&self, team: TeamId) -> watch::Receiver<u64> {
        let known = self.shared.teams.cached(team).map_or(0, |state| state.team.revision());
        self.shared.watchers.subscribe(team, known)
    }

    /// Whether every ledger met so far could be read by this version of the program.
    pub fn is_ready(&self) -> bool {
        self.shared.teams.is_ready()
    }

    /// Leads and other commands of all teams that wait to be decided.
    pub fn waiting_commands(&self) -> usize {
        self.shared.queue.waiting()
    }

    /// Takes no more commands, and returns once those accepted before are done and answered.
    pub async fn stop(&self) {
        self.shared.queue.close();
        let mut at_work = self.shared.at_work.subscribe();
        // The sender lives in `shared`, which this handle holds.
        let _ = at_work.wait_for(|at_work| *at_work == 0).await;
        self.shared.watchers.close();
    }
}
