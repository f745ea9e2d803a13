//! The contracts of recorded consumers: written by `snapshot`, read by `check`. No analysis.

use std::fs;

use super::project::{MEND, Project};
use super::{Failure, Shell};
use crate::config::FailOn;
use crate::contract::{self, Consumer};
use crate::finding::{Finding, Level};
use crate::provider::Provider;
use crate::source::{Options, Tree};
use crate::verify;

/// Records every consumer of the configuration whose source is here.
pub(super) fn record(
    shell: &Shell,
    project: &Project,
    provider: &Provider<'_>,
) -> Result<(), Failure> {
    let config = &project.config;
    for (name, source) in &config.consumers {
        let path = config.consumer_path(name);
        let at = config.root_dir.join(&source.path);
        if !at.exists() {
            shell.warn(&format!(
                "the source of consumer `{name}` is not at {}: {path} stays as it is",
                source.path
            ));
            continue;
        }
        let tree = Tree::open(&at.to_string_lossy(), None, &Options::default())?;
        let consumer = verify::record(name, &path, provider.tree(), &tree, &config.arguments);
        let known = config.root_dir.join(&path).exists();
        let before = if known {
            Some(project.text(&path)?)
        } else {
            None
        };
        let text = contract::write_consumer(before.as_deref(), &consumer)
            .map_err(|error| Failure::new(error.to_string()))?;
        if before.as_deref() == Some(text.as_str()) {
            shell.notice(&format!("consumer {name} is up to date"));
            continue;
        }
        contract::save(&config.root_dir, &path, &text)
            .map_err(|error| Failure::new(error.to_string()))?;
        let word = if known { "now" } else { "new" };
        shell.notice(&format!("consumer {name} is {word}: {path}"));
    }
    Ok(())
}

/// The contracts of recorded consumers, sorted by name.
pub(super) fn recorded(project: &Project) -> Result<Vec<Consumer>, Failure> {
    let folder = format!("{}/consumers", project.config.policy.contracts);
    let Ok(entries) = fs::read_dir(project.config.root_dir.join(&folder)) else {
        return Ok(Vec::new());
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    names.sort();
    names
        .iter()
        .map(|name| {
            let path = format!("{folder}/{name}");
            let text = project.text(&path)?;
            contract::parse_consumer(&text, &path)
                .map_err(|error| Failure::new(error.to_string()).help(MEND))
        })
        .collect()
}

/// Under `fail-on = "consumers"` an error that breaks no recorded consumer fails nobody.
pub(super) fn weigh(project: &Project, findings: &mut [Finding]) {
    if project.config.policy.fail_on != FailOn::Consumers {
        return;
    }
    for finding in findings {
        if finding.level == Level::Error && finding.consumers.is_empty() {
            finding.level = Level::Warning;
        }
    }
}
