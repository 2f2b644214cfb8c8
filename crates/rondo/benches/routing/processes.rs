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
    /// Rondo, as released, on the database in `folder`.
    pub(crate) fn rondo(folder: &Path) -> Self {
        let address = free_address();
        let mut command = rondo(folder);
        command.arg("serve").env("RONDO_LISTEN", address.to_string());
        Self::start(command, address, folder.to_path_buf(), None)
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
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("it runs");
    let after_name = stat.rsplit(')').next().expect("the name stands in parentheses");
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<f64>().expect("the kernel writes numbers");
    (ticks(11) + ticks(12)) / TICKS_PER_SECOND
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing can be done for a child that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The released program, set to the database in `folder`.
pub(crate) fn rondo(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rondo"));
    // What sizes the benchmark is no setting of the server.
    std::env::vars().filter(|(name, _)| name.starts_with("RONDO_")).for_each(|(name, _)| {
        command.env_remove(name);
    });
    command
        .current_dir(folder)
        .env("RONDO_DATABASE", format!("sqlite:{}", folder.join("rondo.db").display()))
        .env("RONDO_LOG", "warn");
    command
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
