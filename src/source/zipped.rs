//! Zip archives and wheels: kept in memory as they are, each file unpacked when it is read. So a whole program costs a
//! fifth of its size, and a comparison of two wheels unpacks only what differs.

use std::io::{Cursor, Read};
use std::sync::Arc;

use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::archive::{Names, damaged, link, truncated};
use super::error::{Error, ErrorKind};
use super::exclude::is_source;
use super::limits::Limits;
use super::select::{Found, Scan};

/// The files of a zip archive.
#[derive(Debug)]
pub(crate) struct ZipFiles {
    label: String,
    bytes: Arc<[u8]>,
    /// Cheap to clone: the table of contents is shared. Each read works on a clone.
    archive: ZipArchive<Cursor<Arc<[u8]>>>,
    limits: Limits,
}

/// Reads the table of contents, and refuses what no honest archive holds.
pub(crate) fn scan(
    label: &str,
    bytes: Arc<[u8]>,
    limits: Limits,
) -> Result<(Scan<usize>, ZipFiles), Error> {
    // Counted before the table is built, which takes ten times the memory of what it is read from.
    let headers = memchr::memmem::find_iter(&bytes, b"PK\x01\x02").take(limits.entries + 1);
    if headers.count() > limits.entries {
        return Err(limits.too_many_entries(label));
    }
    let failed = |error: ZipError| translate(label, &error);
    let mut archive = match ZipArchive::new(Cursor::new(Arc::clone(&bytes))) {
        Ok(archive) => archive,
        // The end record is the last thing that is written: without it, the rest is missing.
        Err(_) if memchr::memmem::rfind(&bytes, b"PK\x05\x06").is_none() => {
            return Err(truncated(label));
        }
        Err(error) => return Err(failed(error)),
    };
    let mut names = Names::new(label);
    if archive.has_duplicate_names() {
        return Err(Error::new(
            ErrorKind::BadName,
            format!("the archive `{label}` is refused: it holds two files of the same name"),
        ));
    }
    let mut scan = Scan::default();
    let mut unpacked: u64 = 0;
    let table = archive.metadata();
    for at in 0..archive.len() {
        let entry = table.entry(at).map_err(failed)?;
        let name = entry.name().map_err(failed)?;
        if entry.encrypted() {
            return Err(Error::new(
                ErrorKind::Encrypted,
                format!("the archive `{label}` is encrypted (`{name}`); decrypt it first"),
            ));
        }
        if entry
            .unix_mode()
            .is_some_and(|mode| !matches!(mode & 0o170_000, 0 | 0o100_000 | 0o040_000))
        {
            return Err(link(label, &name));
        }
        unpacked = unpacked.saturating_add(entry.size());
        if unpacked > limits.unpacked {
            return Err(limits.archive_too_large(label));
        }
        if entry.is_dir() {
            names.clean(&name)?;
            continue;
        }
        let path = names.file(&name)?;
        if is_source(&path)
            && !matches!(
                entry.compression(),
                CompressionMethod::Stored | CompressionMethod::Deflated
            )
        {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "the archive `{label}` packs `{path}` in a way that is not read here; pack it again with deflate"
                ),
            ));
        }
        scan.found.push(Found {
            path,
            size: Some(entry.size()),
            id: None,
            handle: at,
        });
    }
    // Also finds data that is not there. Two entries on the same bytes are how small archives unpack to huge ones.
    if archive.has_overlapping_entries().map_err(failed)? {
        return Err(damaged(label, "its entries overlap"));
    }
    let files = ZipFiles {
        label: label.to_owned(),
        bytes,
        archive,
        limits,
    };
    Ok((scan, files))
}

impl ZipFiles {
    /// Unpacks one file. What really comes out counts, not what the table of contents says.
    pub(crate) fn read(&self, at: usize, path: &str) -> Result<Arc<[u8]>, Error> {
        let failed = |error: ZipError| translate(&self.label, &error);
        let mut archive = self.archive.clone();
        let file = archive.by_index(at).map_err(failed)?;
        let size = file.size();
        if size > self.limits.file {
            return Err(self.limits.file_too_large(path, size));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
        // One byte more than declared, so that the reader comes to the end and compares the checksum.
        file.take(size + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::UnexpectedEof => truncated(&self.label),
                _ => damaged(&self.label, &format!("`{path}` does not unpack")),
            })?;
        if bytes.len() as u64 != size {
            return Err(damaged(
                &self.label,
                &format!("`{path}` has another size than declared"),
            ));
        }
        Ok(bytes.into())
    }

    /// The file as it is packed, with all that decides about what comes out. Equal ones unpack to equal bytes; the
    /// checksum alone would not do, because it can be forged.
    pub(crate) fn packed(&self, at: usize) -> Option<(CompressionMethod, u32, u64, &[u8])> {
        let mut archive = self.archive.clone();
        let file = archive.by_index(at).ok()?;
        let start = usize::try_from(file.data_start()?).ok()?;
        let end = start.checked_add(usize::try_from(file.compressed_size()).ok()?)?;
        let bytes = self.bytes.get(start..end)?;
        Some((file.compression(), file.crc32(), file.size(), bytes))
    }
}

fn translate(label: &str, error: &ZipError) -> Error {
    match error {
        ZipError::Io(cause) if cause.kind() == std::io::ErrorKind::UnexpectedEof => {
            truncated(label)
        }
        ZipError::UnsupportedArchive(what) => Error::new(
            ErrorKind::Unsupported,
            format!("the archive `{label}` is of a kind that is not read here: {what}"),
        ),
        ZipError::InvalidArchive(what) => damaged(label, what),
        other => damaged(label, &other.to_string()),
    }
}
