//! Contract files on disk: read whole, written whole or not at all, and never through a link that leads out of the
//! project, since a pull request can bring such a link.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};

use crate::toml_text::Error;

/// No contract or configuration is larger; DESIGN sets the limit for every file.
const MAX_SIZE: u64 = 16 << 20;

const LEADS_OUT: &str = "it leads out of the project";
const STAY_INSIDE: &str = "give a path inside the project, without links that lead elsewhere";

/// The text of a file inside the project.
///
/// # Errors
/// If it is not there, no regular file, too large, not UTF-8, or outside the project.
pub fn read_text(project_root: &Path, path: &str) -> Result<String, Error> {
    let root = canonical_root(project_root, path)?;
    let real = fs::canonicalize(inside(&root, path)?).map_err(|error| {
        let next = if error.kind() == io::ErrorKind::NotFound {
            "run `cogate snapshot` to write it"
        } else {
            ""
        };
        Error::new(path, unreadable(&error), next)
    })?;
    if !real.starts_with(&root) {
        return Err(Error::new(path, LEADS_OUT, STAY_INSIDE));
    }
    read_regular(&real, path)
}

/// The text of a regular file; `shown` names it in messages.
pub(crate) fn read_regular(real: &Path, shown: &str) -> Result<String, Error> {
    let failed = |error: &io::Error| Error::new(shown, unreadable(error), "");
    // Asked before it is opened: opening a pipe would wait for somebody to write to it.
    let data = fs::metadata(real).map_err(|error| failed(&error))?;
    if !data.is_file() {
        return Err(Error::new(
            shown,
            "it is no regular file",
            "give the path of a file",
        ));
    }
    let mut bytes = Vec::new();
    File::open(real)
        .and_then(|file| file.take(MAX_SIZE + 1).read_to_end(&mut bytes))
        .map_err(|error| failed(&error))?;
    if bytes.len() as u64 > MAX_SIZE {
        return Err(Error::new(
            shown,
            "it is larger than 16 MiB",
            "no such file is",
        ));
    }
    String::from_utf8(bytes)
        .map_err(|_| Error::new(shown, "it is not UTF-8", "save it in that encoding"))
}

fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        _ => format!("it cannot be read: {error}"),
    }
}

/// Writes a file inside the project through a temporary one, and says whether that changed anything. Folders are
/// made, permissions are kept, and a link to a file inside the project stays a link.
///
/// # Errors
/// If the path leads out of the project, or the file cannot be written.
pub fn save(project_root: &Path, path: &str, text: &str) -> Result<bool, Error> {
    let root = canonical_root(project_root, path)?;
    let wanted = inside(&root, path)?;
    let folder = folder(&root, &wanted, path)?;
    let name = wanted
        .file_name()
        .ok_or_else(|| Error::new(path, "it is no file name", STAY_INSIDE))?;
    let target = resolve(&root, folder.join(name), path)?;
    let before = fs::metadata(&target).ok();
    if before.as_ref().is_some_and(|before| !before.is_file()) {
        return Err(Error::new(
            path,
            "it is no regular file",
            "move what is there out of the way",
        ));
    }
    if fs::read(&target).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(false);
    }
    let temporary = temporary(&target);
    let written = write_whole(&temporary, text, before.map(|before| before.permissions()))
        .and_then(|()| fs::rename(&temporary, &target));
    if let Err(error) = written {
        // The first failure is the one to tell of.
        let _ = fs::remove_file(&temporary);
        return Err(Error::new(
            path,
            format!("it cannot be written: {error}"),
            "check the permissions of its folder and the space on the disk",
        ));
    }
    Ok(true)
}

fn canonical_root(project_root: &Path, path: &str) -> Result<PathBuf, Error> {
    fs::canonicalize(project_root)
        .map_err(|error| Error::new(path, format!("the project cannot be opened: {error}"), ""))
}

/// The path below the root; anything that climbs is refused before the disk is asked.
fn inside(root: &Path, path: &str) -> Result<PathBuf, Error> {
    let relative = Path::new(path);
    let plain = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if path.is_empty() || !plain {
        return Err(Error::new(path, LEADS_OUT, STAY_INSIDE));
    }
    Ok(root.join(relative))
}

