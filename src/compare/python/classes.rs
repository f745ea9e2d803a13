//! Classes against their later selves: members through the MRO, bases, abstractness, constructors. A change is
//! reported at the class that defines it, not at each heir.

use std::collections::BTreeSet;

use super::judge::{Judge, Pair, can_be_made, container, display, facts, is_constructor};
use super::removal::{self, Gone};
use super::{kinds, modules, requirements, words};
use crate::compare::Audience;
use crate::finding::{Certainty, Finding, Origin, Role, Side};
use crate::interface::python::{Abstract, Class, Kind, Member, Type, is_offered};
use crate::interface::python_text;

/// Judges every class of the old side; `gone` are modules that were reported as removed.
pub(super) fn compare(judge: &mut Judge<'_>, gone: &BTreeSet<String>) {
    let (old, new) = (judge.old, judge.new);
    for (path, before) in &old.classes {
        let Some(subject) = (judge.options.subject)(path) else {
            continue;
        };
        match judge.successor(path) {
            Some(target) => {
                if let Some(after) = new.classes.get(target) {
                    compare_class(
                        judge,
                        &Pairing {
                            subject,
                            path,
                            target,
                            before,
                            after,
                        },
                    );
                }
            }
            None if gone.iter().any(|module| is_inside(path, module)) => {}
            // Best known under a path that stays: what goes is the path of the definition.
            None if judge.is_importable(&subject) => removed(judge, path, path, before),
            None => removed(judge, path, &subject, before),
        }
    }
    for (path, after) in &new.classes {
        if !old.classes.contains_key(path) && !old.exports.contains_key(path) {
            added(judge, path, after);
        }
    }
}

/// A class is growth where the module around it was there before; else the module is.
fn added(judge: &mut Judge<'_>, path: &str, after: &Class) {
    let Some((parent, name)) = path.rsplit_once('.') else {
        return;
    };
    let Some(around) = judge.old.modules.get(parent).filter(|module| module.whole) else {
        return;
    };
    let Some(subject) = (judge.options.subject)(path) else {
        return;
    };
    if around.members.contains_key(name) || name.starts_with('_') {
        return;
    }
    let message = format!("class `{}` is new", display(&subject));
    let mut finding = Finding::new("class-added", subject, name, message);
    finding.old = container(judge.options.old.clone(), around.place.as_ref());
    finding.new = after.place.clone().map(|place| Side {
        origin: Origin::Provider,
        place,
        signature: Some(python_text::class_header(
            after,
            name,
            &mut python_text::last_segment,
        )),
        mark: None,
    });
    judge.add_finding(path, "", finding);
}

fn is_inside(path: &str, module: &str) -> bool {
    path.strip_prefix(module)
        .is_some_and(|rest| rest.starts_with('.'))
}

struct Pairing<'a> {
    subject: String,
    path: &'a str,
    target: &'a str,
    before: &'a Class,
    after: &'a Class,
}

fn removed(judge: &mut Judge<'_>, path: &str, subject: &str, before: &Class) {
    if judge.is_untrusted(path) || stands_for_something_else(judge, path) {
        return;
    }
    let name = path.rsplit('.').next().unwrap_or(path);
    // A nested class goes with the class around it.
    if let Some((outer, _)) = path.rsplit_once('.')
        && judge.old.classes.contains_key(outer)
        && judge.successor(outer).is_none()
    {
        return;
    }
    let served = module_of(judge, path).filter(|module| module.served.contains(name));
    if let Some(module) = served {
        let message = format!(
            "class `{}` is served by `__getattr__` now",
            display(subject)
        );
        let mut finding = Finding::new("class-removed", subject, name, message);
        finding.old = container(judge.options.old.clone(), before.place.as_ref());
        finding.new = container(Origin::Provider, module.place.as_ref());
        judge.add_finding(path, "", finding);
        return;
    }
    let moved = judge.new.classes.keys().find(|other| {
        other.rsplit('.').next() == Some(name) && !judge.old.classes.contains_key(other.as_str())
    });
    let message = match moved {
        Some(target) => format!(
            "class `{}` moved to `{target}` and is gone from here",
            display(subject)
        ),
        None => format!("class `{}` is gone", display(subject)),
    };
    let open = module_of(judge, path).is_some_and(|module| module.open.is_some());
    let unlisted = subject == path
        && path.rsplit_once('.').is_some_and(|(parent, name)| {
            let module = judge.old.modules.get(parent);
            module.is_some_and(|module| modules::leaves_out(module, name))
        });
    let certainty = if open || unlisted {
        Certainty::Possible
    } else {
        Certainty::Definite
    };
    let mut finding =
        Finding::new("class-removed", subject, name, message).hurts(Role::Callers, certainty);
    if matches!(judge.options.audience, Audience::Named(_)) {
        finding = finding.hurts(Role::Implementers, certainty);
    }
    finding.old = before.place.clone().map(|place| Side {
        origin: judge.options.old.clone(),
        place,
        signature: Some(python_text::class_header(
            before,
            name,
            &mut python_text::last_segment,
        )),
        mark: None,
    });
    finding.new = module_of(judge, path)
        .and_then(|module| container(Origin::Provider, module.place.as_ref()));
    judge.add_finding(path, "", finding);
}

