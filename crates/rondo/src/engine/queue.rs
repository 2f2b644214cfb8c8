//! What waits to be decided: bounded for each team and in all, and taken fairly, a share of each team in turn.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use rondo_core::ids::{Id as _, TeamId};
use rondo_core::{Actor, Command};
use tokio::sync::{Notify, oneshot};

use super::{Done, EngineError, IdempotencyKey, Request};
use crate::telemetry::traces::Origin;

/// What a team may put into a batch before the next team has its turn. A team alone fills the whole batch, share by
/// share; a thousand teams get this much each.
const TEAM_SHARE: usize = 64;
/// When a caller who found the queue full may come back: by then it has turned over several times.
const RETRY_AFTER_SECONDS: u32 = 1;

type Answered = Result<Done, EngineError>;

/// Something that waits, and who wants to know what came of it.
pub(super) struct Job {
    pub(super) actor: Actor,
    pub(super) task: Task,
    pub(super) reply: Reply,
    pub(super) origin: Origin,
}

pub(super) enum Task {
    Request(Request),
    /// Keep the key of a request, or refuse it.
    Remember(IdempotencyKey),
    /// Do what is due, and let waiting leads pass.
    Wake,
}

/// Where the answer goes.
pub(super) enum Reply {
    One(oneshot::Sender<Answered>),
    Part { whole: Arc<Whole>, index: usize },
    Woken(oneshot::Sender<Result<(), EngineError>>),
    Nobody,
}

impl Reply {
    /// Callers who have gone away are no reason not to have done it.
    pub(super) fn send(self, answer: Answered) {
        match self {
            Self::One(sender) => drop(sender.send(answer)),
            Self::Part { whole, index } => whole.note(index, answer),
            Self::Woken(sender) => drop(sender.send(answer.map(drop))),
            Self::Nobody => {}
        }
    }
}

/// The answers of one caller's many commands, sent when the last has come.
pub(super) struct Whole {
    inner: Mutex<WholeInner>,
}

struct WholeInner {
    answers: Vec<Option<Answered>>,
    missing: usize,
    sender: Option<oneshot::Sender<Vec<Answered>>>,
}

impl Whole {
    pub(super) fn of(count: usize) -> (Arc<Self>, oneshot::Receiver<Vec<Answered>>) {
        let (sender, receiver) = oneshot::channel();
        let answers = std::iter::repeat_with(|| None).take(count).collect();
        let inner = WholeInner { answers, missing: count, sender: Some(sender) };
        (Arc::new(Self { inner: Mutex::new(inner) }), receiver)
    }

    fn note(&self, index: usize, answer: Answered) {
        let mut inner = self.inner.lock().expect("nothing panics while it holds the answers");
        if inner.answers[index].replace(answer).is_none() {
            inner.missing -= 1;
        }
        if inner.missing == 0
            && let Some(sender) = inner.sender.take()
        {
            let answers = std::mem::take(&mut inner.answers);
            let _ = sender.send(answers.into_iter().flatten().collect());
        }
    }
}

/// The jobs of one team that are decided together.
pub(super) struct Work {
    pub(super) team: TeamId,
    pub(super) jobs: Vec<Job>,
    /// How often it was decided already without becoming durable.
    pub(super) attempts: u32,
}

/// The queue between callers and the writers: a lane for each writer, and each team always in the same lane.
pub(super) struct Queue {
    lanes: Vec<Lane>,
    /// What waits in all lanes.
    waiting: AtomicUsize,
    team_waiting_max: usize,
    waiting_max: usize,
    batch_max: usize,
}

#[derive(Default)]
struct Lane {
    inner: Mutex<Inner>,
    has_news: Notify,
}

#[derive(Default)]
struct Inner {
    teams: HashMap<TeamId, Line>,
    /// Whose turn it is; each team with something waiting stands here once.
    turns: VecDeque<TeamId>,
    is_closed: bool,
}

#[derive(Default)]
struct Line {
    jobs: VecDeque<Job>,
    waiting: usize,
    is_wake_queued: bool,
}

impl Queue {
    pub(super) fn new(
        writers: usize,
        team_waiting_max: usize,
        waiting_max: usize,
        batch_max: usize,
    ) -> Self {
        Self {
            lanes: std::iter::repeat_with(Lane::default).take(writers).collect(),
            waiting: AtomicUsize::new(0),
            team_waiting_max,
            waiting_max,
            batch_max,
        }
    }

