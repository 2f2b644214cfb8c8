//! People who sign in: their passwords, sessions and links.

use rondo_core::event::Role;
use rondo_core::ids::{RepId, UserId};
use rondo_core::{Answer, Command, Instant};
use rondo_store::NewSession;

use crate::world::{World, email, found};

const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";
const DAY: i64 = 86_400;

async fn user(world: &mut World, who: &str, role: Role, rep: Option<RepId>) -> UserId {
    match world.run(Command::AddUser { email: email(who), role, rep }).await {
        Answer::User(user) => user,
        other => panic!("{other:?}"),
    }
}

fn session(world: &World, user: UserId, hash: u8) -> NewSession<'static> {
    NewSession {
        hash: [hash; 32],
        user,
        at: world.now,
        expires_at: world.now.plus_seconds(30 * DAY),
        unseen_since: world.now.plus_seconds(-7 * DAY),
        agent: "Firefox",
    }
}

async fn begin(world: &World, user: UserId, hash: u8) {
    world.store.begin_session(world.id(), session(world, user, hash)).await.unwrap();
}

async fn is_signed_in(world: &World, hash: u8) -> bool {
    world.store.session(world.id(), [hash; 32]).await.unwrap().is_some()
}

async fn set_password(world: &World, user: UserId, kept_session: Option<[u8; 32]>) {
    let (store, team) = (&world.store, world.id());
    store.set_password_hash(team, user, HASH, world.now, kept_session).await.unwrap();
}

pub(crate) async fn users_are_listed_until_they_are_removed(mut world: World) {
    let ann = world.rep("ann").await;
    let bound = user(&mut world, "ann", Role::Rep, Some(ann)).await;
    let vic = user(&mut world, "vic", Role::Viewer, None).await;
    set_password(&world, vic, None).await;
    world.run(Command::RemoveRep { rep: ann, leads: None }).await;
    let team = world.id();
    let all = world.store.users(team, None, 10).await.unwrap();
    let ids: Vec<_> = all.iter().map(|row| row.user).collect();
    assert_eq!(ids[1..], [bound, vic]);
    assert_eq!((all[1].rep, all[1].rep_name.as_deref()), (Some(ann), Some("ann")));
    assert!(all[1].is_shut_out && !all[2].is_shut_out);
    assert!(all[2].has_password && !all[1].has_password);
    assert_eq!(world.store.users(team, Some(ids[0]), 1).await.unwrap(), all[1..2]);
    assert_eq!(world.store.user(team, vic).await.unwrap().as_ref(), all.last());

    world.run(Command::RemoveUser { user: vic }).await;
    assert_eq!(world.store.user(team, vic).await.unwrap(), None);
    assert_eq!(world.store.users(team, None, 10).await.unwrap().len(), 2);
    assert_eq!(world.store.password_hash(team, vic).await.unwrap(), None);
    // The address is free again, and the tables are as the ledger says.
    let again = user(&mut world, "vic", Role::Admin, None).await;
    assert_ne!(again, vic);
    assert_eq!(world.differences().await, []);
    let parts = world.store.load_team(team).await.unwrap().unwrap();
    assert_eq!(parts, world.team.to_parts());
}

pub(crate) async fn an_address_is_one_users_of_a_team(mut world: World) {
    user(&mut world, "vic", Role::Viewer, None).await;
    let twice = Command::AddUser { email: email("VIC"), role: Role::Admin, rep: None };
    let answers = world.try_all(&[twice]).await;
    assert_eq!(answers[0].as_ref().unwrap_err().code(), "email-taken");
}

