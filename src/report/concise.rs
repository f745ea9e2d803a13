//! One line per finding: `path:line:col: error[rule]: message`. Zuul posts these lines as review comments, editors
//! jump to them; so there is nothing else in them, no colour and no closing line.

use super::{Report, safe, shown_at, words};
use crate::finding::{Finding, Level};

/// All findings; notes too, unless the run is to be quiet.
pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    for finding in report.findings {
        let quiet = finding.level == Level::Note || finding.accepted.is_some();
        if !(report.quiet && quiet) {
            out.push_str(&line(finding));
            out.push('\n');
        }
    }
    out
}

/// One finding, without a line end.
pub(super) fn line(finding: &Finding) -> String {
    let place = match shown_at(finding) {
        Some(place) => format!("{}:{}:{}", safe(&place.path), place.line, place.column),
        // Nothing to jump to: the subject keeps the shape of the line.
        None => format!("{}:1:1", safe(&finding.subject)),
    };
    let mut text = format!(
        "{place}: {}[{}]: {}",
        words::label(finding),
        finding.rule,
        safe(&finding.message)
    );
    if let Some(reason) = &finding.accepted {
        text.push_str(&format!(" ({})", safe(reason)));
    }
    text
}
