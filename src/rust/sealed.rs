//! Whether nobody outside can implement a trait: it needs something that nobody outside can name, or every type that
//! could have it has it already.

use std::collections::BTreeSet;

use super::extract::Extract;
use super::raw::Kind as Raw;
use super::scope::{Def, Space};
use crate::interface::rust::{Bound, Generics, ParamKind, TraitItemKind, Type};

impl Extract<'_> {
    /// Whether nobody outside can implement a trait: it needs something that nobody outside can name, or every type
    /// that could have it has it already.
    pub(super) fn sealed(&self, def: &Def, seen: &mut BTreeSet<Def>) -> bool {
        let Def::Item(module, index) = def else {
            return false;
        };
        let Raw::Trait(read) = &self.scope.world.modules[*module].items[*index].kind else {
            return false;
        };
        if !seen.insert(def.clone()) {
            return false;
        }
        let mut supertraits = BTreeSet::new();
        for bound in &read.supertraits {
            let Bound::Trait { trait_, .. } = bound else {
                continue;
            };
            let Some((found, _)) = self.scope.resolve(*module, &trait_.path, Space::Types) else {
                continue;
            };
            supertraits.insert(self.key(&found));
            if matches!(found, Def::Item(..)) {
                if !self.is_open(&found) {
                    return true;
                }
                if self.sealed(&found, seen) {
                    return true;
                }
            }
        }
        let needs_hidden = read.items.iter().any(|(_, item, _)| {
            !item.is_provided()
                && match &item.kind {
                    TraitItemKind::Function(function) => {
                        item.marks.hidden
                            || function
                                .inputs
                                .iter()
                                .any(|input| self.cannot_be_named(*module, &input.ty))
                            || self.cannot_be_named(*module, &function.output)
                    }
                    _ => item.marks.hidden,
                }
        });
        needs_hidden || self.blanket(def, &supertraits)
    }

    /// Whether somebody outside may name it: importable, and not left out of the documentation.
    pub(super) fn is_open(&self, def: &Def) -> bool {
        self.exports
            .keys
            .get(def)
            .is_some_and(|key| !self.exports.hidden.contains(key))
    }

    pub(super) fn cannot_be_named(&self, module: usize, ty: &Type) -> bool {
        match ty {
            Type::Path(path, _) => match self.scope.resolve(module, path, Space::Types) {
                Some((def @ Def::Item(..), _)) => match &def {
                    // What an alias stands for may be anything.
                    Def::Item(at, index)
                        if matches!(
                            self.scope.world.modules[*at].items[*index].kind,
                            Raw::Alias { .. }
                        ) =>
                    {
                        false
                    }
                    _ => !self.exports.keys.contains_key(&def),
                },
                _ => false,
            },
            Type::Ref { ty, .. } | Type::Slice(ty) | Type::Array(ty, _) => {
                self.cannot_be_named(module, ty)
            }
            _ => false,
        }
    }

    /// Every type that meets the trait's own supertraits has it already.
    pub(super) fn blanket(&self, def: &Def, supertraits: &BTreeSet<String>) -> bool {
        let key = self.key(def);
        self.impls.traits.get(def).into_iter().flatten().any(|of| {
            let Type::Param(name) = &of.self_ty else {
                return false;
            };
            of.trait_.path == key
                && of.generics.wheres.is_empty()
                && covers(&of.generics, name, supertraits)
        })
    }
}

pub(super) fn covers(generics: &Generics, name: &str, supertraits: &BTreeSet<String>) -> bool {
    generics
        .params
        .iter()
        .filter(|param| param.name == *name)
        .all(|param| match &param.kind {
            ParamKind::Type { bounds, .. } => bounds.iter().all(|bound| match bound {
                Bound::Maybe(_) => true,
                Bound::Trait { trait_, .. } => {
                    supertraits.contains(&trait_.path) || trait_.path == "std::marker::Sized"
                }
                _ => false,
            }),
            _ => false,
        })
}
