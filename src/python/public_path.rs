//! Under which path a definition is best known: through re-exports that were meant. A byte search tells which modules
//! can have any, so that only those are parsed.

use std::collections::BTreeMap;

use memchr::memmem;
use rayon::prelude::*;

use super::extract::{ModuleExtract, What};
use super::link::{Linker, end_of};
use super::members::is_own_package;

/// Re-exports are followed this far.
const FAR: u8 = 20;

/// The best re-export of each definition that has one.
pub(crate) struct PublicPaths {
    best: BTreeMap<String, String>,
}

impl PublicPaths {
    pub(crate) fn new(linker: &Linker<'_>) -> Self {
        let found: Vec<(String, String)> = linker
            .modules
            .files()
            .par_iter()
            .enumerate()
            .filter(|(_, file)| !is_private(&file.name))
            .filter(|(_, file)| {
                file.is_package
                    || linker
                        .files
                        .read(&file.path)
                        .is_ok_and(|bytes| may_reexport(&bytes))
            })
            .filter_map(|(index, _)| linker.extract_at(index).ok())
            .flat_map_iter(|module| reexports(linker, module))
            .collect();
        let mut best: BTreeMap<String, String> = BTreeMap::new();
        for (definition, path) in found {
            match best.get_mut(&definition) {
                Some(known) => {
                    if rank(&path) < rank(known) {
                        *known = path;
                    }
                }
                None => {
                    best.insert(definition, path);
                }
            }
        }
        Self { best }
    }

    /// The shortest importable path without a private segment, then the first by alphabet, else where it is defined.
    pub(crate) fn of(&self, linker: &Linker<'_>, definition: &str) -> String {
        let Some((module, rest)) = linker.modules.split(definition) else {
            return definition.to_owned();
        };
        let Some(name) = rest.split('.').next().filter(|name| !name.is_empty()) else {
            return definition.to_owned();
        };
        let own = format!("{module}.{name}");
        let Some(best) = self.best.get(&own) else {
            return definition.to_owned();
        };
        if !is_private(&own) && rank(&own) <= rank(best) {
            return definition.to_owned();
        }
        format!("{best}{}", &definition[own.len()..])
    }
}

fn rank(path: &str) -> (usize, &str) {
    (path.split('.').count(), path)
}

/// `__all__`, or an import of a name as itself.
fn may_reexport(bytes: &[u8]) -> bool {
    memmem::find(bytes, b"__all__").is_some()
        || memmem::find_iter(bytes, b" as ").any(|at| {
            let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            let before = bytes[..at]
                .iter()
                .rev()
                .take_while(|byte| is_word(byte))
                .count();
            let after = bytes[at + 4..]
                .iter()
                .take_while(|byte| is_word(byte))
                .count();
            before > 0 && bytes[at - before..at] == bytes[at + 4..at + 4 + after]
        })
}

/// Definitions of other modules that a module offers on purpose, with their paths there.
fn reexports(linker: &Linker<'_>, module: &ModuleExtract) -> Vec<(String, String)> {
    let all = linker.all_of(module, FAR);
    let listed = |name: &str| {
        all.as_ref()
            .is_some_and(|all| all.iter().any(|known| known == name))
    };
    let mut names: Vec<String> = module
        .names
        .iter()
        .filter(|(name, bound)| match &bound.what {
            What::Import(import) => {
                !bound.for_types
                    && (import.explicit || is_own_package(module, &import.target) || listed(name))
            }
            _ => false,
        })
        .map(|(name, _)| name.clone())
        .collect();
    for star in &module.stars {
        if let Some(from) = linker.extract(&star.module)
            && from.name != module.name
        {
            let counts = is_own_package(module, &from.name);
            names.extend(
                linker
                    .star_names(from, FAR)
                    .into_iter()
                    .filter(|name| counts || listed(name)),
            );
        }
    }
    names
        .into_iter()
        .filter(|name| !is_private(name))
        .filter_map(|name| {
            let path = format!("{}.{name}", module.name);
            let end = end_of(&linker.in_module(&module.name, &name, FAR))?;
            (end != path && linker.modules.holds_top(&end)).then_some((end, path))
        })
        .collect()
}

/// A segment starts with one underscore.
fn is_private(path: &str) -> bool {
    path.split('.')
        .any(|segment| segment.starts_with('_') && !segment.starts_with("__"))
}
