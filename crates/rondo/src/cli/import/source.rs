//! The file that an import reads, and the file to which it writes what it could not import.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressBarIter};

use super::ReadingArgs;
use crate::cli::Failure;
use crate::cli::terminal::{bar_of_bytes, note, printable};
use crate::import::encoding::Utf8Reader;
use crate::import::{
    Hints, ImportError, Kind, Mapping, ROWS_MAX, Record, Records, Rejects, Shape, Target, Trouble,
    recognise,
};

/// A file that is recognised and being read.
pub(in crate::cli) struct Source {
    pub(in crate::cli) path: PathBuf,
    pub(in crate::cli) shape: Shape,
    pub(in crate::cli) mapping: Mapping,
    pub(in crate::cli) bar: ProgressBar,
    records: Records<Utf8Reader<ProgressBarIter<File>>>,
    rows: u64,
    rejects: Option<(Rejects<BufWriter<File>>, PathBuf)>,
    rejects_wanted: Option<PathBuf>,
    keeps_rejects: Keep,
}

/// Whether rows that are not imported are written to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Keep {
    /// They are.
    Rejects,
    /// They are counted alone.
    Nothing,
}

impl Source {
    /// Recognises the file and shows what each column is taken for.
    pub(in crate::cli) fn open(
        path: &Path,
        kind: Kind,
        reading: &ReadingArgs,
        keep: Keep,
    ) -> Result<Self, Failure> {
        let import = |error: ImportError| match error {
            ImportError::Io(error) => {
                Failure::File { path: path.to_owned(), doing: "can't be read", error }
            }
            error => Failure::Import { path: path.to_owned(), error },
        };
        let hints = Hints { encoding: reading.encoding.clone(), delimiter: reading.delimiter };
        let shape = recognise(|| open_regular(path), &hints).map_err(import)?;
        let mapping = Mapping::new(kind, &shape, &reading.map)
            .map_err(|error| import(ImportError::Mapping(error)))?;
        let file = open_regular(path).map_err(|error| import(ImportError::Io(error)))?;
        let bar = bar_of_bytes(file.metadata().map_or(0, |metadata| metadata.len()));
        let records = shape.records(bar.wrap_read(file)).map_err(import)?;
        show(path, &shape, &mapping);
        Ok(Self {
            path: path.to_owned(),
            shape,
            mapping,
            bar,
            records,
            rows: 0,
            rejects: None,
            rejects_wanted: reading.not_imported.clone(),
            keeps_rejects: keep,
        })
    }

    /// The next row that is not blank.
    pub(in crate::cli) fn next(&mut self) -> Result<Option<Record>, Failure> {
        loop {
            let record = self.records.next_record().map_err(|error| self.failure(error))?;
            let Some(record) = record else { return Ok(None) };
            if record.is_blank() && record.unclosed_on.is_none() {
                continue;
            }
            self.rows += 1;
            if self.rows > ROWS_MAX {
                return Err(self.failure(ImportError::TooManyRows));
            }
            return Ok(Some(record));
        }
    }

    /// Rows read so far, blank ones left out.
    pub(in crate::cli) fn rows(&self) -> u64 {
        self.rows
    }

    /// Keeps a row that is not imported, with the reason.
    pub(in crate::cli) fn reject(
        &mut self,
        record: &Record,
        trouble: &Trouble,
    ) -> Result<(), Failure> {
        if self.keeps_rejects == Keep::Nothing {
            return Ok(());
        }
        let partial = self.partial_path();
        let cannot = |error| Failure::File {
            path: partial.clone(),
            doing: "can't be written; choose another place with `--not-imported`",
            error,
        };
        if self.rejects.is_none() {
            let file = create_private(&partial).map_err(cannot)?;
            let writer = BufWriter::new(file);
            let rejects = Rejects::new(writer, &self.mapping.columns, self.shape.delimiter)
                .map_err(cannot)?;
            self.rejects = Some((rejects, partial.clone()));
        }
        let (rejects, _) = self.rejects.as_mut().expect("made above");
        rejects.add(record, trouble).map_err(cannot)
    }

