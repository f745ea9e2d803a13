//! JUnit XML: a suite per contract (one for the whole run in `diff`), a case per member, those that passed too. It
//! is what CI systems that know no annotations can show as a list of tests.

use std::collections::BTreeMap;

use super::{Report, safe, safe_lines, shown_at, words};
use crate::finding::{Finding, Level};

/// All suites.
pub(super) fn render(report: &Report<'_>) -> String {
    let mut suites: BTreeMap<&str, BTreeMap<&str, Vec<&Finding>>> = BTreeMap::new();
    for verdict in report.interfaces {
        let cases = suites.entry(&verdict.name).or_default();
        for member in &verdict.members {
            cases.entry(member).or_default();
        }
    }
    for finding in report.findings {
        suites
            .entry(finding.interface.as_deref().unwrap_or(report.command))
            .or_default()
            .entry(&finding.subject)
            .or_default()
            .push(finding);
    }
    let tests: usize = suites.values().map(BTreeMap::len).sum();
    let failures: usize = suites
        .values()
        .flat_map(BTreeMap::values)
        .filter(|findings| findings.iter().any(|finding| fails(finding)))
        .count();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"cogate\" tests=\"{tests}\" failures=\"{failures}\">\n"
    );
    for (name, cases) in &suites {
        suite(&mut out, name, cases);
    }
    out.push_str("</testsuites>\n");
    out
}

fn fails(finding: &Finding) -> bool {
    finding.level == Level::Error && finding.accepted.is_none()
}

fn suite(out: &mut String, name: &str, cases: &BTreeMap<&str, Vec<&Finding>>) {
    let failures = cases
        .values()
        .filter(|findings| findings.iter().any(|finding| fails(finding)))
        .count();
    out.push_str(&format!(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\">\n",
        xml(&safe(name)),
        cases.len(),
    ));
    for (subject, findings) in cases {
        case(out, name, subject, findings);
    }
    out.push_str("  </testsuite>\n");
}

fn case(out: &mut String, suite: &str, subject: &str, findings: &[&Finding]) {
    let head = format!(
        "    <testcase classname=\"cogate.{}\" name=\"{}\"",
        xml(&safe(suite)),
        xml(&safe(subject)),
    );
    if findings.is_empty() {
        out.push_str(&head);
        out.push_str("/>\n");
        return;
    }
    out.push_str(&head);
    out.push_str(">\n");
    let (failed, said): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().copied().partition(|finding| fails(finding));
    // A case has one failure at most; the further ones are in its text.
    if let Some(first) = failed.first() {
        let text: Vec<String> = failed.iter().map(|finding| describe(finding)).collect();
        out.push_str(&format!(
            "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
            xml(first.rule),
            xml(&safe(&first.message)),
            xml(&text.join("\n\n")),
        ));
    }
    if !said.is_empty() {
        let text: Vec<String> = said.iter().map(|finding| describe(finding)).collect();
        out.push_str(&format!(
            "      <system-out>{}</system-out>\n",
            xml(&text.join("\n\n")),
        ));
    }
    out.push_str("    </testcase>\n");
}

/// A finding as plain lines.
fn describe(finding: &Finding) -> String {
    let mut lines = vec![format!(
        "{}[{}]: {}",
        words::label(finding),
        finding.rule,
        safe(&finding.message)
    )];
    if let Some(place) = shown_at(finding) {
        lines.push(format!(
            "at {}:{}:{}",
            safe(&place.path),
            place.line,
            place.column
        ));
    }
    if let Some(breaks) = words::breaks(finding) {
        lines.push(safe(&breaks).into_owned());
    }
    if let Some(reason) = &finding.accepted {
        lines.push(format!("accepted: {}", safe_lines(reason)));
    } else if !finding.help.is_empty() {
        lines.push(format!("help: {}", safe_lines(&finding.help)));
    }
    lines.join("\n")
}

/// Text for XML, in attributes and between tags. Characters that XML cannot hold at all are gone before: `safe`
/// escapes control characters, and the two noncharacters are replaced here.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, report};
    use super::*;

    #[test]
    fn members_that_pass_are_cases_too() {
        let findings = [sample::parameter_passed(), sample::accepted()];
        let interfaces = [sample::verdict(
            "driver",
            &["a.B.c", "nova.virt.driver.ComputeDriver.finish_migration"],
        )];
        let mut report = report(&findings);
        report.interfaces = &interfaces;
        let out = render(&report);
        assert!(
            out.contains("<testsuites name=\"cogate\" tests=\"3\" failures=\"1\">"),
            "{out}"
        );
        assert!(
            out.contains("<testcase classname=\"cogate.driver\" name=\"a.B.c\"/>"),
            "{out}"
        );
        assert!(out.contains("<failure type=\"parameter-passed\""), "{out}");
        assert!(
            out.contains("<system-out>accepted[parameter-removed]"),
            "{out}"
        );
    }

    #[test]
    fn hostile_text_stays_text() {
        let mut finding = sample::hostile();
        finding.message = "]]><x a=\"1\">&\u{FFFE}\u{0}".to_owned();
        let out = render(&report(&[finding]));
        assert!(
            out.contains("message=\"]]&gt;&lt;x a=&quot;1&quot;&gt;&amp;\u{FFFD}\\u{0}\""),
            "{out}"
        );
        assert!(
            !out.chars()
                .any(|c| c != '\n' && super::super::safe::is_hostile(c))
        );
    }
}
