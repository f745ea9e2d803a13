//! Where something stands in a text: a file and a range of lines and columns. It holds no text.

use std::sync::Arc;

/// A range in a file of a tree or of a contract.
///
/// Lines and columns count from 1; columns count characters (not bytes), and the end is exclusive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Path relative to the tree (or, for a contract, to the project), with `/` between its parts. Shared, because a
    /// file has thousands of places.
    pub path: Arc<str>,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// The column after the last character.
    pub end_column: u32,
}

impl Place {
    /// A place of a single point, for things that have no extent (a file, a module).
    pub fn point(path: impl Into<Arc<str>>, line: u32, column: u32) -> Self {
        Self {
            path: path.into(),
            line,
            column,
            end_line: line,
            end_column: column,
        }
    }
}
