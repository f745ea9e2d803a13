//! A comment for a pull request: the verdict, the breaks, and details that are folded away. Everything that comes
//! from outside is written in character references, which Markdown and HTML show and never interpret.

use super::{Report, safe, shown_at, words};
use crate::finding::{Finding, Level};

/// Findings of a kind that are written out: a comment may have 65,536 characters on GitHub.
const MOST: usize = 40;

/// The whole comment.
pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = format!("### cogate: {}\n", text(&words::closing(report)));
    if !report.interfaces.is_empty() {
        out.push_str("\n| interface | version | verdict |\n|---|---|---|\n");
        for verdict in report.interfaces {
            let roles: Vec<String> = verdict
                .breaks
                .iter()
                .map(|role| role.word().to_owned())
                .collect();
            let said = match (verdict.held, roles.is_empty()) {
                (true, true) => "holds".to_owned(),
                (true, false) => format!("may break {}", words::list(&roles)),
                (false, true) => "**does not hold**".to_owned(),
                (false, false) => format!("**breaks {}**", words::list(&roles)),
            };
            out.push_str(&format!(
                "| {} | {} | {said} |\n",
                text(&verdict.name),
                text(&verdict.version)
            ));
        }
    }
    let (accepted, open): (Vec<&Finding>, Vec<&Finding>) = report
        .findings
        .iter()
        .partition(|finding| finding.accepted.is_some());
    for (level, title, folded) in [
        (Level::Error, "Breaks", false),
        (Level::Warning, "May break", false),
        (Level::Note, "Notes", true),
    ] {
        let some: Vec<&Finding> = open
            .iter()
            .copied()
            .filter(|finding| finding.level == level)
            .collect();
        if !(report.quiet && level == Level::Note) {
            section(&mut out, title, &some, folded);
        }
    }
    section(&mut out, "Accepted", &accepted, true);
    if let Some(next) = report.next.as_ref().filter(|_| !report.quiet) {
        out.push_str(&format!("\nNext: {}\n", code(next)));
    }
    out
}

fn section(out: &mut String, title: &str, findings: &[&Finding], folded: bool) {
    if findings.is_empty() {
        return;
    }
    let count = findings.len();
    if folded {
        out.push_str(&format!(
            "\n<details><summary>{title} ({count})</summary>\n\n"
        ));
    } else {
        out.push_str(&format!("\n#### {title} ({count})\n\n"));
    }
    for finding in findings.iter().take(MOST) {
        item(out, finding);
    }
    if count > MOST {
        out.push_str(&format!("- … and {} more\n", count - MOST));
    }
    if folded {
        out.push_str("\n</details>\n");
    }
}

fn item(out: &mut String, finding: &Finding) {
    out.push_str(&format!(
        "- **{}** {}",
        code(finding.rule),
        text(&finding.message)
    ));
    if let Some(place) = shown_at(finding) {
        out.push_str(&format!(
            " ({})",
            code(&format!("{}:{}", place.path, place.line))
        ));
    }
    out.push('\n');
    if let Some(breaks) = words::breaks(finding) {
        out.push_str(&format!("  <br>{}\n", text(&breaks)));
    }
    if let Some(reason) = &finding.accepted {
        out.push_str(&format!("  <br>accepted: {}\n", text(reason)));
        return;
    }
    let side = |side: &Option<crate::finding::Side>| side.as_ref()?.signature.clone();
    let (old, new) = (side(&finding.old), side(&finding.new));
    if old.is_none() && new.is_none() && finding.help.is_empty() {
        return;
    }
    out.push_str("  <details><summary>details</summary>");
    if old != new {
        for (name, signature) in [("was", &old), ("now", &new)] {
            if let Some(signature) = signature {
                out.push_str(&format!("<br>{name}: {}", code(signature)));
            }
        }
    }
    for evidence in &finding.evidence {
        let place = format!("{}:{}", evidence.place.path, evidence.place.line);
        out.push_str(&format!("<br>{}: {}", code(&place), text(&evidence.what)));
    }
    if !finding.help.is_empty() {
        out.push_str(&format!("<br>help: {}", text(&finding.help)));
    }
    out.push_str("</details>\n");
}

