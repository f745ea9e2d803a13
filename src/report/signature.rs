//! Which parts of a signature changed: two one-line definitions, compared word by word, for a finding that has no
//! place of its own to point at. It compares letters; what a change means was decided long before.

use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices};

/// Longer signatures are not compared: nobody would see the mark, and the time grows with the square.
const LONGEST: usize = 8_000;

/// The byte ranges that are only in `old`, and those that are only in `new`.
pub(super) fn changed(old: &str, new: &str) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    if old.len().max(new.len()) > LONGEST {
        return (Vec::new(), Vec::new());
    }
    let (old_words, new_words) = (words(old), words(new));
    let mut gone = Vec::new();
    let mut come = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old_words, &new_words) {
        if op.tag() != DiffTag::Equal {
            push(&mut gone, old, range(old, &old_words, op.old_range()));
            push(&mut come, new, range(new, &new_words, op.new_range()));
        }
    }
    (gone, come)
}

/// Identifiers and numbers, runs of blanks, and every other character.
fn words(text: &str) -> Vec<&str> {
    fn class(c: char) -> u8 {
        match c {
            _ if c.is_alphanumeric() || c == '_' => 0,
            ' ' => 1,
            _ => 2,
        }
    }
    let mut words = Vec::new();
    let mut start = 0;
    let mut previous = None;
    for (at, c) in text.char_indices() {
        let class = class(c);
        if at > 0 && (class == 2 || previous != Some(class)) {
            words.push(&text[start..at]);
            start = at;
        }
        previous = Some(class);
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

/// Words as a byte range of the text they were cut from.
fn range(text: &str, words: &[&str], which: Range<usize>) -> Range<usize> {
    let offset = |count: usize| words[..count].iter().map(|word| word.len()).sum::<usize>();
    debug_assert!(offset(words.len()) == text.len());
    offset(which.start)..offset(which.end)
}

/// Adds a range without the commas and blanks around it, joined to the one before if only such stand between them.
fn push(ranges: &mut Vec<Range<usize>>, text: &str, range: Range<usize>) {
    let inside = &text[range.clone()];
    let start = range.start + (inside.len() - inside.trim_start_matches([',', ' ']).len());
    let end = range.end - (inside.len() - inside.trim_end_matches([',', ' ']).len());
    if start >= end {
        return;
    }
    if let Some(last) = ranges.last_mut()
        && text[last.end..start].chars().all(|c| ", :=".contains(c))
    {
        last.end = end;
        return;
    }
    ranges.push(start..end);
}

/// A signature in at most `width` characters with the marked ranges in sight, and the line that underlines them
/// (empty if there is none).
pub(super) fn underlined(
    signature: &str,
    ranges: &[Range<usize>],
    underline: char,
    width: usize,
) -> (String, String) {
    /// Characters kept in front of the first mark.
    const BEFORE: usize = 24;
    let characters = signature.chars().count();
    let column = |at: usize| signature[..at].chars().count();
    let first = ranges.first().map_or(0, |range| column(range.start));
    let width = width.max(2 * BEFORE);
    let from = if characters <= width {
        0
    } else {
        first
            .saturating_sub(BEFORE)
            .min(characters.saturating_sub(width - 3))
    };
    // Half a word says less than none.
    let from = match signature
        .chars()
        .skip(from)
        .take(BEFORE / 2)
        .position(|c| c == ' ')
    {
        Some(blank) if from > 0 => from + blank + 1,
        _ => from,
    };
    let lead = if from > 0 { "..." } else { "" };
    let room = width - lead.len();
    let cut = characters - from > room;
    let keep = if cut { room.saturating_sub(3) } else { room };
    let mut line = String::from(lead);
    line.extend(signature.chars().skip(from).take(keep));
    if cut {
        line.push_str("...");
    }

    let mut marks = String::new();
    for range in ranges {
        let start = (column(range.start).saturating_sub(from) + lead.len()).min(keep + lead.len());
        let end = (column(range.end).saturating_sub(from) + lead.len()).min(keep + lead.len());
        marks.extend(std::iter::repeat_n(
            ' ',
            start.saturating_sub(marks.chars().count()),
        ));
        marks.extend(std::iter::repeat_n(underline, end - start));
    }
    (line, marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
        let (gone, come) = changed(old, new);
        (
            gone.into_iter()
                .map(|range| old[range].to_owned())
                .collect(),
            come.into_iter()
                .map(|range| new[range].to_owned())
                .collect(),
        )
    }

    #[test]
    fn the_very_part_is_found() {
        assert_eq!(
            texts(
                "def f(self, a, b=None)",
                "def f(self, a, b=None, share_info=None)"
            ),
            (vec![], vec!["share_info=None".to_owned()])
        );
        assert_eq!(
            texts("def f(self, a, migrate_data=None, b)", "def f(self, a, b)"),
            (vec!["migrate_data=None".to_owned()], vec![])
        );
        assert_eq!(
            texts(
                "fn f(&self, a: u8) -> Option<Ä>",
                "fn f(&mut self, a: u8) -> Vec<Ä>"
            ),
            (
                vec!["Option".to_owned()],
                vec!["mut".to_owned(), "Vec".to_owned()]
            )
        );
        assert_eq!(texts("def f()", "def f()"), (vec![], vec![]));
        assert_eq!(texts("", "x"), (vec![], vec!["x".to_owned()]));
    }

    #[test]
    fn a_long_signature_is_cut_around_its_change() {
        let old = format!("def f({})", "argument, ".repeat(40));
        let new = old.replacen("argument, )", "argument, other)", 1);
        let (_, come) = changed(&old, &new);
        let (line, marks) = underlined(&new, &come, '^', 60);
        assert!(line.chars().count() <= 60, "{line}");
        assert!(
            line.starts_with("...") && line.ends_with("other)"),
            "{line}"
        );
        let at = marks.find('^').expect("a mark");
        assert_eq!(&line[at..marks.len()], "other");
    }

    #[test]
    fn a_signature_without_end_is_not_compared() {
        let (old, new) = ("a, ".repeat(1_000_000), "b, ".repeat(1_000_000));
        assert_eq!(changed(&old, &new), (vec![], vec![]));
        assert!(underlined(&new, &[], '^', 60).0.chars().count() <= 60);
    }

    #[test]
    fn a_mark_that_is_longer_than_the_line_is_cut_with_it() {
        let new = format!("def f({})", "a, ".repeat(100));
        let whole = 0..new.len();
        let (line, marks) = underlined(&new, std::slice::from_ref(&whole), '^', 60);
        assert!(line.chars().count() <= 60 && marks.len() <= line.len());
    }
}
