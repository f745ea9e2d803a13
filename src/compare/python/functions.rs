//! A function against its later self: parameters, what the provider passes to overrides, result protocol, binding.

use super::attributes;
use super::binding::Callable;
use super::calls::{Calls, Change};
use super::judge::{Judge, Pair, can_be_made, is_constructor};
use super::parameters::{Pairing, explain};
use super::requirements;
use super::tolerance;
use super::types::{self, Relation};
use super::words;
use crate::finding::{Certainty, Finding, Role};
use crate::interface::python::{Abstract, Binding, Function, Param, ParamKind, Protocol, Type};

pub(super) fn compare(judge: &mut Judge<'_>, pair: &Pair<'_>, old: &Function, new: &Function) {
    compare_binding(judge, pair, old, new);
    compare_protocol(judge, pair, old, new);
    compare_abstractness(judge, pair, old.abstractness, new.abstractness);
    attributes::final_added(judge, pair, old.is_final, new.is_final);
    if old.signature.untrusted.is_some() || new.signature.untrusted.is_some() {
        return;
    }
    compare_calls(judge, pair, old, new);
}

fn compare_calls(judge: &mut Judge<'_>, pair: &Pair<'_>, old: &Function, new: &Function) {
    let in_class = pair.class.is_some();
    let by_syntax = in_class && is_called_by_syntax(pair.name);
    let taken = |function: &Function| -> Vec<Param> {
        let params = function.signature.bound(function.binding, in_class);
        params
            .iter()
            .cloned()
            .map(|param| as_taken(param, by_syntax))
            .collect()
    };
    let (before, after) = (&taken(old)[..], &taken(new)[..]);
    let mut changes: Vec<Change<'_>> = explain(before, after)
        .into_iter()
        .map(|change| (change, Vec::new()))
        .collect();
    doubt_private(before, after, &mut changes);
    let passes_on = (old.signature.passes_on, new.signature.passes_on);
    if passes_on != (false, false) {
        doubt(before, after, passes_on, &mut changes);
    }
    let has_implementers = pair
        .class
        .is_some_and(|class| judge.has_implementers(class, pair.name, &[pair.old, pair.new]));
    if pair.can_be_overridden() && has_implementers {
        let calls = Calls::new(pair, judge.options.calls_are_known);
        let news = calls.judge(
            &Pairing::new(before, after),
            &Callable::new(before),
            &Callable::new(after),
            &mut changes,
        );
        if new.decorators.is_empty() {
            requirements::tell(judge, pair, news);
        }
        tolerance::compare(judge, pair);
    } else {
        changes
            .iter_mut()
            .for_each(|(change, _)| change.implementers = None);
    }
    for (change, evidence) in changes {
        let mut finding = Finding::new(
            change.rule,
            pair.subject,
            change.item.clone(),
            words::parameter(pair, &change),
        );
        if let Some(certainty) = change.callers {
            finding = finding.hurts(Role::Callers, certainty);
        }
        if let Some(certainty) = change.implementers {
            finding = finding.hurts(Role::Implementers, certainty);
        }
        finding.evidence = evidence;
        mark(judge, pair, &mut finding, change.old, change.new);
        judge.add(pair, finding);
    }
    compare_values(judge, pair, before, after);
    // Annotations of a coroutine and of a plain function speak of different things.
    if old.protocol == new.protocol {
        let (was, is) = (&old.signature.returns, &new.signature.returns);
        compare_returns(judge, pair, was.as_ref(), is.as_ref());
    }
}

/// Special methods that the interpreter calls, and always by position; those that a call of the class or object reaches
/// take what they are given.
fn is_called_by_syntax(name: &str) -> bool {
    name.len() > 4
        && name.starts_with("__")
        && name.ends_with("__")
        && !is_constructor(name)
        && name != "__call__"
}

/// A parameter as calls meet it: its name is nobody's business where the interpreter makes the calls.
fn as_taken(mut param: Param, by_syntax: bool) -> Param {
    if by_syntax && param.kind == ParamKind::Normal {
        param.kind = ParamKind::PositionalOnly;
    }
    param
}

