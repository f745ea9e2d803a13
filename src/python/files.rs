//! Where the front end's text comes from: a set of files with `/` in their paths. It knows nothing of directories,
//! archives or revisions; those are trees, and a [`Tree`] is such a set.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::memo::Memo;
use crate::source::{ContentId, Tree};

/// The files of a tree.
pub trait Files: Sync {
    /// All paths, relative, sorted.
    fn paths(&self) -> Vec<&str>;

    /// The bytes of a file.
    ///
    /// # Errors
    /// A sentence that says why it cannot be read.
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String>;

    /// Folders in which packages start: `""`, `"src"`.
    fn roots(&self) -> &[String];

    /// The tree that this is, if it is one: trees can tell equal files without reading them.
    fn as_tree(&self) -> Option<&Tree> {
        None
    }

    /// Where to keep what was made of a file, and under which name of its content; nowhere if there is only one tree.
    fn memo(&self, _path: &str) -> Option<(&Memo, ContentId)> {
        None
    }

    /// Whether two files hold the same bytes; files that cannot be read are never the same.
    fn same_content(&self, path: &str, other: &dyn Files, other_path: &str) -> bool {
        if let (Some(here), Some(there)) = (self.as_tree(), other.as_tree()) {
            return here.same_content(path, there, other_path).unwrap_or(false);
        }
        match (self.read(path), other.read(other_path)) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        }
    }
}

impl Files for Tree {
    fn paths(&self) -> Vec<&str> {
        self.entries()
            .iter()
            .map(|entry| entry.path.as_str())
            .collect()
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        Tree::read(self, path).map_err(|error| error.to_string())
    }

    fn roots(&self) -> &[String] {
        Tree::roots(self)
    }

    fn as_tree(&self) -> Option<&Tree> {
        Some(self)
    }
}

/// Files in memory.
#[derive(Debug, Clone)]
pub struct MemoryFiles {
    roots: Vec<String>,
    texts: BTreeMap<String, Arc<[u8]>>,
}

impl MemoryFiles {
    /// Files from pairs of path and text; packages start at the top and in `src`.
    pub fn new<P: Into<String>, T: AsRef<[u8]>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        let texts: BTreeMap<String, Arc<[u8]>> = files
            .into_iter()
            .map(|(path, text)| (path.into(), Arc::from(text.as_ref())))
            .collect();
        Self {
            roots: vec![String::new(), "src".to_owned()],
            texts,
        }
    }
}

impl Files for MemoryFiles {
    fn paths(&self) -> Vec<&str> {
        self.texts.keys().map(String::as_str).collect()
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        self.texts
            .get(path)
            .cloned()
            .ok_or_else(|| format!("{path}: no such file"))
    }

    fn roots(&self) -> &[String] {
        &self.roots
    }
}
