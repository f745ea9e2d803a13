//! TOML text that people write: where a span of it stands, errors that are one sentence with a file and a line, and
//! the nearest known word for a mistyped one. Contracts and the configuration share it; it knows nothing of either.

use std::fmt;
use std::ops::Range;

use crate::interface::Place;

/// What is wrong with a file that a person wrote, where, and what to do next.
///
/// Displayed as one line, `path:line: what; next`, without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The file, as the user knows it.
    pub path: String,
    /// Its line and, where it helps, its column, both from 1.
    pub at: Option<(u32, Option<u32>)>,
    /// What is wrong.
    pub what: String,
    /// What to do about it; may be empty.
    pub next: String,
}

impl Error {
    /// An error about a file as a whole.
    pub fn new(path: impl Into<String>, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            at: None,
            what: what.into(),
            next: next.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.path))?;
        if let Some((line, column)) = self.at {
            write!(f, ":{line}")?;
            if let Some(column) = column {
                write!(f, ":{column}")?;
            }
        }
        write!(f, ": {}", printable(&self.what))?;
        if !self.next.is_empty() {
            write!(f, "; {}", printable(&self.next))?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// Characters that would act on a terminal, or that a reader of the file cannot see: controls, and the marks that
/// turn the direction of a text around or have no width.
pub(crate) fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The text with every deceptive character escaped.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_deceptive(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// A string in TOML on one line: basic, or literal where that saves escapes. What a reviewer could not see is escaped.
pub(crate) fn quoted(text: &str) -> String {
    let plain = !text.contains(is_deceptive);
    if plain && text.contains(['"', '\\']) && !text.contains('\'') {
        return format!("'{text}'");
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c if is_deceptive(c) => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The known word that is nearest to a mistyped one, if any is near.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    // A hostile word may be megabytes long; nothing known is near to that.
    if word.len() > 200 {
        return None;
    }
    similar::get_close_matches(word, known, 1, 0.6)
        .first()
        .copied()
}

/// What to do about a mistyped word: the nearest known one, or all of them.
pub(crate) fn suggestion(word: &str, known: &[&str]) -> String {
    match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "remove it".to_owned(),
        None => format!("known are {}", ticked(known)),
    }
}

/// Words in backticks, separated by commas.
pub(crate) fn ticked(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A text with the path that messages give it.
pub(crate) struct Text<'a> {
    path: &'a str,
    text: &'a str,
    /// The byte at which each line starts.
    starts: Vec<usize>,
}

impl<'a> Text<'a> {
    pub(crate) fn new(path: &'a str, text: &'a str) -> Self {
        let starts = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|newline| newline + 1))
            .collect();
        Self { path, text, starts }
    }

    /// Line and column (in characters) of a byte, both from 1.
    pub(crate) fn position(&self, byte: usize) -> (u32, u32) {
        let byte = byte.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts.get(line.wrapping_sub(1)).copied().unwrap_or(0);
        let column = self
            .text
            .get(start..byte)
            .map_or(0, |before| before.chars().count());
        (number(line), number(column + 1))
    }

    /// The place of a string's content, without its quotes.
    pub(crate) fn content(&self, span: Range<usize>) -> Place {
        let raw = self.text.get(span.clone()).unwrap_or("");
        let quotes = ["\"\"\"", "'''", "\"", "'"]
            .into_iter()
            .find(|quotes| raw.len() >= 2 * quotes.len() && raw.starts_with(quotes))
            .map_or(0, str::len);
        let mut start = span.start + quotes;
        if quotes == 3 {
            // A newline right after the opening quotes is no part of the string.
            let body = &raw[quotes..];
            start += ["\r\n", "\n"]
                .into_iter()
                .find(|newline| body.starts_with(newline))
                .map_or(0, str::len);
        }
        let (line, column) = self.position(start);
        let (end_line, end_column) = self.position(span.end - quotes);
        Place {
            path: self.path.into(),
            line,
            column,
            end_line,
            end_column,
        }
    }

    /// An error at a span.
    pub(crate) fn error(
        &self,
        span: Range<usize>,
        what: impl Into<String>,
        next: impl Into<String>,
    ) -> Error {
        Error {
            at: Some((self.position(span.start).0, None)),
            ..Error::new(self.path, what, next)
        }
    }

    /// An error of the `toml` crate as one sentence.
    pub(crate) fn toml_error(&self, error: &toml::de::Error) -> Error {
        if let Some(conflict) = self.conflict() {
            return conflict;
        }
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        let span = error.span().unwrap_or(0..0);
        if let Some((word, known)) = unknown_field(&message) {
            return self.error(
                span,
                format!("`{word}` is no key that belongs here"),
                suggestion(word, &known),
            );
        }
        if let Some(field) = message
            .strip_prefix("missing field `")
            .and_then(|rest| rest.strip_suffix('`'))
        {
            return self.error(span, format!("`{field}` is missing"), "add it");
        }
        let next = if message.ends_with("expected a string") {
            "put it in quotes"
        } else {
            "correct it by hand, or take the file back from version control"
        };
        let (line, column) = self.position(span.start);
        Error {
            at: Some((line, Some(column))),
            ..Error::new(self.path, message, next)
        }
    }

    /// The marks that a merge leaves behind are the commonest reason why such a file does not parse.
    fn conflict(&self) -> Option<Error> {
        let start = *self
            .starts
            .iter()
            .find(|start| self.text[**start..].starts_with("<<<<<<< "))?;
        Some(self.error(
            start..start,
            "a merge conflict is not resolved",
            "resolve it, then run the same command again",
        ))
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Takes serde's sentence about an unknown field apart: the field, and the fields that are known.
fn unknown_field(message: &str) -> Option<(&str, Vec<&str>)> {
    let rest = message.strip_prefix("unknown field `")?;
    let (word, known) = match rest.rsplit_once("`, expected ") {
        Some((word, known)) => (word, known.split('`').skip(1).step_by(2).collect()),
        None => (rest.split_once("`, there are no fields")?.0, Vec::new()),
    };
    Some((word, known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_and_leave_the_quotes_out() {
        let text = "a = 1\nb = \"é\\nx\"\nc = 'y'\nd = \"\"\"\nz\"\"\"\n";
        let source = Text::new("f.toml", text);
        let at = |needle: &str, len: usize| {
            let start = text.find(needle).unwrap();
            let place = source.content(start..start + len);
            (place.line, place.column, place.end_line, place.end_column)
        };
        assert_eq!(at("\"é", "\"é\\nx\"".len()), (2, 6, 2, 10));
        assert_eq!(at("'y'", 3), (3, 6, 3, 7));
        assert_eq!(at("\"\"\"\nz", 8), (5, 1, 5, 2));
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position(text.len() + 9), (6, 1));
    }

    #[test]
    fn a_string_is_basic_unless_that_would_need_escapes() {
        assert_eq!(quoted("def f(x='a')"), "\"def f(x='a')\"");
        assert_eq!(quoted("def f(x=\"a\")"), "'def f(x=\"a\")'");
        assert_eq!(quoted(r"f(x='\n')"), r#""f(x='\\n')""#);
        assert_eq!(
            quoted("a\tb\"\u{202e}\u{7f}"),
            "\"a\\tb\\\"\\u202E\\u007F\""
        );
    }

    #[test]
    fn a_message_carries_no_control_characters() {
        let error = Error::new("a\u{1b}[31m", "line\nbreak", "\u{202e}turned");
        assert_eq!(
            error.to_string(),
            "a\\u{1b}[31m: line\\u{a}break; \\u{202e}turned"
        );
    }

    #[test]
    fn serde_sentences_are_taken_apart() {
        assert_eq!(
            unknown_field("unknown field `a`, expected one of `b`, `c`"),
            Some(("a", vec!["b", "c"]))
        );
        assert_eq!(
            unknown_field("unknown field `a`, expected `b` or `c`"),
            Some(("a", vec!["b", "c"]))
        );
        assert_eq!(
            unknown_field("unknown field `x`, expected `y`, expected `b`"),
            Some(("x`, expected `y", vec!["b"]))
        );
        assert_eq!(
            unknown_field("unknown field `a`, there are no fields"),
            Some(("a", vec![]))
        );
        assert_eq!(unknown_field("invalid type"), None);
    }
}
