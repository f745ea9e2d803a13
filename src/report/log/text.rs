//! A history for a terminal, and one line per finding for other programs.

use annotate_snippets::renderer::{AnsiColor, Effects, Style};

use super::{Told, date, short, versions};
use crate::finding::{Finding, Level};
use crate::history::{Change, Entry, Kind};
use crate::report::{Look, safe, words};

/// The whole history.
pub(super) fn full(told: &Told<'_>, look: Look) -> String {
    let paint = |text: &str, style: Style| {
        if look.colour {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    };
    let mut out = String::new();
    let entries = told.entries();
    for (entry, changes) in &entries {
        let head = format!("{} {}", date(entry.time), short(entry));
        let style = AnsiColor::Yellow.on_default();
        out.push_str(&format!(
            "{}  {}\n",
            paint(&head, style),
            safe(&entry.subject)
        ));
        for change in changes {
            let style = match change.kind {
                Kind::Break => AnsiColor::BrightRed.on_default().effects(Effects::BOLD),
                _ => Style::new().effects(Effects::BOLD),
            };
            let name = &told.history.names[change.group];
            let line = format!("{} {}{}", safe(name), versions(change), role_words(change));
            out.push_str(&format!("    {}\n", paint(&line, style)));
            body(&mut out, told, change);
        }
        out.push('\n');
    }
    out.push_str(&closing(told, &entries));
    out
}

fn role_words(change: &Change) -> String {
    match change.kind {
        Kind::First => " is there from here on".to_owned(),
        Kind::Break => {
            let mut roles: Vec<_> = change
                .findings
                .iter()
                .filter(|finding| finding.level == Level::Error)
                .flat_map(Finding::breaks)
                .collect();
            roles.sort();
            roles.dedup();
            let roles: Vec<String> = roles.iter().map(|role| role.word().to_owned()).collect();
            format!(" breaks {}", words::list(&roles))
                .trim_end()
                .to_owned()
        }
        Kind::Growth | Kind::Other => String::new(),
    }
}

fn body(out: &mut String, told: &Told<'_>, change: &Change) {
    if !told.amendments_only {
        for finding in &change.findings {
            if finding.level == Level::Note && told.quiet {
                continue;
            }
            out.push_str(&format!(
                "        {}[{}]: {}{}\n",
                finding.level.word(),
                finding.rule,
                safe(&finding.message),
                who(finding),
            ));
        }
        if told.verbose {
            for sentence in &change.unreadable {
                out.push_str(&format!("        could not be read: {}\n", safe(sentence)));
            }
        }
    }
    for amendment in &change.amendments {
        out.push_str(&format!(
            "        accepted for {}: {}\n",
            amendment.version,
            safe(&amendment.reason)
        ));
        if told.amendments_only {
            for finding in &amendment.findings {
                out.push_str(&format!("            {}\n", safe(finding)));
            }
        }
    }
}

/// Whom it hurts, in brackets.
pub(super) fn who(finding: &Finding) -> String {
    let roles: Vec<String> = finding
        .verdicts
        .iter()
        .map(|(role, certainty)| match certainty {
            crate::finding::Certainty::Definite => role.word().to_owned(),
            crate::finding::Certainty::Possible => format!("perhaps {}", role.word()),
        })
        .collect();
    if roles.is_empty() {
        String::new()
    } else {
        format!(" (breaks {})", words::list(&roles))
    }
}

fn closing(told: &Told<'_>, entries: &[(&Entry, Vec<&Change>)]) -> String {
    let commits = words::count(told.history.commits, "commit");
    if told.amendments_only {
        let count: usize = entries
            .iter()
            .flat_map(|(_, changes)| changes)
            .map(|change| change.amendments.len())
            .sum();
        return format!("{} in {commits}\n", words::count(count, "amendment"));
    }
    let kinds = |kind: Kind| {
        let changes = told.history.entries.iter().flat_map(|entry| &entry.changes);
        changes.filter(|change| change.kind == kind).count()
    };
    format!(
        "{} and {} in {commits} that touched {}\n",
        words::count(kinds(Kind::Break), "break"),
        match kinds(Kind::Growth) {
            1 => "1 harmless change".to_owned(),
            number => format!("{number} harmless changes"),
        },
        words::list(
            &told
                .history
                .names
                .iter()
                .map(|name| safe(name).into_owned())
                .collect::<Vec<_>>()
        ),
    )
}

/// One line per finding: date, commit, level, rule and what it says.
pub(super) fn concise(told: &Told<'_>) -> String {
    let mut out = String::new();
    for (entry, changes) in told.entries() {
        let head = format!("{} {}", date(entry.time), short(entry));
        for change in changes {
            let findings = change.findings.iter().filter(|finding| {
                !(told.amendments_only || told.quiet && finding.level == Level::Note)
            });
            for finding in findings {
                out.push_str(&format!(
                    "{head} {}[{}]: {}\n",
                    finding.level.word(),
                    finding.rule,
                    safe(&finding.message)
                ));
            }
            for amendment in &change.amendments {
                let name = safe(&told.history.names[change.group]);
                out.push_str(&format!(
                    "{head} accepted[{name} {}]: {}\n",
                    amendment.version,
                    safe(&amendment.reason)
                ));
            }
        }
    }
    out
}
