//! Which paths somebody outside can import, and what each leads to. From them follows the path by which an item goes:
//! the shortest importable one without a hidden part, then the first of the alphabet.

use std::collections::{BTreeMap, BTreeSet};

use super::known;
use super::raw::Kind;
use super::scope::{Def, Scope, Space};

/// More importable paths than this are not listed: modules that re-export each other make them without end.
const MAX_EXPORTS: usize = 200_000;
/// Importable paths longer than this are not listed.
const MAX_LENGTH: usize = 16;

/// The importable paths of a tree's crates.
#[derive(Debug, Default)]
pub(super) struct Exports {
    /// Each path, by the worlds of names, with what it leads to; macros end in `!`.
    pub(super) paths: BTreeMap<String, Vec<(Space, Def)>>,
    /// Those that are left out of the documentation.
    pub(super) hidden: BTreeSet<String>,
    /// What goes by which path.
    pub(super) keys: BTreeMap<Def, String>,
    /// Modules that pass on what the tree does not show (`pub use other::*`).
    pub(super) open: BTreeSet<String>,
    /// Not everything was listed.
    pub(super) cut: bool,
}

impl Exports {
    /// Lets items go by these importable paths; of several for one item the first counts.
    pub(super) fn prefer(&mut self, paths: &[String]) {
        let mut sorted: Vec<&String> = paths.iter().collect();
        sorted.sort();
        for path in sorted.into_iter().rev() {
            let Some([(_, def @ Def::Item(..))]) = self.paths.get(path).map(Vec::as_slice) else {
                continue;
            };
            self.keys.insert(def.clone(), path.clone());
        }
    }
}

/// Whether this is a type or module of the tree.
pub(super) fn is_type((space, def): &(Space, Def)) -> bool {
    *space == Space::Types && !matches!(def, Def::External(_))
}

struct Walk<'s, 'w> {
    scope: &'s Scope<'w>,
    found: Exports,
    /// Modules on the way to where the walk is.
    trail: Vec<usize>,
    done: BTreeSet<(String, usize, bool)>,
}

/// Lists the importable paths of all crates.
pub(super) fn exports(scope: &Scope<'_>) -> Exports {
    let mut walk = Walk {
        scope,
        found: Exports::default(),
        trail: Vec::new(),
        done: BTreeSet::new(),
    };
    for (krate, root) in scope.world.roots.iter().enumerate() {
        let name = scope.world.crates[krate].name.clone();
        walk.add(name.clone(), Space::Types, Def::Module(*root), false);
        walk.module(*root, &name, false);
        let macros: Vec<(String, Def)> = scope
            .exported_macros(krate)
            .map(|(name, def)| (name.to_owned(), def.clone()))
            .collect();
        for (short, def) in macros {
            let hidden = walk.is_hidden(&def);
            walk.add(format!("{name}::{short}"), Space::Macros, def, hidden);
        }
    }
    let mut found = walk.found;
    let mut keys: BTreeMap<Def, (bool, usize, String)> = BTreeMap::new();
    for (path, leads) in &found.paths {
        for (space, def) in leads {
            // What is outside the tree goes by its own path, and a variant by that of its enum.
            if matches!(def, Def::External(_) | Def::Variant(..)) {
                continue;
            }
            // A function may have the name of a module or type.
            let shared = *space == Space::Values && leads.iter().any(is_type);
            let rank = (
                found.hidden.contains(path),
                path.matches("::").count(),
                if shared {
                    format!("{path}()")
                } else {
                    path.clone()
                },
            );
            let best = keys.entry(def.clone()).or_insert_with(|| rank.clone());
            if rank < *best {
                *best = rank;
            }
        }
    }
    found.keys = keys
        .into_iter()
        .map(|(def, (_, _, path))| (def, path))
        .collect();
    found
}

impl Walk<'_, '_> {
    fn is_hidden(&self, def: &Def) -> bool {
        match def {
            Def::Item(module, index) => {
                self.scope.world.modules[*module].items[*index].marks.hidden
            }
            Def::Module(module) => {
                let module = &self.scope.world.modules[*module];
                module.parent.is_some_and(|parent| {
                    let parent = &self.scope.world.modules[parent];
                    parent.items.iter().any(|item| {
                        item.marks.hidden
                            && matches!(item.kind, Kind::Module { .. })
                            && module.path == format!("{}::{}", parent.path, item.name)
                    })
                })
            }
            Def::Variant(..) | Def::External(_) => false,
        }
    }

    /// Whether `extern crate` under this name is left out of the documentation.
    fn hides_crate(&self, module: usize, name: &str) -> bool {
        self.scope.world.modules[module].items.iter().any(|item| {
            item.marks.hidden && item.name == name && matches!(item.kind, Kind::ExternCrate { .. })
        })
    }

    fn add(&mut self, path: String, space: Space, def: Def, hidden: bool) {
        if self.found.paths.len() >= MAX_EXPORTS {
            self.found.cut = true;
            return;
        }
        let path = if space == Space::Macros {
            format!("{path}!")
        } else {
            path
        };
        let known = self.found.paths.contains_key(&path);
        if hidden && !known {
            self.found.hidden.insert(path.clone());
        } else if !hidden {
            self.found.hidden.remove(&path);
        }
        let leads = self.found.paths.entry(path).or_default();
        if !leads.iter().any(|(other, _)| *other == space) {
            leads.push((space, def));
        }
    }

