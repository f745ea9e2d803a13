//! Nothing is half there: every rule is emitted, registered, documented and witnessed, and every fixture belongs to a
//! rule.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use cogate::rules::{self, Language, Rule};

/// Rules whose change no program can notice by failing: growth, and what only a type checker enforces.
const NEVER_BREAK: &[&str] = &[
    "call-added",
    "class-added",
    "doc-hidden-added",
    "final-added",
    "item-added",
    "member-added",
    "module-added",
    "name-added",
];

/// Ids that occur in the code of a folder: its string literals of words joined by `-`.
fn ids_in(folder: &str) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(&root) {
        let entry = entry.unwrap();
        if entry.path().extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = fs::read_to_string(entry.path()).unwrap();
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for literal in line
                .split('"')
                .skip(1)
                .step_by(2)
                .filter(|text| is_id(text))
            {
                found.insert(literal.to_owned(), entry.path().display().to_string());
            }
        }
    }
    found
}

fn is_id(text: &str) -> bool {
    let mut words = 0;
    text.split('-').all(|word| {
        words += 1;
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase())
    }) && words > 1
}

/// What `compare` and `verify` say.
fn said() -> BTreeMap<String, String> {
    let mut said = ids_in("src/compare");
    said.extend(ids_in("src/verify"));
    said
}

/// The rules that have cases under `fixtures/verify`: they speak of two texts of one moment.
fn verified() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/verify");
    let name = |path: &std::path::PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    common::folders(&root).iter().map(name).collect()
}

#[test]
fn what_compare_says_is_registered() {
    for (id, path) in said() {
        assert!(rules::find(&id).is_some(), "`{id}` of {path} is no rule");
    }
}

#[test]
fn what_is_registered_is_said() {
    let mut said = said();
    said.extend(ids_in("src/provider"));
    for rule in rules::all() {
        assert!(said.contains_key(rule.id), "nothing says `{}`", rule.id);
    }
}

#[test]
fn rules_are_registered_once() {
    let ids: Vec<&str> = rules::all().iter().map(|rule| rule.id).collect();
    assert!(
        ids.windows(2).all(|pair| pair[0] < pair[1]),
        "sorted, without duplicates"
    );
}

#[test]
fn rules_are_documented() {
    for rule in rules::all() {
        let Rule { id, doc, .. } = rule;
        assert!(doc.starts_with(&format!("# {id}\n\n")), "{id}: its title");
        let summary = rule.summary();
        assert!(
            summary.ends_with('.') && summary.len() > 15,
            "{id}: one sentence says it"
        );
        let headings: Vec<&str> = doc.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(headings, ["## Example", "## What to do"], "{id}");
        let example = doc.split("## Example").nth(1).unwrap_or_default();
        let examples = if rule.language == Language::Both {
            2
        } else {
            1
        };
        assert_eq!(
            doc.matches("\n```").count(),
            2 * examples,
            "{id}: one example a language"
        );
        let sides = if verified().contains(*id) {
            ["provider", "consumer"]
        } else {
            ["old", "new"]
        };
        assert!(
            sides
                .iter()
                .all(|side| example.contains(&format!(" {side}"))),
            "{id}: an example has two sides"
        );
        assert!(doc.ends_with(".\n"), "{id}: what to do");
    }
}

#[test]
fn every_text_belongs_to_a_rule() {
    let texts = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules/docs");
    for entry in fs::read_dir(texts).unwrap() {
        let path = entry.unwrap().path();
        let id = path.file_stem().unwrap().to_str().unwrap();
        assert!(rules::find(id).is_some(), "{id}.md describes no rule");
    }
}

/// Tables that compare cogate with another tool name rules that there are.
#[test]
fn documents_name_rules_that_there_are() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let text = fs::read_to_string(docs.join("cargo-semver-checks.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let mut count = 0;
    for row in rows {
        let cell = row.split('|').nth(2).unwrap();
        for id in cell.split('`').skip(1).step_by(2) {
            assert!(rules::find(id).is_some(), "`{id}` is no rule: {row}");
        }
        count += 1;
    }
    assert!(count > 250, "{count}");
}

#[test]
fn rules_are_witnessed() {
    let cases = common::cases();
    let verified = verified();
    for id in &verified {
        assert!(
            rules::find(id).is_some(),
            "fixtures/verify/{id} is no rule's"
        );
    }
    for rule in rules::all()
        .into_iter()
        .filter(|rule| !verified.contains(rule.id))
    {
        if rule.language == Language::Contract {
            // What a branch does to its gate has no consumer to fail: the story of a branch that cheats shows it.
            assert!(
                include_str!("program/based.rs").contains(&format!(
                    "{}[{}]",
                    rule.at_most.word(),
                    rule.id
                )),
                "no story shows `{}`",
                rule.id
            );
            continue;
        }
        let own: Vec<_> = cases.iter().filter(|case| case.rule == rule.id).collect();
        let prefix = format!("{} ", rule.id);
        let says = |finding: &&String| finding.starts_with(&prefix);
        assert!(
            own.iter().any(|case| {
                !case.witnesses.is_empty() && case.expect.findings.iter().any(|line| says(&line))
            }),
            "no case of `{}` shows it",
            rule.id
        );
        let breaks = own.iter().any(|case| !case.expect.breaks.is_empty());
        assert!(
            breaks != NEVER_BREAK.contains(&rule.id),
            "`{}`: a witness breaks, or the rule is one that never does",
            rule.id
        );
    }
}

#[test]
fn every_case_belongs_to_a_rule() {
    let ids: BTreeSet<&str> = rules::all().iter().map(|rule| rule.id).collect();
    for folder in common::folders(&common::root()) {
        let name = folder.file_name().unwrap().to_str().unwrap();
        assert!(ids.contains(name), "fixtures/rules/{name} is no rule's");
    }
    for case in common::cases() {
        for finding in &case.expect.findings {
            let rule = finding.split(' ').next().unwrap_or_default();
            assert!(ids.contains(rule), "{}: `{rule}` is no rule", case.name);
        }
    }
}
