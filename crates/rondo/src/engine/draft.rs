//! One team's part of a batch: its commands decided in order on a copy of the team, until all is durable.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use rondo_core::ids::{IdSource, TeamId};
use rondo_core::{
    Actor, Answer, Command, Decided, Detail, Entry, Facts, Instant, Needs, Refusal, Team, Warning,
    decide,
};
use rondo_store::{QueuedDelivery, Remembered, TeamBatch};

use super::queue::{Job, Task, Work};
use super::service::{Chunk, Fetched, Service};
use super::state::{Roster, TeamState};
use super::{Done, EngineError, IdempotencyKey, Request};

/// Cursors whose waiting leads are fetched for one batch; the others follow in the next.
const CURSORS_SERVED_MAX: usize = 8;

/// A team's part of a batch, being decided.
pub(super) struct Draft {
    pub(super) work: Work,
    /// Whether the state was read from the data after the jobs had arrived.
    pub(super) is_fresh: bool,
    base_revision: u64,
    base_bytes: usize,
    /// Whether anything but leads has changed, and with it the size of the state.
    has_new_size: bool,
    now: Instant,
    team: Team,
    names: Roster,
    service: Service,
    facts: Facts,
    known_requests: HashMap<[u8; 32], Remembered>,
    joined: HashMap<[u8; 32], ([u8; 32], usize)>,
    verdicts: Vec<Verdict>,
    entries: Vec<Entry>,
    details: Vec<Detail>,
    remembered: Vec<Remembered>,
}

/// What was decided for a job, valid once the batch is durable.
enum Verdict {
    Accepted {
        answer: Answer,
        warnings: Vec<Warning>,
        entries: Range<usize>,
    },
    /// The store remembers this answer.
    Repeat {
        answer: Answer,
    },
    /// An earlier job of this batch is the same request.
    RepeatOf {
        job: usize,
    },
    Refused(Refusal),
    KeyReused,
    Woken,
}

impl Draft {
    /// Begins on a copy of `state`. `now` is moved to the team's last entry where the clock is behind it.
    pub(super) fn of(work: Work, state: &TeamState, is_fresh: bool, now: Instant) -> Self {
        let now = now.max(state.team.last_at());
        let mut team = state.team.clone();
        team.advance(now);
        Self {
            work,
            is_fresh,
            base_revision: team.revision(),
            base_bytes: state.bytes,
            has_new_size: false,
            now,
            team,
            names: state.names.clone(),
            service: state.service.clone(),
            facts: Facts::default(),
            known_requests: HashMap::new(),
            joined: HashMap::new(),
            verdicts: Vec::new(),
            entries: Vec::new(),
            details: Vec::new(),
            remembered: Vec::new(),
        }
    }

    pub(super) fn team(&self) -> TeamId {
        self.work.team
    }

    pub(super) fn now(&self) -> Instant {
        self.now
    }

    /// Cuts off the jobs that must see what is decided here in the tables: a removal's count of owned leads is
    /// fetched along the transfers as they stood before the batch, so at most one removal is decided at a time.
    pub(super) fn cut(&mut self) -> Option<Work> {
        let is_removal = |job: &Job| {
            let Task::Request(request) = &job.task else { return false };
            matches!(request.command, Command::RemoveRep { .. })
        };
        let mut removals = self.work.jobs.iter().enumerate().filter(|(_, job)| is_removal(job));
        let (at, _) = removals.nth(1)?;
        let jobs = self.work.jobs.split_off(at);
        Some(Work { team: self.work.team, jobs, attempts: 0 })
    }

