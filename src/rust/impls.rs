//! Impls, derives included, go to the item that they speak of: the type, or the trait if the type is not of this
//! tree. Their parameters take the names that the type gives them, so that it does not matter how an impl spells them.

use std::collections::BTreeMap;

use super::exports::Exports;
use super::known;
use super::plain::{apart, bare, more, own_args, plain};
use super::raw::{Item, Kind};
use super::resolve::Resolver;
use super::scope::{Def, Scope, Space};
use crate::interface::rust::fold::{Fold, Substitute};
use crate::interface::rust::{
    Arg, Bound, Generics, Impl, Member, MemberKind, ParamKind, TraitRef, Type,
};

/// What impls give to each item.
#[derive(Debug, Default)]
pub(super) struct Impls {
    /// Of traits, by the item that they go to.
    pub(super) traits: BTreeMap<Def, Vec<Impl>>,
    /// Items of inherent impls, by type.
    pub(super) members: BTreeMap<Def, Vec<Member>>,
    /// Words of macro calls in inherent impls, by type.
    pub(super) made: BTreeMap<Def, std::collections::BTreeSet<String>>,
}

/// Collects all impls of a tree.
pub(super) fn impls(scope: &Scope<'_>, exports: &Exports) -> Impls {
    let mut collect = Collect {
        scope,
        exports,
        by_name: BTreeMap::new(),
        found: Impls::default(),
    };
    for (module, read) in scope.world.modules.iter().enumerate() {
        let resolver = Resolver::new(scope, exports, module);
        for (index, item) in read.items.iter().enumerate() {
            if matches!(
                item.kind,
                Kind::Struct(_) | Kind::Enum(_) | Kind::Union(_) | Kind::Trait(_)
            ) {
                let def = Def::Item(module, index);
                collect.by_name.insert(resolver.name_of(&def), def);
            }
        }
    }
    // Alternatives for other targets come last, and find their place taken.
    for host in [true, false] {
        for (module, read) in scope.world.modules.iter().enumerate() {
            for (index, item) in read.items.iter().enumerate() {
                if item.host == host {
                    collect.item(module, index, item);
                }
            }
        }
    }
    let mut found = collect.found;
    for impls in found.traits.values_mut() {
        impls.sort();
        impls.dedup();
    }
    for members in found.members.values_mut() {
        members.sort_by(|a, b| (&a.name, &a.only_for).cmp(&(&b.name, &b.only_for)));
    }
    found
}

pub(super) struct Collect<'s, 'w> {
    pub(super) scope: &'s Scope<'w>,
    pub(super) exports: &'s Exports,
    pub(super) by_name: BTreeMap<String, Def>,
    pub(super) found: Impls,
}

impl Collect<'_, '_> {
    pub(super) fn item(&mut self, module: usize, index: usize, item: &Item) {
        match &item.kind {
            Kind::Impl(read) => {
                let mut resolver = Resolver::new(self.scope, self.exports, module);
                let resolved = resolver.implementation(read);
                self.place(resolved, item.host);
            }
            Kind::Inherent {
                generics,
                self_ty,
                members,
                made,
            } => self.inherent(module, generics, self_ty, members, made),
            Kind::Struct(read) | Kind::Union(read) => {
                self.derives(module, index, item, &read.generics, false);
            }
            Kind::Enum(read) => self.derives(module, index, item, &read.generics, true),
            _ => {}
        }
    }

    /// The parameters of a type of this tree.
    pub(super) fn generics_of(&self, def: &Def) -> Option<Generics> {
        let Def::Item(module, index) = def else {
            return None;
        };
        let generics = match &self.scope.world.modules[*module].items[*index].kind {
            Kind::Struct(read) | Kind::Union(read) => &read.generics,
            Kind::Enum(read) => &read.generics,
            _ => return None,
        };
        let mut resolver = Resolver::new(self.scope, self.exports, *module);
        Some(resolver.generics(generics))
    }

