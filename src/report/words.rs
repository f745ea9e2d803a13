//! The sentences that several formats share: who is hurt, how many, and the closing line. Plain words; each format
//! escapes them for itself.

use super::{InterfaceVerdict, Report, Summary};
use crate::finding::{Finding, Level, Origin};

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `1 error`, `2 errors`.
pub(super) fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

/// The word in front of `[rule]`: the level, or that it is accepted.
pub(super) fn label(finding: &Finding) -> &'static str {
    if finding.accepted.is_some() {
        "accepted"
    } else {
        finding.level.word()
    }
}

/// `breaks callers (definite), implementers (possible): ironic (driver.py:12), nova-bhyve`; none if nobody is hurt.
pub(super) fn breaks(finding: &Finding) -> Option<String> {
    if finding.verdicts.is_empty() && finding.consumers.is_empty() {
        return None;
    }
    let roles: Vec<String> = finding
        .verdicts
        .iter()
        .map(|(role, certainty)| format!("{role} ({})", certainty.word()))
        .collect();
    let mut text = format!("breaks {}", roles.join(", ")).trim_end().to_owned();
    if !finding.consumers.is_empty() {
        let consumers: Vec<String> = finding
            .consumers
            .iter()
            .map(|name| consumer(finding, name))
            .collect();
        text.push_str(if roles.is_empty() { " " } else { ": " });
        text.push_str(&consumers.join(", "));
    }
    Some(text)
}

/// A consumer, with the first place that proves that it breaks.
fn consumer(finding: &Finding, name: &str) -> String {
    let place = finding.evidence.iter().find_map(|evidence| {
        matches!(&evidence.origin, Origin::Consumer(whose) if whose == name)
            .then_some(&evidence.place)
    });
    match place {
        Some(place) => format!("{name} ({}:{})", place.path, place.line),
        None => name.to_owned(),
    }
}

/// What a contract told whom, as the label of its line.
pub(super) fn told(finding: &Finding) -> String {
    let roles: Vec<String> = finding
        .breaks()
        .map(|role| role.word().to_owned())
        .collect();
    if roles.is_empty() {
        "what the contract says".to_owned()
    } else {
        format!("what {} were told", list(&roles))
    }
}

/// `2 errors, 1 warning, 14 notes in 118 members`.
pub(super) fn counts(summary: &Summary, incomplete: bool) -> String {
    let parts: Vec<String> = [
        (summary.errors, "error"),
        (summary.warnings, "warning"),
        (summary.notes, "note"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, word)| count(number, word))
    .chain((summary.accepted > 0).then(|| format!("{} accepted", summary.accepted)))
    .collect();
    let found = match (parts.is_empty(), incomplete) {
        (false, _) => parts.join(", "),
        (true, false) => "nothing changed".to_owned(),
        // To say that nothing changed would be a guess.
        (true, true) => return "not everything could be read".to_owned(),
    };
    if summary.members > 0 {
        format!("{found} in {}", count(summary.members, "member"))
    } else {
        found
    }
}

/// The closing line: the verdict per interface where there are interfaces, else the counts.
pub(super) fn closing(report: &Report<'_>) -> String {
    if report.interfaces.is_empty() {
        return counts(&report.summary, report.incomplete);
    }
    let (holding, others): (Vec<&InterfaceVerdict>, Vec<_>) = report
        .interfaces
        .iter()
        .partition(|verdict| verdict.held && verdict.breaks.is_empty());
    let holding: Vec<String> = holding.into_iter().map(named).collect();
    let mut groups = Vec::new();
    // What does not hold comes first, and what only may break after it.
    for held in [false, true] {
        for verdict in others.iter().filter(|verdict| verdict.held == held) {
            let roles: Vec<String> = verdict
                .breaks
                .iter()
                .map(|role| role.word().to_owned())
                .collect();
            groups.push(match (held, roles.is_empty()) {
                (false, true) => format!("{} does not hold", named(verdict)),
                (false, false) => format!("{} breaks {}", named(verdict), list(&roles)),
                (true, _) => format!("{} may break {}", named(verdict), list(&roles)),
            });
        }
    }
    if !holding.is_empty() {
        let verb = if holding.len() == 1 { "holds" } else { "hold" };
        groups.push(format!("{} {verb}", list(&holding)));
    }
    groups.join(" · ")
}

fn named(verdict: &InterfaceVerdict) -> String {
    let mut text = format!("{} {}", verdict.name, verdict.version)
        .trim_end()
        .to_owned();
    if let Some(note) = &verdict.note {
        text.push_str(&format!(" ({note})"));
    }
    text
}

/// Whether the finding is shown where notes are left out unless they are asked for. What is accepted is always
/// shown: a reviewer must see the reason.
pub(super) fn shown(report: &Report<'_>, finding: &Finding) -> bool {
    if finding.accepted.is_some() {
        return !report.quiet;
    }
    finding.level > Level::Note || (report.verbose && !report.quiet)
}
