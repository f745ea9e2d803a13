//! The format for people: source, contract line, who is hurt, what to do, and one closing line per run. Calm by
//! default: notes are counted, long evidence is counted, accepted findings take three lines; `-v` shows all of it.

use std::ops::Range;

use annotate_snippets::renderer::{AnsiColor, Effects, Style};
use annotate_snippets::{
    AnnotationKind, Element, Group, Level as Title, Message, Origin as Path, Renderer, Snippet,
};

use super::excerpt::Excerpt;
use super::signature::{changed, underlined};
use super::{Look, Report, Texts, anchor, concise, safe, safe_lines, spot, words};
use crate::finding::{Evidence, Finding, Level, Origin, Side};
use crate::interface::Place;

/// Call sites shown with their source, unless all are asked for.
const SNIPPETS: usize = 2;
/// Call sites named after those.
const NAMED: usize = 4;

/// The whole report.
pub(super) fn render(report: &Report<'_>, texts: &dyn Texts, look: Look) -> String {
    let page = Page {
        texts,
        look,
        verbose: report.verbose,
        renderer: if look.colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        }
        .term_width(look.width),
    };
    let mut out = String::new();
    let (notes, loud): (Vec<&Finding>, Vec<&Finding>) = report
        .findings
        .iter()
        .partition(|finding| finding.level == Level::Note && finding.accepted.is_none());
    for finding in loud {
        if words::shown(report, finding) {
            out.push_str(&page.finding(finding));
            out.push_str("\n\n");
        }
    }
    if report.quiet {
        return out;
    }
    if !notes.is_empty() {
        if report.verbose {
            for note in &notes {
                out.push_str(&concise::line(note));
                out.push('\n');
            }
        } else {
            out.push_str(&format!(
                "… {}: -v shows {}\n",
                words::count(notes.len(), "note"),
                if notes.len() == 1 { "it" } else { "them" },
            ));
        }
        out.push('\n');
    }
    out.push_str(&page.painted(&safe(&words::closing(report)), verdict_style(report)));
    out.push('\n');
    if let Some(next) = &report.next {
        out.push_str(&page.painted("next:", Style::new().effects(Effects::BOLD)));
        out.push_str(&format!(" {}\n", safe(next)));
    }
    out
}

fn verdict_style(report: &Report<'_>) -> Style {
    let held = report.interfaces.iter().all(|verdict| verdict.held);
    let colour = if report.summary.errors > 0 || !held {
        AnsiColor::BrightRed
    } else if report.summary.warnings > 0 {
        AnsiColor::Yellow
    } else {
        AnsiColor::Green
    };
    colour.on_default().effects(Effects::BOLD)
}

/// What is the same for all findings of a report.
struct Page<'a> {
    texts: &'a dyn Texts,
    look: Look,
    verbose: bool,
    renderer: Renderer,
}

/// One file of a finding: where, which parts, and what to say there.
struct Spot<'a> {
    origin: &'a Origin,
    /// What `path:line:col` says.
    place: &'a Place,
    /// The line with which the snippet starts, if that is not the line of the place.
    header: Option<&'a Place>,
    /// A signature that may stand literally in the line, and its parts to mark.
    parts: Option<(&'a str, &'a [Range<usize>])>,
    label: String,
}

