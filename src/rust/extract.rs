//! From resolved names to the model: the items that were asked for, whole. Which items those are is decided by
//! whoever asks.

use std::collections::{BTreeMap, BTreeSet};

use super::exports::{Exports, exports, is_type};
use super::globs::Target;
use super::impls::{Impls, impls};
use super::load::World;
use super::raw::Kind as Raw;
use super::resolve::Resolver;
use super::scope::{Def, Scope, Space};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{
    Enum, Field, Interface, Item, Kind, Struct, Trait, TraitItem, TraitItemKind, Variant,
};

/// A tree with everything found out about its names.
pub(super) struct Extract<'w> {
    pub(super) scope: Scope<'w>,
    pub(super) exports: Exports,
    pub(super) impls: Impls,
}

impl<'w> Extract<'w> {
    /// Finds out about names, paths and impls.
    pub(super) fn new(world: &'w World) -> Self {
        Self::named(world, &[])
    }

    /// As [`Extract::new`], and what one of these paths leads to goes by that path: by the first, if several do.
    pub(super) fn named(world: &'w World, names: &[String]) -> Self {
        let scope = Scope::new(world);
        let mut exports = exports(&scope);
        exports.prefer(names);
        let impls = impls(&scope, &exports);
        Self {
            scope,
            exports,
            impls,
        }
    }

    /// An interface without items: paths, and what is not known.
    pub(super) fn frame(&self) -> Interface {
        let world = self.scope.world;
        let mut interface = Interface {
            crates: world
                .crates
                .iter()
                .map(|krate| krate.name.clone())
                .collect(),
            unknown: world.unknown.clone(),
            untrusted: world.untrusted.clone(),
            broken: world.broken.clone(),
            hidden: self.exports.hidden.clone(),
            ..Interface::default()
        };
        for krate in world.crates.iter().filter(|krate| !krate.binary) {
            let on = &krate.config.features;
            let off = krate
                .features
                .keys()
                .filter(|name| !on.contains(*name) && *name != "default");
            let off: BTreeSet<String> = off.cloned().collect();
            if !off.is_empty() {
                interface.off.insert(krate.name.clone(), off);
            }
            interface
                .features
                .insert(krate.name.clone(), krate.features.clone());
        }
        if self.exports.cut {
            interface
                .unknown
                .insert("there are more importable paths than are followed".to_owned());
        }
        for (path, leads) in &self.exports.paths {
            for (space, def) in leads {
                let key = self.key(def);
                // A function may have the name of a module or type.
                let path = if *space == Space::Values && leads.iter().any(is_type) {
                    format!("{path}()")
                } else {
                    path.clone()
                };
                interface.exports.insert(path, key);
            }
        }
        for path in &self.exports.open {
            interface
                .made
                .entry(path.clone())
                .or_default()
                .insert("*".to_owned());
        }
        let bodies = self.macro_words();
        for (at, module) in world.modules.iter().enumerate() {
            for item in module.items.iter() {
                match &item.kind {
                    Raw::Call { path, words, .. } => {
                        let made = interface.made.entry(module.path.clone()).or_default();
                        made.extend(words.iter().cloned());
                        reach(super::last_of(path), &bodies, made);
                        // What another file brings is not shown.
                        if super::last_of(path) == "include" {
                            made.insert("*".to_owned());
                        }
                        let call = if path.is_empty() { "macro" } else { path };
                        interface
                            .unknown
                            .insert(format!("{}: items made by `{call}!`", module.path));
                    }
                    Raw::Trait(_) | Raw::Function(_)
                        if !item.attribute_macros.is_empty()
                            && self.scope.public(&item.vis, at) =>
                    {
                        interface.unknown.insert(format!(
                            "{}::{}: #[{}] may change it",
                            module.path,
                            item.name,
                            item.attribute_macros.join("] #[")
                        ));
                    }
                    _ => {}
                }
            }
        }
        // What a macro makes in one module others pass on by globs.
        let mut passed: Vec<(String, BTreeSet<String>)> = Vec::new();
        for (at, module) in world.modules.iter().enumerate() {
            for target in self.scope.reach(at).iter() {
                if let Target::Module(from) = target
                    && let Some(words) = interface.made.get(&world.modules[*from].path)
                {
                    passed.push((module.path.clone(), words.clone()));
                }
            }
        }
        for (module, words) in passed {
            interface.made.entry(module).or_default().extend(words);
        }
        interface
    }

