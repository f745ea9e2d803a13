//! A source tree seen as a provider: both front ends over one tree, asked for what is under contract or for what
//! changed, and handed to compare. Commands call it; it prints nothing and knows no format.

mod check;
mod diff;
mod offer;
mod since;
mod snapshot;
mod texts;

pub use check::{Checked, check};
pub use diff::{Diffed, diff};
pub use offer::{Offer, Trouble};
pub use since::{Since, accepted_by, fresh, gate};
pub use snapshot::{Accept, Snapped, snapshot, taken};
pub use texts::TreeTexts;

use crate::python;
use crate::rust;
use crate::source::Tree;

/// A tree with its front ends; files are parsed when something of them is needed.
pub struct Provider<'t> {
    tree: &'t Tree,
    python: python::Project<'t>,
    rust: rust::Project<'t>,
}

impl<'t> Provider<'t> {
    /// The provider in a tree. Reads nothing yet.
    pub fn new(tree: &'t Tree) -> Self {
        Self {
            tree,
            python: python::Project::new(tree),
            rust: rust::Project::new(tree),
        }
    }

    /// Turns on features of Rust crates besides the default ones; `*` is all of them, `-default` leaves the default
    /// ones off.
    #[must_use]
    pub fn with_features(mut self, features: &[String]) -> Self {
        self.rust = self.rust.with_features(features.iter().cloned());
        self
    }

    /// Whether there is any source that a front end reads.
    pub fn has_sources(&self) -> bool {
        self.python.has_sources() || self.rust.has_sources()
    }

    /// The tree.
    pub fn tree(&self) -> &'t Tree {
        self.tree
    }

    /// The Python side.
    pub fn python(&self) -> &python::Project<'t> {
        &self.python
    }

    /// The Rust side.
    pub fn rust(&self) -> &rust::Project<'t> {
        &self.rust
    }
}

/// Whether a path is one of a Rust crate: it has `::`, at its beginning or between its parts.
pub fn is_rust_path(path: &str) -> bool {
    path.contains("::")
}
