//! The `git` program, run so that the repository that is being read cannot make it run anything or change anything.
//! It knows objects, trees and the index, but neither source files nor excludes; and it never checks anything out.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::error::{Error, ErrorKind};
use super::paths::clean;

/// Options of every git command that may show a difference: no program of the repository's choice takes part.
pub const DIFF_FLAGS: [&str; 2] = ["--no-ext-diff", "--no-textconv"];

/// Variables that say where a repository is. They beat `-C`, so they go when a repository is named.
const LOCATION: [&str; 9] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
];
/// Variables that change how paths are read or what is printed.
const MEANING: [&str; 8] = [
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
    "GIT_PAGER",
    "GIT_TRACE",
];

/// The name of an object: a commit, a tree or the content of a file. Equal names mean equal content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(String);

impl ObjectId {
    /// The name, if it is a complete one in hexadecimal, SHA-1 or SHA-256.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        (hex && matches!(text.len(), 40 | 64)).then(|| Self(text.to_owned()))
    }

    /// The name in hexadecimal.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A file, link or submodule that a tree or the index lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Git's mode, such as `100644`.
    pub mode: u32,
    /// The content.
    pub id: ObjectId,
    /// The path below the listed tree.
    pub path: String,
}

impl Listed {
    /// Whether it is a regular file, executable or not.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.mode & 0o170_000 == 0o100_000
    }
}

/// A repository as a place to run git in.
#[derive(Debug, Clone)]
pub struct Git {
    program: OsString,
    repo: Option<PathBuf>,
    keep_index: bool,
}

impl Git {
    /// Git in the repository of a directory, or where the process stands (then a hook's variables say where).
    #[must_use]
    pub fn new(repo: Option<&Path>) -> Self {
        Self {
            program: "git".into(),
            repo: repo.map(Path::to_path_buf),
            keep_index: false,
        }
    }

    /// Like [`Git::new`], for reading the index. A hook of `git commit -a` is handed a temporary index in
    /// `GIT_INDEX_FILE`; it is honoured even when the repository is named, if it is the hook's own.
    pub fn for_index(repo: Option<&Path>) -> Result<Self, Error> {
        let mut git = Self::new(repo);
        if repo.is_some() && std::env::var_os("GIT_INDEX_FILE").is_some() {
            let here = Self::new(None).git_dir();
            git.keep_index = here.is_ok() && here == git.git_dir();
        }
        Ok(git)
    }

    #[cfg(test)]
    fn with_program(mut self, program: &str) -> Self {
        self.program = program.into();
        self
    }

