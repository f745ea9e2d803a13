//! An archive as a tree of files: what all kinds have in common. The kind is told by the ending of the name, and the
//! first bytes must agree; nothing is ever unpacked to disk.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::error::{Error, ErrorKind};
use super::limits::Limits;
use super::paths::{below, clean};
use super::select::{Found, Scan};

/// The endings of the archives that are read.
pub const ARCHIVE_ENDINGS: [&str; 5] = [".whl", ".zip", ".tar.gz", ".tgz", ".crate"];

/// How an archive is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// A wheel: a zip without a top folder to strip.
    Wheel,
    Zip,
    TarGz,
}

impl Format {
    /// By the ending of the file's name.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        match *ARCHIVE_ENDINGS
            .iter()
            .find(|ending| name.ends_with(**ending))?
        {
            ".whl" => Some(Self::Wheel),
            ".zip" => Some(Self::Zip),
            _ => Some(Self::TarGz),
        }
    }

    fn agrees(self, bytes: &[u8]) -> bool {
        match self {
            // The second is the end of an archive without entries.
            Self::Wheel | Self::Zip => {
                bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
            }
            Self::TarGz => bytes.starts_with(b"\x1f\x8b"),
        }
    }
}

/// The bytes of an archive and how it is packed.
pub(crate) fn load(path: &Path, limits: Limits) -> Result<(Arc<[u8]>, Format), Error> {
    let label = path.display().to_string();
    let failed = |error: std::io::Error| Error::io(&label, &error);
    let metadata = fs::metadata(path).map_err(failed)?;
    let format = match Format::of(path) {
        Some(format) if metadata.is_file() => format,
        _ => return Err(unknown(&label)),
    };
    if metadata.len() > limits.unpacked {
        return Err(limits.archive_too_large(&label));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    File::open(path)
        .map_err(failed)?
        .take(limits.unpacked)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.is_empty() {
        return Err(Error::new(
            ErrorKind::Truncated,
            format!("the archive `{label}` is empty; fetch it again"),
        ));
    }
    if !format.agrees(&bytes) {
        return Err(Error::new(
            ErrorKind::NotAnArchive,
            format!(
                "`{label}` is not the archive that its name says it is; fetch it again or rename it"
            ),
        ));
    }
    Ok((bytes.into(), format))
}

pub(crate) fn unknown(label: &str) -> Error {
    Error::new(
        ErrorKind::NotAnArchive,
        format!(
            "`{label}` is a file but no archive that is read here ({}); name a directory, an archive or a revision \
             (`git:{label}` if there is a revision of that name)",
            ARCHIVE_ENDINGS.join(" ")
        ),
    )
}

/// Collects the names of an archive's files and refuses those that no honest archive has.
pub(crate) struct Names<'a> {
    label: &'a str,
    seen: HashSet<String>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(label: &'a str) -> Self {
        Self {
            label,
            seen: HashSet::new(),
        }
    }

    /// The normal form of an entry's name.
    pub(crate) fn clean(&self, raw: &str) -> Result<String, Error> {
        clean(raw).map_err(|problem| self.refused(raw, problem))
    }

    /// The same for a file, of which there may be only one.
    pub(crate) fn file(&mut self, raw: &str) -> Result<String, Error> {
        let path = self.clean(raw)?;
        if path.is_empty() {
            return Err(self.refused(raw, "names no file"));
        }
        if !self.seen.insert(path.clone()) {
            return Err(self.refused(raw, "stands there twice"));
        }
        Ok(path)
    }

    fn refused(&self, raw: &str, problem: &str) -> Error {
        Error::new(
            ErrorKind::BadName,
            format!(
                "the archive `{}` is refused: the name `{raw}` {problem}",
                self.label
            ),
        )
    }
}

pub(crate) fn link(label: &str, path: &str) -> Error {
    Error::new(
        ErrorKind::Link,
        format!(
            "the archive `{label}` is refused: `{path}` is a link or a device; unpack it and name the directory"
        ),
    )
}

