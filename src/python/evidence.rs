//! What the provider's own code shows about some of its members: which overrides there are, and which calls it really
//! makes on implementers. Only files whose bytes hold one of the names are parsed. It judges nothing.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use super::decode::decode;
use super::project::Project;
use super::source::with_source;
use super::uses::{Use, uses};
use crate::interface::python::{Argument, Class, Interface};
use crate::interface::table::PlacedFact;
use crate::interface::{CallShape, Fact, Place, Verb};

/// Members of interest, by the class that has them.
pub type Wanted = BTreeMap<String, BTreeSet<String>>;

/// Which expressions hold an implementer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receivers {
    /// These, as the configuration says.
    Named(Vec<String>),
    /// Expressions with at least three distinct attributes, nine in ten of which are members of one class.
    Infer,
}

/// A call that a tree makes on implementers of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallMade {
    /// The class whose implementers get it.
    pub class: String,
    /// The member that is called.
    pub member: String,
    /// With what.
    pub shape: CallShape,
    /// Where.
    pub place: Place,
    /// Where each argument is passed: by keyword, or by position (`#0`).
    pub arguments: Vec<(String, Place)>,
    /// On which expression.
    pub receiver: String,
    /// The class and method that make it on `self`; none if it is made on a receiver.
    pub within: Option<(String, String)>,
}

/// An inferred receiver has at least so many distinct attributes...
const ATTRIBUTES: usize = 3;
/// ...of which at least so many percent are members.
const PERCENT: usize = 90;

