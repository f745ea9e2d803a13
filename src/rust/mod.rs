//! The Rust front end: crates of a tree from their manifests, their modules and uses, and their items with types
//! resolved. It is the only folder that names syn, quote and proc-macro2, and it knows nothing of contracts' files or
//! of verdicts.

mod autos;
mod cfg;
mod exports;
mod extract;
mod globs;
mod impls;
mod known;
#[cfg(test)]
mod law;
pub mod lines;
mod load;
mod lower;
mod manifest;
mod parse;
mod plain;
mod raw;
mod resolve;
mod scope;
mod sealed;
mod strip;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::interface::rust::{Interface, Kind, last, parent};
pub use load::{Cache, Files};

pub use parse::bare_parse;

use extract::Extract;
use load::load;
use manifest::Crate;
use scope::Def;

/// The Rust side of a tree.
pub struct Project<'t> {
    files: &'t dyn Files,
    features: BTreeSet<String>,
    cache: Arc<Cache>,
}

impl<'t> Project<'t> {
    /// The Rust side of a tree; nothing is read yet.
    pub fn new(files: &'t dyn Files) -> Self {
        Self {
            files,
            features: BTreeSet::new(),
            cache: Arc::default(),
        }
    }

    /// Takes what was read for other trees, and keeps what it reads for them.
    #[must_use]
    pub fn sharing(mut self, cache: Arc<Cache>) -> Self {
        self.cache = cache;
        self
    }

    /// Turns on features besides the default ones; `*` is all of them.
    #[must_use]
    pub fn with_features(mut self, features: impl IntoIterator<Item = String>) -> Self {
        self.features.extend(features);
        self
    }

    /// Whether there is a crate in the tree.
    pub fn has_sources(&self) -> bool {
        !self.crates().is_empty()
    }

    fn crates(&self) -> Vec<Crate> {
        self.read_manifests(&mut BTreeSet::new())
    }

    /// What is wrong with the manifests, as `path: message`: crates that cannot be found are not crates that are gone.
    pub fn damaged_manifests(&self) -> BTreeSet<String> {
        let mut wrong = BTreeSet::new();
        self.read_manifests(&mut wrong);
        wrong
    }

    fn read_manifests(&self, wrong: &mut BTreeSet<String>) -> Vec<Crate> {
        let read = |path: &str| {
            self.files
                .read_many(&[path])
                .pop()
                .unwrap_or_else(|| Err("cannot be read".to_owned()))
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        };
        manifest::crates(&self.files.paths(), &self.features, read, wrong)
    }

    /// The folders of the crates that these paths lead into, and of those of the tree that they depend on.
    pub fn folders_behind(&self, paths: &[String]) -> BTreeSet<String> {
        let all = self.crates();
        let names = paths
            .iter()
            .filter_map(|path| absolute(path, &all))
            .filter_map(|path| path.split("::").next().map(str::to_owned))
            .collect();
        needed(&all, &names)
            .into_iter()
            .filter_map(|index| all.get(index))
            .map(|krate| krate.root.rsplit_once('/').map_or("", |(folder, _)| folder))
            .map(str::to_owned)
            .collect()
    }

    /// What was asked for, by path (`::krate::module::Item`, `crate::module::Item`, a module, a member of an item),
    /// and the paths that lead to nothing.
    pub fn interface(&self, paths: &[String]) -> (Interface, Vec<String>) {
        parse::on_large_stack(|| self.asked(paths, false))
    }

    /// As [`Project::interface`], but an item goes by the path by which it was asked for: a contract names things as
    /// its configuration does.
    pub fn interface_as_named(&self, paths: &[String]) -> (Interface, Vec<String>) {
        parse::on_large_stack(|| self.asked(paths, true))
    }

