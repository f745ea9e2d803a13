//! Source text for reports: finds the file that a place speaks of, once. No analysis.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::finding::Origin;
use crate::report::Texts;
use crate::source::Tree;

/// What was looked up, by whose file it is; none where there is no text.
type Known = BTreeMap<(Origin, String), Option<Arc<str>>>;

/// The texts of a run: the provider's tree, the tree before it, and contracts.
#[derive(Default)]
pub struct TreeTexts<'t> {
    before: Option<&'t Tree>,
    provider: Option<&'t Tree>,
    contracts: BTreeMap<String, Arc<str>>,
    consumers: BTreeMap<String, &'t Tree>,
    read: Mutex<Known>,
}

impl<'t> TreeTexts<'t> {
    /// Texts of a provider, and of what it was before if that is a tree.
    pub fn new(provider: &'t Tree, before: Option<&'t Tree>) -> Self {
        Self {
            before,
            provider: Some(provider),
            ..Self::default()
        }
    }

    /// Adds the text of a contract.
    pub fn add_contract(&mut self, path: &str, text: &str) {
        self.contracts.insert(path.to_owned(), text.into());
    }

    /// Adds the tree of a consumer.
    pub fn add_consumer(&mut self, name: &str, tree: &'t Tree) {
        self.consumers.insert(name.to_owned(), tree);
    }

    fn load(&self, origin: &Origin, path: &str) -> Option<Arc<str>> {
        let tree = match origin {
            Origin::Provider => self.provider?,
            Origin::Before => self.before?,
            Origin::Contract => return self.contracts.get(path).cloned(),
            Origin::Consumer(name) => self.consumers.get(name)?,
        };
        let bytes = tree.read(path).ok()?;
        Some(match std::str::from_utf8(&bytes) {
            Ok(text) => text.into(),
            Err(_) => String::from_utf8_lossy(&bytes).into(),
        })
    }
}

impl Texts for TreeTexts<'_> {
    fn text(&self, origin: &Origin, path: &str) -> Option<Arc<str>> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.entry((origin.clone(), path.to_owned()))
            .or_insert_with(|| self.load(origin, path))
            .clone()
    }
}