    /// What waits in all lanes, in leads and other commands.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    fn lane_of(&self, team: TeamId) -> &Lane {
        // The last bytes of an id are random.
        let [.., a, b] = *team.as_bytes();
        &self.lanes[usize::from(u16::from_be_bytes([a, b])) % self.lanes.len()]
    }

    /// Puts all of these jobs at the end of the team's line, or none. The last ones in may overshoot the bounds, so
    /// that a long list is not refused by an idle server.
    pub(super) fn push(
        &self,
        team: TeamId,
        jobs: impl IntoIterator<Item = Job>,
    ) -> Result<(), EngineError> {
        let lane = self.lane_of(team);
        let inner = lane.lock();
        if inner.is_closed {
            return Err(EngineError::Stopping);
        }
        let team_waiting = inner.teams.get(&team).map_or(0, |line| line.waiting);
        if team_waiting >= self.team_waiting_max {
            metrics::counter!("rondo_refused_busy_total", "bound" => "team").increment(1);
            return Err(EngineError::TeamBusy { retry_after_seconds: RETRY_AFTER_SECONDS });
        }
        if self.waiting() >= self.waiting_max {
            metrics::counter!("rondo_refused_busy_total", "bound" => "server").increment(1);
            return Err(EngineError::Busy { retry_after_seconds: RETRY_AFTER_SECONDS });
        }
        self.append(lane, inner, team, jobs);
        Ok(())
    }

    /// Puts the server's own job into the line, whatever waits there.
    pub(super) fn push_system(&self, team: TeamId, job: Job) -> Result<(), EngineError> {
        let lane = self.lane_of(team);
        let inner = lane.lock();
        if inner.is_closed {
            return Err(EngineError::Stopping);
        }
        self.append(lane, inner, team, [job]);
        Ok(())
    }

    /// Lets the team be looked at once more after what waits, even while the queue is closing: it belongs to what
    /// was accepted.
    pub(super) fn push_wake(&self, team: TeamId) {
        let lane = self.lane_of(team);
        let mut inner = lane.lock();
        let line = inner.teams.entry(team).or_default();
        if std::mem::replace(&mut line.is_wake_queued, true) {
            return;
        }
        let (task, reply, origin) = (Task::Wake, Reply::Nobody, Origin::default());
        self.append(lane, inner, team, [Job { actor: Actor::System, task, reply, origin }]);
    }

    /// What a writer decides next, by team; none once the queue is closed and its lane is empty.
    pub(super) async fn take(&self, writer: usize) -> Option<Vec<Work>> {
        let lane = &self.lanes[writer];
        loop {
            {
                let mut inner = lane.lock();
                if !inner.turns.is_empty() {
                    let (works, taken) = inner.take(self.batch_max);
                    self.waiting.fetch_sub(taken, Ordering::Relaxed);
                    return Some(works);
                }
                if inner.is_closed {
                    return None;
                }
            }
            lane.has_news.notified().await;
        }
    }

    /// Takes nothing more.
    pub(super) fn close(&self) {
        for lane in &self.lanes {
            lane.lock().is_closed = true;
            lane.has_news.notify_one();
        }
    }

    fn append(
        &self,
        lane: &Lane,
        mut inner: MutexGuard<'_, Inner>,
        team: TeamId,
        jobs: impl IntoIterator<Item = Job>,
    ) {
        // Counted before anybody can take it.
        self.waiting.fetch_add(inner.append(team, jobs), Ordering::Relaxed);
        drop(inner);
        lane.has_news.notify_one();
    }
}

impl Lane {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("nothing panics while it holds the queue")
    }
}

impl Inner {
    /// How much more waits then.
    fn append(&mut self, team: TeamId, jobs: impl IntoIterator<Item = Job>) -> usize {
        let line = self.teams.entry(team).or_default();
        if line.jobs.is_empty() {
            self.turns.push_back(team);
        }
        let before = line.waiting;
        line.jobs.extend(jobs.into_iter().inspect(|job| line.waiting += weight(job)));
        line.waiting - before
    }

    /// What is next, and how much it is.
    fn take(&mut self, batch_max: usize) -> (Vec<Work>, usize) {
        let mut works: Vec<Work> = Vec::new();
        let mut place_of: HashMap<TeamId, usize> = HashMap::new();
        let mut taken = 0;
        while taken < batch_max
            && let Some(team) = self.turns.pop_front()
        {
            let line = self.teams.get_mut(&team).expect("a team with a turn has a line");
            let place = *place_of.entry(team).or_insert_with(|| {
                let jobs = Vec::with_capacity(line.jobs.len().min(batch_max));
                works.push(Work { team, jobs, attempts: 0 });
                works.len() - 1
            });
            let share = TEAM_SHARE.min(batch_max - taken);
            let mut of_team = 0;
            while of_team < share
                && let Some(job) = line.jobs.pop_front()
            {
                of_team += weight(&job);
                line.is_wake_queued &= !matches!(job.reply, Reply::Nobody);
                works[place].jobs.push(job);
            }
            taken += of_team;
            line.waiting -= of_team;
            if line.jobs.is_empty() {
                self.teams.remove(&team);
            } else {
                self.turns.push_back(team);
            }
        }
        (works, taken)
    }
}

/// How much work a job is, in leads.
fn weight(job: &Job) -> usize {
    match &job.task {
        Task::Request(Request { command: Command::AddLeads { leads, .. }, .. }) => {
            leads.len().max(1)
        }
        Task::Request(_) | Task::Remember(_) | Task::Wake => 1,
    }
}
