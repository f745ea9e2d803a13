//! Impls of traits: each is a promise to callers. A derive and a manual impl are one promise.

use super::Pair;
use super::canon::{Canon, arguments, changed};
use super::items::Subject;
use super::report::{Sides, sure};
use crate::finding::{Certainty, Finding, Role};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{Arg, Generics, Impl, Type, last};
use crate::rust::lines::{Part, bound_text, part_line, type_text, types_text};

/// An impl in the form in which equal ones are equal.
#[derive(Debug, PartialEq, Eq)]
struct Promise {
    path: String,
    args: Vec<Arg>,
    self_ty: Type,
    negative: bool,
}

impl Promise {
    /// The trait's arguments, with `Self` where it is understood.
    fn spelled(&self) -> Vec<Arg> {
        if self.args.is_empty()
            && matches!(
                self.path.as_str(),
                "std::cmp::PartialEq" | "std::cmp::PartialOrd"
            )
        {
            return vec![Arg::Type(self.self_ty.clone())];
        }
        self.args.clone()
    }

    /// The impl of `From` or `TryFrom` that makes this impl of `Into` or `TryInto`.
    fn as_from(&self) -> Option<(String, Vec<Arg>, Type)> {
        let path = match self.path.as_str() {
            "std::convert::Into" => "std::convert::From",
            "std::convert::TryInto" => "std::convert::TryFrom",
            _ => return None,
        };
        match self.args.as_slice() {
            [Arg::Type(target)] => Some((
                path.to_owned(),
                vec![Arg::Type(self.self_ty.clone())],
                target.clone(),
            )),
            _ => None,
        }
    }
}

impl<'a> Pair<'a> {
    /// All impls that speak of an item.
    pub(super) fn impls(
        &mut self,
        subject: Subject<'_>,
        old: (&'a [Impl], &'a Generics),
        new: (&'a [Impl], &'a Generics),
    ) {
        let promises: Vec<(Promise, &Impl)> = new
            .0
            .iter()
            .map(|of| (promise(of, &self.canon()), of))
            .collect();
        for of in old.0 {
            let wanted = promise(of, &self.canon());
            match promises.iter().find(|(promise, _)| *promise == wanted) {
                Some((_, now)) => self.same_impl(subject, of, now),
                None => self.impl_removed(subject, of, &wanted, &promises),
            }
        }
        for (promise, of) in &promises {
            let known = old
                .0
                .iter()
                .any(|before| self::promise(before, &self.canon()) == *promise);
            if !known && of.negative {
                self.auto_lost(subject, of, old.0);
            }
            if known || of.negative {
                continue;
            }
            let text = trait_text(of);
            if promise.path == "std::marker::Copy" {
                let finding = Finding::new(
                    "copy-added",
                    subject.path,
                    text,
                    format!(
                        "`{}` is `Copy` now: closures that took it over borrow it",
                        type_text(&of.self_ty)
                    ),
                )
                .hurts(Role::Callers, Certainty::Possible);
                let line = part_line(Part::Impl(of));
                let part = Subject {
                    new_line: &line,
                    new_at: &of.at,
                    ..subject
                };
                let help = "nothing, unless closures are handed around: `move` takes it over again";
                self.change(part, finding, help, (None, None));
                continue;
            }
            let finding = Finding::new(
                "item-added",
                subject.path,
                text.clone(),
                format!("`{}` is `{text}` now", type_text(&of.self_ty)),
            );
            let sides = Sides::added(self, part_line(Part::Impl(of)), &of.at);
            self.push(finding, sides);
        }
    }

    /// A type no longer has a trait that it had by what it holds.
    fn auto_lost(&mut self, subject: Subject<'_>, of: &Impl, old: &[Impl]) {
        // Where it was said by an impl, that impl has gone, and that is told.
        if old
            .iter()
            .any(|before| before.trait_.path == of.trait_.path)
        {
            return;
        }
        let text = trait_text(of);
        let unsure = self.options.contract || self.old.unsure.contains(subject.path);
        let certainty = if unsure {
            Certainty::Possible
        } else {
            Certainty::Definite
        };
        let finding = Finding::new(
            "trait-impl-removed",
            subject.path,
            text.clone(),
            format!(
                "`{}` is no longer `{text}`, because of what it holds",
                type_text(&of.self_ty)
            ),
        )
        .hurts(Role::Callers, certainty);
        let help = "hold it in another way (`Arc` for `Rc`, a lock for a cell)";
        self.change(subject, finding, help, (None, None));
    }

