//! What a name means in a module: its own items, what `use` brings, globs, other crates, the prelude. It resolves
//! paths to definitions, and knows nothing of types.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::globs::Target;
use super::known;
use super::load::{World, is_public};
use super::raw::Kind;
use crate::interface::rust::{Shape, Visibility};

/// The three worlds of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Space {
    /// Modules, types, traits.
    Types,
    /// Functions, constants, statics, constructors.
    Values,
    /// Macros.
    Macros,
}

impl Space {
    pub(super) const ALL: [Space; 3] = [Space::Types, Space::Values, Space::Macros];
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Def {
    /// An item: its module and index.
    Item(usize, usize),
    /// A module.
    Module(usize),
    /// A variant of an enum.
    Variant(usize, usize, String),
    /// Something outside the tree, or a primitive: its path.
    External(String),
}

/// A `use` or glob of a module.
#[derive(Debug, Clone)]
pub(super) struct Import {
    /// The path as written.
    pub(super) path: String,
    /// Who may use it.
    pub(super) vis: Visibility,
    /// It is left out of the documentation.
    pub(super) hidden: bool,
}

/// The names of one module.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) own: BTreeMap<(Space, String), (Def, Visibility)>,
    pub(super) uses: BTreeMap<String, Vec<Import>>,
    pub(super) globs: Vec<Import>,
}

/// Resolves paths in the modules of a tree.
#[derive(Debug)]
pub(super) struct Scope<'w> {
    /// The modules.
    pub(super) world: &'w World,
    pub(super) names: Vec<Names>,
    pub(super) exported_macros: BTreeMap<(usize, String), Def>,
    pub(super) by_crate: BTreeMap<String, usize>,
    pub(super) memo: RefCell<BTreeMap<(usize, Space, String), Option<Def>>>,
    pub(super) busy: RefCell<BTreeSet<(usize, Space, String)>>,
    /// What each module's globs lead to, directly.
    pub(super) targets: Vec<Vec<Target>>,
    /// What they lead to in the end, as far as the module may see it.
    pub(super) reach: RefCell<BTreeMap<usize, Arc<Vec<Target>>>>,
    /// All globs are resolved.
    pub(super) settled: bool,
    /// How many searches the question at hand may still cost.
    pub(super) fuel: Cell<usize>,
}

/// Chains of `use` longer than this are not followed.
pub(super) const MAX_STEPS: usize = 40;
/// Searches for one name; globs that lead in circles could cost without end.
pub(super) const FUEL: usize = 20_000;

impl<'w> Scope<'w> {
    /// Reads the names of all modules.
    pub(super) fn new(world: &'w World) -> Self {
        let mut scope = Self {
            world,
            names: Vec::with_capacity(world.modules.len()),
            exported_macros: BTreeMap::new(),
            by_crate: BTreeMap::new(),
            memo: RefCell::default(),
            busy: RefCell::default(),
            targets: vec![Vec::new(); world.modules.len()],
            reach: RefCell::default(),
            settled: false,
            fuel: Cell::new(FUEL),
        };
        for (krate, root) in world.crates.iter().zip(&world.roots) {
            if !krate.binary {
                scope.by_crate.insert(krate.name.clone(), *root);
            }
        }
        for module in 0..world.modules.len() {
            let names = scope.read(module);
            scope.names.push(names);
        }
        scope.settle();
        scope
    }

