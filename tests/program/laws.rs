//! Laws that hold for any source: a tree does not differ from itself, a contract says what the source says, what one
//! direction takes away the other one gives, and the same question has the same answer.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cogate::config;
use cogate::contract;
use cogate::finding::{Certainty, Finding, Role};
use cogate::provider::{self, Provider, Snapped};
use cogate::source::{Options, Tree};

use super::scratch::{FORMATS, Scratch};

/// One side of a case under `fixtures/rules`, or a provider: its files, and how to ask for all of it.
struct Side {
    name: String,
    files: BTreeMap<String, Vec<u8>>,
    whole: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn files_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .filter(|entry| {
            !entry
                .path()
                .components()
                .any(|part| part.as_os_str() == "target")
        })
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap();
            (
                path.to_str().unwrap().to_owned(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .collect()
}

/// One side of a case: `old.py`, `old.rs`, or a folder `old`.
fn side(case: &Path, which: &str) -> Option<Side> {
    let name = case
        .strip_prefix(root())
        .unwrap()
        .join(which)
        .display()
        .to_string();
    let one = |path: &str, whole: &str, from: PathBuf| Side {
        name: name.clone(),
        files: BTreeMap::from([(path.to_owned(), fs::read(from).unwrap())]),
        whole: vec![whole.to_owned()],
    };
    let file =
        |ending: &str| Some(case.join(format!("{which}.{ending}"))).filter(|path| path.exists());
    if let Some(path) = file("py") {
        return Some(one("provider.py", "provider", path));
    }
    if let Some(path) = file("rs") {
        let mut side = one("src/lib.rs", "provider", path);
        let manifest = "[package]\nname = \"provider\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
        side.files.insert("Cargo.toml".to_owned(), manifest.into());
        side.whole = vec!["::provider".to_owned()];
        return Some(side);
    }
    let folder = case.join(which);
    folder.is_dir().then(|| {
        let files = files_below(&folder);
        let rust = files.keys().any(|path| path.ends_with(".rs"));
        Side {
            name: name.clone(),
            whole: vec![if rust { "::provider" } else { "provider" }.to_owned()],
            files,
        }
    })
}

/// Old and new of every case.
fn pairs() -> Vec<(Side, Side)> {
    let mut cases: Vec<PathBuf> = walkdir::WalkDir::new(root().join("rules"))
        .min_depth(2)
        .max_depth(2)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .collect();
    cases.sort();
    let pairs: Vec<(Side, Side)> = cases
        .iter()
        .map(|case| {
            let both = (side(case, "old"), side(case, "new"));
            let (Some(old), Some(new)) = both else {
                panic!("{}: it has no old and new", case.display());
            };
            (old, new)
        })
        .collect();
    assert!(pairs.len() > 150, "{}", pairs.len());
    pairs
}

/// The example providers and consumers.
fn examples() -> Vec<Side> {
    [
        "provider/python",
        "provider/rust/hypervisor",
        "consumer/python",
        "consumer/rust/baremetal",
    ]
    .iter()
    .map(|folder| {
        let files = files_below(&root().join(folder));
        let tops = files
            .keys()
            .filter_map(|path| path.strip_suffix("/__init__.py"));
        let mut whole: Vec<String> = tops
            .filter(|top| !top.contains('/'))
            .map(str::to_owned)
            .collect();
        if whole.is_empty() {
            whole.push(format!("::{}", folder.rsplit('/').next().unwrap()));
        }
        Side {
            name: (*folder).to_owned(),
            files,
            whole,
        }
    })
    .collect()
}

fn sides() -> Vec<Side> {
    let mut sides = examples();
    for (old, new) in pairs() {
        sides.extend([old, new]);
    }
    sides
}

/// Two at a time, on threads of their own: the program's pool is for the program.
fn each(sides: &[Side], law: impl Fn(&Side) + Sync) {
    std::thread::scope(|scope| {
        for half in sides.chunks(sides.len().div_ceil(2)) {
            scope.spawn(|| half.iter().for_each(&law));
        }
    });
}

fn write(scratch: &Scratch, folder: &str, side: &Side, ending: &str) {
    for (path, bytes) in &side.files {
        let mut bytes = bytes.clone();
        if path.ends_with(".py") && !ending.is_empty() {
            bytes.extend(format!("\n# {ending}\n").bytes());
        }
        if path.ends_with(".rs") && !ending.is_empty() {
            bytes.extend(format!("\n// {ending}\n").bytes());
        }
        scratch.write(&format!("{folder}/{path}"), bytes);
    }
}

fn open(path: &Path) -> Tree {
    Tree::directory(path, &Options::default()).unwrap()
}

#[track_caller]
fn diff(old: &Path, new: &Path, paths: &[String]) -> Vec<Finding> {
    let (old, new) = (open(old), open(new));
    let diffed = provider::diff(&Provider::new(&old), &Provider::new(&new), paths);
    assert!(diffed.troubles.is_empty(), "{:?}", diffed.troubles);
    assert!(diffed.missing.is_empty(), "{:?}", diffed.missing);
    diffed.findings
}

fn shown(findings: &[Finding]) -> Vec<String> {
    let line = |finding: &Finding| format!("{} {} {}", finding.rule, finding.subject, finding.item);
    findings.iter().map(line).collect()
}

/// A comment at the end makes each file another one, so that all of it is really compared.
#[test]
fn no_tree_differs_from_itself() {
    each(&sides(), |side| {
        let scratch = Scratch::new();
        write(&scratch, "old", side, "");
        write(&scratch, "new", side, "the same");
        let (old, new) = (scratch.path().join("old"), scratch.path().join("new"));
        for paths in [&[][..], &side.whole] {
            let found = diff(&old, &new, paths);
            assert!(
                found.is_empty(),
                "{} {paths:?}: {:#?}",
                side.name,
                shown(&found)
            );
        }
    });
}

#[test]
fn the_standard_library_does_not_differ_from_itself() {
    let output = Command::new("python3")
        .args([
            "-c",
            "import sysconfig; print(sysconfig.get_path('stdlib'))",
        ])
        .output()
        .expect("python3 is needed, as in the README");
    let library = PathBuf::from(String::from_utf8(output.stdout).unwrap().trim());
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(&library)
        .into_iter()
        .filter_entry(|entry| {
            ![
                "site-packages",
                "test",
                "tests",
                "idlelib",
                "lib2to3",
                "__pycache__",
            ]
            .iter()
            .any(|name| entry.file_name() == *name)
        })
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|ending| ending == "py"))
        .collect();
    files.sort();
    // Packages hold together, so what is taken is the beginning of the list.
    files.truncate(300);
    assert!(files.len() > 100, "{}", library.display());
    let scratch = Scratch::new();
    for path in &files {
        let name = path.strip_prefix(&library).unwrap().display();
        let mut bytes = fs::read(path).unwrap();
        scratch.write(&format!("old/{name}"), &bytes);
        bytes.extend(b"\n# the same\n");
        scratch.write(&format!("new/{name}"), bytes);
    }
    scratch
        .run(&["diff", "old", "new", "-v"])
        .exits(0)
        .shows("nothing changed in ");
}