/// The nearest module of the new side that holds, or held, this path.
fn module_of<'a>(judge: &Judge<'a>, path: &str) -> Option<&'a crate::interface::python::Module> {
    let mut at = path;
    while let Some((parent, _)) = at.rsplit_once('.') {
        if let Some(module) = judge.new.modules.get(parent) {
            return Some(module);
        }
        at = parent;
    }
    None
}

/// The name is still there as something other than a class, which `modules` has said or found harmless.
fn stands_for_something_else(judge: &Judge<'_>, path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(parent, name)| {
        let in_module = judge
            .new
            .modules
            .get(parent)
            .and_then(|module| module.members.get(name));
        let in_class = judge
            .new
            .classes
            .get(parent)
            .and_then(|class| class.members.get(name));
        in_module.or(in_class).is_some() || judge.new.exports.contains_key(path)
    })
}

fn compare_class(judge: &mut Judge<'_>, pair: &Pairing<'_>) {
    compare_header(judge, pair);
    let arrivals: Vec<(&str, &Member)> = pair
        .after
        .members
        .iter()
        .filter(|(name, member)| {
            !pair.before.members.contains_key(*name) && member.defined_in == pair.target
        })
        .map(|(name, member)| (name.as_str(), member))
        .collect();
    let mut renamed = BTreeSet::new();
    for (name, old) in &pair.before.members {
        // Special names bind those who use the syntax; private ones nobody outside.
        if !is_public(judge, pair, name) {
            continue;
        }
        match pair.after.members.get(name) {
            Some(new) => compare_member(judge, pair, name, old, new),
            None if is_constructor(name) => match other_constructor(pair, name) {
                Some(new) => compare_member(judge, pair, name, old, new),
                None => constructor_gone(judge, pair, name, old),
            },
            None => renamed.extend(lost(judge, pair, name, old, &arrivals)),
        }
    }
    for (name, new) in arrivals {
        if is_public(judge, pair, name) && !renamed.contains(name) {
            arrived(judge, pair, name, new);
        }
    }
    abc_enforced(judge, pair);
}

/// Whether reports speak of a member: what the class offers, and whatever somebody is known to override.
fn is_public(judge: &Judge<'_>, pair: &Pairing<'_>, name: &str) -> bool {
    is_offered(name) || pair.before.partial || (judge.options.overridden)(pair.path, name)
}

fn compare_member(
    judge: &mut Judge<'_>,
    pair: &Pairing<'_>,
    name: &str,
    old: &Member,
    new: &Member,
) {
    // Inherited on both sides: reported at the class that defines it, if that one is spoken of at all.
    let inherited = old.defined_in != pair.path && new.defined_in != pair.target;
    if inherited {
        let elsewhere = (judge.options.subject)(&old.defined_in).is_some()
            && judge.old.classes.contains_key(&old.defined_in)
            && judge.successor(&old.defined_in).is_some();
        if elsewhere || (old.defined_in == new.defined_in && old.kind == new.kind) {
            return;
        }
    }
    let subject = format!("{}.{name}", pair.subject);
    let required = (
        facts(&pair.before.requires, name),
        facts(&pair.after.requires, name),
    );
    kinds::compare(
        judge,
        &Pair {
            subject: &subject,
            name,
            class: Some(pair.path),
            old,
            new,
            required,
            sites: pair.after.sites.get(name).map_or(&[], Vec::as_slice),
        },
    );
}

