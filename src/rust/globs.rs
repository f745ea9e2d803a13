//! What globs lead to, found out for all modules together, so that they may lead in circles.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::known;
use super::raw::Kind;
use super::scope::{Def, Scope, Space};
use crate::interface::rust::Visibility;

/// Globs that are found through globs through globs: deeper than this is not looked.
const MAX_ROUNDS: usize = 12;

impl Scope<'_> {
    /// A name that a module has by itself or by `use`, as far as another may see it.
    pub(super) fn seen_from(
        &self,
        module: usize,
        from: usize,
        name: &str,
        space: Space,
        steps: usize,
    ) -> Option<Def> {
        let names = &self.names[from];
        if let Some((def, vis)) = names.own.get(&(space, name.to_owned()))
            && self.may_see(module, from, vis)
        {
            return Some(def.clone());
        }
        for import in names.uses.get(name).into_iter().flatten() {
            if self.may_see(module, from, &import.vis)
                && let Some(def) = self.resolve_use(from, &import.path, space, steps + 1)
            {
                return Some(def);
            }
        }
        None
    }

    /// Whether what stands in `from` with this visibility can be seen in `module`.
    pub(super) fn may_see(&self, module: usize, from: usize, vis: &Visibility) -> bool {
        if *vis != Visibility::Private {
            return true;
        }
        std::iter::successors(Some(module), |at| self.world.modules[*at].parent)
            .any(|above| above == from)
    }

    /// Finds out what all globs lead to. A glob may be found through another glob, so this goes on until nothing is new.
    pub(super) fn settle(&mut self) {
        for _ in 0..MAX_ROUNDS {
            let found: Vec<Vec<Target>> = (0..self.names.len())
                .map(|module| self.targets_of(module))
                .collect();
            self.memo.borrow_mut().clear();
            self.reach.borrow_mut().clear();
            if found == self.targets {
                break;
            }
            self.targets = found;
        }
        self.settled = true;
    }

    /// What the globs of a module lead to, as far as is known by now.
    pub(super) fn targets_of(&self, module: usize) -> Vec<Target> {
        let mut found = Vec::new();
        for glob in &self.names[module].globs {
            match self.resolve_use(module, &glob.path, Space::Types, 0) {
                Some(Def::Module(target)) if target != module => found.push(Target::Module(target)),
                Some(Def::Item(at, item))
                    if matches!(self.world.modules[at].items[item].kind, Kind::Enum(_)) =>
                {
                    found.push(Target::Enum(at, item));
                }
                Some(Def::External(base)) => found.push(Target::External(base)),
                _ => {}
            }
        }
        found
    }

    /// What the globs of a module lead to in the end, nearest first.
    pub(super) fn reach(&self, module: usize) -> Arc<Vec<Target>> {
        if let Some(known) = self.reach.borrow().get(&module) {
            return Arc::clone(known);
        }
        let mut found: Vec<Target> = Vec::new();
        if self.names[module].globs.is_empty() {
            return Arc::new(found);
        }
        let mut seen = BTreeSet::from([module]);
        let mut next = 0;
        found.extend(self.targets[module].iter().cloned());
        while let Some(target) = found.get(next).cloned() {
            next += 1;
            let Target::Module(at) = target else {
                continue;
            };
            if !seen.insert(at) {
                continue;
            }
            // A glob passes on what another glob brings only if it is for others to see.
            let passes = self.names[at]
                .globs
                .iter()
                .any(|glob| self.may_see(module, at, &glob.vis));
            if passes {
                for target in &self.targets[at] {
                    if !found.contains(target) {
                        found.push(target.clone());
                    }
                }
            }
        }
        let found = Arc::new(found);
        self.reach.borrow_mut().insert(module, Arc::clone(&found));
        found
    }

    /// A name that nothing in the tree has, in a module with one glob from outside: most likely from there.
    pub(super) fn guess(&self, module: usize, name: &str) -> Option<Def> {
        if !self.settled {
            return None;
        }
        let reach = self.reach(module);
        let mut bases = reach.iter().filter_map(|target| match target {
            Target::External(base) => Some(base),
            _ => None,
        });
        let base = bases.next()?;
        bases
            .all(|other| other == base)
            .then(|| Def::External(known::canonical(&format!("{base}::{name}"))))
    }
}

/// What a glob leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// All names of a module.
    Module(usize),
    /// All variants of an enum.
    Enum(usize, usize),
    /// All names of something outside the tree.
    External(String),
}
