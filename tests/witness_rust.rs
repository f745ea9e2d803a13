//! rustc decides: each Rust case is a provider before and after, with consumers. A break is one that rustc sees too:
//! the witness compiles against the old provider and not against the new one. In a compatible twin it compiles with
//! both. cogate's findings must be exactly those that stand beside the code.
//!
//! A provider is a file, compiled by rustc alone; where its manifest matters it is a folder, and so are its witnesses,
//! which cargo builds beside it (`provider = { path = "../provider" }`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may panic"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use cogate::compare::rust::{Options, compare};
use cogate::rust::Project;
use rayon::prelude::*;
use tempfile::TempDir;

use common::{Case, line};

/// What building came to: the codes of the errors, and what the compiler says.
type Built = Result<(), (BTreeSet<String>, String)>;

const MANIFEST: &str = "[package]\nname = \"provider\"\nedition = \"2024\"\n";

fn cases() -> Vec<Case> {
    common::cases()
        .into_iter()
        .filter(|case| case.dir.join("old.rs").is_file() || in_folders(case))
        .collect()
}

/// The provider has a manifest of its own.
fn in_folders(case: &Case) -> bool {
    case.dir.join("old/Cargo.toml").is_file()
}

/// One side of a provider, as files.
fn tree(case: &Case, side: &str) -> BTreeMap<String, String> {
    if in_folders(case) {
        let top = case.dir.join(side);
        return walkdir::WalkDir::new(&top)
            .into_iter()
            .map(Result::unwrap)
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| {
                let path = entry.path().strip_prefix(&top).unwrap();
                let text = fs::read_to_string(entry.path()).unwrap();
                (path.to_str().unwrap().to_owned(), text)
            })
            .collect();
    }
    let source = fs::read_to_string(case.dir.join(side).with_extension("rs")).unwrap();
    BTreeMap::from([
        ("Cargo.toml".to_owned(), MANIFEST.to_owned()),
        ("src/lib.rs".to_owned(), source),
    ])
}

/// What cogate says of two providers: of `provider` if it is named, else of everything that can be imported.
fn findings(
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
    named: bool,
) -> Vec<String> {
    let (old, new) = (Project::new(old), Project::new(new));
    let (before, after) = if named {
        let whole = ["::provider".to_owned()];
        (old.interface(&whole).0, new.interface(&whole).0)
    } else {
        Project::changed(&old, &new)
    };
    let options = Options {
        named,
        contract: false,
    };
    let mut said: Vec<String> = compare(&before, &after, &options)
        .iter()
        .map(line)
        .collect();
    said.sort();
    said
}

/// Runs a compiler that speaks JSON; gives the codes of its errors (the names of lints), and what it says.
fn run(command: &mut Command) -> Built {
    let output = command.output().expect("a compiler runs");
    if output.status.success() {
        return Ok(());
    }
    let mut codes = BTreeSet::new();
    let mut said = String::new();
    let text = [output.stdout, output.stderr].concat();
    for row in String::from_utf8_lossy(&text).lines() {
        let Ok(row) = serde_json::from_str::<serde_json::Value>(row) else {
            said.push_str(row);
            said.push('\n');
            continue;
        };
        // cargo wraps what rustc says.
        let message = row
            .get("message")
            .filter(|inner| inner.is_object())
            .unwrap_or(&row);
        if message["level"] != "error" {
            continue;
        }
        said.push_str(message["rendered"].as_str().unwrap_or_default());
        // Some errors have no code; the last word of every failure is no error of its own.
        match message["code"]["code"].as_str() {
            Some(code) => codes.insert(code.to_owned()),
            None if message["spans"].as_array().is_some_and(Vec::is_empty) => continue,
            None => codes.insert("no code".to_owned()),
        };
    }
    // What cargo itself refuses has no code either.
    if codes.is_empty() {
        codes.insert("no code".to_owned());
    }
    Err((codes, said))
}

/// Compiles a file to metadata, against a provider if there is one.
fn rustc(source: &Path, name: &str, out: &Path, provider: Option<&Path>) -> Built {
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command
        .args([
            "--crate-type",
            "lib",
            "--emit=metadata",
            "--edition",
            "2024",
        ])
        .args(["--crate-name", name, "--error-format", "json"])
        .arg("--out-dir")
        .arg(out)
        .arg(source);
    if let Some(provider) = provider {
        let mut library = OsString::from("provider=");
        library.push(provider.join("libprovider.rmeta"));
        command.arg("--extern").arg(library);
    }
    run(&mut command)
}

