//! An item of an interface as lines of its own language: the form in which front ends hand items to contracts and
//! read them back. It knows nothing of TOML, and nothing of what the lines mean.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Fact, Place};

/// The kinds of table that a contract has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TableKind {
    /// A Python class.
    Class,
    /// A Python or Rust module.
    Module,
    /// One function of a module.
    Function,
    /// A Rust trait.
    Trait,
    /// A Rust struct.
    Struct,
    /// A Rust enum.
    Enum,
    /// A Rust union.
    Union,
    /// A Rust or Python type alias.
    Type,
    /// A constant, static or module attribute.
    Const,
    /// An exported macro.
    Macro,
}

impl TableKind {
    /// All kinds, in the order in which a contract lists them.
    pub const ALL: [TableKind; 10] = [
        TableKind::Class,
        TableKind::Module,
        TableKind::Function,
        TableKind::Trait,
        TableKind::Struct,
        TableKind::Enum,
        TableKind::Union,
        TableKind::Type,
        TableKind::Const,
        TableKind::Macro,
    ];

    /// The table's name in a contract.
    pub fn word(self) -> &'static str {
        match self {
            TableKind::Class => "class",
            TableKind::Module => "module",
            TableKind::Function => "function",
            TableKind::Trait => "trait",
            TableKind::Struct => "struct",
            TableKind::Enum => "enum",
            TableKind::Union => "union",
            TableKind::Type => "type",
            TableKind::Const => "const",
            TableKind::Macro => "macro",
        }
    }
}

impl fmt::Display for TableKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One line of a contract: its text, and where it stands if it was read from a file.
#[derive(Debug, Clone)]
pub struct Line {
    /// The line in the syntax of its language, unescaped.
    pub text: String,
    /// Where it stands in the contract; none while it has not been written.
    pub place: Option<Place>,
}

impl Line {
    /// A line that stands nowhere yet.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            place: None,
        }
    }
}

/// Two lines are equal when their texts are: a line may move.
impl PartialEq for Line {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
impl Eq for Line {}

/// A fact, and where it stands: in the contract, or at the code that proves it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlacedFact {
    /// The fact.
    pub fact: Fact,
    /// Its places; never written into a contract.
    pub places: Vec<Place>,
}

/// Facts by the member that they speak of.
pub type Facts = BTreeMap<String, Vec<PlacedFact>>;

/// How a fact came to be, for reports; never written into a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The fact.
    pub fact: Fact,
    /// The calls that lead to it, outermost first, and the place itself last.
    pub chain: Vec<Place>,
    /// A read that fails where there is nothing, if not on every way.
    pub needed: bool,
}

/// An item as lines.
///
/// `path` is the item's path, with `.` between its parts for Python and `::` for Rust; it decides the language (a
/// Rust path always starts with the crate's name and has at least one `::`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Which table it is.
    pub kind: TableKind,
    /// The item's full path.
    pub path: String,
    /// The header line (`is`).
    pub is: Line,
    /// One line per member, sorted by text.
    pub provides: Vec<Line>,
    /// What the provider asks of an implementer, by member.
    pub requires: Facts,
    /// What a method does to what it is handed, by member.
    pub effects: Facts,
}

impl Table {
    /// Whether the table is an item of a Rust crate.
    pub fn is_rust(&self) -> bool {
        self.path.contains("::")
    }
}

/// The names table: short names in the lines of a contract, and the full paths that they resolve to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    by_short: BTreeMap<String, String>,
    by_full: BTreeMap<String, String>,
    /// Words that may not become short names, since lines use them as they are.
    reserved: BTreeSet<String>,
}

impl Names {
    /// A table from short name to full path, as read from a contract.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut names = Self::default();
        for (short, full) in pairs {
            names
                .by_full
                .entry(full.clone())
                .or_insert_with(|| short.clone());
            names.by_short.insert(short, full);
        }
        names
    }

    /// Keeps `word` from becoming a short name (an unresolved name that a line writes as it is).
    pub fn reserve(&mut self, word: impl Into<String>) {
        self.reserved.insert(word.into());
    }

    /// The short name of `full`, made when there is none yet: its last segment, or as many of its last segments,
    /// joined by `_`, as make it unambiguous. `separator` is `.` or `::`.
    pub fn shorten(&mut self, full: &str, separator: &str) -> String {
        if let Some(short) = self.by_full.get(full) {
            return short.clone();
        }
        let segments: Vec<&str> = full.split(separator).collect();
        let mut short = String::new();
        for taken in 1..=segments.len() {
            short = segments[segments.len() - taken..].join("_");
            if !self.by_short.contains_key(&short) && !self.reserved.contains(&short) {
                break;
            }
        }
        while self.by_short.contains_key(&short) || self.reserved.contains(&short) {
            short.push('_');
        }
        self.by_full.insert(full.to_owned(), short.clone());
        self.by_short.insert(short.clone(), full.to_owned());
        short
    }

    /// What a short name resolves to.
    pub fn resolve(&self, short: &str) -> Option<&str> {
        self.by_short.get(short).map(String::as_str)
    }

    /// Short names with what they resolve to, sorted.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.by_short
            .iter()
            .map(|(short, full)| (short.as_str(), full.as_str()))
    }

    /// Whether there is no name in it.
    pub fn is_empty(&self) -> bool {
        self.by_short.is_empty()
    }
}
