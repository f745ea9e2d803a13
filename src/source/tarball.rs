//! Gzipped tar archives: source distributions and crates. They can only be read from front to end, so the source files
//! are unpacked at once and everything else is passed over, counted.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use tar::{Archive, EntryType};

use super::archive::{Names, damaged, link, truncated};
use super::error::{Error, ErrorKind};
use super::limits::Limits;
use super::select::{Found, Scan};

/// The longest extended header that is read. It holds one path, not a library.
const MAX_EXTENSION: u64 = 1 << 20;

/// What is kept of a file.
#[derive(Debug, Clone)]
pub(crate) enum Unpacked {
    Bytes(Arc<[u8]>),
    /// It is above the limit of one file; this is its size.
    TooLarge(u64),
    /// Nobody asked for it.
    Nothing,
}

/// Unpacks the archive; `wanted` says of which paths (before the top folder is stripped) the bytes are kept.
pub(crate) fn scan(
    label: &str,
    bytes: &[u8],
    limits: Limits,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Scan<Unpacked>, Error> {
    let over = Rc::new(Cell::new(false));
    let mut archive = Archive::new(Counted {
        inner: MultiGzDecoder::new(bytes),
        left: limits.unpacked,
        over: Rc::clone(&over),
    });
    let failed = |error: io::Error| {
        if over.get() {
            limits.archive_too_large(label)
        } else {
            translate(label, &error)
        }
    };
    let mut names = Names::new(label);
    let mut scan = Scan::default();
    let mut long_name: Option<String> = None;
    let mut count = 0;
    // Raw, so that the size of an extended header is known before it is read.
    for entry in archive.entries().map_err(failed)?.raw(true) {
        let mut entry = entry.map_err(failed)?;
        count += 1;
        if count > limits.entries {
            return Err(limits.too_many_entries(label));
        }
        let kind = entry.header().entry_type();
        let size = entry.size();
        if is_extension(kind) {
            if size > MAX_EXTENSION {
                return Err(damaged(label, "an extended header is longer than any path"));
            }
            let extension = read_all(&mut entry, size).map_err(failed)?;
            let name = extension_name(label, kind, &extension)?;
            long_name = name.or(long_name);
            continue;
        }
        let name = long_name
            .take()
            .unwrap_or_else(|| String::from_utf8_lossy(&entry.path_bytes()).into_owned());
        // An old writer marks a directory by the slash alone.
        if kind == EntryType::Directory || kind.is_file() && name.ends_with('/') {
            names.clean(&name)?;
        } else if kind.is_file() || kind.is_contiguous() {
            let path = names.file(&name)?;
            let handle = if !wanted(&path) {
                Unpacked::Nothing
            } else if size > limits.file {
                Unpacked::TooLarge(size)
            } else {
                Unpacked::Bytes(read_all(&mut entry, size).map_err(failed)?.into())
            };
            scan.found.push(Found {
                path,
                size: Some(size),
                id: None,
                handle,
            });
        } else if kind.is_gnu_sparse() {
            return Err(unsupported(label, "it holds a sparse file"));
        } else {
            return Err(link(label, &name));
        }
    }
    // What follows the last entry is not looked at, but the checksum of the whole stands behind it.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(failed)?;
    Ok(scan)
}

fn read_all(entry: &mut impl Read, size: u64) -> io::Result<Vec<u8>> {
    // Grows with what is really there: the header is not trusted with memory.
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(1 << 16)).unwrap_or(0));
    entry.read_to_end(&mut bytes)?;
    if bytes.len() as u64 == size {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

fn is_extension(kind: EntryType) -> bool {
    kind.is_gnu_longname()
        || kind.is_gnu_longlink()
        || kind.is_pax_local_extensions()
        || kind.is_pax_global_extensions()
}

/// The name that an extended header gives to the entry that follows.
fn extension_name(label: &str, kind: EntryType, bytes: &[u8]) -> Result<Option<String>, Error> {
    if kind.is_gnu_longname() {
        let end = bytes
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(bytes.len());
        return Ok(Some(String::from_utf8_lossy(&bytes[..end]).into_owned()));
    }
    if kind.is_gnu_longlink() {
        return Ok(None);
    }
    let mut name = None;
    for record in tar::PaxExtensions::new(bytes) {
        let record = record.map_err(|_| damaged(label, "an extended header cannot be read"))?;
        match record.key_bytes() {
            b"path" if kind.is_pax_local_extensions() => {
                name = Some(String::from_utf8_lossy(record.value_bytes()).into_owned());
            }
            // They would give files another name or size than the one that is read here.
            b"path" | b"size" => {
                return Err(unsupported(
                    label,
                    "an extended header overrides names or sizes",
                ));
            }
            key if key.starts_with(b"GNU.sparse") => {
                return Err(unsupported(label, "it holds a sparse file"));
            }
            _ => {}
        }
    }
    Ok(name)
}

fn unsupported(label: &str, what: &str) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "the archive `{label}` is of a kind that is not read here: {what}; unpack it and name the directory"
        ),
    )
}

fn translate(label: &str, error: &io::Error) -> Error {
    // The tar crate has no kind of its own for an archive that stops in the middle of a block.
    let text = error.to_string();
    let early = error.kind() == io::ErrorKind::UnexpectedEof
        || text.contains("entire block")
        || text.contains("unexpected EOF");
    if early {
        truncated(label)
    } else {
        damaged(label, &text)
    }
}

/// Stops at the limit on what is really unpacked, whatever the headers say.
struct Counted<R> {
    inner: R,
    left: u64,
    over: Rc<Cell<bool>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => {
                self.over.set(true);
                return Err(io::Error::other("over the limit"));
            }
        }
        Ok(read)
    }
}
