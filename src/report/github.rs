//! Workflow commands for GitHub Actions: one annotation per finding, on the changed line of the pull request. Source
//! can hold anything, a line that looks like a command included; so every value is escaped and every line is ours.

use super::{Report, anchor, safe, safe_lines, words};
use crate::finding::{Finding, Level};

/// Findings that are shown by default; GitHub keeps ten annotations of a kind per step, which notes would use up.
pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    for finding in report.findings {
        if words::shown(report, finding) {
            out.push_str(&command(finding));
            out.push('\n');
        }
    }
    out
}

fn command(finding: &Finding) -> String {
    let kind = match finding.level {
        _ if finding.accepted.is_some() => "notice",
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let title = format!("cogate: {}[{}]", words::label(finding), finding.rule);
    let mut properties = vec![format!("title={}", property(&title))];
    if let Some(place) = anchor(finding) {
        properties.push(format!("file={}", property(&place.path)));
        properties.push(format!("line={}", place.line));
        // GitHub takes columns only where they are on one line.
        if place.end_line == place.line && place.end_column > place.column {
            properties.push(format!("col={}", place.column));
            properties.push(format!("endLine={}", place.end_line));
            properties.push(format!("endColumn={}", place.end_column));
        }
    }
    let mut text = vec![finding.message.clone()];
    text.extend(words::breaks(finding));
    if let Some(reason) = &finding.accepted {
        text.push(format!("accepted: {reason}"));
    } else if !finding.help.is_empty() {
        text.push(format!("help: {}", finding.help));
    }
    format!(
        "::{kind} {}::{}",
        properties.join(","),
        data(&safe_lines(&text.join("\n")))
    )
}

/// The part after `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property, which also ends at `:` and `,`.
fn property(text: &str) -> String {
    data(&safe(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, report};
    use super::*;

    #[test]
    fn an_annotation_carries_place_and_help() {
        let findings = [sample::parameter_passed()];
        let out = render(&report(&findings));
        assert!(
            out.starts_with("::error title=cogate%3A error[parameter-passed],file=nova/virt/driver.py,line=9,col=41,endLine=9,endColumn=56::"),
            "{out}"
        );
        assert!(out.contains("%0Abreaks implementers (definite)"), "{out}");
        assert_eq!(out.lines().count(), 1);
    }

    #[test]
    fn no_text_becomes_a_command_or_a_property() {
        let mut finding = sample::hostile();
        finding.message = "x\n::set-output name=a::b\r\n100%0A".to_owned();
        if let Some(new) = &mut finding.new {
            new.mark = None;
            new.place.path = "a,b::c\n.py".into();
        }
        let out = render(&report(&[finding]));
        assert_eq!(out.lines().count(), 1, "{out}");
        assert!(out.contains("file=a%2Cb%3A%3Ac\\n.py,"), "{out}");
        assert!(out.contains("100%250A"), "{out}");
        assert!(out.contains("::x%0A::set-output"), "{out}");
    }

    #[test]
    fn notes_wait_for_verbose_and_what_is_accepted_is_a_notice() {
        let findings = [sample::note(), sample::accepted()];
        let mut report = report(&findings);
        let out = render(&report);
        assert_eq!(out.lines().count(), 1);
        assert!(
            out.starts_with("::notice title=cogate%3A accepted["),
            "{out}"
        );
        report.verbose = true;
        assert_eq!(render(&report).lines().count(), 2);
    }
}