impl Page<'_> {
    fn painted(&self, text: &str, style: Style) -> String {
        if self.look.colour {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// One finding, without a line end at its end.
    fn finding(&self, finding: &Finding) -> String {
        let level = match finding.level {
            _ if finding.accepted.is_some() => Title::NOTE.with_name("accepted"),
            Level::Error => Title::ERROR,
            Level::Warning => Title::WARNING,
            Level::Note => Title::NOTE,
        };
        let title = level
            .primary_title(safe(&finding.message).into_owned())
            .id(finding.rule);
        let mut group = Group::with_title(title);
        if finding.accepted.is_some() && !self.verbose {
            group = group.elements(anchor(finding).map(|place| Element::Origin(named(place))));
        } else {
            group = group.elements(self.places(finding));
        }
        group = group.elements(self.messages(finding));
        trimmed(&self.renderer.render(&[group]))
    }

    /// The call sites, the definition, and the contract's line or the definition as it was.
    fn places(&self, finding: &Finding) -> Vec<Element<'static>> {
        let signatures = signatures(finding);
        let (gone, come) = signatures
            .map(|(old, new)| changed(old, new))
            .unwrap_or_default();
        let mut spots: Vec<Spot<'_>> = self
            .evidence(finding)
            .0
            .into_iter()
            .map(|evidence| Spot {
                origin: &evidence.origin,
                place: &evidence.place,
                header: None,
                parts: None,
                label: evidence.what.clone(),
            })
            .collect();
        let proofs = spots.len();
        let mut new_is_marked = false;
        if let Some(new) = &finding.new {
            // Where a call proves the finding, the definition is worth its lines only if it can point at a part.
            let of_one_moment = finding
                .old
                .as_ref()
                .is_some_and(|old| old.origin == Origin::Provider);
            // A use is its own evidence.
            let is_use = matches!(new.origin, Origin::Consumer(_)) && new.signature.is_none();
            let is_shown = spots.is_empty()
                || (!is_use && (new.mark.is_some() || self.verbose || of_one_moment));
            if is_shown {
                let label = match new.signature {
                    None => "gone from here",
                    Some(_) if finding.old.is_none() => "new",
                    Some(_) => "",
                };
                spots.push(self.side(new, signatures.map(|(_, text)| (text, &*come)), label));
            }
            new_is_marked = self.marked(new) || self.literal(new);
        }
        if let Some(old) = &finding.old {
            let label = match old.origin {
                Origin::Contract => words::told(finding),
                Origin::Before => "before".to_owned(),
                // Two texts of one moment: what the base or the provider declares.
                Origin::Provider | Origin::Consumer(_) => "declared here".to_owned(),
            };
            spots.push(self.side(old, signatures.map(|(text, _)| (text, &*gone)), &label));
        }

        let mut elements: Vec<Element<'static>> = spots
            .iter()
            .enumerate()
            .map(|(index, spot)| self.element(spot, index == 0))
            .collect();
        // What a snippet would have said beside the line.
        for spot in spots
            .iter()
            .take(proofs)
            .filter(|spot| !spot.label.is_empty())
        {
            if self.texts.text(spot.origin, &spot.place.path).is_none() {
                let path = path_in(spot.origin, spot.place);
                let text = format!("{path}:{}: {}", spot.place.line, safe(&spot.label));
                elements.push(Title::NOTE.with_name("at").message(text).into());
            }
        }
        if let Some((old, new)) = signatures
            && old != new
            && !new_is_marked
        {
            // A contract's line says already what the definition was.
            if !finding.old.as_ref().is_some_and(|side| self.literal(side)) {
                elements.push(self.signature("was", old, &gone, '-').into());
            }
            elements.push(self.signature("now", new, &come, '^').into());
        }
        elements
    }

    /// A side of the change, with its mark or with the parts of its signature that changed.
    fn side<'a>(
        &self,
        side: &'a Side,
        parts: Option<(&'a str, &'a [Range<usize>])>,
        label: &str,
    ) -> Spot<'a> {
        Spot {
            origin: &side.origin,
            place: spot(side),
            header: side.mark.as_ref().map(|_| &side.place),
            parts: parts.filter(|_| side.mark.is_none()),
            label: label.to_owned(),
        }
    }

    /// Whether the part that a side points at can be shown.
    fn marked(&self, side: &Side) -> bool {
        side.mark.as_ref().is_some_and(|mark| {
            self.line(&side.origin, mark)
                .is_some_and(|excerpt| excerpt.span(mark, 1).is_some())
        })
    }

    /// Whether the line of a side holds its signature literally.
    fn literal(&self, side: &Side) -> bool {
        side.signature.as_ref().is_some_and(|signature| {
            self.line(&side.origin, &side.place)
                .is_some_and(|excerpt| excerpt.find(&side.place, signature).is_some())
        })
    }

    fn line(&self, origin: &Origin, place: &Place) -> Option<Excerpt> {
        let text = self.texts.text(origin, &place.path)?;
        Excerpt::new(&text, &place.path, place.line, place.line)
    }

    /// A snippet, or the bare place if its text is not there.
    fn element(&self, spot: &Spot<'_>, primary: bool) -> Element<'static> {
        self.snippet(spot, primary)
            .unwrap_or_else(|| Element::Origin(named_in(spot.origin, spot.place)))
    }

    fn snippet(&self, spot: &Spot<'_>, primary: bool) -> Option<Element<'static>> {
        let text = self.texts.text(spot.origin, &spot.place.path)?;
        let header = spot
            .header
            .filter(|header| header.path == spot.place.path && header.line <= spot.place.line);
        let first = header.map_or(spot.place.line, |header| header.line);
        let excerpt = Excerpt::new(&text, &spot.place.path, first, spot.place.line)?;
        // What is left of the width beside the line number.
        let most = self.look.width.saturating_sub(10).max(20);
        let kind = if primary {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let mut spans: Vec<Range<usize>> = spot
            .parts
            .into_iter()
            .filter_map(|(signature, ranges)| Some((excerpt.find(spot.place, signature)?, ranges)))
            .flat_map(|(start, ranges)| {
                ranges
                    .iter()
                    .map(move |range| start + range.start..start + range.end)
            })
            .collect();
        let extent = |spans: &[Range<usize>]| {
            let first = spans.first().map_or(0, |span| span.start);
            spans.last().map_or(0, |span| span.end) - first
        };
        if spans.is_empty() || extent(&spans) > most {
            spans = vec![excerpt.span(spot.place, most)?];
        }
        let last = spans.len() - 1;
        let mut snippet = Snippet::source(excerpt.text().to_owned())
            .line_start(excerpt.first())
            .path(path_in(spot.origin, spot.place));
        for (index, span) in spans.into_iter().enumerate() {
            let label =
                (index == last && !spot.label.is_empty()).then(|| safe(&spot.label).into_owned());
            snippet = snippet.annotation(kind.span(span).label(label));
        }
        if let Some(header) = header.filter(|header| header.line < spot.place.line) {
            snippet = snippet.annotation(AnnotationKind::Visible.span(excerpt.span(header, 1)?));
        }
        Some(snippet.into())
    }

    /// A signature in one line, with what changed underlined.
    fn signature(
        &self,
        name: &'static str,
        text: &str,
        ranges: &[Range<usize>],
        underline: char,
    ) -> Message<'static> {
        // Escaping would move the marks; stand-ins do not.
        let harmless: String = text
            .chars()
            .map(|c| {
                if c == '\t' {
                    ' '
                } else {
                    super::safe::stand_in(c)
                }
            })
            .collect();
        let moved: Vec<Range<usize>> = ranges
            .iter()
            .map(|range| {
                let at = |byte: usize| -> usize {
                    let count = text[..byte].chars().count();
                    harmless.chars().take(count).map(char::len_utf8).sum()
                };
                at(range.start)..at(range.end)
            })
            .collect();
        let (line, marks) = underlined(
            &harmless,
            &moved,
            underline,
            self.look.width.saturating_sub(16),
        );
        let text = if marks.is_empty() {
            line
        } else {
            format!("{line}\n{marks}")
        };
        Title::NOTE.with_name(name).message(text)
    }

    /// The evidence that gets a snippet, and what is left of it. Consumers are named in the line that says who
    /// breaks; their source is shown on request.
    fn evidence<'f>(&self, finding: &'f Finding) -> (Vec<&'f Evidence>, Vec<&'f Evidence>) {
        let mut all: Vec<&Evidence> = finding
            .evidence
            .iter()
            .filter(|evidence| self.verbose || !matches!(evidence.origin, Origin::Consumer(_)))
            .collect();
        all.dedup_by(|a, b| a.origin == b.origin && a.place == b.place);
        let rest = all.split_off(
            all.len()
                .min(if self.verbose { usize::MAX } else { SNIPPETS }),
        );
        (all, rest)
    }

    /// The lines that start with `=`.
    fn messages(&self, finding: &Finding) -> Vec<Element<'static>> {
        let mut messages: Vec<Message<'static>> = Vec::new();
        let mut say = |name: Option<&'static str>, text: String| {
            messages.push(Title::NOTE.with_name(name).message(text));
        };
        let brief = finding.accepted.is_some() && !self.verbose;
        let rest = self.evidence(finding).1;
        if !rest.is_empty() && !brief {
            let places: Vec<String> = rest
                .iter()
                .take(NAMED)
                .map(|evidence| format!("{}:{}", evidence.place.path, evidence.place.line))
                .collect();
            let more = rest.len() - places.len();
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            say(Some("also"), format!("{}{more}", safe(&places.join(", "))));
        }
        if let Some(text) = words::breaks(finding) {
            say(None, safe(&text).into_owned());
        }
        if let Some(reason) = &finding.accepted {
            say(Some("accepted"), safe_lines(reason).into_owned());
        } else if !finding.help.is_empty() {
            say(Some("help"), safe_lines(&finding.help).into_owned());
        }
        messages.into_iter().map(Element::Message).collect()
    }
}

/// Both signatures, where both sides have one.
fn signatures(finding: &Finding) -> Option<(&str, &str)> {
    let old = finding.old.as_ref()?.signature.as_deref()?;
    let new = finding.new.as_ref()?.signature.as_deref()?;
    Some((old, new))
}

/// The path as it is shown; a consumer's says whose it is.
fn path_in(origin: &Origin, place: &Place) -> String {
    match origin {
        Origin::Consumer(name) => safe(&format!("{name}: {}", place.path)).into_owned(),
        _ => safe(&place.path).into_owned(),
    }
}

fn named_in(origin: &Origin, place: &Place) -> Path<'static> {
    Path::path(path_in(origin, place))
        .line(usize::try_from(place.line).unwrap_or(1))
        .char_column(usize::try_from(place.column).unwrap_or(1))
}

fn named(place: &Place) -> Path<'static> {
    named_in(&Origin::Provider, place)
}

/// Without blanks at the ends of lines, which editors and diffs trip over.
fn trimmed(text: &str) -> String {
    text.lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}
