//! Where the front end's text comes from: a set of files with `/` in their paths. It knows nothing of directories,
//! archives or revisions; those are trees.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The files of a tree.
pub trait Files: Sync {
    /// All paths, relative, sorted.
    fn paths(&self) -> &[String];

    /// The bytes of a file.
    ///
    /// # Errors
    /// A sentence that says why it cannot be read.
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String>;

    /// Folders in which packages start: `""`, `"src"`.
    fn roots(&self) -> &[String];
}

/// Files in memory.
#[derive(Debug, Clone)]
pub struct MemoryFiles {
    paths: Vec<String>,
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
            paths: texts.keys().cloned().collect(),
            roots: vec![String::new(), "src".to_owned()],
            texts,
        }
    }
}

impl Files for MemoryFiles {
    fn paths(&self) -> &[String] {
        &self.paths
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
