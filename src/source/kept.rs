//! What has been read of a tree, so that a byte search, the parser and the report read a file once between them. It
//! reads nothing by itself.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// No more than this is kept of a tree; beyond it files are read again.
const MOST: usize = 128 << 20;

/// Contents of files, by their number in the tree.
#[derive(Debug)]
pub(crate) struct Kept {
    files: Vec<OnceLock<Arc<[u8]>>>,
    size: AtomicUsize,
}

impl Kept {
    /// Room for so many files.
    pub(crate) fn new(files: usize) -> Self {
        Self {
            files: (0..files).map(|_| OnceLock::new()).collect(),
            size: AtomicUsize::new(0),
        }
    }

    /// The content of a file, if it was read before.
    pub(crate) fn get(&self, at: usize) -> Option<Arc<[u8]>> {
        self.files.get(at)?.get().cloned()
    }

    /// Keeps what was read, while there is room.
    pub(crate) fn keep(&self, at: usize, bytes: &Arc<[u8]>) {
        let before = self.size.fetch_add(bytes.len(), Ordering::Relaxed);
        if before.saturating_add(bytes.len()) <= MOST
            && let Some(slot) = self.files.get(at)
        {
            let _ = slot.set(Arc::clone(bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_kept_up_to_a_limit() {
        let kept = Kept::new(3);
        let (small, large): (Arc<[u8]>, Arc<[u8]>) = (Arc::from(*b"x"), vec![0; MOST].into());
        kept.keep(0, &small);
        kept.keep(1, &large);
        assert!(kept.get(0).is_some_and(|bytes| Arc::ptr_eq(&bytes, &small)));
        assert_eq!((kept.get(1), kept.get(2)), (None, None));
    }
}