    pub(super) fn read(&mut self, at: usize) -> Names {
        let module = &self.world.modules[at];
        let mut names = Names::default();
        let mut hosts: BTreeMap<(Space, String), bool> = BTreeMap::new();
        for (index, item) in module.items.iter().enumerate() {
            let def = Def::Item(at, index);
            let mut add = |space: Space, def: Def| {
                let key = (space, item.name.clone());
                let better = item.host && !hosts.get(&key).copied().unwrap_or(false);
                if better || !names.own.contains_key(&key) {
                    names.own.insert(key.clone(), (def, item.vis.clone()));
                    hosts.insert(key, item.host);
                }
            };
            match &item.kind {
                Kind::Module { .. } => {
                    if let Some(child) = module.children.get(&index) {
                        add(Space::Types, Def::Module(*child));
                    }
                }
                Kind::ExternCrate { krate } => {
                    let def = if krate == "self" {
                        Def::Module(self.world.roots[module.krate])
                    } else {
                        self.external_crate(module.krate, krate)
                            .unwrap_or_else(|| Def::External(known::canonical(krate)))
                    };
                    add(Space::Types, def);
                }
                Kind::Struct(read) => {
                    if read.shape != Shape::Named {
                        add(Space::Values, def.clone());
                    }
                    add(Space::Types, def);
                }
                Kind::Trait(_)
                | Kind::TraitAlias(_)
                | Kind::Enum(_)
                | Kind::Union(_)
                | Kind::Alias { .. } => add(Space::Types, def),
                Kind::Function(_) | Kind::Const(_) | Kind::Static { .. } => {
                    add(Space::Values, def);
                }
                Kind::Macro { exported, .. } => {
                    if *exported {
                        self.exported_macros
                            .insert((module.krate, item.name.clone()), def.clone());
                    }
                    add(Space::Macros, def);
                }
                Kind::Use(uses) => {
                    for used in uses {
                        let import = Import {
                            path: used.path.clone(),
                            vis: item.vis.clone(),
                            hidden: item.marks.hidden,
                        };
                        match &used.name {
                            Some(name) => {
                                names.uses.entry(name.clone()).or_default().push(import);
                            }
                            None => names.globs.push(import),
                        }
                    }
                }
                Kind::Impl(_) | Kind::Inherent { .. } | Kind::Call { .. } => {}
            }
        }
        names
    }

    /// Globs of a module.
    pub(super) fn globs(&self, module: usize) -> &[Import] {
        &self.names[module].globs
    }

    /// Names that `use` brings into a module.
    pub(super) fn uses(&self, module: usize) -> &BTreeMap<String, Vec<Import>> {
        &self.names[module].uses
    }

    /// A module's own names.
    pub(super) fn own(&self, module: usize) -> impl Iterator<Item = (Space, &str, &Def)> {
        self.names[module]
            .own
            .iter()
            .map(|((space, name), (def, _))| (*space, name.as_str(), def))
    }

    /// Macros that a crate exports at its root.
    pub(super) fn exported_macros(&self, krate: usize) -> impl Iterator<Item = (&str, &Def)> {
        self.exported_macros
            .iter()
            .filter(move |((of, _), _)| *of == krate)
            .map(|((_, name), def)| (name.as_str(), def))
    }

    /// Whether a visibility is public in the crate of a module.
    pub(super) fn public(&self, vis: &Visibility, module: usize) -> bool {
        is_public(
            vis,
            self.world.crates[self.world.modules[module].krate].binary,
        )
    }

    /// The path of a definition.
    pub(super) fn path_of(&self, def: &Def) -> String {
        match def {
            Def::Item(module, index) => {
                let module = &self.world.modules[*module];
                match &module.items[*index].kind {
                    Kind::Macro { exported: true, .. } => {
                        format!(
                            "{}::{}!",
                            self.world.crates[module.krate].name, module.items[*index].name
                        )
                    }
                    Kind::Macro { .. } => {
                        format!("{}::{}!", module.path, module.items[*index].name)
                    }
                    _ => format!("{}::{}", module.path, module.items[*index].name),
                }
            }
            Def::Module(module) => self.world.modules[*module].path.clone(),
            Def::Variant(module, index, name) => {
                format!("{}::{name}", self.path_of(&Def::Item(*module, *index)))
            }
            Def::External(path) => path.clone(),
        }
    }

