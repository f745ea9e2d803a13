//! A git revision, or the git index, as a tree of files. Nothing is ever checked out, so neither filters nor hooks run,
//! and bare repositories work.

use std::sync::{Arc, Mutex, PoisonError};

use super::cat_file::{CatFile, Content};
use super::error::{Error, ErrorKind};
use super::git::{Git, Listed, ObjectId};
use super::limits::Limits;
use super::paths::{below, clean};
use super::select::{Found, Scan};

/// The files of a revision: reads them by the names of their contents.
#[derive(Debug)]
pub(crate) struct GitFiles {
    git: Git,
    ids: Vec<ObjectId>,
    /// Started with the first file that is read, and kept: starting it costs more than a hundred answers.
    process: Mutex<Option<CatFile>>,
    limits: Limits,
}

impl GitFiles {
    pub(crate) fn new(git: Git, ids: Vec<ObjectId>, limits: Limits) -> Self {
        Self {
            git,
            ids,
            process: Mutex::new(None),
            limits,
        }
    }

    /// The contents at these places of the list, with the paths to name them by.
    pub(crate) fn read(&self, wanted: &[(usize, &str)]) -> Vec<Result<Arc<[u8]>, Error>> {
        let ids: Vec<&ObjectId> = wanted.iter().map(|(at, _)| &self.ids[*at]).collect();
        match self.ask(&ids) {
            Ok(contents) => contents
                .into_iter()
                .zip(wanted)
                .map(|(content, (_, path))| self.bytes(content, path))
                .collect(),
            Err(error) => wanted.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    fn ask(&self, ids: &[&ObjectId]) -> Result<Vec<Content>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut slot = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let mut process = match slot.take() {
            Some(process) => process,
            None => CatFile::start(&self.git, self.limits.file)?,
        };
        // A process that failed is out of step with its answers: it is dropped, and the next read starts another.
        let contents = process.read(ids)?;
        *slot = Some(process);
        Ok(contents)
    }

    fn bytes(&self, content: Content, path: &str) -> Result<Arc<[u8]>, Error> {
        match content {
            Content::Bytes(bytes) => Ok(bytes),
            Content::TooLarge(size) => Err(self.limits.file_too_large(path, size)),
            Content::Missing => Err(Error::new(
                ErrorKind::MissingObject,
                format!(
                    "the repository of {} lists `{path}` but does not hold its content; \
                     if it is a partial clone, check the revision out once or clone without `--filter`",
                    self.git.label()
                ),
            )),
            Content::NotAFile => Err(Error::new(
                ErrorKind::NotAFile,
                format!(
                    "`{path}` is not a file in the repository of {}",
                    self.git.label()
                ),
            )),
        }
    }
}

/// Lists the files of a commit below `prefix`; also returns the names of the commit and of that tree.
pub(crate) fn scan_commit(
    git: &Git,
    revision: &str,
    prefix: &str,
) -> Result<(Scan<ObjectId>, ObjectId, ObjectId), Error> {
    let commit = git.commit(revision)?;
    let tree = git.tree(&commit, prefix)?;
    Ok((scan(git.list_tree(&tree)?), commit, tree))
}

/// Lists the files of the index below `prefix`.
pub(crate) fn scan_index(git: &Git, prefix: &str) -> Result<Scan<ObjectId>, Error> {
    let mut listed = git.list_index()?;
    if !prefix.is_empty() {
        listed.retain_mut(|entry| match below(&entry.path, prefix) {
            Some(rest) => {
                entry.path = rest.to_owned();
                true
            }
            None => false,
        });
        if listed.is_empty() {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("the index of {} holds nothing in `{prefix}`", git.label()),
            ));
        }
    }
    Ok(scan(listed))
}

fn scan(listed: Vec<Listed>) -> Scan<ObjectId> {
    let mut scan = Scan::default();
    for entry in listed {
        match entry.mode & 0o170_000 {
            0o120_000 => scan.skipped.links += 1,
            0o160_000 => scan.skipped.submodules += 1,
            // Git checks names when it checks out, which never happens here: a crafted tree can hold any.
            _ if clean(&entry.path).as_deref() != Ok(entry.path.as_str()) => {
                scan.problems.push(Error::new(
                    ErrorKind::BadName,
                    format!(
                        "`{}` is left out: its path is not an ordinary one",
                        entry.path
                    ),
                ));
            }
            _ if entry.is_file() => scan.found.push(Found {
                id: Some(entry.id.clone()),
                path: entry.path,
                size: None,
                handle: entry.id,
            }),
            _ => scan.skipped.special += 1,
        }
    }
    scan
}
