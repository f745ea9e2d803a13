//! Every rule carries witnesses, and CPython hears them: a consumer that works against the old provider fails against
//! the new one where a case says so, and works with both where it does not. What cogate says of the two is the list in
//! the case, whole: every rule runs over every case.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use cogate::compare::{Audience, Options, python::compare};
use cogate::finding::{Finding, Origin};
use cogate::interface::python::Interface;
use cogate::provider::{self, Provider};
use cogate::python::{Implementers, Project, Receivers};
use cogate::source::{self, Tree};
use rayon::prelude::*;
use tempfile::TempDir;

use common::{Case, line};

const RUN: &str = "import runpy, sys\n\
                   sys.path.insert(0, sys.argv[1])\n\
                   runpy.run_path(sys.argv[2], run_name='__main__')";

fn cases() -> Vec<Case> {
    common::cases()
        .into_iter()
        .filter(|case| case.is_of("py"))
        .collect()
}

/// Both providers as trees in which `provider` can be imported.
struct Trees {
    old: PathBuf,
    new: PathBuf,
    _scratch: Option<TempDir>,
}

impl Trees {
    fn of(case: &Case) -> Self {
        if case.dir.join("old").is_dir() {
            return Self {
                old: case.dir.join("old"),
                new: case.dir.join("new"),
                _scratch: None,
            };
        }
        let scratch = TempDir::new().unwrap();
        let side = |name: &str| {
            let tree = scratch.path().join(name);
            fs::create_dir(&tree).unwrap();
            fs::copy(
                case.dir.join(name).with_extension("py"),
                tree.join("provider.py"),
            )
            .unwrap();
            tree
        };
        Self {
            old: side("old"),
            new: side("new"),
            _scratch: Some(scratch),
        }
    }
}

/// Runs a witness; gives the exception that ends it, with what it printed.
fn run(tree: &Path, witness: &Path) -> Result<(), (String, String)> {
    let output = Command::new(&python().program)
        .args(["-I", "-B", "-S", "-W", "ignore", "-c", RUN])
        .args([tree, witness])
        .output()
        .expect("python3 runs");
    if output.status.success() {
        return Ok(());
    }
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = printed.trim_end().lines().last().unwrap_or_default();
    let raised = last.split(':').next().unwrap_or_default();
    let raised = raised.rsplit('.').next().unwrap_or_default().to_owned();
    Err((raised, printed))
}

struct Python {
    /// The interpreter itself: what is on the PATH may be a script that looks for it, and takes its time.
    program: String,
    version: (u32, u32),
}

fn python() -> &'static Python {
    static PYTHON: LazyLock<Python> = LazyLock::new(|| {
        let ask = "import sys; print(sys.executable, *sys.version_info[:2], sep='\\n')";
        let output = Command::new("python3")
            .args(["-I", "-c", ask])
            .output()
            .expect("python3 runs");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut lines = printed.lines();
        let program = lines.next().unwrap().to_owned();
        let mut numbers = lines.map(|line| line.parse().unwrap());
        let version = (numbers.next().unwrap(), numbers.next().unwrap());
        Python { program, version }
    });
    &PYTHON
}

/// Whether this interpreter has what a case needs.
fn is_met(need: &str, (major, minor): (u32, u32)) -> bool {
    let least = need
        .strip_prefix("python>=")
        .unwrap_or_else(|| panic!("`{need}` is no need of a Python case"));
    let (least_major, least_minor) = least.split_once('.').unwrap();
    (major, minor) >= (least_major.parse().unwrap(), least_minor.parse().unwrap())
}

#[test]
fn witnesses_break_where_a_case_says_so_and_nowhere_else() {
    let version = python().version;
    let cases = cases();
    let (met, left_out): (Vec<&Case>, Vec<&Case>) = cases
        .iter()
        .partition(|case| case.expect.needs.iter().all(|need| is_met(need, version)));
    let faults: Vec<String> = met.par_iter().flat_map_iter(|case| judge(case)).collect();
    let ran: usize = met.iter().map(|case| case.witnesses.len()).sum();
    let breaking: usize = met.iter().map(|case| case.expect.breaks.len()).sum();
    println!(
        "{} cases, {ran} witnesses ran, {breaking} of them break; {} cases left out for want of a newer Python",
        met.len(),
        left_out.len()
    );
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(!met.is_empty());
}

