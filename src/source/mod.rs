//! Where text comes from: a directory, an archive, a git revision or the git index. It knows which files can matter,
//! and nothing of what is in them; input is taken for hostile.

mod cat_file;
mod error;
mod exclude;
pub mod git;
mod paths;
mod pattern;

pub use cat_file::{CatFile, Content};
pub use error::{Error, ErrorKind};
pub use exclude::{MANIFESTS, SOURCE_ENDINGS, is_source};

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
