//! Which files of a tree are read: those that can hold an interface, less the tests, the vendored and the generated.
//! It judges paths below the root of the tree and never consults `.gitignore`: a package installed in an ignored
//! virtualenv must be seen when it is the root itself. It opens nothing.

use super::Options;
use super::error::Error;
use super::paths::{below, join, name, parent};
use super::pattern::Pattern;

/// The endings of source files.
pub const SOURCE_ENDINGS: [&str; 3] = [".py", ".pyi", ".rs"];
/// The files that say how sources belong together.
pub const MANIFESTS: [&str; 3] = ["Cargo.toml", "pyproject.toml", "setup.cfg"];

/// Directories that are left out wherever they stand. Not `testing`: that is where packages publish their helpers.
const DIRECTORIES: [&str; 12] = [
    "__pycache__",
    "__pypackages__",
    "_vendor",
    "node_modules",
    "site-packages",
    "test",
    "tests",
    "third_party",
    "vendor",
    "vendored",
    "venv",
    "__MACOSX",
];
/// Directories that are left out at the top only: deeper, they are ordinary package names.
const TOP_DIRECTORIES: [&str; 4] = ["benches", "doc", "docs", "examples"];
/// Like those, unless they are packages: the package `build` is one that exists.
const TOP_OUTPUT: [&str; 2] = ["build", "dist"];
/// Directories that a tool made and that are told by their ending.
const DIRECTORY_ENDINGS: [&str; 3] = [".dist-info", ".egg-info", ".data"];

/// The files whose presence decides about a directory; every list of a tree must keep them for [`Judge`].
pub(crate) const MARKERS: [&str; 4] = ["CACHEDIR.TAG", "Cargo.toml", "__init__.py", "pyvenv.cfg"];

/// What an [`Options`] says about which files are taken, made ready.
#[derive(Debug)]
pub(crate) struct Rules {
    defaults: bool,
    exclude: Vec<Pattern>,
    keep: Vec<Pattern>,
    also: Vec<Pattern>,
    roots: Vec<String>,
}

impl Rules {
    /// `roots` are the package roots that were asked for: what is above them does not count against what is below.
    pub(crate) fn new(options: &Options, roots: Vec<String>) -> Result<Self, Error> {
        let anchored = |texts: &[String]| {
            texts
                .iter()
                .map(|text| Pattern::anchored(text))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            defaults: options.default_excludes,
            exclude: options
                .exclude
                .iter()
                .map(|text| Pattern::anywhere(text))
                .collect::<Result<_, _>>()?,
            keep: anchored(&options.keep)?,
            also: anchored(&options.also)?,
            roots,
        })
    }

    fn at_top(&self, directory: &str) -> bool {
        let above = parent(directory);
        above.is_empty() || self.roots.iter().any(|root| root == above)
    }

    fn kept(&self, path: &str) -> bool {
        self.keep.iter().any(|pattern| pattern.covers(path))
    }

    /// Whether something below the directory was asked for by name.
    fn leads(&self, directory: &str) -> bool {
        self.keep
            .iter()
            .chain(&self.also)
            .any(|pattern| pattern.leads(directory))
            || self
                .roots
                .iter()
                .any(|root| below(root, directory).is_some())
    }

    fn default_directory(&self, directory: &str, holds: &dyn Fn(&str) -> bool) -> bool {
        let name = name(directory);
        let beside_manifest = || holds(&join(parent(directory), "Cargo.toml"));
        name.starts_with('.')
            || DIRECTORIES.contains(&name)
            || DIRECTORY_ENDINGS
                .iter()
                .any(|ending| name.ends_with(ending))
            || TOP_DIRECTORIES.contains(&name) && self.at_top(directory)
            || TOP_OUTPUT.contains(&name)
                && self.at_top(directory)
                && !holds(&join(directory, "__init__.py"))
            || matches!(name, "benches" | "examples") && beside_manifest()
            || name == "target" && (beside_manifest() || holds(&join(directory, "CACHEDIR.TAG")))
            || holds(&join(directory, "pyvenv.cfg"))
    }

    fn default_file(&self, path: &str) -> bool {
        let name = name(path);
        let python = name.strip_suffix(".py").or(name.strip_suffix(".pyi"));
        name.starts_with("._")
            || python.is_some_and(|stem| {
                stem == "conftest"
                    || stem.starts_with("test_")
                    || stem.ends_with("_test")
                    || stem == "setup" && self.at_top(path)
            })
    }
}