/// Gives the name that it has now, if it was renamed.
fn lost<'a>(
    judge: &mut Judge<'_>,
    pair: &Pairing<'_>,
    name: &str,
    old: &Member,
    arrivals: &[(&'a str, &'a Member)],
) -> Option<&'a str> {
    // The loss of a class that stands in the body is told as such; another name of a class is a name.
    let stands_here =
        matches!(&old.kind, Kind::Class(path) if *path == format!("{}.{name}", old.defined_in));
    if stands_here || judge.is_untrusted(pair.target) {
        return None;
    }
    // A member of a base that went, too, is reported there.
    let inherited = old.defined_in != pair.path;
    if inherited
        && (judge.options.subject)(&old.defined_in).is_some()
        && judge
            .successor(&old.defined_in)
            .is_some_and(|base| pair.after.mro.iter().any(|known| known == base))
    {
        return None;
    }
    let subject = format!("{}.{name}", pair.subject);
    let arrivals: Vec<(&'a str, &'a Member)> = arrivals
        .iter()
        .filter(|(name, _)| !name.starts_with('_'))
        .copied()
        .collect();
    removal::report(
        judge,
        &Gone {
            subject,
            name,
            member: old,
            class: Some(pair.path),
            container: pair.after.place.as_ref(),
            open: pair
                .after
                .open
                .as_deref()
                .or_else(|| supplier(judge, pair.after, name)),
            unlisted: false,
            arrivals,
        },
    )
}

/// The constructor that took the place of another: a named tuple has `__new__`, a dataclass `__init__`.
fn other_constructor<'a>(pair: &Pairing<'a>, name: &str) -> Option<&'a Member> {
    let other = match name {
        "__init__" => "__new__",
        "__new__" => "__init__",
        _ => return None,
    };
    let is_arrival = !pair.before.members.contains_key(other);
    pair.after.members.get(other).filter(|_| is_arrival)
}

/// Without a constructor of its own a class takes what its bases take: nothing, if none is known.
fn constructor_gone(judge: &mut Judge<'_>, pair: &Pairing<'_>, name: &str, old: &Member) {
    let makes = matches!(name, "__init__" | "__new__");
    if pair.after.open.is_some() || judge.is_untrusted(pair.target) || !makes {
        return;
    }
    let Kind::Function(function) = &old.kind else {
        return;
    };
    let has_other = ["__init__", "__new__"]
        .iter()
        .any(|other| pair.after.members.contains_key(*other));
    if has_other || has_builtin_constructor(pair.after) {
        return;
    }
    let has_parameters = function.signature.params.len() > 1;
    let message = format!(
        "`{}` has no constructor of its own any more, and takes no arguments",
        display(&pair.subject)
    );
    let mut finding = Finding::new(
        "constructor-removed",
        format!("{}.{name}", pair.subject),
        "",
        message,
    );
    if has_parameters {
        finding = finding.hurts(Role::Callers, Certainty::Definite);
    }
    finding.old = judge.old_side(old, name, None);
    finding.new = container(Origin::Provider, pair.after.place.as_ref());
    judge.add_finding(pair.path, name, finding);
}

/// A base outside the tree whose constructor takes arguments of its own (exceptions, containers).
fn has_builtin_constructor(class: &Class) -> bool {
    class
        .mro
        .iter()
        .any(|base| base.starts_with("builtins.") && base != "builtins.object")
}

