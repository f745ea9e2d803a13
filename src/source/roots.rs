//! Where packages start in a tree: at the top, in `src/`, or where the person says. It names no modules; front ends do.

use super::Entry;
use super::error::{Error, ErrorKind};
use super::paths::{below, clean};

/// The roots that were asked for, in normal form and sorted.
pub(crate) fn wanted(texts: &[String]) -> Result<Vec<String>, Error> {
    let mut roots = Vec::new();
    for text in texts {
        let root = clean(text).map_err(|problem| {
            Error::new(
                ErrorKind::BadOption,
                format!("the root `{text}` {problem}; write it relative to the top of the tree"),
            )
        })?;
        roots.push(root);
    }
    roots.sort();
    roots.dedup();
    Ok(roots)
}

/// The roots of a tree. `src/` is one if Python starts there and it is no package itself; then the top remains one too,
/// because a tree may hold both.
pub(crate) fn resolve(
    wanted: Vec<String>,
    entries: &[Entry],
    label: &str,
) -> Result<Vec<String>, Error> {
    if let Some(missing) = wanted
        .iter()
        .find(|root| !root.is_empty() && !entries.iter().any(|e| below(&e.path, root).is_some()))
    {
        return Err(Error::new(
            ErrorKind::BadOption,
            format!(
                "`{label}` has no source file in the root `{missing}`; give a directory below its top"
            ),
        ));
    }
    if !wanted.is_empty() {
        return Ok(wanted);
    }
    let mut python = false;
    for entry in entries {
        match below(&entry.path, "src") {
            Some("__init__.py" | "__init__.pyi") => return Ok(vec![String::new()]),
            Some(path) => python |= path.ends_with(".py") || path.ends_with(".pyi"),
            None => {}
        }
    }
    let mut roots = vec![String::new()];
    if python {
        roots.push("src".to_owned());
    }
    Ok(roots)
}

/// The path below the longest root that it is in.
pub(crate) fn strip<'a>(roots: &[String], path: &'a str) -> Option<&'a str> {
    // Sorted, so the last one that fits is the longest.
    roots.iter().rev().find_map(|root| below(path, root))
}