impl Project<'_> {
    /// Which of the wanted members are overridden by a class of the tree.
    pub fn overridden(&self, wanted: &Wanted) -> BTreeSet<(String, String)> {
        let names: BTreeSet<&str> = wanted.values().flatten().map(String::as_str).collect();
        let patterns: Vec<String> = names
            .iter()
            .flat_map(|name| [format!("def {name}("), format!("\n    {name} = ")])
            .collect();
        let files = self.files_with(&patterns);
        let found: Vec<(String, String)> = files
            .par_iter()
            .flat_map_iter(|&index| self.classes_in(index))
            .flat_map_iter(|path| self.overrides_of(&path, wanted))
            .collect();
        found.into_iter().collect()
    }

    fn overrides_of(&self, path: &str, wanted: &Wanted) -> Vec<(String, String)> {
        let Some((lineage, own)) = self.lineage(path) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for base in lineage.iter().filter(|base| base.as_str() != path) {
            let Some(names) = wanted.get(base) else {
                continue;
            };
            let overridden = names.iter().filter(|name| own.contains(*name));
            found.extend(overridden.map(|name| (base.clone(), name.clone())));
        }
        found
    }

    /// Adds to `interface` the classes of other modules that derive from one of `bases`: what these offer changes with
    /// them.
    pub fn add_heirs(&self, bases: &BTreeSet<String>, interface: &mut Interface) {
        let names: BTreeSet<&str> = bases
            .iter()
            .filter_map(|path| path.rsplit('.').next())
            .collect();
        let patterns: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let found: Vec<String> = self
            .files_with(&patterns)
            .into_par_iter()
            .flat_map_iter(|index| self.classes_in(index))
            .filter(|path| !interface.classes.contains_key(path))
            .filter(|path| {
                self.lineage(path)
                    .is_some_and(|(mro, _)| mro.iter().any(|base| bases.contains(base)))
            })
            .collect();
        let (heirs, _) = self.interface(&found);
        interface.classes.extend(heirs.classes);
        interface.unknown.extend(heirs.unknown);
    }

    /// Writes into the classes of `interface` which calls the tree makes on implementers of their wanted members.
    pub fn fill_calls(&self, interface: &mut Interface, wanted: &Wanted, receivers: &Receivers) {
        let patterns = patterns(wanted, receivers);
        let files = self.files_with(&patterns);
        let per_file: Vec<Vec<Call>> = files
            .par_iter()
            .map(|&index| self.calls_in(index, interface, wanted, receivers))
            .collect();
        for call in per_file.into_iter().flatten() {
            if let Some(class) = interface.classes.get_mut(&call.class) {
                record(class, call.used);
            }
        }
        for class in interface.classes.values_mut() {
            class.requires.values_mut().for_each(|facts| facts.sort());
        }
    }

    /// The calls that the tree makes on implementers of the wanted members, each by itself.
    pub fn calls_made(
        &self,
        interface: &Interface,
        wanted: &Wanted,
        receivers: &Receivers,
    ) -> Vec<CallMade> {
        let files = self.files_with(&patterns(wanted, receivers));
        let per_file: Vec<Vec<Call>> = files
            .par_iter()
            .map(|&index| self.calls_in(index, interface, wanted, receivers))
            .collect();
        let made = per_file.into_iter().flatten().flat_map(|call| {
            let Call {
                class,
                module,
                used,
            } = call;
            let within = (used.receiver == "self").then(|| {
                let class = format!("{module}.{}", used.class);
                (class, used.function.clone())
            });
            used.shapes.clone().into_iter().map(move |shape| CallMade {
                class: class.clone(),
                member: used.attribute.clone(),
                shape,
                place: used.place.clone(),
                arguments: used.arguments.clone(),
                receiver: used.receiver.clone(),
                within: within.clone(),
            })
        });
        made.collect()
    }

    /// Methods of a module's classes that call the same method of their base, as (class, method).
    pub fn extends_base(&self, module: &str) -> BTreeSet<(String, String)> {
        let Some(index) = self.module_index(module) else {
            return BTreeSet::new();
        };
        let found = self.uses_in(index).into_iter().filter(|used| {
            used.attribute == used.function
                && !used.class.is_empty()
                && used.receiver != "self"
                && !used.receiver.starts_with("self.")
        });
        found
            .map(|used| (format!("{module}.{}", used.class), used.function))
            .collect()
    }

    /// The receivers of every class that the tree shows, for `init`.
    pub fn receivers(&self, interface: &Interface) -> BTreeMap<String, BTreeSet<String>> {
        let all: Vec<usize> = (0..self.module_count()).collect();
        let per_file: Vec<Vec<(String, String)>> = all
            .par_iter()
            .map(|&index| {
                let found = self.uses_in(index);
                let candidates = interface
                    .classes
                    .iter()
                    .filter(|(_, class)| class.members.len() >= ATTRIBUTES);
                let candidates: Vec<(&String, &Class)> = candidates.collect();
                infer(&found, &candidates)
                    .into_iter()
                    .map(|((_, receiver), class)| (class, receiver))
                    .collect()
            })
            .collect();
        let mut receivers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (class, receiver) in per_file.into_iter().flatten() {
            receivers.entry(class).or_default().insert(receiver);
        }
        receivers
    }

    /// Modules whose bytes hold one of the patterns.
    pub(crate) fn files_with(&self, patterns: &[String]) -> Vec<usize> {
        let Ok(search) = AhoCorasick::new(patterns) else {
            return Vec::new();
        };
        let all: Vec<usize> = if patterns.is_empty() {
            Vec::new()
        } else {
            (0..self.module_count()).collect()
        };
        all.into_par_iter()
            .filter(|&index| {
                self.bytes(index)
                    .is_some_and(|bytes| search.is_match(&*bytes))
            })
            .collect()
    }

    fn uses_in(&self, index: usize) -> Vec<Use> {
        let Some(bytes) = self.bytes(index) else {
            return Vec::new();
        };
        let Ok(text) = decode(&bytes) else {
            return Vec::new();
        };
        with_source(self.module_path(index), &text, uses).unwrap_or_default()
    }

    fn calls_in(
        &self,
        index: usize,
        interface: &Interface,
        wanted: &Wanted,
        receivers: &Receivers,
    ) -> Vec<Call> {
        let found = self.uses_in(index);
        let module = self.module_name(index);
        let classes: Vec<(&String, &Class)> = interface
            .classes
            .iter()
            .filter(|(path, _)| wanted.contains_key(*path))
            .collect();
        let inferred = match receivers {
            Receivers::Infer => infer(&found, &classes),
            Receivers::Named(_) => BTreeMap::new(),
        };
        let mut calls = Vec::new();
        for used in found.into_iter().filter(|used| !used.shapes.is_empty()) {
            let inside = format!("{module}.{}", used.class);
            for (path, class) in &classes {
                let is_wanted = wanted
                    .get(*path)
                    .is_some_and(|names| names.contains(&used.attribute));
                // A class calls its own hooks, and those of its bases, on whoever subclasses it.
                let on_itself =
                    used.receiver == "self" && (inside == **path || class.mro.contains(&inside));
                let on_receiver = match receivers {
                    Receivers::Named(named) => named.contains(&used.receiver),
                    Receivers::Infer => inferred
                        .get(&(used.scope.clone(), used.receiver.clone()))
                        .is_some_and(|known| known == *path),
                };
                if is_wanted && (on_itself || on_receiver) {
                    calls.push(Call {
                        class: (*path).clone(),
                        module: module.to_owned(),
                        used: used.clone(),
                    });
                }
            }
        }
        calls
    }
}

