//! Impls in the names of their type: an impl for every value of a type's parameters is rewritten so that it does not
//! matter how it spells them.

use super::resolve::{parameters, renaming};
use crate::interface::rust::fold::{Fold, Substitute};
use crate::interface::rust::{Arg, Bound, Generics, Param, ParamKind, Type, Where};

/// A type's own parameters as arguments.
pub(super) fn own_args(generics: &Generics) -> Vec<Arg> {
    generics
        .params
        .iter()
        .map(|param| match &param.kind {
            ParamKind::Lifetime(_) => Arg::Lifetime(param.name.clone()),
            ParamKind::Type { .. } => Arg::Type(Type::Param(param.name.clone())),
            ParamKind::Const { .. } => Arg::Const(param.name.clone()),
        })
        .collect()
}

/// Parameters without defaults.
pub(super) fn bare(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    for param in &mut generics.params {
        match &mut param.kind {
            ParamKind::Lifetime(_) => {}
            ParamKind::Type { default, .. } => *default = None,
            ParamKind::Const { default, .. } => *default = None,
        }
    }
    generics
}

/// An impl that is for every value of a type's parameters (under conditions).
pub(super) struct Plain {
    /// From the impl's names to the type's.
    pub(super) substitute: Substitute,
    /// The impl's parameters, under the type's names and in its order; others behind them.
    pub(super) generics: Generics,
}

pub(super) fn plain(
    generics: &Generics,
    self_ty: &Type,
    name: &str,
    own: &Generics,
) -> Option<Plain> {
    let Type::Path(path, args) = self_ty else {
        return None;
    };
    if path != name {
        return None;
    }
    let mut args = args.clone();
    // Lifetimes may be left out altogether.
    let lifetimes = own
        .params
        .iter()
        .filter(|param| matches!(param.kind, ParamKind::Lifetime(_)))
        .count();
    if !args.iter().any(|arg| matches!(arg, Arg::Lifetime(_))) {
        for _ in 0..lifetimes {
            args.insert(0, Arg::Lifetime("'_".to_owned()));
        }
    }
    let names = parameters(&args)?;
    let mut substitute = renaming(&names, own)?;
    let mut renamed: Vec<Param> = own
        .params
        .iter()
        .zip(&names)
        .map(|(param, name)| Param {
            name: param.name.clone(),
            kind: generics
                .params
                .iter()
                .find(|of| of.name == *name)
                .map_or_else(|| bare_kind(&param.kind), |of| of.kind.clone()),
        })
        .collect();
    for param in &generics.params {
        if names.contains(&param.name) {
            continue;
        }
        let mut fresh = param.name.clone();
        while renamed.iter().any(|other| other.name == fresh) {
            fresh.push('_');
        }
        if fresh != param.name {
            rename(&mut substitute, param, &fresh);
        }
        renamed.push(Param {
            name: fresh,
            kind: param.kind.clone(),
        });
    }
    // Lifetimes come first, as the language has it.
    renamed.sort_by_key(|param| !matches!(param.kind, ParamKind::Lifetime(_)));
    Some(Plain {
        substitute,
        generics: Generics {
            params: renamed,
            wheres: generics.wheres.clone(),
        },
    })
}

pub(super) fn bare_kind(kind: &ParamKind) -> ParamKind {
    match kind {
        ParamKind::Lifetime(_) => ParamKind::Lifetime(Vec::new()),
        ParamKind::Type { .. } => ParamKind::Type {
            bounds: Vec::new(),
            default: None,
        },
        ParamKind::Const { ty, .. } => ParamKind::Const {
            ty: ty.clone(),
            default: None,
        },
    }
}

pub(super) fn rename(substitute: &mut Substitute, param: &Param, fresh: &str) {
    match &param.kind {
        ParamKind::Lifetime(_) => {
            substitute
                .lifetimes
                .insert(param.name.clone(), fresh.to_owned());
        }
        ParamKind::Type { .. } => {
            substitute
                .types
                .insert(param.name.clone(), Type::Param(fresh.to_owned()));
        }
        ParamKind::Const { .. } => {
            substitute
                .constants
                .insert(param.name.clone(), fresh.to_owned());
        }
    }
}

/// A method whose own parameters have no name that the renaming gives to others.
pub(super) fn apart(
    function: &crate::interface::rust::Function,
    outer: &Substitute,
) -> crate::interface::rust::Function {
    let given = |name: &str| {
        outer
            .types
            .iter()
            .any(|(from, to)| from != name && *to == Type::Param(name.to_owned()))
            || outer
                .lifetimes
                .iter()
                .any(|(from, to)| from != name && to == name)
            || outer
                .constants
                .iter()
                .any(|(from, to)| from != name && to == name)
    };
    let mut own = Substitute::default();
    let mut renamed = function.clone();
    for param in &mut renamed.generics.params {
        if given(&param.name) {
            let mut fresh = format!("{}_", param.name);
            while given(&fresh) {
                fresh.push('_');
            }
            rename(&mut own, param, &fresh);
            param.name = fresh;
        }
    }
    if own.is_empty() {
        return renamed;
    }
    let names = renamed.generics.params.clone();
    let mut folded = own.function(&renamed);
    for (param, named) in folded.generics.params.iter_mut().zip(names) {
        param.name = named.name;
    }
    folded
}

/// What an impl asks more than its type does.
pub(super) fn more(asked: &Generics, own: &Generics) -> Vec<Where> {
    let mut clauses = Vec::new();
    for (param, known) in asked.params.iter().zip(&own.params) {
        match (&param.kind, &known.kind) {
            (ParamKind::Type { bounds, .. }, ParamKind::Type { bounds: known, .. }) => {
                let more: Vec<Bound> = bounds
                    .iter()
                    .filter(|bound| !known.contains(bound))
                    .cloned()
                    .collect();
                if !more.is_empty() {
                    clauses.push(Where {
                        higher: Vec::new(),
                        ty: Type::Param(param.name.clone()),
                        bounds: more,
                    });
                }
            }
            (ParamKind::Lifetime(bounds), ParamKind::Lifetime(known)) => {
                let more: Vec<Bound> = bounds
                    .iter()
                    .filter(|bound| !known.contains(bound))
                    .map(|bound| Bound::Lifetime(bound.clone()))
                    .collect();
                if !more.is_empty() {
                    clauses.push(Where {
                        higher: Vec::new(),
                        ty: Type::Other(param.name.clone()),
                        bounds: more,
                    });
                }
            }
            _ => {}
        }
    }
    clauses.extend(
        asked
            .wheres
            .iter()
            .filter(|clause| !own.wheres.contains(clause))
            .cloned(),
    );
    clauses
}
