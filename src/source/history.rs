//! The history of a repository, as git tells it: merge bases, and which commits touched which files. It knows nothing
//! of what files say.

use std::collections::BTreeSet;

use super::error::{Error, ErrorKind};
use super::git::{DIFF_FLAGS, Git, ObjectId};

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

/// A commit that touched files that were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub id: ObjectId,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The first line of its message.
    pub subject: String,
    /// What it did to the files, sorted by path.
    pub changes: Vec<Changed>,
}

/// A file that a commit changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The path from the top of the repository.
    pub path: String,
    /// The content before; none if it was no file.
    pub old: Option<ObjectId>,
    /// The content after; none if it is no file any more.
    pub new: Option<ObjectId>,
}

impl Git {
    /// All commits that touched these files or directories on the way to `head`, parents before children; merges are
    /// left out, since what they bring is told by what they merge. Paths count from the top of the repository.
    ///
    /// # Errors
    /// Git failed, or cannot be understood.
    pub fn history(
        &self,
        since: Option<&ObjectId>,
        head: &ObjectId,
        paths: &[String],
    ) -> Result<Vec<Commit>, Error> {
        let range = match since {
            Some(since) => format!("{}..{}", since.as_str(), head.as_str()),
            None => head.as_str().to_owned(),
        };
        let mut arguments: Vec<String> = CALM.map(str::to_owned).to_vec();
        arguments.push("log".to_owned());
        arguments.extend(DIFF_FLAGS.map(str::to_owned));
        arguments.extend(
            [
                "--raw",
                "-z",
                "--no-abbrev",
                "--no-renames",
                "--no-relative",
                "--no-mailmap",
                "--encoding=UTF-8",
                "--full-history",
                "--no-merges",
                "--date-order",
                "--reverse",
                "--format=%H%x00%ct%x00%s",
                "--end-of-options",
                &range,
                "--",
            ]
            .map(str::to_owned),
        );
        arguments.extend(paths.iter().map(|path| format!(":(top,literal){path}")));
        let output = self.run(&arguments)?;
        commits(&output).ok_or_else(|| self.garbled("log"))
    }

    /// Which files the commits renamed, as (commit, old path, new path).
    ///
    /// # Errors
    /// Git failed, or cannot be understood.
    pub fn renames(
        &self,
        commits: &BTreeSet<ObjectId>,
    ) -> Result<Vec<(ObjectId, String, String)>, Error> {
        if commits.is_empty() {
            return Ok(Vec::new());
        }
        let mut arguments: Vec<&str> = CALM.to_vec();
        arguments.push("diff-tree");
        arguments.extend(DIFF_FLAGS);
        arguments.extend([
            "-r",
            "-M",
            "-z",
            "--root",
            "--no-relative",
            "--raw",
            "--diff-filter=R",
        ]);
        let mut found = Vec::new();
        for commit in commits {
            let mut one = arguments.clone();
            one.extend(["--end-of-options", commit.as_str()]);
            let output = self.run(&one)?;
            let text = String::from_utf8_lossy(&output);
            let mut fields = text.split('\0').map(|field| field.trim_start_matches('\n'));
            while let Some(field) = fields.next() {
                if !field.starts_with(':') {
                    continue;
                }
                if let (Some(old), Some(new)) = (fields.next(), fields.next()) {
                    found.push((commit.clone(), old.to_owned(), new.to_owned()));
                }
            }
        }
        Ok(found)
    }
}

/// What a repository's configuration could change about what these commands print.
const CALM: [&str; 4] = ["-c", "log.showRoot=true", "-c", "diff.orderFile=/dev/null"];

/// Reads `HASH NUL TIME NUL SUBJECT NUL`, then `NL? :MODES IDS STATUS NUL PATH NUL` for each file. No message holds a
/// NUL, so that none can pass for a record.
fn commits(output: &[u8]) -> Option<Vec<Commit>> {
    let mut fields = output
        .split(|byte| *byte == 0)
        .map(|field| String::from_utf8_lossy(field));
    let mut found: Vec<Commit> = Vec::new();
    while let Some(field) = fields.next() {
        let field = field.trim_start_matches('\n');
        if field.is_empty() {
            continue;
        }
        if let Some(record) = field.strip_prefix(':') {
            let mut parts = record.split(' ');
            let modes = [parts.next()?, parts.next()?];
            let ids = [parts.next()?, parts.next()?];
            let path = fields.next()?.into_owned();
            let side = |at: usize| {
                let is_file = modes[at].starts_with("100");
                is_file.then(|| ObjectId::parse(ids[at])).flatten()
            };
            found.last_mut()?.changes.push(Changed {
                path,
                old: side(0),
                new: side(1),
            });
        } else {
            found.push(Commit {
                id: ObjectId::parse(field)?,
                time: fields.next()?.parse().ok()?,
                subject: fields.next()?.into_owned(),
                changes: Vec::new(),
            });
        }
    }
    for commit in &mut found {
        commit.changes.sort_by(|a, b| a.path.cmp(&b.path));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_cannot_pass_for_a_record() {
        let (a, b, c) = ("a".repeat(40), "b".repeat(40), "0".repeat(40));
        let text = format!(
            "{a}\0-7\0:100644 x\0\n:100644 100644 {a} {b} M\0p/a.py\0:100644 000000 {b} {c} D\0b.py\0{b}\x008\0\0\n:120000 100644 {a} {b} T\0l\0"
        );
        let commits = commits(text.as_bytes()).unwrap();
        assert_eq!(commits.len(), 2);
        assert_eq!(
            (commits[0].time, commits[0].subject.as_str()),
            (-7, ":100644 x")
        );
        assert_eq!(commits[0].changes[0].path, "b.py");
        assert_eq!(commits[0].changes[0].new, None);
        assert_eq!(commits[0].changes[1].new.as_ref().unwrap().as_str(), b);
        assert_eq!(commits[1].subject, "");
        assert_eq!(commits[1].changes[0].old, None);
    }

    #[test]
    fn what_git_would_not_say_is_not_understood() {
        for bad in ["x\x001\0s\0", ":100644 100644\0p\0", "\n:\0"] {
            assert_eq!(commits(bad.as_bytes()), None, "{bad:?}");
        }
    }
}
