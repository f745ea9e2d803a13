//! What may stand where the configuration wants a path: of a file inside the project, or of an item of the source.

use std::path::Path;

use toml::Spanned;

use crate::toml_text::{Error, Text};

use super::Config;
use super::read::filled;

/// A relative path that stays inside the project whatever is on the disk, with `/` between its parts and nothing
/// superfluous; `.` for the project itself.
pub(super) fn check_inside(source: &Text<'_>, raw: &Spanned<String>) -> Result<String, Error> {
    filled(source, raw, "a path")?;
    let text = raw.get_ref();
    // A backslash or a drive means a path on Windows and a name elsewhere: refused, so that it means one thing.
    let foreign = text.contains(['\\', '\0']) || text.get(1..2) == Some(":");
    let parts: Vec<&str> = text
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    if foreign || text.starts_with(['/', '~']) || parts.contains(&"..") {
        return Err(source.error(
            raw.span(),
            format!("`{text}` leads out of the project"),
            "write a path relative to this file's folder, with `/` between its parts and without `..`",
        ));
    }
    Ok(if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    })
}

/// The dotted path of a Python item, or the path of a Rust item with `::`.
pub(super) fn check_item(source: &Text<'_>, raw: &Spanned<String>) -> Result<(), Error> {
    filled(source, raw, "the path of an item")?;
    let text = raw.get_ref();
    let parts: Vec<&str> = if text.contains("::") {
        text.split("::").collect()
    } else {
        text.split('.').collect()
    };
    let next = if parts
        .first()
        .is_some_and(|first| matches!(*first, "crate" | "self" | "super"))
    {
        "start with the name of the crate"
    } else if parts.iter().all(|part| is_identifier(part)) {
        return Ok(());
    } else if text.contains("::") && text.contains('-') {
        "the name of a crate has `_` in place of `-`"
    } else {
        "write it as \"package.module.Class\", or \"crate_name::module::Trait\""
    };
    Err(source.error(raw.span(), format!("`{text}` is no path of an item"), next))
}

fn is_identifier(part: &str) -> bool {
    let part = part.strip_prefix("r#").unwrap_or(part);
    let mut chars = part.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_')
}

/// Asks the disk: the folders that are named must be there, and no link may lead out of the project.
pub(super) fn check_disk(config: &Config) -> Result<(), Error> {
    let failed = |what: String, next: &str| Err(Error::new(&config.file, what, next));
    let Ok(project) = config.root_dir.canonicalize() else {
        return failed("its folder cannot be opened".to_owned(), "");
    };
    let leads_out = |path: &Path| {
        path.canonicalize()
            .is_ok_and(|real| !real.starts_with(&project))
    };
    for root in &config.source.root {
        let path = project.join(root);
        if leads_out(&path) {
            return failed(
                format!("`source.root` names `{root}`, a link that leads out of the project"),
                "name a folder inside the project",
            );
        }
        if !path.is_dir() {
            return failed(
                format!("`source.root` names `{root}`, which is no folder"),
                "name the folder where packages or crates start",
            );
        }
    }
    let contracts = &config.policy.contracts;
    let path = project.join(contracts);
    // A link to nothing would be followed when the first contract is written.
    let dangling = path.is_symlink() && !path.exists();
    if dangling || leads_out(&path) {
        return failed(
            format!("`policy.contracts` names `{contracts}`, a link that leads out of the project"),
            "name a folder inside the project",
        );
    }
    Ok(())
}