    /// The words in the bodies of this tree's own macros: a name that a call makes may stand there.
    pub(super) fn macro_words(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut bodies: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for module in &self.scope.world.modules {
            for item in module.items.iter() {
                if let Raw::Macro { words, .. } = &item.kind {
                    let body = bodies.entry(item.name.as_str()).or_default();
                    body.extend(words.iter().map(String::as_str));
                }
            }
        }
        bodies
    }

    /// The path by which a definition goes.
    pub(super) fn key(&self, def: &Def) -> String {
        if let Def::Variant(module, index, name) = def {
            return format!("{}::{name}", self.key(&Def::Item(*module, *index)));
        }
        self.exports
            .keys
            .get(def)
            .cloned()
            .unwrap_or_else(|| self.scope.path_of(def))
    }

    /// Everything that somebody outside can import and that this tree defines.
    pub(super) fn public(&self) -> BTreeSet<Def> {
        self.exports
            .keys
            .keys()
            .filter(|def| matches!(def, Def::Item(..) | Def::Module(_)))
            .cloned()
            .collect()
    }

    /// What a path leads to: an importable path first, then that of a definition.
    pub(super) fn find(&self, path: &str) -> Vec<Def> {
        if let Some(leads) = self.exports.paths.get(path) {
            let found: Vec<Def> = leads
                .iter()
                .map(|(_, def)| def.clone())
                .filter(|def| matches!(def, Def::Item(..) | Def::Module(_)))
                .collect();
            if !found.is_empty() {
                return found;
            }
        }
        self.defined(path)
    }

    /// What is defined at a path, importable or not.
    pub(super) fn defined(&self, path: &str) -> Vec<Def> {
        let (path, is_macro) = match path.strip_suffix('!') {
            Some(path) => (path, true),
            None => (path, false),
        };
        let world = self.scope.world;
        let Some(root) = world.roots.iter().copied().find(|root| {
            let name = &world.modules[*root].path;
            path == name || (path.starts_with(name) && path[name.len()..].starts_with("::"))
        }) else {
            return Vec::new();
        };
        let mut found = vec![Def::Module(root)];
        for name in path.split("::").skip(1) {
            let Some(Def::Module(module)) = found
                .iter()
                .find(|def| matches!(def, Def::Module(_)))
                .cloned()
            else {
                return Vec::new();
            };
            found = self
                .scope
                .own(module)
                .filter(|(space, own, _)| *own == name && (*space == Space::Macros) == is_macro)
                .map(|(_, _, def)| def.clone())
                .filter(|def| matches!(def, Def::Item(..) | Def::Module(_)))
                .collect();
            found.dedup();
        }
        found
    }

    /// Everything that is below a module, importable or, if `all`, not.
    pub(super) fn below(&self, module: usize, all: bool) -> BTreeSet<Def> {
        let path = &self.scope.world.modules[module].path;
        let key = self.key(&Def::Module(module));
        let inside = |candidate: &str, path: &str| {
            candidate
                .strip_prefix(path)
                .is_some_and(|rest| rest.starts_with("::"))
        };
        let mut found: BTreeSet<Def> = self
            .exports
            .paths
            .iter()
            .filter(|(candidate, _)| inside(candidate, &key))
            .flat_map(|(_, leads)| leads.iter().map(|(_, def)| def.clone()))
            .filter(|def| matches!(def, Def::Item(..) | Def::Module(_)))
            .collect();
        if all {
            for (at, read) in self.scope.world.modules.iter().enumerate() {
                if read.path != *path && !inside(&read.path, path) {
                    continue;
                }
                for (index, item) in read.items.iter().enumerate() {
                    if self.scope.public(&item.vis, at) && !item.name.is_empty() {
                        found.insert(Def::Item(at, index));
                    }
                }
            }
        }
        found
    }