    /// A public name of a module.
    fn name(&mut self, prefix: &str, name: &str, space: Space, def: Def, hidden: bool) {
        if name == "_" {
            return;
        }
        let hidden = hidden || self.is_hidden(&def);
        let path = format!("{prefix}::{name}");
        // A constructor is the same item as its type.
        if space == Space::Values
            && let Def::Item(module, index) = &def
            && matches!(
                self.scope.world.modules[*module].items[*index].kind,
                Kind::Struct(_)
            )
        {
            return;
        }
        self.add(path.clone(), space, def.clone(), hidden);
        if let Def::Module(module) = def {
            self.module(module, &path, hidden);
        }
    }

    /// All public names of a module, below `prefix`.
    fn module(&mut self, module: usize, prefix: &str, hidden: bool) {
        if self.trail.contains(&module)
            || prefix.matches("::").count() >= MAX_LENGTH
            || !self.done.insert((prefix.to_owned(), module, hidden))
        {
            return;
        }
        self.trail.push(module);
        let own: Vec<(Space, String, Def)> = self
            .scope
            .own(module)
            .filter(|(_, _, def)| self.own_is_public(module, def))
            .map(|(space, name, def)| (space, name.to_owned(), def.clone()))
            .collect();
        for (space, name, def) in own {
            if space != Space::Macros {
                let off = self.hides_crate(module, &name);
                self.name(prefix, &name, space, def, hidden || off);
            }
        }
        let uses: Vec<(String, String, bool)> = self
            .scope
            .uses(module)
            .iter()
            .flat_map(|(name, imports)| {
                imports
                    .iter()
                    .filter(|import| self.scope.public(&import.vis, module))
                    .map(|import| (name.clone(), import.path.clone(), import.hidden))
            })
            .collect();
        for (name, path, off) in uses {
            let mut found = false;
            for space in Space::ALL {
                if let Some(def) = self.scope.resolve_use(module, &path, space, 0) {
                    found = true;
                    // What is outside may be anything: one entry is enough.
                    let outside = matches!(def, Def::External(_));
                    if outside && space != Space::Types {
                        continue;
                    }
                    // A variant is one thing in the two worlds that it lives in.
                    if matches!(def, Def::Variant(..)) && space != Space::Types {
                        continue;
                    }
                    if self.is_private_macro(&def) || !self.may_be_passed_on(&def) {
                        continue;
                    }
                    self.name(prefix, &name, space, def, hidden || off);
                }
            }
            if !found {
                // Most likely a macro makes it: the name is there, and what it is stays open.
                let def = Def::External(known::canonical(&path));
                self.name(prefix, &name, Space::Types, def, hidden || off);
            }
        }
        let globs: Vec<String> = self
            .scope
            .globs(module)
            .iter()
            .filter(|import| self.scope.public(&import.vis, module))
            .map(|import| import.path.clone())
            .collect();
        for path in globs {
            match self.scope.resolve_use(module, &path, Space::Types, 0) {
                Some(Def::Module(target)) => self.module(target, prefix, hidden),
                Some(Def::Item(at, index)) => {
                    if let Kind::Enum(read) = &self.scope.world.modules[at].items[index].kind {
                        for variant in &read.variants {
                            let def = Def::Variant(at, index, variant.name.clone());
                            self.name(prefix, &variant.name, Space::Types, def, hidden);
                        }
                    }
                }
                Some(Def::External(_)) | None => {
                    self.found.open.insert(prefix.to_owned());
                }
                Some(Def::Variant(..)) => {}
            }
        }
        self.trail.pop();
    }

    fn own_is_public(&self, module: usize, def: &Def) -> bool {
        let modules = &self.scope.world.modules;
        match def {
            Def::Item(at, index) => self.scope.public(&modules[*at].items[*index].vis, module),
            Def::Module(child) => modules[module]
                .children
                .iter()
                .find(|(_, index)| *index == child)
                .is_some_and(|(item, _)| {
                    self.scope.public(&modules[module].items[*item].vis, module)
                }),
            // `pub extern crate`.
            Def::External(_) | Def::Variant(..) => modules[module].items.iter().any(|item| {
                matches!(item.kind, Kind::ExternCrate { .. })
                    && self.scope.public(&item.vis, module)
                    && self
                        .scope
                        .own(module)
                        .any(|(_, name, other)| other == def && name == item.name)
            }),
        }
    }

    /// `pub use` passes on only what is public itself.
    fn may_be_passed_on(&self, def: &Def) -> bool {
        let modules = &self.scope.world.modules;
        match def {
            Def::Item(at, index) => {
                let item = &modules[*at].items[*index];
                matches!(item.kind, Kind::Macro { .. } | Kind::ExternCrate { .. })
                    || self.scope.public(&item.vis, *at)
            }
            Def::Module(module) => match modules[*module].parent {
                None => true,
                Some(parent) => modules[parent]
                    .children
                    .iter()
                    .find(|(_, child)| *child == module)
                    .is_some_and(|(item, _)| {
                        self.scope.public(&modules[parent].items[*item].vis, parent)
                    }),
            },
            Def::Variant(..) | Def::External(_) => true,
        }
    }

    fn is_private_macro(&self, def: &Def) -> bool {
        match def {
            Def::Item(at, index) => matches!(
                self.scope.world.modules[*at].items[*index].kind,
                Kind::Macro {
                    exported: false,
                    ..
                }
            ),
            _ => false,
        }
    }
}
