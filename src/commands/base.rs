//! The base of a branch: its tree, its configuration and its contracts, as they were where the branch began. Nothing
//! is checked out.

use std::collections::BTreeMap;

use super::project::{Project, options};
use super::{Failure, Shell};
use crate::config::{self, Config, Loosened};
use crate::contract::{self, Amendment, Contract};
use crate::finding::{Finding, Level};
use crate::provider::{self, Checked, Provider, Since};
use crate::source::git::Git;
use crate::source::{ErrorKind, Options, Tree};

/// Where a branch began.
pub(super) struct Base {
    /// The revision, as it was typed.
    pub(super) revision: String,
    pub(super) config: Config,
    pub(super) tree: Tree,
}

impl Base {
    /// The merge base of a revision and HEAD; none if the project was not under contract there.
    pub(super) fn open(
        shell: &Shell,
        head: &Project,
        revision: &str,
    ) -> Result<Option<Self>, Failure> {
        let root = &head.config.root_dir;
        let git = Git::new(Some(root));
        let commit = git.merge_base(&git.commit(revision)?, &git.commit("HEAD")?)?;
        shell.detail(&format!(
            "{revision} and HEAD parted at {}",
            commit.as_str()
        ));
        let prefix = git.prefix()?;
        let open = |options: Options| Tree::revision(Some(root), commit.as_str(), &options);
        let files: Vec<String> = match &shell.config {
            Some(_) => vec![head.config.file.clone()],
            None => config::FILES.map(str::to_owned).to_vec(),
        };
        let first = open(Options {
            prefix: prefix.clone(),
            also: files.clone(),
            ..Options::default()
        });
        let first = match first {
            Ok(tree) => tree,
            // The folder is new.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut known = None;
        for file in files {
            if first.entry(&file).is_none() {
                continue;
            }
            let bytes = first.read(&file)?;
            let text = String::from_utf8_lossy(&bytes);
            known = config::parse(&text, &file, root).map_err(|error| {
                Failure::new(format!("at {revision}: {error}"))
                    .help("the base's configuration decides; mend it there first")
            })?;
            if known.is_some() {
                break;
            }
        }
        let Some(config) = known else {
            return Ok(None);
        };
        let mut wanted = Options {
            prefix,
            also: vec![
                config.file.clone(),
                format!("{}/*.toml", config.policy.contracts),
            ],
            ..options(&config)
        };
        let tree = match open(wanted.clone()) {
            // A root that is not there: what it was to hold is missing, and that is said member by member.
            Err(error) if error.kind() == ErrorKind::BadOption => {
                wanted.root.clear();
                open(wanted)?
            }
            tree => tree?,
        };
        Ok(Some(Self {
            revision: revision.to_owned(),
            config,
            tree,
        }))
    }

    /// The contract of an interface at the base. One that cannot be read is told, and counts as none.
    pub(super) fn contract(&self, shell: &Shell, name: &str) -> Option<Contract> {
        let path = self.config.contract_path(name);
        let bytes = self.tree.read(&path).ok()?;
        match contract::parse(&String::from_utf8_lossy(&bytes), &path) {
            Ok(contract) => Some(contract),
            Err(error) => {
                shell.warn(&format!("at {}: {error}", self.revision));
                None
            }
        }
    }
}

/// A project against its base: everything that a check of the branch needs besides the branch itself.
pub(super) struct Against {
    base: Base,
    contracts: BTreeMap<String, Contract>,
    amendments: Vec<Amendment>,
    loosened: Vec<Loosened>,
    dropped: Vec<String>,
}

impl Against {
    /// The project under what is in force for the branch, and its base; no base if there was no configuration yet.
    pub(super) fn open(
        shell: &Shell,
        head: Project,
        revision: &str,
    ) -> Result<(Project, Option<Self>), Failure> {
        let Some(base) = Base::open(shell, &head, revision)? else {
            shell.notice(&format!(
                "there was no configuration at {revision}: the branch is checked against its own contracts"
            ));
            return Ok((head, None));
        };
        let loosened = config::loosened(&base.config, &head.config);
        let own: Vec<String> = head.config.interfaces.keys().cloned().collect();
        let merged = config::merged(&base.config, &head.config);
        let mut contracts = BTreeMap::new();
        for name in base.config.interfaces.keys() {
            if let Some(contract) = base.contract(shell, name) {
                contracts.insert(name.clone(), contract);
            }
        }
        let head = head.under(merged)?;
        let mut amendments = Vec::new();
        for name in head.config.interfaces.keys() {
            // One that cannot be read is told when its turn comes.
            if let Ok(Some((contract, _))) = head.contract(name) {
                amendments.extend(provider::fresh(contracts.get(name), &contract).cloned());
            }
        }
        let mut dropped: Vec<String> = head.config.interfaces.keys().cloned().collect();
        dropped.retain(|name| !own.contains(name));
        let against = Self {
            base,
            contracts,
            amendments,
            loosened,
            dropped,
        };
        Ok((head, Some(against)))
    }

    /// The tree of the base.
    pub(super) fn tree(&self) -> &Tree {
        &self.base.tree
    }

    /// The source at the base.
    pub(super) fn provider(&self) -> Provider<'_> {
        Provider::new(&self.base.tree).with_features(&self.base.config.source.features)
    }

    /// Whether the branch's own configuration has no such interface any more.
    pub(super) fn is_dropped(&self, name: &str) -> bool {
        self.dropped.iter().any(|dropped| dropped == name)
    }

    /// The base's contract of an interface.
    pub(super) fn contract(&self, name: &str) -> Option<&Contract> {
        self.contracts.get(name)
    }

    /// Whether the base has this interface; one that is new is checked against its own contract.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.base.config.interfaces.contains_key(name)
    }

    /// Checks one interface that the base has, the gate included.
    pub(super) fn check(
        &self,
        base: &Provider<'_>,
        head: &Provider<'_>,
        config: &Config,
        name: &str,
        after: Option<&Contract>,
    ) -> Result<Checked, String> {
        let since = Since {
            base,
            base_config: &self.base.config,
            head,
            config,
            revision: &self.base.revision,
        };
        let mut checked = since.check(name, self.contracts.get(name), after)?;
        checked.findings.extend(
            self.gate(config)
                .into_iter()
                .filter(|finding| finding.interface.as_deref() == Some(name)),
        );
        let new: Vec<&Amendment> = self.amendments.iter().collect();
        for finding in &mut checked.findings {
            if finding.accepted.is_none() && finding.rule == "contract-removed" {
                finding.accepted = provider::accepted_by(finding, &new);
            }
        }
        Ok(checked)
    }

    /// What of the gate was loosened for all interfaces alike.
    pub(super) fn gate_for_all(&self, config: &Config) -> Vec<Finding> {
        let mut found = self.gate(config);
        found.retain(|finding| finding.interface.is_none());
        found
    }

    fn gate(&self, config: &Config) -> Vec<Finding> {
        let new: Vec<&Amendment> = self.amendments.iter().collect();
        let mut found = provider::gate(&self.loosened, &config.file, &new);
        crate::rules::apply_levels(&mut found, config);
        found
    }
}

/// Whether something fails the run.
pub(super) fn fails(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| finding.level == Level::Error && finding.accepted.is_none())
}
