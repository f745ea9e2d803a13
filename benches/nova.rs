//! How much more than bare parsing an answer costs: whole-tree diff and check on real trees, as ratios. Set
//! `COGATE_OLD` and `COGATE_NEW` to two unpacked releases (examples/nova/check-nova.sh fetches Nova's); without them the
//! fixtures are measured. Times are printed, never asserted.
//!
//! Nova 33.0.0 against 34.0.0, on two calm cores: the bare parse of what differs takes 53 ms, the diff of open trees
//! 238 ms, 4.5 times as much; on one thread 103 ms and 365 ms, 3.6 times. The aim is 1.5. What is left: whole files are
//! read again for the calls on implementers, and the two runs of the comparison are serial.
#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used
)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use cogate::provider::{self, Provider};
use cogate::source::{Options, Tree};
use divan::Bencher;
use rayon::prelude::*;

fn main() {
    divan::main();
}

fn place(variable: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(
        || {
            PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/fixtures/provider/python"
            ))
        },
        PathBuf::from,
    )
}

fn trees() -> (Tree, Tree) {
    let open = |variable| Tree::directory(&place(variable), &Options::default()).expect("a tree");
    (open("COGATE_OLD"), open("COGATE_NEW"))
}

/// The texts of the Python files that differ between two trees, both sides.
fn differing(old: &Tree, new: &Tree) -> Vec<String> {
    let paths: BTreeSet<&str> = old
        .entries()
        .iter()
        .chain(new.entries())
        .map(|entry| entry.path.as_str())
        .collect();
    let text = |tree: &Tree, path: &str| {
        tree.entry(path)?;
        Some(String::from_utf8_lossy(&tree.read(path).ok()?).into_owned())
    };
    paths
        .into_iter()
        .filter(|path| path.ends_with(".py"))
        .map(|path| (text(old, path), text(new, path)))
        .filter(|(before, after)| before != after)
        .flat_map(|(before, after)| [before, after])
        .flatten()
        .collect()
}

/// The floor: parsing the files that differ, on the same threads.
#[divan::bench]
fn bare_parse_of_what_differs(bencher: Bencher) {
    let (old, new) = trees();
    let texts = differing(&old, &new);
    bencher.bench(|| {
        texts
            .par_iter()
            .map(|text| cogate::python::bare_parse(text))
            .sum::<usize>()
    });
}

/// Opening both trees, reading, comparing: everything but printing.
#[divan::bench]
fn diff(bencher: Bencher) {
    bencher.bench(|| {
        let (old, new) = trees();
        provider::diff(&Provider::new(&old), &Provider::new(&new), &[])
            .findings
            .len()
    });
}

/// Comparing alone, with both trees open.
#[divan::bench]
fn diff_of_open_trees(bencher: Bencher) {
    let (old, new) = trees();
    bencher.bench(|| {
        provider::diff(&Provider::new(&old), &Provider::new(&new), &[])
            .findings
            .len()
    });
}
