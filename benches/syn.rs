//! How much more than bare parsing an answer about Rust costs. Set `COGATE_OLD` and `COGATE_NEW` to two unpacked
//! releases of a crate (`cargo info syn@2.0.90` unpacks one into cargo's registry); without them the fixture is
//! measured. Times are printed, never asserted.
#![allow(missing_docs, clippy::expect_used)]

use std::path::PathBuf;

use cogate::provider::{self, Provider};
use cogate::source::{Options, Tree};
use divan::Bencher;
use rayon::prelude::*;

fn main() {
    divan::main();
}

fn open(variable: &str) -> Tree {
    let fixture = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/provider/rust/hypervisor"
    );
    let place = std::env::var_os(variable).map_or_else(|| PathBuf::from(fixture), PathBuf::from);
    Tree::directory(&place, &Options::default()).expect("a tree")
}

/// The texts of the Rust files below `src/`, whole.
fn texts(tree: &Tree) -> Vec<String> {
    tree.entries()
        .iter()
        .filter(|entry| entry.path.starts_with("src/") && entry.path.ends_with(".rs"))
        .filter_map(|entry| tree.read(&entry.path).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect()
}

/// The floor: parsing both releases with syn, bodies and all.
#[divan::bench]
fn bare_parse_of_both(bencher: Bencher) {
    let texts = [texts(&open("COGATE_OLD")), texts(&open("COGATE_NEW"))].concat();
    bencher.bench(|| {
        texts
            .par_iter()
            .map(|text| cogate::rust::bare_parse(text))
            .sum::<usize>()
    });
}

/// Comparing, with both trees open.
#[divan::bench]
fn diff_of_open_trees(bencher: Bencher) {
    let (old, new) = (open("COGATE_OLD"), open("COGATE_NEW"));
    bencher.bench(|| {
        provider::diff(&Provider::new(&old), &Provider::new(&new), &[])
            .findings
            .len()
    });
}