pub(crate) async fn accounts_of_an_address_are_found_in_every_team(mut world: World) {
    let key = email("admin").key();
    found(&world.store, 8).await;
    let accounts = world.store.accounts(key, 10).await.unwrap();
    assert_eq!(accounts.len(), 2);
    assert!(accounts[0].team < accounts[1].team);
    assert_eq!(world.store.accounts(key, 1).await.unwrap(), accounts[..1]);
    let own = accounts.iter().find(|account| account.team == world.id()).unwrap();
    assert_eq!(own.password_hash, None);
    set_password(&world, own.user, None).await;
    let known = world.store.accounts(key, 10).await.unwrap();
    let own = known.iter().find(|account| account.team == world.id()).unwrap();
    assert_eq!(own.password_hash.as_deref(), Some(HASH));
    assert!(!format!("{own:?}").contains("argon2"));

    // Neither a rep who has left nor somebody who was removed.
    let ann = world.rep("ann").await;
    user(&mut world, "ann", Role::Rep, Some(ann)).await;
    assert_eq!(world.store.accounts(email("ann").key(), 10).await.unwrap().len(), 1);
    world.run(Command::RemoveRep { rep: ann, leads: None }).await;
    assert_eq!(world.store.accounts(email("ann").key(), 10).await.unwrap(), []);
    let vic = user(&mut world, "vic", Role::Viewer, None).await;
    world.run(Command::RemoveUser { user: vic }).await;
    assert_eq!(world.store.accounts(email("vic").key(), 10).await.unwrap(), []);
}

pub(crate) async fn a_session_is_there_until_it_is_ended(mut world: World) {
    let team = world.id();
    let ann = world.rep("ann").await;
    let bound = user(&mut world, "ann", Role::Rep, Some(ann)).await;
    begin(&world, bound, 1).await;
    let of = world.store.session(team, [1; 32]).await.unwrap().unwrap();
    assert_eq!((of.user, of.role, of.rep), (bound, Role::Rep, Some(ann)));
    assert_eq!((of.email.as_str(), of.team_name.as_str()), ("ann@example.com", "Acme"));
    assert_eq!((of.seen_at, of.expires_at), (world.now, world.now.plus_seconds(30 * DAY)));
    let seen = |at: Instant| world.store.session_seen(team, [1; 32], at);
    seen(world.now.plus_seconds(60)).await.unwrap();
    // A clock that is behind sets nothing back.
    seen(world.now).await.unwrap();
    let rows = world.store.sessions(team, bound).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].seen_at, world.now.plus_seconds(60));
    assert_eq!((rows[0].begun_at, rows[0].agent.as_str()), (world.now, "Firefox"));
    world.store.end_session(team, [1; 32]).await.unwrap();
    assert!(!is_signed_in(&world, 1).await);

    // Of a rep who leaves and of a user who is removed none goes on.
    begin(&world, bound, 2).await;
    world.run(Command::RemoveRep { rep: ann, leads: None }).await;
    assert!(!is_signed_in(&world, 2).await);
    let vic = user(&mut world, "vic", Role::Viewer, None).await;
    begin(&world, vic, 3).await;
    world.run(Command::RemoveUser { user: vic }).await;
    assert!(!is_signed_in(&world, 3).await);
    assert_eq!(world.store.sessions(team, vic).await.unwrap(), []);
}

pub(crate) async fn sessions_that_are_over_and_too_many_end_when_one_begins(mut world: World) {
    let vic = user(&mut world, "vic", Role::Viewer, None).await;
    begin(&world, vic, 1).await;
    world.now = world.now.plus_seconds(7 * DAY);
    begin(&world, vic, 2).await;
    assert!(!is_signed_in(&world, 1).await);
    for hash in 3..=60 {
        world.now = world.now.plus_seconds(1);
        begin(&world, vic, hash).await;
    }
    let rows = world.store.sessions(world.id(), vic).await.unwrap();
    assert_eq!(rows.len(), 50);
    assert_eq!((rows[0].hash, rows[49].hash), ([60; 32], [11; 32]));
}

pub(crate) async fn another_password_ends_the_other_sessions_and_the_links(mut world: World) {
    let team = world.id();
    let vic = user(&mut world, "vic", Role::Viewer, None).await;
    let other = user(&mut world, "oda", Role::Viewer, None).await;
    for (user, hash) in [(vic, 1), (vic, 2), (other, 3)] {
        begin(&world, user, hash).await;
    }
    let until = world.now.plus_seconds(DAY);
    world.store.add_sign_in_link(team, [9; 32], vic, until).await.unwrap();
    set_password(&world, vic, Some([2; 32])).await;
    assert!(!is_signed_in(&world, 1).await);
    assert!(is_signed_in(&world, 2).await && is_signed_in(&world, 3).await);
    assert!(world.store.sign_in_link(team, [9; 32]).await.unwrap().is_none());
    assert_eq!(world.store.password_hash(team, vic).await.unwrap().as_deref(), Some(HASH));
    assert_eq!(world.store.password_hash(team, other).await.unwrap(), None);
}

