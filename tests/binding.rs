//! CPython decides calls: the kept table of every signature of up to three parameters is what the interpreter says
//! today, our binder agrees with it everywhere, and the verdict of compare equals brute-force inclusion for every pair.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::Command;

use cogate::compare::python::binding::Callable;
use cogate::compare::python::parameters::explain;
use cogate::finding::Certainty;
use cogate::interface::CallShape;
use cogate::interface::python::{Param, ParamKind};
use rayon::prelude::*;

const KEYWORDS: [&str; 4] = ["a", "b", "c", "z"];
const TABLE: &str = include_str!("oracle/binding.txt");

struct Row {
    text: String,
    params: Vec<Param>,
    accepted: u128,
    /// Per number of positional arguments: the landing of each, if any call is accepted.
    landings: Vec<Option<Vec<char>>>,
}

fn rows() -> Vec<Row> {
    TABLE.lines().map(row).collect()
}

fn row(line: &str) -> Row {
    let mut words = line.split(' ');
    let text = words.next().unwrap().to_owned();
    let accepted = u128::from_str_radix(words.next().unwrap(), 16).unwrap();
    let landings = words
        .map(|word| match word {
            "-" => None,
            "." => Some(Vec::new()),
            places => Some(places.chars().collect()),
        })
        .collect();
    let params = text
        .split(',')
        .filter(|part| *part != "-")
        .map(param)
        .collect();
    Row {
        text,
        params,
        accepted,
        landings,
    }
}

fn param(text: &str) -> Param {
    let (name, kind) = text.split_once(':').unwrap();
    let (kind, default) = kind
        .strip_suffix('=')
        .map_or((kind, None), |kind| (kind, Some("None".to_owned())));
    let kind = match kind {
        "P" => ParamKind::PositionalOnly,
        "N" => ParamKind::Normal,
        "A" => ParamKind::VarArgs,
        "K" => ParamKind::KeywordOnly,
        "W" => ParamKind::VarKeywords,
        other => panic!("no kind {other}"),
    };
    Param {
        name: name.to_owned(),
        kind,
        default,
        ty: None,
        place: None,
    }
}

fn shapes() -> impl Iterator<Item = (usize, CallShape)> {
    (0..5).flat_map(|positional| {
        (0..16).map(move |subset| {
            let keywords = KEYWORDS
                .iter()
                .enumerate()
                .filter(|(bit, _)| subset >> bit & 1 == 1);
            (
                16 * positional + subset,
                CallShape::new(positional, keywords.map(|(_, name)| *name)),
            )
        })
    })
}

/// Inclusion by going through every shape: does each call that `from` accepts work, unchanged, against `into`?
fn brute_force(from: &Row, into: &Row) -> Option<Certainty> {
    if from.accepted & !into.accepted != 0 {
        return Some(Certainty::Definite);
    }
    let mut verdict = None;
    for (old, new) in from.landings.iter().zip(&into.landings) {
        let (Some(old), Some(new)) = (old, new) else {
            continue;
        };
        for (old, new) in old.iter().zip(new) {
            match (old, new) {
                ('/', _) | (_, '/' | '*') => {}
                ('*', _) => verdict = verdict.max(Some(Certainty::Possible)),
                (old, new) if old != new => return Some(Certainty::Definite),
                _ => {}
            }
        }
    }
    verdict
}

#[test]
fn the_table_is_what_the_interpreter_says() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/binding.py");
    let output = Command::new("python3")
        .arg("-I")
        .arg(script)
        .output()
        .expect("python3 runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        String::from_utf8_lossy(&output.stdout) == TABLE,
        "regenerate: python3 {script} > tests/oracle/binding.txt"
    );
}

#[test]
fn the_binder_agrees_with_the_interpreter_on_every_call() {
    let mut calls = 0;
    for row in rows() {
        let callable = Callable::new(&row.params);
        for (bit, shape) in shapes() {
            assert_eq!(
                callable.accepts(&shape),
                row.accepted >> bit & 1 == 1,
                "({}) called with {shape}",
                row.text
            );
            calls += 1;
        }
    }
    println!("{calls} calls, 0 disagreements");
}

#[test]
fn the_verdict_is_brute_force_inclusion_for_every_pair() {
    let rows = rows();
    let disagreements: Vec<String> = rows
        .par_iter()
        .flat_map_iter(|old| {
            rows.iter().filter_map(move |new| {
                let explained = explain(&old.params, &new.params);
                let callers = explained.iter().filter_map(|change| change.callers).max();
                let implementers = explained
                    .iter()
                    .filter_map(|change| change.implementers)
                    .max();
                // An override meets calls that nobody has seen yet: whatever inclusion says is possible, not proved.
                let expected = (
                    brute_force(old, new),
                    brute_force(new, old).map(|_| Certainty::Possible),
                );
                ((callers, implementers) != expected).then(|| {
                    format!(
                        "({}) -> ({}): said {:?}, is {expected:?}",
                        old.text,
                        new.text,
                        (callers, implementers)
                    )
                })
            })
        })
        .collect();
    println!(
        "{} pairs, {} disagreements",
        rows.len() * rows.len(),
        disagreements.len()
    );
    assert!(
        disagreements.is_empty(),
        "{:#?}",
        &disagreements[..disagreements.len().min(20)]
    );
}

#[test]
fn a_signature_does_not_differ_from_itself() {
    for row in rows() {
        assert!(explain(&row.params, &row.params).is_empty(), "{}", row.text);
    }
}
