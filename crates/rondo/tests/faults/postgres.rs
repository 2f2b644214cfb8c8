//! A PostgreSQL server for one test, which can be stopped and started again.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use tokio_postgres::{Client, NoTls};

pub(crate) struct Postgres {
    pub(crate) url: String,
    folder: PathBuf,
}

impl Postgres {
    pub(crate) fn start() -> Self {
        // Not in the test's own folder, which the server's user may not enter.
        let name = format!("rondo-nodes-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        Self::started(script("start", &folder), folder)
    }

    /// One that has everything before this one's commits are answered.
    pub(crate) fn standby(&self) -> Self {
        let folder = self.folder.with_extension("standby");
        let mut standby = script("standby", &folder);
        standby.arg(&self.url);
        Self::started(standby, folder)
    }

    fn started(mut script: Command, folder: PathBuf) -> Self {
        let started = script.stderr(Stdio::inherit()).output().unwrap();
        assert!(started.status.success(), "PostgreSQL starts");
        Self { url: String::from_utf8(started.stdout).unwrap().trim().to_owned(), folder }
    }

    /// The URL of whichever of both takes writes.
    pub(crate) fn url_with(&self, other: &Self) -> String {
        let (head, database) = self.url.rsplit_once('/').unwrap();
        let (_, host) = other.url.rsplit_once('@').unwrap();
        let (host, _) = host.split_once('/').unwrap();
        format!("{head},{host}/{database}?target_session_attrs=read-write")
    }

    /// Stops it as a power cut does.
    pub(crate) fn crash(&self) {
        assert!(script("crash", &self.folder).status().unwrap().success());
    }

    /// Has a standby go on by itself.
    pub(crate) fn promote(&self) {
        assert!(script("promote", &self.folder).status().unwrap().success());
    }

    /// A session of the test's own; it ends, and what it holds is let go of, when the client is dropped.
    pub(crate) async fn session(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// Stops it as an operator does: transactions under way are undone, connections are closed.
    pub(crate) fn halt(&self) {
        assert!(script("halt", &self.folder).status().unwrap().success());
    }

    /// Everything in it, as text.
    pub(crate) fn dump(&self) -> String {
        let tools = Command::new("pg_config").arg("--bindir").output().unwrap();
        let tools = PathBuf::from(String::from_utf8(tools.stdout).unwrap().trim());
        let dump = Command::new(tools.join("pg_dump")).arg(&self.url).output().unwrap();
        assert!(dump.status.success(), "{dump:?}");
        let dump = String::from_utf8(dump.stdout).unwrap();
        // Two lines hold a word that is new with every dump.
        let is_new =
            |line: &&str| line.starts_with("\\restrict") || line.starts_with("\\unrestrict");
        dump.lines().filter(|line| !is_new(line)).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn resume(&self) {
        assert!(script("resume", &self.folder).status().unwrap().success());
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let stopped = script("stop", &self.folder).status();
        assert!(stopped.is_ok_and(|status| status.success()), "PostgreSQL stops");
    }
}

fn script(command: &str, folder: &std::path::Path) -> Command {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../rondo-store/tests/postgres.sh");
    let mut script = Command::new(path);
    script.arg(command).arg(folder);
    script
}