    fn asked(&self, paths: &[String], as_named: bool) -> (Interface, Vec<String>) {
        let all = self.crates();
        let asked: Vec<(String, Option<String>)> = paths
            .iter()
            .map(|path| (path.clone(), absolute(path, &all)))
            .collect();
        let roots: BTreeSet<String> = asked
            .iter()
            .filter_map(|(_, path)| path.as_deref())
            .filter_map(|path| path.split("::").next().map(str::to_owned))
            .collect();
        let world = load(self.files, &self.features, &self.cache, &|all| {
            needed(all, &roots)
        });
        let names: Vec<String> = if as_named {
            let absolute = asked.iter().filter_map(|(_, path)| path.clone());
            absolute.collect()
        } else {
            Vec::new()
        };
        let extract = Extract::named(&world, &names);
        let mut interface = extract.frame();
        let mut missing = Vec::new();
        for (written, path) in asked {
            // A macro has a namespace of its own, but people name it as they import it: without `!`.
            let found = path.as_deref().is_some_and(|path| {
                let of_macro = format!("{path}!");
                let importable = |path: &str| extract.exports.paths.contains_key(path);
                // A private module may have the name of a macro.
                let order = if importable(&of_macro) && !importable(path) {
                    [of_macro.as_str(), path]
                } else {
                    [path, of_macro.as_str()]
                };
                order
                    .into_iter()
                    .any(|path| take(&extract, path, &mut interface))
            });
            if !found {
                missing.push(written);
            }
        }
        (interface, missing)
    }

    /// Everything that anybody outside can import.
    pub fn whole(&self) -> Interface {
        parse::on_large_stack(|| {
            let world = load(self.files, &self.features, &Cache::default(), &published);
            whole(&Extract::new(&world))
        })
    }

    /// Everything that anybody outside can import, before and after. Files that both trees have are read once, and
    /// nothing is read if nothing differs.
    pub fn changed(old: &Project<'_>, new: &Project<'_>) -> (Interface, Interface) {
        parse::on_large_stack(|| Self::both(old, new))
    }

    fn both(old: &Project<'_>, new: &Project<'_>) -> (Interface, Interface) {
        if old.features == new.features && same_text(old.files, new.files) {
            return (Interface::default(), Interface::default());
        }
        let cache = Cache::default();
        let world_old = load(old.files, &old.features, &cache, &published);
        let world_new = load(new.files, &new.features, &cache, &published);
        drop(cache);
        let (before, (extract, mut after)) = rayon::join(
            || whole(&Extract::new(&world_old)),
            || {
                let extract = Extract::new(&world_new);
                let after = whole(&extract);
                (extract, after)
            },
        );
        // What can no longer be imported may still be there, only less visible.
        for key in before.items.keys() {
            if after.find(key).is_some() || after.exports.contains_key(key) {
                continue;
            }
            let path = before.defined.get(key).unwrap_or(key);
            for def in extract.defined(path) {
                extract.put(&def, &mut after);
            }
        }
        (before, after)
    }

    /// The path by which what is defined (or re-exported) at `path` goes: the shortest importable one without a
    /// private part, then the first of the alphabet; where it is defined if it cannot be imported.
    pub fn public_path(&self, path: &str) -> Option<String> {
        parse::on_large_stack(|| self.path_of(path))
    }

    fn path_of(&self, path: &str) -> Option<String> {
        let all = self.crates();
        let path = absolute(path, &all)?;
        let root: BTreeSet<String> = path
            .split("::")
            .next()
            .map(str::to_owned)
            .into_iter()
            .collect();
        let cache = Cache::default();
        let world = load(self.files, &self.features, &cache, &|all| {
            needed(all, &root)
        });
        let extract = Extract::new(&world);
        let def = extract.find(&path).into_iter().next()?;
        Some(extract.key(&def))
    }
}

/// Everything public of all crates.
fn whole(extract: &Extract<'_>) -> Interface {
    let mut interface = extract.frame();
    let public = extract.public();
    // Types before functions: of two with one name the type keeps it.
    for def in public.iter().filter(|def| matches!(def, Def::Item(..))) {
        extract.put(def, &mut interface);
    }
    for def in public.iter().filter(|def| matches!(def, Def::Module(_))) {
        extract.put(def, &mut interface);
    }
    interface
}

