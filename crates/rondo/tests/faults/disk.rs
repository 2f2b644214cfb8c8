//! Disks as a test wants them: a small one in memory that only one process sees, and one that can't be written.
//!
//! They are mounted in a mount namespace of the process (`unshare`, from util-linux), with a user namespace around it
//! where the tester is not root.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::server::{PROGRAM, TEAM_CREATE, program};

/// Room for an empty database and a few thousand leads.
const DISK_BYTES: u32 = 12 << 20;
/// What lies there from the start and can be taken away.
const BALLAST_BYTES: u32 = 6 << 20;

/// A disk in memory, mounted where only the server sees it.
pub(crate) struct SmallDisk {
    mount: PathBuf,
    team: PathBuf,
}

impl SmallDisk {
    /// A disk that will be mounted inside this folder.
    pub(crate) fn new(folder: &Path) -> Self {
        let mount = folder.join("disk");
        std::fs::create_dir(&mount).unwrap();
        Self { mount, team: folder.join("team.json") }
    }

    fn database(&self) -> String {
        format!("sqlite:{}", self.mount.join("data/rondo.db").display())
    }

    /// Mounts the disk, begins a team on it, and becomes the server.
    pub(crate) fn command(&self, listen: &str) -> Command {
        let script = format!(
            r#"set -e
            mount -t tmpfs -o size={DISK_BYTES} tmpfs "$1"
            head -c {BALLAST_BYTES} /dev/zero > "$1/ballast"
            "$2" {team_create} > "$3"
            exec "$2" serve --listen "$4""#,
            team_create = TEAM_CREATE.join(" "),
        );
        let mut command = unshared(&program(&self.database(), &[]), &script);
        command.arg(&self.mount).arg(PROGRAM).arg(&self.team).arg(listen);
        command
    }

    /// What `team create` printed.
    pub(crate) fn team(&self) -> Vec<u8> {
        std::fs::read(&self.team).unwrap()
    }

    /// Takes the ballast away, in the world as the server sees it.
    pub(crate) fn make_room(&self, process: u32) {
        let mount = self.mount.strip_prefix("/").unwrap();
        let ballast =
            Path::new("/proc").join(process.to_string()).join("root").join(mount).join("ballast");
        std::fs::remove_file(ballast).unwrap();
    }

    /// Runs the program in the world as the server sees it.
    pub(crate) fn inside(&self, process: u32, arguments: &[&str]) -> Output {
        let mut command = Command::new("nsenter");
        command.args(["--target", &process.to_string(), "--mount"]);
        if !is_root() {
            command.args(["--user", "--preserve-credentials"]);
        }
        command.arg(PROGRAM).args(arguments).env("RONDO_DATABASE", self.database());
        command.output().unwrap()
    }
}

/// Starts the server on data that can't be written, and returns what it said before it gave up.
pub(crate) fn start_read_only(folder: &Path) -> String {
    let database = format!("sqlite:{}", folder.join("rondo.db").display());
    let script = r#"set -e
        mount --bind "$1" "$1"
        mount -o remount,bind,ro "$1"
        exec "$2" serve --listen 127.0.0.1:0"#;
    let mut command = unshared(&program(&database, &[]), script);
    let output = command.arg(folder).arg(PROGRAM).output().unwrap();
    assert!(!output.status.success(), "a server started on a read-only disk");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A shell in a mount namespace of its own, with the settings of `like`. Fails where there can be none: without one,
/// nothing would be tested.
fn unshared(like: &Command, script: &str) -> Command {
    let tried = unshare().args(["mount", "-t", "tmpfs", "tmpfs", "/tmp"]).output();
    let refused = match &tried {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => Some(error.to_string()),
    };
    if let Some(reason) = refused {
        panic!(
            "this test mounts a disk of its own, which is not permitted here; run it as root, or allow user \
             namespaces. What was tried says: {reason}"
        );
    }
    let mut command = unshare();
    command.args(["sh", "-c", script, "sh"]);
    for (name, value) in like.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.current_dir(std::env::temp_dir());
    command
}

fn unshare() -> Command {
    let mut command = Command::new("unshare");
    command.arg("--mount");
    if !is_root() {
        command.arg("--map-root-user");
    }
    command
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.trim_ascii() == b"0"
}