    pub(super) fn place(&mut self, mut read: Impl, host: bool) {
        // `impl PartialEq<Foo> for Foo` is `impl PartialEq for Foo`.
        if defaults_to_self(&read.trait_.path)
            && let Some(Arg::Type(ty)) = read.trait_.args.first()
            && *ty == read.self_ty
        {
            read.trait_.args.remove(0);
        }
        let Some(def) = self.home(&read) else {
            return;
        };
        if !self.counts(&read.trait_.path) {
            return;
        }
        if let Some(own) = self.generics_of(&def) {
            let name = self.name_of(&def);
            if let Some(plain) = plain(&read.generics, &read.self_ty, &name, &own) {
                let mut substitute = plain.substitute;
                let mut renamed = substitute.implementation(&read);
                renamed.generics = substitute.generics(&plain.generics);
                renamed.self_ty = Type::Path(name, own_args(&own));
                read = renamed;
            }
        }
        let impls = self.found.traits.entry(def).or_default();
        let same = |other: &Impl| {
            other.trait_.path == read.trait_.path
                && other.self_ty == read.self_ty
                && without_bindings(&other.trait_.args) == without_bindings(&read.trait_.args)
        };
        if host || !impls.iter().any(same) {
            impls.push(read);
        }
    }

    pub(super) fn name_of(&self, def: &Def) -> String {
        self.exports
            .keys
            .get(def)
            .cloned()
            .unwrap_or_else(|| self.scope.path_of(def))
    }

    /// Whether somebody outside can know the trait.
    pub(super) fn counts(&self, path: &str) -> bool {
        match self.by_name.get(path) {
            Some(def) => self.exports.keys.contains_key(def),
            None => true,
        }
    }

    /// The item that an impl goes to.
    pub(super) fn home(&self, read: &Impl) -> Option<Def> {
        if let Some(def) = self.local(&read.self_ty, 0) {
            return Some(def);
        }
        if let Some(def) = self.by_name.get(&read.trait_.path) {
            return Some(def.clone());
        }
        read.trait_.args.iter().find_map(|arg| match arg {
            Arg::Type(ty) => self.local(ty, 0),
            _ => None,
        })
    }

    /// The first type of this tree in a type.
    pub(super) fn local(&self, ty: &Type, depth: usize) -> Option<Def> {
        if depth > 64 {
            return None;
        }
        match ty {
            Type::Path(path, args) => self.by_name.get(path).cloned().or_else(|| {
                args.iter().find_map(|arg| match arg {
                    Arg::Type(ty) => self.local(ty, depth + 1),
                    _ => None,
                })
            }),
            Type::Ref { ty, .. } | Type::Ptr { ty, .. } => self.local(ty, depth + 1),
            Type::Slice(ty) | Type::Array(ty, _) => self.local(ty, depth + 1),
            Type::Tuple(parts) => parts.iter().find_map(|ty| self.local(ty, depth + 1)),
            Type::Dyn(bounds) => bounds.iter().find_map(|bound| match bound {
                Bound::Trait { trait_, .. } => self.by_name.get(&trait_.path).cloned(),
                _ => None,
            }),
            _ => None,
        }
    }

