//! The program as a process, and what a client does with it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use rondo::clock::{Entropy as _, SystemEntropy};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::disk::Disk;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_rondo");
/// How long anything may take before a test gives up: the machine may be busy with other tests.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A number from 0 to below `end`.
pub(crate) fn random_below(end: u64) -> u64 {
    (SystemEntropy.seed() % u128::from(end)) as u64
}

enum Home {
    Folder(PathBuf),
    Disk(Disk),
    /// The URL of a database that several servers may share.
    Postgres(String),
}

/// A server with its own data; killed when dropped.
pub(crate) struct Server {
    program: PathBuf,
    home: Home,
    port: u16,
    process: Option<Child>,
    key: String,
    /// Whether clients may expect answers.
    is_up: watch::Sender<bool>,
}

impl Server {
    /// A server that keeps its data in this folder.
    pub(crate) fn new(folder: &Path) -> Self {
        Self::at(Home::Folder(folder.to_owned()))
    }

    /// A server on a disk of its own.
    pub(crate) fn on(disk: Disk) -> Self {
        Self::at(Home::Disk(disk))
    }

    /// A server that keeps its data on PostgreSQL.
    pub(crate) fn on_postgres(url: &str) -> Self {
        Self::at(Home::Postgres(url.to_owned()))
    }

    /// Another server on the same database as this one, which has started.
    pub(crate) fn another(&self) -> Self {
        let Home::Postgres(url) = &self.home else { panic!("only PostgreSQL is shared") };
        self.another_at(url)
    }

    /// As [`Server::another`], with a URL of its own for the same database.
    pub(crate) fn another_at(&self, url: &str) -> Self {
        let mut another = Self::on_postgres(url);
        another.program.clone_from(&self.program);
        another.key.clone_from(&self.key);
        another
    }

    /// Another server on the same database, which runs another program.
    pub(crate) fn another_of(&self, program: &Path) -> Self {
        let mut another = self.another();
        another.program = program.to_owned();
        another
    }

