//! A history as Markdown: a section per version that broke somebody, or release notes made of what was accepted.

use super::text::who;
use super::{Told, date, short, versions};
use crate::finding::Level;
use crate::history::Kind;
use crate::report::markdown::{code, text};

pub(super) fn render(told: &Told<'_>) -> String {
    if told.amendments_only {
        return notes(told);
    }
    let mut out = String::from("# How the interface changed\n");
    for (entry, changes) in told.entries() {
        out.push_str(&format!(
            "\n## {} {}\n\n{}\n",
            date(entry.time),
            text(&entry.subject),
            code(short(entry))
        ));
        for change in changes {
            let name = &told.history.names[change.group];
            out.push_str(&format!("\n**{}** {}", text(name), versions(change)));
            out.push_str(match change.kind {
                Kind::First => ": there from here on\n\n",
                Kind::Break => ": **breaks**\n\n",
                _ => "\n\n",
            });
            for finding in &change.findings {
                if finding.level == Level::Note && told.quiet {
                    continue;
                }
                out.push_str(&format!(
                    "- {} {} {}{}\n",
                    finding.level.word(),
                    code(finding.rule),
                    text(&finding.message),
                    who(finding)
                ));
            }
            for amendment in &change.amendments {
                out.push_str(&format!(
                    "- accepted for {}: {}\n",
                    amendment.version,
                    text(&amendment.reason)
                ));
            }
        }
    }
    out
}

/// What was accepted, by interface, newest version first: for release notes.
fn notes(told: &Told<'_>) -> String {
    let mut out = String::from("# Accepted breaks\n");
    for (group, name) in told.history.names.iter().enumerate() {
        let mut started = false;
        for (entry, changes) in told.entries() {
            for change in changes.iter().filter(|change| change.group == group) {
                for amendment in change.amendments.iter().rev() {
                    if !started {
                        out.push_str(&format!("\n## {}\n", text(name)));
                        started = true;
                    }
                    out.push_str(&format!(
                        "\n### {} ({})\n\n{}\n\n",
                        amendment.version,
                        date(entry.time),
                        text(&amendment.reason)
                    ));
                    for finding in &amendment.findings {
                        out.push_str(&format!("- {}\n", code(finding)));
                    }
                }
            }
        }
    }
    out
}
