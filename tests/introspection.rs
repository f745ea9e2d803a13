//! Extraction equals introspection: what cogate reads from the sources of the standard library is what CPython's
//! `inspect` says of the same modules, imported. Every difference stands in a list with its reason; the test fails when
//! the list and the interpreter disagree either way. Packages from the index are compared by `examples/introspection`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
#![allow(clippy::print_stdout, reason = "what was compared is worth a line")]

#[path = "../examples/introspection/dump.rs"]
mod dump;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use cogate::python::Project;
use cogate::source::{Options, Tree};
use serde::Deserialize;

const SCRIPT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/examples/introspection/compare.py"
);
const EXCEPTIONS: &str = include_str!("oracle/introspection.toml");

/// On a Python that the list does not know, more disagreements than one in so many comparisons are a fault of the
/// extraction, fewer are work for who adds that Python to the list.
const UNKNOWN_PYTHON: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    pythons: Vec<String>,
    exception: Vec<Exception>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    line: String,
    reason: String,
    #[serde(default)]
    lines: BTreeMap<String, usize>,
    #[serde(default)]
    some: Vec<String>,
}

impl Exception {
    fn matches(&self, line: &str) -> bool {
        let mut parts: Vec<&str> = self.line.split('*').collect();
        let last = parts.pop().unwrap();
        let Some((first, middle)) = parts.split_first() else {
            return line == last;
        };
        let Some(mut rest) = line.strip_prefix(first) else {
            return false;
        };
        for part in middle {
            let Some(at) = rest.find(part) else {
                return false;
            };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }
}

struct Python {
    program: String,
    version: (u8, u8),
    library: String,
}

fn python() -> Python {
    let ask = "import sys, sysconfig\n\
               print(sys.executable, *sys.version_info[:2], sysconfig.get_paths()['stdlib'], sep='\\n')";
    let output = Command::new("python3")
        .args(["-I", "-c", ask])
        .output()
        .expect("python3 runs");
    let printed = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = printed.lines().collect();
    let [program, major, minor, library] = lines[..] else {
        panic!("python3 says {printed}");
    };
    Python {
        program: program.to_owned(),
        version: (major.parse().unwrap(), minor.parse().unwrap()),
        library: library.to_owned(),
    }
}

/// The lines of the script, and how much it compared.
fn disagreements(python: &Python) -> (Vec<String>, usize) {
    let tree = Tree::directory(python.library.as_ref(), &Options::default()).unwrap();
    let project = Project::new(&tree).for_python(python.version);
    let read = dump::interface(&project.everything()).to_string();
    let mut child = Command::new(&python.program)
        .args(["-I", "-S", "-B", SCRIPT, "stdlib"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(read.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    println!("{told}");
    let counts = told
        .split_once("compared ")
        .and_then(|(_, rest)| rest.split_once(';'))
        .expect("the script says what it compared")
        .0;
    let compared = counts
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|number| number.parse::<usize>().ok())
        .sum();
    let printed = String::from_utf8(output.stdout).unwrap();
    (printed.lines().map(str::to_owned).collect(), compared)
}

#[test]
fn the_standard_library_reads_as_the_interpreter_shows_it() {
    let list: List = toml::from_str(EXCEPTIONS).unwrap();
    let python = python();
    let version = format!("{}.{}", python.version.0, python.version.1);
    let (printed, compared) = disagreements(&python);
    assert!(compared > 5_000, "only {compared} names were compared");
    let (absent, lines): (Vec<&str>, Vec<&str>) = printed
        .iter()
        .map(String::as_str)
        .partition(|line| line.starts_with("! "));
    let absent: Vec<&str> = absent.iter().map(|line| &line[2..]).collect();
    let mut left: BTreeSet<&str> = lines.into_iter().collect();
    let mut faults = Vec::new();
    for exception in &list.exception {
        assert!(
            !exception.reason.is_empty(),
            "{}: no reason",
            exception.line
        );
        let taken: Vec<&str> = left
            .iter()
            .copied()
            .filter(|line| exception.matches(line))
            .collect();
        for line in &taken {
            left.remove(line);
        }
        let is_absent = absent
            .iter()
            .any(|module| exception.line.starts_with(module));
        let expected = exception.lines.get(&version).copied();
        let fits = if exception.some.contains(&version) {
            !taken.is_empty()
        } else {
            taken.len() == expected.unwrap_or_default()
        };
        if !fits && !is_absent {
            faults.push(format!(
                "`{}` is {} lines, the list says {expected:?}",
                exception.line,
                taken.len()
            ));
        }
    }
    if list.pythons.contains(&version) {
        faults.extend(left.iter().map(|line| format!("not in the list: {line}")));
        assert!(
            faults.is_empty(),
            "Python {version}:\n{}",
            faults.join("\n")
        );
    } else {
        println!("Python {version} is not in the list; what is new under it:");
        left.iter().for_each(|line| println!("{line}"));
        assert!(
            left.len() * UNKNOWN_PYTHON < compared,
            "{} disagreements in {compared} comparisons",
            left.len()
        );
    }
}