/// Prose of ours that may quote source between backticks, as `the parameter `x``; the quotes become code.
pub(super) fn text(prose: &str) -> String {
    let parts: Vec<&str> = prose.split('`').collect();
    let pairs = parts.len() % 2 == 1;
    let mut out = String::new();
    for (index, part) in parts.iter().enumerate() {
        if pairs && index % 2 == 1 {
            out.push_str(&code(part));
        } else {
            if !pairs && index > 0 {
                out.push_str("&#96;");
            }
            out.push_str(&referenced(part));
        }
    }
    out
}

/// Source: never a link, a mention or markup.
pub(super) fn code(source: &str) -> String {
    format!("<code>{}</code>", referenced(source))
}

/// Text with everything that Markdown or HTML could read as markup in character references. A mention or issue
/// number is looked for after these are resolved, so an invisible space goes behind `@` and `#`.
fn referenced(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in safe(raw).chars() {
        match c {
            '@' | '#' => out.push_str(&format!("&#{};&#8203;", u32::from(c))),
            ' ' | ',' | '.' | ';' | '?' | '/' | '=' | '-' | '(' | ')' => out.push(c),
            _ if c.is_ascii_punctuation() => out.push_str(&format!("&#{};", u32::from(c))),
            _ => out.push(c),
        }
    }
    // A bare address becomes a link in GitHub's Markdown, whatever stands around it.
    out.replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, report};
    use super::*;

    #[test]
    fn the_verdict_comes_first_and_details_are_folded() {
        let findings = [
            sample::parameter_passed(),
            sample::note(),
            sample::accepted(),
        ];
        let interfaces = [sample::verdict("driver", &[])];
        let mut report = report(&findings);
        report.interfaces = &interfaces;
        let out = render(&report);
        assert!(
            out.starts_with("### cogate: driver 3.1 breaks implementers\n"),
            "{out}"
        );
        assert!(
            out.contains("| driver | 3.1 | **breaks implementers** |"),
            "{out}"
        );
        assert!(out.contains("#### Breaks (1)"), "{out}");
        assert!(
            out.contains("<details><summary>Notes (1)</summary>"),
            "{out}"
        );
        assert!(
            out.contains("<details><summary>Accepted (1)</summary>"),
            "{out}"
        );
        assert!(out.contains("<code>parameter-passed</code>"), "{out}");
        assert_eq!(
            out.matches("<details>").count(),
            out.matches("</details>").count()
        );
    }

    #[test]
    fn no_text_becomes_markup() {
        let mut finding = sample::hostile();
        finding.message =
            "`x` <script>alert(1)</script> [a](http://b) **c** @admin | www.example.org\n# d"
                .to_owned();
        let out = render(&report(&[finding]));
        for bad in [
            "<script",
            "](",
            "**c",
            "@admin",
            "://",
            "www.example",
            "\n# d",
            " | ",
        ] {
            assert!(!out.contains(bad), "{bad} in {out}");
        }
        assert!(out.contains("<code>x</code>"), "{out}");
    }

    #[test]
    fn a_long_list_is_counted() {
        let findings = vec![sample::parameter_passed(); MOST + 3];
        let out = render(&report(&findings));
        assert!(out.contains("#### Breaks (43)"), "{out}");
        assert!(out.contains("\n- … and 3 more\n"), "{out}");
        assert!(out.len() < 65_536);
    }

    #[test]
    fn backticks_that_do_not_pair_stay_backticks() {
        assert_eq!(text("a`b"), "a&#96;b");
        assert_eq!(text("a `b` c"), "a <code>b</code> c");
    }
}
