//! The facts of `requires` that follow from the places where a member is called or read: one for each shape, for each
//! exception that is tolerated, for each part of an attribute. Places are kept beside the facts.

use std::collections::{BTreeMap, BTreeSet};

use super::uses::{Read, Use};
use crate::interface::python::{Kind, Member, Site, Tolerance};
use crate::interface::table::PlacedFact;
use crate::interface::{CallShape, Fact, Place, Verb};

/// The facts of one member; `named` are the exceptions that handlers around its places name, by place.
pub(super) fn of(
    sites: &[Site],
    uses: &[&Use],
    named: &BTreeMap<String, BTreeSet<Place>>,
    member: Option<&Member>,
) -> Vec<PlacedFact> {
    let mut facts = calls(sites);
    for (exception, here) in named {
        facts.extend(tolerance(sites, exception, here));
    }
    if member.is_some_and(is_class_attribute) {
        facts.extend(reads(uses));
    }
    facts.sort();
    facts
}

/// Instances get their own attributes from a constructor that they share; what stands in the class is replaced there.
fn is_class_attribute(member: &Member) -> bool {
    match &member.kind {
        Kind::Attribute(attribute) => !attribute.on_instance,
        Kind::Property(_) => true,
        _ => false,
    }
}

fn calls(sites: &[Site]) -> Vec<PlacedFact> {
    by_shape(sites)
        .into_iter()
        .map(|(shape, sites)| fact(Verb::Call, shape.to_string(), false, places(&sites)))
        .collect()
}

fn by_shape(sites: &[Site]) -> BTreeMap<&CallShape, Vec<&Site>> {
    let mut shapes: BTreeMap<&CallShape, Vec<&Site>> = BTreeMap::new();
    for site in sites {
        if let Some(shape) = &site.shape {
            shapes.entry(shape).or_default().push(site);
        }
    }
    shapes
}

/// At all calls, at all calls of one shape, or at some; `here` are the places whose own function says so.
fn tolerance(sites: &[Site], exception: &str, here: &BTreeSet<Place>) -> Vec<PlacedFact> {
    let level = |site: &Site| {
        let level = site.tolerates.get(exception).copied();
        level.unwrap_or(Tolerance::Never)
    };
    let calls: Vec<&Site> = sites.iter().filter(|site| site.shape.is_some()).collect();
    let some: Vec<&Site> = calls
        .iter()
        .copied()
        .filter(|site| here.contains(&site.place) && level(site) >= Tolerance::Sometimes)
        .collect();
    if some.is_empty() {
        return Vec::new();
    }
    let always = |sites: &[&Site]| sites.iter().all(|site| level(site) == Tolerance::Always);
    let told =
        |path: String, may: bool, sites: &[&Site]| fact(Verb::Tolerates, path, may, places(sites));
    if always(&calls) {
        return vec![told(exception.to_owned(), false, &calls)];
    }
    let at: Vec<PlacedFact> = by_shape(sites)
        .into_iter()
        .filter(|(_, sites)| always(sites) && sites.iter().any(|site| here.contains(&site.place)))
        .map(|(shape, sites)| told(format!("{exception} at {shape}"), false, &sites))
        .collect();
    if at.is_empty() {
        return vec![told(exception.to_owned(), true, &some)];
    }
    at
}

fn reads(uses: &[&Use]) -> Vec<PlacedFact> {
    let read: Vec<(&Use, &Read)> = uses
        .iter()
        .filter(|used| !used.called)
        .filter_map(|used| Some((*used, used.read.as_ref()?)))
        .collect();
    // What a function looks for first may be missing.
    let is_looked_for = |used: &Use, path: &str| {
        read.iter().any(|(other, read)| {
            read.optional
                && read.path == path
                && (&other.class, &other.within) == (&used.class, &used.within)
                && other.place.path == used.place.path
        })
    };
    let mut found: BTreeMap<&str, (bool, Vec<Place>)> = BTreeMap::new();
    for (used, read) in &read {
        let path = if read.path.is_empty() {
            "value"
        } else {
            &read.path
        };
        let (optional, places) = found.entry(path).or_insert((true, Vec::new()));
        *optional &= is_looked_for(used, &read.path);
        places.push(used.place.clone());
    }
    if found.len() > 1 {
        // Whoever reads a part reads the attribute.
        found.remove("value");
    }
    found
        .into_iter()
        .map(|(path, (optional, mut places))| {
            places.sort();
            fact(Verb::Reads, path.to_owned(), optional, places)
        })
        .collect()
}

fn places(sites: &[&Site]) -> Vec<Place> {
    let mut places: Vec<Place> = sites.iter().map(|site| site.place.clone()).collect();
    places.sort();
    places.dedup();
    places
}

fn fact(verb: Verb, path: String, may: bool, places: Vec<Place>) -> PlacedFact {
    PlacedFact {
        fact: Fact { verb, path, may },
        places,
    }
}
