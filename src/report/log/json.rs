//! A history for programs. Findings read as they do everywhere.

use serde::Serialize;

use super::{Told, date};
use crate::finding::{Finding, Level};
use crate::history::{Change, Kind};
use crate::report::json::{Entry as Found, entry as found};
use crate::report::pretty;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    command: &'a str,
    summary: Summary,
    interfaces: Vec<Interface<'a>>,
    commits: Vec<Commit<'a>>,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    notes: usize,
    interfaces: usize,
    commits: usize,
    breaks: usize,
    amendments: usize,
}

#[derive(Serialize)]
struct Interface<'a> {
    name: &'a str,
    version: Option<String>,
}

#[derive(Serialize)]
struct Commit<'a> {
    commit: &'a str,
    date: String,
    time: i64,
    subject: &'a str,
    changes: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    interface: &'a str,
    kind: &'a str,
    before: Option<String>,
    version: String,
    breaks: Vec<&'a str>,
    findings: Vec<Found<'a>>,
    amendments: Vec<Amendment<'a>>,
    unreadable: &'a [String],
}

#[derive(Serialize)]
struct Amendment<'a> {
    version: String,
    reason: &'a str,
    findings: &'a [String],
}

pub(super) fn render(told: &Told<'_>) -> String {
    let history = told.history;
    let entries = told.entries();
    let changes: Vec<&Change> = entries
        .iter()
        .flat_map(|(_, changes)| changes.iter().copied())
        .collect();
    let level = |level: Level| {
        let findings = changes.iter().flat_map(|change| &change.findings);
        findings.filter(|finding| finding.level == level).count()
    };
    let last = |group: usize| {
        let mut all = history.entries.iter().flat_map(|entry| &entry.changes);
        all.rfind(|change| change.group == group)
            .map(|change| change.version.to_string())
    };
    pretty(&Document {
        version: 1,
        command: "log",
        summary: Summary {
            errors: level(Level::Error),
            warnings: level(Level::Warning),
            notes: level(Level::Note),
            interfaces: history.names.len(),
            commits: history.commits,
            breaks: changes
                .iter()
                .filter(|change| change.kind == Kind::Break)
                .count(),
            amendments: changes.iter().map(|change| change.amendments.len()).sum(),
        },
        interfaces: history
            .names
            .iter()
            .enumerate()
            .map(|(group, name)| Interface {
                name,
                version: last(group),
            })
            .collect(),
        commits: entries
            .iter()
            .map(|(entry, changes)| Commit {
                commit: entry.id.as_str(),
                date: date(entry.time),
                time: entry.time,
                subject: &entry.subject,
                changes: changes.iter().map(|change| one(told, change)).collect(),
            })
            .collect(),
    })
}

fn one<'a>(told: &Told<'a>, change: &'a Change) -> One<'a> {
    let mut roles: Vec<_> = change
        .findings
        .iter()
        .filter(|finding| finding.level == Level::Error)
        .flat_map(Finding::breaks)
        .collect();
    roles.sort();
    roles.dedup();
    One {
        interface: &told.history.names[change.group],
        kind: change.kind.word(),
        before: change.before.map(|version| version.to_string()),
        version: change.version.to_string(),
        breaks: roles.into_iter().map(|role| role.word()).collect(),
        findings: change.findings.iter().map(found).collect(),
        amendments: change
            .amendments
            .iter()
            .map(|amendment| Amendment {
                version: amendment.version.to_string(),
                reason: &amendment.reason,
                findings: &amendment.findings,
            })
            .collect(),
        unreadable: &change.unreadable,
    }
}
