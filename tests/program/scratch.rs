//! A scratch folder, and the program run in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// All output formats.
pub(crate) const FORMATS: [&str; 8] = [
    "full", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown",
];

/// A folder that is removed in the end.
pub(crate) struct Scratch(TempDir);

/// What a run left behind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The exit code is this.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Standard error holds this.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.err.contains(text), "`{text}` is not in {self:#?}");
        self
    }

    /// Standard output holds this.
    #[track_caller]
    pub(crate) fn shows(self, text: &str) -> Self {
        assert!(self.out.contains(text), "`{text}` is not in {self:#?}");
        self
    }

    /// Neither stream holds this.
    #[track_caller]
    pub(crate) fn never(self, text: &str) -> Self {
        let both = [&self.out, &self.err];
        assert!(
            both.iter().all(|stream| !stream.contains(text)),
            "`{text}` is in {self:#?}"
        );
        self
    }

    /// Standard error is one error, in one line, and at most one line of help.
    #[track_caller]
    pub(crate) fn in_one_sentence(self) -> Self {
        let starting = |word: &str| {
            self.err
                .lines()
                .filter(|line| line.starts_with(word))
                .count()
        };
        let (errors, helps) = (starting("error: "), starting("help: "));
        assert!(
            errors == 1 && helps <= 1 && errors + helps == self.err.lines().count(),
            "{self:#?}"
        );
        self
    }
}

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes files; folders come by themselves.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        // Nothing is ever written outside the folder.
        assert!(
            Path::new(path).is_relative() && !path.contains(".."),
            "{path}"
        );
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// Replaces a text that has to be there.
    #[track_caller]
    pub(crate) fn edit(&self, path: &str, old: &str, new: &str) -> &Self {
        let text = self.read(path);
        assert!(text.contains(old), "`{old}` is not in {path}:\n{text}");
        self.write(path, text.replacen(old, new, 1))
    }

    /// Runs the program at the top of the folder.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_in("", args)
    }

    /// Runs the program in a folder of it.
    pub(crate) fn run_in(&self, folder: &str, args: &[&str]) -> Ran {
        finish(cogate(&self.path().join(folder)).args(args))
    }

    /// Every file below a folder with its bytes; what is no file is left out.
    pub(crate) fn files(&self, folder: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        walkdir::WalkDir::new(self.path().join(folder))
            .into_iter()
            .map(Result::unwrap)
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| (entry.path().to_owned(), fs::read(entry.path()).unwrap()))
            .collect()
    }
}

/// The program, in a folder, with nobody's git configuration.
pub(crate) fn cogate(at: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cogate"));
    clean(&mut command);
    command.current_dir(at);
    command
}

/// Git, likewise.
pub(crate) fn git(at: &Path) -> Command {
    let mut command = Command::new("git");
    clean(&mut command);
    command.current_dir(at).args([
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@example.org",
        "-c",
        "init.defaultBranch=main",
        "-c",
        "commit.gpgSign=false",
    ]);
    command
}

fn clean(command: &mut Command) {
    for variable in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"] {
        command.env_remove(variable);
    }
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        // A scratch folder inside somebody's repository is still no repository.
        .env("GIT_CEILING_DIRECTORIES", std::env::temp_dir())
        .env("NO_COLOR", "1")
        .stdin(Stdio::null());
}

pub(crate) fn finish(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    Ran {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

const BASE: &str = "\
class Driver:
    def spawn(self, context, instance):
        return 1

    def destroy(self, context, instance, force=False):
        return 2


class Other:
    def one(self, a, b):
        return a
";

const CONFIG: &str = "\
[interfaces.driver]
members = [\"pkg.base.Driver\"]

[interfaces.other]
members = [\"pkg.base.Other\"]
";

/// A small Python provider under two contracts, `driver` and `other`, which hold.
pub(crate) fn project() -> Scratch {
    let scratch = Scratch::new();
    scratch
        .write("pkg/__init__.py", "")
        .write("pkg/base.py", BASE)
        .write("cogate.toml", CONFIG);
    scratch.run(&["snapshot"]).exits(0);
    scratch
}

/// The same in Rust: a trait under the contract `driver`, a function under `other`.
pub(crate) fn crate_project() -> Scratch {
    let scratch = Scratch::new();
    scratch
        .write(
            "Cargo.toml",
            "[package]\nname = \"hyper\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
        )
        .write("src/lib.rs", "pub mod driver;\npub mod other;\n")
        .write(
            "src/driver.rs",
            "pub trait Driver {\n    fn spawn(&self, name: &str) -> bool;\n}\n",
        )
        .write("src/other.rs", "pub fn one(a: u8) -> u8 {\n    a\n}\n")
        .write(
            "cogate.toml",
            CONFIG
                .replace("pkg.base.Driver", "hyper::driver::Driver")
                .replace("pkg.base.Other", "hyper::other::one"),
        );
    scratch.run(&["snapshot"]).exits(0);
    scratch
}
