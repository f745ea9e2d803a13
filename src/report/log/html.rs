//! A history as one page: a picture with time along and members down, and the commits below it. It holds no script and
//! names nothing outside itself, so that it can be kept, mailed and opened anywhere.

use std::collections::{BTreeMap, BTreeSet};

use super::{Told, date, short, versions};
use crate::finding::{Certainty, Finding, Level, Role};
use crate::history::{Change, Entry, Kind};
use crate::report::{safe, words};

const STYLE: &str = include_str!("page.css");

pub(super) fn render(told: &Told<'_>) -> String {
    let names: Vec<String> = told.history.names.iter().map(|name| text(name)).collect();
    let short: Vec<String> = told
        .history
        .names
        .iter()
        .map(|name| text(last_parts(name, 1)))
        .collect();
    let title = format!("{}: how it changed", words::list(&short));
    let entries = told.entries();
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n"
    );
    out.push_str(&format!(
        "<p>{}</p>\n{LEGEND}</header>\n<main>\n",
        summary(told, &entries)
    ));
    for (group, name) in names.iter().enumerate() {
        picture(&mut out, told, &entries, group, name);
    }
    out.push_str("<h2>Commits</h2>\n");
    for (entry, changes) in &entries {
        commit(&mut out, told, entry, changes);
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

const LEGEND: &str = "\
<ul class=\"legend\">
<li><span class=\"mark callers\"></span> breaks callers, readers</li>
<li><span class=\"mark implementers\"></span> breaks implementers</li>
<li><span class=\"mark callers maybe\"></span><span class=\"mark implementers maybe\"></span> may break them</li>
<li><span class=\"mark growth\"></span> harmless</li>
<li><span class=\"mark amended\"></span> accepted with a reason</li>
</ul>
";

fn summary(told: &Told<'_>, entries: &[(&Entry, Vec<&Change>)]) -> String {
    let breaking = |(_, changes): &&(&Entry, Vec<&Change>)| {
        changes.iter().any(|change| change.kind == Kind::Break)
    };
    let span = match (entries.last(), entries.first()) {
        (Some((oldest, _)), Some((newest, _))) => {
            format!(", {} to {}", date(oldest.time), date(newest.time))
        }
        _ => String::new(),
    };
    format!(
        "{} of {} that touched the files changed something{span}; {} broke somebody.",
        entries.len(),
        words::count(told.history.commits, "commit"),
        entries.iter().filter(breaking).count(),
    )
}

/// What happened to one member in one commit.
struct Mark<'a> {
    entry: &'a Entry,
    findings: Vec<&'a Finding>,
}

