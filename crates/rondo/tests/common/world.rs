//! A whole Rondo in this process: the HTTP face without a socket, the engine, and a real database in a folder of its
//! own. Time stands still until a test moves it, and the ids are the same every time.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use rondo::app::{App, AppParts, MailParts};
use rondo::clock::{Clock, Entropy, ManualClock, SeededEntropy, Wait};
use rondo::console::{self, ConsoleOptions, StartLink};
use rondo::egress::{Egress, EgressPolicy, SystemNames};
use rondo::engine::{Caller, Engine, EngineOptions, Request as Wanted};
use rondo::found::found;
use rondo::http::{self, HttpOptions};
use rondo::secrets::{SecretKey, Vault};
use rondo_core::ids::TeamId;
use rondo_core::text::{Email, Name};
use rondo_core::{Actor as By, Answer, Command, Instant, Refusal};
use rondo_store::{Store, StoreOptions};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;
use url::Url;

use crate::faults::Faults;

/// Everything, with one team in it.
pub struct World {
    pub router: Router,
    pub app: App,
    pub clock: Arc<ManualClock>,
    /// How long whatever is measured takes the use cases.
    pub pace: Arc<Pace>,
    pub engine: Engine,
    pub store: Store,
    /// What befalls the engine's commits.
    pub faults: Arc<Faults>,
    pub team: TeamId,
    admin_key: String,
    entropy: Arc<SeededEntropy>,
    folder: TempDir,
}

/// The clock of the use cases, by which everything takes some time.
pub struct Pace {
    clock: Arc<ManualClock>,
    takes: Mutex<Duration>,
}

impl Pace {
    /// From now on everything that is measured takes this long at least.
    pub fn set(&self, takes: Duration) {
        *self.takes.lock().expect("nobody panics with it") = takes;
    }
}

impl Clock for Pace {
    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn monotonic(&self) -> Duration {
        self.clock.advance(*self.takes.lock().expect("nobody panics with it"));
        self.clock.monotonic()
    }

    fn wait_until(&self, at: Instant) -> Wait<'_> {
        self.clock.wait_until(at)
    }

    fn wait(&self, period: Duration) -> Wait<'_> {
        self.clock.wait(period)
    }
}

