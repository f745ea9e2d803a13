//! What can go wrong while text is fetched, as one sentence or two for a person: what, where, and what to do next.
//! It decides nothing about exit codes and never quotes a control character raw, whoever chose the file name.

use std::fmt;

use super::paths::shown;

/// The kind of a failure, for callers that act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nothing of that name: no path, no file in the tree, no revision either.
    NotFound,
    /// A directory was needed, and there is something else.
    NotADirectory,
    /// The file is no archive of a known kind, or its content belies its ending.
    NotAnArchive,
    /// The archive ends too early.
    Truncated,
    /// The archive contradicts itself, or what it holds does not unpack.
    Damaged,
    /// A name in the archive is absolute, climbs out with `..`, or stands there twice.
    BadName,
    /// The archive holds a link or a device where only files and directories may be.
    Link,
    /// The archive is encrypted.
    Encrypted,
    /// The archive is packed in a way that is not read here.
    Unsupported,
    /// A limit on size or number was passed.
    TooLarge,
    /// A link, a pipe or a device stands where a regular file was expected.
    NotAFile,
    /// The operating system refused to read it.
    Unreadable,
    /// An option names something that does not fit the tree.
    BadOption,
    /// The directory belongs to no git repository.
    NotARepository,
    /// Git knows no such revision.
    UnknownRevision,
    /// Git does not trust the repository, because another user owns it.
    Untrusted,
    /// The index holds conflicts that nobody has resolved.
    Unmerged,
    /// The repository lists an object that it does not hold.
    MissingObject,
    /// There is no `git` program.
    GitNotInstalled,
    /// Git failed in another way.
    GitFailed,
}

/// Why text could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

impl Error {
    /// Control characters are made visible here, once, so that no caller can forget it.
    pub(crate) fn new(kind: ErrorKind, message: impl AsRef<str>) -> Self {
        Self {
            kind,
            message: shown(message.as_ref()),
        }
    }

    /// What the operating system said about a path, in our words.
    pub(crate) fn io(path: &str, error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::new(
                ErrorKind::NotFound,
                format!("`{path}` does not exist (any more)"),
            ),
            std::io::ErrorKind::PermissionDenied => Self::new(
                ErrorKind::Unreadable,
                format!("`{path}` cannot be read: permission denied"),
            ),
            _ => Self::new(
                ErrorKind::Unreadable,
                format!("`{path}` cannot be read: {error}"),
            ),
        }
    }

    /// The kind of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
