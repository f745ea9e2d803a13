//! The commented `cogate.toml` that `init` writes: what was found, why, and what else can be said.

use std::fmt::Write as _;

use crate::finding::Role;
use crate::toml_text::{printable, quoted};

use super::Source;

/// An interface that `init` proposes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposed {
    /// Its name, safe as the name of a file.
    pub name: String,
    /// Paths of its items.
    pub members: Vec<String>,
    /// The expressions through which the provider calls an implementer.
    pub receivers: Vec<String>,
    /// The outside roles it is seen to have.
    pub audience: Vec<Role>,
    /// Why it is proposed, for the comment above it.
    pub why: String,
}

const HEAD: &str = "\
# What others depend on in this project. After a change here: cogate snapshot
# Then commit this file and the contracts, and let `cogate check` run with the other checks.
";

const REST: &str = r#"
# How loud a rule is: error, warning, note or off. `cogate rules` lists them, `cogate explain RULE` tells more.
# [rules]
# parameter-renamed = "error"

# [policy]
# contracts = "contracts"      # where contracts are kept
"#;

const EXAMPLE: &str = r#"
# No interface was found by itself. Name one here:
# [interfaces.driver]
# members = ["package.module.Class"]         # or "crate_name::module::Trait"
# receivers = ["self.driver"]                # what this project calls an implementer through
# audience = ["callers", "implementers"]     # who is outside
"#;

/// The text of a new `cogate.toml`.
pub fn write_new(interfaces: &[Proposed], source: &Source) -> String {
    let mut out = String::from(HEAD);
    out.push_str("\n[source]\n");
    line(
        &mut out,
        "root",
        &source.root,
        "where packages or crates start",
    );
    line(
        &mut out,
        "exclude",
        &source.exclude,
        "left out, besides tests and vendored folders",
    );
    if !source.default_excludes {
        out.push_str("default-excludes = false\n");
    }
    match source.python {
        Some((major, minor)) => {
            let _ = writeln!(out, "python = \"{major}.{minor}\"");
        }
        None => out.push_str("# python = \"3.12\"              # the version that `sys.version_info` is compared with\n"),
    }
    line(
        &mut out,
        "features",
        &source.features,
        "Rust: the features that are on",
    );
    if interfaces.is_empty() {
        out.push_str(EXAMPLE);
    }
    for interface in interfaces {
        let _ = writeln!(out, "\n[interfaces.{}]", interface.name);
        for why in interface.why.lines().filter(|why| !why.trim().is_empty()) {
            let _ = writeln!(out, "# {}", printable(why.trim()));
        }
        out.push_str("members = [\n");
        for member in &interface.members {
            let _ = writeln!(out, "  {},", quoted(member));
        }
        out.push_str("]\n");
        if !interface.receivers.is_empty() {
            let _ = writeln!(out, "receivers = {}", list(&interface.receivers));
        }
        if !interface.audience.is_empty() {
            let words: Vec<String> = interface.audience.iter().map(Role::to_string).collect();
            let _ = writeln!(out, "audience = {}", list(&words));
        }
    }
    out.push_str(REST);
    out
}

/// A list of `[source]` with what it is for; as a comment if there is nothing in it.
fn line(out: &mut String, key: &str, values: &[String], what: &str) {
    let (mark, values) = match values {
        [] => ("# ", "[]".to_owned()),
        values => ("", list(values)),
    };
    let text = format!("{mark}{key} = {values}");
    let _ = writeln!(out, "{text:<30} # {what}");
}

fn list(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!("[{}]", quoted.join(", "))
}