/// Somebody who calls the API.
#[derive(Clone)]
pub struct Actor {
    router: Router,
    key: Option<String>,
    headers: Vec<(&'static str, String)>,
    /// The rep that the key is bound to.
    pub rep: String,
    /// The mailbox that the key is bound to.
    pub mailbox: String,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl World {
    /// A world with a team whose admin has a key; it is noon of 2 November 2026 in UTC, a Monday.
    pub async fn new() -> Self {
        Self::with_limit(None).await
    }

    /// A world in which each key may make so many requests a second.
    pub async fn with_limit(key_requests_per_second_max: Option<NonZeroU32>) -> Self {
        Self::made(EgressPolicy::PublicOnly, key_requests_per_second_max).await
    }

    /// A world that may speak to servers of this machine.
    pub async fn in_own_network() -> Self {
        Self::made(EgressPolicy::PrivateToo, None).await
    }

    async fn made(policy: EgressPolicy, key_requests_per_second_max: Option<NonZeroU32>) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the database");
        let path = folder.path().join("rondo.db");
        let options = StoreOptions { database: format!("sqlite:{}", path.display()), readers: 2 };
        let store = Store::open(&options).await.expect("a new database");
        let noon = Instant::parse("2026-11-02T12:00:00Z").expect("an instant");
        let clock = Arc::new(ManualClock::at(noon));
        let entropy = Arc::new(SeededEntropy::new(7));
        let team = found(
            &store,
            Name::parse("Acme").expect("it is well formed"),
            Email::parse("root@acme.example").expect("it is well formed"),
            clock.as_ref(),
            entropy.as_ref(),
        )
        .await
        .expect("a new team");
        let faults = Arc::new(Faults::over(store.clone()));
        let options = EngineOptions::default();
        let engine = Engine::over(faults.clone(), clock.clone(), entropy.clone(), options);
        let secret = SecretKey::parse(&"07".repeat(32)).expect("64 digits");
        let pace = Arc::new(Pace { clock: clock.clone(), takes: Mutex::default() });
        let (shared_clock, shared_entropy): (Arc<dyn Clock>, Arc<dyn Entropy>) =
            (pace.clone(), entropy.clone());
        let names = Arc::new(SystemNames);
        let egress = Egress::new(policy, names.clone());
        let public_url = Url::parse("https://rondo.acme.example/").expect("a URL");
        let mail =
            MailParts::new(&secret, &egress, names, &shared_clock, &shared_entropy, public_url);
        let app = App::new(AppParts {
            engine: engine.clone(),
            store: store.clone(),
            clock: shared_clock,
            entropy: shared_entropy,
            vault: Arc::new(Vault::new(&secret)),
            egress: policy,
            mail,
        });
        let start = StartLink::new(&*entropy);
        let options_of_console =
            ConsoleOptions { start: start.clone(), is_secure: true, oidc: None };
        let options = HttpOptions {
            metrics: Arc::new(|| "rondo_up 1\n".to_owned()),
            key_requests_per_second_max,
        };
        Self {
            router: console::beside(
                http::router(app.clone(), options),
                app.clone(),
                options_of_console,
            ),
            app,
            clock,
            pace,
            engine,
            store,
            faults,
            team: team.team,
            admin_key: team.api_key.reveal(),
            entropy,
            folder,
        }
    }

    /// Changes rows behind the server's back.
    pub fn tamper(&self, sql: &str) {
        let path = self.folder.path().join("rondo.db");
        let connection = rusqlite::Connection::open(path).expect("the database is there");
        connection.execute_batch(sql).expect("it is valid SQL");
    }

    /// The admin of the team.
    pub fn admin(&self) -> Actor {
        self.with_key(Some(self.admin_key.clone()))
    }

    /// Somebody without a key.
    pub fn stranger(&self) -> Actor {
        self.with_key(None)
    }

    /// Somebody with this key.
    pub fn with_key(&self, key: Option<String>) -> Actor {
        Actor {
            router: self.router.clone(),
            key,
            headers: Vec::new(),
            rep: String::new(),
            mailbox: String::new(),
        }
    }

    /// Somebody with a new key of this role.
    pub async fn holder_of(&self, role: &str) -> Actor {
        let made = self.admin().post("/v1/keys", json!({"name": role, "role": role})).await.is(201);
        self.with_key(Some(made["api_key"].as_str().expect("a new key").to_owned()))
    }

    /// A new rep with a key of their own.
    pub async fn rep(&self, name: &str) -> Actor {
        let rep = self.add_rep(name).await;
        let key = json!({"name": name, "role": "rep", "rep": rep});
        let made = self.admin().post("/v1/keys", key).await.is(201);
        let mut actor = self.with_key(made["api_key"].as_str().map(str::to_owned));
        actor.rep = rep;
        actor
    }

    /// A new mailbox with a key that may deliver to it.
    pub async fn mailbox(&self, address: &str) -> Actor {
        let mailbox = self.add_mailbox(address).await;
        let key = json!({"name": address, "role": "mailbox", "mailbox": mailbox});
        let made = self.admin().post("/v1/keys", key).await.is(201);
        let mut actor = self.with_key(made["api_key"].as_str().map(str::to_owned));
        actor.mailbox = mailbox;
        actor
    }

    /// A new rep; answers the id.
    pub async fn add_rep(&self, name: &str) -> String {
        let email = format!("{}@acme.example", name.to_lowercase());
        let rep = self.admin().post("/v1/reps", json!({"name": name, "email": email})).await;
        id(&rep.is(201))
    }

    /// A new group of these reps; answers the id.
    pub async fn add_group(&self, name: &str, reps: &[&str]) -> String {
        id(&self.admin().post("/v1/groups", json!({"name": name, "reps": reps})).await.is(201))
    }

    /// A new draft on a group; answers the id.
    pub async fn add_campaign(&self, name: &str, group: &str) -> String {
        let draft = json!({"name": name, "group": group});
        id(&self.admin().post("/v1/campaigns", draft).await.is(201))
    }

    /// A new campaign that runs; answers the id.
    pub async fn launched(&self, name: &str, group: &str) -> String {
        let campaign = self.add_campaign(name, group).await;
        self.admin().post(&format!("/v1/campaigns/{campaign}/launch"), json!({})).await.is(200);
        campaign
    }

    /// A new mailbox with this address; answers the id.
    pub async fn add_mailbox(&self, address: &str) -> String {
        let smtp = json!({"host": "smtp.acme.example", "port": 465, "security": "tls"});
        let new = json!({"name": "Kim", "address": address, "smtp": smtp});
        id(&self.admin().post("/v1/mailboxes", new).await.is(201))
    }

    /// Has a campaign write this from a mailbox.
    pub async fn set_messages(&self, campaign: &str, mailbox: &str, steps: Value) -> Reply {
        let messages = json!({"mailbox": mailbox, "steps": steps});
        self.admin().put(&format!("/v1/campaigns/{campaign}/messages"), messages).await
    }

    /// Has a command done that comes from no face.
    pub async fn does(&self, command: Command) -> Result<Answer, Refusal> {
        let caller = Caller { team: self.team, actor: By::System };
        let wanted = Wanted { command, idempotency: None };
        match self.engine.run(caller, wanted).await {
            Ok(done) => Ok(done.answer),
            Err(rondo::engine::EngineError::Refused(refusal)) => Err(refusal),
            Err(error) => panic!("the engine runs: {error}"),
        }
    }

    /// Reports a lead as qualified.
    pub async fn qualify(&self, campaign: &str, email: &str) -> Reply {
        let report = json!({"lead": {"email": email}});
        self.admin().post(&format!("/v1/campaigns/{campaign}/qualified"), report).await
    }

    /// Lets time pass, and what it brings about happen.
    pub async fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        self.engine.wake(self.team).await.expect("the engine runs");
    }

