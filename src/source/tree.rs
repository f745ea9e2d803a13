//! The one type that the rest of the program sees of all this: [`Tree`]. How each kind of place is listed and read
//! stands in a file of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::archive::{self, Format};
use super::error::{Error, ErrorKind};
use super::exclude::{Rules, is_source};
use super::git::{Git, ObjectId};
use super::kept::Kept;
use super::limits::Limits;
use super::paths::{clean, shown};
use super::pattern::Pattern;
use super::revision::{self, GitFiles};
use super::select::{Scan, Selected, markers, select};
use super::tarball::{self, Unpacked};
use super::zipped::{self, ZipFiles};
use super::{Entry, Options, Skipped, directory, roots};

/// A set of files at one moment: a directory, an archive, a git revision or the git index.
#[derive(Debug)]
pub struct Tree {
    label: String,
    place: Place,
    entries: Vec<Entry>,
    files: Files,
    kept: Kept,
    roots: Vec<String>,
    skipped: Skipped,
    problems: Vec<Error>,
}

/// Where a tree is; equal places hold equal files.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    Path(PathBuf),
    /// A commit, and the tree in it.
    Commit(ObjectId, ObjectId),
    /// The repository whose index it is, and the directory in it.
    Index(PathBuf, String),
}

/// How the files are read; each list goes along with the entries.
#[derive(Debug)]
enum Files {
    Directory(Vec<PathBuf>),
    Zip(ZipFiles, Vec<usize>),
    Memory(Vec<Unpacked>),
    Git(GitFiles),
}

