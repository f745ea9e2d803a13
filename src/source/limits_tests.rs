//! Tests of the limits on archives, with limits small enough to be passed in no time. The errors that need no special
//! limits are tested from outside.

use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

use super::limits::Limits;
use super::{ErrorKind, Options, Tree};

const SMALL: Limits = Limits {
    file: 1000,
    unpacked: 5000,
    entries: 5,
};

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar_gz(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

fn stored(scratch: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = scratch.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn opened(path: &Path) -> Result<Tree, ErrorKind> {
    Tree::archive_within(path, &Options::default(), SMALL).map_err(|error| error.kind())
}

type Pack = fn(&[(&str, &[u8])]) -> Vec<u8>;
const KINDS: [(&str, Pack); 2] = [("a.zip", zip), ("a.tar.gz", tar_gz)];

#[test]
fn the_limits_are_those_of_the_documentation() {
    let limits = Limits::default();
    assert_eq!(limits.file, 16 * 1024 * 1024);
    assert_eq!(limits.unpacked, 1024 * 1024 * 1024);
    assert_eq!(limits.entries, 100_000);
}

#[test]
fn a_file_above_the_limit_is_an_error_only_when_it_is_read() {
    let scratch = TempDir::new().unwrap();
    for (name, pack) in KINDS {
        let path = stored(
            &scratch,
            name,
            &pack(&[("big.py", &[b' '; 1001]), ("ok.py", &[b' '; 1000])]),
        );
        let tree = opened(&path).unwrap();
        assert_eq!(tree.read("ok.py").unwrap().len(), 1000, "{name}");
        assert_eq!(tree.entry("big.py").unwrap().size, Some(1001));
        assert_eq!(
            tree.read("big.py").unwrap_err().kind(),
            ErrorKind::TooLarge,
            "{name}"
        );
    }
}

#[test]
fn an_archive_that_unpacks_to_too_much_is_refused() {
    let scratch = TempDir::new().unwrap();
    for (name, pack) in KINDS {
        // Not even a source file: passing over it costs as much as reading it.
        let path = stored(&scratch, name, &pack(&[("big.bin", &[0; 8000])]));
        assert_eq!(opened(&path).unwrap_err(), ErrorKind::TooLarge, "{name}");
    }
}

#[test]
fn an_archive_with_too_many_entries_is_refused() {
    let scratch = TempDir::new().unwrap();
    let names: Vec<String> = (0..6).map(|at| format!("f{at}")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    for (name, pack) in KINDS {
        assert!(
            opened(&stored(&scratch, name, &pack(&files[..5]))).is_ok(),
            "{name}"
        );
        let error = opened(&stored(&scratch, name, &pack(&files))).unwrap_err();
        assert_eq!(error, ErrorKind::TooLarge, "{name}");
    }
}

#[test]
fn a_packed_archive_above_the_limit_is_not_even_loaded() {
    let scratch = TempDir::new().unwrap();
    let path = stored(&scratch, "a.zip", &[b'x'; 5001]);
    assert_eq!(opened(&path).unwrap_err(), ErrorKind::TooLarge);
}

/// A zip whose table of contents declares a small size for a file that unpacks to a large one.
#[test]
fn what_really_unpacks_counts_and_not_what_the_header_says() {
    let scratch = TempDir::new().unwrap();
    let mut bytes = zip(&[("a.py", &[b' '; 900])]);
    let small = 10_u32.to_le_bytes();
    let central = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
    bytes[central + 24..central + 28].copy_from_slice(&small);
    bytes[22..26].copy_from_slice(&small);
    let tree = opened(&stored(&scratch, "a.zip", &bytes)).unwrap();
    assert_eq!(tree.read("a.py").unwrap_err().kind(), ErrorKind::Damaged);
}

#[test]
fn a_tar_header_that_claims_more_than_there_is_takes_no_memory() {
    let scratch = TempDir::new().unwrap();
    let mut header = tar::Header::new_gnu();
    header.set_path("a.py").unwrap();
    header.set_size(999);
    header.set_cksum();
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(header.as_bytes()).unwrap();
    gz.write_all(b"x = 1\n").unwrap();
    let path = stored(&scratch, "a.tgz", &gz.finish().unwrap());
    assert_eq!(opened(&path).unwrap_err(), ErrorKind::Truncated);
}

#[test]
fn an_extended_header_cannot_fill_the_memory() {
    let scratch = TempDir::new().unwrap();
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_path("././@LongLink").unwrap();
    header.set_size(1 << 29);
    header.set_cksum();
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(header.as_bytes()).unwrap();
    let path = stored(&scratch, "a.tgz", &gz.finish().unwrap());
    assert_eq!(opened(&path).unwrap_err(), ErrorKind::Damaged);
}