fn judge(case: &Case) -> Vec<String> {
    let mut faults = case.faults();
    let trees = Trees::of(case);
    for witness in &case.witnesses {
        let called = witness.path.file_name().unwrap_or_default().display();
        if let Err((_, printed)) = run(&trees.old, &witness.path) {
            faults.push(format!(
                "{}: {called} fails against old:\n{printed}",
                case.name
            ));
        }
        match (run(&trees.new, &witness.path), case.must_break(witness)) {
            (Ok(()), true) => faults.push(format!("{}: {called} does not break", case.name)),
            (Err((_, printed)), false) => {
                faults.push(format!("{}: {called} breaks:\n{printed}", case.name));
            }
            (Err((error, printed)), true) => {
                if !case.expect.errors.contains(&error) {
                    faults.push(format!(
                        "{}: {called} fails with {error}, not {:?}:\n{printed}",
                        case.name, case.expect.errors
                    ));
                }
            }
            (Ok(()), false) => {}
        }
    }
    faults
}

#[test]
fn findings_are_those_of_the_case() {
    let faults: Vec<String> = cases()
        .par_iter()
        .filter_map(|case| {
            let trees = Trees::of(case);
            let said = findings(
                &trees.old,
                &trees.new,
                case.expect.named,
                &case.expect.receivers,
            );
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
    cases().par_iter().for_each(|case| {
        let trees = Trees::of(case);
        for tree in [&trees.old, &trees.new] {
            let said = findings(tree, tree, true, &case.expect.receivers);
            assert!(said.is_empty(), "{}: {said:?}", case.name);
        }
    });
}

/// What cogate says of two trees: of `provider` if it is named, else of everything that changed.
fn findings(old: &Path, new: &Path, named: bool, receivers: &[String]) -> Vec<String> {
    let open = |tree: &Path| Tree::open(tree.to_str().unwrap(), None, &source::Options::default());
    let (old, new) = (open(old).unwrap(), open(new).unwrap());
    let found = if receivers.is_empty() {
        let (old, new) = (Provider::new(&old), Provider::new(&new));
        let paths: Vec<String> = named.then(|| "provider".to_owned()).into_iter().collect();
        let diffed = provider::diff(&old, &new, &paths);
        assert!(
            diffed.troubles.is_empty() && diffed.missing.is_empty(),
            "{diffed:?}"
        );
        diffed.findings
    } else {
        let (old, new) = (Project::new(&old), Project::new(&new));
        with_receivers(&old, &new, named, receivers)
    };
    let mut said: Vec<String> = found.iter().map(line).collect();
    said.sort();
    said
}

/// As for an interface whose receivers are configured, so that all calls on implementers are known.
fn with_receivers(
    old: &Project<'_>,
    new: &Project<'_>,
    named: bool,
    receivers: &[String],
) -> Vec<Finding> {
    let interface = |project: &Project<'_>| project.interface(&["provider".to_owned()]).0;
    let (mut before, mut after) = (interface(old), interface(new));
    let subject = |path: &str| Some(new.public_path(path)).filter(|path| is_public(path));
    let judged = |before: &Interface, after: &Interface, known: &BTreeSet<(String, String)>| {
        compare(
            before,
            after,
            &Options {
                old: Origin::Before,
                audience: if named {
                    Audience::both()
                } else {
                    Audience::WholeTree
                },
                calls_are_known: true,
                subject: &subject,
                had: &|function| old.has(function),
                overridden: &|class, name| known.contains(&(class.to_owned(), name.to_owned())),
            },
        )
    };
    // What may reach an override is looked for in the tree, and judged with what was found there.
    let mut wanted = judged(&before, &after, &BTreeSet::new()).overridable;
    if named {
        for (class, names) in before.offered().into_iter().chain(after.offered()) {
            wanted.entry(class).or_default().extend(names);
        }
    }
    let (named_receivers, receivers) = (receivers, Receivers::Named(receivers.to_vec()));
    old.fill_requires(&mut before, &wanted, &receivers, &Interface::default());
    new.fill_requires(&mut after, &wanted, &receivers, &before);
    // What a receiver holds is an implementer of some class of the provider.
    let mut implementers = Implementers::default();
    for interface in [&before, &after] {
        let classes = interface
            .classes
            .iter()
            .map(|(path, class)| (path.clone(), class.members.keys().cloned().collect()));
        let classes: Vec<_> = classes.collect();
        let by_receiver = named_receivers
            .iter()
            .map(|receiver| (receiver.clone(), classes.clone()));
        implementers.add(Implementers {
            by_receiver: by_receiver.collect(),
        });
    }
    old.fill_effects(&mut before, &implementers);
    new.fill_effects(&mut after, &implementers);
    judged(&before, &after, &new.overridden(&wanted)).findings
}

fn is_public(path: &str) -> bool {
    !path
        .split('.')
        .any(|part| part.starts_with('_') && !part.ends_with("__"))
}
