//! Properties of random walks. Every walk is compared with the model step by step; each test asks one thing more.
//!
//! The number of walks and their seed are fixed, so that a run says the same as the last one; `PROPTEST_CASES` sets
//! another number and draws another seed. A walk that failed becomes a story of its own in `found.rs`.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use rondo_core::event::{CursorKey, Outcome, Reason, Rotation, WhenOwnerIsOut};
use rondo_core::ids::Id;
use rondo_core::{Entry, Event, Team};

use crate::acts::{self, Act, Pick};
use crate::model::{Key, State};
use crate::pair::{Beat, Pair};

fn config(cases: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    Config {
        cases: asked.unwrap_or(cases),
        rng_seed: if asked.is_some() { RngSeed::Random } else { RngSeed::Fixed(7) },
        failure_persistence: None,
        max_shrink_iters: 4000,
        ..Config::default()
    }
}

/// Acts in batches, a line each.
#[derive(Clone)]
struct Batches(Vec<Vec<Act>>);

impl std::fmt::Debug for Batches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|batch| write!(f, "\n{batch:?}"))
    }
}

/// Acts in batches of one to three.
fn batches(act: BoxedStrategy<Act>, count: usize) -> impl Strategy<Value = Batches> {
    let batch = prop_oneof![
        4 => prop::collection::vec(act.clone(), 1..=1),
        1 => prop::collection::vec(act, 2..=3),
    ];
    prop::collection::vec(batch, 1..count).prop_map(Batches)
}

/// Some reps, a group of them, and a running campaign on it.
fn start(reps: usize, members: usize) -> Batches {
    let mut acts = vec![Act::AddRep; reps];
    acts.push(Act::AddGroup { name: 0, reps: (0..members).map(Pick).collect() });
    acts.push(Act::AddCampaign {
        name: 0,
        group: Some(Pick(1)),
        rotation: Rotation::Campaign,
        when_owner_is_out: WhenOwnerIsOut::Owner,
    });
    acts.push(Act::Launch { campaign: Pick(0), at: None });
    Batches(vec![acts])
}

/// As [`start`], with absences that were entered before any campaign was there to guard against them: leads will wait.
fn start_with_gaps() -> impl Strategy<Value = Batches> {
    let absence = (0..4usize, 0..5i64, prop_oneof![4 => (2..9i64).prop_map(Some), 1 => Just(None)])
        .prop_map(|(rep, from, length)| Act::AddAbsence {
            rep: Pick(rep),
            from,
            until: length.map(|hours| from + hours),
        });
    let rotation = prop_oneof![Just(Rotation::Campaign), Just(Rotation::Group)];
    (prop::collection::vec(absence, 2..8), rotation, 1..4i64).prop_map(
        |(absences, rotation, hours)| {
            let mut acts = vec![Act::AddRep; 4];
            acts.push(Act::AddGroup { name: 0, reps: vec![Pick(0), Pick(1)] });
            acts.push(Act::AddGroup { name: 1, reps: vec![Pick(2)] });
            acts.extend(absences);
            for (campaign, group) in
                [Some(Pick(1)), Some(Pick(1)), Some(Pick(2)), None].into_iter().enumerate()
            {
                let when_owner_is_out =
                    [WhenOwnerIsOut::Owner, WhenOwnerIsOut::RoundRobin][campaign % 2];
                acts.push(Act::AddCampaign { name: campaign, group, rotation, when_owner_is_out });
                acts.push(Act::Launch { campaign: Pick(campaign), at: None });
                acts.push(Act::Launch { campaign: Pick(campaign), at: Some(1) });
            }
            acts.push(Act::Pass { hours });
            Batches(vec![acts])
        },
    )
}

fn walk(start: Batches, batches: &Batches) -> Pair {
    let mut pair = Pair::after(start.0.into_iter().flatten());
    batches.0.iter().for_each(|batch| pair.batch(batch));
    pair
}

fn routing() -> BoxedStrategy<Act> {
    prop_oneof![
        4 => acts::absences(),
        2 => acts::circles(),
        1 => acts::campaigns(),
        6 => acts::qualifications(),
    ]
    .boxed()
}

fn guarding() -> BoxedStrategy<Act> {
    prop_oneof![6 => acts::absences(), 2 => acts::circles(), 1 => acts::campaigns()].boxed()
}

proptest! {
    #![proptest_config(config(96))]

    // R1 R2 R3 R4 R5 R6 R7 R8 R9 O1 O2 O3 O4 O6 O7 G1 G2 G3 G4 G5 C1 C2 C3 C4 C5 C6 C7
    #[test]
    fn the_core_and_the_model_agree(batches in batches(acts::anything(), 45)) {
        walk(start(3, 2), &batches);
    }

    // R6 R8 R9 C4 C7
    #[test]
    fn the_core_and_the_model_agree_while_leads_wait(
        start in start_with_gaps(),
        batches in batches(acts::anything(), 40),
    ) {
        walk(start, &batches);
    }

    // R1 R2 G1 G2
    #[test]
    fn the_core_and_the_model_agree_from_nothing_on(batches in batches(acts::anything(), 30)) {
        walk(Batches(Vec::new()), &batches);
    }

    // O3 O4
    #[test]
    fn the_guard_refuses_exactly_what_leaves_a_gap(batches in batches(guarding(), 30)) {
        walk(start(3, 2), &batches);
    }
}

