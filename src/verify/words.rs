//! The sentences of what `verify` finds, and what to do about it. No decisions.

use super::overrides::Override;
use crate::compare::python::parameters::Explained;
use crate::finding::Finding;
use crate::interface::python::{Kind, Protocol};

/// The last part of a path.
pub(super) fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// An override as a person would say it: with its class.
fn own(pair: &Override<'_>) -> String {
    format!("{}.{}", last(&pair.written.defined_in), pair.name)
}

fn base(pair: &Override<'_>) -> String {
    format!("{}.{}", last(pair.base), pair.name)
}

pub(super) fn rejects(pair: &Override<'_>, why: &str) -> String {
    format!("`{}` {why}", own(pair))
}

pub(super) fn not_exact(pair: &Override<'_>, difference: &str) -> String {
    format!(
        "`{}` is not `{}`: it has {difference}",
        own(pair),
        base(pair)
    )
}

pub(super) fn narrows(pair: &Override<'_>, change: &Explained<'_>, item: &str) -> String {
    let (own, base) = (own(pair), base(pair));
    match (change.old, change.new) {
        (None, Some(_)) => format!("`{own}` does not take `{item}`, which `{base}` allows"),
        (Some(_), None) => format!("`{own}` requires `{item}`, which `{base}` does not know"),
        (Some(here), Some(there)) if here.name != there.name => format!(
            "`{own}` calls `{}` what `{base}` calls `{}`: by name it cannot be given",
            here.name, there.name
        ),
        _ => format!("`{own}` takes `{item}` in fewer ways than `{base}` allows"),
    }
}

pub(super) fn default(pair: &Override<'_>, item: &str, there: &str, here: &str) -> String {
    format!(
        "`{item}` is `{here}` in `{}` when it is left out, and `{there}` in `{}`",
        own(pair),
        base(pair)
    )
}

pub(super) fn kind(pair: &Override<'_>) -> String {
    let word = |kind: &Kind| match kind {
        Kind::Function(_) => "a method",
        Kind::Property(_) => "a property",
        _ => "a variable",
    };
    format!(
        "`{}` is {}, and `{}` is {}",
        own(pair),
        word(&pair.written.kind),
        base(pair),
        word(&pair.declared.kind)
    )
}

pub(super) fn protocol(pair: &Override<'_>, there: Protocol, here: Protocol) -> String {
    let word = |protocol| match protocol {
        Protocol::Plain => "its value",
        Protocol::Coroutine => "a coroutine to await",
        Protocol::Generator => "a generator",
        Protocol::AsyncGenerator => "an asynchronous generator",
        Protocol::ContextManager => "a context manager",
        Protocol::AsyncContextManager => "an asynchronous context manager",
    };
    format!(
        "`{}` gives {}, and `{}` gives {}",
        own(pair),
        word(here),
        base(pair),
        word(there)
    )
}

/// The last two parts of a path.
pub(super) fn short(path: &str) -> String {
    let parts: Vec<&str> = path.rsplitn(3, '.').collect();
    match parts.as_slice() {
        [name, owner, ..] => format!("{owner}.{name}"),
        _ => path.to_owned(),
    }
}

pub(super) fn unresolved(path: &str, owner: &str) -> String {
    format!(
        "`{}` is not there: `{owner}` has no `{}`",
        short(path),
        last(path)
    )
}

/// What to do, by rule.
pub(super) fn help(finding: &Finding) -> String {
    let item = &finding.item;
    match finding.rule {
        "override-rejects-call" | "override-narrows-call" => {
            format!("let the override take `{item}` as the base does")
        }
        "override-changes-default" => format!("give `{item}` the default of the base"),
        "override-changes-kind" => "make it what the base says it is".to_owned(),
        "override-not-exact" => "write the signature of the base".to_owned(),
        "use-rejected" => format!("mend `{item}` of the call, or guard it"),
        "use-unresolved" => "use what took its place, or guard the use".to_owned(),
        "abstract-member-missing" => format!("write `{item}`"),
        _ => String::new(),
    }
}
