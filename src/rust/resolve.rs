//! Types as written become types resolved: names are looked up where they stand, aliases are expanded, and what is
//! one type in two spellings becomes one tree. It works on the model's types only.

use std::collections::BTreeMap;

use super::exports::Exports;
use super::known;
use super::raw::Kind;
use super::scope::{Def, Scope, Space};
use crate::interface::rust::fold::{Fold, Substitute};
use crate::interface::rust::{Arg, Bound, Generics, ParamKind, TraitRef, Type};

/// Aliases of aliases deeper than this are left as they are.
const MAX_ALIASES: usize = 32;
/// Types larger than this are not expanded further: aliases can double them at each step.
const MAX_SIZE: usize = 10_000;

/// Resolves what stands in one module.
pub(super) struct Resolver<'s, 'w> {
    pub(super) scope: &'s Scope<'w>,
    pub(super) exports: &'s Exports,
    pub(super) module: usize,
    depth: usize,
    size: usize,
}

impl<'s, 'w> Resolver<'s, 'w> {
    /// A resolver for a module.
    pub(super) fn new(scope: &'s Scope<'w>, exports: &'s Exports, module: usize) -> Self {
        Self {
            scope,
            exports,
            module,
            depth: 0,
            size: 0,
        }
    }

    /// The path by which a definition goes.
    pub(super) fn name_of(&self, def: &Def) -> String {
        self.exports
            .keys
            .get(def)
            .cloned()
            .unwrap_or_else(|| self.scope.path_of(def))
    }

    fn expand(&mut self, at: usize, generics: &Generics, ty: &Type, args: &[Arg]) -> Type {
        let mut inner = Resolver {
            scope: self.scope,
            exports: self.exports,
            module: at,
            depth: self.depth + 1,
            size: self.size,
        };
        let target = inner.ty(ty);
        let mut substitute = substitution(generics, args);
        // What is not given is the default, which may speak of the parameters before it.
        for param in &generics.params {
            if let ParamKind::Type {
                default: Some(default),
                ..
            } = &param.kind
                && !substitute.types.contains_key(&param.name)
            {
                let default = inner.ty(default);
                let default = substitute.ty(&default);
                substitute.types.insert(param.name.clone(), default);
            }
        }
        self.size = inner.size;
        if substitute.is_empty() {
            target
        } else {
            substitute.ty(&target)
        }
    }

    /// Arguments at the end that are what would be there without them.
    fn drop_defaults(&mut self, at: usize, generics: &Generics, args: &mut Vec<Arg>) {
        let defaults: Vec<Option<&Type>> = generics
            .params
            .iter()
            .filter(|param| !matches!(param.kind, ParamKind::Lifetime(_)))
            .map(|param| match &param.kind {
                ParamKind::Type { default, .. } => default.as_ref(),
                _ => None,
            })
            .collect();
        if defaults.iter().all(Option::is_none) || self.depth >= MAX_ALIASES {
            return;
        }
        let lifetimes = args
            .iter()
            .filter(|arg| matches!(arg, Arg::Lifetime(_)))
            .count();
        while args.len() > lifetimes {
            let index = args.len() - lifetimes - 1;
            let Some(Some(default)) = defaults.get(index) else {
                return;
            };
            let mut inner = Resolver {
                scope: self.scope,
                exports: self.exports,
                module: at,
                depth: self.depth + 1,
                size: self.size,
            };
            let default = inner.ty(default);
            let default = substitution(generics, args).ty(&default);
            match args.last() {
                Some(Arg::Type(ty)) if *ty == default => {
                    args.pop();
                }
                _ => return,
            }
        }
    }

    fn rest(base: Type, path: &str, used: usize, mut args: Vec<Arg>) -> Type {
        let mut ty = base;
        let names: Vec<&str> = path
            .trim_start_matches("::")
            .split("::")
            .skip(used)
            .collect();
        let count = names.len();
        for (index, name) in names.into_iter().enumerate() {
            let own = if index + 1 == count {
                std::mem::take(&mut args)
            } else {
                Vec::new()
            };
            ty = Type::Assoc {
                base: Box::new(ty),
                trait_: None,
                name: name.to_owned(),
                args: own,
            };
        }
        ty
    }

