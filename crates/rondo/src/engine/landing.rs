//! The last step of a batch: once it is on disk, its callers are answered and those who listen are told.
//!
//! The writer goes on with the next batch meanwhile, on the state that this one led to: what is written stays written
//! in that order, so a batch is never on disk without those before it.

use std::sync::Arc;

use rondo_core::Entry;
use tokio::sync::mpsc;
use tracing::Instrument as _;

use super::draft::Draft;
use super::state::TeamState;
use super::writer::answer_all;
use super::{EngineError, Shared};
use crate::telemetry::traces::{self, Origin};

/// Lots that are written and wait for the disk, at most: enough to keep the writer going while a slow disk syncs, few
/// enough that callers feel a disk that is too slow.
pub(super) const LOTS_MAX: usize = 8;

/// A team's part of a batch that is written, or of which nothing had to be written.
pub(super) struct Landed {
    pub(super) draft: Draft,
    /// The entries written.
    pub(super) entries: Vec<Entry>,
    /// The team after them.
    pub(super) state: Arc<TeamState>,
    pub(super) has_deliveries: bool,
    /// The span of the batch.
    pub(super) batch: Origin,
}

/// Answers lot after lot, until their writer has ended and all are answered.
pub(super) async fn run(shared: Arc<Shared>, mut lots: mpsc::Receiver<Vec<Landed>>) {
    let _at_work = AtWork(Arc::clone(&shared));
    while let Some(lot) = lots.recv().await {
        let started = shared.clock.monotonic();
        let span = traces::sync(lot.first().map(|landed| &landed.batch));
        let durable = shared.teams.checked(shared.teams.port.durable().instrument(span).await);
        let seconds = (shared.clock.monotonic() - started).as_secs_f64();
        metrics::histogram!("rondo_sync_seconds").record(seconds);
        for landed in lot {
            match &durable {
                Ok(()) => tell(&shared, landed),
                Err(error) => give_up(&shared, landed, error),
            }
        }
    }
}

/// Counts a writer down once its last callers are answered, or will not be since something panicked: nobody waits for
/// it then.
struct AtWork(Arc<Shared>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.at_work.send_modify(|at_work| *at_work -= 1);
    }
}

fn tell(shared: &Shared, landed: Landed) {
    let Landed { draft, entries, state, has_deliveries, .. } = landed;
    if has_deliveries {
        shared.nudges.nudge(draft.team());
    }
    if !entries.is_empty() {
        shared.tally.count(&entries);
        shared.watchers.announce(draft.team(), state.team.revision());
    }
    draft.answer(entries, &state);
}

/// Nobody can tell whether it is on disk: the team is read anew before anything else is decided.
fn give_up(shared: &Shared, landed: Landed, error: &EngineError) {
    shared.teams.forget(landed.draft.team());
    answer_all(landed.draft.work, error);
}
