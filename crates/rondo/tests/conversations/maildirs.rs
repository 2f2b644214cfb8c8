//! Mailboxes with a past, made without any server.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::Path;
use std::time::Duration;

/// A file has a limited number of names.
const NAMES_MAX: usize = 10_000;

/// Puts a message into a mailbox as if it had arrived a month ago.
pub fn put_old(mailbox: &Path, name: &str, message: &str) {
    let draft = mailbox.join("tmp").join(name);
    write(mailbox, &draft, message);
    age(&draft);
    fs::rename(draft, mailbox.join("new").join(name)).unwrap();
}

/// Puts so many old messages into a mailbox, many of them names of the same file.
pub fn fill(mailbox: &Path, count: usize) {
    let path = |n: usize| mailbox.join("cur").join(format!("{}.old{n}:2,S", 1_600_000_000 + n));
    for n in 0..count {
        let first = n - n % NAMES_MAX;
        if n == first {
            let message = "From: <old@lead.test>\r\nSubject: Hello\r\n\r\nAn old letter.\r\n";
            write(mailbox, &path(n), message);
            age(&path(n));
        } else {
            fs::hard_link(path(first), path(n)).unwrap();
        }
    }
}

/// Makes Dovecot, which must not run, number the messages of a mailbox anew.
pub fn forget_uids(mailbox: &Path) {
    for entry in fs::read_dir(mailbox).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("dovecot") {
            fs::remove_file(path).unwrap();
        }
    }
}

/// Mail servers take it for the time at which a message arrived.
fn age(path: &Path) {
    let file = fs::File::options().write(true).open(path).unwrap();
    let modified = file.metadata().unwrap().modified().unwrap();
    file.set_modified(modified - Duration::from_secs(30 * 24 * 60 * 60)).unwrap();
}

fn write(mailbox: &Path, path: &Path, message: &str) {
    let owner = fs::metadata(mailbox).unwrap().uid();
    fs::write(path, message).unwrap();
    chown(path, Some(owner), Some(owner)).unwrap();
}