struct Call {
    class: String,
    module: String,
    used: Use,
}

fn patterns(wanted: &Wanted, receivers: &Receivers) -> Vec<String> {
    let names: BTreeSet<&str> = wanted.values().flatten().map(String::as_str).collect();
    match receivers {
        Receivers::Infer => names.iter().map(|name| format!(".{name}(")).collect(),
        Receivers::Named(named) => {
            let mut starts: Vec<&str> = named.iter().map(String::as_str).collect();
            starts.push("self");
            starts
                .iter()
                .flat_map(|start| names.iter().map(move |name| format!("{start}.{name}")))
                .collect()
        }
    }
}

fn record(class: &mut Class, used: Use) {
    let facts = class.requires.entry(used.attribute.clone()).or_default();
    for shape in &used.shapes {
        let fact = Fact {
            verb: Verb::Call,
            path: shape.to_string(),
            may: false,
        };
        match facts.iter_mut().find(|known| known.fact == fact) {
            Some(known) => {
                known.places.push(used.place.clone());
                known.places.sort();
            }
            None => facts.push(PlacedFact {
                fact,
                places: vec![used.place.clone()],
            }),
        }
    }
    let arguments = class.arguments.entry(used.attribute).or_default();
    for shape in used.shapes {
        let passed = used.arguments.iter().map(|(name, place)| Argument {
            shape: shape.clone(),
            name: name.clone(),
            place: place.clone(),
        });
        arguments.extend(passed);
    }
}

/// The class behind each receiver of a file, by scope and text, where its attributes leave no doubt.
fn infer(found: &[Use], classes: &[(&String, &Class)]) -> BTreeMap<(String, String), String> {
    let mut attributes: BTreeMap<(String, String), BTreeSet<&str>> = BTreeMap::new();
    for used in found.iter().filter(|used| {
        used.receiver != "self" && used.receiver != "cls" && used.receiver != "super()"
    }) {
        let key = (used.scope.clone(), used.receiver.clone());
        attributes.entry(key).or_default().insert(&used.attribute);
    }
    let mut inferred = BTreeMap::new();
    for (key, names) in attributes
        .into_iter()
        .filter(|(_, names)| names.len() >= ATTRIBUTES)
    {
        let scored = classes.iter().filter_map(|(path, class)| {
            let known = names
                .iter()
                .filter(|name| class.members.contains_key(**name))
                .count();
            (known * 100 >= names.len() * PERCENT).then_some((known, *path, *class))
        });
        let mut scored: Vec<_> = scored.collect();
        scored.sort_by(|a, b| (b.0, a.1).cmp(&(a.0, b.1)));
        // Heirs have the members of their base: the base is meant.
        let best = scored.iter().find(|(count, path, _)| {
            scored.iter().all(|(other_count, other, class)| {
                other == path || other_count < count || class.mro.contains(path)
            })
        });
        if let Some((_, path, _)) = best {
            inferred.insert(key, (*path).clone());
        }
    }
    inferred
}