    /// What the jobs and the leads that wait need to know.
    pub(super) fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        for request in self.requests() {
            needs.add(&request.command, &self.team);
        }
        if self.may_serve() {
            needs.waiting.extend(self.places_to_serve());
        }
        needs
    }

    /// The requests that may have been accepted before.
    pub(super) fn scopes(&self) -> Vec<[u8; 32]> {
        let key = |job: &Job| match &job.task {
            Task::Request(request) => request.idempotency,
            Task::Remember(key) => Some(*key),
            Task::Wake => None,
        };
        let mut scopes = Vec::new();
        let mut last_whole = None;
        for key in self.work.jobs.iter().filter_map(key) {
            scopes.push(key.scope);
            // The parts of a request stand side by side.
            if last_whole != key.whole {
                scopes.extend(key.whole);
                last_whole = key.whole;
            }
        }
        scopes
    }

    fn requests(&self) -> impl Iterator<Item = &Request> {
        self.work.jobs.iter().filter_map(|job| match &job.task {
            Task::Request(request) => Some(request),
            Task::Remember(_) | Task::Wake => None,
        })
    }

    /// Whether anything here may let waiting leads pass, so that they are fetched along.
    fn may_serve(&self) -> bool {
        !self.service.is_done()
            || self.team.is_service_due()
            || self.is_due()
            || self.requests().any(|request| may_let_pass(&request.command))
    }

    fn places_to_serve(&self) -> Vec<(rondo_core::event::CursorKey, u64)> {
        let mut places: Vec<_> = self.service.places().collect();
        for cursor in self.team.cursors_with_backlog() {
            if self.team.is_service_due() || self.service.places().all(|(known, _)| known != cursor)
            {
                places.retain(|(known, _)| *known != cursor);
                places.push((cursor, 0));
            }
        }
        places.truncate(CURSORS_SERVED_MAX);
        places
    }

    /// The ledger number that everything here is decided on.
    pub(super) fn revision(&self) -> u64 {
        self.base_revision
    }

    /// Hands over what was asked for.
    pub(super) fn inform(&mut self, facts: Facts, known: HashMap<[u8; 32], Remembered>) {
        self.facts = facts;
        self.known_requests = known;
    }

    /// Decides everything, in order: what the clock brought about, then each job, and after each of them the leads
    /// that can pass because of it (R9).
    pub(super) fn decide(&mut self, ids: &mut IdSource) {
        if self.is_due() {
            self.carry_out_own(&Command::Tick, ids);
        }
        self.serve(ids);
        let jobs = std::mem::take(&mut self.work.jobs);
        self.make_room(jobs.len());
        for (index, job) in jobs.iter().enumerate() {
            let verdict = match &job.task {
                Task::Request(request) => self.decide_request(index, job.actor, request, ids),
                Task::Remember(key) => self.remember_alone(index, *key),
                Task::Wake => Verdict::Woken,
            };
            self.verdicts.push(verdict);
            self.serve(ids);
        }
        self.work.jobs = jobs;
    }

    /// What each job may add to is grown once.
    fn make_room(&mut self, jobs: usize) {
        self.verdicts.reserve(jobs);
        self.entries.reserve(jobs);
        self.details.reserve(jobs);
        self.facts.make_room(jobs);
    }

    fn is_due(&self) -> bool {
        self.team.next_due().is_some_and(|due| due <= self.now)
    }

    fn decide_request(
        &mut self,
        index: usize,
        actor: Actor,
        request: &Request,
        ids: &mut IdSource,
    ) -> Verdict {
        if let Some(key) = request.idempotency
            && let Some(verdict) = self.repeat(key)
        {
            return verdict;
        }
        match self.carry_out(&request.command, actor, ids) {
            Ok((answer, warnings, entries)) => {
                if let Some(key) = request.idempotency {
                    self.remember(index, key, answer.clone());
                }
                Verdict::Accepted { answer, warnings, entries }
            }
            Err(refusal) => Verdict::Refused(refusal),
        }
    }

    fn remember_alone(&mut self, index: usize, key: IdempotencyKey) -> Verdict {
        self.repeat(key).unwrap_or_else(|| {
            self.remember(index, key, Answer::Done);
            let at = self.entries.len();
            Verdict::Accepted { answer: Answer::Done, warnings: Vec::new(), entries: at..at }
        })
    }

    fn remember(&mut self, index: usize, key: IdempotencyKey, answer: Answer) {
        let IdempotencyKey { scope, body, whole, kept_seconds } = key;
        let whole = whole.map(|whole| IdempotencyKey::new(whole, body).kept_for(kept_seconds));
        if let Some(whole) = whole.filter(|whole| self.body_of(&whole.scope).is_none()) {
            self.remember(index, whole, Answer::Done);
        }
        let expires_at = self.now.plus_seconds(kept_seconds);
        self.remembered.push(Remembered { scope, body, answer, expires_at });
        self.joined.insert(scope, (body, index));
    }

    /// The body with which a request was accepted before.
    fn body_of(&self, scope: &[u8; 32]) -> Option<[u8; 32]> {
        let joined = self.joined.get(scope).map(|(body, _)| *body);
        joined.or_else(|| self.known_requests.get(scope).map(|known| known.body))
    }

    fn repeat(&self, key: IdempotencyKey) -> Option<Verdict> {
        let whole = key.whole.and_then(|whole| self.body_of(&whole));
        if whole.is_some_and(|body| body != key.body) {
            return Some(Verdict::KeyReused);
        }
        if let Some((body, job)) = self.joined.get(&key.scope) {
            let is_same = *body == key.body;
            return Some(if is_same {
                Verdict::RepeatOf { job: *job }
            } else {
                Verdict::KeyReused
            });
        }
        let known = self.known_requests.get(&key.scope)?;
        let is_same = known.body == key.body;
        let answer = || Verdict::Repeat { answer: known.answer.clone() };
        Some(if is_same { answer() } else { Verdict::KeyReused })
    }

    fn carry_out(
        &mut self,
        command: &Command,
        actor: Actor,
        ids: &mut IdSource,
    ) -> Result<(Answer, Vec<Warning>, Range<usize>), Refusal> {
        let Decided { events, details, warnings, answer } =
            decide(&self.team, command, &self.facts, self.now, ids)?;
        let start = self.entries.len();
        for event in events {
            let entry = Entry { n: self.team.revision() + 1, at: self.now, actor, event };
            self.team.apply(&entry);
            self.names.follow(&entry.event, &self.team);
            self.has_new_size |= !entry.event.is_about_leads();
            self.entries.push(entry);
        }
        self.facts.follow(&self.entries[start..], &details, &answer);
        details.iter().for_each(|detail| self.names.rename(detail, &self.team));
        self.details.extend(details);
        Ok((answer, warnings, start..self.entries.len()))
    }

    /// A command that the server gives itself, which no rule refuses.
    fn carry_out_own(&mut self, command: &Command, ids: &mut IdSource) {
        if let Err(refusal) = self.carry_out(command, Actor::System, ids) {
            tracing::error!(team = %self.team(), %refusal, "A command of the server's own was refused.");
        }
    }

    /// Lets waiting leads pass, as far as they were fetched; the rest is left to the next batch.
    fn serve(&mut self, ids: &mut IdSource) {
        if self.team.is_service_due() {
            self.service.restart(self.team.cursors_with_backlog());
            self.team.service_done();
        }
        while let Some(cursor) = self.service.next(&self.facts.waiting) {
            let fetched = self.facts.waiting.get(&cursor).map(Fetched::of);
            let fetched = fetched.expect("the cursor's rows are at hand");
            self.carry_out_own(&Command::ServeWaiting { cursor }, ids);
            let left = self.facts.waiting.get(&cursor).map_or(0, |rows| rows.rows.len());
            self.service.went_through(cursor, Chunk::of(fetched, left));
            if !fetched.is_whole {
                // What stands behind the chunk was not fetched: the next is not at hand.
                self.facts.waiting.remove(&cursor);
            }
            if self.team.is_service_due() {
                self.service.restart(self.team.cursors_with_backlog());
                self.team.service_done();
            }
        }
    }

    /// What is to be made durable; none when nothing is, so that only the revision has to be checked.
    pub(super) fn batch(&mut self, ids: &mut IdSource) -> Option<TeamBatch> {
        let was_woken = self.work.jobs.iter().any(|job| matches!(job.task, Task::Wake));
        if self.entries.is_empty() && self.remembered.is_empty() && !was_woken {
            return None;
        }
        Some(TeamBatch {
            team: self.team(),
            expected_revision: self.base_revision,
            batch: ids.next_id(),
            deliveries: self.deliveries(ids),
            entries: std::mem::take(&mut self.entries),
            details: std::mem::take(&mut self.details),
            remembered: std::mem::take(&mut self.remembered),
            // Whoever finds the service unfinished, after a crash too, goes on with it.
            due_at: if self.service.is_done() { self.team.next_due() } else { Some(self.now) },
        })
    }

    fn deliveries(&self, ids: &mut IdSource) -> Vec<QueuedDelivery> {
        let webhooks = self.team.webhooks();
        if webhooks.is_empty() {
            return Vec::new();
        }
        let mut deliveries = Vec::new();
        for entry in &self.entries {
            let Some(event) = entry.event.webhook_event() else { continue };
            for webhook in webhooks.iter().filter(|webhook| webhook.events.contains(&event)) {
                let delivery =
                    QueuedDelivery { id: ids.next_id(), webhook: webhook.id, n: entry.n, event };
                deliveries.push(delivery);
            }
        }
        deliveries
    }

    /// The state after the batch, which is durable now.
    pub(super) fn landed(&self) -> Arc<TeamState> {
        let (team, names) = (self.team.clone(), self.names.clone());
        let (service, bytes) = (self.service.clone(), self.base_bytes);
        Arc::new(if self.has_new_size {
            TeamState::counted(team, names, service)
        } else {
            TeamState { team, names, service, bytes }
        })
    }

    /// Answers every caller. `entries` are those of the batch.
    pub(super) fn answer(self, entries: Vec<Entry>, team: &Arc<TeamState>) {
        let mut entries = entries.into_iter();
        let mut at = 0;
        let mut answers: Vec<Result<Done, EngineError>> = Vec::with_capacity(self.verdicts.len());
        for verdict in self.verdicts {
            let done = |answer, warnings, entries, is_repeat| {
                Ok(Done { answer, warnings, entries, team: Arc::clone(team), is_repeat })
            };
            answers.push(match verdict {
                Verdict::Accepted { answer, warnings, entries: range } => {
                    // Entries of the server's own commands stand in between.
                    entries.by_ref().take(range.start - at).for_each(drop);
                    at = range.end;
                    done(answer, warnings, entries.by_ref().take(range.len()).collect(), false)
                }
                Verdict::Repeat { answer } => done(answer, Vec::new(), Vec::new(), true),
                Verdict::RepeatOf { job } => answers[job].clone().map(|mut first: Done| {
                    first.is_repeat = true;
                    first
                }),
                Verdict::Refused(refusal) => Err(EngineError::Refused(refusal)),
                Verdict::KeyReused => Err(EngineError::KeyReused),
                Verdict::Woken => done(Answer::Done, Vec::new(), Vec::new(), false),
            });
        }
        for (job, answer) in self.work.jobs.into_iter().zip(answers) {
            job.reply.send(answer);
        }
    }

    /// Whether waiting leads are left to be gone through.
    pub(super) fn is_service_left(&self) -> bool {
        !self.service.is_done()
    }
}

/// Whether a command may make somebody available, or give a waiting lead an owner who takes it. Reports and imports
/// may too, by naming an owner; they are too many to fetch waiting leads with each, and what they let pass follows in
/// the next batch.
fn may_let_pass(command: &Command) -> bool {
    !matches!(command, Command::Qualify { .. } | Command::AddLeads { .. })
}
