//! GitLab's code quality report: a JSON array that a merge request widget compares with the target branch's.

use serde::Serialize;

use super::{Fingerprints, Report, anchor, pretty, words};
use crate::finding::Level;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'a str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// All findings that have a place; what is accepted is information only.
pub(super) fn render(report: &Report<'_>) -> String {
    let mut fingerprints = Fingerprints::new();
    let mut issues = Vec::new();
    for finding in report.findings {
        let fingerprint = fingerprints.of(finding);
        let Some(place) = anchor(finding) else {
            continue;
        };
        let mut description = finding.message.clone();
        if let Some(breaks) = words::breaks(finding) {
            description.push_str(&format!(" — {breaks}"));
        }
        if let Some(reason) = &finding.accepted {
            description.push_str(&format!(" (accepted: {reason})"));
        }
        issues.push(Issue {
            description,
            check_name: finding.rule,
            fingerprint,
            severity: match finding.level {
                _ if finding.accepted.is_some() => "info",
                Level::Error => "major",
                Level::Warning => "minor",
                Level::Note => "info",
            },
            location: Location {
                path: &place.path,
                lines: Lines { begin: place.line },
            },
        });
    }
    pretty(&issues)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, report};
    use super::*;

    #[test]
    fn every_finding_is_an_issue_with_its_own_fingerprint() {
        let findings = [
            sample::parameter_passed(),
            sample::parameter_passed(),
            sample::accepted(),
            sample::hostile(),
        ];
        let json: serde_json::Value =
            serde_json::from_str(&render(&report(&findings))).expect("JSON");
        let issues = json.as_array().expect("an array");
        assert_eq!(issues.len(), 4);
        let prints: std::collections::BTreeSet<&str> = issues
            .iter()
            .filter_map(|issue| issue["fingerprint"].as_str())
            .collect();
        assert_eq!(prints.len(), 4);
        assert_eq!(issues[0]["severity"], "major");
        assert_eq!(issues[2]["severity"], "info");
        assert_eq!(issues[0]["location"]["path"], "nova/virt/driver.py");
        assert_eq!(issues[0]["location"]["lines"]["begin"], 9);
    }

    #[test]
    fn a_fingerprint_survives_moved_lines() {
        let mut moved = sample::parameter_passed();
        for side in [&mut moved.old, &mut moved.new].into_iter().flatten() {
            side.place.line += 100;
            side.mark = None;
        }
        let print = |finding| {
            let findings = [finding];
            let json: serde_json::Value =
                serde_json::from_str(&render(&report(&findings))).expect("JSON");
            json[0]["fingerprint"].clone()
        };
        assert_eq!(print(moved), print(sample::parameter_passed()));
    }
}
