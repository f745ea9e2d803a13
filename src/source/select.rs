//! From all the files that a place holds to the entries of a tree: judged, sorted, without doubles.

use std::collections::HashSet;

use super::error::{Error, ErrorKind};
use super::exclude::{Judge, MARKERS, Rules};
use super::git::ObjectId;
use super::paths::name;
use super::{ContentId, Entry, Skipped};

/// A file as its source found it; `handle` is how that source will read it.
#[derive(Debug)]
pub(crate) struct Found<H> {
    pub(crate) path: String,
    pub(crate) size: Option<u64>,
    pub(crate) id: Option<ObjectId>,
    pub(crate) handle: H,
}

/// All that a source found.
#[derive(Debug)]
pub(crate) struct Scan<H> {
    pub(crate) found: Vec<Found<H>>,
    pub(crate) skipped: Skipped,
    pub(crate) problems: Vec<Error>,
}

impl<H> Default for Scan<H> {
    fn default() -> Self {
        Self {
            found: Vec::new(),
            skipped: Skipped::default(),
            problems: Vec::new(),
        }
    }
}

/// What is left of a scan, sorted by path; `handles` goes along with `entries`.
pub(crate) struct Selected<H> {
    pub(crate) entries: Vec<Entry>,
    pub(crate) handles: Vec<H>,
    pub(crate) skipped: Skipped,
    pub(crate) problems: Vec<Error>,
}

/// The paths that decide about the directories they stand in.
pub(crate) fn markers<H>(scan: &Scan<H>) -> HashSet<String> {
    scan.found
        .iter()
        .filter(|found| MARKERS.contains(&name(&found.path)))
        .map(|found| found.path.clone())
        .collect()
}

/// Judges everything that was found.
pub(crate) fn select<H>(scan: Scan<H>, rules: &Rules, holds: &dyn Fn(&str) -> bool) -> Selected<H> {
    let Scan {
        mut found,
        skipped,
        mut problems,
    } = scan;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    let mut judge = Judge::new(rules, holds);
    let mut entries: Vec<Entry> = Vec::new();
    let mut handles = Vec::new();
    for file in found {
        if !judge.takes(&file.path) {
            continue;
        }
        // Two names that differ only where they are not Unicode, or a crafted git tree.
        if entries.last().is_some_and(|last| last.path == file.path) {
            problems.push(Error::new(
                ErrorKind::BadName,
                format!("`{}` stands there twice; only the first is read", file.path),
            ));
            continue;
        }
        entries.push(Entry {
            path: file.path,
            id: file.id.map(ContentId::from),
            size: file.size,
        });
        handles.push(file.handle);
    }
    problems.sort_by_cached_key(ToString::to_string);
    Selected {
        entries,
        handles,
        skipped,
        problems,
    }
}
