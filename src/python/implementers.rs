//! Which classes derive from some others, wherever in the tree they stand: through re-exports, aliases and several
//! levels. Only files whose bytes hold the name of a known one are parsed. What they override is judged elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::project::Project;

impl Project<'_> {
    /// The classes that derive from one of `bases`, each with those of `bases` that it derives from, nearest first.
    pub fn implementers(&self, bases: &BTreeSet<String>) -> BTreeMap<String, Vec<String>> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut looked: BTreeSet<usize> = BTreeSet::new();
        let mut names: BTreeSet<String> = bases.iter().map(|path| last(path)).collect();
        let mut searched: BTreeSet<String> = BTreeSet::new();
        loop {
            let fresh: Vec<String> = names.difference(&searched).cloned().collect();
            if fresh.is_empty() {
                return found;
            }
            searched.extend(fresh.iter().cloned());
            let files: Vec<usize> = self
                .files_with(&fresh)
                .into_iter()
                .filter(|index| !looked.contains(index))
                .collect();
            looked.extend(&files);
            let heirs: Vec<(String, Vec<String>)> = files
                .par_iter()
                .flat_map_iter(|&index| self.classes_in(index))
                .filter_map(|path| {
                    let (mro, _) = self.lineage(&path)?;
                    let above: Vec<String> = mro
                        .into_iter()
                        .filter(|base| bases.contains(base))
                        .collect();
                    (!above.is_empty()).then_some((path, above))
                })
                .collect();
            // Their own heirs may know nothing of the first base but through them, or through another name for it.
            for &index in &files {
                names.extend(self.aliases_in(index, |path| {
                    bases.contains(path) || found.contains_key(path)
                }));
            }
            names.extend(heirs.iter().map(|(path, _)| last(path)));
            found.extend(heirs);
        }
    }
}

fn last(path: &str) -> String {
    path.rsplit('.').next().unwrap_or(path).to_owned()
}