    fn at(home: Home) -> Self {
        // A port that was free a moment ago: the same one over every restart, as clients know it.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self {
            program: PROGRAM.into(),
            home,
            port,
            process: None,
            key: String::new(),
            is_up: watch::Sender::new(false),
        }
    }

    pub(crate) fn disk(&self) -> &Disk {
        match &self.home {
            Home::Disk(disk) => disk,
            Home::Folder(_) | Home::Postgres(_) => panic!("this server has no disk of its own"),
        }
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.as_ref().unwrap().id()
    }

    /// Starts the program and waits until it serves; the first start begins a team.
    pub(crate) async fn start(&mut self) {
        let listen = format!("127.0.0.1:{}", self.port);
        let mut command = match self.database() {
            Some(database) => {
                if self.key.is_empty() {
                    self.key = key_in(&ran(&mut self.command(&database, &TEAM_CREATE)).stdout);
                }
                self.command(&database, &["serve", "--listen", &listen])
            }
            None => self.disk().command(&listen),
        };
        let log = match &self.home {
            Home::Folder(_) | Home::Postgres(_) => Stdio::null(),
            Home::Disk(disk) => disk.log_file().into(),
        };
        self.process = Some(command.stderr(log).stdout(Stdio::null()).spawn().unwrap());
        let api = self.api();
        let ready = async { while !api.is_ready().await {} };
        tokio::time::timeout(PATIENCE, ready).await.expect("the server never was ready");
        if let Home::Disk(disk) = &self.home
            && self.key.is_empty()
        {
            self.key = key_in(&disk.team());
        }
        self.is_up.send_replace(true);
    }

    /// Starts the program and expects that it ends by itself; what it says then.
    pub(crate) fn said_when_refused(&self) -> String {
        let database = self.database().unwrap();
        let listen = format!("127.0.0.1:{}", self.port);
        let output = self.command(&database, &["serve", "--listen", &listen]).output().unwrap();
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// The server's program on its database.
    fn command(&self, database: &str, arguments: &[&str]) -> Command {
        program_of(&self.program, database, arguments)
    }

    /// The database, unless it lies on a disk of its own.
    fn database(&self) -> Option<String> {
        match &self.home {
            Home::Folder(folder) => Some(database_in(folder)),
            Home::Postgres(url) => Some(url.clone()),
            Home::Disk(_) => None,
        }
    }

    /// Whether the server is up, as it changes.
    pub(crate) fn watch(&self) -> watch::Receiver<bool> {
        self.is_up.subscribe()
    }

    /// Ends the process as the kernel does when memory runs out.
    pub(crate) fn kill(&mut self) {
        self.is_up.send_replace(false);
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Tells the process to stop, and expects that it does so in peace.
    pub(crate) async fn stop(&mut self) {
        self.is_up.send_replace(false);
        let mut process = self.process.take().unwrap();
        ran(Command::new("kill").args(["-TERM", &process.id().to_string()]));
        let status = tokio::task::spawn_blocking(move || process.wait().unwrap()).await.unwrap();
        assert!(status.success(), "{status}");
    }

    /// Replays the ledger and compares.
    pub(crate) fn verify(&self) {
        let output = match self.database() {
            Some(database) => self.command(&database, &["verify"]).output().unwrap(),
            None => self.disk().inside(self.process_id(), &["verify"]),
        };
        assert!(output.status.success(), "{output:?}");
    }

    pub(crate) fn api(&self) -> Api {
        self.api_with(self.key.clone())
    }

    /// The API for a new team.
    pub(crate) fn api_of_new_team(&self) -> Api {
        let database = self.database().expect("teams are made on the database itself");
        self.api_with(key_in(&ran(&mut self.command(&database, &TEAM_CREATE)).stdout))
    }

    /// The API for the team of another server's.
    pub(crate) fn api_like(&self, other: &Api) -> Api {
        self.api_with(other.key.clone())
    }

    fn api_with(&self, key: String) -> Api {
        let server = format!("http://127.0.0.1:{}", self.port);
        Api { server, key, client: client() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // An error means that it has ended already.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

pub(crate) const TEAM_CREATE: [&str; 6] =
    ["team", "create", "Team", "--admin", "admin@team.test", "--json"];

fn database_in(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("rondo.db").display())
}

/// The program with nothing of the tester's own settings.
pub(crate) fn program(database: &str, arguments: &[&str]) -> Command {
    program_of(Path::new(PROGRAM), database, arguments)
}

fn program_of(program: &Path, database: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RONDO_")) {
        command.env_remove(name);
    }
    command.args(arguments).env("RONDO_DATABASE", database).env("RONDO_LOG", "error");
    command.env("RONDO_SECRET_KEY", "5e".repeat(32)).env("RONDO_EGRESS_ALLOW_PRIVATE", "true");
    command.current_dir(std::env::temp_dir());
    command
}

fn ran(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}

fn key_in(made: &[u8]) -> String {
    let made: Value = serde_json::from_slice(made).unwrap();
    made["api_key"].as_str().unwrap().to_owned()
}

fn client() -> reqwest::Client {
    let provider = rustls::crypto::ring::default_provider();
    let tls = rustls::ClientConfig::builder_with_provider(std::sync::Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build().unwrap()
}

/// A client with the administrator's key.
#[derive(Clone)]
pub(crate) struct Api {
    server: String,
    key: String,
    client: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// A team that is ready: its reps in circle order, and a campaign that runs.
pub(crate) struct Team {
    pub(crate) ids: Vec<String>,
    pub(crate) campaign: String,
}

impl Api {
    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Answer, reqwest::Error> {
        let response = request.bearer_auth(&self.key).timeout(PATIENCE).send().await?;
        let status = response.status().as_u16();
        let body = response.bytes().await?;
        Ok(Answer { status, body: serde_json::from_slice(&body).unwrap_or(Value::Null) })
    }

    /// The body of an answer that does not end, such as a stream.
    pub(crate) async fn stream(&self, path: &str) -> reqwest::Response {
        let request = self.client.get(format!("{}{path}", self.server)).bearer_auth(&self.key);
        request.header("accept", "text/event-stream").send().await.unwrap()
    }

    /// What is not JSON.
    pub(crate) async fn text(&self, path: &str) -> String {
        let answer = self.client.get(format!("{}{path}", self.server)).send().await;
        answer.unwrap().text().await.unwrap()
    }

    /// Returns once `/readyz` answers with this status.
    pub(crate) async fn says_ready(&self, status: u16) {
        let asking = async { while self.get("/readyz").await.status != status {} };
        tokio::time::timeout(PATIENCE, asking).await.expect("`/readyz` never said so");
    }

    pub(crate) async fn is_ready(&self) -> bool {
        let asked = self.client.get(format!("{}/readyz", self.server)).send();
        let is_ready = asked.await.is_ok_and(|answer| answer.status().is_success());
        if !is_ready {
            // The program needs the processor more than we do: let a short-lived one run before asking again.
            let _ = tokio::process::Command::new("true").status().await;
        }
        is_ready
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.client.get(format!("{}{path}", self.server))).await.unwrap()
    }

    /// Posts, or says why there was no answer.
    pub(crate) async fn try_post(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<Answer, reqwest::Error> {
        self.send(self.client.post(format!("{}{path}", self.server)).json(body)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_post(path, body).await.unwrap()
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.client.put(format!("{}{path}", self.server)).json(body)).await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.client.delete(format!("{}{path}", self.server))).await.unwrap()
    }

    /// Posts the same until it is answered with this status.
    pub(crate) async fn until(&self, path: &str, body: &Value, status: u16) {
        let again = async { while self.post(path, body).await.status != status {} };
        tokio::time::timeout(PATIENCE, again).await.expect("the service never resumed");
    }

    /// Every item of a list.
    pub(crate) async fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let mut page = self.get(&format!("{path}?limit=500{cursor}")).await;
            assert_eq!(page.status, 200, "{}", page.body);
            let Value::Array(more) = page.body["items"].take() else { panic!("a page has items") };
            items.extend(more);
            match page.body["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// Adds reps and launches a campaign that all of them share.
    pub(crate) async fn team_of(&self, names: &[&str]) -> Team {
        let mut ids = Vec::new();
        for name in names {
            let rep = json!({"name": name, "email": format!("{name}@team.test")});
            ids.push(self.made("/v1/reps", &rep).await);
        }
        let campaign = self.made("/v1/campaigns", &json!({"name": "Spring"})).await;
        let launched = self.post(&format!("/v1/campaigns/{campaign}/launch"), &json!({})).await;
        assert_eq!(launched.status, 200, "{}", launched.body);
        Team { ids, campaign }
    }

    /// Makes something, and answers its id.
    pub(crate) async fn made(&self, path: &str, body: &Value) -> String {
        let answer = self.post(path, body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["id"].as_str().unwrap().to_owned()
    }
}