proptest! {
    #![proptest_config(config(56))]

    // R10
    #[test]
    fn members_available_throughout_take_the_same_number_of_turns(
        start in prop_oneof![Just(start(4, 3)), start_with_gaps()],
        batches in batches(routing(), 40),
    ) {
        let pair = walk(start, &batches);
        for campaign in 0..pair.model.campaigns.len() {
            check_fairness(&pair.beats, pair.model.key(campaign));
        }
    }

    // R9
    #[test]
    fn leads_that_wait_are_served_in_order_of_arrival(
        start in start_with_gaps(),
        batches in batches(routing(), 40),
    ) {
        let pair = walk(start, &batches);
        let mut served = BTreeMap::new();
        for entry in &pair.world.ledger {
            if let Event::WaitingAssigned { campaign, waiting_since, decision, .. } = &entry.event
                && decision.reason == Reason::Turn
                && decision.cursor == CursorKey::Campaign(*campaign)
            {
                let last = served.insert(*campaign, *waiting_since);
                prop_assert!(last.is_none_or(|last| last < *waiting_since));
            }
        }
        for conversation in 0..pair.model.conversations.len() {
            if let State::Waiting { .. } = pair.model.conversations[conversation].state {
                let position = pair.model.position(conversation);
                let state = pair.state_of(conversation);
                let is_there = matches!(
                    state,
                    rondo_core::facts::ConversationState::Waiting { position: at, .. } if at == position
                );
                prop_assert!(is_there, "{state:?} at {position}");
            }
        }
    }

    // R7
    #[test]
    fn a_conversation_is_assigned_once_however_often_it_is_reported(
        batches in batches(acts::anything(), 40),
        again in prop::collection::vec(0..40usize, 8),
    ) {
        let mut pair = walk(start(3, 3), &batches);
        for lead in again {
            pair.act(&Act::Qualify { campaign: Pick(0), lead, owner: None });
        }
        let mut assigned = Vec::new();
        for entry in &pair.world.ledger {
            if let Event::Qualified { conversation, outcome: Outcome::Assigned(_), .. }
            | Event::WaitingAssigned { conversation, .. } = &entry.event
            {
                prop_assert!(!assigned.contains(conversation));
                assigned.push(*conversation);
            }
        }
    }

    // R11
    #[test]
    fn a_replay_of_the_ledger_gives_the_same_team(
        start in start_with_gaps(),
        batches in batches(acts::anything(), 40),
    ) {
        let pair = walk(start, &batches);
        let ledger = &pair.world.ledger;
        let mut team = Team::found(pair.world.team.id(), &ledger[0]).unwrap();
        ledger[1..].iter().for_each(|entry| team.apply(entry));
        prop_assert_eq!(team.to_parts(), pair.world.team.to_parts());
        let numbers: Vec<u64> = ledger.iter().map(|entry| entry.n).collect();
        prop_assert_eq!(numbers, (1..=ledger.len() as u64).collect::<Vec<_>>());
        let parts = team.to_parts();
        prop_assert_eq!(&Team::from_parts(parts.clone(), pair.world.now).to_parts(), &parts);
    }

    // R11
    #[test]
    fn entries_read_back_as_they_were_written(
        start in start_with_gaps(),
        batches in batches(acts::anything(), 40),
    ) {
        let pair = walk(start, &batches);
        for entry in &pair.world.ledger {
            let text = serde_json::to_string(entry).unwrap();
            let back: Entry = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&back, entry, "{}", text);
        }
    }

    // R1
    #[test]
    fn ids_ascend_in_the_order_of_the_ledger(batches in batches(acts::anything(), 40)) {
        let pair = walk(start(3, 2), &batches);
        let mut made: BTreeMap<&str, Vec<[u8; 16]>> = BTreeMap::new();
        for entry in &pair.world.ledger {
            let (kind, id) = match &entry.event {
                Event::RepAdded { rep, .. } => ("rep", *rep.as_bytes()),
                Event::AbsenceAdded { absence, .. } => ("absence", *absence.as_bytes()),
                Event::GroupCreated { group, .. } => ("group", *group.as_bytes()),
                Event::CampaignCreated { campaign, .. } => ("campaign", *campaign.as_bytes()),
                Event::Qualified { outcome: Outcome::Assigned(decision), .. }
                | Event::WaitingAssigned { decision, .. }
                | Event::Reassigned { decision, .. } => {
                    ("assignment", *decision.assignment.as_bytes())
                }
                Event::Qualified { new_conversation: true, conversation, .. } => {
                    ("conversation", *conversation.as_bytes())
                }
                _ => continue,
            };
            made.entry(kind).or_default().push(id);
        }
        for (kind, ids) in made {
            prop_assert!(ids.is_sorted_by(|a, b| a < b), "{kind}");
        }
    }

    // R5
    #[test]
    fn edits_of_a_circle_keep_everybody_elses_place(
        turns in 0..9usize,
        edits in prop::collection::vec((0..7usize, any::<bool>()), 1..8),
    ) {
        let mut pair = walk(start(7, 5), &Batches(Vec::new()));
        for lead in 0..turns {
            pair.act(&Act::Qualify { campaign: Pick(0), lead, owner: None });
        }
        let mut order = pair.model.next_turns(0, 5);
        for (rep, comes) in edits {
            let before = order.clone();
            let (group, rep) = (Pick(1), Pick(rep));
            if comes {
                pair.act(&Act::AddMember { group, rep });
            } else {
                pair.act(&Act::RemoveMember { group, rep });
            }
            order = pair.model.next_turns(0, pair.model.groups[1].members().count());
            let stayed = |rep: &&usize| before.contains(rep) && order.contains(rep);
            let was: Vec<_> = before.iter().filter(stayed).collect();
            let is: Vec<_> = order.iter().filter(stayed).collect();
            prop_assert_eq!(was, is);
        }
    }

    // R4
    #[test]
    fn a_returning_rep_changes_nobody_elses_order(
        before in 0..6usize,
        during in 0..9usize,
        rep in 0..5usize,
    ) {
        let mut pair = walk(start(5, 5), &Batches(Vec::new()));
        let mut lead = 0..;
        let mut qualify = |pair: &mut Pair, count: usize| {
            for lead in lead.by_ref().take(count) {
                pair.act(&Act::Qualify { campaign: Pick(0), lead, owner: None });
            }
        };
        qualify(&mut pair, before);
        pair.act(&Act::GoOut { rep: Pick(rep), until: None });
        qualify(&mut pair, during);
        let others = pair.model.next_turns(0, 4);
        pair.act(&Act::ComeBack { rep: Pick(rep) });
        let mut all = pair.model.next_turns(0, 5);
        prop_assert_eq!(all.iter().filter(|next| **next == rep).count(), 1);
        all.retain(|next| *next != rep);
        prop_assert_eq!(all, others);
    }

    // O5 O3
    #[test]
    fn when_all_go_out_at_once_exactly_one_stays(
        order in Just((0..5usize).collect::<Vec<_>>()).prop_shuffle(),
        count in 2..=5usize,
    ) {
        let mut pair = walk(start(5, count), &Batches(Vec::new()));
        let gone: Vec<Act> = order
            .iter()
            .filter(|rep| **rep < count)
            .map(|rep| Act::GoOut { rep: Pick(*rep), until: None })
            .collect();
        pair.batch(&gone);
        let here = (0..count).filter(|rep| pair.model.is_available(*rep, pair.model.now));
        prop_assert_eq!(here.count(), 1);
        prop_assert_eq!(&pair.refused, &["last-available-rep"]);
    }

    // O2
    #[test]
    fn switching_off_ends_what_covers_now_and_leaves_the_future(
        batches in batches(acts::absences(), 20),
        rep in 0..3usize,
    ) {
        let mut pair = walk(Batches(vec![vec![Act::AddRep; 3]]), &batches);
        let now = pair.model.now;
        let future = |pair: &Pair| -> Vec<_> {
            let all = pair.model.absences.iter().filter(|absence| absence.rep == rep);
            all.filter(|absence| !absence.is_gone && absence.from > now).cloned().collect()
        };
        let before = future(&pair);
        pair.act(&Act::ComeBack { rep: Pick(rep) });
        prop_assert!(pair.model.is_available(rep, now));
        prop_assert_eq!(future(&pair), before);
    }
}

/// R10, over every window: the seats available throughout took numbers of turns that differ by at most one. Windows in
/// which somebody was left out because the lead was theirs end there.
fn check_fairness(beats: &[Beat], key: Key) {
    let of_key: Vec<&Beat> = beats
        .iter()
        .filter(|beat| match beat {
            Beat::Circle { key: of, .. } | Beat::Turn { key: of, .. } => *of == key,
        })
        .collect();
    for (start, beat) in of_key.iter().enumerate() {
        let Beat::Circle { seats, .. } = beat else { continue };
        let mut turns: BTreeMap<usize, u32> = seats.iter().map(|seat| (*seat, 0)).collect();
        for beat in &of_key[start + 1..] {
            match beat {
                Beat::Circle { seats, .. } => turns.retain(|seat, _| seats.contains(seat)),
                Beat::Turn { had: true, .. } => break,
                Beat::Turn { seat, .. } => {
                    turns.entry(*seat).and_modify(|count| *count += 1);
                    let most = turns.values().max().copied().unwrap_or(0);
                    let least = turns.values().min().copied().unwrap_or(0);
                    assert!(most - least <= 1, "R10: {turns:?} on {key:?}");
                }
            }
        }
    }
}