/// Optional parameters with a leading underscore are not meant for others: what breaks only who uses them is possible.
fn doubt_private(before: &[Param], after: &[Param], changes: &mut [Change<'_>]) {
    let is_private = |param: &Param| param.name.starts_with('_') && param.default.is_some();
    if !before.iter().any(is_private) {
        return;
    }
    let public = |params: &[Param]| -> Vec<Param> {
        let kept = params.iter().filter(|param| !is_private(param));
        kept.cloned().collect()
    };
    let (old, new) = (public(before), public(after));
    let proved = explain(&old, &new);
    for (change, _) in changes {
        let is_proved = proved
            .iter()
            .any(|known| known.item == change.item && known.callers == Some(Certainty::Definite));
        if !is_proved {
            change.callers = change.callers.map(|_| Certainty::Possible);
        }
    }
}

/// What variadics take that are taken apart or handed on, nobody can read off the signature: what follows from them
/// alone is possible, not proved.
fn doubt(
    before: &[Param],
    after: &[Param],
    (before_passes_on, after_passes_on): (bool, bool),
    changes: &mut [Change<'_>],
) {
    let is_written = |param: &&Param| {
        !before_passes_on || !matches!(param.kind, ParamKind::VarArgs | ParamKind::VarKeywords)
    };
    let written: Vec<Param> = before.iter().filter(is_written).cloned().collect();
    let proved = explain(&written, after);
    for (change, _) in changes {
        let is_proved = proved
            .iter()
            .any(|known| known.item == change.item && known.callers == Some(Certainty::Definite));
        let taken_apart = after_passes_on
            && matches!(
                change.rule,
                "parameter-gathered"
                    | "parameter-renamed"
                    | "parameter-removed"
                    | "parameter-moved"
            );
        // What was popped out of `**kwargs` may have been required all along.
        let popped = before_passes_on && change.rule == "required-parameter-added";
        if !is_proved || taken_apart || popped {
            change.callers = change.callers.map(|_| Certainty::Possible);
        }
    }
}

fn mark(
    judge: &Judge<'_>,
    pair: &Pair<'_>,
    finding: &mut Finding,
    old: Option<&Param>,
    new: Option<&Param>,
) {
    let place = |param: Option<&Param>| param.and_then(|param| param.place.clone());
    finding.old = judge.old_side(pair.old, pair.name, place(old).as_ref());
    finding.new = judge.new_side(pair.new, pair.name, place(new).as_ref());
}

/// Defaults and annotations of parameters that stay.
fn compare_values(judge: &mut Judge<'_>, pair: &Pair<'_>, before: &[Param], after: &[Param]) {
    for old in before {
        let Some(new) = after.iter().find(|new| new.name == old.name) else {
            continue;
        };
        if let (Some(was), Some(is)) = (&old.default, &new.default)
            && was != is
        {
            let message = format!(
                "the default of `{}` in `{}` was `{was}` and is `{is}`",
                old.name,
                pair.display()
            );
            let mut finding = Finding::new(
                "parameter-default-changed",
                pair.subject,
                &old.name,
                message,
            )
            .hurts(Role::Callers, Certainty::Possible);
            mark(judge, pair, &mut finding, Some(old), Some(new));
            judge.add(pair, finding);
        }
        let (Some(was), Some(is)) = (&old.ty, &new.ty) else {
            continue;
        };
        let relation = types::relate(judge, was, is);
        let mut finding = match relation {
            Relation::Same | Relation::Unclear => continue,
            _ => Finding::new(
                "parameter-type-changed",
                pair.subject,
                &old.name,
                format!(
                    "`{}` of `{}` was `{}` and is `{}`",
                    old.name,
                    pair.display(),
                    types::text(was),
                    types::text(is)
                ),
            ),
        };
        // Contravariant: callers lose what is no longer taken, implementers meet what they were not told of.
        if matches!(relation, Relation::Narrower | Relation::Different) {
            finding = finding.hurts(Role::Callers, Certainty::Possible);
        }
        if matches!(relation, Relation::Wider | Relation::Different) && pair.can_be_overridden() {
            finding = finding.hurts(Role::Implementers, Certainty::Possible);
        }
        mark(judge, pair, &mut finding, Some(old), Some(new));
        judge.add(pair, finding);
    }
}

fn compare_returns(judge: &mut Judge<'_>, pair: &Pair<'_>, was: Option<&Type>, is: Option<&Type>) {
    let (Some(was), Some(is)) = (was, is) else {
        return;
    };
    let relation = types::relate(judge, was, is);
    if matches!(relation, Relation::Same | Relation::Unclear) {
        return;
    }
    let message = format!(
        "`{}` returned `{}` and returns `{}`",
        pair.display(),
        types::text(was),
        types::text(is)
    );
    let mut finding = Finding::new("return-type-changed", pair.subject, "", message);
    // Covariant: callers meet what they were not told of, implementers may no longer return what they did.
    if matches!(relation, Relation::Wider | Relation::Different) {
        finding = finding.hurts(Role::Callers, Certainty::Possible);
    }
    if matches!(relation, Relation::Narrower | Relation::Different) && pair.can_be_overridden() {
        finding = finding.hurts(Role::Implementers, Certainty::Possible);
    }
    judge.add(pair, finding);
}

fn compare_binding(judge: &mut Judge<'_>, pair: &Pair<'_>, old: &Function, new: &Function) {
    // A decorator that is not understood may bind the function as it likes.
    let unclear = !old.decorators.is_empty() || !new.decorators.is_empty();
    if old.binding == new.binding || unclear || pair.class.is_none() || pair.name == "__new__" {
        return;
    }
    let message = format!(
        "`{}` was {} and is {}",
        pair.display(),
        words::binding(old.binding),
        words::binding(new.binding)
    );
    let mut finding = Finding::new("binding-changed", pair.subject, "", message);
    // A call through the class needs no instance before; through an instance all three kinds work alike.
    if new.binding == Binding::Instance {
        finding = finding.hurts(Role::Callers, Certainty::Definite);
    } else if old.binding == Binding::Instance {
        finding = finding.hurts(Role::Callers, Certainty::Possible);
    }
    // Static and class methods are looked up alike, so overrides of either kind go on working.
    let needs_instance = [old.binding, new.binding].contains(&Binding::Instance);
    if needs_instance && pair.can_be_overridden() {
        finding = finding.hurts(Role::Implementers, Certainty::Possible);
    }
    judge.add(pair, finding);
}

fn compare_protocol(judge: &mut Judge<'_>, pair: &Pair<'_>, old: &Function, new: &Function) {
    let (was, is) = (old.protocol, new.protocol);
    if was == is {
        return;
    }
    let is_async = |protocol| {
        matches!(
            protocol,
            Protocol::Coroutine | Protocol::AsyncGenerator | Protocol::AsyncContextManager
        )
    };
    let rule = match (is_async(was), is_async(is)) {
        (false, true) => "became-async",
        (true, false) => "became-sync",
        _ => "result-protocol-changed",
    };
    let message = format!(
        "a call of `{}` gave {} and gives {}",
        pair.display(),
        words::protocol(was),
        words::protocol(is)
    );
    let annotated_alike = match (&old.signature.returns, &new.signature.returns) {
        (Some(before), Some(after)) => before == after,
        _ => false,
    };
    // A plain function may have returned just such an object already. The annotation of a generator names the generator,
    // so that the same one says it did; that of a coroutine or context manager speaks of what is inside. An abstract
    // body returns nothing of its own.
    let plain = was == Protocol::Plain || is == Protocol::Plain;
    let generator = [was, is]
        .iter()
        .any(|protocol| matches!(protocol, Protocol::Generator | Protocol::AsyncGenerator));
    let without_body = old.abstractness != Abstract::No || new.abstractness != Abstract::No;
    let certainty = if plain && (returns_iterator(old) || returns_iterator(new) || without_body) {
        Certainty::Possible
    } else {
        Certainty::Definite
    };
    let mut finding = Finding::new(rule, pair.subject, "", message);
    if !(plain && generator && annotated_alike) {
        finding = finding.hurts(Role::Callers, certainty);
        if pair.can_be_overridden() {
            finding = finding.hurts(Role::Implementers, Certainty::Possible);
        }
    }
    judge.add(pair, finding);
}

/// An annotation that promises an iterator, an awaitable or a context manager.
fn returns_iterator(function: &Function) -> bool {
    let (Type::Name(path) | Type::Generic(path, _)) = (match &function.signature.returns {
        Some(returns) => returns,
        None => return false,
    }) else {
        return false;
    };
    let last = path.rsplit('.').next().unwrap_or(path);
    matches!(
        last,
        "Iterator"
            | "Iterable"
            | "Generator"
            | "Awaitable"
            | "Coroutine"
            | "Future"
            | "Task"
            | "AsyncIterator"
            | "AsyncIterable"
            | "AsyncGenerator"
            | "ContextManager"
            | "AbstractContextManager"
            | "AsyncContextManager"
            | "AbstractAsyncContextManager"
    )
}

pub(super) fn compare_abstractness(
    judge: &mut Judge<'_>,
    pair: &Pair<'_>,
    was: Abstract,
    is: Abstract,
) {
    let Some(class) = pair.class else { return };
    if is <= was {
        return;
    }
    let (rule, message, binds) = match is {
        Abstract::Declared => {
            let home = judge.successor(class).unwrap_or(class);
            let abc = judge.new.classes.get(home).is_some_and(|class| class.abc);
            (
                "member-became-abstract",
                format!(
                    "`{}` is abstract now: a subclass that does not override it cannot be made",
                    pair.display()
                ),
                abc && pair.new.defined_in == home,
            )
        }
        _ => (
            "body-became-not-implemented",
            format!(
                "`{}` lost its body: it only raises NotImplementedError now",
                pair.display()
            ),
            true,
        ),
    };
    let mut finding = Finding::new(rule, pair.subject, "", message);
    if binds {
        if rule == "body-became-not-implemented" {
            // Who calls it got something before; who did not override it is hurt where the provider calls it.
            let called = requirements::not_coping(pair.sites);
            finding.evidence =
                requirements::evidence(&called, "calls it, and lets NotImplementedError through");
            let certainty = if !called.is_empty() {
                Certainty::Definite
            } else {
                Certainty::Possible
            };
            finding = finding
                .hurts(Role::Implementers, certainty)
                .hurts(Role::Callers, Certainty::Definite);
        } else {
            finding = finding.hurts(Role::Implementers, Certainty::Definite);
        }
        if rule != "body-became-not-implemented"
            && judge.old.classes.get(class).is_some_and(can_be_made)
        {
            finding = finding.hurts(Role::Callers, Certainty::Definite);
        }
    }
    judge.add(pair, finding);
}