/// A path with the crate's name first.
fn absolute(path: &str, all: &[Crate]) -> Option<String> {
    let bare = path.trim_start_matches("::");
    let (first, rest) = bare.split_once("::").unwrap_or((bare, ""));
    if first != "crate" && all.iter().any(|krate| krate.name == first) {
        return Some(bare.to_owned());
    }
    let main = &all.first()?.name;
    let rest = if first == "crate" { rest } else { bare };
    Some(if rest.is_empty() {
        main.clone()
    } else {
        format!("{main}::{rest}")
    })
}

/// The crates of these names, and those of the tree that they depend on.
fn needed(all: &[Crate], names: &BTreeSet<String>) -> Vec<usize> {
    let mut wanted: Vec<usize> = Vec::new();
    let mut open: Vec<&str> = names.iter().map(String::as_str).collect();
    while let Some(name) = open.pop() {
        for (index, krate) in all.iter().enumerate() {
            if krate.name == name && !wanted.contains(&index) {
                wanted.push(index);
                open.extend(krate.dependencies.values().map(String::as_str));
            }
        }
    }
    wanted.sort_unstable();
    wanted
}

/// The crates that others can depend on; if there is none, those that nobody can.
fn published(all: &[Crate]) -> Vec<usize> {
    let chosen = |accept: &dyn Fn(&Crate) -> bool| -> Vec<usize> {
        all.iter()
            .enumerate()
            .filter(|(_, krate)| accept(krate))
            .map(|(index, _)| index)
            .collect()
    };
    let libraries = chosen(&|krate| !krate.binary && !krate.helper);
    if libraries.is_empty() {
        chosen(&|krate| !krate.helper)
    } else {
        libraries
    }
}

/// Puts what a path leads to into an interface.
fn take(extract: &Extract<'_>, path: &str, into: &mut Interface) -> bool {
    let found = extract.find(path);
    for def in &found {
        if let Def::Module(module) = def {
            let importable = extract.below(*module, false);
            let below = if importable.is_empty() {
                extract.below(*module, true)
            } else {
                importable
            };
            for def in &below {
                extract.put(def, into);
            }
        }
        extract.put(def, into);
    }
    if !found.is_empty() {
        return true;
    }
    // A member of an item.
    let mut part = Interface::default();
    for def in extract.find(parent(path)) {
        if matches!(def, Def::Item(..)) {
            extract.put(&def, &mut part);
        }
    }
    let mut any = false;
    for (key, mut item) in part.items {
        if only(&mut item.kind, last(path)) {
            any = true;
            into.items.entry(key).or_insert(item);
        }
    }
    any
}

/// Leaves only what has this name; false if nothing has.
fn only(kind: &mut Kind, name: &str) -> bool {
    match kind {
        Kind::Trait(of) => {
            of.items.retain(|other, _| other == name);
            of.impls.clear();
            !of.items.is_empty()
        }
        Kind::Struct(of) | Kind::Union(of) => {
            of.members.retain(|member| member.name == name);
            of.impls.clear();
            let field = of.fields.iter().any(|field| field.name == name);
            field || !of.members.is_empty()
        }
        Kind::Enum(of) => {
            of.members.retain(|member| member.name == name);
            of.impls.clear();
            let variant = of.variants.iter().any(|variant| variant.name == name);
            variant || !of.members.is_empty()
        }
        _ => false,
    }
}

fn same_text(old: &dyn Files, new: &dyn Files) -> bool {
    let matters = |path: &String| {
        std::path::Path::new(path)
            .extension()
            .is_some_and(|ending| ending == "rs")
            || path.ends_with("Cargo.toml")
    };
    let list =
        |files: &dyn Files| -> Vec<String> { files.paths().into_iter().filter(matters).collect() };
    let (before, after) = (list(old), list(new));
    if before != after {
        return false;
    }
    let names: Vec<&str> = before.iter().map(String::as_str).collect();
    old.read_many(&names) == new.read_many(&names)
}

/// The last part of a path.
fn last_of(path: &str) -> &str {
    last(path)
}
