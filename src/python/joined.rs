//! A consumer's files beside a provider's, as one set of files: imports and bases of the one then lead into the other.
//! Where both have a file for one module the provider's counts.

use std::sync::Arc;

use super::files::Files;

/// The folder under which a consumer's files stand; no module of a provider can.
const FOLDER: &str = "~consumer";

/// Provider and consumer.
pub struct Joined<'t> {
    provider: &'t dyn Files,
    consumer: &'t dyn Files,
    paths: Vec<String>,
    roots: Vec<String>,
}

impl<'t> Joined<'t> {
    /// Joins two sets of files.
    pub fn new(provider: &'t dyn Files, consumer: &'t dyn Files) -> Self {
        let beside = |path: &str| match path {
            "" => FOLDER.to_owned(),
            path => format!("{FOLDER}/{path}"),
        };
        let mut paths: Vec<String> = provider.paths().into_iter().map(str::to_owned).collect();
        paths.extend(consumer.paths().into_iter().map(beside));
        let mut roots: Vec<String> = provider.roots().to_vec();
        roots.extend(consumer.roots().iter().map(|root| beside(root)));
        Self {
            provider,
            consumer,
            paths,
            roots,
        }
    }

    /// The path within the consumer, if it is one of its files.
    pub fn consumers(path: &str) -> Option<&str> {
        path.strip_prefix(FOLDER)?.strip_prefix('/')
    }
}

impl Files for Joined<'_> {
    fn paths(&self) -> Vec<&str> {
        self.paths.iter().map(String::as_str).collect()
    }

    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        match Self::consumers(path) {
            Some(path) => self.consumer.read(path),
            None => self.provider.read(path),
        }
    }

    fn roots(&self) -> &[String] {
        &self.roots
    }
}
