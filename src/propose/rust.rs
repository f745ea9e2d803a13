//! Rust traits that look like interfaces: public, open to implementers, with items to write or several impls.

use std::collections::{BTreeMap, BTreeSet};

use super::{Candidate, count};
use crate::finding::Role;
use crate::interface::rust::{Impl, Interface, Kind, parent};

pub(super) fn candidates(interface: &Interface) -> Vec<Candidate> {
    let impls = impls(interface);
    interface
        .items
        .iter()
        .filter_map(|(path, item)| {
            let Kind::Trait(this) = &item.kind else {
                return None;
            };
            let implementers = impls.get(path.as_str()).copied().unwrap_or(0);
            let required = this
                .items
                .values()
                .filter(|item| !item.is_provided())
                .count();
            if this.sealed || this.items.is_empty() || (implementers < 2 && required < 2) {
                return None;
            }
            Some(Candidate {
                path: path.clone(),
                module: parent(path).to_owned(),
                separator: "::",
                audience: BTreeSet::from([Role::Callers, Role::Implementers]),
                receivers: BTreeSet::new(),
                why: format!(
                    "{} and {}",
                    count(required, "required item"),
                    count(implementers, "impl")
                ),
                weight: 10 + required + implementers,
            })
        })
        .collect()
}

/// How many types of the tree implement each trait.
fn impls(interface: &Interface) -> BTreeMap<&str, usize> {
    let mut found = BTreeMap::new();
    for item in interface.items.values() {
        let of: &[Impl] = match &item.kind {
            Kind::Struct(this) | Kind::Union(this) => &this.impls,
            Kind::Enum(this) => &this.impls,
            _ => &[],
        };
        for this in of.iter().filter(|this| !this.negative) {
            *found.entry(this.trait_.path.as_str()).or_insert(0) += 1;
        }
    }
    found
}