/// A contract of everything that a source offers: written, read, and compared with that source.
#[test]
fn a_contract_reads_back_as_what_was_written() {
    each(&sides(), |side| {
        let scratch = Scratch::new();
        write(&scratch, ".", side, "");
        let tree = open(scratch.path());
        let provider = Provider::new(&tree);
        let modules = provider.python().modules();
        let mut members: Vec<String> = modules.into_iter().map(str::to_owned).collect();
        let rust = provider.rust().whole();
        members.extend(
            rust.items
                .into_keys()
                .filter(|path| path.contains("::") && !path.ends_with('!')),
        );
        if members.is_empty() {
            // Nothing that an interface can name: a binary, a crate of macros.
            return;
        }
        let text = format!("[interfaces.all]\nmembers = {members:?}\n");
        let config = config::parse(&text, "cogate.toml", scratch.path())
            .unwrap()
            .unwrap();
        let taken = provider::taken(&provider, &config, "all");
        let Snapped::New(written, _) = taken else {
            panic!("{}: {taken:?} of {text}", side.name);
        };
        let first = contract::write(None, &written).unwrap();
        let read = contract::parse(&first, "contracts/all.toml").unwrap();
        let again = contract::write(None, &read).unwrap();
        assert_eq!(first, again, "{}", side.name);
        let kept = contract::write(Some(&first), &read).unwrap();
        assert_eq!(first, kept, "{}", side.name);
        let checked = provider::check(&provider, &config, "all", &read)
            .unwrap_or_else(|message| panic!("{}: {message}\n{first}", side.name));
        assert!(
            checked.findings.is_empty(),
            "{}: {:#?}\n{first}",
            side.name,
            shown(&checked.findings)
        );
        assert!(
            checked.drift.is_empty(),
            "{}: {:#?}\n{first}",
            side.name,
            checked.drift
        );
        assert!(
            checked.troubles.is_empty() && checked.missing.is_empty(),
            "{}",
            side.name
        );
    });
}