    /// How to name the repository to a person.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.repo {
            Some(repo) => format!("`{}`", repo.display()),
            None => "the current directory".to_owned(),
        }
    }

    /// A git command that runs nothing of the repository's choice, asks nothing, fetches nothing and locks nothing.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        if let Some(repo) = &self.repo {
            command.arg("-C").arg(repo);
            for variable in LOCATION {
                command.env_remove(variable);
            }
            if !self.keep_index {
                command.env_remove("GIT_INDEX_FILE");
            }
        }
        for variable in MEANING {
            command.env_remove(variable);
        }
        command
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            // For a git that is too old to know GIT_NO_LAZY_FETCH: no protocol is allowed, `ext::` least of all.
            .env("GIT_ALLOW_PROTOCOL", "none")
            .env("LC_ALL", "C")
            .args(["-c", "log.showSignature=false"])
            .args(["-c", "core.fsmonitor=false"])
            .args(["-c", "core.hooksPath=/dev/null"])
            .arg("--no-pager")
            .stdin(Stdio::null());
        command
    }

    /// Runs git to its end and returns what it printed.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Result<Vec<u8>, Error> {
        let output = self.output(arguments)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let verb = arguments
            .first()
            .map(|verb| verb.as_ref().to_string_lossy().into_owned());
        Err(self.failure(&verb.unwrap_or_default(), &output.stderr))
    }

    fn output<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Result<Output, Error> {
        self.command()
            .args(arguments)
            .output()
            .map_err(|error| self.not_started(&error))
    }

    pub(super) fn not_started(&self, error: &std::io::Error) -> Error {
        if error.kind() == std::io::ErrorKind::NotFound {
            return Error::new(
                ErrorKind::GitNotInstalled,
                "the `git` program was not found; install git or put it on PATH to read revisions and the index",
            );
        }
        Error::new(
            ErrorKind::GitFailed,
            format!("git could not be started: {error}"),
        )
    }

    /// What git wrote to stderr, said for a person.
    fn failure(&self, verb: &str, stderr: &[u8]) -> Error {
        let stderr = String::from_utf8_lossy(stderr);
        let line = stderr
            .lines()
            .find(|line| line.starts_with("fatal:") || line.starts_with("error:"))
            .or_else(|| stderr.lines().next())
            .unwrap_or("it gave no reason");
        let place = self.label();
        if stderr.contains("not a git repository") {
            Error::new(
                ErrorKind::NotARepository,
                format!(
                    "{place} is not in a git repository; name one with --repo, or give a directory or an archive"
                ),
            )
        } else if stderr.contains("dubious ownership") || stderr.contains("unsafe repository") {
            let owned = line.split('\'').nth(1).unwrap_or("DIRECTORY");
            Error::new(
                ErrorKind::Untrusted,
                format!(
                    "git does not trust the repository of {place}, because another user owns it; if you do, run \
                     `git config --global --add safe.directory '{owned}'`"
                ),
            )
        } else if stderr.contains("cannot change to") {
            Error::new(
                ErrorKind::NotFound,
                format!(
                    "{place} is not a directory that git can enter; name the directory of a repository"
                ),
            )
        } else {
            Error::new(
                ErrorKind::GitFailed,
                format!("`git {verb}` failed in {place}: {line}"),
            )
        }
    }

    /// One line of `git rev-parse`, without its end.
    fn ask(&self, question: &str) -> Result<String, Error> {
        let answer = self.run(&["rev-parse", question])?;
        let answer = String::from_utf8_lossy(&answer);
        Ok(answer.strip_suffix('\n').unwrap_or(&answer).to_owned())
    }

    /// The directory that holds the repository's data, absolute.
    pub fn git_dir(&self) -> Result<PathBuf, Error> {
        self.ask("--absolute-git-dir").map(PathBuf::from)
    }

    /// The top of the work tree, absolute. A bare repository has none.
    pub fn top_level(&self) -> Result<PathBuf, Error> {
        self.ask("--show-toplevel").map(PathBuf::from)
    }

    /// Where the directory stands below the top of the work tree: `""` or `a/b`.
    pub fn prefix(&self) -> Result<String, Error> {
        let prefix = self.ask("--show-prefix")?;
        Ok(prefix.trim_end_matches('/').to_owned())
    }

    /// Whether the repository has no work tree.
    pub fn is_bare(&self) -> Result<bool, Error> {
        Ok(self.ask("--is-bare-repository")? == "true")
    }

    /// Whether history was cut off when the repository was cloned.
    pub fn is_shallow(&self) -> Result<bool, Error> {
        Ok(self.ask("--is-shallow-repository")? == "true")
    }

    /// The commit that a revision names.
    pub fn commit(&self, revision: &str) -> Result<ObjectId, Error> {
        // Git would read an empty name as HEAD, and cannot be handed a NUL.
        if revision.is_empty() || revision.contains('\0') {
            return Err(self.unknown(revision, ""));
        }
        self.verify(&format!("{revision}^{{commit}}"))?
            .map_err(|stderr| self.unknown(revision, &stderr))
    }

    /// The tree of a directory at a commit; `""` is the whole of it.
    pub fn tree(&self, commit: &ObjectId, directory: &str) -> Result<ObjectId, Error> {
        let refused = |problem: &str| {
            Error::new(
                ErrorKind::NotFound,
                format!(
                    "the directory `{directory}` {problem} at revision {}",
                    commit.as_str()
                ),
            )
        };
        let path = clean(directory).map_err(refused)?;
        if path.is_empty() {
            return self
                .verify(&format!("{}^{{tree}}", commit.as_str()))?
                .map_err(|stderr| self.unknown(commit.as_str(), &stderr));
        }
        // `COMMIT:PATH` takes the rest of the argument as it is, so nothing can be peeled off in the same breath.
        let id = self
            .verify(&format!("{}:{path}", commit.as_str()))?
            .map_err(|_| refused("does not exist"))?;
        self.verify(&format!("{}^{{tree}}", id.as_str()))?
            .map_err(|_| refused("is not a directory"))
    }

    /// Resolves one name; the inner error is git's own text, when it is the name that is at fault.
    fn verify(&self, name: &str) -> Result<Result<ObjectId, String>, Error> {
        let output = self.output(&["rev-parse", "--verify", "--end-of-options", name])?;
        if output.status.success() {
            let text = String::from_utf8_lossy(&output.stdout);
            return Ok(ObjectId::parse(text.trim_end()).ok_or_else(|| text.into_owned()));
        }
        let error = self.failure("rev-parse", &output.stderr);
        if error.kind() == ErrorKind::GitFailed {
            return Ok(Err(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        Err(error)
    }

    fn unknown(&self, revision: &str, stderr: &str) -> Error {
        let hint = if stderr.contains("is ambiguous") && stderr.contains("short object ID") {
            "; it is the beginning of several objects: give more digits"
        } else if self.is_shallow().unwrap_or(false) {
            "; the clone is shallow: fetch more of its history (`git fetch --unshallow`, in CI `fetch-depth: 0`)"
        } else if revision == "HEAD" {
            "; nothing has been committed yet"
        } else if revision.contains("..") {
            "; name one revision, not a range"
        } else {
            "; a branch or tag may have to be fetched first"
        };
        Error::new(
            ErrorKind::UnknownRevision,
            format!(
                "`{revision}` is no revision of the repository of {}{hint}",
                self.label()
            ),
        )
    }

    /// All files of a tree, links and submodules included.
    pub fn list_tree(&self, tree: &ObjectId) -> Result<Vec<Listed>, Error> {
        let listing = self.run(&["ls-tree", "-r", "-z", "--full-tree", tree.as_str()])?;
        records(&listing)
            .map(|(fields, path)| {
                let mut fields = fields.split(' ');
                listed(fields.next(), fields.nth(1), path).ok_or_else(|| self.garbled("ls-tree"))
            })
            .collect()
    }

    /// All files of the index, with paths from the top of the repository. Conflicts are an error.
    pub fn list_index(&self) -> Result<Vec<Listed>, Error> {
        if self.is_bare()? {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!(
                    "{} is a bare repository, which has no index; name a revision instead",
                    self.label()
                ),
            ));
        }
        let listing = self.run(&["ls-files", "--stage", "-z", "--full-name", "--", ":/"])?;
        records(&listing)
            .map(|(fields, path)| {
                let mut fields = fields.split(' ');
                let entry = listed(fields.next(), fields.next(), path)
                    .ok_or_else(|| self.garbled("ls-files"))?;
                if fields.next() == Some("0") {
                    return Ok(entry);
                }
                Err(Error::new(
                    ErrorKind::Unmerged,
                    format!(
                        "the index of {} has unresolved conflicts, the first in `{}`; resolve and `git add` them first",
                        self.label(), entry.path
                    ),
                ))
            })
            .collect()
    }

    pub(super) fn garbled(&self, verb: &str) -> Error {
        Error::new(
            ErrorKind::GitFailed,
            format!(
                "`git {verb}` in {} printed something that is not understood here",
                self.label()
            ),
        )
    }
}

