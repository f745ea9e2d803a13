//! The history of a repository, as git tells it: merge bases. It knows nothing of what files say.

use super::error::{Error, ErrorKind};
use super::git::{Git, ObjectId};

impl Git {
    /// The commit where two lines of history parted; the first one that git names if there are several.
    ///
    /// # Errors
    /// There is none: the clone is too shallow, or the histories have nothing in common.
    pub fn merge_base(&self, one: &ObjectId, other: &ObjectId) -> Result<ObjectId, Error> {
        let output = self
            .command()
            .args(["merge-base", one.as_str(), other.as_str()])
            .output()
            .map_err(|error| self.not_started(&error))?;
        let text = String::from_utf8_lossy(&output.stdout);
        if let Some(id) = text.lines().next().and_then(ObjectId::parse)
            && output.status.success()
        {
            return Ok(id);
        }
        let why = if self.is_shallow().unwrap_or(false) {
            "the clone is shallow: fetch more history (`git fetch --unshallow`, in CI `fetch-depth: 0`)"
        } else {
            "they share no commit; fetch more history, or name another revision"
        };
        Err(Error::new(
            ErrorKind::UnknownRevision,
            format!(
                "there is no merge base of {} and {} in {}; {why}",
                one.as_str(),
                other.as_str(),
                self.label()
            ),
        ))
    }
}
