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
        let started = script("start", &folder).stderr(Stdio::inherit()).output().unwrap();
        assert!(started.status.success(), "PostgreSQL starts");
        Self { url: String::from_utf8(started.stdout).unwrap().trim().to_owned(), folder }
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