#[test]
fn check_is_silent_after_snapshot() {
    let scratch = Scratch::new();
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["fixtures/provider", "fixtures/consumer", "contracts"] {
        for (path, bytes) in files_below(&top.join(folder)) {
            scratch.write(&format!("{folder}/{path}"), bytes);
        }
    }
    scratch.write("cogate.toml", fs::read(top.join("cogate.toml")).unwrap());
    let silent = || {
        let ran = scratch.run(&["check", "--locked", "-v"]).exits(0);
        assert_eq!(
            (ran.out.lines().count(), ran.err.as_str()),
            (1, ""),
            "{ran:#?}"
        );
    };
    silent();
    // A contract taken from nothing is the contract that is kept here.
    let before = scratch.files("contracts");
    fs::remove_dir_all(scratch.path().join("contracts")).unwrap();
    scratch.run(&["snapshot"]).exits(0);
    silent();
    let first = scratch.files("contracts");
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        before.keys().collect::<Vec<_>>()
    );
    scratch.run(&["snapshot"]).exits(0);
    assert_eq!(scratch.files("contracts"), first);
}

/// Rules that say that something is gone, and those that say that it is new: a member may come as an obligation, and
/// what Rust adds to a trait is an item like any other.
const GONE: [(&str, &[&str]); 9] = [
    ("class-removed", &["class-added"]),
    ("export-removed", &["item-added", "name-added"]),
    ("field-removed", &["field-added"]),
    ("item-removed", &["item-added"]),
    (
        "member-removed",
        &["abstract-member-added", "item-added", "member-added"],
    ),
    ("module-removed", &["module-added"]),
    ("name-removed", &["name-added"]),
    ("trait-item-removed", &["item-added", "trait-item-added"]),
    ("variant-removed", &["variant-added"]),
];

#[test]
fn what_one_direction_takes_the_other_gives() {
    let faults: Vec<(String, String)> = pairs()
        .iter()
        .flat_map(|(old, new)| {
            let scratch = Scratch::new();
            write(&scratch, "old", old, "");
            write(&scratch, "new", new, "");
            let (a, b) = (scratch.path().join("old"), scratch.path().join("new"));
            let mut faults = Vec::new();
            for (from, to) in [(&a, &b), (&b, &a)] {
                let forth = diff(from, to, &old.whole);
                let back = diff(to, from, &old.whole);
                for finding in &forth {
                    let Some((_, added)) = GONE.iter().find(|(gone, _)| *gone == finding.rule)
                    else {
                        continue;
                    };
                    if finding.verdicts.get(&Role::Callers) != Some(&Certainty::Definite) {
                        continue;
                    }
                    let given = back.iter().any(|other| {
                        added.contains(&other.rule)
                            && other.subject == finding.subject
                            && other.item == finding.item
                    });
                    if !given {
                        let fault = format!(
                            "{:?} back: {:?}",
                            shown(std::slice::from_ref(finding)),
                            shown(&back)
                        );
                        faults.push((old.name.clone(), fault));
                    }
                }
            }
            faults
        })
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_same_question_has_the_same_answer() {
    let scratch = Scratch::new();
    for (number, (old, new)) in pairs().iter().enumerate() {
        write(&scratch, &format!("old/case{number}"), old, "");
        write(&scratch, &format!("new/case{number}"), new, "");
    }
    for format in FORMATS {
        let args = ["diff", "old", "new", "--format", format, "-v"];
        let first = scratch.run(&args);
        assert!(first.out.len() > 1000, "{first:#?}");
        assert_eq!(first, scratch.run(&args), "{format}");
    }
}