    /// The present instant as RFC 3339, so many seconds from now.
    pub fn in_seconds(&self, seconds: i64) -> String {
        self.clock.now().plus_seconds(seconds).to_string()
    }

    /// Another team in the same database, with its admin.
    pub async fn other_team(&self) -> Actor {
        let team = found(
            &self.store,
            Name::parse("Bolt").expect("it is well formed"),
            Email::parse("root@bolt.example").expect("it is well formed"),
            self.clock.as_ref(),
            self.entropy.as_ref(),
        )
        .await
        .expect("a new team");
        self.with_key(Some(team.api_key.reveal()))
    }
}

/// The `id` of a view.
pub fn id(view: &Value) -> String {
    view["id"].as_str().expect("the view has an id").to_owned()
}

impl Actor {
    /// The same with one more header.
    pub fn with(&self, name: &'static str, value: impl Into<String>) -> Self {
        let mut actor = self.clone();
        actor.headers.push((name, value.into()));
        actor
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body.to_string())).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body.to_string())).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, Some(body.to_string())).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    /// A request as it is, with a body that need not be JSON.
    pub async fn send(&self, method: Method, path: &str, body: Option<String>) -> Reply {
        let response = self.open(method, path, body).await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("the answer's body");
        let text = String::from_utf8(bytes.to_vec()).expect("the answer is UTF-8");
        Reply { status: parts.status, headers: parts.headers, text }
    }

    /// A request whose answer is still to be read, as a stream.
    pub async fn open(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> axum::response::Response {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(key) = &self.key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        let has_type = self.headers.iter().any(|(name, _)| *name == "content-type");
        if body.is_some() && !has_type {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request.body(body.map_or_else(Body::empty, Body::from)).expect("a request");
        self.router.clone().oneshot(request).await.expect("the router always answers")
    }
}

impl Reply {
    /// The answer's JSON, once its status is this.
    #[track_caller]
    pub fn is(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.json()
    }

    /// The problem, once its code is this and it is a whole problem document.
    #[track_caller]
    pub fn is_problem(&self, code: &str) -> Value {
        let problem = self.json();
        assert_eq!(problem["code"], code, "{}", self.text);
        assert_eq!(problem["type"], format!("/problems/{code}"));
        assert_eq!(problem["status"], self.status.as_u16());
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        problem
    }

    /// The answer's JSON; null when it has no body.
    #[track_caller]
    pub fn json(&self) -> Value {
        match self.text.as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| panic!("not JSON: {text}")),
        }
    }
}
