//! Lists that are read from their end.

use rondo_core::Answer;
use rondo_core::Command;
use rondo_core::command::KeyTerms;
use rondo_core::event::{Role, WebhookEvent};
use rondo_core::text::Name;
use rondo_store::{HistoryFilter, QueuedDelivery};

use crate::world::{World, email};

pub(crate) async fn the_ledger_is_read_from_its_end(mut world: World) {
    world.running_with_a_rep("Spring").await;
    let (store, team) = (&world.store, world.id());
    let all = HistoryFilter::default();
    let mut forwards = store.entries_after(team, 0, 100).await.unwrap();
    forwards.reverse();
    assert_eq!(store.entries_before(team, &all, u64::MAX, 100).await.unwrap(), forwards);
    let before = forwards[1].n;
    assert_eq!(store.entries_before(team, &all, before, 2).await.unwrap(), forwards[2..4]);
    assert_eq!(store.entries_before(team, &all, 1, 2).await.unwrap(), []);
}

pub(crate) async fn entries_of_a_kind_are_found_within_bounds(mut world: World) {
    let names = ["ana", "bo", "cy"];
    for name in names {
        world.rep(name).await;
    }
    world.running("Spring", None).await;
    let (store, team) = (&world.store, world.id());
    let mut wanted = HistoryFilter { kinds: vec!["rep_added"], is_structure: true, from: 0 };
    let found = store.entries_before(team, &wanted, u64::MAX, 2).await.unwrap();
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|entry| entry.event.kind() == "rep_added") && found[0].n > found[1].n);
    wanted.from = found[0].n;
    assert_eq!(store.entries_before(team, &wanted, u64::MAX, 9).await.unwrap(), found[..1]);
    // Nothing that is about leads is looked at.
    wanted.kinds = vec!["leads_added", "rep_added"];
    wanted.from = 0;
    assert_eq!(store.entries_before(team, &wanted, u64::MAX, 9).await.unwrap().len(), 3);
}

pub(crate) async fn deliveries_and_suppressions_come_the_newest_first(mut world: World) {
    let webhook = world.ids.next_id();
    let (url, sealed_secret) = ("https://crm.example/".to_owned(), vec![7; 40]);
    let events = vec![WebhookEvent::AssignmentCreated];
    world.run(Command::AddWebhook { webhook, url, sealed_secret, events }).await;
    let (mut batch, team, _) = world.decide(&[crate::world::add_rep("ana")]).await;
    let (n, event) = (batch.entries[0].n, WebhookEvent::AssignmentCreated);
    let delivery = |id| QueuedDelivery { id, webhook, n, event };
    batch.deliveries = (0..3).map(|_| delivery(world.ids.next_id())).collect();
    let queued: Vec<_> = batch.deliveries.iter().rev().map(|one| one.id).collect();
    world.store.commit(vec![batch]).await.unwrap();
    world.team = team;
    let found = world.store.deliveries_before(world.id(), webhook, None, 9).await.unwrap();
    assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), queued);
    let rest = world.store.deliveries_before(world.id(), webhook, Some(queued[0]), 1).await;
    assert_eq!(rest.unwrap(), found[1..2]);

    for name in ["rosa", "ivo"] {
        world.run(Command::Suppress { email: email(name) }).await;
    }
    let found = world.store.suppressions_before(world.id(), None, 9).await.unwrap();
    let shown: Vec<_> = found.iter().map(|row| row.email.clone().unwrap()).collect();
    assert_eq!(shown, ["ivo", "rosa"].map(|name| email(name).as_str().to_owned()));
    let rest = world.store.suppressions_before(world.id(), Some(found[0].id), 9).await.unwrap();
    assert_eq!(rest, found[1..]);
}

pub(crate) async fn whoever_acted_keeps_their_name_when_they_are_gone(mut world: World) {
    let terms = KeyTerms {
        role: Role::Router,
        rep: None,
        mailbox: None,
        expires_at: None,
        requests_per_second_max: None,
    };
    let name = Name::parse("Website form").unwrap();
    let command = Command::AddKey { name, terms, prefix: "rondo_abc".to_owned(), hash: [7; 32] };
    let Answer::Key(key) = world.run(command).await else { panic!("a key is made") };
    let add = Command::AddUser { email: email("vic"), role: Role::Viewer, rep: None };
    let Answer::User(user) = world.run(add).await else { panic!("a user is added") };
    world.run(Command::RevokeKey { key }).await;
    world.run(Command::RemoveUser { user }).await;
    let (store, team) = (&world.store, world.id());
    let names = store.key_names(team, &[key]).await.unwrap();
    assert_eq!(names, [(key, "Website form".to_owned())]);
    let emails = store.user_emails(team, &[user]).await.unwrap();
    assert_eq!(emails, [(user, Some(email("vic").as_str().to_owned()))]);
    assert_eq!(store.user_emails(team, &[]).await.unwrap(), []);
}
