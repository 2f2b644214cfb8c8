//! People who sign in: who may let them in, how they get in, and when they are out again.

use std::sync::Arc;
use std::time::Duration;

use rondo::app::ledger::{self, HistoryWanted};
use rondo::app::people::{self, NewUser, Session, SignInError, SignedIn};
use rondo::app::{App, AppParts, Caller, MailParts};
use rondo::clock::{Clock, Entropy, ManualClock, SeededEntropy};
use rondo::egress::{Egress, EgressPolicy, SystemNames};
use rondo::engine::{Engine, EngineOptions};
use rondo::secrets::{SecretKey, Vault};
use rondo_core::event::Role;
use rondo_core::ids::UserId;
use rondo_core::text::{Email, Name};
use rondo_core::{Actor, Instant};
use rondo_store::{Store, StoreOptions};
use serde_json::{Value, json};
use url::Url;

use crate::world::{World, id};

const PASSWORD: &str = "correct horse battery";
const OTHER: &str = "staple of the barn";
const BROWSER: &str = "Firefox on Linux";
const DAY: u64 = 86_400;

/// What a face calls, over the same data as the world's.
fn app(store: &Store, engine: &Engine, clock: &Arc<ManualClock>) -> App {
    let secret = SecretKey::parse(&"07".repeat(32)).unwrap();
    let (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>) =
        (clock.clone(), Arc::new(SeededEntropy::new(11)));
    let names = Arc::new(SystemNames);
    let egress = Egress::new(EgressPolicy::PublicOnly, names.clone());
    let public_url = Url::parse("https://rondo.acme.example/").unwrap();
    App::new(AppParts {
        engine: engine.clone(),
        store: store.clone(),
        mail: MailParts::new(&secret, &egress, names, &clock, &entropy, public_url),
        clock,
        entropy,
        vault: Arc::new(Vault::new(&secret)),
        egress: EgressPolicy::PublicOnly,
    })
}

fn app_of(world: &World) -> App {
    app(&world.store, &world.engine, &world.clock)
}

fn admin(world: &World) -> Caller {
    let (actor, role) = (Actor::Cli, Role::Admin);
    Caller { team: world.team, actor, role, rep: None, mailbox: None }
}

fn new_user(address: &str, role: Role, rep: Option<&str>) -> NewUser {
    let rep = rep.map(|rep| rep.parse().unwrap());
    NewUser { email: Email::parse(address).unwrap(), role, rep }
}

/// What a link holds after the path.
fn token(link: &str) -> String {
    link.strip_prefix("https://rondo.acme.example/sign-in/").unwrap().to_owned()
}

/// Somebody who was invited and has chosen [`PASSWORD`].
async fn member(world: &World, app: &App, new: NewUser) -> (UserId, SignedIn) {
    // Ids sort by the time they were made.
    world.clock.advance(Duration::from_millis(1));
    let invited = people::invite(app, &admin(world), new).await.unwrap();
    let signed_in =
        people::accept(app, &token(invited.link.as_str()), PASSWORD, BROWSER).await.unwrap();
    (invited.user, signed_in)
}

async fn viewer(world: &World, app: &App) -> (UserId, SignedIn) {
    member(world, app, new_user("vic@acme.example", Role::Viewer, None)).await
}

async fn session(app: &App, signed_in: &SignedIn) -> Option<Session> {
    people::session(app, &signed_in.token).await.unwrap()
}

async fn sign_in(app: &App, address: &str, password: &str) -> Result<SignedIn, SignInError> {
    people::sign_in(app, address, password, BROWSER).await
}

