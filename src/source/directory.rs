//! A directory on disk as a tree of files. Links are not followed, and nothing but regular files is ever opened, so
//! neither a pipe nor a device can make a run hang, and nothing outside the directory is read.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::error::{Error, ErrorKind};
use super::exclude::{Judge, Rules};
use super::limits::Limits;
use super::paths::{clean, join, name};
use super::select::{Found, Scan};

/// Lists the files below `root`. Directories that are left out are not walked.
pub(crate) fn scan(root: &Path, rules: &Rules) -> Result<Scan<PathBuf>, Error> {
    let label = root.display().to_string();
    let metadata = fs::metadata(root).map_err(|error| Error::io(&label, &error))?;
    if !metadata.is_dir() {
        return Err(Error::new(
            ErrorKind::NotADirectory,
            format!("`{label}` is not a directory"),
        ));
    }
    let holds = |path: &str| holds(root, path);
    let mut judge = Judge::new(rules, &holds);
    let mut scan = Scan::default();
    let mut walk = walkdir::WalkDir::new(root).into_iter();
    while let Some(step) = walk.next() {
        let entry = match step {
            Ok(entry) => entry,
            // At the root nothing would be left; below, the rest is still worth reading, and the caller is told.
            Err(error) => {
                let problem = unreadable(root, &error);
                if error.depth() == 0 {
                    return Err(problem);
                }
                scan.problems.push(problem);
                continue;
            }
        };
        if entry.depth() == 0 {
            continue;
        }
        let kind = entry.file_type();
        let path = match relative(root, entry.path()) {
            Ok(path) => path,
            Err(problem) => {
                if kind.is_dir() {
                    walk.skip_current_dir();
                }
                scan.problems.push(problem);
                continue;
            }
        };
        if kind.is_dir() {
            if !judge.enters(&path) {
                walk.skip_current_dir();
            }
        } else if kind.is_symlink() {
            scan.skipped.links += 1;
        } else if judge.takes(&path) {
            // Whatever it is, it stands where a source stands. If it is no file, reading it says so: it is not gone.
            if !kind.is_file() {
                scan.skipped.special += 1;
            }
            scan.found.push(Found {
                path,
                size: entry.metadata().ok().map(|metadata| metadata.len()),
                id: None,
                handle: entry.into_path(),
            });
        } else if !kind.is_file() {
            scan.skipped.special += 1;
        }
    }
    Ok(scan)
}

/// Whether there is a regular file at `path` below `root`.
pub(crate) fn holds(root: &Path, path: &str) -> bool {
    fs::symlink_metadata(root.join(path)).is_ok_and(|metadata| metadata.is_file())
}

/// Reads a regular file; `shown` is how to name it to a person.
pub(crate) fn read(path: &Path, shown: &str, limits: Limits) -> Result<Vec<u8>, Error> {
    let failed = |error: std::io::Error| Error::io(shown, &error);
    // Looked at before it is opened, because opening a pipe waits for somebody to write to it.
    let before = fs::symlink_metadata(path).map_err(failed)?;
    let file = if before.is_file() {
        File::open(path).map_err(failed)?
    } else {
        return Err(not_a_file(shown));
    };
    let size = file.metadata().map_err(failed)?.len();
    if size > limits.file {
        return Err(limits.file_too_large(shown, size));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
    // The file may be growing.
    file.take(limits.file + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > limits.file {
        return Err(limits.file_too_large(shown, bytes.len() as u64));
    }
    Ok(bytes)
}

fn not_a_file(shown: &str) -> Error {
    Error::new(
        ErrorKind::NotAFile,
        format!("`{shown}` is not a regular file (any more), so it is not opened"),
    )
}

/// The path below the root, `/`-separated; what is not Unicode is replaced.
fn relative(root: &Path, path: &Path) -> Result<String, Error> {
    let mut text = String::new();
    for component in path.strip_prefix(root).unwrap_or(path).components() {
        text = join(&text, &component.as_os_str().to_string_lossy());
    }
    match clean(&text) {
        Ok(_) => Ok(text),
        Err(problem) => Err(Error::new(
            ErrorKind::BadName,
            format!("`{}` is left out: its path {problem}", name(&text)),
        )),
    }
}

fn unreadable(root: &Path, error: &walkdir::Error) -> Error {
    let path = match error.path() {
        Some(path) if error.depth() > 0 => {
            relative(root, path).unwrap_or_else(|problem| problem.to_string())
        }
        _ => root.display().to_string(),
    };
    match error.io_error() {
        Some(cause) => Error::io(&path, cause),
        None => Error::new(ErrorKind::Unreadable, format!("`{path}` cannot be read")),
    }
}