    fn impl_removed(
        &mut self,
        subject: Subject<'_>,
        of: &Impl,
        wanted: &Promise,
        promises: &[(Promise, &Impl)],
    ) {
        if of.negative || self.new.is_untrusted(subject.path) {
            return;
        }
        // The trait itself is gone, or cannot be named: that is told of where it is.
        if self.old.is_local(&of.trait_.path)
            && self.new.find(&self.canon().key(&of.trait_.path)).is_none()
        {
            return;
        }
        // An impl for more types, or for more arguments, may hold this one.
        let wanted_args = wanted.spelled();
        let wider = promises.iter().any(|(promise, now)| {
            let args = promise.spelled();
            promise.path == wanted.path
                && args.len() == wanted_args.len()
                && (covers(&promise.self_ty, &wanted.self_ty)
                    && args
                        .iter()
                        .zip(&wanted_args)
                        .all(|(now, before)| match (now, before) {
                            (Arg::Type(now), Arg::Type(before)) => covers(now, before),
                            (now, before) => now == before,
                        }))
                && !now.negative
        });
        if wider {
            return;
        }
        // `From` gives `Into`.
        if let Some((path, args, self_ty)) = wanted.as_from()
            && promises.iter().any(|(promise, _)| {
                promise.path == path && promise.args == args && promise.self_ty == self_ty
            })
        {
            return;
        }
        // So may one that stands at the trait.
        let blanket = self.new.items.values().any(|item| match &item.kind {
            crate::interface::rust::Kind::Trait(found) => found.impls.iter().any(|found| {
                self.canon().key(&found.trait_.path) == wanted.path
                    && matches!(found.self_ty, Type::Param(_))
            }),
            _ => false,
        });
        let name = last(subject.path);
        let trait_name = last(&of.trait_.path);
        let (mut by_macro, mut surely) = (false, false);
        for words in self.new.made.values() {
            by_macro |= words.contains(name);
            surely |= words.contains(name) && words.contains(trait_name);
        }
        if surely {
            return;
        }
        let text = trait_text(of);
        // What a type is by its fields alone need not be said by an impl.
        let automatic = matches!(
            of.trait_.path.as_str(),
            "std::marker::Send"
                | "std::marker::Sync"
                | "std::marker::Unpin"
                | "std::panic::UnwindSafe"
                | "std::panic::RefUnwindSafe"
        );
        let unsure =
            by_macro || blanket || automatic || of.derived && !self.is_trait(&of.trait_.path);
        let denied = automatic
            && promises
                .iter()
                .any(|(now, _)| now.negative && now.path == wanted.path);
        let certainty = if unsure && !denied {
            Certainty::Possible
        } else {
            sure(&of.cfg)
        };
        let mut finding = Finding::new(
            "trait-impl-removed",
            subject.path,
            text.clone(),
            format!("`{}` is no longer `{text}`", type_text(&of.self_ty)),
        )
        .hurts(Role::Callers, certainty);
        finding.help = "keep the impl: generic code and collections may ask for it".to_owned();
        let sides = Sides::part_removed(self, part_line(Part::Impl(of)), &of.at, subject.new_at);
        self.push(finding, sides);
    }

    /// Whether a derive's path is surely that of a trait.
    fn is_trait(&self, path: &str) -> bool {
        path.starts_with("std::") || matches!(path, "serde::Serialize" | "serde::Deserialize")
    }

