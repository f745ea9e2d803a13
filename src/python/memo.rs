//! What was made of files, kept from one tree to the next: a history has many trees, and most files of each are those
//! of the one before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::extract::ModuleExtract;
use crate::source::ContentId;

type Key = (String, ContentId);
type Kept = Arc<OnceLock<Result<Arc<ModuleExtract>, String>>>;

/// Extracts by path and content.
#[derive(Debug, Default)]
pub struct Memo(Mutex<BTreeMap<Key, Kept>>);

impl Memo {
    /// What was made of this content at this path; made now if that never happened.
    pub(crate) fn get_or_make(
        &self,
        path: &str,
        content: ContentId,
        make: impl FnOnce() -> Result<Arc<ModuleExtract>, String>,
    ) -> Result<Arc<ModuleExtract>, String> {
        let kept = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry((path.to_owned(), content)).or_default())
        };
        kept.get_or_init(make).clone()
    }

    /// Forgets everything but these.
    pub fn keep_only(&self, still: &BTreeSet<(String, ContentId)>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|key, _| still.contains(key));
    }
}
