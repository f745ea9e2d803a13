//! Parameters of a function: how many, of which types, and what opaque ones ask.

use super::Pair;
use super::canon::{Asked, Canon, alike, arguments, asked};
use super::functions::Felt;
use super::generics::Audience;
use super::items::Subject;
use crate::finding::{Certainty, Finding, Role};
use crate::interface::rust::fold::{Fold, Substitute};
use crate::interface::rust::{Arg, At, Bound, Function, Input, ParamKind, Type};
use crate::rust::lines::types_text;

impl<'a> Pair<'a> {
    /// Compares parameters; true if all types are equal.
    pub(super) fn inputs(
        &mut self,
        subject: Subject<'_>,
        old: (&Function, &Canon<'a>),
        new: (&Function, &Canon<'a>),
        audience: Audience,
    ) -> bool {
        let (before, after) = (old.0, new.0);
        if before.inputs.len() != after.inputs.len() || before.variadic != after.variadic {
            let count = |side: &Function| {
                let more = if side.variadic { " or more" } else { "" };
                format!("{}{more}", side.inputs.len())
            };
            let names = |side: &Function| -> Vec<String> {
                side.inputs.iter().map(|input| input.name.clone()).collect()
            };
            let (olds, news) = (names(before), names(after));
            let extra: Vec<String> = if news.len() > olds.len() {
                news.iter()
                    .filter(|name| !olds.contains(name))
                    .cloned()
                    .collect()
            } else {
                olds.iter()
                    .filter(|name| !news.contains(name))
                    .cloned()
                    .collect()
            };
            let finding = Finding::new(
                "parameter-count-changed",
                subject.path,
                extra.join(", "),
                format!(
                    "`{}` took {} arguments and takes {} now",
                    subject.path,
                    count(before),
                    count(after)
                ),
            );
            let finding = Felt::Surely.hurt(finding, audience);
            let mark = |side: &Function, names: &[String]| -> At {
                side.inputs
                    .iter()
                    .find(|input| !names.contains(&input.name))
                    .map_or(At(None), |input| input.at.clone())
            };
            let (old_mark, new_mark) = (mark(before, &news), mark(after, &olds));
            let help =
                "keep the function, and add one with another name that takes the other arguments";
            self.change(subject, finding, help, (Some(&old_mark), Some(&new_mark)));
            return false;
        }
        // Where both have as many parameters of their own, these pair up, and their bounds are compared elsewhere.
        let types = |side: &Function, canon: &Canon<'a>, apart: bool| {
            if apart {
                return opaque(side, canon);
            }
            let mut canon = canon.clone();
            side.inputs
                .iter()
                .map(|input| canon.ty(&input.ty))
                .collect()
        };
        let apart = arguments(&before.generics).len() != arguments(&after.generics).len();
        let old_types: Vec<Type> = types(before, old.1, apart);
        let new_types: Vec<Type> = types(after, new.1, apart);
        let mut equal = true;
        for (index, (input, now)) in before.inputs.iter().zip(&after.inputs).enumerate() {
            let (Some(ty), Some(ty_now)) = (old_types.get(index), new_types.get(index)) else {
                continue;
            };
            if ty == ty_now {
                continue;
            }
            equal = false;
            self.input(subject, (index, input, ty), (now, ty_now), audience);
        }
        equal
    }

    pub(super) fn input(
        &mut self,
        subject: Subject<'_>,
        old: (usize, &Input, &Type),
        new: (&Input, &Type),
        audience: Audience,
    ) {
        let (index, input, ty) = old;
        let (now, ty_now) = new;
        let name = if input.name == "_" {
            format!("#{}", index + 1)
        } else {
            input.name.clone()
        };
        // Of two opaque parameters only what is asked of them counts.
        if let (Type::Impl(bounds), Type::Impl(bounds_now)) = (ty, ty_now) {
            let (mut canon_old, mut canon_new) = (self.canon(), self.canon());
            let before = asked(bounds, true, &mut canon_old, self.old);
            let after = asked(bounds_now, true, &mut canon_new, self.new);
            self.opaque_input(
                subject,
                &name,
                (&before, &input.at),
                (&after, &now.at),
                audience,
            );
            return;
        }
        let felt = if alike(ty, ty_now) {
            Felt::Unsure
        } else {
            accepts(ty, ty_now)
        };
        let finding = Finding::new(
            "parameter-type-changed",
            subject.path,
            name.clone(),
            format!(
                "`{}` took `{name}` as `{}` and takes it as `{}` now",
                subject.path,
                types_text(&input.ty, &now.ty).0,
                types_text(&input.ty, &now.ty).1
            ),
        );
        let finding = felt.hurt(finding, audience);
        let help = "take both (`impl Into<..>`), or keep the function and add another";
        self.change(subject, finding, help, (Some(&input.at), Some(&now.at)));
    }

    pub(super) fn opaque_input(
        &mut self,
        subject: Subject<'_>,
        name: &str,
        old: (&Asked, &At),
        new: (&Asked, &At),
        audience: Audience,
    ) {
        let more = old.0.missing(new.0);
        let less = new.0.missing(old.0);
        let texts = |bounds: &[Bound]| {
            bounds
                .iter()
                .map(crate::rust::lines::bound_text)
                .collect::<Vec<_>>()
                .join(" + ")
        };
        if !more.is_empty() {
            let mut finding = Finding::new(
                "bound-added",
                subject.path,
                name,
                format!("`{}` now asks `{name}: {}`", subject.path, texts(&more)),
            );
            if audience.callers {
                finding = finding.hurts(Role::Callers, Certainty::Definite);
            }
            let help = "ask for it only where it is needed, in a function that is new";
            self.change(subject, finding, help, (Some(old.1), Some(new.1)));
        } else if !less.is_empty() && audience.implementers {
            let finding = Finding::new(
                "bound-removed",
                subject.path,
                name,
                format!(
                    "`{}` no longer promises `{name}: {}` to those who write it",
                    subject.path,
                    texts(&less)
                ),
            )
            .hurts(Role::Implementers, Certainty::Definite);
            self.change(
                subject,
                finding,
                "keep the bound: implementers rely on it",
                (Some(old.1), Some(new.1)),
            );
        }
    }
}

/// The types of parameters, a type parameter that only one of them uses spelled as `impl Bounds`.
pub(super) fn opaque(function: &Function, canon: &Canon<'_>) -> Vec<Type> {
    let mut canon = canon.clone();
    let mut substitute = Substitute::default();
    for param in arguments(&function.generics) {
        let ParamKind::Type { bounds, .. } = &param.kind else {
            continue;
        };
        let mut count = Count {
            name: &param.name,
            seen: 0,
        };
        for input in &function.inputs {
            count.ty(&input.ty);
        }
        let in_inputs = count.seen;
        count.ty(&function.output);
        count.generics(&function.generics);
        if in_inputs == 1 && count.seen == 1 {
            let asked = Free { function }.bounds(bounds);
            substitute
                .types
                .insert(param.name.clone(), Type::Impl(asked));
        }
    }
    function
        .inputs
        .iter()
        .map(|input| {
            let ty = substitute.ty(&input.ty);
            canon.ty(&ty)
        })
        .collect()
}

/// Leaves out that something gives a type of which nothing is asked: `F: Fn() -> T` is `F: Fn()` where any `T` will do.
struct Free<'f> {
    function: &'f Function,
}

