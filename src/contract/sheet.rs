//! The layout of a contract: sections of entries, each with the comments around it, and how that becomes TOML. It
//! knows the form of the file (what stands on one line, what is indented), not what anything means.

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Key, Table, Value};

use crate::toml_text::quoted;

/// Lists of facts wider than this stand on several lines.
const WIDTH: usize = 100;

/// The comments around something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Notes {
    /// The lines above it, each with its `#`; an empty one is a blank line between or after comments.
    pub(super) before: Vec<String>,
    /// The comment at the end of its line, with the blanks that lead to it.
    pub(super) after: Option<String>,
}

/// One string of a list.
#[derive(Debug, Clone, Default)]
pub(super) struct Element {
    pub(super) text: String,
    pub(super) notes: Notes,
}

/// A list of strings.
#[derive(Debug, Clone, Default)]
pub(super) struct List {
    pub(super) elements: Vec<Element>,
    /// One line per element, however short.
    pub(super) tall: bool,
    /// The comment right after the opening bracket.
    pub(super) open: Option<String>,
    /// The comments before the closing bracket.
    pub(super) end: Vec<String>,
}

/// What a key has.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Number(i64),
    Text(String),
    List(List),
}

/// A key with its content.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) content: Content,
    pub(super) notes: Notes,
}

/// A table with its header; the first of a sheet is the root, without one.
#[derive(Debug, Clone, Default)]
pub(super) struct Section {
    pub(super) path: Vec<String>,
    /// `[[path]]` instead of `[path]`.
    pub(super) repeated: bool,
    pub(super) entries: Vec<Entry>,
    pub(super) notes: Notes,
}

/// A whole file.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    pub(super) sections: Vec<Section>,
    /// The comments at the end of the file.
    pub(super) tail: Vec<String>,
}

impl Section {
    pub(super) fn root() -> Self {
        Self::default()
    }

    pub(super) fn table(path: &[&str]) -> Self {
        Self {
            path: path.iter().map(|&part| part.to_owned()).collect(),
            ..Self::default()
        }
    }

    pub(super) fn repeated(name: &str) -> Self {
        Self {
            repeated: true,
            ..Self::table(&[name])
        }
    }

    pub(super) fn number(&mut self, key: &str, number: i64) {
        self.entry(key, Content::Number(number));
    }

    pub(super) fn text(&mut self, key: &str, text: &str) {
        self.entry(key, Content::Text(text.to_owned()));
    }

    /// Adds a list, unless it is empty.
    pub(super) fn list<'t>(
        &mut self,
        key: &str,
        texts: impl IntoIterator<Item = &'t String>,
        tall: bool,
    ) {
        let elements: Vec<Element> = texts
            .into_iter()
            .map(|text| Element {
                text: text.clone(),
                notes: Notes::default(),
            })
            .collect();
        if !elements.is_empty() {
            let list = List {
                elements,
                tall,
                ..List::default()
            };
            self.entry(key, Content::List(list));
        }
    }

    fn entry(&mut self, key: &str, content: Content) {
        self.entries.push(Entry {
            key: key.to_owned(),
            content,
            notes: Notes::default(),
        });
    }
}

impl List {
    fn is_tall(&self, key: &str) -> bool {
        let annotated = self.open.is_some()
            || !self.end.is_empty()
            || self
                .elements
                .iter()
                .any(|element| element.notes != Notes::default());
        let width = || {
            let texts = self.elements.iter();
            let texts = texts.map(|element| quoted(&element.text).chars().count() + 2);
            key.chars().count() + " = []".len() + texts.sum::<usize>() - 2
        };
        self.tall || annotated || width() > WIDTH
    }
}

impl Sheet {
    /// Adds a section, and gives it to be filled.
    pub(super) fn section(&mut self, section: Section) -> &mut Section {
        let at = self.sections.len();
        self.sections.push(section);
        &mut self.sections[at]
    }

    /// The file's text.
    pub(super) fn render(&self) -> String {
        let mut document = DocumentMut::new();
        for (position, section) in self.sections.iter().enumerate() {
            let mut table = Table::new();
            table.set_position(isize::try_from(position).ok());
            let first = if position == 0 { "" } else { "\n" };
            table
                .decor_mut()
                .set_prefix(format!("{first}{}", block(&section.notes.before, "")));
            table
                .decor_mut()
                .set_suffix(section.notes.after.clone().unwrap_or_default());
            for entry in &section.entries {
                let mut key = key(&entry.key, false);
                key.leaf_decor_mut()
                    .set_prefix(block(&entry.notes.before, ""));
                key.leaf_decor_mut().set_suffix(" ");
                let value = value(&entry.key, &entry.content)
                    .decorated(" ", entry.notes.after.clone().unwrap_or_default());
                table.insert_formatted(&key, Item::Value(value));
            }
            put(document.as_table_mut(), section, table);
        }
        if !self.tail.is_empty() {
            document.set_trailing(format!("\n{}", block(&self.tail, "")));
        }
        let text = document.to_string();
        // The end of a file is no place for blank lines.
        format!("{}\n", text.trim_end())
    }
}