/// Applies the rules to the paths of one tree. Fast when paths come in order, right in any.
pub(crate) struct Judge<'a> {
    rules: &'a Rules,
    /// Whether the tree holds a file of that path; only asked for [`MARKERS`].
    holds: &'a dyn Fn(&str) -> bool,
    directory: String,
    /// For every directory on the way to `directory`: the length of its path, and whether it is left out.
    stack: Vec<(usize, bool)>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(rules: &'a Rules, holds: &'a dyn Fn(&str) -> bool) -> Self {
        Self {
            rules,
            holds,
            directory: String::new(),
            stack: Vec::new(),
        }
    }

    /// Whether a walk has to go into this directory.
    pub(crate) fn enters(&mut self, directory: &str) -> bool {
        !self.excluded(directory) || self.rules.kept(directory) || self.rules.leads(directory)
    }

    /// Whether this file belongs to what is read.
    pub(crate) fn takes(&mut self, path: &str) -> bool {
        if self.rules.also.iter().any(|pattern| pattern.covers(path)) {
            return true;
        }
        if !is_source(path) {
            return false;
        }
        self.rules.kept(path)
            || !(self.excluded(parent(path))
                || self.rules.exclude.iter().any(|p| p.matches(path))
                || self.rules.defaults && self.rules.default_file(path))
    }

    fn excluded(&mut self, directory: &str) -> bool {
        while let Some(&(length, _)) = self.stack.last() {
            let known = &self.directory[..length];
            if directory == known || below(directory, known).is_some() {
                break;
            }
            self.stack.pop();
        }
        let (mut start, mut out) = self.stack.last().copied().unwrap_or((0, false));
        while start < directory.len() {
            let from = if start == 0 { 0 } else { start + 1 };
            let end = directory[from..]
                .find('/')
                .map_or(directory.len(), |at| from + at);
            let step = &directory[..end];
            out = !self.rules.roots.iter().any(|root| root == step)
                && (out
                    || self.rules.exclude.iter().any(|p| p.matches(step))
                    || self.rules.defaults && self.rules.default_directory(step, self.holds));
            self.stack.push((end, out));
            start = end;
        }
        directory.clone_into(&mut self.directory);
        out
    }
}