impl Fold for Free<'_> {
    fn args(&mut self, args: &[Arg]) -> Vec<Arg> {
        let is_free = |name: &String| {
            arguments(&self.function.generics).into_iter().any(|param| {
                param.name == *name
                    && matches!(&param.kind, ParamKind::Type { bounds, .. } if bounds.is_empty())
            })
        };
        let kept = args
            .iter()
            .filter(|arg| !matches!(arg, Arg::Binding(_, _, Type::Param(name)) if is_free(name)));
        kept.cloned().collect()
    }
}

/// Counts how often a parameter is named.
pub(super) struct Count<'n> {
    pub(super) name: &'n str,
    pub(super) seen: usize,
}

impl Fold for Count<'_> {
    fn param(&mut self, name: &str) -> Type {
        if name == self.name {
            self.seen += 1;
        }
        Type::Param(name.to_owned())
    }
}

/// How callers feel it when a parameter of type `old` becomes one of type `new`.
pub(super) fn accepts(old: &Type, new: &Type) -> Felt {
    match (old, new) {
        // Whoever handed in the one can hand in the other, except where inference stops helping.
        (old, Type::Impl(_) | Type::Param(_)) if !matches!(old, Type::Impl(_) | Type::Param(_)) => {
            Felt::Perhaps
        }
        (
            Type::Ref {
                mutable, ty: inner, ..
            },
            Type::Ref {
                mutable: mutable_now,
                ty: inner_now,
                ..
            },
        ) if *mutable || !*mutable_now => {
            let derefs = match (&**inner, &**inner_now) {
                (a, b) if a == b => true,
                (Type::Path(path, _), Type::Path(now, _)) => matches!(
                    (path.as_str(), now.as_str()),
                    ("std::string::String", "str")
                        | ("std::path::PathBuf", "std::path::Path")
                        | ("std::ffi::OsString", "std::ffi::OsStr")
                        | ("std::ffi::CString", "std::ffi::CStr")
                ),
                (Type::Path(path, args), Type::Slice(of)) => {
                    path == "std::vec::Vec" && args.first() == Some(&Arg::Type((**of).clone()))
                }
                (Type::Array(item, _), Type::Slice(of)) => item == of,
                _ => false,
            };
            if derefs { Felt::Perhaps } else { Felt::Surely }
        }
        _ => Felt::Surely,
    }
}