/// The records of a NUL-separated listing, cut at the tab before the path.
fn records(listing: &[u8]) -> impl Iterator<Item = (String, String)> {
    listing
        .split(|byte| *byte == 0)
        .filter(|record| !record.is_empty())
        .map(|record| {
            let text = String::from_utf8_lossy(record);
            match text.split_once('\t') {
                Some((fields, path)) => (fields.to_owned(), path.to_owned()),
                None => (text.into_owned(), String::new()),
            }
        })
}

fn listed(mode: Option<&str>, id: Option<&str>, path: String) -> Option<Listed> {
    Some(Listed {
        mode: u32::from_str_radix(mode?, 8).ok()?,
        id: ObjectId::parse(id?)?,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_git_program_is_said() {
        let git = Git::new(None).with_program("no-such-git-program");
        let error = git.git_dir().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::GitNotInstalled);
    }

    #[test]
    fn gits_own_words_are_translated() {
        let git = Git::new(Some(Path::new("there")));
        let dubious = b"fatal: detected dubious ownership in repository at '/srv/x'\nTo add an exception ...\n";
        let error = git.failure("ls-tree", dubious);
        assert_eq!(error.kind(), ErrorKind::Untrusted);
        assert!(
            error.to_string().contains("safe.directory '/srv/x'"),
            "{error}"
        );
        let error = git.failure("ls-tree", b"warning: x\nfatal: bad \x1b[31mthing\n");
        assert_eq!(error.kind(), ErrorKind::GitFailed);
        assert_eq!(
            error.to_string(),
            "`git ls-tree` failed in `there`: fatal: bad \\u{1b}[31mthing"
        );
    }

    #[test]
    fn object_names_are_complete_and_lower_case() {
        assert!(ObjectId::parse(&"a1".repeat(20)).is_some());
        assert!(ObjectId::parse(&"a1".repeat(32)).is_some());
        for bad in ["", "HEAD", &"A1".repeat(20), &"a1".repeat(19)] {
            assert!(ObjectId::parse(bad).is_none(), "{bad}");
        }
    }
}
