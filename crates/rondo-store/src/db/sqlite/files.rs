//! The database's file.

use std::fs::{DirBuilder, OpenOptions};
use std::path::{Path, PathBuf};

use crate::StoreError;

/// The path in `sqlite:PATH`.
pub(crate) fn path_of(database: &str) -> Result<PathBuf, StoreError> {
    match database.strip_prefix("sqlite:") {
        Some(path) if !path.is_empty() && path != ":memory:" => Ok(PathBuf::from(path)),
        _ => Err(StoreError::Unopenable {
            database: database.to_owned(),
            problem: "expected `sqlite:` and the path of a file".to_owned(),
        }),
    }
}

/// Makes the folder and the file where they are missing, readable by their owner alone.
pub(crate) fn create(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    if path.exists() {
        return Ok(());
    }
    let mut file = OpenOptions::new();
    file.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    file.open(path).map(drop)
}

/// What keeps the database's folder from being written to, if anything does: SQLite says no more than that it cannot
/// open the file. A file of our own is tried, because opening and closing the database itself would let go of the
/// locks that this process may hold on it.
pub(crate) fn write_problem(path: &Path) -> Option<std::io::Error> {
    let trial = path.with_extension("trial");
    let made = OpenOptions::new().write(true).create(true).truncate(true).open(&trial);
    made.and_then(|_| std::fs::remove_file(&trial)).err()
}
