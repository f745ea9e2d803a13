//! Modules against their later selves: which importable names are gone, and what the others became.

use std::collections::BTreeSet;

use super::judge::{Judge, Pair, container, display, facts};
use super::removal::{self, Gone};
use super::{kinds, words};
use crate::finding::{Certainty, Finding, Origin, Role};
use crate::interface::python::{Interface, Kind, Member, Module};

/// Judges every module of the old side; gives the modules that were reported as removed.
pub(super) fn compare(judge: &mut Judge<'_>) -> BTreeSet<String> {
    let (old, new) = (judge.old, judge.new);
    let mut gone: BTreeSet<String> = BTreeSet::new();
    for (path, before) in &old.modules {
        match new.modules.get(path) {
            Some(after) => compare_module(judge, path, before, after),
            // A submodule goes with its package: one cause.
            None if parents(path).any(|parent| gone.contains(parent)) => {
                gone.insert(path.clone());
            }
            None => {
                if before.whole && !judge.is_untrusted(path) && removed(judge, path, before) {
                    gone.insert(path.clone());
                } else if !before.whole {
                    compare_module(judge, path, before, &Module::default());
                }
            }
        }
    }
    for (path, after) in &new.modules {
        if after.whole
            && !old.modules.contains_key(path)
            && parents(path).all(|parent| !is_new(judge, parent))
        {
            added(judge, path, after);
        }
    }
    gone
}

/// Whether a module has an `__all__` that does not name this.
pub(super) fn leaves_out(module: &Module, name: &str) -> bool {
    module.all.as_ref().is_some_and(|all| !all.contains(name))
}

/// A package that is new tells of its modules.
fn is_new(judge: &Judge<'_>, path: &str) -> bool {
    judge.new.modules.contains_key(path) && !judge.old.modules.contains_key(path)
}

fn added(judge: &mut Judge<'_>, path: &str, after: &Module) {
    let Some(subject) = (judge.options.subject)(path) else {
        return;
    };
    let message = format!("module `{subject}` is new");
    let mut finding = Finding::new("module-added", subject, last(path), message);
    finding.new = container(Origin::Provider, after.place.as_ref());
    judge.add_finding(path, "", finding);
}

fn parents(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(path.rsplit_once('.').map(|(parent, _)| parent), |path| {
        path.rsplit_once('.').map(|(parent, _)| parent)
    })
}

fn removed(judge: &mut Judge<'_>, path: &str, before: &Module) -> bool {
    let Some(subject) = (judge.options.subject)(path) else {
        return true;
    };
    let message = format!("module `{subject}` is gone");
    let mut finding = Finding::new("module-removed", &subject, last(path), message)
        .hurts(Role::Callers, Certainty::Definite);
    finding.old = container(judge.options.old.clone(), before.place.as_ref());
    let parent = parents(path).find_map(|parent| judge.new.modules.get(parent));
    finding.new = parent.and_then(|module| container(Origin::Provider, module.place.as_ref()));
    judge.add_finding(path, "", finding);
    true
}

fn compare_module(judge: &mut Judge<'_>, path: &str, before: &Module, after: &Module) {
    let arrivals: Vec<(&str, &Member)> = after
        .members
        .iter()
        .filter(|(name, _)| !before.members.contains_key(*name))
        .map(|(name, member)| (name.as_str(), member))
        .collect();
    let mut renamed = BTreeSet::new();
    for (name, old) in &before.members {
        // The list itself is nobody's interface; what it names is.
        if name == "__all__" {
            continue;
        }
        let definition = format!("{path}.{name}");
        let Some(mut subject) = (judge.options.subject)(&definition) else {
            continue;
        };
        if !after.members.contains_key(name) && judge.is_importable(&subject) {
            // Best known under a path that stays: what goes is the path of the definition.
            subject.clone_from(&definition);
        }
        match after.members.get(name) {
            Some(new) => {
                let required = (facts(&before.requires, name), facts(&after.requires, name));
                kinds::compare(
                    judge,
                    &Pair {
                        subject: &subject,
                        name,
                        class: None,
                        old,
                        new,
                        required,
                        sites: &[],
                    },
                );
            }
            None => {
                let around = Around {
                    path,
                    before,
                    after,
                    arrivals: &arrivals,
                };
                renamed.extend(lost(judge, &around, name, old, &subject));
            }
        }
    }
    no_longer_served(judge, path, before, after);
    if before.whole {
        // A contract has no word of what was served.
        if judge.options.old != Origin::Contract {
            newly_served(judge, path, before, after);
        }
        for (name, new) in arrivals {
            if !renamed.contains(name) {
                arrived(judge, path, name, new, before);
            }
        }
    }
}

/// The module around a lost name, as it is now.
struct Around<'a, 'm> {
    path: &'a str,
    before: &'a Module,
    after: &'a Module,
    arrivals: &'a [(&'m str, &'m Member)],
}

