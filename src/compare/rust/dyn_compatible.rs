//! Whether a trait can be used as `dyn Trait`, as far as the source shows.

use super::Pair;
use super::items::Subject;
use crate::finding::{Certainty, Finding, Role};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{
    Arg, Bound, Function, Interface, Kind, Receiver, Trait, TraitItemKind, Type,
};

impl Pair<'_> {
    pub(super) fn dyn_compatibility(&mut self, subject: Subject<'_>, old: &Trait, new: &Trait) {
        let Some(reason) = obstacle(new, &[self.new], 0) else {
            return;
        };
        if obstacle(old, &[self.old, self.new], 0).is_some() {
            return;
        }
        let finding = Finding::new(
            "dyn-compatibility-lost",
            subject.path,
            "",
            format!("`dyn {}` is no longer possible: {reason}", subject.path),
        )
        .hurts(Role::Callers, Certainty::Definite);
        self.change(
            subject,
            finding,
            "add `where Self: Sized` to the item that is in the way",
            (None, None),
        );
    }
}

/// What keeps a trait from being used as `dyn Trait`, as far as the source shows.
pub(super) fn obstacle(of: &Trait, seen: &[&Interface], depth: usize) -> Option<String> {
    let sized = |bounds: &[Bound]| {
        bounds.iter().any(|bound| {
            matches!(bound, Bound::Trait { trait_, .. } if trait_.path == "std::marker::Sized")
        })
    };
    if sized(&of.supertraits) {
        return Some("it asks `Self: Sized`".to_owned());
    }
    for bound in &of.supertraits {
        let Bound::Trait { trait_, .. } = bound else {
            continue;
        };
        if trait_.path == "std::clone::Clone" || trait_.path == "std::marker::Copy" {
            return Some("it asks for `Clone`, which makes a `Self`".to_owned());
        }
        if mentions_self(&Type::Path(trait_.path.clone(), trait_.args.clone())) {
            return Some("a supertrait takes `Self` as an argument".to_owned());
        }
        if depth < 8
            && let Some((_, item)) = seen.iter().find_map(|side| side.find(&trait_.path))
            && let Kind::Trait(of) = &item.kind
            && let Some(reason) = obstacle(of, seen, depth + 1)
        {
            return Some(reason);
        }
    }
    for (name, item) in &of.items {
        match &item.kind {
            TraitItemKind::Const { .. } => return Some(format!("it has the constant `{name}`")),
            TraitItemKind::Type { generics, .. } => {
                if !generics.params.is_empty() && !needs_sized(&generics.wheres) {
                    return Some(format!("its type `{name}` has parameters"));
                }
            }
            TraitItemKind::Function(function) => {
                if needs_sized(&function.generics.wheres) {
                    continue;
                }
                if let Some(reason) = function_obstacle(function) {
                    return Some(format!("`{name}` {reason}"));
                }
            }
        }
    }
    None
}

pub(super) fn needs_sized(wheres: &[crate::interface::rust::Where]) -> bool {
    wheres.iter().any(|clause| {
        clause.ty == Type::Param("Self".to_owned())
            && clause.bounds.iter().any(|bound| {
                matches!(bound, Bound::Trait { trait_, .. } if trait_.path == "std::marker::Sized")
            })
    })
}

pub(super) fn function_obstacle(function: &Function) -> Option<&'static str> {
    match &function.receiver {
        None => return Some("takes no `self`"),
        Some(Receiver::Typed(Type::Path(path, _)))
            if !matches!(
                path.as_str(),
                "std::boxed::Box" | "std::rc::Rc" | "std::sync::Arc" | "std::pin::Pin"
            ) =>
        {
            return Some("takes `self` in a way that a `dyn` cannot");
        }
        Some(_) => {}
    }
    if function.is_async {
        return Some("is `async`");
    }
    let generic = function
        .generics
        .params
        .iter()
        .any(|param| !matches!(param.kind, crate::interface::rust::ParamKind::Lifetime(_)));
    if generic {
        return Some("has type parameters");
    }
    if function
        .inputs
        .iter()
        .any(|input| mentions_opaque(&input.ty))
    {
        return Some("has type parameters");
    }
    if mentions_opaque(&function.output) {
        return Some("returns `impl Trait`");
    }
    if function.inputs.iter().any(|input| mentions_self(&input.ty))
        || mentions_self(&function.output)
    {
        return Some("speaks of `Self`");
    }
    None
}

/// Whether `Self` itself stands in a type; its associated types do no harm.
pub(super) fn mentions_self(ty: &Type) -> bool {
    struct Walk(bool);
    impl Fold for Walk {
        fn param(&mut self, name: &str) -> Type {
            self.0 |= name == "Self";
            Type::Param(name.to_owned())
        }
        fn ty(&mut self, ty: &Type) -> Type {
            match ty {
                Type::Assoc { base, .. } if **base == Type::Param("Self".to_owned()) => ty.clone(),
                Type::Param(name) => self.param(name),
                Type::Path(path, args) => {
                    let args = self.args(args);
                    self.path(path, args)
                }
                Type::Ref { ty, .. }
                | Type::Ptr { ty, .. }
                | Type::Slice(ty)
                | Type::Array(ty, _) => self.ty(ty),
                Type::Tuple(parts) => {
                    for part in parts {
                        self.ty(part);
                    }
                    ty.clone()
                }
                Type::Dyn(bounds) | Type::Impl(bounds) => {
                    self.bounds(bounds);
                    ty.clone()
                }
                _ => ty.clone(),
            }
        }
    }
    let mut walk = Walk(false);
    walk.ty(ty);
    walk.0
}

pub(super) fn mentions_opaque(ty: &Type) -> bool {
    match ty {
        Type::Impl(_) => true,
        Type::Path(_, args) => args
            .iter()
            .any(|arg| matches!(arg, Arg::Type(ty) if mentions_opaque(ty))),
        Type::Ref { ty, .. } | Type::Slice(ty) | Type::Array(ty, _) => mentions_opaque(ty),
        Type::Tuple(parts) => parts.iter().any(mentions_opaque),
        _ => false,
    }
}
