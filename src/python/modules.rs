//! Which file is which module: names of modules from paths, packages, namespace packages, roots. It reads no file.

use std::collections::{BTreeMap, BTreeSet};

use super::env::is_identifier;
use super::files::Files;

/// A module that has a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ModuleFile {
    pub(crate) name: String,
    pub(crate) path: String,
    /// It is the `__init__` of a package.
    pub(crate) is_package: bool,
}

/// Modules by name.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    files: Vec<ModuleFile>,
    by_name: BTreeMap<String, usize>,
    /// Folders that lead to a module without being one themselves.
    namespaces: BTreeSet<String>,
}

impl Modules {
    pub(crate) fn new(files: &dyn Files) -> Self {
        let mut modules = Self::default();
        for path in files.paths() {
            let Some(file) = module_file(path, files.roots()) else {
                continue;
            };
            modules.insert(file);
        }
        for file in &modules.files {
            let mut name = file.name.as_str();
            while let Some((parent, _)) = name.rsplit_once('.') {
                if !modules.by_name.contains_key(parent) {
                    modules.namespaces.insert(parent.to_owned());
                }
                name = parent;
            }
        }
        modules
    }

    /// Of several files for one name: source before stub, package before module, first root first.
    fn insert(&mut self, file: ModuleFile) {
        let rank = |file: &ModuleFile| (file.path.ends_with(".pyi"), !file.is_package);
        match self.by_name.get(&file.name) {
            Some(&known) => {
                if rank(&file) < rank(&self.files[known]) {
                    self.files[known] = file;
                }
            }
            None => {
                self.by_name.insert(file.name.clone(), self.files.len());
                self.files.push(file);
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    pub(crate) fn files(&self) -> &[ModuleFile] {
        &self.files
    }

    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// A module with or without a file.
    pub(crate) fn is_module(&self, name: &str) -> bool {
        self.by_name.contains_key(name) || self.namespaces.contains(name)
    }

    /// The longest prefix of a dotted path that is a module, and what is left of the path.
    pub(crate) fn split<'p>(&self, path: &'p str) -> Option<(&'p str, &'p str)> {
        let mut end = path.len();
        loop {
            let prefix = &path[..end];
            if self.is_module(prefix) {
                return Some((prefix, path[end..].trim_start_matches('.')));
            }
            end = prefix.rfind('.')?;
        }
    }

    /// Whether a path begins in this tree.
    pub(crate) fn holds_top(&self, path: &str) -> bool {
        let top = path.split('.').next().unwrap_or(path);
        self.is_module(top)
    }
}

/// The module of a file, if its path can be imported.
fn module_file(path: &str, roots: &[String]) -> Option<ModuleFile> {
    let stem = path
        .strip_suffix(".py")
        .or_else(|| path.strip_suffix(".pyi"))?;
    let inside = roots
        .iter()
        .filter_map(|root| {
            if root.is_empty() {
                Some((0, stem))
            } else {
                let rest = stem.strip_prefix(root.as_str())?.strip_prefix('/')?;
                Some((root.len(), rest))
            }
        })
        .max_by_key(|(length, _)| *length)?
        .1;
    let (name, is_package) = match inside.strip_suffix("/__init__") {
        Some(package) => (package, true),
        None if inside == "__init__" => return None,
        None => (inside, false),
    };
    // What no import statement can spell (`do-it.py`) is nobody's interface.
    if !name.split('/').all(is_identifier) {
        return None;
    }
    let name = name.replace('/', ".");
    Some(ModuleFile {
        name,
        path: path.to_owned(),
        is_package,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::files::MemoryFiles;

    #[test]
    fn names_come_from_paths() {
        let files = MemoryFiles::new(
            [
                "setup.py",
                "src/pkg/__init__.py",
                "src/pkg/a.py",
                "src/pkg/a.pyi",
                "src/pkg/sub/__init__.py",
                "src/space/deep/m.py",
                "other/x.py",
                "tools/do-it.py",
                "README.md",
            ]
            .map(|path| (path, "")),
        );
        let modules = Modules::new(&files);
        let names: Vec<_> = modules.by_name.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "other.x",
                "pkg",
                "pkg.a",
                "pkg.sub",
                "setup",
                "space.deep.m"
            ]
        );
        assert!(modules.is_module("space.deep"));
        assert_eq!(modules.split("pkg.a.C.m"), Some(("pkg.a", "C.m")));
        assert_eq!(modules.split("nowhere.C"), None);
        let a = modules.find("pkg.a").map(|at| &modules.files()[at].path);
        assert_eq!(a.map(String::as_str), Some("src/pkg/a.py"));
    }
}
