//! Functions and methods: what a caller may hand in and gets back, and what an implementer has to write.

use std::collections::BTreeMap;

use super::Pair;
use super::canon::{Already, Asked, Canon, arguments, asked};
use super::generics::Audience;
use super::items::Subject;
use crate::finding::{Certainty, Finding, Role};
use crate::interface::rust::fold::{Fold, Substitute};
use crate::interface::rust::{
    Arg, At, Bound, Function, Input, ParamKind, Receiver, TraitRef, Type,
};
use crate::rust::lines::{type_text, types_text};

/// How much callers feel of a change of type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Felt {
    /// Nothing.
    Nothing,
    /// Most do not, some do.
    Perhaps,
    /// It does not compile any more.
    Surely,
}

impl Felt {
    fn hurt(self, finding: Finding, audience: Audience) -> Finding {
        let mut finding = finding;
        if audience.callers {
            match self {
                Felt::Nothing => {}
                Felt::Perhaps => finding = finding.hurts(Role::Callers, Certainty::Possible),
                Felt::Surely => finding = finding.hurts(Role::Callers, Certainty::Definite),
            }
        }
        if audience.implementers {
            finding = finding.hurts(Role::Implementers, Certainty::Definite);
        }
        finding
    }
}

impl<'a> Pair<'a> {
    /// A function on both sides. The canons know the parameters of whatever it stands in.
    pub(super) fn function(
        &mut self,
        subject: Subject<'_>,
        old: (&Function, &Canon<'a>),
        new: (&Function, &Canon<'a>),
        audience: Audience,
    ) {
        self.qualifiers(subject, old.0, new.0, audience);
        let before = plain(old.0);
        let after = plain(new.0);
        let same_count = arguments(&before.generics).len() == arguments(&after.generics).len();
        let (mut old_canon, mut new_canon) = (old.1.clone(), new.1.clone());
        if same_count {
            old_canon = old_canon.with(&before.generics, '$');
            new_canon = new_canon.with(&after.generics, '$');
        }
        self.receiver(
            subject,
            (&before, &mut old_canon),
            (&after, &mut new_canon),
            audience,
        );
        let inputs_equal = self.inputs(
            subject,
            (&before, &old_canon),
            (&after, &new_canon),
            audience,
        );
        self.output(
            subject,
            (&before, &mut old_canon),
            (&after, &mut new_canon),
            audience,
        );
        self.own_params(subject, old.0, new.0, audience);
        if same_count {
            self.bounds_of(
                subject,
                (&before.generics, &old_canon),
                (&after.generics, &new_canon),
                audience,
                false,
            );
        }
        if inputs_equal {
            self.lifetimes(subject, old.0, new.0, audience);
        }
    }

    fn qualifiers(
        &mut self,
        subject: Subject<'_>,
        old: &Function,
        new: &Function,
        audience: Audience,
    ) {
        let path = subject.path;
        if old.is_const && !new.is_const {
            let finding = Finding::new(
                "const-removed",
                path,
                "",
                format!("`{path}` is no longer `const`, so constants cannot call it"),
            )
            .hurts(Role::Callers, Certainty::Definite);
            self.change(subject, finding, "keep it `const`", (None, None));
        }
        if new.is_unsafe && !old.is_unsafe {
            let finding = Finding::new(
                "unsafe-added",
                path,
                "",
                format!("`{path}` is `unsafe` now, so calls need an `unsafe` block"),
            )
            .hurts(Role::Callers, Certainty::Definite);
            self.change(
                subject,
                finding,
                "keep the safe function, and add an unsafe one beside it",
                (None, None),
            );
        }
        if old.is_unsafe && !new.is_unsafe && audience.implementers {
            let finding = Finding::new(
                "unsafe-removed",
                path,
                "",
                format!("`{path}` is safe now, so an `unsafe fn` no longer implements it"),
            )
            .hurts(Role::Implementers, Certainty::Definite);
            self.change(
                subject,
                finding,
                "tell implementers to drop `unsafe`",
                (None, None),
            );
        }
        if old.abi != new.abi {
            let word = |abi: &Option<String>| abi.clone().unwrap_or_else(|| "Rust".to_owned());
            let finding = Finding::new(
                "abi-changed",
                path,
                "",
                format!(
                    "`{path}` was called by the {} ABI and is called by the {} ABI now",
                    word(&old.abi),
                    word(&new.abi)
                ),
            );
            let finding = Felt::Perhaps.hurt(finding, audience);
            self.change(subject, finding, "keep the ABI", (None, None));
        }
    }

    fn receiver(
        &mut self,
        subject: Subject<'_>,
        old: (&Function, &mut Canon<'a>),
        new: (&Function, &mut Canon<'a>),
        audience: Audience,
    ) {
        let read = |side: &Function, canon: &mut Canon<'a>| {
            side.receiver.as_ref().map(|receiver| match receiver {
                Receiver::Value => Receiver::Value,
                Receiver::Reference { mutable, .. } => Receiver::Reference {
                    lifetime: None,
                    mutable: *mutable,
                },
                Receiver::Typed(ty) => Receiver::Typed(canon.ty(ty)),
            })
        };
        let before = read(old.0, old.1);
        let after = read(new.0, new.1);
        if before == after {
            return;
        }
        let felt = match (&before, &after) {
            // A call by `&mut` or by value works where less is asked for, unless the function is passed on.
            (
                Some(Receiver::Reference { mutable: true, .. } | Receiver::Value),
                Some(Receiver::Reference { mutable: false, .. }),
            ) => Felt::Perhaps,
            _ => Felt::Surely,
        };
        let text = |receiver: &Option<Receiver>| match receiver {
            None => "no `self`".to_owned(),
            Some(Receiver::Value) => "`self`".to_owned(),
            Some(Receiver::Reference { mutable: true, .. }) => "`&mut self`".to_owned(),
            Some(Receiver::Reference { mutable: false, .. }) => "`&self`".to_owned(),
            Some(Receiver::Typed(ty)) => format!("`self: {}`", type_text(ty)),
        };
        let finding = Finding::new(
            "receiver-changed",
            subject.path,
            "self",
            format!(
                "`{}` took {} and takes {} now",
                subject.path,
                text(&before),
                text(&after)
            ),
        );
        let finding = felt.hurt(finding, audience);
        let marks = (Some(&old.0.receiver_at), Some(&new.0.receiver_at));
        self.change(
            subject,
            finding,
            "keep the method, and give the new one another name",
            marks,
        );
    }

    /// Compares parameters; true if all types are equal.
    fn inputs(
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

    fn input(
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
        let felt = accepts(ty, ty_now);
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

    fn opaque_input(
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

    fn output(
        &mut self,
        subject: Subject<'_>,
        old: (&Function, &mut Canon<'a>),
        new: (&Function, &mut Canon<'a>),
        audience: Audience,
    ) {
        let before = old.1.ty(&old.0.output);
        let mut after = new.1.ty(&new.0.output);
        if before == after {
            return;
        }
        // What converts a thing into what it is already changes nothing for those who handed it in.
        let mut already = Already {
            known: BTreeMap::new(),
        };
        for param in arguments(&old.0.generics) {
            if let (ParamKind::Type { bounds, .. }, Type::Param(name)) =
                (&param.kind, old.1.param(&param.name))
            {
                let known = asked(bounds, true, old.1, self.old);
                already.known.insert(name, known);
            }
        }
        after = already.ty(&after);
        if before == after {
            return;
        }
        let mut felt = Felt::Surely;
        if let (Type::Impl(bounds), Type::Impl(bounds_now)) = (&before, &after) {
            let (mut canon_old, mut canon_new) = (self.canon(), self.canon());
            let asked_before = asked(bounds, true, &mut canon_old, self.old);
            let asked_after = asked(bounds_now, true, &mut canon_new, self.new);
            let lost = asked_after.missing(&asked_before);
            if lost.is_empty() {
                if asked_before.missing(&asked_after).is_empty() || !audience.implementers {
                    return;
                }
                felt = Felt::Nothing;
            }
        } else if before.is_unit()
            || matches!(before, Type::Impl(_) | Type::Never)
            || after == Type::Never
            || is_less_mutable(&after, &before)
        {
            felt = Felt::Perhaps;
        }
        let finding = Finding::new(
            "return-type-changed",
            subject.path,
            "",
            format!(
                "`{}` returned `{}` and returns `{}` now",
                subject.path,
                types_text(&old.0.output, &new.0.output).0,
                types_text(&old.0.output, &new.0.output).1
            ),
        );
        let finding = felt.hurt(finding, audience);
        let marks = (Some(&old.0.output_at), Some(&new.0.output_at));
        let help = "keep the function, and add one with another name for the new result";
        self.change(subject, finding, help, marks);
    }

    /// The function's own type parameters, as a caller may write them (`f::<T>`) and an implementer has to.
    fn own_params(
        &mut self,
        subject: Subject<'_>,
        old: &Function,
        new: &Function,
        audience: Audience,
    ) {
        let names = |function: &Function| -> Vec<String> {
            arguments(&function.generics)
                .iter()
                .map(|param| param.name.clone())
                .collect()
        };
        let (before, after) = (names(old), names(new));
        if before.len() == after.len() {
            return;
        }
        let (rule, extra, what) = if after.len() > before.len() {
            let extra: Vec<String> = after
                .iter()
                .filter(|name| !before.contains(name))
                .cloned()
                .collect();
            ("generic-parameter-added", extra, "has more type parameters")
        } else {
            let extra: Vec<String> = before
                .iter()
                .filter(|name| !after.contains(name))
                .cloned()
                .collect();
            (
                "generic-parameter-removed",
                extra,
                "has fewer type parameters",
            )
        };
        let finding = Finding::new(
            rule,
            subject.path,
            extra.join(", "),
            format!(
                "`{}` {what}: calls that write them out no longer compile",
                subject.path
            ),
        );
        // Nobody can have written out parameters that were not there.
        let felt = if before.is_empty() {
            if audience.implementers {
                Felt::Nothing
            } else {
                return;
            }
        } else {
            Felt::Perhaps
        };
        let finding = felt.hurt(finding, audience);
        self.change(
            subject,
            finding,
            "keep the list of type parameters",
            (None, None),
        );
    }

    /// Lifetimes, where types are equal without them.
    fn lifetimes(
        &mut self,
        subject: Subject<'_>,
        old: &Function,
        new: &Function,
        audience: Audience,
    ) {
        let (before, after) = (tied(old), tied(new));
        if before == after {
            return;
        }
        let mut finding = Finding::new(
            "lifetime-changed",
            subject.path,
            "",
            format!(
                "lifetimes in `{}` are tied together in another way",
                subject.path
            ),
        );
        if audience.callers {
            finding = finding.hurts(Role::Callers, Certainty::Possible);
        }
        if audience.implementers {
            finding = finding.hurts(Role::Implementers, Certainty::Possible);
        }
        self.change(
            subject,
            finding,
            "keep what is returned tied to what it was tied to",
            (None, None),
        );
    }
}

/// A function with `async` spelled out.
fn plain(function: &Function) -> Function {
    let mut plain = function.clone();
    if plain.is_async {
        plain.is_async = false;
        plain.output = Type::Impl(vec![Bound::Trait {
            higher: Vec::new(),
            trait_: TraitRef {
                path: "std::future::Future".to_owned(),
                args: vec![Arg::Binding(
                    "Output".to_owned(),
                    Vec::new(),
                    function.output.clone(),
                )],
            },
        }]);
    }
    plain
}

/// The types of parameters, a type parameter that only one of them uses spelled as `impl Bounds`.
fn opaque(function: &Function, canon: &Canon<'_>) -> Vec<Type> {
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
            substitute
                .types
                .insert(param.name.clone(), Type::Impl(bounds.clone()));
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

/// Counts how often a parameter is named.
struct Count<'n> {
    name: &'n str,
    seen: usize,
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
fn accepts(old: &Type, new: &Type) -> Felt {
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

/// `&mut T` where `&T` is enough.
fn is_less_mutable(given: &Type, wanted: &Type) -> bool {
    matches!(
        (given, wanted),
        (Type::Ref { mutable: true, ty: a, .. }, Type::Ref { mutable: false, ty: b, .. }) if a == b
    )
}

/// Lifetimes of inputs and output by where they are first seen; what stands for itself alone is nothing.
fn tied(function: &Function) -> Vec<String> {
    let mut walk = Tied {
        seen: Vec::new(),
        over: Vec::new(),
    };
    match &function.receiver {
        Some(Receiver::Reference { lifetime, .. }) => {
            walk.lifetime(lifetime.as_deref());
        }
        Some(Receiver::Typed(ty)) => {
            walk.ty(ty);
        }
        Some(Receiver::Value) | None => {}
    }
    let by_self = walk.seen.len();
    for input in &function.inputs {
        walk.ty(&input.ty);
    }
    let inputs = walk.seen.len();
    walk.ty(&function.output);
    let seen = walk.seen;
    // What is elided in the output is the lifetime of `self`, or the only one there is.
    let only: Vec<String> = {
        let mut names: Vec<String> = seen[..inputs].to_vec();
        names.retain(|name| name != "'static");
        let elided = names.iter().filter(|name| *name == "'_").count();
        let mut named: Vec<String> = names.into_iter().filter(|name| name != "'_").collect();
        named.sort();
        named.dedup();
        if elided == 0 { named } else { Vec::new() }
    };
    let source = if by_self > 0 {
        seen.first().cloned()
    } else if only.len() == 1 {
        only.first().cloned()
    } else {
        None
    };
    let outputs: Vec<String> = seen[inputs..]
        .iter()
        .map(|name| {
            if name == "'_" {
                source
                    .clone()
                    .filter(|name| name != "'_")
                    .unwrap_or_else(|| "'_".to_owned())
            } else {
                name.clone()
            }
        })
        .collect();
    let first = seen[..inputs].to_vec();
    outputs
        .into_iter()
        .filter(|name| name != "'_")
        .filter_map(|name| {
            if name == "'static" {
                return Some(name);
            }
            // Tied to the source of elision is what elision says.
            if Some(&name) == source.as_ref()
                && first.iter().filter(|other| **other == name).count() == 1
            {
                return None;
            }
            let tied: Vec<String> = first
                .iter()
                .enumerate()
                .filter(|(_, other)| **other == name)
                .map(|(index, _)| index.to_string())
                .collect();
            Some(tied.join("+"))
        })
        .collect()
}

struct Tied {
    seen: Vec<String>,
    over: Vec<String>,
}

impl Fold for Tied {
    fn lifetime(&mut self, name: Option<&str>) -> Option<String> {
        let name = name.unwrap_or("'_");
        if !self.over.iter().any(|over| over == name) {
            self.seen.push(name.to_owned());
        }
        Some(name.to_owned())
    }
    fn enter(&mut self, higher: &[String]) {
        self.over.extend(higher.iter().cloned());
    }
    fn leave(&mut self, higher: &[String]) {
        let left = self.over.len().saturating_sub(higher.len());
        self.over.truncate(left);
    }
}
