//! People who sign in: who may be let in, as what, and that an admin stays.

use rondo_core::event::Role;
use rondo_core::ids::{Id as _, RepId, UserId};
use rondo_core::team::User;
use rondo_core::{Answer, Command, Refusal, Team};

use crate::world::{World, details, email};

fn add(who: &str, role: Role, rep: Option<RepId>) -> Command {
    Command::AddUser { email: email(who), role, rep }
}

fn user(world: &mut World, who: &str, role: Role, rep: Option<RepId>) -> UserId {
    match world.run(add(who, role, rep)).expect("they may").answer {
        Answer::User(user) => user,
        other => panic!("{other:?}"),
    }
}

fn rep(world: &mut World, who: &str) -> RepId {
    match world.run(Command::AddRep { details: details(who) }).expect("they may").answer {
        Answer::Rep(rep) => rep,
        other => panic!("{other:?}"),
    }
}

fn refusal(world: &mut World, command: Command) -> Refusal {
    world.run(command).expect_err("it is refused")
}

#[test]
fn the_team_knows_who_signs_in_and_so_does_a_replay_of_its_ledger() {
    let mut world = World::new();
    let ann = rep(&mut world, "ann");
    let admin = user(&mut world, "root", Role::Admin, None);
    let bound = user(&mut world, "ann", Role::Rep, Some(ann));
    let viewer = user(&mut world, "vic", Role::Viewer, None);
    world.run(Command::RemoveUser { user: viewer }).unwrap();
    let users = [
        User { id: admin, role: Role::Admin, rep: None },
        User { id: bound, role: Role::Rep, rep: Some(ann) },
    ];
    assert_eq!(world.team.users(), users);
    let mut replayed = Team::found(world.team.id(), &world.ledger[0]).unwrap();
    world.ledger[1..].iter().for_each(|entry| replayed.apply(entry));
    assert_eq!(replayed.to_parts(), world.team.to_parts());
    world.reload();
    assert_eq!(world.team.users(), users);
}

#[test]
fn an_address_is_one_users_until_they_are_removed() {
    let mut world = World::new();
    user(&mut world, "root", Role::Admin, None);
    let vic = user(&mut world, "vic", Role::Viewer, None);
    let again = refusal(&mut world, add("vic", Role::Admin, None));
    assert_eq!(again, Refusal::EmailTaken { holder: vic.to_string() });
    world.run(Command::RemoveUser { user: vic }).unwrap();
    user(&mut world, "vic", Role::Viewer, None);
}

#[test]
fn an_address_is_one_users_within_a_batch_too() {
    let mut world = World::new();
    let twice = [add("vic", Role::Viewer, None), add("vic", Role::Admin, None)];
    world.begin(&twice);
    world.decide(&twice[0]).unwrap();
    assert_eq!(world.decide(&twice[1]).unwrap_err().code(), "email-taken");
}

#[test]
fn roles_that_only_keys_have_are_refused() {
    let mut world = World::new();
    for role in [Role::Router, Role::Mailbox] {
        let refused = refusal(&mut world, add("bot", role, None));
        assert!(matches!(refused, Refusal::Invalid { pointer: "/role", .. }), "{refused:?}");
    }
}

#[test]
fn the_role_rep_goes_with_a_rep_of_the_team_and_no_other_role_does() {
    let mut world = World::new();
    let (ann, bo) = (rep(&mut world, "ann"), rep(&mut world, "bo"));
    world.run(Command::RemoveRep { rep: bo, leads: None }).unwrap();
    let unbound = refusal(&mut world, add("ann", Role::Rep, None));
    assert!(matches!(unbound, Refusal::Invalid { pointer: "/rep", .. }), "{unbound:?}");
    for role in [Role::Admin, Role::Viewer] {
        let bound = refusal(&mut world, add("ann", role, Some(ann)));
        assert!(matches!(bound, Refusal::Invalid { pointer: "/rep", .. }), "{bound:?}");
    }
    for gone in [bo, RepId::from_bytes([9; 16])] {
        assert_eq!(refusal(&mut world, add("bo", Role::Rep, Some(gone))).code(), "not-found");
    }
}

#[test]
fn the_last_admin_stays() {
    let mut world = World::new();
    let first = user(&mut world, "root", Role::Admin, None);
    user(&mut world, "vic", Role::Viewer, None);
    let last = refusal(&mut world, Command::RemoveUser { user: first });
    assert_eq!((last.code(), last), ("last-admin", Refusal::LastAdmin { user: first }));
    let second = user(&mut world, "second", Role::Admin, None);
    world.run(Command::RemoveUser { user: first }).unwrap();
    assert_eq!(refusal(&mut world, Command::RemoveUser { user: first }).code(), "not-found");
    assert_eq!(refusal(&mut world, Command::RemoveUser { user: second }).code(), "last-admin");
}
