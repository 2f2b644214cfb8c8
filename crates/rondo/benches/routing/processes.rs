//! Servers as child processes on loopback and free ports, each with a data folder of its own that goes with it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::now;

/// How long a server may take to listen: opening ten million assignments included.
const START_MAX: Duration = Duration::from_secs(60);

/// The kernel counts processor time in hundredths of a second on every Linux that we run on.
const TICKS_PER_SECOND: f64 = 100.0;

/// A server that ends with this value.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    child: Child,
    folder: PathBuf,
    _temporary: Option<TempDir>,
}

impl Server {
    /// Rondo, as released, on a database.
    pub(crate) fn rondo(database: &str) -> Self {
        let temporary = folder();
        let path = temporary.path().to_path_buf();
        let address = free_address();
        let mut command = Command::new(env!("CARGO_BIN_EXE_rondo"));
        // What sizes the benchmark is no setting of the server.
        std::env::vars().filter(|(name, _)| name.starts_with("RONDO_")).for_each(|(name, _)| {
            command.env_remove(name);
        });
        command
            .arg("serve")
            .current_dir(&path)
            .env("RONDO_DATABASE", database)
            .env("RONDO_SECRET_KEY", "5e".repeat(32))
            .env("RONDO_LISTEN", address.to_string())
            .env("RONDO_LOG", "warn");
        Self::start(command, address, path, Some(temporary))
    }

    /// Redis that has every command on disk before it answers.
    pub(crate) fn redis() -> Self {
        let temporary = folder();
        let path = temporary.path().to_path_buf();
        let address = free_address();
        let mut command = Command::new("redis-server");
        command
            .args(["--port", &address.port().to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(["--appendonly", "yes", "--appendfsync", "always", "--dir"])
            .arg(&path);
        Self::start(command, address, path, Some(temporary))
    }

    fn start(
        mut command: Command,
        address: SocketAddr,
        folder: PathBuf,
        temporary: Option<TempDir>,
    ) -> Self {
        let log = std::fs::File::create(folder.join("log")).expect("the folder takes a log");
        let child = command
            .stdout(Stdio::from(log.try_clone().expect("a file can be shared")))
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let mut server = Self { address, child, folder, _temporary: temporary };
        server.await_listening();
        server
    }

    #[expect(clippy::disallowed_methods, reason = "a real process starts in real time")]
    fn await_listening(&mut self) {
        let deadline = now() + START_MAX;
        while TcpStream::connect(self.address).is_err() {
            let has_ended = self.child.try_wait().expect("a child can be asked").is_some();
            if has_ended || now() > deadline {
                let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                panic!("a server did not start:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Processor seconds that the process has used, in itself and in the kernel.
    pub(crate) fn cpu_seconds(&self) -> f64 {
        cpu_seconds(self.child.id())
    }
}

/// Processor seconds that this process has used.
pub(crate) fn own_cpu_seconds() -> f64 {
    cpu_seconds(std::process::id())
}

fn cpu_seconds(process: u32) -> f64 {
    let stat = stat(process).expect("it runs");
    (stat[11] + stat[12]) / TICKS_PER_SECOND
}

/// Processor seconds that a process and its children have used, those that ended included.
pub(crate) fn cpu_seconds_with_children(process: u32) -> f64 {
    let own = stat(process).expect("it runs");
    let ticks: f64 = std::fs::read_dir("/proc")
        .expect("the kernel lists processes")
        .filter_map(|entry| stat(entry.ok()?.file_name().to_str()?.parse().ok()?))
        .filter(|stat| stat[1] == f64::from(process))
        .map(|stat| stat[11] + stat[12])
        .sum();
    (ticks + own[11..15].iter().sum::<f64>()) / TICKS_PER_SECOND
}

/// What the kernel says of a process, from its state on, as numbers.
fn stat(process: u32) -> Option<Vec<f64>> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let after_name = stat.rsplit(')').next().expect("the name stands in parentheses");
    // The state is a letter.
    Some(after_name.split_whitespace().map(|field| field.parse().unwrap_or(f64::NAN)).collect())
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing can be done for a child that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The embedded database in a folder.
pub(crate) fn embedded(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("rondo.db").display())
}

/// A folder for a server's data, on the disk that the build is on: `/tmp` is memory on some machines.
pub(crate) fn folder() -> TempDir {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(target).expect("the target folder takes folders");
    TempDir::new_in(target).expect("the target folder takes folders")
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listener.local_addr().expect("a listener has an address")
}

/// Installs Debian's Redis where it is missing.
pub(crate) fn require_redis() {
    if Command::new("redis-server").arg("--version").output().is_ok() {
        return;
    }
    let is_installed = Command::new("apt-get")
        .args(["install", "--yes", "--quiet", "redis-server"])
        .status()
        .is_ok_and(|status| status.success());
    assert!(is_installed, "redis-server is missing: install it as root (Debian's redis-server)");
}
