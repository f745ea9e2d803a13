//! Under which path a definition is known: re-exports that were meant, found by a byte search before anything is
//! parsed.

use memchr::memmem;

use super::extract::What;
use super::link::{Linker, end_of};
use super::members::is_own_package;

/// The shortest importable path without a private segment, then the first by alphabet, else where it is defined.
pub(crate) fn public_path(linker: &Linker<'_>, definition: &str) -> String {
    let Some((module, rest)) = linker.modules.split(definition) else {
        return definition.to_owned();
    };
    let Some(name) = rest.split('.').next().filter(|name| !name.is_empty()) else {
        return definition.to_owned();
    };
    let top_level = format!("{module}.{name}");
    let after = &definition[top_level.len()..];
    let mut best: Option<String> = (!is_private(&top_level)).then(|| top_level.clone());
    let top = module.split('.').next().unwrap_or(module);
    let finder = memmem::Finder::new(name);
    for (index, file) in linker.modules.files().iter().enumerate() {
        let is_inside = file.name == top || file.name.starts_with(&format!("{top}."));
        // A longer path can never be the better one.
        let segments = |path: &str| path.split('.').count();
        let longer = best
            .as_ref()
            .is_some_and(|best| segments(&file.name) + 1 > segments(best));
        if !is_inside || file.name == module || longer || is_private(&file.name) {
            continue;
        }
        let is_init = file.is_package;
        let may_hold = linker.files.read(&file.path).is_ok_and(|bytes| {
            finder.find(&bytes).is_some()
                || (is_init && memmem::find(&bytes, b"import *").is_some())
        });
        if !may_hold {
            continue;
        }
        let Ok(extract) = linker.extract_at(index) else {
            continue;
        };
        let names: Vec<&str> = extract
            .names
            .iter()
            .filter(|(name, bound)| match &bound.what {
                What::Import(import) => {
                    import.explicit
                        || is_own_package(extract, &import.target)
                        || linker
                            .all_of(extract, 4)
                            .is_some_and(|all| all.binary_search(name).is_ok())
                }
                What::Alias(_) => true,
                _ => false,
            })
            .map(|(name, _)| name.as_str())
            .chain((!extract.stars.is_empty() && is_init).then_some(name))
            .collect();
        for called in names {
            let path = format!("{}.{called}", extract.name);
            if is_private(&path) {
                continue;
            }
            let end = end_of(&linker.in_module(&extract.name, called, 20));
            if end.as_deref() != Some(top_level.as_str()) {
                continue;
            }
            let better = best
                .as_ref()
                .is_none_or(|best| (segments(&path), &path) < (segments(best), best));
            if better {
                best = Some(path);
            }
        }
    }
    match best {
        Some(path) => format!("{path}{after}"),
        None => definition.to_owned(),
    }
}

/// A segment starts with one underscore.
fn is_private(path: &str) -> bool {
    path.split('.')
        .any(|segment| segment.starts_with('_') && !segment.starts_with("__"))
}