pub(crate) async fn a_link_is_used_once_before_it_runs_out(mut world: World) {
    let team = world.id();
    let vic = user(&mut world, "vic", Role::Viewer, None).await;
    let until = world.now.plus_seconds(DAY);
    let store = world.store.clone();
    let add = async |hash: u8| store.add_sign_in_link(team, [hash; 32], vic, until).await.unwrap();
    let used =
        async |hash: u8, at| store.use_sign_in_link(team, [hash; 32], vic, HASH, at).await.unwrap();
    add(1).await;
    let link = store.sign_in_link(team, [1; 32]).await.unwrap().unwrap();
    assert_eq!((link.user, link.email.as_str()), (vic, "vic@example.com"));
    assert_eq!((link.team_name.as_str(), link.has_password), ("Acme", false));
    assert_eq!(link.expires_at, until);
    // Another one takes its place.
    add(2).await;
    assert!(!used(1, world.now).await);
    assert!(!used(2, until).await);
    begin(&world, vic, 5).await;
    assert!(used(2, world.now).await);
    assert!(!is_signed_in(&world, 5).await);
    assert!(!used(2, world.now).await);
    add(3).await;
    assert!(store.sign_in_link(team, [3; 32]).await.unwrap().unwrap().has_password);
    world.run(Command::RemoveUser { user: vic }).await;
    assert!(store.sign_in_link(team, [3; 32]).await.unwrap().is_none());
}

pub(crate) async fn a_mailed_link_signs_in_once_beside_the_others(mut world: World) {
    let team = world.id();
    let vic = user(&mut world, "vic", Role::Viewer, None).await;
    let (now, until) = (world.now, world.now.plus_seconds(900));
    let store = world.store.clone();
    let add = async |hash: u8, at| {
        store.add_mailed_link(team, [hash; 32], vic, (at, until)).await.unwrap()
    };
    let used = async |hash: u8, at| store.use_mailed_link(team, [hash; 32], vic, at).await.unwrap();
    store.add_sign_in_link(team, [9; 32], vic, until.plus_seconds(DAY)).await.unwrap();
    assert!(add(1, now).await && add(2, now).await && add(3, now).await);
    // No more are sent while these are good, and none takes the place of an invitation.
    assert!(!add(4, now).await);
    let is_mailed = async |hash: u8| {
        store.sign_in_link(team, [hash; 32]).await.unwrap().map(|link| link.is_mailed)
    };
    assert_eq!(
        [is_mailed(9).await, is_mailed(1).await, is_mailed(4).await],
        [Some(false), Some(true), None]
    );
    // Neither is used for the other.
    assert!(!store.use_sign_in_link(team, [1; 32], vic, HASH, now).await.unwrap());
    assert!(!used(9, now).await);
    assert!(!used(1, until).await);
    assert!(used(1, now).await);
    assert!(!used(1, now).await && !used(2, now).await);
    assert_eq!(is_mailed(9).await, Some(false));
    // Those that have run out make room.
    assert!(add(5, now).await && add(6, now).await && add(7, now).await);
    let later = until.plus_seconds(900);
    assert!(store.add_mailed_link(team, [8; 32], vic, (until, later)).await.unwrap());
    assert_eq!(is_mailed(5).await, None);
    world.run(Command::RemoveUser { user: vic }).await;
    assert_eq!(is_mailed(8).await, None);
}

pub(crate) async fn passwords_are_copied_and_sessions_are_not(mut world: World) {
    let team = world.id();
    let vic = user(&mut world, "vic", Role::Viewer, None).await;
    set_password(&world, vic, None).await;
    begin(&world, vic, 1).await;
    world.store.add_sign_in_link(team, [9; 32], vic, world.now.plus_seconds(DAY)).await.unwrap();
    assert_eq!(world.differences().await, []);
    let target = world.empty().await;
    world.store.copy_to(&target.store, &mut |_| {}).await.unwrap();
    let password = target.store.password_hash(team, vic).await.unwrap();
    assert_eq!(password.as_deref(), Some(HASH));
    assert_eq!(target.store.session(team, [1; 32]).await.unwrap().map(|of| of.user), None);
    assert!(target.store.sign_in_link(team, [9; 32]).await.unwrap().is_none());
}
