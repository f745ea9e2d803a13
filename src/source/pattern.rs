//! The little language in which files are named to be left out or kept: `legacy`, `pkg/contrib`, `*.gen.py`, `**/old`.
//! No braces, no classes, no negation: who needs more lists more.

use super::error::{Error, ErrorKind};
use super::paths::{clean, name};

/// One pattern. `*` stands for anything within a segment, `**` for any number of segments.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    segments: Vec<String>,
    /// Whether it starts at the top of the tree; else it is one segment that matches a name anywhere.
    anchored: bool,
}

impl Pattern {
    /// A pattern that matches a name anywhere, unless it holds a `/`.
    pub(crate) fn anywhere(text: &str) -> Result<Self, Error> {
        let trimmed = text.trim_end_matches('/');
        let mut pattern = Self::anchored(trimmed.strip_prefix('/').unwrap_or(trimmed))?;
        pattern.anchored = trimmed.contains('/');
        Ok(pattern)
    }

    /// A pattern that starts at the top of the tree.
    pub(crate) fn anchored(text: &str) -> Result<Self, Error> {
        match clean(text) {
            Ok(path) if !path.is_empty() => {
                let mut segments: Vec<String> = path.split('/').map(str::to_owned).collect();
                segments.dedup_by(|a, b| a == "**" && b == "**");
                Ok(Self {
                    segments,
                    anchored: true,
                })
            }
            Ok(_) => Err(refused(text, "is empty")),
            Err(problem) => Err(refused(text, problem)),
        }
    }

    /// Whether it names exactly this path.
    pub(crate) fn matches(&self, path: &str) -> bool {
        if !self.anchored {
            return segment(&self.segments[0], name(path));
        }
        let path: Vec<&str> = path.split('/').collect();
        wild(
            &self.segments,
            &path,
            |p| p == "**",
            |p, text| segment(p, text),
        )
    }

    /// Whether it names this path or a directory above it.
    pub(crate) fn covers(&self, path: &str) -> bool {
        path.match_indices('/')
            .map(|(at, _)| &path[..at])
            .chain([path])
            .any(|above| self.matches(above))
    }

    /// Whether something below this directory may match.
    pub(crate) fn leads(&self, directory: &str) -> bool {
        let mut pattern = self.segments.iter();
        for text in directory.split('/') {
            match pattern.next() {
                Some(p) if p == "**" => return true,
                Some(p) if segment(p, text) => {}
                _ => return false,
            }
        }
        pattern.next().is_some()
    }
}

fn refused(text: &str, problem: &str) -> Error {
    Error::new(
        ErrorKind::BadOption,
        format!("the path `{text}` {problem}; write it relative to the top of the tree"),
    )
}

fn segment(pattern: &str, text: &str) -> bool {
    wild(
        pattern.as_bytes(),
        text.as_bytes(),
        |p| *p == b'*',
        |p, t| p == t,
    )
}

/// Wildcards without recursion: it is enough to go back to the last star, so time is the product of the lengths.
fn wild<P, T>(
    pattern: &[P],
    text: &[T],
    star: impl Fn(&P) -> bool,
    same: impl Fn(&P, &T) -> bool,
) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && star(&pattern[p]) {
            back = Some((p, t));
            p += 1;
        } else if p < pattern.len() && same(&pattern[p], &text[t]) {
            p += 1;
            t += 1;
        } else if let Some((star_at, eaten)) = back {
            back = Some((star_at, eaten + 1));
            p = star_at + 1;
            t = eaten + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(star)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anywhere(text: &str) -> Pattern {
        Pattern::anywhere(text).unwrap()
    }

    #[test]
    fn a_name_matches_anywhere_and_a_path_from_the_top() {
        assert!(anywhere("legacy").matches("legacy"));
        assert!(anywhere("legacy/").matches("a/b/legacy"));
        assert!(!anywhere("legacy").matches("a/legacy2"));
        assert!(anywhere("pkg/contrib").matches("pkg/contrib"));
        assert!(!anywhere("pkg/contrib").matches("a/pkg/contrib"));
        assert!(anywhere("/legacy").matches("legacy"));
        assert!(!anywhere("/legacy").matches("a/legacy"));
        assert!(!anywhere("./legacy").matches("a/legacy"));
    }

    #[test]
    fn a_star_stays_in_its_segment() {
        assert!(anywhere("*.gen.py").matches("a/b.gen.py"));
        assert!(anywhere("a/*/c").matches("a/b/c"));
        assert!(!anywhere("a/*/c").matches("a/b/b/c"));
        assert!(anywhere("a/**/c").matches("a/c"));
        assert!(anywhere("a/**/c").matches("a/b/b/c"));
        assert!(anywhere("**/c").matches("a/b/c"));
        assert!(anywhere("a/**").matches("a/b"));
        assert!(anywhere("*a*b*").matches("xxaxxbxx"));
        assert!(!anywhere("*a*b*").matches("xxbxxaxx"));
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        let pattern = anywhere(&"*a".repeat(200));
        assert!(!pattern.matches(&format!("{}b", "a".repeat(900))));
        let pattern = anywhere(&"**/a/".repeat(30));
        assert!(!pattern.matches(&format!("{}b", "a/".repeat(60))));
    }

    #[test]
    fn covering_and_leading() {
        let pattern = Pattern::anchored("pkg/tests").unwrap();
        assert!(pattern.covers("pkg/tests/a/b.py"));
        assert!(!pattern.covers("pkg/a.py"));
        assert!(pattern.leads("pkg"));
        assert!(!pattern.leads("pkg/tests"));
        assert!(!pattern.leads("other"));
        assert!(Pattern::anchored("**/x").unwrap().leads("a/b"));
    }

    #[test]
    fn a_pattern_that_leaves_the_tree_is_refused() {
        for bad in ["", "/", "../a", "a/../b", "."] {
            let error = Pattern::anywhere(bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BadOption, "{bad:?}");
        }
    }
}
