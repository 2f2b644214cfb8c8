//! Chromium for a test, and the server that it looks at.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;

use fantoccini::ClientBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::page::Browser;
use crate::program::{Said, Server, Session, database_in, rondo};

/// The administrator of the example.
pub(crate) const DEMO_ADMIN: &str = "demo@acme.invalid";

/// Chromium's driver. Its browsers listen to it through a pipe and end when it does, however it ends: at the end of
/// the test, when that fails, or killed with it.
pub(crate) struct Driver {
    process: Child,
    port: u16,
    folder: TempDir,
}

impl Driver {
    pub(crate) fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed; `./test` does that");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.by_ref().map(Result::unwrap).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        let port = port.expect("the driver says where it listens");
        // The driver would stop at a full pipe.
        thread::spawn(move || lines.for_each(drop));
        Self { process, port, folder: tempfile::tempdir().unwrap() }
    }

    /// A browser with cookies of its own, which looks at this server.
    pub(crate) async fn browser(&self, server: &Server) -> Browser {
        self.browser_with(server, json!({})).await
    }

    /// A browser that runs no script.
    pub(crate) async fn browser_without_script(&self, server: &Server) -> Browser {
        let preferences = json!({"profile.managed_default_content_settings.javascript": 2});
        self.browser_with(server, preferences).await
    }

    async fn browser_with(&self, server: &Server, preferences: Value) -> Browser {
        let profile = tempfile::tempdir_in(self.folder.path()).unwrap().keep();
        let arguments = [
            "--headless=new".to_owned(),
            // As root, Chromium has no sandbox; it sees our own pages alone.
            "--no-sandbox".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-gpu".to_owned(),
            "--remote-debugging-pipe".to_owned(),
            // How dates are typed.
            "--lang=en-US".to_owned(),
            "--window-size=1280,900".to_owned(),
            format!("--user-data-dir={}", profile.display()),
        ];
        let options = json!({"args": arguments, "prefs": preferences});
        let mut capabilities = serde_json::Map::new();
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        let address = format!("http://127.0.0.1:{}", self.port);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&address)
            .await
            .expect("chromium is installed; `./test` does that");
        Browser::new(client, &server.address)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A server with the example in it, and the link of its admin.
pub(crate) fn example() -> (Server, String) {
    let folder = tempfile::tempdir().unwrap();
    let database = database_in(folder.path());
    // Before any server is there: its jobs would take part in the month that is played.
    let link = Said::by(rondo().args(["demo", "--database", &database])).done();
    (Server::start_in(folder, &[]), link.trim().to_owned())
}

/// A server with the team of the command line's tests: three reps, and a campaign `Spring` that runs.
pub(crate) fn small_team(server: &Server) -> Session<'_> {
    server.team().with_reps_and_campaign()
}

/// Lets somebody sign in, and gives the link.
pub(crate) fn invited(server: &Server, email: &str, role: &[&str]) -> String {
    let link = server.set_up(&[&["user", "invite", email, "--role"], role].concat()).done();
    link.trim().to_owned()
}

/// The link of a team's admin, who was invited by the command line.
pub(crate) fn link_of(server: &Server, email: &str) -> String {
    server.set_up(&["user", "link", email]).done().trim().to_owned()
}

/// Reports a lead as qualified, as another system would.
pub(crate) fn qualifies(session: &Session<'_>, campaign: &str, email: &str) {
    session.run(&["route", "--campaign", campaign, "--email", email]).done();
}

/// A session with a key of the example.
pub(crate) fn session(server: &Server) -> Session<'_> {
    let mut command = rondo();
    command.args(["key", "create", "--role", "admin", "--database", &server.database()]);
    let key = Said::by(&mut command).done();
    Session { server, key: key.trim().to_owned() }
}
