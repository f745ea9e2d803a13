//! Functions and methods: what a caller may hand in and gets back, and what an implementer has to write.

use std::collections::BTreeMap;

use super::Pair;
use super::canon::{Already, Canon, alike, arguments, asked};
use super::generics::Audience;
use super::inputs::Count;
use super::items::Subject;
use crate::finding::{Certainty, Finding, Role};
use crate::interface::rust::fold::Fold;
use crate::interface::rust::{Arg, Bound, Function, Param, ParamKind, Receiver, TraitRef, Type};
use crate::rust::lines::{type_text, types_text};

/// How much callers feel of a change of type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Felt {
    /// Nothing.
    Nothing,
    /// Most do not, some do.
    Perhaps,
    /// It may be no change at all, for implementers neither.
    Unsure,
    /// It does not compile any more.
    Surely,
}

impl Felt {
    pub(super) fn hurt(self, finding: Finding, audience: Audience) -> Finding {
        let mut finding = finding;
        if audience.callers {
            match self {
                Felt::Nothing => {}
                Felt::Perhaps | Felt::Unsure => {
                    finding = finding.hurts(Role::Callers, Certainty::Possible)
                }
                Felt::Surely => finding = finding.hurts(Role::Callers, Certainty::Definite),
            }
        }
        if audience.implementers {
            let certainty = match self {
                Felt::Unsure => Certainty::Possible,
                _ => Certainty::Definite,
            };
            finding = finding.hurts(Role::Implementers, certainty);
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
            let pairs = arguments(&before.generics)
                .into_iter()
                .zip(arguments(&after.generics));
            for (param, now) in pairs {
                if !self.param_kind(subject, (param, &old_canon), (now, &new_canon), audience) {
                    return;
                }
            }
        }
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

    pub(super) fn qualifiers(
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

    pub(super) fn receiver(
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

    pub(super) fn output(
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
        } else if alike(&before, &after) {
            felt = Felt::Unsure;
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
    pub(super) fn own_params(
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
        // Nobody can have written out parameters that were not there; but what no argument tells has to be.
        let felt = if after.len() > before.len()
            && !arguments(&new.generics)
                .into_iter()
                .all(|param| is_told(new, param))
        {
            Felt::Surely
        } else if !before.is_empty() {
            Felt::Perhaps
        } else if audience.implementers {
            Felt::Nothing
        } else {
            return;
        };
        let finding = felt.hurt(finding, audience);
        self.change(
            subject,
            finding,
            "keep the list of type parameters",
            (None, None),
        );
    }
}

/// Whether the arguments of a call tell what a parameter is, so that nobody need write it out.
fn is_told(function: &Function, param: &Param) -> bool {
    let mut count = Count {
        name: &param.name,
        seen: 0,
    };
    for input in &function.inputs {
        count.ty(&input.ty);
    }
    if let Some(Receiver::Typed(ty)) = &function.receiver {
        count.ty(ty);
    }
    // What another parameter has to be tells, too: `F: Fn() -> T`.
    count.generics(&function.generics);
    count.seen > 0 || matches!(param.kind, ParamKind::Const { .. })
}

/// A function with `async` spelled out.
pub(super) fn plain(function: &Function) -> Function {
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

/// `&mut T` where `&T` is enough.
pub(super) fn is_less_mutable(given: &Type, wanted: &Type) -> bool {
    matches!(
        (given, wanted),
        (Type::Ref { mutable: true, ty: a, .. }, Type::Ref { mutable: false, ty: b, .. }) if a == b
    )
}