/// Gives the name that it has now, if it was renamed.
fn lost<'m>(
    judge: &mut Judge<'_>,
    around: &Around<'_, 'm>,
    name: &str,
    old: &Member,
    subject: &str,
) -> Option<&'m str> {
    let Around {
        path,
        before,
        after,
        arrivals,
    } = *around;
    // The loss of a class is told by `classes`, that of a submodule by its own module.
    let is_definition = !is_reexport(judge.old, path, name, old);
    if is_definition && matches!(old.kind, Kind::Class(_)) || judge.is_untrusted(path) {
        return None;
    }
    // It is bound by an import now: not offered on purpose, but whoever imports it still finds it.
    if let Some(target) = judge.new.exports.get(&format!("{path}.{name}")) {
        moved(judge, name, old, subject, target);
        return None;
    }
    if after.served.contains(name) {
        let message = format!("`{}` is served by `__getattr__` now", display(subject));
        let mut finding = Finding::new("name-removed", subject, name, message);
        finding.old = judge.old_side(old, name, None);
        finding.new = container(Origin::Provider, after.place.as_ref());
        judge.add_finding(path, name, finding);
        return None;
    }
    // The names that it served are told one by one.
    if name == "__getattr__" && !before.served.is_empty() {
        return None;
    }
    if matches!(old.kind, Kind::Module(_))
        && judge.old.modules.contains_key(&format!("{path}.{name}"))
    {
        return None;
    }
    if is_definition {
        return removal::report(
            judge,
            &Gone {
                subject: subject.to_owned(),
                name,
                member: old,
                class: None,
                container: after.place.as_ref(),
                open: after.open.as_deref(),
                unlisted: subject == format!("{path}.{name}") && leaves_out(before, name),
                arrivals: arrivals
                    .iter()
                    .filter(|(name, _)| !name.starts_with('_'))
                    .copied()
                    .collect(),
            },
        );
    }
    let message = format!("`{}` can no longer be imported from here", display(subject));
    let certainty = if after.open.is_some() {
        Certainty::Possible
    } else {
        Certainty::Definite
    };
    let mut finding =
        Finding::new("export-removed", subject, name, message).hurts(Role::Callers, certainty);
    finding.old = judge.old_side(old, name, None);
    finding.new = container(Origin::Provider, after.place.as_ref());
    judge.add_finding(path, name, finding);
    None
}

/// A definition that went elsewhere and is imported at its old path: calls there meet the one that it is now.
fn moved(judge: &mut Judge<'_>, name: &str, old: &Member, subject: &str, target: &str) {
    let Some((owner, there)) = target.rsplit_once('.') else {
        return;
    };
    let is_known = judge.old.modules.get(owner);
    if is_known.is_some_and(|module| module.members.contains_key(there)) {
        // It was there before, too: its own change is told there.
        return;
    }
    let Some(new) = judge
        .new
        .modules
        .get(owner)
        .and_then(|module| module.members.get(there))
    else {
        return;
    };
    kinds::compare(
        judge,
        &Pair {
            subject,
            name,
            class: None,
            old,
            new,
            required: (&[], &[]),
            sites: &[],
        },
    );
}

/// Names that `__getattr__` served and serves no more.
fn no_longer_served(judge: &mut Judge<'_>, path: &str, before: &Module, after: &Module) {
    for name in before.served.difference(&after.served) {
        let definition = format!("{path}.{name}");
        let stays = before.members.contains_key(name)
            || after.members.contains_key(name)
            || judge.is_importable(&definition);
        let Some(subject) = (judge.options.subject)(&definition).filter(|_| !stays) else {
            continue;
        };
        let certainty = if after.open.is_some() {
            Certainty::Possible
        } else {
            Certainty::Definite
        };
        let message = format!(
            "`{}` is no longer served by `__getattr__`",
            display(&subject)
        );
        let mut finding =
            Finding::new("name-removed", &subject, name, message).hurts(Role::Callers, certainty);
        finding.old = before
            .members
            .get("__getattr__")
            .and_then(|getattr| judge.old_side(getattr, "__getattr__", None));
        finding.new = container(Origin::Provider, after.place.as_ref());
        judge.add_finding(path, name, finding);
    }
}

/// Names that `__getattr__` serves and nothing offered before.
fn newly_served(judge: &mut Judge<'_>, path: &str, before: &Module, after: &Module) {
    for name in after.served.difference(&before.served) {
        let definition = format!("{path}.{name}");
        let was_there = before.members.contains_key(name)
            || judge.old.exports.contains_key(&definition)
            || judge.old.classes.contains_key(&definition);
        let Some(subject) = (judge.options.subject)(&definition).filter(|_| !was_there) else {
            continue;
        };
        let message = format!("`{}` is new: served by `__getattr__`", display(&subject));
        let mut finding = Finding::new("name-added", &subject, name, message);
        finding.old = container(judge.options.old.clone(), before.place.as_ref());
        finding.new = after
            .members
            .get("__getattr__")
            .and_then(|getattr| judge.new_side(getattr, "__getattr__", None));
        judge.add_finding(path, name, finding);
    }
}

/// A name of a module that leads to a definition elsewhere.
fn is_reexport(interface: &Interface, path: &str, name: &str, member: &Member) -> bool {
    let own = format!("{path}.{name}");
    member.defined_in != path
        || interface.exports.contains_key(&own)
        || match &member.kind {
            Kind::Class(target) => *target != own,
            Kind::Import(_) => true,
            _ => false,
        }
}

fn arrived(judge: &mut Judge<'_>, path: &str, name: &str, new: &Member, before: &Module) {
    let own = format!("{path}.{name}");
    // Classes and modules tell of themselves.
    let tells = match &new.kind {
        Kind::Class(target) => *target == own,
        Kind::Module(_) => judge.new.modules.contains_key(&own),
        _ => false,
    };
    let Some(subject) = (judge.options.subject)(&own).filter(|_| !tells) else {
        return;
    };
    judge.members += 1;
    let message = format!(
        "`{}` is new: {}",
        display(&subject),
        words::kind(&new.kind, false)
    );
    let mut finding = Finding::new("name-added", &subject, name, message);
    finding.old = container(judge.options.old.clone(), before.place.as_ref());
    finding.new = judge.new_side(new, name, None);
    judge.add_finding(path, name, finding);
}

/// The last part of a path.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
