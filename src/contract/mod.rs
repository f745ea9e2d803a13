//! Contract files: what was promised, as lines that people review. Read, written, versioned and amended here; what a
//! line means is asked of a front end, and whether a change breaks somebody is decided by `compare`.

mod carry;
mod comments;
mod consumer;
mod drift;
mod member;
mod read;
mod save;
mod sheet;
mod version;
mod write;

use std::collections::BTreeSet;

use crate::interface::{Names, Table};

pub use crate::toml_text::Error;
pub use consumer::{Consumer, Implements, parse_consumer, read_consumer, write_consumer};
pub use drift::{Drift, Part, Piece, drift, pieces};
pub use member::name_of;
pub use read::{parse, read};
pub(crate) use save::read_regular;
pub use save::{read_text, save};
pub use version::{Change, Version};
pub use write::write;

/// The format of the files that this version writes, and the newest that it reads.
pub const FORMAT: i64 = 1;

/// A contract: the snapshot of one interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// The interface's name, which is the file's name without `.toml`.
    pub name: String,
    /// The version of the interface.
    pub version: Version,
    /// What could not be read when it was taken, as sentences.
    pub unknown: BTreeSet<String>,
    /// The short names that its lines use.
    pub names: Names,
    /// Its items, sorted by kind and path.
    pub tables: Vec<Table>,
    /// The accepted breaks, oldest first.
    pub amendments: Vec<Amendment>,
    /// The file's path relative to the project, with `/` between its parts.
    pub path: String,
}

/// An accepted break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// The version that the break made.
    pub version: Version,
    /// Why it was accepted, in the words of whoever accepted it.
    pub reason: String,
    /// The changes it pardons, each as [`crate::finding::Finding::amendment`] names it.
    pub findings: Vec<String>,
}

impl Contract {
    /// The first contract of an interface: version 1.0, without amendments.
    pub fn first(
        name: impl Into<String>,
        path: impl Into<String>,
        names: Names,
        tables: Vec<Table>,
        unknown: BTreeSet<String>,
    ) -> Self {
        Self {
            name: name.into(),
            version: Version::FIRST,
            unknown,
            names,
            tables,
            amendments: Vec::new(),
            path: path.into(),
        }
    }

    /// The same contract as it is written: tables sorted by kind and path, lines sorted by text, facts sorted and
    /// each once, and nothing that stands anywhere.
    #[must_use]
    pub fn normal(&self) -> Self {
        let mut contract = self.clone();
        for table in &mut contract.tables {
            normalise(table);
        }
        sort_tables(&mut contract.tables);
        contract
    }
}

/// The order of a contract: by kind as [`crate::interface::TableKind::ALL`] lists them, then by path.
fn sort_tables(tables: &mut [Table]) {
    tables.sort_by(|a, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
}

fn normalise(table: &mut Table) {
    table.is.place = None;
    for line in &mut table.provides {
        line.place = None;
    }
    table.provides.sort_by(|a, b| a.text.cmp(&b.text));
    for facts in [&mut table.requires, &mut table.effects] {
        consumer::normalise_facts(facts);
    }
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