/// Builds a witness, or the provider alone, with cargo; both are below `top`.
fn cargo(folder: &Path) -> Built {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(["check", "--offline", "--quiet", "--message-format", "json"])
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .current_dir(folder);
    run(&mut command)
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Compiles the provider of one side and then every witness. Gives what each witness came to, or why there is no
/// provider.
fn side(case: &Case, side: &str) -> Result<Vec<Built>, String> {
    let scratch = TempDir::new().unwrap();
    let top = scratch.path();
    if in_folders(case) {
        copy(&case.dir.join(side), &top.join("provider"));
        cargo(&top.join("provider")).map_err(|(_, said)| said)?;
        let built = case.witnesses.iter().map(|witness| {
            let folder = top.join("witness");
            drop(fs::remove_dir_all(&folder));
            copy(&witness.path, &folder);
            cargo(&folder)
        });
        return Ok(built.collect());
    }
    let source = case.dir.join(side).with_extension("rs");
    rustc(&source, "provider", top, None).map_err(|(_, said)| said)?;
    let built = case.witnesses.iter();
    Ok(built
        .map(|witness| rustc(&witness.path, "witness", top, Some(top)))
        .collect())
}

fn judge(case: &Case) -> Vec<String> {
    let name = &case.name;
    let mut faults = case.faults();
    if !case.expect.needs.is_empty() || !case.expect.receivers.is_empty() {
        faults.push(format!(
            "{name}: a Rust case has no `needs` and no `receivers`"
        ));
    }
    let sides =
        ["old", "new"].map(|which| side(case, which).map_err(|said| format!("{which}:\n{said}")));
    let [Ok(old), Ok(new)] = sides else {
        let said = sides.into_iter().filter_map(Result::err);
        faults.extend(said.map(|said| format!("{name}: no provider of {said}")));
        return faults;
    };
    for ((witness, old), new) in case.witnesses.iter().zip(old).zip(new) {
        let called = witness.path.file_name().unwrap_or_default().display();
        if let Err((_, said)) = old {
            faults.push(format!("{name}: {called} fails against old:\n{said}"));
        }
        match (new, case.must_break(witness)) {
            (Ok(()), true) => faults.push(format!("{name}: {called} does not break")),
            (Err((_, said)), false) => faults.push(format!("{name}: {called} breaks:\n{said}")),
            (Err((codes, said)), true) => {
                if !codes.iter().any(|code| case.expect.errors.contains(code)) {
                    let wanted = &case.expect.errors;
                    faults.push(format!(
                        "{name}: {called} fails with {codes:?}, not {wanted:?}:\n{said}"
                    ));
                }
            }
            (Ok(()), false) => {}
        }
    }
    faults
}

#[test]
fn witnesses_break_where_a_case_says_so_and_nowhere_else() {
    let cases = cases();
    let faults: Vec<String> = cases.par_iter().flat_map_iter(judge).collect();
    let witnesses: usize = cases.iter().map(|case| case.witnesses.len()).sum();
    println!("{} cases, {witnesses} witnesses", cases.len());
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(cases.len() > 90);
}

#[test]
fn findings_are_those_of_the_case() {
    let faults: Vec<String> = cases()
        .par_iter()
        .filter_map(|case| {
            let said = findings(&tree(case, "old"), &tree(case, "new"), case.expect.named);
            (said != case.expect.findings).then(|| {
                format!(
                    "{}:\n    says    {said:#?}\n    expects {:#?}",
                    case.name, case.expect.findings
                )
            })
        })
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn a_provider_does_not_differ_from_itself() {
    for case in cases() {
        for side in ["old", "new"] {
            let tree = tree(&case, side);
            let mut same = tree.clone();
            same.values_mut().for_each(|text| text.push('\n'));
            for named in [false, true] {
                let said = findings(&tree, &same, named);
                assert!(said.is_empty(), "{}: {said:?}", case.name);
            }
        }
    }
}
