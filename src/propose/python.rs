//! Python classes that look like interfaces: bases that others subclass, ABCs, classes full of `NotImplementedError`,
//! and classes whose objects are called through a receiver in several places.

use std::collections::{BTreeMap, BTreeSet};

use super::{Candidate, Receivers, count};
use crate::finding::Role;
use crate::interface::python::{Abstract, Class, Interface, Kind};

pub(super) fn candidates(interface: &Interface, receivers: &Receivers) -> Vec<Candidate> {
    let heirs = heirs(interface);
    interface
        .classes
        .iter()
        .filter(|(path, class)| is_public(path) && !is_data(class))
        .filter_map(|(path, class)| {
            candidate(
                path,
                class,
                *heirs.get(path.as_str()).unwrap_or(&0),
                receivers,
            )
        })
        .collect()
}

fn is_public(path: &str) -> bool {
    !path.split('.').any(|part| part.starts_with('_'))
}

/// Exceptions, enums, records and tests are data or tools, not interfaces that somebody implements.
fn is_data(class: &Class) -> bool {
    class.mro.iter().any(|base| {
        let last = base.rsplit('.').next().unwrap_or(base);
        last.ends_with("Exception")
            || last.ends_with("Error")
            || matches!(
                last,
                "Enum"
                    | "IntEnum"
                    | "Flag"
                    | "IntFlag"
                    | "NamedTuple"
                    | "TypedDict"
                    | "TestCase"
                    | "Warning"
            )
    }) || class
        .decorators
        .iter()
        .any(|decorator| decorator.starts_with("dataclasses."))
}

/// How many classes of the tree derive from each class.
fn heirs(interface: &Interface) -> BTreeMap<&str, usize> {
    let mut heirs = BTreeMap::new();
    for class in interface.classes.values() {
        for base in &class.mro {
            *heirs.entry(base.as_str()).or_insert(0) += 1;
        }
    }
    heirs
}

fn candidate(path: &str, class: &Class, heirs: usize, receivers: &Receivers) -> Option<Candidate> {
    let own: Vec<Abstract> = class
        .members
        .iter()
        .filter(|(name, member)| member.defined_in == path && !name.starts_with('_'))
        .filter_map(|(_, member)| match &member.kind {
            Kind::Function(function) => Some(function.abstractness),
            Kind::Property(property) => Some(property.abstractness),
            _ => None,
        })
        .collect();
    let declared = own.iter().filter(|how| **how == Abstract::Declared).count();
    let by_custom = own.iter().filter(|how| **how == Abstract::ByCustom).count();
    let found: BTreeSet<String> = receivers.get(path).cloned().unwrap_or_default();
    let (weight, why) = if declared > 0 && class.abc && heirs > 0 {
        (
            10 + declared + heirs,
            format!(
                "{} and {}",
                count(declared, "abstract member"),
                count(heirs, "subclass")
            ),
        )
    } else if by_custom >= 3 || (by_custom > 0 && heirs >= 2) {
        (
            10 + by_custom + heirs,
            format!(
                "{} without a body of their own, {}",
                count(by_custom, "method"),
                count(heirs, "subclass")
            ),
        )
    } else if heirs >= 3 && own.len() >= 2 {
        (heirs + own.len() / 4, count(heirs, "subclass"))
    } else if !found.is_empty() && own.len() >= 4 {
        (
            own.len() / 4 + found.len(),
            format!(
                "called through {}",
                found.iter().cloned().collect::<Vec<_>>().join(", ")
            ),
        )
    } else {
        return None;
    };
    // A base whose calls all come from the provider has implementers only; what nobody extends has callers only.
    let audience = match (heirs > 0 || declared + by_custom > 0, found.is_empty()) {
        (true, false) if 2 * (declared + by_custom) >= own.len() => {
            BTreeSet::from([Role::Implementers])
        }
        (true, _) => BTreeSet::from([Role::Callers, Role::Implementers]),
        (false, _) => BTreeSet::from([Role::Callers]),
    };
    let module = path
        .rsplit_once('.')
        .map_or(path, |(module, _)| module)
        .to_owned();
    let receivers = if heirs > 0 || declared + by_custom > 0 {
        found
    } else {
        BTreeSet::new()
    };
    Some(Candidate {
        path: path.to_owned(),
        module,
        separator: ".",
        audience,
        receivers,
        why,
        weight,
    })
}
