//! What keeps foreign text from speaking to the terminal: source, file names, contracts and reasons are written by
//! whoever opened the pull request, and may hold escape sequences or characters that turn the reading direction.
//! Escaping for a format (XML, Markdown, CI commands) is that format's own business and comes on top.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character does something to a terminal or to the order of the text, instead of being seen.
pub(super) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}'                  // Arabic letter mark
            | '\u{200B}'                // zero-width space: hides a difference between two names
            | '\u{200E}' | '\u{200F}'   // direction marks
            | '\u{2028}'..='\u{202E}'   // line and paragraph separators, bidi embeddings and overrides
            | '\u{2060}'..='\u{206F}'   // word joiner, bidi isolates, deprecated format characters
            | '\u{FEFF}'                // byte order mark
            | '\u{FFF9}'..='\u{FFFB}'   // interlinear annotation
            | '\u{E0000}'..='\u{E007F}' // tags: invisible ASCII
        )
}

fn escaped(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    let hostile = |c: char| is_hostile(c) && !keep(c);
    if !text.chars().any(hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if !hostile(c) {
            out.push(c);
            continue;
        }
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Writing to a string does not fail.
            _ => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
        }
    }
    Cow::Owned(out)
}

/// Text for one line of a terminal: every hostile character is escaped, as `\u{1b}`, line ends as `\n`.
pub fn safe(text: &str) -> Cow<'_, str> {
    escaped(text, |_| false)
}

/// Like [`safe`], for text that may have several lines: line ends stay.
pub fn safe_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c == '\n')
}

/// The character that stands for a hostile one where columns must not move, as in a snippet of source: the picture
/// of a control character (`␛`), else the replacement character. A tab stays: snippets widen it.
pub(super) fn stand_in(c: char) -> char {
    match c {
        '\t' => c,
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{FFFD}'),
        '\x7f' => '\u{2421}',
        _ if is_hostile(c) => '\u{FFFD}',
        _ => c,
    }
}

/// Escapes hostile characters in JSON text that is already serialized. They can only stand inside strings there, so
/// that `\u202e` reads back as the very same character.
pub fn safe_json(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_hostile(c) && c != '\n') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut units = [0; 2];
    for c in text.chars() {
        if is_hostile(c) && c != '\n' {
            for unit in c.encode_utf16(&mut units) {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(safe("def spawn(self) → Näme"), Cow::Borrowed(_)));
        assert!(matches!(safe_lines("one\ntwo"), Cow::Borrowed(_)));
        assert!(matches!(safe_json("{\n  \"a\": 1\n}"), Cow::Borrowed(_)));
    }

    #[test]
    fn every_hostile_character_is_escaped() {
        assert_eq!(
            safe("a\x1b[31mb\x07c\r\n\t"),
            "a\\u{1b}[31mb\\u{7}c\\r\\n\\t"
        );
        assert_eq!(
            safe("x\u{202e}y\u{2066}z\u{9b}"),
            "x\\u{202e}y\\u{2066}z\\u{9b}"
        );
        assert_eq!(safe_lines("a\n\rb"), "a\n\\rb");
        for c in ('\0'..=char::MAX).filter(|&c| is_hostile(c)) {
            let text = format!("<{c}>");
            assert!(!safe(&text).chars().any(is_hostile), "{:x}", u32::from(c));
            assert!(c == '\t' || !is_hostile(stand_in(c)), "{:x}", u32::from(c));
        }
    }

    #[test]
    fn escaped_json_reads_back() {
        let text = "\u{202e}\u{E0041}\u{7f}é";
        let json = serde_json::to_string(text).expect("a string");
        let safe = safe_json(&json);
        assert!(!safe.chars().any(is_hostile), "{safe}");
        assert_eq!(
            serde_json::from_str::<String>(&safe).expect("still JSON"),
            text
        );
    }
}
