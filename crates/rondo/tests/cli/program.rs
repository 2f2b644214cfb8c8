//! Runs the built program: one server to a test, on a port and in a folder of its own.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

/// The program, without the settings of whoever runs the tests.
pub(crate) fn rondo() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rondo"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("RONDO_") {
            command.env_remove(name);
        }
    }
    command
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn by(command: &mut Command) -> Self {
        Self::of(command.output().unwrap())
    }

    pub(crate) fn of(output: Output) -> Self {
        let Output { status, stdout, stderr } = output;
        Self {
            code: status.code().unwrap_or(-1),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self.out
    }

    #[track_caller]
    pub(crate) fn json(self) -> Value {
        serde_json::from_str(&self.done()).unwrap()
    }

    #[track_caller]
    pub(crate) fn fails_with(self, code: i32, sentence: &str) {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        assert!(self.err.contains(sentence), "{}", self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
    }
}

/// A running server with a folder of its own. It ends with the test.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: String,
    pub(crate) folder: TempDir,
    /// What it says after its address.
    pub(crate) lines: Receiver<String>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts with these variables as well.
    pub(crate) fn start_with(variables: &[(&str, &str)]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), variables)
    }

    /// Starts on what is in a folder.
    pub(crate) fn start_in(folder: TempDir, variables: &[(&str, &str)]) -> Self {
        let mut process = rondo()
            .args(["serve", "--log", "warn"])
            .env("RONDO_LISTEN", "127.0.0.1:0")
            .args(["--database", &database_in(folder.path())])
            .envs(variables.iter().copied())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map(Result::unwrap)
            .find_map(|line| {
                let at = line.find("http://")?;
                line[at..].split_whitespace().next().map(str::to_owned)
            })
            .expect("the server says where it listens");
        // The server would stop at a full pipe.
        let (said, heard) = mpsc::channel();
        thread::spawn(move || {
            for line in lines {
                let _ = said.send(line.unwrap());
            }
        });
        Self { process, address, folder, lines: heard }
    }

    /// Tells it to stop, waits until it has, and gives what it logged.
    pub(crate) fn stop(mut self) -> Vec<String> {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.process.wait().unwrap().success());
        let is_logged = |line: &String| ["WARN", "ERROR"].iter().any(|level| line.contains(level));
        self.lines.iter().filter(is_logged).collect()
    }

    pub(crate) fn database(&self) -> String {
        database_in(self.folder.path())
    }

    /// A command that works on the server's database.
    pub(crate) fn set_up(&self, arguments: &[&str]) -> Said {
        Said::by(rondo().args(arguments).args(["--database", &self.database()]))
    }

    /// Begins a team and gives a session with its administrator's key.
    pub(crate) fn team(&self) -> Session<'_> {
        let made =
            self.set_up(&["team", "create", "Acme", "--admin", "ann@acme.example", "--json"]);
        let key = made.json()["api_key"].as_str().unwrap().to_owned();
        Session { server: self, key }
    }

    /// A path in the server's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A copy of a fixture in the server's folder.
    pub(crate) fn fixture(&self, name: &str) -> PathBuf {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
        let target = self.path(name);
        std::fs::copy(source, &target).unwrap();
        target
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn database_in(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("rondo.db").display())
}

/// Commands with a key of a team.
pub(crate) struct Session<'s> {
    pub(crate) server: &'s Server,
    pub(crate) key: String,
}

impl Session<'_> {
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        Said::by(&mut self.command(arguments))
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = rondo();
        command
            .args(arguments)
            .env("RONDO_SERVER", &self.server.address)
            .env("RONDO_KEY", &self.key);
        command
    }

    /// Imports a file and gives the summary.
    #[track_caller]
    pub(crate) fn import(&self, what: &str, path: &Path, more: &[&str]) -> Value {
        let path = path.to_str().unwrap();
        self.run(&[&["import", what, path, "--json"], more].concat()).json()
    }

    /// A team with the reps of the fixture and a running campaign `Spring`.
    pub(crate) fn with_reps_and_campaign(self) -> Self {
        let reps = self.server.fixture("reps.csv");
        assert_eq!(self.import("reps", &reps, &[])["created"], 3);
        self.run(&["campaign", "create", "Spring"]).done();
        self.run(&["campaign", "launch", "Spring"]).done();
        self
    }
}