    pub(super) fn inherent(
        &mut self,
        module: usize,
        generics: &Generics,
        self_ty: &Type,
        members: &[Member],
        made: &std::collections::BTreeSet<String>,
    ) {
        let mut resolver = Resolver::new(self.scope, self.exports, module);
        let self_ty = resolver.ty(self_ty);
        let generics = resolver.generics(generics);
        let Type::Path(path, _) = &self_ty else {
            return;
        };
        let Some(def) = self.by_name.get(path).cloned() else {
            return;
        };
        let Some(own) = self.generics_of(&def) else {
            return;
        };
        if !made.is_empty() {
            let words = self.found.made.entry(def.clone()).or_default();
            words.extend(made.iter().cloned());
        }
        let name = self.name_of(&def);
        let plain = plain(&generics, &self_ty, &name, &own)
            .filter(|plain| plain.generics.params.len() == own.params.len());
        for member in members {
            let mut member = member.clone();
            member.kind = match &member.kind {
                MemberKind::Function(function) => {
                    MemberKind::Function(Box::new(resolver.function(function)))
                }
                MemberKind::Const(ty) => MemberKind::Const(resolver.ty(ty)),
            };
            match &plain {
                Some(plain) => {
                    let mut substitute = Substitute {
                        types: plain.substitute.types.clone(),
                        lifetimes: plain.substitute.lifetimes.clone(),
                        constants: plain.substitute.constants.clone(),
                    };
                    member.kind = match &member.kind {
                        MemberKind::Function(function) => {
                            let mut function = substitute.function(&apart(function, &substitute));
                            let asked = substitute.generics(&plain.generics);
                            function.generics.wheres.extend(more(&asked, &own));
                            function.generics.sort();
                            MemberKind::Function(Box::new(function))
                        }
                        MemberKind::Const(ty) => MemberKind::Const(substitute.ty(ty)),
                    };
                }
                None => member.only_for = Some((generics.clone(), self_ty.clone())),
            }
            let known = self.found.members.entry(def.clone()).or_default();
            let taken = known
                .iter()
                .any(|other| other.name == member.name && other.only_for == member.only_for);
            if !taken {
                known.push(member);
            }
        }
    }

    pub(super) fn derives(
        &mut self,
        module: usize,
        index: usize,
        item: &Item,
        generics: &Generics,
        is_enum: bool,
    ) {
        if item.derives.is_empty() {
            return;
        }
        let def = Def::Item(module, index);
        let mut resolver = Resolver::new(self.scope, self.exports, module);
        let own = resolver.generics(generics);
        let self_ty = Type::Path(resolver.name_of(&def), own_args(&own));
        for (written, at) in &item.derives {
            let found = [Space::Macros, Space::Types].into_iter().find_map(|space| {
                match self.scope.resolve(module, written, space) {
                    Some((def @ Def::External(_), _)) => Some(resolver.name_of(&def)),
                    _ => None,
                }
            });
            let standard = known::derive(super::last_of(written));
            let path = match (found, standard) {
                (Some(found), _) => found,
                (None, Some(standard)) => standard.to_owned(),
                (None, None) => known::canonical(written),
            };
            let is_standard = known::PRELUDE.iter().any(|(_, full)| *full == path);
            let paths: Vec<String> = match known::derived_traits(&path) {
                Some(paths) => paths.iter().map(|path| (*path).to_owned()).collect(),
                None => vec![path.clone()],
            };
            for path in paths {
                let mut generics = bare(&own);
                if is_standard && !(is_enum && path == "std::default::Default") {
                    for param in &mut generics.params {
                        if let ParamKind::Type { bounds, .. } = &mut param.kind {
                            bounds.push(Bound::plain(path.clone()));
                        }
                    }
                    generics.sort();
                }
                self.place(
                    Impl {
                        trait_: TraitRef {
                            path,
                            args: Vec::new(),
                        },
                        self_ty: self_ty.clone(),
                        generics,
                        negative: false,
                        derived: !is_standard,
                        cfg: item.marks.cfg.clone(),
                        at: at.clone(),
                    },
                    item.host,
                );
            }
        }
    }
}

/// Arguments without associated types.
pub(super) fn without_bindings(args: &[Arg]) -> Vec<&Arg> {
    args.iter()
        .filter(|arg| matches!(arg, Arg::Lifetime(_) | Arg::Type(_) | Arg::Const(_)))
        .collect()
}

/// Traits of the standard library whose parameter is `Self` if it is not given.
pub(super) fn defaults_to_self(path: &str) -> bool {
    matches!(path, "std::cmp::PartialEq" | "std::cmp::PartialOrd")
        || path.strip_prefix("std::ops::").is_some_and(|name| {
            let name = name.strip_suffix("Assign").unwrap_or(name);
            matches!(
                name,
                "Add"
                    | "Sub"
                    | "Mul"
                    | "Div"
                    | "Rem"
                    | "BitAnd"
                    | "BitOr"
                    | "BitXor"
                    | "Shl"
                    | "Shr"
            )
        })
}
