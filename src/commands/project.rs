//! What the commands that work in a project share: its configuration, its tree (on disk or staged), its contracts, and
//! how troubles are told. No analysis.

use std::path::Path;

use super::{Failure, Shell};
use crate::config::{self, Config};
use crate::contract::{self, Contract};
use crate::provider::{Provider, Trouble};
use crate::report::safe;
use crate::rules;
use crate::source::{Options, Tree, git::Git};

/// What to do about a contract that cannot be read.
pub(super) const MEND: &str = "mend the line by hand, or take the file back from version control";

/// A project with its tree.
pub(super) struct Project {
    pub(super) config: Config,
    pub(super) tree: Tree,
    staged: Option<Staged>,
}

/// Where in the index a project is.
#[derive(Debug, Clone)]
struct Staged {
    prefix: String,
    also: Vec<String>,
}

impl Project {
    /// The project around the current folder, as it stands on disk.
    pub(super) fn on_disk(shell: &Shell) -> Result<Self, Failure> {
        let config = match &shell.config {
            Some(file) => config::load(file),
            None => config::find(Path::new(".")),
        };
        let config = checked(config.map_err(|error| Failure::new(error.to_string()))?)?;
        let tree = Tree::directory(&config.root_dir, &options(&config))?;
        Ok(Self {
            config,
            tree,
            staged: None,
        })
    }

    /// The project as the index holds it: what the next commit would be.
    pub(super) fn staged(shell: &Shell) -> Result<Self, Failure> {
        let known = Self::on_disk(shell)?.config;
        let prefix = Git::new(Some(&known.root_dir)).prefix()?;
        let also = vec![
            known.file.clone(),
            format!("{}/*.toml", known.policy.contracts),
        ];
        let index = |config: &Config| {
            let options = Options {
                prefix: prefix.clone(),
                also: also.clone(),
                ..options(config)
            };
            Tree::index(None, &options).map_err(Failure::from)
        };
        let bytes = index(&known)?.read(&known.file).map_err(|_| {
            Failure::new(format!("`{}` is not in the index", known.file))
                .help(format!("git add {}", known.file))
        })?;
        let text = String::from_utf8_lossy(&bytes);
        let staged = config::parse(&text, &known.file, &known.root_dir)
            .map_err(|error| Failure::new(error.to_string()))?
            .ok_or_else(|| {
                Failure::new(format!(
                    "`{}` in the index has no section for cogate",
                    known.file
                ))
            })?;
        let config = checked(staged)?;
        let tree = index(&config)?;
        Ok(Self {
            config,
            tree,
            staged: Some(Staged { prefix, also }),
        })
    }

    /// The same project under another configuration.
    pub(super) fn under(self, config: Config) -> Result<Self, Failure> {
        let options = options(&config);
        let tree = match &self.staged {
            None => Tree::directory(&config.root_dir, &options)?,
            Some(Staged { prefix, also }) => Tree::index(
                None,
                &Options {
                    prefix: prefix.clone(),
                    also: also.clone(),
                    ..options
                },
            )?,
        };
        Ok(Self {
            config,
            tree,
            staged: self.staged,
        })
    }

    /// The names that were asked for, or all; each is an interface of the configuration.
    pub(super) fn names(&self, asked: &[String]) -> Result<Vec<String>, Failure> {
        let known: Vec<String> = self.config.interfaces.keys().cloned().collect();
        if known.is_empty() {
            return Err(
                Failure::new(format!("{} names no interface", self.config.file)).help(
                    "add one, such as [interfaces.driver] with members = [\"pkg.module.Class\"]",
                ),
            );
        }
        if let Some(unknown) = asked.iter().find(|name| !known.contains(name)) {
            return Err(Failure::new(format!(
                "there is no interface `{unknown}` in {}",
                self.config.file
            ))
            .help(format!("it has {}", known.join(", "))));
        }
        Ok(if asked.is_empty() {
            known
        } else {
            asked.to_vec()
        })
    }

    /// The contract of an interface and its text; none if there is none yet.
    pub(super) fn contract(&self, name: &str) -> Result<Option<(Contract, String)>, Failure> {
        let path = self.config.contract_path(name);
        let there = match self.staged {
            Some(_) => self.tree.entry(&path).is_some(),
            None => self.config.root_dir.join(&path).exists(),
        };
        if !there {
            return Ok(None);
        }
        let text = self.text(&path)?;
        let contract =
            contract::parse(&text, &path).map_err(|error| Failure::new(error.to_string()))?;
        Ok(Some((contract, text)))
    }

    /// The text of a contract or of the configuration.
    pub(super) fn text(&self, path: &str) -> Result<String, Failure> {
        if self.staged.is_some() {
            let bytes = self.tree.read(path)?;
            return Ok(String::from_utf8_lossy(&bytes).into_owned());
        }
        contract::read_text(&self.config.root_dir, path)
            .map_err(|error| Failure::new(error.to_string()))
    }

    /// Runs `with` on the provider.
    pub(super) fn with_provider<T>(
        &self,
        with: impl FnOnce(&Provider<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let provider = Provider::new(&self.tree).with_features(&self.config.source.features);
        if !provider.has_sources() {
            return Err(Failure::new(format!(
                "{} holds no Python and no Rust source",
                self.tree.label()
            ))
            .help(format!(
                "say where it is: [source] root = \"...\" in {}",
                self.config.file
            )));
        }
        with(&provider)
    }
}

/// The configuration that was named, or the one around the current folder if there is one.
pub(super) fn configured(shell: &Shell) -> Result<Option<Config>, Failure> {
    let config = match &shell.config {
        Some(file) => config::load(file).map(Some),
        None => config::find_any(Path::new(".")),
    };
    let config = config.map_err(|error| Failure::new(error.to_string()))?;
    config.map(checked).transpose()
}

fn checked(config: Config) -> Result<Config, Failure> {
    let ids: Vec<&str> = rules::all().iter().map(|rule| rule.id).collect();
    config
        .check_rules(&ids)
        .map_err(|error| Failure::new(error.to_string()))?;
    Ok(config)
}

pub(super) fn options(config: &Config) -> Options {
    Options {
        exclude: config.source.exclude.clone(),
        default_excludes: config.source.default_excludes,
        root: config.source.root.clone(),
        ..Options::default()
    }
}

/// Tells what could not be read.
pub(super) fn tell(shell: &Shell, troubles: &[Trouble]) {
    for trouble in troubles {
        let at = trouble.place.as_ref().map_or_else(String::new, |place| {
            format!("{}:{}: ", place.path, place.line)
        });
        shell.error(
            &safe(&format!(
                "{at}`{}` could not be read: {}",
                trouble.subject, trouble.message
            )),
            None,
        );
    }
}

/// Tells what is not there.
pub(super) fn tell_missing(shell: &Shell, missing: &[(String, Option<String>)], whose: &str) {
    for (path, nearest) in missing {
        let near = nearest
            .as_ref()
            .map(|nearest| format!("`{nearest}` is there, but not the rest of the path"));
        shell.error(
            &safe(&format!("there is no `{path}` in {whose}")),
            near.as_deref(),
        );
    }
}
