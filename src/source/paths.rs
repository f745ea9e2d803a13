//! Names of files as text: relative, `/`-separated, inside the tree. It never touches the disk.

use std::fmt::Write as _;

/// The longest path that is taken, in bytes. Longer ones exist only to cost time and memory.
pub(crate) const MAX_PATH: usize = 1024;
/// The deepest path that is taken, in segments.
pub(crate) const MAX_DEPTH: usize = 64;

/// The path in its one normal form, without empty and `.` segments; or what is wrong with it.
pub(crate) fn clean(name: &str) -> Result<String, &'static str> {
    let bytes = name.as_bytes();
    if name.contains('\0') {
        return Err("holds a NUL character");
    }
    // A drive letter is absolute on the one system that has them; elsewhere nobody names a file so.
    let drive = bytes.len() > 1 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':';
    if name.starts_with(['/', '\\']) || drive {
        return Err("is absolute");
    }
    if name.split(['/', '\\']).any(|segment| segment == "..") {
        return Err("climbs out of its directory with `..`");
    }
    let segments: Vec<&str> = name
        .split('/')
        .filter(|segment| !segment.is_empty() && *segment != ".")
        .collect();
    let path = segments.join("/");
    if path.len() > MAX_PATH || segments.len() > MAX_DEPTH {
        return Err("is too long or too deep");
    }
    Ok(path)
}

/// The directory of a path, `""` at the top.
pub(crate) fn parent(path: &str) -> &str {
    path.rfind('/').map_or("", |at| &path[..at])
}

/// The last segment of a path.
pub(crate) fn name(path: &str) -> &str {
    path.rfind('/').map_or(path, |at| &path[at + 1..])
}

/// A name below a directory, where `""` is the top.
pub(crate) fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() {
        name.to_owned()
    } else {
        format!("{directory}/{name}")
    }
}

/// What remains of `path` below `directory`; `None` if it is not below.
pub(crate) fn below<'a>(path: &'a str, directory: &str) -> Option<&'a str> {
    if directory.is_empty() {
        return Some(path);
    }
    path.strip_prefix(directory)?.strip_prefix('/')
}

/// Text that is safe on a terminal: control characters and those that reorder a line are written out.
pub(crate) fn shown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        let reorders = matches!(character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        if reorders {
            // Writing to a string cannot fail.
            let _ = write!(safe, "{}", character.escape_unicode());
        } else if character.is_control() {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_normal_form() {
        assert_eq!(clean("./a//b/./c.py").unwrap(), "a/b/c.py");
        assert_eq!(clean("").unwrap(), "");
        assert_eq!(clean("a/b/").unwrap(), "a/b");
        assert_eq!(clean("a..b/..c/d..").unwrap(), "a..b/..c/d..");
    }

    #[test]
    fn a_path_that_leaves_the_tree_is_refused() {
        for bad in [
            "/a", "\\a", "C:\\a", "c:a", "..", "a/../b", "a\\..\\b", "a\0b",
        ] {
            assert!(clean(bad).is_err(), "{bad:?}");
        }
        assert!(clean(&"a/".repeat(MAX_DEPTH + 1)).is_err());
        assert!(clean(&"a".repeat(MAX_PATH + 1)).is_err());
        assert!(clean(&"a/".repeat(MAX_DEPTH)).is_ok());
    }

    #[test]
    fn control_characters_are_written_out() {
        assert_eq!(shown("a\n\u{1b}[31mb"), "a\\n\\u{1b}[31mb");
        assert_eq!(shown("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(shown("grün"), "grün");
    }

    #[test]
    fn below_ends_at_a_segment() {
        assert_eq!(below("src/a.py", "src"), Some("a.py"));
        assert_eq!(below("srcs/a.py", "src"), None);
        assert_eq!(below("a.py", ""), Some("a.py"));
    }
}
