//! Archives, made here with the libraries that others make them with.

use std::fs;
use std::io::{Cursor, Write};
use std::path::PathBuf;

use cogate::source::{Error, ErrorKind, Options, Tree};
use flate2::Compression;
use flate2::write::GzEncoder;
use tar::EntryType;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{paths, text};

struct Scratch(TempDir);

impl Scratch {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn store(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn open(&self, name: &str, bytes: &[u8]) -> Result<Tree, Error> {
        Tree::archive(&self.store(name, bytes), &Options::default())
    }

    fn refused(&self, name: &str, bytes: &[u8]) -> ErrorKind {
        let error = self.open(name, bytes).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
        error.kind()
    }
}

fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A tar entry with its name written as it is, which the library would refuse to do.
fn entry(tar: &mut Vec<u8>, name: &str, kind: EntryType, content: &[u8]) {
    let mut header = tar::Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    tar.extend_from_slice(header.as_bytes());
    tar.extend_from_slice(content);
    tar.resize(tar.len().next_multiple_of(512), 0);
}

fn gz(tar: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(tar).unwrap();
    gz.finish().unwrap()
}

fn tar_gz(files: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (name, content) in files {
        entry(&mut tar, name, EntryType::Regular, content.as_bytes());
    }
    tar.resize(tar.len() + 1024, 0);
    gz(&tar)
}

#[test]
fn a_wheel_is_read_as_it_is() {
    let scratch = Scratch::new();
    let wheel = zip(&[
        ("pkg/__init__.py", "one"),
        ("pkg/tests/t.py", ""),
        ("pkg-1.dist-info/METADATA", ""),
        ("pkg/x.so", ""),
    ]);
    let tree = scratch.open("pkg-1-py3-none-any.whl", &wheel).unwrap();
    assert_eq!(paths(&tree), ["pkg/__init__.py"]);
    assert_eq!(text(&tree, "pkg/__init__.py"), "one");
    let many = tree.read_many(&["pkg/__init__.py", "no.py"]);
    assert!(many[0].is_ok());
    assert!(many[1].is_err());
    let lone = scratch
        .open("lone.whl", &zip(&[("ns/pkg/a.py", "")]))
        .unwrap();
    assert_eq!(paths(&lone), ["ns/pkg/a.py"]);
}

#[test]
fn the_top_folder_of_a_source_distribution_or_crate_is_stripped() {
    let scratch = Scratch::new();
    let files = [
        ("p-1.0/PKG-INFO", ""),
        ("p-1.0/setup.py", ""),
        ("p-1.0/src/p/__init__.py", "x"),
        ("p-1.0/tests/t.py", ""),
    ];
    for (name, bytes) in [
        ("p.tar.gz", tar_gz(&files)),
        ("p.tgz", tar_gz(&files)),
        ("p.zip", zip(&files)),
    ] {
        let tree = scratch.open(name, &bytes).unwrap();
        assert_eq!(paths(&tree), ["src/p/__init__.py"], "{name}");
        assert_eq!(tree.roots(), ["", "src"]);
        assert_eq!(text(&tree, "src/p/__init__.py"), "x");
    }
    let files = [
        ("c-1.0/Cargo.toml", "x"),
        ("c-1.0/src/lib.rs", ""),
        ("c-1.0/benches/b.rs", ""),
    ];
    let tree = scratch.open("c-1.0.crate", &tar_gz(&files)).unwrap();
    assert_eq!(paths(&tree), ["Cargo.toml", "src/lib.rs"]);
}

#[test]
fn a_root_applies_after_the_top_folder_is_stripped() {
    let scratch = Scratch::new();
    let path = scratch.store("p.tgz", &tar_gz(&[("p-1/lib/a.py", ""), ("p-1/b.py", "")]));
    let options = Options {
        root: vec!["lib".into()],
        also: vec!["cogate.toml".into()],
        ..Options::default()
    };
    assert_eq!(Tree::archive(&path, &options).unwrap().roots(), ["lib"]);
}

#[test]
fn other_files_can_be_asked_for() {
    let scratch = Scratch::new();
    let files = [
        ("p-1/cogate.toml", "c"),
        ("p-1/contracts/a.toml", "a"),
        ("p-1/other.toml", ""),
        ("p-1/p.py", ""),
    ];
    let options = Options {
        also: vec!["cogate.toml".into(), "contracts/*.toml".into()],
        ..Options::default()
    };
    for (name, bytes) in [("p.tgz", tar_gz(&files)), ("p.zip", zip(&files))] {
        let tree = Tree::archive(&scratch.store(name, &bytes), &options).unwrap();
        assert_eq!(paths(&tree), ["cogate.toml", "contracts/a.toml", "p.py"]);
        assert_eq!(text(&tree, "contracts/a.toml"), "a");
    }
}

#[test]
fn equal_files_are_equal_across_kinds() {
    let scratch = Scratch::new();
    let a = scratch
        .open("a.zip", &zip(&[("x/a.py", "one"), ("x/b.py", "two")]))
        .unwrap();
    let b = scratch
        .open("b.zip", &zip(&[("x/a.py", "one"), ("x/b.py", "owt")]))
        .unwrap();
    let c = scratch
        .open("c.tgz", &tar_gz(&[("x/a.py", "one"), ("x/b.py", "other")]))
        .unwrap();
    assert!(a.same_content("a.py", &b, "a.py").unwrap());
    assert!(!a.same_content("b.py", &b, "b.py").unwrap());
    assert!(a.same_content("a.py", &c, "a.py").unwrap());
    assert!(!a.same_content("b.py", &c, "b.py").unwrap());
    assert!(!a.same_place(&b));
    assert!(a.same_place(&scratch.open("a.zip", &zip(&[("x/a.py", "one")])).unwrap()));
}

/// The table of contents says that both files are the same; only the bytes can be trusted.
#[test]
fn a_forged_checksum_does_not_make_files_equal() {
    let scratch = Scratch::new();
    let mut forged = zip(&[("x/a.py", "two")]);
    let honest = zip(&[("x/a.py", "one")]);
    let at = |bytes: &[u8]| memchr::memmem::find(bytes, b"PK\x01\x02").unwrap() + 16;
    let (from, to) = (at(&honest), at(&forged));
    forged[to..to + 4].copy_from_slice(&honest[from..from + 4]);
    forged[14..18].copy_from_slice(&honest[14..18]);
    let honest = scratch.open("a.zip", &honest).unwrap();
    let forged = scratch.open("b.zip", &forged).unwrap();
    assert_eq!(
        honest
            .same_content("a.py", &forged, "a.py")
            .unwrap_err()
            .kind(),
        ErrorKind::Damaged
    );
    assert_eq!(forged.read("a.py").unwrap_err().kind(), ErrorKind::Damaged);
}

#[test]
fn what_is_no_archive_is_said() {
    let scratch = Scratch::new();
    assert_eq!(scratch.refused("a.zip", b"hello"), ErrorKind::NotAnArchive);
    assert_eq!(
        scratch.refused("a.whl", &tar_gz(&[])),
        ErrorKind::NotAnArchive
    );
    assert_eq!(
        scratch.refused("a.tar.gz", &zip(&[("a.py", "")])),
        ErrorKind::NotAnArchive
    );
    assert_eq!(scratch.refused("a.py", b"x = 1"), ErrorKind::NotAnArchive);
    assert_eq!(scratch.refused("a.zip", b""), ErrorKind::Truncated);
    assert_eq!(
        scratch.refused("a.tgz", &gz(&[b'x'; 2048])),
        ErrorKind::Damaged
    );
    let missing = Tree::archive(&scratch.0.path().join("no.whl"), &Options::default());
    assert_eq!(missing.unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn an_empty_archive_is_an_empty_tree() {
    let scratch = Scratch::new();
    assert!(
        scratch
            .open("a.zip", &zip(&[]))
            .unwrap()
            .entries()
            .is_empty()
    );
    assert!(
        scratch
            .open("a.tgz", &tar_gz(&[]))
            .unwrap()
            .entries()
            .is_empty()
    );
}

/// Cut at every place, an archive is an error or (a tar without its padding) still all there; it never panics.
#[test]
fn a_truncated_archive_is_an_error() {
    let scratch = Scratch::new();
    let files = [("x/a.py", "import os\n"), ("x/b.py", "def f(): pass\n")];
    for (name, bytes) in [("a.zip", zip(&files)), ("a.tgz", tar_gz(&files))] {
        for end in 4..bytes.len() {
            let error = scratch.open(name, &bytes[..end]).unwrap_err();
            let told = matches!(error.kind(), ErrorKind::Truncated | ErrorKind::Damaged);
            assert!(told, "{name} cut at {end}: {error}");
        }
        let half = scratch.refused(name, &bytes[..bytes.len() / 2]);
        assert_eq!(half, ErrorKind::Truncated, "{name}");
    }
}

#[test]
fn a_flipped_byte_never_panics() {
    let scratch = Scratch::new();
    let files = [("x/a.py", "import os\n"), ("x/b.py", "def f(): pass\n")];
    for (name, bytes) in [("a.zip", zip(&files)), ("a.tgz", tar_gz(&files))] {
        for at in 0..bytes.len() {
            for mask in [0x01, 0xff] {
                let mut bad = bytes.clone();
                bad[at] ^= mask;
                if let Ok(tree) = scratch.open(name, &bad) {
                    for entry in tree.entries() {
                        let _ = tree.read(&entry.path);
                    }
                }
            }
        }
    }
}

#[test]
fn names_that_no_honest_archive_has_are_refused() {
    let scratch = Scratch::new();
    for bad in [
        "/etc/a.py",
        "../a.py",
        "x/../../a.py",
        "C:/a.py",
        "\\a.py",
        "x\\..\\..\\a.py",
    ] {
        let files = [("x/ok.py", ""), (bad, "")];
        assert_eq!(
            scratch.refused("a.zip", &zip(&files)),
            ErrorKind::BadName,
            "{bad}"
        );
        assert_eq!(
            scratch.refused("a.tgz", &tar_gz(&files)),
            ErrorKind::BadName,
            "{bad}"
        );
    }
    let deep = format!("{}a.py", "d/".repeat(100));
    assert_eq!(
        scratch.refused("a.zip", &zip(&[(&deep, "")])),
        ErrorKind::BadName
    );
}

#[test]
fn a_name_that_stands_there_twice_is_refused() {
    let scratch = Scratch::new();
    for second in ["x/a.py", "x//a.py", "./x/a.py"] {
        let files = [("x/a.py", "one"), (second, "two")];
        assert_eq!(
            scratch.refused("a.tgz", &tar_gz(&files)),
            ErrorKind::BadName,
            "{second}"
        );
        // The library does not write the same name twice, so another one is overwritten.
        let files = [("x/a.py", "one"), (&*second.replace('a', "b"), "two")];
        let mut bytes = zip(&files);
        let needle = second.replace('a', "b");
        while let Some(at) = memchr::memmem::find(&bytes, needle.as_bytes()) {
            bytes[at..at + second.len()].copy_from_slice(second.as_bytes());
        }
        assert_eq!(
            scratch.refused("a.zip", &bytes),
            ErrorKind::BadName,
            "{second}"
        );
    }
}

#[test]
fn links_and_devices_are_refused() {
    let scratch = Scratch::new();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .add_symlink("x/a.py", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    assert_eq!(scratch.refused("a.zip", &bytes), ErrorKind::Link);
    for kind in [
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Fifo,
        EntryType::Char,
        EntryType::Block,
    ] {
        let mut tar = Vec::new();
        entry(&mut tar, "x/a.py", kind, b"");
        assert_eq!(
            scratch.refused("a.tgz", &gz(&tar)),
            ErrorKind::Link,
            "{kind:?}"
        );
    }
}

#[test]
fn an_encrypted_archive_is_refused() {
    let scratch = Scratch::new();
    let mut bytes = zip(&[("x/a.py", "one")]);
    // Bit 0 of the flags, in the local header and in the table of contents.
    bytes[6] |= 1;
    let central = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
    bytes[central + 8] |= 1;
    assert_eq!(scratch.refused("a.zip", &bytes), ErrorKind::Encrypted);
}

#[test]
fn an_unknown_compression_is_refused_only_where_it_matters() {
    let scratch = Scratch::new();
    for (name, matters) in [("x/a.py", true), ("x/a.md", false)] {
        let mut bytes = zip(&[(name, "one")]);
        bytes[8] = 12;
        let central = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
        bytes[central + 10] = 12;
        match scratch.open("a.zip", &bytes) {
            Ok(_) => assert!(!matters),
            Err(error) => {
                assert!(matters, "{error}");
                assert_eq!(error.kind(), ErrorKind::Unsupported);
            }
        }
    }
}

#[test]
fn entries_on_the_same_bytes_are_refused() {
    let scratch = Scratch::new();
    let mut bytes = zip(&[("x/a.py", "one"), ("x/b.py", "two")]);
    // The second entry of the table of contents points at the data of the first.
    let second = memchr::memmem::rfind(&bytes, b"PK\x01\x02").unwrap();
    bytes[second + 42..second + 46].copy_from_slice(&[0; 4]);
    assert_eq!(scratch.refused("a.zip", &bytes), ErrorKind::Damaged);
}

#[test]
fn long_names_are_read_in_both_dialects_of_tar() {
    let scratch = Scratch::new();
    let long = format!("p-1/{}/a.py", "d".repeat(200));
    let stripped = format!("{}/a.py", "d".repeat(200));
    let mut gnu = Vec::new();
    entry(
        &mut gnu,
        "././@LongLink",
        EntryType::GNULongName,
        format!("{long}\0").as_bytes(),
    );
    entry(&mut gnu, "p-1/cut", EntryType::Regular, b"x");
    let mut pax = Vec::new();
    entry(
        &mut pax,
        "pax_global_header",
        EntryType::XGlobalHeader,
        b"16 comment=abcd\n",
    );
    let record = format!("{} path={long}\n", long.len() + 10);
    entry(
        &mut pax,
        "p-1/PaxHeader",
        EntryType::XHeader,
        record.as_bytes(),
    );
    entry(&mut pax, "p-1/cut", EntryType::Regular, b"x");
    for tar in [gnu, pax] {
        let tree = scratch.open("p.tgz", &gz(&tar)).unwrap();
        assert_eq!(paths(&tree), [stripped.as_str()]);
        assert_eq!(text(&tree, &stripped), "x");
    }
}

#[test]
fn extended_headers_that_change_sizes_are_refused() {
    let scratch = Scratch::new();
    for record in ["9 size=2\n", "22 GNU.sparse.major=1\n", "nonsense"] {
        let mut tar = Vec::new();
        entry(&mut tar, "h", EntryType::XHeader, record.as_bytes());
        entry(&mut tar, "p/a.py", EntryType::Regular, b"x");
        let kind = scratch.refused("p.tgz", &gz(&tar));
        assert!(
            matches!(kind, ErrorKind::Unsupported | ErrorKind::Damaged),
            "{record}"
        );
    }
}

#[test]
fn control_characters_of_a_name_do_not_reach_the_message() {
    let scratch = Scratch::new();
    let error = scratch
        .open("a.zip", &zip(&[("../\u{1b}[2Ja.py", "")]))
        .unwrap_err();
    assert!(!error.to_string().contains('\u{1b}'), "{error:?}");
}