/// The real folder of a file, made where it is missing; no step of it may leave the root.
fn folder(root: &Path, wanted: &Path, shown: &str) -> Result<PathBuf, Error> {
    let mut real = root.to_owned();
    let below = wanted
        .parent()
        .and_then(|folder| folder.strip_prefix(root).ok());
    for part in below.into_iter().flat_map(Path::components) {
        let step = real.join(part);
        let made = match fs::symlink_metadata(&step) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::create_dir(&step),
            _ => Ok(()),
        };
        real = made
            .and_then(|()| fs::canonicalize(&step))
            .map_err(|error| {
                Error::new(shown, format!("its folder cannot be made: {error}"), "")
            })?;
        if !real.starts_with(root) {
            return Err(Error::new(shown, LEADS_OUT, STAY_INSIDE));
        }
    }
    Ok(real)
}

/// Where a link leads, if the file is one.
fn resolve(root: &Path, target: PathBuf, shown: &str) -> Result<PathBuf, Error> {
    let is_link = fs::symlink_metadata(&target).is_ok_and(|data| data.file_type().is_symlink());
    if !is_link {
        return Ok(target);
    }
    match fs::canonicalize(&target) {
        Ok(real) if real.starts_with(root) => Ok(real),
        Ok(_) => Err(Error::new(shown, LEADS_OUT, STAY_INSIDE)),
        Err(_) => Err(Error::new(
            shown,
            "it is a link that leads nowhere",
            "remove the link",
        )),
    }
}

/// A hidden name beside the target: a rename is only whole within one file system.
fn temporary(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

fn write_whole(
    temporary: &Path,
    text: &str,
    permissions: Option<fs::Permissions>,
) -> io::Result<()> {
    // A leftover of a run that was killed; `create_new` then follows nobody's link.
    match fs::remove_file(temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(temporary)?;
    file.write_all(text.as_bytes())?;
    if let Some(permissions) = permissions {
        file.set_permissions(permissions)?;
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn a_file_is_written_with_its_folders_and_read_back() {
        let root = project();
        assert!(save(root.path(), "contracts/consumers/a.toml", "x = 1\n").unwrap());
        assert!(!save(root.path(), "contracts/consumers/a.toml", "x = 1\n").unwrap());
        let text = read_text(root.path(), "contracts/consumers/a.toml").unwrap();
        assert_eq!(text, "x = 1\n");
        let left: Vec<_> = fs::read_dir(root.path().join("contracts/consumers"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(left, ["a.toml"]);
    }

    #[test]
    fn what_climbs_or_is_no_file_is_refused() {
        let root = project();
        for path in ["", "../a.toml", "/etc/passwd", "a/../../b"] {
            assert!(save(root.path(), path, "x").is_err(), "{path}");
            assert!(read_text(root.path(), path).is_err(), "{path}");
        }
        fs::create_dir(root.path().join("folder")).unwrap();
        for outcome in [
            save(root.path(), "folder", "x").map(|_| ()),
            read_text(root.path(), "folder").map(|_| ()),
        ] {
            let message = outcome.unwrap_err().to_string();
            assert!(
                message.starts_with("folder: it is no regular file"),
                "{message}"
            );
        }
        fs::write(root.path().join("latin"), b"\xe9").unwrap();
        assert!(read_text(root.path(), "latin").is_err());
        let message = read_text(root.path(), "none.toml").unwrap_err().to_string();
        assert_eq!(
            message,
            "none.toml: there is no such file; run `cogate snapshot` to write it"
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_out_of_the_project_are_refused_and_links_inside_are_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let root = project();
        let outside = project();
        fs::write(outside.path().join("victim"), "old").unwrap();
        symlink(outside.path(), root.path().join("contracts")).unwrap();
        symlink(outside.path().join("victim"), root.path().join("file.toml")).unwrap();
        symlink(
            outside.path().join("new"),
            root.path().join("dangling.toml"),
        )
        .unwrap();
        for path in [
            "contracts/a.toml",
            "contracts/deep/a.toml",
            "file.toml",
            "dangling.toml",
        ] {
            assert!(save(root.path(), path, "x").is_err(), "{path}");
        }
        assert!(read_text(root.path(), "file.toml").is_err());
        assert_eq!(
            fs::read_to_string(outside.path().join("victim")).unwrap(),
            "old"
        );
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);

        fs::write(root.path().join("real.toml"), "old").unwrap();
        let mode = fs::Permissions::from_mode(0o640);
        fs::set_permissions(root.path().join("real.toml"), mode).unwrap();
        symlink("real.toml", root.path().join("link.toml")).unwrap();
        save(root.path(), "link.toml", "new").unwrap();
        let link = fs::symlink_metadata(root.path().join("link.toml")).unwrap();
        assert!(link.file_type().is_symlink());
        let real = root.path().join("real.toml");
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert_eq!(
            fs::metadata(&real).unwrap().permissions().mode() & 0o777,
            0o640
        );
    }
}