impl Tree {
    /// What a person names: a path if it exists as one, else a revision of `repo`. `git:REV` forces a revision.
    pub fn open(spec: &str, repo: Option<&Path>, options: &Options) -> Result<Self, Error> {
        if let Some(revision) = spec.strip_prefix("git:") {
            return Self::revision(repo, revision, options);
        }
        if spec.is_empty() {
            return Err(Error::new(
                ErrorKind::NotFound,
                "an empty name is no tree; give a directory, an archive or a git revision",
            ));
        }
        let path = Path::new(spec);
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => Self::directory(path, options),
            Ok(_) => Self::archive(path, options),
            // It is there, but is a link to nothing, or cannot be looked at.
            Err(error) if fs::symlink_metadata(path).is_ok() => Err(Error::io(spec, &error)),
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                Err(Error::io(spec, &error))
            }
            Err(_) => Self::revision(repo, spec, options).map_err(|error| neither(spec, &error)),
        }
    }

    /// A directory, as it is now. Files are read when they are first asked for, each once.
    pub fn directory(path: &Path, options: &Options) -> Result<Self, Error> {
        let (roots, rules) = prepare(options)?;
        let label = path.display().to_string();
        let scan = directory::scan(path, &rules)?;
        let place = fs::canonicalize(path).map_err(|error| Error::io(&label, &error))?;
        let holds = |marker: &str| directory::holds(path, marker);
        let selected = select(scan, &rules, &holds);
        Self::build(label, Place::Path(place), roots, selected, |handles| {
            Files::Directory(handles)
        })
    }

    /// An archive: `.whl`, `.zip`, `.tar.gz`, `.tgz` or `.crate`, read in memory. A single top folder is stripped.
    pub fn archive(path: &Path, options: &Options) -> Result<Self, Error> {
        Self::archive_within(path, options, Limits::default())
    }

    pub(super) fn archive_within(
        path: &Path,
        options: &Options,
        limits: Limits,
    ) -> Result<Self, Error> {
        let (roots, rules) = prepare(options)?;
        let label = path.display().to_string();
        let (bytes, format) = archive::load(path, limits)?;
        let place = fs::canonicalize(path).map_err(|error| Error::io(&label, &error))?;
        let place = Place::Path(place);
        if format == Format::TarGz {
            // The top folder is not known yet, so the names that were asked for are looked for with and without it.
            let also = also(options)?;
            let wanted = |path: &str| {
                let stripped = path.split_once('/').map_or(path, |(_, rest)| rest);
                is_source(path) || also.iter().any(|p| p.covers(path) || p.covers(stripped))
            };
            let mut scan = tarball::scan(&label, &bytes, limits, &wanted)?;
            archive::strip_top(&mut scan);
            let selected = select_listed(scan, &rules);
            return Self::build(label, place, roots, selected, Files::Memory);
        }
        let (mut scan, files) = zipped::scan(&label, bytes, limits)?;
        if format == Format::Zip {
            archive::strip_top(&mut scan);
        }
        let selected = select_listed(scan, &rules);
        Self::build(label, place, roots, selected, |handles| {
            Files::Zip(files, handles)
        })
    }

    /// A revision of a git repository (`None`: where the process stands), never checked out. Paths are those from the
    /// top of the repository, or from `options.prefix`.
    pub fn revision(repo: Option<&Path>, revision: &str, options: &Options) -> Result<Self, Error> {
        let (roots, rules) = prepare(options)?;
        let git = Git::new(repo);
        let prefix = prefix(options)?;
        let (scan, commit, tree) = revision::scan_commit(&git, revision, &prefix)?;
        let selected = select_listed(scan, &rules);
        Self::build(
            revision.to_owned(),
            Place::Commit(commit, tree),
            roots,
            selected,
            |ids| Files::Git(GitFiles::new(git, ids, Limits::default())),
        )
    }

    /// What is staged for the next commit. Inside a hook that is the hook's index. Conflicts are an error.
    pub fn index(repo: Option<&Path>, options: &Options) -> Result<Self, Error> {
        let (roots, rules) = prepare(options)?;
        let git = Git::for_index(repo)?;
        let prefix = prefix(options)?;
        let scan = revision::scan_index(&git, &prefix)?;
        let place = Place::Index(git.git_dir()?, prefix);
        let selected = select_listed(scan, &rules);
        Self::build("the index".to_owned(), place, roots, selected, |ids| {
            Files::Git(GitFiles::new(git, ids, Limits::default()))
        })
    }

    fn build<H>(
        label: String,
        place: Place,
        roots: Vec<String>,
        selected: Selected<H>,
        files: impl FnOnce(Vec<H>) -> Files,
    ) -> Result<Self, Error> {
        let roots = roots::resolve(roots, &selected.entries, &label)?;
        let kept = Kept::new(selected.entries.len());
        Ok(Self {
            label: shown(&label),
            place,
            kept,
            entries: selected.entries,
            files: files(selected.handles),
            roots,
            skipped: selected.skipped,
            problems: selected.problems,
        })
    }

    /// How to name the tree to a person: as that person did. Safe on a terminal.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The commit, if the tree is a revision.
    #[must_use]
    pub fn commit(&self) -> Option<&str> {
        match &self.place {
            Place::Commit(commit, _) => Some(commit.as_str()),
            _ => None,
        }
    }

    /// The source files and manifests, sorted by path.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of a path.
    #[must_use]
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        self.position(path).map(|at| &self.entries[at])
    }

    /// The directories in which Python packages start, sorted: `""` is the top.
    #[must_use]
    pub fn roots(&self) -> &[String] {
        &self.roots
    }

    /// The path below the longest root that it is in: what a module is named after. `None` outside all roots.
    #[must_use]
    pub fn below_root<'a>(&self, path: &'a str) -> Option<&'a str> {
        roots::strip(&self.roots, path)
    }

    /// What was left out because it is no regular file.
    #[must_use]
    pub fn skipped(&self) -> Skipped {
        self.skipped
    }

    /// Directories and names that could not be listed, sorted. What is missing there has not been removed.
    #[must_use]
    pub fn problems(&self) -> &[Error] {
        &self.problems
    }

    fn position(&self, path: &str) -> Option<usize> {
        self.entries
            .binary_search_by(|entry| entry.path.as_str().cmp(path))
            .ok()
    }

    fn locate(&self, path: &str) -> Result<usize, Error> {
        self.position(path).ok_or_else(|| {
            Error::new(
                ErrorKind::NotFound,
                format!("`{path}` is not among the source files of `{}`", self.label),
            )
        })
    }

    /// The content of an entry.
    pub fn read(&self, path: &str) -> Result<Arc<[u8]>, Error> {
        self.read_at(self.locate(path)?)
    }

    fn read_at(&self, at: usize) -> Result<Arc<[u8]>, Error> {
        if let Some(bytes) = self.kept.get(at) {
            return Ok(bytes);
        }
        let bytes = self.fetch(at)?;
        self.kept.keep(at, &bytes);
        Ok(bytes)
    }

    fn fetch(&self, at: usize) -> Result<Arc<[u8]>, Error> {
        let path = &self.entries[at].path;
        match &self.files {
            Files::Directory(paths) => {
                directory::read(&paths[at], path, Limits::default()).map(Arc::from)
            }
            Files::Zip(files, handles) => files.read(handles[at], path),
            Files::Memory(kept) => match &kept[at] {
                Unpacked::Bytes(bytes) => Ok(Arc::clone(bytes)),
                Unpacked::TooLarge(size) => Err(Limits::default().file_too_large(path, *size)),
                Unpacked::Nothing => Err(archive::damaged(
                    &self.label,
                    &format!("`{path}` was not read"),
                )),
            },
            Files::Git(files) => files
                .read(&[(at, path)])
                .pop()
                .unwrap_or_else(|| Err(Error::new(ErrorKind::GitFailed, "git gave no answer"))),
        }
    }

    /// The contents of many entries, in the order of `paths`: on all cores, or in one batch of git.
    #[must_use]
    pub fn read_many(&self, paths: &[&str]) -> Vec<Result<Arc<[u8]>, Error>> {
        let Files::Git(files) = &self.files else {
            return paths.par_iter().map(|path| self.read(path)).collect();
        };
        let places: Vec<Result<usize, Error>> =
            paths.iter().map(|path| self.locate(path)).collect();
        let wanted: Vec<(usize, &str)> = places
            .iter()
            .zip(paths)
            .filter_map(|(place, path)| Some((*place.as_ref().ok()?, *path)))
            .collect();
        let mut contents = files.read(&wanted).into_iter();
        places
            .into_iter()
            .filter_map(|place| match place {
                Ok(_) => contents.next(),
                Err(error) => Some(Err(error)),
            })
            .collect()
    }

    /// Whether two files hold the same bytes; without reading them where blob ids, sizes or packed bytes decide.
    pub fn same_content(&self, path: &str, other: &Self, other_path: &str) -> Result<bool, Error> {
        let (here, there) = (self.locate(path)?, other.locate(other_path)?);
        let (a, b) = (&self.entries[here], &other.entries[there]);
        if let (Some(a), Some(b)) = (&a.id, &b.id) {
            // Of different length, they come from different hashes and say nothing.
            if a.as_str().len() == b.as_str().len() {
                return Ok(a == b);
            }
        }
        if let (Some(a), Some(b)) = (a.size, b.size)
            && a != b
        {
            return Ok(false);
        }
        if let (Files::Zip(a, a_at), Files::Zip(b, b_at)) = (&self.files, &other.files) {
            let (a, b) = (a.packed(a_at[here]), b.packed(b_at[there]));
            if a.is_some() && a == b {
                return Ok(true);
            }
        }
        Ok(self.read_at(here)? == other.read_at(there)?)
    }

    /// Whether both are one place, so that a comparison says nothing.
    #[must_use]
    pub fn same_place(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

fn prepare(options: &Options) -> Result<(Vec<String>, Rules), Error> {
    let roots = roots::wanted(&options.root)?;
    let rules = Rules::new(options, roots.clone())?;
    Ok((roots, rules))
}

fn also(options: &Options) -> Result<Vec<Pattern>, Error> {
    options
        .also
        .iter()
        .map(|text| Pattern::anchored(text))
        .collect()
}

fn prefix(options: &Options) -> Result<String, Error> {
    clean(&options.prefix).map_err(|problem| {
        Error::new(
            ErrorKind::BadOption,
            format!(
                "the directory `{}` {problem}; write it relative to the top of the repository",
                options.prefix
            ),
        )
    })
}

fn select_listed<H>(scan: Scan<H>, rules: &Rules) -> Selected<H> {
    let markers = markers(&scan);
    select(scan, rules, &|path| markers.contains(path))
}

/// Both ways of reading a name have failed, and the person should hear of both.
fn neither(spec: &str, error: &Error) -> Error {
    let kind = match error.kind() {
        ErrorKind::UnknownRevision | ErrorKind::NotARepository => ErrorKind::NotFound,
        other => other,
    };
    Error::new(kind, format!("there is no path `{spec}`, and {error}"))
}
