//! The writer: takes what has gathered, has it decided, and writes it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use futures_util::future::join_all;
use rondo_core::ids::{IdSource, TeamId};
use rondo_core::{Entry, Facts, Instant, Needs};
use rondo_store::{Committed, Remembered, StoreError, TeamBatch, Turn};
use tokio::sync::mpsc;
use tracing::{Instrument as _, Span};

use super::draft::Draft;
use super::landing::Landed;
use super::queue::Work;
use super::state::TeamState;
use super::{EngineError, Shared};
use crate::telemetry::traces::{self, Origin};

/// How often a team's commands are decided again because another process was first. Each time somebody makes
/// progress; so many defeats in a row mean a crowd, and the caller is told to come back.
const ATTEMPTS_MAX: u32 = 16;

/// Runs until its lane of the queue is closed and empty.
pub(super) async fn run(shared: Arc<Shared>, writer: usize, landings: mpsc::Sender<Vec<Landed>>) {
    // One source for all batches, so that ids made in one millisecond ascend too.
    let mut ids = IdSource::new(shared.clock.now(), shared.entropy.seed());
    while let Some(works) = shared.queue.take(writer).await {
        let mut lots = VecDeque::from(apart(&shared, works));
        while let Some(lot) = lots.pop_front() {
            let span = span_of(&lot);
            let again = attempt(&shared, lot, &mut ids, &landings).instrument(span).await;
            again.into_iter().rev().for_each(|lot| lots.push_front(lot));
        }
    }
}

/// Teams that other nodes write as well are decided by themselves, each in its turn; all others together.
fn apart(shared: &Shared, works: Vec<Work>) -> Vec<Vec<Work>> {
    let now = shared.clock.monotonic();
    let (contended, together): (Vec<_>, Vec<_>) =
        works.into_iter().partition(|work| shared.teams.is_contended(work.team, now));
    let alone = contended.into_iter().map(|work| vec![work]);
    std::iter::once(together).filter(|works| !works.is_empty()).chain(alone).collect()
}

/// The turn of a team that stands alone because others write it too. While another node does not let go of the team, its
/// callers are told to come back: others wait in this lane.
async fn turn_for(shared: &Shared, lot: &[Work]) -> Result<Option<Turn>, EngineError> {
    let [work] = lot else { return Ok(None) };
    let now = shared.clock.monotonic();
    if !shared.teams.is_contended(work.team, now) {
        return Ok(None);
    }
    if shared.teams.is_held(work.team, now) {
        return Err(EngineError::Busy { retry_after_seconds: 1 });
    }
    match shared.teams.port.turn(work.team).await {
        Err(StoreError::Locked(_)) => {
            shared.teams.note_held(work.team, shared.clock.monotonic());
            Err(EngineError::Busy { retry_after_seconds: 1 })
        }
        turn => shared.teams.checked(turn),
    }
}

fn span_of(lot: &[Work]) -> Span {
    let jobs = lot.iter().flat_map(|work| &work.jobs);
    traces::batch(lot.len(), jobs.map(|job| &job.origin))
}

/// What became of a team's part of a batch.
enum Landing {
    /// It is written, or nothing had to be and the state was current.
    Written,
    /// Another process was first.
    Stale,
    /// Another process holds the team.
    Held,
    /// A second lock of the store held: it is decided again.
    Refused,
    /// One of several teams stood in the way of all: each is tried by itself.
    Apart,
    /// It is certainly not written.
    Failed(EngineError),
    /// Nobody can tell; the team is read anew before anything else is decided.
    Unknown(EngineError),
}

