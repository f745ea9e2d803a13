//! Strings and bytes as literals in one spelling, with what a terminal could act on escaped.

use std::fmt::Write as _;

use ruff_python_ast::BytesLiteral;

/// A string as CPython's `repr` writes it, and with what a terminal could act on escaped.
pub(crate) fn quoted(out: &mut String, text: &str) {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    out.push(quote);
    for c in text.chars() {
        escaped(out, c, quote);
    }
    out.push(quote);
}

/// A character inside quotes.
pub(crate) fn escaped(out: &mut String, c: char, quote: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\\' => out.push_str("\\\\"),
        c if c == quote => {
            out.push('\\');
            out.push(c);
        }
        c if (c.is_control() || is_invisible(c)) && u32::from(c) < 0x100 => {
            let _ = write!(out, "\\x{:02x}", u32::from(c));
        }
        c if is_invisible(c) => {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        }
        c => out.push(c),
    }
}

/// Marks that change how text around them is shown, line separators, byte order marks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}

/// Bytes as `b'…'`.
pub(crate) fn bytes<'a>(out: &mut String, parts: impl Iterator<Item = &'a BytesLiteral>) {
    out.push_str("b'");
    for part in parts {
        for &byte in part.as_slice() {
            if byte.is_ascii() && !byte.is_ascii_control() {
                escaped(out, char::from(byte), '\'');
            } else {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push('\'');
}
