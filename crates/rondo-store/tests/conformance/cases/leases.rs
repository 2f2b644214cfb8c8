//! Leases: one holder at a time, and what becomes of those who are late.

use futures_util::future::join_all;
use rondo_core::Instant;
use rondo_core::ids::TeamId;
use rondo_store::{Duty, HeldLease, Lease, Store};

use crate::world::{NOON, World, found};

const LENGTH: i64 = 10;

/// A node with a clock of its own.
struct Node {
    store: Store,
    holder: [u8; 16],
    now: Instant,
}

impl Node {
    fn of(world: &World, number: u8) -> Self {
        Self { store: world.store.clone(), holder: [number; 16], now: NOON }
    }

    fn passes(&mut self, seconds: i64) {
        self.now = self.now.plus_seconds(seconds);
    }

    async fn take(&self, duties: &[Duty]) -> Vec<HeldLease> {
        let lease = Lease { holder: self.holder, until: self.now.plus_seconds(LENGTH) };
        let mut held = self.store.take_leases(duties, self.now, lease).await.unwrap();
        held.sort_by(|one, other| one.duty.name.cmp(&other.duty.name));
        held
    }

    /// The fence under which it got the sweep of this team, if it did.
    async fn fence(&self, team: TeamId) -> Option<u64> {
        self.take(&[sweep(team)]).await.first().map(|lease| lease.fence)
    }

    /// Whether it still has what it held.
    async fn keeps(&self, held: &mut Vec<HeldLease>) -> bool {
        self.store.renew_leases(held, self.now.plus_seconds(LENGTH)).await.unwrap();
        !held.is_empty()
    }
}

fn sweep(team: TeamId) -> Duty {
    Duty { team, name: "sweep".into() }
}

pub(crate) async fn a_lease_is_one_holders_until_it_has_run_out(world: World) {
    let (one, mut other) = (Node::of(&world, 1), Node::of(&world, 2));
    assert_eq!(one.fence(world.id()).await, Some(1));
    other.passes(LENGTH - 1);
    assert_eq!(other.fence(world.id()).await, None);
    other.passes(1);
    assert_eq!(other.fence(world.id()).await, Some(2));
    // The one that was late is told so.
    assert_eq!(one.fence(world.id()).await, None);
}

pub(crate) async fn a_lease_that_is_let_go_of_is_free_and_its_fence_goes_on(world: World) {
    let (one, other) = (Node::of(&world, 1), Node::of(&world, 2));
    let held = one.take(&[sweep(world.id())]).await;
    one.store.release_leases(held).await.unwrap();
    assert_eq!(other.fence(world.id()).await, Some(2));
}

pub(crate) async fn a_lease_that_is_renewed_stays_with_its_holder(world: World) {
    let (mut one, mut other) = (Node::of(&world, 1), Node::of(&world, 2));
    let mut held = one.take(&[sweep(world.id())]).await;
    one.passes(LENGTH - 1);
    assert!(one.keeps(&mut held).await);
    other.passes(LENGTH);
    assert_eq!(other.fence(world.id()).await, None);
    // Nobody came while it was late.
    one.passes(2 * LENGTH);
    assert!(one.keeps(&mut held).await);
    assert_eq!(held[0].fence, 1);
}

pub(crate) async fn a_holder_that_was_followed_can_neither_renew_nor_let_go(world: World) {
    let (one, mut other) = (Node::of(&world, 1), Node::of(&world, 2));
    let mut late = one.take(&[sweep(world.id())]).await;
    let let_go_late = one.take(&[sweep(world.id())]).await;
    other.passes(LENGTH);
    let mut held = other.take(&[sweep(world.id())]).await;
    assert!(!one.keeps(&mut late).await);
    one.store.release_leases(let_go_late).await.unwrap();
    assert!(other.keeps(&mut held).await);
    assert_eq!(one.fence(world.id()).await, None);
}

pub(crate) async fn a_holder_that_takes_its_own_lease_again_begins_anew(world: World) {
    let node = Node::of(&world, 1);
    let mut before = node.take(&[sweep(world.id())]).await;
    assert_eq!(node.fence(world.id()).await, Some(2));
    assert!(!node.keeps(&mut before).await);
}

pub(crate) async fn leases_of_many_teams_and_names_are_apart(world: World) {
    let (one, other) = (Node::of(&world, 1), Node::of(&world, 2));
    let (second_team, _) = found(&world.store, 8).await;
    let names = (0..150).map(|number| format!("mailbox {number:03}"));
    let mut duties: Vec<_> =
        names.map(|name| Duty { team: world.id(), name: name.into() }).collect();
    duties.insert(70, Duty { team: second_team.id(), name: "mailbox 070".into() });
    let of_one: Vec<_> = duties.iter().step_by(3).cloned().collect();
    let held = one.take(&of_one).await;
    assert_eq!(held.len(), of_one.len());
    let rest = other.take(&duties).await;
    assert_eq!(held.len() + rest.len(), duties.len());
    assert!(rest.iter().all(|lease| !of_one.contains(&lease.duty) && lease.fence == 1));
    one.store.release_leases(held).await.unwrap();
    assert_eq!(other.take(&of_one).await.len(), of_one.len());
}

pub(crate) async fn of_those_who_take_a_lease_at_once_one_gets_it(world: World) {
    let nodes: Vec<_> = (1..=8).map(|number| Node::of(&world, number)).collect();
    let duties = ["a", "b", "c", "d"].map(|name| Duty { team: world.id(), name: name.into() });
    for round in 1..=20 {
        let taking = nodes.iter().map(|node| node.take(&duties));
        let held: Vec<_> = join_all(taking).await.into_iter().flatten().collect();
        assert_eq!(held.len(), duties.len(), "{held:?}");
        assert!(held.iter().all(|lease| lease.fence == round), "{held:?}");
        world.store.release_leases(held).await.unwrap();
    }
}

pub(crate) async fn a_clock_that_is_wrong_keeps_others_away_for_twice_the_length(world: World) {
    let (mut wrong, mut right) = (Node::of(&world, 1), Node::of(&world, 2));
    // A little ahead: its leases are longer by that.
    wrong.passes(LENGTH - 1);
    assert_eq!(wrong.fence(world.id()).await, Some(1));
    assert_eq!(right.fence(world.id()).await, None);
    right.passes(2 * LENGTH - 1);
    assert_eq!(right.fence(world.id()).await, Some(2));
    // By an hour: whoever comes takes it.
    wrong.passes(3600);
    assert_eq!(wrong.fence(world.id()).await, Some(3));
    assert_eq!(right.fence(world.id()).await, Some(4));
}

pub(crate) async fn leases_are_neither_copied_nor_verified(world: World) {
    let node = Node::of(&world, 1);
    assert_eq!(node.fence(world.id()).await, Some(1));
    assert_eq!(world.differences().await, []);
    let target = world.empty().await;
    world.store.copy_to(&target.store, &mut |_| {}).await.unwrap();
    let there = Node { store: target.store.clone(), ..Node::of(&world, 2) };
    assert_eq!(there.fence(world.id()).await, Some(1));
}
