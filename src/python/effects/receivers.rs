//! Which attributes of an object hold an implementer, where no configuration says so: by what is called on them. Only
//! classes around functions that somebody named are looked at.

use std::collections::{BTreeMap, BTreeSet};

use super::engine::Implementers;
use crate::interface::python::{Class, Interface};
use crate::python::project::Project;

/// Attributes enough to tell a class by its members alone.
const ENOUGH: usize = 3;
/// So many percent of them are members.
const PERCENT: usize = 90;
/// A name that so many files define tells nothing.
const COMMON: usize = 40;
/// So many names are tried.
const TRIED: usize = 4;

impl Project<'_> {
    /// Receivers (`self.driver`) in the modules of an interface that hold implementers of some class of the tree: all
    /// that is called on them are its members, and it is told by three of them or by one that is abstract.
    pub fn infer_implementers(&self, interface: &Interface) -> Implementers {
        let owners = interface.classes.keys().chain(interface.modules.keys());
        let files: BTreeSet<usize> = owners.filter_map(|path| self.module_of(path)).collect();
        let mut attributes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for index in files {
            for used in self.uses_in(index) {
                if used.receiver.starts_with("self.") {
                    attributes
                        .entry(used.receiver)
                        .or_default()
                        .insert(used.attribute);
                }
            }
        }
        let mut known: BTreeMap<String, Interface> = BTreeMap::new();
        let mut implementers = Implementers::default();
        for (receiver, names) in attributes {
            // The longest name says most; it may be that of an attribute, which nobody defines by `def`.
            let mut longest: Vec<&String> = names.iter().collect();
            longest.sort_by_key(|name| (std::cmp::Reverse(name.len()), name.as_str()));
            let telling = longest.into_iter().take(TRIED).find(|name| {
                let candidates = known
                    .entry((*name).clone())
                    .or_insert_with(|| self.classes_with(name));
                !candidates.classes.is_empty()
            });
            let Some(candidates) = telling.and_then(|name| known.get(name)) else {
                continue;
            };
            if let Some((path, class)) = best(candidates, &names) {
                let members = class.members.keys().cloned().collect();
                implementers
                    .by_receiver
                    .insert(receiver, vec![(path.to_owned(), members)]);
            }
        }
        implementers
    }

    fn module_of(&self, path: &str) -> Option<usize> {
        let (module, _) = self.linker().modules.split(path)?;
        self.linker().modules.find(module)
    }

    fn classes_with(&self, name: &str) -> Interface {
        let files = self.files_with(&[format!("def {name}(")]);
        if files.len() > COMMON {
            return Interface::default();
        }
        let paths: Vec<String> = files
            .into_iter()
            .flat_map(|index| self.classes_in(index))
            .collect();
        let (mut found, _) = self.interface(&paths);
        found
            .classes
            .retain(|_, class| class.members.contains_key(name));
        found
    }
}

/// The one class that is meant: heirs have the members of their base, so the base.
fn best<'i>(candidates: &'i Interface, names: &BTreeSet<String>) -> Option<(&'i str, &'i Class)> {
    let fits = |class: &&Class| {
        let known = names
            .iter()
            .filter(|name| class.members.contains_key(*name));
        let is_abstract = known.clone().any(|name| {
            class
                .members
                .get(name)
                .is_some_and(|member| member.is_abstract())
        });
        let count = known.count();
        count * 100 >= names.len() * PERCENT && (count >= ENOUGH || is_abstract)
    };
    let fitting: Vec<(&String, &Class)> = candidates
        .classes
        .iter()
        .filter(|(_, class)| fits(class))
        .collect();
    let best = fitting.iter().find(|(path, _)| {
        fitting
            .iter()
            .all(|(other, class)| other == path || class.mro.contains(path))
    });
    best.map(|(path, class)| (path.as_str(), *class))
}
