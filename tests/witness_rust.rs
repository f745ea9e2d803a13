//! rustc decides: each Rust fixture is a provider before and after, with consumers. A break is one that rustc sees too:
//! the witness compiles against the old provider and not against the new one. In a compatible twin it compiles with
//! both. cogate's findings must be exactly those that stand beside the code.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use cogate::compare::rust::{Options, compare};
use cogate::finding::Finding;
use cogate::rust::Project;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    breaks: BTreeSet<String>,
    #[serde(default)]
    findings: Vec<String>,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules")
}

/// Folders with an `old.rs`.
fn cases() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for rule in std::fs::read_dir(fixtures()).unwrap().flatten() {
        for case in std::fs::read_dir(rule.path())
            .into_iter()
            .flatten()
            .flatten()
        {
            if case.path().join("old.rs").is_file() {
                found.push(case.path());
            }
        }
    }
    found.sort();
    found
}

fn tree(source: &str) -> BTreeMap<String, String> {
    BTreeMap::from([
        (
            "Cargo.toml".to_owned(),
            "[package]\nname = \"provider\"\nedition = \"2024\"\n".to_owned(),
        ),
        ("src/lib.rs".to_owned(), source.to_owned()),
    ])
}

fn line(finding: &Finding) -> String {
    let roles: Vec<String> = finding
        .verdicts
        .iter()
        .map(|(role, certainty)| format!("{role}={}", certainty.word()))
        .collect();
    let mut sorted = roles;
    sorted.sort();
    let item = if finding.item.is_empty() {
        "-"
    } else {
        &finding.item
    };
    format!(
        "{} {} {item} {}",
        finding.rule,
        finding.subject,
        sorted.join(",")
    )
    .trim_end()
    .to_owned()
}

fn rustc(source: &Path, name: &str, out: &Path, provider: Option<&Path>) -> Result<(), String> {
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command
        .args([
            "--crate-type",
            "lib",
            "--emit=metadata",
            "--edition",
            "2024",
        ])
        .args(["--crate-name", name, "--error-format", "short"])
        .arg("--out-dir")
        .arg(out)
        .arg(source);
    if let Some(provider) = provider {
        command.arg("--extern").arg(format!(
            "provider={}",
            provider.join("libprovider.rmeta").display()
        ));
    }
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// What is wrong with a case, and how many programs were compiled.
fn check(case: &Path) -> (Vec<String>, usize) {
    let mut wrong = Vec::new();
    let expect: Expect = match std::fs::read_to_string(case.join("expect.toml"))
        .map_err(|error| error.to_string())
        .and_then(|text| toml::from_str(&text).map_err(|error| error.to_string()))
    {
        Ok(expect) => expect,
        Err(error) => return (vec![error], 0),
    };
    let read = |name: &str| std::fs::read_to_string(case.join(name)).unwrap_or_default();
    let (old, new) = (tree(&read("old.rs")), tree(&read("new.rs")));
    let (old, new) = Project::changed(&Project::new(&old), &Project::new(&new));
    let found = compare(&old, &new, &Options::default());
    let mut lines: Vec<String> = found.iter().map(line).collect();
    lines.sort();
    if !expect.needs.is_empty() {
        wrong.push(format!(
            "needs {:?}, which nothing here provides",
            expect.needs
        ));
    }
    if lines != expect.findings {
        wrong.push(format!("finds {lines:#?}, not {:#?}", expect.findings));
    }
    let said: BTreeSet<String> = found
        .iter()
        .flat_map(|finding| finding.verdicts.keys().map(|role| role.word().to_owned()))
        .collect();
    if !expect.breaks.is_subset(&said) {
        wrong.push(format!("breaks {:?}, and says {said:?}", expect.breaks));
    }
    let scratch = tempfile::tempdir().unwrap();
    let mut compiled = 0;
    let mut sides = Vec::new();
    for side in ["old", "new"] {
        let out = scratch.path().join(side);
        std::fs::create_dir(&out).unwrap();
        compiled += 1;
        if let Err(error) = rustc(&case.join(format!("{side}.rs")), "provider", &out, None) {
            wrong.push(format!("{side}.rs does not compile: {error}"));
            return (wrong, compiled);
        }
        sides.push(out);
    }
    let mut witnesses: Vec<PathBuf> = std::fs::read_dir(case)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("witness"))
        })
        .collect();
    witnesses.sort();
    if witnesses.is_empty() {
        wrong.push("has no witness".to_owned());
    }
    for witness in witnesses {
        let name = witness.file_stem().unwrap().to_string_lossy().into_owned();
        let role = name.strip_prefix("witness-");
        let breaks = role.map_or(!expect.breaks.is_empty(), |role| {
            expect.breaks.contains(role)
        });
        compiled += 2;
        if let Err(error) = rustc(&witness, "witness", scratch.path(), Some(&sides[0])) {
            wrong.push(format!("{name} does not compile with old.rs: {error}"));
        }
        match rustc(&witness, "witness", scratch.path(), Some(&sides[1])) {
            Ok(()) if breaks => wrong.push(format!("{name} compiles with new.rs all the same")),
            Err(error) if !breaks => {
                wrong.push(format!("{name} does not compile with new.rs: {error}"));
            }
            _ => {}
        }
    }
    (wrong, compiled)
}

#[test]
fn rustc_agrees_with_every_fixture() {
    let cases = cases();
    let next = AtomicUsize::new(0);
    let compiled = AtomicUsize::new(0);
    let wrong = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (problems, count) = check(case);
                    compiled.fetch_add(count, Ordering::Relaxed);
                    if !problems.is_empty() {
                        let name = case.strip_prefix(fixtures()).unwrap().to_owned();
                        wrong.lock().unwrap().insert(name, problems);
                    }
                }
            });
        }
    });
    println!(
        "{} cases, {} programs compiled",
        cases.len(),
        compiled.into_inner()
    );
    let wrong = wrong.into_inner().unwrap();
    for (case, problems) in &wrong {
        for problem in problems {
            println!("{}: {problem}", case.display());
        }
    }
    assert!(
        wrong.is_empty(),
        "{} cases are not as they say",
        wrong.len()
    );
}
