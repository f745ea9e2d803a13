//! Which expressions hold an implementer: those that the configuration names, those whose attributes leave no doubt,
//! and parameters that are annotated or named like one. It reads the uses of one file and follows no values.

use std::collections::{BTreeMap, BTreeSet};

use super::uses::Use;
use crate::interface::python::Class;

/// Which expressions hold an implementer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receivers {
    /// These, as the configuration says.
    Named(Vec<String>),
    /// Expressions with at least three distinct attributes, nine in ten of which are members of one class.
    Infer,
}

/// An inferred receiver has at least so many distinct attributes...
pub(super) const ATTRIBUTES: usize = 3;
/// ...of which at least so many percent are members.
const PERCENT: usize = 90;
/// What is named as a receiver may hold something else in another class: half of its attributes are members.
const HALF: usize = 50;
/// A parameter is only named like a receiver: all of its attributes are members.
const ALL: usize = 100;

/// A receiver: its scope and its text.
pub(super) type Key = (String, String);

/// The class behind each receiver of a file, where its attributes leave no doubt.
pub(super) fn infer(found: &[Use], classes: &[(&String, &Class)]) -> BTreeMap<Key, String> {
    let attributes = attributes(found, |used| {
        !matches!(used.receiver.as_str(), "" | "self" | "cls" | "super()")
    });
    let known = attributes.into_iter().filter_map(|(key, names)| {
        let enough = names.len() >= ATTRIBUTES;
        let class = enough.then(|| best(&names, classes, PERCENT)).flatten()?;
        Some((key, class))
    });
    known.collect()
}

/// The class behind each receiver of a file that is named, annotated, or a parameter named like a receiver.
pub(super) fn named(
    found: &[Use],
    classes: &[(&String, &Class)],
    receivers: &[String],
) -> BTreeMap<Key, String> {
    let is_named = |used: &Use| receivers.contains(&used.receiver);
    let is_alike = |used: &Use| {
        matches!(used.parameter, Some(None))
            && !is_named(used)
            && receivers
                .iter()
                .any(|receiver| last(receiver) == used.receiver)
    };
    let mut known = BTreeMap::new();
    for (key, names) in attributes(found, is_alike) {
        known.extend(best(&names, classes, ALL).map(|class| (key, class)));
    }
    for (key, names) in attributes(found, is_named) {
        known.extend(best(&names, classes, HALF).map(|class| (key, class)));
    }
    known
}

/// The parameters of a file that are annotated with one of the classes.
pub(super) fn annotated(
    found: &[Use],
    classes: &[(&String, &Class)],
    canonical: &dyn Fn(&str) -> String,
) -> BTreeMap<Key, String> {
    let known = found.iter().filter_map(|used| {
        let path = canonical(used.parameter.as_ref()?.as_ref()?);
        let class = classes.iter().find(|(class, _)| **class == path)?;
        Some((key(used), class.0.clone()))
    });
    known.collect()
}

pub(super) fn key(used: &Use) -> Key {
    (used.scope.clone(), used.receiver.clone())
}

fn attributes(found: &[Use], counts: impl Fn(&Use) -> bool) -> BTreeMap<Key, BTreeSet<&str>> {
    let mut attributes: BTreeMap<Key, BTreeSet<&str>> = BTreeMap::new();
    for used in found.iter().filter(|used| counts(used)) {
        attributes
            .entry(key(used))
            .or_default()
            .insert(&used.attribute);
    }
    attributes
}

/// The class that has most of these names, at least so many percent of them; none if two have as many.
fn best(names: &BTreeSet<&str>, classes: &[(&String, &Class)], percent: usize) -> Option<String> {
    let scored = classes.iter().filter_map(|(path, class)| {
        let known = names
            .iter()
            .filter(|name| class.members.contains_key(**name))
            .count();
        let enough = known > 0 && (class.partial || known * 100 >= names.len() * percent);
        enough.then_some((known, *path, *class))
    });
    let mut scored: Vec<_> = scored.collect();
    scored.sort_by(|a, b| (b.0, a.1).cmp(&(a.0, b.1)));
    // Heirs have the members of their base: the base is meant.
    let best = scored.iter().find(|(count, path, _)| {
        scored.iter().all(|(other_count, other, class)| {
            other == path || other_count < count || class.mro.contains(path)
        })
    });
    best.map(|(_, path, _)| (*path).clone())
}

pub(super) fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
