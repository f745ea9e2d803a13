//! What a type cannot be because of what it holds: `Send`, `Sync`, `Unpin`, `Sized`. Only what the source proves is
//! said; types of other crates hold anything, and are unsure.

use std::collections::BTreeSet;

use super::extract::Extract;
use super::raw::Kind as Raw;
use super::resolve::{Resolver, substitution};
use super::scope::{Def, Space};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{Arg, At, Bound, Generics, Impl, TraitRef, Type};
use crate::rust::plain::{bare, own_args};

/// Types in types deeper than this are not looked into.
const MAX_DEPTH: usize = 24;

/// A trait that a type has or has not by what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Auto {
    Send,
    Sync,
    Unpin,
    Sized,
}

impl Auto {
    const ALL: [Auto; 4] = [Auto::Send, Auto::Sync, Auto::Unpin, Auto::Sized];

    fn path(self) -> &'static str {
        match self {
            Auto::Send => "std::marker::Send",
            Auto::Sync => "std::marker::Sync",
            Auto::Unpin => "std::marker::Unpin",
            Auto::Sized => "std::marker::Sized",
        }
    }
}

/// What was found on the way through a type.
#[derive(Default)]
struct Seen {
    /// Types that are being looked into: what holds itself is no obstacle.
    open: BTreeSet<Def>,
    /// Something that the tree does not show was met.
    unsure: bool,
}