    /// A resolved definition in the place of a type.
    fn defined(&mut self, def: &Def, mut args: Vec<Arg>) -> Type {
        if let Def::Item(at, index) = def {
            let world = self.scope.world;
            match &world.modules[*at].items[*index].kind {
                Kind::Alias { generics, ty }
                    if self.depth < MAX_ALIASES && self.size < MAX_SIZE =>
                {
                    return self.expand(*at, generics, ty, &args);
                }
                Kind::Struct(read) | Kind::Union(read) => {
                    self.drop_defaults(*at, &read.generics, &mut args);
                }
                Kind::Enum(read) => self.drop_defaults(*at, &read.generics, &mut args),
                // A trait in the place of a type is a trait object of the old spelling.
                Kind::Trait(_) => {
                    let trait_ = TraitRef {
                        path: self.name_of(def),
                        args,
                    };
                    return Type::Dyn(vec![Bound::Trait {
                        higher: Vec::new(),
                        trait_,
                    }]);
                }
                _ => {}
            }
        }
        let path = self.name_of(def);
        // A module may have the name of a primitive type; in the place of a type the type is meant.
        let bare = super::last_of(&path);
        if known::is_primitive(bare)
            && (matches!(def, Def::Module(_)) || path.starts_with("std::"))
            && path.matches("::").count() <= 1
        {
            return Type::plain(bare);
        }
        if let Some(ty) = known::alias(&path, &args) {
            return ty;
        }
        Type::Path(path, args)
    }
}

/// What the arguments of an alias put in the place of its parameters.
pub(super) fn substitution(generics: &Generics, args: &[Arg]) -> Substitute {
    let mut substitute = Substitute::default();
    let mut lifetimes = args.iter().filter_map(|arg| match arg {
        Arg::Lifetime(name) => Some(name),
        _ => None,
    });
    let mut others = args.iter().filter(|arg| !matches!(arg, Arg::Lifetime(_)));
    for param in &generics.params {
        match &param.kind {
            ParamKind::Lifetime(_) => {
                let given = lifetimes.next().cloned().unwrap_or_else(|| "'_".to_owned());
                substitute.lifetimes.insert(param.name.clone(), given);
            }
            ParamKind::Type { .. } => {
                if let Some(Arg::Type(ty)) = others.next() {
                    substitute.types.insert(param.name.clone(), ty.clone());
                }
            }
            ParamKind::Const { .. } => match others.next() {
                Some(Arg::Const(text)) => {
                    substitute
                        .constants
                        .insert(param.name.clone(), text.clone());
                }
                Some(Arg::Type(Type::Path(path, _))) => {
                    substitute
                        .constants
                        .insert(param.name.clone(), path.clone());
                }
                _ => {}
            },
        }
    }
    substitute
}

impl Fold for Resolver<'_, '_> {
    fn path(&mut self, path: &str, args: Vec<Arg>) -> Type {
        self.size += 1;
        match self.scope.resolve(self.module, path, Space::Types) {
            Some((def, used)) => {
                let count = path.trim_start_matches("::").split("::").count();
                if used == count {
                    self.defined(&def, args)
                } else {
                    let base = self.defined(&def, Vec::new());
                    Self::rest(base, path, used, args)
                }
            }
            None => Type::Path(known::canonical(path), args),
        }
    }

    fn trait_ref(&mut self, path: &str, mut args: Vec<Arg>) -> TraitRef {
        self.size += 1;
        let Some((def, _)) = self.scope.resolve(self.module, path, Space::Types) else {
            // Most likely through a glob that shows nothing of itself.
            let path = known::derive(path).map_or_else(|| known::canonical(path), str::to_owned);
            return TraitRef { path, args };
        };
        if let Def::Item(at, index) = &def
            && let Kind::Trait(read) = &self.scope.world.modules[*at].items[*index].kind
        {
            let free = args
                .iter()
                .position(|arg| !matches!(arg, Arg::Lifetime(_) | Arg::Type(_) | Arg::Const(_)))
                .unwrap_or(args.len());
            let mut plain: Vec<Arg> = args.drain(..free).collect();
            self.drop_defaults(*at, &read.generics, &mut plain);
            plain.extend(args);
            args = plain;
        }
        TraitRef {
            path: self.name_of(&def),
            args,
        }
    }

