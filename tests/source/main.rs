//! Trees of files from outside: every place that text comes from, every error a person can see, every limit.

// A test that cannot set its scene has failed.
#![allow(clippy::unwrap_used)]

mod archive;
mod directory;
mod git;
mod hostile_git;
mod open;

use std::fs;
use std::path::Path;

use cogate::source::Tree;

/// Writes files below a directory, with the directories they need.
fn write(top: &Path, files: &[(&str, &str)]) {
    for (path, content) in files {
        let path = top.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// Trees are shared between the threads that parse them.
#[test]
fn a_tree_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Tree>();
}

fn paths(tree: &Tree) -> Vec<&str> {
    tree.entries()
        .iter()
        .map(|entry| entry.path.as_str())
        .collect()
}

fn text(tree: &Tree, path: &str) -> String {
    String::from_utf8(tree.read(path).unwrap().to_vec()).unwrap()
}