    /// Puts an item into an interface.
    pub(super) fn put(&self, def: &Def, into: &mut Interface) {
        let Some(item) = self.item(def) else {
            return;
        };
        let mut key = self.key(def);
        if into.items.contains_key(&key) && !self.exports.keys.contains_key(def) {
            if matches!(def, Def::Module(_)) {
                return;
            }
            // A function may have the name of a module or type.
            key.push_str("()");
        }
        if let Some(words) = self.impls.made.get(def) {
            into.made
                .entry(key.clone())
                .or_default()
                .extend(words.iter().cloned());
        }
        if let Def::Item(module, index) = def
            && let Raw::Trait(read) = &self.scope.world.modules[*module].items[*index].kind
            && !read.made.is_empty()
        {
            into.made
                .entry(key.clone())
                .or_default()
                .extend(read.made.iter().cloned());
            into.unknown.insert(format!("{key}: items made by macros"));
        }
        let defined = self.scope.path_of(def);
        if defined != key {
            into.defined.insert(key.clone(), defined);
        }
        let mut item = item;
        self.leave_out(def, &key, &mut item, into);
        into.items.insert(key, item);
    }

    /// Writes down what a type cannot be because of what it holds.
    fn leave_out(&self, def: &Def, key: &str, item: &mut Item, into: &mut Interface) {
        let (generics, impls) = match &mut item.kind {
            Kind::Struct(of) | Kind::Union(of) => (&of.generics, &mut of.impls),
            Kind::Enum(of) => (&of.generics, &mut of.impls),
            _ => return,
        };
        let (lacking, unsure) = self.lacking(def, generics, &item.at);
        if unsure {
            into.unsure.insert(key.to_owned());
        }
        impls.extend(lacking);
        impls.sort();
    }

    pub(super) fn item(&self, def: &Def) -> Option<Item> {
        let (module, index) = match def {
            Def::Item(module, index) => (*module, *index),
            Def::Module(module) => return Some(self.module(*module)),
            Def::Variant(..) | Def::External(_) => return None,
        };
        let read = self.scope.world.modules[module].items.get(index)?;
        let mut resolver = Resolver::new(&self.scope, &self.exports, module);
        let impls = || self.impls.traits.get(def).cloned().unwrap_or_default();
        let members = || self.impls.members.get(def).cloned().unwrap_or_default();
        let kind = match &read.kind {
            Raw::Trait(_) => Kind::Trait(Box::new(self.trait_(module, index)?)),
            Raw::Struct(of) | Raw::Union(of) => {
                let resolved = Box::new(Struct {
                    generics: resolver.generics(&of.generics),
                    shape: of.shape,
                    fields: fields(&mut resolver, &of.fields),
                    private: of.private,
                    members: members(),
                    impls: impls(),
                });
                if matches!(read.kind, Raw::Struct(_)) {
                    Kind::Struct(resolved)
                } else {
                    Kind::Union(resolved)
                }
            }
            Raw::Enum(of) => Kind::Enum(Box::new(Enum {
                generics: resolver.generics(&of.generics),
                variants: of
                    .variants
                    .iter()
                    .map(|variant| Variant {
                        fields: fields(&mut resolver, &variant.fields),
                        ..variant.clone()
                    })
                    .collect(),
                members: members(),
                impls: impls(),
            })),
            Raw::Function(of) => Kind::Function(Box::new(resolver.function(of))),
            Raw::Const(ty) => Kind::Const(resolver.ty(ty)),
            Raw::Static { ty, mutable } => Kind::Static {
                ty: resolver.ty(ty),
                mutable: *mutable,
            },
            Raw::Alias { generics, ty } => Kind::Alias {
                generics: resolver.generics(generics),
                ty: resolver.ty(ty),
            },
            Raw::Macro { .. } => Kind::Macro,
            Raw::TraitAlias(bounds) => Kind::Trait(Box::new(Trait {
                supertraits: resolver.bounds(bounds),
                sealed: true,
                ..Trait::default()
            })),
            Raw::Module { .. }
            | Raw::Use(_)
            | Raw::ExternCrate { .. }
            | Raw::Impl(_)
            | Raw::Inherent { .. }
            | Raw::Call { .. } => return None,
        };
        Some(Item {
            kind,
            vis: read.vis.clone(),
            marks: read.marks.clone(),
            at: read.at.clone(),
        })
    }