    /// The crate behind a name in paths.
    pub(super) fn external_crate(&self, from: usize, name: &str) -> Option<Def> {
        let krate = &self.world.crates[from];
        if matches!(name, "std" | "core" | "alloc" | "proc_macro" | "test") {
            return Some(Def::External(known::canonical(name)));
        }
        let real = match krate.dependencies.get(name) {
            Some(real) => real,
            None if krate.name == name && !krate.binary => {
                return Some(Def::Module(self.world.roots[from]));
            }
            None => return None,
        };
        Some(match self.by_crate.get(real) {
            Some(root) => Def::Module(*root),
            None => Def::External(real.clone()),
        })
    }

    /// What a path means in a module: the definition, and how many of its segments were needed.
    pub(super) fn resolve(&self, module: usize, path: &str, space: Space) -> Option<(Def, usize)> {
        self.resolve_at(module, path, space, 0)
    }

    pub(super) fn resolve_at(
        &self,
        module: usize,
        path: &str,
        space: Space,
        steps: usize,
    ) -> Option<(Def, usize)> {
        if steps > MAX_STEPS {
            return None;
        }
        let krate = self.world.modules[module].krate;
        let global = path.starts_with("::");
        let segments: Vec<&str> = path.trim_start_matches("::").split("::").collect();
        let space_at = |index: usize| {
            if index + 1 == segments.len() {
                space
            } else {
                Space::Types
            }
        };
        let mut index = 0;
        let mut def = match segments.first().copied()? {
            _ if global => {
                let root = self.world.roots[krate];
                let name = segments[0];
                let rooted = self.world.crates[krate].rooted_uses;
                (rooted.then(|| self.lookup(root, name, space_at(0), steps)))
                    .flatten()
                    .or_else(|| self.external_crate(krate, name))
                    .unwrap_or_else(|| Def::External(known::canonical(name)))
            }
            "crate" | "$crate" => Def::Module(self.world.roots[krate]),
            "self" => Def::Module(module),
            "super" => Def::Module(self.world.modules[module].parent?),
            name => self.lexical(module, name, space_at(0), steps)?,
        };
        while index + 1 < segments.len() {
            let name = segments[index + 1];
            let next = match &def {
                Def::Module(at) if name == "super" => {
                    self.world.modules[*at].parent.map(Def::Module)
                }
                Def::Module(at) if name == "self" => Some(Def::Module(*at)),
                Def::Module(at) => self
                    .lookup(*at, name, space_at(index + 1), steps + 1)
                    .or_else(|| self.guess(*at, name)),
                Def::Item(at, item) => match &self.world.modules[*at].items[*item].kind {
                    Kind::Enum(read)
                        if read.variants.iter().any(|variant| variant.name == name) =>
                    {
                        Some(Def::Variant(*at, *item, name.to_owned()))
                    }
                    // What follows a type is one of its own items.
                    _ => return Some((def, index + 1)),
                },
                Def::Variant(..) => return Some((def, index + 1)),
                Def::External(path) if known::is_primitive(path) => return Some((def, index + 1)),
                Def::External(path) => {
                    let joined = known::canonical(&format!("{path}::{name}"));
                    Some(Def::External(joined))
                }
            };
            def = next?;
            index += 1;
        }
        Some((def, segments.len()))
    }

    /// A name without a path in front of it.
    pub(super) fn lexical(
        &self,
        module: usize,
        name: &str,
        space: Space,
        steps: usize,
    ) -> Option<Def> {
        let krate = self.world.modules[module].krate;
        if let Some(def) = self.lookup(module, name, space, steps + 1) {
            return Some(def);
        }
        if space == Space::Macros
            && let Some(def) = self.exported_macros.get(&(krate, name.to_owned()))
        {
            return Some(def.clone());
        }
        if space == Space::Types {
            if let Some(def) = self.external_crate(krate, name) {
                return Some(def);
            }
            if known::is_primitive(name) {
                return Some(Def::External(name.to_owned()));
            }
        }
        if let Some(path) = known::prelude(name) {
            return Some(Def::External(path.to_owned()));
        }
        self.guess(module, name)
    }

