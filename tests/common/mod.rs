//! The cases under `fixtures/rules/RULE/CASE`: an old provider, a new one, witnesses, and `expect.toml`. It only reads
//! them; running a witness is up to the test of its language.
#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cogate::finding::Finding;
use serde::Deserialize;

/// What `expect.toml` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    /// What must be there to run the witnesses, such as `python>=3.12`.
    #[serde(default)]
    pub(crate) needs: Vec<String>,
    /// Roles whose witness breaks; none for a compatible change.
    pub(crate) breaks: Vec<String>,
    /// The errors with which witnesses may break: exceptions of Python, codes of rustc.
    #[serde(default)]
    pub(crate) errors: Vec<String>,
    /// Everything that a diff says: `rule subject item role=certainty,...`, sorted.
    pub(crate) findings: Vec<String>,
    /// The diff is asked with the path `provider`, so that both roles are an audience.
    #[serde(default)]
    pub(crate) named: bool,
    /// Expressions that hold an implementer.
    #[serde(default)]
    pub(crate) receivers: Vec<String>,
}

/// A program that plays one role against the provider.
#[derive(Debug)]
pub(crate) struct Witness {
    /// The role that its name says; none for a plain `witness`.
    pub(crate) role: Option<String>,
    /// The file.
    pub(crate) path: PathBuf,
}

/// One case.
#[derive(Debug)]
pub(crate) struct Case {
    /// `rule/case`.
    pub(crate) name: String,
    /// The rule that it is filed under.
    pub(crate) rule: String,
    /// Its folder.
    pub(crate) dir: PathBuf,
    /// What is expected.
    pub(crate) expect: Expect,
    /// Its witnesses, sorted by file name.
    pub(crate) witnesses: Vec<Witness>,
}

impl Case {
    /// Whether this witness has to fail against the new provider.
    pub(crate) fn must_break(&self, witness: &Witness) -> bool {
        match &witness.role {
            Some(role) => self.expect.breaks.contains(role),
            None => !self.expect.breaks.is_empty(),
        }
    }

    /// The case has files that end so.
    pub(crate) fn is_of(&self, ending: &str) -> bool {
        self.witnesses.iter().any(|witness| {
            witness
                .path
                .extension()
                .is_some_and(|found| found == ending)
        })
    }

    /// What is wrong with the expectations themselves: a verdict without a witness proves nothing.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut hurt: BTreeMap<&str, &str> = BTreeMap::new();
        for finding in &self.expect.findings {
            let words: Vec<&str> = finding.split(' ').collect();
            if words.len() < 3 {
                faults.push(format!("`{finding}` is not `rule subject item verdicts`"));
            }
            // An item may hold blanks: `From<(u8, u8)>`.
            let verdicts = words.last().filter(|last| last.contains('='));
            for verdict in verdicts.iter().flat_map(|verdicts| verdicts.split(',')) {
                let (role, certainty) = verdict.split_once('=').unwrap_or((verdict, "?"));
                let known = hurt.entry(role).or_insert(certainty);
                if certainty == "definite" {
                    *known = certainty;
                }
            }
        }
        for role in &self.expect.breaks {
            if !hurt.contains_key(role.as_str()) {
                faults.push(format!("{role} break, and no finding says so"));
            }
        }
        for (role, _) in hurt
            .iter()
            .filter(|(_, certainty)| **certainty == "definite")
        {
            if !self.expect.breaks.iter().any(|broken| broken == role) {
                faults.push(format!("definite for {role}, and no witness breaks"));
            }
        }
        let played: BTreeSet<Option<&str>> = self
            .witnesses
            .iter()
            .map(|witness| witness.role.as_deref())
            .collect();
        let several = played.iter().any(Option::is_some);
        if played.is_empty() || (several && played.contains(&None)) {
            faults.push("there is one `witness`, or one `witness-ROLE` for each role".to_owned());
        }
        if !several && self.expect.breaks.len() > 1 {
            faults.push("a witness plays one role".to_owned());
        }
        for role in &self.expect.breaks {
            if several && !played.contains(&Some(role.as_str())) {
                faults.push(format!("there is no witness for {role}"));
            }
        }
        if self.expect.errors.is_empty() != self.expect.breaks.is_empty() {
            faults.push("`errors` names how witnesses break".to_owned());
        }
        for list in [
            &self.expect.breaks,
            &self.expect.errors,
            &self.expect.findings,
        ] {
            if !list.is_sorted() {
                faults.push(format!("{list:?} is not sorted"));
            }
        }
        faults
            .into_iter()
            .map(|fault| format!("{}: {fault}", self.name))
            .collect()
    }
}

/// A finding as `expect.toml` spells it.
pub(crate) fn line(finding: &Finding) -> String {
    let item = if finding.item.is_empty() {
        "-"
    } else {
        &finding.item
    };
    let mut verdicts: Vec<String> = finding
        .verdicts
        .iter()
        .map(|(role, certainty)| format!("{role}={}", certainty.word()))
        .collect();
    verdicts.sort();
    let text = format!(
        "{} {} {item} {}",
        finding.rule,
        finding.subject,
        verdicts.join(",")
    );
    text.trim_end().to_owned()
}

/// Where the cases are.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules")
}

/// All cases, sorted by name.
pub(crate) fn cases() -> Vec<Case> {
    folders(&root())
        .into_iter()
        .flat_map(|rule| folders(&rule))
        .map(|dir| case(&dir))
        .collect()
}

fn case(dir: &Path) -> Case {
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let rule = name(dir.parent().unwrap());
    let file = dir.join("expect.toml");
    let text =
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let expect =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut witnesses: Vec<Witness> = entries(dir)
        .into_iter()
        .filter_map(|path| {
            let stem = path.file_stem()?.to_str()?;
            let role = match stem.strip_prefix("witness")? {
                "" => None,
                rest => Some(rest.strip_prefix('-')?.to_owned()),
            };
            Some(Witness { role, path })
        })
        .collect();
    witnesses.sort_by(|a, b| a.path.cmp(&b.path));
    Case {
        name: format!("{rule}/{}", name(dir)),
        rule,
        dir: dir.to_owned(),
        expect,
        witnesses,
    }
}

/// The folders in a folder, sorted.
pub(crate) fn folders(dir: &Path) -> Vec<PathBuf> {
    let mut found = entries(dir);
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    fs::read_dir(dir)
        .map(|found| found.map(|entry| entry.unwrap().path()).collect())
        .unwrap_or_default()
}
