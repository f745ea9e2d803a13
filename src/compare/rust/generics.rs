//! Parameters of items and what is asked of them: more asked hurts who gives, less asked hurts who relied on it.

use super::Pair;
use super::canon::{Asked, Canon, arguments, asked, lifetimes};
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
        let (mut before, mut after) = (old.1.clone(), new.1.clone());
        let mut pairs: Vec<(Type, String, Asked, Asked)> = Vec::new();
        for (param, now) in arguments(old.0).into_iter().zip(arguments(new.0)) {
            if let (
                ParamKind::Type { bounds, .. },
                ParamKind::Type {
                    bounds: bounds_now, ..
                },
            ) = (&param.kind, &now.kind)
            {
                pairs.push((
                    before.param(&param.name),
                    now.name.clone(),
                    asked(bounds, true, &mut before, self.old),
                    asked(bounds_now, true, &mut after, self.new),
                ));
            }
        }
        // Clauses about anything else pair up by what they are about.
        let mut clauses: Vec<(Type, String, Vec<Bound>, Vec<Bound>)> = Vec::new();
        for clause in &old.0.wheres {
            let ty = before.ty(&clause.ty);
            clauses.push((ty, type_text(&clause.ty), clause.bounds.clone(), Vec::new()));
        }
        for clause in &new.0.wheres {
            let ty = after.ty(&clause.ty);
            match clauses.iter_mut().find(|(other, ..)| *other == ty) {
                Some((_, _, _, bounds)) => bounds.extend(clause.bounds.iter().cloned()),
                None => {
                    clauses.push((ty, type_text(&clause.ty), Vec::new(), clause.bounds.clone()));
                }
            }
        }
        for (ty, name, bounds, bounds_now) in clauses {
            if matches!(&ty, Type::Other(text) if text.starts_with('\'')) {
                continue;
            }
            pairs.push((
                ty,
                name,
                asked(&bounds, false, &mut before, self.old),
                asked(&bounds_now, false, &mut after, self.new),
            ));
        }
        grant(&mut pairs);
        for (_, name, before, after) in pairs {
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
                    finding = finding.hurts(Role::Callers, Certainty::Definite);
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
