//! Where text comes from: a [`Tree`] is a directory, an archive, a git revision or the git index, and all four look the
//! same from outside. It knows which files can matter, and nothing of what is in them; input is taken for hostile.

mod archive;
mod cat_file;
mod directory;
mod error;
mod exclude;
pub mod git;
mod history;
mod kept;
mod limits;
#[cfg(test)]
mod limits_tests;
mod paths;
mod pattern;
mod revision;
mod roots;
mod select;
mod tarball;
mod tree;
mod zipped;

pub use archive::ARCHIVE_ENDINGS;
pub use cat_file::{CatFile, Content};
pub use error::{Error, ErrorKind};
pub use exclude::{MANIFESTS, SOURCE_ENDINGS, is_source};
pub use history::{Changed, Commit};
pub use tree::Tree;

/// A name for the content of a file that changes when the content does: a git blob id. Cache what was parsed by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentId(git::ObjectId);

impl ContentId {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl From<git::ObjectId> for ContentId {
    fn from(id: git::ObjectId) -> Self {
        Self(id)
    }
}

/// A file of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The path below the top of the tree, separated by `/`. It may hold control characters: escape it in output.
    pub path: String,
    /// The name of the content, where it is known without reading.
    pub id: Option<ContentId>,
    /// The size in bytes as declared, where it is known without reading.
    pub size: Option<u64>,
}

/// What a tree left out without being told to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Symbolic links.
    pub links: usize,
    /// Pipes, sockets and devices.
    pub special: usize,
    /// Git submodules.
    pub submodules: usize,
}

/// Which files of a place make up a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// What to leave out besides the defaults: a name (`legacy`, `*.gen.py`) anywhere, or a path with a `/` from the top.
    pub exclude: Vec<String>,
    /// Whether tests, vendored code, virtualenvs and the like are left out.
    pub default_excludes: bool,
    /// Paths that were asked for by name: they win over every exclude.
    pub keep: Vec<String>,
    /// Files to list although they are no sources, such as `contracts/*.toml`. They win over every exclude.
    pub also: Vec<String>,
    /// Directories in which Python packages start; empty means to find out.
    pub root: Vec<String>,
    /// A revision or the index: the directory of the repository to take for the top. `""` is the whole.
    pub prefix: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            exclude: Vec::new(),
            default_excludes: true,
            keep: Vec::new(),
            also: Vec::new(),
            root: Vec::new(),
            prefix: String::new(),
        }
    }
}