/// Members down, time along: those that a change may have broken, each in its own lane.
fn picture(
    out: &mut String,
    told: &Told<'_>,
    entries: &[(&Entry, Vec<&Change>)],
    group: usize,
    name: &str,
) {
    let mut lanes: BTreeMap<&str, Vec<Mark<'_>>> = BTreeMap::new();
    let mut amended: Vec<(&Entry, String)> = Vec::new();
    for (entry, changes) in entries.iter().rev() {
        for change in changes.iter().filter(|change| change.group == group) {
            for finding in &change.findings {
                let marks = lanes.entry(member(finding)).or_default();
                match marks.last_mut() {
                    Some(last) if last.entry.id == entry.id => last.findings.push(finding),
                    _ => marks.push(Mark {
                        entry,
                        findings: vec![finding],
                    }),
                }
            }
            for amendment in &change.amendments {
                amended.push((
                    entry,
                    format!("{}: {}", amendment.version, amendment.reason),
                ));
            }
        }
    }
    let loud = |marks: &[Mark<'_>]| {
        let mut findings = marks.iter().flat_map(|mark| &mark.findings);
        findings.any(|finding| finding.level > Level::Note)
    };
    let quiet = lanes.values().filter(|marks| !loud(marks)).count();
    lanes.retain(|_, marks| loud(marks));
    let times = entries.iter().map(|(entry, _)| entry.time);
    let (Some(first), Some(last)) = (times.clone().min(), times.max()) else {
        return;
    };
    let axis = Axis {
        first,
        length: (last - first).max(86_400),
    };
    let heading = if told.history.names.len() > 1 {
        format!("<h2>{name}</h2>\n")
    } else {
        String::new()
    };
    out.push_str(&format!(
        "{heading}<section class=\"picture\" aria-label=\"Breaks of {name} over time\">\n<div class=\"row years\"><span class=\"name\"></span><span class=\"lane\">"
    ));
    for (year, at) in axis.years() {
        out.push_str(&format!("<i style=\"left:{at}\">{year}</i>"));
    }
    out.push_str("</span></div>\n");
    if !amended.is_empty() {
        out.push_str(
            "<div class=\"row\"><span class=\"name\">accepted</span><span class=\"lane\">",
        );
        for (entry, said) in &amended {
            out.push_str(&format!(
                "<a class=\"mark amended\" style=\"left:{}\" href=\"#c{}\" title=\"{}\"></a>",
                axis.at(entry.time),
                short(entry),
                text(&format!("{} {said}", date(entry.time)))
            ));
        }
        out.push_str("</span></div>\n");
    }
    // Those of one class stand together; a long path would leave no room for the picture.
    let parents: BTreeSet<&str> = lanes
        .keys()
        .map(|member| &member[..member.len() - last_parts(member, 1).len()])
        .collect();
    let parts = if parents.len() == 1 { 1 } else { 2 };
    for (member, marks) in &lanes {
        out.push_str(&format!(
            "<div class=\"row\"><span class=\"name\" title=\"{}\">{}</span><span class=\"lane\">",
            text(member),
            text(last_parts(member, parts))
        ));
        for mark in marks {
            marks_of(out, mark, &axis);
        }
        out.push_str("</span></div>\n");
    }
    out.push_str("</section>\n");
    if quiet > 0 {
        out.push_str(&format!(
            "<p class=\"aside\">{} more changed without breaking anybody.</p>\n",
            words::count(quiet, "member")
        ));
    }
}

/// Where a time is on the picture.
struct Axis {
    first: i64,
    length: i64,
}

impl Axis {
    /// As a share of the width.
    fn at(&self, time: i64) -> String {
        let thousandths = (time - self.first).clamp(0, self.length) * 100_000 / self.length;
        format!("{}.{:03}%", thousandths / 1_000, thousandths % 1_000)
    }

    /// The years that begin within it; not all if there are many.
    fn years(&self) -> Vec<(i64, String)> {
        let year_of = |time: i64| date(time)[..4].parse::<i64>().unwrap_or_default();
        let (from, to) = (year_of(self.first), year_of(self.first + self.length));
        let step = ((to - from) / 10).max(1);
        (from + 1..=to)
            .filter(|year| (year - from - 1) % step == 0)
            // At the very end there is no room for a number.
            .filter(|year| start_of(*year) < self.first + self.length / 100 * 96)
            .map(|year| (year, self.at(start_of(year))))
            .collect()
    }
}

/// The first second of a year, counted as in [`date`].
fn start_of(year: i64) -> i64 {
    let before = year - 1;
    let days = before * 365 + before.div_euclid(4) - before.div_euclid(100)
        + before.div_euclid(400)
        - 719_162;
    days * 86_400
}

/// A mark for callers and one for implementers, or one for neither.
fn marks_of(out: &mut String, mark: &Mark<'_>, axis: &Axis) {
    let said: Vec<String> = mark
        .findings
        .iter()
        .map(|finding| finding.message.clone())
        .collect();
    let title = text(&format!(
        "{} {}\n{}",
        date(mark.entry.time),
        mark.entry.subject,
        said.join("\n")
    ));
    let heard = |implementers: bool| -> Option<Certainty> {
        let loud = mark
            .findings
            .iter()
            .filter(|finding| finding.level > Level::Note);
        loud.flat_map(|finding| &finding.verdicts)
            .filter(|(role, _)| (**role == Role::Implementers) == implementers)
            .map(|(_, certainty)| *certainty)
            .max()
    };
    let sides = [("callers", heard(false)), ("implementers", heard(true))];
    let both = if sides.iter().all(|(_, heard)| heard.is_some()) {
        " both"
    } else {
        ""
    };
    let mut any = false;
    for (class, certainty) in sides {
        let Some(certainty) = certainty else {
            continue;
        };
        any = true;
        let maybe = if certainty == Certainty::Possible {
            " maybe"
        } else {
            ""
        };
        out.push_str(&format!(
            "<a class=\"mark {class}{maybe}{both}\" style=\"left:{}\" href=\"#c{}\" title=\"{title}\"></a>",
            axis.at(mark.entry.time),
            short(mark.entry)
        ));
    }
    if !any {
        out.push_str(&format!(
            "<a class=\"mark growth\" style=\"left:{}\" href=\"#c{}\" title=\"{title}\"></a>",
            axis.at(mark.entry.time),
            short(mark.entry)
        ));
    }
}

