//! A PostgreSQL to test with: the one that `./test` has started, or one of our own for as long as the test runs.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

/// What `./test` sets: where its server is.
const URL: &str = "TEST_POSTGRES";

/// A schema of its own on a server.
pub struct Server {
    /// The server, without the schema.
    url: String,
    schema: String,
    _own: Option<Own>,
}

impl Server {
    pub async fn start() -> Self {
        let (url, own) = match std::env::var(URL) {
            Ok(url) => (url, None),
            Err(_) => {
                let own = Own::start();
                (own.url.clone(), Some(own))
            }
        };
        let schema = format!("test_{}", uuid::Uuid::new_v4().simple());
        let server = Self { url, schema, _own: own };
        server.execute(&format!("create schema {}", server.schema)).await;
        server
    }

    /// A schema that the first so many migrations were carried out on.
    pub async fn migrated_to(version: usize) -> Self {
        let server = Self::start().await;
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let mut files: Vec<_> = files.collect();
        files.sort();
        server.execute("create table rondo_migrations (version bigint primary key)").await;
        for (version, file) in (1..=version).zip(files) {
            server.execute(&std::fs::read_to_string(file).unwrap()).await;
            server.execute(&format!("insert into rondo_migrations values ({version})")).await;
        }
        server
    }

    /// The schema, as `StoreOptions` name it.
    pub fn database(&self) -> String {
        format!("{}?options=-csearch_path%3D{}", self.url, self.schema)
    }

    /// Executes statements in the schema; how many rows the last of them touched.
    pub async fn execute(&self, sql: &str) -> u64 {
        let mut touched = 0;
        for answer in self.try_execute(sql).await.unwrap() {
            if let SimpleQueryMessage::CommandComplete(rows) = answer {
                touched = rows;
            }
        }
        touched
    }

    /// The first column of the rows that a statement answers.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let answers = self.try_execute(sql).await.unwrap();
        let texts = answers.iter().filter_map(|answer| match answer {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        texts.collect()
    }

    /// What statements in the schema come to.
    pub async fn try_execute(
        &self,
        sql: &str,
    ) -> Result<Vec<SimpleQueryMessage>, tokio_postgres::Error> {
        self.connect().await.simple_query(sql).await
    }

    /// A session in the schema, which ends with the client.
    pub async fn connect(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.database(), NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }
}

struct Own {
    url: String,
    folder: PathBuf,
}

impl Own {
    fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("rondo-postgres-{}", std::process::id()));
        let started = script("start", &folder).stderr(Stdio::inherit()).output().unwrap();
        assert!(started.status.success(), "PostgreSQL starts");
        Self { url: String::from_utf8(started.stdout).unwrap().trim().to_owned(), folder }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let stopped = script("stop", &self.folder).status();
        assert!(stopped.is_ok_and(|status| status.success()), "PostgreSQL stops");
    }
}

fn script(command: &str, folder: &std::path::Path) -> Command {
    let mut script = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres.sh"));
    script.arg(command).arg(folder);
    script
}