    /// One impl on both sides: what it asks, and which types it chooses.
    fn same_impl(&mut self, subject: Subject<'_>, old: &Impl, new: &Impl) {
        let text = trait_text(old);
        let (old_canon, new_canon) = (
            self.canon().with(&old.generics, '#'),
            self.canon().with(&new.generics, '#'),
        );
        let old_line = part_line(Part::Impl(old));
        let new_line = part_line(Part::Impl(new));
        let part = Subject {
            path: subject.path,
            old_line: &old_line,
            old_at: &old.at,
            new_line: &new_line,
            new_at: &new.at,
        };
        let bindings = |of: &Impl, canon: &Canon<'_>| -> Vec<(String, Type, Type)> {
            let mut canon = canon.clone();
            of.trait_
                .args
                .iter()
                .filter_map(|arg| match arg {
                    Arg::Binding(name, _, ty) => Some((name.clone(), canon.ty(ty), ty.clone())),
                    _ => None,
                })
                .collect()
        };
        let after = bindings(new, &new_canon);
        for (name, ty, written) in bindings(old, &old_canon) {
            let Some((_, now, written_now)) = after.iter().find(|(other, ..)| *other == name)
            else {
                continue;
            };
            if *now != ty {
                let finding = Finding::new(
                    "associated-type-changed",
                    subject.path,
                    format!("{text}::{name}"),
                    format!(
                        "`{name}` of `{text}` for `{}` was `{}` and is `{}` now",
                        type_text(&old.self_ty),
                        types_text(&written, written_now).0,
                        types_text(&written, written_now).1
                    ),
                )
                // What a parameter chooses now may be what it was for all that there is.
                .hurts(
                    Role::Callers,
                    if matches!(now, Type::Assoc { .. }) && !matches!(ty, Type::Assoc { .. }) {
                        Certainty::Possible
                    } else {
                        changed(&ty, now)
                    },
                );
                self.change(part, finding, "keep the type", (None, None));
            }
        }
        if old.derived || new.derived {
            return;
        }
        if arguments(&old.generics).len() != arguments(&new.generics).len() {
            return;
        }
        let sides = ((&old.generics, &old_canon), (&new.generics, &new_canon));
        let mut more = Vec::new();
        for (_, name, before, after) in self.asked_of(sides.0, sides.1) {
            let missing = before.missing(&after);
            more.extend(
                missing
                    .iter()
                    .map(|bound| format!("{name}: {}", bound_text(bound))),
            );
        }
        if more.is_empty() {
            return;
        }
        let finding = Finding::new(
            "bound-added",
            subject.path,
            text.clone(),
            format!(
                "`{}` is `{text}` only where `{}` now",
                type_text(&new.self_ty),
                more.join("`, `")
            ),
        )
        .hurts(Role::Callers, Certainty::Definite);
        self.change(part, finding, "ask for no more than before", (None, None));
    }
}

fn promise(of: &Impl, canon: &Canon<'_>) -> Promise {
    let mut canon = canon.with(&of.generics, '#');
    let args = of
        .trait_
        .args
        .iter()
        .filter(|arg| matches!(arg, Arg::Type(_) | Arg::Const(_)))
        .map(|arg| canon.arg(arg))
        .collect();
    Promise {
        path: canon.key(&of.trait_.path),
        args,
        self_ty: canon.ty(&of.self_ty),
        negative: of.negative,
    }
}

/// Whether a type with parameters may be another one.
fn covers(general: &Type, special: &Type) -> bool {
    if general == special {
        return true;
    }
    match (general, special) {
        (Type::Param(_), _) => true,
        (Type::Path(a, args), Type::Path(b, others)) => {
            // What is left out is a default, which a parameter covers too.
            let rest = args.get(others.len()..).unwrap_or_default();
            a == b
                && args.len() >= others.len()
                && rest
                    .iter()
                    .all(|arg| matches!(arg, Arg::Type(Type::Param(_))))
                && args.iter().zip(others).all(|(a, b)| match (a, b) {
                    (Arg::Type(a), Arg::Type(b)) => covers(a, b),
                    // A constant parameter covers every constant.
                    (Arg::Const(a), Arg::Const(_)) => a.starts_with('#'),
                    (a, b) => a == b,
                })
        }
        (
            Type::Ref { mutable, ty, .. },
            Type::Ref {
                mutable: other,
                ty: inner,
                ..
            },
        ) => mutable == other && covers(ty, inner),
        (Type::Slice(a), Type::Slice(b)) => covers(a, b),
        (Type::Array(a, len), Type::Array(b, other)) => {
            (len == other || len.starts_with('#')) && covers(a, b)
        }
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| covers(a, b))
        }
        _ => false,
    }
}

/// A trait with its arguments, without associated types, for a person.
fn trait_text(of: &Impl) -> String {
    let args: Vec<Arg> = of
        .trait_
        .args
        .iter()
        .filter(|arg| matches!(arg, Arg::Type(_) | Arg::Const(_)))
        .cloned()
        .collect();
    type_text(&Type::Path(of.trait_.path.clone(), args))
}
