//! The configuration of a project: which interfaces it offers, to whom, and how loud each rule is. Read from
//! `cogate.toml`, or from a section of `pyproject.toml` or `Cargo.toml`; nothing of what it names is opened here.

mod find;
mod gate;
mod paths;
mod read;
mod show;
mod template;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::finding::{Level, Role};
use crate::toml_text::suggestion;

pub use crate::toml_text::Error;
pub use find::{FILES, find, find_any, load};
pub use gate::{Loosened, loosened, merged};
pub use read::parse;
pub use show::show;
pub use template::{Proposed, write_new};

/// What is in force in a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// The project: the folder of the file.
    pub root_dir: PathBuf,
    /// The file's name in that folder, as messages show it.
    pub file: String,
    /// Where the source is, and how it is read.
    pub source: Source,
    /// The interfaces under contract, by name.
    pub interfaces: BTreeMap<String, Interface>,
    /// The consumers whose source can be read, by name.
    pub consumers: BTreeMap<String, ConsumerSource>,
    /// The provider's classes that stand behind the names of parameters.
    pub arguments: BTreeMap<String, String>,
    /// How loud rules are, for all interfaces.
    pub rules: BTreeMap<String, RuleSetting>,
    /// What fails a run, and where contracts are.
    pub policy: Policy,
}

/// `[source]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where packages or crates start, relative to the project; empty if it is to be found out.
    pub root: Vec<String>,
    /// Folders and files that are left out.
    pub exclude: Vec<String>,
    /// Whether tests and vendored folders are left out as well.
    pub default_excludes: bool,
    /// The Python that version tests are decided for, as major and minor.
    pub python: Option<(u8, u8)>,
    /// The features that are on, in Rust.
    pub features: Vec<String>,
}

impl Default for Source {
    fn default() -> Self {
        Self {
            root: Vec::new(),
            exclude: Vec::new(),
            default_excludes: true,
            python: None,
            features: Vec::new(),
        }
    }
}

/// `[interfaces.NAME]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interface {
    /// Paths of its items, at least one.
    pub members: Vec<String>,
    /// The expressions through which the provider calls an implementer.
    pub receivers: Vec<String>,
    /// The roles that somebody outside has; not said if none, which means callers and implementers.
    pub audience: Option<BTreeSet<Role>>,
    /// How loud rules are for this interface.
    pub rules: BTreeMap<String, RuleSetting>,
    /// The line on which it starts.
    pub line: u32,
}

/// `[consumers.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerSource {
    /// Its source: a folder or archive, relative to the project or absolute; it may lie outside.
    pub path: String,
    /// The line on which the path stands.
    pub line: u32,
}

/// What a rule is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// Its findings are dropped.
    Off,
    /// Its findings have this level.
    Level(Level),
}

impl Setting {
    const WORDS: [&str; 4] = ["error", "warning", "note", "off"];

    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "error" => Setting::Level(Level::Error),
            "warning" => Setting::Level(Level::Warning),
            "note" => Setting::Level(Level::Note),
            "off" => Setting::Off,
            _ => return None,
        })
    }
}

/// A setting, and where it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleSetting {
    /// What the rule is set to.
    pub setting: Setting,
    /// The line on which the rule stands.
    pub line: u32,
}

/// `[policy]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// What fails a run.
    pub fail_on: FailOn,
    /// The folder of the contracts, relative to the project.
    pub contracts: String,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            fail_on: FailOn::Any,
            contracts: "contracts".to_owned(),
        }
    }
}

/// What fails a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// Any break of an interface.
    Any,
    /// Only what breaks a recorded consumer.
    Consumers,
}

impl Config {
    /// What a rule is set to for an interface: its own setting, else the one for all.
    pub fn level(&self, interface: Option<&str>, rule: &str) -> Option<Setting> {
        interface
            .and_then(|name| self.interfaces.get(name)?.rules.get(rule))
            .or_else(|| self.rules.get(rule))
            .map(|rule| rule.setting)
    }

    /// Checks that every rule that is set exists.
    ///
    /// # Errors
    /// The first unknown rule, with its line and the nearest known one.
    pub fn check_rules(&self, known: &[&str]) -> Result<(), Error> {
        let own = self
            .interfaces
            .values()
            .flat_map(|interface| &interface.rules);
        let unknown = self
            .rules
            .iter()
            .chain(own)
            .filter(|(rule, _)| !known.contains(&rule.as_str()))
            .min_by_key(|(_, setting)| setting.line);
        let Some((rule, setting)) = unknown else {
            return Ok(());
        };
        let next = match crate::toml_text::nearest(rule, known) {
            Some(_) => suggestion(rule, known),
            None => "`cogate rules` lists them".to_owned(),
        };
        Err(Error {
            at: Some((setting.line, None)),
            ..Error::new(&self.file, format!("there is no rule `{rule}`"), next)
        })
    }

    /// The path of an interface's contract, relative to the project.
    pub fn contract_path(&self, interface: &str) -> String {
        format!("{}/{interface}.toml", self.policy.contracts)
    }

    /// The path of a consumer's contract, relative to the project.
    pub fn consumer_path(&self, consumer: &str) -> String {
        format!("{}/consumers/{consumer}.toml", self.policy.contracts)
    }
}

#[cfg(test)]
mod tests;