fn arrived(judge: &mut Judge<'_>, pair: &Pairing<'_>, name: &str, new: &Member) {
    judge.members += 1;
    let subject = format!("{}.{name}", pair.subject);
    let binds = new.abstractness() == Abstract::Declared && pair.after.abc;
    let constructor = is_constructor(name)
        && name == "__init__"
        && pair.before.open.is_none()
        && !has_builtin_constructor(pair.before)
        && !pair.before.members.contains_key("__new__");
    if constructor && let Kind::Function(function) = &new.kind {
        let bound = function.signature.bound(function.binding, true);
        for param in bound.iter().filter(|param| param.is_required()) {
            let message = format!("`{}` requires `{}` now", display(&pair.subject), param.name);
            let mut finding =
                Finding::new("required-parameter-added", &subject, &param.name, message)
                    .hurts(Role::Callers, Certainty::Definite);
            finding.old = header_side(judge, pair);
            finding.new = judge.new_side(new, name, param.place.as_ref());
            judge.add_finding(pair.target, name, finding);
        }
        return;
    }
    if is_constructor(name) {
        return;
    }
    if new.abstractness() == Abstract::ByCustom {
        judge.may_reach_override(pair.target, name);
    }
    let sites = pair.after.sites.get(name).map_or(&[][..], Vec::as_slice);
    let finding = if let Some((certainty, sites)) = requirements::hook(judge, new, sites) {
        let message = format!(
            "`{}` is new, not implemented, and called at once",
            display(&subject)
        );
        let mut finding = Finding::new("hook-called", &subject, name, message)
            .hurts(Role::Implementers, certainty);
        finding.evidence =
            requirements::evidence(&sites, "calls it, and lets NotImplementedError through");
        finding
    } else if binds {
        let message = format!(
            "`{}` is new and abstract: a subclass that does not have it cannot be made",
            display(&subject)
        );
        let finding = Finding::new("abstract-member-added", &subject, name, message)
            .hurts(Role::Implementers, Certainty::Definite);
        if can_be_made(pair.before) {
            finding.hurts(Role::Callers, Certainty::Definite)
        } else {
            finding
        }
    } else {
        let message = format!(
            "`{}` is new: {}",
            display(&subject),
            words::kind(&new.kind, true)
        );
        Finding::new("member-added", &subject, name, message)
    };
    let mut finding = finding;
    finding.old = header_side(judge, pair);
    finding.new = judge.new_side(new, name, None);
    judge.add_finding(pair.target, name, finding);
}

fn header_side(judge: &Judge<'_>, pair: &Pairing<'_>) -> Option<Side> {
    container(judge.options.old.clone(), pair.before.place.as_ref())
}

fn header_finding(judge: &mut Judge<'_>, pair: &Pairing<'_>, mut finding: Finding) {
    let name = pair.path.rsplit('.').next().unwrap_or(pair.path);
    let side = |origin: Origin, class: &Class| {
        class.place.clone().map(|place| Side {
            origin,
            place,
            signature: Some(python_text::class_header(
                class,
                name,
                &mut python_text::last_segment,
            )),
            mark: None,
        })
    };
    finding.old = side(judge.options.old.clone(), pair.before);
    finding.new = side(Origin::Provider, pair.after);
    judge.add_finding(pair.target, "", finding);
}

fn compare_header(judge: &mut Judge<'_>, pair: &Pairing<'_>) {
    if pair.after.is_final && !pair.before.is_final {
        let message = format!(
            "class `{}` is final now: it may not be subclassed",
            display(&pair.subject)
        );
        let mut finding = Finding::new("final-added", &pair.subject, "", message);
        // Type checkers enforce it, the interpreter does not.
        if judge.has_subclasses(pair.path, pair.before) {
            finding = finding.hurts(Role::Implementers, Certainty::Possible);
        }
        header_finding(judge, pair, finding);
    }
    for base in lost_bases(judge, pair) {
        let short = base.rsplit('.').next().unwrap_or(&base).to_owned();
        let message = format!("`{}` is no `{short}` any more", display(&pair.subject));
        let inside = judge.old.classes.contains_key(&base);
        let certainty = if inside && !short.starts_with('_') {
            Certainty::Definite
        } else {
            Certainty::Possible
        };
        let finding = Finding::new("base-removed", &pair.subject, &base, message)
            .hurts(Role::Callers, certainty);
        header_finding(judge, pair, finding);
    }
    metaclass(judge, pair);
}

