//! The registry: one entry per rule. The text of an entry is what `explain` prints, what the docs page shows and
//! what SARIF carries as help. Rules explain a decision; they do not make it (that is `compare`).

mod gate;
mod levels;
mod python;
mod rust;

use crate::finding::Level;

pub use levels::apply_levels;

/// The languages that a rule speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Python only.
    Python,
    /// Rust only.
    Rust,
    /// Both.
    Both,
    /// Neither: it speaks of contracts and configuration.
    Contract,
}

/// One kind of change.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Named after the problem, so that "allow parameter-removed" reads well.
    pub id: &'static str,
    /// Whose rule it is.
    pub language: Language,
    /// The loudest level that it has by default.
    pub at_most: Level,
    /// Markdown: a title, a first paragraph that says it in one sentence, an old/new example, what to do.
    pub doc: &'static str,
}

impl Rule {
    /// The first paragraph of its text, on one line.
    pub fn summary(&self) -> String {
        self.doc
            .lines()
            .skip_while(|line| line.is_empty() || line.starts_with('#'))
            .take_while(|line| !line.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Makes an entry, with its text from `docs/ID.md`.
macro_rules! rule {
    ($language:ident, $level:ident, $id:literal) => {
        $crate::rules::Rule {
            id: $id,
            language: $crate::rules::Language::$language,
            at_most: $crate::finding::Level::$level,
            doc: include_str!(concat!("docs/", $id, ".md")),
        }
    };
}
use rule;

fn tables() -> impl Iterator<Item = &'static Rule> {
    python::RULES.iter().chain(rust::RULES).chain(gate::RULES)
}

/// Every rule, sorted by id.
pub fn all() -> Vec<&'static Rule> {
    let mut rules: Vec<&Rule> = tables().collect();
    rules.sort_by_key(|rule| rule.id);
    rules
}

/// The rule with this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    tables().find(|rule| rule.id == id)
}