impl Extract<'_> {
    /// The traits that a type of the tree cannot have, as negative impls, and whether it holds what is not shown.
    pub(super) fn lacking(&self, def: &Def, own: &Generics, at: &At) -> (Vec<Impl>, bool) {
        let mut lacking = Vec::new();
        let mut unsure = false;
        let name = self.key(def);
        for auto in Auto::ALL {
            if self.says(def, auto).is_some() {
                continue;
            }
            let mut seen = Seen::default();
            let obstacle = self.part_lacks(def, own, &own_args(own), auto, &mut seen, 0);
            unsure |= seen.unsure;
            if obstacle {
                lacking.push(Impl {
                    trait_: TraitRef {
                        path: auto.path().to_owned(),
                        args: Vec::new(),
                    },
                    self_ty: Type::Path(name.clone(), own_args(own)),
                    generics: bare(own),
                    negative: true,
                    derived: false,
                    cfg: Vec::new(),
                    at: at.clone(),
                });
            }
        }
        (lacking, unsure)
    }

    /// What an impl says: the type has the trait, or has it not.
    fn says(&self, def: &Def, auto: Auto) -> Option<bool> {
        let impls = self.impls.traits.get(def)?;
        let found = impls.iter().find(|of| of.trait_.path == auto.path())?;
        Some(!found.negative)
    }

    /// Whether something that a type of the tree holds keeps it from having the trait.
    fn part_lacks(
        &self,
        def: &Def,
        own: &Generics,
        args: &[Arg],
        auto: Auto,
        seen: &mut Seen,
        depth: usize,
    ) -> bool {
        let Def::Item(module, index) = def else {
            return false;
        };
        if depth > MAX_DEPTH || !seen.open.insert(def.clone()) {
            return false;
        }
        let item = &self.scope.world.modules[*module].items[*index];
        let mut resolver = Resolver::new(&self.scope, &self.exports, *module);
        let mut given = substitution(own, args);
        let holds = match (auto, &item.kind) {
            (Auto::Sized, Raw::Struct(_)) => item.holds.last().map(std::slice::from_ref),
            (Auto::Sized, _) => None,
            _ => Some(item.holds.as_slice()),
        };
        let found = holds.unwrap_or_default().iter().any(|ty| {
            let ty = given.ty(&resolver.ty(ty));
            self.lacks(&ty, *module, auto, seen, depth + 1)
        });
        seen.open.remove(def);
        found
    }

    fn lacks(&self, ty: &Type, module: usize, auto: Auto, seen: &mut Seen, depth: usize) -> bool {
        if depth > MAX_DEPTH {
            return false;
        }
        let mut inner = |ty: &Type, auto: Auto| self.lacks(ty, module, auto, seen, depth + 1);
        match (ty, auto) {
            (Type::Slice(_) | Type::Dyn(_), Auto::Sized) => true,
            (Type::Path(path, _), Auto::Sized) if path == "str" => true,
            (Type::Path(path, args), _) => self.path_lacks(path, args, module, auto, seen, depth),
            (_, Auto::Sized) => false,
            (Type::Ptr { .. }, Auto::Send | Auto::Sync) => true,
            // What is referred to does not move with the reference.
            (Type::Ref { .. } | Type::Ptr { .. }, Auto::Unpin) => false,
            (
                Type::Ref {
                    mutable: false, ty, ..
                },
                Auto::Send,
            ) => inner(ty, Auto::Sync),
            (Type::Ref { ty, .. } | Type::Slice(ty) | Type::Array(ty, _), _) => inner(ty, auto),
            (Type::Tuple(parts), _) => parts.iter().any(|ty| inner(ty, auto)),
            (Type::Dyn(bounds), _) => !bounds.iter().any(|bound| self.grants(bound, auto, depth)),
            _ => false,
        }
    }

    fn path_lacks(
        &self,
        path: &str,
        args: &[Arg],
        module: usize,
        auto: Auto,
        seen: &mut Seen,
        depth: usize,
    ) -> bool {
        let any = |auto: Auto, seen: &mut Seen| {
            args.iter().any(|arg| match arg {
                Arg::Type(ty) => self.lacks(ty, module, auto, seen, depth + 1),
                _ => false,
            })
        };
        let Some(name) = path.strip_prefix("std::") else {
            let leads = self.exports.paths.get(path).into_iter().flatten();
            let here = leads
                .filter(|(space, _)| *space == Space::Types)
                .map(|(_, def)| def.clone())
                .chain(self.defined(path))
                .find(|def| matches!(def, Def::Item(..)));
            return match here {
                Some(def) => match (self.says(&def, auto), self.generics_of(&def)) {
                    (Some(has), _) => !has,
                    (None, Some(own)) => self.part_lacks(&def, &own, args, auto, seen, depth),
                    (None, None) => false,
                },
                None => {
                    seen.unsure |= path.contains("::");
                    false
                }
            };
        };
        match (name, auto) {
            (_, Auto::Sized) => matches!(name, "path::Path" | "ffi::OsStr" | "ffi::CStr"),
            ("marker::PhantomPinned", Auto::Unpin) => true,
            (
                "marker::PhantomData"
                | "option::Option"
                | "result::Result"
                | "cell::Cell"
                | "cell::RefCell",
                Auto::Unpin,
            ) => any(auto, seen),
            (_, Auto::Unpin) => false,
            ("rc::Rc" | "rc::Weak" | "ptr::NonNull", _) => true,
            (
                "sync::MutexGuard" | "sync::RwLockReadGuard" | "sync::RwLockWriteGuard",
                Auto::Send,
            ) => true,
            ("cell::Ref" | "cell::RefMut", Auto::Send) => true,
            (
                "cell::Cell" | "cell::RefCell" | "cell::UnsafeCell" | "cell::OnceCell",
                Auto::Sync,
            ) => true,
            ("sync::mpsc::Receiver", Auto::Sync) => true,
            ("sync::Arc" | "sync::Weak", _) => any(Auto::Send, seen) || any(Auto::Sync, seen),
            ("sync::Mutex", _) => any(Auto::Send, seen),
            ("sync::RwLock" | "sync::OnceLock", Auto::Sync) => {
                any(Auto::Send, seen) || any(Auto::Sync, seen)
            }
            _ => any(auto, seen),
        }
    }

    /// Whether what implements a trait has another one for sure.
    fn grants(&self, bound: &Bound, auto: Auto, depth: usize) -> bool {
        let Bound::Trait { trait_, .. } = bound else {
            return false;
        };
        if trait_.path == auto.path() || depth > MAX_DEPTH {
            return trait_.path == auto.path();
        }
        self.find(&trait_.path).iter().any(|def| {
            let Def::Item(module, index) = def else {
                return false;
            };
            let Raw::Trait(read) = &self.scope.world.modules[*module].items[*index].kind else {
                return false;
            };
            let mut resolver = Resolver::new(&self.scope, &self.exports, *module);
            let above = resolver.bounds(&read.supertraits);
            above
                .iter()
                .any(|bound| self.grants(bound, auto, depth + 1))
        })
    }

    /// The parameters of a type of the tree.
    fn generics_of(&self, def: &Def) -> Option<Generics> {
        let Def::Item(module, index) = def else {
            return None;
        };
        let generics = match &self.scope.world.modules[*module].items[*index].kind {
            Raw::Struct(read) | Raw::Union(read) => &read.generics,
            Raw::Enum(read) => &read.generics,
            _ => return None,
        };
        Some(Resolver::new(&self.scope, &self.exports, *module).generics(generics))
    }
}
