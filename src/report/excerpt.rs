//! A few lines of a source text, made harmless, in which places (lines and columns) become byte ranges. It holds
//! what a snippet shows, and no more: neither a large file nor a line without end reaches the renderer.

use std::ops::Range;

use super::safe::stand_in;
use crate::interface::Place;

/// A definition that is longer is shown by its first lines.
const MOST_LINES: u32 = 40;
/// What stands further right in its line is named, not shown.
const MOST_COLUMNS: usize = 4_000;

/// Lines of a text, with hostile characters replaced one for one, so that columns stay what they were.
pub(super) struct Excerpt {
    text: String,
    first: u32,
    /// Where each line is in `text`, without its end.
    lines: Vec<Range<usize>>,
}

impl Excerpt {
    /// The lines `first..=last` of a source text; none if the text does not have the first.
    pub(super) fn new(source: &str, path: &str, first: u32, last: u32) -> Option<Self> {
        let last = last.clamp(first, first.saturating_add(MOST_LINES - 1));
        let mut excerpt = Self {
            text: String::new(),
            first,
            lines: Vec::new(),
        };
        // Python ends a line at a carriage return of its own; everybody else does not.
        let lone_return = path.ends_with(".py") || path.ends_with(".pyi");
        let mut rest = source.strip_prefix('\u{FEFF}').unwrap_or(source);
        let mut number = 1;
        while number <= last {
            let Some((line, after)) = next_line(rest, lone_return) else {
                break;
            };
            if number >= first {
                let start = excerpt.text.len();
                excerpt
                    .text
                    .extend(line.chars().take(MOST_COLUMNS).map(stand_in));
                excerpt.lines.push(start..excerpt.text.len());
                excerpt.text.push('\n');
            }
            rest = after;
            number += 1;
        }
        (first > 0 && !excerpt.lines.is_empty()).then_some(excerpt)
    }

    /// The lines, each with its end.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The number of the first line.
    pub(super) fn first(&self) -> usize {
        usize::try_from(self.first).unwrap_or(1)
    }

    /// The byte range of a place, cut down to its first line and, if that line is longer than `width`, to two thirds
    /// of the width: a longer mark would keep the renderer from cutting the line. A place of a single point grows to
    /// the word that starts there. None if it is not in these lines.
    pub(super) fn span(&self, place: &Place, width: usize) -> Option<Range<usize>> {
        let line = self.line(place.line)?;
        let text = &self.text[line.clone()];
        let from = nth(text, place.column)?;
        let to = if place.end_line > place.line {
            text.trim_end().len()
        } else {
            nth(text, place.end_column).unwrap_or(text.len())
        };
        let to = if to > from {
            to
        } else {
            from + word(&text[from..])
        };
        let most = if text.chars().nth(width).is_some() {
            width * 2 / 3
        } else {
            width
        };
        let length = text[from..to]
            .char_indices()
            .nth(most.max(1))
            .map_or(to - from, |(index, _)| index);
        Some(line.start + from..line.start + from + length)
    }

    /// Where a text stands literally in the line in which a place starts.
    pub(super) fn find(&self, place: &Place, text: &str) -> Option<usize> {
        let line = self.line(place.line)?;
        let found = self.text[line.clone()].find(text)?;
        Some(line.start + found)
    }

    fn line(&self, number: u32) -> Option<Range<usize>> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.lines.get(index).cloned()
    }
}

/// The byte at which the character of this column (from 1) starts; the end of the text counts as a column.
fn nth(text: &str, column: u32) -> Option<usize> {
    let index = usize::try_from(column).ok()?.saturating_sub(1);
    text.char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .nth(index)
}

/// The length of the word at the start of a text, or of its first character.
fn word(text: &str) -> usize {
    let length = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    if length > 0 {
        length
    } else {
        text.chars().next().map_or(0, char::len_utf8)
    }
}

/// The first line of a text without its end, and what follows.
fn next_line(text: &str, lone_return: bool) -> Option<(&str, &str)> {
    if text.is_empty() {
        return None;
    }
    let end = if lone_return {
        memchr::memchr2(b'\n', b'\r', text.as_bytes())
    } else {
        memchr::memchr(b'\n', text.as_bytes())
    };
    let Some(end) = end else {
        return Some((text, ""));
    };
    let (line, rest) = text.split_at(end);
    let rest = rest
        .strip_prefix("\r\n")
        .or_else(|| rest.strip_prefix(['\n', '\r']))
        .unwrap_or(rest);
    Some((line.strip_suffix('\r').unwrap_or(line), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(line: u32, column: u32, end_line: u32, end_column: u32) -> Place {
        Place {
            path: "".into(),
            line,
            column,
            end_line,
            end_column,
        }
    }

    fn shown(excerpt: &Excerpt, place: &Place) -> Option<String> {
        excerpt
            .span(place, 60)
            .map(|span| excerpt.text()[span].to_owned())
    }

    #[test]
    fn columns_count_characters_and_survive_hostile_ones() {
        let excerpt = Excerpt::new("a\nä\x1b\u{202e}name(x)\r\nb\n", "a.rs", 2, 2).expect("line 2");
        assert_eq!(excerpt.text(), "ä␛\u{FFFD}name(x)\n");
        assert_eq!(shown(&excerpt, &place(2, 4, 2, 8)).as_deref(), Some("name"));
    }

    #[test]
    fn a_point_grows_to_its_word_and_a_range_stops_at_its_line() {
        let excerpt =
            Excerpt::new("one\nclass Driver(Base):  \n  x\n", "a.py", 2, 3).expect("lines");
        assert_eq!(
            shown(&excerpt, &place(2, 7, 2, 7)).as_deref(),
            Some("Driver")
        );
        assert_eq!(
            shown(&excerpt, &place(2, 1, 9, 3)).as_deref(),
            Some("class Driver(Base):")
        );
        assert_eq!(shown(&excerpt, &place(3, 3, 3, 90)).as_deref(), Some("x"));
        assert_eq!(shown(&excerpt, &place(4, 1, 4, 2)), None);
        assert_eq!(shown(&excerpt, &place(3, 90, 3, 91)), None);
    }

    #[test]
    fn only_python_ends_lines_at_a_lone_return() {
        let text = "a\rb\r\nc";
        let python = Excerpt::new(text, "a.py", 2, 3).expect("lines");
        assert_eq!(python.text(), "b\nc\n");
        let rust = Excerpt::new(text, "a.rs", 1, 2).expect("lines");
        assert_eq!(rust.text(), "a␍b\nc\n");
    }

    #[test]
    fn what_is_not_there_is_no_excerpt() {
        assert!(Excerpt::new("a\n", "a.py", 2, 2).is_none());
        assert!(Excerpt::new("a\n", "a.py", 0, 0).is_none());
        assert!(Excerpt::new("", "a.py", 1, 1).is_none());
    }

    #[test]
    fn lines_and_columns_have_a_limit() {
        let text = "x".repeat(1_000_000) + &"\ny".repeat(1_000);
        let excerpt = Excerpt::new(&text, "a.rs", 1, 900).expect("lines");
        assert!(excerpt.text().len() < 2 * MOST_COLUMNS);
        assert!(excerpt.span(&place(1, 900_000, 1, 900_001), 20).is_none());
    }
}
