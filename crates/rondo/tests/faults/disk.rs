//! Disks as a test wants them: a small one in memory that only one process sees, one whose file system gives up, and
//! one that can't be written.
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

/// Bytes of a disk with a file system of its own.
const IMAGE_BYTES: u64 = 64 << 20;

/// A disk that is mounted where only the server sees it.
pub(crate) struct Disk {
    kind: Kind,
    mount: PathBuf,
    team: PathBuf,
    log: PathBuf,
}

enum Kind {
    /// In memory.
    Small,
    /// A file with an ext4 file system in it.
    Image(PathBuf),
}

impl Disk {
    /// A small disk in memory that will be mounted inside this folder.
    pub(crate) fn small(folder: &Path) -> Self {
        Self::of(Kind::Small, folder)
    }

    /// A disk whose file system can give up, in a file of this folder; none, with the reason, where the tester may not
    /// mount such a file.
    pub(crate) fn that_can_fail(folder: &Path) -> Result<Self, String> {
        let image = folder.join("image");
        std::fs::File::create(&image).unwrap().set_len(IMAGE_BYTES).unwrap();
        succeeded(Command::new("mkfs.ext4").arg("-q").arg(&image))?;
        let disk = Self::of(Kind::Image(image.clone()), folder);
        succeeded(unshare().args(["mount", "-o", "loop"]).arg(&image).arg(&disk.mount))?;
        Ok(disk)
    }

    fn of(kind: Kind, folder: &Path) -> Self {
        let mount = folder.join("disk");
        std::fs::create_dir(&mount).unwrap();
        Self { kind, mount, team: folder.join("team.json"), log: folder.join("log") }
    }

    fn database(&self) -> String {
        format!("sqlite:{}", self.mount.join("data/rondo.db").display())
    }

    /// Mounts the disk, begins a team on it at the first start, and becomes the server.
    pub(crate) fn command(&self, listen: &str) -> Command {
        let mount = match &self.kind {
            Kind::Small => format!(
                r#"mount -t tmpfs -o size={DISK_BYTES} tmpfs "$1"
                head -c {BALLAST_BYTES} /dev/zero > "$1/ballast""#
            ),
            Kind::Image(image) => {
                format!(r#"mount -o loop,errors=remount-ro '{}' "$1""#, image.display())
            }
        };
        let script = format!(
            r#"set -e
            {mount}
            test -e "$3" || "$2" {team_create} > "$3"
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

    /// Where what the server logs goes: not to the disk.
    pub(crate) fn log_file(&self) -> std::fs::File {
        std::fs::OpenOptions::new().create(true).append(true).open(&self.log).unwrap()
    }

    /// What the server logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Has the kernel do to the file system what it does when the hardware fails it: from now on nothing can be
    /// written. (An ordinary `remount,ro` is refused for as long as the server has files open to write.)
    pub(crate) fn turn_read_only(&self, process: u32) {
        // With clean pages, so that the first write to each has to ask the file system.
        for command in [vec!["sync"], vec!["mount", "-o", "remount,abort"]] {
            let output = entered(process).args(command).arg(&self.mount).output().unwrap();
            assert!(output.status.success(), "{output:?}");
        }
    }

    /// Mends the file system, which nobody has mounted any more. What the kernel had not written is lost.
    pub(crate) fn repair(&self) {
        let Kind::Image(image) = &self.kind else { panic!("a disk in memory is not repaired") };
        let output = Command::new("e2fsck").args(["-f", "-p"]).arg(image).output().unwrap();
        // 1: errors were corrected.
        assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
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
        let mut command = entered(process);
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
    let tried = succeeded(unshare().args(["mount", "-t", "tmpfs", "tmpfs", "/tmp"]));
    if let Err(reason) = tried {
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

/// Runs the command, or answers why it could not do what it was to do.
fn succeeded(command: &mut Command) -> Result<(), String> {
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// A command in the world as this process sees it.
fn entered(process: u32) -> Command {
    let mut command = Command::new("nsenter");
    command.args(["--target", &process.to_string(), "--mount"]);
    if !is_root() {
        command.args(["--user", "--preserve-credentials"]);
    }
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