#[tokio::test]
async fn an_admin_lets_people_in_and_lists_and_removes_them() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    world.clock.advance(Duration::from_millis(1));
    let admin = world.admin();
    let new = json!({"email": "ann@acme.example", "role": "rep", "rep": ann});
    let invited = admin.post("/v1/users", new).await.is(201);
    assert_eq!(invited["email"], "ann@acme.example");
    assert_eq!(invited["expires_at"], world.in_seconds(7 * DAY as i64));
    token(invited["link"].as_str().unwrap());
    let listed = admin.get("/v1/users").await.is(200);
    let users = listed["items"].as_array().unwrap();
    assert_eq!(users[0]["email"], "root@acme.example");
    let expected = json!({
        "id": invited["user"], "email": "ann@acme.example", "role": "rep", "rep": ann,
        "rep_name": "Ann", "added_at": world.in_seconds(0), "has_password": false,
    });
    assert_eq!(users[1], expected);
    let first = admin.get("/v1/users?limit=1").await.is(200);
    let next = format!("/v1/users?cursor={}", first["next_cursor"].as_str().unwrap());
    assert_eq!(admin.get(&next).await.is(200)["items"], json!([expected]));

    let path = format!("/v1/users/{}", invited["user"].as_str().unwrap());
    let link = admin.post(&format!("{path}/link"), json!({})).await.is(201);
    assert_eq!(link["expires_at"], world.in_seconds(DAY as i64));
    assert_ne!(link["link"], invited["link"]);
    admin.delete(&path).await.is(204);
    admin.delete(&path).await.is_problem("not-found");
    admin.post(&format!("{path}/link"), json!({})).await.is_problem("not-found");
    let listed = admin.get("/v1/users").await.is(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_user_who_is_no_rep_or_none_that_there_is_is_refused() {
    let world = World::new().await;
    let ann = world.add_rep("Ann").await;
    let admin = world.admin();
    for (new, place) in [
        (json!({"email": "x@acme.example", "role": "router"}), "/role"),
        (json!({"email": "x@acme.example", "role": "mailbox"}), "/role"),
        (json!({"email": "x@acme.example", "role": "rep"}), "/rep"),
        (json!({"email": "x@acme.example", "role": "viewer", "rep": ann}), "/rep"),
        (json!({"email": "x", "role": "viewer"}), "/email"),
    ] {
        let problem = admin.post("/v1/users", new).await.is_problem("invalid-request");
        assert_eq!(problem["errors"][0]["pointer"], place, "{problem}");
    }
    let rep = "rep_01kazzzzzzzzzzzzzzzzzzzzzz";
    let foreign = json!({"email": "x@acme.example", "role": "rep", "rep": rep});
    admin.post("/v1/users", foreign).await.is_problem("not-found");
}

#[tokio::test]
async fn an_address_is_let_in_once_and_again_after_its_user_was_removed() {
    let world = World::new().await;
    let admin = world.admin();
    let new = json!({"email": "kim@acme.example", "role": "viewer"});
    let once = admin.with("idempotency-key", "first");
    let first = once.post("/v1/users", new.clone()).await.is(201);
    // The repeat of a request answers the same user, with a link that takes the place of the first.
    let repeat = once.post("/v1/users", new.clone()).await.is(201);
    assert_eq!(first["user"], repeat["user"]);
    assert_ne!(first["link"], repeat["link"]);
    let again = json!({"email": "KIM@acme.example", "role": "admin"});
    let problem = admin.post("/v1/users", again.clone()).await.is_problem("email-taken");
    assert_eq!(problem["holder"], first["user"]);
    admin.delete(&format!("/v1/users/{}", first["user"].as_str().unwrap())).await.is(204);
    assert_ne!(admin.post("/v1/users", again).await.is(201)["user"], first["user"]);
    // In another team it is free anyway.
    world.other_team().await.post("/v1/users", new).await.is(201);
}

#[tokio::test]
async fn the_last_admin_stays() {
    let world = World::new().await;
    let admin = world.admin();
    let root = id(&admin.get("/v1/users").await.is(200)["items"][0]);
    let path = format!("/v1/users/{root}");
    let problem = admin.delete(&path).await.is_problem("last-admin");
    assert_eq!(problem["user"], Value::from(root));
    admin.post("/v1/users", json!({"email": "b@acme.example", "role": "admin"})).await.is(201);
    admin.delete(&path).await.is(204);
}

#[tokio::test]
async fn whoever_follows_a_link_chooses_a_password_and_is_in() {
    let world = World::new().await;
    let app = app_of(&world);
    let ann = world.add_rep("Ann").await;
    let new = new_user("ann@acme.example", Role::Rep, Some(&ann));
    let invited = people::invite(&app, &admin(&world), new).await.unwrap();
    let token = token(invited.link.as_str());
    let page = people::link_page(&app, &token).await.unwrap();
    assert_eq!((page.email.as_str(), page.team_name.as_str()), ("ann@acme.example", "Acme"));
    assert!(!page.has_password);
    for weak in ["short", "ann@acme.example"] {
        let refused = people::accept(&app, &token, weak, BROWSER).await;
        assert!(matches!(refused, Err(SignInError::WeakPassword)), "{refused:?}");
    }
    let signed_in = people::accept(&app, &token, PASSWORD, BROWSER).await.unwrap();
    let session = session(&app, &signed_in).await.unwrap();
    assert_eq!(session.caller.actor, Actor::User(invited.user));
    assert_eq!((session.caller.role, session.caller.team), (Role::Rep, world.team));
    assert_eq!(session.caller.rep.map(|rep| rep.to_string()), Some(ann));
    assert_eq!((session.email.as_str(), session.team_name.as_str()), ("ann@acme.example", "Acme"));
    assert_eq!(session.time_zone, "UTC");
    // By the password from now on.
    let by_password = sign_in(&app, " ANN@acme.example ", PASSWORD).await.unwrap();
    let other = people::session(&app, &by_password.token).await.unwrap().unwrap();
    assert_eq!(other.user, invited.user);
    assert_ne!(by_password.token, signed_in.token);
}

#[tokio::test]
async fn a_link_is_used_once_and_in_time() {
    let world = World::new().await;
    let app = app_of(&world);
    let admin = admin(&world);
    let new = new_user("vic@acme.example", Role::Viewer, None);
    let invited = people::invite(&app, &admin, new).await.unwrap();
    let first = token(invited.link.as_str());
    people::accept(&app, &first, PASSWORD, BROWSER).await.unwrap();
    let second = people::link_for(&app, &admin, invited.user).await.unwrap();
    let second = token(second.link.as_str());
    assert!(people::link_page(&app, &second).await.unwrap().has_password);
    world.clock.advance(Duration::from_secs(DAY));
    for gone in [first.as_str(), &second, "", "x.y", &first[1..]] {
        let page = people::link_page(&app, gone).await;
        assert!(matches!(page, Err(SignInError::LinkGone)), "{page:?}");
        let accepted = people::accept(&app, gone, OTHER, BROWSER).await;
        assert!(matches!(accepted, Err(SignInError::LinkGone)), "{accepted:?}");
    }
    sign_in(&app, "vic@acme.example", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn of_those_who_use_a_link_at_once_one_gets_in() {
    let world = World::new().await;
    let app = app_of(&world);
    let new = new_user("vic@acme.example", Role::Viewer, None);
    let invited = people::invite(&app, &admin(&world), new).await.unwrap();
    let token = token(invited.link.as_str());
    let (one, other) = tokio::join!(
        people::accept(&app, &token, PASSWORD, BROWSER),
        people::accept(&app, &token, OTHER, BROWSER)
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    let world = World::new().await;
    let app = app_of(&world);
    viewer(&world, &app).await;
    for (address, password) in [
        ("vic@acme.example", "correct horse batteries"),
        ("vic@acme.example", ""),
        ("nobody@acme.example", PASSWORD),
        // An admin who has chosen no password yet.
        ("root@acme.example", ""),
        ("no address", PASSWORD),
        ("vic@acme.example", &"x".repeat(100_000)),
    ] {
        let refused = sign_in(&app, address, password).await;
        assert!(matches!(refused, Err(SignInError::Wrong)), "{address}: {refused:?}");
    }
}

#[tokio::test]
async fn an_address_in_two_teams_opens_the_one_whose_password_it_is() {
    let world = World::new().await;
    let app = app_of(&world);
    let (of_acme, _) = viewer(&world, &app).await;
    let bolt = world.other_team().await;
    let new = json!({"email": "vic@acme.example", "role": "admin"});
    let invited = bolt.post("/v1/users", new).await.is(201);
    let link = token(invited["link"].as_str().unwrap());
    let signed_in = people::accept(&app, &link, OTHER, BROWSER).await.unwrap();
    let of_bolt = session(&app, &signed_in).await.unwrap();
    assert_eq!((of_bolt.team_name.as_str(), of_bolt.caller.role), ("Bolt", Role::Admin));
    for (password, user) in [(PASSWORD, of_acme), (OTHER, of_bolt.user)] {
        let signed_in = sign_in(&app, "vic@acme.example", password).await.unwrap();
        assert_eq!(session(&app, &signed_in).await.unwrap().user, user);
    }
}

#[tokio::test]
async fn a_session_ends_after_a_month_and_after_a_week_in_which_nobody_uses_it() {
    let world = World::new().await;
    let app = app_of(&world);
    let (_, unused) = viewer(&world, &app).await;
    world.clock.advance(Duration::from_secs(DAY));
    let used = sign_in(&app, "vic@acme.example", PASSWORD).await.unwrap();
    assert_eq!(used.expires_at, world.clock.now().plus_seconds(30 * DAY as i64));
    for _ in 1..=4 {
        assert!(session(&app, &used).await.is_some());
        world.clock.advance(Duration::from_secs(6 * DAY));
    }
    assert!(session(&app, &unused).await.is_none());
    assert!(session(&app, &used).await.is_some());
    world.clock.advance_to(used.expires_at.plus_seconds(-1));
    assert!(session(&app, &used).await.is_some());
    world.clock.advance_to(used.expires_at);
    assert!(session(&app, &used).await.is_none());
}

#[tokio::test]
async fn that_a_session_is_used_is_noted_every_five_minutes() {
    let world = World::new().await;
    let app = app_of(&world);
    let (_, signed_in) = viewer(&world, &app).await;
    let begun_at = world.clock.now();
    let seen_at = async || -> Instant {
        let session = session(&app, &signed_in).await.unwrap();
        people::sessions(&app, &session).await.unwrap()[0].seen_at
    };
    world.clock.advance(Duration::from_secs(299));
    assert_eq!(seen_at().await, begun_at);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(seen_at().await, begun_at.plus_seconds(300));
}

#[tokio::test]
async fn somebody_sees_their_sessions_and_ends_them_one_by_one() {
    let world = World::new().await;
    let app = app_of(&world);
    let (_, first) = viewer(&world, &app).await;
    world.clock.advance(Duration::from_secs(60));
    let second =
        people::sign_in(&app, "vic@acme.example", PASSWORD, "Safari\non a phone").await.unwrap();
    let this = session(&app, &second).await.unwrap();
    let listed = people::sessions(&app, &this).await.unwrap();
    let agents: Vec<_> = listed.iter().map(|one| (one.agent.as_str(), one.is_this)).collect();
    assert_eq!(agents, [("Safarion a phone", true), (BROWSER, false)]);
    people::end_session(&app, &this, &listed[1].id).await.unwrap();
    assert!(session(&app, &first).await.is_none());
    people::end_session(&app, &this, &listed[1].id).await.unwrap_err();
    people::end_session(&app, &this, "").await.unwrap_err();
    people::sign_out(&app, &second.token).await.unwrap();
    people::sign_out(&app, "nonsense").await.unwrap();
    assert!(session(&app, &second).await.is_none());
}

#[tokio::test]
async fn nobody_ends_the_session_of_another() {
    let world = World::new().await;
    let app = app_of(&world);
    let (_, of_vic) = viewer(&world, &app).await;
    let (_, of_kim) = member(&world, &app, new_user("kim@acme.example", Role::Admin, None)).await;
    let (vic, kim) = (session(&app, &of_vic).await.unwrap(), session(&app, &of_kim).await.unwrap());
    let id = people::sessions(&app, &vic).await.unwrap()[0].id.clone();
    people::end_session(&app, &kim, &id).await.unwrap_err();
    assert!(session(&app, &of_vic).await.is_some());
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let world = World::new().await;
    let app = app_of(&world);
    let (_, other) = viewer(&world, &app).await;
    let this = sign_in(&app, "vic@acme.example", PASSWORD).await.unwrap();
    let at_work = session(&app, &this).await.unwrap();
    for old in [None, Some(""), Some(OTHER)] {
        let refused = people::set_password(&app, &at_work, old, OTHER).await;
        assert!(matches!(refused, Err(SignInError::WrongOld)), "{refused:?}");
    }
    let weak = people::set_password(&app, &at_work, Some(PASSWORD), "vic@acme.example").await;
    assert!(matches!(weak, Err(SignInError::WeakPassword)), "{weak:?}");
    assert!(session(&app, &other).await.is_some());
    people::set_password(&app, &at_work, Some(PASSWORD), OTHER).await.unwrap();
    assert!(session(&app, &other).await.is_none());
    assert!(session(&app, &this).await.is_some());
    assert!(sign_in(&app, "vic@acme.example", PASSWORD).await.is_err());
    sign_in(&app, "vic@acme.example", OTHER).await.unwrap();
}

#[tokio::test]
async fn a_user_who_is_removed_is_out_at_once() {
    let world = World::new().await;
    let app = app_of(&world);
    let (user, signed_in) = viewer(&world, &app).await;
    let link = people::link_for(&app, &admin(&world), user).await.unwrap();
    people::remove(&app, &admin(&world), user).await.unwrap();
    assert!(session(&app, &signed_in).await.is_none());
    assert!(sign_in(&app, "vic@acme.example", PASSWORD).await.is_err());
    let page = people::link_page(&app, &token(link.link.as_str())).await;
    assert!(matches!(page, Err(SignInError::LinkGone)), "{page:?}");
    // Whoever comes back to the address begins anew.
    let (_, again) = viewer(&world, &app).await;
    assert!(session(&app, &again).await.is_some());
}

#[tokio::test]
async fn a_user_whose_rep_is_removed_is_out_at_once() {
    let world = World::new().await;
    let app = app_of(&world);
    let ann = world.add_rep("Ann").await;
    let new = new_user("ann@acme.example", Role::Rep, Some(&ann));
    let (user, signed_in) = member(&world, &app, new).await;
    let link = people::link_for(&app, &admin(&world), user).await.unwrap();
    world.admin().delete(&format!("/v1/reps/{ann}")).await.is(204);
    assert!(session(&app, &signed_in).await.is_none());
    assert!(sign_in(&app, "ann@acme.example", PASSWORD).await.is_err());
    assert!(people::link_page(&app, &token(link.link.as_str())).await.is_err());
    people::link_for(&app, &admin(&world), user).await.unwrap_err();
}

#[tokio::test]
async fn only_admins_let_people_in() {
    let world = World::new().await;
    let app = app_of(&world);
    let (user, signed_in) = viewer(&world, &app).await;
    let caller = session(&app, &signed_in).await.unwrap().caller;
    let new = new_user("kim@acme.example", Role::Admin, None);
    people::invite(&app, &caller, new).await.unwrap_err();
    people::link_for(&app, &caller, user).await.unwrap_err();
    people::remove(&app, &caller, user).await.unwrap_err();
    people::list(&app, &caller).await.unwrap_err();
    let listed = people::list(&app, &admin(&world)).await.unwrap();
    assert_eq!(listed.iter().map(|user| user.has_password).collect::<Vec<_>>(), [false, true]);
}

#[tokio::test]
async fn neither_tokens_nor_links_nor_passwords_are_in_debug_output_or_in_the_data() {
    let world = World::new().await;
    let app = app_of(&world);
    let new = new_user("vic@acme.example", Role::Viewer, None);
    let invited = people::invite(&app, &admin(&world), new).await.unwrap();
    let link = token(invited.link.as_str());
    let signed_in = people::accept(&app, &link, PASSWORD, BROWSER).await.unwrap();
    let session = session(&app, &signed_in).await.unwrap();
    let shown = format!("{invited:?} {signed_in:?} {session:?}");
    for secret in [link.as_str(), &signed_in.token, "vic@acme.example"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let hash = world.store.password_hash(world.team, invited.user).await.unwrap().unwrap();
    assert!(hash.starts_with("$argon2id$") && !hash.contains(PASSWORD), "{hash}");
}

#[tokio::test]
async fn the_first_team_is_begun_once() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("rondo.db").display());
    let store = Store::open(&StoreOptions { database, readers: 2 }).await.unwrap();
    let clock = Arc::new(ManualClock::at(Instant::parse("2026-11-02T12:00:00Z").unwrap()));
    let entropy = Arc::new(SeededEntropy::new(7));
    let engine = Engine::start(store.clone(), clock.clone(), entropy, EngineOptions::default());
    let app = app(&store, &engine, &clock);
    let (name, email) = (Name::parse("Acme").unwrap(), Email::parse("root@acme.example").unwrap());
    let begin = |password: &'static str| {
        people::begin(&app, name.clone(), email.clone(), password, BROWSER)
    };
    assert!(matches!(begin("short").await, Err(SignInError::WeakPassword)));
    let (one, other) = tokio::join!(begin(PASSWORD), begin(OTHER));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    begin(PASSWORD).await.unwrap_err();
    assert_eq!(store.teams(None, 10).await.unwrap().len(), 1);
    let signed_in = one.or(other).unwrap();
    let session = session(&app, &signed_in).await.unwrap();
    assert_eq!((session.team_name.as_str(), session.caller.role), ("Acme", Role::Admin));
    // Nobody has a key yet.
    assert!(store.keys(session.caller.team, None, 10).await.unwrap().is_empty());
    let listed = people::list(&app, &session.caller).await.unwrap();
    assert!(listed[0].has_password && listed[0].email == "root@acme.example");
    // By the one who did it.
    let all = HistoryWanted::All;
    let told = ledger::history(&app, &session.caller, all, None, 9).await.unwrap();
    assert_eq!(told.entries.len(), 2);
    assert!(told.entries.iter().all(|entry| entry.who == "root@acme.example"), "{told:?}");
    let differences = store.verify(session.caller.team, &mut |_| {}).await.unwrap().unwrap();
    assert_eq!(differences.differences, []);
}