pub(crate) fn truncated(label: &str) -> Error {
    Error::new(
        ErrorKind::Truncated,
        format!("the archive `{label}` ends too early; fetch it again"),
    )
}

pub(crate) fn damaged(label: &str, what: &str) -> Error {
    Error::new(
        ErrorKind::Damaged,
        format!("the archive `{label}` is damaged: {what}; fetch it again"),
    )
}

/// Strips the one folder that holds everything, as in a source distribution or a crate. A folder that is itself a
/// Python package is no such wrapper: its name is part of every module's name.
pub(crate) fn strip_top<H>(scan: &mut Scan<H>) {
    let Some(top) = top_folder(&scan.found).map(str::to_owned) else {
        return;
    };
    scan.found
        .retain_mut(|found| match below(&found.path, &top).map(str::to_owned) {
            Some(rest) => {
                found.path = rest;
                true
            }
            None => false,
        });
}

/// What the Finder adds to a zip says nothing about how it was packed.
const NOISE: &str = "__MACOSX";

fn top_folder<H>(found: &[Found<H>]) -> Option<&str> {
    let mut paths = found
        .iter()
        .map(|found| found.path.as_str())
        .filter(|path| below(path, NOISE).is_none());
    let (top, _) = paths.clone().next()?.split_once('/')?;
    let wraps_all = paths.all(|path| below(path, top).is_some());
    let identifier = top.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && top.chars().all(|c| c.is_alphanumeric() || c == '_');
    let package = identifier
        && found.iter().any(|found| {
            matches!(
                below(&found.path, top),
                Some("__init__.py" | "__init__.pyi")
            )
        });
    (wraps_all && !package).then_some(top)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(paths: &[&str]) -> Vec<String> {
        let mut scan = Scan::default();
        for path in paths {
            scan.found.push(Found {
                path: (*path).into(),
                size: None,
                id: None,
                handle: (),
            });
        }
        strip_top(&mut scan);
        scan.found.into_iter().map(|found| found.path).collect()
    }

    #[test]
    fn one_top_folder_is_stripped() {
        assert_eq!(
            stripped(&["p-1.0/a.py", "p-1.0/q/b.py"]),
            ["a.py", "q/b.py"]
        );
        assert_eq!(stripped(&["old/pkg/__init__.py"]), ["pkg/__init__.py"]);
        assert_eq!(stripped(&["p/a.py", "__MACOSX/p/._a.py"]), ["a.py"]);
    }

    #[test]
    fn a_wrapper_around_less_than_all_is_not_stripped() {
        assert_eq!(stripped(&["a.py", "p/b.py"]), ["a.py", "p/b.py"]);
        assert_eq!(stripped(&["p/b.py", "p2/b.py"]), ["p/b.py", "p2/b.py"]);
        assert_eq!(stripped(&[]), [""; 0]);
    }

    #[test]
    fn a_package_is_no_wrapper_but_a_release_folder_is() {
        assert_eq!(
            stripped(&["pkg/__init__.py", "pkg/a.py"]),
            ["pkg/__init__.py", "pkg/a.py"]
        );
        assert_eq!(stripped(&["node-1.0/__init__.py"]), ["__init__.py"]);
    }

    #[test]
    fn the_kind_is_told_by_the_ending() {
        assert_eq!(
            Format::of(Path::new("a/p-1.0-py3-none-any.whl")),
            Some(Format::Wheel)
        );
        assert_eq!(Format::of(Path::new("P.ZIP")), Some(Format::Zip));
        for name in ["a.tar.gz", "a.tgz", "a-1.0.crate"] {
            assert_eq!(Format::of(Path::new(name)), Some(Format::TarGz));
        }
        for name in ["a.tar", "a.gz", "a.tar.xz", "whl", "zip"] {
            assert_eq!(Format::of(Path::new(name)), None, "{name}");
        }
    }
}
