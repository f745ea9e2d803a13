//! `--format json`, version 1. Scripts depend on these fields: new ones may come, at the end of their object; none
//! changes its name, type or meaning.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Report, pretty};
use crate::finding::{Evidence, Finding, Origin, Side};

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    command: &'a str,
    summary: Summary,
    findings: Vec<Entry<'a>>,
    interfaces: Vec<Interface<'a>>,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    notes: usize,
    interfaces: usize,
    members: usize,
    accepted: usize,
}

#[derive(Serialize)]
pub(super) struct Entry<'a> {
    rule: &'a str,
    level: &'a str,
    certainty: Option<&'a str>,
    verdicts: BTreeMap<&'a str, &'a str>,
    breaks: Vec<&'a str>,
    subject: &'a str,
    item: &'a str,
    message: &'a str,
    old: Option<Definition<'a>>,
    new: Option<Definition<'a>>,
    evidence: Vec<Proof<'a>>,
    consumers: &'a [String],
    accepted: Option<&'a str>,
    help: &'a str,
    interface: Option<&'a str>,
}

#[derive(Serialize)]
struct Definition<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    signature: Option<&'a str>,
}

#[derive(Serialize)]
struct Proof<'a> {
    tree: String,
    path: &'a str,
    line: u32,
    column: u32,
    what: &'a str,
}

#[derive(Serialize)]
struct Interface<'a> {
    name: &'a str,
    version: &'a str,
    held: bool,
    breaks: Vec<&'a str>,
}

/// The whole report, notes and accepted findings included, whatever `-q` and `-v` say.
pub(super) fn render(report: &Report<'_>) -> String {
    let summary = report.summary;
    pretty(&Document {
        version: 1,
        command: report.command,
        summary: Summary {
            errors: summary.errors,
            warnings: summary.warnings,
            notes: summary.notes,
            interfaces: summary.interfaces,
            members: summary.members,
            accepted: summary.accepted,
        },
        findings: report.findings.iter().map(entry).collect(),
        interfaces: report
            .interfaces
            .iter()
            .map(|verdict| Interface {
                name: &verdict.name,
                version: &verdict.version,
                held: verdict.held,
                breaks: verdict.breaks.iter().map(|role| role.word()).collect(),
            })
            .collect(),
    })
}

pub(super) fn entry(finding: &Finding) -> Entry<'_> {
    Entry {
        rule: finding.rule,
        level: finding.level.word(),
        certainty: finding.certainty().map(|certainty| certainty.word()),
        verdicts: finding
            .verdicts
            .iter()
            .map(|(role, certainty)| (role.word(), certainty.word()))
            .collect(),
        breaks: finding.breaks().map(|role| role.word()).collect(),
        subject: &finding.subject,
        item: &finding.item,
        message: &finding.message,
        old: finding.old.as_ref().map(definition),
        new: finding.new.as_ref().map(definition),
        evidence: finding.evidence.iter().map(proof).collect(),
        consumers: &finding.consumers,
        accepted: finding.accepted.as_deref(),
        help: &finding.help,
        interface: finding.interface.as_deref(),
    }
}

fn definition(side: &Side) -> Definition<'_> {
    Definition {
        path: &side.place.path,
        line: side.place.line,
        column: side.place.column,
        signature: side.signature.as_deref(),
    }
}

fn proof(evidence: &Evidence) -> Proof<'_> {
    Proof {
        tree: match &evidence.origin {
            Origin::Provider | Origin::Before => "provider".to_owned(),
            Origin::Contract => "contract".to_owned(),
            Origin::Consumer(name) => format!("consumer:{name}"),
        },
        path: &evidence.place.path,
        line: evidence.place.line,
        column: evidence.place.column,
        what: &evidence.what,
    }
}