/// Decides and writes a lot once. Hands on or answers what is settled, and returns the lots that are to be tried again,
/// in order.
async fn attempt(
    shared: &Shared,
    lot: Vec<Work>,
    ids: &mut IdSource,
    landings: &mpsc::Sender<Vec<Landed>>,
) -> Vec<Vec<Work>> {
    let turn = match turn_for(shared, &lot).await {
        Ok(turn) => turn,
        Err(error) => {
            lot.into_iter().for_each(|work| answer_all(work, &error));
            return Vec::new();
        }
    };
    let now = shared.clock.now();
    let mut drafts = open(shared, lot, turn.is_some(), now).await;
    let later: Vec<Work> = drafts.iter_mut().filter_map(Draft::cut).collect();
    let mut again = match fetch(shared, &mut drafts).instrument(traces::facts()).await {
        Ok(()) => {
            ids.go_on(now, shared.entropy.seed());
            drafts.iter_mut().for_each(|draft| draft.decide(ids));
            let (landed, again) = commit(shared, drafts, turn, ids).await;
            if !landed.is_empty() {
                // Fails only when the engine was dropped: nobody waits for an answer then.
                let _ = landings.send(landed).await;
            }
            again
        }
        Err(error) => settle_failed(drafts, &error),
    };
    if !later.is_empty() {
        again.push(later);
    }
    again
}

/// Finds each team's state; those without one are answered.
async fn open(shared: &Shared, lot: Vec<Work>, is_in_turn: bool, now: Instant) -> Vec<Draft> {
    let states = join_all(lot.iter().map(|work| state_for(shared, work, is_in_turn, now))).await;
    let mut drafts = Vec::with_capacity(lot.len());
    for (work, state) in lot.into_iter().zip(states) {
        match state {
            Ok(Some((state, is_fresh))) => drafts.push(Draft::of(work, &state, is_fresh, now)),
            Ok(None) => answer_all(work, &EngineError::NoSuchTeam),
            Err(error) => answer_all(work, &error),
        }
    }
    drafts
}

/// A team's state, and whether it was read just now: the first attempt takes what is in memory, since the commit
/// checks it; later ones, and who has the turn, have learnt that it was behind.
async fn state_for(
    shared: &Shared,
    work: &Work,
    is_in_turn: bool,
    now: Instant,
) -> Result<Option<(Arc<TeamState>, bool)>, EngineError> {
    if work.attempts == 0
        && !is_in_turn
        && let Some(state) = shared.teams.cached(work.team)
    {
        return Ok(Some((state, false)));
    }
    let state = shared.teams.fresh(work.team, now).await?;
    Ok(state.map(|state| (state, true)))
}

/// Fetches what all drafts need, in one go.
async fn fetch(shared: &Shared, drafts: &mut [Draft]) -> Result<(), EngineError> {
    let needs: Vec<(TeamId, Needs)> = drafts
        .iter()
        .map(|draft| (draft.team(), draft.needs()))
        .filter(|(_, needs)| *needs != Needs::default())
        .collect();
    let teams: Vec<TeamId> = needs.iter().map(|(team, _)| *team).collect();
    let facts = async {
        if needs.is_empty() {
            return Ok(Vec::new());
        }
        shared.teams.checked(shared.teams.port.facts(needs).await)
    };
    let known = join_all(drafts.iter().map(|draft| known_requests(shared, draft)));
    let (facts, known) = tokio::join!(facts, known);
    let mut facts: HashMap<TeamId, Facts> = teams.into_iter().zip(facts?).collect();
    for (draft, known) in drafts.iter_mut().zip(known) {
        draft.inform(facts.remove(&draft.team()).unwrap_or_default(), known?);
    }
    Ok(())
}

async fn known_requests(
    shared: &Shared,
    draft: &Draft,
) -> Result<HashMap<[u8; 32], Remembered>, EngineError> {
    let scopes = draft.scopes();
    if scopes.is_empty() {
        return Ok(HashMap::new());
    }
    let known = shared.teams.port.remembered(draft.team(), &scopes, draft.now()).await;
    shared.teams.checked(known)
}

