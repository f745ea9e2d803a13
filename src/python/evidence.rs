//! Which overrides of some members the provider's own code shows, and which heirs of some classes. Only files whose
//! bytes hold one of the names are parsed. It judges nothing.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use super::project::Project;
use crate::interface::python::Interface;

/// Members of interest, by the class that has them.
pub type Wanted = BTreeMap<String, BTreeSet<String>>;

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

    /// Methods of a module's classes that call the same method of their base, as (class, method).
    pub fn extends_base(&self, module: &str) -> BTreeSet<(String, String)> {
        let Some(index) = self.module_index(module) else {
            return BTreeSet::new();
        };
        let found = self.uses_in(index).into_iter().filter(|used| {
            used.attribute == used.function
                && !used.class.is_empty()
                && !matches!(used.receiver.as_str(), "" | "self")
                && !used.receiver.starts_with("self.")
        });
        found
            .map(|used| (format!("{module}.{}", used.class), used.function))
            .collect()
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
}