/// A metaclass that comes conflicts with those of other bases of a subclass; `ABCMeta` alone is judged as such.
fn metaclass(judge: &mut Judge<'_>, pair: &Pairing<'_>) {
    let (was, is) = (
        pair.before.metaclass.as_deref(),
        pair.after.metaclass.as_deref(),
    );
    let Some(is) = is.filter(|is| Some(*is) != was && !is.ends_with("ABCMeta")) else {
        return;
    };
    if was.is_some_and(|was| was.rsplit('.').next() == is.rsplit('.').next()) {
        return;
    }
    let message = format!(
        "`{}` is made by the metaclass `{is}` now",
        display(&pair.subject)
    );
    let mut finding = Finding::new("metaclass-changed", &pair.subject, "", message);
    if judge.has_subclasses(pair.path, pair.before) {
        finding = finding.hurts(Role::Implementers, Certainty::Possible);
    }
    header_finding(judge, pair, finding);
}

/// A base outside the tree from which a class may have this member.
fn supplier<'a>(judge: &Judge<'_>, class: &'a Class, name: &str) -> Option<&'a str> {
    let outside = class
        .mro
        .iter()
        .filter(|base| !judge.new.classes.contains_key(*base));
    outside.map(String::as_str).find(|base| match *base {
        "builtins.object" | "abc.ABC" | "typing.Generic" | "typing.Protocol" => false,
        _ if base.starts_with("builtins.")
            && ["Exception", "Error", "Warning"]
                .iter()
                .any(|ending| base.ends_with(ending)) =>
        {
            matches!(name, "args" | "with_traceback" | "add_note")
        }
        _ => true,
    })
}

/// Direct bases that the new MRO no longer has; those that only say how a class is made do not count.
fn lost_bases(judge: &Judge<'_>, pair: &Pairing<'_>) -> Vec<String> {
    let path = |base: &Type| match base {
        Type::Name(path) | Type::Generic(path, _) => Some(path.clone()),
        _ => None,
    };
    let kept = |base: &String| {
        let successor = judge.successor(base);
        let last = base.rsplit('.').next();
        pair.after.mro.iter().any(|known| {
            known == base
                || successor == Some(known.as_str())
                // A base that moved, in the tree or in a library, is the same class.
                || (successor.is_none() && known.rsplit('.').next() == last)
        })
    };
    pair.before
        .bases
        .iter()
        .filter_map(path)
        .filter(|base| {
            !matches!(
                base.as_str(),
                "builtins.object" | "typing.Generic" | "typing.Protocol" | "abc.ABC"
            )
        })
        .filter(|base| !kept(base))
        .collect()
}

/// A base became an ABC, too, and says so of its own members.
fn became_abc(judge: &Judge<'_>, pair: &Pairing<'_>, base: &str) -> bool {
    let was = |class: &Class| !class.abc;
    base != pair.path
        && (judge.options.subject)(base).is_some()
        && judge.old.classes.get(base).is_some_and(was)
        && judge
            .successor(base)
            .and_then(|path| judge.new.classes.get(path))
            .is_some_and(|class| class.abc)
}

/// Abstract members that were custom only bind from now on.
fn abc_enforced(judge: &mut Judge<'_>, pair: &Pairing<'_>) {
    if pair.before.abc || !pair.after.abc {
        return;
    }
    let bound: Vec<&str> = pair
        .before
        .members
        .iter()
        .filter(|(_, member)| member.abstractness() == Abstract::Declared)
        .filter(|(_, member)| !became_abc(judge, pair, &member.defined_in))
        .filter(|(name, _)| {
            pair.after
                .members
                .get(*name)
                .is_some_and(|member| member.abstractness() == Abstract::Declared)
        })
        .map(|(name, _)| name.as_str())
        .collect();
    if bound.is_empty() {
        return;
    }
    let message = format!(
        "`{}` is an ABC now: subclasses must have {}",
        display(&pair.subject),
        bound
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ")
    );
    let finding = Finding::new("abc-enforced", &pair.subject, "", message)
        .hurts(Role::Callers, Certainty::Definite)
        .hurts(Role::Implementers, Certainty::Definite);
    header_finding(judge, pair, finding);
}