/// Writes the drafts; those that are written, and the rest in lots to be tried again. What failed for good is answered.
async fn commit(
    shared: &Shared,
    mut drafts: Vec<Draft>,
    turn: Option<Turn>,
    ids: &mut IdSource,
) -> (Vec<Landed>, Vec<Vec<Work>>) {
    let mut batches = Vec::with_capacity(drafts.len());
    let mut batch_of = Vec::with_capacity(drafts.len());
    for draft in &mut drafts {
        let batch = draft.batch(ids);
        batch_of.push(batch.is_some().then_some(batches.len()));
        batches.extend(batch);
    }
    let batches = Arc::new(batches);
    let started = shared.clock.monotonic();
    let (mut landings, idle) =
        tokio::join!(write(shared, &batches, turn), check_idle(shared, &drafts, &batch_of));
    if !batches.is_empty() {
        let seconds = (shared.clock.monotonic() - started).as_secs_f64();
        metrics::histogram!("rondo_commit_seconds").record(seconds);
    }
    let has_deliveries: Vec<_> = batches.iter().map(|batch| !batch.deliveries.is_empty()).collect();
    let batches = Arc::unwrap_or_clone(batches);
    let mut entries: Vec<_> = batches.into_iter().map(|batch| batch.entries).collect();

    let (mut landed, mut stale, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    let mut alone = Vec::new();
    for ((draft, idle), batch) in drafts.into_iter().zip(idle).zip(batch_of) {
        let landing = match batch {
            Some(batch) => std::mem::replace(&mut landings[batch], Landing::Written),
            None => idle,
        };
        match landing {
            Landing::Written => {
                let entries = batch.map(|batch| std::mem::take(&mut entries[batch]));
                metrics::counter!("rondo_written_teams_total").increment(batch.is_some().into());
                let has_deliveries = batch.is_some_and(|batch| has_deliveries[batch]);
                landed.push(land(shared, draft, entries.unwrap_or_default(), has_deliveries));
            }
            Landing::Stale => {
                shared.teams.note_contended(draft.team(), shared.clock.monotonic());
                stale.push(draft.work);
            }
            Landing::Held => {
                shared.teams.note_held(draft.team(), shared.clock.monotonic());
                stale.push(draft.work);
            }
            Landing::Refused => stale.push(draft.work),
            Landing::Apart => alone.push(vec![draft.work]),
            Landing::Failed(error) => failed.push((draft.work, error)),
            Landing::Unknown(error) => {
                shared.teams.forget(draft.team());
                answer_all(draft.work, &error);
            }
        }
    }
    let mut again = halved_or_answered(failed);
    again.extend(alone);
    again.extend(tried_again(stale).into_iter().flat_map(|lot| apart(shared, lot)));
    (landed, again)
}

/// Keeps the state that the next batch starts from.
fn land(shared: &Shared, draft: Draft, entries: Vec<Entry>, has_deliveries: bool) -> Landed {
    let state = draft.landed();
    shared.teams.keep(Arc::clone(&state));
    if draft.is_service_left() {
        shared.queue.push_wake(draft.team());
    }
    Landed { draft, entries, state, has_deliveries, batch: Origin::here() }
}

/// Writes, and finds out what became of each batch.
async fn write(shared: &Shared, batches: &Arc<Vec<TeamBatch>>, turn: Option<Turn>) -> Vec<Landing> {
    if batches.is_empty() {
        if let Some(turn) = turn
            && let Err(error) = turn.end().await
        {
            tracing::debug!(%error, "A turn was not given up in order; it ends with its connection.");
        }
        return Vec::new();
    }
    let entries = batches.iter().map(|batch| batch.entries.len()).sum::<usize>();
    metrics::histogram!("rondo_batch_entries").record(entries as f64);
    let span = traces::commit(batches.len(), entries);
    let port = &shared.teams.port;
    let writing = match turn {
        Some(turn) => port.write_in_turn(turn, Arc::clone(batches)),
        None => port.write(Arc::clone(batches)),
    };
    let error = match writing.instrument(span).await {
        Ok(committed) => {
            let landing = |committed| match committed {
                Committed::Done => Landing::Written,
                Committed::Stale => Landing::Stale,
            };
            return committed.into_iter().map(landing).collect();
        }
        Err(error) => error,
    };
    let (is_conflict, is_held) =
        (matches!(error, StoreError::Conflict(_)), matches!(error, StoreError::Locked(_)));
    if !is_conflict && !is_held {
        tracing::warn!(%error, teams = batches.len(), "A commit failed; finding out what was written.");
    }
    let error = match shared.teams.checked::<()>(Err(error)) {
        Ok(()) => unreachable!("an error stays an error"),
        Err(error) => error,
    };
    let is_settled = is_conflict || is_held;
    join_all(batches.iter().map(|batch| async {
        match was_written(shared, batch, is_settled).await {
            Ok(true) => Landing::Written,
            Ok(false) if (is_conflict || is_held) && batches.len() > 1 => Landing::Apart,
            Ok(false) if is_conflict => Landing::Refused,
            Ok(false) if is_held => Landing::Held,
            Ok(false) => Landing::Failed(error.clone()),
            Err(_) => Landing::Unknown(error.clone()),
        }
    }))
    .await
}

/// Whether a batch is in the ledger: its id stands at the number that its first entry was to have. One that writes no
/// entries may as well be decided again. While it is not settled, the database may still be about to write what it was
/// sent before the connection was lost: then that is waited for, in the team's turn.
async fn was_written(
    shared: &Shared,
    batch: &TeamBatch,
    is_settled: bool,
) -> Result<bool, StoreError> {
    if batch.entries.is_empty() {
        return Ok(false);
    }
    let port = &shared.teams.port;
    let turn = if is_settled { None } else { port.turn(batch.team).await? };
    let written_by = port.batch_at(batch.team, batch.expected_revision + 1).await?;
    if let Some(turn) = turn {
        turn.end().await?;
    }
    Ok(written_by == Some(batch.batch))
}

/// For teams of which nothing is written: whether what was decided was decided on the latest state.
async fn check_idle(shared: &Shared, drafts: &[Draft], batch_of: &[Option<usize>]) -> Vec<Landing> {
    join_all(drafts.iter().zip(batch_of).map(|(draft, batch)| async move {
        if batch.is_some() || draft.is_fresh {
            return Landing::Written;
        }
        match shared.teams.checked(shared.teams.port.revision(draft.team()).await) {
            Ok(Some(revision)) if revision == draft.revision() => Landing::Written,
            Ok(_) => Landing::Stale,
            Err(error) => Landing::Failed(error),
        }
    }))
    .await
}

/// What was overtaken is decided again, and by itself after the second time: commands of one batch can stand in each
/// other's way at the store's constraints.
fn tried_again(stale: Vec<Work>) -> Vec<Vec<Work>> {
    metrics::counter!("rondo_stale_batches_total").increment(stale.len() as u64);
    let mut again = Vec::new();
    let mut together = Vec::new();
    for mut work in stale {
        work.attempts += 1;
        if work.attempts >= ATTEMPTS_MAX {
            answer_all(work, &EngineError::Busy { retry_after_seconds: 1 });
        } else if work.attempts > 2 && work.jobs.len() > 1 {
            again.extend(halves(vec![work]));
        } else {
            together.push(work);
        }
    }
    if !together.is_empty() {
        again.push(together);
    }
    again
}

fn settle_failed(drafts: Vec<Draft>, error: &EngineError) -> Vec<Vec<Work>> {
    halved_or_answered(drafts.into_iter().map(|draft| (draft.work, error.clone())).collect())
}

/// Works that failed are tried again in halves until the culprit stands alone and gets its own error. What fails for
/// want of a disk or a connection fails for all alike.
fn halved_or_answered(failed: Vec<(Work, EngineError)>) -> Vec<Vec<Work>> {
    let is_alone = failed.iter().map(|(work, _)| work.jobs.len()).sum::<usize>() == 1;
    let mut rest = Vec::new();
    for (work, error) in failed {
        if is_alone || concerns_all(&error) {
            answer_all(work, &error);
        } else {
            rest.push(work);
        }
    }
    if rest.is_empty() { Vec::new() } else { halves(rest) }
}

fn concerns_all(error: &EngineError) -> bool {
    match error {
        EngineError::Store(error) => {
            matches!(**error, StoreError::Full | StoreError::ReadOnly | StoreError::Unavailable(_))
        }
        _ => false,
    }
}

/// The first and the second half: of the teams, or of one team's jobs.
fn halves(mut lot: Vec<Work>) -> Vec<Vec<Work>> {
    let [work] = lot.as_mut_slice() else {
        let second = lot.split_off(lot.len() / 2);
        return vec![lot, second];
    };
    let jobs = work.jobs.split_off(work.jobs.len() / 2);
    let second = vec![Work { team: work.team, jobs, attempts: work.attempts }];
    [lot, second].into_iter().filter(|half| !half[0].jobs.is_empty()).collect()
}

pub(super) fn answer_all(work: Work, error: &EngineError) {
    for job in work.jobs {
        job.reply.send(Err(error.clone()));
    }
}
