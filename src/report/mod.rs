//! Reports: one file per output format, all fed by the same findings. Nothing is decided here; a format only chooses
//! how much of a finding it shows, and escapes it for whoever reads it.

mod concise;
mod excerpt;
mod full;
mod github;
mod gitlab;
mod json;
mod junit;
mod log;
mod markdown;
mod safe;
#[cfg(test)]
mod sample;
mod sarif;
mod signature;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

pub use log::{Told, render_log};
pub use safe::{safe, safe_json, safe_lines};

use crate::finding::{Finding, Level, Origin, Role, Side};
use crate::interface::Place;

/// What a run found, ready to be shown.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// The command that ran (`check`, `diff`).
    pub command: &'static str,
    /// The findings, in the order of [`crate::finding::sort`].
    pub findings: &'a [Finding],
    /// The counts.
    pub summary: Summary,
    /// The interfaces that were judged; empty in `diff`.
    pub interfaces: &'a [InterfaceVerdict],
    /// Something that was asked for could not be checked: what was found is not all.
    pub incomplete: bool,
    /// The next command to type.
    pub next: Option<String>,
    /// Show everything: notes, all evidence, accepted findings with their source.
    pub verbose: bool,
    /// Show findings only: no notes, no closing lines.
    pub quiet: bool,
}

/// The counts of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Findings of level error that no amendment accepts.
    pub errors: usize,
    /// Warnings that no amendment accepts.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
    /// Findings that an amendment accepts; they are counted nowhere else.
    pub accepted: usize,
    /// Interfaces judged.
    pub interfaces: usize,
    /// Members judged.
    pub members: usize,
}

impl Summary {
    /// Counts findings.
    pub fn of(findings: &[Finding], interfaces: usize, members: usize) -> Self {
        let mut summary = Self {
            interfaces,
            members,
            ..Self::default()
        };
        for finding in findings {
            match finding.level {
                _ if finding.accepted.is_some() => summary.accepted += 1,
                Level::Error => summary.errors += 1,
                Level::Warning => summary.warnings += 1,
                Level::Note => summary.notes += 1,
            }
        }
        summary
    }
}

/// How an interface came out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InterfaceVerdict {
    /// Its name.
    pub name: String,
    /// The version of its contract.
    pub version: String,
    /// The roles that an unaccepted finding hurts, definitely or possibly, in order.
    pub breaks: Vec<Role>,
    /// No finding fails the run.
    pub held: bool,
    /// A few words more, shown in brackets.
    pub note: Option<String>,
    /// The subjects that were judged, for formats that list what passed; may be empty.
    pub members: Vec<String>,
}

/// Source text for snippets. A text that is not there leaves the place alone in the report.
pub trait Texts {
    /// The text of a file, as the places of findings count it.
    fn text(&self, origin: &Origin, path: &str) -> Option<Arc<str>>;
}

/// No text at all.
impl Texts for () {
    fn text(&self, _: &Origin, _: &str) -> Option<Arc<str>> {
        None
    }
}

/// The output formats.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: source, contract line, who is hurt, what to do
    #[default]
    Full,
    /// One line per finding: `path:line:col: error[rule]: message`
    Concise,
    /// For programs; its fields stay
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands that annotate a pull request on GitHub
    Github,
    /// GitLab's code quality report
    Gitlab,
    /// JUnit XML: a suite per contract, a case per member
    Junit,
    /// A comment for a pull request
    Markdown,
    /// One page that holds everything, with a picture; for `log` only
    Html,
}

/// How a terminal wants its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// With colours.
    pub colour: bool,
    /// Columns to fit into.
    pub width: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            colour: false,
            width: 120,
        }
    }
}

/// The report as text, with a line end at its end unless it is empty.
pub fn render(report: &Report<'_>, format: Format, texts: &dyn Texts, look: Look) -> String {
    match format {
        Format::Full => full::render(report, texts, look),
        Format::Concise => concise::render(report),
        Format::Json => json::render(report),
        Format::Sarif => sarif::render(report),
        Format::Github => github::render(report),
        Format::Gitlab => gitlab::render(report),
        Format::Junit => junit::render(report),
        // A page is drawn of histories only, and asked for before anything runs.
        Format::Markdown | Format::Html => markdown::render(report),
    }
}

/// The one place of a finding, for formats that show one: where the change was made. That is the definition (the
/// very parameter, if it has a place); when the definition reads as before, what changed is the code that proves
/// the finding. Consumers' files are never a place: they are not in the tree that is reviewed.
fn anchor(finding: &Finding) -> Option<&Place> {
    let definition = |side: &'_ Side| -> bool { !matches!(side.origin, Origin::Consumer(_)) };
    let new = finding.new.as_ref().filter(|side| definition(side));
    let old = finding.old.as_ref().filter(|side| definition(side));
    let proof = finding
        .evidence
        .iter()
        .find(|evidence| evidence.origin == Origin::Provider)
        .map(|evidence| &evidence.place);
    let same = new.is_some_and(|new| {
        new.signature.is_some() && old.is_some_and(|old| old.signature == new.signature)
    });
    if same && proof.is_some() {
        return proof;
    }
    new.map(spot).or(proof).or_else(|| old.map(spot))
}

/// The same for formats that people read: where a consumer itself was verified, its own text is what is reviewed.
fn shown_at(finding: &Finding) -> Option<&Place> {
    match &finding.new {
        Some(side) if matches!(side.origin, Origin::Consumer(_)) => Some(spot(side)),
        _ => anchor(finding),
    }
}

/// The most exact place of a side.
fn spot(side: &Side) -> &Place {
    side.mark.as_ref().unwrap_or(&side.place)
}

/// JSON as every JSON format prints it. Serializing plain data does not fail; if it did, the reader gets JSON's null
/// instead of half a document.
fn pretty(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_else(|_| "null".to_owned());
    let mut text = safe_json(&text).into_owned();
    text.push('\n');
    text
}

/// A number that stays the same while a finding moves through the file: rule, subject and item, and which of the
/// findings with these three it is.
struct Fingerprints {
    seen: std::collections::BTreeMap<String, usize>,
}

impl Fingerprints {
    fn new() -> Self {
        Self {
            seen: std::collections::BTreeMap::new(),
        }
    }

    /// The finding's number, as 32 hexadecimal digits (FNV-1a: it names, it does not protect).
    fn of(&mut self, finding: &Finding) -> String {
        let key = [
            finding.rule,
            &finding.subject,
            &finding.item,
            finding.interface.as_deref().unwrap_or_default(),
        ]
        .join("\n");
        let count = self.seen.entry(key.clone()).or_insert(0);
        let text = format!("{key}\n{count}");
        *count += 1;
        let hash = text.bytes().fold(
            0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128,
            |hash, byte| {
                (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
            },
        );
        format!("{hash:032x}")
    }
}
