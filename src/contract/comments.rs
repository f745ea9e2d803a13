//! Finds the comments of a contract that is already there, and what each of them stands beside. It reads any TOML,
//! also what a person wrote in another form than ours, so that no comment is overlooked.

use toml_edit::{Array, DocumentMut, InlineTable, Item, Key, RawString, Table, Value};

use super::sheet::{Content, Element, Entry, List, Notes, Section, Sheet};

/// The comments of a file, in the shape of a sheet: sections and entries in the order of the file.
pub(super) fn find(document: &DocumentMut) -> Sheet {
    let mut found = Vec::new();
    table(document.as_table(), &[], false, 0, &mut found);
    found.sort_by_key(|(position, _)| *position);
    Sheet {
        sections: found.into_iter().map(|(_, section)| section).collect(),
        tail: block(text(Some(document.trailing()))),
    }
}

fn text(raw: Option<&RawString>) -> &str {
    raw.and_then(RawString::as_str).unwrap_or("")
}

/// A table and those below it. `position` is that of the nearest table with a header: dotted keys stand under one.
fn table(
    table: &Table,
    path: &[String],
    repeated: bool,
    position: isize,
    found: &mut Vec<(isize, Section)>,
) {
    let position = table.position().unwrap_or(position);
    let decor = table.decor();
    let mut section = Section {
        path: path.to_vec(),
        repeated,
        notes: Notes {
            before: block(text(decor.prefix())),
            after: line_end(text(decor.suffix())),
        },
        ..Section::default()
    };
    let mut below = Vec::new();
    for (name, item) in table.iter() {
        let path: Vec<String> = path.iter().cloned().chain([name.to_owned()]).collect();
        match item {
            Item::None => {}
            Item::Value(value) => {
                if let Some(key) = table.key(name) {
                    section.entries.push(entry(key, value));
                }
            }
            Item::Table(next) => self::table(next, &path, false, position, &mut below),
            Item::ArrayOfTables(tables) => {
                for next in tables {
                    self::table(next, &path, true, position, &mut below);
                }
            }
        }
    }
    found.push((position, section));
    found.append(&mut below);
}

fn entry(key: &Key, value: &Value) -> Entry {
    let decor = value.decor();
    let mut notes = Notes {
        before: block(text(key.leaf_decor().prefix())),
        after: line_end(text(decor.suffix())),
    };
    let content = match value {
        Value::Array(array) => Content::List(list(array)),
        Value::InlineTable(inline) => {
            // We never write one; its comments go above it.
            inline_comments(inline, &mut notes.before);
            Content::Text(String::new())
        }
        Value::String(string) => Content::Text(string.value().clone()),
        _ => Content::Text(String::new()),
    };
    Entry {
        key: key.get().to_owned(),
        content,
        notes,
    }
}

/// In an array the comment at the end of a line follows the comma, so it belongs to the element before.
fn list(array: &Array) -> List {
    let mut list = List::default();
    let add = |list: &mut List, raw: &str, lines: &mut Vec<String>| {
        let (same_line, rest) = raw.split_once('\n').unwrap_or((raw, ""));
        if let Some(comment) = line_end(same_line) {
            match list.elements.last_mut() {
                None => list.open = Some(comment),
                Some(element) if element.notes.after.is_none() => {
                    element.notes.after = Some(comment)
                }
                Some(_) => lines.push(comment.trim().to_owned()),
            }
        }
        lines.extend(block(rest));
    };
    // What stands between an element and its comma, below the element's own line.
    let mut lines = Vec::new();
    for value in array {
        let decor = value.decor();
        add(&mut list, text(decor.prefix()), &mut lines);
        list.elements.push(Element {
            text: value.as_str().unwrap_or("").to_owned(),
            notes: Notes {
                before: std::mem::take(&mut lines),
                after: None,
            },
        });
        if let Value::InlineTable(inline) = value {
            inline_comments(inline, &mut lines);
        }
        add(&mut list, text(decor.suffix()), &mut lines);
    }
    add(&mut list, text(Some(array.trailing())), &mut lines);
    list.end = lines;
    list
}

fn inline_comments(inline: &InlineTable, lines: &mut Vec<String>) {
    for (name, value) in inline {
        if let Some(key) = inline.key(name) {
            lines.extend(any(text(key.leaf_decor().prefix())));
            lines.extend(any(text(key.leaf_decor().suffix())));
        }
        lines.extend(any(text(value.decor().prefix())));
        match value {
            Value::InlineTable(inner) => inline_comments(inner, lines),
            Value::Array(array) => {
                for value in array {
                    lines.extend(any(text(value.decor().prefix())));
                    lines.extend(any(text(value.decor().suffix())));
                }
                lines.extend(any(text(Some(array.trailing()))));
            }
            _ => {}
        }
        lines.extend(any(text(value.decor().suffix())));
    }
    lines.extend(any(text(Some(inline.trailing()))));
}

/// Every comment in a piece between two tokens.
fn any(raw: &str) -> impl Iterator<Item = String> {
    raw.lines()
        .map(str::trim)
        .filter(|line| line.starts_with('#'))
        .map(str::to_owned)
}

/// The comment that ends a line, with the blanks before it.
fn line_end(raw: &str) -> Option<String> {
    let comment = raw.trim();
    comment.starts_with('#').then(|| {
        let blanks = &raw[..raw.len() - raw.trim_start().len()];
        let blanks = if blanks.is_empty() { " " } else { blanks };
        format!("{blanks}{comment}")
    })
}

/// The comment lines of a piece of text, with single blank lines between and after them but none before.
fn block(raw: &str) -> Vec<String> {
    // What follows the last newline is the indentation of what comes next.
    let raw = raw.rsplit_once('\n').map_or("", |(lines, _)| lines);
    let mut lines: Vec<String> = Vec::new();
    for line in raw.lines().map(str::trim) {
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line.to_owned());
        }
    }
    lines
}
