//! The sentences of Python findings: what happened, and what to do about it. No decisions.

use super::judge::Pair;
use super::parameters::Explained;
use crate::finding::{Finding, Role};
use crate::interface::python::{Binding, Kind, ParamKind, Protocol};

/// What happened to a parameter.
pub(super) fn parameter(pair: &Pair<'_>, change: &Explained<'_>) -> String {
    let name = pair.display();
    let item = &change.item;
    let new = change.new.map_or("", |param| param.name.as_str());
    match change.rule {
        "parameter-removed" => format!("`{name}` no longer takes `{item}`"),
        "parameter-renamed" => format!("`{item}` of `{name}` is called `{new}` now"),
        "parameter-moved" => format!("`{item}` of `{name}` has another position now"),
        "parameter-became-required" => format!("`{item}` of `{name}` must be given now"),
        "parameter-became-optional" => format!("`{item}` of `{name}` may be left out now"),
        "parameter-became-keyword-only" => {
            format!("`{item}` of `{name}` can only be given by name now")
        }
        "parameter-became-positional-only" => {
            format!("`{item}` of `{name}` can only be given by position now")
        }
        "parameter-kind-widened" => {
            format!("`{item}` of `{name}` can be given by position and by name now")
        }
        "parameter-gathered" => format!("`{item}` of `{name}` went into {} ", gathering(change))
            .trim_end()
            .to_owned(),
        "parameter-added" if change.callers.is_some() => {
            format!(
                "`{name}` takes an optional `{item}` now, in front of others: what was passed by position lands elsewhere"
            )
        }
        "parameter-added" => format!("`{name}` takes an optional `{item}` now"),
        "required-parameter-added" => format!("`{name}` requires `{item}` now"),
        "parameter-passed" => {
            format!("`{name}` is now called with `{item}`, which existing overrides reject")
        }
        "variadic-added" => format!("`{name}` takes any `{item}` now"),
        "variadic-removed" => format!("`{name}` no longer takes any `{item}`"),
        _ => format!("`{item}` of `{name}` changed"),
    }
}

fn gathering(change: &Explained<'_>) -> &'static str {
    match change.old.map(|param| param.kind) {
        Some(ParamKind::KeywordOnly) => "`**kwargs`",
        Some(ParamKind::PositionalOnly) => "`*args`",
        _ => "`*args` or `**kwargs`",
    }
}

/// What to do, by rule; the words depend on who is hurt.
pub(super) fn help(finding: &Finding) -> String {
    let item = &finding.item;
    if finding.verdicts.is_empty() {
        return String::new();
    }
    match finding.rule {
        "parameter-removed" => format!(
            "keep `{item}` as an optional parameter that is ignored, and deprecate it first"
        ),
        "parameter-renamed" => format!(
            "keep the old name working: take `{item}` as well, or in `**kwargs`, and deprecate it first"
        ),
        "parameter-moved" => {
            "keep the old order; new parameters go behind the old ones or after `*`".to_owned()
        }
        "parameter-became-required" => format!("give `{item}` its default back"),
        "required-parameter-added" => format!("give `{item}` a default"),
        "parameter-became-keyword-only" | "parameter-became-positional-only" => {
            format!("let `{item}` be given in both ways until callers have changed")
        }
        "parameter-passed" => format!("leave `{item}` out when the override does not take it"),
        "parameter-added" if finding.verdicts.contains_key(&Role::Callers) => {
            format!("put `{item}` behind the old parameters, or after `*`")
        }
        "parameter-added" => {
            format!("do not pass `{item}` to overrides yet, or only to those that take it")
        }
        "call-rejected" => "declare what is passed, or do not pass it".to_owned(),
        "hook-called" => {
            "give it a body that does nothing, or catch NotImplementedError at the call".to_owned()
        }
        "tolerance-removed" => {
            "keep the handler until all implementers have what is called".to_owned()
        }
        "variadic-removed" => format!("keep `{item}`, even if it is ignored"),
        "module-removed" => {
            "keep a module at the old path that imports everything from the new one".to_owned()
        }
        "member-removed" if finding.verdicts.contains_key(&Role::Readers) => {
            "keep it, as a property if need be, and deprecate it first".to_owned()
        }
        "member-removed" | "name-removed" | "class-removed" | "export-removed" => {
            "keep the old name as an alias, and deprecate it first".to_owned()
        }
        "member-renamed" | "name-renamed" => {
            "keep the old name as an alias of the new one".to_owned()
        }
        "member-became-abstract" | "abstract-member-added" => "give it a default body".to_owned(),
        "body-became-not-implemented" => {
            "keep the old body until implementers have their own".to_owned()
        }
        _ if finding.verdicts.contains_key(&Role::Implementers) => {
            "tell implementers first, or accept both forms for a while".to_owned()
        }
        _ => "keep the old form working beside the new one for a while".to_owned(),
    }
}

/// How a function is bound, with its article.
pub(super) fn binding(binding: Binding) -> &'static str {
    match binding {
        Binding::Instance => "an instance method",
        Binding::Class => "a class method",
        Binding::Static => "a static method",
    }
}

/// What a call gives, with its article.
pub(super) fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Plain => "its value",
        Protocol::Coroutine => "a coroutine to await",
        Protocol::Generator => "a generator",
        Protocol::AsyncGenerator => "an asynchronous generator",
        Protocol::ContextManager => "a context manager",
        Protocol::AsyncContextManager => "an asynchronous context manager",
    }
}

/// What a name is, with its article.
pub(super) fn kind(kind: &Kind, in_class: bool) -> &'static str {
    match kind {
        Kind::Function(_) if in_class => "a method",
        Kind::Function(_) => "a function",
        Kind::Property(_) => "a property",
        Kind::Attribute(_) if in_class => "an attribute",
        Kind::Attribute(_) => "a variable",
        Kind::Class(_) => "a class",
        Kind::Module(_) => "a module",
        Kind::Import(_) => "an import",
    }
}
