//! Parameters of items and what is asked of them: more asked hurts who gives, less asked hurts who relied on it.

use super::Pair;
use super::canon::{Asked, Canon, UNNAMED, arguments, asked, lifetimes};
use super::items::Subject;
use crate::finding::{Certainty, Finding, Role};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{Arg, Bound, Generics, Param, ParamKind, TraitRef, Type};
use crate::rust::lines::{bound_text, type_text};

/// Who uses something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Audience {
    /// They call it or name it.
    pub(super) callers: bool,
    /// They write it.
    pub(super) implementers: bool,
}

impl Audience {
    /// Callers only.
    pub(super) const CALLERS: Self = Self {
        callers: true,
        implementers: false,
    };
}

impl<'a> Pair<'a> {
    /// Parameters of a type, trait or alias: everybody who names it gives them. False if the two lists do not fit, so
    /// that nothing that speaks of them can be compared.
    pub(super) fn params(
        &mut self,
        subject: Subject<'_>,
        old: (&Generics, &Canon<'a>),
        new: (&Generics, &Canon<'a>),
        audience: Audience,
        word: &str,
    ) -> bool {
        let (before, after) = (arguments(old.0), arguments(new.0));
        self.count_of_lifetimes(subject, old.0, new.0, audience, word);
        if after.len() > before.len() {
            let added: Vec<&&Param> = after.iter().skip(before.len()).collect();
            let required = added.iter().any(|param| param.is_required());
            let names: Vec<&str> = added.iter().map(|param| param.name.as_str()).collect();
            let mut finding = Finding::new(
                "generic-parameter-added",
                subject.path,
                names.join(", "),
                format!(
                    "{word} `{}` takes one more parameter, `{}`",
                    subject.path,
                    names.join("`, `")
                ),
            );
            if required {
                finding = finding.hurts(Role::Callers, Certainty::Definite);
                if audience.implementers {
                    finding = finding.hurts(Role::Implementers, Certainty::Definite);
                }
            }
            self.change(
                subject,
                finding,
                "give the new parameter a default",
                (None, None),
            );
            if required {
                return false;
            }
        } else if after.len() < before.len() {
            let gone: Vec<&str> = before
                .iter()
                .skip(after.len())
                .map(|param| param.name.as_str())
                .collect();
            let mut finding = Finding::new(
                "generic-parameter-removed",
                subject.path,
                gone.join(", "),
                format!(
                    "{word} `{}` no longer takes the parameter `{}`",
                    subject.path,
                    gone.join("`, `")
                ),
            )
            .hurts(Role::Callers, Certainty::Definite);
            if audience.implementers {
                finding = finding.hurts(Role::Implementers, Certainty::Definite);
            }
            self.change(
                subject,
                finding,
                "keep the parameter, unused if need be (`PhantomData`)",
                (None, None),
            );
            return false;
        }
        for (param, now) in before.iter().zip(&after) {
            if !self.param_kind(subject, (param, old.1), (now, new.1), audience) {
                return false;
            }
            let lost_default = !param.is_required() && now.is_required();
            if lost_default {
                let mut finding = Finding::new(
                    "generic-parameter-added",
                    subject.path,
                    param.name.clone(),
                    format!(
                        "the parameter `{}` of {word} `{}` has no default any more",
                        param.name, subject.path
                    ),
                )
                .hurts(Role::Callers, Certainty::Definite);
                if audience.implementers {
                    finding = finding.hurts(Role::Implementers, Certainty::Definite);
                }
                self.change(subject, finding, "keep the default", (None, None));
            }
        }
        self.bounds_of(subject, old, new, audience, true);
        true
    }

    /// What a parameter is, in its place: a type, or a constant of which type, and its default. False if nothing that
    /// speaks of it can be compared.
    pub(super) fn param_kind(
        &mut self,
        subject: Subject<'_>,
        (old, old_canon): (&Param, &Canon<'a>),
        (new, new_canon): (&Param, &Canon<'a>),
        audience: Audience,
    ) -> bool {
        let (mut before, mut after) = (old_canon.clone(), new_canon.clone());
        let (message, certainty, help) = match (&old.kind, &new.kind) {
            (ParamKind::Const { ty, .. }, ParamKind::Const { ty: now, .. })
                if before.ty(ty) != after.ty(now) =>
            {
                (
                    format!(
                        "the parameter `{}` of `{}` was a `{}` and is a `{}` now",
                        old.name,
                        subject.path,
                        type_text(ty),
                        type_text(now)
                    ),
                    Certainty::Definite,
                    "keep the type of the parameter",
                )
            }
            (
                ParamKind::Type {
                    default: Some(default),
                    ..
                },
                ParamKind::Type {
                    default: Some(now), ..
                },
            ) if !unnamed(&before.ty(default)) && before.ty(default) != after.ty(now) => (
                format!(
                    "the parameter `{}` of `{}` was `{}` if not given, and is `{}` now",
                    old.name,
                    subject.path,
                    type_text(default),
                    type_text(now)
                ),
                Certainty::Possible,
                "keep the default",
            ),
            (
                ParamKind::Const {
                    default: Some(default),
                    ..
                },
                ParamKind::Const {
                    default: Some(now), ..
                },
            ) if before.constant(default) != after.constant(now) => (
                format!(
                    "the parameter `{}` of `{}` was `{default}` if not given, and is `{now}` now",
                    old.name, subject.path
                ),
                Certainty::Possible,
                "keep the default",
            ),
            (ParamKind::Const { .. }, ParamKind::Type { .. })
            | (ParamKind::Type { .. }, ParamKind::Const { .. }) => {
                let word = |param: &Param| match param.kind {
                    ParamKind::Const { .. } => "constant",
                    _ => "type",
                };
                (
                    format!(
                        "where `{}` took a {} (`{}`) it takes a {} (`{}`) now",
                        subject.path,
                        word(old),
                        old.name,
                        word(new),
                        new.name
                    ),
                    Certainty::Definite,
                    "keep the order of the parameters",
                )
            }
            _ => return true,
        };
        let mut finding = Finding::new(
            "generic-parameter-changed",
            subject.path,
            old.name.clone(),
            message,
        )
        .hurts(Role::Callers, certainty);
        if audience.implementers {
            finding = finding.hurts(Role::Implementers, certainty);
        }
        self.change(subject, finding, help, (None, None));
        certainty == Certainty::Possible
    }

    fn count_of_lifetimes(
        &mut self,
        subject: Subject<'_>,
        old: &Generics,
        new: &Generics,
        audience: Audience,
        word: &str,
    ) {
        let (before, after) = (lifetimes(old), lifetimes(new));
        if before.len() == after.len() {
            return;
        }
        let (rule, message) = if after.len() > before.len() {
            (
                "generic-parameter-added",
                format!("{word} `{}` takes one more lifetime", subject.path),
            )
        } else {
            (
                "generic-parameter-removed",
                format!("{word} `{}` takes fewer lifetimes", subject.path),
            )
        };
        let longer = if after.len() > before.len() {
            &after
        } else {
            &before
        };
        let item = longer
            .iter()
            .skip(before.len().min(after.len()))
            .map(|param| param.name.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        let mut finding = Finding::new(rule, subject.path, item, message)
            .hurts(Role::Callers, Certainty::Definite);
        if audience.implementers {
            finding = finding.hurts(Role::Implementers, Certainty::Definite);
        }
        self.change(
            subject,
            finding,
            "keep the lifetimes as they were",
            (None, None),
        );
    }

    /// What is asked of parameters that both sides have, in their order, and in other clauses.
    ///
    /// More asked hurts callers, and implementers if it is the `whole` trait that asks. Less asked hurts those who
    /// write the function with what was asked before.
    pub(super) fn bounds_of(
        &mut self,
        subject: Subject<'_>,
        old: (&Generics, &Canon<'a>),
        new: (&Generics, &Canon<'a>),
        audience: Audience,
        whole: bool,
    ) {
        for (ty, name, before, after) in self.asked_of(old, new) {
            let more = before.missing(&after);
            let less = after.missing(&before);
            let texts = |bounds: &[Bound]| {
                bounds
                    .iter()
                    .map(bound_text)
                    .collect::<Vec<_>>()
                    .join(" + ")
            };
            if !more.is_empty() {
                let mut finding = Finding::new(
                    "bound-added",
                    subject.path,
                    name.clone(),
                    format!("`{}` now asks `{name}: {}`", subject.path, texts(&more)),
                );
                if audience.callers {
                    // Only somebody who has a `dyn` misses a method that asks `Self: Sized`.
                    let sized = ty == Type::Param("Self".to_owned())
                        && more
                            .iter()
                            .all(|bound| *bound == Bound::plain("std::marker::Sized"));
                    let certainty = if sized {
                        Certainty::Possible
                    } else {
                        Certainty::Definite
                    };
                    finding = finding.hurts(Role::Callers, certainty);
                }
                if audience.implementers && whole {
                    finding = finding.hurts(Role::Implementers, Certainty::Definite);
                }
                let help = "ask for it only where it is needed, in a function that is new";
                self.change(subject, finding, help, (None, None));
            } else if !less.is_empty() && audience.implementers {
                let finding = Finding::new(
                    "bound-removed",
                    subject.path,
                    name.clone(),
                    format!(
                        "`{}` no longer promises `{name}: {}` to those who write it",
                        subject.path,
                        texts(&less)
                    ),
                )
                .hurts(Role::Implementers, Certainty::Definite);
                let help = "keep the bound: implementers rely on it";
                self.change(subject, finding, help, (None, None));
            }
        }
    }
}

impl<'a> Pair<'a> {
    /// What both sides ask of each type that either of them speaks of: the type in its canonical form, what it is
    /// called, and what is asked.
    pub(super) fn asked_of(
        &self,
        old: (&Generics, &Canon<'a>),
        new: (&Generics, &Canon<'a>),
    ) -> Vec<(Type, String, Asked, Asked)> {
        let (mut before, mut after) = (old.1.clone(), new.1.clone());
        let mut both: Vec<(Type, String, bool, [Vec<Bound>; 2])> = Vec::new();
        for (side, (generics, canon)) in [(old.0, &mut before), (new.0, &mut after)]
            .into_iter()
            .enumerate()
        {
            for (ty, sized, bounds) in demands(generics) {
                let canonical = canon.ty(&ty);
                let index = both.iter().position(|(other, ..)| *other == canonical);
                let index = index.unwrap_or_else(|| {
                    both.push((canonical, String::new(), false, [Vec::new(), Vec::new()]));
                    both.len() - 1
                });
                let (_, name, is_param, asked) = &mut both[index];
                *name = type_text(&ty);
                *is_param |= sized;
                asked[side].extend(bounds);
            }
        }
        let mut pairs: Vec<(Type, String, Asked, Asked)> = both
            .into_iter()
            .map(|(ty, name, sized, [old, new])| {
                (
                    ty,
                    name,
                    asked(&old, sized, &mut before, self.old),
                    asked(&new, sized, &mut after, self.new),
                )
            })
            .collect();
        grant(&mut pairs);
        pairs
    }
}

/// What is asked of what: parameters (which are `Sized` unless they say otherwise), and whatever clauses speak of. A
/// tuple has what its parts have.
fn demands(generics: &Generics) -> Vec<(Type, bool, Vec<Bound>)> {
    let mut found: Vec<(Type, bool, Vec<Bound>)> = Vec::new();
    for param in arguments(generics) {
        if let ParamKind::Type { bounds, .. } = &param.kind {
            found.push((Type::Param(param.name.clone()), true, bounds.clone()));
        }
    }
    for clause in &generics.wheres {
        match &clause.ty {
            // Lifetimes are compared elsewhere.
            Type::Other(text) if text.starts_with('\'') => {}
            Type::Tuple(parts) if clause.bounds.iter().all(goes_through_tuples) => {
                for part in parts {
                    let own = found.iter().any(|(ty, sized, _)| *sized && ty == part);
                    found.push((part.clone(), own, clause.bounds.clone()));
                }
            }
            ty => found.push((ty.clone(), false, clause.bounds.clone())),
        }
    }
    found
}

/// Whether nobody outside can name a type, so that it makes no difference where it comes from.
fn unnamed(ty: &Type) -> bool {
    matches!(ty, Type::Path(path, _) if path.starts_with(UNNAMED))
}

/// Whether a tuple has a trait if, and only if, all of its parts have it.
fn goes_through_tuples(bound: &Bound) -> bool {
    matches!(bound, Bound::Trait { trait_, .. } if matches!(
        trait_.path.as_str(),
        "std::clone::Clone"
            | "std::marker::Copy"
            | "std::marker::Send"
            | "std::marker::Sync"
            | "std::marker::Unpin"
            | "std::cmp::PartialEq"
            | "std::cmp::Eq"
            | "std::cmp::PartialOrd"
            | "std::cmp::Ord"
            | "std::default::Default"
            | "std::fmt::Debug"
            | "std::hash::Hash"
    ))
}

/// `U: From<T>` says `T: Into<U>`.
fn grant(pairs: &mut [(Type, String, Asked, Asked)]) {
    let given = |asked: &Asked, of: &Type| -> Vec<(Type, Bound)> {
        asked
            .all
            .iter()
            .filter_map(|bound| {
                let Bound::Trait { trait_, .. } = bound else {
                    return None;
                };
                let into = match trait_.path.as_str() {
                    "std::convert::From" => "std::convert::Into",
                    "std::convert::TryFrom" => "std::convert::TryInto",
                    _ => return None,
                };
                let [Arg::Type(from)] = trait_.args.as_slice() else {
                    return None;
                };
                let trait_ = TraitRef {
                    path: into.to_owned(),
                    args: vec![Arg::Type(of.clone())],
                };
                let bound = Bound::Trait {
                    higher: Vec::new(),
                    trait_,
                };
                Some((from.clone(), bound))
            })
            .collect()
    };
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for (ty, _, before, after) in pairs.iter() {
        old.extend(given(before, ty));
        new.extend(given(after, ty));
    }
    for (ty, _, before, after) in pairs.iter_mut() {
        for (of, bound) in &old {
            if of == ty {
                before.grant(bound.clone());
            }
        }
        for (of, bound) in &new {
            if of == ty {
                after.grant(bound.clone());
            }
        }
    }
}
