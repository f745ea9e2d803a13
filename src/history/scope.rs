//! Which files matter to a group over all of its history: those behind it today, those where its paths would lead by
//! their names, and those that these were called before. Names of items follow their files.

use std::collections::BTreeSet;

use crate::interface::python::is_offered;
use crate::provider::{Provider, is_rust_path};
use crate::source::git::{Git, ObjectId};
use crate::source::{Commit, Error, Tree};

use super::Group;

/// How often files are followed through renames.
const MOST_NAMES: usize = 8;

/// What matters to one group.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// Files, from the top of the repository.
    pub(super) files: BTreeSet<String>,
    /// Folders in which every source file matters.
    pub(super) folders: BTreeSet<String>,
    /// The group's members, by all names that they ever had.
    pub(super) members: BTreeSet<String>,
}

impl Scope {
    pub(super) fn holds(&self, path: &str) -> bool {
        self.files.contains(path)
            || self
                .folders
                .iter()
                .any(|folder| path.ends_with(".rs") && inside(path, folder))
    }
}

fn inside(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
}

/// The scope of a group as the newest tree shows it. `prefix` is where the tree stands in the repository.
pub(super) fn of(group: &Group, tree: &Tree, provider: &Provider<'_>, prefix: &str) -> Scope {
    let top = |path: &str| join(prefix, path);
    let (of_rust, of_python): (Vec<String>, Vec<String>) = group
        .members
        .iter()
        .cloned()
        .partition(|path| is_rust_path(path));
    let mut scope = Scope {
        members: group.members.iter().cloned().collect(),
        ..Scope::default()
    };
    if !of_python.is_empty() {
        let (interface, _) = provider.python().interface(&of_python);
        let behind = provider.python().files_behind(&of_python, &interface);
        scope.files.extend(behind.iter().map(|path| top(path)));
        let mut roots: Vec<&str> = tree.roots().iter().map(String::as_str).collect();
        roots.push("");
        for member in &of_python {
            for stem in stems(member) {
                for root in &roots {
                    for ending in [".py", "/__init__.py"] {
                        scope
                            .files
                            .insert(top(&join(root, &format!("{stem}{ending}"))));
                    }
                }
            }
        }
    }
    if !of_rust.is_empty() {
        let folders = provider.rust().folders_behind(&of_rust);
        scope.folders.extend(folders.iter().map(|path| {
            if path.is_empty() {
                prefix.to_owned()
            } else {
                top(path)
            }
        }));
        let manifests = tree.entries().iter().map(|entry| entry.path.as_str());
        let manifests = manifests.filter(|path| path.rsplit('/').next() == Some("Cargo.toml"));
        scope.files.extend(manifests.map(top));
    }
    scope
}

/// Where the module of a dotted path may be: `a/b/c`, `a/b` and `a` for `a.b.c`, but no file for what must be a name.
fn stems(path: &str) -> Vec<String> {
    let mut stems = Vec::new();
    let mut path = path;
    loop {
        let name = path.rsplit('.').next().unwrap_or(path);
        if is_offered(name) || name.starts_with('_') {
            stems.push(path.replace('.', "/"));
        }
        match path.rsplit_once('.') {
            Some((outer, _)) if outer.contains('.') => path = outer,
            _ => break,
        }
    }
    stems
}

fn join(folder: &str, path: &str) -> String {
    if folder.is_empty() {
        path.to_owned()
    } else {
        format!("{folder}/{path}")
    }
}

/// The commits that touched what matters, with renames followed: the scopes grow by the files' older names.
pub(super) fn commits(
    git: &Git,
    since: Option<&ObjectId>,
    head: &ObjectId,
    scopes: &mut [Scope],
    also: &[String],
    prefix: &str,
) -> Result<Vec<Commit>, Error> {
    let mut asked_about: BTreeSet<ObjectId> = BTreeSet::new();
    let mut history = Vec::new();
    for _ in 0..MOST_NAMES {
        let mut paths: BTreeSet<String> = also.iter().cloned().collect();
        for scope in scopes.iter() {
            paths.extend(scope.files.iter().cloned());
            paths.extend(scope.folders.iter().cloned());
        }
        // The top of the repository is everything.
        let paths: Vec<String> = if paths.remove("") {
            Vec::new()
        } else {
            paths.into_iter().collect()
        };
        history = git.history(since, head, &paths)?;
        let appeared = |commit: &&Commit| {
            let new = commit.changes.iter().filter(|change| {
                change.old.is_none()
                    && scopes
                        .iter()
                        .any(|scope| scope.files.contains(&change.path))
            });
            new.count() > 0 && !asked_about.contains(&commit.id)
        };
        let fresh: BTreeSet<ObjectId> = history
            .iter()
            .filter(appeared)
            .map(|commit| commit.id.clone())
            .collect();
        let mut grown = false;
        for (_, old, new) in git.renames(&fresh)? {
            for scope in scopes.iter_mut() {
                if scope.files.contains(&new) && scope.files.insert(old.clone()) {
                    grown = true;
                    rename(scope, &old, &new, prefix);
                }
            }
        }
        asked_about.extend(fresh);
        if !grown {
            break;
        }
    }
    Ok(history)
}

/// The members of a module that had another name.
fn rename(scope: &mut Scope, old: &str, new: &str, prefix: &str) {
    let (Some(old), Some(new)) = (module(old, prefix), module(new, prefix)) else {
        return;
    };
    // Below a source root the first parts of the path are not part of the name: what both have in common goes.
    let members: Vec<String> = scope.members.iter().cloned().collect();
    for member in members {
        for (from, to) in suffixes(&new).zip(suffixes(&old)) {
            if let Some(rest) = member.strip_prefix(from)
                && rest.starts_with('.')
            {
                scope.members.insert(format!("{to}{rest}"));
                break;
            }
        }
    }
}

/// A dotted name, and what is left of it when its first parts are taken away.
fn suffixes(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |rest| {
        rest.split_once('.').map(|(_, rest)| rest)
    })
}

fn module(path: &str, prefix: &str) -> Option<String> {
    let path = if prefix.is_empty() {
        path
    } else {
        path.strip_prefix(prefix)?.strip_prefix('/')?
    };
    let stem = path.strip_suffix(".py")?;
    let stem = stem.strip_suffix("/__init__").unwrap_or(stem);
    Some(stem.replace('/', "."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_follow_their_files() {
        let mut scope = Scope {
            members: BTreeSet::from(["pkg.new.A".to_owned(), "pkg.other.B".to_owned()]),
            ..Scope::default()
        };
        rename(&mut scope, "src/pkg/old.py", "src/pkg/new.py", "");
        assert!(scope.members.contains("pkg.old.A"));
        assert_eq!(scope.members.len(), 3);
        rename(
            &mut scope,
            "top/a/pkg/older/__init__.py",
            "top/a/pkg/old.py",
            "top/a",
        );
        assert!(scope.members.contains("pkg.older.A"));
    }

    #[test]
    fn a_path_may_be_a_module_or_stand_in_one() {
        assert_eq!(stems("a.b.C.d"), ["a/b/C/d", "a/b/C", "a/b"]);
        assert_eq!(stems("a"), ["a"]);
    }
}
