//! A PostgreSQL of its own, as durable as it comes, and what a developer writes on one in an afternoon.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::processes::{cpu_seconds_with_children, folder};

/// As a person would set a server of this size; everything that keeps data safe stays as it comes.
const OPTIONS: &str = "-c shared_buffers=2GB -c max_wal_size=8GB -c checkpoint_timeout=15min";

/// Clients of the naive script.
const CLIENTS: usize = 64;

/// The tables of the naive script: a cursor for each campaign, and what a lead leaves behind.
const NAIVE_TABLES: &str = "
create table cursors (campaign integer primary key, place integer not null);
create table assignments (id bigserial primary key, campaign integer not null, lead text not null,
    rep integer not null, decided_at timestamptz not null default now());
create index on assignments (campaign);
create table audit (id bigserial primary key, assignment bigint not null, what text not null,
    at timestamptz not null default now());
create table outbox (id bigserial primary key, assignment bigint not null, payload text not null,
    sent_at timestamptz);
insert into cursors select campaign, 0 from generate_series(1, 256) as campaign;
";

/// A lead in a transaction of its own: the cursor is locked, moved on, and the assignment written.
const NAIVE_SCRIPT: &str = r"\set campaign random(1, :campaigns)
\set lead random(1, 1000000000)
begin;
select place from cursors where campaign = :campaign for update \gset
update cursors set place = :place % 10 + 1 where campaign = :campaign;
insert into assignments (campaign, lead, rep)
values (:campaign, 'lead' || :lead || '@naive.example', :place % 10 + 1) returning id \gset
insert into audit (assignment, what) values (:id, 'assigned by round robin');
insert into outbox (assignment, payload) values (:id, 'the lead goes to rep ' || :place % 10 + 1);
commit;
";

/// A server that ends with this value.
pub(crate) struct Postgres {
    /// Of the database that every server has.
    url: String,
    folder: PathBuf,
    temporary: TempDir,
}

impl Postgres {
    pub(crate) fn start() -> Self {
        let temporary = folder();
        let folder = temporary.path().join("postgres");
        let mut start = script("start", &folder);
        open_to_others(temporary.path());
        let output = start.env("TEST_POSTGRES_OPTIONS", OPTIONS).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let url = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let this = Self { url, folder, temporary };
        let naive = this.database("naive");
        this.tool("psql", &[&naive, "--quiet", "--command", NAIVE_TABLES]);
        std::fs::write(this.temporary.path().join("naive.sql"), NAIVE_SCRIPT)
            .expect("the folder takes a file");
        this
    }

    /// A new database; its URL.
    pub(crate) fn database(&self, name: &str) -> String {
        let create = format!("create database {name}");
        self.tool("psql", &[&self.url, "--quiet", "--command", &create]);
        let server = self.url.strip_suffix("/postgres").expect("the URL names a database");
        format!("{server}/{name}")
    }

    /// Leads a second that the naive script assigns in so many campaigns.
    pub(crate) fn naive_rate(&self, campaigns: usize, length: Duration) -> f64 {
        let server = self.url.strip_suffix("/postgres").expect("the URL names a database");
        let script = self.temporary.path().join("naive.sql");
        let printed = self.tool(
            "pgbench",
            &[
                &format!("{server}/naive"),
                "--no-vacuum",
                "--protocol=prepared",
                &format!("--client={CLIENTS}"),
                "--jobs=2",
                &format!("--time={}", length.as_secs().max(1)),
                &format!("--define=campaigns={campaigns}"),
                &format!("--file={}", script.display()),
            ],
        );
        let rate = printed.lines().find_map(|line| line.strip_prefix("tps = "));
        rate.and_then(|rest| rest.split(' ').next()?.parse().ok())
            .unwrap_or_else(|| panic!("no rate in what pgbench printed:\n{printed}"))
    }

    /// Lets the server tidy up behind what was written, so that it does not do so in the middle of a measurement.
    pub(crate) fn settle(&self, database: &str) {
        self.tool("psql", &[database, "--quiet", "--command", "vacuum analyze"]);
        self.tool("psql", &[database, "--quiet", "--command", "checkpoint"]);
    }

    /// The size of a database in bytes.
    pub(crate) fn bytes(&self, database: &str) -> u64 {
        let size = "select pg_database_size(current_database())";
        let printed = self.tool("psql", &[database, "--quiet", "-At", "--command", size]);
        printed.trim().parse().expect("a size is a number")
    }

    /// Processor seconds that the server has used.
    pub(crate) fn cpu_seconds(&self) -> f64 {
        let path = self.folder.join("data/postmaster.pid");
        let text = std::fs::read_to_string(path).expect("a running server says which it is");
        let process = text.lines().next().and_then(|line| line.parse().ok());
        cpu_seconds_with_children(process.expect("its first line is a number"))
    }

    fn tool(&self, name: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(binaries().join(name));
        let output = command.args(arguments).output().expect("PostgreSQL's programs are there");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Nothing can be done for a server that is gone already.
        let _ = script("stop", &self.folder).status();
    }
}

/// The script by which the tests start theirs.
fn script(what: &str, folder: &std::path::Path) -> Command {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../rondo-store/tests/postgres.sh");
    let mut command = Command::new(script);
    command.arg(what).arg(folder);
    command
}

/// Lets the user that the server runs as reach its own folder in this one.
fn open_to_others(folder: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let others = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder, others).expect("the folder is ours");
}

fn binaries() -> PathBuf {
    let output = Command::new("pg_config").arg("--bindir").output();
    let output = output.expect("PostgreSQL is missing: install Debian's postgresql and libpq-dev");
    PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
}