    pub(super) fn module(&self, module: usize) -> Item {
        let world = self.scope.world;
        let read = &world.modules[module];
        let written = read.parent.and_then(|parent| {
            let parent = &world.modules[parent];
            let item = parent
                .children
                .iter()
                .find(|(_, child)| **child == module)
                .map(|(item, _)| *item)?;
            parent.items.get(item)
        });
        match written {
            Some(item) => Item {
                kind: Kind::Module,
                vis: item.vis.clone(),
                marks: item.marks.clone(),
                at: item.at.clone(),
            },
            None => Item {
                kind: Kind::Module,
                vis: crate::interface::rust::Visibility::Public,
                marks: crate::interface::rust::Marks::default(),
                at: crate::interface::rust::At(Some(crate::interface::Place::point(
                    read.file.clone(),
                    1,
                    1,
                ))),
            },
        }
    }

    pub(super) fn trait_(&self, module: usize, index: usize) -> Option<Trait> {
        let Raw::Trait(read) = &self.scope.world.modules[module].items[index].kind else {
            return None;
        };
        let mut resolver = Resolver::new(&self.scope, &self.exports, module);
        let mut items: BTreeMap<String, (TraitItem, bool)> = BTreeMap::new();
        for (name, item, host) in &read.items {
            if items.get(name).is_some_and(|(_, known)| *known || !host) {
                continue;
            }
            let kind = match &item.kind {
                TraitItemKind::Function(function) => {
                    TraitItemKind::Function(Box::new(resolver.function(function)))
                }
                TraitItemKind::Const { ty, provided } => TraitItemKind::Const {
                    ty: resolver.ty(ty),
                    provided: *provided,
                },
                TraitItemKind::Type {
                    generics,
                    bounds,
                    default,
                } => TraitItemKind::Type {
                    generics: resolver.generics(generics),
                    bounds: resolver.bounds(bounds),
                    default: default.as_ref().map(|ty| resolver.ty(ty)),
                },
            };
            let item = TraitItem {
                kind,
                marks: item.marks.clone(),
                at: item.at.clone(),
            };
            items.insert(name.clone(), (item, *host));
        }
        let def = Def::Item(module, index);
        Some(Trait {
            is_unsafe: read.is_unsafe,
            is_auto: read.is_auto,
            sealed: read.sealed || self.sealed(&def, &mut BTreeSet::new()),
            generics: resolver.generics(&read.generics),
            supertraits: resolver.bounds(&read.supertraits),
            items: items
                .into_iter()
                .map(|(name, (item, _))| (name, item))
                .collect(),
            impls: self.impls.traits.get(&def).cloned().unwrap_or_default(),
        })
    }
}

/// Adds the words of a macro, and of the macros that it may call.
pub(super) fn reach(
    name: &str,
    bodies: &BTreeMap<&str, BTreeSet<&str>>,
    into: &mut BTreeSet<String>,
) {
    let mut seen = BTreeSet::new();
    let mut open = vec![name];
    while let Some(name) = open.pop() {
        if !seen.insert(name) {
            continue;
        }
        for word in bodies.get(name).into_iter().flatten() {
            into.insert((*word).to_owned());
            if bodies.contains_key(word) {
                open.push(word);
            }
        }
    }
}

pub(super) fn fields(resolver: &mut Resolver<'_, '_>, fields: &[Field]) -> Vec<Field> {
    fields
        .iter()
        .map(|field| Field {
            ty: resolver.ty(&field.ty),
            ..field.clone()
        })
        .collect()
}