/// The lane of a finding: what it speaks of.
fn member(finding: &Finding) -> &str {
    &finding.subject
}

/// The last parts of a path.
fn last_parts(path: &str, count: usize) -> &str {
    let separator = if path.contains("::") { "::" } else { "." };
    path.rmatch_indices(separator)
        .nth(count.saturating_sub(1))
        .map_or(path, |(at, found)| &path[at + found.len()..])
}

fn commit(out: &mut String, told: &Told<'_>, entry: &Entry, changes: &[&Change]) {
    let breaks = changes.iter().any(|change| change.kind == Kind::Break);
    out.push_str(&format!(
        "<article id=\"c{}\"{}>\n<h3><time>{}</time> {} <code>{}</code></h3>\n",
        short(entry),
        if breaks { " class=\"breaks\"" } else { "" },
        date(entry.time),
        text(&entry.subject),
        short(entry)
    ));
    for change in changes {
        out.push_str(&format!(
            "<p class=\"version\">{} <b>{}</b></p>\n",
            text(&told.history.names[change.group]),
            versions(change)
        ));
        let (loud, notes): (Vec<&Finding>, Vec<&Finding>) = change
            .findings
            .iter()
            .partition(|finding| finding.level > Level::Note);
        list(out, &loud);
        if !notes.is_empty() && !told.quiet {
            out.push_str(&format!(
                "<details><summary>{}</summary>\n",
                words::count(notes.len(), "harmless change")
            ));
            list(out, &notes);
            out.push_str("</details>\n");
        }
        for amendment in &change.amendments {
            out.push_str(&format!(
                "<p class=\"accepted\"><span class=\"mark amended\"></span> accepted for {}: {}</p>\n",
                amendment.version,
                text(&amendment.reason)
            ));
        }
    }
    out.push_str("</article>\n");
}

fn list(out: &mut String, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    out.push_str("<ul>\n");
    for finding in findings {
        out.push_str(&format!(
            "<li class=\"{}\"><code>{}</code> {}{}</li>\n",
            finding.level.word(),
            finding.rule,
            marked(&finding.message),
            text(&super::text::who(finding))
        ));
    }
    out.push_str("</ul>\n");
}

/// A sentence, with what stands in backticks as code.
fn marked(sentence: &str) -> String {
    let parts: Vec<&str> = sentence.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return text(sentence);
    }
    let parts = parts.iter().enumerate().map(|(at, part)| {
        if at % 2 == 1 {
            format!("<code>{}</code>", text(part))
        } else {
            text(part)
        }
    });
    parts.collect()
}

/// Text that HTML takes for nothing else, in content and in quoted attributes.
fn text(raw: &str) -> String {
    let lines: Vec<String> = raw
        .split('\n')
        .map(|line| safe(line).into_owned())
        .collect();
    lines
        .join("\n")
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
        .replace('\n', "&#10;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_begin_where_dates_say() {
        for year in [1970, 2000, 2001, 2024, 2025, 2100] {
            assert_eq!(date(start_of(year)), format!("{year}-01-01"));
            assert_eq!(date(start_of(year) - 1), format!("{}-12-31", year - 1));
        }
    }

    #[test]
    fn nothing_that_was_written_elsewhere_is_markup() {
        assert_eq!(
            text("<script>\u{1b}[31m\n\"&'"),
            "&lt;script&gt;\\u{1b}[31m&#10;&quot;&amp;&#39;"
        );
        assert_eq!(marked("`<b>` is"), "<code>&lt;b&gt;</code> is");
    }

    #[test]
    fn a_lane_has_a_short_name() {
        assert_eq!(last_parts("a.b.C.d", 2), "C.d");
        assert_eq!(last_parts("a::b::C", 2), "b::C");
        assert_eq!(last_parts("a::b::C", 1), "C");
        assert_eq!(last_parts("C", 1), "C");
    }
}
