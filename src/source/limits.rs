//! How much of hostile input is taken before it is refused. The numbers are fixed; only tests use smaller ones.

use super::error::{Error, ErrorKind};

/// Upper bounds on sizes and numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes of one file.
    pub(crate) file: u64,
    /// Bytes of an archive, as it is and unpacked.
    pub(crate) unpacked: u64,
    /// Entries of an archive, of whatever kind.
    pub(crate) entries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file: 16 << 20,
            unpacked: 1 << 30,
            entries: 100_000,
        }
    }
}

impl Limits {
    pub(crate) fn file_too_large(self, path: &str, size: u64) -> Error {
        Error::new(
            ErrorKind::TooLarge,
            format!(
                "`{path}` has {}, more than the {} that are read of one file; leave it out with `exclude`",
                bytes(size),
                bytes(self.file)
            ),
        )
    }

    pub(crate) fn archive_too_large(self, label: &str) -> Error {
        Error::new(
            ErrorKind::TooLarge,
            format!(
                "the archive `{label}` unpacks to more than {}; unpack the part that matters and name its directory",
                bytes(self.unpacked)
            ),
        )
    }

    pub(crate) fn too_many_entries(self, label: &str) -> Error {
        Error::new(
            ErrorKind::TooLarge,
            format!(
                "the archive `{label}` has more than {} entries; unpack the part that matters and name its directory",
                self.entries
            ),
        )
    }
}

/// A size in the largest unit that says it exactly, so that one byte over a limit is seen to be over it.
fn bytes(size: u64) -> String {
    match size {
        _ if size >= 1 << 30 && size.is_multiple_of(1 << 30) => format!("{} GiB", size >> 30),
        _ if size >= 1 << 20 && size.is_multiple_of(1 << 20) => format!("{} MiB", size >> 20),
        _ => format!("{size} bytes"),
    }
}
