//! A source tree seen as a provider: both front ends over one tree, asked for what is under contract or for what
//! changed, and handed to compare. Commands call it; it prints nothing and knows no format.

mod check;
mod diff;
mod offer;
mod snapshot;
mod texts;

pub use check::{Checked, check};
pub use diff::{Diffed, diff};
pub use offer::{Offer, Trouble};
pub use snapshot::{Snapped, snapshot, taken};
pub use texts::TreeTexts;

use std::sync::Arc;

use crate::python;
use crate::source::Tree;

/// A tree's files as the Python front end wants them.
pub struct PythonFiles<'t> {
    tree: &'t Tree,
    paths: Vec<String>,
}

impl<'t> PythonFiles<'t> {
    /// The Python files of a tree.
    pub fn of(tree: &'t Tree) -> Self {
        let is_python = |path: &&str| path.ends_with(".py") || path.ends_with(".pyi");
        let paths = tree
            .entries()
            .iter()
            .map(|entry| entry.path.as_str())
            .filter(is_python);
        Self {
            tree,
            paths: paths.map(str::to_owned).collect(),
        }
    }
}

impl python::Files for PythonFiles<'_> {
    fn paths(&self) -> &[String] {
        &self.paths
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        self.tree.read(path).map_err(|error| error.to_string())
    }

    fn roots(&self) -> &[String] {
        self.tree.roots()
    }
}

/// A tree with its front ends; files are parsed when something of them is needed.
pub struct Provider<'t> {
    tree: &'t Tree,
    python: python::Project<'t>,
}

impl<'t> Provider<'t> {
    /// The provider in a tree. Reads nothing yet.
    pub fn new(tree: &'t Tree, files: &'t PythonFiles<'t>) -> Self {
        Self {
            tree,
            python: python::Project::new(files),
        }
    }

    /// Whether there is any source that a front end reads.
    pub fn has_sources(&self) -> bool {
        self.python.has_sources()
    }

    /// The tree.
    pub fn tree(&self) -> &'t Tree {
        self.tree
    }

    /// The Python side.
    pub fn python(&self) -> &python::Project<'t> {
        &self.python
    }
}

/// Whether a path is one of a Rust crate: it has `::`, at its beginning or between its parts.
pub fn is_rust_path(path: &str) -> bool {
    path.contains("::")
}
