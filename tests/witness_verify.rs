//! What `verify` says is proved, too: a case is a provider, a consumer and a witness that makes the two work together.
//! CPython runs the witness; it fails exactly where the case says so, and what is said of the case is listed in it, whole.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cogate::config::Config;
use cogate::finding::{Finding, Origin};
use cogate::python::{MemoryFiles, Project, Receivers};
use cogate::source::{self, Tree};
use cogate::verify::{self, Asked};
use serde::Deserialize;

use common::{folders, line};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    /// The exceptions with which the witness may fail; none if it must pass.
    #[serde(default)]
    errors: Vec<String>,
    /// Everything that is said: `rule subject item role=certainty,...`, sorted.
    findings: Vec<String>,
    /// Verified with `--exact`.
    #[serde(default)]
    exact: bool,
}

struct Case {
    name: String,
    rule: String,
    dir: PathBuf,
    expect: Expect,
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/verify");
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let found: Vec<Case> = folders(&root)
        .iter()
        .flat_map(|rule| folders(rule))
        .map(|dir| {
            let rule = name(dir.parent().unwrap());
            let text = fs::read_to_string(dir.join("expect.toml")).unwrap();
            Case {
                name: format!("{rule}/{}", name(&dir)),
                rule,
                expect: toml::from_str(&text)
                    .unwrap_or_else(|error| panic!("{rule}: {error}", rule = dir.display())),
                dir,
            }
        })
        .collect();
    assert!(!found.is_empty());
    found
}

#[test]
fn witnesses_fail_where_a_case_says_so_and_nowhere_else() {
    for case in cases() {
        let run = "import runpy, sys; sys.path.insert(0, sys.argv[1]); \
                   runpy.run_path(sys.argv[1] + '/witness.py', run_name='__main__')";
        let output = Command::new("python3")
            .args(["-I", "-B", "-S", "-W", "ignore", "-c", run])
            .arg(&case.dir)
            .output()
            .expect("python3 runs");
        let printed = String::from_utf8_lossy(&output.stderr).into_owned();
        let last = printed.trim_end().lines().last().unwrap_or_default();
        let raised = last.split(':').next().unwrap_or_default().to_owned();
        assert_eq!(
            output.status.success(),
            case.expect.errors.is_empty(),
            "{}:\n{printed}",
            case.name
        );
        if !output.status.success() {
            assert!(
                case.expect.errors.contains(&raised),
                "{}:\n{printed}",
                case.name
            );
        }
        let is_definite = |line: &String| line.contains("=definite");
        assert!(
            !case.expect.findings.iter().any(is_definite) || !case.expect.errors.is_empty(),
            "{}: definite, and the witness passes",
            case.name
        );
        let of_the_rule = |line: &String| line.starts_with(&format!("{} ", case.rule));
        assert!(
            case.expect.errors.is_empty() || case.expect.findings.iter().any(of_the_rule),
            "{}: the witness fails, and its rule says nothing",
            case.name
        );
    }
}

#[test]
fn implementers_of_one_tree_are_judged_as_the_case_says() {
    let mut faults = Vec::new();
    for case in cases() {
        let tree = Tree::open(
            case.dir.to_str().unwrap(),
            None,
            &source::Options::default(),
        )
        .unwrap();
        let project = Project::new(&tree);
        let (interface, _) = project.interface(&["provider".to_owned()]);
        let bases: BTreeSet<String> = interface.classes.keys().cloned().collect();
        let asked = Asked {
            bases: vec![(bases, Receivers::Infer)],
            exact: case.expect.exact,
            heirs: None,
        };
        let verified = verify::implementers(&project, &asked);
        assert!(
            verified.troubles.is_empty() && verified.missing.is_empty(),
            "{verified:?}"
        );
        let of_overrides: Vec<String> = case
            .expect
            .findings
            .iter()
            .filter(|line| !is_of_consumers(line))
            .cloned()
            .collect();
        let said = lines(&verified.findings);
        if said != of_overrides {
            faults.push(format!("{}: says {said:#?}", case.name));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn consumers_are_judged_as_the_case_says() {
    let mut faults = Vec::new();
    for case in cases() {
        let side = |name: &str| {
            let path = case.dir.join(name);
            MemoryFiles::new([(name, fs::read(path).unwrap())])
        };
        let (provider, consumer) = (side("provider.py"), side("consumer.py"));
        let config = Config::default();
        let verified = verify::consumer("ours", &provider, &consumer, &config, case.expect.exact);
        assert!(verified.troubles.is_empty(), "{verified:?}");
        let said = lines(&verified.findings);
        if said != case.expect.findings {
            faults.push(format!("{}: says {said:#?}", case.name));
        }
        for finding in &verified.findings {
            assert_eq!(finding.consumers, ["ours"]);
            let whose = Origin::Consumer("ours".to_owned());
            let at_home = finding
                .new
                .as_ref()
                .is_some_and(|side| side.origin == whose && &*side.place.path == "consumer.py");
            assert!(at_home, "{}: {finding:?}", case.name);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What only somebody outside the tree can do wrong.
fn is_of_consumers(line: &str) -> bool {
    !["abstract-", "method-", "override-"]
        .iter()
        .any(|start| line.starts_with(start))
}

fn lines(findings: &[Finding]) -> Vec<String> {
    let mut said: Vec<String> = findings.iter().map(line).collect();
    said.sort();
    said
}