    /// The path of a `use`, which in edition 2015 starts at the root of the crate.
    pub(super) fn resolve_use(
        &self,
        module: usize,
        path: &str,
        space: Space,
        steps: usize,
    ) -> Option<Def> {
        if steps > MAX_STEPS {
            return None;
        }
        if path.is_empty() {
            return Some(Def::Module(
                self.world.roots[self.world.modules[module].krate],
            ));
        }
        let krate = self.world.modules[module].krate;
        let count = path.trim_start_matches("::").split("::").count();
        let whole = |found: Option<(Def, usize)>| {
            found.and_then(|(def, used)| (used == count).then_some(def))
        };
        if self.world.crates[krate].rooted_uses {
            let first = path.split("::").next().unwrap_or(path);
            if !matches!(first, "crate" | "self" | "super" | "") {
                let root = self.world.roots[krate];
                if let Some(def) = whole(self.resolve_at(root, path, space, steps + 1)) {
                    return Some(def);
                }
            }
        }
        // `use name::..` in the module `name` means another crate, not itself.
        let first = path.split("::").next().unwrap_or(path);
        if self
            .busy
            .borrow()
            .contains(&(module, Space::Types, first.to_owned()))
            && let Some(Def::External(base)) = self.external_crate(krate, first)
        {
            let rest = path[first.len()..].to_owned();
            return Some(Def::External(known::canonical(&format!("{base}{rest}"))));
        }
        whole(self.resolve_at(module, path, space, steps + 1))
    }

    /// A name of a module: its own, imported, or through a glob.
    pub(super) fn lookup(
        &self,
        module: usize,
        name: &str,
        space: Space,
        steps: usize,
    ) -> Option<Def> {
        let key = (module, space, name.to_owned());
        if let Some(known) = self.memo.borrow().get(&key) {
            return known.clone();
        }
        if self.busy.borrow().is_empty() {
            self.fuel.set(FUEL);
        }
        let fuel = self.fuel.get();
        if steps > MAX_STEPS || fuel == 0 || !self.busy.borrow_mut().insert(key.clone()) {
            return None;
        }
        self.fuel.set(fuel - 1);
        let found = self.search(module, name, space, steps);
        self.busy.borrow_mut().remove(&key);
        // Inside a cycle the answer may be wanting.
        if found.is_some() || self.busy.borrow().is_empty() {
            self.memo.borrow_mut().insert(key, found.clone());
        }
        found
    }

    pub(super) fn search(
        &self,
        module: usize,
        name: &str,
        space: Space,
        steps: usize,
    ) -> Option<Def> {
        let names = &self.names[module];
        if let Some((def, _)) = names.own.get(&(space, name.to_owned())) {
            return Some(def.clone());
        }
        if space == Space::Macros
            && self.world.modules[module].parent.is_none()
            && let Some(def) = self
                .exported_macros
                .get(&(self.world.modules[module].krate, name.to_owned()))
        {
            return Some(def.clone());
        }
        for import in names.uses.get(name).into_iter().flatten() {
            if let Some(def) = self.resolve_use(module, &import.path, space, steps + 1) {
                return Some(def);
            }
        }
        for target in self.reach(module).iter() {
            match target {
                Target::Module(from) => {
                    if let Some(def) = self.seen_from(module, *from, name, space, steps) {
                        return Some(def);
                    }
                }
                Target::Enum(at, item) => {
                    if let Kind::Enum(read) = &self.world.modules[*at].items[*item].kind
                        && read.variants.iter().any(|variant| variant.name == name)
                    {
                        return Some(Def::Variant(*at, *item, name.to_owned()));
                    }
                }
                Target::External(_) => {}
            }
        }
        None
    }
}
