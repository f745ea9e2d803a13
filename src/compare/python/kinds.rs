//! Two members of one name: sends them to the comparison of their kind, or says that the kind changed.

use super::judge::{Judge, Pair};
use super::{attributes, functions, words};
use crate::finding::{Certainty, Finding, Role};
use crate::interface::python::{Function, Kind, Signature};

pub(super) fn compare(judge: &mut Judge<'_>, pair: &Pair<'_>) {
    judge.members += 1;
    match (&pair.old.kind, &pair.new.kind) {
        (Kind::Function(old), Kind::Function(new)) => functions::compare(judge, pair, old, new),
        (Kind::Property(old), Kind::Property(new)) => {
            attributes::compare_properties(judge, pair, old, new)
        }
        (Kind::Attribute(old), Kind::Attribute(new)) => attributes::compare(judge, pair, old, new),
        (Kind::Attribute(old), Kind::Property(new)) => {
            attributes::became_property(judge, pair, old, new)
        }
        (Kind::Property(old), Kind::Attribute(new)) => {
            attributes::became_attribute(judge, pair, old, new)
        }
        // The classes themselves are compared under their own paths.
        (Kind::Class(_), Kind::Class(_)) | (Kind::Module(_), Kind::Module(_)) => {}
        (Kind::Class(old), Kind::Function(new)) => class_became_function(judge, pair, old, new),
        (Kind::Function(old), Kind::Class(new)) => function_became_class(judge, pair, old, new),
        // What could not be followed is not judged.
        (Kind::Import(_), _) | (_, Kind::Import(_)) => {}
        (old, new) => kind_changed(judge, pair, old, new),
    }
}

fn kind_changed(judge: &mut Judge<'_>, pair: &Pair<'_>, old: &Kind, new: &Kind) {
    let in_class = pair.class.is_some();
    let rule = match (old, new) {
        (Kind::Function(_), Kind::Property(_)) => "method-became-property",
        (Kind::Property(_), Kind::Function(_)) => "property-became-method",
        _ => "kind-changed",
    };
    let message = format!(
        "`{}` was {} and is {}",
        pair.display(),
        words::kind(old, in_class),
        words::kind(new, in_class)
    );
    let role = if matches!(old, Kind::Attribute(_) | Kind::Property(_)) {
        Role::Readers
    } else {
        Role::Callers
    };
    let certainty = match (old, new) {
        (Kind::Function(_), Kind::Property(_)) | (Kind::Property(_), Kind::Function(_)) => {
            Certainty::Definite
        }
        (_, Kind::Module(_)) | (Kind::Module(_), _) => Certainty::Definite,
        // A variable may hold anything: also a function or a class.
        _ => Certainty::Possible,
    };
    let mut finding = Finding::new(rule, pair.subject, "", message).hurts(role, certainty);
    if pair.can_be_overridden() {
        finding = finding.hurts(Role::Implementers, Certainty::Possible);
    }
    judge.add(pair, finding);
}

/// A function made of a class can still be called like it, but not subclassed, and nothing is an instance of it.
fn class_became_function(
    judge: &mut Judge<'_>,
    pair: &Pair<'_>,
    _class: &str,
    _function: &Function,
) {
    let message = format!("`{}` was a class and is a function", pair.display());
    let finding = Finding::new("class-became-function", pair.subject, "", message)
        .hurts(Role::Implementers, Certainty::Definite)
        .hurts(Role::Callers, Certainty::Possible);
    judge.add(pair, finding);
}

/// A class made of a function is called in its place: its constructor must take the same calls.
fn function_became_class(judge: &mut Judge<'_>, pair: &Pair<'_>, function: &Function, class: &str) {
    let Some(class) = judge.new.classes.get(class) else {
        return;
    };
    let Some(Kind::Function(constructor)) =
        class.members.get("__init__").map(|member| &member.kind)
    else {
        return;
    };
    let taken = Function {
        signature: Signature {
            params: constructor
                .signature
                .bound(constructor.binding, true)
                .to_vec(),
            returns: None,
            ..constructor.signature.clone()
        },
        ..function.clone()
    };
    let old = Function {
        signature: Signature {
            returns: None,
            ..function.signature.clone()
        },
        ..function.clone()
    };
    functions::compare(judge, pair, &old, &taken);
}
