//! What callers were answered, and what the ledger says, held against the rules from outside.

use std::collections::{BTreeSet, HashMap};

use rondo::engine::{Done, Request};
use rondo_core::event::{CursorKey, Outcome};
use rondo_core::ids::{AssignmentId, TeamId};
use rondo_core::team::Status;
use rondo_core::{Answer, Entry, Event};
use rondo_store::Store;

use crate::naive::Naive;

/// Nothing acknowledged is lost, nothing is done twice, and the ledger obeys the rules.
pub fn check_answers(ledger: &[Entry], acknowledged: &[(Request, Done)]) {
    let written_by: HashMap<AssignmentId, u64> = ledger.iter().filter_map(assignment).collect();
    let mut answers: HashMap<[u8; 32], &Answer> = HashMap::new();
    for (request, done) in acknowledged {
        for entry in &done.entries {
            let written = ledger.get(entry.n as usize - 1);
            assert_eq!(written, Some(entry), "what was acknowledged is in the ledger");
        }
        if let Answer::Assigned { assignment, .. } = done.answer {
            assert!(written_by.contains_key(&assignment), "an acknowledged assignment is there");
        }
        if let Some(key) = request.idempotency {
            let first = answers.entry(key.scope).or_insert(&done.answer);
            assert_eq!(**first, done.answer, "a repeat is answered as the first time");
        }
    }
}

/// After everything due was done: whoever can pass has passed (R9), what is due was done, what was said is so.
pub fn check_quiet(naive: &Naive) {
    let cursors: BTreeSet<CursorKey> = naive
        .waiting
        .iter()
        .filter(|row| naive.campaigns[&row.campaign].status == Status::Running)
        .map(|row| naive.cursor_key(row.campaign))
        .collect();
    for cursor in cursors {
        for row in naive.line(cursor) {
            assert_eq!(naive.usable_owner(row), None, "R9: {row:?} has an owner to go to");
            let group = naive.campaigns[&row.campaign].settings.group;
            assert_eq!(naive.next_after(group, 0, None), None, "R9: somebody can take {row:?}");
        }
    }
    for (id, rep) in &naive.reps {
        if rep.removed.is_none() {
            assert_eq!(
                rep.said_away,
                !naive.is_available(*id),
                "{id} is said to be where they are"
            );
        }
    }
    for (id, campaign) in &naive.campaigns {
        if campaign.status == Status::Scheduled && campaign.launch_at <= Some(naive.now) {
            let next = naive.next_after(campaign.settings.group, 0, None);
            assert_eq!(next, None, "C4: {id} could have been launched");
        }
    }
}

/// The tables are what the ledger says.
pub async fn check_tables(store: &Store, team: TeamId) {
    let report = store.verify(team, &mut |_| {}).await.unwrap().unwrap();
    assert!(report.differences.is_empty(), "{:#?}", report.differences);
}

fn assignment(entry: &Entry) -> Option<(AssignmentId, u64)> {
    match &entry.event {
        Event::Qualified { outcome: Outcome::Assigned(decision), .. }
        | Event::WaitingAssigned { decision, .. }
        | Event::Reassigned { decision, .. } => Some((decision.assignment, entry.n)),
        _ => None,
    }
}
