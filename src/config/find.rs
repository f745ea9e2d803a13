//! Finds the configuration that is in force: in a folder or the nearest one above it, up to the top of the
//! repository. In one folder `cogate.toml` comes first, then the files of other tools that have a section for us.

use std::fs;
use std::path::{Path, PathBuf};

use crate::contract::read_regular;

use super::paths::check_disk;
use super::{Config, Error, parse};

/// The files that may hold a configuration, the first that does wins.
pub const FILES: [&str; 3] = ["cogate.toml", "pyproject.toml", "Cargo.toml"];

/// The configuration for a folder.
///
/// # Errors
/// If there is none (the error names `cogate init`), or something in it is wrong.
pub fn find(start: &Path) -> Result<Config, Error> {
    find_any(start)?.ok_or_else(|| {
        Error::new(
            FILES[0],
            "there is no configuration, here or in a folder above",
            "run `cogate init` to write one",
        )
    })
}

/// The configuration for a folder, if there is one.
///
/// # Errors
/// If something in it is wrong.
pub fn find_any(start: &Path) -> Result<Option<Config>, Error> {
    let start = fs::canonicalize(start)
        .map_err(|error| Error::new(".", format!("this folder cannot be opened: {error}"), ""))?;
    for folder in start.ancestors() {
        for file in FILES {
            let path = folder.join(file);
            // A link counts even if it leads nowhere: better an error than another configuration in silence.
            if fs::symlink_metadata(&path).is_err() {
                continue;
            }
            if let Some(config) = read(&path, file, folder, true)? {
                return Ok(Some(config));
            }
        }
        // In a worktree `.git` is a file.
        if folder.join(".git").exists() {
            break;
        }
    }
    Ok(None)
}

/// The configuration in a file that the user named.
///
/// # Errors
/// If it cannot be read, has no section for us, or something in it is wrong.
pub fn load(path: &Path) -> Result<Config, Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    read(path, &name, &folder, false)?.ok_or_else(|| {
        Error::new(
            name,
            "it has no section for cogate",
            "add [tool.cogate] to pyproject.toml or [package.metadata.cogate] to Cargo.toml, or run `cogate init`",
        )
    })
}

/// `inside`: the file was found, not named, so it must not be a link to somewhere else.
fn read(path: &Path, file: &str, folder: &Path, inside: bool) -> Result<Option<Config>, Error> {
    if inside
        && let (Ok(real), Ok(folder)) = (path.canonicalize(), folder.canonicalize())
        && !real.starts_with(folder)
    {
        return Err(Error::new(
            file,
            "it is a link that leads out of the project",
            "put the file itself there, or name it with --config",
        ));
    }
    let text = read_regular(path, file)?;
    let config = parse(&text, file, folder)?;
    if let Some(config) = &config {
        check_disk(config)?;
    }
    Ok(config)
}