    fn arg(&mut self, arg: &Arg) -> Arg {
        // A constant's name looks like a type's until it is looked up.
        if let Arg::Type(Type::Path(path, args)) = arg
            && args.is_empty()
            && self
                .scope
                .resolve(self.module, path, Space::Types)
                .is_none()
            && let Some((def, _)) = self.scope.resolve(self.module, path, Space::Values)
        {
            return Arg::Const(self.name_of(&def));
        }
        match arg {
            Arg::Lifetime(name) => Arg::Lifetime(name.clone()),
            Arg::Type(ty) => Arg::Type(self.ty(ty)),
            Arg::Const(text) => Arg::Const(self.constant(text)),
            Arg::Binding(name, args, ty) => {
                let args = self.args(args);
                Arg::Binding(name.clone(), args, self.ty(ty))
            }
            Arg::ConstBinding(name, text) => Arg::ConstBinding(name.clone(), self.constant(text)),
            Arg::Constraint(name, args, bounds) => {
                let args = self.args(args);
                Arg::Constraint(name.clone(), args, self.bounds(bounds))
            }
        }
    }

    fn constant(&mut self, text: &str) -> String {
        // Only a plain path is a name; everything else compares by its text.
        let is_path = !text.is_empty()
            && !text.starts_with(|c: char| c.is_ascii_digit())
            && text
                .chars()
                .all(|c| c.is_alphanumeric() || c == '_' || c == ':');
        if !is_path || text == "true" || text == "false" || text.starts_with("Self") {
            return text.to_owned();
        }
        match self.scope.resolve(self.module, text, Space::Values) {
            Some((def, used)) if used == text.trim_start_matches("::").split("::").count() => {
                self.name_of(&def)
            }
            _ => text.to_owned(),
        }
    }
}

/// Gives every parameter of `from` the name that its place has in `to`.
pub(super) fn renaming(from: &[String], to: &Generics) -> Option<Substitute> {
    let mut substitute = Substitute::default();
    if from.len() != to.params.len() {
        return None;
    }
    for (name, param) in from.iter().zip(&to.params) {
        match (&param.kind, name.starts_with('\'')) {
            (ParamKind::Lifetime(_), true) => {
                substitute
                    .lifetimes
                    .insert(name.clone(), param.name.clone());
            }
            (ParamKind::Type { .. }, false) => {
                substitute
                    .types
                    .insert(name.clone(), Type::Param(param.name.clone()));
            }
            (ParamKind::Const { .. }, false) => {
                substitute
                    .constants
                    .insert(name.clone(), param.name.clone());
            }
            _ => return None,
        }
    }
    Some(substitute)
}

/// The parameters that a type's arguments are, each once; none if an argument is anything else.
pub(super) fn parameters(args: &[Arg]) -> Option<Vec<String>> {
    let mut seen: BTreeMap<String, ()> = BTreeMap::new();
    let mut names = Vec::with_capacity(args.len());
    for (index, arg) in args.iter().enumerate() {
        let name = match arg {
            // Elided lifetimes are all different.
            Arg::Lifetime(name) if name == "'_" => format!("'_{index}"),
            Arg::Lifetime(name) if name == "'static" => return None,
            Arg::Lifetime(name) => name.clone(),
            Arg::Type(Type::Param(name)) if name != "Self" => name.clone(),
            Arg::Const(name) if name.chars().all(|c| c.is_alphanumeric() || c == '_') => {
                name.clone()
            }
            _ => return None,
        };
        if seen.insert(name.clone(), ()).is_some() {
            return None;
        }
        names.push(name);
    }
    Some(names)
}