    /// Ends the file of rows that were not imported, if there are any, and says where it is.
    ///
    /// A file of that name is never overwritten: somebody may be mending it. One that holds just the same stands.
    pub(in crate::cli) fn finish(mut self) -> Result<Option<PathBuf>, Failure> {
        self.bar.finish_and_clear();
        let Some((rejects, partial)) = self.rejects.take() else { return Ok(None) };
        let cannot =
            |error| Failure::File { path: partial.clone(), doing: "can't be written", error };
        let mut writer = rejects.finish().map_err(cannot)?;
        writer.flush().map_err(cannot)?;
        for number in 1.. {
            let target = self.rejects_path(number);
            match place(&partial, &target) {
                Ok(Placed::There) => return Ok(Some(target)),
                Ok(Placed::Taken) => {}
                Err(error) => return Err(cannot(error)),
            }
        }
        Ok(None)
    }

    fn failure(&self, error: ImportError) -> Failure {
        Failure::Import { path: self.path.clone(), error }
    }

    /// `contacts.csv` becomes `contacts.not-imported.csv`, `contacts.not-imported-2.csv` …
    fn rejects_path(&self, number: u32) -> PathBuf {
        let suffix = if number == 1 { String::new() } else { format!("-{number}") };
        match &self.rejects_wanted {
            Some(wanted) if number == 1 => wanted.clone(),
            Some(wanted) => with_stem_suffix(wanted, &suffix),
            None => with_stem_suffix(&self.path, &format!(".not-imported{suffix}")),
        }
    }

    fn partial_path(&self) -> PathBuf {
        let mut name = self.rejects_path(1).into_os_string();
        name.push(format!(".{}.partial", std::process::id()));
        name.into()
    }
}

/// An import that failed half-way leaves no file of its own: it is repeated as a whole.
impl Drop for Source {
    fn drop(&mut self) {
        if let Some((_, partial)) = self.rejects.take() {
            let _ = fs::remove_file(partial);
        }
    }
}

enum Placed {
    There,
    Taken,
}

fn place(partial: &Path, target: &Path) -> io::Result<Placed> {
    match fs::hard_link(partial, target) {
        Ok(()) => {
            fs::remove_file(partial)?;
            Ok(Placed::There)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if !have_same_content(partial, target)? {
                return Ok(Placed::Taken);
            }
            fs::remove_file(partial)?;
            Ok(Placed::There)
        }
        // Some file systems know no links.
        Err(_) if !target.try_exists()? => {
            fs::rename(partial, target)?;
            Ok(Placed::There)
        }
        Err(_) => Ok(Placed::Taken),
    }
}

fn have_same_content(one: &Path, other: &Path) -> io::Result<bool> {
    if fs::metadata(one)?.len() != fs::metadata(other)?.len() {
        return Ok(false);
    }
    let (one, other) =
        (io::BufReader::new(File::open(one)?), io::BufReader::new(File::open(other)?));
    for (left, right) in one.bytes().zip(other.bytes()) {
        if left? != right? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn with_stem_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_os_string();
    name.push(suffix);
    name.push(".");
    name.push(path.extension().unwrap_or("csv".as_ref()));
    path.with_file_name(name)
}

/// Rows hold personal data: only the owner of the file may read them.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The file is read more than once, from its start.
fn open_regular(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a regular file; save it as one first, because it is read more than once",
        ));
    }
    Ok(file)
}

fn show(path: &Path, shape: &Shape, mapping: &Mapping) {
    note(format!(
        "Columns of `{}` ({}, separated by {}):",
        path.display(),
        shape.encoding.name(),
        shape.delimiter_name()
    ));
    let names: Vec<String> = mapping.columns.iter().map(|name| printable(name)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(40);
    for (name, target) in names.iter().zip(&mapping.targets) {
        let shown = match target {
            Target::Field(field) => field.to_string(),
            Target::Attribute(_) => "kept as an attribute".to_owned(),
            Target::Ignored => "left out".to_owned(),
        };
        note(format!("  {name:width$}  {shown}"));
    }
}