/// Whether the path is a source file or a manifest by its name.
#[must_use]
pub fn is_source(path: &str) -> bool {
    let name = name(path);
    SOURCE_ENDINGS.iter().any(|ending| name.ends_with(ending)) || MANIFESTS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(options: &Options, paths: &[&str]) -> Vec<String> {
        let rules = Rules::new(options, options.root.clone()).unwrap();
        let holds = |path: &str| paths.contains(&path);
        let mut judge = Judge::new(&rules, &holds);
        paths
            .iter()
            .filter(|path| judge.takes(path))
            .map(|path| (*path).to_owned())
            .collect()
    }

    #[test]
    fn tests_vendored_code_and_tool_directories_are_left_out() {
        let paths = [
            "setup.py",
            "conftest.py",
            "test_a.py",
            "a_test.py",
            "a_test.pyi",
            "pkg/conftest.py",
            "pkg/tests/a.py",
            "pkg/test/a.py",
            "pkg/_vendor/a.py",
            ".venv/a.py",
            "node_modules/a.py",
            "pkg/.hidden/a.py",
            "pkg-1.dist-info/a.py",
            "pkg-1.data/a.py",
            "pkg.egg-info/a.py",
            "docs/conf.py",
            "doc/conf.py",
            "examples/a.py",
            "build/lib/pkg/a.py",
            "dist/a.py",
            "lib/site-packages/a.py",
            "pkg/._a.py",
            "pkg/readme.md",
            "pkg/data.json",
            "env/pyvenv.cfg",
            "env/lib/a.py",
            "pkg/test_a.py",
        ];
        assert_eq!(taken(&Options::default(), &paths), [""; 0]);
    }

    #[test]
    fn ordinary_names_are_kept() {
        let paths = [
            "numpy/testing/a.py",
            "pkg/docs/a.py",
            "pkg/examples/a.py",
            "pkg/build/a.py",
            "pkg/dist.py",
            "pkg/setup.py",
            "pkg/test.py",
            "pkg/testify.py",
            "build/__init__.py",
            "build/env.py",
            "src/target/mod.rs",
            "pkg/target/a.py",
            "Cargo.toml",
            "pyproject.toml",
            "setup.cfg",
            "a.pyi",
        ];
        assert_eq!(taken(&Options::default(), &paths), paths);
    }

    #[test]
    fn rust_directories_beside_a_manifest_are_left_out() {
        let paths = [
            "crates/a/Cargo.toml",
            "crates/a/benches/b.rs",
            "crates/a/examples/e.rs",
            "crates/a/src/examples/mod.rs",
            "crates/a/src/lib.rs",
            "crates/a/src/tests/mod.rs",
            "crates/a/target/debug/build/x.rs",
            "crates/a/tests/t.rs",
            "elsewhere/target/CACHEDIR.TAG",
            "elsewhere/target/x.rs",
        ];
        assert_eq!(
            taken(&Options::default(), &paths),
            [
                "crates/a/Cargo.toml",
                "crates/a/src/examples/mod.rs",
                "crates/a/src/lib.rs"
            ]
        );
    }

    #[test]
    fn the_defaults_can_be_switched_off() {
        let options = Options {
            default_excludes: false,
            ..Options::default()
        };
        let paths = [".venv/a.py", "pkg/tests/test_a.py", "setup.py"];
        assert_eq!(taken(&options, &paths), paths);
    }

    #[test]
    fn more_can_be_left_out() {
        let options = Options {
            exclude: vec!["pkg/contrib".into(), "legacy".into(), "*.gen.py".into()],
            ..Options::default()
        };
        let paths = [
            "legacy/a.py",
            "other/contrib/a.py",
            "pkg/a.gen.py",
            "pkg/a.py",
            "pkg/contrib/a.py",
            "pkg/legacy/a.py",
        ];
        assert_eq!(taken(&options, &paths), ["other/contrib/a.py", "pkg/a.py"]);
    }

    #[test]
    fn what_is_kept_wins_over_every_exclude() {
        let options = Options {
            exclude: vec!["legacy".into()],
            keep: vec!["pkg/tests".into(), "legacy/one.py".into()],
            ..Options::default()
        };
        let paths = [
            "legacy/one.py",
            "legacy/two.py",
            "pkg/tests/test_a.py",
            "pkg/tests/tests/b.py",
            "tests/a.py",
        ];
        assert_eq!(
            taken(&options, &paths),
            [
                "legacy/one.py",
                "pkg/tests/test_a.py",
                "pkg/tests/tests/b.py"
            ]
        );
        let rules = Rules::new(&options, Vec::new()).unwrap();
        let mut judge = Judge::new(&rules, &|_| false);
        assert!(judge.enters("legacy"));
        assert!(judge.enters("pkg/tests/unit"));
        assert!(!judge.enters("tests"));
    }

    #[test]
    fn a_root_inside_an_excluded_directory_starts_afresh() {
        let options = Options {
            root: vec!["vendor/lib".into()],
            ..Options::default()
        };
        let paths = [
            "vendor/a.py",
            "vendor/lib/docs/a.py",
            "vendor/lib/pkg/a.py",
            "vendor/lib/pkg/tests/a.py",
            "vendor/lib/setup.py",
        ];
        assert_eq!(taken(&options, &paths), ["vendor/lib/pkg/a.py"]);
    }

    #[test]
    fn other_files_can_be_asked_for_by_name() {
        let options = Options {
            also: vec!["contracts/*.toml".into(), ".cogate/x.toml".into()],
            ..Options::default()
        };
        let paths = [
            ".cogate/x.toml",
            ".cogate/y.toml",
            "contracts/a.toml",
            "contracts/b.md",
        ];
        assert_eq!(
            taken(&options, &paths),
            [".cogate/x.toml", "contracts/a.toml"]
        );
    }

    #[test]
    fn the_order_of_paths_does_not_matter() {
        let rules = Rules::new(&Options::default(), Vec::new()).unwrap();
        let mut judge = Judge::new(&rules, &|_| false);
        assert!(!judge.takes("a/tests/b/c.py"));
        assert!(judge.takes("a/testsuite/c.py"));
        assert!(judge.takes("a/c.py"));
        assert!(judge.takes("c.py"));
        assert!(!judge.takes("tests/c.py"));
        assert!(judge.takes("a/tes/c.py"));
    }
}
