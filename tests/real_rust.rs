//! Laws of the Rust side over real code: crates that this one is built from, as they lie in cargo's registry. What is
//! printed is read back, and nothing differs from itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

use std::path::PathBuf;

use cogate::interface::Names;
use cogate::provider::{self, Provider};
use cogate::rust::{Project, lines};
use cogate::source::{Options, Tree};

/// Crates whose sources every build of this one has unpacked, by the beginning of their folders.
const CRATES: [&str; 6] = [
    "clap_builder-4",
    "clap-4",
    "quote-1",
    "serde-1",
    "serde_core-1",
    "syn-3",
];

fn crates() -> Vec<PathBuf> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")))
        .expect("cargo has a home");
    let registries = std::fs::read_dir(home.join("registry/src")).expect("a registry");
    let folders = registries
        .flatten()
        .flat_map(|registry| std::fs::read_dir(registry.path()).expect("crates"));
    let mut all: Vec<PathBuf> = folders.flatten().map(|folder| folder.path()).collect();
    all.sort();
    CRATES
        .iter()
        .map(|name| {
            let starts = |path: &&PathBuf| {
                path.file_name()
                    .is_some_and(|folder| folder.to_string_lossy().starts_with(name))
            };
            all.iter()
                .rfind(starts)
                .unwrap_or_else(|| panic!("{name} is not unpacked"))
                .clone()
        })
        .collect()
}

fn open(folder: &PathBuf) -> Tree {
    Tree::directory(folder, &Options::default()).expect("a tree")
}

#[test]
fn what_is_printed_is_read_back() {
    for folder in crates() {
        let tree = open(&folder);
        let interface = Project::new(&tree).whole();
        let mut names = Names::default();
        let tables = lines::tables(&interface, &mut names);
        let read = lines::read(&tables, &names).expect("what is printed can be read");
        assert_eq!(
            read.items.len(),
            interface.items.len(),
            "{}",
            folder.display()
        );
        for (path, item) in &interface.items {
            assert_eq!(read.items.get(path), Some(item), "{path}");
        }
    }
}

/// Every file of the copy differs by a comment, so that all of it is compared.
#[test]
fn nothing_differs_from_itself() {
    for folder in crates() {
        let copy = tempfile::tempdir().expect("a folder");
        let tree = open(&folder);
        for entry in tree.entries() {
            let mut text = tree.read(&entry.path).expect("a file").to_vec();
            if entry.path.ends_with(".rs") {
                text.extend_from_slice(b"\n// nothing\n");
            }
            let path = copy.path().join(&entry.path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, text).expect("a copy");
        }
        let copied = open(&copy.path().to_owned());
        let diffed = provider::diff(&Provider::new(&tree), &Provider::new(&copied), &[]);
        assert!(
            diffed.findings.is_empty(),
            "{}: {:?}",
            folder.display(),
            diffed.findings
        );
        assert!(
            diffed.members > 0 || folder.to_string_lossy().contains("/clap-4"),
            "{}",
            folder.display()
        );
    }
}