/// Comment lines with their indentation, each ended by a newline.
fn block(lines: &[String], indent: &str) -> String {
    let mut out = String::new();
    for line in lines {
        if !line.is_empty() {
            out.push_str(indent);
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

/// Puts a section's table where its path leads; the tables on the way have no header of their own.
fn put(root: &mut Table, section: &Section, mut table: Table) {
    let Some((last, way)) = section.path.split_last() else {
        let position = table.position();
        table.set_position(position);
        *root = table;
        return;
    };
    let mut parent = root;
    for (depth, part) in way.iter().enumerate() {
        let mut implicit = Table::new();
        implicit.set_implicit(true);
        let item = parent
            .entry_format(&key(part, depth > 0))
            .or_insert(Item::Table(implicit));
        let Item::Table(next) = item else { return };
        parent = next;
    }
    let key = key(last, !way.is_empty() && section.path.len() == 2);
    match parent.get_mut(last) {
        Some(Item::ArrayOfTables(tables)) => tables.push(table),
        // It was made on the way to one of its own tables.
        Some(Item::Table(implicit)) => *implicit = table,
        _ if section.repeated => {
            let mut tables = ArrayOfTables::new();
            tables.push(table);
            parent.insert_formatted(&key, Item::ArrayOfTables(tables));
        }
        _ => {
            parent.insert_formatted(&key, Item::Table(table));
        }
    }
}

/// A key, in quotes if it must or shall have them: paths always do, so that a path of one part looks like any other.
fn key(name: &str, path: bool) -> Key {
    let plain = Key::new(name);
    let bare = plain.display_repr() == name;
    if bare && !path {
        return plain;
    }
    Key::parse(&quoted(name))
        .ok()
        .and_then(|mut keys| keys.pop())
        .unwrap_or(plain)
}

fn value(key: &str, content: &Content) -> Value {
    match content {
        Content::Number(number) => Value::from(*number),
        Content::Text(text) => string(text),
        Content::List(list) => Value::Array(array(key, list)),
    }
}

fn array(key: &str, list: &List) -> Array {
    let mut array = Array::new();
    let tall = list.is_tall(key);
    let mut line_end = list.open.as_deref().unwrap_or_default();
    for (at, element) in list.elements.iter().enumerate() {
        let prefix = match (tall, at) {
            (true, _) => format!("{line_end}\n{}  ", block(&element.notes.before, "  ")),
            (false, 0) => String::new(),
            (false, _) => " ".to_owned(),
        };
        array.push_formatted(string(&element.text).decorated(prefix, ""));
        line_end = element.notes.after.as_deref().unwrap_or_default();
    }
    if tall {
        array.set_trailing(format!("{line_end}\n{}", block(&list.end, "  ")));
        array.set_trailing_comma(true);
    }
    array
}

fn string(text: &str) -> Value {
    quoted(text).parse().unwrap_or_else(|_| Value::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_lists_stand_on_one_line() {
        let mut section = Section::root();
        let fact = "x".repeat(40);
        section.list("a", &vec![fact.clone(); 2], false);
        section.list("b", &vec![fact.clone(); 3], false);
        section.list("c", &["y".to_owned()], true);
        let sheet = Sheet {
            sections: vec![section],
            tail: vec![],
        };
        assert_eq!(
            sheet.render(),
            format!(
                "a = [\"{fact}\", \"{fact}\"]\nb = [\n  \"{fact}\",\n  \"{fact}\",\n  \"{fact}\",\n]\nc = [\n  \"y\",\n]\n"
            )
        );
    }

    #[test]
    fn a_path_of_one_part_is_quoted_like_any_other() {
        let mut sheet = Sheet::default();
        sheet.section(Section::root()).number("n", 1);
        sheet
            .section(Section::table(&["module", "nova"]))
            .text("is", "m");
        sheet
            .section(Section::table(&["module", "nova", "requires"]))
            .text("k", "v");
        assert_eq!(
            sheet.render(),
            "n = 1\n\n[module.\"nova\"]\nis = \"m\"\n\n[module.\"nova\".requires]\nk = \"v\"\n"
        );
    }
}
